// auth/account_rows.h — What lies in the store for one user's account and for one device. Pure functions; a row that is not exactly
// one of these forms does not decode. An empty row is none: what was there is erased.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "auth/token.h"

namespace kith {

inline constexpr std::string_view kAccountKey = "account";  // In RowTable::users; the partition is the user id.

// The numbers are on disk: append only.
enum class AccountOrigin : std::uint8_t { signup = 1, token = 2, admin = 3 };
std::string_view name(AccountOrigin origin);

// How far the erasure of a user has come. On disk: append only.
enum class Erasure : std::uint8_t {
  none = 0,
  keeping = 1,  // Under way; what the user sent stays.
  wiping = 2,   // Under way; what the user sent is deleted for everyone.
  done = 3,     // Nothing is left but the id, which nobody gets again.
};

struct AccountRow {
  std::int64_t created_ms = 0;
  AccountOrigin origin = AccountOrigin::signup;
  std::string password_hash;       // Empty: no password lets in.
  std::int64_t not_before_ms = 0;  // An application's token issued before this is revoked.
  std::uint64_t generation = 0;    // A device token of another generation is revoked.
  bool deactivated = false;
  Erasure erasure = Erasure::none;  // Other than none: deactivated too.
  bool listed = false;              // There is a row in the list of users (auth/user_list.h).
  bool operator==(const AccountRow&) const = default;
};
std::string encode(const AccountRow& row);
std::optional<AccountRow> decode_account(std::string_view value);

// In RowTable::devices; partition user id, key device id. Keys there that are no device id belong to others (e.g. confirmed useq).
struct DeviceRow {
  bool active = false;             // Logged in.
  std::optional<TokenHash> token;  // None: it comes with an application's tokens, or was logged out.
  std::uint64_t generation = 0;    // The account's when the token was made.
  std::int64_t created_ms = 0;
  std::int64_t revoked_ms = 0;  // The last time; application's tokens issued before it are revoked for this device.
  std::int64_t last_seen_ms = 0;
  bool operator==(const DeviceRow&) const = default;
};
std::string encode(const DeviceRow& row);
std::optional<DeviceRow> decode_device(std::string_view value);

// Of RowTable::devices: how far each device of the user confirmed. A partition that no user id can name.
std::string confirmed_partition(const UserId& user);

}  // namespace kith
