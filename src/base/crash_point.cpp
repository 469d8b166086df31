#include "base/crash_point.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <string>

namespace kith {

bool crash_point_armed = false;

namespace {
std::string armed_name;  // Written before threads start.
std::atomic<long> passages_left{0};
}  // namespace

bool arm_crash_point(std::string_view spec) {
  auto colon = spec.find(':');
  if (colon == spec.npos) return false;
  long count = 0;
  auto [end, error] = std::from_chars(spec.data() + colon + 1, spec.data() + spec.size(), count);
  if (error != std::errc() || end != spec.data() + spec.size() || count < 1) return false;
  armed_name = spec.substr(0, colon);
  passages_left = count;
  crash_point_armed = true;
  return true;
}

void passed_crash_point(std::string_view name) {
  if (name != armed_name || passages_left.fetch_sub(1) != 1) return;
  kill(getpid(), SIGKILL);
  pause();  // This thread goes no further, however long the signal takes.
}

}  // namespace kith
