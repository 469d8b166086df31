// Reading a conversation: history, the newest of a range, counts. Only what is durable is read.
#include <algorithm>

#include "base/plant.h"
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
  for (LogRow& row : *rows) {
    auto entry = std::make_shared<Entry>(decode(std::move(row)));
    // Deleted while it was being read: who asked may have heard of that already.
    if (Seq by = deleted_lately(entry->seq); by > entry->version) entry->erase(by);
    out.push_back(std::move(entry));
  }
  if (out.size() != high - low + 1) co_return Failure{Code::internal, "entries are missing in the store"};
  co_return out;
}

namespace {

// Of these spans the first `limit` entries, or the last; `more`: there were others.
std::vector<Span> cut(std::vector<Span> spans, bool from_the_end, std::uint64_t limit, bool& more) {
  if (from_the_end) std::reverse(spans.begin(), spans.end());
  std::vector<Span> taken;
  for (Span span : spans) {
    more = limit == 0;
    if (more) break;
    std::uint64_t size = span.last - span.first + 1;
    if (size > limit) {
      (from_the_end ? span.first : span.last) = from_the_end ? span.last - (limit - 1) : span.first + (limit - 1);
      size = limit;
      more = true;
    }
    limit -= size;
    taken.push_back(span);
    if (more) break;
  }
  if (from_the_end) std::reverse(taken.begin(), taken.end());
  return taken;
}

// A page has room for so much; what is further from where it began is left for the next.
void cut_to_size(HistoryPage& page, bool from_the_front) {
  constexpr std::size_t kBytesMax = 1 << 20;
  std::size_t bytes = 0, kept = 0;
  for (; kept < page.entries.size(); ++kept) {
    const EntryPtr& entry = page.entries[from_the_front ? kept : page.entries.size() - 1 - kept];
    bytes += entry->shown_weight();
    if (bytes > kBytesMax && kept > 0) break;
  }
  if (kept == page.entries.size()) return;
  page.more = true;
  auto begin = page.entries.begin();
  auto count = static_cast<std::ptrdiff_t>(kept);
  from_the_front ? page.entries.erase(begin + count, page.entries.end()) : page.entries.erase(begin, page.entries.end() - count);
}

}  // namespace

Task<Result<std::vector<EntryPtr>>> Conversation::seen(std::size_t member, std::vector<Span> spans) {
  Seq horizon = roster_.horizon(member);
  std::vector<EntryPtr> out;
  for (const Span& span : spans) {
    auto entries = co_await range(span.first, span.last);
    if (!entries) co_return entries;
    if (spans.size() == 1 && horizon == kStillHere) co_return entries;
    out.insert(out.end(), entries->begin(), entries->end());
  }
  if (horizon != kStillHere) {
    for (EntryPtr& entry : out) entry = as_seen_up_to(horizon, std::move(entry));
  }
  co_return out;
}

Seq Conversation::deleted_lately(Seq seq) const {
  auto erased = std::find_if(erasures_.begin(), erasures_.end(), [&](const auto& erasure) { return erasure.first == seq; });
  return erased == erasures_.end() ? Seq{0} : erased->second;
}

Task<Result<HistoryPage>> Conversation::history(UserId reader, std::optional<Seq> before, std::optional<Seq> after, std::uint32_t limit) {
  auto member = roster_.find(reader);
  if (!member) co_return Failure{Code::not_found};
  auto visible = [&](Seq first, Seq last) {
    if (planted(Plant::ex_members_read_on)) return std::vector<Span>{{first, last}};
    return roster_.visible(*member, first, last);
  };
  auto all = visible(Seq{1}, shown_);
  HistoryPage page;
  page.head = all.empty() ? Seq{0} : all.back().last;
  Seq low = after ? std::min(*after, page.head).next() : Seq{1};
  Seq high = !after && before ? std::min(page.head, Seq{before->value == 0 ? 0 : before->value - 1}) : page.head;
  auto spans = cut(visible(low, high), !after, limit, page.more);
  auto entries = co_await seen(*member, std::move(spans));
  if (!entries) co_return entries.error();
  page.entries = std::move(*entries);
  cut_to_size(page, after.has_value());
  co_return page;
}

Task<Result<std::vector<EntryPtr>>> Conversation::newest(UserId reader, Seq from, Seq to, std::uint32_t limit, std::size_t bytes) {
  auto member = roster_.find(reader);
  if (!member) co_return Failure{Code::not_found};
  bool more = false;
  auto spans = cut(roster_.visible(*member, from.next(), std::min(to, shown_)), true, limit, more);
  auto entries = co_await seen(*member, std::move(spans));
  if (!entries) co_return entries;
  std::size_t first = entries->size();
  while (first > 0 && bytes >= (*entries)[first - 1]->shown_weight()) bytes -= (*entries)[--first]->shown_weight();
  entries->erase(entries->begin(), entries->begin() + static_cast<std::ptrdiff_t>(first));
  co_return entries;
}

Task<Result<Point>> Conversation::point(UserId reader, Seq seq) {
  auto member = roster_.find(reader);
  if (!member) co_return Failure{Code::not_found};
  if (seq > shown_ || !roster_.may_see(*member, seq)) {
    co_return Failure{Code::invalid_argument, "seq is above the head of the conversation, or not this user's"};
  }
  // A damaged entry has no count; the nearest one below tells it.
  constexpr std::uint64_t kBack = 16;
  auto entries = co_await range(Seq{seq.value > kBack ? seq.value - kBack : 1}, seq);
  if (!entries) co_return entries.error();
  Point point{seq, 0};
  for (const EntryPtr& entry : *entries) point.n = std::max(point.n, entry->n);
  co_return point;
}

// What is said here is as it stands in this moment, and told when it is durable.
Task<Result<GroupView>> Conversation::group(UserId reader) {
  auto member = roster_.find(reader);
  if (!member || id_.is_direct()) co_return Failure{Code::not_found};
  const MemberRow& row = roster_[*member];
  auto seen = roster_.visible(*member, Seq{1}, placed_);
  GroupView view;
  view.head = seen.empty() ? Seq{0} : seen.back().last;
  // Who left knows what the group was called then.
  if (row.present()) {
    view.title = group_.title;
    view.permissions = group_.permissions;
    view.members = static_cast<std::uint32_t>(roster_.present());
    view.role = row.role;
  }
  co_await until_shown();
  co_return view;
}

Task<Result<MemberList>> Conversation::members(UserId reader, UserId after, std::size_t limit) {
  if (!is_member(reader)) {
    co_await until_shown();
    co_return Failure{Code::not_found};
  }
  MemberList list;
  for (std::size_t i = 0; i < roster_.size(); ++i) {
    if (roster_[i].present() && roster_[i].user > after) list.members.push_back(roster_[i]);
  }
  list.more = list.members.size() > limit;
  auto middle = list.members.begin() + static_cast<std::ptrdiff_t>(std::min(limit, list.members.size()));
  std::partial_sort(list.members.begin(), middle, list.members.end(),
                    [](const MemberRow& a, const MemberRow& b) { return a.user < b.user; });
  list.members.erase(middle, list.members.end());
  co_await until_shown();
  co_return list;
}

}  // namespace kith
