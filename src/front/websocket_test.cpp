#include "front/websocket.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace kith::websocket {
namespace {

using namespace std::string_literals;
using Kind = FrameReader::Kind;

// What came out of a reader: one line per item.
std::string describe(const FrameReader::Item& item) {
  switch (item.kind) {
    case Kind::need_more:
      return "";
    case Kind::message:
      return (item.text ? "text " : "binary ") + std::string(item.payload) + "\n";
    case Kind::ping:
      return "ping " + std::string(item.payload) + "\n";
    case Kind::pong:
      return "pong " + std::string(item.payload) + "\n";
    case Kind::close:
      return "close " + std::to_string(item.code) + " " + std::string(item.payload) + "\n";
    case Kind::error:
      return "error " + std::to_string(item.code) + "\n";
  }
  return "?";
}

// Feeds the pieces as a connection does: what was not consumed stays in front of what comes.
std::string read_pieces(const std::vector<std::string>& pieces, Role role, std::size_t limit) {
  FrameReader reader(role, limit);
  std::string input, seen;
  for (const auto& piece : pieces) {
    input += piece;
    while (true) {
      const auto item = reader.next(input);
      seen += describe(item);
      input.erase(0, item.consumed);
      if (item.kind == Kind::need_more) break;
    }
  }
  return seen;
}

// The same for the whole, for every cut in two, and byte by byte.
std::string read(const std::string& bytes, Role role = Role::server, std::size_t limit = 65536) {
  const std::string whole = read_pieces({bytes}, role, limit);
  for (std::size_t cut = 0; cut <= std::min<std::size_t>(bytes.size(), 300); ++cut) {
    EXPECT_EQ(read_pieces({bytes.substr(0, cut), bytes.substr(cut)}, role, limit), whole) << "cut at " << cut;
  }
  if (bytes.size() <= 4096) {
    std::vector<std::string> single;
    for (const char byte : bytes) single.emplace_back(1, byte);
    EXPECT_EQ(read_pieces(single, role, limit), whole);
  }
  return whole;
}

std::string frame(Opcode opcode, std::string_view payload, bool final = true) {
  std::string bytes;
  append_frame(bytes, opcode, payload, 0xa1b2c3d4);
  if (!final) bytes[0] = static_cast<char>(bytes[0] & 0x7f);
  return bytes;
}

// RFC 6455 5.7 and 1.3.
TEST(WebSocket, ReadsTheExamplesOfTheStandard) {
  EXPECT_EQ(read("\x81\x05\x48\x65\x6c\x6c\x6f"s, Role::client), "text Hello\n");
  EXPECT_EQ(read("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s), "text Hello\n");
  EXPECT_EQ(read("\x01\x03\x48\x65\x6c\x80\x02\x6c\x6f"s, Role::client), "text Hello\n");
  EXPECT_EQ(read("\x89\x05\x48\x65\x6c\x6c\x6f"s, Role::client), "ping Hello\n");
  EXPECT_EQ(read("\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s), "pong Hello\n");
  const std::string small(256, 's'), large(65536, 'l');
  EXPECT_EQ(read("\x82\x7e\x01\x00"s + small, Role::client), "binary " + small + "\n");
  EXPECT_EQ(read("\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s + large, Role::client), "binary " + large + "\n");
  EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WebSocket, WritesTheExamplesOfTheStandard) {
  std::string out;
  append_frame(out, Opcode::text, "Hello");
  EXPECT_EQ(out, "\x81\x05Hello");
  out.clear();
  append_frame(out, Opcode::text, "Hello", 0x3d21fa37);
  EXPECT_EQ(out, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
  for (const auto& [size, header] :
       {std::pair(125, "\x82\x7d"s), std::pair(126, "\x82\x7e\x00\x7e"s), std::pair(65535, "\x82\x7e\xff\xff"s),
        std::pair(65536, "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s)}) {
    out.clear();
    append_frame(out, Opcode::binary, std::string(static_cast<std::size_t>(size), 'x'));
    EXPECT_EQ(out.substr(0, header.size()), header);
    EXPECT_EQ(out.size(), header.size() + static_cast<std::size_t>(size));
  }
  out.clear();
  append_close(out, 4001, std::string(200, 'r'));
  EXPECT_EQ(out, "\x88\x7d\x0f\xa1" + std::string(123, 'r'));
  out.clear();
  append_close(out, kNoCode, "not said");
  EXPECT_EQ(out, "\x88\0"s);
}

TEST(WebSocket, ReadsWhatItWrote) {
  std::mt19937 random(1);
  for (const std::size_t size : {0, 1, 7, 8, 9, 125, 126, 127, 1000, 65535, 65536}) {
    std::string payload(size, '\0');
    for (char& c : payload) c = static_cast<char>(random());
    for (const bool masked : {false, true}) {
      std::string bytes;
      append_frame(bytes, Opcode::binary, payload, masked ? std::optional<std::uint32_t>(random()) : std::nullopt);
      EXPECT_EQ(read(bytes, masked ? Role::server : Role::client), "binary " + payload + "\n") << size;
    }
  }
}

TEST(WebSocket, JoinsFragments) {
  EXPECT_EQ(read(frame(Opcode::text, "a", false) + frame(Opcode::continuation, "b", false) + frame(Opcode::continuation, "c")),
            "text abc\n");
  EXPECT_EQ(read(frame(Opcode::text, "", false) + frame(Opcode::continuation, "")), "text \n");
  EXPECT_EQ(
      read(frame(Opcode::binary, "a", false) + frame(Opcode::ping, "p") + frame(Opcode::continuation, "b") + frame(Opcode::text, "c")),
      "ping p\nbinary ab\ntext c\n");
  EXPECT_EQ(read(frame(Opcode::continuation, "b")), "error 1002\n");
  EXPECT_EQ(read(frame(Opcode::text, "a", false) + frame(Opcode::text, "b")), "error 1002\n");
  EXPECT_EQ(read(frame(Opcode::text, "a") + frame(Opcode::continuation, "b")), "text a\nerror 1002\n");
}

TEST(WebSocket, LimitsCountOverFragments) {
  EXPECT_EQ(read(frame(Opcode::text, "12345678"), Role::server, 8), "text 12345678\n");
  EXPECT_EQ(read(frame(Opcode::text, "123456789"), Role::server, 8), "error 1009\n");
  EXPECT_EQ(read(frame(Opcode::text, "12345", false) + frame(Opcode::continuation, "678"), Role::server, 8), "text 12345678\n");
  EXPECT_EQ(read(frame(Opcode::text, "12345", false) + frame(Opcode::continuation, "6789"), Role::server, 8), "error 1009\n");
  // Each message anew; control frames do not count.
  EXPECT_EQ(read(frame(Opcode::text, "12345", false) + frame(Opcode::ping, "123456789") + frame(Opcode::continuation, "678") +
                     frame(Opcode::text, "12345678"),
                 Role::server, 8),
            "ping 123456789\ntext 12345678\ntext 12345678\n");
  // Refused by its declared length, before its bytes come.
  EXPECT_EQ(read("\x81\xff\x00\x00\x00\x01\x00\x00\x00\x00"s), "error 1009\n");
  EXPECT_EQ(read("\x81\xff\x80\x00\x00\x00\x00\x00\x00\x01"s), "error 1002\n");

  std::string many = frame(Opcode::binary, "", false);
  for (int i = 0; i < 1022; ++i) many += frame(Opcode::continuation, "", false);
  EXPECT_EQ(read(many + frame(Opcode::continuation, "")), "binary \n");
  EXPECT_EQ(read(many + frame(Opcode::continuation, "", false) + frame(Opcode::continuation, "")), "error 1009\n");
}

TEST(WebSocket, RefusesBrokenFrames) {
  for (const unsigned bit : {0x40u, 0x20u, 0x10u}) {
    std::string bytes = frame(Opcode::text, "a");
    bytes[0] = static_cast<char>(static_cast<unsigned char>(bytes[0]) | bit);
    EXPECT_EQ(read(bytes), "error 1002\n");
  }
  for (const unsigned opcode : {3u, 4u, 5u, 6u, 7u, 11u, 12u, 13u, 14u, 15u}) {
    EXPECT_EQ(read(frame(static_cast<Opcode>(opcode), "a")), "error 1002\n");
  }
  EXPECT_EQ(read("\x81\x01x"s, Role::server), "error 1002\n");
  EXPECT_EQ(read(frame(Opcode::text, "a"), Role::client), "error 1002\n");
  EXPECT_EQ(read(frame(Opcode::ping, std::string(125, 'p'))), "ping " + std::string(125, 'p') + "\n");
  EXPECT_EQ(read(frame(Opcode::ping, std::string(126, 'p'))), "error 1002\n");
  EXPECT_EQ(read(frame(Opcode::ping, "p", false)), "error 1002\n");
  EXPECT_EQ(read("\x89\xfe\x00\x01\0\0\0\0p"s), "error 1002\n");  // A short length in a long form is still no control frame.
  EXPECT_EQ(read("\x81\xfe\x00\x01\0\0\0\0x"s), "text x\n");      // For a message it is only wasteful.
}

TEST(WebSocket, TextIsUtf8) {
  EXPECT_EQ(read(frame(Opcode::text, "κόσμε \xf0\x9f\x8e\x89")), "text κόσμε \xf0\x9f\x8e\x89\n");
  for (const auto& bad : {"\xff"s, "\xc3"s, "\xc0\x80"s, "\xed\xa0\x80"s, "\xf4\x90\x80\x80"s, "ok\xf0\x9f\x8e"s}) {
    EXPECT_EQ(read(frame(Opcode::text, bad)), "error 1007\n");
    EXPECT_EQ(read(frame(Opcode::binary, bad)), "binary " + bad + "\n");
  }
  // A character may be cut by a fragment, but must be whole in the end.
  EXPECT_EQ(read(frame(Opcode::text, "\xf0\x9f", false) + frame(Opcode::continuation, "\x8e\x89")), "text \xf0\x9f\x8e\x89\n");
  EXPECT_EQ(read(frame(Opcode::text, "\xf0\x9f", false) + frame(Opcode::continuation, "\x8e")), "error 1007\n");
  EXPECT_EQ(read(frame(Opcode::text, "\xce\xba\xe1", false) + frame(Opcode::continuation, "\xbd\xb9\xed\xa0\x80")), "error 1007\n");
}

TEST(WebSocket, ReadsCloses) {
  const auto close = [](unsigned code, std::string_view reason = {}) {
    return read(frame(Opcode::close, std::string{static_cast<char>(code >> 8), static_cast<char>(code)} + std::string(reason)));
  };
  EXPECT_EQ(read(frame(Opcode::close, "")), "close 1005 \n");
  EXPECT_EQ(read(frame(Opcode::close, "x")), "error 1002\n");
  EXPECT_EQ(close(1000, "bye"), "close 1000 bye\n");
  EXPECT_EQ(close(1000, "\xff"), "error 1007\n");
  for (const unsigned code : {1000u, 1001u, 1003u, 1007u, 1011u, 1014u, 3000u, 3999u, 4000u, 4999u}) {
    EXPECT_EQ(close(code), "close " + std::to_string(code) + " \n");
  }
  for (const unsigned code : {0u, 999u, 1004u, 1005u, 1006u, 1015u, 1016u, 2000u, 2999u, 5000u, 65535u}) {
    EXPECT_EQ(close(code), "error 1002\n") << code;
  }
  EXPECT_EQ(read(frame(Opcode::close, "") + frame(Opcode::text, "late") + "\xff\xff"), "close 1005 \n");
}

TEST(WebSocket, KeepsNothingBetweenMessages) {
  FrameReader reader(Role::server, 1000);
  std::string input = frame(Opcode::text, "abc", false);
  reader.next(input);
  EXPECT_EQ(reader.assembled(), 3u);
  input = frame(Opcode::continuation, "def");
  EXPECT_EQ(reader.next(input).payload, "abcdef");
  reader.next({});
  EXPECT_EQ(reader.assembled(), 0u);
}

TEST(WebSocket, KnowsKeys) {
  EXPECT_TRUE(valid_key("dGhlIHNhbXBsZSBub25jZQ=="));
  EXPECT_FALSE(valid_key("dGhlIHNhbXBsZSBub25jZQ="));
  EXPECT_FALSE(valid_key("dGhlIHNhbXBsZSBub25j!Q=="));
  EXPECT_FALSE(valid_key("dGhlIHNhbXBsZSBub25jZQAA"));
  EXPECT_FALSE(valid_key(""));
}

}  // namespace
}  // namespace kith::websocket
