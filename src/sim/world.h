// sim/world.h — A whole world in one thread: virtual time, every loop, one seed. Same seed, same build: same run.
//
// Nothing happens but events, one after the other in the order of their time; what an event costs takes no time. SimLoop is the Loop of
// production code here: the server's, a device's, the disk's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/manual_loop.h"  // SeededRandom

namespace kith::sim {

class SimLoop;

class World {
 public:
  explicit World(std::uint64_t seed);

  Instant now() const { return now_; }
  WallTime wall() const { return {kWallStart + now_.ns / 1'000'000 + wall_skew_ms_}; }
  void skew_wall(std::int64_t ms) {
    wall_skew_ms_ += ms;
    if (ms < 0) turned_back_ = now_;
  }
  Instant turned_back() const { return turned_back_; }  // When the wall clock went back last.
  SeededRandom& random() { return random_; }

  // Chances and amounts, all from the seed.
  bool chance(double probability) { return static_cast<double>(random_.next() >> 11) * 0x1.0p-53 < probability; }
  std::uint64_t between(std::uint64_t low, std::uint64_t high) { return low + random_.below(high - low + 1); }
  Duration between(Duration low, Duration high) {
    return Duration(static_cast<std::int64_t>(between(static_cast<std::uint64_t>(low.count()), static_cast<std::uint64_t>(high.count()))));
  }

  // Runs the earliest event; false when there is none until `end`, and then it is `end`.
  bool step(Instant end);
  void run_until(Instant end) {
    while (step(end)) {
    }
  }
  std::uint64_t events() const { return events_; }

  // Called after every event; may end loops (a crash between any two steps of the server).
  std::function<void()> after_each;

  // Everything that is observable flows in here; equal runs give equal hashes.
  void note(std::string_view what);
  std::uint64_t trace_hash() const { return hash_; }
  // A readable trace, line by line, when set.
  std::function<void(const std::string&)> trace;

 private:
  friend class SimLoop;
  static constexpr std::int64_t kWallStart = 1'760'000'000'000;
  using Key = std::pair<Instant, std::uint64_t>;
  struct Event {
    std::uint32_t loop;
    Fn<void()> task;
  };
  struct TimerEntry;

  Key add(std::uint32_t loop, Instant at, Fn<void()> task);
  void drop_loop(std::uint32_t loop);

  SeededRandom random_;
  Instant now_{1'000'000'000};
  std::int64_t wall_skew_ms_ = 0;
  Instant turned_back_;
  std::uint64_t next_order_ = 0, events_ = 0, hash_ = 1469598103934665603ull;
  std::uint32_t next_loop_ = 1, current_loop_ = 0;
  std::shared_ptr<std::map<Key, Event>> queue_;
};

// One loop of the world. When it ends, what it had still to do never happens.
class SimLoop final : public Loop {
 public:
  explicit SimLoop(World& world);
  ~SimLoop() override;

  Instant now() const override { return world_.now(); }
  WallTime wall() const override { return world_.wall(); }
  Random& random() override { return random_; }
  void post(Fn<void()> task) override;  // From another loop: takes a moment, and keeps the order.
  void defer(Fn<void()> task) override;
  [[nodiscard]] Timer after(Duration delay, Fn<void()> task) override;

 private:
  World& world_;
  const std::uint32_t id_;
  SeededRandom random_;
  std::map<std::uint32_t, Instant> last_from_;
};

}  // namespace kith::sim
