#include "check/reads.h"

#include <algorithm>

namespace kith::check {

namespace {
constexpr std::uint64_t kEnd = ~std::uint64_t{0};
constexpr std::uint64_t kScanMax = 1'000'000;  // A hole beyond this is found by its beginning.
}  // namespace

bool Reads::Coverage::has(std::uint64_t seq) const {
  for (const auto& [first, last] : runs) {
    if (seq >= first && seq <= last) return true;
  }
  return false;
}

void Reads::Coverage::tidy() {
  std::sort(runs.begin(), runs.end());
  std::size_t kept = 0;
  for (const auto& run : runs) {
    if (kept != 0 && run.first <= runs[kept - 1].second + 1) {
      runs[kept - 1].second = std::max(runs[kept - 1].second, run.second);
    } else {
      runs[kept++] = run;
    }
  }
  runs.resize(kept);
}

Reads::Asked Reads::ask(const At& at) {
  const Conversation& c = messages_.conversation(at.conversation);
  const Operation& o = at.operation;
  return {o.before, o.after, o.final, at.conversation, at.id, c.acked, c.seen};
}

void Reads::answer(const At& at, const Asked& asked) {
  const auto& entries = at.operation.entries;
  bool more = at.operation.more;
  std::uint64_t floor = asked.after.value_or(0);        // Above this …
  std::uint64_t ceiling = asked.before.value_or(kEnd);  // … and below this was asked for.
  if (ceiling == 0) ceiling = kEnd;                     // As on the wire: 0 is absent.
  bool upward = asked.after.has_value();
  if (asked.final) cover(at, asked);
  // What the page is about: some of it may be hidden.
  std::uint64_t low = at.operation.from, high = at.operation.end;
  if (low == 0 && !entries.empty()) low = entries.front().seq, high = entries.back().seq;
  if (low == 0) {
    if (more) ledger_.found(Invariant::I5, asked.invoke, at.id, "An empty page says that there is more.");
    hole(at, asked, floor + 1, ceiling - 1, false);
    return;
  }
  std::uint64_t last = low - 1;
  if (upward || !more) hole(at, asked, floor + 1, last, true);
  for (const Entry& entry : entries) {
    if (entry.seq <= floor || entry.seq >= ceiling || entry.seq <= last || entry.seq > high) {
      ledger_.found(Invariant::I5, asked.invoke, at.id,
                    "Number " + ledger_.number(asked.conversation, entry.seq) + " is out of order, or was not asked for.");
    } else {
      hole(at, asked, last + 1, entry.seq - 1, true);
    }
    last = std::max(last, entry.seq);
  }
  hole(at, asked, last + 1, high, true);
  if (!upward || !more) hole(at, asked, std::max(last, high) + 1, ceiling - 1, false);
}

void Reads::hole(const At& at, const Asked& asked, std::uint64_t first, std::uint64_t last, bool dense) {
  std::uint64_t known = std::min(last, std::max(asked.acked.seq, asked.seen.seq));
  if (first > last || (first > known && !dense)) return;
  if (known > first + kScanMax) known = first + kScanMax;
  holes_.push_back({at.id, asked.invoke, at.user, asked.conversation, first, last, known, dense});
}

void Reads::finish() {
  for (const Hole& hole : holes_) judge(hole);
}

void Reads::judge(const Hole& h) {
  Blocks<Number>& numbers = messages_.conversation(h.conversation).numbers;
  OpId seen = 0;
  std::uint64_t seen_seq = 0;
  for (std::uint64_t seq = h.first; seq <= h.known; ++seq) {
    const Number* n = numbers.find(seq);
    if (n == nullptr || !members_.views(h.conversation, h.user, seq, seq, h.answer)) continue;
    if (n->acked != 0 && n->acked < h.invoke) {
      ledger_.found(Invariant::I1, n->acked, h.answer,
                    "Number " + ledger_.number(h.conversation, seq) + " was acknowledged, but a later read does not have it.");
      return;
    }
    if (seen == 0 && n->seen != 0 && n->seen < h.invoke) {
      seen = n->seen;
      seen_seq = seq;
    }
  }
  if (seen != 0) {
    ledger_.found(Invariant::I7, seen, h.answer,
                  "Number " + ledger_.number(h.conversation, seen_seq) + " had been shown, but a later read does not have it.");
  } else if (h.dense && members_.views(h.conversation, h.user, h.first, h.last, h.answer)) {
    ledger_.found(Invariant::I5, h.invoke, h.answer, "The answer has a hole at number " + ledger_.number(h.conversation, h.first) + ".");
  }
}

void Reads::cover(const At& at, const Asked& asked) {
  Coverage& c = coverage_[pair(at.process, asked.conversation)];
  if (c.invoke == 0) {
    c.process = at.process;
    c.conversation = asked.conversation;
    c.invoke = asked.invoke;
  }
  c.answer = at.id;
  for (const Entry& entry : at.operation.entries) {
    if (!c.runs.empty() && entry.seq == c.runs.back().second + 1) {
      c.runs.back().second = entry.seq;
    } else {
      c.runs.emplace_back(entry.seq, entry.seq);
    }
  }
}

}  // namespace kith::check
