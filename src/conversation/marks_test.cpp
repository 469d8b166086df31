// Where members are: durable before anybody is told, never backwards, told to those who look.
#include "conversation/marks.h"
#include "conversation/conversation_under_test.h"

namespace kith::test {
namespace {

class MarksTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(*world.open()); }
  Result<Ok> raised(const UserId& who, std::uint64_t read, std::uint64_t delivered) {
    return value_of(world.loop, world.scope.start(world.talk->mark(who, {{read}, {delivered}})));
  }
  Result<Receipts> looked(const UserId& who) { return value_of(world.loop, world.scope.start(world.talk->look(who))); }
  Mark seen(const UserId& by) {
    auto receipts = looked(by);
    return receipts && !receipts->marks.empty() ? receipts->marks.front().mark : Mark{};
  }
  std::size_t told() const { return world.inboxes.signals.size(); }

  World world;
};

TEST_F(MarksTest, OthersSeeThemOneselfDoesNot) {
  ASSERT_TRUE(raised(world.bob, 3, 5));
  auto receipts = looked(world.alice);
  ASSERT_TRUE(receipts);
  ASSERT_EQ(receipts->marks.size(), 1u);
  EXPECT_EQ(receipts->marks[0].user, world.bob);
  EXPECT_EQ(receipts->marks[0].mark, (Mark{{3}, {5}}));
  EXPECT_EQ(receipts->other, world.bob);
  EXPECT_TRUE(looked(world.bob)->marks.empty());
  EXPECT_EQ(looked(user("carol")).error().code, Code::not_found);
}

TEST_F(MarksTest, TheyNeverGoBackAndSurviveACrash) {
  ASSERT_TRUE(raised(world.bob, 3, 5));
  ASSERT_TRUE(raised(world.bob, 2, 7));
  EXPECT_EQ(seen(world.alice), (Mark{{3}, {7}}));
  world.crash();
  ASSERT_TRUE(*world.open());
  EXPECT_EQ(seen(world.alice), (Mark{{3}, {7}}));
}

TEST_F(MarksTest, NobodyIsToldBeforeTheRowIsDurable) {
  ASSERT_TRUE(looked(world.alice));
  auto raising = world.scope.start(world.talk->mark(world.bob, {{3}, {3}}));
  for (int i = 0; i < 1000 && told() == 0; ++i) {
    EXPECT_FALSE(raising.is_ready());
    world.loop.advance(10us);
  }
  ASSERT_EQ(told(), 1u);
  world.crash();
  ASSERT_TRUE(*world.open());
  EXPECT_EQ(seen(world.alice), (Mark{{3}, {3}}));
}

TEST_F(MarksTest, ThoseWhoLookAreToldTwiceASecondAtMost) {
  ASSERT_TRUE(looked(world.alice));
  for (std::uint64_t n = 1; n <= 40; ++n) {
    ASSERT_TRUE(raised(world.bob, n, n));
    world.loop.advance(50ms);
  }
  world.loop.advance(2s);
  EXPECT_LE(told(), 6u);
  ASSERT_GE(told(), 2u);
  const auto& [to, signal] = world.inboxes.signals.back();
  EXPECT_EQ(to, std::vector<UserId>{world.alice});
  EXPECT_EQ(signal.marks.at(0).mark, (Mark{{40}, {40}}));
}

TEST_F(MarksTest, ALookEnds) {
  ASSERT_TRUE(looked(world.alice));
  world.loop.advance(Marks::kLookFor + 1s);
  ASSERT_TRUE(raised(world.bob, 3, 3));
  world.loop.advance(5s);
  EXPECT_EQ(told(), 0u);
}

TEST_F(MarksTest, WhoIsLookedAtStaysInMemory) {
  EXPECT_TRUE(world.talk->evictable());
  ASSERT_TRUE(looked(world.alice));
  EXPECT_FALSE(world.talk->evictable());
  world.loop.advance(Marks::kLookFor + 1s);
  EXPECT_TRUE(world.talk->evictable());
}

TEST_F(MarksTest, WritingIsToldToTheOthersAndNotTooOften) {
  ASSERT_TRUE(looked(world.alice));
  ASSERT_TRUE(looked(world.bob));
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(world.talk->typing(world.bob, false));
    world.loop.advance(500ms);
  }
  EXPECT_EQ(told(), 3u);
  EXPECT_EQ(world.inboxes.signals[0].first, std::vector<UserId>{world.alice});
  EXPECT_EQ(world.inboxes.signals[0].second.typing, world.bob);
  ASSERT_TRUE(world.talk->typing(world.bob, true));
  EXPECT_TRUE(world.inboxes.signals.back().second.stopped);
  ASSERT_TRUE(world.talk->typing(world.bob, false)) << "who stopped may begin again at once";
  EXPECT_EQ(told(), 5u);
  EXPECT_EQ(world.rows(), 0u) << "nothing of it is logged";
}

TEST_F(MarksTest, WhatSomebodyReadIsHiddenFromTheMomentTheyWantItSo) {
  ASSERT_TRUE(raised(world.bob, 3, 5));
  EXPECT_EQ(seen(world.alice), (Mark{{3}, {5}}));
  world.inboxes.silent_readers.insert(world.bob);
  EXPECT_EQ(seen(world.alice), (Mark{{0}, {5}}));
  ASSERT_TRUE(raised(world.bob, 7, 7));
  world.loop.advance(2s);
  EXPECT_EQ(world.inboxes.signals.back().second.marks.at(0).mark, (Mark{{0}, {7}}));
  world.inboxes.silent_readers.clear();
  EXPECT_EQ(seen(world.alice), (Mark{{7}, {7}})) << "and shown from the moment they do not";
}

TEST_F(MarksTest, WhatWaitsToBeToldIsToldAsItsReaderWantsItThen) {
  ASSERT_TRUE(looked(world.alice));
  ASSERT_TRUE(raised(world.bob, 1, 1));
  ASSERT_TRUE(raised(world.bob, 5, 6));
  ASSERT_EQ(told(), 1u) << "the second one waits";
  world.inboxes.silent_readers.insert(world.bob);
  world.loop.advance(2s);
  ASSERT_EQ(told(), 2u);
  EXPECT_EQ(world.inboxes.signals.back().second.marks.at(0).mark, (Mark{{0}, {6}}));
}

TEST_F(MarksTest, WhoIsBlockedSeesAndTellsNothing) {
  ASSERT_TRUE(raised(world.bob, 3, 3));
  ASSERT_TRUE(value_of(world.loop, world.scope.start(world.talk->block(world.bob, true))));
  auto receipts = looked(world.alice);
  ASSERT_TRUE(receipts);
  EXPECT_TRUE(receipts->marks.empty());
  EXPECT_TRUE(receipts->other.empty());
  EXPECT_EQ(world.talk->typing(world.alice, false).error().code, Code::refused);
}

TEST_F(MarksTest, WhoIsBlockedWhileTheyLookSeesNothing) {
  ASSERT_TRUE(raised(world.bob, 3, 3));
  world.inboxes.asked.emplace();
  auto look = note(world.scope.start(world.talk->look(world.alice)));
  world.loop.advance(1s);
  ASSERT_FALSE(look->has_value());
  ASSERT_TRUE(value_of(world.loop, world.scope.start(world.talk->block(world.bob, true))));
  world.inboxes.asked->set(std::vector<bool>{true});
  world.loop.advance(1s);
  ASSERT_TRUE(look->has_value());
  ASSERT_TRUE(**look);
  EXPECT_TRUE((**look)->marks.empty());
  EXPECT_TRUE((**look)->other.empty());
}

}  // namespace
}  // namespace kith::test
