// kithd — see `kithd --help`.
#include <cstdio>

#include "server/config.h"
#include "server/server.h"

// Read by jemalloc, where that is linked (ADR 23): pages that are not used any more go back also when nothing is allocated.
extern "C" const char* malloc_conf = "background_thread:true";

int main(int argc, char** argv) {
  auto config = kith::parse_config(argc, argv);
  if (!config) {
    std::fprintf(stderr, "kithd: %s\nTry kithd --help.\n", config.error().detail.c_str());
    return 2;
  }
  if (config->help) {
    std::fputs(kith::config_help().c_str(), stdout);
    return 0;
  }
  return kith::serve(*config);
}
