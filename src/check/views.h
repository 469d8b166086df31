// check/views.h — What users took out of their own view of a conversation: what they cleared, and single entries that they hid.
//
// Judges of I13 that it stays out: no answer and no page that was asked for after the ok shows it again. Also says what may be missing for
// a user, and what not.
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "check/ledger.h"

namespace kith::check {

class Views {
 public:
  explicit Views(Ledger& ledger) : ledger_(ledger) {}

  // A call of `clear` or `hide`. Returns the number of the attempt, for outcome().
  std::uint32_t invoked(const At& at);
  void outcome(const At& at, std::uint32_t attempt);
  // An answer or a page that was begun by `since` shows this number.
  void shown(const At& at, Id conversation, std::uint64_t seq, OpId since);

  bool touches(Id user, Id conversation) const { return of_.contains(pair(user, conversation)); }
  // At the end: the first number of [first, last] that the user cannot have taken out before `op`; last + 1: all of them.
  std::uint64_t first_left(Id user, Id conversation, std::uint64_t first, std::uint64_t last, OpId op) const;

 private:
  struct Attempt {
    Id user, conversation;
    std::uint64_t seq;
    bool clears;
    OpId invoke;
    bool failed = false;
  };
  struct View {
    std::vector<std::uint32_t> attempts;
    std::vector<Seen> cleared;                       // Confirmed; both ascending.
    std::unordered_map<std::uint64_t, OpId> hidden;  // Confirmed.
  };

  Ledger& ledger_;
  std::vector<Attempt> attempts_;
  PairMap<View> of_;  // User and conversation.
};

}  // namespace kith::check
