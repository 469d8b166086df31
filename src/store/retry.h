// store/retry.h — Repeating one call of a store until its outcome is definite.
#pragma once

#include <algorithm>

#include "base/wait.h"
#include "store/store.h"

namespace kith {

// Repeats `call` (which returns a Future of a StoreResult, and must be the identical call each time) until it succeeds or fails for a
// reason that time does not mend. For writes that are part of something already promised.
template <class Call>
auto until_definite(Loop& loop, Call call) -> Task<decltype(call().await_resume())> {
  for (Duration pause = 10ms;; pause = std::min<Duration>(pause * 2, 1s)) {
    auto result = co_await call();
    if (result || (result.error() != StoreError::unknown && result.error() != StoreError::unavailable)) co_return result;
    co_await wait(loop, pause);
  }
}

// What a client is told when the store failed.
inline Failure to_failure(StoreError error) {
  switch (error) {
    case StoreError::full:
      return {Code::storage_full};
    case StoreError::corrupt:
      return {Code::internal, "stored data is damaged"};
    case StoreError::unknown:
      return {Code::outcome_unknown};
    case StoreError::unavailable:
    case StoreError::conflict:
      break;
  }
  return {Code::unavailable, "the store does not answer", 500};
}

}  // namespace kith
