// What a user does to their own view of a conversation, and how an inbox begins in a group that was there before.
#include <gtest/gtest.h>

#include "inbox/inbox_under_test.h"

namespace kith::test {
namespace {

class Own : public ::testing::Test {
 protected:
  void SetUp() override {
    talk.say(home.alice, 10);
    ASSERT_TRUE(home.open());
    home.bring_up(talk);
  }
  Result<Ok> cleared(std::uint64_t seq) { return value_of(home.loop, home.scope.start(home.inbox->clear(talk.id, talk.point(seq)))); }
  Result<Ok> hidden(std::uint64_t seq) { return value_of(home.loop, home.scope.start(home.inbox->hide(talk.id, {seq}))); }
  Result<Ok> configured(Fn<void(Settings&)> change) {
    return value_of(home.loop, home.scope.start(home.inbox->configure(talk.id, std::move(change))));
  }
  // The same now, from the views after a while, and from the pointers after a crash.
  void expect(const std::function<void(const ConversationState&)>& check) {
    check(home.state(talk));
    check(home.rebuilt()[talk.id]);
    home.restart();
    check(home.state(talk));
    home.loop.advance(5s);
    check(home.views()[talk.id]);
  }

  Home home;
  Talk talk{"alice"};
};

TEST_F(Own, WhatIsClearedIsNotUnreadAndIsNotShown) {
  ASSERT_TRUE(cleared(6));
  ASSERT_TRUE(cleared(4)) << "a lower one changes nothing";
  expect([](const ConversationState& state) {
    EXPECT_EQ(state.cleared, Seq{6});
    EXPECT_EQ(state.unread(), 4u);
    EXPECT_FALSE(state.shows({6}));
    EXPECT_TRUE(state.shows({7}));
  });
  EXPECT_EQ(home.pointers().size(), 2u) << "one step of the conversation, one of the clearing";
}

TEST_F(Own, ALowerClearingThatIsOnItsWayWithAHigherOneIsNoStep) {
  std::vector<Future<Result<Ok>>> under_way;
  for (std::uint64_t seq : {6, 4, 6}) under_way.push_back(home.scope.start(home.inbox->clear(talk.id, talk.point(seq))));
  for (auto& one : under_way) EXPECT_FALSE(one.is_ready()) << "answered once it is durable";
  for (auto& one : under_way) EXPECT_TRUE(value_of(home.loop, std::move(one)));
  EXPECT_EQ(home.state(talk).cleared, Seq{6});
  EXPECT_EQ(home.pointers().size(), 2u) << "one step of the conversation, one of the clearing";
}

TEST_F(Own, WhatIsOnItsWayAlreadyIsNoFurtherStep) {
  auto pin = [] { return Fn<void(Settings&)>([](Settings& settings) { settings.pinned = true; }); };
  std::vector<Future<Result<Ok>>> under_way;
  for (std::uint64_t seq : {8, 3, 8}) under_way.push_back(home.scope.start(home.inbox->hide(talk.id, {seq})));
  for (int i = 0; i < 2; ++i) under_way.push_back(home.scope.start(home.inbox->configure(talk.id, pin())));
  under_way.push_back(home.scope.start(home.inbox->clear(talk.id, talk.point(5))));
  under_way.push_back(home.scope.start(home.inbox->hide(talk.id, {4})));
  for (auto& one : under_way) EXPECT_FALSE(one.is_ready()) << "answered once it is durable";
  for (auto& one : under_way) EXPECT_TRUE(value_of(home.loop, std::move(one)));
  EXPECT_EQ(home.pointers().size(), 5u) << "of the conversation, two entries hidden, settings, the clearing";
  expect([](const ConversationState& state) {
    EXPECT_EQ(state.hidden, std::vector<Seq>{{8}});
    EXPECT_EQ(state.cleared, Seq{5});
    EXPECT_TRUE(state.settings.pinned);
  });
}

TEST_F(Own, WhatIsOnItsWayCanBeConfigured) {
  Talk other{"carol"};
  EXPECT_EQ(value_of(home.loop, home.scope.start(home.inbox->configure(other.id, [](Settings&) {}))).error().code, Code::not_found);
  other.say(user("carol"), 3);
  home.here = false;  // What is handed off waits for company.
  auto handed = home.hand(other.part(0, 3));
  home.loop.advance(10ms);
  ASSERT_FALSE(handed.is_ready());
  EXPECT_TRUE(value_of(home.loop, home.scope.start(home.inbox->configure(other.id, [](Settings& settings) { settings.pinned = true; }))));
  EXPECT_TRUE(handed.is_ready()) << "the settings come behind it";
  EXPECT_TRUE(home.state(other).settings.pinned);
}

TEST_F(Own, WhatIsBlankedSaysOnlyHowFarTheInboxCame) {
  Talk other{"carol"};
  other.say(user("carol"), 3);
  home.bring_up(other);
  ASSERT_TRUE(cleared(6));
  ASSERT_TRUE(hidden(8));
  ASSERT_TRUE(configured([](Settings& settings) { settings.pinned = true; }));
  ASSERT_TRUE(value_of(home.loop, home.read(talk, 9)));
  ASSERT_TRUE(value_of(home.loop, home.scope.start(home.inbox->blank())));
  for (int time = 0; time < 3; ++time) {
    for (const Talk* one : {&talk, &other}) {
      const ConversationState state = home.state(*one);
      ConversationState left;
      left.conversation = one->id;
      left.reached = Seq{one->entries.size()};
      left.n = state.n;
      left.last = state.last;
      EXPECT_EQ(state, left);
      left.conversation = {};  // Is the row's key.
      EXPECT_EQ(home.views()[one->id], left);
    }
    if (time == 0) home.restart();
    if (time == 1) home.loop.advance(5s);
  }
  // And what still comes finds its place.
  talk.say(home.alice, 2);
  home.bring_up(talk);
  EXPECT_EQ(home.state(talk).reached, Seq{12});
}

TEST_F(Own, AnEntryIsHiddenOnceAndForgottenWhenTheConversationIsCleared) {
  ASSERT_TRUE(hidden(8));
  ASSERT_TRUE(hidden(3));
  ASSERT_TRUE(hidden(8));
  expect([](const ConversationState& state) {
    EXPECT_EQ(state.hidden, (std::vector<Seq>{{3}, {8}}));
    EXPECT_EQ(state.unread(), 10u) << "hiding is not reading";
  });
  ASSERT_TRUE(cleared(5));
  expect([](const ConversationState& state) { EXPECT_EQ(state.hidden, std::vector<Seq>{{8}}); });
}

TEST_F(Own, ThereIsALimitToHiddenEntries) {
  talk.say(home.alice, 1000);
  home.bring_up(talk);
  for (std::uint64_t seq = 1; seq <= Inbox::kHiddenMax; ++seq) ASSERT_TRUE(hidden(seq)) << seq;
  auto refused = hidden(1005);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::limit_reached);
  EXPECT_TRUE(hidden(7)) << "what is hidden already is no more";
  ASSERT_TRUE(cleared(990));
  std::vector<Future<Result<Ok>>> at_once;
  for (std::uint64_t seq = 991; seq <= 1010; ++seq) at_once.push_back(home.scope.start(home.inbox->hide(talk.id, {seq})));
  for (auto& one : at_once) EXPECT_TRUE(value_of(home.loop, std::move(one))) << "there is room again";
}

TEST_F(Own, TheLimitCountsWhatIsOnItsWay) {
  talk.say(home.alice, 1000);
  home.bring_up(talk);
  std::vector<Future<Result<Ok>>> at_once;
  for (std::uint64_t seq = 1; seq <= 1010; ++seq) at_once.push_back(home.scope.start(home.inbox->hide(talk.id, {seq})));
  std::size_t taken = 0;
  for (auto& one : at_once) taken += value_of(home.loop, std::move(one)) ? 1 : 0;
  EXPECT_EQ(taken, Inbox::kHiddenMax);
}

TEST_F(Own, SettingsChangeByPartsAndTheLastOneCounts) {
  ASSERT_TRUE(configured([](Settings& settings) { settings.pinned = true; }));
  ASSERT_TRUE(configured([](Settings& settings) { settings.muted_until = {5000}; }));
  ASSERT_TRUE(configured([](Settings&) {}));
  expect([](const ConversationState& state) { EXPECT_EQ(state.settings, (Settings{{5000}, true, false})); });
  EXPECT_EQ(home.pointers().size(), 3u) << "what changes nothing is no step";
}

TEST_F(Own, SettingsThatCrossEachOtherAreBothKept) {
  auto pin = home.scope.start(home.inbox->configure(talk.id, [](Settings& settings) { settings.pinned = true; }));
  auto archive = home.scope.start(home.inbox->configure(talk.id, [](Settings& settings) { settings.archived = true; }));
  ASSERT_TRUE(value_of(home.loop, std::move(pin)));
  ASSERT_TRUE(value_of(home.loop, std::move(archive)));
  EXPECT_EQ(home.state(talk).settings, (Settings{{}, true, true}));
}

TEST_F(Own, ReadingAndClearingDoNotMoveAConversationUpInTheList) {
  Useq active = home.state(talk).active;
  ASSERT_TRUE(value_of(home.loop, home.read(talk, 10)));
  ASSERT_TRUE(cleared(2));
  EXPECT_EQ(home.state(talk).active, active);
  talk.say(home.alice);
  home.bring_up(talk);
  EXPECT_GT(home.state(talk).active, active);
}

TEST(Joining, AnInboxBeginsWhereItsUserCameIn) {
  Home home;
  Talk talk("alice");
  talk.say(home.alice, 9);
  ASSERT_TRUE(home.open());
  HandOff first = talk.part(6, 9);
  EXPECT_EQ(home.handed(first), Seq{0}) << "without having joined there it does not follow";
  first.joined = {7};
  EXPECT_EQ(home.handed(first), Seq{9});
  EXPECT_EQ(home.said(), "6-9");
  ConversationState state = home.state(talk);
  EXPECT_EQ(state.joined, Seq{7});
  EXPECT_EQ(state.unread(), 2u) << "what was counted before is not theirs";
  EXPECT_EQ(home.handed(first), Seq{9}) << "a repeat changes nothing";
  home.restart();
  EXPECT_EQ(home.state(talk).unread(), 2u);
}

// Whatever happens in whatever order, and across crashes: unread is what a person would count.
TEST(Unread, IsWhatAPersonWouldCount) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Home home(seed);
    Talk talk("alice");
    SeededRandom random(seed);
    ASSERT_TRUE(home.open());
    std::uint64_t read = 0, cleared = 0;
    std::vector<Future<Result<Ok>>> under_way;
    for (int step = 0; step < 60; ++step) {
      std::uint64_t head = talk.entries.size();
      switch (random.below(7)) {
        case 0:
        case 1:
          talk.say(home.alice, 1 + random.below(4));
          break;
        case 2:
          talk.say(home.bob);
          break;
        case 3:
          talk.change(home.alice);
          break;
        case 4:
          if (head == 0 || home.state(talk).reached.value == 0) break;
          read = std::max(read, 1 + random.below(home.state(talk).reached.value));
          under_way.push_back(home.read(talk, read));
          break;
        case 5:
          if (random.below(4) != 0 || home.state(talk).reached.value == 0) break;
          cleared = std::max(cleared, 1 + random.below(home.state(talk).reached.value));
          under_way.push_back(home.scope.start(home.inbox->clear(talk.id, talk.point(cleared))));
          break;
        default:
          home.bring_up(talk);
          if (random.below(3) == 0) home.loop.advance(2s);
      }
      if (random.below(12) != 0) continue;
      home.loop.advance(50ms);  // What was asked for is durable, or it would be open whether it counts.
      home.restart();
    }
    home.loop.advance(1s);
    home.bring_up(talk);
    std::uint64_t own = 0, expected = 0;
    for (const EntryPtr& entry : talk.entries) {
      if (entry->kind == EntryKind::message && entry->from == home.bob) own = entry->seq.value;
    }
    for (const EntryPtr& entry : talk.entries) {
      if (entry->kind == EntryKind::message && entry->seq.value > std::max({read, own, cleared})) ++expected;
    }
    EXPECT_EQ(home.state(talk).unread(), expected) << "seed " << seed << ": " << home.said();
    EXPECT_EQ(home.rebuilt()[talk.id].unread(), expected) << "seed " << seed;
  }
}

}  // namespace
}  // namespace kith::test
