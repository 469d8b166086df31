// auth/accounts.h — Who exists, how they prove it, and which of their devices may come in.
//
//   Which loop   One object per loop, for the users whose slots live there; it is the only writer of their rows. Its store, hasher and
//                loop outlive it; the TokenReader too.
//   Order        Changes of one user happen one after the other. Reads go beside them.
//   Durable      A change is durable when its task completes with a value.
//   Cancelled    A caller may drop its task: a change that has begun goes on to its end here.
//   Fails        With what a client can be told. outcome_unknown after kAnswerWithin: the change is still being repeated, and a repeat by
//                the client joins behind it. A row that does not decode is `internal`, and opens no door.
//   Revocation   Durable first, then `revoked` is called, then the caller answered. verify() never completes with what was true before a
//                revocation that has been announced: who registers a session in the same turn in which verify() completes misses none.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/account_rows.h"
#include "auth/limits.h"
#include "auth/password.h"
#include "auth/secret.h"
#include "auth/token.h"
#include "auth/user_list.h"
#include "base/fn.h"
#include "base/ids.h"
#include "base/loop.h"
#include "base/result.h"
#include "base/task.h"
#include "base/turns.h"
#include "limits/limits.h"
#include "store/store.h"

namespace kith {

inline constexpr std::size_t kPasswordBytesMin = 8;
inline constexpr std::size_t kPasswordBytesMax = 256;
inline constexpr std::size_t kDevicesMax = 100;      // Logged in, per user.
inline constexpr std::size_t kDeviceRowsMax = 1000;  // With those that were logged out, whose ids stay taken.
inline constexpr Duration kAnswerWithin = 10s;

struct AccountsOptions {
  bool signup_open = false;
  Rate logins_per_user{10, 6s};
  Rate logins_per_address{10, 6s};
  Rate signups_per_address{100, 1s};
  std::size_t limited_keys_max = 16384;                 // Of each of the three.
  std::shared_ptr<AddressAttempts> attempts = nullptr;  // Of all loops. None: this object counts its own.
  UserId reserved{};                                    // Nobody signs up as this one.
};

// Who is there. For the administrator user and device are empty.
struct Identity {
  UserId user;
  DeviceId device;  // Empty when neither an application's token nor the caller named one.
  TokenKind kind = TokenKind::device;
};

struct DeviceSession {
  DeviceId device;
  Secret token;
};

struct DeviceInfo {
  DeviceId device;
  WallTime created;
  WallTime last_seen;  // Within an hour.
  TokenKind kind = TokenKind::device;
};

struct AccountInfo {
  WallTime created;
  AccountOrigin origin = AccountOrigin::signup;
  bool has_password = false;
  bool deactivated = false;
  Erasure erasure = Erasure::none;
};

class Accounts {
 public:
  // A device, or without one all of them, may no longer come in: open sessions must end.
  using Revoked = Fn<void(UserId, std::optional<DeviceId>)>;

  Accounts(Loop& loop, Store& store, PasswordHasher& hasher, AccountsOptions options, Revoked revoked);
  ~Accounts();

  // ---- coming to exist

  // Two at once for one name: exactly one wins, the other gets name_taken.
  Task<Result<Ok>> sign_up(UserId user, Secret password, std::string address);
  Task<Result<Ok>> create(UserId user, std::optional<Secret> password);
  // As create(), but whoever is there already is as good: false. name_taken, when they have another password, or are deactivated.
  Task<Result<bool>> provide(UserId user, std::optional<Secret> password);

  // ---- coming in

  // A wrong password, no password, an unknown and a deactivated user: the same answer after the same work.
  // Without a device the server names one. Logging in again on a device ends its former token.
  Task<Result<DeviceSession>> login(UserId user, Secret password, std::optional<DeviceId> device, std::string address);

  // Without a password: for the administrator, and right after sign-up. unknown_user when there is none.
  Task<Result<DeviceSession>> open_device(UserId user, std::optional<DeviceId> device);

  // `wanted` may be empty, else must be the device that the token names, if it names one. One read. An application's token makes its
  // user exist. Fails with unauthenticated or revoked.
  Task<Result<Identity>> verify(PresentedToken token, DeviceId wanted);

  // ---- going out

  // Succeeds also for a device that is not there.
  Task<Result<Ok>> revoke(UserId user, DeviceId device);
  // All devices, and all application's tokens issued before this moment.
  Task<Result<Ok>> revoke_all(UserId user);
  // As revoke_all, and nothing lets the user in until they are reactivated; then they need new tokens.
  Task<Result<Ok>> deactivate(UserId user);
  Task<Result<Ok>> reactivate(UserId user);
  // As deactivate, for ever. Says what is to be done from here on; `wipe` once is wipe for good, also after an erasure that kept.
  Task<Result<Erasure>> begin_erasure(UserId user, bool wipe);
  // Leaves of the account and its devices, and of what else lies beside the account but preferences, the id alone.
  // `wiping`: that was asked for meanwhile, was not `wiped`, and nothing is finished.
  Task<Result<Erasure>> finish_erasure(UserId user, bool wiped);
  // Also logs out all devices but `keep`. Application's tokens do not depend on the password and stay.
  Task<Result<Ok>> change_password(UserId user, DeviceId keep, Secret old_password, Secret new_password);
  // For the administrator, who need not know the old one. With `revoke` it is revoke_all too, in one write. forbidden when deactivated.
  Task<Result<Ok>> set_password(UserId user, Secret password, bool revoke);

  // ---- looking

  Task<Result<bool>> exists(UserId user);
  // Whether others may write to the user: false when there is none, or none any more; refused while the user is deactivated.
  Task<Result<bool>> receives(UserId user);
  Task<Result<AccountInfo>> account(UserId user);  // unknown_user when there is none.
  Task<Result<std::vector<DeviceInfo>>> devices(UserId user);

  const Refusals& refusals() const { return refusals_; }

 private:
  struct Loaded {
    std::optional<AccountRow> account;
    std::optional<DeviceRow> device;
  };
  // An account that is there, for who changes it: nobody else does while they have the turn.
  struct Held {
    Turns<UserId>::Turn turn;
    AccountRow account;
    std::optional<DeviceRow> device;
  };
  struct Listed;

  Task<Result<Loaded>> load(UserId user, DeviceId device);  // The device's row too, unless it is empty.
  Task<Result<Held>> hold(UserId user, DeviceId device);    // As load(); unknown_user without an account.
  Task<Result<Listed>> list(UserId user);
  Task<Result<Ok>> put(RowTable table, std::string partition, std::vector<Row> rows);
  Task<Result<Ok>> put_account(UserId user, AccountRow row);
  Task<Result<Ok>> put_device(UserId user, DeviceId device, DeviceRow row);

  // Changes: they hold a Turn, and run in scope_.
  Task<Result<Ok>> change_create(UserId user, AccountOrigin origin, std::string password_hash);
  Task<Result<DeviceSession>> change_open(UserId user, std::optional<DeviceId> device, std::optional<std::string> proven_hash);
  Task<Result<Ok>> change_revoke(UserId user, DeviceId device);
  Task<Result<Ok>> change_revoke_all(UserId user, bool deactivate);
  Task<Result<Ok>> change_reactivate(UserId user);
  Task<Result<Erasure>> change_begin_erasure(UserId user, bool wipe);
  Task<Result<Erasure>> change_finish_erasure(UserId user, bool wiped);
  Task<Result<Ok>> put_closed(UserId user, Closed closed);
  Task<Result<Ok>> blank(RowTable table, std::string partition);
  Task<Result<Ok>> change_to_password(UserId user, DeviceId keep, std::string proven_hash, std::string new_hash);
  Task<Result<Ok>> change_set_password(UserId user, std::string hash, bool revoke);
  Task<void> note_seen(PresentedToken token, DeviceId device);
  Task<void> note_listed(UserId user);

  Task<Result<std::string>> check_password(UserId user, Secret password);
  Result<Identity> judge(const PresentedToken& token, const Loaded& loaded, const DeviceId& device) const;
  void end_all(AccountRow& row) const;  // Once it is written, no token of before lets in.
  DeviceId free_device(const Listed& listed);
  void announce(const UserId& user, std::optional<DeviceId> device);
  Duration try_password(const UserId& user) { return logins_per_user_.take(bucket_key(user.text(), seed_), 1, loop_.now()); }

  template <class T>
  Future<Result<T>> carry_through(Task<Result<T>> change);

  Loop& loop_;
  Store& store_;
  PasswordHasher& hasher_;
  AccountsOptions options_;
  Revoked revoked_;
  std::string stranger_;
  const std::uint64_t seed_;
  Buckets logins_per_user_;
  std::shared_ptr<AddressAttempts> attempts_;
  Refusals refusals_;
  std::uint64_t revocations_ = 0;  // Announced so far.
  Turns<UserId> turns_;
  Scope scope_;  // Last: what runs in it uses all of the above.
};

}  // namespace kith
