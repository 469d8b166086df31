#include "front/asio_loop.h"

#include <sodium.h>

#include <array>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/intrusive/set.hpp>
#include <chrono>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

namespace kith {

namespace {

namespace asio = boost::asio;
namespace intrusive = boost::intrusive;
using Tasks = std::vector<Fn<void()>>;

// The system's generator, asked for 512 bytes at a time: a system call per id would cost more than the id. What was given out is wiped.
class SystemRandom final : public Random {
 public:
  SystemRandom() { KITH_ASSERT(sodium_init() >= 0); }
  ~SystemRandom() override { sodium_memzero(pool_.data(), pool_.size()); }

  void fill(void* bytes, std::size_t size) override {
    if (size > pool_.size() / 4) return randombytes_buf(bytes, size);
    if (pool_.size() - used_ < size) {
      randombytes_buf(pool_.data(), pool_.size());
      used_ = 0;
    }
    std::memcpy(bytes, pool_.data() + used_, size);
    sodium_memzero(pool_.data() + used_, size);
    used_ += size;
  }

 private:
  std::array<unsigned char, 512> pool_{};
  std::size_t used_ = pool_.size();
};

using TimerHook = intrusive::set_base_hook<intrusive::link_mode<intrusive::auto_unlink>>;

struct TimerEntry final : Timer::Entry, TimerHook {
  TimerEntry(Instant d, std::uint64_t n, Fn<void()> t) : due(d), number(n), task(std::move(t)) {}
  Instant due;
  std::uint64_t number;  // Timers of one instant run in the order in which they were set.
  Fn<void()> task;

  friend bool operator<(const TimerEntry& a, const TimerEntry& b) { return std::pair(a.due, a.number) < std::pair(b.due, b.number); }
};

using TimerSet = intrusive::set<TimerEntry, intrusive::constant_time_size<false>>;
using AsioTimer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, asio::io_context::executor_type>;

constexpr Instant kNever{INT64_MAX};

}  // namespace

struct AsioLoop::Impl {
  std::mutex mutex;  // Guards what is in this group.
  Tasks foreign;
  bool foreign_scheduled = false;
  bool ended = false;

  SystemRandom random;
  Tasks own;
  Tasks deferred;
  bool own_scheduled = false;
  bool deferred_scheduled = false;
  TimerSet timers;
  Instant alarm_at = kNever;
  std::uint64_t next_number = 0;

  // Last, so that it goes first: handlers that die with it may still post (in vain). Hint 1: one thread runs the context; posting from
  // others stays safe.
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  AsioTimer alarm{context};

  ~Impl() {
    // Tasks own things whose destructors may post again: those find the loop ended and are dropped.
    Tasks dropped;
    {
      std::lock_guard lock(mutex);
      ended = true;
      dropped.swap(foreign);
    }
    dropped.clear();
    while (!own.empty() || !deferred.empty()) {
      Tasks(std::exchange(own, {})).clear();
      Tasks(std::exchange(deferred, {})).clear();
    }
    while (!timers.empty()) {
      TimerEntry& entry = *timers.begin();
      timers.erase(timers.begin());
      Fn<void()> task = std::move(entry.task);
    }
  }

  void run_own() {
    own_scheduled = false;
    run(own);
  }
  void run_deferred() {
    deferred_scheduled = false;
    run(deferred);
  }
  void run_foreign() {
    Tasks due;
    {
      std::lock_guard lock(mutex);
      foreign_scheduled = false;
      due.swap(foreign);
    }
    for (auto& task : due) std::exchange(task, {})();
  }

  // What these tasks add waits for the next round, so that sockets get their turn in between.
  void run(Tasks& tasks) {
    Tasks due;
    due.swap(tasks);
    for (auto& task : due) std::exchange(task, {})();
    due.clear();
    if (tasks.empty()) tasks.swap(due);  // Keeps the capacity.
  }

  // An alarm that rings too early is cheaper than moving it at each cancelled timer.
  void set_alarm() {
    if (timers.empty() || timers.begin()->due >= alarm_at) return;
    alarm_at = timers.begin()->due;
    alarm.expires_at(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(alarm_at.ns)));
    alarm.async_wait([this](const boost::system::error_code& error) {
      if (!error) ring();
    });
  }

  void ring() {
    alarm_at = kNever;
    const Instant now{std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()).count()};
    while (!timers.empty() && timers.begin()->due <= now) {
      TimerEntry& entry = *timers.begin();
      timers.erase(timers.begin());
      Fn<void()> task = std::move(entry.task);  // The task may destroy its own Timer.
      task();
    }
    set_alarm();
  }
};

AsioLoop::AsioLoop() : impl_(std::make_unique<Impl>()) {}
AsioLoop::~AsioLoop() = default;

Instant AsioLoop::now() const {
  return {std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()).count()};
}

WallTime AsioLoop::wall() const {
  return {std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

Random& AsioLoop::random() { return impl_->random; }

void AsioLoop::post(Fn<void()> task) {
  Impl& impl = *impl_;
  if (impl.context.get_executor().running_in_this_thread()) {
    impl.own.push_back(std::move(task));
    if (!std::exchange(impl.own_scheduled, true)) asio::post(impl.context, [&impl] { impl.run_own(); });
    return;
  }
  bool wake = false;
  {
    std::lock_guard lock(impl.mutex);
    if (impl.ended) return;
    impl.foreign.push_back(std::move(task));
    wake = !std::exchange(impl.foreign_scheduled, true);
  }
  if (wake) asio::post(impl.context, [&impl] { impl.run_foreign(); });
}

void AsioLoop::defer(Fn<void()> task) {
  Impl& impl = *impl_;
  impl.deferred.push_back(std::move(task));
  if (!std::exchange(impl.deferred_scheduled, true)) asio::post(impl.context, [&impl] { impl.run_deferred(); });
}

Timer AsioLoop::after(Duration delay, Fn<void()> task) {
  auto entry = std::make_unique<TimerEntry>(now() + delay, impl_->next_number++, std::move(task));
  impl_->timers.insert(*entry);
  impl_->set_alarm();
  return Timer(std::move(entry));
}

void AsioLoop::run() {
  impl_->context.run();
  impl_->context.restart();  // A stop() counts once, also one that came before.
}

void AsioLoop::stop() { impl_->context.stop(); }

asio::io_context& AsioLoop::context() { return impl_->context; }

LoopThread::LoopThread(AsioLoop& loop) : loop_(loop), thread_([&loop] { loop.run(); }) {}

LoopThread::~LoopThread() {
  // Posted, so that what this thread posted before still runs.
  loop_.post([this] { loop_.stop(); });
  thread_.join();
}

}  // namespace kith
