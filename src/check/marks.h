// check/marks.h — Where users are in a conversation, as the others are told, and what users do not want others to be told.
//
// Judges I13 of it (marks go only up, are where their user went, and end where the user's own mark is) and I10 (nobody outside is told,
// nobody is told of who is outside, or of who does not want it).
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "check/contacts.h"
#include "check/inbox.h"

namespace kith::check {

class Marks {
 public:
  Marks(Ledger& ledger, Messages& messages, Changes& changes, Members& members, Inbox& inbox, const Contacts& contacts)
      : ledger_(ledger), messages_(messages), changes_(changes), members_(members), inbox_(inbox), contacts_(contacts) {}

  // Marks that came by themselves, or (since a `look`) as an answer.
  void pushed(const At& at);
  void answered(const At& at, Id conversation, OpId invoke, bool final);
  // A call of `prefer`. Returns the number of the attempt, for outcome().
  std::uint32_t prefer_invoked(const At& at);
  void prefer_outcome(const At& at, std::uint32_t attempt);
  // The answer to a question who is online.
  void present(const At& at, OpId invoke);
  // The user's own mark, as a device ended with it.
  void final_read(Id user, Id conversation, std::uint64_t read, OpId op) { own_[pair(user, conversation)] = {read, op}; }
  void finish();

 private:
  struct Shown {
    Id conversation, observer, user;
    std::uint64_t delivered, read;
    OpId invoke, op;  // `invoke` 0: it was pushed.
    bool final;
  };
  struct Last {
    std::uint32_t connection = 0;
    Seen delivered, read;
  };
  struct Preference {
    Id user;
    std::string reads, presence;  // Empty: stays.
    OpId invoke;
    OpId outcome = 0;
    Phase phase = Phase::info;
  };

  void take(const At& at, Id conversation, OpId invoke, bool final);
  template <class M>
  OpId surely(Id user, M member, std::string_view value, OpId since, OpId until) const;
  void judge(const Shown& shown);
  void judge_place(const Shown& shown);
  void judge_private(const Shown& shown);
  void judge_member(const Shown& shown, Id user, std::string_view what);
  bool ever_hides(Id user) const;
  void judge_end();

  Ledger& ledger_;
  Messages& messages_;
  Changes& changes_;
  Members& members_;
  Inbox& inbox_;
  const Contacts& contacts_;
  std::vector<Shown> shown_;
  std::map<std::tuple<Id, Id, Id>, Last> last_;  // By process, conversation and user.
  std::vector<Preference> preferences_;
  struct End {
    OpId invoke, op;
    Id observer, conversation;
    std::map<Id, std::uint64_t> read;  // By user.
  };
  std::vector<End> ends_;  // Final answers.
  PairMap<Seen> own_;      // User and conversation.
};

}  // namespace kith::check
