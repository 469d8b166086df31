#include "auth/limits.h"

#include <algorithm>

namespace kith {

Duration Buckets::take(std::string_view key, Instant now) {
  if (rate_.burst == 0) return 0ns;
  auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    order_.splice(order_.begin(), order_, found->second);
  } else {
    if (order_.size() >= keys_max_ && !order_.empty()) {
      by_key_.erase(order_.back().key);
      order_.pop_back();
    }
    order_.push_front({std::string(key), now});
    by_key_.emplace(order_.front().key, order_.begin());
  }
  Bucket& bucket = order_.front();
  Instant full_at = std::max(bucket.full_at, now);
  Duration wait = (full_at - now) - rate_.every * (rate_.burst - 1);
  if (wait > 0ns) return wait;
  bucket.full_at = full_at + rate_.every;
  return 0ns;
}

}  // namespace kith
