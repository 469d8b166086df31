// Sending: one order, exactly once, acked only when durable, refused with a reason.
#include "conversation/conversation.h"

#include "conversation/conversation_under_test.h"

namespace kith::test {
namespace {

constexpr std::uint64_t kOld = 1500;  // Messages of a former epoch, more than the ids that are remembered.

Code code_of(const Result<Receipt>& result) { return result ? Code::ok : result.error().code; }

// ------------------------------------------------------------------------------------------------------------- opening

TEST(Conversation, TheFirstMessageOpensIt) {
  World world;
  EXPECT_FALSE(*world.open(std::nullopt)) << "there is none yet";
  ASSERT_TRUE(*world.open());
  auto receipt = world.sent(world.alice, 1, "hi", Seq{0});
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->conversation, world.id);
  EXPECT_EQ(receipt->seq, Seq{1});
  EXPECT_FALSE(receipt->repeated || receipt->window_only);
  EXPECT_EQ(receipt->other, world.bob);
  world.crash();
  EXPECT_TRUE(*world.open(std::nullopt));
  EXPECT_TRUE(world.talk->is_member(world.bob));
  EXPECT_EQ(world.talk->other(world.bob), world.alice);
  EXPECT_EQ(world.texts(), std::vector<std::string>{"hi"});
}

TEST(Conversation, WithAStrangerNothingIsMade) {
  World world;
  world.inboxes.strangers.insert(world.bob);
  auto opened = world.open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::unknown_user);
  EXPECT_FALSE(*world.open(std::nullopt));
  world.inboxes.strangers.clear();
  EXPECT_TRUE(*world.open());
}

TEST(Conversation, WhoIsClosedTakesNothingAndWhatWasSaidStays) {
  World world;
  ASSERT_TRUE(world.open());
  ASSERT_TRUE(world.sent(world.alice, 1, "one"));
  world.inboxes.closed_users = {world.bob};
  auto refused = world.sent(world.alice, 2, "two");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::refused);
  EXPECT_TRUE(world.sent(world.alice, 1, "one")->repeated) << "a repeat is answered as before";
  world.inboxes.closed_users.clear();
  EXPECT_EQ(world.sent(world.alice, 2, "two")->seq, Seq{2});
  EXPECT_EQ(world.texts(), (std::vector<std::string>{"one", "two"}));
}

TEST(Conversation, AnotherPairNeverGetsItsLog) {
  World world;
  ASSERT_TRUE(*world.open());
  auto other = world.open(std::pair(world.alice, world.carol));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::internal);
}

TEST(Conversation, ADamagedMemberRowFailsTheOpening) {
  World world;
  std::vector<Row> rows{encode(member_of(world.alice)), {world.bob.text(), "junk that is no member"}};
  ASSERT_TRUE(value_of(world.loop, world.store->put(RowTable::members, world.id.key(), rows)));
  auto opened = world.open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::internal);
}

// Gives one row a page, whatever was asked for.
class ShortPages final : public MemoryStore {
 public:
  using MemoryStore::MemoryStore;
  Future<StoreResult<Scan>> scan(RowTable table, std::string partition, std::string from, std::uint32_t) override {
    return MemoryStore::scan(table, std::move(partition), std::move(from), 1);
  }
};

TEST(Conversation, AListOfMembersThatComesInShortPagesIsReadToItsEnd) {
  World world;
  auto group = *ConversationId::parse("g_0a7" + std::string(32, '5'));
  std::vector<Row> rows;
  for (int i = 0; i < 20; ++i) rows.push_back(encode(member_of(user("member" + std::to_string(i)))));
  ASSERT_TRUE(value_of(world.loop, world.store->put(RowTable::members, group.key(), rows)));
  ShortPages store(world.disk, world.loop);
  Conversation talk(world.loop, store, world.inboxes, group, world.epoch);
  ASSERT_TRUE(*value_of(world.loop, world.scope.start(talk.open({}))));
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(talk.is_member(user("member" + std::to_string(i)))) << i;
  EXPECT_FALSE(talk.is_member(world.alice));
  auto receipt = value_of(world.loop, talk.send({user("member0"), client_id(1), Seq{0}, "hi"}));
  EXPECT_EQ(receipt->seq, Seq{1});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(world.inboxes.mark(user("member" + std::to_string(i)), group), Seq{1}) << i;
}

// --------------------------------------------------------------------------------------------------- order and durability

TEST(Conversation, NumbersAreDenseInTheOrderOfTheCalls) {
  World world;
  ASSERT_TRUE(*world.open());
  std::vector<std::shared_ptr<std::optional<Result<Receipt>>>> answers;
  std::vector<std::string> said;
  for (std::uint64_t n = 1; n <= 300; ++n) {
    said.push_back(std::to_string(n));
    answers.push_back(world.later(n % 3 == 0 ? world.bob : world.alice, n, said.back(), world.talk->head()));
    world.loop.advance(Duration(static_cast<std::int64_t>(world.random.below(3)) * 100us));
  }
  ASSERT_TRUE(world.loop.run_until([&] { return answers.back()->has_value(); }));
  for (std::uint64_t n = 1; n <= 300; ++n) EXPECT_EQ((**answers[n - 1])->seq, Seq{n});
  EXPECT_EQ(world.texts(), said);
  auto page = world.history(world.bob, std::nullopt, Seq{0}, 300);
  for (std::uint64_t n = 1; n <= 300; ++n) {
    EXPECT_EQ(page->entries[n - 1]->seq, Seq{n});
    EXPECT_EQ(page->entries[n - 1]->n, n) << "the count";
  }
}

TEST(Conversation, WhatWasAckedIsThereAfterACrashInThatMoment) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    World world(seed);
    ASSERT_TRUE(*world.open());
    // The first append also extends the chain; the others do not.
    std::uint64_t count = 1 + seed % 3;
    for (std::uint64_t n = 1; n <= count; ++n) ASSERT_TRUE(world.sent(world.alice, n, std::to_string(n), Seq{n - 1}));
    world.crash();
    ASSERT_TRUE(*world.open(std::nullopt)) << "seed " << seed;
    EXPECT_EQ(world.talk->head(), Seq{count}) << "seed " << seed;
    EXPECT_EQ(world.pending(), true) << "the way back to the fan-out, seed " << seed;
  }
}

TEST(Conversation, TimeNeverDecreasesWhenTheClockStepsBack) {
  World world;
  world.loop.set_wall({1'700'000'500'000});
  ASSERT_TRUE(*world.open());
  auto first = world.sent(world.alice, 1, "a");
  world.loop.set_wall({1'600'000'000'000});
  auto second = world.sent(world.bob, 2, "b");
  EXPECT_EQ(second->time, first->time);
  world.crash();
  world.loop.set_wall({1'500'000'000'000});
  ASSERT_TRUE(*world.open());
  EXPECT_EQ(world.sent(world.alice, 3, "c")->time, first->time) << "after a restart";
  world.loop.set_wall({1'700'000'900'000});
  EXPECT_GT(world.sent(world.alice, 4, "d")->time, first->time);
}

TEST(Conversation, TheAckSaysWhetherTheOtherIsOnline) {
  World world;
  ASSERT_TRUE(*world.open());
  EXPECT_FALSE(world.sent(world.alice, 1, "a")->presence.online);
  world.inboxes.online.insert(world.bob);
  EXPECT_TRUE(world.sent(world.alice, 2, "b")->presence.online);
  auto repeat = world.sent(world.alice, 2, "b");
  EXPECT_TRUE(repeat->repeated);
  EXPECT_TRUE(repeat->other.empty()) << "old news";
  // An answer that does not come in time is none, and not that of long ago.
  world.loop.advance(10s);
  world.inboxes.slow_presence = true;
  auto late = note(world.send(world.alice, 3, "c"));
  world.loop.advance(30ms);
  EXPECT_EQ(world.talk->head(), Seq{3});
  EXPECT_FALSE(late->has_value()) << "for a moment it is waited for";
  world.loop.advance(50ms);
  ASSERT_TRUE(late->has_value());
  EXPECT_TRUE((**late)->presence.hidden);
  world.loop.advance(10s);
  auto in_time = note(world.send(world.alice, 4, "d"));
  world.loop.advance(30ms);
  EXPECT_FALSE(in_time->has_value());
  for (auto& asked : world.inboxes.presences_asked) asked.set(Presence{.online = true});
  world.loop.advance(0ms);
  ASSERT_TRUE(in_time->has_value());
  EXPECT_TRUE((**in_time)->presence.online);
}

TEST(Conversation, EachAckWaitsForThePresenceOfItsReceiver) {
  World world;
  ASSERT_TRUE(*world.open());
  world.inboxes.slow_presence = true;
  auto of_alice = note(world.send(world.alice, 1, "a")), of_bob = note(world.send(world.bob, 2, "b"));
  world.loop.advance(30ms);
  ASSERT_FALSE(world.inboxes.presences_asked.empty());
  // Whoever was asked first: one answer, one ack.
  world.inboxes.presences_asked.front().set(Presence{.online = true});
  world.loop.advance(0ms);
  EXPECT_NE(of_alice->has_value(), of_bob->has_value());
  world.loop.advance(50ms);
  ASSERT_TRUE(of_alice->has_value() && of_bob->has_value());
  EXPECT_NE((**of_alice)->presence.hidden, (**of_bob)->presence.hidden);
}

// ----------------------------------------------------------------------------------------------------------- exactly once

TEST(Conversation, ARepeatWhileTheFirstIsInFlightJoinsIt) {
  World world;
  ASSERT_TRUE(*world.open());
  auto first = world.later(world.alice, 1, "once", Seq{0});
  auto same_turn = world.later(world.alice, 1, "once", Seq{0});
  ASSERT_TRUE(world.loop.run_until([&] { return world.disk.calls(StoreCall::append) == 1; }));
  auto in_flight = world.later(world.alice, 1, "once");
  ASSERT_TRUE(world.loop.run_until([&] { return in_flight->has_value(); }));
  EXPECT_FALSE((**first)->repeated);
  EXPECT_TRUE((**same_turn)->repeated);
  EXPECT_TRUE((**in_flight)->repeated);
  EXPECT_TRUE((**in_flight)->window_only);
  EXPECT_EQ((**same_turn)->seq, Seq{1});
  EXPECT_EQ((**in_flight)->seq, Seq{1});
  EXPECT_EQ(world.rows(), 1u);
}

TEST(Conversation, ARepeatOfWhatIsDurableGetsTheFirstAnswer) {
  World world;
  ASSERT_TRUE(*world.open());
  auto first = world.sent(world.alice, 1, "once", Seq{0});
  world.loop.advance(5s);
  auto again = world.sent(world.alice, 1, "once", Seq{0});
  EXPECT_TRUE(again->repeated);
  EXPECT_FALSE(again->window_only);
  EXPECT_EQ(again->seq, first->seq);
  EXPECT_EQ(again->time, first->time);
  EXPECT_EQ(world.rows(), 1u);
}

TEST(Conversation, ARepeatIsFoundBeyondTheRememberedIds) {
  World world;
  ASSERT_TRUE(*world.open());
  auto first = world.sent(world.alice, 9'000'000, "once", Seq{0});
  world.send_many(world.bob, 1, kOld);
  auto again = world.sent(world.alice, 9'000'000, "once", Seq{0});
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->seq, first->seq);
  EXPECT_EQ(again->time, first->time);
  EXPECT_EQ(world.rows(), kOld + 1);
}

TEST(Conversation, ARepeatIsFoundAfterEvictionAndAfterARestart) {
  World world;
  ASSERT_TRUE(*world.open());
  auto first = world.sent(world.alice, 9'000'000, "once", Seq{0});
  world.send_many(world.bob, 1, 200);  // More than the cache of recent messages.
  world.reopen();
  auto evicted = world.sent(world.alice, 9'000'000, "once", Seq{0});
  EXPECT_TRUE(evicted->repeated);
  EXPECT_EQ(evicted->seq, first->seq);
  world.crash();
  ASSERT_TRUE(*world.open());
  auto restarted = world.sent(world.alice, 9'000'000, "once", Seq{0});
  EXPECT_TRUE(restarted->repeated);
  EXPECT_EQ(restarted->seq, first->seq);
  EXPECT_EQ(restarted->time, first->time);
  EXPECT_EQ(code_of(world.sent(world.alice, 9'000'000, "another text", Seq{0})), Code::id_reused);
  EXPECT_EQ(world.rows(), 201u);
}

TEST(Conversation, ASendThatACrashCutOffIsStoredOnceByItsRepeat) {
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    World world(seed);
    ASSERT_TRUE(*world.open());
    static_cast<void>(world.later(world.alice, 1, "once", Seq{0}));
    world.loop.advance(Duration(static_cast<std::int64_t>(world.random.below(6000)) * 1us));
    world.crash();
    ASSERT_TRUE(*world.open());
    auto again = world.sent(world.alice, 1, "once", Seq{0});
    EXPECT_EQ(again->seq, Seq{1}) << "seed " << seed;
    EXPECT_EQ(world.texts(), std::vector<std::string>{"once"}) << "seed " << seed;
  }
}

TEST(Conversation, WithoutABaseOnlyTheLastThousandIdsCount) {
  for (bool reopened : {false, true}) {
    World world;
    leave_messages(world.loop, *world.store, world.log, world.alice, 10, world.epoch);
    ++world.epoch;
    ASSERT_TRUE(*world.open());
    world.send_many(world.alice, 11, kOld - 10);
    if (reopened) world.reopen();
    constexpr std::uint64_t kOldest = kOld - Conversation::kWindowIds + 1;
    auto inside = world.sent(world.alice, kOldest, "m" + std::to_string(kOldest));
    EXPECT_TRUE(inside->repeated && inside->window_only);
    EXPECT_EQ(inside->seq, Seq{kOldest});
    auto outside = world.sent(world.alice, kOldest - 1, "m" + std::to_string(kOldest - 1));
    EXPECT_FALSE(outside->repeated);
    EXPECT_TRUE(outside->window_only) << "the answer says that it may be a second one";
    EXPECT_EQ(outside->seq, Seq{kOld + 1});
  }
}

TEST(Conversation, ABaseAboveTheHeadMeansTheHead) {
  World world;
  leave_messages(world.loop, *world.store, world.log, world.alice, kOld, world.epoch);
  ++world.epoch;
  ASSERT_TRUE(*world.open());
  world.inboxes.moods = {{world.alice, Mood::failing}, {world.bob, Mood::failing}};  // Else the fan-out reads too.
  auto reads = world.disk.calls(StoreCall::read);
  for (std::uint64_t base : {kOld + 1, ~std::uint64_t{0}}) {
    auto receipt = world.sent(world.alice, base, "new", Seq{base});
    ASSERT_TRUE(receipt);
    EXPECT_FALSE(receipt->repeated || receipt->window_only);
  }
  EXPECT_EQ(world.disk.calls(StoreCall::read), reads) << "nothing had to be searched";
  EXPECT_EQ(world.talk->head(), Seq{kOld + 2});
}

TEST(Conversation, AnIdWithAnotherTextIsRefusedWhereverTheFirstLies) {
  World world;
  ASSERT_TRUE(*world.open());
  auto first = world.later(world.alice, 1, "this");
  auto in_flight = world.later(world.alice, 1, "that");
  ASSERT_TRUE(world.loop.run_until([&] { return first->has_value() && in_flight->has_value(); }));
  EXPECT_EQ(code_of(**in_flight), Code::id_reused);
  EXPECT_EQ(code_of(world.sent(world.alice, 1, "that", Seq{0})), Code::id_reused);
  world.send_many(world.bob, 100, 100);
  world.reopen();
  EXPECT_EQ(code_of(world.sent(world.alice, 1, "that", Seq{0})), Code::id_reused) << "found by a search";
  EXPECT_TRUE(world.sent(world.alice, 1, "this", Seq{0})->repeated);
  EXPECT_EQ(world.rows(), 101u);
}

TEST(Conversation, TheSameIdOfTheOtherUserIsAnotherMessage) {
  World world;
  ASSERT_TRUE(*world.open());
  EXPECT_EQ(world.sent(world.alice, 1, "mine", Seq{0})->seq, Seq{1});
  EXPECT_EQ(world.sent(world.bob, 1, "yours", Seq{0})->seq, Seq{2});
  world.send_many(world.bob, 100, 100);
  world.reopen();
  EXPECT_EQ(world.sent(world.bob, 1, "yours", Seq{0})->seq, Seq{2}) << "found by a search";
}

TEST(Conversation, ASearchBeyondAHundredThousandRowsIsAnUnknownOutcome) {
  constexpr std::uint64_t kMany = Conversation::kScanRowsMax + Conversation::kRecentEntries + 10;
  World world(5, {});
  leave_messages(world.loop, *world.store, world.log, world.alice, kMany, world.epoch);
  ++world.epoch;
  ASSERT_TRUE(*world.open());
  // Rows that must be read: those above the base that are older than the cache.
  constexpr std::uint64_t kBase = kMany - Conversation::kRecentEntries - Conversation::kScanRowsMax;
  EXPECT_EQ(code_of(world.sent(world.alice, kMany + 1, "x", Seq{kBase - 1})), Code::outcome_unknown);
  EXPECT_EQ(world.talk->head(), Seq{kMany}) << "nothing was written";
  auto found = world.sent(world.alice, kBase + 1, "m" + std::to_string(kBase + 1), Seq{kBase});
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->repeated);
  EXPECT_EQ(found->seq, Seq{kBase + 1});
}

// ---------------------------------------------------------------------------------------------------------- behind a search

TEST(Conversation, OneSendersOrderIsKeptBehindASearch) {
  World world;
  leave_messages(world.loop, *world.store, world.log, world.alice, kOld, world.epoch);
  ++world.epoch;
  ASSERT_TRUE(*world.open());
  auto searched = world.later(world.alice, kOld + 1, "first", Seq{0});
  auto behind = world.later(world.alice, kOld + 2, "second", Seq{kOld});
  auto repeat = world.later(world.alice, kOld + 1, "first", Seq{0});
  auto others = world.later(world.bob, 1, "other", Seq{kOld});
  ASSERT_TRUE(world.loop.run_until([&] { return behind->has_value() && repeat->has_value(); }));
  EXPECT_EQ((**others)->seq, Seq{kOld + 1}) << "who searches nothing does not wait";
  EXPECT_EQ((**searched)->seq, Seq{kOld + 2});
  EXPECT_EQ((**behind)->seq, Seq{kOld + 3});
  EXPECT_EQ((**repeat)->seq, Seq{kOld + 2});
  EXPECT_TRUE((**repeat)->repeated);
}

TEST(Conversation, ASearchThatFailsIsToldAndTheNextGoesOn) {
  World world;
  leave_messages(world.loop, *world.store, world.log, world.alice, kOld, world.epoch);
  ++world.epoch;
  ASSERT_TRUE(*world.open());
  world.fail(StoreCall::read, 1, MemoryFault::unavailable);
  auto searched = world.later(world.alice, 9'000'000, "first", Seq{0});
  auto behind = world.later(world.alice, kOld, "m" + std::to_string(kOld), Seq{0});
  ASSERT_TRUE(world.loop.run_until([&] { return behind->has_value(); }));
  EXPECT_EQ(code_of(**searched), Code::unavailable);
  EXPECT_EQ((**behind)->seq, Seq{kOld});
  EXPECT_EQ(world.sent(world.alice, 9'000'000, "first", Seq{0})->seq, Seq{kOld + 1});
}

TEST(Conversation, TooManyBehindASearchAreBusy) {
  World world;
  leave_messages(world.loop, *world.store, world.log, world.alice, kOld, world.epoch);
  ++world.epoch;
  ASSERT_TRUE(*world.open());
  static_cast<void>(world.later(world.alice, kOld + 1, "searched", Seq{0}));
  std::vector<std::shared_ptr<std::optional<Result<Receipt>>>> behind;
  for (std::uint64_t n = 0; n <= Conversation::kWaitingMax; ++n) behind.push_back(world.later(world.alice, 10'000 + n, "x", Seq{kOld}));
  ASSERT_TRUE(behind.back()->has_value());
  EXPECT_EQ(code_of(**behind.back()), Code::busy);
  EXPECT_FALSE(behind[Conversation::kWaitingMax - 1]->has_value()) << "the others wait";
  ASSERT_TRUE(world.loop.run_until([&] { return behind[0]->has_value(); }));
  EXPECT_EQ((**behind[0])->seq, Seq{kOld + 2});
}

// --------------------------------------------------------------------------------------------------------------- refusals

TEST(Conversation, ABlockRefusesBothAndSurvivesReopening) {
  World world;
  ASSERT_TRUE(*world.open());
  ASSERT_TRUE(world.sent(world.alice, 1, "before"));
  ASSERT_TRUE(value_of(world.loop, world.scope.start(world.talk->block(world.bob, true))));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(code_of(world.sent(world.alice, 2, "to who blocked")), Code::refused);
    EXPECT_EQ(code_of(world.sent(world.bob, 3, "to who is blocked")), Code::refused);
    EXPECT_TRUE(world.sent(world.alice, 1, "before")->repeated) << "what was acked stays acked";
    world.crash();  // In the moment of the ack.
    ASSERT_TRUE(*world.open());
  }
  EXPECT_TRUE(value_of(world.loop, world.scope.start(world.talk->block(world.alice, false)))) << "lifts only alice's own";
  EXPECT_EQ(code_of(world.sent(world.alice, 2, "x")), Code::refused);
  EXPECT_TRUE(value_of(world.loop, world.scope.start(world.talk->block(world.bob, false))));
  EXPECT_EQ(world.sent(world.alice, 2, "to who blocked")->seq, Seq{2});
  world.crash();
  ASSERT_TRUE(*world.open());
  EXPECT_EQ(world.sent(world.bob, 3, "to who is blocked")->seq, Seq{3});
}

TEST(Conversation, WhoIsNoMemberFindsNothing) {
  World world;
  ASSERT_TRUE(*world.open());
  ASSERT_TRUE(world.sent(world.alice, 1, "secret"));
  EXPECT_EQ(code_of(world.sent(world.carol, 1, "secret", Seq{0})), Code::not_found);
  EXPECT_EQ(world.history(world.carol, std::nullopt, std::nullopt, 10).error().code, Code::not_found);
  EXPECT_EQ(value_of(world.loop, world.scope.start(world.talk->newest(world.carol, {0}, {1}, 10, 1000))).error().code, Code::not_found);
  EXPECT_EQ(value_of(world.loop, world.scope.start(world.talk->point(world.carol, {1}))).error().code, Code::not_found);
  EXPECT_EQ(value_of(world.loop, world.scope.start(world.talk->block(world.carol, true))).error().code, Code::not_found);
  EXPECT_EQ(world.rows(), 1u);
}

TEST(Conversation, TooManyThatWaitAreBusyAndTheOthersArrive) {
  World world;
  ASSERT_TRUE(*world.open());
  std::vector<std::shared_ptr<std::optional<Result<Receipt>>>> answers;
  for (std::uint64_t n = 1; n <= Conversation::kWaitingMax + 1; ++n) answers.push_back(world.later(world.alice, n, "x", Seq{0}));
  ASSERT_TRUE(answers.back()->has_value());
  EXPECT_EQ(code_of(**answers.back()), Code::busy);
  EXPECT_GT((**answers.back()).error().retry_after_ms, 0u);
  ASSERT_TRUE(world.loop.run_until([&] { return answers[Conversation::kWaitingMax - 1]->has_value(); }));
  EXPECT_EQ(world.talk->head(), Seq{Conversation::kWaitingMax});
  EXPECT_EQ(world.sent(world.alice, Conversation::kWaitingMax + 1, "x", Seq{0})->seq, Seq{Conversation::kWaitingMax + 1});
}

TEST(Conversation, AFullDiskRefusesMessagesAndReadingGoesOn) {
  World world;
  ASSERT_TRUE(*world.open());
  ASSERT_TRUE(world.sent(world.alice, 1, "before"));
  world.disk.set_space(Space::low);
  auto refused = world.sent(world.alice, 2, "after");
  EXPECT_EQ(code_of(refused), Code::storage_full);
  EXPECT_GT(refused.error().retry_after_ms, 0u);
  EXPECT_TRUE(world.sent(world.alice, 1, "before")->repeated);
  EXPECT_EQ(world.texts(), std::vector<std::string>{"before"});
  world.disk.set_space(Space::enough);
  EXPECT_EQ(world.sent(world.alice, 2, "after")->seq, Seq{2});
}

TEST(Conversation, ARetryWhoseMentionsWereLeftOutIsTheSameMessage) {
  World world;
  ASSERT_TRUE(*world.open());
  SendRequest request{world.alice, client_id(1), Seq{0}, "hi", {}};
  request.details.mentions = {world.bob, world.carol};
  request.details.kind = "x.poll";
  auto first = value_of(world.loop, world.talk->send(request));
  ASSERT_TRUE(first);
  world.reopen();
  auto page = world.history(world.bob, std::nullopt, Seq{0}, 1);
  EXPECT_EQ(page->entries[0]->details().mentions, std::vector<UserId>{world.bob}) << "carol is no member";
  auto again = value_of(world.loop, world.talk->send(request));
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->repeated);
  request.details.kind = "x.vote";
  auto other = value_of(world.loop, world.talk->send(request));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::id_reused);
}

}  // namespace
}  // namespace kith::test
