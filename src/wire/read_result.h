// wire/read_result.h — What reading from outside gives: the message, or why not.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>

#include "base/result.h"

namespace kith::wire {

// Why a text or a byte string is no message. malformed: it is not valid, or a field has a wrong type. too_large: it, or a text in it, is
// beyond the limit. unknown_command: a valid Command that sets no command that is known here. `detail` names the field.
struct ReadFailure {
  Failure failure{Code::malformed};
  std::uint64_t id = 0;  // The `id` (of a Frame: the `re`) wherever it stood, if it could be read: what the reply has to carry.
};

[[noreturn]] inline void throw_exception_from_error(const ReadFailure& failure, const boost::source_location& where) {
  throw_exception_from_error(failure.failure, where);
}

// A value or a ReadFailure: `if (!r) reply(r.error().id, r.error().failure)`.
template <class T>
using ReadResult = boost::system::result<T, ReadFailure>;

inline constexpr std::size_t kMaxDepth = 32;           // Of nesting, the outermost object counted.
inline constexpr std::size_t kMaxText = 64 * 1024;     // Bytes of one string.
inline constexpr std::size_t kMaxCommand = 64 * 1024;  // Bytes of a Command, unless the caller says otherwise.
inline constexpr std::size_t kMaxFrame = 16 * 1024 * 1024;
inline constexpr std::uint32_t kMaxCommandKeys = 1024;  // Keys, and elements of arrays that are kept, in the whole of it.
inline constexpr std::uint32_t kMaxFrameKeys = 64 * 1024;

}  // namespace kith::wire
