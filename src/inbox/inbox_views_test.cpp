// The views of an inbox: written behind, never ahead of the pointers, rebuilt from them after every crash.
#include "inbox/inbox.h"
#include "inbox/inbox_under_test.h"

namespace kith::test {
namespace {

// Every pointer up to the checkpoint is in the views.
void expect_covered(Home& home, const std::string& where) {
  auto views = home.views();
  auto cells = home.disk.state().logs.find(home.log);
  if (cells == home.disk.state().logs.end()) return;
  for (const auto& [place, cell] : cells->second) {
    if (place.first > home.checkpoint()) continue;
    Pointer pointer = decode_pointer({place.first, place.second, 0, cell.record});
    EXPECT_GE(views[pointer.conversation].last, place.first) << where;
  }
}

// Some steps of an inbox with many conversations.
void live(Home& home, std::vector<Talk>& talks, int steps) {
  for (int i = 0; i < steps; ++i) {
    home.here = home.random.below(2) == 0;
    Talk& talk = talks[home.random.below(talks.size())];
    std::uint64_t from = talk.entries.size();
    talk.say(home.random.below(4) == 0 ? home.bob : talk.with, 1 + home.random.below(3));
    static_cast<void>(note(home.hand(talk.part(from, talk.entries.size()))));
    if (home.random.below(3) == 0) static_cast<void>(note(home.read(talk, 1 + home.random.below(talk.entries.size()))));
    home.loop.advance(Duration(static_cast<std::int64_t>(home.random.below(400)) * 1ms));
  }
}

std::vector<Talk> some_talks() {
  std::vector<Talk> talks;
  for (int i = 0; i < 5; ++i) talks.emplace_back("friend" + std::to_string(i));
  return talks;
}

TEST(InboxViews, AViewFollowsWithinASecond) {
  Home home;
  Talk talk("alice");
  talk.say(home.alice, 2);
  ASSERT_TRUE(home.open());
  home.handed(talk.part(0, 2));
  EXPECT_TRUE(home.views().empty()) << "not on the way of a message";
  home.loop.advance(1100ms);
  EXPECT_EQ(home.views()[talk.id].reached, Seq{2});
  EXPECT_EQ(home.checkpoint(), home.inbox->head());
  EXPECT_TRUE(home.inbox->evictable());
}

TEST(InboxViews, TheCheckpointNeverStandsAboveThem) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Home home(seed, {1ms, 700ms});
    MemoryFaults faults;
    faults.unknown_lost = faults.unknown_done = faults.unavailable = 0.1;
    auto talks = some_talks();
    ASSERT_TRUE(home.open());
    home.disk.set_faults(faults);
    for (int i = 0; i < 30; ++i) {
      live(home, talks, 1);
      for (int ms = 0; ms < 300; ms += 10) {
        home.loop.advance(10ms);
        expect_covered(home, "seed " + std::to_string(seed));
      }
    }
    EXPECT_GT(home.checkpoint(), Seq{0}) << "it moves";
  }
}

TEST(InboxViews, AfterACrashAtAnyMomentTheyAreWhatThePointersSay) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Home home(seed, {1ms, 300ms});
    auto talks = some_talks();
    ASSERT_TRUE(home.open());
    for (int crashes = 0; crashes < 3; ++crashes) {
      live(home, talks, 10);
      home.restart();
      ASSERT_EQ(home.states(), home.rebuilt()) << "seed " << seed;
      // What was not yet durable comes again.
      for (const Talk& talk : talks) home.bring_up(talk);
    }
    home.loop.advance(10s);
    EXPECT_EQ(home.views().size(), home.states().size()) << "seed " << seed;
    for (auto& [id, view] : home.views()) {
      view.conversation = id;
      EXPECT_EQ(view, home.states()[id]) << "seed " << seed;
    }
  }
}

// An opening that lasts longer than the write-behind takes to begin: it must neither write a view that contains only part of the replay,
// nor move the checkpoint over the rest.
TEST(InboxViews, ASlowOpeningWritesNoHalfReplayedView) {
  Home home;
  auto talks = some_talks();
  ASSERT_TRUE(home.open());
  // Two steps of each conversation: between them lie the readings of all the others' rows.
  for (std::uint64_t seq = 0; seq < 2; ++seq) {
    for (Talk& talk : talks) {
      talk.say(talk.with);
      home.handed(talk.part(seq, seq + 1));
    }
  }
  ASSERT_EQ(home.checkpoint(), Seq{0}) << "all of it is still to be replayed";
  home.crash();
  home.disk.set_timing({1200ms, 1200ms});
  home.inbox = std::make_unique<Inbox>(home.loop, *home.store, home.bob, home.epoch, home, home);
  auto opened = note(home.scope.start(home.inbox->open()));
  bool was_slow = false;
  // Also a while longer: a view that was taken during the opening is written later.
  for (int step = 0; step < 400; ++step) {
    home.loop.advance(50ms);
    expect_covered(home, "after " + std::to_string(step * 50) + " ms");
    for (const auto& [id, view] : home.views()) EXPECT_EQ(view.reached, Seq{2}) << "half replayed";
    was_slow = was_slow || (step > 100 && !opened->has_value());
  }
  EXPECT_TRUE(was_slow) << "else this shows nothing";
  ASSERT_TRUE(opened->has_value());
  EXPECT_EQ(home.checkpoint(), home.inbox->head());
  home.disk.set_timing({});
  home.restart();
  for (const Talk& talk : talks) EXPECT_EQ(home.state(talk).unread(), 2u);
}

TEST(InboxViews, AViewThatFindsNoRoomWaitsAndIsWrittenLater) {
  Home home;
  Talk talk("alice");
  talk.say(home.alice, 1);
  ASSERT_TRUE(home.open());
  home.handed(talk.part(0, 1));
  home.disk.set_space(Space::none);
  home.loop.advance(10s);
  EXPECT_TRUE(home.views().empty());
  EXPECT_EQ(home.checkpoint(), Seq{0});
  EXPECT_FALSE(home.inbox->evictable());
  home.disk.set_space(Space::enough);
  home.loop.advance(5s);
  EXPECT_EQ(home.views()[talk.id].reached, Seq{1});
  EXPECT_EQ(home.checkpoint(), Seq{1});
}

TEST(InboxViews, OneDamagedRowHidesNoOtherConversation) {
  Home home;
  Talk talk("alice"), other("carol");
  talk.say(home.alice, 1);
  other.say(other.with, 1);
  ASSERT_TRUE(home.open());
  home.handed(talk.part(0, 1));
  home.handed(other.part(0, 1));
  home.loop.advance(5s);
  std::vector<Row> rows{{talk.id.key(), "junk"}, {"no conversation", "junk"}};
  ASSERT_TRUE(value_of(home.loop, home.store->put(RowTable::user_conversations, home.bob.text(), rows)));
  home.restart();
  EXPECT_EQ(home.states().size(), 1u);
  EXPECT_EQ(home.state(other).reached, Seq{1});
  EXPECT_EQ(value_of(home.loop, home.hand(talk.part(0, 1))).error().code, Code::internal) << "its mark is not known";
}

TEST(InboxViews, WithManyConversationsTheQuietOnesAreForgottenAndNothingIsTakenTwice) {
  Home home;
  ASSERT_TRUE(home.open());
  std::vector<Talk> talks;
  for (int i = 0; i < 700; ++i) {
    talks.emplace_back("friend" + std::to_string(i));
    talks.back().say(talks.back().with, 2);
    static_cast<void>(note(home.hand(talks.back().part(0, 1))));
  }
  home.loop.advance(100ms);
  std::size_t full = home.inbox->bytes();
  home.loop.advance(5s);
  EXPECT_LT(home.inbox->bytes(), full / 2);
  for (const Talk& talk : talks) ASSERT_EQ(home.handed(talk.part(0, 1)), Seq{1});
  EXPECT_EQ(home.inbox->head(), Useq{700});
  for (const Talk& talk : talks) ASSERT_EQ(home.handed(talk.part(0, 2)), Seq{2});
  EXPECT_EQ(home.inbox->head(), Useq{1400});
  EXPECT_EQ(home.states().size(), 700u);
}

// Named regression: a row was read before a change, which was written and forgotten before the answer came; the old one was taken for true.
TEST(InboxViews, ASlowReadOfARowDoesNotBringBackWhatItWas) {
  constexpr MemoryTiming kFast{100us, 2ms}, kSlow{10s, 10s};
  Home home;
  ASSERT_TRUE(home.open());
  std::vector<Talk> talks;
  for (int i = 0; i < 600; ++i) {
    talks.emplace_back("friend" + std::to_string(i));
    talks.back().say(talks.back().with, 2);
    static_cast<void>(note(home.hand(talks.back().part(0, 1))));
  }
  home.loop.advance(5s);
  home.disk.set_timing(kSlow);
  std::vector<std::shared_ptr<std::optional<Result<ConversationState>>>> views;
  std::vector<std::shared_ptr<std::optional<Result<ContactRow>>>> contacts;
  for (const Talk& talk : talks) {
    views.push_back(note(home.scope.start(home.inbox->view(talk.id))));
    contacts.push_back(note(home.scope.start(home.inbox->contact(talk.with))));
  }
  home.disk.set_timing(kFast);
  for (const Talk& talk : talks) {
    static_cast<void>(note(home.hand(talk.part(1, 2))));
    Fn<void(ContactMarks&)> add = [](ContactMarks& marks) { marks.decide(true, 1); };
    static_cast<void>(note(home.scope.start(home.inbox->change_contact(talk.with, std::move(add)))));
  }
  home.loop.advance(5s);
  EXPECT_EQ(home.views().at(talks[0].id).reached, Seq{2}) << "written";
  home.loop.advance(6s);
  for (std::size_t i = 0; i < talks.size(); ++i) {
    ASSERT_TRUE(views[i]->has_value() && **views[i] && contacts[i]->has_value() && **contacts[i]);
    ASSERT_EQ((**views[i])->reached, Seq{2}) << i;
    ASSERT_TRUE((**contacts[i])->marks.mine) << i;
  }
  for (const Talk& talk : talks) ASSERT_EQ(home.handed(talk.part(1, 2)), Seq{2});
  EXPECT_EQ(home.inbox->head(), Useq{1800}) << "nothing was taken twice";
}

// ----------------------------------------------------------------------------------------------------- the inboxes of a loop

struct InMemory : Home {
  InMemory() : all(loop, *store, *this, *this, epoch, 0) {}
  Future<Result<Seq>> hand_over(HandOff handoff) { return tasks.start(all.hand_off(std::move(handoff))); }

  Inboxes all;
  Scope tasks;
};

TEST(Inboxes, AnInboxStaysWhileAnythingOfItIsOnItsWay) {
  InMemory home;
  home.here = false;
  home.disk.set_timing({50ms, 50ms});
  Talk talk("alice");
  talk.say(home.alice, 2);
  auto mark = note(home.hand_over(talk.part(0, 1)));
  while (home.views().empty() || home.checkpoint() == Seq{0}) {
    EXPECT_EQ(home.all.count(), 1u);
    home.all.trim();
    home.loop.advance(10ms);
  }
  ASSERT_TRUE(mark->has_value());
  EXPECT_EQ(***mark, Seq{1});
  for (int i = 0; i < 20; ++i) {
    home.loop.advance(100ms);
    home.all.trim();
  }
  EXPECT_EQ(home.all.count(), 0u);
  EXPECT_EQ(home.all.bytes(), 0u);
  home.here = true;
  EXPECT_EQ(*value_of(home.loop, home.hand_over(talk.part(0, 1))), Seq{1}) << "its mark is on the disk";
  EXPECT_EQ(*value_of(home.loop, home.hand_over(talk.part(1, 2))), Seq{2});
}

TEST(Inboxes, AnInboxThatSomebodyHoldsStays) {
  InMemory home;
  {
    auto pin = value_of(home.loop, home.tasks.start(home.all.acquire(home.bob)));
    ASSERT_TRUE(pin);
    home.all.trim();
    EXPECT_EQ(home.all.count(), 1u);
  }
  home.all.trim();
  EXPECT_EQ(home.all.count(), 0u);
}

TEST(Inboxes, BeforeAPlannedStopTheViewsAreWritten) {
  InMemory home;
  Talk talk("alice");
  talk.say(home.alice, 1);
  ASSERT_EQ(*value_of(home.loop, home.hand_over(talk.part(0, 1))), Seq{1});
  EXPECT_TRUE(home.views().empty());
  auto done = note(home.tasks.start([](Inboxes& all) -> Task<Ok> {
    co_await all.settle_all();
    co_return Ok{};
  }(home.all)));
  home.loop.advance(100ms);
  EXPECT_TRUE(done->has_value());
  EXPECT_EQ(home.views()[talk.id].reached, Seq{1});
  EXPECT_EQ(home.checkpoint(), Seq{1});
}

struct Everybody : InboxObserver, MarkKeeper {
  bool present(const UserId&) const override { return true; }
  void advanced(const UserId&, const InboxStep&) override {}
  Future<Result<Ok>> mark(ConversationId, UserId, Mark) override { return Future<Result<Ok>>::ready(Ok{}); }
};

TEST(Inboxes, BeforeAPlannedStopManyAreSettledAtOnce) {
  Home home;
  Everybody everybody;
  Inboxes all(home.loop, *home.store, everybody, everybody, home.epoch, 64 << 20);
  Scope tasks;
  Talk talk("alice");
  talk.say(home.alice, 1);
  for (int i = 0; i < 300; ++i) {
    HandOff handoff = talk.part(0, 1);
    handoff.member = user("user" + std::to_string(i));
    ASSERT_EQ(*value_of(home.loop, tasks.start(all.hand_off(std::move(handoff)))), Seq{1});
  }
  home.disk.set_timing({50ms, 50ms});
  auto done = note(tasks.start([](Inboxes& inboxes) -> Task<Ok> {
    co_await inboxes.settle_all();
    co_return Ok{};
  }(all)));
  home.loop.advance(700ms);  // Before each would have been written in its own time.
  EXPECT_TRUE(done->has_value());
}

}  // namespace
}  // namespace kith::test
