// log/log.h — The one class behind conversations and inboxes: a dense, durable sequence of records with one writer.
//
//   Which loop   The owner's; not thread-safe. The owner outlives its Log.
//   Order        Numbers are given when a batch is cut, in the order of Batch::add. One batch is in flight; while it is being made
//                durable the owner collects the next (group commit), so there are never holes.
//   Durable      When Owner::durable is called. head() counts durable entries only, and only they are ever read.
//   Fails        Writes: an unclear outcome repeats the identical write, with growing pauses, until it succeeds; a number is never given
//                to another record within an epoch. Reads: with the StoreError.
//   Lost         Another writer has the log (the head row is not ours): Owner::lost, once; nothing is appended any more.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/task.h"
#include "store/store.h"

namespace kith {

class Log {
 public:
  // What goes out in one durable step.
  class Batch {
   public:
    // May another record be added? Batches end at kBatchBytesMax and at the border of a bucket.
    bool room() const { return records_.size() < rows_max_ && bytes_ < kBatchBytesMax; }
    // The seq that the next record will get.
    Seq next() const { return first_ + records_.size(); }
    Seq add(std::string record) {
      KITH_ASSERT(room());
      bytes_ += record.size();
      records_.push_back(std::move(record));
      return first_ + (records_.size() - 1);
    }

   private:
    friend class Log;
    static constexpr std::size_t kBatchBytesMax = 512 << 10;
    Seq first_;
    std::size_t rows_max_ = 0, bytes_ = 0;
    std::vector<std::string> records_;
  };

  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void fill(Batch& batch) = 0;            // Add what waits, as far as there is room.
    virtual bool waiting() const = 0;               // Is there anything to fill in?
    virtual void durable(Seq first, Seq last) = 0;  // These are safe now; called in order.
    virtual void lost() = 0;
  };

  Log(Loop& loop, Store& store, LogId id, Epoch epoch, Owner& owner);
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // Finds the head: reads the head row and the contiguous tail above the checkpoint. `replay` is called for each row of the tail, in
  // order. Call once, before everything else.
  Task<StoreResult<Ok>> open(Fn<void(const LogRow&)> replay);

  // There is something to append: fill() comes at the end of this turn, or when the batch in flight is durable.
  void ready();

  // Entries low..high that are durable, oldest or newest first, at most `limit`; fewer only where the range ends.
  Task<StoreResult<std::vector<LogRow>>> read(Seq low, Seq high, Direction direction, std::uint32_t limit);

  // Records that all views up to `seq` are durable. Skipped (a success) while the head row is being changed by an append.
  Task<StoreResult<Ok>> set_checkpoint(Seq seq);

  Seq head() const { return head_; }
  Epoch epoch() const { return epoch_; }
  Epoch epoch_of(Seq seq) const;
  std::uint32_t rebuild() const { return row_.rebuild; }
  Seq checkpoint() const { return row_.checkpoint; }
  bool idle() const { return !in_flight_ && !scheduled_ && !head_busy_; }

 private:
  bool counts(const LogRow& row) const;
  void cut();
  void submit();
  void completed(StoreResult<Ok> result);

  Loop& loop_;
  Store& store_;
  Owner& owner_;
  const LogId id_;
  const Epoch epoch_;
  Head row_;  // As it is in the store.
  Seq head_;
  Append batch_;  // The batch in flight, kept for an identical repeat.
  bool in_flight_ = false, scheduled_ = false, head_busy_ = false, lost_ = false;
  Duration pause_{};
  Timer retry_;
  Scope scope_;
};

}  // namespace kith
