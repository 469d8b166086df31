// Requests as they come to Rest, on a clock that the test turns: who is asked for what, and what is answered while things go wrong.
#include <gtest/gtest.h>

#include "rest/rest.h"
#include "session/session_under_test.h"

namespace kith::test {
namespace {

// One loop with real device tokens.
struct RestServer final : Server, RestRouter {
  explicit RestServer(MemoryTiming timing = kAtOnce) : Server(timing) {}

  std::string token(const std::string& who, const std::string& device = "phone") {
    auto made = make_device_token(user(who), *DeviceId::parse(device), random);
    return std::string(made.text.reveal());
  }
  // Backend
  Future<Result<Identity>> verify(std::string text, DeviceId device) override {
    if (revoked.contains(text)) return Future<Result<Identity>>::ready(Failure{Code::revoked});
    auto presented = tokens.read(text, loop.wall());
    if (!presented) return Future<Result<Identity>>::ready(presented.error());
    if (!device.empty() && device != presented->device) return Future<Result<Identity>>::ready(Failure{Code::unauthenticated});
    return Future<Result<Identity>>::ready(Identity{presented->user, presented->device, TokenKind::device});
  }
  // RestRouter
  Future<RestResponse> at_home(UserId, Fn<Task<RestResponse>(Place&, Polls&)> work) override { return requests.start(work(place, polls)); }

  std::shared_ptr<std::optional<RestResponse>> ask(const std::string& method, const std::string& target, const std::string& with,
                                                   std::string body = {}) {
    auto question = target.find('?');
    RestRequest request{.method = method, .path = target.substr(0, question), .authorization = "Bearer " + with, .body = std::move(body)};
    if (question != target.npos) request.query = target.substr(question + 1);
    request.idempotency_key = key;
    request.last_event_id = last_event_id;
    request.admitted = [this] { ++admitted; };
    auto answer = note(requests.start(rest.handle(std::move(request))));
    loop.advance(10ms);
    return answer;
  }
  RestResponse answered(const std::string& method, const std::string& target, const std::string& with, std::string body = {}) {
    auto answer = ask(method, target, with, std::move(body));
    EXPECT_TRUE(*answer) << method << ' ' << target;
    return *answer ? std::move(**answer) : RestResponse{};
  }
  static std::string header(const RestResponse& response, std::string_view name) {
    for (const auto& [found, value] : response.headers) {
      if (found == name) return value;
    }
    return {};
  }

  TokenReader tokens = std::move(*TokenReader::make({}, Secret("ka_nobody")));
  std::string key, last_event_id;
  int admitted = 0;
  Polls polls{place};
  Rest rest{loop, tokens, *this};
  Scope requests;
};

// A connection that keeps what is sent on it.
struct Wire final : Transport {
  void send(std::string_view text) override { said += text; }
  std::size_t unsent() const override { return 0; }
  void close(Code) override {}
  void hand_over(std::size_t, Fn<std::unique_ptr<Peer>(Transport&)>) override {}
  const std::string& address() const override { return said; }

  // Since the last time.
  std::string news() { return std::exchange(said, {}); }

  std::string said;
};

// The stream of a device, in step.
struct Listener {
  Listener(RestServer& server, const std::string& who, const std::string& device) : token(server.token(who, device)) {
    auto response = server.answered("GET", "/v1/events", token);
    peer = response.stream->make(wire);
    server.loop.advance(1s);
    wire.news();
  }

  const std::string token;
  Wire wire;
  std::unique_ptr<Peer> peer;
};

TEST(RestRequests, ACommandIsCarriedOutForWhoeverTheTokenNames) {
  RestServer server;
  server.key = client_id(7).text();
  std::string alice = server.token("alice");
  auto sent = server.answered("POST", "/v1/users/bob/messages", alice, R"({"text":"hi"})");
  EXPECT_EQ(sent.status, 201) << sent.body;
  EXPECT_EQ(server.admitted, 1);
  auto again = server.answered("POST", "/v1/users/bob/messages", alice, R"({"text":"hi"})");
  EXPECT_EQ(again.status, 200) << "a repeat";
  EXPECT_NE(again.body.find("\"repeated\":true"), std::string::npos);
  server.loop.advance(2s);
  EXPECT_EQ(server.head("bob").value, 1u);
}

TEST(RestRequests, WithoutAGoodTokenNothingIsDone) {
  RestServer server;
  for (const std::string& token : {std::string(), std::string("junk"), std::string("kd_x.y.z")}) {
    auto refused = server.answered("POST", "/v1/users/bob/messages", token, R"({"text":"hi"})");
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(RestServer::header(refused, "WWW-Authenticate"), "Bearer");
  }
  std::string alice = server.token("alice");
  server.revoked.insert(alice);
  for (const char* path : {"/v1/conversations", "/v1/sync", "/v1/events"}) EXPECT_EQ(server.answered("GET", path, alice).status, 401);
  EXPECT_EQ(server.admitted, 0);
  EXPECT_EQ(server.head("bob").value, 0u);
}

TEST(RestRequests, ARequestThatIsDroppedMayStillHaveBeenCarriedOut) {
  RestServer server;
  server.holding_sends = true;
  server.key = client_id(7).text();
  auto waiting = server.ask("POST", "/v1/users/bob/messages", server.token("alice"), R"({"text":"hi"})");
  EXPECT_FALSE(*waiting);
  ASSERT_EQ(server.held.size(), 1u);
  server.requests.cancel();
  server.held[0].set(Failure{Code::busy, {}, 100});  // Nobody waits for it any more.
  server.loop.advance(1s);
  EXPECT_FALSE(*waiting);
}

TEST(RestRequests, ErrorsThatPassSayWhenToComeAgain) {
  RestServer server;
  server.holding_sends = true;
  server.key = client_id(7).text();
  auto waiting = server.ask("POST", "/v1/users/bob/messages", server.token("alice"), R"({"text":"hi"})");
  server.held.at(0).set(Failure{Code::busy, {}, 2100});
  server.loop.advance(1ms);
  ASSERT_TRUE(*waiting);
  EXPECT_EQ((*waiting)->status, 503);
  EXPECT_EQ(RestServer::header(**waiting, "Retry-After"), "3");
  server.place.stopping = true;
  for (const char* path : {"/v1/conversations", "/v1/sync", "/v1/events"}) {
    auto away = server.answered("GET", path, server.token("alice"));
    EXPECT_EQ(away.status, 503) << path;
    EXPECT_EQ(RestServer::header(away, "Retry-After"), "1") << path;
  }
}

TEST(RestRequests, APollProvesItsTokenBeforeItWaits) {
  RestServer server;
  server.say("alice", "bob");
  auto waiting = server.ask("GET", "/v1/sync?wait=25&cursor=" + server.cursor(server.head("bob")), server.token("bob"));
  EXPECT_FALSE(*waiting);
  EXPECT_EQ(server.admitted, 1);
  server.say("alice", "bob");
  ASSERT_TRUE(*waiting);
  EXPECT_EQ((*waiting)->status, 200);
}

TEST(RestRequests, TheLastEventIdCountsBeforeTheQuery) {
  RestServer server;
  server.say("alice", "bob", 2);
  server.last_event_id = server.cursor(server.head("bob"));
  for (const char* query : {"", "?cursor=junk", "?useq=77"}) {
    Wire wire;
    auto response = server.answered("GET", std::string("/v1/events") + query, server.token("bob"));
    ASSERT_TRUE(response.stream) << response.body;
    auto peer = response.stream->make(wire);
    server.loop.advance(1ms);
    EXPECT_EQ(wire.said.find("resync"), std::string::npos) << query << wire.said;
    EXPECT_NE(wire.said.find("synced"), std::string::npos) << query;
  }
  EXPECT_EQ(server.answered("GET", "/v1/events?useq=x", server.token("bob")).status, 400);
  EXPECT_EQ(server.answered("GET", "/v1/events?device=%20", server.token("bob")).status, 422);
}

TEST(RestRequests, APositionIsConfirmedIfItIsOneOfThisUser) {
  RestServer server;
  server.say("alice", "bob", 2);
  std::string bob = server.token("bob"), path = "/v1/sync?cursor=";
  EXPECT_EQ(server.answered("PUT", path + server.cursor(server.head("bob")), bob).status, 204);
  EXPECT_EQ(server.answered("PUT", path + server.cursor({1000}), bob).status, 204) << "what is too much counts as all";
  for (const std::string& cursor : {std::string(), std::string("junk"), Cursor{{78}, 0, {1}}.text(), Cursor{{77}, 3, {1}}.text()}) {
    EXPECT_EQ(server.answered("PUT", path + cursor, bob).status, 422) << cursor;
  }
  EXPECT_EQ(RestServer::header(server.answered("DELETE", "/v1/sync", bob), "Allow"), "GET, PUT");
}

TEST(RestRequests, WhoLooksOverHttpIsToldOnTheirStream) {
  RestServer server;
  server.say("alice", "bob", 3);
  const auto id = ConversationId::direct(user("alice"), user("bob"));
  const std::string path = "/v1/conversations/" + id.text() + "/receipts";
  Listener phone(server, "alice", "phone"), laptop(server, "alice", "laptop");
  auto typed = [&] {
    server.loop.advance(10s);
    EXPECT_TRUE(value_of(server.loop, server.typing(id, user("bob"), false)));
    server.loop.advance(1s);
    EXPECT_EQ(laptop.wire.news(), "") << "another device";
    return phone.wire.news();
  };
  const std::string push = "data: {\"typing\":{\"conversation\":\"" + id.text() + "\",\"user\":\"bob\"}}\n\n";
  EXPECT_EQ(server.answered("GET", path, server.token("alice", "tablet")).status, 200);
  EXPECT_EQ(typed(), "") << "a device without a stream asked";
  EXPECT_EQ(server.answered("GET", path, phone.token).status, 200);
  EXPECT_EQ(phone.wire.news(), "") << "the answer is that of the request alone";
  EXPECT_EQ(typed(), push);
  EXPECT_TRUE(value_of(server.loop, server.scope.start(server.conversations.mark(id, user("bob"), Mark{{2}, {3}}))));
  server.loop.advance(2s);
  EXPECT_EQ(phone.wire.news(),
            "data: {\"receipts\":{\"conversation\":\"" + id.text() + "\",\"items\":[{\"user\":\"bob\",\"delivered\":3,\"read\":2}]}}\n\n");
  EXPECT_EQ(server.answered("PUT", "/v1/look", phone.token).body, "{}");
  EXPECT_EQ(typed(), "") << "it looks at nothing";
  EXPECT_EQ(server.answered("PUT", "/v1/look", phone.token, R"({"conversation":")" + id.text() + "\"}").status, 200);
  EXPECT_EQ(typed(), push);
  const auto others = ConversationId::direct(user("bob"), user("carol"));
  EXPECT_EQ(server.answered("GET", "/v1/conversations/" + others.text() + "/receipts", phone.token).status, 404);
  server.directory.signal({user("alice")}, Signal{others, {}, user("bob")});
  EXPECT_EQ(phone.wire.news(), "") << "what is refused is not told";
}

TEST(RestRequests, WhoAsksForPresenceOverHttpIsToldOnTheirStream) {
  RestServer server;
  Listener phone(server, "alice", "phone");
  EXPECT_EQ(server.answered("PUT", "/v1/viewport", server.token("alice", "tablet"), R"({"users":["bob"]})").body,
            R"({"items":[{"user":"bob"}]})");
  EXPECT_EQ(server.watchers.count(), 0u) << "a device without a stream asked";
  EXPECT_EQ(server.answered("PUT", "/v1/viewport", phone.token, R"({"users":["bob"]})").body, R"({"items":[{"user":"bob"}]})");
  EXPECT_EQ(server.watchers.count(), 1u);
  std::string many = R"("carol")";
  for (int i = 0; i < 100; ++i) many += R"(,"carol")";
  EXPECT_EQ(server.answered("PUT", "/v1/viewport", phone.token, R"({"users":[)" + many + "]}").status, 422);
  Listener bob(server, "bob", "phone"), carol(server, "carol", "phone");
  server.loop.advance(1s);
  EXPECT_EQ(phone.wire.news(), "data: {\"presences\":{\"items\":[{\"user\":\"bob\",\"online\":true}]}}\n\n");
  EXPECT_EQ(server.answered("PUT", "/v1/viewport", phone.token, "{}").body, "{}");
  EXPECT_EQ(server.answered("PUT", "/v1/status", bob.token, R"({"status":"away"})").status, 204);
  server.loop.advance(1s);
  EXPECT_EQ(phone.wire.news(), "");
  EXPECT_EQ(server.answered("PUT", "/v1/viewport", phone.token, R"({"users":["bob"]})").status, 200);
  server.loop.advance(server.presence_options.viewport_for);
  EXPECT_EQ(server.answered("PUT", "/v1/status", bob.token, R"({"status":"idle"})").status, 204);
  server.loop.advance(1s);
  EXPECT_EQ(phone.wire.news(), "") << "it has expired";
}

TEST(RestRequests, AContactThatComesIsToldOnTheStreamThatAskedForItsContacts) {
  RestServer server;
  Listener phone(server, "alice", "phone"), laptop(server, "alice", "laptop");
  EXPECT_EQ(server.answered("PUT", "/v1/contacts/bob", phone.token).status, 204);
  EXPECT_EQ(server.answered("PUT", "/v1/contacts/alice", server.token("bob")).status, 204);
  server.loop.advance(1s);
  EXPECT_EQ(server.answered("POST", "/v1/presence", phone.token).body, R"({"items":[{"user":"bob"}]})");
  EXPECT_EQ(server.answered("POST", "/v1/presence", laptop.token, R"({"users":["bob"]})").status, 200);
  phone.wire.news(), laptop.wire.news();
  Listener bob(server, "bob", "phone");
  server.loop.advance(10s);
  EXPECT_EQ(phone.wire.news(), "data: {\"presences\":{\"items\":[{\"user\":\"bob\",\"online\":true}]}}\n\n");
  EXPECT_EQ(laptop.wire.news(), "") << "asked once";
}

TEST(RestRequests, AStreamThatGoesWhileItsQuestionIsAskedTakesNothingFromTheAnswer) {
  RestServer server({20ms, 20ms});
  auto phone = std::make_unique<Listener>(server, "alice", "phone");
  auto waiting = server.ask("PUT", "/v1/viewport", phone->token, R"({"users":["bob","carol"]})");
  ASSERT_FALSE(*waiting) << "else the story is about nothing";
  EXPECT_EQ(server.watchers.count(), 1u);
  phone->peer.reset();
  server.loop.advance(1s);
  ASSERT_TRUE(*waiting);
  EXPECT_EQ((*waiting)->body, R"({"items":[{"user":"bob"},{"user":"carol"}]})");
  EXPECT_EQ(server.watchers.count(), 0u);
  Listener bob(server, "bob", "phone");
  server.loop.advance(10s);
  EXPECT_EQ(server.book.counts().told, 0u);
}

TEST(RestRequests, ARequestThatIsDroppedLeavesTheStreamWhole) {
  RestServer server({20ms, 20ms});
  Listener phone(server, "alice", "phone");
  auto waiting = server.ask("PUT", "/v1/viewport", phone.token, R"({"users":["bob"]})");
  server.requests.cancel();
  server.loop.advance(1s);
  EXPECT_FALSE(*waiting);
  Scope again;
  RestRequest request{.method = "PUT", .path = "/v1/viewport", .authorization = "Bearer " + phone.token, .body = R"({"users":["carol"]})"};
  Rest rest(server.loop, server.tokens, server);
  auto answer = note(again.start(rest.handle(std::move(request))));
  server.loop.advance(1s);
  phone.wire.news();
  Listener carol(server, "carol", "phone");
  server.loop.advance(1s);
  EXPECT_EQ(phone.wire.news(), "data: {\"presences\":{\"items\":[{\"user\":\"carol\",\"online\":true}]}}\n\n");
}

}  // namespace
}  // namespace kith::test
