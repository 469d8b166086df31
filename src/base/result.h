// base/result.h — Expected failures are values.
//
// A Failure is something that a client can be told: its Code comes from the one table of errors (base/errors.toml).
// Store failures have a type of their own (store/store.h), because nobody outside can act on them.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <utility>

#include "base/errors.gen.h"

namespace kith {

struct Failure {
  Code code = Code::internal;
  std::string detail;                // For people; may name what the client sent, never a secret.
  std::uint32_t retry_after_ms = 0;  // With outcome "retry": not before.

  Failure() = default;  // For containers; `internal`.
  Failure(Code c) : code(c) {}
  Failure(Code c, std::string text, std::uint32_t retry_ms = 0) : code(c), detail(std::move(text)), retry_after_ms(retry_ms) {}
};

[[noreturn]] void throw_exception_from_error(const Failure& failure, const boost::source_location& where);

// A value or a Failure. Test with `if (!r)`; `*r` of a failure is a broken invariant (it throws, and nothing catches).
template <class T>
using Result = boost::system::result<T, Failure>;

// What an operation returns that has nothing to say but that it worked.
struct Ok {};

}  // namespace kith
