// tests/crash/director.h — Kills a kithd again and again while 50 devices write, and judges in the end what they were told.
//
// Half of the lives end at a random moment, 0.3 to 3 s after their first acknowledgement, the others at a named point inside the server
// (base/crash_point.h): at its count-th passage, or after 3 s if it is passed less often. Every life is on the same data and the same port.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/driver.h"
#include "bench/scratch.h"
#include "bench/server_process.h"
#include "tests/crash/device.h"

namespace kith::crash {

struct CrashOptions {
  unsigned kills = 20;
  std::uint64_t seed = 1;
  std::string kithd;
  std::string data;  // Empty: a directory of its own, kept only when something was wrong.
  std::uint64_t min_acked = 0;
};

class Director {
 public:
  explicit Director(const CrashOptions& options);
  ~Director();

  // The exit status: 0 only if nothing was lost or done twice, and enough was acknowledged.
  int run();

 private:
  // How a life ends.
  struct Plan {
    std::string point;  // Empty: from outside.
    unsigned passage = 0;
    Duration after_first_ack;
    bool small_cache = false;  // Conversations and inboxes are evicted all the time, and opened cold.
  };
  struct PointCount {
    unsigned tried = 0, reached = 0;
  };

  bool make_people();
  bool introduce();
  Plan plan(unsigned life);
  bool launch(const Plan* plan);
  bool begin_life(const Plan* plan);
  bool live(const Plan& plan);
  bool wait_for_devices(Duration within);
  bool peace();
  bool verify();
  int report(bool whole);
  bool wrong(const std::string& what);

  const CrashOptions options_;
  Driver driver_;
  Dice dice_;
  Recorder recorder_;
  World world_;
  std::optional<Scratch> scratch_;
  std::string data_;
  std::uint16_t port_ = 0;
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<WebSocketLinks> links_;  // Before the devices, whose links are made by it.
  std::vector<std::unique_ptr<Device>> devices_;
  Instant launched_;
  unsigned killed_ = 0;
  std::vector<double> first_ack_ms_;
  std::map<std::string, PointCount> points_;
};

}  // namespace kith::crash
