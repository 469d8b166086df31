#include "front/asio_loop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace kith {
namespace {

TEST(AsioLoop, KeepsTheOrderOfATurn) {
  AsioLoop loop;
  std::string order;
  loop.post([&] {
    loop.defer([&] { order += 'd'; });
    loop.post([&] {
      order += 'c';
      loop.stop();
    });
    order += 'a';
  });
  loop.post([&] { order += 'b'; });
  loop.run();
  loop.post([&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(order, "abdc");
}

TEST(AsioLoop, RunsTimersByTimeAndThenByAge) {
  AsioLoop loop;
  std::string order;
  std::vector<Timer> timers;
  const auto set = [&](Duration delay, char name) { timers.push_back(loop.after(delay, [&order, name] { order += name; })); };
  set(30ms, 'd');
  set(10ms, 'b');
  set(0ms, 'a');
  set(20ms, 'x');
  timers[3].cancel();
  set(10ms, 'c');
  timers.push_back(loop.after(40ms, [&] { loop.stop(); }));
  const Instant before = loop.now();
  loop.run();
  EXPECT_EQ(order, "abcd");
  EXPECT_GE(loop.now() - before, 40ms);
}

TEST(AsioLoop, CancellingDestroysTheTaskAtOnce) {
  AsioLoop loop;
  auto owned = std::make_shared<int>(1);
  Timer timer = loop.after(1h, [owned] {});
  EXPECT_EQ(owned.use_count(), 2);
  timer.cancel();
  EXPECT_EQ(owned.use_count(), 1);

  // A task may destroy its own timer.
  timer = loop.after(1ms, [&, owned] {
    timer.cancel();
    EXPECT_EQ(owned.use_count(), 2);
    loop.stop();
  });
  loop.run();
  EXPECT_EQ(owned.use_count(), 1);
}

TEST(AsioLoop, KeepsTheOrderOfEachThread) {
  AsioLoop loop;
  constexpr int kThreads = 4, kTasks = 20'000;
  std::vector<int> last(kThreads, -1);
  int done = 0;
  {
    LoopThread runs(loop);
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kTasks; ++i) {
          loop.post([&, t, i] {
            EXPECT_EQ(std::exchange(last[t], i), i - 1);
            ++done;
          });
        }
      });
    }
    for (auto& thread : threads) thread.join();
  }
  EXPECT_EQ(done, kThreads * kTasks);
}

TEST(AsioLoop, DropsWhatNeverRan) {
  auto owned = std::make_shared<int>(1);
  // Its destructor posts, as objects that die with their loop may.
  struct Poster {
    std::shared_ptr<int> owned;
    AsioLoop* loop;
    Poster(std::shared_ptr<int> o, AsioLoop* l) : owned(std::move(o)), loop(l) {}
    Poster(Poster&& other) noexcept : owned(std::move(other.owned)), loop(std::exchange(other.loop, nullptr)) {}
    ~Poster() {
      if (loop) loop->post([o = owned] {});
    }
    void operator()() { FAIL(); }
  };
  Timer timer;
  {
    AsioLoop loop;
    loop.post(Poster(owned, &loop));
    loop.defer(Poster(owned, &loop));
    timer = loop.after(1ms, Poster(owned, &loop));
    EXPECT_GT(owned.use_count(), 1);
  }
  EXPECT_EQ(owned.use_count(), 1);
}  // The timer outlives its loop.

TEST(AsioLoop, RandomNumbersDoNotRepeat) {
  AsioLoop loop;
  std::vector<std::uint64_t> numbers;
  for (int i = 0; i < 1000; ++i) numbers.push_back(loop.random().next());
  std::string big(4096, '\0');
  loop.random().fill(big.data(), big.size());
  EXPECT_NE(big.find_first_not_of('\0'), std::string::npos);
  std::sort(numbers.begin(), numbers.end());
  EXPECT_EQ(std::adjacent_find(numbers.begin(), numbers.end()), numbers.end());
}

}  // namespace
}  // namespace kith
