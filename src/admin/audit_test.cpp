#include "admin/audit.h"

#include <gtest/gtest.h>

#include "base/manual_loop.h"
#include "store/memory_store.h"

namespace kith {
namespace {

struct World {
  World() : random(3), disk(loop, random, {}) { start(); }
  // As after a new start of the process.
  void start() {
    log.reset();
    log = std::make_unique<AuditLog>(loop, store);
  }
  template <class T>
  T get(Task<T> task) {
    auto future = scope.start(std::move(task));
    KITH_ASSERT(loop.run_until([&] { return future.is_ready(); }));
    return future.await_resume();
  }
  std::uint64_t note(const std::string& what, std::string outcome = "ok", std::uint64_t number = 0) {
    AuditRecord record{number, {1000}, "administrator", "192.0.2.1", what, "alice", std::move(outcome)};
    return *get(log->note(std::move(record)));
  }
  std::string shown(std::uint64_t before = 0, std::uint32_t limit = 100) {
    auto page = get(log->page(before, limit));
    std::string out;
    for (const AuditRecord& record : page->records) out += std::to_string(record.number) + record.what + ":" + record.outcome + " ";
    return out + (page->more ? "…" : "");
  }

  ManualLoop loop{3};
  SeededRandom random;
  MemoryDisk disk;
  MemoryStore store{disk, loop};
  std::unique_ptr<AuditLog> log;
  Scope scope;
};

TEST(Audit, NumbersGrowAlsoAfterAStart) {
  World world;
  EXPECT_EQ(world.shown(), "");
  EXPECT_EQ(world.note("a"), 1u);
  EXPECT_EQ(world.note("b"), 2u);
  world.start();
  EXPECT_EQ(world.note("c"), 3u);
  EXPECT_EQ(world.shown(), "3c:ok 2b:ok 1a:ok ");
  EXPECT_EQ(world.shown(0, 2), "3c:ok 2b:ok …");
  EXPECT_EQ(world.shown(2, 2), "1a:ok ");
  EXPECT_EQ(world.shown(1, 2), "");
  EXPECT_EQ(world.shown(1000, 1), "3c:ok …");
}

TEST(Audit, ARecordIsCompletedInItsPlace) {
  World world;
  const auto number = world.note("erase", "begun");
  world.note("other");
  world.start();
  EXPECT_EQ(world.shown(), "2other:ok 1erase:begun ") << "a crash leaves it so";
  EXPECT_EQ(world.note("erase", "not_found", number), number);
  EXPECT_EQ(world.shown(), "2other:ok 1erase:not_found ");
}

TEST(Audit, PagesCrossPartsAndTheNewestIsFoundAgain) {
  for (std::uint64_t count : {AuditLog::kRows, AuditLog::kRows + 1, 5 * AuditLog::kRows - 1}) {
    World world;
    for (std::uint64_t i = 1; i <= count; ++i) ASSERT_EQ(world.note("x"), i);
    world.start();
    ASSERT_EQ(world.note("new"), count + 1);
    std::uint64_t expected = count + 1, before = 0;
    for (bool more = true; more;) {
      auto page = world.get(world.log->page(before, 200));
      for (const AuditRecord& record : page->records) ASSERT_EQ(record.number, expected--);
      more = page->more;
      before = page->records.back().number;
    }
    EXPECT_EQ(expected, 0u);
  }
}

TEST(Audit, OnAFullDiskNothingIsNoted) {
  World world;
  world.disk.set_space(Space::none);
  auto refused = world.get(world.log->note({0, {}, "administrator", "", "a", "", "begun"}));
  EXPECT_EQ(refused.error().code, Code::storage_full);
  world.disk.set_space(Space::enough);
  EXPECT_EQ(world.note("b"), 1u);
}

TEST(Audit, ARecordIsReadAsItWasWritten) {
  AuditRecord record{0, {1'700'000'000'000}, "service:shop", "::1", "user.erase", "bob", "ok"};
  const std::string value = encode(record);
  EXPECT_EQ(decode_audit(value), record);
  for (std::size_t i = 0; i < value.size(); ++i) EXPECT_FALSE(decode_audit(value.substr(0, i)));
  EXPECT_FALSE(decode_audit(value + "x"));
}

}  // namespace
}  // namespace kith
