// check/contacts.h — Who is whose contact, as both sides are told.
//
// Judges that nobody is told what nobody did (I2), that both sides end with the same (I8), and that what both had confirmed is there in
// the end (I14). The steps by which it comes are Inbox's.
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "check/ledger.h"

namespace kith::check {

class Contacts {
 public:
  explicit Contacts(Ledger& ledger) : ledger_(ledger) {}

  // A call of `add_contact` or `remove_contact`. Returns the number of the attempt, for outcome().
  std::uint32_t invoked(const At& at);
  void outcome(const At& at, std::uint32_t attempt);
  // A feed or a list tells of one.
  void shown(const At& at, const Contact& contact);
  // A page of the list; `first`: the first one. Those that are `final` count for the end.
  void listed(const At& at, bool first, bool final);
  void finish();

 private:
  struct Attempt {
    Id user, other;
    bool adds;
    OpId invoke;
    OpId outcome = 0;
    Phase phase = Phase::info;
  };
  struct List {
    OpId op = 0;
    bool whole = false;
    bool mixed = false;  // With the pages of another listing of this process.
    std::map<Id, std::string> states;
  };

  bool asked(Id user, Id other, bool adds) const;
  bool settled(Id user, Id other) const;
  void judge_end(Id user, const List& list);
  void judge_confirmed(Id user, Id other, std::string_view state, OpId op);

  Ledger& ledger_;
  std::vector<Attempt> attempts_;
  PairMap<std::vector<std::uint32_t>> by_pair_;  // User and other.
  std::map<Id, List> reading_;                   // By process.
  std::map<Id, List> finals_;                    // By user.
};

}  // namespace kith::check
