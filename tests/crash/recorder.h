// tests/crash/recorder.h — The history of a run, judged while it grows, by one monotonic clock.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/loop.h"
#include "check/checker.h"

namespace kith::crash {

class Recorder {
 public:
  explicit Recorder(Loop& loop) : loop_(loop) {}

  void add(check::Operation& operation);
  void mark(std::string_view name);
  // What no history can hold: an error that must not be, a process that ends by itself. Printed at once.
  void violation(const std::string& sentence);

  std::uint64_t violations() const { return violations_; }
  check::Report finish() { return checker_.finish(); }

  std::uint64_t acked = 0;      // Messages, each once.
  std::uint64_t changed = 0;    // Edits, deletions and reactions that were.
  Instant last_ack, last_push;  // When the last acknowledgement, and the last thing that was not asked for, came.

 private:
  Loop& loop_;
  check::Checker checker_;
  std::uint64_t violations_ = 0;
};

}  // namespace kith::crash
