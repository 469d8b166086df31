// One user's inbox: what it takes, what it numbers, when it waits, and its views.
#include "inbox/inbox.h"

#include "inbox/inbox_under_test.h"

namespace kith::test {
namespace {

// ---------------------------------------------------------------------------------------------------------------- taking

TEST(Inbox, ItTakesOnlyWhatFollowsItsMarkAndAnswersWithIt) {
  Home home;
  Talk talk("alice");
  talk.say(home.alice, 9);
  ASSERT_TRUE(home.open());
  EXPECT_EQ(home.handed(talk.part(0, 0)), Seq{0}) << "a question";
  EXPECT_EQ(home.handed(talk.part(2, 4)), Seq{0}) << "a gap";
  EXPECT_EQ(home.handed(talk.part(0, 3)), Seq{3});
  EXPECT_EQ(home.handed(talk.part(0, 3)), Seq{3}) << "a repeat";
  EXPECT_EQ(home.handed(talk.part(1, 2)), Seq{3}) << "an old part";
  EXPECT_EQ(home.handed(talk.part(1, 5)), Seq{5}) << "an overlap";
  EXPECT_EQ(home.handed(talk.part(7, 9)), Seq{5}) << "out of order";
  EXPECT_EQ(home.handed(talk.part(5, 5)), Seq{5}) << "a question";
  EXPECT_EQ(home.handed(talk.part(5, 9)), Seq{9});
  EXPECT_EQ(home.said(), "0-3 3-5 5-9");
  EXPECT_EQ(home.heard, (std::vector<Useq>{{1}, {2}, {3}}));
}

TEST(Inbox, AMarkIsAnsweredOnlyWhenItIsDurable) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Home home(seed);
    Talk talk("alice");
    talk.say(home.alice, 3);
    ASSERT_TRUE(home.open());
    // In every other life an append comes before, so that this one does not extend the chain.
    if (seed % 2 == 0) home.handed(talk.part(0, 1));
    ASSERT_EQ(home.handed(talk.part(0, 3)), Seq{3});
    home.restart();
    EXPECT_EQ(home.handed(talk.part(3, 3)), Seq{3}) << "seed " << seed;
  }
}

TEST(Inbox, WhatASessionHeardIsThereAfterACrash) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Home home(seed);
    Talk talk("alice");
    talk.say(home.alice, 2);
    ASSERT_TRUE(home.open());
    static_cast<void>(note(home.hand(talk.part(0, 1))));
    if (seed % 2 == 0) {
      home.loop.advance(10ms);
      home.heard.clear();
      static_cast<void>(note(home.hand(talk.part(1, 2))));
    }
    ASSERT_TRUE(home.loop.run_until([&] { return !home.heard.empty(); }));
    home.restart();
    EXPECT_GE(home.inbox->head(), home.heard.back()) << "seed " << seed;
  }
}

TEST(Inbox, HandOffsThatAreRepeatedOverlappingOutOfOrderOrLostLeaveOneDenseRow) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Home home(seed);
    std::vector<Talk> talks{Talk("alice"), Talk("carol")};
    for (Talk& talk : talks) talk.say(talk.with, 60);
    ASSERT_TRUE(home.open());
    for (int i = 0; i < 120; ++i) {
      home.here = home.random.below(2) == 0;
      const Talk& talk = talks[home.random.below(2)];
      std::uint64_t from = home.random.below(60), to = std::min<std::uint64_t>(60, from + home.random.below(20));
      static_cast<void>(note(home.hand(talk.part(from, to))));
      home.loop.advance(Duration(static_cast<std::int64_t>(home.random.below(20)) * 1ms));
      if (home.random.below(40) == 0) home.restart();
    }
    for (const Talk& talk : talks) {
      home.bring_up(talk);
      Seq reached;
      for (const Pointer& pointer : home.pointers()) {
        if (pointer.conversation != talk.id) continue;
        EXPECT_EQ(pointer.from, reached) << "seed " << seed;
        reached = pointer.to;
      }
      EXPECT_EQ(reached, Seq{60});
    }
  }
}

TEST(Inbox, AHandOffThatTheStoreCannotJudgeFailsAndCanBeRepeated) {
  Home home;
  Talk talk("alice");
  talk.say(home.alice, 1);
  ASSERT_TRUE(home.open());
  home.fail(StoreCall::get, 1, MemoryFault::unavailable);
  EXPECT_EQ(value_of(home.loop, home.hand(talk.part(0, 1))).error().code, Code::unavailable);
  EXPECT_EQ(home.handed(talk.part(0, 1)), Seq{1});
}

TEST(Inbox, AnUnknownOutcomeGivesNoNumberTwice) {
  for (auto fault : {MemoryFault::unknown_lost, MemoryFault::unknown_done, MemoryFault::unknown_late}) {
    Home home;
    Talk talk("alice");
    talk.say(home.alice, 2);
    ASSERT_TRUE(home.open());
    home.fail(StoreCall::append, 1, fault);
    EXPECT_EQ(home.handed(talk.part(0, 1)), Seq{1});
    EXPECT_EQ(home.handed(talk.part(1, 2)), Seq{2});
    home.loop.advance(10s);
    EXPECT_EQ(home.disk.numbers_reused(), 0u);
    EXPECT_EQ(home.said(), "0-1 1-2");
  }
}

// --------------------------------------------------------------------------------------------------- merging and waiting

TEST(Inbox, PointersMergeOnlyWhileTheyWait) {
  Home home;
  home.here = false;
  Talk talk("alice"), other("carol");
  talk.say(home.alice, 5);
  other.say(other.with, 1);
  ASSERT_TRUE(home.open());
  auto first = note(home.hand(talk.part(0, 1)));
  home.loop.advance(50ms);
  auto between = note(home.hand(other.part(0, 1)));
  home.loop.advance(50ms);
  auto second = note(home.hand(talk.part(1, 3)));
  ASSERT_TRUE(home.loop.run_until([&] { return second->has_value(); }));
  EXPECT_EQ(***first, Seq{3}) << "the mark, whoever brought it there";
  EXPECT_EQ(home.said(&talk.id), "0-3");
  EXPECT_EQ(home.inbox->head(), Useq{2});
  EXPECT_EQ(home.handed(talk.part(3, 5)), Seq{5});
  EXPECT_EQ(home.said(&talk.id), "0-3 3-5") << "a durable pointer never changes";
}

TEST(Inbox, WhatIsOnItsWayToTheDiskDoesNotGrow) {
  Home home(5, {20ms, 20ms});
  Talk talk("alice");
  talk.say(home.alice, 3);
  ASSERT_TRUE(home.open());
  auto first = note(home.hand(talk.part(0, 1)));
  ASSERT_TRUE(home.loop.run_until([&] { return home.disk.calls(StoreCall::append) == 1; }));
  auto second = note(home.hand(talk.part(1, 2)));
  auto third = note(home.hand(talk.part(2, 3)));
  ASSERT_TRUE(home.loop.run_until([&] { return third->has_value(); }));
  EXPECT_EQ(***first, Seq{1});
  EXPECT_EQ(***third, Seq{1}) << "the mark as it is: below what was handed over";
  EXPECT_EQ(home.handed(talk.part(1, 3)), Seq{3});
  EXPECT_EQ(home.said(), "0-1 1-3");
}

TEST(Inbox, OnePointerDoesNotGrowWithoutEnd) {
  Home home;
  home.here = false;
  Talk talk("alice");
  talk.say(home.alice, 1000);
  ASSERT_TRUE(home.open());
  home.handed(talk.part(0, 0));  // So that the parts that follow are judged in their order.
  for (std::uint64_t from = 0; from < 1000; from += 100) static_cast<void>(note(home.hand(talk.part(from, from + 100))));
  home.loop.advance(1s);
  for (const Pointer& pointer : home.pointers()) EXPECT_LT(pointer.to - pointer.from, 512u);
  EXPECT_EQ(home.state(talk).reached, Seq{1000});
}

TEST(Inbox, AnAbsentUsersPointerWaitsForCompanyNoLongerThanAQuarterSecond) {
  Home home(5, {});
  home.here = false;
  Talk talk("alice");
  talk.say(home.alice, 2);
  ASSERT_TRUE(home.open());
  auto mark = note(home.hand(talk.part(0, 1)));
  home.loop.advance(240ms);
  EXPECT_FALSE(mark->has_value());
  auto more = note(home.hand(talk.part(1, 2)));
  home.loop.advance(10ms);
  EXPECT_TRUE(mark->has_value()) << "company does not lengthen the wait";
  EXPECT_TRUE(more->has_value());
  EXPECT_EQ(home.said(), "0-2");
}

TEST(Inbox, ASessionThatComesEndsTheWait) {
  Home home(5, {});
  home.here = false;
  Talk talk("alice");
  talk.say(home.alice, 2);
  ASSERT_TRUE(home.open());
  auto mark = note(home.hand(talk.part(0, 1)));
  home.loop.advance(10ms);
  home.here = true;
  home.inbox->hurry();
  home.loop.advance(1ms);
  EXPECT_TRUE(mark->has_value());
  auto next = note(home.hand(talk.part(1, 2)));
  home.loop.advance(1ms);
  EXPECT_TRUE(next->has_value()) << "with a session nothing waits";
}

// ------------------------------------------------------------------------------------------------------ marks and counts

TEST(Inbox, AReadMarkOnlyMovesUp) {
  Home home;
  Talk talk("alice");
  talk.say(home.alice, 9);
  ASSERT_TRUE(home.open());
  home.handed(talk.part(0, 9));
  EXPECT_TRUE(value_of(home.loop, home.read(talk, 5)));
  EXPECT_TRUE(value_of(home.loop, home.read(talk, 3)));
  EXPECT_TRUE(value_of(home.loop, home.read(talk, 5)));
  EXPECT_EQ(home.said(), "0-9 r5");
  EXPECT_EQ(home.state(talk).read, Seq{5});
  EXPECT_EQ(home.state(talk).unread(), 4u);
}

TEST(Inbox, AReadMarkThatWasAnsweredSurvivesACrash) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Home home(seed);
    Talk talk("alice");
    talk.say(home.alice, 9);
    ASSERT_TRUE(home.open());
    home.handed(talk.part(0, 9));
    ASSERT_TRUE(value_of(home.loop, home.read(talk, 7)));
    home.restart();
    EXPECT_EQ(home.state(talk).read, Seq{7}) << "seed " << seed;
  }
}

TEST(Inbox, AReadMarkStandsBetweenThePointersWhereItWasSet) {
  Home home;
  home.here = false;
  Talk talk("alice");
  talk.say(home.alice, 4);
  ASSERT_TRUE(home.open());
  auto first = note(home.hand(talk.part(0, 2)));
  home.loop.advance(10ms);
  auto mark = note(home.read(talk, 2));
  auto lower = note(home.read(talk, 1));
  auto second = note(home.hand(talk.part(2, 4)));
  ASSERT_TRUE(home.loop.run_until([&] { return second->has_value() && mark->has_value() && lower->has_value(); }));
  EXPECT_EQ(home.said(), "0-2 r2 2-4") << "what comes later does not slip before the mark";
  EXPECT_EQ(home.state(talk).unread(), 2u);
}

TEST(Inbox, OnesOwnMessageCountsAsRead) {
  Home home;
  Talk talk("alice");
  ASSERT_TRUE(home.open());
  talk.say(home.alice, 3);
  talk.say(home.bob);
  home.handed(talk.part(0, 4));
  EXPECT_EQ(home.state(talk).unread(), 0u);
  talk.say(home.alice, 2);
  home.handed(talk.part(4, 6));
  EXPECT_EQ(home.state(talk).unread(), 2u);
  EXPECT_EQ(home.state(talk).read, Seq{0}) << "and is no read mark";
}

// Against a model that counts: messages of others and one's own above the highest of the read mark and one's own last message.
TEST(Inbox, UnreadIsWhatOneWouldCount) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Home home(seed);
    Talk talk("alice");
    ASSERT_TRUE(home.open());
    std::uint64_t read = 0;
    for (int i = 0; i < 60; ++i) {
      home.here = home.random.below(2) == 0;
      switch (home.random.below(8)) {
        case 0:
          talk.say(home.bob);
          break;
        case 1:
          if (talk.entries.empty()) break;
          read = std::max<std::uint64_t>(read, 1 + home.random.below(talk.entries.size()));  // Perhaps before the inbox has it.
          static_cast<void>(note(home.read(talk, read)));
          break;
        case 3:
          home.loop.advance(Duration(static_cast<std::int64_t>(home.random.below(1500)) * 1ms));
          break;
        default:
          talk.say(home.alice, home.random.below(3));
          static_cast<void>(note(home.hand(talk.part(home.random.below(talk.entries.size() + 1), talk.entries.size()))));
      }
      if (home.random.below(20) == 0) {
        home.loop.advance(300ms);  // So that everything asked for is durable.
        home.restart();
      }
    }
    home.bring_up(talk);
    home.loop.advance(300ms);
    std::uint64_t unread = 0;
    for (std::uint64_t seq = talk.entries.size(); seq > read; --seq) {
      const Entry& entry = *talk.entries[seq - 1];
      if (entry.kind != EntryKind::message) continue;
      if (entry.from == home.bob) break;
      ++unread;
    }
    EXPECT_EQ(home.state(talk).unread(), unread) << "seed " << seed;
    home.loop.advance(5s);
    home.restart();
    EXPECT_EQ(home.state(talk).unread(), unread) << "from the views, seed " << seed;
  }
}

TEST(Inbox, AnEntryThatCannotBeShownChangesNoCount) {
  Home home;
  Talk talk("alice");
  talk.say(home.alice, 3);
  ASSERT_TRUE(home.open());
  home.handed(talk.part(0, 3));
  talk.spoil();
  home.handed(talk.part(3, 4));
  EXPECT_EQ(home.state(talk).unread(), 3u);
}

TEST(Inbox, ReadingDoesNotMoveAConversationUpInTheList) {
  Home home;
  Talk talk("alice");
  talk.say(home.alice, 3);
  ASSERT_TRUE(home.open());
  home.bring_up(talk);
  Useq active = home.state(talk).active;
  ASSERT_TRUE(value_of(home.loop, home.read(talk, 2)));
  EXPECT_EQ(home.state(talk).active, active);
  EXPECT_GT(home.state(talk).last, active);
  talk.say(home.alice);
  home.bring_up(talk);
  EXPECT_GT(home.state(talk).active, active);
  home.restart();
  EXPECT_EQ(home.state(talk).active, home.state(talk).last);
}

TEST(Inbox, ItKnowsWhoTheOtherIs) {
  Home home;
  Talk talk("alice");
  talk.say(home.alice, 3);
  ASSERT_TRUE(home.open());
  EXPECT_TRUE(value_of(home.loop, home.scope.start(home.inbox->view(talk.id)))->with.empty());
  home.handed(talk.part(0, 1));
  home.handed(talk.part(1, 3));
  EXPECT_EQ(value_of(home.loop, home.scope.start(home.inbox->view(talk.id)))->with, home.alice);
  home.restart();
  EXPECT_EQ(home.state(talk).with, home.alice);
}

TEST(Inbox, PointersComeFromThePlaceThatWasAskedFor) {
  Home home;
  Talk talk("alice");
  talk.say(home.alice, 5);
  ASSERT_TRUE(home.open());
  for (std::uint64_t seq = 0; seq < 5; ++seq) home.handed(talk.part(seq, seq + 1));
  auto some = home.pointers({2}, 2);
  ASSERT_EQ(some.size(), 2u);
  EXPECT_EQ(some[0].to, Seq{3});
  EXPECT_EQ(some[1].to, Seq{4});
  EXPECT_TRUE(home.pointers({5}, 2).empty());
  EXPECT_TRUE(home.pointers({50}, 2).empty());
}

TEST(Inbox, ADamagedPointerKeepsItsNumberAndHidesNoOther) {
  Home home;
  Talk talk("alice");
  talk.say(home.alice, 3);
  ASSERT_TRUE(home.open());
  for (std::uint64_t seq = 0; seq < 3; ++seq) home.handed(talk.part(seq, seq + 1));
  ASSERT_TRUE(value_of(home.loop, home.store->rewrite(home.log, {2}, home.epoch, 1'000'000, "junk")));
  home.restart();
  EXPECT_EQ(home.said(), "0-1 ? 2-3");
  EXPECT_EQ(home.inbox->head(), Useq{3});
  EXPECT_EQ(home.state(talk).reached, Seq{3});
}

TEST(Inbox, WhoAsksWaitsForWhatIsOnItsWay) {
  Home home;
  home.here = false;
  Talk talk("alice");
  talk.say(home.alice, 2);
  ASSERT_TRUE(home.open());
  auto mark = note(home.hand(talk.part(0, 1)));
  home.loop.advance(10ms);
  EXPECT_EQ(home.inbox->head(), Useq{0}) << "it waits for company";
  Scope asking;
  auto arrived = note(asking.start([](Inbox& inbox) -> Task<Ok> {
    co_await inbox.arrivals();
    co_return Ok{};
  }(*home.inbox)));
  EXPECT_FALSE(arrived->has_value());
  ASSERT_TRUE(home.loop.run_until([&] { return arrived->has_value(); }, ManualLoop::Clock::jumps, 100ms));
  EXPECT_EQ(home.inbox->head(), Useq{1});
}

}  // namespace
}  // namespace kith::test
