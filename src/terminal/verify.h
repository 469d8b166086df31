// terminal/verify.h — Whether everything that lies in a store fits together: logs, pointers into them, and the rows derived from both.
//
// Synchronous, on a store that nobody writes. Holds one number for each entry and one row for each user and conversation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/inspect.h"

namespace kith {

struct Verification {
  std::uint64_t logs = 0, entries = 0, pointers = 0;
  std::uint64_t problem_count = 0;
  std::vector<std::string> problems;  // The first 1000, a sentence each.

  std::string summary() const;  // "N logs, M entries, P pointers, 0 problems"
};

// What cannot be read at all is a problem too.
Verification verify(Inspector& store);

}  // namespace kith
