// auth/accounts_for_tests.h — Accounts on a virtual clock and a store in memory, and JWTs of any shape. For tests and the fuzzer.
#pragma once

#include <sodium.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/accounts.h"
#include "auth/password_for_tests.h"
#include "base/manual_loop.h"
#include "store/memory_store.h"

namespace kith {

inline UserId user_id(std::string_view text) { return *UserId::parse(text); }
inline DeviceId device_id(std::string_view text) { return *DeviceId::parse(text); }

struct AccountsWorld {
  using Revocation = std::pair<UserId, std::optional<DeviceId>>;

  explicit AccountsWorld(std::uint64_t seed = 1, AccountsOptions options = open_options(), MemoryTiming timing = {})
      : loop(seed), random(seed), disk(loop, random, timing) {
    restart(options);
  }

  static AccountsOptions open_options() {
    AccountsOptions options;
    options.signup_open = true;
    return options;
  }

  // As after a new start of the process, on what was stored.
  void restart(AccountsOptions options = open_options()) {
    accounts.reset();
    accounts = std::make_unique<Accounts>(loop, store, hasher, options, [this](UserId user, std::optional<DeviceId> device) {
      revoked.emplace_back(std::move(user), std::move(device));
    });
  }

  // Runs the loop until the task has its value.
  template <class T>
  T get(Task<T> task) {
    auto future = scope.start(std::move(task));
    bool done = loop.run_until([&] { return future.is_ready(); });
    KITH_ASSERT(done);
    return future.await_resume();
  }

  template <class T>
  Code code(Task<Result<T>> task) {
    auto result = get(std::move(task));
    return result ? Code::ok : result.error().code;
  }

  // A user with a password, made by the administrator; the token of a first device.
  void add(std::string_view user, std::string_view password) {
    KITH_ASSERT(code(accounts->create(user_id(user), Secret(password))) == Code::ok);
  }
  std::string open(std::string_view user, std::string_view device) {
    auto session = get(accounts->open_device(user_id(user), device_id(device)));
    KITH_ASSERT(session);
    return std::string(session->token.reveal());
  }
  Code verify(std::string_view token) {
    auto parsed = parse_device_token(token);
    return parsed ? code(accounts->verify(*parsed, {})) : Code::unauthenticated;
  }
  Code login(std::string_view user, std::string_view password, std::string_view address = "192.0.2.1") {
    return code(accounts->login(user_id(user), Secret(password), device_id("phone"), std::string(address)));
  }
  PresentedToken application_token(std::string_view user, std::string_view device = {}) {
    PresentedToken token;
    token.kind = TokenKind::application;
    token.user = user_id(user);
    if (!device.empty()) token.device = device_id(device);
    token.issued_ms = loop.wall().ms;
    return token;
  }

  ManualLoop loop;
  SeededRandom random;
  MemoryDisk disk;
  MemoryStore store{disk, loop};
  PasswordHasherForTests hasher;
  std::vector<Revocation> revoked;
  std::unique_ptr<Accounts> accounts;
  Scope scope;
};

inline std::string base64url(std::string_view bytes) {
  std::string out(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  out.pop_back();
  return out;
}

// A token with a signature that fits, whatever header and claims say.
inline std::string sign_jwt(std::string_view header, std::string_view claims, std::string_view key) {
  std::string token = base64url(header) + '.' + base64url(claims);
  unsigned char mac[crypto_auth_hmacsha256_BYTES];
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()), key.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(token.data()), token.size());
  crypto_auth_hmacsha256_final(&state, mac);
  return token + '.' + base64url({reinterpret_cast<const char*>(mac), sizeof mac});
}

}  // namespace kith
