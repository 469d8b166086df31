// bench/tally.h — Messages of one sender that one inbox brought, by their index: all must come once, in order. A value.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace kith {

struct Faults {
  std::uint64_t duplicated = 0, disordered = 0;
};

class Tally {
 public:
  void add(std::uint64_t index, Faults& faults) {
    if (index != next_) ++faults.disordered;
    next_ = index + 1;
    if (seen_.size() <= index) seen_.resize(std::max<std::size_t>(index + 1, seen_.size() * 2));
    if (seen_[index]) {
      ++faults.duplicated;
    } else {
      seen_[index] = true;
      ++count_;
    }
  }
  std::uint64_t count() const { return count_; }

 private:
  std::vector<bool> seen_;
  std::uint64_t next_ = 0, count_ = 0;
};

}  // namespace kith
