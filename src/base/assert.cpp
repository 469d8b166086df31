#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace kith {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "kith: broken invariant: %s (%s:%d)\n", expression, file, line);
  std::fflush(stderr);
  std::abort();
}

}  // namespace kith
