// idle: many authenticated connections, each of its own user, that say nothing but pong. What one costs in the server's memory (its own,
// not the kernel's), and what all together cost of a processor.
#include <cstdio>

#include "bench/load_client.h"

namespace kith {

namespace {

class Idler final : public LoadClient {
 public:
  using LoadClient::LoadClient;

 private:
  void frame(const FrameHead&, std::string_view text) override { fail("unexpected " + std::string(text)); }
};

using Idlers = std::vector<std::unique_ptr<Idler>>;

Idlers make(Stage& stage, unsigned count) {
  Idlers out;
  for (unsigned i = 0; i < count; ++i) out.push_back(std::make_unique<Idler>(stage, "idle-" + std::to_string(i), "bench"));
  return out;
}

std::vector<LoadClient*> part(const Idlers& idlers, std::size_t from, std::size_t to) {
  std::vector<LoadClient*> out;
  for (std::size_t i = from; i < to; ++i) out.push_back(idlers[i].get());
  return out;
}

}  // namespace

int run_idle(Stage& stage) {
  const unsigned count = stage.options().connections;
  {
    // A user exists from the first connection on; what making one costs is not meant here. The restart forgets it.
    Idlers first = make(stage, count);
    if (!connect_all(stage, part(first, 0, count))) return 1;
  }
  stage.driver().run_for(500ms);
  if (!stage.restart()) return 1;

  // The first hundredth pays for what a server allocates once.
  Idlers idlers = make(stage, count);
  const std::size_t warm = count / 100;
  if (!connect_all(stage, part(idlers, 0, warm))) return 1;
  stage.settle();
  const std::uint64_t before_kib = stage.server().anonymous_kib();
  if (!connect_all(stage, part(idlers, warm, count))) return 1;
  stage.settle();
  const std::uint64_t after_kib = stage.server().anonymous_kib();

  const Usage begin = stage.usage();
  const bool whole = stage.driver().run_for(Duration(static_cast<std::int64_t>(stage.options().seconds * 1e9)));
  const Usage end = stage.usage();
  if (!whole) return 1;
  std::size_t lost = 0, unpinged = 0;
  for (const auto& idler : idlers) {
    if (idler->ended()) {
      if (lost++ == 0) std::fprintf(stderr, "kith-bench: %s\n", idler->why().c_str());
    } else if (end.at - idler->heard_at() > 60s) {
      ++unpinged;
    }
  }
  if (unpinged != 0) std::fprintf(stderr, "kith-bench: %zu connections were not pinged for a minute\n", unpinged);

  const double seconds = static_cast<double>((end.at - begin.at).count()) / 1e9;
  const double bytes = (static_cast<double>(after_kib) - static_cast<double>(before_kib)) * 1024 / static_cast<double>(count - warm);
  const double percent = (end.server_s - begin.server_s) / seconds * 100;
  JsonLine result;
  result.text("workload", "idle");
  result.count("connections", count);
  result.number("seconds", seconds, 1);
  result.number("user_bytes_per_connection", bytes, 0);
  result.number("idle_cpu_percent", percent, 2);
  stage.cores(result, begin, end);
  result.count("lost", lost);
  std::fprintf(stderr, "kith-bench: idle_cpu_percent %.2f, the bar is 1: %s\n", percent, percent <= 1 ? "met" : "MISSED");
  stage.print(result, "user_bytes_per_connection", bytes, 4096);
  return lost == 0 && unpinged == 0 ? 0 : 1;
}

}  // namespace kith
