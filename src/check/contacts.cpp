#include "check/contacts.h"

#include <algorithm>

namespace kith::check {

namespace {

// What the other side must say.
std::string_view other_side(std::string_view state) { return state == "asked" ? "asks" : state == "asks" ? "asked" : state; }

}  // namespace

std::uint32_t Contacts::invoked(const At& at) {
  Id other = ledger_.users.intern(at.operation.user);
  attempts_.push_back({at.user, other, at.operation.op == Op::add_contact, at.id});
  auto number = static_cast<std::uint32_t>(attempts_.size());
  by_pair_[pair(at.user, other)].push_back(number);
  return number;
}

void Contacts::outcome(const At& at, std::uint32_t number) {
  Attempt& a = attempts_[number - 1];
  a.outcome = at.id;
  a.phase = at.operation.phase;
}

// Did the user ask for it, by now and perhaps with effect?
bool Contacts::asked(Id user, Id other, bool adds) const {
  auto i = by_pair_.find(pair(user, other));
  return i != by_pair_.end() && std::any_of(i->second.begin(), i->second.end(), [&](std::uint32_t number) {
           const Attempt& a = attempts_[number - 1];
           return a.adds == adds && a.phase != Phase::fail;
         });
}

// What is unknown may be half done, until the user asked for something again.
bool Contacts::settled(Id user, Id other) const {
  auto i = by_pair_.find(pair(user, other));
  if (i == by_pair_.end()) return true;
  OpId sure = 0, unsure = 0;
  for (std::uint32_t number : i->second) {
    const Attempt& a = attempts_[number - 1];
    if (a.phase == Phase::ok) sure = std::max(sure, a.invoke);
    if (a.phase == Phase::info) unsure = std::max(unsure, a.invoke);
  }
  return unsure < sure || unsure == 0;
}

void Contacts::shown(const At& at, const Contact& contact) {
  Id other = ledger_.users.intern(contact.user);
  std::string_view state = contact.state;
  bool mine = state == "contact" || state == "asked", theirs = state == "contact" || state == "asks";
  bool known = mine || theirs || state == "none";
  bool invented = (mine && !asked(at.user, other, true)) || (theirs && !asked(other, at.user, true)) || !known;
  if (state == "none" && !asked(at.user, other, false) && !asked(other, at.user, false)) invented = true;
  if (!invented) return;
  ledger_.found(Invariant::I2, 0, at.id,
                std::string(ledger_.users[at.user]) + " is told that " + std::string(contact.user) + " is \"" + std::string(state) +
                    "\", which nobody had asked for.");
}

void Contacts::listed(const At& at, bool first, bool final) {
  List& list = reading_[at.process];
  // Pages of two listings that one process reads at once cannot be told apart: such are not judged.
  bool mixed = first ? list.op != 0 && !list.whole : list.whole;
  if (first) list = {};
  list.mixed = list.mixed || mixed;
  list.op = at.id;
  for (const Contact& contact : at.operation.contacts) {
    shown(at, contact);
    auto [i, is_new] = list.states.try_emplace(ledger_.users.intern(contact.user), contact.state);
    if (!is_new && !list.mixed) ledger_.found(Invariant::I4, 0, at.id, "The contacts hold " + std::string(contact.user) + " twice.");
  }
  list.whole = !at.operation.more;
  if (list.whole && final) finals_.insert_or_assign(at.user, list);
}

void Contacts::finish() {
  for (const auto& [user, list] : finals_) judge_end(user, list);
}

void Contacts::judge_end(Id user, const List& list) {
  auto state_in = [](const List& of, Id other) {
    auto i = of.states.find(other);
    return i == of.states.end() ? std::string("none") : i->second;
  };
  std::vector<Id> others;
  for (const auto& [other, their] : finals_) {
    if (other != user) others.push_back(other);
  }
  for (Id other : others) {
    const List& their = finals_[other];
    std::string mine = state_in(list, other), theirs = state_in(their, user);
    judge_confirmed(user, other, mine, list.op);
    if (user > other || other_side(mine) == theirs || !settled(user, other) || !settled(other, user)) continue;
    ledger_.found(Invariant::I8, list.op, their.op,
                  std::string(ledger_.users[user]) + " ended with " + std::string(ledger_.users[other]) + " as \"" + mine +
                      "\", who has them as \"" + theirs + "\".");
  }
}

// Both added each other, with an ok, and nobody took anything back that may have come after.
void Contacts::judge_confirmed(Id user, Id other, std::string_view state, OpId op) {
  auto added = [&](Id who, Id whom) {
    OpId latest = 0, confirmed = 0;
    for (std::uint32_t number : by_pair_[pair(who, whom)]) {
      const Attempt& a = attempts_[number - 1];
      if (a.adds && a.phase == Phase::ok && a.invoke > latest) latest = a.invoke, confirmed = a.outcome;
    }
    return std::pair(latest, confirmed);
  };
  auto [one, one_ok] = added(user, other);
  auto [two, two_ok] = added(other, user);
  if (one == 0 || two == 0 || one_ok > op || two_ok > op) return;
  for (auto key : {pair(user, other), pair(other, user)}) {
    for (std::uint32_t number : by_pair_[key]) {
      const Attempt& a = attempts_[number - 1];
      bool over = a.phase == Phase::fail || (a.phase == Phase::ok && a.outcome < std::min(one, two));
      if (!a.adds && !over) return;
    }
  }
  if (state == "contact") return;
  ledger_.found(Invariant::I14, std::max(one_ok, two_ok), op,
                std::string(ledger_.users[user]) + " and " + std::string(ledger_.users[other]) +
                    " had both confirmed to be contacts, but it ended as \"" + std::string(state) + "\".");
}

}  // namespace kith::check
