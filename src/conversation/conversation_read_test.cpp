// Reading a conversation: pages of history and their edges, the newest entries, counts, what is damaged.
#include "conversation/conversation.h"
#include "conversation/conversation_under_test.h"

namespace kith::test {
namespace {

constexpr std::uint64_t kOld = 200;  // More than the cache of recent messages.

// A conversation of kOld messages that a former epoch wrote.
struct Read : World {
  Read() {
    leave_messages(loop, *store, log, alice, kOld, epoch);
    ++epoch;
    KITH_ASSERT(*open());
  }
  // "first-last" of a page, "…" where there is more, and its head if it is not kOld.
  std::string page(std::optional<std::uint64_t> before, std::optional<std::uint64_t> after, std::uint32_t limit) {
    auto result =
        history(bob, before ? std::optional(Seq{*before}) : std::nullopt, after ? std::optional(Seq{*after}) : std::nullopt, limit);
    if (!result) return "failed";
    std::string out = result->more ? "…" : "";
    EXPECT_EQ(result->head, Seq{kOld});
    for (std::size_t i = 0; i < result->entries.size(); ++i) {
      EXPECT_EQ(result->entries[i]->seq, result->entries[0]->seq + i);
      EXPECT_EQ(result->entries[i]->text(), "m" + std::to_string(result->entries[i]->seq.value));
    }
    if (result->entries.empty()) return out + "-";
    return out + std::to_string(result->entries.front()->seq.value) + "-" + std::to_string(result->entries.back()->seq.value);
  }
  std::string newest(std::uint64_t from, std::uint64_t to, std::uint32_t limit, std::size_t bytes) {
    auto entries = value_of(loop, scope.start(talk->newest(bob, {from}, {to}, limit, bytes)));
    if (entries->empty()) return "-";
    return std::to_string(entries->front()->seq.value) + "-" + std::to_string(entries->back()->seq.value);
  }
  Result<Point> point(std::uint64_t seq) { return value_of(loop, scope.start(talk->point(bob, {seq}))); }
  // Opens it anew: nothing that was damaged since is in memory then.
  void refresh() {
    scope.cancel();
    KITH_ASSERT(*open(std::nullopt));
  }
};

TEST(ConversationRead, WithoutAPlaceAPageIsTheNewest) {
  Read read;
  EXPECT_EQ(read.page({}, {}, 1), "…200-200");
  EXPECT_EQ(read.page({}, {}, 50), "…151-200");
  EXPECT_EQ(read.page({}, {}, 199), "…2-200");
  EXPECT_EQ(read.page({}, {}, 200), "1-200");
  EXPECT_EQ(read.page({}, {}, 201), "1-200");
}

TEST(ConversationRead, BeforeGoesDownToTheFirst) {
  Read read;
  EXPECT_EQ(read.page(200, {}, 10), "…190-199");
  EXPECT_EQ(read.page(12, {}, 10), "…2-11");
  EXPECT_EQ(read.page(11, {}, 10), "1-10");
  EXPECT_EQ(read.page(5, {}, 10), "1-4");
  EXPECT_EQ(read.page(2, {}, 10), "1-1");
  EXPECT_EQ(read.page(1, {}, 10), "-");
  EXPECT_EQ(read.page(201, {}, 10), "…191-200");
  EXPECT_EQ(read.page(~std::uint64_t{0}, {}, 10), "…191-200") << "above the head means the head";
}

TEST(ConversationRead, AfterGoesUpToTheHead) {
  Read read;
  EXPECT_EQ(read.page({}, 0, 10), "…1-10");
  EXPECT_EQ(read.page({}, 60, 200), "61-200") << "from the store into the cache";
  EXPECT_EQ(read.page({}, 189, 10), "…190-199");
  EXPECT_EQ(read.page({}, 190, 10), "191-200");
  EXPECT_EQ(read.page({}, 199, 10), "200-200");
  EXPECT_EQ(read.page({}, 200, 10), "-");
  EXPECT_EQ(read.page({}, 201, 10), "-");
  EXPECT_EQ(read.page({}, ~std::uint64_t{0}, 10), "-");
}

TEST(ConversationRead, AnEmptyConversationHasAnEmptyPage) {
  World world;
  ASSERT_TRUE(*world.open());
  for (auto after : {std::optional<Seq>{}, std::optional<Seq>{Seq{0}}}) {
    auto page = world.history(world.alice, std::nullopt, after, 10);
    ASSERT_TRUE(page);
    EXPECT_TRUE(page->entries.empty());
    EXPECT_FALSE(page->more);
    EXPECT_EQ(page->head, Seq{0});
  }
}

TEST(ConversationRead, TheNewestFitBothLimits) {
  Read read;
  EXPECT_EQ(read.newest(0, 200, 20, 100'000), "181-200");
  EXPECT_EQ(read.newest(190, 200, 20, 100'000), "191-200");
  EXPECT_EQ(read.newest(190, 195, 3, 100'000), "193-195");
  EXPECT_EQ(read.newest(150, 500, 100, 100'000), "151-200") << "above the head means the head";
  EXPECT_EQ(read.newest(200, 200, 20, 100'000), "-");
  EXPECT_EQ(read.newest(300, 200, 20, 100'000), "-");
  // Each of these texts is four bytes and counts one more.
  EXPECT_EQ(read.newest(0, 200, 20, 15), "198-200");
  EXPECT_EQ(read.newest(0, 200, 20, 14), "199-200");
  EXPECT_EQ(read.newest(0, 200, 20, 4), "-");
  EXPECT_EQ(read.newest(0, 200, 20, 0), "-");
}

TEST(ConversationRead, ALargeEntryEndsTheNewestEvenIfOlderOnesFit) {
  World world;
  ASSERT_TRUE(*world.open());
  ASSERT_TRUE(world.sent(world.alice, 1, "a"));
  ASSERT_TRUE(world.sent(world.alice, 2, std::string(100, 'x')));
  ASSERT_TRUE(world.sent(world.alice, 3, "c"));
  auto entries = value_of(world.loop, world.scope.start(world.talk->newest(world.bob, {0}, {3}, 20, 50)));
  ASSERT_EQ(entries->size(), 1u) << "no hole";
  EXPECT_EQ(entries->front()->text(), "c");
}

TEST(ConversationRead, APointTellsTheCountAndNeverLiesAboveTheHead) {
  Read read;
  EXPECT_EQ(read.point(1)->n, 1u);
  EXPECT_EQ(read.point(60)->n, 60u);
  EXPECT_EQ(read.point(200)->n, 200u);
  EXPECT_EQ(read.point(200)->seq, Seq{200});
  EXPECT_EQ(read.point(201).error().code, Code::invalid_argument);
  EXPECT_EQ(read.point(~std::uint64_t{0}).error().code, Code::invalid_argument);
}

TEST(ConversationRead, ADamagedEntryKeepsItsNumberAndHidesNoOther) {
  Read read;
  for (std::uint64_t seq : {50, 198, 200}) read.damage({seq}, {1}, "junk");
  read.refresh();
  EXPECT_EQ(read.talk->head(), Seq{kOld});
  for (std::uint64_t after : {40, 190}) {
    auto page = read.history(read.bob, std::nullopt, Seq{after}, 10);
    ASSERT_TRUE(page);
    ASSERT_EQ(page->entries.size(), 10u);
    for (const EntryPtr& entry : page->entries) {
      bool damaged = entry->seq == Seq{50} || entry->seq == Seq{198} || entry->seq == Seq{200};
      EXPECT_EQ(entry->kind == EntryKind::unknown, damaged) << entry->seq.value;
      EXPECT_EQ(entry->text(), damaged ? "" : "m" + std::to_string(entry->seq.value));
    }
  }
}

TEST(ConversationRead, APointOnDamagedEntriesTakesTheNearestCountBelow) {
  Read read;
  for (std::uint64_t seq = 50; seq < 60; ++seq) read.damage({seq}, {1}, "junk");
  read.damage({1}, {1}, "junk");
  read.refresh();
  EXPECT_EQ(read.point(55)->n, 49u);
  EXPECT_EQ(read.point(55)->seq, Seq{55});
  EXPECT_EQ(read.point(60)->n, 60u);
  EXPECT_EQ(read.point(1)->n, 0u);
}

TEST(ConversationRead, TheCountGoesOnAboveADamagedEnd) {
  Read read;
  read.damage({kOld}, {1}, "junk");
  read.refresh();
  ASSERT_TRUE(read.sent(read.bob, 1, "next"));
  EXPECT_EQ(read.point(kOld + 1)->n, kOld) << "what cannot be shown is not counted";
}

TEST(ConversationRead, AStoreThatFailsFailsThePageAndNotMore) {
  Read read;
  read.fail(StoreCall::read, 1, MemoryFault::unavailable);
  EXPECT_EQ(read.history(read.bob, std::nullopt, Seq{0}, 10).error().code, Code::unavailable);
  read.fail(StoreCall::read, 1, MemoryFault::corrupt);
  EXPECT_EQ(read.history(read.bob, std::nullopt, Seq{0}, 10).error().code, Code::internal);
  EXPECT_EQ(read.page({}, 0, 10), "…1-10");
}

TEST(ConversationRead, PagesOfAStoreThatGivesShortOnesAreWhole) {
  Read read;
  MemoryFaults faults;
  faults.short_pages = 1;
  read.disk.set_faults(faults);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(read.page({}, 0, 100), "…1-100");
  read.refresh();
  EXPECT_EQ(read.talk->head(), Seq{kOld});
}

}  // namespace
}  // namespace kith::test
