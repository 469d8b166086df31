// auth/limits.h — How often one address may try to come in: one count for all loops, since each name that is tried may live on another.
//
// Any thread. Nothing durable; cannot fail.
#pragma once

#include <string_view>

#include "limits/buckets.h"

namespace kith {

class AddressAttempts {
 public:
  AddressAttempts(Rate logins, Rate signups, std::size_t names_max, std::uint64_t seed)
      : seed_(seed), logins_(logins, names_max), signups_(signups, names_max) {}

  // Takes one. Returns 0ns, or how long to wait (then nothing was taken).
  Duration login(std::string_view address, Instant now) { return logins_.take(bucket_key(address, seed_), 1, now); }
  Duration sign_up(std::string_view address, Instant now) { return signups_.take(bucket_key(address, seed_), 1, now); }

 private:
  const std::uint64_t seed_;
  SharedBuckets logins_, signups_;
};

}  // namespace kith
