// base/crash_point.h — Named places where a test may have the process killed, as by power or kill -9. Off unless kithd was started with
// KITH_CRASH_AT=name:count in its environment; then the count-th passage of that point is the last thing the process does.
//
// Any thread. Costs one load and branch when off.
#pragma once

#include <string_view>

namespace kith {

// Reads "name:count". Call before threads start. False: not of that form.
bool arm_crash_point(std::string_view spec);

extern bool crash_point_armed;
void passed_crash_point(std::string_view name);

inline void crash_point(std::string_view name) {
  if (__builtin_expect(crash_point_armed, 0)) passed_crash_point(name);
}

}  // namespace kith
