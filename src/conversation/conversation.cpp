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

constexpr Duration kQuiet = 60s;  // Before the pending row is cleared.
constexpr std::uint64_t kCheckpointEvery = 4096;
constexpr std::uint64_t kHandOffMax = 256;  // Entries handed over in one step.
constexpr std::size_t kUndeliveredMax = 1024;
constexpr std::uint32_t kMembersPage = 1024;

}  // namespace

Conversation::Conversation(Loop& loop, Store& store, Delivery& delivery, ConversationId id, Epoch epoch)
    : loop_(loop), store_(store), delivery_(delivery), id_(id), log_(loop, store, log_id(id), epoch, *this) {}

Conversation::~Conversation() = default;

// ------------------------------------------------------------------------------------------------------------- opening

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

// ------------------------------------------------------------------------------------------------------------- sending

Future<Result<Receipt>> Conversation::send(SendRequest request) {
  auto sender = index_of(request.from);
  if (!sender) return Future<Result<Receipt>>::ready(Failure{Code::not_found});
  last_activity_ = loop_.now();
  Arrival arrival{std::move(request), *sender, {}};
  auto future = arrival.reply.future();
  accept(std::move(arrival));
  return future;
}

void Conversation::accept(Arrival arrival) {
  if (auto queue = behind_search_.find(arrival.sender); queue != behind_search_.end()) {
    // The order of one sender's messages stands above speed.
    if (queue->second.size() >= kWaitingMax) {
      arrival.reply.set(Failure{Code::busy, "an older message is still being looked for", 100});
    } else {
      queue->second.push_back(std::move(arrival));
    }
    return;
  }
  if (answer_repeat(arrival)) return;
  Seq head = log_.head();
  Seq low =
      arrival.request.base ? std::min(*arrival.request.base, head).next() : Seq{head.value > kWindowIds ? head.value - kWindowIds + 1 : 1};
  bool search = low < known_from_ && !planted(Plant::no_duplicate_check) && !planted(Plant::ids_forgotten);
  if (!search) {
    enqueue(std::move(arrival));
    return;
  }
  behind_search_[arrival.sender];
  scope_.spawn(search_and_accept(std::move(arrival)));
}

// A repeat of what is in memory: known, or on its way.
bool Conversation::answer_repeat(Arrival& arrival) {
  if (planted(Plant::no_duplicate_check)) return false;
  Attempt attempt{arrival.request.client_id, arrival.sender};
  if (auto known = known_.find(attempt); known != known_.end()) {
    answer_known(arrival, known->second);
    return true;
  }
  auto way = under_way_.find(attempt);
  if (way == under_way_.end()) return false;
  if (way->second->content != content_hash(arrival.request.text) && !planted(Plant::id_reuse_accepted)) {
    arrival.reply.set(Failure{Code::id_reused});
  } else {
    way->second->replies.emplace_back(std::move(arrival.reply), !arrival.request.base);
  }
  return true;
}

void Conversation::answer_known(Arrival& arrival, const Known& known) {
  if (known.content != content_hash(arrival.request.text) && !planted(Plant::id_reuse_accepted)) {
    arrival.reply.set(Failure{Code::id_reused});
    return;
  }
  Receipt answer = receipt(arrival.sender, known.seq, known.time);
  answer.other = {};  // What was known of their presence then is no news now.
  answer.repeated = true;
  answer.window_only = !arrival.request.base;
  arrival.reply.set(std::move(answer));
}

Task<void> Conversation::search_and_accept(Arrival arrival) {
  Seq head = log_.head();
  Seq low =
      arrival.request.base ? std::min(*arrival.request.base, head).next() : Seq{head.value > kWindowIds ? head.value - kWindowIds + 1 : 1};
  auto found = co_await search(arrival.sender, arrival.request.client_id, low, known_from_ - 1);
  auto behind = std::move(behind_search_[arrival.sender]);
  behind_search_.erase(arrival.sender);
  if (!found) {
    arrival.reply.set(found.error());
  } else if (*found) {
    answer_known(arrival, **found);
  } else {
    enqueue(std::move(arrival));
  }
  for (Arrival& next : behind) accept(std::move(next));
}

Task<Result<std::optional<Conversation::Known>>> Conversation::search(std::size_t sender, ClientId id, Seq low, Seq high) {
  constexpr std::uint64_t kStep = 1024;
  if (high - low >= kScanRowsMax) co_return Failure{Code::outcome_unknown, "the first attempt lies too far back"};
  for (; low <= high; low = low + kStep) {
    auto rows = co_await log_.read(low, std::min(high, low + (kStep - 1)), Direction::up, kStep);
    if (!rows) co_return to_failure(rows.error());
    for (LogRow& row : *rows) {
      Entry entry = decode(std::move(row));
      if (entry.kind == EntryKind::message && entry.client_id == id && entry.from == members_[sender].user) {
        co_return Known{entry.seq, entry.time, content_hash(entry.text())};
      }
    }
  }
  co_return std::optional<Known>{};
}

void Conversation::enqueue(Arrival arrival) {
  if (std::any_of(members_.begin(), members_.end(), [](const Member& m) { return m.blocked; })) {
    arrival.reply.set(Failure{Code::refused});
    return;
  }
  if (store_.space() != Space::enough) {
    arrival.reply.set(Failure{Code::storage_full, "", 10'000});
    return;
  }
  if (waiting_.size() >= kWaitingMax) {
    arrival.reply.set(Failure{Code::busy, "too many messages wait in this conversation", 100});
    return;
  }
  auto waiting = std::make_unique<Waiting>();
  waiting->attempt = {arrival.request.client_id, arrival.sender};
  waiting->content = content_hash(arrival.request.text);
  waiting->text = std::move(arrival.request.text);
  waiting->replies.emplace_back(std::move(arrival.reply), !arrival.request.base);
  under_way_.emplace(waiting->attempt, waiting.get());
  waiting_.push_back(std::move(waiting));
  if (armed_) {
    log_.ready();
  } else {
    arm();
  }
}

void Conversation::fill(Log::Batch& batch) {
  while (!waiting_.empty() && batch.room()) {
    auto waiting = std::move(waiting_.front());
    waiting_.pop_front();
    auto entry = std::make_shared<Entry>();
    entry->seq = batch.next();
    entry->epoch = log_.epoch();
    entry->from = members_[waiting->attempt.sender].user;
    entry->client_id = waiting->attempt.client_id;
    last_time_ = planted(Plant::time_goes_back) ? loop_.wall() : std::max(last_time_, loop_.wall());
    entry->time = last_time_;
    entry->n = ++n_;
    entry->storage = std::move(waiting->text);
    batch.add(encode(*entry));
    waiting->entry = std::move(entry);
    in_flight_.push_back(std::move(waiting));
  }
  // While the batch is being made durable there is time to learn whether the receivers are reachable.
  for (std::size_t i = 0; i < members_.size() && id_.is_direct(); ++i) scope_.spawn(ask_presence(i));
}

Task<void> Conversation::ask_presence(std::size_t member) {
  auto presence = co_await delivery_.presence(members_[member].user);
  members_[member].presence = presence;
}

void Conversation::durable(Seq, Seq last) {
  std::vector<std::unique_ptr<Waiting>> done;
  while (!in_flight_.empty() && in_flight_.front()->entry->seq <= last) {
    auto waiting = std::move(in_flight_.front());
    in_flight_.pop_front();
    remember(*waiting->entry, waiting->content);
    keep(waiting->entry);
    under_way_.erase(waiting->attempt);
    done.push_back(std::move(waiting));
  }
  last_activity_ = loop_.now();
  for (auto& waiting : done) {
    bool repeated = false;
    for (auto& [reply, no_base] : waiting->replies) {
      Receipt answer = receipt(waiting->attempt.sender, waiting->entry->seq, waiting->entry->time);
      answer.repeated = std::exchange(repeated, true);
      answer.window_only = no_base;
      reply.set(std::move(answer));
    }
  }
  start_delivery();
}

void Conversation::lost() { KITH_ASSERT(!"another writer has this conversation"); }

Receipt Conversation::receipt(std::size_t reader, Seq seq, WallTime time) const {
  Receipt receipt{id_, seq, time, false, false, {}, {}};
  if (id_.is_direct()) {
    const Member& other_member = members_[reader == 0 ? 1 : 0];
    receipt.other = other_member.user;
    receipt.presence = other_member.presence;
  }
  return receipt;
}

// ------------------------------------------------------------------------------------------------------------- reading

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

// ------------------------------------------------------------------------------------------------------------- fan-out

void Conversation::start_delivery() {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    Member& member = members_[i];
    if (member.delivering || member.reached == log_.head()) continue;
    member.delivering = true;
    scope_.spawn(deliver(i));
  }
}

Task<void> Conversation::deliver(std::size_t i) {
  while (members_[i].reached != log_.head()) {
    // Before the inbox has told its mark, all that was there at opening is taken for delivered; it says so if not.
    Seq from = members_[i].reached.value_or(opened_at_);
    Seq to = std::min(log_.head(), from + kHandOffMax);
    auto entries = co_await range(from.next(), to);
    Result<Seq> mark = Failure{Code::unavailable};
    if (entries) {
      const UserId& user = members_[i].user;
      HandOff handoff{id_, user, id_.is_direct() ? other(user) : UserId{}, from, to, std::move(*entries)};
      mark = co_await delivery_.hand_off(std::move(handoff));
    }
    if (!mark) {
      co_await wait(loop_, 100ms);
      continue;
    }
    members_[i].reached = std::min(*mark, log_.head());
  }
  members_[i].delivering = false;
  if (!all_reached()) co_return;
  if (log_.head() - log_.checkpoint() >= kCheckpointEvery) {
    // A conversation that is never quiet must not be read from its beginning after a crash.
    auto moved = co_await log_.set_checkpoint(log_.head());
    (void)moved;
  }
  for (auto& waiter : std::exchange(fan_out_waiters_, {})) waiter.set(Ok{});
}

bool Conversation::all_reached() const {
  return std::all_of(members_.begin(), members_.end(), [&](const Member& m) { return m.reached == log_.head() && !m.delivering; });
}

Task<void> Conversation::finish_fan_out() {
  start_delivery();
  if (all_reached()) co_return;
  fan_out_waiters_.emplace_back();
  auto done = fan_out_waiters_.back().future();
  co_await done;
}

// ---------------------------------------------------------------------------------------------------------- the pending row

void Conversation::arm() {
  if (pending_busy_) return;  // write_pending looks again when it is through.
  if (planted(Plant::no_pending_row)) {
    armed_ = true;
    log_.ready();
    return;
  }
  scope_.spawn(write_pending(true));
}

Task<void> Conversation::write_pending(bool pending) {
  pending_busy_ = true;
  std::string partition = pending_partition(id_.slot());
  std::vector<Row> rows{encode_pending({log_.epoch(), id_, pending})};
  auto put = co_await until_definite(loop_, [&] { return store_.put(RowTable::pending, partition, rows); });
  crash_point(pending ? "pending_written" : "pending_cleared");
  pending_busy_ = false;
  if (!put && pending) {
    // Nothing was appended, so nothing was promised: who waits is told, and may try again.
    for (auto& waiting : std::exchange(waiting_, {})) {
      under_way_.erase(waiting->attempt);
      for (auto& [reply, no_base] : waiting->replies) reply.set(to_failure(put.error()));
    }
    co_return;
  }
  armed_ = pending;
  if (armed_) {
    log_.ready();
    watch_quiet(kQuiet);
  } else if (!waiting_.empty()) {
    arm();
  }
}

void Conversation::watch_quiet(Duration delay) {
  quiet_ = loop_.after(delay, [this] {
    Duration quiet = loop_.now() - last_activity_;
    if (!armed_) return;
    if (quiet < kQuiet) return watch_quiet(kQuiet - quiet);
    scope_.spawn(settle());
    watch_quiet(kQuiet);
  });
}

Task<void> Conversation::settle() {
  bool finished = log_.idle() && waiting_.empty() && in_flight_.empty() && (all_reached() || planted(Plant::pending_cleared_early));
  if (!armed_ || pending_busy_ || !finished) co_return;
  armed_ = false;
  auto moved = co_await log_.set_checkpoint(log_.head());
  (void)moved;                             // A checkpoint only shortens the next opening.
  if (armed_ || pending_busy_) co_return;  // A send came meanwhile, and needs the row as it is.
  co_await write_pending(false);
}

bool Conversation::evictable() const {
  return !armed_ && !pending_busy_ && log_.idle() && waiting_.empty() && in_flight_.empty() && behind_search_.empty() && scope_.empty();
}

std::size_t Conversation::bytes() const {
  constexpr std::size_t kBase = 1500, kEntry = 160, kKnown = 120;
  return kBase + text_bytes_ + recent_.size() * kEntry + known_order_.size() * kKnown;
}

}  // namespace kith
