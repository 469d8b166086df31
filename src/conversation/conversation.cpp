#include "conversation/conversation.h"

#include <algorithm>

#include "base/crash_point.h"
#include "base/plant.h"
#include "base/wait.h"
#include "conversation/member_row.h"
#include "conversation/pending_row.h"
#include "store/retry.h"

namespace kith {

namespace {

constexpr std::size_t kUndeliveredMax = 1024;
constexpr std::uint32_t kMembersPage = 1024;

}  // namespace

Conversation::Conversation(Loop& loop, Store& store, Delivery& delivery, ConversationId id, Epoch epoch)
    : loop_(loop), store_(store), delivery_(delivery), id_(id), log_(loop, store, log_id(id), epoch, *this) {}

Conversation::~Conversation() = default;

Task<Result<bool>> Conversation::open(std::optional<std::pair<UserId, UserId>> create) {
  auto found = co_await load_members(std::move(create));
  if (!found || !*found) co_return found;
  auto opened = co_await log_.open([this](const LogRow& row) { keep(std::make_shared<Entry>(decode(row))); });
  if (!opened) co_return to_failure(opened.error());
  auto loaded = co_await load_recent();
  if (!loaded) co_return loaded.error();
  opened_at_ = log_.head();
  last_activity_ = loop_.now();
  co_return true;
}

Task<Result<bool>> Conversation::load_members(std::optional<std::pair<UserId, UserId>> create) {
  std::string next;
  for (bool more = true; more;) {
    auto rows = co_await store_.scan(RowTable::members, id_.key(), next, kMembersPage);
    if (!rows) co_return to_failure(rows.error());
    more = rows->more;
    for (const Row& row : rows->rows) {
      next = row.key + '\0';
      auto member = decode_member(row);
      if (!member) co_return Failure{Code::internal, "a member row is damaged"};
      members_.push_back({std::move(member->user), member->blocked, std::nullopt, false, {}});
    }
  }
  if (!members_.empty()) {
    // The id is a hash of the pair: two pairs under one id are as good as impossible, and must never share a log.
    if (create && (!is_member(create->first) || !is_member(create->second)))
      co_return Failure{Code::internal, "the conversation id is taken"};
    co_return true;
  }
  if (!create) co_return false;
  for (const UserId* user : {&create->first, &create->second}) {
    auto exists = co_await delivery_.exists(*user);
    if (!exists) co_return exists.error();
    if (!*exists) co_return Failure{Code::unknown_user, user->text()};
  }
  std::vector<Row> made{encode_member({create->first, false}), encode_member({create->second, false})};
  auto put = co_await until_definite(loop_, [&] { return store_.put(RowTable::members, id_.key(), made); });
  if (!put) co_return to_failure(put.error());
  members_.push_back({std::move(create->first), false, std::nullopt, false, {}});
  members_.push_back({std::move(create->second), false, std::nullopt, false, {}});
  co_return true;
}

// The tail above the checkpoint is in recent_ already; what lies before it is read until the cache has its size.
Task<Result<Ok>> Conversation::load_recent() {
  Seq first = recent_.empty() ? log_.head().next() : recent_.front()->seq;
  if (recent_.size() < kRecentEntries && first > Seq{1}) {
    auto rows = co_await log_.read({1}, first - 1, Direction::down, static_cast<std::uint32_t>(kRecentEntries - recent_.size()));
    if (!rows) co_return to_failure(rows.error());
    for (LogRow& row : *rows) {
      recent_.push_front(std::make_shared<Entry>(decode(std::move(row))));
      text_bytes_ += recent_.front()->text().size();
    }
  }
  known_.clear();
  known_order_.clear();
  known_from_ = recent_.empty() ? log_.head().next() : recent_.front()->seq;
  for (const EntryPtr& entry : recent_) {
    remember(*entry, content_hash(entry->text()));
    n_ = std::max(n_, entry->n);
    last_time_ = std::max(last_time_, entry->time);
  }
  co_return Ok{};
}

std::optional<std::size_t> Conversation::index_of(const UserId& user) const {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].user == user) return i;
  }
  return std::nullopt;
}

const UserId& Conversation::other(const UserId& user) const {
  KITH_ASSERT(id_.is_direct() && members_.size() == 2);
  return members_[0].user == user ? members_[1].user : members_[0].user;
}

// Appends to the cache of recent messages, which keeps what some inbox has not got yet as far as that is bounded.
void Conversation::keep(EntryPtr entry) {
  text_bytes_ += entry->text().size();
  recent_.push_back(std::move(entry));
  Seq reached = log_.head();
  for (const Member& member : members_) reached = std::min(reached, member.reached.value_or(Seq{0}));
  while (recent_.size() > kRecentEntries && (recent_.front()->seq <= reached || recent_.size() > kUndeliveredMax)) {
    text_bytes_ -= recent_.front()->text().size();
    recent_.pop_front();
  }
}

void Conversation::remember(const Entry& entry, std::uint64_t content) {
  auto sender = entry.kind == EntryKind::message ? index_of(entry.from) : std::nullopt;
  if (sender) {
    Attempt attempt{entry.client_id, *sender};
    known_.emplace(attempt, Known{entry.seq, entry.time, content});
    known_order_.push_back(attempt);
  } else {
    known_order_.push_back(std::nullopt);
  }
  while (known_order_.size() > kWindowIds) {
    if (known_order_.front()) known_.erase(*known_order_.front());
    known_order_.pop_front();
    ++known_from_;
  }
}

Task<Result<Ok>> Conversation::block(UserId member, bool blocked) {
  auto index = index_of(member);
  if (!index || !id_.is_direct()) co_return Failure{Code::not_found};
  if (blocking_) co_return Failure{Code::busy, "another block is being written", 50};
  blocking_ = true;
  std::vector<Row> rows{encode_member({member, blocked})};
  auto put = co_await until_definite(loop_, [&] { return store_.put(RowTable::members, id_.key(), rows); });
  blocking_ = false;
  if (!put) co_return to_failure(put.error());
  members_[*index].blocked = blocked;
  co_return Ok{};
}

}  // namespace kith
