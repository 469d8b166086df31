#include "auth/accounts.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

#include "base/hex.h"
#include "base/wait.h"
#include "store/retry.h"

namespace kith {

namespace {

constexpr std::int64_t kSeenEveryMs = 3600 * 1000;
constexpr std::uint32_t kScanRows = 1024;
constexpr int kReadsMax = 8;  // Of one verify(), when revocations keep coming.

bool allowed_password(const Secret& password) { return password.size() >= kPasswordBytesMin && password.size() <= kPasswordBytesMax; }

Failure bad_password() { return Failure(Code::invalid_argument, "a password has 8 to 256 bytes"); }
Failure damaged() { return Failure(Code::internal, "stored data is damaged"); }
Failure not_here() { return Failure(Code::unauthenticated, "the token is not valid here"); }

}  // namespace

struct Accounts::Listed {
  std::vector<std::pair<DeviceId, DeviceRow>> rows;

  // Whether a row lets its device in under this account.
  static bool open(const AccountRow& account, const DeviceRow& row) {
    if (!row.active || account.deactivated) return false;
    return row.token ? row.generation == account.generation : row.last_seen_ms >= account.not_before_ms;
  }
  std::size_t count_open(const AccountRow& account) const {
    return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](const auto& one) { return open(account, one.second); }));
  }
  const DeviceRow* find(const DeviceId& device) const {
    auto place = std::find_if(rows.begin(), rows.end(), [&](const auto& one) { return one.first == device; });
    return place == rows.end() ? nullptr : &place->second;
  }
};

Accounts::Accounts(Loop& loop, Store& store, PasswordHasher& hasher, AccountsOptions options, Revoked revoked)
    : loop_(loop),
      store_(store),
      hasher_(hasher),
      options_(options),
      revoked_(std::move(revoked)),
      stranger_(hasher.stranger()),
      seed_(loop.random().next()),
      logins_per_user_(options.logins_per_user, options.limited_keys_max),
      attempts_(options.attempts) {
  if (!attempts_)
    attempts_ = std::make_shared<AddressAttempts>(options.logins_per_address, options.signups_per_address, options.limited_keys_max, seed_);
}

Accounts::~Accounts() {
  turns_.close();
  scope_.cancel();
}

// A change runs in our own scope, so that a caller who goes away does not leave a write behind that overtakes the next one.
template <class T>
Future<Result<T>> Accounts::carry_through(Task<Result<T>> change) {
  struct Answer {
    std::optional<Promise<Result<T>>> promise;
    Timer timer;

    void give(Result<T> result) {
      if (!promise) return;
      auto once = std::move(*promise);
      promise.reset();
      once.set(std::move(result));
    }
  };
  auto answer = std::make_shared<Answer>();
  auto future = answer->promise.emplace().future();
  scope_.start(std::move(change)).then([answer](Result<T> result) {
    answer->timer.cancel();
    answer->give(std::move(result));
  });
  if (answer->promise) {
    answer->timer = loop_.after(kAnswerWithin, [weak = std::weak_ptr<Answer>(answer)] {
      if (auto late = weak.lock()) late->give(Failure(Code::outcome_unknown, "the store does not answer"));
    });
  }
  return future;
}

// ------------------------------------------------------------------------------------------------------------ rows

Task<Result<Accounts::Loaded>> Accounts::load(UserId user, DeviceId device) {
  std::vector<RowKey> keys;
  keys.push_back({RowTable::users, user.text(), std::string(kAccountKey)});
  if (!device.empty()) keys.push_back({RowTable::devices, user.text(), device.text()});
  const std::size_t asked = keys.size();
  auto values = co_await store_.multi_get(std::move(keys));
  if (!values) co_return to_failure(values.error());
  KITH_ASSERT(values->size() == asked);
  Loaded loaded;
  if (const auto& value = values->front()) {
    loaded.account = decode_account(*value);
    if (!loaded.account) co_return damaged();
  }
  if (const auto& value = values->back(); asked == 2 && value && !value->empty()) {
    loaded.device = decode_device(*value);
    if (!loaded.device) co_return damaged();
  }
  co_return std::move(loaded);
}

Task<Result<Accounts::Held>> Accounts::hold(UserId user, DeviceId device) {
  auto turn = co_await turns_.take(user);
  if (!turn) co_return turn.error();
  auto loaded = co_await load(std::move(user), std::move(device));
  if (!loaded) co_return loaded.error();
  if (!loaded->account) co_return Failure(Code::unknown_user);
  co_return Held{std::move(*turn), std::move(*loaded->account), std::move(loaded->device)};
}

Task<Result<Accounts::Listed>> Accounts::list(UserId user) {
  Listed listed;
  std::string from;
  for (bool more = true; more;) {
    auto page = co_await store_.scan(RowTable::devices, user.text(), from, kScanRows);
    if (!page) co_return to_failure(page.error());
    for (const Row& row : page->rows) {
      auto device = DeviceId::parse(row.key);
      if (!device || row.value.empty()) continue;
      auto decoded = decode_device(row.value);
      if (!decoded) co_return damaged();
      listed.rows.emplace_back(std::move(*device), *decoded);
    }
    more = page->more;
    if (!more) break;
    if (page->rows.empty()) co_return damaged();
    from = page->rows.back().key + '\0';
  }
  co_return std::move(listed);
}

Task<Result<Ok>> Accounts::put(RowTable table, std::string partition, std::vector<Row> rows) {
  bool unclear = false;
  for (Duration pause = 10ms;; pause = std::min<Duration>(pause * 2, 1s)) {
    auto done = co_await store_.put(table, partition, rows);
    if (done) co_return Ok{};
    StoreError error = done.error();
    // After one unclear outcome only a success says what lies there, and nothing else may be written before.
    unclear = unclear || error == StoreError::unknown;
    if (!unclear || error == StoreError::corrupt || error == StoreError::conflict) co_return to_failure(error);
    co_await wait(loop_, pause);
  }
}

Task<Result<Ok>> Accounts::put_account(UserId user, AccountRow row) {
  if (!row.listed) {
    // The list first: it may name one who is not there, and must not miss one who is.
    auto listed = co_await put(RowTable::meta, list_partition(user), list_row(user));
    if (!listed) co_return listed;
    row.listed = true;
  }
  std::vector<Row> rows;
  rows.push_back({std::string(kAccountKey), encode(row)});
  auto done = co_await put(RowTable::users, user.text(), std::move(rows));
  co_return done;
}

Task<Result<Ok>> Accounts::put_device(UserId user, DeviceId device, DeviceRow row) {
  std::vector<Row> rows;
  rows.push_back({device.text(), encode(row)});
  return put(RowTable::devices, user.text(), std::move(rows));
}

// ------------------------------------------------------------------------------------------------------------ coming to exist

Task<Result<Ok>> Accounts::sign_up(UserId user, Secret password, std::string address) {
  if (!options_.signup_open) co_return Failure(Code::signup_closed);
  if (!options_.reserved.empty() && user == options_.reserved) co_return Failure(Code::name_taken);
  if (!allowed_password(password)) co_return bad_password();
  if (auto wait = attempts_->sign_up(address, loop_.now()); wait > 0ns) co_return too_much(Limit::signups_of_address, wait, refusals_);
  // Before the work of hashing; who really gets the name is settled by the change.
  auto before = co_await load(user, {});
  if (!before) co_return before.error();
  if (before->account) co_return Failure(Code::name_taken);
  auto hash = co_await hasher_.hash(std::move(password));
  if (!hash) co_return hash.error();
  auto made = co_await carry_through(change_create(user, AccountOrigin::signup, std::move(*hash)));
  co_return made;
}

Task<Result<Ok>> Accounts::create(UserId user, std::optional<Secret> password) {
  std::string stored;
  if (password) {
    if (!allowed_password(*password)) co_return bad_password();
    auto hash = co_await hasher_.hash(std::move(*password));
    if (!hash) co_return hash.error();
    stored = std::move(*hash);
  }
  auto made = co_await carry_through(change_create(user, AccountOrigin::admin, std::move(stored)));
  co_return made;
}

Task<Result<bool>> Accounts::provide(UserId user, std::optional<Secret> password) {
  if (password && !allowed_password(*password)) co_return bad_password();
  auto before = co_await load(user, {});
  if (!before) co_return before.error();
  if (!before->account) {
    std::optional<Secret> copy;
    if (password) copy = password->copy();
    auto made = co_await create(user, std::move(copy));
    if (made) co_return true;
    if (made.error().code != Code::name_taken) co_return made.error();
    before = co_await load(user, {});
    if (!before) co_return before.error();
  }
  if (!before->account || before->account->deactivated) co_return Failure(Code::name_taken, "the user is deactivated or erased");
  if (!password) co_return false;
  if (before->account->password_hash.empty()) co_return Failure(Code::name_taken, "the user is there, without a password");
  auto fits = co_await hasher_.verify(before->account->password_hash, std::move(*password));
  if (!fits) co_return fits.error();
  if (!*fits) co_return Failure(Code::name_taken, "the user is there, with another password");
  co_return false;
}

Task<Result<Ok>> Accounts::change_create(UserId user, AccountOrigin origin, std::string password_hash) {
  auto turn = co_await turns_.take(user);
  if (!turn) co_return turn.error();
  auto loaded = co_await load(user, {});
  if (!loaded) co_return loaded.error();
  if (loaded->account) co_return Failure(Code::name_taken);
  AccountRow row;
  row.created_ms = loop_.wall().ms;
  row.origin = origin;
  row.password_hash = std::move(password_hash);
  auto done = co_await put_account(user, std::move(row));
  co_return done;
}

// ------------------------------------------------------------------------------------------------------------ coming in

Task<Result<DeviceSession>> Accounts::login(UserId user, Secret password, std::optional<DeviceId> device, std::string address) {
  // The address first: who is refused for it must not use up what the user may try.
  if (auto wait = attempts_->login(address, loop_.now()); wait > 0ns) co_return too_much(Limit::logins_of_address, wait, refusals_);
  if (auto wait = try_password(user); wait > 0ns) co_return too_much(Limit::logins_of_user, wait, refusals_);
  auto proven = co_await check_password(user, std::move(password));
  if (!proven) co_return proven.error();
  auto session = co_await carry_through(change_open(user, std::move(device), std::move(*proven)));
  co_return session;
}

// The stored hash that the password fits. Everything else is wrong_password, after one read and one verification.
Task<Result<std::string>> Accounts::check_password(UserId user, Secret password) {
  if (!allowed_password(password)) co_return Failure(Code::wrong_password);
  auto loaded = co_await load(user, {});
  if (!loaded) co_return loaded.error();
  bool real = loaded->account && !loaded->account->deactivated && !loaded->account->password_hash.empty();
  std::string stored = real ? loaded->account->password_hash : stranger_;
  auto fits = co_await hasher_.verify(stored, std::move(password));
  if (!fits) co_return fits.error();
  if (!real || !*fits) co_return Failure(Code::wrong_password);
  co_return std::move(stored);
}

Task<Result<DeviceSession>> Accounts::open_device(UserId user, std::optional<DeviceId> device) {
  auto session = co_await carry_through(change_open(user, std::move(device), std::nullopt));
  co_return session;
}

Task<Result<DeviceSession>> Accounts::change_open(UserId user, std::optional<DeviceId> device, std::optional<std::string> proven_hash) {
  auto held = co_await hold(user, {});
  if (!held) co_return held.error();
  const AccountRow account = held->account;
  // The password may have been changed while it was being checked.
  if (proven_hash && (account.deactivated || account.password_hash != *proven_hash)) co_return Failure(Code::wrong_password);
  if (account.deactivated) co_return Failure(Code::forbidden, "the user is deactivated");
  auto listed = co_await list(user);
  if (!listed) co_return listed.error();
  if (!device) device = free_device(*listed);
  const DeviceRow* there = listed->find(*device);
  const bool was_open = there && Listed::open(account, *there);
  if (!was_open && listed->count_open(account) >= kDevicesMax)
    co_return Failure(Code::forbidden, "the user has too many devices: log one out");
  if (!there && listed->rows.size() >= kDeviceRowsMax) {
    co_return Failure(Code::forbidden, "too many device ids were used: use an old one, or none");
  }
  DeviceSession session;
  session.device = *device;
  DeviceRow row;
  if (there) row = *there;
  row.active = true;
  row.generation = account.generation;
  row.created_ms = row.last_seen_ms = loop_.wall().ms;
  auto fresh = make_device_token(user, *device, loop_.random());
  row.token = fresh.hash;
  session.token = std::move(fresh.text);
  auto done = co_await put_device(user, *device, row);
  if (!done) co_return done.error();
  if (was_open) announce(user, *device);
  co_return std::move(session);
}

// A new id; or, when the user has logged out many, the one that was logged out longest ago, so that rows do not pile up.
DeviceId Accounts::free_device(const Listed& listed) {
  if (listed.rows.size() >= kDevicesMax) {
    const std::pair<DeviceId, DeviceRow>* oldest = nullptr;
    for (const auto& one : listed.rows) {
      if (!one.second.active && (!oldest || one.second.revoked_ms < oldest->second.revoked_ms)) oldest = &one;
    }
    if (oldest) return oldest->first;
  }
  std::string text = "device-";
  append_hex(text, loop_.random().next(), 16);
  auto device = DeviceId::parse(text);
  KITH_ASSERT(device);
  return *device;
}

Task<Result<Identity>> Accounts::verify(PresentedToken token, DeviceId wanted) {
  if (token.kind == TokenKind::administrator) co_return Identity{{}, {}, TokenKind::administrator};
  if (!token.device.empty() && !wanted.empty() && token.device != wanted) {
    co_return Failure(Code::unauthenticated, "the token is of another device");
  }
  const DeviceId device = token.device.empty() ? wanted : token.device;
  for (int reads = 0; reads < kReadsMax; ++reads) {
    const std::uint64_t before = revocations_;
    auto loaded = co_await load(token.user, device);
    if (!loaded) co_return loaded.error();
    if (!loaded->account && token.kind == TokenKind::application) {
      auto made = co_await carry_through(change_create(token.user, AccountOrigin::token, {}));
      if (!made && made.error().code != Code::name_taken) co_return made.error();
      continue;
    }
    // What was read may be older than a revocation that was announced meanwhile.
    if (before != revocations_) continue;
    auto identity = judge(token, *loaded, device);
    if (!identity) co_return identity;
    const DeviceRow* row = loaded->device ? &*loaded->device : nullptr;
    const bool seen_lately = row && row->active && loop_.wall().ms - row->last_seen_ms < kSeenEveryMs;
    if (!device.empty() && !seen_lately) scope_.spawn(note_seen(token, device));
    if (!loaded->account->listed) scope_.spawn(note_listed(token.user));
    co_return identity;
  }
  co_return Failure(Code::busy, "too many sessions are being revoked", 1000);
}

Result<Identity> Accounts::judge(const PresentedToken& token, const Loaded& loaded, const DeviceId& device) const {
  if (!loaded.account) return not_here();
  const AccountRow& account = *loaded.account;
  const DeviceRow* row = loaded.device ? &*loaded.device : nullptr;
  bool revoked = account.deactivated;
  if (token.kind == TokenKind::device) {
    // First whether it is the true one: only its holder learns that it was revoked.
    if (!row || !row->token || sodium_memcmp(row->token->data(), token.hash.data(), token.hash.size()) != 0) return not_here();
    revoked = revoked || !row->active || row->generation != account.generation;
  } else {
    revoked = revoked || token.issued_ms < account.not_before_ms || (row && token.issued_ms < row->revoked_ms);
  }
  if (revoked) return Failure(Code::revoked);
  return Identity{token.user, device, token.kind};
}

// Best effort, behind the answer: the row says when the device was here, and lists it when it came with an application's token.
Task<void> Accounts::note_seen(PresentedToken token, DeviceId device) {
  auto turn = co_await turns_.take(token.user);
  if (!turn) co_return;
  auto loaded = co_await load(token.user, device);
  // Judged again: it may have been revoked since.
  if (!loaded || !judge(token, *loaded, device)) co_return;
  const AccountRow account = *loaded->account;
  DeviceRow row = loaded->device.value_or(DeviceRow{});
  if (!loaded->device || !Listed::open(account, row)) {
    auto listed = co_await list(token.user);
    if (!listed || listed->count_open(account) >= kDevicesMax) co_return;
    if (!loaded->device && listed->rows.size() >= kDeviceRowsMax) co_return;
    row.active = true;
    row.token.reset();
    row.created_ms = loop_.wall().ms;
  }
  row.last_seen_ms = std::max(loop_.wall().ms, row.last_seen_ms);
  auto done = co_await put_device(token.user, device, row);
  static_cast<void>(done);
}

// Best effort: accounts of before there was a list enter it when their user comes.
Task<void> Accounts::note_listed(UserId user) {
  auto turn = co_await turns_.take(user);
  if (!turn) co_return;
  auto loaded = co_await load(user, {});
  if (!loaded || !loaded->account || loaded->account->listed) co_return;
  auto done = co_await put_account(user, *loaded->account);
  static_cast<void>(done);
}

// ------------------------------------------------------------------------------------------------------------ going out

void Accounts::announce(const UserId& user, std::optional<DeviceId> device) {
  ++revocations_;
  if (revoked_) revoked_(user, std::move(device));
}

Task<Result<Ok>> Accounts::revoke(UserId user, DeviceId device) {
  auto done = co_await carry_through(change_revoke(std::move(user), std::move(device)));
  co_return done;
}

Task<Result<Ok>> Accounts::change_revoke(UserId user, DeviceId device) {
  auto held = co_await hold(user, device);
  if (!held) co_return held.error();
  if (!held->device) {
    auto listed = co_await list(user);
    if (!listed) co_return listed.error();
    if (listed->rows.size() >= kDeviceRowsMax) co_return Failure(Code::forbidden, "too many device ids were used: revoke all");
  }
  DeviceRow row = held->device.value_or(DeviceRow{});
  row.active = false;
  row.revoked_ms = std::max(row.revoked_ms, loop_.wall().ms);
  if (!held->device) row.created_ms = row.revoked_ms;
  auto done = co_await put_device(user, device, row);
  if (!done) co_return done.error();
  announce(user, device);
  co_return Ok{};
}

Task<Result<Ok>> Accounts::revoke_all(UserId user) {
  auto done = co_await carry_through(change_revoke_all(std::move(user), false));
  co_return done;
}

Task<Result<Ok>> Accounts::deactivate(UserId user) {
  auto done = co_await carry_through(change_revoke_all(std::move(user), true));
  co_return done;
}

void Accounts::end_all(AccountRow& row) const {
  ++row.generation;
  row.not_before_ms = std::max(row.not_before_ms, loop_.wall().ms);
}

Task<Result<Ok>> Accounts::change_revoke_all(UserId user, bool deactivate) {
  auto held = co_await hold(user, {});
  if (!held) co_return held.error();
  AccountRow row = held->account;
  end_all(row);
  row.deactivated = row.deactivated || deactivate;
  auto done = co_await put_account(user, row);
  if (!done) co_return done.error();
  announce(user, std::nullopt);  // Whatever becomes of the rest: no token of before is good any more.
  if (deactivate && row.erasure == Erasure::none) done = co_await put_closed(user, Closed::yes);
  co_return done;
}

Task<Result<Ok>> Accounts::reactivate(UserId user) {
  auto done = co_await carry_through(change_reactivate(std::move(user)));
  co_return done;
}

Task<Result<Erasure>> Accounts::begin_erasure(UserId user, bool wipe) {
  auto done = co_await carry_through(change_begin_erasure(std::move(user), wipe));
  co_return done;
}

Task<Result<Erasure>> Accounts::finish_erasure(UserId user, bool wiped) {
  auto done = co_await carry_through(change_finish_erasure(std::move(user), wiped));
  co_return done;
}

Task<Result<Ok>> Accounts::change_password(UserId user, DeviceId keep, Secret old_password, Secret new_password) {
  if (!allowed_password(new_password)) co_return bad_password();
  // It is a way to try passwords, so it counts as a login.
  if (auto wait = try_password(user); wait > 0ns) co_return too_much(Limit::logins_of_user, wait, refusals_);
  auto proven = co_await check_password(user, std::move(old_password));
  if (!proven) co_return proven.error();
  auto hash = co_await hasher_.hash(std::move(new_password));
  if (!hash) co_return hash.error();
  auto done = co_await carry_through(change_to_password(std::move(user), std::move(keep), std::move(*proven), std::move(*hash)));
  co_return done;
}

Task<Result<Ok>> Accounts::change_to_password(UserId user, DeviceId keep, std::string proven_hash, std::string new_hash) {
  auto turn = co_await turns_.take(user);
  if (!turn) co_return turn.error();
  auto loaded = co_await load(user, {});
  if (!loaded) co_return loaded.error();
  if (!loaded->account || loaded->account->deactivated || loaded->account->password_hash != proven_hash) {
    co_return Failure(Code::wrong_password);
  }
  auto listed = co_await list(user);
  if (!listed) co_return listed.error();
  const AccountRow before = *loaded->account;
  AccountRow after = before;
  after.password_hash = std::move(new_hash);
  ++after.generation;
  auto done = co_await put_account(user, after);
  if (!done) co_return done.error();
  // From here on the password is changed. If the next write fails, the kept device is logged out like the others.
  bool kept = false;
  if (const DeviceRow* there = listed->find(keep); there && there->token && Listed::open(before, *there)) {
    DeviceRow row = *there;
    row.generation = after.generation;
    auto again = co_await put_device(user, keep, row);
    kept = again.has_value();
  }
  for (const auto& [device, row] : listed->rows) {
    if (row.token && Listed::open(before, row) && !(kept && device == keep)) announce(user, device);
  }
  co_return Ok{};
}

Task<Result<Ok>> Accounts::set_password(UserId user, Secret password, bool revoke) {
  if (!allowed_password(password)) co_return bad_password();
  auto hash = co_await hasher_.hash(std::move(password));
  if (!hash) co_return hash.error();
  auto done = co_await carry_through(change_set_password(std::move(user), std::move(*hash), revoke));
  co_return done;
}

Task<Result<Ok>> Accounts::change_set_password(UserId user, std::string hash, bool revoke) {
  auto held = co_await hold(user, {});
  if (!held) co_return held.error();
  AccountRow row = held->account;
  if (row.erasure != Erasure::none) co_return Failure(Code::forbidden, "the user is erased");
  if (row.deactivated) co_return Failure(Code::forbidden, "the user is deactivated");
  row.password_hash = std::move(hash);
  if (revoke) end_all(row);
  auto done = co_await put_account(user, std::move(row));
  if (!done) co_return done.error();
  if (revoke) announce(user, std::nullopt);
  co_return Ok{};
}

// ------------------------------------------------------------------------------------------------------------ looking

Task<Result<bool>> Accounts::exists(UserId user) {
  auto loaded = co_await load(std::move(user), {});
  if (!loaded) co_return loaded.error();
  co_return loaded->account.has_value();
}

Task<Result<bool>> Accounts::receives(UserId user) {
  auto loaded = co_await load(std::move(user), {});
  if (!loaded) co_return loaded.error();
  if (!loaded->account || loaded->account->erasure != Erasure::none) co_return false;
  if (loaded->account->deactivated) co_return Failure(Code::refused, "the user is deactivated");
  co_return true;
}

Task<Result<AccountInfo>> Accounts::account(UserId user) {
  auto loaded = co_await load(std::move(user), {});
  if (!loaded) co_return loaded.error();
  if (!loaded->account) co_return Failure(Code::unknown_user);
  const AccountRow& row = *loaded->account;
  co_return AccountInfo{{row.created_ms}, row.origin, !row.password_hash.empty(), row.deactivated, row.erasure};
}

Task<Result<std::vector<DeviceInfo>>> Accounts::devices(UserId user) {
  auto loaded = co_await load(user, {});
  if (!loaded) co_return loaded.error();
  if (!loaded->account) co_return Failure(Code::unknown_user);
  const AccountRow account = *loaded->account;
  auto listed = co_await list(std::move(user));
  if (!listed) co_return listed.error();
  std::vector<DeviceInfo> devices;
  for (const auto& [device, row] : listed->rows) {
    if (!Listed::open(account, row)) continue;
    devices.push_back({device, {row.created_ms}, {row.last_seen_ms}, row.token ? TokenKind::device : TokenKind::application});
  }
  co_return std::move(devices);
}

}  // namespace kith
