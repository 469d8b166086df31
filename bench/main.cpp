// kith-bench — measures a kithd of its own. See `kith-bench --help` and bench/README.md.
#include <getopt.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "bench/stage.h"

namespace kith {
namespace {

constexpr char kHelp[] =
    "kith-bench NAME: starts a kithd on a fresh data directory, measures, prints one line of JSON.\n"
    "  direct    --pairs N (50) of users write to each other, each with --window N (16) messages in flight\n"
    "  group     of 100 users; 1, then 10 of them (or --senders N alone) each keep --window N (4) messages in flight\n"
    "  idle      --connections N (10000) that say nothing\n"
    "  offline   from auth to the last of 1,000 messages that came meanwhile\n"
    "  history   pages of 50 in a conversation of 10,000 messages\n"
    "  poll      --devices N (5000) that wait by long polling, 500 messages a second to them\n"
    "  presence  5,000 users with 100 contacts each, a tenth of them comes and goes; acknowledgements of messages beside it\n"
    "  codec     reading a command and writing its event, without a server\n"
    "  --seconds N    how long to measure (60); what the server flushes and compacts afterwards counts too\n"
    "  --kithd PATH   instead of the kithd beside this program\n";

int codec(const BenchOptions& options) {
  const std::string program = beside("../bench/codec_bench"), seconds = std::to_string(std::min(options.seconds, 10.0));
  execl(program.c_str(), program.c_str(), seconds.c_str(), nullptr);
  std::perror(program.c_str());
  return 2;
}

int run(int argc, char** argv) {
  static const option kOptions[] = {{"seconds", required_argument, nullptr, 's'},
                                    {"window", required_argument, nullptr, 'w'},
                                    {"pairs", required_argument, nullptr, 'p'},
                                    {"senders", required_argument, nullptr, 'n'},
                                    {"connections", required_argument, nullptr, 'c'},
                                    {"devices", required_argument, nullptr, 'd'},
                                    {"kithd", required_argument, nullptr, 'k'},
                                    {"help", no_argument, nullptr, 'h'},
                                    {nullptr, 0, nullptr, 0}};
  BenchOptions options;
  auto count = [](unsigned most) { return static_cast<unsigned>(std::clamp(std::atoi(optarg), 1, static_cast<int>(most))); };
  for (int c; (c = getopt_long(argc, argv, "", kOptions, nullptr)) != -1;) {
    switch (c) {
      case 's':
        options.seconds = std::clamp(std::atof(optarg), 1.0, 3600.0);
        break;
      case 'w':
        options.window = count(200);
        break;
      case 'p':
        options.pairs = count(7000);
        break;
      case 'n':
        options.senders = count(100);
        break;
      case 'c':
        options.connections = std::max(100U, count(14'500));
        break;
      case 'd':
        options.devices = std::max(100U, count(14'000));
        break;
      case 'k':
        options.kithd = optarg;
        break;
      case 'h':
        std::fputs(kHelp, stdout);
        return 0;
      default:
        std::fputs(kHelp, stderr);
        return 2;
    }
  }
  if (optind + 1 == argc) options.workload = argv[optind];
  if (options.workload == "codec") return codec(options);
  const std::map<std::string, int (*)(Stage&)> workloads = {{"direct", run_direct},    {"group", run_group},     {"idle", run_idle},
                                                            {"offline", run_offline},  {"history", run_history}, {"poll", run_poll},
                                                            {"presence", run_presence}};
  const auto workload = workloads.find(options.workload);
  if (workload == workloads.end()) {
    std::fputs(kHelp, stderr);
    return 2;
  }
  Stage stage(options);
  if (!stage.start()) return 2;
  return workload->second(stage);
}

}  // namespace
}  // namespace kith

int main(int argc, char** argv) { return kith::run(argc, argv); }
