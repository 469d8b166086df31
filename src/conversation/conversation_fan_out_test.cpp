// From durability to the inboxes: unknown outcomes of the store, the pending row, hand-offs that fail, leaving memory.
#include "conversation/conversation.h"
#include "conversation/conversation_under_test.h"

namespace kith::test {
namespace {

bool delivered(World& world, Seq head) {
  return world.inboxes.mark(world.alice, world.id) == head && world.inboxes.mark(world.bob, world.id) == head;
}

// -------------------------------------------------------------------------------------------------------- unknown outcomes

TEST(FanOut, AnAppendWithAnUnknownOutcomeIsRepeatedIdentically) {
  for (auto fault : {MemoryFault::unknown_lost, MemoryFault::unknown_done, MemoryFault::unknown_late}) {
    for (std::uint64_t nth = 1; nth <= 2; ++nth) {  // The first append extends the chain, the second does not.
      World world;
      ASSERT_TRUE(*world.open());
      world.fail(StoreCall::append, nth, fault);
      for (std::uint64_t n = 1; n <= 3; ++n) {
        auto receipt = world.sent(world.alice, n, std::to_string(n), Seq{n - 1});
        ASSERT_TRUE(receipt);
        EXPECT_EQ(receipt->seq, Seq{n});
        EXPECT_FALSE(receipt->repeated);
      }
      EXPECT_EQ(world.disk.calls(StoreCall::append), 4u) << "three messages and one repeat";
      world.loop.advance(10s);  // What was to come late has come.
      EXPECT_EQ(world.disk.numbers_reused(), 0u);
      EXPECT_EQ(world.rows(), 3u);
      EXPECT_EQ(world.texts(), (std::vector<std::string>{"1", "2", "3"}));
    }
  }
}

TEST(FanOut, NothingIsDuplicatedWhateverTheStoreSaysAndWheneverItCrashes) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    World world(seed);
    MemoryFaults faults;
    faults.unknown_lost = faults.unknown_done = faults.unknown_late = faults.unavailable = 0.15;
    std::vector<std::string> said;
    for (std::uint64_t n = 1; n <= 20; ++n) said.push_back(std::to_string(n));
    for (int crashes = 0; crashes < 3; ++crashes) {
      world.disk.set_faults({});
      ASSERT_TRUE(*world.open());
      world.disk.set_faults(faults);
      // Each life sends everything again, in order, until it is cut off.
      for (std::uint64_t n = 1; n <= 20; ++n) {
        static_cast<void>(world.later(world.alice, n, said[n - 1], Seq{0}));
        world.loop.advance(Duration(static_cast<std::int64_t>(world.random.below(1000)) * 1us));
      }
      world.loop.advance(Duration(static_cast<std::int64_t>(world.random.below(30)) * 1ms));
      world.crash();
    }
    world.disk.set_faults({});
    ASSERT_TRUE(*world.open());
    for (std::uint64_t n = 1; n <= 20; ++n) ASSERT_TRUE(world.sent(world.alice, n, said[n - 1], Seq{0}));
    auto texts = world.texts();
    EXPECT_EQ(texts.size(), 20u) << "seed " << seed;
    EXPECT_EQ(std::set(texts.begin(), texts.end()).size(), 20u) << "seed " << seed;
    EXPECT_EQ(world.disk.numbers_reused(), 0u) << "seed " << seed;
  }
}

// -------------------------------------------------------------------------------------------------------- the pending row

TEST(FanOut, ThePendingRowIsDurableBeforeTheFirstEntryIs) {
  bool row_alone = false;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    World world(seed);
    ASSERT_TRUE(*world.open());
    static_cast<void>(world.later(world.alice, 1, "hi", Seq{0}));
    world.loop.advance(Duration(static_cast<std::int64_t>(world.random.below(4000)) * 1us));
    world.crash();
    EXPECT_TRUE(world.rows() == 0 || world.pending() == true) << "seed " << seed;
    row_alone = row_alone || (world.rows() == 0 && world.pending() == true);
  }
  EXPECT_TRUE(row_alone) << "the seeds do not reach the moment in question";
}

TEST(FanOut, ThePendingRowIsClearedAfterAMinuteOfQuiet) {
  World world;
  ASSERT_TRUE(*world.open());
  EXPECT_EQ(world.pending(), std::nullopt);
  ASSERT_TRUE(world.sent(world.alice, 1, "a"));
  world.loop.advance(59s);
  EXPECT_EQ(world.pending(), true);
  ASSERT_TRUE(world.sent(world.alice, 2, "b"));
  world.loop.advance(59s);
  EXPECT_EQ(world.pending(), true) << "it was not quiet";
  world.loop.advance(2s);
  EXPECT_EQ(world.pending(), false);
  EXPECT_TRUE(world.talk->evictable());
  ASSERT_TRUE(world.sent(world.alice, 3, "c"));
  EXPECT_EQ(world.pending(), true) << "before the next append it is there again";
}

TEST(FanOut, ThePendingRowStaysWhileOneInboxHasNotGotEverything) {
  for (Mood mood : {Mood::failing, Mood::silent}) {
    World world;
    ASSERT_TRUE(*world.open());
    world.inboxes.moods[world.bob] = mood;
    ASSERT_TRUE(world.sent(world.alice, 1, "hi"));
    world.loop.advance(300s);
    EXPECT_EQ(world.pending(), true);
    EXPECT_FALSE(world.talk->evictable());
    if (mood == Mood::silent) continue;  // The hand-off is with the inbox for good.
    world.inboxes.moods.clear();
    world.loop.advance(121s);
    EXPECT_TRUE(delivered(world, {1}));
    EXPECT_EQ(world.pending(), false);
  }
}

TEST(FanOut, AMessageThatMeetsTheClearingOfThePendingRowIsCoveredByANewOne) {
  for (std::uint64_t step = 0; step < 60; ++step) {
    World world(step + 1);
    ASSERT_TRUE(*world.open());
    ASSERT_TRUE(world.sent(world.alice, 1, "a"));
    ASSERT_TRUE(world.loop.run_until([&] { return delivered(world, {1}); }));
    world.scope.spawn(world.talk->settle());
    world.loop.advance(step * 100us);
    ASSERT_TRUE(world.sent(world.bob, 2, "b")) << step;
    world.crash();
    EXPECT_EQ(world.rows(), 2u) << step;
    EXPECT_EQ(world.pending(), true) << step;
  }
}

TEST(FanOut, WithoutThePendingRowNothingIsAppendedAndWhoWaitsIsTold) {
  World world(5, {});
  ASSERT_TRUE(*world.open());
  world.fail(StoreCall::put, 1, MemoryFault::unavailable);
  auto first = world.later(world.alice, 1, "hi", Seq{0});
  auto repeat = world.later(world.alice, 1, "hi", Seq{0});
  world.disk.set_space(Space::none);  // For the next try to write the row.
  ASSERT_TRUE(world.loop.run_until([&] { return first->has_value() && repeat->has_value(); }));
  EXPECT_EQ((**first).error().code, Code::storage_full);
  EXPECT_EQ((**repeat).error().code, Code::storage_full);
  EXPECT_EQ(world.rows(), 0u);
  world.disk.set_space(Space::enough);
  EXPECT_EQ(world.sent(world.alice, 1, "hi", Seq{0})->seq, Seq{1});
}

// --------------------------------------------------------------------------------------------------------------- hand-offs

TEST(FanOut, EveryInboxGetsEverythingInOrderHoweverDifficultItIs) {
  for (Mood mood : {Mood::taking, Mood::failing, Mood::muddled, Mood::grudging}) {
    World world;
    ASSERT_TRUE(*world.open());
    world.inboxes.moods[world.bob] = mood;
    world.send_many(world.alice, 1, 700);
    world.loop.advance(1s);
    EXPECT_EQ(world.inboxes.mark(world.alice, world.id), Seq{700}) << "one inbox does not wait for another";
    world.inboxes.moods.clear();
    ASSERT_TRUE(world.loop.run_until([&] { return delivered(world, {700}); }));
    const auto& got = world.inboxes.taken[{world.bob, world.id}];
    for (std::uint64_t n = 1; n <= 700; ++n) ASSERT_EQ(got[n - 1]->text(), "m" + std::to_string(n));
    EXPECT_LE(world.inboxes.longest, 256u);
  }
}

TEST(FanOut, AnInboxThatIsFarBehindSaysSoAndIsBroughtUp) {
  constexpr std::uint64_t kOld = 1500;
  World world;
  leave_messages(world.loop, *world.store, world.log, world.alice, kOld, world.epoch);
  ++world.epoch;
  ASSERT_TRUE(*world.open());
  EXPECT_EQ(world.inboxes.hand_offs, 0u) << "opening asks nobody";
  auto done = note(world.scope.start([](Conversation& talk) -> Task<Ok> {
    co_await talk.finish_fan_out();
    co_return Ok{};
  }(*world.talk)));
  ASSERT_TRUE(world.loop.run_until([&] { return done->has_value(); }));
  EXPECT_TRUE(delivered(world, {kOld}));
  EXPECT_LE(world.inboxes.longest, 256u);
}

TEST(FanOut, ItIsNotFinishedBeforeTheLastInboxHasEverything) {
  World world;
  ASSERT_TRUE(*world.open());
  world.inboxes.moods[world.bob] = Mood::failing;
  ASSERT_TRUE(world.sent(world.alice, 1, "hi"));
  auto done = note(world.scope.start([](Conversation& talk) -> Task<Ok> {
    co_await talk.finish_fan_out();
    co_return Ok{};
  }(*world.talk)));
  world.loop.advance(10s);
  EXPECT_FALSE(done->has_value());
  world.inboxes.moods.clear();
  world.loop.advance(1s);
  EXPECT_TRUE(done->has_value());
}

// ---------------------------------------------------------------------------------------------------------- leaving memory

TEST(FanOut, AConversationThatIsNeverQuietMovesItsCheckpointAllTheSame) {
  World world;
  ASSERT_TRUE(*world.open());
  world.send_many(world.alice, 1, 5000);
  world.loop.advance(1s);
  EXPECT_GE(world.disk.state().head(world.log).checkpoint, Seq{4096});
  EXPECT_EQ(world.pending(), true) << "it was not settled";
}

TEST(FanOut, SettlingMakesTheNextOpeningShort) {
  World world;
  ASSERT_TRUE(*world.open());
  world.send_many(world.alice, 1, 300);
  world.reopen();
  EXPECT_EQ(world.pending(), false);
  EXPECT_EQ(world.disk.state().head(world.log).checkpoint, Seq{300});
  EXPECT_EQ(world.talk->head(), Seq{300});
}

}  // namespace
}  // namespace kith::test
