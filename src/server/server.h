// server/server.h — The composition root: builds loops, engine, node and listener from a Config, hands each what it needs, runs them.
#pragma once

#include "base/result.h"
#include "server/config.h"

namespace kith {

// Serves until SIGTERM or SIGINT. Prints `ready http://ADDRESS:PORT` when it does. Returns the exit code.
int serve(const Config& config);

}  // namespace kith
