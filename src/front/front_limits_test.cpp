// What a connection may cost: limits before auth, slow and silent ends, numbers of connections, memory and time.

#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "front/test_client.h"

namespace kith::test {
namespace {

using websocket::Opcode;

constexpr int kText = 1, kClose = 8, kPing = 9, kPong = 10;

TEST(Limits, BeforeAuthFramesAreSmallAndFew) {
  TestServer server;
  auto fits = server.client();
  fits.open();
  fits.text(std::string(8192, 'a'));
  EXPECT_EQ(fits.receive().payload.size(), 8192u);

  auto big = server.client();
  big.open();
  big.text(std::string(8193, 'a'));
  auto close = big.receive();
  EXPECT_EQ(close.code(), 4501);
  EXPECT_EQ(close.reason(), "too_large");
  EXPECT_TRUE(big.ended());

  auto declared = server.client();  // Refused before a byte of it came.
  declared.open();
  declared.write(std::string_view("\x81\xff\0\0\0\1\0\0\0\0", 10));
  EXPECT_EQ(declared.receive().code(), 4501);

  auto many = server.client();
  many.open();
  int echoes = 0;
  for (int i = 0; i < 20; ++i) many.text(std::string(1000, 'a'));
  while ((close = many.receive()).opcode == kText) ++echoes;
  EXPECT_EQ(close.opcode, kClose);
  EXPECT_EQ(close.code(), 4501);
  EXPECT_LE(echoes, 16);
}

TEST(Limits, MayBeWiderThanTheReadBuffer) {
  FrontConfig config;
  config.early_frame_bytes = 1'000'000;
  config.early_total_bytes = 100'000'000;
  TestServer server(config);
  auto client = server.client();
  client.open();
  const std::string big(1'000'000, 'b');
  for (int i = 0; i < 10; ++i) {
    std::thread writer([&] { client.text(big); });
    EXPECT_EQ(client.receive().payload, big);
    writer.join();
  }
}

TEST(Limits, AuthMayBeFollowedByMoreThanTheEarlyLimit) {
  TestServer server({}, 2);
  auto client = server.client();
  client.open();
  std::string bytes;
  websocket::append_frame(bytes, Opcode::text, "move 1", 1);
  for (int i = 0; i < 20; ++i) websocket::append_frame(bytes, Opcode::text, std::string(20'000, 'a'), 1);
  client.write(bytes);
  EXPECT_EQ(client.receive().payload, "moved 1");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client.receive().payload.size(), 20'000u);
}

TEST(Limits, SlowReadersAreToldApartFromSlowNetworks) {
  TestServer server;
  auto client = server.client(4096);
  client.open();
  client.text("flood 10000");
  client.text("unsent");
  EXPECT_TRUE(eventually([&] { return server.seen().received >= 1; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  // What is unsent stops us from reading on: the question is not heard before the flood has drained.
  EXPECT_EQ(server.seen().received, 1);
  const int before = server.seen().drained;
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(client.receive().payload.size(), 1000u);
  const auto unsent = client.receive();
  EXPECT_EQ(unsent.payload, "0");
  EXPECT_TRUE(eventually([&] { return server.seen().drained > before; }));
}

TEST(Limits, EndsReadersThatAcceptNothing) {
  FrontConfig config;
  config.tick = 10ms;
  config.write_stall = 100ms;
  config.close_wait = 50ms;
  TestServer server(config);
  auto client = server.client(4096);
  client.open();
  client.text("flood 10000");
  EXPECT_TRUE(eventually([&] { return server.seen().closed == 1; }));
}

TEST(Limits, PingsTheSilentAndEndsTheDead) {
  FrontConfig config;
  config.tick = 10ms;
  config.heartbeat = 60ms;
  config.ping_answer = 60ms;
  TestServer server(config);
  auto client = server.client();
  client.open();
  for (int i = 0; i < 3; ++i) {
    const auto ping = client.receive();
    ASSERT_EQ(ping.opcode, kPing);
    client.frame(Opcode::pong, ping.payload);
  }
  EXPECT_EQ(client.receive().opcode, kPing);
  const auto close = client.receive();
  EXPECT_EQ(close.code(), 4004);
  EXPECT_EQ(close.reason(), "silent");
}

TEST(Limits, KeepsOneAnswerForAFloodOfPings) {
  FrontConfig config;
  config.early_total_bytes = config.read_pause_bytes = 100'000'000;
  TestServer server(config);
  auto client = server.client(4096);
  client.open();
  client.text("flood 10000");
  std::string pings;
  for (int i = 0; i < 1000; ++i) websocket::append_frame(pings, Opcode::ping, std::to_string(i), 1);
  // The flood is stuck before the pings come, and stays so until the last of them has been heard.
  EXPECT_TRUE(eventually([&] { return server.seen().received == 1; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  client.write(pings);
  client.text("heard");
  EXPECT_TRUE(eventually([&] { return server.seen().received == 2; }));
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(client.receive().payload.size(), 1000u);
  EXPECT_EQ(client.receive().payload, "heard");
  const auto pong = client.receive();
  EXPECT_EQ(pong.opcode, kPong);
  EXPECT_EQ(pong.payload, "999");
  client.text("next");
  EXPECT_EQ(client.receive().payload, "next");
}

TEST(Limits, RefusesTooManyConnections) {
  FrontConfig config;
  config.connections_per_address = 3;
  TestServer server(config);
  std::vector<Client> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(server.client());
    EXPECT_TRUE(clients.back().open().starts_with("HTTP/1.1 101 "));
  }
  {
    auto refused = server.client();
    const std::string header = refused.open();
    EXPECT_TRUE(header.starts_with("HTTP/1.1 503 ")) << header;
    EXPECT_NE(header.find("Retry-After: 5\r\n"), std::string::npos);
    EXPECT_NE(refused.rest().find("too_many_connections"), std::string::npos);
  }
  clients.pop_back();
  EXPECT_TRUE(eventually([&] { return server.listener().count() == 2; }));
  EXPECT_TRUE(server.client().open().starts_with("HTTP/1.1 101 "));
}

TEST(Limits, RefusesTooManyUnauthenticated) {
  FrontConfig config;
  config.connections = 100;
  TestServer server(config, 2);
  std::vector<Client> clients;
  for (int i = 0; i < 64; ++i) {
    clients.push_back(server.client());
    clients.back().open();
  }
  EXPECT_TRUE(server.client().open().starts_with("HTTP/1.1 503 "));
  clients.front().text("move 0");
  EXPECT_EQ(clients.front().receive().payload, "moved 0");
  EXPECT_TRUE(server.client().open().starts_with("HTTP/1.1 101 "));
}

TEST(Limits, StopsInOrder) {
  TestServer server({}, 2);
  auto socket = server.client();
  socket.open();
  socket.text("move 1");
  EXPECT_EQ(socket.receive().payload, "moved 1");
  auto early = server.client();
  early.open();
  auto idle = server.client();
  idle.write("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  idle.header();
  EXPECT_EQ(idle.exactly(5), "GET  ");
  server.listener().stop_accepting();
  EXPECT_TRUE(idle.ended());
  const auto goodbye = early.receive();
  EXPECT_EQ(goodbye.code(), 4002);
  EXPECT_EQ(goodbye.reason(), "going_away");
  early.frame(Opcode::close, goodbye.payload);
  EXPECT_TRUE(early.ended());
  socket.text("still here");
  EXPECT_EQ(socket.receive().payload, "still here");
  server.listener().cut_all();
  EXPECT_TRUE(socket.ended());
  EXPECT_TRUE(eventually([&] { return server.listener().count() == 0 && server.seen().closed == 2; }));
}

void raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

TEST(Limits, SurvivesTheEndOfDescriptors) {
  TestServer server;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit before = limit;
  auto client = server.client();
  client.open();
  limit.rlim_cur = 64;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  {
    std::vector<Client> clients;
    std::vector<int> taken;
    // The last descriptor goes to the connecting end; the accepting end finds none. Nobody may wait to be accepted
    // then: they would take it.
    clients.push_back(server.client());
    clients.back().open();
    int copy;
    while ((copy = ::dup(0)) >= 0) taken.push_back(copy);
    ::close(taken.back());
    taken.pop_back();
    clients.push_back(server.client());
    const timespec cpu_before = [] {
      timespec t{};
      ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
      return t;
    }();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    timespec cpu_after{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu_after);
    EXPECT_LT((cpu_after.tv_sec - cpu_before.tv_sec) * 1000 + (cpu_after.tv_nsec - cpu_before.tv_nsec) / 1'000'000, 100);
    client.text("alive");
    EXPECT_EQ(client.receive().payload, "alive");
    for (const int number : taken) ::close(number);
    EXPECT_TRUE(clients.back().open().starts_with("HTTP/1.1 101 "));
  }
  ::setrlimit(RLIMIT_NOFILE, &before);
}

std::size_t heap_bytes() {
  const struct mallinfo2 info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

TEST(Cost, MemoryOfAnIdleConnection) {
  raise_descriptor_limit();
  constexpr std::size_t kConnections = 2000;
  FrontConfig config;
  config.connections_per_address = 10'000;
  TestServer server(config, 2);
  std::vector<Client> clients;
  clients.reserve(kConnections);
  const std::size_t before = heap_bytes();
  for (std::size_t i = 0; i < kConnections; ++i) {
    auto& client = clients.emplace_back(server.client());
    client.open();
    client.text("move " + std::to_string(i % 2));
    client.receive();
    client.text("hello");
    client.receive();
  }
  EXPECT_EQ(server.listener().unauthenticated(), 0u);
  const std::size_t each = (heap_bytes() - before) / kConnections;
  std::printf("heap of an idle WebSocket, with its echo peer and the test's client: %zu bytes\n", each);
  RecordProperty("heap_bytes_per_connection", static_cast<int>(each));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LT(each, over_tls ? 45'000u : 1500u);  // The client's end is most of it over TLS: it keeps the certificates.
#endif
}

double thread_cpu_us(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

TEST(Cost, CpuOfAnEcho) {
  TestServer server;
  constexpr int kWindow = 16, kRounds = 4000;
  auto client = server.client();
  client.open();
  client.text("move 0");
  client.receive();
  std::string burst;
  for (int i = 0; i < kWindow; ++i) websocket::append_frame(burst, Opcode::text, std::string(100, 'a'), 0x12345678);
  const double process = thread_cpu_us(CLOCK_PROCESS_CPUTIME_ID);
  const double own = thread_cpu_us(CLOCK_THREAD_CPUTIME_ID);
  for (int i = 0; i < kRounds; ++i) {
    client.write(burst);
    ASSERT_EQ(client.exactly(102 * kWindow).size(), 102u * kWindow);
  }
  const double server_us = (thread_cpu_us(CLOCK_PROCESS_CPUTIME_ID) - process) - (thread_cpu_us(CLOCK_THREAD_CPUTIME_ID) - own);
  const double window = server_us / (kWindow * kRounds);
  const double process1 = thread_cpu_us(CLOCK_PROCESS_CPUTIME_ID);
  const double own1 = thread_cpu_us(CLOCK_THREAD_CPUTIME_ID);
  for (int i = 0; i < kRounds; ++i) {
    client.write(std::string_view(burst).substr(0, 106));
    ASSERT_EQ(client.exactly(102).size(), 102u);
  }
  const double single = ((thread_cpu_us(CLOCK_PROCESS_CPUTIME_ID) - process1) - (thread_cpu_us(CLOCK_THREAD_CPUTIME_ID) - own1)) / kRounds;
  std::printf("server CPU of an echo of 100 bytes: %.2f us in bursts of 16, %.2f us one by one\n", window, single);
}

}  // namespace
}  // namespace kith::test
