// What one appended record costs the RocksDB store: 200 bytes, 256 calls in flight over 100 logs. Prints one JSON line.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "store/rocksdb_store.h"
#include "store/store_under_test.h"

namespace kith {
namespace {

constexpr std::size_t kLogs = 100;
constexpr std::size_t kInFlight = 256;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Bench {
  explicit Bench(Store& s) : store(s), next(kLogs, 1) {}

  void append() {
    std::size_t log = started++ % kLogs;
    store.append(batch_of(log_of("conversation-" + std::to_string(log)), 1, next[log]++, {std::string(200, 'x')}))
        .then([this](StoreResult<Ok> result) {
          KITH_ASSERT(result.has_value());
          ++done;
          if (started < rows) append();
        });
  }

  Store& store;
  std::vector<std::uint64_t> next;
  std::uint64_t rows = 0;
  std::uint64_t started = 0;
  std::uint64_t done = 0;
};

int run(std::uint64_t rows) {
  ScratchDirectory directory;
  RocksOptions options;
  options.path = directory.path() + "/data";
  auto engine = RocksEngine::open(std::move(options));
  if (!engine) return 1;
  ManualLoop loop;
  auto store = (*engine)->store(loop);
  Bench bench(*store);
  bench.rows = rows;
  auto start = std::chrono::steady_clock::now();
  double cpu = cpu_seconds();
  for (std::size_t i = 0; i < kInFlight; ++i) bench.append();
  if (!loop.run_until([&] { return bench.done == rows; }, ManualLoop::Clock::stands, std::chrono::minutes(10))) return 1;
  (*engine)->flush();
  cpu = cpu_seconds() - cpu;
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  auto stats = (*engine)->stats();
  auto count = static_cast<double>(rows);
  std::printf("{\"workload\":\"store_append\",\"rows\":%llu,\"cpu_us_per_row\":%.2f,\"rows_per_s\":%.0f,\"rows_per_commit\":%.1f}\n",
              static_cast<unsigned long long>(rows), cpu * 1e6 / count, count / seconds, count / static_cast<double>(stats.commits));
  return 0;
}

}  // namespace
}  // namespace kith

int main(int argc, char** argv) { return kith::run(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 200'000); }
