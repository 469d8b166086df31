// base/loop.h — One thread's event loop: the seam through which all code gets time, timers, turns and randomness.
//
// Everything that Kith does on a loop happens one callback at a time, so state that belongs to one loop needs no locks.
// AsioLoop (base/asio_loop.h) is the real one; SimLoop (sim/sim_loop.h) runs on a virtual clock from one seed.
#pragma once

#include <cstdint>
#include <memory>

#include "base/fn.h"
#include "base/time.h"

namespace kith {

class Random;

// A pending timer. Destroying or resetting it cancels: the callback is then never called, and is destroyed at once. A callback may
// reset or replace its own Timer.
class Timer {
 public:
  struct Entry {
    virtual ~Entry() = default;
  };
  Timer() = default;
  explicit Timer(std::unique_ptr<Entry> entry) : entry_(std::move(entry)) {}
  void cancel() { entry_.reset(); }
  explicit operator bool() const { return entry_ != nullptr; }

 private:
  std::unique_ptr<Entry> entry_;
};

class Loop {
 public:
  virtual ~Loop() = default;

  virtual Instant now() const = 0;    // Monotonic; may stand still inside one callback.
  virtual WallTime wall() const = 0;  // May jump.
  virtual Random& random() = 0;       // This loop's own source.

  // Runs `task` on this loop, after what is already due. Any thread may call; tasks of one thread keep their order.
  // A task that never runs (the loop ends first) is destroyed with the loop.
  virtual void post(Fn<void()> task) = 0;

  // Runs `task` on this loop when all that is due at this moment has run: the end of the turn, where writes are gathered.
  // Only from this loop.
  virtual void defer(Fn<void()> task) = 0;

  // Runs `task` once, after `delay`. Only from this loop. The Timer must outlive the wait, or the task is cancelled.
  [[nodiscard]] virtual Timer after(Duration delay, Fn<void()> task) = 0;
};

// Random numbers for ids, jitter and secrets. The real one is the system's, the simulated one is seeded.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(void* bytes, std::size_t size) = 0;

  std::uint64_t next() {
    std::uint64_t value;
    fill(&value, sizeof value);
    return value;
  }
  std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }
};

}  // namespace kith
