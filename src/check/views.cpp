#include "check/views.h"

#include <algorithm>

namespace kith::check {

std::uint32_t Views::invoked(const At& at) {
  attempts_.push_back({at.user, at.conversation, at.operation.seq, at.operation.op == Op::clear, at.id});
  auto number = static_cast<std::uint32_t>(attempts_.size());
  of_[pair(at.user, at.conversation)].attempts.push_back(number);
  return number;
}

void Views::outcome(const At& at, std::uint32_t number) {
  Attempt& a = attempts_[number - 1];
  if (at.operation.phase == Phase::fail) a.failed = true;
  if (at.operation.phase != Phase::ok) return;
  View& view = of_[pair(a.user, a.conversation)];
  if (!a.clears) {
    view.hidden.try_emplace(a.seq, at.id);
  } else if (view.cleared.empty() || a.seq > view.cleared.back().seq) {
    view.cleared.push_back({a.seq, at.id});
  }
}

void Views::shown(const At& at, Id conversation, std::uint64_t seq, OpId since) {
  auto i = of_.find(pair(at.user, conversation));
  if (i == of_.end()) return;
  auto hidden = i->second.hidden.find(seq);
  OpId out = hidden != i->second.hidden.end() && hidden->second < since ? hidden->second : 0;
  for (const Seen& cleared : i->second.cleared) {
    if (out == 0 && cleared.seq >= seq && cleared.op < since) out = cleared.op;
  }
  if (out == 0) return;
  ledger_.found(Invariant::I13, out, at.id,
                "Number " + ledger_.number(conversation, seq) + " is shown to " + std::string(ledger_.users[at.user]) +
                    ", who had taken it out of their view.");
}

std::uint64_t Views::first_left(Id user, Id conversation, std::uint64_t first, std::uint64_t last, OpId op) const {
  auto i = of_.find(pair(user, conversation));
  if (i == of_.end()) return first;
  std::vector<std::uint64_t> hidden;
  for (std::uint32_t number : i->second.attempts) {
    const Attempt& a = attempts_[number - 1];
    if (a.failed || a.invoke > op) continue;
    if (a.clears) first = std::max(first, a.seq + 1);
    if (!a.clears) hidden.push_back(a.seq);
  }
  std::sort(hidden.begin(), hidden.end());
  while (first <= last && std::binary_search(hidden.begin(), hidden.end(), first)) ++first;
  return std::min(first, last + 1);
}

}  // namespace kith::check
