// The way of a send to its place in the log: repeats, the batch, the answer.
#include <algorithm>

#include "base/plant.h"
#include "conversation/conversation.h"
#include "store/retry.h"

namespace kith {

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

}  // namespace kith
