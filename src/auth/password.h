// auth/password.h — Slow hashing of passwords (argon2id, RFC 9106) away from the loops, with a bound on what may wait.
//
//   Which loop   A PasswordHasher belongs to one loop: calls come from it, futures complete on it. The HasherPool is shared by all.
//   Durable      Nothing here is.
//   Cancelled    A dropped future costs the work all the same; its result is thrown away.
//   Fails        busy (with retry_after_ms) when the queue is full; internal when the memory for a hash cannot be had.
//   Ends         The pool before the loops of its hashers, after the hashers. What still waits then fails with going_away.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "auth/secret.h"
#include "base/loop.h"
#include "base/result.h"
#include "base/task.h"

namespace kith {

class PasswordHasher {
 public:
  virtual ~PasswordHasher() = default;

  // The stored form carries parameters and salt.
  virtual Future<Result<std::string>> hash(Secret password) = 0;

  // Whether `password` is the one that `stored` was made from. A stored form that is damaged fits no password.
  virtual Future<Result<bool>> verify(std::string stored, Secret password) = 0;

  // A stored form with today's parameters that fits no password: verifying against it costs what a user's own costs.
  virtual std::string stranger() const = 0;
};

// Cost of one hash. The defaults are the least that OWASP's password storage sheet advises for argon2id.
struct HashCost {
  std::uint64_t passes = 2;
  std::size_t memory_bytes = 19 << 20;
};

struct HasherPoolOptions {
  HashCost cost;
  std::size_t threads = 2;
  std::size_t queue = 64;  // Waiting, beside those at work.
};

class HasherPool {
 public:
  explicit HasherPool(HasherPoolOptions options = {});
  ~HasherPool();
  HasherPool(const HasherPool&) = delete;
  HasherPool& operator=(const HasherPool&) = delete;

  // A hasher for the callers on `loop`.
  std::unique_ptr<PasswordHasher> on(Loop& loop);

 private:
  class Work;
  class OfLoop;
  std::unique_ptr<Work> work_;
};

}  // namespace kith
