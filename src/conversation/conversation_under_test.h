// conversation/conversation_under_test.h — For tests: a clock, a disk that can crash, and inboxes that only keep marks, around one
// direct conversation of alice and bob.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/manual_loop.h"
#include "conversation/conversation.h"
#include "conversation/pending_row.h"
#include "conversation/roster.h"
#include "store/memory_store.h"

namespace kith::test {

inline UserId user(std::string_view text) { return *UserId::parse(text); }

inline ClientId client_id(std::uint64_t n) {
  ClientId id;
  for (std::size_t i = 0; i < 8; ++i) id.bits[i] = static_cast<std::uint8_t>(n >> (8 * i));
  return id;
}

// Where a value goes that nobody waits for yet.
template <class T>
std::shared_ptr<std::optional<T>> note(Future<T> future) {
  auto noted = std::make_shared<std::optional<T>>();
  std::move(future).then([noted](T value) { noted->emplace(std::move(value)); });
  return noted;
}

// Turns the clock until the value is there.
template <class T>
T value_of(ManualLoop& loop, Future<T> future) {
  auto noted = note(std::move(future));
  bool came = loop.run_until([&] { return noted->has_value(); }, ManualLoop::Clock::jumps, 10s);
  KITH_ASSERT(came);
  return std::move(**noted);
}

// The inboxes of all users. They keep what they were handed and survive every crash; each can be told to be difficult.
class FakeInboxes final : public Delivery {
 public:
  enum class Mood : std::uint8_t {
    taking,
    failing,   // Takes nothing, and says that nothing is known.
    muddled,   // Takes it, and says that nothing is known.
    silent,    // Takes nothing and never answers.
    grudging,  // Takes one entry of each hand-off.
  };

  Future<Result<Seq>> hand_off(HandOff handoff) override {
    EXPECT_EQ(handoff.entries.size(), handoff.to - handoff.from);
    ++hand_offs;
    longest = std::max(longest, handoff.entries.size());
    Mood mood = moods[handoff.member];
    if (mood == Mood::silent) {
      silent_.emplace_back();
      return silent_.back().future();
    }
    if (mood == Mood::failing) return Future<Result<Seq>>::ready(Failure{Code::unavailable});
    auto& inbox = taken[{handoff.member, handoff.conversation}];
    std::size_t most = mood == Mood::grudging ? 1 : handoff.entries.size();
    if (handoff.from.value <= inbox.size()) {
      for (const EntryPtr& entry : handoff.entries) {
        if (entry->seq.value == inbox.size() + 1 && most-- > 0) inbox.push_back(entry);
      }
    }
    if (mood == Mood::muddled) return Future<Result<Seq>>::ready(Failure{Code::unavailable});
    return Future<Result<Seq>>::ready(Seq{inbox.size()});
  }
  Future<Presence> presence(UserId who, UserId) override {
    if (slow_presence) return presences_asked.emplace_back().future();
    return Future<Presence>::ready(Presence{online.contains(who), std::nullopt});
  }
  Future<Result<bool>> exists(UserId who) override { return Future<Result<bool>>::ready(!strangers.contains(who)); }
  Future<Result<std::vector<bool>>> tell_read(std::vector<UserId> users) override {
    std::vector<bool> out;
    for (const UserId& user : users) out.push_back(!silent_readers.contains(user));
    if (asked) return asked->future();
    return Future<Result<std::vector<bool>>>::ready(std::move(out));
  }
  void signal(std::vector<UserId> to, std::shared_ptr<const Signal> signal) override { signals.emplace_back(std::move(to), *signal); }
  Future<Result<Ok>> first_contact(UserId who, UserId) override {
    if (contacts_left == 0) return Future<Result<Ok>>::ready(Failure{Code::rate_limited, who.text(), 60'000});
    --contacts_left;
    return Future<Result<Ok>>::ready(Ok{});
  }
  void charge(UserId who, std::uint32_t cost) override { charged[who] += cost; }
  Future<Result<bool>> has_added(UserId user, UserId other) override { return Future<Result<bool>>::ready(added.contains({user, other})); }
  Future<Result<bool>> may_add(UserId user, UserId by) override {
    return Future<Result<bool>>::ready(!cautious.contains(user) || added.contains({user, by}));
  }

  Seq mark(const UserId& who, const ConversationId& conversation) { return {taken[{who, conversation}].size()}; }

  std::map<UserId, Mood> moods;
  bool closed(const UserId& who) const override { return closed_users.contains(who); }

  std::set<UserId> online, strangers, closed_users, cautious;  // cautious: only who they added may add them to groups.
  std::set<std::pair<UserId, UserId>> added;
  std::map<std::pair<UserId, ConversationId>, std::vector<EntryPtr>> taken;
  std::size_t hand_offs = 0, longest = 0, contacts_left = 1000;
  std::vector<std::pair<std::vector<UserId>, Signal>> signals;
  std::set<UserId> silent_readers;
  std::optional<Promise<Result<std::vector<bool>>>> asked;  // When there is one, the next tell_read() waits for it.
  bool slow_presence = false;                               // presence() waits for whoever sets these:
  std::deque<Promise<Presence>> presences_asked;
  std::map<UserId, std::uint64_t> charged;

 private:
  std::vector<Promise<Result<Seq>>> silent_;
};
using Mood = FakeInboxes::Mood;

// Appends messages that a former epoch left: 1 to `count`, of `from`, each with client_id(seq) and the text "m<seq>", behind a checkpoint.
inline void leave_messages(ManualLoop& loop, Store& store, const LogId& log, const UserId& from, std::uint64_t count, Epoch epoch) {
  Head head{{{epoch, {1}}}, 0, {1}, {0}, 1};
  for (std::uint64_t first = 1; first <= count; first += kBucketRows) {
    Append batch{log, epoch, {first}, {}, std::nullopt};
    for (std::uint64_t seq = first; seq <= count && seq < first + kBucketRows; ++seq) {
      Entry entry{.from = from, .client_id = client_id(seq), .time = {1'600'000'000'000}, .n = seq, .storage = "m" + std::to_string(seq)};
      batch.records.push_back(encode(entry));
    }
    if (first == 1) batch.head = head;
    ASSERT_TRUE(value_of(loop, store.append(std::move(batch))));
  }
  head.checkpoint = {count};
  head.revision = 2;
  ASSERT_TRUE(value_of(loop, store.set_head(log, head)));
}

// One who was there from the beginning.
inline MemberRow member_of(const UserId& user) { return {user, false, Role::member, {{Seq{1}}}, {}}; }

struct World {
  explicit World(std::uint64_t seed = 5, MemoryTiming timing = {100us, 2ms}) : random(seed), disk(loop, random, timing) { power_on(); }

  void power_on() {
    store = std::make_unique<MemoryStore>(disk, loop);
    ++epoch;
  }
  // Power is lost and comes back; the conversation is not open then.
  void crash() {
    scope.cancel();
    disk.crash();
    talk.reset();
    store.reset();
    power_on();
  }

  // Opens the conversation, as for its first message.
  Result<bool> open() { return open(std::pair(alice, bob)); }
  Result<bool> open(std::optional<std::pair<UserId, UserId>> create) {
    talk.reset();
    talk = std::make_unique<Conversation>(loop, *store, inboxes, id, epoch);
    auto opened = value_of(loop, scope.start(talk->open({std::move(create), false})));
    if (!opened || !*opened) talk.reset();
    return opened;
  }
  // Lets it leave memory as eviction does, and opens it again.
  void reopen() {
    loop.run_until_idle();
    ASSERT_TRUE(loop.run_until([&] { return settled(); }, ManualLoop::Clock::jumps, 10s));
    ASSERT_TRUE(open(std::nullopt));
  }
  bool settled() {
    if (!talk->evictable()) scope.spawn(talk->settle());
    return talk->evictable();
  }

  Future<Result<Receipt>> send(const UserId& from, std::uint64_t n, std::string text, std::optional<Seq> base = {}) {
    return talk->send({from, client_id(n), base, std::move(text)});
  }
  auto later(const UserId& from, std::uint64_t n, std::string text, std::optional<Seq> base = {}) {
    return note(send(from, n, std::move(text), base));
  }
  Result<Receipt> sent(const UserId& from, std::uint64_t n, std::string text, std::optional<Seq> base = {}) {
    return value_of(loop, send(from, n, std::move(text), base));
  }
  // `count` messages at once, client_id(first) and on.
  void send_many(const UserId& from, std::uint64_t first, std::uint64_t count) {
    std::shared_ptr<std::optional<Result<Receipt>>> last;
    for (std::uint64_t n = first; n < first + count; ++n) {
      last = later(from, n, "m" + std::to_string(n), talk->head());
      bool full = (n - first) % 500 == 499;  // More would be busy.
      ASSERT_TRUE(!full || loop.run_until([&] { return last->has_value(); }));
    }
    ASSERT_TRUE(loop.run_until([&] { return last->has_value(); }));
    ASSERT_TRUE(**last);
  }

  Result<HistoryPage> history(const UserId& reader, std::optional<Seq> before, std::optional<Seq> after, std::uint32_t limit) {
    return value_of(loop, scope.start(talk->history(reader, before, after, limit)));
  }
  // All of it.
  std::vector<std::string> texts() {
    std::vector<std::string> out;
    auto page = history(alice, std::nullopt, Seq{0}, 4000);
    for (const EntryPtr& entry : page->entries) out.emplace_back(entry->text());
    return out;
  }

  // What the newest pending row of the conversation says; nothing when there is none.
  std::optional<bool> pending() const {
    auto rows = disk.state().rows.find({RowTable::pending, pending_partition(id.slot())});
    std::optional<bool> newest;
    if (rows == disk.state().rows.end()) return newest;
    for (const auto& [key, value] : rows->second) {
      auto row = decode_pending({key, value.value});
      if (row && row->conversation == id) newest = row->pending;
    }
    return newest;
  }
  std::size_t rows() const {
    auto cells = disk.state().logs.find(log);
    return cells == disk.state().logs.end() ? 0 : cells->second.size();
  }
  void fail(StoreCall call, std::uint64_t n, MemoryFault fault) {
    MemoryFaults faults;
    faults.exactly = {{call, n, fault}};
    disk.set_faults(faults);
  }
  // Writes `record` over that of entry `seq`, which `by` wrote.
  void damage(Seq seq, Epoch by, const std::string& record) {
    ASSERT_TRUE(value_of(loop, store->rewrite(log, seq, by, seq.value + 1'000'000, record)));
  }

  const UserId alice = user("alice"), bob = user("bob"), carol = user("carol");
  const ConversationId id = ConversationId::direct(alice, bob);
  const LogId log{LogTable::direct_messages, id.key()};
  Epoch epoch;
  ManualLoop loop;
  SeededRandom random;
  MemoryDisk disk;
  FakeInboxes inboxes;
  std::unique_ptr<MemoryStore> store;
  std::unique_ptr<Conversation> talk;
  Scope scope;
};

}  // namespace kith::test
