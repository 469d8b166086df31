// check/messages.h — The conversations as everybody together saw them: one record for each number.
//
// Judges I2 (no invention), I3 (at most once), I4 (one truth per number), I6 and I7 (order), and the `fail` half of I14.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "check/ledger.h"

namespace kith::check {

// (conversation, seq).
struct Number {
  std::uint32_t message = 0;  // 0: nobody was shown it.
  OpId first = 0;             // Who fixed `message`.
  OpId changes = 0;           // Who told first that it is no message (see Changes).
  OpId acked = 0;             // First ok of its send.
  OpId seen = 0;              // First time that it was shown.
  OpId unknown = 0;           // First time that it was shown as an unknown entry.
  OpId timed = 0;             // Who fixed `time`.
  OpId counted = 0;           // Who fixed `n`.
  std::int64_t time = 0;
  std::uint64_t n = 0;
};

struct Conversation {
  Blocks<Number> numbers;
  Seen acked;               // Highest acknowledged number so far.
  Seen seen;                // Highest shown number so far.
  std::vector<Id> members;  // Users who wrote in it or were shown it.
  bool is_direct = false;   // Surely.
  Id one = 0, other = 0;    // Of a direct one: the two.

  std::uint64_t head() const { return std::max(acked.seq, seen.seq); }
  void add_member(Id user);
};

class Messages {
 public:
  explicit Messages(Ledger& ledger) : ledger_(ledger) {}

  Conversation& conversation(Id id);
  const Conversation& conversation(Id id) const { return conversations_[id - 1]; }  // One that is there.
  std::size_t conversations() const { return conversations_.size(); }

  // Returns the number of the attempt, for outcome().
  std::uint32_t invoked(const At& at);
  // ok, fail or info of an attempt. `at.conversation` and seq count for ok only.
  void outcome(const At& at, std::uint32_t attempt);
  void opened(Id user, Id other, Id conversation, OpId id) { learn_direct(user, other, conversation, id); }
  // A message.
  void shown(const At& at, Id conversation, const Entry& entry);
  // Any entry.
  void seen(const At& at, Id conversation, std::uint64_t seq, std::int64_t time);
  void acknowledged(const At& at, Id conversation, std::uint64_t seq);
  // The user whose message has this number; 0: unknown.
  Id sender(Id conversation, std::uint64_t seq);
  // A message that has a number: when its user first asked for it, and what says first that it was accepted.
  struct Accepted {
    Id user, conversation;
    std::uint64_t seq;
    OpId invoked, accepted;
  };
  template <class F>
  void each_accepted(F each) const {
    for (std::size_t i = 0; i < messages_.size(); ++i) {
      const Message& m = messages_[i];
      if (m.head == i + 1 && m.placed != 0) each(Accepted{m.user, m.placed_in, m.place, first_invoke(m), m.placed});
    }
  }
  void finish();

 private:
  // 128 bits of a client id, or a short string itself.
  struct ClientId {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    bool operator==(const ClientId&) const = default;
  };
  struct Key {
    Id user;
    ClientId id;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const { return mix(mix(key.id.high, key.id.low), key.user); }
  };

  // A payload of a (user, client id). More than one only when a client id was used again with another text, or when one was invented.
  struct Message {
    Id user = 0;
    std::uint32_t head = 0;  // The first payload of this client id: it holds the place.
    std::uint32_t next = 0;  // Another payload.
    std::uint32_t attempts = 0;
    std::uint64_t text = 0;
    std::uint64_t details = 0;  // Asked for, as the next two.
    Id conversation = 0;        // Asked for, 0: unknown yet.
    Id to = 0;                  // Asked for.
    OpId invoked = 0;           // 0: nobody did.
    OpId live = 0;              // First invoke that did not fail; known at the end.
    OpId failed = 0;
    OpId seen = 0;
    Seen acked_before;  // What the conversation had come to when it was first invoked.
    Seen seen_before;
    std::uint64_t place = 0;  // Its seq, in `placed_in`; in `head` only.
    Id placed_in = 0;
    OpId placed = 0;
  };
  struct Mentions {
    std::vector<Id> asked;
    std::vector<Id> kept;  // As they were shown first, by `shown`.
    OpId shown = 0;
  };
  struct Attempt {
    std::uint32_t message;
    Id process;
    std::uint32_t connection;  // 0: none that orders it.
    OpId invoke;
    OpId outcome = 0;
    Phase phase = Phase::info;
    bool repeated = false;
  };

  static ClientId parse(std::string_view text);
  Message& message(std::uint32_t index) { return messages_[index - 1]; }
  // Of any of its payloads; 0: nobody did.
  OpId first_invoke(const Message& head) const;
  // The payload, made if it is new.
  std::uint32_t find(Id user, std::string_view client_id, std::string_view text);
  void judge_details(const At& at, std::uint32_t index, Id conversation, const Entry& entry);
  std::uint32_t find_changed(Id user, std::string_view client_id, std::uint32_t placed);
  void learn_direct(Id user, Id other, Id conversation, OpId id);
  bool is_asked_for(const At& at, std::uint32_t index, Id conversation);
  void put(const At& at, std::uint32_t index, Id conversation, std::uint64_t seq);
  void stamp(const At& at, Id conversation, std::uint64_t seq, std::int64_t time, std::uint64_t n);
  void judge_attempts();
  void judge_failures();
  void judge_times_and_counts(Id id);

  Ledger& ledger_;
  std::deque<Conversation> conversations_;
  PairMap<Seen> direct_;  // Two users → conversation.
  std::deque<Message> messages_;
  std::unordered_map<Key, std::uint32_t, KeyHash> by_key_;
  std::deque<Attempt> attempts_;
  std::unordered_map<std::uint32_t, Mentions> mentions_;  // By payload: few have any.
};

}  // namespace kith::check
