// check/checker.h — Judges a history by the invariants that are promised to clients.
//
// Feed every operation in order, then finish() once. Any one thread. Deterministic: the same operations give the same report. Memory
// grows with the messages and by 48 bytes an operation; O(n log n). A broken history (an outcome without its invoke, a process that was
// never started …) is not judged: Report::broken says why, and nothing else in the report counts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "check/history.h"

namespace kith::check {

enum class Invariant : std::uint8_t { I1 = 1, I2, I3, I4, I5, I6, I7, I8, I9, I10, I11, I12, I13, I14, I15 };
inline constexpr std::size_t kInvariants = 16;  // Indexes 1 to 15.

struct Violation {
  Invariant invariant;
  std::string sentence;  // What is wrong, for people.
  std::string first;     // The two operations, described, the earlier first; `first` may be empty when one operation is enough.
  std::string second;
  std::uint64_t count = 1;  // How often this invariant was violated in all; this is the earliest.
};

struct Report {
  std::uint64_t operations = 0;
  std::string broken;                 // Not empty: the history itself is unusable.
  std::vector<Violation> violations;  // One for each violated invariant, in the order of their numbers.

  bool good() const { return broken.empty() && violations.empty(); }
  // Readable, ends with `N operations, V violations` and a line end.
  std::string text() const;
};

class Checker {
 public:
  // Names of files, for the descriptions; none: operations are named by their number.
  explicit Checker(std::vector<std::string> files = {});
  ~Checker();

  void add(const Operation& operation);
  Report finish();

 private:
  class Judges;
  std::unique_ptr<Judges> judges_;
};

std::string_view name(Invariant invariant);

}  // namespace kith::check
