// The binary codec: against JSON, against bytes of protoc's own library, and against damage.
#include <gtest/gtest.h>

#include <string>

#include "base/hex.h"
#include "wire/json_reader.h"
#include "wire/proto_codec.h"
#include "wire/proto_writer.h"
#include "wire/wire_random.h"

namespace kith::wire {
namespace {

template <class T>
std::string proto(const T& message) {
  std::string out;
  write_proto(message, out);
  return out;
}

std::string unhex(std::string_view digits) {
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    out.push_back(static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16)));
  return out;
}

struct Vector {
  const char* bytes;
  const char* json;
};

// Written once with python3-protobuf: SerializeToString(deterministic=True) and json_format.MessageToJson.
constexpr Vector kCommands[] = {
    {"08ac021a380a03626f621a20303132333435363738396162636465663031323334353637383961626364656620002a0d68c3a920f09f9880202271220a",
     R"({"id": "300", "send": {"to": "bob", "clientId": "0123456789abcdef0123456789abcdef", "baseSeq": "0", "text": "h\u00e9 \ud83d\ude00 \"q\"\n"}})"},
    {"5200", R"({"ping": {}})"},
    {"08ffffffffffffff0f2a180a03645f3110ffffffffffffffffff01180020ffffffff0f",
     R"({"id": "9007199254740991", "history": {"conversation": "d_1", "before": "18446744073709551615", "after": "0", "limit": 4294967295}})"},
    {"08014a070a036576651001", R"({"id": "1", "block": {"user": "eve", "blocked": true}})"},
};
constexpr Vector kFrames[] = {
    {"080722420a05645f303066102a1a0c08fff1d6ca0610c08faedc0322056673796e6328013a180a03626f621a1108feffffffffffffffff011080cab5ee013a060a026"
     "16c1001",
     R"({"re": "7", "sent": {"conversation": "d_00f", "seq": "42", "time": "2025-12-31T23:59:59.999Z", "durability": "fsync", "repeated": true,
         "presence": [{"user": "bob", "since": "1969-12-31T23:59:58.500Z"}, {"user": "al", "online": true}]}})"},
    {"080832ac01129d010a9a010a25645f303030303030303030303030303030303030303030303030303030303030303030303010011a05616c6963652206088098ecc50"
     "32801322066666666"
     "666666666666666666666666666666666666666666666666666666663a3c7878787878787878787878787878787878787878787878787878787878787878787878787"
     "87878787878787878"
     "787878787878787878787878787878120412020802120018022001",
     R"({"re": "8", "history": {"entries": [{"message": {"conversation": "d_00000000000000000000000000000000000", "seq": "1", "from": "alice",
         "time": "2000-02-29T00:00:00Z", "n": "1", "clientId": "ffffffffffffffffffffffffffffffff",
         "text": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}}, {"unknown": {"seq": "2"}}, {}], "head": "2", "more": true}})"},
    {"12110a076b6974682e7631101e1a0408808004", R"({"hello": {"protocol": "kith.v1", "heartbeatS": 30, "limits": {"frameBytes": 65536}}})"},
};

TEST(Proto, AgreesWithTheCommonLibrary) {
  JsonReader reader;
  for (const auto& vector : kCommands) {
    auto from_json = reader.command(vector.json);
    auto from_bytes = read_proto_command(unhex(vector.bytes));
    ASSERT_TRUE(from_json && from_bytes) << vector.json;
    EXPECT_EQ(*from_json, *from_bytes) << vector.json;
    EXPECT_EQ(proto(*from_json), unhex(vector.bytes)) << vector.json;
  }
  for (const auto& vector : kFrames) {
    auto from_json = reader.frame(vector.json);
    auto from_bytes = read_proto_frame(unhex(vector.bytes));
    ASSERT_TRUE(from_json && from_bytes) << vector.json;
    EXPECT_EQ(*from_json, *from_bytes) << vector.json;
    EXPECT_EQ(proto(*from_json), unhex(vector.bytes)) << vector.json;
  }
}

TEST(Proto, RandomMessagesAgreeWithJson) {
  JsonReader reader;
  RandomMessages random(7);
  for (int i = 0; i < 5000; ++i) {
    const auto frame = random.make<Frame>();
    auto read = read_proto_frame(proto(frame));
    ASSERT_TRUE(read) << read.error().failure.detail;
    ASSERT_EQ(*read, frame);
    std::string json;
    write_json(frame, json);
    ASSERT_EQ(*reader.frame(json), *read);

    const auto command = random.make<Command>();
    auto again = read_proto_command(proto(command));
    if (std::holds_alternative<std::monostate>(command.command)) {
      ASSERT_EQ(again.error().failure.code, Code::unknown_command);
      ASSERT_EQ(again.error().id, command.id);
    } else {
      ASSERT_TRUE(again) << again.error().failure.detail;
      ASSERT_EQ(*again, command);
    }
  }
}

TEST(Proto, TruncatedAnywhereIsRefusedOrLessThanTheWhole) {
  for (const auto& vector : kFrames) {
    const auto bytes = unhex(vector.bytes);
    const auto whole = *read_proto_frame(bytes);
    for (std::size_t n = 0; n < bytes.size(); ++n) {
      auto read = read_proto_frame(std::string_view(bytes).substr(0, n));
      if (read) {
        EXPECT_NE(*read, whole);
      } else {
        EXPECT_EQ(read.error().failure.code, Code::malformed);
      }
    }
  }
}

std::string outcome(std::string_view bytes) {
  auto read = read_proto_command(bytes);
  if (read) return "ok";
  const auto failure = read.error();
  return std::string(info(failure.failure.code).name) + " " + std::to_string(failure.id) + " " + failure.failure.detail;
}

TEST(Proto, UnknownFieldsOfEveryWireTypeAreIgnored) {
  EXPECT_EQ(outcome(unhex("5200"
                          "a00605"
                          "a106"
                          "0102030405060708"
                          "a2060161"
                          "a506"
                          "01020304")),
            "ok");
  EXPECT_EQ(outcome(unhex("5200"
                          "a306"
                          "0801"
                          "ab06"
                          "ac06"
                          "a406")),
            "ok");  // A group with a group in it.
  EXPECT_EQ(outcome(unhex("5200"
                          "0a0161")),
            "ok");  // `id` with another wire type.
}

TEST(Proto, UnknownCommandsAreNamed) {
  EXPECT_EQ(outcome(unhex("0807a20600")), "unknown_command 7 field 100");
  EXPECT_EQ(outcome(unhex("0807")), "unknown_command 7 no command");
  EXPECT_EQ(outcome(""), "unknown_command 0 no command");
}

TEST(Proto, DamageIsRefused) {
  EXPECT_EQ(outcome(unhex("5200"
                          "0800"
                          "00")),
            "malformed 0 not valid protobuf");  // Field number 0.
  EXPECT_EQ(outcome(unhex("08ffffffffffffffffff02"
                          "5200")),
            "malformed 0 not valid protobuf");  // 65 bits.
  EXPECT_EQ(outcome(unhex("08ffffffffffffffffffff01"
                          "5200")),
            "malformed 0 not valid protobuf");  // 11 bytes.
  EXPECT_EQ(outcome(unhex("0805"
                          "52ffffffffffffffffff01")),
            "malformed 5 not valid protobuf");  // A length of 2^64 - 1.
  EXPECT_EQ(outcome(unhex("0805"
                          "52ffffffff07")),
            "malformed 5 not valid protobuf");  // A length of 2^31 - 1.
  EXPECT_EQ(outcome(unhex("0805"
                          "5200"
                          "a406")),
            "malformed 5 not valid protobuf");  // The end of no group.
  EXPECT_EQ(outcome(unhex("0805"
                          "5200"
                          "a306"
                          "ac06")),
            "malformed 5 not valid protobuf");  // The end of another group.
  EXPECT_EQ(outcome(unhex("0805"
                          "5200"
                          "a306")),
            "malformed 5 not valid protobuf");  // A group without end.
  EXPECT_EQ(outcome(unhex("0805"
                          "5200"
                          "56")),
            "malformed 5 not valid protobuf");  // Wire type 6.
  EXPECT_EQ(outcome(unhex("1a03"
                          "2a0180"
                          "0805")),
            "malformed 5 send.text: not UTF-8");
  EXPECT_EQ(outcome(unhex("1a04"
                          "0a00"
                          "1200"
                          "0805")),
            "malformed 5 send.conversation: stands beside another one of its kind");
  EXPECT_EQ(outcome(unhex("5200"
                          "4a00"
                          "0805")),
            "malformed 5 block: stands beside another one of its kind");
  EXPECT_EQ(outcome(unhex("2a06"
                          "208080808010"
                          "0805")),
            "malformed 5 history.limit: not a whole number in its range");
  auto frame =
      read_proto_frame(unhex("2206"
                             "1a04"
                             "10808080"
                             "05"));
  ASSERT_FALSE(frame);
  // Seconds beyond the year 9999, negative nanoseconds.
  EXPECT_EQ(read_proto_frame(unhex("2209"
                                   "1a07"
                                   "0880dd95f1ff7f"))
                .error()
                .failure.detail,
            "sent.time: not a time of the years 1 to 9999");
  EXPECT_EQ(read_proto_frame(unhex("220d"
                                   "1a0b"
                                   "10ffffffffffffffffff01"))
                .error()
                .failure.detail,
            "sent.time: not a time of the years 1 to 9999");
}

TEST(Proto, BombsAreRefused) {
  std::string groups;
  for (int i = 0; i < 1000; ++i) groups += unhex("a306");
  EXPECT_EQ(outcome(unhex("0805") + groups), "malformed 5 not valid protobuf");
  std::string wide = unhex("52000805");
  for (int i = 0; i < 30'000; ++i) wide += unhex("0805");
  EXPECT_EQ(outcome(wide), "malformed 5 too many fields");
  EXPECT_EQ(outcome(std::string(kMaxCommand + 1, '\x08')), "too_large 0 more than 65536 bytes");
  Send send;
  send.text.assign(kMaxText + 1, 'x');
  const Command command{9, send};
  auto read = read_proto_command(proto(command), 1 << 20);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().failure.code, Code::too_large);
  EXPECT_EQ(read.error().id, 9u);
}

TEST(Proto, RepeatedFieldsMergeAsTheFormatHasIt) {
  auto read =
      read_proto_command(unhex("0801"
                               "1a050a03626f62"
                               "0802"
                               "1a032a0178"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, 2u);
  EXPECT_EQ(std::get<Send::To>(std::get<Send>(read->command).target).value, "bob");
  EXPECT_EQ(std::get<Send>(read->command).text, "x");
}

}  // namespace
}  // namespace kith::wire
