// sim/scenario.h — One seed: a server, users with their devices, a minute of life with everything going wrong, then peace, then judgement.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/time.h"

namespace kith::sim {

struct ScenarioOptions {
  std::uint64_t seed = 1;
  Duration life = std::chrono::seconds(60);  // Before the peace.
  std::function<void(const std::string&)> trace;
  std::string* history = nullptr;  // JSON lines, as docs/history-format.md has them.
};

struct Outcome {
  bool good = true;
  std::string report;  // Why not.
  std::uint64_t trace_hash = 0;
  double simulated_s = 0;
  std::uint64_t faults = 0, acked = 0, events = 0, operations = 0, server_starts = 0;
};

Outcome run_scenario(const ScenarioOptions& options);

}  // namespace kith::sim
