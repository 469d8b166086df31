// Edits, deletions and reactions: what they leave in the log, in memory and in the answers.
#include <gtest/gtest.h>

#include "conversation/conversation_under_test.h"

namespace kith::test {
namespace {

struct Talking : World {
  explicit Talking(std::uint64_t seed = 5, MemoryTiming timing = {100us, 2ms}) : World(seed, timing) {
    KITH_ASSERT(*open());
    KITH_ASSERT(sent(alice, 1, "secret one"));
  }
  Future<Result<Change>> changing(const UserId& from, EntryKind kind, std::uint64_t target, std::string text = {}, bool removed = false) {
    ChangeRequest request{from, kind, std::move(text), {}, {}};
    request.details.target = {target};
    request.details.removed = removed;
    return scope.start(talk->change(std::move(request)));
  }
  Result<Change> edit(const UserId& from, std::uint64_t target, std::string text) {
    return value_of(loop, changing(from, EntryKind::edit, target, std::move(text)));
  }
  Result<Change> erase(const UserId& from, std::uint64_t target) { return value_of(loop, changing(from, EntryKind::deletion, target)); }
  Result<Change> react(const UserId& from, std::uint64_t target, std::string emoji, bool removed = false) {
    return value_of(loop, changing(from, EntryKind::reaction, target, std::move(emoji), removed));
  }
  EntryPtr entry(std::uint64_t seq) {
    auto page = history(bob, std::nullopt, Seq{seq - 1}, 1);
    KITH_ASSERT(page && page->entries.size() == 1);
    return page->entries[0];
  }
  // Does the word lie anywhere that a reader may come to?
  bool found(std::string_view word) {
    for (const auto& [place, cell] : disk.state().logs.at(log)) {
      if (cell.record.find(word) != std::string::npos) return true;
    }
    for (const auto& [who, entries] : inboxes.taken) {
      for (const EntryPtr& taken : entries) {
        if (taken->text().find(word) != std::string_view::npos) return true;
      }
    }
    auto texts_now = texts();
    return std::any_of(texts_now.begin(), texts_now.end(), [&](const std::string& text) { return text.find(word) != text.npos; });
  }
};

Code code_of(const Result<Change>& change) { return change ? Code::ok : change.error().code; }

TEST(Change, AnEditIsAnEntryAndShowsInTheMessage) {
  Talking world;
  auto edited = world.edit(world.alice, 1, "better");
  ASSERT_TRUE(edited);
  EXPECT_EQ(edited->seq, Seq{2});
  EXPECT_EQ(world.entry(1)->text(), "better");
  ASSERT_EQ(world.entry(1)->details().edits.size(), 1u);
  EXPECT_EQ(world.entry(1)->details().edits[0].seq, Seq{2});
  EXPECT_EQ(world.entry(1)->n, 1u);
  EXPECT_EQ(world.entry(2)->n, 1u) << "an edit is not counted";
  world.reopen();
  EXPECT_EQ(world.entry(1)->text(), "better");
  EXPECT_EQ(world.entry(2)->target(), Seq{1});
}

TEST(Change, TheSameTextIsNoEdit) {
  Talking world;
  auto same = world.edit(world.alice, 1, "secret one");
  ASSERT_TRUE(same);
  EXPECT_EQ(same->seq, Seq{0});
  EXPECT_EQ(world.talk->head(), Seq{1});
}

TEST(Change, OnlyTheSenderEditsAndDeletes) {
  Talking world;
  EXPECT_EQ(code_of(world.edit(world.bob, 1, "mine")), Code::forbidden);
  EXPECT_EQ(code_of(world.erase(world.bob, 1)), Code::forbidden);
  EXPECT_EQ(code_of(world.edit(world.carol, 1, "mine")), Code::not_found);
  EXPECT_EQ(code_of(world.erase(world.alice, 2)), Code::not_found) << "there is no such entry";
  EXPECT_EQ(code_of(world.erase(world.alice, 0)), Code::not_found);
}

TEST(Change, ADeletionLeavesTheTextNowhere) {
  Talking world;
  ASSERT_TRUE(world.edit(world.alice, 1, "secret two"));
  ASSERT_TRUE(world.edit(world.alice, 1, "secret three"));
  world.loop.advance(1s);  // The inboxes have all of it.
  ASSERT_TRUE(world.found("secret"));
  auto erased = world.erase(world.alice, 1);
  ASSERT_TRUE(erased);
  EXPECT_EQ(erased->seq, Seq{4});
  EXPECT_FALSE(world.found("secret"));
  EXPECT_EQ(world.entry(1)->deleted_by(), Seq{4});
  EXPECT_EQ(world.entry(1)->from, world.alice);
  EXPECT_EQ(world.entry(2)->target(), Seq{1});
  world.reopen();
  EXPECT_FALSE(world.found("secret"));
}

TEST(Change, WhatIsOnItsWayToAnInboxIsErasedToo) {
  Talking world;
  world.inboxes.moods[world.bob] = Mood::silent;
  ASSERT_TRUE(world.sent(world.alice, 2, "secret two"));
  EntryPtr held = world.entry(2);
  ASSERT_TRUE(world.edit(world.alice, 2, "secret three"));
  EntryPtr later = world.entry(2);
  ASSERT_TRUE(world.erase(world.alice, 2));
  EXPECT_EQ(held->text(), "");
  EXPECT_EQ(later->text(), "");
  EXPECT_TRUE(held->deleted());
}

TEST(Change, DeletedIsFinal) {
  Talking world;
  auto erased = world.erase(world.alice, 1);
  ASSERT_TRUE(erased);
  EXPECT_EQ(code_of(world.edit(world.alice, 1, "back")), Code::deleted);
  EXPECT_EQ(code_of(world.react(world.bob, 1, "+")), Code::deleted);
  auto again = world.erase(world.alice, 1);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->seq, erased->seq) << "a repeat names the first one";
  EXPECT_EQ(world.talk->head(), Seq{2});
}

TEST(Change, AnEditThatMeetsADeletionOnItsWayIsRefused) {
  Talking world;
  auto erased = note(world.changing(world.alice, EntryKind::deletion, 1));
  auto edited = note(world.changing(world.alice, EntryKind::edit, 1, "secret two"));
  world.loop.advance(1s);
  ASSERT_TRUE(erased->has_value() && **erased);
  ASSERT_TRUE(edited->has_value());
  EXPECT_EQ(code_of(**edited), Code::deleted);
  EXPECT_FALSE(world.found("secret"));
}

TEST(Change, ARetryOfAMessageThatChangedSinceIsTheFirstAnswer) {
  Talking world;
  ASSERT_TRUE(world.edit(world.alice, 1, "better"));
  auto retry = world.sent(world.alice, 1, "secret one", Seq{0});
  ASSERT_TRUE(retry);
  EXPECT_EQ(retry->seq, Seq{1});
  ASSERT_TRUE(world.erase(world.alice, 1));
  world.reopen();
  EXPECT_TRUE(world.sent(world.alice, 1, "anything at all", Seq{0}));
  EXPECT_EQ(world.talk->head(), Seq{3});
}

TEST(Change, AMessageCanBeEditedAHundredTimes) {
  Talking world;
  for (std::size_t i = 0; i < Conversation::kEditsMax; ++i) ASSERT_TRUE(world.edit(world.alice, 1, "v" + std::to_string(i))) << i;
  EXPECT_EQ(code_of(world.edit(world.alice, 1, "one more")), Code::limit_reached);
  EXPECT_EQ(code_of(world.edit(world.alice, 1, "v99")), Code::ok) << "a repeat of the last one is none";
  EXPECT_TRUE(world.erase(world.alice, 1));
}

TEST(Change, AReactionIsOneOfAUserAndEmoji) {
  Talking world;
  ASSERT_TRUE(world.react(world.bob, 1, "+"));
  auto again = world.react(world.bob, 1, "+");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->seq, Seq{0});
  ASSERT_TRUE(world.react(world.alice, 1, "+"));
  ASSERT_TRUE(world.react(world.alice, 1, "!"));
  EXPECT_EQ(world.entry(1)->details().reactions, (std::vector<Reaction>{{"+", {world.bob, world.alice}}, {"!", {world.alice}}}));
  ASSERT_TRUE(world.react(world.bob, 1, "+", true));
  ASSERT_TRUE(world.react(world.alice, 1, "!", true));
  EXPECT_EQ(world.react(world.alice, 1, "!", true)->seq, Seq{0});
  world.reopen();
  EXPECT_EQ(world.entry(1)->details().reactions, (std::vector<Reaction>{{"+", {world.alice}}}));
  EXPECT_EQ(world.entry(1)->text(), "secret one");
}

TEST(Change, ThereIsALimitToDifferentEmoji) {
  Talking world;
  for (std::size_t i = 0; i < Conversation::kEmojiMax; ++i) ASSERT_TRUE(world.react(world.bob, 1, "e" + std::to_string(i)));
  EXPECT_EQ(code_of(world.react(world.alice, 1, "another")), Code::limit_reached);
  EXPECT_TRUE(world.react(world.alice, 1, "e0"));
}

TEST(Change, NothingIsShownBeforeWhatItChangesIsDurable) {
  Talking world;
  MemoryFaults faults;
  faults.exactly = {{StoreCall::rewrite, 1, MemoryFault::unavailable}};
  world.disk.set_timing({10ms, 10ms});
  world.disk.set_faults(faults);
  auto edited = note(world.changing(world.alice, EntryKind::edit, 1, "better"));
  world.loop.advance(5ms);
  auto behind = world.later(world.bob, 2, "behind");
  world.loop.advance(18ms);
  EXPECT_FALSE(edited->has_value());
  EXPECT_FALSE(behind->has_value()) << "entries are shown in the order of the log";
  EXPECT_EQ(world.talk->head(), Seq{1});
  EXPECT_EQ(world.inboxes.mark(world.bob, world.id), Seq{1});
  world.loop.advance(1s);
  ASSERT_TRUE(edited->has_value() && **edited);
  ASSERT_TRUE(behind->has_value() && **behind);
  EXPECT_EQ(world.talk->head(), Seq{3});
}

TEST(Change, ACrashAtAnyMomentLeavesADeletionWholeOrUndone) {
  int undone = 0, whole = 0;
  for (int moment = 0; moment < 120; ++moment) {
    Talking world(static_cast<std::uint64_t>(moment) + 1);
    ASSERT_TRUE(world.edit(world.alice, 1, "secret two"));
    auto erased = note(world.changing(world.alice, EntryKind::deletion, 1));
    world.loop.advance(moment * 100us);
    bool acked = erased->has_value();
    world.crash();
    world.inboxes.taken.clear();  // What was in memory is gone.
    ASSERT_TRUE(*world.open(std::nullopt)) << moment;
    bool there = world.talk->head() == Seq{3};
    EXPECT_TRUE(there || !acked) << "moment " << moment << ": what was acked is there";
    EXPECT_EQ(world.found("secret two"), !there) << "moment " << moment;
    EXPECT_EQ(world.entry(1)->deleted(), there) << "moment " << moment;
    ++(there ? whole : undone);
    ASSERT_TRUE(world.erase(world.alice, 1));
    EXPECT_FALSE(world.found("secret")) << "moment " << moment;
  }
  EXPECT_GT(undone, 0);
  EXPECT_GT(whole, 0);
}

}  // namespace
}  // namespace kith::test
