// Answers that go on: in chunks, on the loop of who speaks, until one of both ends them.

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "front/test_client.h"

namespace kith::test {
namespace {

constexpr Duration kTick = 10ms;

FrontConfig hasty() {
  FrontConfig config;
  config.tick = kTick;
  config.stream_idle = 20 * kTick;
  config.write_stall = 60 * kTick;
  config.close_wait = 20 * kTick;
  return config;
}

std::string ask(std::string_view query, std::string_view version = "1.1") {
  return "GET /stream?" + std::string(query) + " HTTP/" + std::string(version) + "\r\nHost: a\r\n\r\n";
}

TEST(HttpStream, ComesInChunksFromItsLoop) {
  TestServer server({}, 2);
  for (const char* home : {"0", "1"}) {
    auto client = server.client();
    client.write(ask(std::string(home) + "end"));
    const std::string header = client.header();
    EXPECT_TRUE(header.starts_with("HTTP/1.1 200 OK\r\n")) << header;
    EXPECT_NE(header.find("\r\nTransfer-Encoding: chunked\r\n"), std::string::npos) << header;
    EXPECT_NE(header.find("\r\nConnection: close\r\n"), std::string::npos) << header;
    EXPECT_EQ(header.find("Content-Length"), std::string::npos) << header;
    EXPECT_EQ(client.rest(), "5\r\nfirst\r\n0\r\n\r\n");
  }
  EXPECT_TRUE(eventually([&] { return server.seen().destroyed == 2; }));
  EXPECT_EQ(server.seen().closed, 2);
  EXPECT_TRUE(eventually([&] { return server.listener().count() == 0; }));
}

TEST(HttpStream, GoesToAnOldClientAsItIs) {
  TestServer server;
  auto client = server.client();
  client.write(ask("0end", "1.0"));
  EXPECT_EQ(client.header().find("chunked"), std::string::npos);
  EXPECT_EQ(client.rest(), "first");
}

TEST(HttpStream, IsNoStreamForWhoWantsTheHeaderOnly) {
  TestServer server;
  auto client = server.client();
  client.write("HEAD /stream?0 HTTP/1.1\r\nHost: a\r\n\r\n" + ask("0end"));
  EXPECT_EQ(client.header().find("Content-Length"), std::string::npos);
  client.header();
  EXPECT_EQ(client.rest(), "5\r\nfirst\r\n0\r\n\r\n");
  EXPECT_EQ(server.seen().made, 1);
}

TEST(HttpStream, SaysThatItIsStillThere) {
  TestServer server(hasty());
  auto client = server.client();
  client.write(ask("0"));
  client.header();
  EXPECT_EQ(client.exactly(10), "5\r\nfirst\r\n");
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.exactly(9), "4\r\nidle\r\n");
  const Duration took = std::chrono::steady_clock::now() - began;
  EXPECT_GT(took, 40 * kTick);
  EXPECT_EQ(server.seen().closed, 0);
}

TEST(HttpStream, EndsWhenTheClientIsGone) {
  TestServer server;
  {
    auto client = server.client();
    client.write(ask("0"));
    client.header();
    EXPECT_EQ(client.exactly(10), "5\r\nfirst\r\n");
  }
  EXPECT_TRUE(eventually([&] { return server.seen().destroyed == 1; }));
  EXPECT_EQ(server.seen().closed, 1);
  EXPECT_TRUE(eventually([&] { return server.listener().count() == 0; }));
}

TEST(HttpStream, WhatIsUnsentLeavesBeforeTheEnd) {
  TestServer server;
  auto client = server.client(8192);
  client.write(ask("0flood"));
  client.header();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const std::string body = client.rest();
  EXPECT_EQ(body.size(), 10u + 8000 * (5 + 1000 + 2) + 5);
  EXPECT_TRUE(body.ends_with("\r\n0\r\n\r\n"));
}

TEST(HttpStream, EndsWhenNothingIsTaken) {
  TestServer server(hasty());
  auto client = server.client(8192);
  client.write(ask("0flood"));
  client.header();
  EXPECT_TRUE(eventually([&] { return server.seen().destroyed == 1; }));
  EXPECT_LT(client.rest().size(), 8'000'000u);
}

TEST(HttpStream, ThrowsAwayWhatIsSaidToItWithinALimit) {
  TestServer server;
  auto client = server.client();
  client.write(ask("0"));
  client.header();
  EXPECT_EQ(client.exactly(10), "5\r\nfirst\r\n");
  client.write("GET /echo HTTP/1.1\r\n\r\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(server.seen().closed, 0);
  client.write(std::string(70'000, 'x'));
  EXPECT_TRUE(eventually([&] { return server.seen().closed == 1; }));
}

}  // namespace
}  // namespace kith::test
