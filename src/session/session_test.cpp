// A session's commands: their order, their limits, their answers, and how a session ends.
#include "session/session.h"

#include "base/bytes.h"
#include "session/session_under_test.h"

namespace kith::test {
namespace {

TEST(Session, CommandsTakeEffectInTheOrderOfTheirFrames) {
  Server server;
  Connection alice(server, "alice/phone");
  server.loop.advance(1s);
  for (std::uint64_t id = 1; id <= 50; ++id) alice.send_to(100 + id, "bob", "x");
  server.loop.advance(1s);
  for (std::uint64_t id = 1; id <= 50; ++id) {
    auto sent = alice.reply<wire::Sent>(100 + id);
    ASSERT_TRUE(sent) << id;
    EXPECT_EQ(sent->seq, id);
  }
}

TEST(Session, CommandsThatComeTooEarlyAreKeptInTheirOrder) {
  Server server({50ms, 50ms});
  Connection alice(server, "alice/phone");
  for (std::uint64_t id = 1; id <= 5; ++id) alice.send_to(100 + id, "bob", "x");
  alice.say(200, wire::Ping{});
  EXPECT_TRUE(alice.frames.empty()) << "nothing is carried out before it is sure who this is";
  server.loop.advance(5s);
  for (std::uint64_t id = 1; id <= 5; ++id) {
    auto sent = alice.reply<wire::Sent>(100 + id);
    ASSERT_TRUE(sent) << id;
    EXPECT_EQ(sent->seq, id);
  }
  EXPECT_TRUE(alice.reply<wire::Pong>(200));
  ASSERT_TRUE(std::holds_alternative<wire::Ready>(alice.frames[0].body));
  EXPECT_EQ(alice.frames[0].re, 1u);
}

TEST(Session, TooManyCommandsThatComeTooEarlyEndIt) {
  Server server({50ms, 50ms});
  Connection alice(server, "alice/phone");
  for (std::uint32_t i = 0; i < server.options.commands_max; ++i) alice.say(i + 1, wire::Ping{});
  EXPECT_FALSE(alice.closed);
  alice.say(999, wire::Ping{});
  EXPECT_EQ(alice.closed, Code::too_large);
  server.loop.advance(1s);
  EXPECT_TRUE(alice.frames.empty());
  EXPECT_EQ(server.directory.count(), 0u);
}

TEST(Session, BeyondTheLimitOfCommandsInProgressItIsBusy) {
  Server server;
  Connection alice(server, "alice/phone");
  server.loop.advance(1s);
  server.holding_sends = true;
  std::uint32_t most = server.options.commands_max;
  for (std::uint32_t i = 1; i <= most + 1; ++i) alice.send_to(i + 100, "bob", "x");
  EXPECT_EQ(alice.error(most + 101), "busy");
  EXPECT_EQ(alice.all<wire::Error>().size(), 1u);
  server.held.front().set(Failure{Code::refused});
  EXPECT_EQ(alice.error(101), "refused");
  alice.send_to(5000, "bob", "x");
  EXPECT_EQ(alice.error(5000), "") << "there is room again";
  alice.send_to(5001, "bob", "x");
  EXPECT_EQ(alice.error(5001), "busy");
}

TEST(Session, AnUnknownCommandIsAnErrorWithItsIdAndNotTheEnd) {
  Server server;
  Connection alice(server, "alice/phone");
  server.loop.advance(1s);
  alice.text(R"({"id":7,"dance":{"style":"tango"}})");
  EXPECT_EQ(alice.error(7), "unknown_command");
  alice.say(8, wire::Auth{"alice/phone"});
  EXPECT_EQ(alice.error(8), "already_authenticated");
  alice.say(9, wire::Ping{});
  EXPECT_TRUE(alice.reply<wire::Pong>(9));
  EXPECT_FALSE(alice.closed);
}

TEST(Session, AFrameThatIsNoCommandEndsIt) {
  Server server;
  Connection alice(server, "alice/phone");
  server.loop.advance(1s);
  alice.text("{\"id\":7,");
  ASSERT_FALSE(alice.all<wire::Error>().empty());
  EXPECT_EQ(alice.all<wire::Error>().back().code, "malformed");
  EXPECT_EQ(alice.closed, Code::malformed);
}

TEST(Session, FramesAfterItsEndAreIgnored) {
  Server server;
  Connection alice(server, "alice/phone");
  server.loop.advance(1s);
  alice.text("junk");
  ASSERT_TRUE(alice.closed);
  alice.send_to(100, "bob", "x");
  server.loop.advance(1s);
  alice.send_to(101, "bob", "x");
  server.loop.advance(1s);
  EXPECT_EQ(server.head("bob"), Useq{0});
  EXPECT_FALSE(server.directory.present(user("alice")));
}

TEST(Session, WhatACommandLacksIsNamed) {
  Server server;
  Connection alice(server, "alice/phone");
  server.loop.advance(1s);
  auto id = ConversationId::direct(user("alice"), user("bob")).text();
  alice.say(10, wire::Send{wire::Send::To{"alice"}, client_id(1).text(), 0, "x"});
  EXPECT_EQ(alice.error(10), "self_conversation");
  alice.say(11, wire::Send{wire::Send::To{"no user id"}, client_id(1).text(), 0, "x"});
  EXPECT_EQ(alice.error(11), "unknown_user");
  alice.say(12, wire::Send{wire::Send::To{"bob"}, "12", 0, "x"});
  EXPECT_EQ(alice.error(12), "invalid_argument");
  alice.say(13, wire::Send{wire::Send::To{"bob"}, client_id(1).text(), 0, ""});
  EXPECT_EQ(alice.error(13), "invalid_argument");
  alice.say(14, wire::Send{wire::Send::To{"bob"}, client_id(1).text(), 0, std::string(8193, 'x')});
  EXPECT_EQ(alice.error(14), "too_large");
  alice.say(15, wire::Send{{}, client_id(1).text(), 0, "x"});
  EXPECT_EQ(alice.error(15), "invalid_argument");
  alice.say(16, wire::GetHistory{id, 5, 5});
  EXPECT_EQ(alice.error(16), "invalid_argument");
  alice.say(17, wire::Read{id, 0});
  EXPECT_EQ(alice.error(17), "invalid_argument");
  alice.say(18, wire::Send{wire::Send::To{"stranger"}, client_id(1).text(), 0, "x"});
  alice.say(19, wire::GetHistory{id});
  server.loop.advance(1s);
  EXPECT_EQ(alice.error(18), "unknown_user");
  EXPECT_EQ(alice.error(19), "not_found");
  alice.say(20, wire::Send{wire::Send::To{"bob"}, client_id(1).text(), 0, std::string(8192, 'x')});
  server.loop.advance(1s);
  EXPECT_TRUE(alice.reply<wire::Sent>(20)) << "the limit itself is allowed";
}

TEST(Session, AReadMarkIsAnsweredAndHeardByAllDevices) {
  Server server;
  server.say("alice", "bob", 3);
  Connection phone(server, "bob/phone"), laptop(server, "bob/laptop");
  server.loop.advance(1s);
  auto id = ConversationId::direct(user("alice"), user("bob")).text();
  phone.say(10, wire::Read{id, 2});
  phone.say(11, wire::Read{id, 4});
  server.loop.advance(1s);
  EXPECT_TRUE(phone.reply<wire::Done>(10));
  EXPECT_EQ(phone.error(11), "invalid_argument") << "above the head";
  for (Connection* device : {&phone, &laptop}) {
    auto events = device->all<wire::Event>();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(std::get<wire::ReadMark>(events[0].event), (wire::ReadMark{id, 2}));
    EXPECT_EQ(events[0].useq, server.head("bob").value);
  }
}

TEST(Session, WhoLooksHearsOfMarksAndOfWriting) {
  Server server;
  server.say("bob", "alice", 3);
  std::string with = ConversationId::direct(user("alice"), user("bob")).text();
  Connection alice(server, "alice/phone"), bob(server, "bob/phone");
  server.loop.advance(1s);
  alice.say(5, wire::Look{with});
  bob.say(6, wire::Look{with});
  server.loop.advance(1s);
  auto first = bob.reply<wire::Receipts>(6);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->items.empty());
  ASSERT_TRUE(first->presence);
  EXPECT_TRUE(first->presence->online);
  alice.say(7, wire::Read{with, 2});
  alice.say(8, wire::Type{with});
  server.loop.advance(5s);
  auto marks = bob.all<wire::Receipts>();
  ASSERT_EQ(marks.size(), 2u);
  ASSERT_EQ(marks[1].items.size(), 1u);
  EXPECT_EQ(marks[1].items[0], (wire::Marks{"alice", 2, 2}));
  auto typing = bob.all<wire::Typing>();
  ASSERT_EQ(typing.size(), 1u);
  EXPECT_EQ(typing[0], (wire::Typing{with, "alice", false}));
  EXPECT_TRUE(alice.all<wire::Typing>().empty()) << "not to oneself";
  bob.say(9, wire::Look{});
  server.loop.advance(3s);
  alice.say(10, wire::Read{with, 3});
  alice.say(11, wire::Type{with});
  server.loop.advance(5s);
  EXPECT_EQ(bob.all<wire::Receipts>().size(), 3u) << "only the answer to the last look";
  EXPECT_EQ(bob.all<wire::Typing>().size(), 1u);
}

TEST(Session, WhoDoesNotTellWhatTheyReadIsNotToldWhatOthersRead) {
  Server server;
  server.say("bob", "alice", 3);
  std::string with = ConversationId::direct(user("alice"), user("bob")).text();
  Connection alice(server, "alice/phone"), bob(server, "bob/phone");
  server.loop.advance(1s);
  bob.say(4, wire::Prefer{.read_marks = false});
  alice.say(5, wire::Read{with, 2});
  server.loop.advance(3s);
  bob.say(6, wire::Look{with});
  server.loop.advance(1s);
  alice.say(7, wire::Read{with, 3});
  server.loop.advance(5s);
  auto marks = bob.all<wire::Receipts>();
  ASSERT_EQ(marks.size(), 2u);
  EXPECT_EQ(marks[0].items.at(0), (wire::Marks{"alice", 2, 0}));
  EXPECT_EQ(marks[1].items.at(0), (wire::Marks{"alice", 3, 0}));
}

TEST(Session, WhoTellsNoMoreWhatTheyReadIsToldNoMoreOnAnyDevice) {
  Server server;
  server.say("bob", "alice", 3);
  std::string with = ConversationId::direct(user("alice"), user("bob")).text();
  Connection alice(server, "alice/phone"), bob(server, "bob/phone"), tablet(server, "bob/tablet");
  server.loop.advance(1s);
  for (Connection* of_bob : {&bob, &tablet}) of_bob->say(4, wire::Look{with});
  server.loop.advance(1s);
  bob.say(5, wire::Prefer{.read_marks = false});
  server.loop.advance(1s);
  alice.say(7, wire::Read{with, 3});
  server.loop.advance(5s);
  for (Connection* of_bob : {&bob, &tablet}) {
    auto marks = of_bob->all<wire::Receipts>();
    ASSERT_EQ(marks.size(), 2u);
    EXPECT_EQ(marks[1].items.at(0), (wire::Marks{"alice", 3, 0}));
  }
}

TEST(Session, WhatADeviceConfirmsIsDelivered) {
  Server server;
  std::string with = ConversationId::direct(user("alice"), user("bob")).text();
  Connection alice(server, "alice/phone", server.cursor({0})), bob(server, "bob/phone");
  server.loop.advance(1s);
  server.say("bob", "alice", 3);
  bob.say(5, wire::Look{with});
  server.loop.advance(5s);
  EXPECT_TRUE(bob.reply<wire::Receipts>(5)->items.empty());
  alice.say(6, wire::Confirm{server.head("alice").value});
  server.loop.advance(5s);
  auto marks = bob.all<wire::Receipts>();
  ASSERT_EQ(marks.size(), 2u);
  EXPECT_EQ(marks[1].items.at(0), (wire::Marks{"alice", 3, 0}));
}

TEST(Session, TheListShowsUnreadAndGoesOnPageByPage) {
  Server server;
  for (int i = 0; i < 5; ++i) server.say("friend" + std::to_string(i), "bob", static_cast<std::uint64_t>(i) + 1);
  Connection bob(server, "bob/phone");
  server.loop.advance(1s);
  std::vector<std::uint64_t> unread;
  std::string next;
  for (std::uint64_t id = 10; id < 20; ++id) {
    bob.say(id, wire::GetConversations{2, next});
    server.loop.advance(1s);
    auto page = bob.reply<wire::Conversations>(id);
    ASSERT_TRUE(page);
    for (const auto& item : page->items) {
      unread.push_back(item.unread);
      EXPECT_EQ(item.head, item.unread);
      EXPECT_EQ(item.with, "friend" + std::to_string(item.unread - 1));
      EXPECT_TRUE(item.last);
    }
    next = page->next;
    if (next.empty()) break;
  }
  EXPECT_EQ(unread, (std::vector<std::uint64_t>{5, 4, 3, 2, 1})) << "the most recently active first";
  bob.say(30, wire::GetConversations{2, "junk"});
  server.loop.advance(1s);
  EXPECT_EQ(bob.error(30), "invalid_argument");
}

TEST(Session, TheBadgeCountsWhatIsNeitherMutedNorArchived) {
  Server server;
  for (int i = 1; i <= 4; ++i) server.say("u" + std::to_string(i), "bob", static_cast<std::uint64_t>(i));
  Connection bob(server, "bob/phone");
  server.loop.advance(1s);
  auto chat = [](const std::string& with) { return ConversationId::direct(user("bob"), user(with)).text(); };
  auto badge = [&](std::uint64_t id) {
    bob.say(id, wire::GetConversations{1, {}});
    server.loop.advance(1s);
    return bob.reply<wire::Conversations>(id)->badge;
  };
  EXPECT_EQ(badge(10), 10u) << "whatever the page holds";
  bob.say(11, wire::Configure{.conversation = chat("u4"), .muted_until = {server.loop.wall().ms + 60'000}});
  bob.say(12, wire::Configure{.conversation = chat("u1"), .archived = true});
  server.loop.advance(1s);
  EXPECT_EQ(badge(13), 5u);
  server.loop.advance(60s);
  EXPECT_EQ(badge(14), 9u) << "muted no more";
  bob.say(15, wire::Read{chat("u3"), 2});
  server.loop.advance(1s);
  EXPECT_EQ(badge(16), 7u);
}

TEST(Session, APageOfWhichEverythingIsHiddenSaysWhereTheNextBegins) {
  Server server;
  server.say("alice", "bob", 6);
  Connection bob(server, "bob/phone");
  server.loop.advance(1s);
  std::string with = ConversationId::direct(user("alice"), user("bob")).text();
  for (std::uint64_t seq = 2; seq <= 3; ++seq) bob.say(10 + seq, wire::Hide{with, seq});
  server.loop.advance(1s);
  wire::GetHistory get{.conversation = with, .limit = 2};
  get.after = 1;
  bob.say(20, get);
  get.after = 3;
  bob.say(21, get);
  server.loop.advance(1s);
  auto page = bob.reply<wire::History>(20);
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->entries.empty());
  EXPECT_TRUE(page->more);
  EXPECT_EQ(page->from, 2u);
  EXPECT_EQ(page->to, 3u);
  page = bob.reply<wire::History>(21);
  EXPECT_EQ(page->entries.size(), 2u);
  EXPECT_EQ(page->to, 0u) << "nothing is left out";
}

// A group of alice, bob and carol, and a connection of each.
struct OfThree {
  OfThree() {
    server.loop.advance(1s);
    alice.say(2, wire::CreateGroup{client_id(1).text(), "Old", {"bob", "carol"}, {}});
    server.loop.advance(1s);
    group = alice.reply<wire::Group>(2)->conversation;
    alice.say(3, wire::Send{wire::Send::Conversation{group}, client_id(2).text(), 0, "as it was"});
    server.loop.advance(1s);
  }
  wire::ConversationSummary listed(Connection& connection, std::uint64_t re) {
    connection.say(re, wire::GetConversations{});
    server.loop.advance(1s);
    return connection.reply<wire::Conversations>(re)->items.at(0);
  }

  Server server;
  Connection alice{server, "alice/phone"}, bob{server, "bob/phone"}, carol{server, "carol/phone"};
  std::string group;
};

TEST(Session, TheListTellsNothingOfAfterARemovalThatHasNotReachedTheInbox) {
  OfThree three;
  EXPECT_EQ(three.listed(three.bob, 10).title, "Old");
  three.server.away = {"bob", "carol"};
  three.alice.say(4, wire::RemoveMember{three.group, "bob"});
  three.alice.say(5, wire::UpdateGroup{three.group, "New", {}});
  three.alice.say(6, wire::Edit{three.group, 2, "behind his back"});
  three.server.loop.advance(1s);
  auto removed = three.listed(three.bob, 11), member = three.listed(three.carol, 11);
  EXPECT_EQ(removed.head, 2u) << "it knows nothing of it yet";
  EXPECT_EQ(removed.title, "");
  ASSERT_TRUE(removed.last);
  EXPECT_EQ(std::get<wire::Message>(removed.last->kind).text, "");
  EXPECT_EQ(member.head, 2u);
  EXPECT_EQ(member.title, "New");
  EXPECT_EQ(std::get<wire::Message>(member.last->kind).text, "behind his back");
}

TEST(Session, TheListSaysWhereTheUserIsMentioned) {
  Server server;
  server.say("alice", "bob", 1);
  Connection alice(server, "alice/phone"), bob(server, "bob/phone");
  server.loop.advance(1s);
  std::string with = ConversationId::direct(user("alice"), user("bob")).text();
  for (std::uint64_t i = 1; i <= 3; ++i) {
    wire::Send send{wire::Send::Conversation{with}, client_id(500 + i).text(), 0, "x"};
    if (i == 2) send.mentions = {"bob", "alice"};
    alice.say(i, send);
  }
  server.loop.advance(1s);
  auto mentioned = [&](Connection& device, std::uint64_t id) {
    device.say(id, wire::GetConversations{});
    server.loop.advance(1s);
    return device.reply<wire::Conversations>(id)->items.at(0).mentioned;
  };
  EXPECT_EQ(mentioned(bob, 10), 3u);
  EXPECT_EQ(mentioned(alice, 11), 0u) << "nobody mentions oneself";
  bob.say(12, wire::Read{with, 3});
  server.loop.advance(1s);
  EXPECT_EQ(mentioned(bob, 13), 0u);
}

TEST(Session, ConfirmationsAreWrittenOnceASecond) {
  Server server;
  for (int i = 0; i < 10; ++i) server.say("alice", "bob");
  ASSERT_EQ(server.head("bob"), Useq{10});
  Connection bob(server, "bob/phone", server.cursor({0}));
  server.loop.advance(2s);
  ASSERT_TRUE(bob.synced());
  auto written = [&]() -> std::uint64_t {
    auto rows = server.disk.state().rows.find({RowTable::devices, "bob/confirmed"});
    if (rows == server.disk.state().rows.end()) return 0;
    const std::string& value = rows->second.at("phone").value;
    return ByteReader(value).varint();
  };
  for (std::uint64_t useq = 1; useq <= 5; ++useq) bob.say(0, wire::Confirm{useq});
  server.loop.advance(10ms);
  EXPECT_EQ(written(), 1u) << "the first at once";
  bob.say(0, wire::Confirm{3});
  server.loop.advance(2s);
  EXPECT_EQ(written(), 5u) << "of the others the highest";
  bob.say(0, wire::Confirm{4});
  server.loop.advance(2s);
  EXPECT_EQ(written(), 5u) << "a lower one is no news";
  bob.say(0, wire::Confirm{2'000'000});
  server.loop.advance(2s);
  EXPECT_EQ(written(), 10u) << "no more can be confirmed than was sent";
  EXPECT_TRUE(bob.all<wire::Error>().empty());
}

// ----------------------------------------------------------------------------------------------------------------- the end

TEST(Session, ADeviceThatComesAgainEndsItsFormerSession) {
  Server server;
  Connection first(server, "alice/phone"), tablet(server, "alice/tablet"), stranger(server, "bob/phone");
  server.loop.advance(1s);
  Connection second(server, "alice/phone");
  server.loop.advance(1s);
  EXPECT_EQ(first.closed, Code::replaced);
  for (Connection* other : {&tablet, &stranger, &second}) EXPECT_FALSE(other->closed);
  std::size_t frames = first.frames.size();
  server.say("bob", "alice");
  EXPECT_EQ(first.frames.size(), frames);
  EXPECT_EQ(second.all<wire::Event>().size(), 1u);
  EXPECT_EQ(tablet.all<wire::Event>().size(), 1u);
}

TEST(Session, ARevocationEndsItAndNothingMoreIsDelivered) {
  Server server;
  Connection stolen(server, "alice/stolen"), phone(server, "alice/phone");
  server.loop.advance(1s);
  std::size_t frames = stolen.frames.size();
  server.directory.revoke(user("alice"), *DeviceId::parse("stolen"));
  EXPECT_EQ(stolen.closed, Code::revoked);
  EXPECT_FALSE(phone.closed);
  server.say("bob", "alice");
  EXPECT_EQ(stolen.frames.size(), frames);
  EXPECT_EQ(phone.all<wire::Event>().size(), 1u);
  server.directory.revoke(user("alice"), std::nullopt);
  EXPECT_EQ(phone.closed, Code::revoked);
}

TEST(Session, WhatWaitsBehindAnotherCommandIsNotBegunAfterARevocation) {
  for (bool revoked : {false, true}) {
    OfThree three;
    three.server.holding_exists = true;
    three.bob.say(4, wire::AddMembers{three.group, {"dave"}});
    three.bob.say(5, wire::Send{wire::Send::Conversation{three.group}, client_id(3).text(), 0, "behind it"});
    three.server.loop.advance(1s);
    if (revoked) three.server.directory.revoke(user("bob"), std::nullopt);
    three.server.holding_exists = false;
    for (auto& asked : three.server.existing) asked.set(true);
    three.server.loop.advance(1s);
    std::size_t messages = 0;
    for (const auto& event : three.carol.all<wire::Event>()) {
      auto* message = std::get_if<wire::Message>(&event.event);
      messages += message && message->text == "behind it" ? 1 : 0;
    }
    EXPECT_EQ(messages, revoked ? 0u : 1u);
  }
}

TEST(Session, ADeviceThatIsRevokedWhileItComesInIsNotLetIn) {
  Server server({50ms, 50ms});
  Connection alice(server, "alice/phone");
  server.revoked.insert("alice/phone");
  server.loop.advance(1s);
  EXPECT_EQ(alice.error(1), "revoked");
  EXPECT_EQ(alice.closed, Code::revoked);
  EXPECT_EQ(server.directory.count(), 0u);
}

TEST(Session, AtAPlannedStopItIsToldToComeAgainAndEnds) {
  Server server;
  std::vector<std::unique_ptr<Connection>> devices;
  for (int i = 0; i < 20; ++i) devices.push_back(std::make_unique<Connection>(server, "alice/device" + std::to_string(i)));
  server.loop.advance(1s);
  server.directory.dismiss_all(5s);
  std::set<std::uint32_t> moments;
  for (auto& device : devices) {
    auto goaway = device->all<wire::Goaway>();
    ASSERT_EQ(goaway.size(), 1u);
    EXPECT_LE(goaway[0].after_ms, 5000u);
    moments.insert(goaway[0].after_ms);
    EXPECT_EQ(device->closed, Code::going_away);
  }
  EXPECT_GT(moments.size(), 10u) << "not all at once";
  server.loop.advance(1s);
  EXPECT_EQ(server.directory.count(), 0u);
  server.place.stopping = true;
  Connection late(server, "alice/late");
  server.loop.advance(1s);
  EXPECT_EQ(late.all<wire::Goaway>().size(), 1u);
  EXPECT_EQ(late.closed, Code::going_away);
}

}  // namespace
}  // namespace kith::test
