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

}  // namespace

Task<Result<std::vector<EntryPtr>>> Conversation::ranges(std::vector<Span> spans) {
  if (spans.size() == 1) {
    auto entries = co_await range(spans[0].first, spans[0].last);
    co_return entries;
  }
  std::vector<EntryPtr> out;
  for (const Span& span : spans) {
    auto entries = co_await range(span.first, span.last);
    if (!entries) co_return entries;
    out.insert(out.end(), entries->begin(), entries->end());
  }
  co_return out;
}

Task<Result<HistoryPage>> Conversation::history(UserId reader, std::optional<Seq> before, std::optional<Seq> after, std::uint32_t limit) {
  auto member = roster_.find(reader);
  if (!member) co_return Failure{Code::not_found};
  auto all = roster_.visible(*member, Seq{1}, shown_);
  HistoryPage page;
  page.head = all.empty() ? Seq{0} : all.back().last;
  Seq low = after ? std::min(*after, page.head).next() : Seq{1};
  Seq high = !after && before ? std::min(page.head, Seq{before->value == 0 ? 0 : before->value - 1}) : page.head;
  auto spans = cut(roster_.visible(*member, low, high), !after, limit, page.more);
  auto entries = co_await ranges(std::move(spans));
  if (!entries) co_return entries.error();
  page.entries = std::move(*entries);
  co_return page;
}

Task<Result<std::vector<EntryPtr>>> Conversation::newest(UserId reader, Seq from, Seq to, std::uint32_t limit, std::size_t bytes) {
  auto member = roster_.find(reader);
  if (!member) co_return Failure{Code::not_found};
  bool more = false;
  auto spans = cut(roster_.visible(*member, from.next(), std::min(to, shown_)), true, limit, more);
  auto entries = co_await ranges(std::move(spans));
  if (!entries) co_return entries;
  std::size_t first = entries->size();
  while (first > 0 && bytes >= (*entries)[first - 1]->text().size() + 1) bytes -= (*entries)[--first]->text().size() + 1;
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

Result<GroupView> Conversation::group(const UserId& reader) const {
  auto member = roster_.find(reader);
  if (!member || id_.is_direct()) return Failure{Code::not_found};
  const MemberRow& row = roster_[*member];
  auto seen = roster_.visible(*member, Seq{1}, shown_);
  Seq head = seen.empty() ? Seq{0} : seen.back().last;
  // Who left knows what the group was called then.
  if (!row.present()) return GroupView{{}, {}, 0, std::nullopt, head};
  return GroupView{group_.title, group_.permissions, static_cast<std::uint32_t>(roster_.present()), row.role, head};
}

Result<MemberList> Conversation::members(const UserId& reader, const UserId& after, std::size_t limit) const {
  if (!is_member(reader)) return Failure{Code::not_found};
  MemberList list;
  for (std::size_t i = 0; i < roster_.size(); ++i) {
    if (roster_[i].present() && roster_[i].user > after) list.members.push_back(roster_[i]);
  }
  list.more = list.members.size() > limit;
  auto middle = list.members.begin() + static_cast<std::ptrdiff_t>(std::min(limit, list.members.size()));
  std::partial_sort(list.members.begin(), middle, list.members.end(),
                    [](const MemberRow& a, const MemberRow& b) { return a.user < b.user; });
  list.members.erase(middle, list.members.end());
  return list;
}

}  // namespace kith
