#include "inbox/inbox.h"

#include <algorithm>

#include "base/crash_point.h"
#include "base/plant.h"
#include "base/wait.h"
#include "store/retry.h"

namespace kith {

namespace {
constexpr Duration kHold = 250ms;      // Pointers of an absent user wait for company at most so long.
constexpr Duration kWriteBehind = 1s;  // From a change to its row.
constexpr Duration kTick = 25ms;
constexpr std::size_t kStatesMax = 512;   // Conversations of one user kept at hand.
constexpr std::size_t kEntriesMax = 256;  // Of one pointer.
constexpr std::uint32_t kScanRows = 1024;
// What need not be exact ends on ticks that all inboxes share, so that what they write then shares a flush of the disk. `most` at most.
Duration until_tick(Instant now, Duration most) { return most - Duration((now + most).ns % kTick.count()); }

bool mentions(const Entry& entry, const UserId& user) {
  const auto& users = entry.details().mentions;
  return std::find(users.begin(), users.end(), user) != users.end();
}
bool leaves(const Entry& entry, const UserId& user) {
  if (entry.kind != EntryKind::left && entry.kind != EntryKind::removed) return false;
  const auto& users = entry.details().users;
  return std::find(users.begin(), users.end(), user) != users.end();
}
}  // namespace

Inbox::Inbox(Loop& loop, Store& store, UserId user, Epoch epoch, InboxObserver& observer, MarkKeeper& keeper)
    : loop_(loop),
      store_(store),
      observer_(observer),
      keeper_(keeper),
      user_(user),
      log_(loop, store, {LogTable::inboxes, user.text()}, epoch, *this) {}

Inbox::~Inbox() = default;

Task<Result<bool>> Inbox::open() {
  std::vector<std::pair<Useq, Pointer>> tail;
  auto opened = co_await log_.open([&](const LogRow& row) { tail.emplace_back(row.seq, decode_pointer(row)); });
  if (!opened) co_return to_failure(opened.error());
  for (const auto& [useq, pointer] : tail) {
    if (pointer.kind == PointerKind::unknown) continue;
    if (pointer.kind == PointerKind::contact) {
      auto contact = co_await load_contact(pointer.with);
      if (!contact) co_return contact.error();
      continue;
    }
    auto state = co_await load(pointer.conversation);
    if (!state) co_return state.error();
  }
  // In one go: write-behind must not meet a view that contains only part of what the head stands for.
  for (const auto& [useq, pointer] : tail) {
    if (pointer.kind == PointerKind::unknown) continue;
    if (pointer.kind == PointerKind::contact) {
      Acquaintance& contact = contacts_.at(pointer.with);
      if (useq > contact.row.last) contact.row = {pointer.with, contact.queued = pointer.contact, useq};
      touch(contact);
      continue;
    }
    State& state = states_.at(pointer.conversation);
    state.row.apply(pointer, useq);
    state.settle();
    state.told = {};  // Perhaps: then it is told again.
    touch(state);
  }
  co_return true;
}

Task<Result<Inbox::State*>> Inbox::load(ConversationId conversation) {
  auto there = states_.find(conversation);
  if (there == states_.end()) {
    RowKey key{RowTable::user_conversations, user_.text(), conversation.key()};
    Reading reading(*this);
    auto value = co_await store_.get(std::move(key));
    if (!value) co_return to_failure(value.error());
    there = states_.find(conversation);  // Somebody else may have loaded it meanwhile.
    if (there == states_.end()) {
      ConversationState row;
      if (*value && !decode_state(**value, row)) co_return Failure{Code::internal, "a conversation row is damaged"};
      row.conversation = conversation;
      co_return &adopt(std::move(row));
    }
  }
  co_return &there->second;
}

Inbox::State& Inbox::adopt(ConversationState row) {
  State& state = states_[row.conversation];
  state.row = std::move(row);
  state.settle();
  state.told = state.row.mark();
  return state;
}

// ------------------------------------------------------------------------------------------------------------- writing

Task<Result<Seq>> Inbox::hand_off(HandOff handoff) {
  auto loaded = co_await load(handoff.conversation);
  if (!loaded) co_return loaded.error();
  State& state = **loaded;
  // Who came into a group starts there; what the group said before is not theirs.
  bool joins = handoff.joined > state.queued && handoff.from == handoff.joined - 1;
  bool follows = handoff.from <= state.queued || joins || planted(Plant::mark_not_checked);
  if (!follows || handoff.to <= state.row.reached) co_return state.row.reached;
  if (handoff.to > state.queued) {
    Seq from = joins || planted(Plant::mark_not_checked) ? handoff.from : state.queued;
    auto fresh = std::find_if(handoff.entries.begin(), handoff.entries.end(), [&](const EntryPtr& e) { return e->seq > from; });
    KITH_ASSERT(static_cast<std::uint64_t>(handoff.entries.end() - fresh) == handoff.to - from);
    if (!state.merging || state.merging->entries.size() >= kEntriesMax || joins) {
      Pointer pointer{.conversation = handoff.conversation, .from = from, .to = from};
      if (state.queued == Seq{0}) pointer.with = handoff.with;
      if (joins) {
        pointer.joined = handoff.joined;
        pointer.joined_n = (*fresh)->n;  // The entry of their coming is not counted, so this is the count before it too.
      }
      state.merging = &enqueue({std::move(pointer), {}});
    }
    Pointer& pointer = state.merging->pointer;
    for (auto entry = fresh; entry != handoff.entries.end(); ++entry) {
      pointer.to = (*entry)->seq;
      pointer.n = std::max(pointer.n, (*entry)->n);
      if ((*entry)->kind == EntryKind::message) {
        pointer.last = (*entry)->seq;
        pointer.last_epoch = (*entry)->epoch;
        if ((*entry)->from == user_) {
          pointer.own = (*entry)->seq;
          pointer.own_n = (*entry)->n;
        } else if (mentions(**entry, user_)) {
          pointer.mentioned = (*entry)->seq;
        }
      }
      if (leaves(**entry, user_)) pointer.left = (*entry)->seq;
      state.merging->entries.push_back(*entry);
    }
    state.queued = handoff.to;
  }
  co_await until_durable(state);
  co_return state.row.reached;
}

Task<Result<Ok>> Inbox::read(ConversationId conversation, Point point) {
  auto loaded = co_await load(conversation);
  if (!loaded) co_return loaded.error();
  State& state = **loaded;
  if (point.seq > state.read_queued || planted(Plant::read_mark_back)) {
    state.read_queued = point.seq;
    state.merging = nullptr;  // What comes now is later than this mark.
    enqueue({{.kind = PointerKind::read, .conversation = conversation, .to = point.seq, .n = point.n}, {}});
    hurry();
  }
  while (state.row.read < point.seq) co_await until_durable(state);
  co_return Ok{};
}

// A step that stands for itself.
Task<Result<Ok>> Inbox::note(State& state, Pointer pointer) {
  state.merging = nullptr;  // What comes now is later than this.
  Outgoing& outgoing = enqueue({std::move(pointer), {}, {}});
  auto done = outgoing.done.emplace().future();
  ++state.notes;
  hurry();
  co_await done;
  co_return Ok{};
}

Task<Result<Ok>> Inbox::clear(ConversationId conversation, Point point) {
  auto loaded = co_await load(conversation);
  if (!loaded) co_return loaded.error();
  State& state = **loaded;
  if (point.seq > state.cleared_queued || planted(Plant::clearing_goes_back)) {
    state.cleared_queued = point.seq;
    std::erase_if(state.hidden_queued, [&](Seq seq) { return seq <= point.seq; });
    Pointer pointer{.kind = PointerKind::cleared, .conversation = conversation, .to = point.seq, .n = point.n};
    auto done = co_await note(state, std::move(pointer));
    co_return done;
  }
  while (state.row.cleared < point.seq) co_await until_durable(state);
  co_return Ok{};
}

Task<Result<Ok>> Inbox::hide(ConversationId conversation, Seq seq) {
  auto loaded = co_await load(conversation);
  if (!loaded) co_return loaded.error();
  State& state = **loaded;
  std::vector<Seq>& hidden = state.hidden_queued;
  auto place = std::lower_bound(hidden.begin(), hidden.end(), seq);
  if (seq > state.cleared_queued && (place == hidden.end() || *place != seq)) {
    if (hidden.size() >= kHiddenMax) co_return Failure{Code::limit_reached, "hidden entries; clear the conversation instead"};
    hidden.insert(place, seq);
    Pointer pointer{.kind = PointerKind::hidden, .conversation = conversation, .to = seq};
    auto done = co_await note(state, std::move(pointer));
    co_return done;
  }
  while (state.row.shows(seq)) co_await until_durable(state);
  co_return Ok{};
}

Task<Result<Ok>> Inbox::configure(ConversationId conversation, Fn<void(Settings&)> change) {
  auto loaded = co_await load(conversation);
  if (!loaded) co_return loaded.error();
  State& state = **loaded;
  if (state.queued == Seq{0}) co_return Failure{Code::not_found};
  Settings settings = state.settings_queued;
  change(settings);
  if (settings == state.settings_queued) {
    while (state.row.settings != state.settings_queued) co_await until_durable(state);
    co_return Ok{};
  }
  state.settings_queued = settings;
  if (planted(Plant::settings_not_told) && state.row.settings != Settings{}) {
    state.row.settings = settings;
    touch(state);
    co_return Ok{};
  }
  Pointer pointer{.kind = PointerKind::settings, .conversation = conversation, .settings = settings};
  auto done = co_await note(state, std::move(pointer));
  co_return done;
}

Task<Result<Ok>> Inbox::blank() {
  auto all = co_await conversations();
  if (!all) co_return all.error();
  for (const ConversationState& one : *all) {
    auto loaded = co_await load(one.conversation);
    if (!loaded) co_return loaded.error();
    State& state = **loaded;
    state.row = state.row.blanked();
    state.settle_own();
    touch(state);
  }
  while (dirty_ > 0 || writing_) {
    if (!writing_) {
      co_await write_behind();
    } else {
      co_await wait(loop_, 10ms);
    }
  }
  co_return Ok{};
}

Task<void> Inbox::until_durable(State& state) {
  state.waiters.emplace_back();
  auto future = state.waiters.back().future();
  co_await future;
}

Inbox::Outgoing& Inbox::enqueue(Outgoing outgoing) {
  waiting_.push_back(std::move(outgoing));
  if (observer_.present(user_)) {
    hurry();
  } else if (!holding_) {
    holding_ = true;
    hold_ = loop_.after(until_tick(loop_.now(), kHold), [this] { hurry(); });
  }
  return waiting_.back();
}

void Inbox::hurry() {
  holding_ = false;
  hold_.cancel();
  if (!waiting_.empty()) log_.ready();
}

Task<void> Inbox::arrivals() {
  hurry();
  const std::size_t ahead = waiting_.size() + in_flight_.size();
  if (ahead == 0) co_return;
  arrivals_.emplace_back(ahead, Promise<Ok>());
  auto durable = arrivals_.back().second.future();
  co_await durable;
}

void Inbox::fill(Log::Batch& batch) {
  while (!waiting_.empty() && batch.room()) {
    Outgoing& outgoing = waiting_.front();
    auto state = states_.find(outgoing.pointer.conversation);  // A contact has none.
    if (state != states_.end() && state->second.merging == &outgoing) state->second.merging = nullptr;
    batch.add(encode(outgoing.pointer));
    in_flight_.splice(in_flight_.end(), waiting_, waiting_.begin());
  }
  if (planted(Plant::push_before_durable)) {
    Useq useq = log_.head();
    for (const Outgoing& outgoing : in_flight_) observer_.advanced(user_, {++useq, outgoing.pointer, outgoing.entries});
  }
}

void Inbox::durable(Seq first, Seq last) {
  crash_point("inbox_durable");
  std::vector<Promise<Ok>> waiters;
  for (Useq useq = first; useq <= last && !in_flight_.empty(); ++useq) {
    const Outgoing& outgoing = in_flight_.front();
    if (outgoing.pointer.kind == PointerKind::contact) {
      take_contact(in_flight_.front(), useq, waiters);
      in_flight_.pop_front();
      continue;
    }
    State& state = states_.at(outgoing.pointer.conversation);
    state.row.apply(outgoing.pointer, useq);
    if (outgoing.pointer.joined > Seq{0}) state.told = {};  // Who came back: the conversation took no marks of theirs meanwhile.
    touch(state);
    if (!planted(Plant::push_before_durable)) observer_.advanced(user_, {useq, outgoing.pointer, outgoing.entries});
    std::move(state.waiters.begin(), state.waiters.end(), std::back_inserter(waiters));
    state.waiters.clear();
    if (in_flight_.front().done) {
      --state.notes;
      waiters.push_back(std::move(*in_flight_.front().done));
    }
    in_flight_.pop_front();
  }
  const auto arrived = static_cast<std::size_t>(last - first) + 1;
  for (auto& [ahead, waiter] : arrivals_) {
    ahead -= std::min(ahead, arrived);
    if (ahead == 0) waiters.push_back(std::move(waiter));
  }
  std::erase_if(arrivals_, [](const auto& arrival) { return arrival.first == 0; });
  for (auto& waiter : waiters) waiter.set(Ok{});
}

void Inbox::lost() { KITH_ASSERT(!"another writer has this inbox"); }

// ---------------------------------------------------------------------------------------------------------- the views

void Inbox::touch(State& state) {
  if (!state.dirty) ++dirty_;
  state.dirty = true;
  flush_later();
}

void Inbox::flush_later() {
  if (writing_ || flush_) return;
  flush_ = loop_.after(until_tick(loop_.now(), kWriteBehind), [this] {
    flush_.cancel();
    if (!writing_) scope_.spawn(write_behind());
  });
}

Task<void> Inbox::write_behind() {
  writing_ = true;
  while (dirty_ > 0) {
    Useq covered = log_.head();
    if (planted(Plant::checkpoint_early)) {
      auto early = co_await log_.set_checkpoint(covered);
      (void)early;
      co_await wait(loop_, 2s);
    }
    std::vector<Row> rows, contact_rows;
    std::vector<std::pair<ConversationId, Mark>> marks;
    for (auto& [id, state] : states_) {
      if (!std::exchange(state.dirty, false)) continue;
      rows.push_back(encode(state.row));
      if (Mark mark = state.row.mark(); mark != state.told) marks.emplace_back(id, mark);
    }
    for (auto& [other, contact] : contacts_) {
      if (std::exchange(contact.dirty, false)) contact_rows.push_back(encode(contact.row));
    }
    dirty_ = 0;
    // The map has no order of its own; what is written must not depend on it.
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.key < b.key; });
    if (!rows.empty()) co_await put_until_done(RowTable::user_conversations, std::move(rows));
    if (!contact_rows.empty()) co_await put_until_done(RowTable::contacts, std::move(contact_rows));
    crash_point("view_written");
    // Above the checkpoint the log still says what there is to tell.
    auto told = co_await tell_marks(std::move(marks));
    if (!told) {
      co_await wait(loop_, kWriteBehind);
      continue;
    }
    auto moved = co_await log_.set_checkpoint(covered);
    (void)moved;
    if (dirty_ > 0) co_await wait(loop_, until_tick(loop_.now(), kWriteBehind));
  }
  writing_ = false;
  forget_quiet_states();
}

// A failure: those that were not told are to be written again.
Task<Result<Ok>> Inbox::tell_marks(std::vector<std::pair<ConversationId, Mark>> marks) {
  std::sort(marks.begin(), marks.end(), [](const auto& a, const auto& b) { return a.first.key() < b.first.key(); });
  std::vector<Future<Result<Ok>>> answers;
  for (const auto& [conversation, mark] : marks) answers.push_back(keeper_.mark(conversation, user_, mark));
  Result<Ok> all = Ok{};
  for (std::size_t i = 0; i < marks.size(); ++i) {
    auto told = co_await std::move(answers[i]);
    auto there = states_.find(marks[i].first);
    KITH_ASSERT(there != states_.end());  // None is forgotten while write-behind is at work.
    if (told || told.error().code == Code::not_found) {
      there->second.told = marks[i].second;
    } else {
      touch(there->second);
      all = told.error();
    }
  }
  co_return all;
}

void Inbox::confirmed(Useq useq) {
  for (auto& [id, state] : states_) {
    Seq delivered = state.row.delivered;
    if (state.row.last <= useq) {
      delivered = state.row.reached;
    } else if (state.undelivered.first <= useq) {
      delivered = std::max(delivered, state.undelivered.second);
      state.undelivered = {state.row.last, state.row.reached};
    }
    if (delivered <= state.row.delivered) continue;
    state.row.delivered = delivered;
    touch(state);
  }
}

Task<void> Inbox::put_until_done(RowTable table, std::vector<Row> rows) {
  for (;;) {
    auto put = co_await until_definite(loop_, [&] { return store_.put(table, user_.text(), rows); });
    if (put) break;
    co_await wait(loop_, 1s);  // Without room the view waits; the pointers above the checkpoint hold what it would say.
  }
}

void Inbox::forget_quiet_states() {
  if (reading_ > 0) return;  // They go when next something was written.
  std::erase_if(contacts_, [](const auto& item) {
    const Acquaintance& contact = item.second;
    return contact.notes == 0 && !contact.dirty && contact.waiters.empty();
  });
  if (states_.size() <= kStatesMax) return;
  std::erase_if(states_, [](const auto& item) { return !item.second.busy(); });
}

Task<void> Inbox::settle() {
  hurry();
  if (dirty_ > 0 && !writing_) co_await write_behind();
}

Task<void> Inbox::catch_up() {
  constexpr int kRounds = 100;
  for (int round = 0; round < kRounds && !evictable(); ++round) {
    co_await settle();
    co_await wait(loop_, 10ms);
  }
}

bool Inbox::evictable() const {
  return log_.idle() && waiting_.empty() && in_flight_.empty() && dirty_ == 0 && !writing_ && scope_.empty();
}

std::size_t Inbox::bytes() const { return 1100 + states_.size() * 280 + contacts_.size() * 320; }

// ------------------------------------------------------------------------------------------------------------- reading

Task<Result<std::vector<Pointer>>> Inbox::pointers(Useq after, std::uint32_t limit) {
  auto rows = co_await log_.read(after.next(), log_.head(), Direction::up, limit);
  if (!rows) co_return to_failure(rows.error());
  std::vector<Pointer> out;
  out.reserve(rows->size());
  for (const LogRow& row : *rows) {
    if (row.seq != after + (out.size() + 1)) co_return Failure{Code::internal, "pointers are missing in the store"};
    out.push_back(decode_pointer(row));
  }
  co_return out;
}

Task<Result<ConversationState>> Inbox::view(ConversationId conversation) {
  auto state = co_await load(conversation);
  if (!state) co_return state.error();
  co_return (*state)->row;
}

Task<Result<std::vector<ConversationState>>> Inbox::conversations() {
  std::unordered_map<ConversationId, ConversationState> all;
  Reading reading(*this);
  std::string next;
  for (bool more = true; more;) {
    auto scan = co_await store_.scan(RowTable::user_conversations, user_.text(), next, kScanRows);
    if (!scan) co_return to_failure(scan.error());
    more = scan->more;
    for (const Row& row : scan->rows) {
      next = row.key + '\0';
      ConversationState state;
      auto id = ConversationId::from_key(row.key);
      if (!id || !decode_state(row.value, state)) continue;  // One damaged row must not hide the others.
      state.conversation = *id;
      all[*id] = std::move(state);
    }
  }
  for (const auto& [id, state] : states_) all[id] = state.row;  // What is in memory is never older.
  std::vector<ConversationState> out;
  out.reserve(all.size());
  for (auto& [id, state] : all) {
    if (state.reached > Seq{0}) out.push_back(std::move(state));
  }
  co_return out;
}

}  // namespace kith
