// bench/server_process.h — A kithd of one's own: started on a data directory, watched through /proc, ended by its pid and no other way.
//
//   Owner     Whoever started it; the destructor kills it. If this process dies, the kernel kills it too.
//   Blocking  start, wait_ready, kill and stop wait; every wait is bounded. Its standard error is ours, its other descriptors are not.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace kith {

struct ServerOptions {
  std::string program;  // Path of kithd.
  std::string data;
  std::uint16_t port = 0;  // 0: any.
  std::vector<std::string> arguments;
  std::optional<int> cpu;  // The only processor that it may use.
  std::string crash_at;    // For KITH_CRASH_AT; empty: nowhere.
};

class ServerProcess {
 public:
  explicit ServerProcess(const ServerOptions& options);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // Waits for the line `ready http://ADDRESS:PORT`. False: it ended, or the time is over.
  bool wait_ready(Duration within);
  std::uint16_t port() const { return port_; }
  pid_t pid() const { return pid_; }

  void kill();                 // SIGKILL, then waits for its end.
  bool stop(Duration within);  // SIGTERM. False: it had to be killed, or did not end with 0.
  bool ended();                // Never waits.
  std::string how() const;     // It ended, for people: "exit status 1", "signal 9".
  bool was_killed() const;     // It ended by SIGKILL.

  double cpu_s() const;                 // User and system time of all its threads.
  std::uint64_t anonymous_kib() const;  // RssAnon.

 private:
  void run(const ServerOptions& options, int output) const;
  bool reap(bool wait);

  pid_t pid_ = -1;
  int output_ = -1;
  std::uint16_t port_ = 0;
  std::optional<int> status_;
  std::string line_;
};

// kithd beside the program that runs, unless `given` names one.
std::string kithd_path(const std::string& given);

// A program beside the one that runs.
std::string beside(const std::string& name);

}  // namespace kith
