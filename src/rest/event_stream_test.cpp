// A session over Server-Sent Events: which events have which ids, what is confirmed, and how it ends.
#include "rest/event_stream.h"

#include "base/bytes.h"
#include "session/session_under_test.h"

namespace kith::test {
namespace {

struct Heard {
  std::string id, retry;
  wire::Frame frame;
};

// The connection: keeps the events that were sent on it, and takes bytes only while it is told to.
class Stream final : public Transport {
 public:
  Stream(Server& server, const std::string& device, const std::string& at = {}, Useq useq = {}) : server_(server) {
    StreamRequest request{device, {}, at, useq};
    auto response = value_of(server.loop, server.scope.start(open_event_stream(server.place, std::move(request))));
    status = response.status;
    problem = response.body;
    if (response.stream) peer = response.stream->make(*this);
    server.loop.advance(1ms);
  }

  // Transport
  void send(std::string_view text) override {
    ASSERT_FALSE(closed);
    ASSERT_TRUE(text.ends_with("\n\n"));
    if (stuck) unsent_ += text.size();
    Heard heard;
    while (text != "\n") {
      auto line = text.substr(0, text.find('\n'));
      text.remove_prefix(line.size() + 1);
      auto colon = line.find(": ");
      ASSERT_NE(colon, line.npos) << line;
      auto name = line.substr(0, colon), value = line.substr(colon + 2);
      if (name == "id") {
        heard.id = value;
      } else if (name == "retry") {
        heard.retry = value;
      } else {
        ASSERT_EQ(name, "data");
        auto frame = reader_.frame(value);
        ASSERT_TRUE(frame) << value;
        heard.frame = std::move(*frame);
      }
    }
    events.push_back(std::move(heard));
  }
  std::size_t unsent() const override { return unsent_; }
  void close(Code reason) override {
    if (closed) return;
    closed = reason;
    server_.loop.post([this] { peer->closed(); });
  }
  void hand_over(std::size_t, Fn<std::unique_ptr<Peer>(Transport&)>) override { FAIL(); }
  const std::string& address() const override { return address_; }

  void unstick() {
    stuck = false;
    if (std::exchange(unsent_, 0) > 0) server_.loop.post([this] { peer->drained(); });
  }

  // "ready", "page 0-5", "event 6", "event" (without a number) …
  std::vector<std::string> story() const {
    std::vector<std::string> out;
    for (const Heard& heard : events) {
      const auto& body = heard.frame.body;
      if (std::get_if<wire::Ready>(&body)) out.emplace_back("ready");
      if (auto* resync = std::get_if<wire::Resync>(&body)) out.push_back("resync " + resync->reason);
      if (auto* page = std::get_if<wire::Page>(&body)) out.push_back("page " + std::to_string(page->from) + "-" + std::to_string(page->to));
      if (auto* event = std::get_if<wire::Event>(&body)) out.push_back(event->useq == 0 ? "event" : "event " + std::to_string(event->useq));
      if (std::get_if<wire::Synced>(&body)) out.emplace_back("synced");
      if (std::get_if<wire::Goaway>(&body)) out.emplace_back("goaway");
      if (auto* error = std::get_if<wire::Error>(&body)) out.push_back("error " + error->code);
    }
    return out;
  }

  int status = 0;
  std::string problem;
  std::unique_ptr<Peer> peer;
  std::vector<Heard> events;
  std::optional<Code> closed;
  bool stuck = false;

 private:
  Server& server_;
  wire::JsonReader reader_;
  std::size_t unsent_ = 0;
  const std::string address_ = "192.0.2.1";
};
using Story = std::vector<std::string>;

std::optional<std::uint64_t> confirmed(Server& server, const std::string& who, const std::string& device) {
  RowKey key{RowTable::devices, who + "/confirmed", device};
  auto row = value_of(server.loop, server.store.get(std::move(key)));
  if (!row || !*row) return std::nullopt;
  return ByteReader(**row).varint();
}

TEST(EventStream, BeginsAndGoesOnLikeASession) {
  Server server(Server::kAtOnce);
  server.say("alice", "bob", 2);
  Stream phone(server, "bob/phone");
  EXPECT_EQ(phone.story(), (Story{"ready", "resync no_cursor", "synced"}));
  EXPECT_EQ(phone.events[0].id, "");
  EXPECT_EQ(phone.events[1].id, server.cursor(server.head("bob")));
  EXPECT_EQ(phone.events[2].id, server.cursor(server.head("bob")));
  server.say("alice", "bob");
  Useq head = server.head("bob");
  EXPECT_EQ(phone.story().back(), "event " + std::to_string(head.value));
  EXPECT_EQ(phone.events.back().id, server.cursor(head));
}

TEST(EventStream, EachIdIsAPositionFromWhichNothingIsMissingAndNothingComesTwice) {
  Server server(Server::kAtOnce);
  Stream phone(server, "bob/phone");
  for (int i = 0; i < 5; ++i) server.say("alice", "bob", 3);
  std::uint64_t head = server.head("bob").value;
  int tried = 0;
  for (std::size_t i = 0; i < phone.events.size(); ++i) {
    if (phone.events[i].id.empty()) continue;
    ++tried;
    Stream other(server, "bob/other", phone.events[i].id);
    std::uint64_t at = Cursor::parse(phone.events[i].id)->useq.value;
    Story expected{"ready", "page " + std::to_string(at) + "-" + std::to_string(head), "synced"};
    if (at == head) expected = {"ready", "synced"};
    EXPECT_EQ(other.story(), expected);
  }
  EXPECT_GT(tried, 5);
}

TEST(EventStream, OfOneStepOnlyTheLastEventHasTheId) {
  Server server;  // Its disk takes time: messages collect.
  server.say("alice", "bob");
  Stream phone(server, "bob/phone", server.cursor(server.head("bob")));
  auto id = ConversationId::direct(user("alice"), user("bob"));
  std::vector<Future<Result<Receipt>>> sends;
  for (std::uint64_t n = 0; n < 50; ++n) sends.push_back(server.send(id, user("bob"), {user("alice"), client_id(1000 + n), Seq{0}, "x"}));
  server.loop.advance(1s);
  std::size_t shared = 0;
  for (const Heard& heard : phone.events) {
    auto* event = std::get_if<wire::Event>(&heard.frame.body);
    if (!event) continue;
    EXPECT_EQ(heard.id, event->useq == 0 ? "" : server.cursor({event->useq}));
    shared += event->useq == 0 ? 1 : 0;
  }
  EXPECT_GT(shared, 10u) << "else the story is about nothing";
}

TEST(EventStream, ConfirmsWhatWasPresentedOnceItIsGood) {
  Server server(Server::kAtOnce);
  server.say("alice", "bob", 1);
  Connection present(server, "bob/tablet");
  server.loop.advance(1s);
  server.say("alice", "bob", 4);
  Stream first(server, "bob/phone");
  EXPECT_FALSE(confirmed(server, "bob", "phone")) << "a resync has nothing to confirm";
  Stream ahead(server, "bob/phone", server.cursor({100}));
  EXPECT_FALSE(confirmed(server, "bob", "phone"));
  Stream good(server, "bob/phone", server.cursor({1}), {3});
  EXPECT_EQ(confirmed(server, "bob", "phone"), 3u);
}

TEST(EventStream, IsOnePlaceOfItsDevice) {
  Server server(Server::kAtOnce);
  Stream older(server, "bob/phone");
  Stream newer(server, "bob/phone");
  EXPECT_EQ(older.story().back(), "error replaced");
  EXPECT_EQ(older.closed, Code::replaced);
  EXPECT_FALSE(newer.closed);
  Connection socket(server, "bob/phone");
  server.loop.advance(1ms);
  EXPECT_EQ(newer.story().back(), "error replaced");
  Stream other(server, "bob/laptop");
  EXPECT_FALSE(socket.closed);
  EXPECT_EQ(server.directory.count(), 2u);
}

TEST(EventStream, TellsWhyItEnds) {
  Server server(Server::kAtOnce);
  Stream phone(server, "bob/phone"), laptop(server, "bob/laptop");
  server.directory.revoke(user("bob"), DeviceId::parse("phone"));
  server.loop.advance(1ms);
  EXPECT_EQ(phone.story().back(), "error revoked");
  EXPECT_EQ(phone.closed, Code::revoked);
  server.place.stopping = true;
  server.directory.dismiss_all(5s);
  server.loop.advance(1ms);
  EXPECT_EQ(laptop.story().back(), "goaway");
  EXPECT_EQ(laptop.events.back().retry, std::to_string(std::get<wire::Goaway>(laptop.events.back().frame.body).after_ms));
  EXPECT_EQ(laptop.closed, Code::going_away);
  EXPECT_EQ(server.directory.count(), 0u);
  Stream late(server, "bob/phone");
  EXPECT_EQ(late.status, 503);
  EXPECT_FALSE(late.peer);
}

TEST(EventStream, ARevocationBetweenTheAnswerAndTheStreamEndsItWithOneWord) {
  Server server(Server::kAtOnce);
  StreamRequest request{"bob/phone", {}, {}, {}};
  auto response = value_of(server.loop, server.scope.start(open_event_stream(server.place, std::move(request))));
  ASSERT_TRUE(response.stream);
  server.revoked.insert("bob/phone");
  Stream phone(server, "bob/laptop");
  phone.events.clear();
  phone.peer = response.stream->make(phone);
  server.loop.advance(1ms);
  EXPECT_EQ(phone.story(), Story{"error revoked"});
  EXPECT_EQ(phone.closed, Code::revoked);
}

TEST(EventStream, WhoIsNobodyGetsNone) {
  Server server;
  Stream nobody(server, "junk");
  EXPECT_EQ(nobody.status, 401);
  Stream nameless(server, "bob/");
  EXPECT_EQ(nameless.status, 422);
  EXPECT_FALSE(nobody.peer || nameless.peer);
}

TEST(EventStream, ASlowReaderFallsBehindAndReadsTheLog) {
  Server server(Server::kAtOnce);
  server.say("alice", "bob");
  Stream phone(server, "bob/phone", server.cursor(server.head("bob")));
  phone.stuck = true;
  server.say("alice", "bob", 100, 8000);
  EXPECT_LT(phone.unsent(), server.options.unsent_max + 10'000);
  EXPECT_EQ(server.traffic.fell_behind, 1u);
  std::size_t before = phone.events.size();
  phone.unstick();
  server.loop.advance(1s);
  ASSERT_GT(phone.events.size(), before);
  EXPECT_TRUE(std::get_if<wire::Page>(&phone.events[before].frame.body));
  EXPECT_EQ(phone.events.back().id, server.cursor(server.head("bob")));
  server.say("alice", "bob");
  EXPECT_EQ(phone.story().back(), "event " + std::to_string(server.head("bob").value));
}

}  // namespace
}  // namespace kith::test
