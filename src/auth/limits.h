// auth/limits.h — Token buckets by key (a user, an address), in bounded memory. One loop; nothing durable; cannot fail.
//
// A bucket holds `burst` and gains one every `every`. Beyond `keys_max` keys the one that was used longest ago is forgotten, so that its
// next use finds a full bucket: memory is bounded, not perfect justice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"

namespace kith {

struct Rate {
  std::uint32_t burst = 10;  // 0: no limit.
  Duration every = 6s;
};

class Buckets {
 public:
  Buckets(Rate rate, std::size_t keys_max) : rate_(rate), keys_max_(keys_max) {}

  // Takes one. Returns 0ns, or how long to wait until there will be one (then nothing was taken).
  Duration take(std::string_view key, Instant now);
  std::size_t size() const { return order_.size(); }

 private:
  struct Bucket {
    std::string key;
    Instant full_at;  // The moment at which the bucket is full again.
  };

  Rate rate_;
  std::size_t keys_max_;
  std::list<Bucket> order_;                                                   // Most recently used first.
  std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_key_;  // Keys point into the list.
};

}  // namespace kith
