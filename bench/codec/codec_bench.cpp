// What the codec costs a message: reads a send command (100 bytes of text, JSON) and writes the event that its receiver gets.
//
// Usage: codec_bench [seconds]. Prints one JSON line; the bar is 1 µs for both together. Times are of the processor, the best
// part (20,000 messages) of the run, for reading and writing apart: what other programs took is not the codec's.
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "wire/hot.h"
#include "wire/json_reader.h"

namespace {

using namespace kith;
using namespace kith::wire;

double cpu_us() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

struct Cost {
  double read = 1e9, write = 1e9;
  std::uint64_t bytes = 0;
};

// Reads, then writes, `count` messages; false if the command was not read.
bool measure(JsonReader& reader, const std::string& command, int count, Cost& best) {
  const double begin = cpu_us();
  for (int i = 0; i < count; ++i) {
    auto read = reader.command(command);
    if (!read || std::get<Send>(read->command).text.size() != 100) return false;
  }
  const double middle = cpu_us();
  const auto read = reader.command(command);
  const auto& send = std::get<Send>(read->command);
  std::string out;
  for (int i = 0; i < count; ++i) {
    out.clear();
    const auto seq = 1'000'000 + static_cast<std::uint64_t>(i);
    append_message_event(out, seq,
                         {"d_2af00112233445566778899aabbccddeeff", seq, "alice", {1'769'850'000'000 + i}, seq, send.client_id, send.text});
    best.bytes += out.size();
  }
  best.write = std::min(best.write, (cpu_us() - middle) / count);
  best.read = std::min(best.read, (middle - begin) / count);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = std::max(2.0, argc > 1 ? std::atof(argv[1]) : 2.0);
  const std::string command = R"({"id":4711,"send":{"to":"bob","clientId":"0123456789abcdef0123456789abcdef","baseSeq":41,"text":")" +
                              std::string(100, 'x') + "\"}}";
  JsonReader reader;
  Cost best;
  std::uint64_t messages = 0;
  for (const double end = cpu_us() + seconds * 1e6; cpu_us() < end; messages += 20'000) {
    if (!measure(reader, command, 20'000, best)) return 1;
  }
  std::printf(
      "{\"workload\":\"codec\",\"us_per_message\":%.3f,\"us_read\":%.3f,\"us_write\":%.3f,\"messages\":%llu,\"event_bytes\":%llu}\n",
      best.read + best.write, best.read, best.write, static_cast<unsigned long long>(messages),
      static_cast<unsigned long long>(best.bytes / messages));
  return best.read + best.write <= 1.0 ? 0 : 2;
}
