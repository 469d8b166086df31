// bench/stage.h — What every workload stands on: a kithd on a fresh data directory and a processor of its own, a loop on another, tokens,
// the processor time of both, and the one line of result.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/calibration.h"
#include "bench/driver.h"
#include "bench/histogram.h"
#include "bench/scratch.h"
#include "bench/server_process.h"
#include "client/websocket_link.h"

namespace kith {

struct BenchOptions {
  std::string workload;
  std::string kithd;
  double seconds = 60;
  std::optional<unsigned> window;
  unsigned pairs = 50;
  std::optional<unsigned> senders;
  unsigned connections = 10'000;
  unsigned devices = 5'000;
};

// Processor time so far.
struct Usage {
  Instant at;
  double server_s = 0, generator_s = 0;
};

// Collects the members of the result.
class JsonLine {
 public:
  void text(std::string_view name, std::string_view value);  // Without anything to escape.
  void number(std::string_view name, double value, int digits);
  void count(std::string_view name, std::uint64_t value) { number(name, static_cast<double>(value), 0); }
  void both(std::string_view name, const Histogram& times);  // [p50, p99] in milliseconds.
  void object(std::string_view name, const JsonLine& inner) { raw(name, inner.line()); }
  std::string line() const { return "{" + members_ + "}"; }

 private:
  friend class Stage;
  void raw(std::string_view name, const std::string& value);
  std::string members_;
};

class Stage {
 public:
  explicit Stage(const BenchOptions& options);
  ~Stage();

  // False, with a word on standard error: kithd did not come up.
  bool start();
  bool restart();  // On the same data; all connections are gone by then.

  const BenchOptions& options() const { return options_; }
  Driver& driver() { return driver_; }
  AsioLoop& loop() { return driver_.loop(); }
  ServerProcess& server() { return *server_; }
  WebSocketLinks& links() { return *links_; }
  std::string token(std::string_view user, std::string_view device) { return scratch_->token(user, device, loop().wall()); }

  Usage usage();
  // Until the server has rested for 2 s (what it flushes and compacts later belongs to what was measured), at most 90 s.
  void settle();

  // Adds what every line has, prints it, and says on standard error whether `figure` is within `bar`. Nothing: this load has none.
  void print(JsonLine& result, std::string_view figure, double value, std::optional<double> bar);
  void cores(JsonLine& result, const Usage& begin, const Usage& end) const;

 private:
  bool launch();

  const BenchOptions options_;
  std::optional<int> server_cpu_;
  Calibration calibration_;
  Driver driver_;
  std::optional<Scratch> scratch_;
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<WebSocketLinks> links_;
};

// The workloads. Each returns the exit status: 0 when what it measured was right, whatever the figures.
int run_direct(Stage& stage);
int run_group(Stage& stage);
int run_idle(Stage& stage);
int run_offline(Stage& stage);
int run_history(Stage& stage);
int run_poll(Stage& stage);
int run_presence(Stage& stage);

}  // namespace kith
