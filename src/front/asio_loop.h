// front/asio_loop.h — The real Loop: one thread, one boost::asio::io_context, the system's clocks and randomness.
//
//   Which loop   run() is called by one thread; post() and stop() by any, the rest only by that thread (or before it runs).
//   Order        Tasks of one thread keep their order. A turn's deferred tasks run after all that was due when the first was deferred.
//   Cost         Posts from other threads collect behind a mutex and wake the loop once; own posts take no lock. A timer is one allocation.
//   Ending       stop() lets run() return after the callback in progress. The destructor destroys what never ran, without running it;
//                sockets of the context must be gone by then. A Timer may outlive its loop.
#pragma once

#include <memory>
#include <thread>

#include "base/loop.h"

namespace boost::asio {
class io_context;
}

namespace kith {

class AsioLoop final : public Loop {
 public:
  AsioLoop();
  ~AsioLoop() override;
  AsioLoop(const AsioLoop&) = delete;
  AsioLoop& operator=(const AsioLoop&) = delete;

  Instant now() const override;
  WallTime wall() const override;
  Random& random() override;
  void post(Fn<void()> task) override;
  void defer(Fn<void()> task) override;
  [[nodiscard]] Timer after(Duration delay, Fn<void()> task) override;

  // Serves until stop(), also while there is nothing to do.
  void run();
  void stop();

  // For the sockets of front/ and for signals in server/.
  boost::asio::io_context& context();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A thread that runs a loop. Its destructor stops the loop and waits for the thread; the loop must outlive it.
class LoopThread {
 public:
  explicit LoopThread(AsioLoop& loop);
  ~LoopThread();
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;

 private:
  AsioLoop& loop_;
  std::thread thread_;
};

}  // namespace kith
