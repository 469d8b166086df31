// base/manual_loop.h — A Loop for tests: its clock is virtual and turns only by hand.
//
//   Which loop   One thread drives it (the run and advance functions); post() may come from any thread.
//   Order        A turn: what was posted, then the timers that are due, then what was deferred. Timers of one instant run in the order in
//                which they were set.
//   Time         Stands still inside a turn; starts at 1 s and at a wall time of 2023-11-14.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/loop.h"

namespace kith {

// The same numbers for the same seed, everywhere. For tests and the simulator; never for secrets.
class SeededRandom : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(void* bytes, std::size_t size) override;

 private:
  std::uint64_t state_;
};

class ManualLoop : public Loop {
 public:
  explicit ManualLoop(std::uint64_t seed = 1);
  ~ManualLoop() override;
  ManualLoop(const ManualLoop&) = delete;
  ManualLoop& operator=(const ManualLoop&) = delete;

  Instant now() const override { return now_; }
  WallTime wall() const override;
  Random& random() override { return random_; }
  void post(Fn<void()> task) override;
  void defer(Fn<void()> task) override;
  [[nodiscard]] Timer after(Duration delay, Fn<void()> task) override;

  // Runs turns until nothing is due at this instant. The clock stands.
  void run_until_idle();

  // Turns the clock, stopping at each timer on the way.
  void advance(Duration duration);

  // Goes to the next timer and runs what is due then; false when no timer is set.
  bool advance_to_next_timer();

  // Runs until `done` is true or `real` time has passed; says whether it is done. When nothing is due, a clock that jumps goes to the
  // next timer at once; else, or without timers, it waits for other threads to post.
  enum class Clock : std::uint8_t { jumps, stands };
  bool run_until(Fn<bool()> done, Clock clock = Clock::jumps, Duration real = std::chrono::seconds(30));

  std::size_t timers() const;

  // What the wall clock shows beyond the monotonic one, in milliseconds: may be set back.
  void set_wall(WallTime wall);

 private:
  using TimerKey = std::pair<Instant, std::uint64_t>;
  using Timers = std::map<TimerKey, Fn<void()>>;
  struct Entry;

  bool turn();
  bool wait_for_post(Duration real);

  SeededRandom random_;
  Instant now_{1'000'000'000};
  std::int64_t wall_offset_ms_ = 1'700'000'000'000;
  std::shared_ptr<Timers> timers_;  // Timer entries hold it weakly: they may outlive the loop.
  std::uint64_t next_timer_ = 0;
  std::vector<Fn<void()>> deferred_;

  std::mutex mutex_;  // Guards what is below.
  std::condition_variable posted_something_;
  std::deque<Fn<void()>> posted_;
};

}  // namespace kith
