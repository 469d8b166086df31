// The parts of HTTP that need no socket: the parser in all pieces, the handshake, the error object, the date.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "front/handshake.h"
#include "front/http_date.h"
#include "front/http_parser.h"

namespace kith {
namespace {

using State = HttpParser::State;

std::string outcome(const std::vector<std::string>& pieces) {
  HttpParser parser;
  std::string left;
  for (const auto& piece : pieces) {
    const std::size_t used = parser.feed(piece);
    EXPECT_LE(used, piece.size());
    left += piece.substr(used);
  }
  switch (parser.state()) {
    case State::header:
      return "header";
    case State::body:
      return "body";
    case State::failed:
      return "failed " + std::to_string(parser.error().status);
    case State::done:
      break;
  }
  const ParsedRequest parsed = parser.take();
  const HttpRequest& r = parsed.request;
  return r.method + "|" + r.path + "|" + r.query + "|" + r.authorization + "|" + r.origin + "|" + r.content_type + "|" + r.body + "|" +
         (parsed.keep_alive ? "stay" : "end") + (parsed.upgrade ? "|upgrade" : "") + (left.empty() ? "" : "|left " + left);
}

std::string parse(const std::string& bytes) {
  const std::string whole = outcome({bytes});
  for (std::size_t cut = 0; cut <= bytes.size() && cut < 2000; ++cut) {
    EXPECT_EQ(outcome({bytes.substr(0, cut), bytes.substr(cut)}), whole) << cut;
  }
  return whole;
}

TEST(HttpParser, ReadsRequestsInAnyPieces) {
  EXPECT_EQ(parse("GET /a/b?c=d?e HTTP/1.1\r\nHost: h\r\n\r\n"), "GET|/a/b|c=d?e|||||stay");
  EXPECT_EQ(parse("POST /p HTTP/1.1\r\nhost: h\r\nAuthorization: Bearer t\r\nOrigin: o\r\nContent-Type: application/json\r\n"
                  "Content-Length: 2\r\nConnection: close\r\n\r\n{}"),
            "POST|/p||Bearer t|o|application/json|{}|end");
  EXPECT_EQ(parse("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\n"), "GET|/1||||||stay|left GET /2 HTTP/1.1\r\n");
  EXPECT_EQ(parse("\r\nGET / HTTP/1.0\r\n\r\n"), "GET|/||||||end");
  EXPECT_EQ(parse("GET http://h/x?y HTTP/1.1\r\nHost: h\r\n\r\n"), "GET|/x|y|||||stay");
  EXPECT_EQ(parse("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n"), "GET|/||||||stay");
  EXPECT_EQ(parse("GET / HTTP/1.1\r\nHost: h\r\n"), "header");
  EXPECT_EQ(parse("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nab"), "body");
}

TEST(HttpParser, RefusesWhatIsNotARequest) {
  EXPECT_EQ(parse("hello\r\n\r\n"), "failed 400");
  EXPECT_EQ(parse("GET / HTTP/1.1\r\n\r\n"), "failed 400");
  EXPECT_EQ(parse("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), "failed 400");
  EXPECT_EQ(parse("GET / HTTP/1.1\r\nHost: a\r\nBad Name: b\r\n\r\n"), "failed 400");
  EXPECT_EQ(parse("GET / HTTP/1.1\r\nHost : a\r\n\r\n"), "failed 400");
  EXPECT_EQ(parse("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), "failed 400");
  EXPECT_EQ(parse("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"), "failed 400");
  EXPECT_EQ(parse("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), "failed 400");
  EXPECT_EQ(parse("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "failed 411");
  EXPECT_EQ(parse("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n"), "failed 413");
}

TEST(HttpParser, LimitsTheHeader) {
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\n";
  const auto padded = [&](std::size_t size) { return start + "X: " + std::string(size - start.size() - 7, 'x') + "\r\n\r\n"; };
  EXPECT_EQ(parse(padded(kHeaderBytesMax)), "GET|/||||||stay");
  EXPECT_EQ(outcome({std::string(kHeaderBytesMax + 1, 'x')}), "failed 431");
  EXPECT_EQ(outcome({std::string(10'000, 'x'), std::string(10'000, 'x')}), "failed 431");
  const auto fields = [&](std::size_t count) {
    std::string text = start;
    for (std::size_t i = 1; i < count; ++i) text += "a:\r\n";
    return text + "\r\n";
  };
  EXPECT_EQ(parse(fields(kHeaderFieldsMax)), "GET|/||||||stay");
  EXPECT_EQ(parse(fields(kHeaderFieldsMax + 1)), "failed 431");
}

TEST(HttpParser, KnowsAnUpgrade) {
  const std::string start = "GET /v1/ws HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(parse(start + "Upgrade: h2c, WebSocket\r\nConnection: keep-alive, upgrade\r\n\r\n"), "GET|/v1/ws||||||stay|upgrade");
  EXPECT_EQ(parse(start + "Upgrade: websocket\r\nConnection: keep-alive\r\n\r\n"), "GET|/v1/ws||||||stay");
  EXPECT_EQ(parse(start + "Upgrade: websocket\r\nConnection: upgrade\r\nContent-Length: 1\r\n\r\nx"), "GET|/v1/ws|||||x|stay");
}

ParsedRequest handshake() {
  ParsedRequest parsed;
  parsed.request.method = "GET";
  parsed.host = "chat.example:8080";
  parsed.upgrade = true;
  parsed.websocket_key = "dGhlIHNhbXBsZSBub25jZQ==";
  parsed.websocket_version = "13";
  return parsed;
}

TEST(Handshake, ChoosesTheFirstSubprotocolItKnows) {
  const auto choose = [](std::string offered) {
    ParsedRequest parsed = handshake();
    parsed.websocket_protocols = std::move(offered);
    const Handshake result = shake_hands(parsed, {});
    if (result.refusal) return std::to_string(result.refusal->status);
    const bool named = result.response.find("Sec-WebSocket-Protocol") != std::string::npos;
    return std::string(result.encoding == Encoding::json ? "json" : "proto") + (named ? " named" : "");
  };
  EXPECT_EQ(choose(""), "json");
  EXPECT_EQ(choose("kith.v1.json"), "json named");
  EXPECT_EQ(choose("kith.v1.proto,kith.v1.json"), "proto named");
  EXPECT_EQ(choose(" , chat ,\tkith.v1.json , kith.v1.proto"), "json named");
  EXPECT_EQ(choose("chat"), "400");
  EXPECT_EQ(choose("kith.v1.jsonx"), "400");
  EXPECT_EQ(choose(" , ,"), "json");
}

TEST(Handshake, TakesPagesOfTheHostOrOfTheList) {
  const auto status = [](std::string origin, std::vector<std::string> origins) {
    ParsedRequest parsed = handshake();
    parsed.request.origin = std::move(origin);
    const Handshake result = shake_hands(parsed, origins);
    return result.refusal ? result.refusal->status : 101;
  };
  EXPECT_EQ(status("", {}), 101);
  EXPECT_EQ(status("http://chat.example:8080", {}), 101);
  EXPECT_EQ(status("HTTPS://Chat.Example:8080", {}), 101);
  EXPECT_EQ(status("http://chat.example", {}), 403);
  EXPECT_EQ(status("chat.example:8080", {}), 403);
  EXPECT_EQ(status("null", {}), 403);
  EXPECT_EQ(status("https://app.example", {"https://app.example"}), 101);
  EXPECT_EQ(status("http://chat.example:8080", {"https://app.example"}), 403);
  EXPECT_EQ(status("https://app.example.evil", {"https://app.example"}), 403);
  EXPECT_EQ(status("anything", {"*"}), 101);
}

TEST(Problem, HasTheMembersOfTheWire) {
  const HttpResponse response = problem({Code::rate_limited, "say \"less\"\n", 1500});
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.body,
            R"({"type":"about:kith/rate_limited","code":"rate_limited","title":"Too many commands; the bucket refills.","status":429,)"
            R"("detail":"say \"less\"\u000a","outcome":"retry","retryAfterMs":1500})");
  ASSERT_EQ(response.headers.size(), 1u);
  EXPECT_EQ(response.headers[0].second, "2");
}

TEST(HttpDate, ReadsAsTheStandardSays) {
  EXPECT_EQ(http_date(WallTime{784111777000}), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(WallTime{0}), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(http_date(WallTime{1709164800999}), "Thu, 29 Feb 2024 00:00:00 GMT");
}

}  // namespace
}  // namespace kith
