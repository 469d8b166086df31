// The way of a send to its place in the log: repeats, the batch, the answer.
#include <algorithm>

#include "base/plant.h"
#include "base/wait.h"
#include "conversation/conversation.h"
#include "store/retry.h"

namespace kith {

namespace {

// Who is no member is not mentioned: a mention is a call, and the number of calls to outsiders is not to be had here.
void mention_members_only(Entry& entry, const Conversation& conversation) {
  auto outside = [&](const UserId& user) { return !conversation.is_member(user); };
  const std::vector<UserId>& mentions = entry.details().mentions;
  if (std::none_of(mentions.begin(), mentions.end(), outside)) return;
  auto details = std::make_shared<Details>(*entry.more);
  std::erase_if(details->mentions, outside);
  entry.more = std::move(details);
}

}  // namespace

Future<Result<Receipt>> Conversation::send(SendRequest request) {
  // One who left may still ask what became of what they sent.
  auto sender = roster_.find(request.from);
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
  Seq answered = arrival.request.details.reply_to;
  bool looks_back = answered > Seq{0} && answered <= shown_ && !recent_.empty() && answered < recent_.front()->seq;
  if (!must_search(arrival) && !looks_back) {
    enqueue(std::move(arrival));
    return;
  }
  behind_search_[arrival.sender];
  scope_.spawn(search_and_accept(std::move(arrival)));
}

Seq Conversation::search_from(const Arrival& arrival) const {
  if (arrival.request.base) return std::min(*arrival.request.base, shown_).next();
  return Seq{shown_.value > kWindowIds ? shown_.value - kWindowIds + 1 : 1};
}

bool Conversation::must_search(const Arrival& arrival) const {
  return search_from(arrival) < known_from_ && !planted(Plant::no_duplicate_check) && !planted(Plant::ids_forgotten);
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
  if (!same_content(arrival.request, way->second->content, false)) {
    arrival.reply.set(Failure{Code::id_reused});
  } else {
    way->second->replies.emplace_back(std::move(arrival.reply), !arrival.request.base);
  }
  return true;
}

bool Conversation::same_content(const SendRequest& request, std::uint64_t content, bool changed) const {
  return changed || planted(Plant::id_reuse_accepted) || content_hash(request.text, request.details) == content;
}

void Conversation::answer_known(Arrival& arrival, const Known& known) {
  if (!same_content(arrival.request, known.content, known.changed)) {
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
  Result<std::optional<Known>> found = std::optional<Known>();
  if (must_search(arrival)) {
    Seq low = search_from(arrival);
    // What lies too far back is not searched.
    if (const std::uint64_t rows = known_from_ - low; rows <= kScanRowsMax)
      delivery_.charge(arrival.request.from, static_cast<std::uint32_t>(rows / kRowsSearchedForOne));
    found = co_await search(arrival.sender, arrival.request.client_id, low, known_from_ - 1);
  }
  if (Seq answered = arrival.request.details.reply_to; found && !*found && answered > Seq{0} && answered <= shown_) {
    auto target = co_await range(answered, answered);
    if (!target) found = target.error();
    if (target && target->front()->kind != EntryKind::message) found = Failure{Code::invalid_argument, "replyTo"};
  }
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
      if (entry.kind == EntryKind::message && entry.client_id == id && entry.from == roster_[sender].user) {
        co_return Known{entry.seq, entry.time, content_hash(entry), entry.rewritten()};
      }
    }
  }
  co_return std::optional<Known>{};
}

void Conversation::enqueue(Arrival arrival) {
  auto waiting = std::make_unique<Waiting>();
  waiting->entry = std::make_shared<Entry>();
  waiting->entry->from = arrival.request.from;
  waiting->entry->client_id = arrival.request.client_id;
  waiting->entry->storage = std::move(arrival.request.text);
  waiting->attempt = {arrival.request.client_id, arrival.sender};
  waiting->content = content_hash(waiting->entry->text(), arrival.request.details);
  waiting->replies.emplace_back(std::move(arrival.reply), !arrival.request.base);
  if (arrival.request.details != Details{}) {
    waiting->entry->more = std::make_shared<Details>(std::move(arrival.request.details));
    mention_members_only(*waiting->entry, *this);
  }
  auto allowed = judge(*waiting);
  if (allowed && waiting_.size() >= kWaitingMax) allowed = Failure{Code::busy, "too many messages wait in this conversation", 100};
  if (allowed) {
    if (auto room = take_room(); !room) allowed = room.error();
  }
  if (!allowed) return refuse(*waiting, allowed.error());
  waiting->judged = rules_;
  under_way_.emplace(*waiting->attempt, waiting.get());
  enqueue(std::move(waiting));
}

Result<Ok> Conversation::take_room() {
  if (!limits_ || !limits_->options().conversation.limits()) return Ok{};
  const Rate& rate = limits_->options().conversation;
  Duration wait = room_.wait(rate, 1, loop_.now());
  if (wait > 0ns) return too_much(Limit::conversation, wait, limits_->refusals());
  room_.take(rate, 1, loop_.now());
  return Ok{};
}

void Conversation::enqueue(std::unique_ptr<Waiting> waiting) {
  waiting_.push_back(std::move(waiting));
  if (armed_) {
    log_.ready();
  } else {
    arm();
  }
}

// Nothing of it was appended.
void Conversation::refuse(Waiting& waiting, const Failure& failure) {
  if (waiting.attempt) under_way_.erase(*waiting.attempt);
  for (auto& [reply, no_base] : waiting.replies) reply.set(failure);
  if (waiting.effect) waiting.effect->reply.set(failure);
}

void Conversation::fill(Log::Batch& batch) {
  while (!waiting_.empty() && batch.room()) {
    auto waiting = std::move(waiting_.front());
    waiting_.pop_front();
    Entry& entry = *waiting->entry;
    // Asked again in the order of the log: a removal before this entry counts, one behind it does not.
    if (waiting->judged != rules_ && !planted(Plant::judged_when_sent)) {
      auto allowed = judge(*waiting);
      if (!allowed || !*allowed) {
        if (allowed) {
          scope_.spawn(answer_no_change(std::move(waiting->effect)));
        } else {
          refuse(*waiting, allowed.error());
        }
        continue;
      }
      if (entry.kind == EntryKind::message) mention_members_only(entry, *this);
    }
    entry.seq = entry.version = placed_ = batch.next();
    entry.epoch = log_.epoch();
    last_time_ = planted(Plant::time_goes_back) ? loop_.wall() : std::max(last_time_, loop_.wall());
    entry.time = last_time_;
    if (entry.kind == EntryKind::message || planted(Plant::changes_counted)) ++n_;
    entry.n = n_;
    if (waiting->effect) take_group_change(*waiting);
    batch.add(encode(entry));
    in_flight_.push_back(std::move(waiting));
  }
  constexpr Duration kPresenceHolds = 5s;
  // While the batch is being made durable there is time to learn whether the receivers are reachable.
  for (std::size_t sender = 0; sender < members_.size() && id_.is_direct(); ++sender) {
    bool sends =
        std::any_of(in_flight_.begin(), in_flight_.end(), [&](const auto& w) { return w->attempt && w->attempt->sender == sender; });
    if (!sends) continue;
    Member& receiver = members_[1 - sender];
    if (loop_.now() - receiver.asked > kPresenceHolds) receiver.presence.reset();  // Nothing rather than what was long ago.
    ++receiver.asking;
    scope_.spawn(ask_presence(1 - sender, sender));
  }
}

Task<void> Conversation::ask_presence(std::size_t member, std::size_t viewer) {
  auto presence = co_await delivery_.presence(roster_[member].user, roster_[viewer].user);
  members_[member].presence = presence;
  members_[member].asked = loop_.now();
  --members_[member].asking;
  if (unanswered_.empty()) co_return;
  co_await end_of_turn(loop_);  // Not in the middle of a batch, if it was known at once.
  answer_held(false);
}

// The first message in a while may be durable before it is known whether the receiver is there.
bool Conversation::waits_for_presence(const Waiting& waiting) const {
  if (!id_.is_direct() || !waiting.attempt) return false;
  const Member& receiver = members_[1 - waiting.attempt->sender];
  return receiver.asking > 0 && !receiver.presence;
}

// Not for long: that it is durable is what the sender wants to know.
Task<void> Conversation::answer_soon() {
  co_await wait(loop_, 50ms);
  answer_held(true);
}

// What the one sends to the other waits for another presence than what comes back.
void Conversation::answer_held(bool all) {
  for (auto& waiting : std::exchange(unanswered_, {})) {
    if (all || !waits_for_presence(*waiting)) {
      answer(*waiting);
    } else {
      unanswered_.push_back(std::move(waiting));
    }
  }
}

void Conversation::durable(Seq, Seq last) {
  bool changes = false;
  while (!in_flight_.empty() && in_flight_.front()->entry->seq <= last) {
    changes = changes || !in_flight_.front()->whole();
    unshown_.push_back(std::move(in_flight_.front()));
    in_flight_.pop_front();
  }
  last_activity_ = loop_.now();
  if (changes && !applying_) {
    applying_ = true;
    scope_.spawn(apply_changes());
  }
  show();
}

// Lets everybody see what is whole, in the order of the log.
void Conversation::show() {
  std::vector<std::unique_ptr<Waiting>> done;
  while (!unshown_.empty() && unshown_.front()->whole()) {
    auto waiting = std::move(unshown_.front());
    unshown_.pop_front();
    shown_ = waiting->entry->seq;
    remember(*waiting->entry, waiting->content);
    keep(waiting->entry);
    if (waiting->attempt) under_way_.erase(*waiting->attempt);
    done.push_back(std::move(waiting));
  }
  for (auto& waiting : done) {
    if (!waits_for_presence(*waiting)) {
      answer(*waiting);
      continue;
    }
    if (unanswered_.empty()) scope_.spawn(answer_soon());
    unanswered_.push_back(std::move(waiting));
  }
  if (!done.empty()) start_delivery();
  auto reached = std::partition(until_shown_.begin(), until_shown_.end(), [&](const auto& waiter) { return waiter.first > shown_; });
  std::vector<Promise<Ok>> waiters;
  for (auto waiter = reached; waiter != until_shown_.end(); ++waiter) waiters.push_back(std::move(waiter->second));
  until_shown_.erase(reached, until_shown_.end());
  for (auto& waiter : waiters) waiter.set(Ok{});
}

// Until what members and permissions say now is durable: before that nobody may hear of it.
Task<void> Conversation::until_shown() {
  if (placed_ <= shown_) co_return;
  until_shown_.emplace_back(placed_, Promise<Ok>());
  auto shown = until_shown_.back().second.future();
  co_await shown;
}

Task<void> Conversation::answer_no_change(std::unique_ptr<Effect> effect) {
  co_await until_shown();
  effect->reply.set(Change{});
}

void Conversation::answer(Waiting& waiting) {
  if (waiting.effect) waiting.effect->reply.set(Change{waiting.entry->seq, waiting.entry->time});
  bool repeated = false;
  for (auto& [reply, no_base] : waiting.replies) {
    Receipt answer = receipt(waiting.attempt->sender, waiting.entry->seq, waiting.entry->time);
    answer.repeated = std::exchange(repeated, true);
    answer.window_only = no_base;
    reply.set(std::move(answer));
  }
}

void Conversation::lost() { KITH_ASSERT(!"another writer has this conversation"); }

Receipt Conversation::receipt(std::size_t reader, Seq seq, WallTime time) const {
  Receipt receipt{id_, seq, time, false, false, {}, {}};
  if (id_.is_direct()) {
    std::size_t other_member = reader == 0 ? 1 : 0;
    receipt.other = roster_[other_member].user;
    receipt.presence = members_[other_member].presence.value_or(Presence{.hidden = true});
  }
  return receipt;
}

}  // namespace kith
