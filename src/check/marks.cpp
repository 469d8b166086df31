#include "check/marks.h"

#include <algorithm>

namespace kith::check {

void Marks::pushed(const At& at) { take(at, at.conversation, 0, false); }

void Marks::answered(const At& at, Id conversation, OpId invoke, bool final) {
  take(at, conversation, invoke, final);
  if (!final) return;
  End& end = ends_.emplace_back(End{invoke, at.id, at.user, conversation, {}});
  for (const Mark& mark : at.operation.marks) end.read[ledger_.users.intern(mark.user)] = mark.read;
}

void Marks::take(const At& at, Id conversation, OpId invoke, bool final) {
  for (const Mark& mark : at.operation.marks) {
    Id user = ledger_.users.intern(mark.user);
    Last& last = last_[{at.process, conversation, user}];
    std::uint32_t connection = ledger_.process[at.process - 1].connection;
    if (last.connection != connection) last = {connection, {}, {}};
    std::string whose = "The mark of " + std::string(mark.user) + " in " + std::string(ledger_.conversations[conversation]);
    auto up = [&](Seen& before, std::uint64_t now, const char* what) {
      if (now < before.seq) {
        ledger_.found(Invariant::I13, before.op, at.id,
                      whose + " (" + what + ") goes back from " + std::to_string(before.seq) + " to " + std::to_string(now) + ".");
      }
      before = {now, at.id};
    };
    up(last.delivered, mark.delivered, "delivered");
    if (mark.read != 0) up(last.read, mark.read, "read");
    if (mark.delivered < mark.read) {
      ledger_.found(Invariant::I13, 0, at.id, whose + " says that more was read than was delivered.");
    }
    if (user == at.user) ledger_.found(Invariant::I13, 0, at.id, whose + " is told to themselves as that of another.");
    inbox_.mark_of(user, conversation, mark.read, at.id);
    shown_.push_back({conversation, at.user, user, mark.delivered, mark.read, invoke, at.id, final});
  }
}

std::uint32_t Marks::prefer_invoked(const At& at) {
  preferences_.push_back({at.user, std::string(at.operation.reads), std::string(at.operation.presence), at.id});
  return static_cast<std::uint32_t>(preferences_.size());
}

void Marks::prefer_outcome(const At& at, std::uint32_t number) {
  Preference& p = preferences_[number - 1];
  p.outcome = at.id;
  p.phase = at.operation.phase;
}

void Marks::present(const At& at, OpId invoke) {
  for (std::string_view name : at.operation.users) {
    Id user = ledger_.users.intern(name);
    OpId hides = user == at.user ? 0 : surely(user, &Preference::presence, "nobody", invoke, at.id);
    if (hides == 0) continue;
    ledger_.found(Invariant::I10, hides, at.id, "Something is told of " + std::string(name) + ", who is to be seen by nobody.");
  }
}

// Who confirmed that the user surely preferred this from `since` to `until`; 0: perhaps they did not.
template <class M>
OpId Marks::surely(Id user, M member, std::string_view value, OpId since, OpId until) const {
  const Preference* chosen = nullptr;
  for (const Preference& p : preferences_) {
    if (p.user == user && p.*member == value && p.phase == Phase::ok && p.outcome < since) chosen = &p;
  }
  if (chosen == nullptr) return 0;
  for (const Preference& p : preferences_) {
    bool otherwise = p.user == user && !(p.*member).empty() && p.*member != value && p.phase != Phase::fail;
    bool over = p.phase == Phase::ok && p.outcome != 0 && p.outcome < chosen->invoke;
    if (otherwise && !over && p.invoke < until) return 0;
  }
  return chosen->outcome;
}

// ------------------------------------------------------------------------------------------------------------ at the end

void Marks::finish() {
  for (const Shown& shown : shown_) judge(shown);
  judge_end();
}

bool Marks::ever_hides(Id user) const {
  return std::any_of(preferences_.begin(), preferences_.end(),
                     [&](const Preference& p) { return p.user == user && p.reads == "hidden" && p.phase != Phase::fail; });
}

// In the end everybody in a conversation is told where the others' own devices say that they are.
void Marks::judge_end() {
  for (const End& end : ends_) {
    bool group = members_.is_group(end.conversation);
    if (ever_hides(end.observer) || (group && !members_.is_present(end.conversation, end.observer))) continue;
    for (const auto& [key, own] : own_) {
      auto user = static_cast<Id>(key >> 32), conversation = static_cast<Id>(key);
      bool there = conversation == end.conversation && user != end.observer && own.seq != 0;
      if (!there || ever_hides(user) || (group && !members_.is_present(conversation, user))) continue;
      if (!group && !contacts_.surely_open(end.observer, user, end.invoke, end.op)) continue;
      auto told = end.read.find(user);
      std::uint64_t read = told == end.read.end() ? 0 : told->second;
      if (read == own.seq) continue;
      ledger_.found(Invariant::I8, end.op, own.op,
                    "In the end " + std::string(ledger_.users[end.observer]) + " is told that " + std::string(ledger_.users[user]) +
                        " read " + ledger_.number(conversation, read) + ", their own device has " + std::to_string(own.seq) + ".");
    }
  }
}

void Marks::judge(const Shown& shown) {
  judge_place(shown);
  judge_private(shown);
  if (!members_.is_group(shown.conversation)) return;
  judge_member(shown, shown.observer, "are told to ");
  judge_member(shown, shown.user, "are told of ");
}

void Marks::judge_place(const Shown& shown) {
  std::string whose = "The mark of " + std::string(ledger_.users[shown.user]) + " in " +
                      std::string(ledger_.conversations[shown.conversation]) + " is shown at ";
  std::uint64_t head = messages_.conversation(shown.conversation).head();
  if (shown.delivered > head) {
    ledger_.found(Invariant::I13, 0, shown.op, whose + std::to_string(shown.delivered) + ", which does not exist.");
  }
  auto own = own_.find(pair(shown.user, shown.conversation));
  if (own == own_.end() || shown.final || shown.read <= own->second.seq) return;
  ledger_.found(Invariant::I13, shown.op, own->second.op,
                whose + std::to_string(shown.read) + ", their own device ended with " + std::to_string(own->second.seq) + ".");
}

// Who wants no read marks is told none, and of them none is told.
void Marks::judge_private(const Shown& shown) {
  if (shown.read == 0 || shown.invoke == 0) return;
  std::string what = "What " + std::string(ledger_.users[shown.user]) + " read is told";
  if (OpId hides = surely(shown.observer, &Preference::reads, "hidden", shown.invoke, shown.op); hides != 0) {
    ledger_.found(Invariant::I10, hides, shown.op, what + " to one who wants no read marks.");
  }
  OpId hides = surely(shown.user, &Preference::reads, "hidden", shown.invoke, shown.op);
  if (hides == 0) return;
  ledger_.found(Invariant::I10, hides, shown.op, what + ", who wants no read marks.");
}

// Both must be in the group; numbers behind their leaving are not theirs.
void Marks::judge_member(const Shown& shown, Id user, std::string_view what) {
  std::uint64_t last = members_.last_visible(shown.conversation, user, ~std::uint64_t{0});
  std::string sentence =
      "Marks of " + std::string(ledger_.conversations[shown.conversation]) + " " + std::string(what) + std::string(ledger_.users[user]);
  if (last == 0) {
    if (changes_.whole(shown.conversation)) ledger_.found(Invariant::I10, 0, shown.op, sentence + ", who never was in it.");
    return;
  }
  const auto& facts = changes_.facts(shown.conversation);
  auto left = facts.find(last);
  if (members_.is_present(shown.conversation, user) || left == facts.end() || !changes_.whole(shown.conversation)) return;
  OpId gone = left->second.acked;
  bool after = gone != 0 && gone < shown.invoke && !changes_.may_have_come(shown.conversation, user, gone, shown.op);
  if (!after && shown.delivered <= last) return;
  ledger_.found(Invariant::I10, left->second.op(), shown.op,
                sentence + (after ? ", who had left." : ", who had left, up to " + std::to_string(shown.delivered) + "."));
}

}  // namespace kith::check
