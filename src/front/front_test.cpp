// Whole connections on loopback: the handshake, frames, closing, handing over.

#include <gtest/gtest.h>

#include <thread>

#include "front/test_client.h"

namespace kith::test {
namespace {

using websocket::Opcode;

constexpr int kText = 1, kBinary = 2, kClose = 8, kPong = 10;

TEST(Connection, EchoesFrames) {
  TestServer server;
  auto client = server.client();
  const std::string answer = client.open();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 ")) << answer;
  EXPECT_NE(answer.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), std::string::npos) << answer;
  EXPECT_EQ(answer.find("Sec-WebSocket-Protocol"), std::string::npos);
  for (const std::size_t size : {0u, 1u, 125u, 126u, 5000u}) {
    const std::string text(size, 'a');
    client.text(text);
    const auto received = client.receive();
    EXPECT_EQ(received.opcode, kText);
    EXPECT_EQ(received.payload, text);
  }
  client.text("address");
  EXPECT_EQ(client.receive().payload, "127.0.0.1");
}

TEST(Connection, SpeaksTheSubprotocolThatTheClientPrefers) {
  TestServer server;
  auto proto = server.client();
  EXPECT_NE(proto.open("Sec-WebSocket-Protocol: other, kith.v1.proto\r\nSec-WebSocket-Protocol: kith.v1.json\r\n")
                .find("Sec-WebSocket-Protocol: kith.v1.proto\r\n"),
            std::string::npos);
  proto.frame(Opcode::binary, "\xff\xfe");
  const auto received = proto.receive();
  EXPECT_EQ(received.opcode, kBinary);
  EXPECT_EQ(received.payload, "\xff\xfe");
  proto.text("text");
  EXPECT_EQ(proto.receive().code(), 1003);

  auto json = server.client();
  EXPECT_NE(json.open("Sec-WebSocket-Protocol: kith.v1.json\r\n").find("Sec-WebSocket-Protocol: kith.v1.json\r\n"), std::string::npos);
  json.frame(Opcode::binary, "{}");
  EXPECT_EQ(json.receive().code(), 1003);

  auto other = server.client();
  EXPECT_TRUE(other.open("Sec-WebSocket-Protocol: chat\r\n").starts_with("HTTP/1.1 400 "));
}

TEST(Connection, RefusesWrongHandshakes) {
  TestServer server;
  const auto ask = [&server](std::string_view request) {
    auto client = server.client();
    client.write(request);
    return client.header();
  };
  EXPECT_TRUE(ask("GET /v1/ws HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 426 "));
  EXPECT_TRUE(ask("POST /v1/ws HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").starts_with("HTTP/1.1 405 "));
  const std::string start = "GET /v1/ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
  const std::string old = ask(start + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n\r\n");
  EXPECT_TRUE(old.starts_with("HTTP/1.1 426 "));
  EXPECT_NE(old.find("Sec-WebSocket-Version: 13\r\n"), std::string::npos);
  EXPECT_TRUE(ask(start + "Sec-WebSocket-Version: 13\r\n\r\n").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(ask(start + "Sec-WebSocket-Key: short==\r\nSec-WebSocket-Version: 13\r\n\r\n").starts_with("HTTP/1.1 400 "));
  auto elsewhere = server.client();
  EXPECT_TRUE(elsewhere.open({}, "/").starts_with("HTTP/1.1 404 "));
  EXPECT_EQ(server.seen().accepted, 0);
}

TEST(Connection, RefusesForeignOrigins) {
  TestServer same_host;
  EXPECT_TRUE(same_host.client().open("Origin: http://127.0.0.1\r\n").starts_with("HTTP/1.1 101 "));
  auto foreign = same_host.client();
  EXPECT_TRUE(foreign.open("Origin: http://evil.example\r\n").starts_with("HTTP/1.1 403 "));
  EXPECT_NE(foreign.exactly(40).find("origin_refused"), std::string::npos);
  EXPECT_TRUE(same_host.client().open("Origin: null\r\n").starts_with("HTTP/1.1 403 "));
  EXPECT_TRUE(same_host.client().open("Origin: http://127.0.0.1.evil.example\r\n").starts_with("HTTP/1.1 403 "));

  FrontConfig config;
  config.origins = {"https://chat.example"};
  TestServer listed(config);
  EXPECT_TRUE(listed.client().open("Origin: https://chat.example\r\n").starts_with("HTTP/1.1 101 "));
  EXPECT_TRUE(listed.client().open("Origin: http://127.0.0.1\r\n").starts_with("HTTP/1.1 403 "));
  EXPECT_TRUE(listed.client().open().starts_with("HTTP/1.1 101 "));
}

TEST(Connection, TakesFramesThatCameWithTheHandshake) {
  TestServer server;
  auto client = server.client();
  std::string bytes =
      "GET /v1/ws HTTP/1.1\r\nHost: a\r\nUpgrade: WebSocket\r\nConnection: upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  websocket::append_frame(bytes, Opcode::text, "one", 1);
  websocket::append_frame(bytes, Opcode::text, "two", 2);
  websocket::append_frame(bytes, Opcode::text, "three", 3);
  client.write(std::string_view(bytes).substr(0, bytes.size() - 3));
  EXPECT_TRUE(client.header().starts_with("HTTP/1.1 101 "));
  EXPECT_EQ(client.receive().payload, "one");
  EXPECT_EQ(client.receive().payload, "two");
  client.write(std::string_view(bytes).substr(bytes.size() - 3));
  EXPECT_EQ(client.receive().payload, "three");
}

TEST(Connection, TakesFramesByteByByte) {
  TestServer server;
  auto client = server.client();
  client.open();
  std::string bytes;
  websocket::append_frame(bytes, Opcode::text, "slowly", 0x01020304);
  for (const char byte : bytes) {
    client.write({&byte, 1});
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(client.receive().payload, "slowly");
}

TEST(Connection, JoinsFragmentsAndAnswersPingsBetween) {
  TestServer server;
  auto client = server.client();
  client.open();
  client.frame(Opcode::text, "a", false);
  client.frame(Opcode::ping, "are you there");
  client.frame(Opcode::continuation, "b", false);
  client.frame(Opcode::continuation, "c");
  const auto pong = client.receive();
  EXPECT_EQ(pong.opcode, kPong);
  EXPECT_EQ(pong.payload, "are you there");
  EXPECT_EQ(client.receive().payload, "abc");
}

TEST(Connection, ClosesWithTheCodeOfTheReason) {
  TestServer server;
  auto client = server.client();
  client.open();
  client.text("close");
  client.text("too late");
  auto close = client.receive();
  EXPECT_EQ(close.opcode, kClose);
  EXPECT_EQ(close.code(), 1000);
  EXPECT_EQ(close.reason(), "ok");
  EXPECT_EQ(server.seen().received, 1);
  client.frame(Opcode::close, std::string("\x03\xe8", 2));
  EXPECT_TRUE(client.ended());
  EXPECT_TRUE(eventually([&] { return server.seen().closed == 1 && server.seen().destroyed == 1; }));

  auto replaced = server.client();
  replaced.open();
  replaced.text("replaced");
  close = replaced.receive();
  EXPECT_EQ(close.code(), 4504);
  EXPECT_EQ(close.reason(), "replaced");
}

TEST(Connection, EchoesThePeersClose) {
  TestServer server;
  auto client = server.client();
  client.open();
  client.text("hello");
  client.frame(Opcode::close, std::string("\x0f\xa0", 2) + "bye");
  EXPECT_EQ(client.receive().payload, "hello");
  const auto close = client.receive();
  EXPECT_EQ(close.opcode, kClose);
  EXPECT_EQ(close.code(), 4000);
  EXPECT_TRUE(client.ended());
  EXPECT_TRUE(eventually([&] { return server.seen().closed == 1 && server.listener().count() == 0; }));

  auto wordless = server.client();
  wordless.open();
  wordless.frame(Opcode::close, {});
  EXPECT_EQ(wordless.receive().payload, "");
  EXPECT_TRUE(wordless.ended());
}

TEST(Connection, EndsBrokenFraming) {
  TestServer server;
  const auto code_after = [&server](std::string_view bytes) {
    auto client = server.client();
    client.open();
    client.write(bytes);
    const int code = client.receive().code();
    EXPECT_TRUE(client.ended());  // The server hangs up first.
    return code;
  };
  EXPECT_EQ(code_after(std::string_view("\x81\x02hi", 4)), 1002);                   // No mask.
  EXPECT_EQ(code_after(std::string_view("\xc1\x80\0\0\0\0", 6)), 1002);             // Reserved bit.
  EXPECT_EQ(code_after(std::string_view("\x83\x80\0\0\0\0", 6)), 1002);             // Unknown opcode.
  EXPECT_EQ(code_after(std::string_view("\x80\x80\0\0\0\0", 6)), 1002);             // Continuation of nothing.
  EXPECT_EQ(code_after(std::string_view("\x81\x81\0\0\0\0\xff", 7)), 1007);         // Not UTF-8.
  EXPECT_EQ(code_after(std::string_view("\x88\x82\0\0\0\0\x03\xed", 8)), 1002);     // Close code 1005.
  EXPECT_EQ(code_after(std::string_view("\x81\xff\x80\0\0\0\0\0\0\1", 10)), 1002);  // Length beyond 63 bits.
  EXPECT_TRUE(eventually([&] { return server.seen().closed == 7; }));
}

TEST(Connection, TellsAnAbruptEnd) {
  TestServer server;
  {
    auto client = server.client();
    client.open();
    client.text("hello");
    client.receive();
  }
  EXPECT_TRUE(eventually([&] { return server.seen().closed == 1; }));
  auto half = server.client();
  half.open();
  half.finish_writing();
  EXPECT_TRUE(half.ended());
  EXPECT_TRUE(eventually([&] { return server.seen().closed == 2 && server.listener().count() == 0; }));
  EXPECT_EQ(server.seen().destroyed, 2);
}

TEST(HandOver, MovesBetweenLoopsWhileFramesArrive) {
  TestServer server({}, 2);
  for (int round = 0; round < 50; ++round) {
    auto client = server.client();
    client.open();
    std::string bytes;
    int expected = 0;
    for (int i = 0; i < 200; ++i) {
      websocket::append_frame(bytes, Opcode::text, i % 20 == 10 ? "move " + std::to_string((i / 20 + round) % 2) : "n" + std::to_string(i),
                              77);
    }
    // Written in odd pieces from another thread, so that every move meets a frame cut somewhere else.
    std::thread writer([&client, &bytes, round] {
      const std::size_t piece = 97 + static_cast<std::size_t>(round);
      for (std::size_t at = 0; at < bytes.size(); at += piece) client.write(std::string_view(bytes).substr(at, piece));
    });
    for (; expected < 200; ++expected) {
      const auto received = client.receive();
      const std::string wanted =
          expected % 20 == 10 ? "moved " + std::to_string((expected / 20 + round) % 2) : "n" + std::to_string(expected);
      ASSERT_EQ(received.payload, wanted);
    }
    writer.join();
    client.frame(Opcode::close, {});
    EXPECT_EQ(client.receive().opcode, kClose);
    EXPECT_TRUE(client.ended());
  }
  EXPECT_EQ(server.seen().made, 500);
  EXPECT_TRUE(eventually([&] { return server.seen().closed == 50 && server.seen().destroyed == 550; }));
  EXPECT_EQ(server.listener().count(), 0u);
}

TEST(HandOver, RaisesTheLimitOfFrames) {
  TestServer server({}, 2);
  auto client = server.client();
  client.open();
  EXPECT_EQ(server.listener().unauthenticated(), 1u);
  client.text("move 1");
  EXPECT_EQ(client.receive().payload, "moved 1");
  EXPECT_EQ(server.listener().unauthenticated(), 0u);
  const std::string big(64 * 1024, 'b');
  for (int i = 0; i < 4; ++i) {
    client.text(big);
    EXPECT_EQ(client.receive().payload, big);
  }
  client.text(big + "b");
  EXPECT_EQ(client.receive().code(), 4501);
}

TEST(HandOver, TellsTheNewPeerThatTheConnectionDied) {
  TestServer server({}, 2);
  for (int i = 0; i < 100; ++i) {
    auto client = server.client();
    client.open();
    client.text("move " + std::to_string(i % 2));
  }  // Gone, wherever the move is.
  EXPECT_TRUE(eventually([&] { return server.listener().count() == 0; }));
  EXPECT_TRUE(eventually([&] { return server.seen().closed == server.seen().accepted; }));
  EXPECT_EQ(server.seen().destroyed, server.seen().accepted + server.seen().made);
}

TEST(HandOver, CarriesTheClosing) {
  TestServer server({}, 2);
  auto client = server.client();
  client.open();
  std::string bytes;
  websocket::append_frame(bytes, Opcode::text, "move 1", 5);
  websocket::append_frame(bytes, Opcode::text, "close", 6);
  client.write(bytes);
  EXPECT_EQ(client.receive().payload, "moved 1");
  EXPECT_EQ(client.receive().code(), 1000);
}

}  // namespace
}  // namespace kith::test
