// store/memory_store.h — A store in memory that takes time and fails in all the ways that real ones do; for tests and the simulator.
//
//   Which loop   One thread. The disk's timers run on the disk's loop; completions run on the store's loop (posted, if that is another).
//   Order        Calls overtake each other. A read sees one moment between its call and its completion; a write becomes visible at one.
//   Durable      At completion, unless set_sync(false). A write in flight at a crash happened or not, as a whole, each for itself.
//                What was built on (a row rewritten, a head compared) counts as happened.
//   Cancelled    When a MemoryStore ends (its node crashed), its completions vanish; its writes in flight happen now, never, or late.
//   Fails        As MemoryFaults says.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/loop.h"
#include "store/inspect.h"
#include "store/memory_state.h"
#include "store/store.h"

namespace kith {

class MemoryStore;

enum class StoreCall : std::uint8_t { append, read, rewrite, head, set_head, get, multi_get, put, scan, read_rows };
inline constexpr std::size_t kStoreCalls = 10;

// How long a call takes: uniform in [min, max]. Both zero: it is done inside the call, and completes in the next turn.
struct MemoryTiming {
  Duration min{0};
  Duration max{0};
};

enum class MemoryFault : std::uint8_t {
  none,
  unavailable,   // Nothing was done.
  unknown_lost,  // Writes only, as the next two; a read is unavailable instead. Nothing was done.
  unknown_done,  // It was done all the same.
  unknown_late,  // It will be done within late_max, maybe after later writes of other rows; a newer write of the same row wins.
  corrupt,       // Reads only; a write is unavailable instead.
};

// Probabilities are per call, from 0 to 1.
struct MemoryFaults {
  double unavailable = 0;
  double unknown_lost = 0;
  double unknown_done = 0;
  double unknown_late = 0;
  double corrupt = 0;
  double slow = 0;         // Takes up to slow_max more.
  double short_pages = 0;  // A read or scan of several rows answers with fewer, and `more`.
  Duration late_max = std::chrono::seconds(5);
  Duration slow_max = std::chrono::seconds(2);

  // The n-th call of a kind since these faults were set, from 1.
  struct Nth {
    StoreCall call;
    std::uint64_t n;
    MemoryFault fault;
  };
  std::vector<Nth> exactly;
};

// What survives when the processes that use it crash. Outlives every MemoryStore on it.
class MemoryDisk {
 public:
  // `random` decides all that is left to chance here.
  MemoryDisk(Loop& loop, Random& random, MemoryTiming timing = {});
  ~MemoryDisk();
  MemoryDisk(const MemoryDisk&) = delete;
  MemoryDisk& operator=(const MemoryDisk&) = delete;

  void set_timing(MemoryTiming timing) { timing_ = timing; }
  void set_faults(MemoryFaults faults);  // Of calls from now on.
  void set_space(Space space) { space_ = space; }

  // false: what completed within the last `window` is lost at crash(). The planted fault of a store that does not sync.
  void set_sync(bool sync, Duration window = std::chrono::milliseconds(100));

  // The machine of the disk loses power: every write in flight, late ones too, happens or not, now. Stores on it are dead from here on:
  // they never complete anything again.
  void crash();

  // The same for a process that is killed while its machine goes on: nothing that completed is lost, even without sync.
  void settle();

  std::uint64_t calls(StoreCall call) const { return calls_[static_cast<std::size_t>(call)]; }
  std::size_t in_flight() const { return operations_.size(); }

  // Above 0: a (seq, epoch) was given to two entries.
  std::uint64_t numbers_reused() const { return visible_.numbers_reused; }

  // What every read would see now. The disk must outlive the inspector.
  const MemoryState& state() const { return visible_; }
  std::unique_ptr<Inspector> inspect() const;

 private:
  friend class MemoryStore;
  struct Operation;
  using Done = Fn<void(std::optional<StoreError>)>;  // Nothing: it worked.

  struct Unsynced {
    Instant when;
    MemoryWrite write;
    std::uint64_t stamp;
  };

  MemoryFault draw_fault(StoreCall call);
  Duration draw_time();
  Duration draw_up_to(Duration max);
  bool chance(double probability);

  void write(MemoryStore& store, StoreCall call, MemoryWrite write, Done done);
  void read(MemoryStore& store, StoreCall call, Fn<void()> look, Done done);
  std::uint64_t add(MemoryStore& store, Done done);
  void at(Timer& timer, Duration delay, void (MemoryDisk::*step)(std::uint64_t), std::uint64_t id);
  void complete_next_turn(std::uint64_t id);
  void look(std::uint64_t id);
  void become_visible(std::uint64_t id);
  void complete(std::uint64_t id);
  void land_late(std::uint64_t id);
  void deliver(Operation& operation);
  void make_durable(MemoryWrite write, std::uint64_t stamp);
  void make_base_durable(const MemoryWrite& write);
  void decide_in_flight(bool of_the_dead_only);
  void store_ended(MemoryStore& store);

  Loop& loop_;
  Random& random_;
  MemoryTiming timing_;
  MemoryFaults faults_;
  Space space_ = Space::enough;
  bool sync_ = true;
  Duration sync_window_{0};
  std::array<std::uint64_t, kStoreCalls> calls_{};
  std::array<std::uint64_t, kStoreCalls> calls_since_faults_{};

  MemoryState visible_;  // What reads see.
  MemoryState durable_;  // What a crash leaves.
  std::vector<Unsynced> unsynced_;
  std::uint64_t next_stamp_ = 1;
  std::map<std::uint64_t, std::unique_ptr<Operation>> operations_;  // In the order of the calls.
  std::uint64_t next_operation_ = 1;
  std::vector<MemoryStore*> stores_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

class MemoryStore : public Store {
 public:
  MemoryStore(MemoryDisk& disk, Loop& loop);
  ~MemoryStore() override;
  MemoryStore(const MemoryStore&) = delete;
  MemoryStore& operator=(const MemoryStore&) = delete;

  Future<StoreResult<Ok>> append(Append batch) override;
  Future<StoreResult<Rows>> read(LogId log, Seq low, Seq high, Direction direction, std::uint32_t limit) override;
  Future<StoreResult<std::vector<std::optional<LogRow>>>> read_rows(std::vector<LogPlace> places) override;
  Future<StoreResult<Ok>> rewrite(LogId log, Seq seq, Epoch epoch, std::uint64_t version, std::string record) override;
  Future<StoreResult<Head>> head(LogId log) override;
  Future<StoreResult<Ok>> set_head(LogId log, Head head) override;
  Future<StoreResult<std::optional<std::string>>> get(RowKey key) override;
  Future<StoreResult<std::vector<std::optional<std::string>>>> multi_get(std::vector<RowKey> keys) override;
  Future<StoreResult<Ok>> put(RowTable table, std::string partition, std::vector<Row> rows) override;
  Future<StoreResult<Scan>> scan(RowTable table, std::string partition, std::string from, std::uint32_t limit) override;
  Space space() const override { return disk_.space_; }

 private:
  friend class MemoryDisk;

  Future<StoreResult<Ok>> start_write(StoreCall call, MemoryWrite write);
  template <class T, class F>
  Future<StoreResult<T>> start_read(StoreCall call, F look);
  std::uint32_t draw_limit(std::uint32_t limit);

  MemoryDisk& disk_;
  Loop& loop_;
  bool dead_ = false;  // Its disk crashed.
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace kith
