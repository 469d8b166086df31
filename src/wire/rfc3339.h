// wire/rfc3339.h — Wall time as text, RFC 3339. Pure functions; the proleptic Gregorian calendar without leap seconds.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace kith::wire {

inline constexpr std::size_t kRfc3339Size = 24;  // 2026-01-31T09:05:00.000Z

// The range that the text form has: year 1 to year 9999.
inline constexpr WallTime kFirstTime{-62135596800000};
inline constexpr WallTime kLastTime{253402300799999};

// Writes kRfc3339Size characters. A time beyond the range is held at its end.
void write_rfc3339(WallTime time, char* out);

// Any RFC 3339 date-time: any offset, 1 to 9 digits of fraction (what is finer than a millisecond is cut off). No second 60.
std::optional<WallTime> parse_rfc3339(std::string_view text);

}  // namespace kith::wire
