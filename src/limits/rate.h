// limits/rate.h — How much of something there may be: a burst at once, and then one more every so often. Values.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace kith {

struct Rate {
  std::uint32_t burst = 10;  // 0: no limit.
  Duration every = 6s;       // For one.

  // "200/s,4000": 200 a second (or /m, /h) and 4000 at once. "off": no limit.
  static std::optional<Rate> parse(std::string_view text);
  std::string text() const;

  bool limits() const { return burst != 0; }
  Duration whole() const { return every * burst; }  // From empty to full.
  auto operator<=>(const Rate&) const = default;
};

// "90s", "15m", "2h", "7d", up to 3650 days; "0": none.
std::optional<Duration> parse_duration(std::string_view text);
std::string duration_text(Duration duration);

// One token bucket: the moment at which it is full again. Everything else follows from that and its Rate.
struct Bucket {
  Instant full_at;

  // How long until `cost` can be taken; 0ns: now. What costs more than the whole bucket takes the whole bucket.
  Duration wait(const Rate& rate, std::uint32_t cost, Instant now) const {
    Duration owed = std::max(full_at, now) - now + rate.every * std::min(cost, rate.burst);
    return std::max(owed - rate.whole(), Duration(0));
  }
  void take(const Rate& rate, std::uint32_t cost, Instant now) {
    full_at = std::max(full_at, now) + rate.every * std::min(cost, rate.burst);
  }
  // For what is known only when it was done: may leave less than nothing, but no more than one whole bucket less.
  void charge(const Rate& rate, std::uint32_t cost, Instant now) {
    take(rate, cost, now);
    full_at = std::min(full_at, now + rate.whole() * 2);
  }
  std::uint32_t left(const Rate& rate, Instant now) const {
    Duration owed = std::max(full_at, now) - now;
    return owed >= rate.whole() ? 0 : static_cast<std::uint32_t>((rate.whole() - owed) / rate.every);
  }
};

}  // namespace kith
