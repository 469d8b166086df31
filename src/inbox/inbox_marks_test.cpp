// What a conversation comes to know of its member's marks: read and delivered, in the end always what the inbox knows.
#include <gtest/gtest.h>

#include "inbox/inbox_under_test.h"

namespace kith::test {
namespace {

class Told : public ::testing::Test {
 protected:
  void SetUp() override {
    talk.say(home.alice, 10);
    ASSERT_TRUE(home.open());
    home.bring_up(talk);
    home.loop.advance(5s);
  }
  Mark told() { return home.marks[talk.id]; }

  Home home;
  Talk talk{"alice"};
};

TEST_F(Told, NothingThatNoDeviceConfirmed) { EXPECT_EQ(home.marks_told, 0u); }

TEST_F(Told, WhatADeviceConfirmedIsDeliveredAndTheReadMarkIsTold) {
  home.inbox->confirmed(home.inbox->head());
  home.loop.advance(5s);
  EXPECT_EQ(told(), (Mark{{0}, {10}}));
  ASSERT_TRUE(value_of(home.loop, home.read(talk, 4)));
  home.loop.advance(5s);
  EXPECT_EQ(told(), (Mark{{4}, {10}}));
  EXPECT_EQ(home.marks_told, 2u);
  home.loop.advance(60s);
  EXPECT_EQ(home.marks_told, 2u) << "once each";
}

TEST_F(Told, WhatIsReadIsDelivered) {
  ASSERT_TRUE(value_of(home.loop, home.read(talk, 4)));
  home.loop.advance(5s);
  EXPECT_EQ(told(), (Mark{{4}, {4}}));
}

TEST_F(Told, AnOlderConfirmationTellsLess) {
  Useq before = home.inbox->head();
  talk.say(home.alice, 5);
  home.bring_up(talk);
  home.inbox->confirmed(before);
  home.loop.advance(5s);
  EXPECT_EQ(told(), Mark{}) << "what of it came when is not kept";
  home.inbox->confirmed(home.inbox->head());
  home.loop.advance(5s);
  EXPECT_EQ(told(), (Mark{{0}, {15}}));
}

// New steps come faster than confirmations.
TEST_F(Told, AConversationThatIsNeverQuietIsDeliveredAllTheSame) {
  for (int second = 0; second < 20; ++second) {
    Useq seen = home.inbox->head();
    talk.say(home.alice, 1);
    home.bring_up(talk);
    home.inbox->confirmed(seen);
    home.loop.advance(1s);
  }
  home.loop.advance(2s);
  EXPECT_GE(told().delivered, Seq{25});
  EXPECT_LT(told().delivered, Seq{30}) << "the last was not confirmed";
}

TEST_F(Told, ManyMarksOfASecondAreToldTogether) {
  for (std::uint64_t seq = 1; seq <= 10; ++seq) ASSERT_TRUE(value_of(home.loop, home.read(talk, seq)));
  home.loop.advance(5s);
  EXPECT_LE(home.marks_told, 2u);
  EXPECT_EQ(told(), (Mark{{10}, {10}}));
}

TEST_F(Told, ACrashBeforeItWasToldChangesNothing) {
  ASSERT_TRUE(value_of(home.loop, home.read(talk, 7)));
  EXPECT_EQ(home.marks_told, 0u);
  home.restart();
  home.loop.advance(5s);
  EXPECT_EQ(told(), (Mark{{7}, {7}}));
}

TEST_F(Told, UntilTheConversationHasItTheCheckpointWaits) {
  home.mark_failure = Code::unavailable;
  ASSERT_TRUE(value_of(home.loop, home.read(talk, 7)));
  home.loop.advance(5s);
  EXPECT_GT(home.marks_told, 2u) << "it is tried again";
  Seq waiting = home.checkpoint();
  EXPECT_LT(waiting, Seq{home.inbox->head().value});
  home.mark_failure.reset();
  home.restart();
  home.loop.advance(5s);
  EXPECT_EQ(told(), (Mark{{7}, {7}}));
  EXPECT_EQ(home.checkpoint(), Seq{home.inbox->head().value});
}

TEST_F(Told, WhoIsNoMemberAnyMoreIsNotToldForEver) {
  home.mark_failure = Code::not_found;
  ASSERT_TRUE(value_of(home.loop, home.read(talk, 7)));
  home.loop.advance(60s);
  EXPECT_EQ(home.marks_told, 1u);
  EXPECT_EQ(home.checkpoint(), Seq{home.inbox->head().value});
}

}  // namespace
}  // namespace kith::test
