// kith-sim — runs seeds. See `kith-sim --help`.
#include <getopt.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "base/plant.h"
#include "sim/scenario.h"

namespace kith::sim {
namespace {

constexpr char kHelp[] =
    "kith-sim: the whole of Kith in one thread on a virtual clock, one run per seed.\n"
    "  --seeds N        run seeds 1 to N on all processors; the first 20 run twice, and must do the same twice\n"
    "  --from N         begin at seed N instead of 1\n"
    "  --seed N         run one seed and print what happens\n"
    "  --history FILE   with --seed: write the history for kith-check\n"
    "  --quiet          with --seed: only the outcome\n"
    "  --planted        (test-only build) find each planted fault within 5000 seeds\n"
    "  --plant NAME     (test-only build) with --seed or --seeds: with this fault\n";

struct Sum {
  std::uint64_t seeds = 0, violations = 0, faults = 0, acked = 0, events = 0, starts = 0;
  double simulated_s = 0;
};

int processors() { return static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN))); }

// Runs seeds first, first + step, … and writes the sum to `out`. Returns false at the first bad one if `until_bad`.
Sum run_seeds(std::uint64_t first, std::uint64_t last, std::uint64_t step, std::uint64_t twice_until, bool until_bad) {
  Sum sum;
  for (std::uint64_t seed = first; seed <= last; seed += step) {
    Outcome outcome = run_scenario({.seed = seed});
    ++sum.seeds;
    if (seed <= twice_until) {
      Outcome again = run_scenario({.seed = seed});
      if (again.trace_hash != outcome.trace_hash) {
        std::printf("seed %llu: two runs differ\n", static_cast<unsigned long long>(seed));
        ++sum.violations;
      }
    }
    sum.faults += outcome.faults;
    sum.acked += outcome.acked;
    sum.events += outcome.events;
    sum.starts += outcome.server_starts;
    sum.simulated_s += outcome.simulated_s;
    if (outcome.good) continue;
    ++sum.violations;
    if (until_bad) break;
    std::printf("seed %llu: violation\n%s", static_cast<unsigned long long>(seed), outcome.report.c_str());
    std::fflush(stdout);
  }
  return sum;
}

// One child process per processor: a seed that aborts takes only its child along, and is counted as a violation.
int seeds(std::uint64_t from, std::uint64_t last) {
  int workers = processors();
  std::vector<std::pair<pid_t, int>> children;
  for (int i = 0; i < workers; ++i) {
    int ends[2];
    if (pipe(ends) != 0) return 2;
    std::fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      Sum sum = run_seeds(from + static_cast<std::uint64_t>(i), last, static_cast<std::uint64_t>(workers), from + 19, false);
      std::fflush(stdout);
      if (write(ends[1], &sum, sizeof sum) != sizeof sum) _exit(2);
      _exit(0);
    }
    close(ends[1]);
    children.emplace_back(child, ends[0]);
  }
  Sum all;
  for (auto [child, end] : children) {
    Sum sum;
    bool whole = read(end, &sum, sizeof sum) == sizeof sum;
    close(end);
    int status = 0;
    waitpid(child, &status, 0);
    if (!whole || status != 0) {
      std::printf("a worker ended with status %d\n", status);
      ++all.violations;
      continue;
    }
    all.seeds += sum.seeds;
    all.violations += sum.violations;
    all.faults += sum.faults;
    all.acked += sum.acked;
    all.events += sum.events;
    all.starts += sum.starts;
    all.simulated_s += sum.simulated_s;
  }
  std::printf("messages acked %llu, server starts %llu, events %llu\n", static_cast<unsigned long long>(all.acked),
              static_cast<unsigned long long>(all.starts), static_cast<unsigned long long>(all.events));
  std::printf("seeds %llu, simulated %.1f h, faults %llu, %llu violations\n", static_cast<unsigned long long>(all.seeds),
              all.simulated_s / 3600, static_cast<unsigned long long>(all.faults), static_cast<unsigned long long>(all.violations));
  return all.violations == 0 ? 0 : 1;
}

int one(std::uint64_t seed, bool quiet, const char* history_file) {
  ScenarioOptions options{.seed = seed};
  std::string history;
  if (!quiet) {
    options.trace = [](const std::string& line) { std::printf("%s\n", line.c_str()); };
  }
  if (history_file) options.history = &history;
  Outcome outcome = run_scenario(options);
  if (history_file) std::ofstream(history_file) << history;
  std::printf("%sseed %llu, simulated %.1f s, faults %llu, acked %llu, events %llu, trace %016llx, %s\n", outcome.report.c_str(),
              static_cast<unsigned long long>(seed), outcome.simulated_s, static_cast<unsigned long long>(outcome.faults),
              static_cast<unsigned long long>(outcome.acked), static_cast<unsigned long long>(outcome.events),
              static_cast<unsigned long long>(outcome.trace_hash), outcome.good ? "0 violations" : "violated");
  return outcome.good ? 0 : 1;
}

#ifdef KITH_PLANT
// The seed that found the fault, or 0. Each seed runs in a child: a fault may be found by an assertion.
std::uint64_t find(Plant plant, std::uint64_t limit) {
  constexpr std::uint64_t kAtOnce = 25;
  for (std::uint64_t first = 1; first <= limit; first += kAtOnce) {
    int ends[2];
    if (pipe(ends) != 0) return 0;
    std::fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      if (!std::freopen("/dev/null", "w", stderr)) _exit(2);
      planted_fault = plant;
      for (std::uint64_t seed = first; seed < first + kAtOnce && seed <= limit; ++seed) {
        if (write(ends[1], &seed, sizeof seed) != sizeof seed) _exit(2);
        if (!run_scenario({.seed = seed}).good) _exit(1);
      }
      _exit(0);
    }
    close(ends[1]);
    std::uint64_t seed = 0, last = 0;
    while (read(ends[0], &seed, sizeof seed) == sizeof seed) last = seed;
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (status != 0) return last;
  }
  return 0;
}

struct Found {
  int plant = 0;
  std::uint64_t seed = 0;
};

// One worker process per processor; each takes the next fault from one pipe and writes into another what it found.
int planted_bank() {
  constexpr std::uint64_t kLimit = 5000;
  const int count = static_cast<int>(Plant::count_) - 1;
  int todo[2], done[2];
  if (pipe(todo) != 0 || pipe(done) != 0) return 2;
  for (int plant = 1; plant <= count; ++plant) {
    if (write(todo[1], &plant, sizeof plant) != sizeof plant) return 2;
  }
  close(todo[1]);
  std::fflush(stdout);
  std::vector<pid_t> workers;
  for (int i = 0; i < processors(); ++i) {
    workers.push_back(fork());
    if (workers.back() != 0) continue;
    for (Found found; read(todo[0], &found.plant, sizeof found.plant) == sizeof found.plant;) {
      found.seed = find(static_cast<Plant>(found.plant), kLimit);
      if (write(done[1], &found, sizeof found) != sizeof found) _exit(2);
    }
    _exit(0);
  }
  close(done[1]);
  std::vector<std::uint64_t> found_at;
  for (Found found; read(done[0], &found, sizeof found) == sizeof found;) {
    std::string what(name(static_cast<Plant>(found.plant)));
    std::printf("%-24s %s", what.c_str(), found.seed != 0 ? "found at seed " : "NOT FOUND");
    if (found.seed != 0) std::printf("%llu", static_cast<unsigned long long>(found.seed));
    std::printf("\n");
    std::fflush(stdout);
    if (found.seed != 0) found_at.push_back(found.seed);
  }
  for (pid_t worker : workers) waitpid(worker, nullptr, 0);
  std::sort(found_at.begin(), found_at.end());
  if (!found_at.empty()) std::printf("median seed %llu\n", static_cast<unsigned long long>(found_at[found_at.size() / 2]));
  std::printf("%zu of %d planted faults found\n", found_at.size(), count);
  return found_at.size() == static_cast<std::size_t>(count) ? 0 : 1;
}
#endif

int run(int argc, char** argv) {
  static const option kOptions[] = {
      {"seeds", required_argument, nullptr, 'n'},   {"from", required_argument, nullptr, 'f'}, {"seed", required_argument, nullptr, 's'},
      {"history", required_argument, nullptr, 'h'}, {"quiet", no_argument, nullptr, 'q'},      {"planted", no_argument, nullptr, 'p'},
      {"plant", required_argument, nullptr, 'P'},   {"help", no_argument, nullptr, '?'},       {nullptr, 0, nullptr, 0}};
  std::uint64_t count = 0, from = 1, seed = 0;
  const char* history = nullptr;
  bool quiet = false, bank = false;
  for (int c; (c = getopt_long(argc, argv, "", kOptions, nullptr)) != -1;) {
    switch (c) {
      case 'n':
        count = std::strtoull(optarg, nullptr, 10);
        break;
      case 'f':
        from = std::max<std::uint64_t>(1, std::strtoull(optarg, nullptr, 10));
        break;
      case 's':
        seed = std::strtoull(optarg, nullptr, 10);
        break;
      case 'h':
        history = optarg;
        break;
      case 'q':
        quiet = true;
        break;
      case 'p':
        bank = true;
        break;
      case 'P':
#ifdef KITH_PLANT
        planted_fault = plant_by_name(optarg);
        if (planted_fault != Plant::none) break;
        std::fprintf(stderr, "no such fault: %s\n", optarg);
#else
        std::fprintf(stderr, "this build has no planted faults in it\n");
#endif
        return 2;
      default:
        std::fputs(kHelp, stderr);
        return 2;
    }
  }
  if (bank) {
#ifdef KITH_PLANT
    return planted_bank();
#else
    std::fprintf(stderr, "this build has no planted faults in it\n");
    return 2;
#endif
  }
  if (seed != 0) return one(seed, quiet, history);
  if (count != 0) return seeds(from, from + count - 1);
  std::fputs(kHelp, stderr);
  return 2;
}

}  // namespace
}  // namespace kith::sim

int main(int argc, char** argv) { return kith::sim::run(argc, argv); }
