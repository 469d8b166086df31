#include "check/members.h"

#include <algorithm>
#include <utility>

namespace kith::check {

void Members::sight(Id user, Id conversation, std::uint64_t seq, OpId op) {
  if (seq == 0 || messages_.conversation(conversation).is_direct) return;
  OpId& first = sights_[pair(user, conversation)].at(seq);
  if (first == 0) first = op;
}

void Members::withheld(Id user, Id conversation, std::uint64_t seq, OpId op, bool final) {
  withheld_.push_back({user, conversation, seq, op, final});
}

void Members::gap(Id user, Id conversation, std::uint64_t first, std::uint64_t last, Invariant invariant, OpId one, OpId other,
                  std::string sentence, bool viewed) {
  if (first > last) return;
  viewed = viewed && views_.touches(user, conversation);
  if (messages_.conversation(conversation).is_direct && !viewed) return ledger_.found(invariant, one, other, sentence);
  gaps_.push_back({user, conversation, first, last, invariant, one, other, std::move(sentence), viewed});
}

void Members::build() {
  for (Id id = 1; id <= messages_.conversations(); ++id) {
    groups_.emplace_back();
    if (is_group(id)) build(id);
  }
}

bool Members::is_present(Id conversation, Id user) const {
  auto i = spans_.find(pair(conversation, user));
  return i != spans_.end() && i->second.back().last == kOpen;
}

void Members::enter(Id conversation, Id user, std::uint64_t seq, const Fact& fact) {
  if (is_present(conversation, user)) {
    // Of an entry that nobody was shown only those who were asked for are known.
    if (fact.shown != 0 && (user != fact.from || fact.what == What::joined)) {
      ledger_.found(Invariant::I10, 0, fact.op(),
                    "Number " + ledger_.number(conversation, seq) + " adds " + std::string(ledger_.users[user]) + ", who was there.");
    }
    return;
  }
  auto& spans = spans_[pair(conversation, user)];
  if (spans.empty()) groups_[conversation - 1].users.push_back(user);
  spans.push_back({seq, kOpen});
}

void Members::leave(Id conversation, Id user, std::uint64_t seq, const Fact& fact) {
  if (is_present(conversation, user)) {
    spans_[pair(conversation, user)].back().last = seq;
  } else if (fact.shown != 0) {
    ledger_.found(Invariant::I10, 0, fact.op(),
                  "Number " + ledger_.number(conversation, seq) + " removes " + std::string(ledger_.users[user]) + ", who was not there.");
  }
}

// In the order of the log. As far as everything is known, whoever speaks must be there.
void Members::build(Id conversation) {
  bool whole = true;
  std::uint64_t expected = 1;
  auto author = [&](std::uint64_t seq, Id from, OpId op, bool creates) {
    if (seq != expected) whole = false;
    expected = seq + 1;
    if (!whole || creates || from == 0 || is_present(conversation, from)) return;
    ledger_.found(Invariant::I10, 0, op,
                  "Number " + ledger_.number(conversation, seq) + " is by " + std::string(ledger_.users[from]) +
                      ", who was no member at that place.");
  };
  const auto& facts = changes_.facts(conversation);
  auto next = facts.begin();
  auto take = [&](std::uint64_t seq, const Fact& fact) {
    author(seq, fact.from, fact.op(), fact.what == What::created || fact.what == What::joined);
    if (fact.what == What::created) enter(conversation, fact.from, seq, fact);
    if (fact.what == What::created || fact.what == What::added || fact.what == What::joined) {
      for (Id user : fact.users) enter(conversation, user, seq, fact);
    }
    if (fact.what == What::joined && fact.users.empty()) enter(conversation, fact.from, seq, fact);
    if (fact.what == What::removed || fact.what == What::left) {
      for (Id user : fact.users) leave(conversation, user, seq, fact);
    }
  };
  messages_.conversation(conversation).numbers.for_each([&](std::uint64_t seq, const Number& n) {
    for (; next != facts.end() && next->first <= seq; ++next) take(next->first, next->second);
    if (n.message != 0) author(seq, messages_.sender(conversation, seq), n.first, false);
  });
}

const std::vector<Id>& Members::users(Id conversation) { return groups_[conversation - 1].users; }

bool Members::sees(Id conversation, Id user, std::uint64_t first, std::uint64_t last) {
  if (!is_group(conversation)) return true;
  auto i = spans_.find(pair(conversation, user));
  if (i == spans_.end()) return false;
  return std::any_of(i->second.begin(), i->second.end(), [&](const Span& s) { return s.first <= last && s.last >= first; });
}

bool Members::views(Id conversation, Id user, std::uint64_t first, std::uint64_t last, OpId op) {
  auto any = [&](std::uint64_t from, std::uint64_t to) { return from <= to && views_.first_left(user, conversation, from, to, op) <= to; };
  if (!is_group(conversation)) return any(first, last);
  auto i = spans_.find(pair(conversation, user));
  return i != spans_.end() && std::any_of(i->second.begin(), i->second.end(),
                                          [&](const Span& s) { return any(std::max(first, s.first), std::min(last, s.last)); });
}

std::uint64_t Members::last_visible(Id conversation, Id user, std::uint64_t high) {
  if (!is_group(conversation)) return high;
  auto i = spans_.find(pair(conversation, user));
  if (i == spans_.end()) return 0;
  for (auto span = i->second.rbegin(); span != i->second.rend(); ++span) {
    if (span->first <= high) return std::min(span->last, high);
  }
  return 0;
}

void Members::judge_sight(Id user, Id conversation, std::uint64_t seq, OpId op) {
  if (sees(conversation, user, seq, seq)) return;
  // Where something is unknown, they may have come in between.
  std::uint64_t left = last_visible(conversation, user, seq);
  if (!changes_.knows(conversation, left + 1, seq)) return;
  const auto& facts = changes_.facts(conversation);
  auto leaving = facts.find(left);
  ledger_.found(Invariant::I10, leaving == facts.end() ? 0 : leaving->second.op(), op,
                "Number " + ledger_.number(conversation, seq) + " is shown to " + std::string(ledger_.users[user]) + ", " +
                    (left == 0 ? std::string("who had not come yet.") : "who had left with number " + std::to_string(left) + "."));
}

void Members::finish() {
  for (const auto& [key, seen] : sights_) {
    auto user = static_cast<Id>(key >> 32), conversation = static_cast<Id>(key);
    if (!is_group(conversation)) continue;
    seen.for_each([&](std::uint64_t seq, OpId op) {
      if (op != 0) judge_sight(user, conversation, seq, op);
    });
  }
  for (const Withheld& w : withheld_) {
    auto i = spans_.find(pair(w.conversation, w.user));
    bool never_left = i == spans_.end() || (i->second.size() == 1 && i->second.back().last == kOpen);
    bool there = !is_group(w.conversation) || (w.final && is_present(w.conversation, w.user));
    if (!there && (!never_left || !changes_.whole(w.conversation))) continue;
    ledger_.found(Invariant::I10, 0, w.op,
                  "Of number " + ledger_.number(w.conversation, w.seq) + " something is withheld from " +
                      std::string(ledger_.users[w.user]) + ", who is there.");
  }
  for (const Gap& g : gaps_) {
    bool theirs = g.viewed ? views(g.conversation, g.user, g.first, g.last, g.other) : sees(g.conversation, g.user, g.first, g.last);
    if (theirs) ledger_.found(g.invariant, g.one, g.other, g.sentence);
  }
}

}  // namespace kith::check
