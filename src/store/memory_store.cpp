#include "store/memory_store.h"

#include <algorithm>
#include <utility>

#include "store/checks.h"

namespace kith {

struct MemoryDisk::Operation {
  enum class Stage : std::uint8_t { waiting, visible, late, settled };  // Of a write; all else is settled.

  MemoryStore* store = nullptr;  // Nothing: it ended, nobody waits.
  std::optional<MemoryWrite> write;
  Stage stage = Stage::settled;
  std::uint64_t stamp = 0;
  std::optional<StoreError> outcome;
  Fn<void()> look;  // Of a read.
  Done done;
  Duration late{0};
  Timer first;   // To the moment of the look, or of becoming visible.
  Timer second;  // To completion, then to a late landing.
};

namespace {

bool is_write(StoreCall call) {
  return call == StoreCall::append || call == StoreCall::rewrite || call == StoreCall::set_head || call == StoreCall::put;
}

std::optional<StoreError> error_of(MemoryFault fault) {
  switch (fault) {
    case MemoryFault::none:
      return std::nullopt;
    case MemoryFault::unavailable:
      return StoreError::unavailable;
    case MemoryFault::unknown_lost:
    case MemoryFault::unknown_done:
    case MemoryFault::unknown_late:
      return StoreError::unknown;
    case MemoryFault::corrupt:
      return StoreError::corrupt;
  }
  return StoreError::unavailable;
}

}  // namespace

MemoryDisk::MemoryDisk(Loop& loop, Random& random, MemoryTiming timing) : loop_(loop), random_(random), timing_(timing) {}

MemoryDisk::~MemoryDisk() { KITH_ASSERT(stores_.empty()); }

void MemoryDisk::set_faults(MemoryFaults faults) {
  faults_ = std::move(faults);
  calls_since_faults_ = {};
}

void MemoryDisk::set_sync(bool sync, Duration window) {
  sync_ = sync;
  sync_window_ = window;
  if (!sync) return;
  for (const auto& write : unsynced_) durable_.settle(write.write, write.stamp);
  unsynced_.clear();
}

// ---- chance

bool MemoryDisk::chance(double probability) {
  constexpr std::uint64_t kParts = 1 << 24;
  return probability > 0 && static_cast<double>(random_.below(kParts)) < probability * static_cast<double>(kParts);
}

Duration MemoryDisk::draw_up_to(Duration max) {
  return max <= Duration::zero() ? Duration::zero()
                                 : Duration(static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(max.count()) + 1)));
}

Duration MemoryDisk::draw_time() {
  Duration time = timing_.min + draw_up_to(timing_.max - timing_.min);
  return chance(faults_.slow) ? time + draw_up_to(faults_.slow_max) : time;
}

MemoryFault MemoryDisk::draw_fault(StoreCall call) {
  auto index = static_cast<std::size_t>(call);
  ++calls_[index];
  ++calls_since_faults_[index];
  auto fits = [call](MemoryFault fault) {
    bool only_writes = fault == MemoryFault::unknown_lost || fault == MemoryFault::unknown_done || fault == MemoryFault::unknown_late;
    bool wrong = is_write(call) ? fault == MemoryFault::corrupt : only_writes;
    return wrong ? MemoryFault::unavailable : fault;
  };
  for (const auto& nth : faults_.exactly) {
    if (nth.call == call && nth.n == calls_since_faults_[index]) return fits(nth.fault);
  }
  if (chance(faults_.unavailable)) return MemoryFault::unavailable;
  if (!is_write(call)) return chance(faults_.corrupt) ? MemoryFault::corrupt : MemoryFault::none;
  if (chance(faults_.unknown_lost)) return MemoryFault::unknown_lost;
  if (chance(faults_.unknown_done)) return MemoryFault::unknown_done;
  if (chance(faults_.unknown_late)) return MemoryFault::unknown_late;
  return MemoryFault::none;
}

// ---- the way of a call

std::uint64_t MemoryDisk::add(MemoryStore& store, Done done) {
  auto operation = std::make_unique<Operation>();
  operation->store = &store;
  operation->done = std::move(done);
  operations_.emplace(next_operation_, std::move(operation));
  return next_operation_++;
}

void MemoryDisk::at(Timer& timer, Duration delay, void (MemoryDisk::*step)(std::uint64_t), std::uint64_t id) {
  timer = loop_.after(delay, [this, step, id] { (this->*step)(id); });
}

void MemoryDisk::complete_next_turn(std::uint64_t id) {
  operations_.at(id)->store->loop_.post([this, id, alive = std::weak_ptr<int>(alive_)] {
    if (alive.lock() && operations_.contains(id)) complete(id);
  });
}

void MemoryDisk::write(MemoryStore& store, StoreCall call, MemoryWrite write, Done done) {
  MemoryFault fault = draw_fault(call);
  std::uint64_t id = add(store, std::move(done));
  auto& operation = *operations_.at(id);
  operation.outcome = space_ == Space::none ? StoreError::full : error_of(fault);
  Duration time = draw_time();
  bool instant = time == Duration::zero();

  if (space_ != Space::none && fault == MemoryFault::unknown_late) {
    operation.write = std::move(write);
    operation.stage = Operation::Stage::late;
    operation.stamp = next_stamp_++;
    operation.late = draw_up_to(faults_.late_max);
  } else if (space_ != Space::none && (fault == MemoryFault::none || fault == MemoryFault::unknown_done)) {
    operation.write = std::move(write);
    operation.stage = Operation::Stage::waiting;
    if (instant) {
      become_visible(id);
    } else {
      at(operation.first, draw_up_to(time), &MemoryDisk::become_visible, id);
    }
  }
  if (instant) {
    complete_next_turn(id);
  } else {
    at(operation.second, time, &MemoryDisk::complete, id);
  }
}

void MemoryDisk::read(MemoryStore& store, StoreCall call, Fn<void()> look_now, Done done) {
  MemoryFault fault = draw_fault(call);
  std::uint64_t id = add(store, std::move(done));
  auto& operation = *operations_.at(id);
  operation.outcome = error_of(fault);
  operation.look = std::move(look_now);
  Duration time = draw_time();
  if (time == Duration::zero()) {
    look(id);
    complete_next_turn(id);
  } else {
    at(operation.first, draw_up_to(time), &MemoryDisk::look, id);
    at(operation.second, time, &MemoryDisk::complete, id);
  }
}

void MemoryDisk::look(std::uint64_t id) {
  auto& operation = *operations_.at(id);
  std::exchange(operation.look, {})();
}

void MemoryDisk::become_visible(std::uint64_t id) {
  auto& operation = *operations_.at(id);
  make_base_durable(*operation.write);
  operation.stamp = next_stamp_++;
  auto decided = visible_.apply(*operation.write, operation.stamp);
  operation.stage = decided ? Operation::Stage::visible : Operation::Stage::settled;
  // An outcome that stays unknown hides a conflict too.
  if (!decided && !operation.outcome) operation.outcome = decided.error();
}

void MemoryDisk::complete(std::uint64_t id) {
  auto& operation = *operations_.at(id);
  // Timers of one instant may come in either order.
  if (operation.stage == Operation::Stage::waiting) become_visible(id);
  if (operation.look) look(id);
  if (operation.stage == Operation::Stage::visible) {
    operation.stage = Operation::Stage::settled;
    make_durable(*operation.write, operation.stamp);
  }
  if (operation.stage == Operation::Stage::late) {
    auto done = std::move(operation.done);
    Operation answer;
    answer.store = std::exchange(operation.store, nullptr);
    answer.outcome = operation.outcome;
    answer.done = std::move(done);
    at(operation.second, operation.late, &MemoryDisk::land_late, id);
    deliver(answer);
    return;
  }
  auto node = operations_.extract(id);
  deliver(*node.mapped());
}

void MemoryDisk::deliver(Operation& operation) {
  if (!operation.store) return;
  if (&operation.store->loop_ == &loop_) {
    operation.done(operation.outcome);
    return;
  }
  operation.store->loop_.post(
      [alive = std::weak_ptr<int>(operation.store->alive_), done = std::move(operation.done), outcome = operation.outcome]() mutable {
        if (alive.lock()) done(outcome);
      });
}

void MemoryDisk::land_late(std::uint64_t id) {
  auto node = operations_.extract(id);
  auto& operation = *node.mapped();
  make_base_durable(*operation.write);
  // With the stamp of its call: newer puts of the same rows stay.
  if (visible_.apply(*operation.write, operation.stamp)) make_durable(*operation.write, operation.stamp);
}

// ---- durability

void MemoryDisk::make_durable(MemoryWrite write, std::uint64_t stamp) {
  if (sync_) {
    durable_.settle(write, stamp);
    return;
  }
  unsynced_.push_back({loop_.now(), std::move(write), stamp});
  auto young = std::find_if(unsynced_.begin(), unsynced_.end(), [&](const Unsynced& u) { return loop_.now() - u.when <= sync_window_; });
  for (auto old = unsynced_.begin(); old != young; ++old) durable_.settle(old->write, old->stamp);
  unsynced_.erase(unsynced_.begin(), young);
}

// A head that is compared with one in flight, or a row rewritten that is in flight: real engines do not lose the older of the two alone.
void MemoryDisk::make_base_durable(const MemoryWrite& write) {
  const LogId* log = touched_log(write);
  if (!log) return;
  for (auto& [id, operation] : operations_) {
    if (operation->stage != Operation::Stage::visible) continue;
    const LogId* other = touched_log(*operation->write);
    if (!other || *other != *log) continue;
    operation->stage = Operation::Stage::settled;
    durable_.settle(*operation->write, operation->stamp);
  }
}

void MemoryDisk::decide_in_flight(bool of_the_dead_only) {
  std::vector<std::unique_ptr<Operation>> chosen;
  for (auto next = operations_.begin(); next != operations_.end();) {
    auto present = next++;
    if (of_the_dead_only && present->second->store) continue;
    chosen.push_back(std::move(present->second));
    operations_.erase(present);
  }
  // First those that somebody may have seen, so that nothing is decided on top of what vanishes.
  for (auto& operation : chosen) {
    if (operation->stage == Operation::Stage::visible && chance(0.5)) durable_.settle(*operation->write, operation->stamp);
  }
  for (auto& operation : chosen) {
    if (operation->stage == Operation::Stage::visible) visible_.restore(*operation->write, durable_);
  }
  for (std::size_t i = chosen.size(); i > 1; --i) std::swap(chosen[i - 1], chosen[random_.below(i)]);
  for (auto& operation : chosen) {
    bool undecided = operation->stage == Operation::Stage::waiting || operation->stage == Operation::Stage::late;
    if (!undecided || !chance(0.5)) continue;
    if (operation->stage == Operation::Stage::waiting) operation->stamp = next_stamp_++;
    if (visible_.apply(*operation->write, operation->stamp)) durable_.settle(*operation->write, operation->stamp);
  }
}

void MemoryDisk::crash() {
  for (auto* store : stores_) store->dead_ = true;
  auto lost = std::exchange(unsynced_, {});
  for (const auto& write : lost) visible_.restore(write.write, durable_);
  decide_in_flight(false);
}

void MemoryDisk::settle() { decide_in_flight(true); }

void MemoryDisk::store_ended(MemoryStore& store) {
  std::erase(stores_, &store);
  for (auto next = operations_.begin(); next != operations_.end();) {
    auto present = next++;
    auto& operation = *present->second;
    if (operation.store != &store) continue;
    operation.store = nullptr;
    operation.done = {};
    operation.first.cancel();
    operation.second.cancel();
    if (operation.stage == Operation::Stage::visible) make_durable(*operation.write, operation.stamp);
    if (operation.stage == Operation::Stage::waiting && !chance(1.0 / 3)) {
      operation.stage = Operation::Stage::late;
      operation.stamp = next_stamp_++;
      operation.late = chance(0.5) ? Duration::zero() : draw_up_to(faults_.late_max);
    }
    if (operation.stage == Operation::Stage::late) {
      at(operation.second, operation.late, &MemoryDisk::land_late, present->first);
    } else {
      operations_.erase(present);
    }
  }
}

// ---- the store

MemoryStore::MemoryStore(MemoryDisk& disk, Loop& loop) : disk_(disk), loop_(loop) { disk_.stores_.push_back(this); }

MemoryStore::~MemoryStore() { disk_.store_ended(*this); }

Future<StoreResult<Ok>> MemoryStore::start_write(StoreCall call, MemoryWrite write) {
  Promise<StoreResult<Ok>> promise;
  auto future = promise.future();
  if (dead_) return future;
  disk_.write(*this, call, std::move(write), [promise = std::move(promise)](std::optional<StoreError> error) mutable {
    promise.set(error ? StoreResult<Ok>(*error) : StoreResult<Ok>(Ok{}));
  });
  return future;
}

template <class T, class F>
Future<StoreResult<T>> MemoryStore::start_read(StoreCall call, F look) {
  Promise<StoreResult<T>> promise;
  auto future = promise.future();
  if (dead_) return future;
  auto seen = std::make_shared<T>();
  disk_.read(
      *this, call, [seen, look = std::move(look), this] { *seen = look(disk_.visible_); },
      [seen, promise = std::move(promise)](std::optional<StoreError> error) mutable {
        promise.set(error ? StoreResult<T>(*error) : StoreResult<T>(std::move(*seen)));
      });
  return future;
}

std::uint32_t MemoryStore::draw_limit(std::uint32_t limit) {
  return disk_.chance(disk_.faults_.short_pages) ? 1 + static_cast<std::uint32_t>(disk_.random_.below(limit)) : limit;
}

Future<StoreResult<Ok>> MemoryStore::append(Append batch) {
  check_append(batch);
  return start_write(StoreCall::append, std::move(batch));
}

Future<StoreResult<Store::Rows>> MemoryStore::read(LogId log, Seq low, Seq high, Direction direction, std::uint32_t limit) {
  check_log(log);
  check_limit(limit);
  return start_read<Rows>(StoreCall::read, [log = std::move(log), low, high, direction, limit = draw_limit(limit)](
                                               const MemoryState& state) { return state.read(log, low, high, direction, limit); });
}

Future<StoreResult<std::vector<std::optional<LogRow>>>> MemoryStore::read_rows(std::vector<LogPlace> places) {
  check_places(places);
  using Found = std::vector<std::optional<LogRow>>;
  return start_read<Found>(StoreCall::read_rows, [places = std::move(places)](const MemoryState& state) {
    Found found;
    for (const auto& place : places) found.push_back(state.read_row(place));
    return found;
  });
}

Future<StoreResult<Ok>> MemoryStore::rewrite(LogId log, Seq seq, Epoch epoch, std::uint64_t version, std::string record) {
  check_log(log);
  return start_write(StoreCall::rewrite, MemoryRewrite{std::move(log), seq, epoch, version, std::move(record)});
}

Future<StoreResult<Head>> MemoryStore::head(LogId log) {
  check_log(log);
  return start_read<Head>(StoreCall::head, [log = std::move(log)](const MemoryState& state) { return state.head(log); });
}

Future<StoreResult<Ok>> MemoryStore::set_head(LogId log, Head head) {
  check_log(log);
  check_head(head);
  return start_write(StoreCall::set_head, MemorySetHead{std::move(log), std::move(head)});
}

Future<StoreResult<std::optional<std::string>>> MemoryStore::get(RowKey key) {
  check_partition(key.table, key.partition);
  return start_read<std::optional<std::string>>(StoreCall::get,
                                                [key = std::move(key)](const MemoryState& state) { return state.get(key); });
}

Future<StoreResult<std::vector<std::optional<std::string>>>> MemoryStore::multi_get(std::vector<RowKey> keys) {
  for (const auto& key : keys) check_partition(key.table, key.partition);
  using Values = std::vector<std::optional<std::string>>;
  return start_read<Values>(StoreCall::multi_get, [keys = std::move(keys)](const MemoryState& state) {
    Values values;
    for (const auto& key : keys) values.push_back(state.get(key));
    return values;
  });
}

Future<StoreResult<Ok>> MemoryStore::put(RowTable table, std::string partition, std::vector<Row> rows) {
  check_rows(table, partition, rows);
  return start_write(StoreCall::put, MemoryPut{table, std::move(partition), std::move(rows)});
}

Future<StoreResult<Store::Scan>> MemoryStore::scan(RowTable table, std::string partition, std::string from, std::uint32_t limit) {
  check_partition(table, partition);
  check_limit(limit);
  return start_read<Scan>(StoreCall::scan, [table, partition = std::move(partition), from = std::move(from), limit = draw_limit(limit)](
                                               const MemoryState& state) { return state.scan(table, partition, from, limit); });
}

// ---- the inspector

namespace {

class MemoryInspector : public Inspector {
 public:
  explicit MemoryInspector(const MemoryState& state) : state_(state) {}

  StoreResult<Ok> each_log(Fn<void(const LogId&)> visit) override {
    std::set<LogId> logs;
    for (const auto& [log, cells] : state_.logs) {
      if (!cells.empty()) logs.insert(log);
    }
    for (const auto& [log, head] : state_.heads) logs.insert(log);
    for (const auto& log : logs) visit(log);
    return Ok{};
  }
  StoreResult<Head> head(const LogId& log) override { return state_.head(log); }
  StoreResult<Ok> each_log_row(const LogId& log, Fn<void(const LogRow&)> visit) override {
    auto found = state_.logs.find(log);
    if (found == state_.logs.end()) return Ok{};
    for (const auto& [place, cell] : found->second) visit({place.first, place.second, cell.version, cell.record});
    return Ok{};
  }
  StoreResult<Ok> each_row(RowTable table, Fn<void(const std::string&, const Row&)> visit) override {
    for (const auto& [place, partition] : state_.rows) {
      if (place.first != table) continue;
      for (const auto& [key, value] : partition) visit(place.second, {key, value.value});
    }
    return Ok{};
  }

 private:
  const MemoryState& state_;
};

}  // namespace

std::unique_ptr<Inspector> MemoryDisk::inspect() const { return std::make_unique<MemoryInspector>(visible_); }

}  // namespace kith
