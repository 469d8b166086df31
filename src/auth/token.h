// auth/token.h — The three kinds of bearer tokens: of a device, of an embedding application (JWT), of the administrator.
//
// Values and pure functions; any loop. A TokenReader does not change after it was made and may be shared by all loops.
// A device token names its user and device, so that a look-up is one read; it is proven only by Accounts::verify.
// JWT: RFC 7519 in the compact form of RFC 7515, HS256 (RFC 7518 3.2) and nothing else. `exp` is required, `nbf` is respected, an `iat`
// that lies in the future is refused (a revocation goes by it), `crit` is refused, claims that are not named here are ignored.
// A JWT whose `aud` is or contains kServiceAudience is of a service of the embedding application, which may do what the administrator may:
// `sub` names the service and no user. It lives kServiceLifeMax at most, since it cannot be revoked.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "auth/secret.h"
#include "base/ids.h"
#include "base/loop.h"
#include "base/result.h"
#include "base/time.h"

namespace kith {

inline constexpr std::size_t kTokenBytesMax = 4096;
inline constexpr std::size_t kTokenKeyBytesMin = 32;
inline constexpr std::string_view kServiceAudience = "kith-admin";
inline constexpr Duration kServiceLifeMax = 24h;

enum class TokenKind : std::uint8_t { device, application, administrator };

using TokenHash = std::array<std::uint8_t, 32>;  // BLAKE2b of a device token's whole text.

// The token of an Authorization header, or nothing: `Bearer TOKEN`, the scheme in any case. Source: RFC 6750 2.1.
std::string_view bearer(std::string_view authorization);

// ---- device tokens: kd_<base64url of the user>.<device>.<base64url of 32 random bytes>

struct NewDeviceToken {
  Secret text;     // For the device; kept nowhere.
  TokenHash hash;  // For the row.
};
NewDeviceToken make_device_token(const UserId& user, const DeviceId& device, Random& random);

// ---- tokens of an embedding application

struct JwtClaims {
  std::string subject;  // User id.
  std::optional<std::string> device;
  std::optional<std::string> issuer;
  std::optional<std::string> audience;
  std::int64_t expires_s = 0;
  std::optional<std::int64_t> issued_s;
  std::optional<std::int64_t> not_before_s;
};
// For applications, tests and benches. `kid` empty: none in the header.
std::string mint_jwt(const JwtClaims& claims, const Secret& key, std::string_view kid = {});

struct TokenKeys {
  std::optional<Secret> without_kid;  // For tokens whose header has no `kid`.
  std::map<std::string, Secret> by_kid;
  std::optional<std::string> issuer;    // When set, `iss` must be this …
  std::optional<std::string> audience;  // … and `aud` must be or contain this.
  Duration leeway = 60s;
};

// ---- the administrator's

// ka_<base64url of 32 random bytes>
Secret make_admin_token(Random& random);
bool is_admin_token(std::string_view text);  // Of that form.

// ---- reading any of them

// What a token says. Proven already for `application` and `administrator`.
struct PresentedToken {
  TokenKind kind = TokenKind::device;
  UserId user;                 // Empty for the administrator.
  DeviceId device;             // Empty when an application's token names none.
  TokenHash hash{};            // Of a device token.
  std::int64_t issued_ms = 0;  // `iat` of an application's token; 0 when it has none.
  std::string service;         // Of an administrator's: the service that presents it; empty: the administrator with their own.
};

class TokenReader {
 public:
  // Fails with invalid_argument when a key is shorter than kTokenKeyBytesMin. An empty `admin` fits no token.
  static Result<TokenReader> make(TokenKeys keys, Secret admin);

  // Fails with unauthenticated; the detail says why, without any part of the token.
  Result<PresentedToken> read(std::string_view text, WallTime now) const;

  // A token as the application would make it, with its key that has no `kid`. not_found when there is no such key.
  Result<Secret> mint(const UserId& user, const std::optional<DeviceId>& device, Duration life, WallTime now) const;

 private:
  TokenReader(TokenKeys keys, Secret admin) : keys_(std::move(keys)), admin_(std::move(admin)) {}
  Result<PresentedToken> read_jwt(std::string_view text, WallTime now) const;
  Result<PresentedToken> read_claims(std::string_view json, WallTime now) const;
  const Secret* key_for(std::string_view header_json) const;

  TokenKeys keys_;
  Secret admin_;
};

// The parser of device tokens alone, for the fuzzer and the reader.
std::optional<PresentedToken> parse_device_token(std::string_view text);

}  // namespace kith
