#include "bench/calibration.h"

#include <chrono>
#include <cstdint>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

namespace kith {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

double hash_mb_s() {
  std::vector<std::uint64_t> words(2048);
  std::iota(words.begin(), words.end(), 1);
  std::uint64_t hash = 1, rounds = 0;
  const auto begin = Clock::now();
  double passed = 0;
  while ((passed = seconds_since(begin)) < 0.2) {
    for (std::uint64_t word : words) hash = (hash ^ word) * 0x100000001b3;
    ++rounds;
    asm volatile("" : "+r"(hash));
  }
  return static_cast<double>(rounds * words.size() * 8) / 1e6 / passed;
}

// One cycle through all places (Sattolo), so that no step can be foreseen.
double chase_ns() {
  std::vector<std::uint32_t> next(16 << 20);
  std::iota(next.begin(), next.end(), 0);
  std::minstd_rand random(1);
  for (std::size_t i = next.size() - 1; i > 0; --i) std::swap(next[i], next[random() % i]);
  std::uint32_t at = 0;
  std::uint64_t steps = 0;
  const auto begin = Clock::now();
  double passed = 0;
  while ((passed = seconds_since(begin)) < 0.2) {
    for (int i = 0; i < 10'000; ++i) at = next[at];
    steps += 10'000;
    asm volatile("" : "+r"(at));
  }
  return passed * 1e9 / static_cast<double>(steps);
}

}  // namespace

Calibration calibrate() { return {hash_mb_s(), chase_ns()}; }

}  // namespace kith
