// Long polls on a clock that the test turns: how long they wait, what wakes them, what ends them, and where their device is meanwhile.
#include "rest/polls.h"

#include "base/bytes.h"
#include "session/session_under_test.h"

namespace kith::test {
namespace {

using Answer = std::shared_ptr<std::optional<RestResponse>>;

struct PollServer : Server {
  PollServer() : Server(kAtOnce) {}

  Answer poll(const std::string& device, Duration wait = 25s, const std::string& at = {}, Useq useq = {}) {
    PollRequest request{device, {}, at, useq, wait};
    auto answer = note(polling.start(polls.poll(std::move(request))));
    loop.advance(1ms);
    return answer;
  }
  wire::Frame frame_of(const Answer& answer) {
    EXPECT_EQ((*answer)->status, 200);
    auto frame = reader.frame((*answer)->body);
    EXPECT_TRUE(frame) << (*answer)->body;
    return frame ? *frame : wire::Frame{};
  }
  // What the device is known to have applied.
  std::optional<std::uint64_t> confirmed(const std::string& who, const std::string& device) {
    RowKey key{RowTable::devices, who + "/confirmed", device};
    auto row = value_of(loop, store.get(std::move(key)));
    if (!row || !*row) return std::nullopt;
    return ByteReader(**row).varint();
  }

  Polls polls{place};
  Scope polling;
};

std::string code_of(PollServer& server, const Answer& answer) {
  auto error = server.reader.error((*answer)->body);
  return error ? error->code : (*answer)->body;
}

TEST(Polls, TheFirstGivesAPlaceToBegin) {
  PollServer server;
  server.say("alice", "bob", 2);
  auto first = server.poll("bob/phone");
  ASSERT_TRUE(*first);
  auto resync = std::get<wire::Resync>(server.frame_of(first).body);
  EXPECT_EQ(resync.reason, "no_cursor");
  EXPECT_EQ(resync.cursor, server.cursor(server.head("bob")));
}

TEST(Polls, WhatIsThereComesAtOnce) {
  PollServer server;
  server.say("alice", "bob", 2);
  auto found = server.poll("bob/phone", 25s, server.cursor({}));
  ASSERT_TRUE(*found);
  auto page = std::get<wire::Page>(server.frame_of(found).body);
  EXPECT_EQ(page.to, server.head("bob").value);
  EXPECT_EQ(page.changes.at(0).entries.size(), 2u);
}

TEST(Polls, AStepWakesTheOneThatWaitsInItsTurn) {
  PollServer server;
  server.say("alice", "bob");
  Useq at = server.head("bob");
  auto waiting = server.poll("bob/phone", 25s, server.cursor(at));
  server.loop.advance(10s);
  EXPECT_FALSE(*waiting);
  Instant before = server.loop.now();
  auto id = ConversationId::direct(user("alice"), user("bob"));
  SendRequest request{user("alice"), client_id(99), Seq{0}, "x"};
  ASSERT_TRUE(value_of(server.loop, server.send(id, user("bob"), std::move(request))));
  server.loop.run_until_idle();
  ASSERT_TRUE(*waiting);
  EXPECT_LT(server.loop.now() - before, 2s);
  EXPECT_EQ(std::get<wire::Page>(server.frame_of(waiting).body).from, at.value);
}

TEST(Polls, WithoutAStepItEndsEmptyWhenItsTimeIsOver) {
  PollServer server;
  server.say("alice", "bob");
  auto waiting = server.poll("bob/phone", 25s, server.cursor(server.head("bob")));
  server.loop.advance(24s);
  EXPECT_FALSE(*waiting);
  server.loop.advance(2s);
  ASSERT_TRUE(*waiting);
  EXPECT_EQ((*waiting)->status, 204);
  EXPECT_TRUE((*waiting)->body.empty());
  auto at_once = server.poll("bob/phone", 0s, server.cursor(server.head("bob")));
  ASSERT_TRUE(*at_once);
  EXPECT_EQ((*at_once)->status, 204);
}

TEST(Polls, ANewerOneEndsTheOlderAndGetsWhatComes) {
  PollServer server;
  server.say("alice", "bob");
  auto cursor = server.cursor(server.head("bob"));
  auto older = server.poll("bob/phone", 25s, cursor);
  auto newer = server.poll("bob/phone", 25s, cursor);
  ASSERT_TRUE(*older);
  EXPECT_EQ((*older)->status, 409);
  EXPECT_EQ(code_of(server, older), "replaced");
  EXPECT_FALSE(*newer);
  server.say("alice", "bob");
  ASSERT_TRUE(*newer);
  EXPECT_EQ((*newer)->status, 200);
  EXPECT_EQ(server.polls.count(), 1u);
}

TEST(Polls, TwoClientsOfOneDeviceDoNotFightForEver) {
  PollServer server;
  server.say("alice", "bob");
  auto cursor = server.cursor(server.head("bob"));
  struct Client {
    Answer waiting;
    int polls = 0;
    bool stopped = false;
  };
  std::vector<Client> clients(3);
  for (int round = 0; round < 100; ++round) {
    for (Client& client : clients) {
      if (client.stopped || (client.waiting && !*client.waiting)) continue;
      if (client.waiting && (*client.waiting)->status == 409) {
        client.stopped = true;
      } else {
        client.waiting = server.poll("bob/phone", 25s, cursor);
        ++client.polls;
      }
    }
    server.loop.advance(1s);
  }
  int stopped = 0, polls = 0;
  for (const Client& client : clients) stopped += client.stopped ? 1 : 0, polls += client.polls;
  EXPECT_EQ(stopped, 2);
  EXPECT_LE(polls, 3 + 100 / 25);
}

TEST(Polls, OneThatIsDroppedLeavesNothingButItsGrace) {
  PollServer server;
  server.say("alice", "bob");
  auto waiting = server.poll("bob/phone", 25s, server.cursor(server.head("bob")));
  server.polling.cancel();
  EXPECT_FALSE(*waiting);
  EXPECT_TRUE(server.directory.present(user("bob")));
  server.loop.advance(14s);
  EXPECT_TRUE(server.directory.present(user("bob")));
  server.loop.advance(2s);
  EXPECT_FALSE(server.directory.present(user("bob")));
  EXPECT_EQ(server.polls.count(), 0u);
}

TEST(Polls, ADevicePollsOnWithinItsGrace) {
  PollServer server;
  server.say("alice", "bob");
  auto cursor = server.cursor(server.head("bob"));
  for (int i = 0; i < 10; ++i) {
    auto found = server.poll("bob/phone", 5s, cursor);
    server.loop.advance(14s);
    ASSERT_TRUE(*found);
    EXPECT_TRUE(server.directory.present(user("bob")));
  }
  EXPECT_EQ(server.traffic.sessions, 1u);
}

TEST(Polls, ASessionOfTheDeviceEndsItAndIsEndedByIt) {
  PollServer server;
  server.say("alice", "bob");
  auto cursor = server.cursor(server.head("bob"));
  auto waiting = server.poll("bob/phone", 25s, cursor);
  Connection session(server, "bob/phone", cursor);
  server.loop.advance(1ms);
  ASSERT_TRUE(*waiting);
  EXPECT_EQ(code_of(server, waiting), "replaced");
  EXPECT_TRUE(session.synced());
  auto again = server.poll("bob/phone", 25s, cursor);
  EXPECT_FALSE(*again);
  EXPECT_EQ(session.closed, Code::replaced);
  Connection other(server, "bob/laptop", cursor);
  server.loop.advance(1ms);
  EXPECT_FALSE(*again) << "another device is another place";
}

TEST(Polls, ARevocationEndsItAtOnce) {
  PollServer server;
  server.say("alice", "bob");
  auto cursor = server.cursor(server.head("bob"));
  auto phone = server.poll("bob/phone", 25s, cursor), laptop = server.poll("bob/laptop", 25s, cursor);
  server.revoked.insert("bob/phone");
  server.directory.revoke(user("bob"), DeviceId::parse("phone"));
  server.loop.advance(1ms);
  ASSERT_TRUE(*phone);
  EXPECT_EQ((*phone)->status, 401);
  EXPECT_EQ(code_of(server, phone), "revoked");
  EXPECT_FALSE(*laptop);
  auto again = server.poll("bob/phone", 25s, cursor);
  ASSERT_TRUE(*again);
  EXPECT_EQ((*again)->status, 401);
}

TEST(Polls, APlannedStopSendsItAway) {
  PollServer server;
  server.say("alice", "bob");
  auto cursor = server.cursor(server.head("bob"));
  auto waiting = server.poll("bob/phone", 25s, cursor);
  server.place.stopping = true;
  server.directory.dismiss_all(5s);
  server.loop.advance(1ms);
  ASSERT_TRUE(*waiting);
  EXPECT_EQ((*waiting)->status, 503);
  EXPECT_EQ(code_of(server, waiting), "going_away");
  EXPECT_EQ((*waiting)->headers.at(0).first, "Retry-After");
  EXPECT_EQ(server.directory.count(), 0u);
  auto late = server.poll("bob/phone", 25s, cursor);
  ASSERT_TRUE(*late);
  EXPECT_EQ((*late)->status, 503);
}

TEST(Polls, WhatIsPresentedIsConfirmedAtMostOnceASecond) {
  PollServer server;
  server.say("alice", "bob");
  Connection present(server, "bob/tablet");  // So that each message has a step of its own.
  server.loop.advance(1s);
  server.say("alice", "bob", 5);
  EXPECT_FALSE(server.confirmed("bob", "phone"));
  server.poll("bob/phone", 0s, server.cursor({1}));
  EXPECT_EQ(server.confirmed("bob", "phone"), 1u);
  server.poll("bob/phone", 0s, server.cursor({1}), {3});
  EXPECT_EQ(server.confirmed("bob", "phone"), 1u);
  server.loop.advance(1s);
  server.poll("bob/phone", 0s, server.cursor({1}), {3});
  EXPECT_EQ(server.confirmed("bob", "phone"), 3u);
  server.loop.advance(1s);
  server.poll("bob/phone", 0s, server.cursor({100}));  // Ahead of everything.
  EXPECT_EQ(server.confirmed("bob", "phone"), 3u);
}

}  // namespace
}  // namespace kith::test
