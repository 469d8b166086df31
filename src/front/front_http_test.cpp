// HTTP on loopback: requests in all pieces, answers now and later, limits and time-outs.

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "front/test_client.h"

namespace kith::test {
namespace {

std::string get(std::string_view path, std::string_view extra = {}) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(extra) + "\r\n";
}

std::string post(std::string_view path, std::string_view body, std::string_view extra = {}) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(extra) + "\r\n" + std::string(body);
}

TEST(Http, AnswersRequestsOnOneConnection) {
  TestServer server;
  auto client = server.client();
  client.write(post("/echo?a=b", "hello"));
  const std::string header = client.header();
  EXPECT_TRUE(header.starts_with("HTTP/1.1 200 OK\r\nDate: ")) << header;
  EXPECT_NE(header.find("Connection: keep-alive"), std::string::npos);
  EXPECT_EQ(client.exactly(14), "POST a=b hello");
  client.write(get("/later"));
  EXPECT_TRUE(client.header().starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(client.exactly(5), "GET  ");
  client.write("HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(client.header().find("Content-Length: 5\r\n"), std::string::npos);
  client.write(get("/nothing", "Connection: close\r\n"));
  EXPECT_TRUE(client.header().starts_with("HTTP/1.1 404 "));
  const std::string body = client.rest();
  EXPECT_NE(body.find("\"type\":\"about:kith/not_found\",\"code\":\"not_found\""), std::string::npos) << body;
  EXPECT_NE(body.find("\"status\":404,\"outcome\":\"fail\"}"), std::string::npos) << body;
}

TEST(Http, AnswersPipelinedRequestsInOrder) {
  TestServer server;
  auto client = server.client();
  std::string bytes;
  for (int i = 0; i < 100; ++i) bytes += post(i % 3 ? "/echo" : "/later", std::to_string(1000 + i));
  client.write(bytes);
  for (int i = 0; i < 100; ++i) {
    const bool last = client.header().find("Connection: close") != std::string::npos;
    EXPECT_EQ(client.exactly(10), "POST  " + std::to_string(1000 + i));
    EXPECT_EQ(last, i == 99);  // The hundredth request of a connection is its last.
  }
  EXPECT_TRUE(client.ended());
}

TEST(Http, TakesRequestsByteByByte) {
  TestServer server;
  auto client = server.client();
  for (const char byte : post("/echo", "hello")) {
    client.write({&byte, 1});
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  client.header();
  EXPECT_EQ(client.exactly(11), "POST  hello");
}

TEST(Http, SendsBigAnswersToSlowReaders) {
  TestServer server;
  auto client = server.client(8192);
  client.write(get("/big", "Connection: close\r\n"));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  client.header();
  EXPECT_EQ(client.rest().size(), 8'000'000u);
}

TEST(Http, AnswersForAHandlerThatForgot) {
  TestServer server;
  auto client = server.client();
  client.write(get("/never"));
  EXPECT_TRUE(client.header().starts_with("HTTP/1.1 500 "));
}

TEST(Http, DropsTheAnswerForAConnectionThatIsGone) {
  TestServer server;
  {
    auto client = server.client();
    client.write(get("/held"));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  auto client = server.client();
  client.write(get("/echo"));
  EXPECT_TRUE(client.header().starts_with("HTTP/1.1 200 "));
}

TEST(Http, AsksForTheBodyWhenExpected) {
  TestServer server;
  auto client = server.client();
  client.write("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.header(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.write("ok");
  client.header();
  EXPECT_EQ(client.exactly(8), "POST  ok");
}

TEST(Http, RefusesWhatIsTooLarge) {
  TestServer server;
  const auto ask = [&server](const std::string& request) {
    auto client = server.client();
    client.write(request);
    const std::string header = client.header();
    EXPECT_NE(header.find("Connection: close"), std::string::npos) << header;
    EXPECT_NE(header.find("application/problem+json"), std::string::npos) << header;
    return header.substr(9, 3);
  };
  EXPECT_EQ(ask(get("/echo", "X: " + std::string(17'000, 'x') + "\r\n")), "431");
  std::string fields;
  for (int i = 0; i < 64; ++i) fields += "X" + std::to_string(i) + ": y\r\n";
  EXPECT_EQ(ask(get("/echo", fields)), "431");
  EXPECT_EQ(ask(post("/echo", std::string(64 * 1024 + 1, 'x'))), "413");
  EXPECT_EQ(ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999\r\n\r\n"), "413");
  EXPECT_EQ(ask("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "411");
  EXPECT_EQ(ask("GET /echo HTTP/1.1\r\n\r\n"), "400");
  EXPECT_EQ(ask("hello\r\n\r\n"), "400");
  EXPECT_EQ(ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), "400");
}

TEST(Http, EndsSlowRequests) {
  FrontConfig config;
  config.tick = 10ms;
  config.header_wait = 50ms;
  config.idle_wait = 50ms;
  config.close_wait = 50ms;
  TestServer server(config);
  auto silent = server.client();
  EXPECT_TRUE(silent.ended());
  auto slow = server.client();
  slow.write("GET /echo HTT");
  EXPECT_TRUE(slow.header().starts_with("HTTP/1.1 408 "));
  auto body = server.client();
  body.write("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_TRUE(body.header().starts_with("HTTP/1.1 408 "));
  auto idle = server.client();
  idle.write(get("/echo"));
  idle.header();
  EXPECT_EQ(idle.exactly(5), "GET  ");
  EXPECT_TRUE(idle.ended());
  EXPECT_TRUE(eventually([&] { return server.listener().count() == 0; }));
}

}  // namespace
}  // namespace kith::test
