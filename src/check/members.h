// check/members.h — Who was in a group from which number to which, by the entries about it, and what may be seen of it.
//
// Judges I10: nobody is shown, or told of, a number outside of their time; nobody writes who is not there. Also keeps what may only be
// called a gap once it is known who was a member when. A conversation without an entry about a group is direct: all of it is for all.
#pragma once

#include <string>
#include <vector>

#include "check/changes.h"
#include "check/views.h"

namespace kith::check {

class Members {
 public:
  struct Span {
    std::uint64_t first;
    std::uint64_t last;
  };

  Members(Ledger& ledger, Messages& messages, Changes& changes, Views& views)
      : ledger_(ledger), messages_(messages), changes_(changes), views_(views) {}

  // The user was shown this number, or told of it.
  void sight(Id user, Id conversation, std::uint64_t seq, OpId op);
  // The user was shown this number, but not as it is now: only who is not there is. `final`: nothing happened after.
  void withheld(Id user, Id conversation, std::uint64_t seq, OpId op, bool final);
  // Numbers [first, last] were left out: a violation if one of them is for this user. `viewed`: and not taken out of their view.
  void gap(Id user, Id conversation, std::uint64_t first, std::uint64_t last, Invariant invariant, OpId one, OpId other,
           std::string sentence, bool viewed = false);

  // After build(), which is after Changes::finish().
  void build();
  bool sees(Id conversation, Id user, std::uint64_t first, std::uint64_t last);  // Any of them.
  // Any of them, of those that the user cannot have taken out of their view before `op`.
  bool views(Id conversation, Id user, std::uint64_t first, std::uint64_t last, OpId op);
  // The last number up to `high` that is for this user; 0: none.
  std::uint64_t last_visible(Id conversation, Id user, std::uint64_t high);
  bool is_group(Id conversation) { return changes_.is_group(conversation); }
  bool is_present(Id conversation, Id user) const;  // At the end of what is known so far.
  const std::vector<Id>& users(Id conversation);
  void finish();

 private:
  struct Gap {
    Id user, conversation;
    std::uint64_t first, last;
    Invariant invariant;
    OpId one, other;
    std::string sentence;
    bool viewed;
  };
  struct Withheld {
    Id user, conversation;
    std::uint64_t seq;
    OpId op;
    bool final;
  };
  struct Group {
    std::vector<Id> users;
  };

  void build(Id conversation);
  void enter(Id conversation, Id user, std::uint64_t seq, const Fact& fact);
  void leave(Id conversation, Id user, std::uint64_t seq, const Fact& fact);
  void judge_sight(Id user, Id conversation, std::uint64_t seq, OpId op);

  static constexpr std::uint64_t kOpen = ~std::uint64_t{0};

  Ledger& ledger_;
  Messages& messages_;
  Changes& changes_;
  Views& views_;
  std::deque<Group> groups_;          // By conversation - 1.
  PairMap<std::vector<Span>> spans_;  // Conversation and user; ascending.
  PairMap<Blocks<OpId>> sights_;      // User and conversation.
  std::vector<Gap> gaps_;
  std::vector<Withheld> withheld_;
};

}  // namespace kith::check
