// kith-crash — see `kith-crash --help`.
#include <getopt.h>

#include <cstdio>
#include <cstdlib>

#include "tests/crash/director.h"

namespace {

constexpr char kHelp[] =
    "kith-crash: kills a real kithd again and again while 50 devices write to each other, and judges what they were told.\n"
    "  --kills N       how often (20)\n"
    "  --seed S        of when and where, and of what is written (1); the threads of the server make no two runs equal\n"
    "  --min-acked M   fail if fewer messages were acknowledged (2500 for each kill)\n"
    "  --kithd PATH    instead of the kithd beside this program\n"
    "  --data DIR      a fresh data directory, which is kept; otherwise one that is removed, unless something was wrong\n";

}  // namespace

int main(int argc, char** argv) {
  static const option kOptions[] = {{"kills", required_argument, nullptr, 'n'},
                                    {"seed", required_argument, nullptr, 's'},
                                    {"kithd", required_argument, nullptr, 'k'},
                                    {"data", required_argument, nullptr, 'd'},
                                    {"min-acked", required_argument, nullptr, 'm'},
                                    {"help", no_argument, nullptr, 'h'},
                                    {nullptr, 0, nullptr, 0}};
  kith::crash::CrashOptions options;
  bool has_least = false;
  for (int c; (c = getopt_long(argc, argv, "", kOptions, nullptr)) != -1;) {
    switch (c) {
      case 'n':
        options.kills = static_cast<unsigned>(std::strtoul(optarg, nullptr, 10));
        break;
      case 's':
        options.seed = std::strtoull(optarg, nullptr, 10);
        break;
      case 'k':
        options.kithd = optarg;
        break;
      case 'd':
        options.data = optarg;
        break;
      case 'm':
        options.min_acked = std::strtoull(optarg, nullptr, 10);
        has_least = true;
        break;
      case 'h':
        std::fputs(kHelp, stdout);
        return 0;
      default:
        std::fputs(kHelp, stderr);
        return 2;
    }
  }
  if (optind != argc) {
    std::fputs(kHelp, stderr);
    return 2;
  }
  if (!has_least) options.min_acked = 2500ULL * options.kills;
  return kith::crash::Director(options).run();
}
