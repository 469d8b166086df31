// What a disk can do to the RocksDB store: lose power at any call, fail any call, tear, flip bits, fill up. After each of these either
// everything that was acked is served, or the store refuses with a reason; it never answers with less.
#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <fstream>
#include <iostream>
#include <map>
#include <thread>

#include "store/fault_fs.h"
#include "store/rocksdb_store.h"
#include "store/store_under_test.h"

namespace kith {
namespace {

using Fault = FaultFileSystem::Fault;
using Power = FaultFileSystem::Power;

// What was acked, and what may be there besides.
struct Acked {
  std::uint64_t rows = 0;      // Of log "a", from 1, without a hole.
  std::uint64_t tried = 0;     // The last one that was tried.
  std::uint64_t value = 0;     // Of the row "k", which grows.
  std::uint64_t revision = 0;  // Of the head.
  bool rewritten = false;      // Row 2.
};

std::string record(std::uint64_t seq, std::size_t size = 100) {
  return std::to_string(seq) + std::string(size, static_cast<char>('a' + seq % 26));
}

// A machine with a disk that can fail, and one process on it.
class Machine {
 public:
  explicit Machine(std::uint64_t seed = 1, bool faults = true) : random_(seed) {
    if (faults) files_ = std::make_shared<FaultFileSystem>(directory_.path() + "/aside", random_);
  }
  ~Machine() { stop(); }

  FaultFileSystem& disk() { return *files_; }
  SeededRandom& random() { return random_; }
  std::string path() const { return directory_.path() + "/data"; }
  RocksEngine& engine() { return *engine_; }
  Store& store() { return *store_; }
  bool running() const { return engine_ != nullptr; }
  bool failed() const { return failed_; }
  const std::string& refusal() const { return refusal_; }

  bool start(RocksOptions options = {}) {
    failed_ = false;
    options.path = path();
    options.file_system = files_;
    if (options.low_bytes == 0) options.low_bytes = options.none_bytes = 1;
    options.memtable_mb = 4;
    options.fatal = [this](const std::string&) {
      // As if the process had ended: nothing that it does counts any more.
      if (files_) files_->turn_off();
      failed_ = true;
      loop_.post([] {});
    };
    auto opened = RocksEngine::open(std::move(options));
    if (!opened) {
      refusal_ = std::move(opened).error().detail;
      return false;
    }
    engine_ = std::move(*opened);
    store_ = engine_->store(loop_);
    return true;
  }

  void stop() {
    store_.reset();
    engine_.reset();
  }

  // Ends the process with the machine off, and starts the machine.
  void restart(Power power) {
    disk().turn_off();
    stop();
    disk().turn_on(power);
  }

  // Nothing: the process failed.
  template <class T>
  std::optional<T> await(Future<T> future) {
    auto value = std::make_shared<std::optional<T>>();
    std::move(future).then([value](T v) { value->emplace(std::move(v)); });
    bool done = loop_.run_until([&] { return value->has_value() || failed_; }, ManualLoop::Clock::stands, std::chrono::seconds(60));
    KITH_ASSERT(done);
    return std::move(*value);
  }

  // Writes that are in flight together: `rows` appends and one put. What completes is noted, even when the process fails on the way.
  bool write(Acked& acked, std::uint64_t rows, bool with_put = true) {
    auto left = std::make_shared<std::uint64_t>(rows + (with_put ? 1 : 0));
    std::uint64_t last = acked.tried + rows, value = acked.value + (with_put ? 1 : 0);
    for (std::uint64_t i = 0; i < rows; ++i) {
      std::uint64_t seq = ++acked.tried;
      auto batch = batch_of(log_of("a"), 1, seq, {record(seq)});
      if (seq % 5 == 1) {
        batch.head = head_of(seq / 5 + 1);
        batch.head->checkpoint = Seq{seq};
      }
      store().append(std::move(batch)).then([&acked, left, seq](StoreResult<Ok> result) {
        --*left;
        if (!result || acked.rows + 1 != seq) return;
        acked.rows = seq;
        if (seq % 5 == 1) acked.revision = seq / 5 + 1;
      });
    }
    auto text = std::to_string(acked.value + 1);
    if (with_put) {
      store().put(RowTable::users, "u", {{"k", text}, {"same", text}}).then([&acked, left](StoreResult<Ok> result) {
        --*left;
        if (result) ++acked.value;
      });
    }
    KITH_ASSERT(loop_.run_until([&] { return *left == 0 || failed_; }, ManualLoop::Clock::stands, std::chrono::seconds(60)));
    return acked.rows == last && acked.value == value;
  }
  bool append(Acked& acked) { return write(acked, 1, false); }
  bool put(Acked& acked) { return write(acked, 0); }

  bool rewrite(Acked& acked) {
    auto result = await(store().rewrite(log_of("a"), Seq{2}, Epoch{1}, 1000, "rewritten"));
    if (!result || !*result) return false;
    acked.rewritten = true;
    return true;
  }

  // "": all that was acked is there and right. Else what is not.
  std::string missing(const Acked& acked) {
    auto page = await(store().read(log_of("a"), Seq{0}, Seq{~std::uint64_t{0}}, Direction::up, 4096));
    if (!page || !*page) return "the log cannot be read";
    std::map<std::uint64_t, LogRow> rows;
    for (auto& row : (*page)->rows) rows.emplace(row.seq.value, std::move(row));
    for (std::uint64_t seq = 1; seq <= acked.rows; ++seq) {
      if (!rows.contains(seq)) return "row " + std::to_string(seq) + " of " + std::to_string(acked.rows) + " is lost";
    }
    for (const auto& [seq, row] : rows) {
      if (seq > acked.tried) return "a row that nobody wrote";
      bool rewritten = seq == 2 && row.version == 1000 && row.record == "rewritten";
      if (seq == 2 && acked.rewritten && !rewritten) return "the rewrite is lost";
      if (!rewritten && row.record != record(seq)) return "wrong bytes at " + std::to_string(seq);
    }
    auto head = await(store().head(log_of("a")));
    if (!head || !*head) return "the head cannot be read";
    if ((*head)->revision < acked.revision) return "the head is old";
    if ((*head)->revision > 0 && !rows.contains((*head)->checkpoint.value)) return "a head without its rows";
    auto values = await(store().multi_get({{RowTable::users, "u", "k"}, {RowTable::users, "u", "same"}}));
    if (!values || !*values) return "the row cannot be read";
    if ((**values)[0] != (**values)[1]) return "half of a put";
    if (std::stoull((**values)[0].value_or("0")) < acked.value) return "the row is old";
    return "";
  }

 private:
  ScratchDirectory directory_;
  SeededRandom random_;
  std::shared_ptr<FaultFileSystem> files_;
  ManualLoop loop_;
  std::atomic<bool> failed_{false};
  std::string refusal_;
  std::unique_ptr<RocksEngine> engine_;
  std::unique_ptr<Store> store_;
};

// Passes every kind of disk call: opening, the log, a flush, a recovery from the log, and writing after it. Ends early when it fails.
void live(Machine& machine, Acked& acked) {
  if (!machine.start() || !machine.write(acked, 1) || !machine.write(acked, 3) || !machine.rewrite(acked)) return;
  machine.engine().flush();
  if (machine.failed() || !machine.write(acked, 3)) return;
  machine.stop();
  if (!machine.start() || !machine.write(acked, 2)) return;
  machine.engine().flush();
  if (!machine.failed()) machine.write(acked, 1);
}

struct Tally {
  int cases = 0;
  int refused = 0;
  int lost = 0;
};

bool has_reason(const std::string& detail) {
  for (const char* reason : {"locked: ", "corrupt: ", "newer_format: ", "disk: "}) {
    if (detail.rfind(reason, 0) == 0) return true;
  }
  return false;
}

void judge(Machine& machine, const Acked& acked, Tally& tally, const std::string& what) {
  ++tally.cases;
  if (!machine.start()) {
    ++tally.refused;
    EXPECT_TRUE(has_reason(machine.refusal())) << machine.refusal();
    return;
  }
  auto missing = machine.missing(acked);
  if (!missing.empty()) ++tally.lost;
  EXPECT_EQ(missing, "") << what;
  // And it goes on from there.
  EXPECT_TRUE(machine.await(machine.store().put(RowTable::users, "after", {{"k", "v"}}))) << what;
}

// RocksDB sleeps a second after each failed job, so lives run side by side.
constexpr std::uint64_t kSideBySide = 5;

// Every fifth call of a kind, one by one, until a life has no such call.
template <class After>
void every_call_of(DiskCall call, std::uint64_t first, Fault fault, After& after, Tally& tally) {
  for (std::uint64_t n = first; !testing::Test::HasFailure(); n += kSideBySide) {
    Acked acked;
    Machine machine(static_cast<std::uint64_t>(call) * 1000 + n);
    machine.disk().arm(call, n, fault);
    live(machine, acked);
    if (!machine.disk().fired()) return;
    after(machine, acked, tally, std::string(name(call)) + " " + std::to_string(n));
  }
}

// Each call of each kind.
template <class After>
Tally every_call(Fault fault, After after) {
  std::array<Tally, kDiskCalls * kSideBySide> tallies;
  // One pool of threads serves all databases of a process; with too few the sleeps would queue up.
  for (auto pool : {rocksdb::Env::Priority::HIGH, rocksdb::Env::Priority::LOW}) rocksdb::Env::Default()->SetBackgroundThreads(64, pool);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    threads.emplace_back([&, i] { every_call_of(static_cast<DiskCall>(i / kSideBySide), 1 + i % kSideBySide, fault, after, tallies[i]); });
  }
  for (auto& thread : threads) thread.join();
  Tally sum;
  for (const auto& tally : tallies) {
    sum.cases += tally.cases;
    sum.refused += tally.refused;
    sum.lost += tally.lost;
  }
  std::cout << "[ cases ] " << sum.cases << ", refused " << sum.refused << ", lost " << sum.lost << "\n";
  EXPECT_GT(sum.cases, 100);
  EXPECT_EQ(sum.lost, 0);
  return sum;
}

TEST(RocksDisk, PowerLossAtEveryCallLosesNothing) {
  auto tally = every_call(Fault::off, [](Machine& machine, const Acked& acked, Tally& sum, const std::string& what) {
    machine.restart(Power::lost);
    judge(machine, acked, sum, "power lost at " + what);
  });
  EXPECT_EQ(tally.refused, 0) << "a torn tail opens";
}

TEST(RocksDisk, AKillAtEveryCallLosesNothing) {
  auto tally = every_call(Fault::off, [](Machine& machine, const Acked& acked, Tally& sum, const std::string& what) {
    machine.restart(Power::kept);
    judge(machine, acked, sum, "killed at " + what);
  });
  EXPECT_EQ(tally.refused, 0);
}

TEST(RocksDisk, AFailureOfEveryCallLosesNothing) {
  every_call(Fault::error, [](Machine& machine, const Acked& acked, Tally& sum, const std::string& what) {
    machine.restart(Power::lost);
    judge(machine, acked, sum, "failed, then power lost: " + what);
  });
}

// Linux: what a failed sync left behind can be read, looks clean, and is gone with the power.
TEST(RocksDisk, WhatIsServedAfterAFailedSyncStaysServed) {
  every_call(Fault::error, [](Machine& machine, const Acked& acked, Tally& sum, const std::string& what) {
    machine.restart(Power::kept);
    judge(machine, acked, sum, "failed: " + what);
    if (!machine.running()) return;
    Acked seen = acked;
    auto page = machine.await(machine.store().read(log_of("a"), Seq{0}, Seq{1000}, Direction::up, 4096));
    ASSERT_TRUE(page && *page);
    for (const auto& row : (*page)->rows) {
      if (row.seq.value == seen.rows + 1) ++seen.rows;
    }
    machine.restart(Power::lost);
    judge(machine, seen, sum, "failed, served, then power lost: " + what);
  });
}

TEST(RocksDisk, PowerLossAfterAnyNumberOfAcks) {
  for (std::uint64_t m = 1; m <= 80; ++m) {
    Machine machine(m);
    Acked acked;
    ASSERT_TRUE(machine.start());
    while (acked.rows < m) {
      ASSERT_TRUE(machine.write(acked, std::min<std::uint64_t>(m - acked.rows, 1 + m % 9)));
      if (m % 7 == 0) machine.engine().flush();
    }
    // A burst that nobody waits for is torn somewhere.
    for (int i = 0; i < 3; ++i) {
      std::uint64_t seq = ++acked.tried;
      static_cast<void>(machine.store().append(batch_of(log_of("a"), 1, seq, {record(seq)})));
    }
    machine.restart(Power::lost);
    Tally tally;
    judge(machine, acked, tally, std::to_string(m) + " acks");
    EXPECT_EQ(tally.refused, 0);
  }
}

// The suite can see: a disk that does not sync loses what was acked, and it is noticed.
TEST(RocksDisk, ALieAboutSyncIsNoticed) {
  int noticed = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Machine machine(seed);
    Acked acked;
    ASSERT_TRUE(machine.start());
    machine.disk().lie_about_sync(true);
    for (int i = 0; i < 6; ++i) ASSERT_TRUE(machine.write(acked, 5));
    machine.restart(Power::lost);
    machine.disk().lie_about_sync(false);
    ASSERT_TRUE(machine.start()) << machine.refusal();
    noticed += machine.missing(acked).find("of 30 is lost") != std::string::npos;
  }
  EXPECT_GE(noticed, 4);
}

// ---- damage

std::vector<std::string> files_of(const Machine& machine, const std::string& extension) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(machine.path())) {
    if (entry.path().extension() == extension && entry.file_size() > 0) out.push_back(entry.path().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

void flip(const std::string& file, std::uint64_t offset, int bit) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  char byte = static_cast<char>(stream.get() ^ (1 << bit));
  stream.seekp(static_cast<std::streamoff>(offset));
  stream.put(byte);
}

constexpr std::uint64_t kLogBlock = 32 * 1024;

void write_rows(Machine& machine, Acked& acked, std::uint64_t rows, std::uint64_t together = 2) {
  ASSERT_TRUE(machine.start());
  for (std::uint64_t i = 0; i < rows; i += together) ASSERT_TRUE(machine.write(acked, together, false));
}

TEST(RocksDisk, DamageInTheMiddleOfTheLogRefusesToOpen) {
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Machine machine(seed, false);
    ASSERT_TRUE(machine.start());
    for (std::uint64_t seq = 1; seq <= 10; seq += 5) {
      std::vector<std::string> records;
      for (std::uint64_t i = seq; i < seq + 5; ++i) records.push_back(record(i, 16 * 1024));
      ASSERT_TRUE(machine.await(machine.store().append(batch_of(log_of("a"), 1, seq, std::move(records)))));
    }
    machine.stop();
    auto log = files_of(machine, ".log").back();
    std::uint64_t size = std::filesystem::file_size(log);
    ASSERT_GT(size, 4 * kLogBlock);
    flip(log, machine.random().below(size / kLogBlock * kLogBlock - kLogBlock), static_cast<int>(machine.random().below(8)));
    if (!machine.start()) {
      ++refused;
      EXPECT_EQ(machine.refusal().rfind("corrupt: ", 0), 0U) << machine.refusal();
      continue;
    }
    // A bit that nobody looks at: then everything must be there.
    auto page = machine.await(machine.store().read(log_of("a"), Seq{0}, Seq{100}, Direction::up, 4096));
    ASSERT_TRUE(page && *page);
    EXPECT_EQ((*page)->rows.size(), 10U) << "a silent loss, seed " << seed;
  }
  EXPECT_GE(refused, 38);
}

TEST(RocksDisk, ATornTailOpens) {
  for (std::uint64_t cut = 1; cut <= 200; cut += 9) {
    Machine machine(cut, false);
    Acked acked;
    write_rows(machine, acked, 10);
    machine.stop();
    auto log = files_of(machine, ".log").back();
    std::filesystem::resize_file(log, std::filesystem::file_size(log) - cut);
    ASSERT_TRUE(machine.start()) << machine.refusal();
    acked.rows = acked.tried - 2;  // What was submitted together is one record of the log.
    acked.revision = 1;
    EXPECT_EQ(machine.missing(acked), "") << cut;
  }
}

// A flipped bit in a sorted file: the right rows, or an error, or no start; never fewer rows.
TEST(RocksDisk, DamageInASortedFileIsNeverAnEmptyAnswer) {
  int errors = 0, refused = 0, harmless = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Machine machine(seed, false);
    Acked acked;
    // Many blocks, so that it is not always the one with the schema version.
    write_rows(machine, acked, 200, 50);
    ASSERT_TRUE(machine.put(acked));
    machine.engine().flush();
    machine.stop();
    auto sorted = files_of(machine, ".sst").front();
    flip(sorted, machine.random().below(std::filesystem::file_size(sorted)), static_cast<int>(machine.random().below(8)));
    if (!machine.start()) {
      ++refused;
      EXPECT_TRUE(has_reason(machine.refusal())) << machine.refusal();
      continue;
    }
    auto page = machine.await(machine.store().read(log_of("a"), Seq{0}, Seq{1000}, Direction::down, 4096));
    auto value = machine.await(machine.store().get({RowTable::users, "u", "k"}));
    auto head = machine.await(machine.store().head(log_of("a")));
    ASSERT_TRUE(page && value && head);
    for (auto error : {page->has_error() ? page->error() : StoreError::corrupt, value->has_error() ? value->error() : StoreError::corrupt,
                       head->has_error() ? head->error() : StoreError::corrupt}) {
      EXPECT_EQ(error, StoreError::corrupt);
    }
    bool bad = page->has_error() || value->has_error() || head->has_error();
    (bad ? errors : harmless) += 1;
    if (*page) {
      EXPECT_EQ((*page)->rows.size(), 200U) << "an empty answer, seed " << seed;
      for (const auto& row : (*page)->rows) EXPECT_EQ(row.record, record(row.seq.value));
    }
    if (*value) {
      EXPECT_EQ(**value, "1");
    }
    if (*head) {
      EXPECT_EQ((*head)->revision, acked.revision);
    }
  }
  std::cout << "[ cases ] errors " << errors << ", refused " << refused << ", harmless " << harmless << "\n";
  EXPECT_GE(errors, 20);
}

TEST(RocksDisk, DamageInTheManifestRefusesToOpen) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Machine machine(seed, false);
    Acked acked;
    write_rows(machine, acked, 20);
    machine.engine().flush();
    machine.stop();
    std::string manifest;
    for (const auto& entry : std::filesystem::directory_iterator(machine.path())) {
      if (entry.path().filename().string().rfind("MANIFEST", 0) == 0) manifest = entry.path().string();
    }
    ASSERT_FALSE(manifest.empty());
    flip(manifest, machine.random().below(std::filesystem::file_size(manifest)), static_cast<int>(machine.random().below(8)));
    if (!machine.start()) {
      EXPECT_TRUE(has_reason(machine.refusal())) << machine.refusal();
      continue;
    }
    EXPECT_EQ(machine.missing(acked), "") << "a silent loss, seed " << seed;
  }
}

// ---- opening

TEST(RocksOpen, ASecondOpeningIsRefused) {
  Machine machine(1, false);
  ASSERT_TRUE(machine.start());
  RocksOptions options;
  options.path = machine.path();
  auto second = RocksEngine::open(std::move(options));
  ASSERT_FALSE(second);
  EXPECT_EQ(std::move(second).error().detail.rfind("locked: ", 0), 0U);
  auto inspector = inspect_rocksdb(machine.path());
  ASSERT_FALSE(inspector);
  EXPECT_EQ(std::move(inspector).error().detail.rfind("locked: ", 0), 0U);
}

TEST(RocksOpen, ANewerFormatIsRefused) {
  Machine machine(1, false);
  ASSERT_TRUE(machine.start());
  ASSERT_TRUE(machine.await(machine.store().put(RowTable::meta, "", {{"schema", "2"}})));
  machine.stop();
  EXPECT_FALSE(machine.start());
  EXPECT_EQ(machine.refusal().rfind("newer_format: ", 0), 0U) << machine.refusal();
}

TEST(RocksOpen, NothingIsInspectedWhereNothingIs) { EXPECT_FALSE(inspect_rocksdb("/nonexistent/kith")); }

// ---- failure and space

TEST(RocksFailure, TheFirstFailedSyncEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        SeededRandom random(1);
        ScratchDirectory directory;
        RocksOptions options;
        options.path = directory.path() + "/data";
        options.file_system = std::make_shared<FaultFileSystem>(directory.path() + "/aside", random);
        auto* disk = static_cast<FaultFileSystem*>(options.file_system.get());
        auto engine = RocksEngine::open(std::move(options));
        ManualLoop loop;
        auto store = (*engine)->store(loop);
        disk->arm(DiskCall::sync, 1, Fault::error);
        auto write = store->append(batch_of(log_of("a"), 1, 1, {"x"}));
        loop.run_until([&] { return write.is_ready(); }, ManualLoop::Clock::stands, std::chrono::seconds(60));
      },
      testing::ExitedWithCode(74), "the store failed and the process ends: .*injected: sync");
}

TEST(RocksFailure, AfterAFailedSyncNothingCompletes) {
  Machine machine;
  Acked acked;
  ASSERT_TRUE(machine.start());
  ASSERT_TRUE(machine.append(acked));
  machine.disk().arm(DiskCall::sync, 1, Fault::error);
  EXPECT_FALSE(machine.append(acked));
  EXPECT_TRUE(machine.failed());
  EXPECT_FALSE(machine.append(acked));
}

TEST(RocksSpace, AFullDiskRefusesWritesAndServesReads) {
  Machine machine(1, false);
  auto free = std::make_shared<std::atomic<std::uint64_t>>(1000);
  RocksOptions options;
  options.low_bytes = 500;
  options.none_bytes = 100;
  options.disk_space = [free] { return DiskSpace{*free, 10'000}; };
  ASSERT_TRUE(machine.start(std::move(options)));
  Acked acked;
  ASSERT_TRUE(machine.append(acked));
  EXPECT_EQ(machine.store().space(), Space::enough);

  auto wait_for = [&](Space space) {
    // Looked at once a second, at the next write.
    for (int i = 0; i < 300 && machine.store().space() != space; ++i) {
      usleep(10'000);
      static_cast<void>(machine.await(machine.store().put(RowTable::users, "u", {{"k", "0"}})));
    }
    return machine.store().space() == space;
  };
  *free = 499;
  ASSERT_TRUE(wait_for(Space::low));
  EXPECT_TRUE(machine.append(acked));

  *free = 99;
  ASSERT_TRUE(wait_for(Space::none));
  std::uint64_t seq = acked.rows + 1;
  EXPECT_EQ(machine.await(machine.store().append(batch_of(log_of("a"), 1, seq, {"x"})))->error(), StoreError::full);
  EXPECT_EQ(machine.await(machine.store().put(RowTable::users, "u", {{"k", "1"}}))->error(), StoreError::full);
  EXPECT_EQ(machine.await(machine.store().set_head(log_of("z"), head_of(1)))->error(), StoreError::full);
  auto page = machine.await(machine.store().read(log_of("a"), Seq{0}, Seq{100}, Direction::up, 10));
  ASSERT_TRUE(page && *page);
  EXPECT_EQ((*page)->rows.size(), acked.rows);

  *free = 1000;
  // Without any write, too.
  for (int i = 0; i < 400 && machine.store().space() != Space::enough; ++i) usleep(10'000);
  EXPECT_EQ(machine.store().space(), Space::enough);
  EXPECT_TRUE(machine.append(acked));
}

TEST(RocksCommit, OneSyncForAllThatWasSubmittedMeanwhile) {
  Machine machine(1, false);
  ASSERT_TRUE(machine.start());
  std::vector<Future<StoreResult<Ok>>> writes;
  auto before = machine.engine().stats();
  for (int i = 0; i < 1000; ++i) writes.push_back(machine.store().append(batch_of(log_of("log" + std::to_string(i)), 1, 1, {"x"})));
  for (auto& write : writes) ASSERT_TRUE(machine.await(std::move(write)).has_value());
  auto after = machine.engine().stats();
  EXPECT_EQ(after.writes - before.writes, 1000U);
  EXPECT_LT(after.commits - before.commits, 300U);
}

}  // namespace
}  // namespace kith
