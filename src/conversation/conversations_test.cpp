// The conversations of a loop: opening on demand, leaving memory, recovery of what a crash cut off.
#include "conversation/conversations.h"

#include "conversation/conversation_under_test.h"

namespace kith::test {
namespace {

struct Many : World {
  explicit Many(std::uint64_t seed = 5, MemoryTiming timing = {100us, 2ms}, std::size_t budget = 64 << 20)
      : World(seed, timing), budget_bytes(budget) {
    start();
  }
  void start() { all = std::make_unique<Conversations>(loop, *store, inboxes, epoch, budget_bytes); }
  // Power is lost; the next epoch begins.
  void restart() {
    scope.cancel();
    disk.crash();
    all.reset();
    crash();
    start();
  }

  Future<Result<Receipt>> send(const UserId& from, const UserId& to, std::uint64_t n, std::string text, std::optional<Seq> base = {}) {
    return scope.start(all->send(ConversationId::direct(from, to), to, {from, client_id(n), base, std::move(text)}));
  }
  Result<Receipt> sent(const UserId& from, const UserId& to, std::uint64_t n, std::string text, std::optional<Seq> base = {}) {
    return value_of(loop, send(from, to, n, std::move(text), base));
  }
  Future<Result<HistoryPage>> page(const UserId& reader) { return scope.start(all->history(id, reader, std::nullopt, std::nullopt, 50)); }

  // Trims once a second, as the server does.
  void keep_house(int seconds) {
    for (; seconds > 0; --seconds) {
      all->trim();
      loop.advance(1s);
    }
  }
  void settle_all() {
    auto done = note(scope.start([](Conversations& conversations) -> Task<Ok> {
      co_await conversations.settle_all();
      co_return Ok{};
    }(*all)));
    ASSERT_TRUE(loop.run_until([&] { return done->has_value(); }));
  }
  // Recovers the slot; how long that took, or nothing if it did not end within `limit`.
  std::optional<Duration> recover(Slot slot, Epoch from, Duration limit) {
    Instant begin = loop.now();
    auto done = note(scope.start([](Conversations& conversations, Slot s, Epoch f) -> Task<Ok> {
      co_await conversations.recover(s, f);
      co_return Ok{};
    }(*all, slot, from)));
    while (!done->has_value() && loop.now() - begin < limit) loop.advance(1ms);
    return done->has_value() ? std::optional(loop.now() - begin) : std::nullopt;
  }
  std::map<Epoch, bool> pending_rows(const ConversationId& conversation) const {
    std::map<Epoch, bool> out;
    auto rows = disk.state().rows.find({RowTable::pending, pending_partition(conversation.slot())});
    if (rows == disk.state().rows.end()) return out;
    for (const auto& [key, value] : rows->second) {
      auto row = decode_pending({key, value.value});
      if (row && row->conversation == conversation) out[row->epoch] = row->pending;
    }
    return out;
  }

  const std::size_t budget_bytes;
  std::unique_ptr<Conversations> all;
  Scope scope;  // Before what it calls ends.
};

TEST(Conversations, WhatIsNotThereIsNotFound) {
  Many many;
  EXPECT_EQ(value_of(many.loop, many.page(many.alice)).error().code, Code::not_found);
  auto send = many.scope.start(many.all->send(many.id, std::nullopt, {many.alice, client_id(1), {}, "x"}));
  EXPECT_EQ(value_of(many.loop, std::move(send)).error().code, Code::not_found);
  EXPECT_EQ(value_of(many.loop, many.scope.start(many.all->point(many.id, many.alice, {1}))).error().code, Code::not_found);
  EXPECT_EQ(value_of(many.loop, many.scope.start(many.all->newest(many.id, many.alice, {0}, {1}, 1, 9))).error().code, Code::not_found);
  EXPECT_EQ(many.all->count(), 0u) << "nothing of it stays in memory";
}

TEST(Conversations, OneThatWantsItMadeDoesNotSufferFromOneThatOnlyLooks) {
  Many many;
  auto look = note(many.page(many.alice));
  auto make = note(many.send(many.alice, many.bob, 1, "hi", Seq{0}));
  auto opened = note(many.scope.start(many.all->open_direct(many.id, many.bob, many.alice)));
  ASSERT_TRUE(many.loop.run_until([&] { return look->has_value() && make->has_value() && opened->has_value(); }));
  EXPECT_EQ((**look).error().code, Code::not_found);
  EXPECT_EQ((**make)->seq, Seq{1});
  EXPECT_TRUE(**opened);
}

TEST(Conversations, MessagesSentWhileItOpensKeepTheirOrder) {
  Many many;
  std::vector<std::shared_ptr<std::optional<Result<Receipt>>>> answers;
  for (std::uint64_t n = 1; n <= 10; ++n) answers.push_back(note(many.send(many.alice, many.bob, n, "x", Seq{0})));
  ASSERT_TRUE(many.loop.run_until([&] { return answers.back()->has_value(); }));
  for (std::uint64_t n = 1; n <= 10; ++n) EXPECT_EQ((**answers[n - 1])->seq, Seq{n});
}

TEST(Conversations, AnOpeningThatFailsIsTriedAnewByTheNext) {
  for (auto call : {StoreCall::scan, StoreCall::head, StoreCall::read}) {
    Many many;
    ASSERT_TRUE(many.sent(many.alice, many.bob, 1, "hi"));
    many.restart();
    many.fail(call, 1, MemoryFault::unavailable);
    EXPECT_EQ(value_of(many.loop, many.page(many.bob)).error().code, Code::unavailable);
    EXPECT_EQ(many.all->count(), 0u);
    EXPECT_EQ(value_of(many.loop, many.page(many.bob))->entries.size(), 1u);
  }
}

TEST(Conversations, OneIdNeverServesTwoPairs) {
  Many many;
  ASSERT_TRUE(many.sent(many.alice, many.bob, 1, "hi"));
  auto send = many.scope.start(many.all->send(many.id, many.carol, {many.alice, client_id(2), {}, "x"}));
  EXPECT_EQ(value_of(many.loop, std::move(send)).error().code, Code::internal);
}

TEST(Conversations, ABlockBeforeTheFirstMessageMakesTheConversation) {
  Many many;
  ASSERT_TRUE(value_of(many.loop, many.scope.start(many.all->block(many.id, many.bob, many.alice, true))));
  EXPECT_EQ(many.sent(many.alice, many.bob, 1, "hi").error().code, Code::refused);
}

TEST(Conversations, WhatIsOverTheBudgetLeavesAndARepeatStillGetsTheFirstAnswer) {
  Many many(5, {100us, 2ms}, 0);
  auto first = many.sent(many.alice, many.bob, 1, "once", Seq{0});
  for (std::uint64_t n = 2; n <= 100; ++n) ASSERT_TRUE(many.sent(many.bob, many.alice, n, "x", Seq{0}));
  many.keep_house(2);
  EXPECT_EQ(many.all->count(), 0u);
  EXPECT_EQ(many.all->bytes(), 0u);
  EXPECT_EQ(many.pending_rows(many.id).at(many.epoch), false) << "nothing is left to finish";
  auto again = many.sent(many.alice, many.bob, 1, "once", Seq{0});
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->seq, first->seq);
  EXPECT_EQ(again->time, first->time);
}

TEST(Conversations, WhatIsUnfinishedStaysInMemory) {
  Many many(5, {100us, 2ms}, 0);
  many.inboxes.moods[many.bob] = Mood::failing;
  ASSERT_TRUE(many.sent(many.alice, many.bob, 1, "hi"));
  many.keep_house(200);
  EXPECT_EQ(many.all->count(), 1u);
  EXPECT_EQ(many.pending_rows(many.id).at(many.epoch), true);
  many.inboxes.moods.clear();
  many.keep_house(3);
  EXPECT_EQ(many.all->count(), 0u);
  EXPECT_EQ(many.inboxes.mark(many.bob, many.id), Seq{1});
}

TEST(Conversations, TheLeastRecentlyUsedLeavesFirst) {
  Many many(5, {100us, 2ms}, 5000);
  ASSERT_TRUE(many.sent(many.alice, many.bob, 1, "x"));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(many.sent(many.alice, user("other" + std::to_string(i)), 1, "x"));
  many.loop.advance(100ms);
  many.settle_all();
  ASSERT_TRUE(value_of(many.loop, many.page(many.alice)));
  many.all->trim();
  EXPECT_LE(many.all->bytes(), many.budget_bytes);
  EXPECT_GT(many.all->count(), 0u) << "no more leaves than must";
  auto openings = many.disk.calls(StoreCall::head);
  ASSERT_TRUE(value_of(many.loop, many.page(many.alice)));
  EXPECT_EQ(many.disk.calls(StoreCall::head), openings) << "the first one was the last one used";
}

TEST(Conversations, BeforeAPlannedStopNoPendingRowIsLeft) {
  Many many;
  std::vector<ConversationId> ids;
  for (int i = 0; i < 10; ++i) {
    auto other = user("other" + std::to_string(i));
    ids.push_back(ConversationId::direct(many.alice, other));
    ASSERT_TRUE(many.sent(many.alice, other, 1, "x"));
  }
  many.loop.advance(100ms);
  many.settle_all();
  for (const auto& conversation : ids) EXPECT_EQ(many.pending_rows(conversation).at(many.epoch), false);
}

// --------------------------------------------------------------------------------------------------------------- recovery

TEST(Recovery, WhateverACrashCutOffReachesEveryInbox) {
  bool had_to = false;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Many many(seed);
    many.inboxes.moods[many.bob] = many.inboxes.moods[many.alice] = Mood::silent;
    std::uint64_t acked = 0;
    for (std::uint64_t n = 1; n <= 5; ++n) {
      many.send(many.alice, many.bob, n, "x", Seq{0}).then([&](Result<Receipt> receipt) { acked = receipt->seq.value; });
      many.loop.advance(Duration(static_cast<std::int64_t>(many.random.below(3000)) * 1us));
    }
    many.restart();
    many.inboxes.moods.clear();
    ASSERT_TRUE(many.recover(many.id.slot(), {1}, 10s)) << "seed " << seed;
    EXPECT_GE(many.inboxes.mark(many.bob, many.id).value, acked) << "seed " << seed;
    EXPECT_EQ(many.inboxes.mark(many.bob, many.id).value, many.rows()) << "seed " << seed;
    EXPECT_EQ(many.inboxes.mark(many.alice, many.id).value, many.rows()) << "seed " << seed;
    for (const auto& [epoch, pending] : many.pending_rows(many.id)) EXPECT_FALSE(pending) << "seed " << seed;
    had_to = had_to || acked > 0;
  }
  EXPECT_TRUE(had_to);
}

TEST(Recovery, ItWaitsForAnInboxThatIsNotReadyAndForAStoreThatFails) {
  Many many;
  many.inboxes.moods[many.bob] = Mood::failing;
  ASSERT_TRUE(many.sent(many.alice, many.bob, 1, "x"));
  many.restart();
  many.inboxes.moods[many.bob] = Mood::failing;
  MemoryFaults faults;
  faults.exactly = {{StoreCall::scan, 1, MemoryFault::unavailable},   // The pending rows …
                    {StoreCall::scan, 3, MemoryFault::unavailable},   // … the members …
                    {StoreCall::head, 1, MemoryFault::unavailable},   // … the log …
                    {StoreCall::put, 1, MemoryFault::unknown_lost}};  // … and the row that clears it.
  many.disk.set_faults(faults);
  EXPECT_FALSE(many.recover(many.id.slot(), {1}, 10s)) << "the inbox has it not";
  EXPECT_EQ(many.pending_rows(many.id).at({1}), true);
  many.inboxes.moods.clear();
  many.loop.advance(60s);
  EXPECT_EQ(many.inboxes.mark(many.bob, many.id), Seq{1});
  EXPECT_EQ(many.pending_rows(many.id).at({1}), false);
}

TEST(Recovery, ItLooksFromTheGivenEpochOnAndLeavesItsOwn) {
  Many many;
  ASSERT_TRUE(many.sent(many.alice, many.bob, 1, "x"));  // Epoch 1.
  many.restart();
  ASSERT_TRUE(many.sent(many.alice, many.bob, 2, "x"));  // Epoch 2.
  many.restart();
  ASSERT_TRUE(many.sent(many.alice, many.bob, 3, "x"));  // Epoch 3, this one.
  ASSERT_TRUE(many.recover(many.id.slot(), {2}, 10s));
  EXPECT_EQ(many.pending_rows(many.id), (std::map<Epoch, bool>{{{1}, true}, {{2}, false}, {{3}, true}}));
}

TEST(Recovery, ADamagedRowHidesNoOther) {
  Many many;
  ASSERT_TRUE(many.sent(many.alice, many.bob, 1, "x"));
  std::vector<Row> rows{{"", "\1"}, {"junk", "\1"}, {pending_from({1}) + "junk", "\1"}};
  ASSERT_TRUE(value_of(many.loop, many.store->put(RowTable::pending, pending_partition(many.id.slot()), rows)));
  many.restart();
  ASSERT_TRUE(many.recover(many.id.slot(), {1}, 10s));
  EXPECT_EQ(many.pending_rows(many.id).at({1}), false);
}

TEST(Recovery, AConversationThatWasNeverMadeIsOver) {
  Many many;
  std::vector<Row> rows{encode_pending({{1}, many.id, true})};
  ASSERT_TRUE(value_of(many.loop, many.store->put(RowTable::pending, pending_partition(many.id.slot()), rows)));
  many.restart();
  ASSERT_TRUE(many.recover(many.id.slot(), {1}, 10s));
  EXPECT_EQ(many.pending_rows(many.id).at({1}), false);
}

TEST(Recovery, ManyConversationsAreFinishedSideBySide) {
  // A store that takes 20 ms a call: one after the other, 300 conversations of a few calls each would take half a minute.
  Many many(5, {20ms, 20ms});
  std::vector<Row> pending;
  Slot slot = many.id.slot();
  std::vector<ConversationId> ids;
  for (int i = 0; ids.size() < 300 && i < 10'000; ++i) {
    // Any conversation may be named in any slot's partition; only the id's own slot is written back.
    auto text = "g_" + many.id.text().substr(2, 3) + std::to_string(10'000 + i) + std::string(27, 'a');
    ids.push_back(*ConversationId::parse(text));
    std::vector<Row> members{encode(member_of(many.alice)), encode(member_of(many.bob))};
    static_cast<void>(many.store->put(RowTable::members, ids.back().key(), members));
    pending.push_back(encode_pending({{1}, ids.back(), true}));
  }
  ASSERT_TRUE(value_of(many.loop, many.store->put(RowTable::pending, pending_partition(slot), pending)));
  many.loop.advance(1s);
  many.restart();
  auto took = many.recover(slot, {1}, 60s);
  ASSERT_TRUE(took);
  EXPECT_LT(*took, 3s);
  for (const auto& conversation : ids) EXPECT_EQ(many.pending_rows(conversation).at({1}), false);
}

}  // namespace
}  // namespace kith::test
