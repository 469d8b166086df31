// check/changes.h — The entries that are no messages: edits, deletions, reactions and what happens to groups, and the calls that asked
// for them.
//
// Judges of them what Messages judges of messages (I2 to I4, I6, I14), and what only the order of the log can tell: nothing changes a
// message after its deletion (I11), nobody but its sender edits it (I12).
#pragma once

#include <map>
#include <vector>

#include "check/messages.h"

namespace kith::check {

enum class What : std::uint8_t { none, created, changed, added, joined, removed, left, role };

// An entry that is no message.
struct Fact {
  Kind kind = Kind::group;
  What what = What::none;
  bool removed = false;
  Id from = 0;  // 0: unknown yet.
  Id role = 0;  // Of Changes' own names.
  std::uint64_t target = 0;
  std::uint64_t text = 0;  // A hash; 0: not shown.
  std::vector<Id> users;
  OpId shown = 0;  // First time that it was shown; 0: only acknowledged, and then `users` are those who were asked for.
  OpId acked = 0;

  OpId op() const { return shown != 0 ? shown : acked; }
};

// What the log makes of one message.
struct Made {
  std::vector<std::uint64_t> edits;
  std::uint64_t text = 0;  // Of the last edit; 0: none, or unknown.
  std::uint64_t deleted = 0;
  OpId deleted_by = 0;
  std::map<std::pair<std::uint64_t, Id>, OpId> reactions;  // Emoji and user.

  std::uint64_t reactions_hash() const;
};

class Changes {
 public:
  Changes(Ledger& ledger, Messages& messages) : ledger_(ledger), messages_(messages) {}

  void invite_made(const At& at, Id conversation, std::uint64_t uses);
  void invite_ended(const At& at, std::string_view code);
  static bool is_change(Op op) { return op >= Op::edit && op <= Op::join; }
  // Returns the number of the attempt, for outcome().
  std::uint32_t invoked(const At& at);
  void outcome(const At& at, std::uint32_t attempt);
  void shown(const At& at, Id conversation, const Entry& entry);

  const std::map<std::uint64_t, Fact>& facts(Id conversation);
  bool is_group(Id conversation) { return log(conversation).is_group; }
  // Was there an attempt to bring the user in that may have taken effect between these two?
  bool may_have_come(Id conversation, Id user, OpId since, OpId before) const;
  // Calls of `edit` and `react` that were confirmed: by whom, where, the message, the invoke and the ok.
  template <class F>
  void each_confirmed(F each) const {
    for (const Attempt& a : attempts_) {
      bool meant = a.fact.kind == Kind::edited || a.fact.kind == Kind::reacted;
      if (meant && a.phase == Phase::ok) each(a.conversation, a.fact.target, a.invoke, a.outcome);
    }
  }
  // The message that a call of this attempt was about.
  std::uint64_t target(std::uint32_t attempt) const { return attempts_[attempt - 1].fact.target; }
  Id conversation(std::uint32_t attempt) const { return attempts_[attempt - 1].conversation; }
  // Is it known what every number of [first, last] is?
  bool knows(Id conversation, std::uint64_t first, std::uint64_t last);

  // After finish(): what was made of a message; nullptr: nothing. Only to be trusted where whole().
  const Made* made(Id conversation, std::uint64_t seq);
  bool whole(Id conversation) { return log(conversation).dense >= messages_.conversation(conversation).head(); }
  void finish();

 private:
  struct Attempt {
    Fact fact;  // As it would become.
    Id conversation = 0;
    OpId invoke = 0;
    OpId outcome = 0;
    Phase phase = Phase::info;
    std::uint64_t client_id = 0;
    std::uint64_t code = 0;  // Of an invite: a hash.
    bool late = false;       // It had expired by then.
    Seen acked_before;
  };
  // A link into a group.
  struct Invite {
    Id conversation = 0;
    std::uint64_t uses = 0;
    OpId made = 0;
    OpId ended = 0;  // Confirmed.
  };
  struct Log {
    std::map<std::uint64_t, Fact> facts;  // By seq.
    std::map<std::uint64_t, Made> made;   // By seq of the message.
    bool is_group = false;
    std::uint64_t dense = 0;  // Everything up to here is known.
  };

  Log& log(Id conversation);
  std::uint64_t key(const Fact& fact, Id conversation) const;
  bool could_be(const Fact& asked, const Fact& told) const;
  void acknowledged(const At& at, Attempt& attempt, Id conversation, std::uint64_t seq);
  void differ(Id conversation, std::uint64_t seq, OpId one, OpId other);
  void judge_asked(Id conversation);
  void judge_twice();
  void judge_invites();
  void judge_ended(std::uint64_t code, const Invite& invite, const std::map<Id, bool>& by);
  void judge_expired(std::uint64_t code, const Invite& invite, const std::map<Id, bool>& by);
  void fold(Id conversation);
  void fold_one(Id conversation, std::uint64_t seq, const Fact& fact);

  Ledger& ledger_;
  Messages& messages_;
  Names roles_;
  std::deque<Log> logs_;
  std::deque<Attempt> attempts_;
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> by_key_;
  std::unordered_map<std::uint64_t, Seen> created_;    // Creator and client id → group.
  std::unordered_map<std::uint64_t, Invite> invites_;  // By the hash of the code.
};

}  // namespace kith::check
