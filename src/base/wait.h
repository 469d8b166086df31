// base/wait.h — Letting time pass inside a coroutine.
#pragma once

#include "base/loop.h"
#include "base/result.h"
#include "base/task.h"

namespace kith {

// Completes after `delay` on this loop; a frame that is destroyed while it waits cancels the timer.
inline Task<void> wait(Loop& loop, Duration delay) {
  Promise<Ok> over;
  auto future = over.future();
  Timer timer = loop.after(delay, [over = std::move(over)]() mutable { over.set(Ok{}); });
  co_await future;
}

// Completes at the end of the present turn.
inline Task<void> end_of_turn(Loop& loop) {
  Promise<Ok> over;
  auto future = over.future();
  loop.defer([over = std::move(over)]() mutable { over.set(Ok{}); });
  co_await future;
}

}  // namespace kith
