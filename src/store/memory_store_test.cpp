// The faults of the memory store, and what a crash of it leaves.
#include "store/memory_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "store/store_under_test.h"

namespace kith {
namespace {

constexpr Duration kMs = std::chrono::milliseconds(1);
constexpr MemoryTiming kSlow{kMs, 20 * kMs};

struct World {
  explicit World(std::uint64_t seed = 1, MemoryTiming timing = {}) : loop(seed), disk(loop, loop.random(), timing) { start(); }
  void start() { store = std::make_unique<MemoryStore>(disk, loop); }
  void kill() { store.reset(); }

  // Where a result goes that nobody waits for yet.
  struct Result {
    std::optional<StoreResult<Ok>> value;
    bool ok() const { return value && *value; }
  };
  std::shared_ptr<Result> note(Future<StoreResult<Ok>> future) {
    auto result = std::make_shared<Result>();
    std::move(future).then([result](StoreResult<Ok> v) { result->value = v; });
    return result;
  }
  std::shared_ptr<Result> append(std::uint64_t seq, std::vector<std::string> records, std::uint64_t epoch = 1) {
    return note(store->append(batch_of(log_of("a"), epoch, seq, std::move(records))));
  }
  std::shared_ptr<Result> put(std::string value) { return note(store->put(RowTable::meta, "p", {{"k", value}, {"l", value}})); }
  void fail(StoreCall call, std::uint64_t n, MemoryFault fault) {
    MemoryFaults faults;
    faults.exactly = {{call, n, fault}};
    disk.set_faults(faults);
  }

  std::string value() const { return disk.state().get({RowTable::meta, "p", "k"}).value_or("-"); }
  std::size_t rows() const { return disk.state().read(log_of("a"), Seq{0}, Seq{1000}, Direction::up, 4096).rows.size(); }

  ManualLoop loop;
  MemoryDisk disk;
  std::unique_ptr<MemoryStore> store;
};

TEST(MemoryStore, CompletesInTheNextTurnNotInsideTheCall) {
  World world;
  auto write = world.append(1, {"x"});
  EXPECT_FALSE(write->value);
  world.loop.run_until_idle();
  EXPECT_TRUE(write->ok());
}

TEST(MemoryStore, CallsOvertakeEachOther) {
  std::set<bool> first_was_first;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    World world(seed, kSlow);
    std::vector<int> order;
    world.store->put(RowTable::meta, "a", {{"k", "v"}}).then([&](StoreResult<Ok>) { order.push_back(1); });
    world.store->put(RowTable::meta, "b", {{"k", "v"}}).then([&](StoreResult<Ok>) { order.push_back(2); });
    world.loop.advance(100 * kMs);
    ASSERT_EQ(order.size(), 2U);
    first_was_first.insert(order[0] == 1);
  }
  EXPECT_EQ(first_was_first.size(), 2U);
}

TEST(MemoryStore, TheSameSeedGivesTheSameRun) {
  auto run = [](std::uint64_t seed) {
    World world(seed, kSlow);
    MemoryFaults faults;
    faults.unavailable = faults.unknown_lost = faults.unknown_done = faults.unknown_late = 0.1;
    world.disk.set_faults(faults);
    std::string out;
    for (int i = 1; i <= 50; ++i) {
      world.store->append(batch_of(log_of("a"), 1, static_cast<std::uint64_t>(i), {"x"})).then([&, i](StoreResult<Ok> result) {
        out += std::to_string(i) + (result ? "+" : name(result.error())) + "@" + std::to_string(world.loop.now().ns) + " ";
      });
      world.loop.advance(kMs);
    }
    world.loop.advance(10'000 * kMs);
    return out + std::to_string(world.rows());
  };
  EXPECT_EQ(run(7), run(7));
  EXPECT_NE(run(7), run(8));
}

TEST(MemoryStore, WhatCompletedSurvivesACrash) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    World world(seed, kSlow);
    auto append = world.append(1, {"x", "y"});
    auto put = world.put("v");
    world.loop.advance(100 * kMs);
    ASSERT_TRUE(append->ok() && put->ok());
    world.disk.crash();
    EXPECT_EQ(world.rows(), 2U);
    EXPECT_EQ(world.value(), "v");
  }
}

TEST(MemoryStore, WhatIsInFlightAtACrashHappenedOrNotAsAWhole) {
  std::set<std::pair<std::size_t, std::string>> seen;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    World world(seed, kSlow);
    auto append = world.append(1, {"x", "y", "z"});
    auto put = world.put("v");
    world.loop.advance(Duration(static_cast<std::int64_t>(world.loop.random().below(static_cast<std::uint64_t>(kMs.count())))));
    ASSERT_FALSE(append->value || put->value);
    world.disk.crash();
    EXPECT_TRUE(world.rows() == 0 || world.rows() == 3) << world.rows();
    EXPECT_EQ(world.disk.state().get({RowTable::meta, "p", "l"}).value_or("-"), world.value());
    seen.emplace(world.rows(), world.value());
    world.loop.advance(1000 * kMs);
    EXPECT_FALSE(append->value || put->value) << "completed after the crash";
  }
  EXPECT_EQ(seen.size(), 4U) << "each for itself";
}

TEST(MemoryStore, WhatWasSeenOfAWriteInFlightMayVanishInACrash) {
  bool vanished = false;
  for (std::uint64_t seed = 1; seed <= 200 && !vanished; ++seed) {
    World world(seed, kSlow);
    auto put = world.put("v");
    while (world.value() == "-") world.loop.advance(kMs / 10);
    if (put->value) continue;
    world.disk.crash();
    vanished = world.value() == "-";
  }
  EXPECT_TRUE(vanished);
}

TEST(MemoryStore, WhatIsBuiltOnSurvivesWithWhatWasBuilt) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    World world(seed, kSlow);
    auto batch = batch_of(log_of("a"), 1, 1, {"x"});
    batch.head = head_of(1, {{Epoch{1}, Seq{1}}});
    auto first = world.note(world.store->append(batch));
    world.loop.advance(Duration(static_cast<std::int64_t>(world.loop.random().below(10'000'000))));
    auto second = world.note(world.store->set_head(log_of("a"), head_of(2, {{Epoch{1}, Seq{1}}, {Epoch{2}, Seq{2}}})));
    world.loop.advance(Duration(static_cast<std::int64_t>(world.loop.random().below(10'000'000))));
    world.disk.crash();
    auto revision = world.disk.state().head(log_of("a")).revision;
    EXPECT_EQ(world.rows(), revision == 0 ? 0U : 1U) << "a head without the rows of its own step";
  }
}

TEST(MemoryStore, UnknownMayBeNotDoneDoneOrDoneLater) {
  auto outcome_of = [](World& world) {
    auto write = world.put("v");
    world.loop.run_until_idle();
    return write->value && write->value->has_error() ? write->value->error() : StoreError::conflict;
  };
  World lost;
  lost.fail(StoreCall::put, 1, MemoryFault::unknown_lost);
  EXPECT_EQ(outcome_of(lost), StoreError::unknown);
  lost.loop.advance(100'000 * kMs);
  EXPECT_EQ(lost.value(), "-");

  World done;
  done.fail(StoreCall::put, 1, MemoryFault::unknown_done);
  EXPECT_EQ(outcome_of(done), StoreError::unknown);
  EXPECT_EQ(done.value(), "v");

  World late;
  late.fail(StoreCall::put, 1, MemoryFault::unknown_late);
  EXPECT_EQ(outcome_of(late), StoreError::unknown);
  EXPECT_EQ(late.value(), "-");
  late.loop.advance(5'000 * kMs);
  EXPECT_EQ(late.value(), "v");
}

TEST(MemoryStore, ALateWriteDoesNotUndoANewerOneOfItsRow) {
  World world;
  world.fail(StoreCall::put, 1, MemoryFault::unknown_late);
  auto old = world.put("old");
  world.loop.run_until_idle();
  auto repeat = world.put("old");
  auto newer = world.put("new");
  world.loop.run_until_idle();
  ASSERT_TRUE(repeat->ok() && newer->ok());
  world.loop.advance(10'000 * kMs);
  EXPECT_EQ(world.disk.in_flight(), 0U);
  EXPECT_EQ(world.value(), "new");
}

TEST(MemoryStore, ALateHeadIsComparedWhenItLands) {
  World world;
  world.fail(StoreCall::set_head, 1, MemoryFault::unknown_late);
  auto late = world.note(world.store->set_head(log_of("a"), head_of(1, {{Epoch{1}, Seq{1}}})));
  auto winner = world.note(world.store->set_head(log_of("a"), head_of(1, {{Epoch{2}, Seq{1}}})));
  world.loop.advance(10'000 * kMs);
  EXPECT_EQ(late->value->error(), StoreError::unknown);
  EXPECT_TRUE(winner->ok());
  EXPECT_EQ(world.disk.state().head(log_of("a")).chain[0].epoch, Epoch{2});
}

TEST(MemoryStore, ExactlyTheNthCallFails) {
  World world;
  world.fail(StoreCall::append, 3, MemoryFault::unavailable);
  for (std::uint64_t seq = 1; seq <= 5; ++seq) {
    auto put = world.put("v");
    auto write = world.append(seq, {"x"});
    world.loop.run_until_idle();
    EXPECT_TRUE(put->ok());
    EXPECT_EQ(write->ok(), seq != 3);
  }
  EXPECT_EQ(world.rows(), 4U);
  EXPECT_EQ(world.disk.calls(StoreCall::append), 5U);
  EXPECT_EQ(world.disk.calls(StoreCall::put), 5U);
  EXPECT_EQ(world.disk.calls(StoreCall::read), 0U);
}

TEST(MemoryStore, ReadsAreUnavailableOrCorruptNeverUnknown) {
  for (auto fault : {MemoryFault::unknown_done, MemoryFault::corrupt}) {
    World world;
    world.fail(StoreCall::head, 1, fault);
    std::optional<StoreResult<Head>> head;
    world.store->head(log_of("a")).then([&](StoreResult<Head> result) { head = std::move(result); });
    world.loop.run_until_idle();
    EXPECT_EQ(head->error(), fault == MemoryFault::corrupt ? StoreError::corrupt : StoreError::unavailable);
  }
}

TEST(MemoryStore, AKilledProcessLeavesWritesThatLandLate) {
  bool landed_late = false, never = false;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    World world(seed, kSlow);
    auto put = world.put("v");
    world.kill();
    bool at_once = world.value() == "v";
    world.loop.advance(10'000 * kMs);
    EXPECT_EQ(world.disk.in_flight(), 0U);
    EXPECT_FALSE(put->value);
    landed_late = landed_late || (!at_once && world.value() == "v");
    never = never || world.value() == "-";
  }
  EXPECT_TRUE(landed_late);
  EXPECT_TRUE(never);
}

TEST(MemoryStore, SettleDecidesWhatTheDeadLeft) {
  std::set<std::string> values;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    World world(seed, kSlow);
    static_cast<void>(world.put("v"));
    world.kill();
    world.disk.settle();
    EXPECT_EQ(world.disk.in_flight(), 0U);
    auto value = world.value();
    world.loop.advance(10'000 * kMs);
    EXPECT_EQ(world.value(), value);
    values.insert(value);
  }
  EXPECT_EQ(values.size(), 2U);
}

TEST(MemoryStore, WithoutSyncACrashLosesWhatJustCompleted) {
  World world;
  world.disk.set_sync(false, 100 * kMs);
  auto old = world.append(1, {"old"});
  world.loop.advance(200 * kMs);
  auto young = world.append(2, {"young"});
  world.loop.run_until_idle();
  ASSERT_TRUE(old->ok() && young->ok());
  world.kill();
  world.disk.settle();
  EXPECT_EQ(world.rows(), 2U) << "a kill alone loses nothing";
  world.disk.crash();
  EXPECT_EQ(world.rows(), 1U);
}

TEST(MemoryStore, AStoreOnACrashedDiskIsDead) {
  World world;
  world.disk.crash();
  auto write = world.put("v");
  world.loop.advance(1000 * kMs);
  EXPECT_FALSE(write->value);
  EXPECT_EQ(world.value(), "-");
  world.start();
  auto again = world.put("v");
  world.loop.run_until_idle();
  EXPECT_TRUE(again->ok());
}

TEST(MemoryStore, ANumberThatIsGivenTwiceIsNoticed) {
  World world;
  static_cast<void>(world.append(1, {"x"}));
  static_cast<void>(world.append(1, {"x"}));
  world.loop.run_until_idle();
  EXPECT_EQ(world.disk.numbers_reused(), 0U);
  static_cast<void>(world.append(1, {"y"}));
  world.loop.run_until_idle();
  EXPECT_EQ(world.disk.numbers_reused(), 1U);
}

TEST(MemoryStore, AFullDiskRefusesWritesAndServesReads) {
  World world;
  world.disk.set_space(Space::low);
  EXPECT_EQ(world.store->space(), Space::low);
  auto low = world.append(1, {"x"});
  world.disk.set_space(Space::none);
  auto none = world.append(2, {"x"});
  std::optional<StoreResult<Head>> head;
  world.store->head(log_of("a")).then([&](StoreResult<Head> result) { head = std::move(result); });
  world.loop.run_until_idle();
  EXPECT_TRUE(low->ok());
  EXPECT_EQ(none->value->error(), StoreError::full);
  EXPECT_TRUE(head->has_value());
  EXPECT_EQ(world.rows(), 1U);
}

TEST(MemoryStore, StoresOfTwoLoopsShareTheDisk) {
  ManualLoop disk_loop, other_loop;
  MemoryDisk disk(disk_loop, disk_loop.random(), kSlow);
  MemoryStore here(disk, disk_loop), there(disk, other_loop);
  bool done = false;
  there.put(RowTable::meta, "p", {{"k", "v"}}).then([&](StoreResult<Ok> result) { done = result.has_value(); });
  disk_loop.advance(100 * kMs);
  EXPECT_FALSE(done) << "it completes on its own loop";
  other_loop.run_until_idle();
  EXPECT_TRUE(done);
  std::optional<std::string> value;
  here.get({RowTable::meta, "p", "k"}).then([&](StoreResult<std::optional<std::string>> result) { value = *result; });
  disk_loop.advance(100 * kMs);
  EXPECT_EQ(value, "v");
}

}  // namespace
}  // namespace kith
