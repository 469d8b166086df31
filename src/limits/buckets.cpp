#include "limits/buckets.h"

#include <xxhash.h>

#include <bit>

#include "base/assert.h"

namespace kith {

namespace {
constexpr std::size_t kSetsFirst = 16;
}

BucketKey bucket_key(std::string_view name, std::uint64_t seed) {
  if (name.empty()) return 0;
  BucketKey key = XXH3_64bits_withSeed(name.data(), name.size(), seed);
  return key != 0 ? key : 1;
}

Buckets::Buckets(Rate rate, std::size_t names_max)
    : rate_(rate), sets_max_(std::bit_ceil(std::max<std::size_t>(names_max / 4, 1))), sets_(std::min(kSetsFirst, sets_max_)) {
  static_assert(sizeof(Set) == 64);
}

Duration Buckets::wait(BucketKey key, std::uint32_t cost, Instant now) {
  if (!rate_.limits() || key == 0) return 0ns;
  return place(key, now).wait(rate_, cost, now);
}

Duration Buckets::take(BucketKey key, std::uint32_t cost, Instant now) {
  if (!rate_.limits() || key == 0) return 0ns;
  Bucket& bucket = place(key, now);
  Duration wait = bucket.wait(rate_, cost, now);
  if (wait == 0ns) bucket.take(rate_, cost, now);
  return wait;
}

void Buckets::charge(BucketKey key, std::uint32_t cost, Instant now) {
  if (rate_.limits() && key != 0) place(key, now).charge(rate_, cost, now);
}

Bucket Buckets::bucket(BucketKey key) const {
  const Set& set = sets_[key & (sets_.size() - 1)];
  for (std::size_t i = 0; i < set.keys.size(); ++i) {
    if (set.keys[i] == key) return set.buckets[i];
  }
  return {};
}

Bucket& Buckets::place(BucketKey key, Instant now) {
  Bucket* found = find(set_of(key), key, now);
  while (!found && sets_.size() < sets_max_) {
    grow(now);
    found = find(set_of(key), key, now);
  }
  if (found) return *found;
  Set& set = set_of(key);
  std::size_t fullest = 0;
  for (std::size_t i = 1; i < set.keys.size(); ++i) {
    if (set.buckets[i].full_at < set.buckets[fullest].full_at) fullest = i;
  }
  set.keys[fullest] = key;
  set.buckets[fullest] = {};
  return set.buckets[fullest];
}

// Its bucket, or a place where none is needed: a bucket that is full by now says nothing. nullptr: there is none.
Bucket* Buckets::find(Set& set, BucketKey key, Instant now) {
  for (std::size_t i = 0; i < set.keys.size(); ++i) {
    if (set.keys[i] == key) return &set.buckets[i];
  }
  for (std::size_t i = 0; i < set.keys.size(); ++i) {
    if (set.buckets[i].full_at > now) continue;
    set.keys[i] = key;
    set.buckets[i] = {};
    return &set.buckets[i];
  }
  return nullptr;
}

void Buckets::grow(Instant now) {
  std::vector<Set> before(sets_.size() * 2);
  before.swap(sets_);
  for (const Set& set : before) {
    for (std::size_t i = 0; i < set.keys.size(); ++i) {
      if (set.buckets[i].full_at <= now) continue;
      Bucket* bucket = find(set_of(set.keys[i]), set.keys[i], now);
      KITH_ASSERT(bucket);  // A set became two.
      *bucket = set.buckets[i];
    }
  }
}

SharedBuckets::SharedBuckets(Rate rate, std::size_t names_max) : rate_(rate) {
  for (std::size_t i = 0; i < kParts; ++i) parts_.push_back(std::make_unique<Part>(rate, std::max<std::size_t>(names_max / kParts, 1)));
}

Duration SharedBuckets::take(BucketKey key, std::uint32_t cost, Instant now) {
  if (!rate_.limits() || key == 0) return 0ns;
  Part& part = part_of(key);
  std::lock_guard lock(part.mutex);
  return part.buckets.take(key, cost, now);
}

Bucket SharedBuckets::bucket(BucketKey key) const {
  const Part& part = part_of(key);
  std::lock_guard lock(part.mutex);
  return part.buckets.bucket(key);
}

}  // namespace kith
