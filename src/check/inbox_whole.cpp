// What can only be judged at the end: pages against steps, and where read marks came from.
#include <algorithm>
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
  std::vector<Point> messages;
  std::vector<Point> reads;

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
  judge_marks();
  for (Id user = 1; user <= inboxes_.size(); ++user) judge_inbox(user, inboxes_[user - 1]);
}

// A mark that was shown is one that a device asked for and that did not fail, or an own message.
void Inbox::judge_marks() {
  auto key = [](const auto& x) { return std::tuple(x.user, x.conversation, x.seq); };
  std::sort(reads_.begin(), reads_.end(), [&](const ReadAttempt& a, const ReadAttempt& b) {
    return std::tuple(a.user, a.conversation, a.seq, a.failed, a.invoke) < std::tuple(b.user, b.conversation, b.seq, b.failed, b.invoke);
  });
  std::sort(marks_.begin(), marks_.end());
  const MarkShown* previous = nullptr;
  for (const MarkShown& m : marks_) {
    if (previous != nullptr && key(*previous) == key(m)) continue;
    previous = &m;
    auto r = std::lower_bound(reads_.begin(), reads_.end(), m,
                              [&](const ReadAttempt& read, const MarkShown& mark) { return key(read) < key(mark); });
    bool known = r != reads_.end() && key(*r) == key(m);
    std::string what = "The own read mark is shown at number " + ledger_.number(m.conversation, m.seq);
    if (m.seq > messages_.conversation(m.conversation).head()) {
      ledger_.found(Invariant::I13, known ? r->invoke : 0, m.op, what + ", which does not exist.");
    } else if (!(known && !r->failed && r->invoke < m.op) && messages_.sender(m.conversation, m.seq) != m.user) {
      ledger_.found(Invariant::I13, known ? r->invoke : 0, m.op, what + ", to which nobody had moved it.");
    }
  }
}

void Inbox::judge_inbox(Id user, const UserInbox& inbox) {
  PairMap<OfConversation> of;
  inbox.steps.for_each([&](std::uint64_t useq, const Step& s) {
    if (s.op == 0) return;
    OfConversation& c = of[pair(0, s.conversation)];
    auto& points = s.is_read ? c.reads : c.messages;
    std::uint64_t first = s.first != 0 ? s.first : s.last;
    if (!points.empty() && (s.is_read ? s.last < points.back().last : first <= points.back().last)) {
      ledger_.found(s.is_read ? Invariant::I13 : Invariant::I4, points.back().op, s.op,
                    "Step " + std::to_string(useq) + " of an inbox does not go beyond step " + std::to_string(points.back().useq) + " in " +
                        std::string(ledger_.conversations[s.conversation]) + ".");
    }
    points.push_back({useq, first, s.last, s.op, s.first != 0});
  });
  for (const Page& p : inbox.pages) judge_page(user, p, of);
}

void Inbox::judge_page(Id user, const Page& page, const PairMap<OfConversation>& of) {
  static const OfConversation kNothing{};
  for (const PageChange& change : page.changes) {
    auto i = of.find(pair(0, change.conversation));
    judge_change(user, page, change, i == of.end() ? kNothing : i->second);
  }
  // Conversations with a step in (from, to] of which the page has no line. A wide page is looked at by conversation.
  OpId missing = 0;
  Id missing_in = 0;
  for (const auto& [key, c] : of) {
    auto conversation = static_cast<Id>(key);
    auto line = std::lower_bound(page.changes.begin(), page.changes.end(), conversation,
                                 [](const PageChange& change, Id id) { return change.conversation < id; });
    bool has_line = line != page.changes.end() && line->conversation == conversation;
    if (has_line && line->to > line->from && line->read != 0) continue;
    const auto* message = OfConversation::after(c.messages, page.from);
    const auto* read = OfConversation::after(c.reads, page.from);
    OpId op = 0;
    if (!(has_line && line->to > line->from) && message != nullptr && message->useq <= page.to) op = message->op;
    if (!(has_line && line->read != 0) && read != nullptr && read->useq <= page.to && (op == 0 || read->op < op)) op = read->op;
    if (op != 0 && (missing == 0 || op < missing)) {
      missing = op;
      missing_in = conversation;
    }
  }
  if (missing != 0) {
    ledger_.found(Invariant::I9, missing, page.op,
                  "The page leaves out a step in " + std::string(ledger_.conversations[missing_in]) + " that another event shows.");
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
    const auto* before = OfConversation::upto(of.messages, page.from);
    const auto* first = OfConversation::after(of.messages, page.from);
    const auto* last = OfConversation::upto(of.messages, page.to);
    const auto* after = OfConversation::after(of.messages, page.to);
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
  if (change.read != 0) {
    const auto* last = OfConversation::upto(of.reads, page.to);
    const auto* after = OfConversation::after(of.reads, page.to);
    if (last != nullptr && last->useq == page.to && last->last != change.read) say(Invariant::I4, last->op);
    if (last != nullptr && last->useq != page.to && last->last > change.read) say(Invariant::I13, last->op);
    if (after != nullptr && after->last < change.read) say(Invariant::I13, after->op);
  }
}

}  // namespace kith::check
