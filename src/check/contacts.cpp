#include "check/contacts.h"

#include <algorithm>

namespace kith::check {

namespace {

// What lies between the two as far as both are told: of a block only one is.
std::string_view between(std::string_view state) { return state == "blocked" ? "none" : state; }
// What the other side must say.
std::string_view other_side(std::string_view state) { return state == "asked" ? "asks" : state == "asks" ? "asked" : between(state); }

}  // namespace

std::uint32_t Contacts::invoked(const At& at) {
  Id other = ledger_.users.intern(at.operation.user);
  attempts_.push_back({at.user, other, at.operation.op, at.id});
  auto number = static_cast<std::uint32_t>(attempts_.size());
  by_pair_[pair(at.user, other)].push_back(number);
  if (attempts_.back().blocks()) blocked_.emplace(at.user, other);
  return number;
}

void Contacts::outcome(const At& at, std::uint32_t number) {
  Attempt& a = attempts_[number - 1];
  a.outcome = at.id;
  a.phase = at.operation.phase;
}

// Did the user ask for one of these, by now and perhaps with effect?
bool Contacts::asked(Id user, Id other, std::initializer_list<Op> ops) const {
  auto i = by_pair_.find(pair(user, other));
  return i != by_pair_.end() && std::any_of(i->second.begin(), i->second.end(), [&](std::uint32_t number) {
           const Attempt& a = attempts_[number - 1];
           return std::find(ops.begin(), ops.end(), a.op) != ops.end() && a.phase != Phase::fail;
         });
}

// What is unknown may be half done, until the user asked for something again: what both are told of one another, and the block.
bool Contacts::settled(Id user, Id other) const {
  return settled(user, other, {Op::add_contact, Op::remove_contact, Op::block}) && settled(user, other, {Op::block, Op::unblock});
}

bool Contacts::settled(Id user, Id other, std::initializer_list<Op> ops) const {
  auto i = by_pair_.find(pair(user, other));
  if (i == by_pair_.end()) return true;
  OpId sure = 0, unsure = 0;
  for (std::uint32_t number : i->second) {
    const Attempt& a = attempts_[number - 1];
    if (std::find(ops.begin(), ops.end(), a.op) == ops.end()) continue;
    if (a.phase == Phase::ok) sure = std::max(sure, a.invoke);
    if (a.phase == Phase::info) unsure = std::max(unsure, a.invoke);
  }
  return unsure < sure || unsure == 0;
}

void Contacts::shown(const At& at, const Contact& contact) {
  Id other = ledger_.users.intern(contact.user);
  std::string_view state = contact.state;
  bool mine = state == "contact" || state == "asked", theirs = state == "contact" || state == "asks";
  bool known = mine || theirs || state == "blocked" || state == "none";
  bool invented = (mine && !asked(at.user, other, {Op::add_contact})) || (theirs && !asked(other, at.user, {Op::add_contact})) || !known;
  if (state == "blocked" && !asked(at.user, other, {Op::block})) invented = true;
  bool ended =
      asked(at.user, other, {Op::remove_contact, Op::block, Op::unblock}) || asked(other, at.user, {Op::remove_contact, Op::block});
  if (state == "none" && !ended) invented = true;
  if (!invented) return;
  ledger_.found(Invariant::I2, 0, at.id,
                std::string(ledger_.users[at.user]) + " is told that " + std::string(contact.user) + " is \"" + std::string(state) +
                    "\", which nobody had asked for.");
}

void Contacts::listed(const At& at, OpId invoke, bool first, bool final) {
  List& list = reading_[at.process];
  // Pages of two listings that one process reads at once cannot be told apart: such are not judged.
  bool mixed = first ? list.op != 0 && !list.whole : list.whole;
  if (first) list = {}, list.begun = invoke;
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
  for (const auto& [user, other] : blocked_) {
    if (auto list = finals_.find(user); list != finals_.end()) judge_block(user, other, list->second);
  }
  judge_accepted();
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
    if (user > other || other_side(mine) == between(theirs) || !settled(user, other) || !settled(other, user)) continue;
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
      if (a.op == Op::add_contact && a.phase == Phase::ok && a.invoke > latest) latest = a.invoke, confirmed = a.outcome;
    }
    return std::pair(latest, confirmed);
  };
  auto [one, one_ok] = added(user, other);
  auto [two, two_ok] = added(other, user);
  if (one == 0 || two == 0 || one_ok > op || two_ok > op) return;
  for (auto key : {pair(user, other), pair(other, user)}) {
    for (std::uint32_t number : by_pair_[key]) {
      const Attempt& a = attempts_[number - 1];
      if (a.op != Op::add_contact && !a.over(std::min(one, two))) return;
    }
  }
  if (state == "contact") return;
  ledger_.found(Invariant::I14, std::max(one_ok, two_ok), op,
                std::string(ledger_.users[user]) + " and " + std::string(ledger_.users[other]) +
                    " had both confirmed to be contacts, but it ended as \"" + std::string(state) + "\".");
}

// ----------------------------------------------------------------------------------------------------------------- blocks

// Did the user block the other all the time from one operation to the other? Of the calls of either kind that were confirmed before it
// began, the latest: it says so unless one of the other kind may have come after it.
Contacts::Stand Contacts::stand(Id user, Id other, OpId since, OpId until) const {
  auto i = by_pair_.find(pair(user, other));
  if (i == by_pair_.end()) return {Block::no};
  bool ever = false;
  for (Op op : {Op::block, Op::unblock}) {
    const Attempt* latest = nullptr;
    for (std::uint32_t number : i->second) {
      const Attempt& a = attempts_[number - 1];
      if (a.op == Op::block && a.phase != Phase::fail && a.invoke < until) ever = true;
      if (a.op == op && a.phase == Phase::ok && a.outcome < since && (latest == nullptr || a.invoke > latest->invoke)) latest = &a;
    }
    bool stands = latest != nullptr && std::all_of(i->second.begin(), i->second.end(), [&](std::uint32_t number) {
                    const Attempt& a = attempts_[number - 1];
                    return !a.blocks() || a.op == op || a.invoke > until || a.over(latest->invoke);
                  });
    if (stands) return {op == Op::block ? Block::yes : Block::no, latest->outcome};
  }
  return {ever ? Block::unsure : Block::no};
}

bool Contacts::surely_open(Id one, Id other, OpId since, OpId until) const {
  return stand(one, other, since, until).block == Block::no && stand(other, one, since, until).block == Block::no;
}

// The list says whom its user has blocked.
void Contacts::judge_block(Id user, Id other, const List& list) {
  Stand sure = stand(user, other, list.begun, list.op);
  if (sure.block == Block::unsure || list.mixed) return;
  auto row = list.states.find(other);
  bool told = row != list.states.end() && row->second == "blocked";
  if (told == (sure.block == Block::yes)) return;
  ledger_.found(Invariant::I14, sure.by, list.op,
                "In the end " + std::string(ledger_.users[user]) + " is told that " + std::string(ledger_.users[other]) + " is " +
                    (told ? "" : "not ") + "blocked, which they " + (told ? "are not." : "are."));
}

// Nothing passes between two of whom one has blocked the other. What was sent before may: a repeat is its first attempt still.
void Contacts::judge_accepted() {
  if (blocked_.empty()) return;
  messages_.each_accepted([&](const Messages::Accepted& message) {
    if (message.invoked == 0) return;
    judge_accepted(message.conversation, message.seq, message.invoked, message.accepted, "was sent");
  });
  changes_.each_confirmed([&](Id conversation, std::uint64_t seq, OpId invoked, OpId accepted) {
    judge_accepted(conversation, seq, invoked, accepted, "was edited or reacted to");
  });
}

void Contacts::judge_accepted(Id id, std::uint64_t seq, OpId invoked, OpId accepted, std::string_view what) {
  const Conversation& conversation = messages_.conversation(id);
  if (!conversation.is_direct) return;
  for (auto [user, other] : {std::pair(conversation.one, conversation.other), std::pair(conversation.other, conversation.one)}) {
    Stand sure = stand(user, other, invoked, accepted);
    if (sure.block != Block::yes) continue;
    ledger_.found(Invariant::I14, sure.by, accepted,
                  "Number " + ledger_.number(id, seq) + " " + std::string(what) + " after " + std::string(ledger_.users[user]) +
                      " had blocked " + std::string(ledger_.users[other]) + ".");
  }
}

}  // namespace kith::check
