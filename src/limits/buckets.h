// limits/buckets.h — Token buckets by name (a user, an address …), in bounded memory. Nothing durable; cannot fail.
//
//   Which loop   Buckets: one. SharedBuckets: any; a mutex for each part of the table, held for one look.
//   Memory       16 bytes a name, from 1 KiB up to `names_max` of them. Beyond, the fullest of four neighbours is forgotten, which is
//                about the one that was used longest ago: its next use finds a full bucket. Bounded, not perfect justice.
//   Keys         Names are kept as 64-bit hashes under a random seed: nobody can choose a name that shares a bucket with another's.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "limits/rate.h"

namespace kith {

// A name in one table or another, all of one seed. 0: nobody, who is not limited.
using BucketKey = std::uint64_t;
BucketKey bucket_key(std::string_view name, std::uint64_t seed);

class Buckets {
 public:
  Buckets(Rate rate, std::size_t names_max);

  const Rate& rate() const { return rate_; }

  // As Bucket's. take() returns 0ns, or how long to wait (then nothing was taken).
  Duration wait(BucketKey key, std::uint32_t cost, Instant now);
  Duration take(BucketKey key, std::uint32_t cost, Instant now);
  void charge(BucketKey key, std::uint32_t cost, Instant now);

  // A copy; full for who is not there.
  Bucket bucket(BucketKey key) const;
  std::size_t bytes() const { return sets_.size() * sizeof(Set); }

 private:
  // A cache line: one look finds all that there is about a key.
  struct alignas(64) Set {
    std::array<BucketKey, 4> keys{};
    std::array<Bucket, 4> buckets{};
  };

  Bucket& place(BucketKey key, Instant now);
  Bucket* find(Set& set, BucketKey key, Instant now);
  void grow(Instant now);
  Set& set_of(BucketKey key) { return sets_[key & (sets_.size() - 1)]; }

  const Rate rate_;
  const std::size_t sets_max_;  // A power of two.
  std::vector<Set> sets_;
};

class SharedBuckets {
 public:
  SharedBuckets(Rate rate, std::size_t names_max);

  const Rate& rate() const { return rate_; }
  Duration take(BucketKey key, std::uint32_t cost, Instant now);
  Bucket bucket(BucketKey key) const;

 private:
  static constexpr std::size_t kParts = 64;
  struct alignas(64) Part {
    Part(Rate rate, std::size_t names_max) : buckets(rate, names_max) {}
    mutable std::mutex mutex;
    Buckets buckets;
  };
  Part& part_of(BucketKey key) const { return *parts_[key >> 58]; }  // The tables look at the lower bits.

  const Rate rate_;
  std::vector<std::unique_ptr<Part>> parts_;
};

}  // namespace kith
