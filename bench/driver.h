// bench/driver.h — Drives one AsioLoop from the outside: until something holds, for so long, or until somebody interrupts (SIGINT,
// SIGTERM).
#pragma once

#include <functional>
#include <memory>

#include "front/asio_loop.h"

namespace kith {

class Driver {
 public:
  Driver();
  ~Driver();  // After all that uses the loop.

  AsioLoop& loop();

  // Runs the loop until `done` holds, looking every millisecond. False: the time is over, or it was interrupted.
  bool run_until(Duration within, std::function<bool()> done);
  // False: interrupted.
  bool run_for(Duration time);
  bool interrupted() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kith
