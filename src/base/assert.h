// base/assert.h — Broken invariants end the process, in release builds too.
//
// Use it for what a correct program cannot reach. What bad input, a slow disk or a lost connection can cause is a Failure (base/result.h).
#pragma once

namespace kith {

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace kith

#define KITH_ASSERT(expression) \
  (__builtin_expect(static_cast<bool>(expression), 1) ? static_cast<void>(0) : ::kith::assertion_failed(#expression, __FILE__, __LINE__))
