// Reading a conversation: history, the newest of a range, counts. Only what is durable is read.
#include <algorithm>

#include "conversation/conversation.h"
#include "store/retry.h"

namespace kith {

// Entries low..high, all of which are durable. From the cache where it holds them.
Task<Result<std::vector<EntryPtr>>> Conversation::range(Seq low, Seq high) {
  std::vector<EntryPtr> out;
  if (low > high) co_return out;
  out.reserve(high - low + 1);
  if (!recent_.empty() && low >= recent_.front()->seq) {
    auto first = recent_.begin() + static_cast<std::ptrdiff_t>(low - recent_.front()->seq);
    out.assign(first, first + static_cast<std::ptrdiff_t>(high - low + 1));
    co_return out;
  }
  auto rows = co_await log_.read(low, high, Direction::up, static_cast<std::uint32_t>(high - low + 1));
  if (!rows) co_return to_failure(rows.error());
  for (LogRow& row : *rows) out.push_back(std::make_shared<Entry>(decode(std::move(row))));
  if (out.size() != high - low + 1) co_return Failure{Code::internal, "entries are missing in the store"};
  co_return out;
}

Task<Result<HistoryPage>> Conversation::history(UserId reader, std::optional<Seq> before, std::optional<Seq> after, std::uint32_t limit) {
  if (!is_member(reader)) co_return Failure{Code::not_found};
  HistoryPage page;
  page.head = log_.head();
  Seq low{1}, high = page.head;
  if (after) {
    low = std::min(*after, page.head).next();
    high = std::min(high, low + (limit - 1));
    page.more = high < page.head;
  } else {
    if (before) high = std::min(high, Seq{before->value == 0 ? 0 : before->value - 1});
    if (high.value >= limit) low = high - (limit - 1);
    page.more = low > Seq{1};
  }
  auto entries = co_await range(low, high);
  if (!entries) co_return entries.error();
  page.entries = std::move(*entries);
  co_return page;
}

Task<Result<std::vector<EntryPtr>>> Conversation::newest(UserId reader, Seq from, Seq to, std::uint32_t limit, std::size_t bytes) {
  if (!is_member(reader)) co_return Failure{Code::not_found};
  to = std::min(to, log_.head());
  Seq low = to.value - std::min(to.value, from.value) > limit ? to - (limit - 1) : from.next();
  auto entries = co_await range(low, to);
  if (!entries) co_return entries;
  std::size_t first = entries->size();
  while (first > 0 && bytes >= (*entries)[first - 1]->text().size() + 1) bytes -= (*entries)[--first]->text().size() + 1;
  entries->erase(entries->begin(), entries->begin() + static_cast<std::ptrdiff_t>(first));
  co_return entries;
}

Task<Result<Point>> Conversation::point(UserId reader, Seq seq) {
  if (!is_member(reader)) co_return Failure{Code::not_found};
  if (seq > log_.head()) co_return Failure{Code::invalid_argument, "seq is above the head of the conversation"};
  // A damaged entry has no count; the nearest one below tells it.
  constexpr std::uint64_t kBack = 16;
  auto entries = co_await range(Seq{seq.value > kBack ? seq.value - kBack : 1}, seq);
  if (!entries) co_return entries.error();
  Point point{seq, 0};
  for (const EntryPtr& entry : *entries) point.n = std::max(point.n, entry->n);
  co_return point;
}

}  // namespace kith
