// The contract of store/store.h, sentence by sentence, against every engine.
#include <gtest/gtest.h>

#include <algorithm>

#include "store/memory_store.h"
#include "store/rocksdb_store.h"
#include "store/store_under_test.h"

namespace kith {
namespace {

constexpr auto kUp = Direction::up;
constexpr auto kDown = Direction::down;
constexpr Seq kEnd{~std::uint64_t{0}};

class MemoryUnderTest : public StoreUnderTest {
 public:
  explicit MemoryUnderTest(MemoryTiming timing, MemoryFaults faults = {}) : disk_(loop_, loop_.random(), timing) {
    disk_.set_faults(std::move(faults));
    reopen();
  }
  ManualLoop& loop() override { return loop_; }
  Store& store() override { return *store_; }
  void reopen() override {
    store_.reset();
    store_ = std::make_unique<MemoryStore>(disk_, loop_);
  }
  std::unique_ptr<Inspector> stop_and_inspect() override {
    store_.reset();
    return disk_.inspect();
  }

 private:
  ManualLoop loop_;
  MemoryDisk disk_;
  std::unique_ptr<MemoryStore> store_;
};

class RocksUnderTest : public StoreUnderTest {
 public:
  RocksUnderTest() { reopen(); }
  ~RocksUnderTest() override { stop(); }
  ManualLoop& loop() override { return loop_; }
  Store& store() override { return *store_; }
  void reopen() override {
    stop();
    RocksOptions options;
    options.path = directory_.path() + "/data";
    options.low_bytes = 1;
    options.none_bytes = 1;
    auto opened = RocksEngine::open(std::move(options));
    KITH_ASSERT(opened.has_value());
    engine_ = std::move(*opened);
    store_ = engine_->store(loop_);
  }
  std::unique_ptr<Inspector> stop_and_inspect() override {
    stop();
    auto inspector = inspect_rocksdb(directory_.path() + "/data");
    KITH_ASSERT(inspector.has_value());
    return std::move(*inspector);
  }

 private:
  void stop() {
    store_.reset();
    engine_.reset();
  }

  ScratchDirectory directory_;
  ManualLoop loop_;
  std::unique_ptr<RocksEngine> engine_;
  std::unique_ptr<Store> store_;
};

std::vector<Engine> all_engines() {
  MemoryFaults short_pages;
  short_pages.short_pages = 0.5;
  MemoryTiming slow{std::chrono::microseconds(10), std::chrono::milliseconds(20)};
  return {{"memory_instant", [] { return std::make_unique<MemoryUnderTest>(MemoryTiming{}); }},
          {"memory_slow", [slow] { return std::make_unique<MemoryUnderTest>(slow); }},
          {"memory_short_pages", [=] { return std::make_unique<MemoryUnderTest>(slow, short_pages); }},
          {"rocksdb", [] { return std::make_unique<RocksUnderTest>(); }}};
}

class StoreContract : public testing::TestWithParam<Engine> {
 protected:
  StoreContract() : engine_(GetParam().make()) {}

  Store& store() { return engine_->store(); }
  template <class T>
  T await(Future<T> future) {
    return engine_->await(std::move(future));
  }

  void append(const LogId& log, std::uint64_t epoch, std::uint64_t first, std::vector<std::string> records) {
    ASSERT_TRUE(await(store().append(batch_of(log, epoch, first, std::move(records)))));
  }

  // All rows between, page after page, as "seq.epoch@version=record" in the order in which they came.
  std::vector<std::string> rows(const LogId& log, Seq low = Seq{0}, Seq high = kEnd, Direction direction = kUp,
                                std::uint32_t limit = 4096) {
    std::vector<std::string> out;
    for (bool more = true; more;) {
      auto page = await(store().read(log, low, high, direction, limit));
      EXPECT_TRUE(page);
      if (!page) break;
      more = page->more;
      EXPECT_TRUE(!more || !page->rows.empty());
      if (more && page->rows.empty()) break;
      for (auto& row : page->rows) {
        out.push_back(std::to_string(row.seq.value) + "." + std::to_string(row.epoch.value) + "@" + std::to_string(row.version) + "=" +
                      row.record);
      }
      if (!more) break;
      (direction == kUp ? low : high) = direction == kUp ? page->rows.back().seq + 1 : page->rows.back().seq - 1;
    }
    return out;
  }

  std::vector<std::string> scan_all(RowTable table, const std::string& partition, std::string from, std::uint32_t limit) {
    std::vector<std::string> out;
    for (bool more = true; more;) {
      auto page = await(store().scan(table, partition, from, limit));
      EXPECT_TRUE(page);
      if (!page) break;
      EXPECT_LE(page->rows.size(), limit);
      more = page->more;
      EXPECT_TRUE(!more || !page->rows.empty());
      if (more && page->rows.empty()) break;
      for (auto& row : page->rows) out.push_back(row.key + "=" + row.value);
      if (more) from = page->rows.back().key + '\0';
    }
    return out;
  }

  std::unique_ptr<StoreUnderTest> engine_;
};

using Lines = std::vector<std::string>;

// ---- append and read

TEST_P(StoreContract, AppendedRowsAreReadInBothDirections) {
  append(log_of("a"), 1, 1, {"x", "y", "z"});
  EXPECT_EQ(rows(log_of("a")), (Lines{"1.1@1=x", "2.1@2=y", "3.1@3=z"}));
  EXPECT_EQ(rows(log_of("a"), Seq{0}, kEnd, kDown), (Lines{"3.1@3=z", "2.1@2=y", "1.1@1=x"}));
}

TEST_P(StoreContract, BothEndsOfARangeAreIncluded) {
  append(log_of("a"), 1, 1, {"1", "2", "3", "4", "5"});
  EXPECT_EQ(rows(log_of("a"), Seq{2}, Seq{4}), (Lines{"2.1@2=2", "3.1@3=3", "4.1@4=4"}));
  EXPECT_EQ(rows(log_of("a"), Seq{2}, Seq{4}, kDown), (Lines{"4.1@4=4", "3.1@3=3", "2.1@2=2"}));
  EXPECT_EQ(rows(log_of("a"), Seq{3}, Seq{3}), (Lines{"3.1@3=3"}));
  EXPECT_EQ(rows(log_of("a"), Seq{4}, Seq{3}), Lines{});
  EXPECT_EQ(rows(log_of("a"), Seq{6}, kEnd), Lines{});
  EXPECT_EQ(rows(log_of("nobody")), Lines{});
}

TEST_P(StoreContract, LimitBoundsAPageAndMoreTellsOfTheRest) {
  append(log_of("a"), 1, 1, {"1", "2", "3", "4", "5"});
  for (Direction direction : {kUp, kDown}) {
    for (std::uint32_t limit = 1; limit <= 6; ++limit) {
      auto page = await(store().read(log_of("a"), Seq{1}, Seq{5}, direction, limit));
      ASSERT_TRUE(page);
      EXPECT_LE(page->rows.size(), limit);
      EXPECT_EQ(page->more, page->rows.size() < 5);
      EXPECT_EQ(rows(log_of("a"), Seq{1}, Seq{5}, direction, limit).size(), 5U);
    }
  }
  // What lies outside of the range is not "more".
  auto page = await(store().read(log_of("a"), Seq{1}, Seq{1}, kUp, 1));
  ASSERT_TRUE(page);
  EXPECT_FALSE(page->more);
}

TEST_P(StoreContract, RowsOfAllEpochsComeOrderedBySeqThenEpoch) {
  append(log_of("a"), 300, 2, {"late"});
  append(log_of("a"), 1, 1, {"p", "q"});
  append(log_of("a"), 2, 2, {"r", "s"});
  EXPECT_EQ(rows(log_of("a")), (Lines{"1.1@1=p", "2.1@2=q", "2.2@2=r", "2.300@2=late", "3.2@3=s"}));
  EXPECT_EQ(rows(log_of("a"), Seq{0}, kEnd, kDown), (Lines{"3.2@3=s", "2.300@2=late", "2.2@2=r", "2.1@2=q", "1.1@1=p"}));
}

// A reader goes on at the next seq, so a page must never end between two epochs of one: neither by its rows nor by its bytes.
TEST_P(StoreContract, APageEndsBetweenSeqsOnly) {
  const std::string large(kReadBytesMax / 5 + 1, 'x');
  for (std::uint64_t epoch = 1; epoch <= 3; ++epoch) {
    append(log_of("a"), epoch, 1, {"1", "2", "3"});
    append(log_of("large"), epoch, 1, {large, large, large});
  }
  for (Direction direction : {kUp, kDown}) {
    for (std::uint32_t limit = 1; limit <= 10; ++limit) {
      EXPECT_EQ(rows(log_of("a"), Seq{1}, Seq{3}, direction, limit).size(), 9U) << limit;
      auto page = await(store().read(log_of("a"), Seq{1}, Seq{3}, direction, limit));
      ASSERT_TRUE(page);
      EXPECT_EQ(page->rows.size() % 3, 0U) << limit;
    }
    EXPECT_EQ(rows(log_of("large"), Seq{1}, Seq{3}, direction).size(), 9U);
    auto page = await(store().read(log_of("large"), Seq{1}, Seq{3}, direction, 4096));
    ASSERT_TRUE(page);
    EXPECT_TRUE(page->more);  // The fifth row fills a page; the sixth is of the same seq and still belongs to it.
    EXPECT_EQ(page->rows.size() % 3, 0U);
  }
}

TEST_P(StoreContract, RepeatingAnAppendChangesNothing) {
  append(log_of("a"), 1, 1, {"x", "y"});
  append(log_of("a"), 1, 1, {"x", "y"});
  EXPECT_EQ(rows(log_of("a")), (Lines{"1.1@1=x", "2.1@2=y"}));
  ASSERT_TRUE(await(store().rewrite(log_of("a"), Seq{1}, Epoch{1}, 2, "edited")));
  append(log_of("a"), 1, 1, {"x", "y"});
  EXPECT_EQ(rows(log_of("a")), (Lines{"1.1@2=edited", "2.1@2=y"}));
}

TEST_P(StoreContract, NeighboursDoNotLeak) {
  Lines keys{"a",
             "ab",
             "abc",
             "b",
             std::string("a\0", 2),
             std::string("a\0b", 3),
             "a\xff",
             "\xff",
             "\xff\xff",
             std::string(1, '\0'),
             std::string(255, 'a')};
  for (auto table : {LogTable::direct_messages, LogTable::group_messages, LogTable::inboxes}) {
    for (const auto& key : keys) {
      append(log_of(key, table), 1, 1, {key + std::to_string(static_cast<int>(table)), "second"});
      ASSERT_TRUE(await(store().set_head(log_of(key, table), head_of(1, {{Epoch{key.size()}, Seq{1}}}))));
    }
  }
  for (auto table : {LogTable::direct_messages, LogTable::group_messages, LogTable::inboxes}) {
    for (const auto& key : keys) {
      std::string mine = key + std::to_string(static_cast<int>(table));
      EXPECT_EQ(rows(log_of(key, table)), (Lines{"1.1@1=" + mine, "2.1@2=second"}));
      EXPECT_EQ(rows(log_of(key, table), Seq{0}, kEnd, kDown), (Lines{"2.1@2=second", "1.1@1=" + mine}));
      auto head = await(store().head(log_of(key, table)));
      ASSERT_TRUE(head);
      ASSERT_EQ(head->chain.size(), 1U);
      EXPECT_EQ(head->chain[0].epoch.value, key.size());
    }
  }
}

TEST_P(StoreContract, SeqsAndEpochsUseAll64Bits) {
  Seq last_bucket{(~std::uint64_t{0} - 1) / kBucketRows * kBucketRows + 1};
  append(log_of("a"), ~std::uint64_t{0}, last_bucket.value, {"far"});
  append(log_of("a"), 1, std::uint64_t{1} << 32, {"32"});
  append(log_of("a"), 1, 255, {"255", "256", "257"});
  auto all = await(store().read(log_of("a"), Seq{0}, kEnd, kDown, 1));
  ASSERT_TRUE(all);
  ASSERT_EQ(all->rows.size(), 1U);
  EXPECT_EQ(all->rows[0].seq, last_bucket);
  EXPECT_EQ(all->rows[0].epoch, Epoch{~std::uint64_t{0}});
  EXPECT_EQ(rows(log_of("a"), Seq{0}, Seq{1000}), (Lines{"255.1@255=255", "256.1@256=256", "257.1@257=257"}));
}

TEST_P(StoreContract, RecordsAreBytes) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  append(log_of("a"), 1, 1, {all, "", std::string(64 * 1024, 'L')});
  auto page = await(store().read(log_of("a"), Seq{1}, Seq{3}, kUp, 4096));
  while (page && page->more) page = await(store().read(log_of("a"), Seq{1}, Seq{3}, kUp, 4096));
  ASSERT_TRUE(page);
  ASSERT_EQ(page->rows.size(), 3U);
  EXPECT_EQ(page->rows[0].record, all);
  EXPECT_EQ(page->rows[1].record, "");
  EXPECT_EQ(page->rows[2].record, std::string(64 * 1024, 'L'));
}

TEST_P(StoreContract, AReadStopsAtAboutAMebibyte) {
  for (std::uint64_t seq = 1; seq <= 40; ++seq) append(log_of("a"), 1, seq, {std::string(64 * 1024, static_cast<char>('a' + seq % 26))});
  auto page = await(store().read(log_of("a"), Seq{1}, kEnd, kUp, 4096));
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->more);
  EXPECT_LE(page->rows.size(), 17U);
  EXPECT_EQ(rows(log_of("a")).size(), 40U);
}

TEST_P(StoreContract, TenThousandRows) {
  constexpr std::uint64_t kRows = 10'000;
  std::vector<Future<StoreResult<Ok>>> writes;
  for (std::uint64_t seq = 1; seq <= kRows;) {
    std::uint64_t end = std::min({kRows, (seq - 1) / kBucketRows * kBucketRows + kBucketRows, seq + 99});
    Lines records;
    for (std::uint64_t s = seq; s <= end; ++s) records.push_back("record " + std::to_string(s));
    writes.push_back(store().append(batch_of(log_of("a"), 1, seq, std::move(records))));
    seq = end + 1;
  }
  for (auto& write : writes) ASSERT_TRUE(await(std::move(write)));
  auto all = rows(log_of("a"), Seq{1}, kEnd, kUp, 1000);
  ASSERT_EQ(all.size(), kRows);
  for (std::uint64_t seq = 1; seq <= kRows; ++seq) {
    auto n = std::to_string(seq);
    ASSERT_EQ(all[seq - 1], n + ".1@" + n + "=record " + n);
  }
  auto reverse = rows(log_of("a"), Seq{1}, kEnd, kDown, 777);
  std::reverse(reverse.begin(), reverse.end());
  EXPECT_EQ(reverse, all);
}

// ---- read_rows

TEST_P(StoreContract, RowsOfManyLogsAreReadInTheOrderOfTheirPlaces) {
  append(log_of("a"), 1, 1, {"x", "y"});
  append(log_of("a"), 2, 2, {"later"});
  append(log_of("b"), 1, 1, {"z"});
  ASSERT_TRUE(await(store().rewrite(log_of("a"), Seq{1}, Epoch{1}, 9, "edited")));
  auto found = await(store().read_rows({{log_of("b"), Seq{1}, Epoch{1}},
                                        {log_of("a"), Seq{2}, Epoch{2}},
                                        {log_of("a"), Seq{2}, Epoch{1}},
                                        {log_of("a"), Seq{3}, Epoch{1}},
                                        {log_of("nobody"), Seq{1}, Epoch{1}},
                                        {log_of("a"), Seq{1}, Epoch{1}}}));
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 6u);
  auto text = [&](std::size_t i) { return (*found)[i] ? (*found)[i]->record + '@' + std::to_string((*found)[i]->version) : ""; };
  EXPECT_EQ(text(0), "z@1");
  EXPECT_EQ(text(1), "later@2");
  EXPECT_EQ(text(2), "y@2");
  EXPECT_EQ(text(3), "");
  EXPECT_EQ(text(4), "");
  EXPECT_EQ(text(5), "edited@9");
  EXPECT_EQ((*found)[1]->epoch, Epoch{2});
  auto none = await(store().read_rows({}));
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST_P(StoreContract, AReadRowIsNeverTheTextFromBeforeACompletedRewrite) {
  append(log_of("a"), 1, 1, {"secret"});
  ASSERT_TRUE(await(store().rewrite(log_of("a"), Seq{1}, Epoch{1}, 2, "")));
  append(log_of("a"), 1, 1, {"secret"});  // A late repeat.
  auto found = await(store().read_rows({{log_of("a"), Seq{1}, Epoch{1}}}));
  ASSERT_TRUE(found);
  ASSERT_TRUE((*found)[0]);
  EXPECT_EQ((*found)[0]->record, "");
  EXPECT_EQ((*found)[0]->version, 2u);
}

// ---- rewrite

TEST_P(StoreContract, TheHigherVersionWinsWhateverTheOrderOfArrival) {
  append(log_of("a"), 1, 1, {"x", "y"});
  auto rewrite = [&](std::uint64_t version, std::string record) {
    ASSERT_TRUE(await(store().rewrite(log_of("a"), Seq{1}, Epoch{1}, version, std::move(record))));
  };
  rewrite(7, "seven");
  EXPECT_EQ(rows(log_of("a")), (Lines{"1.1@7=seven", "2.1@2=y"}));
  rewrite(5, "five");
  EXPECT_EQ(rows(log_of("a"))[0], "1.1@7=seven");
  rewrite(7, "another seven");
  EXPECT_EQ(rows(log_of("a"))[0], "1.1@7=seven");
  rewrite(9, "");
  EXPECT_EQ(rows(log_of("a")), (Lines{"1.1@9=", "2.1@2=y"}));
  EXPECT_EQ(rows(log_of("a"), Seq{0}, kEnd, kDown), (Lines{"2.1@2=y", "1.1@9="}));
  EXPECT_EQ(rows(log_of("a"), Seq{1}, Seq{1}, kDown), (Lines{"1.1@9="}));
}

TEST_P(StoreContract, ARewriteOfTheSameVersionAsTheEntryDoesNothing) {
  append(log_of("a"), 1, 5, {"x"});
  ASSERT_TRUE(await(store().rewrite(log_of("a"), Seq{5}, Epoch{1}, 5, "other")));
  EXPECT_EQ(rows(log_of("a")), Lines{"5.1@5=x"});
}

TEST_P(StoreContract, ARowThatIsNotThereIsNotMade) {
  append(log_of("a"), 1, 1, {"x"});
  for (auto [seq, epoch] : {std::pair{2, 1}, {1, 2}}) {
    ASSERT_TRUE(
        await(store().rewrite(log_of("a"), Seq{static_cast<std::uint64_t>(seq)}, Epoch{static_cast<std::uint64_t>(epoch)}, 9, "ghost")));
  }
  ASSERT_TRUE(await(store().rewrite(log_of("b"), Seq{1}, Epoch{1}, 9, "ghost")));
  EXPECT_EQ(rows(log_of("a")), Lines{"1.1@1=x"});
  EXPECT_EQ(rows(log_of("b")), Lines{});
  // And it does not lie in wait for the row.
  append(log_of("a"), 1, 2, {"y"});
  EXPECT_EQ(rows(log_of("a")), (Lines{"1.1@1=x", "2.1@2=y"}));
}

TEST_P(StoreContract, ARewriteTouchesOneEpochOnly) {
  append(log_of("a"), 1, 1, {"x"});
  append(log_of("a"), 2, 1, {"y"});
  ASSERT_TRUE(await(store().rewrite(log_of("a"), Seq{1}, Epoch{2}, 3, "Y")));
  EXPECT_EQ(rows(log_of("a")), (Lines{"1.1@1=x", "1.2@3=Y"}));
  EXPECT_EQ(rows(log_of("a"), Seq{0}, kEnd, kDown), (Lines{"1.2@3=Y", "1.1@1=x"}));
}

TEST_P(StoreContract, RewritesInOneGoEndWithTheHighestVersion) {
  append(log_of("a"), 1, 1, {"x"});
  std::vector<Future<StoreResult<Ok>>> writes;
  for (std::uint64_t version : {3, 8, 5, 2, 9, 4}) {
    writes.push_back(store().rewrite(log_of("a"), Seq{1}, Epoch{1}, version, "v" + std::to_string(version)));
  }
  for (auto& write : writes) ASSERT_TRUE(await(std::move(write)));
  EXPECT_EQ(rows(log_of("a")), Lines{"1.1@9=v9"});
}

// ---- heads

TEST_P(StoreContract, AHeadThatIsNotThereHasRevisionZero) {
  auto head = await(store().head(log_of("a")));
  ASSERT_TRUE(head);
  EXPECT_EQ(*head, Head{});
  EXPECT_EQ(head->revision, 0U);
  EXPECT_EQ(head->first_kept, Seq{1});
}

TEST_P(StoreContract, AHeadKeepsAllItsFields) {
  Head head = head_of(1, {{Epoch{3}, Seq{1}}, {Epoch{8}, Seq{500}}, {Epoch{~std::uint64_t{0}}, Seq{~std::uint64_t{0}}}});
  head.rebuild = 0xffffffff;
  head.first_kept = Seq{77};
  head.checkpoint = Seq{1ULL << 60};
  ASSERT_TRUE(await(store().set_head(log_of("a"), head)));
  EXPECT_EQ(*await(store().head(log_of("a"))), head);
  EXPECT_EQ(*await(store().head(log_of("a", LogTable::inboxes))), Head{});
  EXPECT_EQ(rows(log_of("a")), Lines{});
}

TEST_P(StoreContract, AHeadIsComparedAndSet) {
  Head first = head_of(1, {{Epoch{1}, Seq{1}}});
  Head second = head_of(2, {{Epoch{1}, Seq{1}}, {Epoch{2}, Seq{9}}});
  Head other = head_of(2, {{Epoch{1}, Seq{1}}, {Epoch{3}, Seq{9}}});
  EXPECT_EQ(await(store().set_head(log_of("a"), second)).error(), StoreError::conflict);
  EXPECT_EQ(await(store().head(log_of("a")))->revision, 0U);
  EXPECT_TRUE(await(store().set_head(log_of("a"), first)));
  EXPECT_TRUE(await(store().set_head(log_of("a"), first))) << "the identical repeat of a success";
  EXPECT_TRUE(await(store().set_head(log_of("a"), second)));
  EXPECT_EQ(await(store().set_head(log_of("a"), other)).error(), StoreError::conflict);
  EXPECT_EQ(await(store().set_head(log_of("a"), first)).error(), StoreError::conflict);
  EXPECT_TRUE(await(store().set_head(log_of("a"), second)));
  EXPECT_EQ(*await(store().head(log_of("a"))), second);
}

TEST_P(StoreContract, OfHeadsInARaceOneWins) {
  std::vector<Future<StoreResult<Ok>>> writes;
  for (std::uint64_t epoch = 1; epoch <= 20; ++epoch) writes.push_back(store().set_head(log_of("a"), head_of(1, {{Epoch{epoch}, Seq{1}}})));
  std::uint64_t winner = 0;
  for (std::uint64_t epoch = 1; epoch <= 20; ++epoch) {
    auto result = await(std::move(writes[epoch - 1]));
    if (result) {
      EXPECT_EQ(winner, 0U);
      winner = epoch;
    } else {
      EXPECT_EQ(result.error(), StoreError::conflict);
    }
  }
  ASSERT_NE(winner, 0U);
  EXPECT_EQ(await(store().head(log_of("a")))->chain[0].epoch, Epoch{winner});
}

TEST_P(StoreContract, AnAppendSetsItsHeadInTheSameStep) {
  auto batch = batch_of(log_of("a"), 5, 1, {"x", "y"});
  batch.head = head_of(1, {{Epoch{5}, Seq{1}}});
  ASSERT_TRUE(await(store().append(batch)));
  EXPECT_EQ(*await(store().head(log_of("a"))), *batch.head);
  EXPECT_EQ(rows(log_of("a")), (Lines{"1.5@1=x", "2.5@2=y"}));
  ASSERT_TRUE(await(store().append(batch))) << "the identical repeat";
  EXPECT_EQ(rows(log_of("a")), (Lines{"1.5@1=x", "2.5@2=y"}));
}

TEST_P(StoreContract, AnAppendWithTheWrongHeadWritesNothing) {
  ASSERT_TRUE(await(store().set_head(log_of("a"), head_of(1, {{Epoch{1}, Seq{1}}}))));
  for (std::uint64_t revision : {1, 3}) {
    auto batch = batch_of(log_of("a"), 5, 1, {"x", "y"});
    batch.head = head_of(revision, {{Epoch{5}, Seq{1}}});
    EXPECT_EQ(await(store().append(std::move(batch))).error(), StoreError::conflict);
  }
  EXPECT_EQ(rows(log_of("a")), Lines{});
  EXPECT_EQ(await(store().head(log_of("a")))->chain[0].epoch, Epoch{1});
}

TEST_P(StoreContract, OfAppendsWithHeadsInARaceOneIsThereWhole) {
  std::vector<Future<StoreResult<Ok>>> writes;
  for (std::uint64_t epoch = 1; epoch <= 10; ++epoch) {
    auto batch = batch_of(log_of("a"), epoch, 1, {"x", "y", "z"});
    batch.head = head_of(1, {{Epoch{epoch}, Seq{1}}});
    writes.push_back(store().append(std::move(batch)));
  }
  int won = 0;
  for (auto& write : writes) won += await(std::move(write)).has_value();
  EXPECT_EQ(won, 1);
  auto epoch = std::to_string(await(store().head(log_of("a")))->chain[0].epoch.value);
  EXPECT_EQ(rows(log_of("a")), (Lines{"1." + epoch + "@1=x", "2." + epoch + "@2=y", "3." + epoch + "@3=z"}));
}

// ---- rows

TEST_P(StoreContract, RowsAreGotByKey) {
  ASSERT_TRUE(await(store().put(RowTable::users, "alice", {{"name", "Alice"}, {"", "no key"}, {"empty", ""}})));
  auto get = [&](RowTable table, std::string partition, std::string key) {
    auto value = await(store().get({table, std::move(partition), std::move(key)}));
    EXPECT_TRUE(value);
    return value ? *value : std::nullopt;
  };
  EXPECT_EQ(get(RowTable::users, "alice", "name"), "Alice");
  EXPECT_EQ(get(RowTable::users, "alice", ""), "no key");
  EXPECT_EQ(get(RowTable::users, "alice", "empty"), "");
  EXPECT_EQ(get(RowTable::users, "alice", "nam"), std::nullopt);
  EXPECT_EQ(get(RowTable::users, "alic", "ename"), std::nullopt);
  EXPECT_EQ(get(RowTable::devices, "alice", "name"), std::nullopt);
  ASSERT_TRUE(await(store().put(RowTable::users, "alice", {{"name", "Alice B."}})));
  EXPECT_EQ(get(RowTable::users, "alice", "name"), "Alice B.");
  EXPECT_EQ(get(RowTable::users, "alice", "empty"), "");
}

TEST_P(StoreContract, TheLastOfTwoPutsOfOneRowStays) {
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(await(store().put(RowTable::meta, "p", {{"k", std::to_string(i)}})));
  EXPECT_EQ(*await(store().get({RowTable::meta, "p", "k"})), "49");
}

TEST_P(StoreContract, ManyAreGotInTheOrderOfTheirKeys) {
  ASSERT_TRUE(await(store().put(RowTable::contacts, "a", {{"1", "a1"}, {"2", "a2"}})));
  ASSERT_TRUE(await(store().put(RowTable::groups, "b", {{"1", "b1"}})));
  auto values = await(store().multi_get({{RowTable::groups, "b", "1"},
                                         {RowTable::contacts, "a", "9"},
                                         {RowTable::contacts, "a", "2"},
                                         {RowTable::contacts, "a", "1"},
                                         {RowTable::contacts, "a", "2"}}));
  ASSERT_TRUE(values);
  using Values = std::vector<std::optional<std::string>>;
  EXPECT_EQ(*values, (Values{"b1", std::nullopt, "a2", "a1", "a2"}));
  auto none = await(store().multi_get({}));
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST_P(StoreContract, AScanIsOrderedBoundedAndStaysInItsPartition) {
  Lines keys{"", std::string(1, '\0'), std::string("\0a", 2), "a", std::string("a\0", 2), "ab", "b", "\x7f", "\x80", "\xff", "\xff\xff"};
  std::vector<Row> put;
  for (const auto& key : keys) put.push_back({key, "v"});
  std::reverse(put.begin(), put.end());
  ASSERT_TRUE(await(store().put(RowTable::members, "g", put)));
  for (const auto& neighbour : {std::string("g\0", 2), std::string("f"), std::string("h"), std::string("gg"), std::string()}) {
    ASSERT_TRUE(await(store().put(RowTable::members, neighbour, {{"a", "foreign"}, {"\xff", "foreign"}})));
  }
  ASSERT_TRUE(await(store().put(RowTable::groups, "g", {{"a", "foreign"}})));
  ASSERT_TRUE(await(store().put(RowTable::user_conversations, "g", {{"a", "foreign"}})));
  Lines expected;
  for (const auto& key : keys) expected.push_back(key + "=v");
  for (std::uint32_t limit : {1, 2, 3, 10, 11, 12, 4096}) EXPECT_EQ(scan_all(RowTable::members, "g", "", limit), expected) << limit;
  EXPECT_EQ(scan_all(RowTable::members, "g", "ab", 4096), (Lines{"ab=v", "b=v", "\x7f=v", "\x80=v", "\xff=v", "\xff\xff=v"}));
  EXPECT_EQ(scan_all(RowTable::members, "g", "aa", 4096), (Lines{"ab=v", "b=v", "\x7f=v", "\x80=v", "\xff=v", "\xff\xff=v"}));
  EXPECT_EQ(scan_all(RowTable::members, "g", "\xff\xff\xff", 4096), Lines{});
  EXPECT_EQ(scan_all(RowTable::members, "nobody", "", 4096), Lines{});
}

TEST_P(StoreContract, AScanStopsAtAboutAMebibyte) {
  std::vector<Row> put;
  for (int i = 0; i < 40; ++i) put.push_back({std::to_string(100 + i), std::string(64 * 1024, 'v')});
  ASSERT_TRUE(await(store().put(RowTable::members, "g", put)));
  auto page = await(store().scan(RowTable::members, "g", "", 4096));
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->more);
  EXPECT_LE(page->rows.size(), 17U);
  EXPECT_EQ(scan_all(RowTable::members, "g", "", 4096).size(), 40U);
}

// ---- completion

TEST_P(StoreContract, WhatCompletedIsSeenByEveryLaterRead) {
  for (std::uint64_t seq = 1; seq <= 100; ++seq) {
    append(log_of("a"), 1, seq, {"x"});
    auto last = await(store().read(log_of("a"), Seq{0}, kEnd, kDown, 1));
    ASSERT_TRUE(last);
    ASSERT_EQ(last->rows.at(0).seq, Seq{seq});
  }
}

TEST_P(StoreContract, ABatchIsSeenWholeOrNotAtAll) {
  Lines records(50, "r");
  auto write = store().append(batch_of(log_of("a"), 1, 1, records));
  auto put = store().put(RowTable::members, "g", {{"a", "1"}, {"b", "1"}, {"c", "1"}});
  while (!write.is_ready() || !put.is_ready()) {
    auto page = await(store().read(log_of("a"), Seq{0}, Seq{50}, kDown, 4096));
    ASSERT_TRUE(page);
    EXPECT_TRUE(page->rows.empty() || page->more || page->rows.size() == 50);
    EXPECT_TRUE(page->rows.empty() || page->rows[0].seq == Seq{50});
    auto values = await(store().multi_get({{RowTable::members, "g", "a"}, {RowTable::members, "g", "c"}}));
    ASSERT_TRUE(values);
    EXPECT_EQ((*values)[0].has_value(), (*values)[1].has_value());
    engine_->loop().run_until_idle();
  }
}

TEST_P(StoreContract, ADroppedFutureAndADyingStoreAreHarmless) {
  for (int i = 0; i < 20; ++i) {
    static_cast<void>(store().append(batch_of(log_of("a"), 1, static_cast<std::uint64_t>(i) + 1, {"x"})));
    static_cast<void>(store().read(log_of("a"), Seq{0}, kEnd, kUp, 10));
  }
  bool called = false;
  store().put(RowTable::meta, "p", {{"k", "v"}}).then([&](StoreResult<Ok>) { called = true; });
  engine_->reopen();
  engine_->loop().advance(std::chrono::seconds(10));
  EXPECT_FALSE(called) << "a store that ended completes nothing";
  append(log_of("b"), 1, 1, {"y"});
  EXPECT_EQ(rows(log_of("b")), Lines{"1.1@1=y"});
}

TEST_P(StoreContract, EverythingIsThereAfterReopening) {
  append(log_of("a"), 1, 1, {"x", "y"});
  ASSERT_TRUE(await(store().rewrite(log_of("a"), Seq{1}, Epoch{1}, 3, "X")));
  ASSERT_TRUE(await(store().set_head(log_of("a"), head_of(1, {{Epoch{1}, Seq{1}}}))));
  ASSERT_TRUE(await(store().put(RowTable::users, "alice", {{"k", "v"}})));
  for (int i = 0; i < 3; ++i) {
    engine_->reopen();
    EXPECT_EQ(rows(log_of("a")), (Lines{"1.1@3=X", "2.1@2=y"}));
    EXPECT_EQ(await(store().head(log_of("a")))->revision, 1U);
    EXPECT_EQ(*await(store().get({RowTable::users, "alice", "k"})), "v");
    // The repeat of an append from before the start finds the rewritten row.
    append(log_of("a"), 1, 1, {"x", "y"});
    EXPECT_EQ(rows(log_of("a")), (Lines{"1.1@3=X", "2.1@2=y"}));
  }
}

TEST_P(StoreContract, SpaceIsEnough) { EXPECT_EQ(store().space(), Space::enough); }

// ---- the inspector

TEST_P(StoreContract, TheInspectorSeesEverything) {
  append(log_of("ab"), 1, 1, {"x", "y"});
  append(log_of("ab"), 2, 2, {"z"});
  ASSERT_TRUE(await(store().rewrite(log_of("ab"), Seq{1}, Epoch{1}, 4, "X")));
  append(log_of("a", LogTable::inboxes), 1, 1, {"p"});
  ASSERT_TRUE(await(store().set_head(log_of("head only", LogTable::group_messages), head_of(1, {{Epoch{1}, Seq{1}}}))));
  ASSERT_TRUE(await(store().put(RowTable::members, "g", {{"b", "2"}, {"a", "1"}})));
  ASSERT_TRUE(await(store().put(RowTable::members, "h", {{"c", "3"}})));
  auto inspector = engine_->stop_and_inspect();
  std::vector<LogId> logs;
  ASSERT_TRUE(inspector->each_log([&](const LogId& log) { logs.push_back(log); }));
  std::sort(logs.begin(), logs.end());
  EXPECT_EQ(logs, (std::vector<LogId>{log_of("ab"), log_of("head only", LogTable::group_messages), log_of("a", LogTable::inboxes)}));
  Lines seen;
  ASSERT_TRUE(inspector->each_log_row(log_of("ab"), [&](const LogRow& row) {
    seen.push_back(std::to_string(row.seq.value) + "." + std::to_string(row.epoch.value) + "@" + std::to_string(row.version) + "=" +
                   row.record);
  }));
  EXPECT_EQ(seen, (Lines{"1.1@4=X", "2.1@2=y", "2.2@2=z"}));
  EXPECT_EQ(inspector->head(log_of("head only", LogTable::group_messages))->revision, 1U);
  EXPECT_EQ(inspector->head(log_of("ab"))->revision, 0U);
  seen.clear();
  ASSERT_TRUE(inspector->each_row(RowTable::members, [&](const std::string& partition, const Row& row) {
    seen.push_back(partition + "/" + row.key + "=" + row.value);
  }));
  EXPECT_EQ(seen, (Lines{"g/a=1", "g/b=2", "h/c=3"}));
  inspector.reset();
  engine_->reopen();
}

// ---- what callers must keep

TEST_P(StoreContract, BrokenCallsEndTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto& s = store();
  EXPECT_DEATH(static_cast<void>(s.append(batch_of(log_of("a"), 1, 1, {}))), "broken invariant");
  EXPECT_DEATH(static_cast<void>(s.append(batch_of(log_of("a"), 1, 0, {"x"}))), "broken invariant");
  EXPECT_DEATH(static_cast<void>(s.append(batch_of(log_of("a"), 1, kBucketRows, {"x", "crosses"}))), "broken invariant");
  EXPECT_DEATH(static_cast<void>(s.append(batch_of(log_of(""), 1, 1, {"x"}))), "broken invariant");
  EXPECT_DEATH(static_cast<void>(s.read(log_of("a"), Seq{1}, Seq{2}, kUp, 0)), "broken invariant");
  EXPECT_DEATH(static_cast<void>(s.read(log_of("a"), Seq{1}, Seq{2}, kUp, 4097)), "broken invariant");
  EXPECT_DEATH(static_cast<void>(s.scan(RowTable::meta, "p", "", 0)), "broken invariant");
  EXPECT_DEATH(static_cast<void>(s.scan(RowTable::meta, "p", "", 4097)), "broken invariant");
  EXPECT_DEATH(static_cast<void>(s.set_head(log_of("a"), head_of(0))), "broken invariant");
  EXPECT_DEATH(static_cast<void>(s.set_head(log_of("a"), head_of(1, {{Epoch{2}, Seq{1}}, {Epoch{1}, Seq{5}}}))), "broken invariant");
  EXPECT_DEATH(static_cast<void>(s.set_head(log_of("a"), head_of(1, {{Epoch{1}, Seq{5}}, {Epoch{2}, Seq{5}}}))), "broken invariant");
  EXPECT_DEATH(static_cast<void>(s.put(RowTable::meta, "p", {})), "broken invariant");
  append(log_of("a"), 1, kBucketRows, {"the last of its bucket"});
  append(log_of("a"), 1, kBucketRows + 1, {"the first of the next"});
}

std::string engine_name(const testing::TestParamInfo<Engine>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Engines, StoreContract, testing::ValuesIn(all_engines()), engine_name);

}  // namespace
}  // namespace kith
