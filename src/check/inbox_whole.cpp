// What can only be judged at the end: pages against steps, and where marks came from.
#include <algorithm>
#include <array>
#include <tuple>

#include "check/inbox.h"

namespace kith::check {

// The known steps of one conversation in one inbox, by useq.
struct Inbox::OfConversation {
  struct Point {
    std::uint64_t useq, first, last;
    OpId op;
    bool begins;  // False: `first` may be less.
  };
  std::array<std::vector<Point>, kKinds> of_kind;

  const std::vector<Point>& points(Kind kind) const { return of_kind[static_cast<std::size_t>(kind)]; }

  // The last point up to `useq`, and the first after it; nullptr: none.
  static const Point* upto(const std::vector<Point>& points, std::uint64_t useq) {
    auto i = std::upper_bound(points.begin(), points.end(), useq, [](std::uint64_t u, const Point& p) { return u < p.useq; });
    return i == points.begin() ? nullptr : &*std::prev(i);
  }
  static const Point* after(const std::vector<Point>& points, std::uint64_t useq) {
    auto i = std::upper_bound(points.begin(), points.end(), useq, [](std::uint64_t u, const Point& p) { return u < p.useq; });
    return i == points.end() ? nullptr : &*i;
  }
};

void Inbox::finish() {
  judge_own();
  for (Id user = 1; user <= inboxes_.size(); ++user) judge_inbox(user, inboxes_[user - 1]);
}

// Whatever is shown of a user's own marks is what a device of theirs asked for and what did not fail.
void Inbox::judge_own() {
  auto key = [](const auto& x) { return std::tuple(x.what, x.user, x.conversation, x.value); };
  std::sort(attempts_.begin(), attempts_.end(), [&](const OwnAttempt& a, const OwnAttempt& b) {
    return std::tuple(key(a), a.failed, a.invoke) < std::tuple(key(b), b.failed, b.invoke);
  });
  std::sort(shown_.begin(), shown_.end());
  const OwnShown* previous = nullptr;
  for (const OwnShown& shown : shown_) {
    if (previous != nullptr && key(*previous) == key(shown)) continue;
    previous = &shown;
    auto attempt = std::lower_bound(attempts_.begin(), attempts_.end(), shown,
                                    [&](const OwnAttempt& a, const OwnShown& s) { return key(a) < key(s); });
    bool known = attempt != attempts_.end() && key(*attempt) == key(shown);
    judge_own(shown, known ? &*attempt : nullptr);
  }
}

// `attempt`: the one of these that counts most.
void Inbox::judge_own(const OwnShown& shown, const OwnAttempt* attempt) {
  bool asked = attempt != nullptr && !attempt->failed && attempt->invoke < shown.op;
  OpId invoke = attempt != nullptr ? attempt->invoke : 0;
  if (shown.what == Op::configure) {
    if (asked) return;
    return ledger_.found(Invariant::I13, invoke, shown.op,
                         "Settings of " + std::string(ledger_.conversations[shown.conversation]) + " are shown that " +
                             std::string(ledger_.users[shown.user]) + " never made.");
  }
  std::string what = shown.what == Op::read    ? "The own read mark is shown at number "
                     : shown.what == Op::clear ? "A conversation is shown as cleared up to number "
                                               : "An entry is shown as hidden, number ";
  what += ledger_.number(shown.conversation, shown.value);
  // One's own message is read by having been written.
  bool own = shown.what == Op::read && messages_.sender(shown.conversation, shown.value) == shown.user;
  if (shown.value > messages_.conversation(shown.conversation).head()) {
    ledger_.found(Invariant::I13, invoke, shown.op, what + ", which does not exist.");
  } else if (!asked && !own) {
    ledger_.found(Invariant::I13, invoke, shown.op, what + ", to which nobody had moved it.");
  }
}

void Inbox::judge_inbox(Id user, const UserInbox& inbox) {
  PairMap<OfConversation> of;
  inbox.steps.for_each([&](std::uint64_t useq, const Step& s) {
    if (s.op == 0 || s.kind == Kind::other) return;
    auto& points = of[pair(s.kind == Kind::contact, s.conversation)].of_kind[static_cast<std::size_t>(s.kind)];
    std::uint64_t first = s.first != 0 ? s.first : s.last;
    bool is_mark = s.kind == Kind::read || s.kind == Kind::cleared;
    if (!points.empty() && ((is_mark && s.last < points.back().last) || (s.kind == Kind::entries && first <= points.back().last))) {
      ledger_.found(is_mark ? Invariant::I13 : Invariant::I4, points.back().op, s.op,
                    "Step " + std::to_string(useq) + " of an inbox does not go beyond step " + std::to_string(points.back().useq) + " in " +
                        std::string(ledger_.conversations[s.conversation]) + ".");
    }
    points.push_back({useq, first, s.last, s.op, s.first != 0});
  });
  for (const Page& p : inbox.pages) judge_page(user, inbox, p, of);
}

bool Inbox::all_known(const UserInbox& inbox, std::uint64_t after, std::uint64_t upto) const {
  for (std::uint64_t useq = after + 1; useq <= upto; ++useq) {
    const Step* step = inbox.steps.find(useq);
    if (step == nullptr || step->op == 0 || step->kind == Kind::other) return false;
  }
  return true;
}

std::uint64_t Inbox::settings_in_the_end(Id user, Id conversation) {
  const UserInbox& own = inbox(user);
  for (std::uint64_t useq = own.head.seq; useq > 0; --useq) {
    const Step* step = own.steps.find(useq);
    if (step == nullptr || step->op == 0 || step->kind == Kind::other) return 0;
    if (step->kind == Kind::settings && step->conversation == conversation) return step->last;
  }
  return 0;
}

void Inbox::judge_page(Id user, const UserInbox& inbox, const Page& page, const PairMap<OfConversation>& of) {
  static const OfConversation kNothing{};
  for (const PageChange& change : page.changes) {
    auto i = of.find(change.key());
    const OfConversation& known = i == of.end() ? kNothing : i->second;
    if (!change.is_contact) judge_change(user, page, change, known);
    judge_own_change(inbox, page, change, known);
  }
  // Steps in (from, to] of which the page has no line. A wide page is looked at by conversation.
  OpId missing = 0;
  std::uint64_t missing_in = 0;
  for (const auto& [key, c] : of) {
    auto line = std::lower_bound(page.changes.begin(), page.changes.end(), key,
                                 [](const PageChange& change, std::uint64_t id) { return change.key() < id; });
    static const PageChange kNone{};
    const PageChange& has = line != page.changes.end() && line->key() == key ? *line : kNone;
    bool there[kKinds] = {has.to > has.from, has.read != 0, has.cleared != 0, !has.hidden.empty(), has.settings != 0, has.settings != 0};
    for (std::size_t kind = 0; kind < kKinds; ++kind) {
      const auto* step = there[kind] ? nullptr : OfConversation::after(c.of_kind[kind], page.from);
      if (step == nullptr || step->useq > page.to || (missing != 0 && step->op > missing)) continue;
      missing = step->op;
      missing_in = key;
    }
  }
  if (missing == 0) return;
  const Names& names = missing_in >> 32 != 0 ? ledger_.users : ledger_.conversations;
  ledger_.found(Invariant::I9, missing, page.op,
                "The page leaves out a step in " + std::string(names[static_cast<Id>(missing_in)]) + " that another event shows.");
}

// What is about the user alone must be, after the page, as the last step in it left it.
void Inbox::judge_own_change(const UserInbox& inbox, const Page& page, const PageChange& change, const OfConversation& of) {
  auto say = [&](Invariant invariant, OpId op, const char* about) {
    const Names& names = change.is_contact ? ledger_.users : ledger_.conversations;
    ledger_.found(invariant, op, page.op,
                  "A page and an event tell differently of " + std::string(names[change.conversation]) + ": " + about + ".");
  };
  auto judge_mark = [&](Kind kind, std::uint64_t now, const char* about) {
    if (now == 0) return;
    const auto* last = OfConversation::upto(of.points(kind), page.to);
    const auto* after = OfConversation::after(of.points(kind), page.to);
    if (last != nullptr && last->useq == page.to && last->last != now) say(Invariant::I4, last->op, about);
    if (last != nullptr && last->useq != page.to && last->last > now) say(Invariant::I13, last->op, about);
    if (after != nullptr && after->last < now) say(Invariant::I13, after->op, about);
  };
  judge_mark(Kind::read, change.read, "the read mark");
  judge_mark(Kind::cleared, change.cleared, "what was cleared");
  for (Kind kind : {Kind::settings, Kind::contact}) {
    const auto* last = change.settings == 0 ? nullptr : OfConversation::upto(of.points(kind), page.to);
    if (last == nullptr || last->useq <= page.from || last->last == change.settings || !all_known(inbox, last->useq, page.to)) continue;
    say(Invariant::I4, last->op, kind == Kind::contact ? "the contact" : "the settings");
  }
  if (change.hidden.empty()) return;
  for (const auto& step : of.points(Kind::hidden)) {
    bool inside = step.useq > page.from && step.useq <= page.to;
    bool listed = std::find(change.hidden.begin(), change.hidden.end(), step.last) != change.hidden.end();
    if (inside && !listed) say(Invariant::I9, step.op, "what is hidden");
  }
}

void Inbox::judge_change(Id user, const Page& page, const PageChange& change, const OfConversation& of) {
  auto say = [&](Invariant invariant, OpId op) {
    ledger_.found(
        invariant, op, page.op,
        "A page and an event tell differently how far the inbox brings " + std::string(ledger_.conversations[change.conversation]) + ".");
  };
  if (change.to > change.from) {
    // What was reached at a useq lies between the steps around it, and is what a step at that very useq says.
    const auto* before = OfConversation::upto(of.points(Kind::entries), page.from);
    const auto* first = OfConversation::after(of.points(Kind::entries), page.from);
    const auto* last = OfConversation::upto(of.points(Kind::entries), page.to);
    const auto* after = OfConversation::after(of.points(Kind::entries), page.to);
    // Where the user was no member, there is nothing between two steps that follow each other.
    auto follow = [&](std::uint64_t end, std::uint64_t begin) {
      return begin == end + 1 || (begin > end && !members_.sees(change.conversation, user, end + 1, begin - 1));
    };
    auto differs = [&](const auto* step, std::uint64_t useq, std::uint64_t reached) {
      return step->last > reached || (step->useq == useq && !follow(step->last, reached + 1));
    };
    auto overlaps = [&](const auto* step, std::uint64_t useq, std::uint64_t reached) {
      return step->first <= reached || (step->useq == useq + 1 && step->begins && !follow(reached, step->first));
    };
    if (before != nullptr && differs(before, page.from, change.from)) say(Invariant::I4, before->op);
    if (first != nullptr && first->useq <= page.to && overlaps(first, page.from, change.from)) say(Invariant::I4, first->op);
    if (last != nullptr && differs(last, page.to, change.to)) say(Invariant::I4, last->op);
    if (after != nullptr && overlaps(after, page.to, change.to)) say(Invariant::I4, after->op);
  }
}

}  // namespace kith::check
