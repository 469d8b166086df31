#include "log/log.h"

#include <gtest/gtest.h>

#include <deque>

#include "base/manual_loop.h"
#include "log/chain.h"
#include "store/memory_store.h"

namespace kith {
namespace {

const LogId kLog{LogTable::inboxes, "alice"};

// Appends what it is given, and remembers what became durable.
class Owner final : public Log::Owner {
 public:
  Owner(ManualLoop& loop, Store& store, Epoch epoch) : log(loop, store, kLog, epoch, *this) {}

  void append(std::string record) {
    waiting_records.push_back(std::move(record));
    log.ready();
  }
  void fill(Log::Batch& batch) override {
    ++batches;
    while (!waiting_records.empty() && batch.room()) {
      batch.add(std::move(waiting_records.front()));
      waiting_records.pop_front();
    }
  }
  bool waiting() const override { return !waiting_records.empty(); }
  void durable(Seq first, Seq last) override {
    EXPECT_EQ(first, durable_to.next());
    durable_to = last;
  }
  void lost() override { is_lost = true; }

  std::deque<std::string> waiting_records;
  Seq durable_to;
  int batches = 0;
  bool is_lost = false;
  Log log;
};

class LogTest : public ::testing::Test {
 protected:
  std::vector<std::string> open(Owner& owner) {
    std::vector<std::string> tail;
    bool opened = false;
    scope_.start(owner.log.open([&](const LogRow& row) { tail.push_back(row.record); })).then([&](StoreResult<Ok> result) {
      opened = result.has_value();
    });
    loop_.run_until([&] { return opened; });
    EXPECT_TRUE(opened);
    owner.durable_to = owner.log.head();
    return tail;
  }
  std::vector<std::string> read(Owner& owner, Seq low, Seq high, Direction direction, std::uint32_t limit) {
    std::vector<std::string> out;
    bool done = false;
    scope_.start(owner.log.read(low, high, direction, limit)).then([&](StoreResult<std::vector<LogRow>> rows) {
      done = true;
      for (const LogRow& row : *rows) out.push_back(row.record);
    });
    loop_.run_until([&] { return done; });
    return out;
  }
  void settle(Owner& owner) {
    loop_.run_until([&] { return owner.log.idle() && owner.waiting_records.empty(); });
  }

  ManualLoop loop_;
  SeededRandom random_{5};
  MemoryDisk disk_{loop_, random_, {Duration(100us), Duration(2ms)}};
  Scope scope_;
};

TEST_F(LogTest, NumbersAreDenseAndGroupCommitGathersWhatWaits) {
  MemoryStore store(disk_, loop_);
  Owner owner(loop_, store, {1});
  EXPECT_TRUE(open(owner).empty());
  for (int i = 0; i < 100; ++i) owner.append(std::to_string(i));
  settle(owner);
  EXPECT_EQ(owner.log.head(), Seq{100});
  EXPECT_EQ(owner.durable_to, Seq{100});
  EXPECT_EQ(owner.batches, 1);
  EXPECT_EQ(read(owner, {1}, {100}, Direction::up, 3), (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(read(owner, {1}, {100}, Direction::down, 2), (std::vector<std::string>{"99", "98"}));
}

TEST_F(LogTest, ABatchEndsAtTheBorderOfABucket) {
  MemoryStore store(disk_, loop_);
  Owner owner(loop_, store, {1});
  open(owner);
  for (std::uint64_t i = 0; i < kBucketRows + 10; ++i) owner.append("x");
  settle(owner);
  EXPECT_EQ(owner.log.head(), Seq{kBucketRows + 10});
  EXPECT_EQ(owner.batches, 2);
}

TEST_F(LogTest, ANewEpochGoesOnWhereTheOldOneWasDurable) {
  {
    MemoryStore store(disk_, loop_);
    Owner owner(loop_, store, {1});
    open(owner);
    for (int i = 0; i < 10; ++i) owner.append("old " + std::to_string(i));
    settle(owner);
    for (int i = 0; i < 10; ++i) owner.append("perhaps");
    loop_.run_until_idle();  // Submitted, not durable.
  }
  disk_.crash();
  MemoryStore store(disk_, loop_);
  Owner owner(loop_, store, {2});
  auto tail = open(owner);
  ASSERT_GE(tail.size(), 10u);
  EXPECT_EQ(tail[9], "old 9");
  owner.append("new");
  settle(owner);
  EXPECT_EQ(owner.log.head().value, tail.size() + 1);
  EXPECT_EQ(read(owner, owner.log.head(), owner.log.head(), Direction::up, 1), std::vector<std::string>{"new"});
}

// The row of a dead epoch at a number that a later one gave out is not there for any reader, whenever it lands.
TEST_F(LogTest, ALateRowOfADeadEpochIsNotSeen) {
  MemoryStore store(disk_, loop_);
  Owner owner(loop_, store, {2});
  open(owner);
  owner.append("mine");
  settle(owner);
  bool landed = false;
  store.append({kLog, {1}, {1}, {"ghost", "ghost of the next"}, std::nullopt}).then([&](StoreResult<Ok>) { landed = true; });
  loop_.run_until([&] { return landed; });
  EXPECT_EQ(read(owner, {1}, {5}, Direction::up, 10), std::vector<std::string>{"mine"});
  Owner next(loop_, store, {3});
  EXPECT_EQ(open(next), std::vector<std::string>{"mine"});
  EXPECT_EQ(next.log.head(), Seq{1});
}

TEST_F(LogTest, AnUnknownOutcomeRepeatsTheIdenticalWrite) {
  MemoryStore store(disk_, loop_);
  Owner owner(loop_, store, {1});
  open(owner);
  MemoryFaults faults;
  faults.unknown_done = 0.3;
  faults.unknown_lost = 0.3;
  faults.unknown_late = 0.2;
  disk_.set_faults(faults);
  for (int i = 0; i < 50; ++i) {
    owner.append(std::to_string(i));
    loop_.advance(1ms);
  }
  settle(owner);
  disk_.set_faults({});
  EXPECT_EQ(owner.log.head(), Seq{50});
  EXPECT_EQ(disk_.numbers_reused(), 0u);
  auto all = read(owner, {1}, {50}, Direction::up, 100);
  ASSERT_EQ(all.size(), 50u);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)], std::to_string(i));
}

TEST_F(LogTest, ACheckpointShortensTheNextOpening) {
  MemoryStore store(disk_, loop_);
  Owner owner(loop_, store, {1});
  open(owner);
  for (int i = 0; i < 30; ++i) owner.append(std::to_string(i));
  settle(owner);
  bool done = false;
  scope_.start(owner.log.set_checkpoint({20})).then([&](StoreResult<Ok> result) { done = result.has_value(); });
  loop_.run_until([&] { return done; });
  Owner next(loop_, store, {2});
  EXPECT_EQ(open(next).size(), 10u);
  EXPECT_EQ(next.log.head(), Seq{30});
}

TEST_F(LogTest, AnotherWriterIsNoticed) {
  MemoryStore store(disk_, loop_);
  Owner mine(loop_, store, {1});
  open(mine);
  Owner theirs(loop_, store, {2});
  open(theirs);
  theirs.append("theirs");
  settle(theirs);
  mine.append("mine");
  loop_.run_until([&] { return mine.is_lost; });
  EXPECT_TRUE(mine.is_lost);
  EXPECT_EQ(read(theirs, {1}, {9}, Direction::up, 9), std::vector<std::string>{"theirs"});
}

TEST(Chain, ReplacesAnEpochThatNeverWrote) {
  std::vector<Head::Link> chain;
  chain = extended(chain, {1}, {1});
  chain = extended(chain, {2}, {1});
  EXPECT_EQ(chain, (std::vector<Head::Link>{{{2}, {1}}}));
  chain = extended(chain, {5}, {10});
  EXPECT_EQ(epoch_at(chain, {9}), Epoch{2});
  EXPECT_EQ(epoch_at(chain, {10}), Epoch{5});
  EXPECT_EQ(epoch_at({}, {1}), std::nullopt);
}

}  // namespace
}  // namespace kith
