#include "conversation/conversation.h"

#include <algorithm>

#include "base/crash_point.h"
#include "base/plant.h"
#include "base/wait.h"
#include "store/retry.h"

namespace kith {

namespace {

constexpr std::size_t kUndeliveredMax = 1024;
constexpr std::uint32_t kMembersPage = 1024;

}  // namespace

Conversation::Conversation(Loop& loop, Store& store, Delivery& delivery, ConversationId id, Epoch epoch, Limits* limits,
                           ConversationOptions options)
    : loop_(loop),
      store_(store),
      delivery_(delivery),
      id_(id),
      limits_(limits),
      options_(options),
      log_(loop, store, log_id(id), epoch, *this) {}

Conversation::~Conversation() = default;

Task<Result<bool>> Conversation::open(Create create) {
  bool create_group = create.group;
  auto found = co_await load_members(std::move(create));
  if (!found || !*found) co_return found;
  std::vector<EntryPtr> changes;
  auto opened = co_await log_.open([this, &changes](const LogRow& row) {
    auto entry = std::make_shared<Entry>(decode(row));
    if (entry->kind != EntryKind::message) changes.push_back(entry);
    keep(std::move(entry));
  });
  if (!opened) co_return to_failure(opened.error());
  shown_ = log_.head();
  auto repeated = co_await repeat_changes(std::move(changes));
  if (!repeated) co_return repeated.error();
  if (roster_.size() == 0 && !create_group) co_return false;
  auto loaded = co_await load_recent();
  if (!loaded) co_return loaded.error();
  opened_at_ = placed_ = shown_;
  last_activity_ = loop_.now();
  co_return true;
}

Task<Result<bool>> Conversation::load_members(Create create) {
  std::string next;
  for (bool more = true; more;) {
    auto rows = co_await store_.scan(RowTable::members, id_.key(), next, kMembersPage);
    if (!rows) co_return to_failure(rows.error());
    more = rows->more;
    for (const Row& row : rows->rows) {
      next = row.key + '\0';
      auto member = decode_member(row);
      if (!member) co_return Failure{Code::internal, "a member row is damaged"};
      add_member(std::move(*member));
    }
  }
  if (!id_.is_direct()) {
    auto value = co_await store_.get(group_key(id_));
    if (!value) co_return to_failure(value.error());
    auto row = *value ? decode_group(**value) : GroupRow{};
    if (!row) co_return Failure{Code::internal, "a group row is damaged"};
    group_ = std::move(*row);
    // A group whose rows a crash cut off is told by its log.
    co_return true;
  }
  const auto& pair = create.direct;
  if (roster_.size() > 0) {
    // The id is a hash of the pair: two pairs under one id are as good as impossible, and must never share a log.
    if (pair && (!is_member(pair->first) || !is_member(pair->second))) co_return Failure{Code::internal, "the conversation id is taken"};
    co_return true;
  }
  if (!pair) co_return false;
  for (const UserId* user : {&pair->first, &pair->second}) {
    auto exists = co_await delivery_.exists(*user);
    if (!exists) co_return exists.error();
    if (!*exists) co_return Failure{Code::unknown_user, user->text()};
  }
  auto contact = co_await delivery_.first_contact(pair->first, pair->second);
  if (!contact) co_return contact.error();
  MemberRow first{pair->first, false, Role::member, {{Seq{1}}}, {}}, second = first;
  second.user = pair->second;
  std::vector<Row> made{encode(first), encode(second)};
  auto put = co_await until_definite(loop_, [&] { return store_.put(RowTable::members, id_.key(), made); });
  if (!put) co_return to_failure(put.error());
  add_member(std::move(first));
  add_member(std::move(second));
  co_return true;
}

void Conversation::add_member(MemberRow row) {
  roster_.add(std::move(row));
  members_.emplace_back();
}

// The tail above the checkpoint is in recent_ already; what lies before it is read until the cache has its size.
Task<Result<Ok>> Conversation::load_recent() {
  Seq first = recent_.empty() ? shown_.next() : recent_.front()->seq;
  if (recent_.size() < kRecentEntries && first > Seq{1}) {
    auto rows = co_await log_.read({1}, first - 1, Direction::down, static_cast<std::uint32_t>(kRecentEntries - recent_.size()));
    if (!rows) co_return to_failure(rows.error());
    for (LogRow& row : *rows) {
      recent_.push_front(std::make_shared<Entry>(decode(std::move(row))));
      text_bytes_ += recent_.front()->weight();
    }
  }
  known_.clear();
  known_order_.clear();
  known_from_ = recent_.empty() ? shown_.next() : recent_.front()->seq;
  for (const EntryPtr& entry : recent_) {
    remember(*entry, content_hash(*entry));
    n_ = std::max(n_, entry->n);
    last_time_ = std::max(last_time_, entry->time);
  }
  co_return Ok{};
}

const UserId& Conversation::other(const UserId& user) const {
  KITH_ASSERT(id_.is_direct() && roster_.size() == 2);
  return roster_[0].user == user ? roster_[1].user : roster_[0].user;
}

// Appends to the cache of recent messages, which keeps what some inbox has not got yet as far as that is bounded.
void Conversation::keep(EntryPtr entry) {
  text_bytes_ += entry->weight();
  recent_.push_back(std::move(entry));
  Seq reached = log_.head();
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (roster_[i].present()) reached = std::min(reached, members_[i].reached.value_or(Seq{0}));
  }
  while (recent_.size() > kRecentEntries && (recent_.front()->seq <= reached || recent_.size() > kUndeliveredMax)) {
    text_bytes_ -= recent_.front()->weight();
    recent_.pop_front();
  }
}

void Conversation::remember(const Entry& entry, std::uint64_t content) {
  auto sender = entry.kind == EntryKind::message ? roster_.find(entry.from) : std::nullopt;
  if (sender) {
    Attempt attempt{entry.client_id, *sender};
    known_.emplace(attempt, Known{entry.seq, entry.time, content, entry.rewritten()});
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
  auto index = roster_.find(member);
  if (!index || !id_.is_direct()) co_return Failure{Code::not_found};
  if (blocking_) co_return Failure{Code::busy, "another block is being written", 50};
  blocking_ = true;
  MemberRow changed = roster_[*index];
  changed.blocked = blocked;
  std::vector<Row> rows{encode(changed)};
  auto put = co_await until_definite(loop_, [&] { return store_.put(RowTable::members, id_.key(), rows); });
  blocking_ = false;
  if (!put) co_return to_failure(put.error());
  roster_.set_blocked(*index, blocked);
  ++rules_;
  for (std::size_t i = 0; marks_ && blocked && i < roster_.size(); ++i) marks_->forget(roster_[i].user);
  co_return Ok{};
}

}  // namespace kith
