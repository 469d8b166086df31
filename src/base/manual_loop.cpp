#include "base/manual_loop.h"

#include <cstring>

namespace kith {

void SeededRandom::fill(void* bytes, std::size_t size) {
  auto* out = static_cast<unsigned char*>(bytes);
  while (size > 0) {
    // SplitMix64: its whole state is one word, so a seed is all that a run needs.
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    z ^= z >> 31;
    std::size_t part = size < sizeof z ? size : sizeof z;
    std::memcpy(out, &z, part);
    out += part;
    size -= part;
  }
}

struct ManualLoop::Entry : Timer::Entry {
  Entry(const std::shared_ptr<Timers>& timers, TimerKey key) : timers_(timers), key_(key) {}
  ~Entry() override {
    // The node leaves the map before its callback dies: that may cancel other timers.
    if (auto timers = timers_.lock()) auto gone = timers->extract(key_);
  }

 private:
  std::weak_ptr<Timers> timers_;
  TimerKey key_;
};

ManualLoop::ManualLoop(std::uint64_t seed) : random_(seed), timers_(std::make_shared<Timers>()) {}

ManualLoop::~ManualLoop() {
  // Tasks own things whose end may cancel timers or post: let them go one at a time, with the loop still whole.
  for (;;) {
    Fn<void()> task;
    std::unique_lock lock(mutex_);
    if (!posted_.empty()) {
      task = std::move(posted_.front());
      posted_.pop_front();
    } else if (!deferred_.empty()) {
      task = std::move(deferred_.back());
      deferred_.pop_back();
    } else if (!timers_->empty()) {
      task = std::move(timers_->extract(timers_->begin()).mapped());
    } else {
      return;
    }
    lock.unlock();
  }
}

WallTime ManualLoop::wall() const { return {wall_offset_ms_ + now_.ns / 1'000'000}; }

void ManualLoop::set_wall(WallTime wall) { wall_offset_ms_ = wall.ms - now_.ns / 1'000'000; }

void ManualLoop::post(Fn<void()> task) {
  // Notify under the lock: whoever saw this task run may destroy the loop at once.
  std::lock_guard lock(mutex_);
  posted_.push_back(std::move(task));
  posted_something_.notify_one();
}

void ManualLoop::defer(Fn<void()> task) { deferred_.push_back(std::move(task)); }

Timer ManualLoop::after(Duration delay, Fn<void()> task) {
  TimerKey key{now_ + (delay < Duration::zero() ? Duration::zero() : delay), next_timer_++};
  timers_->emplace(key, std::move(task));
  return Timer(std::make_unique<Entry>(timers_, key));
}

std::size_t ManualLoop::timers() const { return timers_->size(); }

bool ManualLoop::turn() {
  std::deque<Fn<void()>> posted;
  {
    std::lock_guard lock(mutex_);
    posted.swap(posted_);
  }
  bool ran = !posted.empty();
  for (; !posted.empty(); posted.pop_front()) posted.front()();

  // Timers that are set from here on wait for the next turn, even with delay zero.
  std::uint64_t limit = next_timer_;
  auto due = [&] {
    auto timer = timers_->begin();
    while (timer != timers_->end() && timer->first.first <= now_ && timer->first.second >= limit) ++timer;
    return timer != timers_->end() && timer->first.first <= now_ ? timer : timers_->end();
  };
  for (auto timer = due(); timer != timers_->end(); timer = due()) {
    ran = true;
    auto node = timers_->extract(timer);
    node.mapped()();
  }

  auto deferred = std::exchange(deferred_, {});
  for (auto& task : deferred) {
    ran = true;
    auto call = std::move(task);
    call();
  }
  return ran;
}

void ManualLoop::run_until_idle() {
  while (turn()) {
  }
}

void ManualLoop::advance(Duration duration) {
  Instant end = now_ + duration;
  run_until_idle();
  while (!timers_->empty() && timers_->begin()->first.first <= end) {
    now_ = timers_->begin()->first.first;
    run_until_idle();
  }
  now_ = end;
}

bool ManualLoop::advance_to_next_timer() {
  run_until_idle();
  if (timers_->empty()) return false;
  now_ = timers_->begin()->first.first;
  run_until_idle();
  return true;
}

bool ManualLoop::run_until(Fn<bool()> done, Clock clock, Duration real) {
  // The bound is real time, because other threads take real time; nothing that is tested sees this clock.
  auto end = std::chrono::steady_clock::now() + real;
  for (;;) {
    if (done()) return true;
    auto left = end - std::chrono::steady_clock::now();
    if (left <= Duration::zero()) return false;
    if (turn()) continue;
    if (clock == Clock::jumps && !timers_->empty()) {
      now_ = timers_->begin()->first.first;
      continue;
    }
    wait_for_post(left);
  }
}

bool ManualLoop::wait_for_post(Duration real) {
  std::unique_lock lock(mutex_);
  return posted_something_.wait_for(lock, real, [&] { return !posted_.empty(); });
}

}  // namespace kith
