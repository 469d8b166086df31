// What a conversation takes, and until when it may be changed.
#include <gtest/gtest.h>

#include "conversation/conversation_under_test.h"

namespace kith::test {
namespace {

struct Limited : World {
  explicit Limited(LimitOptions o) : options(std::move(o)) {
    talk = std::make_unique<Conversation>(loop, *store, inboxes, id, epoch, &limits);
    KITH_ASSERT(*value_of(loop, scope.start(talk->open({std::pair(alice, bob), false}))));
    KITH_ASSERT(sent(alice, 1, "first"));
  }
  auto changing(const UserId& from, EntryKind kind, std::uint64_t target, std::string text) {
    ChangeRequest request{from, kind, std::move(text), {}, {}};
    request.details.target = {target};
    return note(scope.start(talk->change(std::move(request))));
  }
  Code change(const UserId& from, EntryKind kind, std::uint64_t target, std::string text = {}) {
    auto changed = changing(from, kind, target, std::move(text));
    KITH_ASSERT(loop.run_until([&] { return changed->has_value(); }));
    return **changed ? Code::ok : (**changed).error().code;
  }
  Code edit(std::uint64_t target, std::string text) { return change(alice, EntryKind::edit, target, std::move(text)); }
  Code erase(std::uint64_t target) { return change(alice, EntryKind::deletion, target); }
  void later_by(Duration time) { loop.set_wall({loop.wall().ms + time / 1ms}); }

  LimitOptions options;
  Limits limits{loop, options, std::make_shared<Addresses>(options, 5)};
};

LimitOptions within(Duration edit, Duration erase) {
  LimitOptions options;
  options.edit_within = edit;
  options.delete_within = erase;
  return options;
}

TEST(TimeLimit, EditingAndDeletingEndEachAtItsTime) {
  Limited world(within(60s, 600s));
  world.later_by(59s);
  EXPECT_EQ(world.edit(1, "second"), Code::ok);
  world.later_by(2s);
  EXPECT_EQ(world.edit(1, "third"), Code::too_late);
  EXPECT_EQ(world.edit(1, "second"), Code::ok) << "a repeat of what was done in time changes nothing";
  EXPECT_EQ(world.change(world.bob, EntryKind::edit, 1, "fourth"), Code::forbidden) << "not too_late: the time says nothing to others";
  EXPECT_EQ(world.change(world.bob, EntryKind::reaction, 1, "+"), Code::ok);
  world.later_by(500s);
  EXPECT_EQ(world.erase(1), Code::ok);
  world.later_by(500s);
  EXPECT_EQ(world.erase(1), Code::ok) << "it is deleted";
  EXPECT_EQ(world.edit(1, "fifth"), Code::deleted);
  EXPECT_EQ(world.limits.refusals().of(Limit::editing), 1u);
  EXPECT_EQ(world.limits.refusals().of(Limit::deleting), 0u);
}

TEST(TimeLimit, DeletingEndsAlsoWithoutALimitForEditing) {
  Limited world(within(0s, 60s));
  world.later_by(61s);
  EXPECT_EQ(world.erase(1), Code::too_late);
  EXPECT_EQ(world.edit(1, "second"), Code::ok);
  ASSERT_TRUE(world.sent(world.alice, 2, "young"));
  EXPECT_EQ(world.erase(3), Code::ok);
  EXPECT_EQ(world.limits.refusals().of(Limit::deleting), 1u);
}

TEST(TimeLimit, TheOwnersClockCountsAndNeverGoesBack) {
  Limited world(within(60s, 60s));
  world.later_by(100s);
  ASSERT_TRUE(world.sent(world.bob, 2, "a minute is over"));
  world.later_by(-90s);
  // The entry would get the time of the one before it.
  EXPECT_EQ(world.edit(1, "second"), Code::too_late);
}

TEST(TimeLimit, CountsWhenTheChangeGetsItsPlace) {
  Limited world(within(60s, 60s));
  world.later_by(59s);
  auto flying = world.later(world.bob, 2, "in the batch before");
  world.loop.run_until_idle();
  ASSERT_FALSE(flying->has_value());
  auto waiting = world.changing(world.alice, EntryKind::edit, 1, "second");
  world.loop.run_until_idle();
  ASSERT_FALSE(waiting->has_value()) << "was refused early, or made durable at once";
  world.later_by(5s);
  ASSERT_TRUE(world.loop.run_until([&] { return waiting->has_value(); }));
  ASSERT_FALSE(**waiting);
  EXPECT_EQ((**waiting).error().code, Code::too_late);
  EXPECT_EQ(world.texts(), (std::vector<std::string>{"first", "in the batch before"}));
}

TEST(ConversationRate, EntriesBeyondAreRefusedAndRepeatsAreAnswered) {
  LimitOptions options;
  options.conversation = {4, 1s};
  Limited world(options);  // Its first message is one of the four.
  EXPECT_TRUE(world.sent(world.bob, 2, "two"));
  EXPECT_EQ(world.edit(1, "new"), Code::ok);
  EXPECT_EQ(world.change(world.bob, EntryKind::reaction, 1, "+"), Code::ok);
  auto refused = world.sent(world.alice, 3, "three");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::rate_limited);
  EXPECT_EQ(refused.error().detail, "conversation");
  EXPECT_GT(refused.error().retry_after_ms, 0u);
  EXPECT_LE(refused.error().retry_after_ms, 1000u);
  EXPECT_EQ(world.edit(1, "newer"), Code::rate_limited);
  EXPECT_EQ(world.edit(1, "new"), Code::ok) << "nothing to change takes nothing";
  auto repeated = world.sent(world.bob, 2, "two");
  ASSERT_TRUE(repeated);
  EXPECT_TRUE(repeated->repeated);
  world.loop.advance(1s);
  EXPECT_TRUE(world.sent(world.alice, 3, "three"));
  EXPECT_EQ(world.limits.refusals().of(Limit::conversation), 2u);
}

TEST(ConversationRate, ASearchFarBackIsChargedToTheSender) {
  World world;
  leave_messages(world.loop, *world.store, world.log, world.alice, 5000, world.epoch);
  world.power_on();
  ASSERT_TRUE(*world.open());
  auto found = world.sent(world.alice, 1, "m1", Seq{0});
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->repeated);
  EXPECT_EQ(world.inboxes.charged[world.alice], (5000 - Conversation::kRecentEntries) / kRowsSearchedForOne);
  auto near = world.sent(world.bob, 9000, "new", Seq{5000});
  ASSERT_TRUE(near);
  EXPECT_EQ(world.inboxes.charged[world.bob], 0u);
}

TEST(FirstContact, IsAskedForOnceAndBeforeAnythingIsMade) {
  World world;
  world.inboxes.contacts_left = 0;
  auto refused = world.open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::rate_limited);
  EXPECT_EQ(refused.error().detail, "alice") << "who begins it pays";
  EXPECT_FALSE(*world.open(std::nullopt));
  world.inboxes.contacts_left = 1;
  EXPECT_TRUE(*world.open());
  EXPECT_EQ(world.inboxes.contacts_left, 0u);
  EXPECT_TRUE(*world.open(std::pair(world.bob, world.alice))) << "it is there";
  // Who does not exist costs nothing.
  world.inboxes.contacts_left = 1;
  world.inboxes.strangers.insert(world.carol);
  Conversation none(world.loop, *world.store, world.inboxes, ConversationId::direct(world.alice, world.carol), world.epoch);
  auto opened = value_of(world.loop, world.scope.start(none.open({std::pair(world.alice, world.carol), false})));
  EXPECT_EQ(opened.error().code, Code::unknown_user);
  EXPECT_EQ(world.inboxes.contacts_left, 1u);
}

}  // namespace
}  // namespace kith::test
