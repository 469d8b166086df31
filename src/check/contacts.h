// check/contacts.h — Who is whose contact and who blocks whom, as both sides are told.
//
// Judges that nobody is told what nobody did (I2), that both sides end with the same (I8), that what was confirmed is there in the end,
// and that nothing passes a block (I14). The steps by which it comes are Inbox's.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "check/changes.h"

namespace kith::check {

class Contacts {
 public:
  Contacts(Ledger& ledger, const Messages& messages, const Changes& changes) : ledger_(ledger), messages_(messages), changes_(changes) {}

  // A call of `add_contact`, `remove_contact`, `block` or `unblock`. Returns the number of the attempt, for outcome().
  std::uint32_t invoked(const At& at);
  void outcome(const At& at, std::uint32_t attempt);
  // A feed or a list tells of one.
  void shown(const At& at, const Contact& contact);
  // A page of the list; `first`: the first one. Those that are `final` count for the end.
  void listed(const At& at, OpId invoke, bool first, bool final);
  // Is it sure that from one operation to the other nothing is blocked between the two? For the end, when all calls are known.
  bool surely_open(Id one, Id other, OpId since, OpId until) const;
  void finish();

 private:
  struct Attempt {
    Id user, other;
    Op op;
    OpId invoke;
    OpId outcome = 0;
    Phase phase = Phase::info;

    bool blocks() const { return op == Op::block || op == Op::unblock; }
    // It has no effect from this operation on that it did not have before.
    bool over(OpId by) const { return phase == Phase::fail || (phase == Phase::ok && outcome < by); }
  };
  // What is sure of a block at some time.
  enum class Block : std::uint8_t { unsure, no, yes };
  struct Stand {
    Block block;
    OpId by = 0;  // The ok that says so; 0: nobody ever asked for one.
  };
  struct List {
    OpId begun = 0, op = 0;  // Its first invoke, its last answer.
    bool whole = false;
    bool mixed = false;  // With the pages of another listing of this process.
    std::map<Id, std::string> states;
  };

  bool asked(Id user, Id other, std::initializer_list<Op> ops) const;
  bool settled(Id user, Id other) const;
  bool settled(Id user, Id other, std::initializer_list<Op> ops) const;
  Stand stand(Id user, Id other, OpId since, OpId until) const;
  void judge_end(Id user, const List& list);
  void judge_confirmed(Id user, Id other, std::string_view state, OpId op);

  void judge_block(Id user, Id other, const List& list);
  void judge_accepted();
  void judge_accepted(Id conversation, std::uint64_t seq, OpId invoked, OpId accepted, std::string_view what);

  Ledger& ledger_;
  const Messages& messages_;
  const Changes& changes_;
  std::vector<Attempt> attempts_;
  PairMap<std::vector<std::uint32_t>> by_pair_;  // User and other.
  std::set<std::pair<Id, Id>> blocked_;          // User and other, if one was ever asked for or taken back.
  std::map<Id, List> reading_;                   // By process.
  std::map<Id, List> finals_;                    // By user.
};

}  // namespace kith::check
