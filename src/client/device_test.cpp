// A device against a scripted server: what it says, what it makes of what it hears, and what it does when the connection is lost.
#include "client/device.h"

#include <gtest/gtest.h>

#include <deque>
#include <optional>
#include <set>

#include "base/manual_loop.h"

namespace kith {
namespace {

// The server's end of the network: every connection that the device ever opened.
struct Network final : Links {
  struct End;
  struct DeviceLink final : Link {
    explicit DeviceLink(End& e) : end(e) {}
    ~DeviceLink() override { end.link = nullptr; }
    void send(std::string_view frame) override;
    std::size_t unsent() const override { return 0; }
    Instant heard_at() const override;
    End& end;
  };
  struct End {
    Network& network;
    LinkUser& user;
    DeviceLink* link = nullptr;
    Instant heard_at;
    std::vector<wire::Command> commands;

    bool alive() const { return link != nullptr; }
    void open() { user.opened(); }
    void say(const wire::Frame& frame) {
      std::string text;
      wire::write_json(frame, text);
      heard_at = network.loop.now();
      user.received(text);
    }
    void close(LinkEnd why = {}) { user.closed(std::move(why)); }
    // Commands of one kind since the last call.
    template <class T>
    std::vector<std::pair<std::uint64_t, T>> take() {
      std::vector<std::pair<std::uint64_t, T>> found;
      for (auto& command : std::exchange(commands, {})) {
        if (auto* body = std::get_if<T>(&command.command))
          found.emplace_back(command.id, *body);
        else
          commands.push_back(command);
      }
      return found;
    }
  };

  explicit Network(ManualLoop& l) : loop(l) {}
  std::unique_ptr<Link> open(LinkUser& user) override {
    ends.push_back({*this, user, nullptr, loop.now(), {}});
    auto link = std::make_unique<DeviceLink>(ends.back());
    ends.back().link = link.get();
    return link;
  }
  End& end() { return ends.back(); }

  ManualLoop& loop;
  wire::JsonReader reader;
  std::deque<End> ends;
};

void Network::DeviceLink::send(std::string_view frame) {
  auto command = end.network.reader.command(frame);
  ASSERT_TRUE(command) << frame;
  end.commands.push_back(std::move(*command));
}
Instant Network::DeviceLink::heard_at() const { return end.heard_at; }

struct Heard final : DeviceUser {
  void message(const wire::Message& m) override { texts.push_back(m.text); }
  void entry(const wire::Entry& e) override { entries.push_back(e); }
  void sent(const OutgoingMessage& m, const wire::Sent& s) override { acks.emplace_back(m.content.text, s.seq); }
  void failed(const OutgoingMessage& m, const Failure& f) override { failures.emplace_back(m.content.text, f.code); }
  void read(const wire::ReadMark& r) override { marks.emplace_back(r.conversation, r.seq); }
  void cleared(const wire::ClearMark& c) override { clears.push_back(c.seq); }
  void hidden(const wire::Hidden& h) override { hides.push_back(h.seq); }
  void settings(const wire::Settings& s) override { kept_settings.push_back(s); }
  void receipts(const wire::Receipts& r) override { receipts_of_others.push_back(r); }
  void typing(const wire::Typing& t) override { writers.push_back(t.user); }
  void presence(const wire::Presence& p) override { presences.push_back(p); }
  void unknown(const std::string&, std::uint64_t seq) override { unknowns.push_back(seq); }
  void hole(const Hole& h) override { holes.emplace_back(h.after, h.last); }
  void resync(const wire::Resync& r) override { resyncs.push_back(r.reason); }
  void state(DeviceState s, const Failure& w) override {
    states.push_back(s);
    why = w;
  }
  std::vector<std::string> texts, resyncs, writers;
  std::vector<wire::Receipts> receipts_of_others;
  std::vector<wire::Presence> presences;
  std::vector<std::pair<std::string, std::uint64_t>> acks, marks;
  std::vector<std::pair<std::string, Code>> failures;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> holes;
  std::vector<wire::Entry> entries;
  std::vector<std::uint64_t> unknowns, clears, hides;
  std::vector<wire::Settings> kept_settings;
  std::vector<DeviceState> states;
  Failure why;
};

const std::string kBob = ConversationId::direct(*UserId::parse("alice"), *UserId::parse("bob")).text();
const std::string kCarol = ConversationId::direct(*UserId::parse("alice"), *UserId::parse("carol")).text();
const UserId bob = *UserId::parse("bob"), carol = *UserId::parse("carol");

wire::Message text_at(std::uint64_t seq, std::string text, std::string conversation = kBob) {
  wire::Message m;
  m.conversation = std::move(conversation);
  m.seq = seq;
  m.from = "bob";
  m.text = std::move(text);
  return m;
}
wire::Frame event(std::uint64_t useq, std::uint64_t seq, std::string text) { return {0, wire::Event{useq, text_at(seq, std::move(text))}}; }
wire::Frame page(std::uint64_t from, std::uint64_t to, wire::Change change) {
  return {0, wire::Page{from, to, {std::move(change)}, "cursor-" + std::to_string(to)}};
}

class DeviceTest : public testing::Test {
 protected:
  DeviceTest() { make(); }

  void make() {
    device.reset();
    device = std::make_unique<Device>(Device::World{loop, network, reader, &storage}, options, heard, "token", "phone");
  }
  wire::Auth begin() {
    EXPECT_TRUE(device->start());
    return hello();
  }
  wire::Auth hello() {
    network.end().open();
    network.end().say({0, wire::Hello{"kith.v1", 30, wire::Limits{65536, 8192, 200, 100}}});
    auto auths = network.end().take<wire::Auth>();
    if (auths.size() != 1) {
      ADD_FAILURE() << "auth was sent " << auths.size() << " times";
      return {};
    }
    auth_id = auths[0].first;
    return auths[0].second;
  }
  void ready() { network.end().say({auth_id, wire::Ready{"alice", "phone", 0, "node-1"}}); }
  void synced(std::string cursor) { network.end().say({0, wire::Synced{std::move(cursor)}}); }
  // Up to live, with nothing missed.
  void live() {
    begin();
    ready();
    network.end().say({0, wire::Resync{"cursor-0", "no_cursor"}});
    synced("cursor-0");
  }
  void reconnect() {
    const auto before = network.ends.size();
    for (int i = 0; i < 100 && network.ends.size() == before; ++i) loop.advance(1s);
    ASSERT_EQ(network.ends.size(), before + 1);
    hello();
    ready();
    synced("cursor-0");
  }
  std::vector<std::pair<std::uint64_t, wire::Send>> sends() { return network.end().take<wire::Send>(); }
  void answer_head(std::uint64_t head) {
    auto asked = network.end().take<wire::GetHistory>();
    ASSERT_EQ(asked.size(), 1u);
    network.end().say({asked[0].first, wire::History{asked[0].second.conversation, {}, head, false}});
  }
  void ack(std::uint64_t re, std::uint64_t seq) {
    wire::Sent sent;
    sent.conversation = kBob;
    sent.seq = seq;
    network.end().say({re, sent});
  }
  void refuse(std::uint64_t re, const char* code, std::uint32_t retry_ms = 0) {
    wire::Error error;
    error.code = code;
    error.retry_after_ms = retry_ms;
    network.end().say({re, error});
  }

  ManualLoop loop;
  Network network{loop};
  wire::JsonReader reader;
  MemoryStorage storage;
  DeviceOptions options;
  Heard heard;
  std::unique_ptr<Device> device;
  std::uint64_t auth_id = 0;
};

// ------------------------------------------------------------------------------------------------------- what it hears

TEST_F(DeviceTest, AuthenticatesAndGetsInStep) {
  auto auth = begin();
  EXPECT_EQ(auth.token, "token");
  EXPECT_EQ(auth.device, "phone");
  EXPECT_EQ(auth.cursor, "");
  EXPECT_EQ(auth.useq, 0u);
  ready();
  EXPECT_EQ(device->user(), "alice");
  network.end().say({0, wire::Resync{"cursor-4", "no_cursor"}});
  network.end().say(page(4, 6, {kBob, "bob", 0, 2, {{text_at(1, "one")}, {text_at(2, "two")}}, 0}));
  synced("cursor-6");
  network.end().say(event(7, 3, "three"));
  EXPECT_EQ(heard.texts, (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_EQ(heard.resyncs, std::vector<std::string>{"no_cursor"});
  EXPECT_EQ(heard.states, (std::vector{DeviceState::connecting, DeviceState::syncing, DeviceState::live}));
  EXPECT_EQ(device->position(), (Position{"cursor-6", 7}));
}

TEST_F(DeviceTest, GoesOnWhereItWas) {
  live();
  network.end().say(event(1, 1, "one"));
  device->stop();
  make();
  auto auth = begin();
  EXPECT_EQ(auth.cursor, "cursor-0");
  EXPECT_EQ(auth.useq, 1u);
}

TEST_F(DeviceTest, PositionMovesOnlyWithTheLastOfAStep) {
  live();
  network.end().say(event(1, 1, "one"));
  network.end().say(event(0, 2, "two"));
  network.end().say(event(0, 3, "three"));
  EXPECT_EQ(device->position().useq, 1u);
  network.end().close();
  reconnect();
  // The step comes again, whole.
  network.end().say(page(1, 2, {kBob, "bob", 1, 4, {{text_at(2, "two")}, {text_at(3, "three")}, {text_at(4, "four")}}, 0}));
  EXPECT_EQ(device->position(), (Position{"cursor-2", 2}));
  EXPECT_EQ(heard.texts, (std::vector<std::string>{"one", "two", "three", "four"}));
  EXPECT_TRUE(heard.holes.empty());
}

TEST_F(DeviceTest, DropsRepeatedEvents) {
  live();
  network.end().say(event(1, 1, "one"));
  network.end().say(event(1, 1, "one"));
  network.end().say(page(0, 1, {kBob, "bob", 0, 1, {{text_at(1, "one")}}, 0}));
  EXPECT_EQ(heard.texts, std::vector<std::string>{"one"});
  EXPECT_EQ(device->position().useq, 1u);
}

TEST_F(DeviceTest, ALeftOutEventCutsTheConnection) {
  live();
  network.end().say(event(1, 1, "one"));
  network.end().say(event(3, 3, "three"));
  EXPECT_FALSE(network.end().alive());
  EXPECT_EQ(heard.texts, std::vector<std::string>{"one"});
  EXPECT_EQ(device->position().useq, 1u);
  EXPECT_EQ(device->state(), DeviceState::waiting);
}

TEST_F(DeviceTest, ALeftOutPageCutsTheConnection) {
  live();
  network.end().say(event(1, 1, "one"));
  network.end().say(page(2, 3, {kBob, "bob", 2, 3, {{text_at(3, "three")}}, 0}));
  EXPECT_FALSE(network.end().alive());
  EXPECT_EQ(device->position(), (Position{"cursor-0", 1}));
}

TEST_F(DeviceTest, OffersWhatAPageLeftOut) {
  live();
  network.end().say(page(0, 90, {kBob, "bob", 0, 90, {{text_at(89, "b")}, {text_at(90, "c")}}, 0}));
  EXPECT_EQ(heard.holes, (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0, 88}}));
  network.end().say(page(90, 100, {kBob, "bob", 90, 100, {}, 0}));
  EXPECT_EQ(heard.holes.back(), (std::pair<std::uint64_t, std::uint64_t>{90, 100}));
  network.end().say(event(101, 101, "d"));
  EXPECT_EQ(heard.holes.size(), 2u);
  EXPECT_EQ(heard.texts, (std::vector<std::string>{"b", "c", "d"}));
}

TEST_F(DeviceTest, AnEntryOfAnUnknownKindIsNoHole) {
  live();
  network.end().say(page(0, 3, {kBob, "bob", 0, 3, {{text_at(1, "a")}, {wire::Unknown{2}}, {text_at(3, "c")}}, 0}));
  EXPECT_EQ(heard.unknowns, std::vector<std::uint64_t>{2});
  EXPECT_TRUE(heard.holes.empty());
}

TEST_F(DeviceTest, AnotherStoreBeginsAnew) {
  live();
  network.end().say(event(1, 9, "nine"));
  network.end().close();
  loop.advance(2s);
  hello();
  ready();
  network.end().say({0, wire::Resync{"other-5", "other_store"}});
  EXPECT_EQ(device->position(), (Position{"other-5", 0}));
  synced("other-5");
  network.end().say(event(6, 2, "two"));
  EXPECT_EQ(heard.texts, (std::vector<std::string>{"nine", "two"}));
}

TEST_F(DeviceTest, ReadMarksOfOtherDevicesAreHeard) {
  live();
  network.end().say({0, wire::Event{1, wire::ReadMark{kBob, 4}}});
  network.end().say(page(1, 2, {kBob, "bob", 0, 0, {}, 5}));
  EXPECT_EQ(heard.marks, (std::vector<std::pair<std::string, std::uint64_t>>{{kBob, 4}, {kBob, 5}}));
  EXPECT_TRUE(heard.holes.empty());
}

TEST_F(DeviceTest, ChangesAreHeardInTheOrderOfTheLog) {
  const wire::Edited edited{kBob, 2, "bob", {}, 1, "uno"};
  const wire::Deleted deleted{kBob, 3, "bob", {}, 1};
  const wire::Reacted reacted{kBob, 4, "bob", {}, 1, "+", false};
  wire::GroupChange left;
  left.conversation = kBob;
  left.seq = 5;
  left.what = "left";
  live();
  network.end().say(event(1, 1, "one"));
  network.end().say({0, wire::Event{2, edited}});
  network.end().say({0, wire::Event{3, deleted}});
  network.end().say(page(3, 6, {kBob, "bob", 3, 6, {{reacted}, {left}, {text_at(6, "six")}}, 0}));
  EXPECT_EQ(heard.entries, (std::vector<wire::Entry>{{edited}, {deleted}, {reacted}, {left}}));
  EXPECT_EQ(heard.texts, (std::vector<std::string>{"one", "six"}));
  EXPECT_TRUE(heard.holes.empty()) << "no number was left out";
  EXPECT_EQ(device->position(), (Position{"cursor-6", 6}));
  network.end().say({0, wire::Event{6, left}});
  EXPECT_EQ(heard.entries.size(), 4u) << "each once";
}

TEST_F(DeviceTest, WhatTheUserTookOutOfTheirViewIsNoHole) {
  live();
  network.end().say(page(0, 9, {kBob, "bob", 0, 6, {{text_at(4, "four")}, {text_at(6, "six")}}, 0, 2, {{kBob, 3}, {kBob, 5}}, {}}));
  EXPECT_TRUE(heard.holes.empty());
  EXPECT_EQ(heard.texts, (std::vector<std::string>{"four", "six"}));
  EXPECT_EQ(heard.clears, std::vector<std::uint64_t>{2});
  EXPECT_EQ(heard.hides, (std::vector<std::uint64_t>{3, 5}));
}

TEST_F(DeviceTest, WhatWasSaidWhileTheUserWasNoMemberIsNoHole) {
  wire::GroupChange added;
  added.conversation = kBob;
  added.seq = 50;
  added.what = "added";
  added.users = {"alice"};
  live();
  network.end().say(event(1, 1, "one"));
  network.end().say(page(1, 2, {kBob, "", 20, 21, {{text_at(21, "back")}}, 0}));
  network.end().say({0, wire::Event{3, added}});
  EXPECT_TRUE(heard.holes.empty());
  EXPECT_EQ(heard.entries.size(), 1u);
  network.end().say(event(4, 52, "two on"));
  EXPECT_EQ(heard.holes, (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{50, 51}})) << "others still are";
}

TEST_F(DeviceTest, SettingsAndOtherChangesOfTheViewAreHeard) {
  const wire::Settings pinned{kBob, {}, true, false}, archived{kBob, {}, false, true};
  live();
  network.end().say({0, wire::Event{1, pinned}});
  network.end().say({0, wire::Event{2, wire::ClearMark{kBob, 7}}});
  network.end().say({0, wire::Event{3, wire::Hidden{kBob, 9}}});
  network.end().say(page(3, 4, {kBob, "bob", 0, 0, {}, 0, 0, {}, archived}));
  EXPECT_EQ(heard.kept_settings, (std::vector{pinned, archived}));
  EXPECT_EQ(heard.clears, std::vector<std::uint64_t>{7});
  EXPECT_EQ(heard.hides, std::vector<std::uint64_t>{9});
  EXPECT_EQ(device->position().useq, 4u);
}

TEST_F(DeviceTest, ConfirmsAtMostOnceASecond) {
  live();
  for (std::uint64_t n = 1; n <= 50; ++n) {
    network.end().say(event(n, n, "x"));
    loop.advance(100ms);
  }
  loop.advance(2s);
  auto confirms = network.end().take<wire::Confirm>();
  EXPECT_GE(confirms.size(), 4u);
  EXPECT_LE(confirms.size(), 6u);
  EXPECT_EQ(confirms.back().second.useq, 50u);
}

TEST_F(DeviceTest, AHeldPositionIsNotKept) {
  live();
  loop.advance(2s);
  device->hold(true);
  network.end().say(event(1, 1, "one"));
  loop.advance(5s);
  EXPECT_TRUE(network.end().take<wire::Confirm>().empty());
  EXPECT_EQ(storage.load()->position.useq, 0u);
  device->hold(false);
  loop.advance(5s);
  EXPECT_EQ(network.end().take<wire::Confirm>().size(), 1u);
  EXPECT_EQ(storage.load()->position.useq, 1u);
}

TEST_F(DeviceTest, StopInsideACallbackMovesNothing) {
  struct Stopping : DeviceUser {
    void message(const wire::Message&) override { device->stop(); }
    Device* device = nullptr;
  } stopping;
  Device other({loop, network, reader, nullptr}, options, stopping, "token");
  stopping.device = &other;
  ASSERT_TRUE(other.start());
  hello();
  ready();
  network.end().say(page(0, 2, {kBob, "bob", 0, 2, {{text_at(1, "one")}, {text_at(2, "two")}}, 0}));
  EXPECT_EQ(other.position(), Position{});
  EXPECT_EQ(other.state(), DeviceState::idle);
}

// --------------------------------------------------------------------------------------------------------- what it says

TEST_F(DeviceTest, SendsAndIsAcked) {
  live();
  ASSERT_TRUE(device->send_to(bob, "hi"));
  EXPECT_TRUE(sends().empty());  // First it learns the head.
  answer_head(41);
  auto sent = sends();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(std::get<wire::Send::To>(sent[0].second.target).value, "bob");
  EXPECT_EQ(sent[0].second.base_seq, 41u);
  ack(sent[0].first, 42);
  EXPECT_EQ(heard.acks, (std::vector<std::pair<std::string, std::uint64_t>>{{"hi", 42}}));
  EXPECT_EQ(device->unacked(), 0u);
  EXPECT_TRUE(storage.load()->outbox.empty());
  ASSERT_TRUE(device->send_to(bob, "again"));
  sent = sends();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].second.base_seq, 42u);
}

TEST_F(DeviceTest, AConversationThatIsNotThereHasHeadZero) {
  live();
  ASSERT_TRUE(device->send_to(bob, "hi"));
  auto asked = network.end().take<wire::GetHistory>();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].second.conversation, kBob);
  refuse(asked[0].first, "not_found");
  auto sent = sends();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].second.base_seq, 0u);
}

TEST_F(DeviceTest, RepeatsWhatWasNotAckedUnderTheSameId) {
  live();
  ASSERT_TRUE(device->send_to(bob, "hi"));
  answer_head(7);
  auto first = sends();
  network.end().close();
  reconnect();
  network.end().say(event(1, 8, "hi"));  // It had arrived; the head is higher now.
  auto second = sends();
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].second, first[0].second);
  ack(second[0].first, 8);
  EXPECT_EQ(heard.acks.size(), 1u);
}

TEST_F(DeviceTest, RepeatsAlsoInAnotherLife) {
  live();
  ASSERT_TRUE(device->send_to(bob, "one"));
  answer_head(7);
  auto first = sends();
  ASSERT_TRUE(device->send_to(bob, "two"));
  make();
  auto auth = begin();
  EXPECT_EQ(device->unacked(), 2u);
  ready();
  EXPECT_TRUE(sends().empty());
  synced("cursor-0");
  auto second = sends();
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].second, first[0].second);
  ack(second[0].first, 8);
  auto third = sends();
  ASSERT_EQ(third.size(), 1u);
  EXPECT_EQ(third[0].second.text, "two");
}

TEST_F(DeviceTest, RepeatsAllThatAMessageSays) {
  const Content content{"see @carol", 4, {"carol"}, {{"https://a/b.png", "b, c.png", "image/png", 7}}, "com.example.poll", "{\"a\":[1]}"};
  live();
  ASSERT_TRUE(device->send_to(bob, content));
  answer_head(7);
  auto first = sends();
  ASSERT_EQ(first.size(), 1u);
  const wire::Send& send = first[0].second;
  EXPECT_EQ((Content{send.text, send.reply_to, send.mentions, send.attachments, send.kind, send.data}), content);
  network.end().close();
  reconnect();
  auto second = sends();
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].second, send);
  make();
  begin();
  ready();
  synced("cursor-0");
  auto third = sends();
  ASSERT_EQ(third.size(), 1u);
  EXPECT_EQ(third[0].second, send);
}

TEST_F(DeviceTest, KeepsTheOrderOfAConversationAndLetsOthersGoOn) {
  live();
  for (auto text : {"1", "2", "3"}) ASSERT_TRUE(device->send_to(bob, text));
  ASSERT_TRUE(device->send_to(carol, "c"));
  for (auto& [id, get] : network.end().take<wire::GetHistory>()) network.end().say({id, wire::History{get.conversation, {}, 5, false}});
  auto sent = sends();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].second.text, "1");
  EXPECT_EQ(sent[1].second.text, "c");
  refuse(sent[0].first, "busy", 500);
  loop.advance(499ms);
  EXPECT_TRUE(sends().empty());
  loop.advance(1s);
  auto again = sends();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].second, sent[0].second);
  for (auto text : {"1", "2", "3"}) {
    if (again.empty()) again = sends();
    ASSERT_EQ(again.size(), 1u);
    EXPECT_EQ(again[0].second.text, text);
    ack(again[0].first, 6);
    again.clear();
  }
}

TEST_F(DeviceTest, PipelinesUpToTheWindowAndRepeatsInOrder) {
  options.window_per_conversation = 3;
  options.window = 3;
  live();
  for (auto text : {"1", "2", "3", "4", "5"}) ASSERT_TRUE(device->send_to(bob, text));
  answer_head(0);
  auto sent = sends();
  ASSERT_EQ(sent.size(), 3u);
  ack(sent[0].first, 1);
  auto fourth = sends();
  ASSERT_EQ(fourth.size(), 1u);
  refuse(sent[1].first, "outcome_unknown");
  refuse(sent[2].first, "rate_limited");
  loop.advance(40s);
  EXPECT_TRUE(sends().empty()) << "nothing is repeated while an answer is missing";
  ack(fourth[0].first, 2);
  loop.advance(40s);
  auto again = sends();
  ASSERT_EQ(again.size(), 3u);
  EXPECT_EQ(again[0].second, sent[1].second);
  EXPECT_EQ(again[1].second, sent[2].second);
  EXPECT_EQ(again[2].second.text, "5");
  network.end().close();
  reconnect();
  auto last = sends();
  ASSERT_EQ(last.size(), 3u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(last[i].second, again[i].second);
}

TEST_F(DeviceTest, ARefusedMessageLeavesTheOutbox) {
  live();
  ASSERT_TRUE(device->send_to(bob, "1"));
  ASSERT_TRUE(device->send_to(bob, "2"));
  answer_head(0);
  refuse(sends().at(0).first, "refused");
  EXPECT_EQ(heard.failures, (std::vector<std::pair<std::string, Code>>{{"1", Code::refused}}));
  auto next = sends();
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].second.text, "2");
  EXPECT_EQ(storage.load()->outbox.size(), 1u);
}

TEST_F(DeviceTest, RefusesTextsThatCannotBeSent) {
  EXPECT_EQ(device->send_to(bob, "").error().code, Code::invalid_argument);
  EXPECT_EQ(device->send_to(bob, "\xff").error().code, Code::invalid_argument);
  EXPECT_EQ(device->send_to(bob, std::string(8193, 'x')).error().code, Code::too_large);
  EXPECT_EQ(device->send_to(bob, Content{"x", 0, {}, {}, "k", "\xff"}).error().code, Code::invalid_argument);
  EXPECT_EQ(device->send_to(bob, Content{"x", 0, {}, {{"https://a/\xff"}}}).error().code, Code::invalid_argument);
  // It would fit, were it not for what JSON makes of control characters.
  const Content wide{std::string(8192, '\x01'), 0, {}, {}, "k", std::string(16'500, 'x')};
  EXPECT_EQ(device->send_to(bob, wide).error().code, Code::too_large);
  EXPECT_EQ(device->unacked(), 0u);
  EXPECT_TRUE(device->send_to(bob, Content{"", 0, {}, {{"https://a/b"}}}));
  EXPECT_TRUE(device->send_to(bob, Content{"", 0, {}, {}, "k"}));
  EXPECT_EQ(device->unacked(), 2u);
}

TEST_F(DeviceTest, WhatOthersDoIsHeardApartFromTheAnswer) {
  live();
  const wire::Receipts all{kBob, {{"bob", 4, 3}}, {}}, moved{kBob, {{"bob", 5, 5}}, {}};
  std::vector<wire::Receipts> answers;
  device->look(kBob, [&](Result<wire::Receipts> found) { answers.push_back(found ? *found : wire::Receipts{}); });
  auto looks = network.end().take<wire::Look>();
  ASSERT_EQ(looks.size(), 1u);
  EXPECT_EQ(looks[0].second.conversation, kBob);
  network.end().say({looks[0].first, all});
  network.end().say({0, moved});
  network.end().say({0, wire::Typing{kBob, "bob", false}});
  network.end().say({0, wire::Presences{{{"bob", true}, {"carol", false}}}});
  EXPECT_EQ(answers, std::vector<wire::Receipts>{all});
  EXPECT_EQ(heard.receipts_of_others, std::vector<wire::Receipts>{moved});
  EXPECT_EQ(heard.writers, std::vector<std::string>{"bob"});
  EXPECT_EQ(heard.presences, (std::vector<wire::Presence>{{"bob", true}, {"carol", false}}));
}

TEST_F(DeviceTest, KeepsWhatWasWrittenBeforeTheFirstConnection) {
  ASSERT_TRUE(device->send_to(bob, "early"));
  EXPECT_EQ(storage.load()->outbox.size(), 1u);
  live();
  answer_head(3);
  EXPECT_EQ(sends().at(0).second.base_seq, 3u);
}

TEST_F(DeviceTest, CommandsWaitForAConnectionAndSurviveItsLoss) {
  std::vector<std::uint64_t> heads;
  std::optional<Code> blocked;
  device->history({kBob, 0, {}, 10}, [&](Result<wire::History> h) { heads.push_back(h ? h->head : 0); });
  live();
  EXPECT_EQ(network.end().take<wire::GetHistory>().size(), 1u);
  network.end().close();
  reconnect();
  answer_head(12);
  EXPECT_EQ(heads, std::vector<std::uint64_t>{12});
  device->block(bob, true, [&](Result<wire::Done> d) { blocked = d ? Code::ok : d.error().code; });
  refuse(network.end().take<wire::Block>().at(0).first, "unknown_user");
  EXPECT_EQ(blocked, Code::unknown_user);
  device->open(bob, [&](Result<wire::Opened> o) { blocked = o.error().code; });
  device->stop();
  EXPECT_EQ(blocked, Code::unavailable);
}

TEST_F(DeviceTest, ChangesWaitForAConnectionAndSurviveItsLoss) {
  begin();
  std::vector<std::uint64_t> changed;
  Code marked = Code::internal;
  std::string title;
  device->change(wire::Edit{kBob, 4, "four"}, [&](Result<wire::Changed> c) { changed.push_back(c ? c->seq : 0); });
  device->change_view(wire::Hide{kBob, 5}, [&](Result<wire::Done> d) { marked = d ? Code::ok : d.error().code; });
  device->create_group({"0123", "Team", {"bob"}, {}}, [&](Result<wire::Group> g) { title = g ? g->title : ""; });
  ready();
  ASSERT_EQ(network.end().take<wire::Edit>().size(), 1u);
  network.end().close();
  reconnect();
  auto edits = network.end().take<wire::Edit>();
  auto hides = network.end().take<wire::Hide>();
  auto groups = network.end().take<wire::CreateGroup>();
  ASSERT_EQ(edits.size() + hides.size() + groups.size(), 3u);
  EXPECT_EQ(edits[0].second, (wire::Edit{kBob, 4, "four"}));
  EXPECT_EQ(groups[0].second.client_id, "0123");
  network.end().say({edits[0].first, wire::Changed{kBob, 6, {}}});
  refuse(hides[0].first, "limit_reached");
  network.end().say({groups[0].first, wire::Group{"g_1", "Team", {}, 2, "owner", 1}});
  EXPECT_EQ(changed, std::vector<std::uint64_t>{6});
  EXPECT_EQ(marked, Code::limit_reached);
  EXPECT_EQ(title, "Team");
}

TEST_F(DeviceTest, AfterARestoreNoBaseIsTrusted) {
  live();
  network.end().say(event(1, 500, "x"));
  ASSERT_TRUE(device->send_to(bob, "hi"));
  EXPECT_EQ(sends().at(0).second.base_seq, 500u);
  network.end().close();
  loop.advance(2s);
  hello();
  ready();
  EXPECT_TRUE(sends().empty());
  network.end().say({0, wire::Resync{"other-5", "other_store"}});
  auto again = sends();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].second.base_seq, 0u);
}

// ------------------------------------------------------------------------------------------------- losing the connection

TEST_F(DeviceTest, CloseCodesFrom4500OnEndForGood) {
  live();
  network.end().close({4504, 0, 0, "replaced"});
  EXPECT_EQ(device->state(), DeviceState::stopped);
  EXPECT_EQ(heard.why.code, Code::replaced);
  loop.advance(600s);
  EXPECT_EQ(network.ends.size(), 1u);
}

TEST_F(DeviceTest, ARefusedAuthEndsForGood) {
  begin();
  refuse(auth_id, "unauthenticated");
  EXPECT_EQ(device->state(), DeviceState::stopped);
  EXPECT_EQ(heard.why.code, Code::unauthenticated);
  EXPECT_FALSE(network.end().alive());
}

TEST_F(DeviceTest, ReconnectsAfterARandomDelayWithinItsBounds) {
  options.open_within = 5s;
  std::set<std::int64_t> different;
  ASSERT_TRUE(device->start());
  for (int attempt = 0; attempt < 40; ++attempt) {
    const Instant closed_at = loop.now();
    network.end().close();
    ASSERT_EQ(device->state(), DeviceState::waiting);
    const auto before = network.ends.size();
    ASSERT_TRUE(loop.advance_to_next_timer());
    ASSERT_EQ(network.ends.size(), before + 1);
    const Duration waited = loop.now() - closed_at;
    EXPECT_LE(waited, std::min<Duration>(60s, 1s * (std::int64_t{1} << std::min(attempt, 10)))) << attempt;
    different.insert(waited.count());
  }
  EXPECT_GT(different.size(), 35u);
}

TEST_F(DeviceTest, WaitsAsLongAsTheServerAsks) {
  live();
  network.end().say({0, wire::Goaway{7000, "stopping"}});
  network.end().close({4002, 0, 0, "going_away"});
  EXPECT_EQ(heard.why.code, Code::going_away);
  EXPECT_GE(heard.why.retry_after_ms, 7000u);
  EXPECT_LE(heard.why.retry_after_ms, 8000u);
  loop.advance(6999ms);
  EXPECT_EQ(network.ends.size(), 1u);
  loop.advance(1002ms);
  ASSERT_EQ(network.ends.size(), 2u);
  network.end().close({0, 503, 20000, "full"});
  loop.advance(19s);
  EXPECT_EQ(network.ends.size(), 2u);
}

TEST_F(DeviceTest, ASilentServerIsLeft) {
  live();
  network.end().heard_at = loop.now();
  loop.advance(61s);
  EXPECT_TRUE(network.end().alive());
  EXPECT_GE(network.end().take<wire::Ping>().size(), 1u);
  loop.advance(35s);
  EXPECT_GT(network.ends.size(), 1u);
}

TEST_F(DeviceTest, AServerThatPingsIsKept) {
  live();
  for (int i = 0; i < 20; ++i) {
    network.end().heard_at = loop.now();
    loop.advance(31s);
  }
  EXPECT_EQ(network.ends.size(), 1u);
  EXPECT_TRUE(network.end().alive());
}

TEST_F(DeviceTest, AServerThatNeverAnswersIsLeft) {
  ASSERT_TRUE(device->start());
  network.end().open();
  loop.advance(21s);
  EXPECT_FALSE(network.ends.front().alive());
}

TEST_F(DeviceTest, WhatIsNoFrameCutsTheConnection) {
  live();
  network.end().user.received("{");
  EXPECT_FALSE(network.end().alive());
  EXPECT_EQ(device->state(), DeviceState::waiting);
}

TEST_F(DeviceTest, WhatIsNotKnownIsIgnored) {
  live();
  network.end().user.received(R"({"weather":{"rain":true}})");
  EXPECT_TRUE(network.end().alive());
  EXPECT_EQ(device->state(), DeviceState::live);
}

}  // namespace
}  // namespace kith
