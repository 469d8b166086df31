// bench/histogram.h — Times in buckets about 2 % wide, from a microsecond to an hour. A value.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "base/time.h"

namespace kith {

class Histogram {
 public:
  void add(Duration time) {
    ++counts_[bucket(static_cast<std::uint64_t>(time.count() < 0 ? 0 : time.count() / 1000))];
    ++total_;
  }
  std::uint64_t total() const { return total_; }

  // Milliseconds at or below which this share of all lies: 0.5 is the median. 0 without any.
  double ms_at(double share) const {
    auto left = static_cast<std::uint64_t>(share * static_cast<double>(total_));
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] > left) return middle_us(i) / 1000;
      left -= counts_[i];
    }
    return 0;
  }

 private:
  static constexpr std::uint64_t kExact = 64;  // Microseconds below this have a bucket each; above, 32 for each doubling.

  static std::size_t bucket(std::uint64_t us) {
    if (us < kExact) return us;
    const int shift = std::bit_width(us) - 6;
    const std::uint64_t at = kExact + static_cast<std::uint64_t>(shift - 1) * 32 + ((us >> shift) - 32);
    return at < 1024 ? at : 1023;
  }
  static double middle_us(std::size_t bucket) {
    if (bucket < kExact) return static_cast<double>(bucket) + 0.5;
    const auto shift = (bucket - kExact) / 32 + 1;
    return (static_cast<double>((bucket - kExact) % 32) + 32.5) * static_cast<double>(std::uint64_t{1} << shift);
  }

  std::array<std::uint64_t, 1024> counts_{};
  std::uint64_t total_ = 0;
};

}  // namespace kith
