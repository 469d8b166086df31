#include "log/log.h"

#include <algorithm>
#include <limits>

#include "base/crash_point.h"
#include "base/plant.h"
#include "base/wait.h"
#include "log/chain.h"

namespace kith {

namespace {
constexpr std::uint32_t kReadRows = 1024, kStoreRowsMax = 4096;
constexpr Seq kSeqMax{std::numeric_limits<std::uint64_t>::max()};
constexpr Duration kPauseMin = 10ms, kPauseMax = 1s;
}  // namespace

Log::Log(Loop& loop, Store& store, LogId id, Epoch epoch, Owner& owner)
    : loop_(loop), store_(store), owner_(owner), id_(std::move(id)), epoch_(epoch) {}

Epoch Log::epoch_of(Seq seq) const { return epoch_at(row_.chain, seq).value_or(epoch_); }

Task<StoreResult<Ok>> Log::open(Fn<void(const LogRow&)> replay) {
  auto head = co_await store_.head(id_);
  if (!head) co_return head.error();
  row_ = std::move(*head);
  KITH_ASSERT(row_.chain.empty() || row_.chain.back().epoch <= epoch_);
  head_ = row_.checkpoint;
  for (bool more = !row_.chain.empty(); more;) {
    auto rows = co_await store_.read(id_, head_.next(), kSeqMax, Direction::up, kReadRows);
    if (!rows) co_return rows.error();
    Seq before = head_;
    for (const LogRow& row : rows->rows) {
      if (!counts(row)) continue;
      if (row.seq > head_.next()) break;
      if (row.seq == head_.next()) {
        head_ = row.seq;
        replay(row);
      }
    }
    more = rows->more && head_ > before;
  }
  co_return Ok{};
}

bool Log::counts(const LogRow& row) const { return epoch_at(row_.chain, row.seq) == row.epoch; }

void Log::ready() {
  if (in_flight_ || scheduled_ || lost_) return;
  scheduled_ = true;
  // At the end of the turn, so that everything this turn brings shares one batch.
  scope_.spawn([](Log& log) -> Task<void> {
    co_await end_of_turn(log.loop_);
    log.scheduled_ = false;
    log.cut();
  }(*this));
}

void Log::cut() {
  // The head row has one writer at a time: an append that must extend the chain waits for a checkpoint on its way.
  bool extend = (row_.chain.empty() || row_.chain.back().epoch != epoch_) && !planted(Plant::no_chain_extension);
  if (in_flight_ || lost_ || (extend && head_busy_)) return;
  Batch batch;
  batch.first_ = head_.next();
  batch.rows_max_ = kBucketRows - (batch.first_.value - 1) % kBucketRows;
  owner_.fill(batch);
  if (batch.records_.empty()) return;
  batch_ = Append{id_, epoch_, batch.first_, std::move(batch.records_), std::nullopt};
  if (extend) {
    batch_.head = row_;
    batch_.head->chain = extended(row_.chain, epoch_, batch_.first);
    batch_.head->revision = row_.revision + 1;
    head_busy_ = true;
  }
  crash_point("log_batch_cut");
  in_flight_ = true;
  pause_ = kPauseMin;
  submit();
  if (planted(Plant::ack_before_durable) && in_flight_) {
    Seq last = batch_.first + (batch_.records.size() - 1);
    owner_.durable(batch_.first, last);
  }
}

void Log::submit() {
  scope_.spawn([](Log& log) -> Task<void> {
    auto result = co_await log.store_.append(log.batch_);
    log.completed(result);
  }(*this));
}

void Log::completed(StoreResult<Ok> result) {
  if (!result) {
    // A head row that is damaged cannot be judged; the next opening says so to everybody who asks.
    if (result.error() == StoreError::conflict || result.error() == StoreError::corrupt) {
      in_flight_ = head_busy_ = false;
      lost_ = true;
      owner_.lost();
      return;
    }
    if (planted(Plant::new_id_on_repeat) && !batch_.head) {
      batch_.first = batch_.first.next();
      if ((batch_.first.value - 1) / kBucketRows != (batch_.first.value + batch_.records.size() - 2) / kBucketRows)
        batch_.first = batch_.first - 1;
    }
    retry_ = loop_.after(pause_, [this] { submit(); });
    pause_ = std::min(pause_ * 2, kPauseMax);
    return;
  }
  if (batch_.head) {
    row_ = std::move(*batch_.head);
    head_busy_ = false;
  }
  Seq first = batch_.first;
  Seq last = first + (batch_.records.size() - 1);
  head_ = last;
  batch_ = {};
  in_flight_ = false;
  crash_point("log_durable");
  if (!planted(Plant::ack_before_durable)) owner_.durable(first, last);
  if (owner_.waiting()) cut();
}

Task<StoreResult<std::vector<LogRow>>> Log::read(Seq low, Seq high, Direction direction, std::uint32_t limit) {
  std::vector<LogRow> found;
  low = std::max({low, row_.first_kept, Seq{1}});
  high = std::min(high, head_);
  auto want = std::min(limit, kReadRows);
  while (low <= high && found.size() < limit) {
    auto rows = co_await store_.read(id_, low, high, direction, want);
    if (!rows) co_return rows.error();
    bool moved = false;
    for (LogRow& row : rows->rows) {
      if (!counts(row) || found.size() == limit) continue;
      // Several epochs may have left rows at one seq: move on only past the one that counts, lest a page's end hides it.
      (direction == Direction::up ? low : high) = direction == Direction::up ? row.seq.next() : row.seq - 1;
      found.push_back(std::move(row));
      moved = true;
    }
    if (!rows->more) break;
    if (!moved) want = std::min(want * 2, kStoreRowsMax);
    if (!moved && rows->rows.size() >= kStoreRowsMax) break;
  }
  co_return found;
}

Task<StoreResult<Ok>> Log::set_checkpoint(Seq seq) {
  if (head_busy_ || lost_ || seq <= row_.checkpoint) co_return Ok{};
  KITH_ASSERT(seq <= head_);
  head_busy_ = true;
  Head changed = row_;
  changed.checkpoint = seq;
  changed.revision = row_.revision + 1;
  StoreResult<Ok> result = Ok{};
  for (Duration pause = kPauseMin;; pause = std::min(pause * 2, kPauseMax)) {
    result = co_await store_.set_head(id_, changed);
    // Only a definite answer frees the head row: the next change of it must know which revision stands.
    if (result || result.error() == StoreError::conflict) break;
    co_await wait(loop_, pause);
  }
  head_busy_ = false;
  if (!result) {
    lost_ = true;
    owner_.lost();
    co_return result.error();
  }
  row_ = std::move(changed);
  crash_point("checkpoint_written");
  if (owner_.waiting()) ready();
  co_return Ok{};
}

}  // namespace kith
