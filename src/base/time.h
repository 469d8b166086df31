// base/time.h — Two kinds of time that cannot be mixed up.
//
// Nothing here reads a clock: clocks are asked through base/loop.h only, so that the simulator can turn them.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace kith {

using Duration = std::chrono::nanoseconds;
using namespace std::chrono_literals;

// A moment of a loop's monotonic clock. Comparable only within one process.
struct Instant {
  std::int64_t ns = 0;
  auto operator<=>(const Instant&) const = default;
  friend Instant operator+(Instant a, Duration d) { return {a.ns + d.count()}; }
  friend Duration operator-(Instant a, Instant b) { return Duration(a.ns - b.ns); }
};

// A moment of wall time, in milliseconds since 1970 (UTC). For people and for token expiry; it never orders messages.
struct WallTime {
  std::int64_t ms = 0;
  auto operator<=>(const WallTime&) const = default;
};

}  // namespace kith
