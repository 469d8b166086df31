// inbox/inbox_under_test.h — For tests: the inbox of bob on a virtual clock and a disk that can crash, and others' messages for it.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "conversation/conversation_under_test.h"
#include "inbox/inboxes.h"

namespace kith::test {

// A direct conversation of bob as its owner holds it: all entries, from which hand-offs are cut.
struct Talk {
  explicit Talk(const std::string& with_whom) : with(user(with_whom)), id(ConversationId::direct(with, user("bob"))) {}

  // `count` more messages of `from`.
  void say(const UserId& from, std::uint64_t count = 1) {
    for (; count > 0; --count) {
      auto entry = std::make_shared<Entry>();
      entry->seq = {entries.size() + 1};
      entry->from = from;
      entry->client_id = client_id(entries.size() + 1);
      entry->n = ++n;
      entry->storage = "m" + std::to_string(entries.size() + 1);
      entries.push_back(std::move(entry));
    }
  }
  // An entry that changes the last message; it is not counted.
  void change(const UserId& from) {
    auto entry = std::make_shared<Entry>();
    entry->seq = {entries.size() + 1};
    entry->kind = EntryKind::reaction;
    entry->from = from;
    entry->n = n;
    entries.push_back(std::move(entry));
  }
  // An entry that nobody can decode any more.
  void spoil() {
    auto entry = std::make_shared<Entry>();
    entry->seq = {entries.size() + 1};
    entry->kind = EntryKind::unknown;
    entries.push_back(std::move(entry));
  }
  HandOff part(std::uint64_t from, std::uint64_t to) const {
    HandOff handoff{id, user("bob"), with, {from}, {to}, {}};
    for (std::uint64_t seq = from + 1; seq <= to; ++seq) handoff.entries.push_back(entries.at(seq - 1));
    return handoff;
  }
  // The count at `seq`, as the owner tells it for a mark.
  Point point(std::uint64_t seq) const {
    Point point{{seq}, 0};
    for (std::uint64_t s = 1; s <= seq; ++s) point.n = std::max(point.n, entries.at(s - 1)->n);
    return point;
  }

  const UserId with;
  const ConversationId id;
  std::vector<EntryPtr> entries;
  std::uint64_t n = 0;
};

struct Home : InboxObserver, MarkKeeper {
  explicit Home(std::uint64_t seed = 5, MemoryTiming timing = {100us, 2ms}) : random(seed), disk(loop, random, timing) { power_on(); }

  void power_on() {
    store = std::make_unique<MemoryStore>(disk, loop);
    ++epoch;
  }
  void crash() {
    scope.cancel();
    disk.crash();
    inbox.reset();
    store.reset();
    power_on();
  }
  bool open() {
    inbox = std::make_unique<Inbox>(loop, *store, bob, epoch, *this, *this);
    auto opened = value_of(loop, scope.start(inbox->open()));
    return opened && *opened;
  }
  // After a crash in this moment.
  void restart() {
    crash();
    KITH_ASSERT(open());
  }

  Future<Result<Seq>> hand(HandOff handoff) { return scope.start(inbox->hand_off(std::move(handoff))); }
  Seq handed(HandOff handoff) { return *value_of(loop, hand(std::move(handoff))); }
  // As the owner of the conversation does: from the mark on, until the inbox has everything.
  void bring_up(const Talk& talk) {
    Seq mark = handed(talk.part(0, 0));
    while (mark.value < talk.entries.size()) mark = handed(talk.part(mark.value, talk.entries.size()));
  }
  Future<Result<Ok>> read(const Talk& talk, std::uint64_t seq) { return scope.start(inbox->read(talk.id, talk.point(seq))); }

  std::vector<Pointer> pointers(Useq after = {0}, std::uint32_t limit = 1000) {
    return *value_of(loop, scope.start(inbox->pointers(after, limit)));
  }
  // What each pointer says, e.g. "0-3 r2 3-4", of one conversation or of all.
  std::string said(const ConversationId* only = nullptr) {
    std::string out;
    for (const Pointer& pointer : pointers()) {
      if (only && pointer.conversation != *only) continue;
      if (!out.empty()) out += ' ';
      if (pointer.kind == PointerKind::unknown) {
        out += '?';
      } else if (pointer.kind == PointerKind::read) {
        out += "r" + std::to_string(pointer.to.value);
      } else {
        out += std::to_string(pointer.from.value) + "-" + std::to_string(pointer.to.value);
      }
    }
    return out;
  }
  std::map<ConversationId, ConversationState> states() {
    std::map<ConversationId, ConversationState> out;
    auto all = value_of(loop, scope.start(inbox->conversations()));
    for (ConversationState& state : *all) out[state.conversation] = std::move(state);
    return out;
  }
  ConversationState state(const Talk& talk) { return states()[talk.id]; }
  // What the pointers alone say.
  std::map<ConversationId, ConversationState> rebuilt() {
    std::map<ConversationId, ConversationState> out;
    Useq useq;
    for (const Pointer& pointer : pointers()) {
      ++useq;
      if (pointer.kind == PointerKind::unknown) continue;
      out[pointer.conversation].conversation = pointer.conversation;
      out[pointer.conversation].apply(pointer, useq);
    }
    std::erase_if(out, [](const auto& item) { return item.second.reached == Seq{0}; });
    return out;
  }
  // The views as they lie on the disk in this moment.
  std::map<ConversationId, ConversationState> views() const {
    std::map<ConversationId, ConversationState> out;
    auto rows = disk.state().rows.find({RowTable::user_conversations, bob.text()});
    if (rows == disk.state().rows.end()) return out;
    for (const auto& [key, value] : rows->second) {
      ConversationState state;
      if (decode_state(value.value, state)) out[*ConversationId::from_key(key)] = state;
    }
    return out;
  }
  Seq checkpoint() const { return disk.state().head(log).checkpoint; }
  void fail(StoreCall call, std::uint64_t n, MemoryFault fault) {
    MemoryFaults faults;
    faults.exactly = {{call, n, fault}};
    disk.set_faults(faults);
  }

  // InboxObserver
  bool present(const UserId&) const override { return here; }
  void advanced(const UserId& who, const InboxStep& step) override {
    EXPECT_EQ(who, bob);
    EXPECT_EQ(step.entries.size(), step.pointer.kind == PointerKind::advanced ? step.pointer.to - step.pointer.from : 0);
    heard.push_back(step.useq);
  }

  // MarkKeeper
  Future<Result<Ok>> mark(ConversationId conversation, UserId member, Mark mark) override {
    EXPECT_EQ(member, bob);
    ++marks_told;
    if (mark_failure) return Future<Result<Ok>>::ready(Failure{*mark_failure});
    marks[conversation] = mark;
    return Future<Result<Ok>>::ready(Ok{});
  }

  const UserId alice = user("alice"), bob = user("bob");
  const LogId log{LogTable::inboxes, "bob"};
  Epoch epoch;
  bool here = true;  // Has bob a session?
  std::vector<Useq> heard;
  std::map<ConversationId, Mark> marks;  // As the conversations know them.
  std::size_t marks_told = 0;
  std::optional<Code> mark_failure;
  ManualLoop loop;
  SeededRandom random;
  MemoryDisk disk;
  std::unique_ptr<MemoryStore> store;
  std::unique_ptr<Inbox> inbox;
  Scope scope;
};

}  // namespace kith::test
