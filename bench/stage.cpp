#include "bench/stage.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cstdio>
#include <utility>

namespace kith {

namespace {

std::vector<int> processors() {
  std::vector<int> out;
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return out;
  for (int i = 0; i < CPU_SETSIZE; ++i) {
    if (CPU_ISSET(static_cast<std::size_t>(i), &set)) out.push_back(i);
  }
  return out;
}

void pin(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(processor), &set);
  sched_setaffinity(0, sizeof set, &set);
}

// All descriptors that we may have; kithd inherits it.
void raise_descriptors() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// What a command prints, nothing if it fails.
std::string output_of(const char* command) {
  std::string out;
  if (FILE* pipe = popen(command, "r")) {
    char bytes[512];
    while (fgets(bytes, sizeof bytes, pipe)) out += bytes;
    if (pclose(pipe) != 0) out.clear();
  }
  return out;
}

std::string commit() {
  if (const char* given = getenv("KITH_COMMIT")) return given;
  std::string id = output_of("git rev-parse --short HEAD 2>/dev/null");
  if (id.empty()) return "unknown";
  id.pop_back();
  return output_of("git status --porcelain 2>/dev/null").empty() ? id : id + "-dirty";
}

std::string decimal(double value, int digits) {
  char out[64];
  std::snprintf(out, sizeof out, "%.*f", digits, value);
  return out;
}

}  // namespace

void JsonLine::raw(std::string_view name, const std::string& value) {
  if (!members_.empty()) members_ += ", ";
  members_.append("\"").append(name).append("\": ").append(value);
}

void JsonLine::text(std::string_view name, std::string_view value) { raw(name, "\"" + std::string(value) + "\""); }
void JsonLine::number(std::string_view name, double value, int digits) { raw(name, decimal(value, digits)); }
void JsonLine::both(std::string_view name, const Histogram& times) {
  raw(name, "[" + decimal(times.ms_at(0.5), 3) + ", " + decimal(times.ms_at(0.99), 3) + "]");
}

Stage::Stage(const BenchOptions& options) : options_(options) {
  raise_descriptors();
  const auto all = processors();
  if (all.size() >= 2) {
    server_cpu_ = all[0];
    pin(all[0]);
    calibration_ = calibrate();  // Where the server will be.
    pin(all[1]);
  } else {
    std::fprintf(stderr, "kith-bench: one processor only: server and generator share it\n");
    calibration_ = calibrate();
  }
}

Stage::~Stage() = default;

bool Stage::start() {
  scratch_ = Scratch::make(loop().random());
  if (!scratch_) {
    std::fprintf(stderr, "kith-bench: no directory on a disk to work in; set TMPDIR\n");
    return false;
  }
  return launch();
}

bool Stage::restart() {
  links_.reset();
  if (!server_->stop(60s)) {
    std::fprintf(stderr, "kith-bench: kithd did not stop well: %s\n", server_->how().c_str());
    return false;
  }
  return launch();
}

bool Stage::launch() {
  ServerOptions options;
  options.program = kithd_path(options_.kithd);
  options.data = scratch_->path() + "/data";
  options.arguments = {"--jwt-key-file", scratch_->key_file(), "--loopback-exempt", "--connections", "15000", "--limits", "off"};
  // Far above what a load reaches, and not off: the checks are part of what is measured.
  for (const char* rate : {"--rate-user", "--rate-device", "--rate-conversation", "--rate-first-contact"}) {
    options.arguments.insert(options.arguments.end(), {rate, "1000000/s,1000000"});
  }
  options.cpu = server_cpu_;
  server_ = std::make_unique<ServerProcess>(options);
  if (!server_->wait_ready(60s)) {
    std::fprintf(stderr, "kith-bench: %s did not become ready: %s\n", options.program.c_str(), server_->how().c_str());
    return false;
  }
  links_ = std::make_unique<WebSocketLinks>(loop(), ServerAddress{"127.0.0.1", server_->port()}, Encoding::json);
  return true;
}

Usage Stage::usage() {
  rusage own;
  getrusage(RUSAGE_SELF, &own);
  auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return {loop().now(), server_->cpu_s(), seconds(own.ru_utime) + seconds(own.ru_stime)};
}

void Stage::settle() {
  constexpr double kResting = 0.03;  // Seconds of processor time in a span of 2 s: timers and heartbeats.
  const Instant limit = loop().now() + 90s;
  while (loop().now() < limit) {
    const double before = server_->cpu_s();
    if (!driver_.run_for(2s) || server_->cpu_s() - before <= kResting) return;
  }
  std::fprintf(stderr, "kith-bench: the server did not come to rest within 90 s\n");
}

void Stage::cores(JsonLine& result, const Usage& begin, const Usage& end) const {
  const double seconds = static_cast<double>((end.at - begin.at).count()) / 1e9;
  result.number("server_cores", (end.server_s - begin.server_s) / seconds, 3);
  result.number("generator_cores", (end.generator_s - begin.generator_s) / seconds, 3);
}

void Stage::print(JsonLine& result, std::string_view figure, double value, std::optional<double> bar) {
  result.text("commit", commit());
  result.raw("calibration",
             "{\"hash_mb_s\": " + decimal(calibration_.hash_mb_s, 0) + ", \"chase_ns\": " + decimal(calibration_.chase_ns, 1) + "}");
  if (bar) {
    std::fprintf(stderr, "kith-bench: %.*s %.2f, the bar is %.0f: %s\n", static_cast<int>(figure.size()), figure.data(), value, *bar,
                 value <= *bar ? "met" : "MISSED");
  }
  std::printf("%s\n", result.line().c_str());
  std::fflush(stdout);
}

}  // namespace kith
