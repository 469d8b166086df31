// auth/password_for_tests.h — A hasher that protects nothing: for tests and the simulator, never for a server that serves.
//
// Runs inside the call, costs nothing, depends on nothing but the password. Counts its calls.
#pragma once

#include <cstddef>
#include <string>

#include "auth/password.h"

namespace kith {

class PasswordHasherForTests : public PasswordHasher {
 public:
  Future<Result<std::string>> hash(Secret password) override {
    ++hashes;
    return Future<Result<std::string>>::ready(form(password));
  }
  Future<Result<bool>> verify(std::string stored, Secret password) override {
    ++verifies;
    return Future<Result<bool>>::ready(stored == form(password));
  }
  std::string stranger() const override { return "for-tests-only:!"; }

  std::size_t hashes = 0;
  std::size_t verifies = 0;

 private:
  // FNV-1a (64 bits): enough to tell passwords apart.
  static std::string form(const Secret& password) {
    std::uint64_t sum = 14695981039346656037u;
    for (char c : password.reveal()) sum = (sum ^ static_cast<std::uint8_t>(c)) * 1099511628211u;
    return "for-tests-only:" + std::to_string(sum);
  }
};

}  // namespace kith
