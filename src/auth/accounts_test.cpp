#include "auth/accounts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "auth/accounts_for_tests.h"
#include "auth/json.h"
#include "base/wait.h"

namespace kith {
namespace {

using World = AccountsWorld;

TEST(Accounts, SignUpLogInVerify) {
  World world;
  ASSERT_EQ(world.code(world.accounts->sign_up(user_id("alice"), Secret("correct horse"), "192.0.2.1")), Code::ok);
  auto session = world.get(world.accounts->login(user_id("alice"), Secret("correct horse"), device_id("phone"), "192.0.2.1"));
  ASSERT_TRUE(session);
  auto identity = world.get(world.accounts->verify(*parse_device_token(session->token.reveal()), device_id("phone")));
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->user.text(), "alice");
  EXPECT_EQ(identity->device.text(), "phone");
  EXPECT_EQ(identity->kind, TokenKind::device);
  EXPECT_EQ(world.code(world.accounts->verify(*parse_device_token(session->token.reveal()), device_id("laptop"))), Code::unauthenticated);
  // All of it is stored: a new process knows it.
  world.restart();
  EXPECT_EQ(world.verify(session->token.reveal()), Code::ok);
  EXPECT_EQ(world.login("alice", "correct horse"), Code::ok);
  // The password is nowhere in the store, and neither is the token.
  for (auto key : {RowKey{RowTable::users, "alice", "account"}, RowKey{RowTable::devices, "alice", "phone"}}) {
    auto future = world.store.get(key);
    ASSERT_TRUE(world.loop.run_until([&] { return future.is_ready(); }));
    auto value = future.await_resume();
    ASSERT_TRUE(value && *value);
    EXPECT_EQ((*value)->find("correct horse"), std::string::npos);
    EXPECT_EQ((*value)->find(session->token.reveal().substr(20)), std::string::npos);
  }
}

TEST(Accounts, SignUpIsClosedByDefault) {
  World world(1, AccountsOptions{});
  EXPECT_EQ(world.code(world.accounts->sign_up(user_id("alice"), Secret("password"), "")), Code::signup_closed);
  EXPECT_FALSE(*world.get(world.accounts->exists(user_id("alice"))));
  EXPECT_EQ(world.hasher.hashes, 0u);
}

TEST(Accounts, PasswordsHave8To256Bytes) {
  World world;
  EXPECT_EQ(world.code(world.accounts->sign_up(user_id("a"), Secret("seven.."), "")), Code::invalid_argument);
  EXPECT_EQ(world.code(world.accounts->sign_up(user_id("a"), Secret(std::string(257, 'x')), "")), Code::invalid_argument);
  EXPECT_EQ(world.code(world.accounts->sign_up(user_id("a"), Secret(), "")), Code::invalid_argument);
  EXPECT_EQ(world.code(world.accounts->sign_up(user_id("a"), Secret("eight..."), "")), Code::ok);
  EXPECT_EQ(world.code(world.accounts->sign_up(user_id("b"), Secret(std::string(256, 'x')), "")), Code::ok);
}

// Whatever the store does, and in whatever order its calls complete: one name, one owner, and it is the one who was told so.
TEST(Accounts, TwoSignUpsAtOnceHaveOneWinner) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    World world(seed, World::open_options(), {0ms, 30ms});
    if (seed % 2 == 0) {
      MemoryFaults faults;
      faults.unknown_lost = faults.unknown_done = faults.unknown_late = 0.15;
      world.disk.set_faults(faults);
    }
    auto first = world.scope.start(world.accounts->sign_up(user_id("alice"), Secret("first password"), "1"));
    auto second = world.scope.start(world.accounts->sign_up(user_id("alice"), Secret("second password"), "2"));
    ASSERT_TRUE(world.loop.run_until([&] { return first.is_ready() && second.is_ready(); }));
    auto a = first.await_resume(), b = second.await_resume();
    world.disk.set_faults({});
    // Reads may fail, and are then told as such: but two winners, or a winner who cannot log in, may never be.
    ASSERT_FALSE(a && b) << seed;
    if (a) {
      EXPECT_EQ(world.login("alice", "first password"), Code::ok) << seed;
      EXPECT_NE(world.login("alice", "second password"), Code::ok) << seed;
    }
    if (b) {
      EXPECT_EQ(world.login("alice", "second password"), Code::ok) << seed;
      EXPECT_NE(world.login("alice", "first password"), Code::ok) << seed;
    }
    EXPECT_TRUE(a || b || seed % 2 == 0) << seed;
  }
}

TEST(Accounts, AllRefusedLoginsAreAlike) {
  World world;
  world.add("known", "the password");
  world.add("deactivated", "the password");
  ASSERT_EQ(world.code(world.accounts->deactivate(user_id("deactivated"))), Code::ok);
  ASSERT_EQ(world.code(world.accounts->create(user_id("passwordless"), std::nullopt)), Code::ok);
  struct Answer {
    Code code;
    std::string detail;
    std::size_t verifies, reads, writes;
    bool operator==(const Answer&) const = default;
  };
  auto attempt = [&](std::string_view user, std::string_view password) {
    auto verifies = world.hasher.verifies;
    auto reads = world.disk.calls(StoreCall::multi_get) + world.disk.calls(StoreCall::get) + world.disk.calls(StoreCall::scan);
    auto writes = world.disk.calls(StoreCall::put);
    auto result = world.get(world.accounts->login(user_id(user), Secret(password), std::nullopt, std::string(user)));
    EXPECT_FALSE(result);
    auto reads_after = world.disk.calls(StoreCall::multi_get) + world.disk.calls(StoreCall::get) + world.disk.calls(StoreCall::scan);
    return Answer{result.error().code, result.error().detail, world.hasher.verifies - verifies, reads_after - reads,
                  world.disk.calls(StoreCall::put) - writes};
  };
  const Answer wrong{Code::wrong_password, "", 1, 1, 0};
  EXPECT_TRUE(attempt("known", "the passworD") == wrong);
  EXPECT_TRUE(attempt("nobody", "the password") == wrong);
  EXPECT_TRUE(attempt("deactivated", "the password") == wrong);
  EXPECT_TRUE(attempt("passwordless", "the password") == wrong);
  // What cannot be a password is refused without work, whoever it is for.
  const Answer short_one{Code::wrong_password, "", 0, 0, 0};
  EXPECT_TRUE(attempt("known", "short") == short_one);
  EXPECT_TRUE(attempt("nobody", "short") == short_one);
}

TEST(Accounts, LoginsAreLimitedPerUserAndPerAddress) {
  World world;
  world.add("alice", "the password");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(world.login("alice", "wrong one", "a" + std::to_string(i)), Code::wrong_password);
  auto limited = world.get(world.accounts->login(user_id("alice"), Secret("the password"), device_id("phone"), "b"));
  ASSERT_FALSE(limited);
  EXPECT_EQ(limited.error().code, Code::rate_limited);
  EXPECT_GT(limited.error().retry_after_ms, 0u);
  EXPECT_LE(limited.error().retry_after_ms, 6000u);
  world.loop.advance(std::chrono::milliseconds(limited.error().retry_after_ms));
  EXPECT_EQ(world.login("alice", "the password", "b"), Code::ok);
  EXPECT_EQ(world.login("alice", "the password", "b"), Code::rate_limited);
  // Names that do not exist are counted in the same way.
  for (int i = 0; i < 10; ++i) EXPECT_EQ(world.login("nobody", "wrong one", "c" + std::to_string(i)), Code::wrong_password);
  EXPECT_EQ(world.login("nobody", "wrong one", "d"), Code::rate_limited);
  // One address, many names; a refusal there costs the user nothing.
  for (int i = 0; i < 10; ++i) EXPECT_EQ(world.login("user" + std::to_string(i), "wrong one", "e"), Code::wrong_password);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(world.login("bob", "wrong one", "e"), Code::rate_limited);
  EXPECT_EQ(world.login("bob", "wrong one", "f"), Code::wrong_password);
}

TEST(Accounts, ForgedAndTruncatedDeviceTokensAtEveryByte) {
  World world;
  world.add("alice", "the password");
  const std::string good = world.open("alice", "phone");
  ASSERT_EQ(world.verify(good), Code::ok);
  for (std::size_t i = 0; i < good.size(); ++i) {
    EXPECT_EQ(world.verify(good.substr(0, i)), Code::unauthenticated) << i;
    for (char c : {'A', 'b', '.', '_', '=', '\0'}) {
      std::string forged = good;
      if (forged[i] == c) continue;
      forged[i] = c;
      EXPECT_EQ(world.verify(forged), Code::unauthenticated) << i;
    }
  }
  EXPECT_EQ(world.verify(good + "A"), Code::unauthenticated);
}

TEST(Accounts, RevokedDevicesAreToldSoAndStayOut) {
  World world;
  world.add("alice", "the password");
  auto phone = world.open("alice", "phone"), laptop = world.open("alice", "laptop");
  ASSERT_EQ(world.code(world.accounts->revoke(user_id("alice"), device_id("phone"))), Code::ok);
  EXPECT_EQ(world.revoked, (std::vector<World::Revocation>{{user_id("alice"), device_id("phone")}}));
  EXPECT_EQ(world.verify(phone), Code::revoked);
  EXPECT_EQ(world.verify(laptop), Code::ok);
  world.restart();
  EXPECT_EQ(world.verify(phone), Code::revoked);
  EXPECT_EQ(world.get(world.accounts->devices(user_id("alice")))->size(), 1u);
  EXPECT_EQ(world.code(world.accounts->revoke(user_id("alice"), device_id("phone"))), Code::ok);
  EXPECT_EQ(world.code(world.accounts->revoke(user_id("alice"), device_id("never-seen"))), Code::ok);
  EXPECT_EQ(world.code(world.accounts->revoke(user_id("nobody"), device_id("phone"))), Code::unknown_user);
  // A new login on the device makes a new token; the old one stays out, and its session was ended.
  world.revoked.clear();
  auto again = world.open("alice", "phone"), once_more = world.open("alice", "phone");
  EXPECT_EQ(world.revoked.size(), 1u);
  EXPECT_NE(world.verify(phone), Code::ok);
  EXPECT_NE(world.verify(again), Code::ok);
  EXPECT_EQ(world.verify(once_more), Code::ok);
}

TEST(Accounts, RevokeAllEndsDevicesAndEarlierApplicationTokens) {
  World world;
  world.add("alice", "the password");
  world.add("bob", "the password");
  auto phone = world.open("alice", "phone"), laptop = world.open("alice", "laptop"), bobs = world.open("bob", "phone");
  auto before = world.application_token("alice", "web");
  EXPECT_EQ(world.code(world.accounts->verify(before, {})), Code::ok);
  world.loop.advance(1s);
  ASSERT_EQ(world.code(world.accounts->revoke_all(user_id("alice"))), Code::ok);
  EXPECT_EQ(world.revoked, (std::vector<World::Revocation>{{user_id("alice"), std::nullopt}}));
  world.restart();
  EXPECT_EQ(world.verify(phone), Code::revoked);
  EXPECT_EQ(world.verify(laptop), Code::revoked);
  EXPECT_EQ(world.verify(bobs), Code::ok);
  EXPECT_EQ(world.code(world.accounts->verify(before, {})), Code::revoked);
  EXPECT_EQ(world.code(world.accounts->verify(before, device_id("web"))), Code::revoked);
  EXPECT_TRUE(world.get(world.accounts->devices(user_id("alice")))->empty());
  auto no_iat = before;
  no_iat.issued_ms = 0;
  EXPECT_EQ(world.code(world.accounts->verify(no_iat, {})), Code::revoked);
  // Later ones come in, also when the clock was set back between: revocations do not get weaker.
  world.loop.advance(1s);
  auto after = world.application_token("alice", "web");
  EXPECT_EQ(world.code(world.accounts->verify(after, {})), Code::ok);
  world.loop.set_wall({world.loop.wall().ms - 3'600'000});
  ASSERT_EQ(world.code(world.accounts->revoke_all(user_id("alice"))), Code::ok);
  EXPECT_EQ(world.code(world.accounts->verify(before, {})), Code::revoked);
  EXPECT_EQ(world.login("alice", "the password"), Code::ok);
}

TEST(Accounts, DeactivatedUsersCannotComeIn) {
  World world;
  world.add("alice", "the password");
  auto phone = world.open("alice", "phone");
  ASSERT_EQ(world.code(world.accounts->deactivate(user_id("alice"))), Code::ok);
  world.loop.advance(10s);
  EXPECT_EQ(world.verify(phone), Code::revoked);
  EXPECT_EQ(world.login("alice", "the password"), Code::wrong_password);
  EXPECT_EQ(world.code(world.accounts->verify(world.application_token("alice"), {})), Code::revoked);
  EXPECT_EQ(world.code(world.accounts->open_device(user_id("alice"), std::nullopt)), Code::forbidden);
  EXPECT_EQ(world.code(world.accounts->sign_up(user_id("alice"), Secret("another one"), "")), Code::name_taken);
}

TEST(Accounts, ApplicationTokensMakeTheirUserOnce) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    World world(seed, World::open_options(), {0ms, 20ms});
    std::vector<Future<Result<Identity>>> futures;
    for (int i = 0; i < 5; ++i) {
      futures.push_back(world.scope.start(world.accounts->verify(world.application_token("carol", "web" + std::to_string(i)), {})));
    }
    ASSERT_TRUE(world.loop.run_until([&] { return std::all_of(futures.begin(), futures.end(), [](auto& f) { return f.is_ready(); }); }));
    for (auto& future : futures) EXPECT_TRUE(future.await_resume());
    world.loop.advance(1s);
    EXPECT_EQ(world.get(world.accounts->account(user_id("carol")))->origin, AccountOrigin::token);
    auto devices = world.get(world.accounts->devices(user_id("carol")));
    ASSERT_EQ(devices->size(), 5u);
    EXPECT_EQ(devices->front().kind, TokenKind::application);
  }
}

TEST(Accounts, ADeviceOfAnApplicationCanBeLoggedOut) {
  World world;
  auto before = world.application_token("alice", "web");
  EXPECT_EQ(world.code(world.accounts->verify(before, {})), Code::ok);
  world.loop.advance(1s);
  ASSERT_EQ(world.code(world.accounts->revoke(user_id("alice"), device_id("web"))), Code::ok);
  EXPECT_EQ(world.code(world.accounts->verify(before, {})), Code::revoked);
  EXPECT_EQ(world.code(world.accounts->verify(world.application_token("alice"), device_id("other"))), Code::ok);
  world.loop.advance(1s);
  EXPECT_EQ(world.code(world.accounts->verify(world.application_token("alice", "web"), {})), Code::ok);
  world.loop.advance(1s);
  EXPECT_EQ(world.code(world.accounts->verify(before, {})), Code::revoked);
}

// RELIABILITY I15: nobody is let in on what was read before a revocation that was announced.
TEST(Accounts, VerifyNeverCompletesBehindARevocation) {
  int admitted = 0, refused = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    World world(seed, World::open_options(), {0ms, 20ms});
    world.add("alice", "the password");
    auto phone = *parse_device_token(world.open("alice", "phone"));
    world.revoked.clear();
    auto out = seed % 2 == 0 ? world.scope.start(world.accounts->revoke(user_id("alice"), device_id("phone")))
                             : world.scope.start(world.accounts->revoke_all(user_id("alice")));
    world.loop.advance(Duration(1ms) * (seed % 60));
    auto in = world.scope.start(world.accounts->verify(phone, {}));
    bool checked = false;
    std::move(in).then([&](Result<Identity> result) {
      checked = true;
      EXPECT_TRUE(!result || world.revoked.empty()) << seed;
      (result ? admitted : refused)++;
    });
    ASSERT_TRUE(world.loop.run_until([&] { return checked && out.is_ready(); }));
  }
  EXPECT_GT(admitted, 20);
  EXPECT_GT(refused, 20);
}

TEST(Accounts, ChangingThePasswordKeepsOneDevice) {
  World world;
  world.add("alice", "the password");
  auto phone = world.open("alice", "phone"), laptop = world.open("alice", "laptop");
  EXPECT_EQ(world.code(world.accounts->change_password(user_id("alice"), device_id("phone"), Secret("wrong one"), Secret("new password"))),
            Code::wrong_password);
  EXPECT_EQ(world.code(world.accounts->change_password(user_id("alice"), device_id("phone"), Secret("the password"), Secret("short"))),
            Code::invalid_argument);
  EXPECT_TRUE(world.revoked.empty());
  EXPECT_EQ(
      world.code(world.accounts->change_password(user_id("alice"), device_id("phone"), Secret("the password"), Secret("new password"))),
      Code::ok);
  EXPECT_EQ(world.revoked, (std::vector<World::Revocation>{{user_id("alice"), device_id("laptop")}}));
  EXPECT_EQ(world.verify(phone), Code::ok);
  EXPECT_EQ(world.verify(laptop), Code::revoked);
  EXPECT_EQ(world.login("alice", "the password"), Code::wrong_password);
  EXPECT_EQ(world.login("alice", "new password"), Code::ok);
}

TEST(Accounts, AHundredDevicesAndNoMore) {
  World world;
  world.add("alice", "the password");
  for (std::size_t i = 0; i < kDevicesMax; ++i) world.open("alice", "d" + std::to_string(i));
  EXPECT_EQ(world.code(world.accounts->open_device(user_id("alice"), device_id("another"))), Code::forbidden);
  EXPECT_EQ(world.code(world.accounts->open_device(user_id("alice"), device_id("d7"))), Code::ok);
  ASSERT_EQ(world.code(world.accounts->revoke(user_id("alice"), device_id("d3"))), Code::ok);
  // Without a name the place of a device that is gone is taken again.
  auto session = world.get(world.accounts->open_device(user_id("alice"), std::nullopt));
  ASSERT_TRUE(session);
  EXPECT_EQ(session->device.text(), "d3");
  // An application's device comes in all the same; it is not listed.
  EXPECT_EQ(world.code(world.accounts->verify(world.application_token("alice", "web"), {})), Code::ok);
  world.loop.advance(1s);
  EXPECT_EQ(world.get(world.accounts->devices(user_id("alice")))->size(), kDevicesMax);
}

TEST(Accounts, LastSeenIsKeptToTheHour) {
  World world;
  world.add("alice", "the password");
  auto phone = world.open("alice", "phone");
  auto writes = world.disk.calls(StoreCall::put);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(world.verify(phone), Code::ok);
  EXPECT_EQ(world.disk.calls(StoreCall::put), writes);
  world.loop.advance(2h);
  EXPECT_EQ(world.verify(phone), Code::ok);
  world.loop.advance(1s);
  EXPECT_EQ(world.disk.calls(StoreCall::put), writes + 1);
  auto seen = world.get(world.accounts->devices(user_id("alice")))->front();
  EXPECT_GE(seen.last_seen.ms - seen.created.ms, 2 * 3600 * 1000);
}

// A caller who goes away in the middle leaves whole changes behind, and nobody waiting.
TEST(Accounts, DroppedCallersHarmNobody) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    World world(seed, World::open_options(), {0ms, 20ms});
    world.add("alice", "the password");
    auto phone = world.open("alice", "phone");
    {
      Scope gone;
      gone.spawn([](World& w) -> Task<void> {
        auto ended = co_await w.accounts->revoke(user_id("alice"), device_id("phone"));
        static_cast<void>(ended);
      }(world));
      for (int i = 0; i < 3; ++i) {
        gone.spawn([](World& w) -> Task<void> {
          auto session = co_await w.accounts->open_device(user_id("alice"), device_id("laptop"));
          static_cast<void>(session);
        }(world));
      }
      world.loop.advance(Duration(1ms) * (seed % 50));
    }
    auto laptop = world.open("alice", "laptop");
    EXPECT_EQ(world.verify(laptop), Code::ok);
    EXPECT_EQ(world.verify(phone), Code::revoked);
  }
}

TEST(Accounts, TooManyChangesOfOneUserAreBusy) {
  World world(1, World::open_options(), {5ms, 5ms});
  world.add("alice", "the password");
  std::vector<Future<Result<Ok>>> futures;
  for (std::size_t i = 0; i < 100; ++i) futures.push_back(world.scope.start(world.accounts->revoke(user_id("alice"), device_id("d"))));
  ASSERT_TRUE(world.loop.run_until([&] { return std::all_of(futures.begin(), futures.end(), [](auto& f) { return f.is_ready(); }); }));
  std::size_t busy = 0;
  for (auto& future : futures) {
    auto result = future.await_resume();
    if (result) continue;
    EXPECT_EQ(result.error().code, Code::busy);
    EXPECT_GT(result.error().retry_after_ms, 0u);
    ++busy;
  }
  EXPECT_EQ(busy, 100 - 1 - Turns<UserId>::kWaitingMax);
}

TEST(Accounts, StoreFailuresAreToldAsTheyAre) {
  World world;
  world.add("alice", "the password");
  auto phone = world.open("alice", "phone");
  MemoryFaults faults;
  faults.unavailable = 1;
  world.disk.set_faults(faults);
  EXPECT_EQ(world.verify(phone), Code::unavailable);
  EXPECT_EQ(world.login("alice", "the password"), Code::unavailable);
  EXPECT_EQ(world.code(world.accounts->create(user_id("bob"), std::nullopt)), Code::unavailable);
  faults = {};
  faults.corrupt = 1;
  world.disk.set_faults(faults);
  EXPECT_EQ(world.verify(phone), Code::internal);
  EXPECT_EQ(world.login("alice", "the password"), Code::internal);
  // Nobody knows: the caller hears so in time, and the same change goes on until it is done.
  faults = {};
  faults.unknown_lost = 1;
  world.disk.set_faults(faults);
  auto before = world.loop.now();
  EXPECT_EQ(world.code(world.accounts->create(user_id("bob"), std::nullopt)), Code::outcome_unknown);
  EXPECT_EQ(world.loop.now() - before, kAnswerWithin);
  world.disk.set_faults({});
  EXPECT_EQ(world.code(world.accounts->create(user_id("bob"), std::nullopt)), Code::name_taken);
  world.disk.set_space(Space::none);
  EXPECT_EQ(world.code(world.accounts->create(user_id("carol"), std::nullopt)), Code::storage_full);
  EXPECT_EQ(world.verify(phone), Code::ok);
}

void put_raw(World& world, RowTable table, std::string_view user, std::string_view key, std::string value) {
  std::vector<Row> rows;
  rows.push_back({std::string(key), std::move(value)});
  auto future = world.store.put(table, std::string(user), std::move(rows));
  ASSERT_TRUE(world.loop.run_until([&] { return future.is_ready(); }));
  ASSERT_TRUE(future.await_resume());
}

TEST(Accounts, PoisonRowsOpenNoDoor) {
  AccountsOptions options = World::open_options();
  options.logins_per_user.burst = options.logins_per_address.burst = 0;
  World world(1, options);
  world.add("alice", "the password");
  auto phone = world.open("alice", "phone");
  AccountRow account;
  account.created_ms = 1'700'000'000'000;
  account.origin = AccountOrigin::admin;
  account.password_hash = "for-tests-only:1";
  const std::string good_account = encode(account);
  ASSERT_EQ(decode_account(good_account), account);
  DeviceRow device;
  device.active = true;
  device.token = parse_device_token(phone)->hash;
  device.created_ms = device.last_seen_ms = 1'700'000'000'000;
  const std::string good_device = encode(device);
  ASSERT_EQ(decode_device(good_device), device);

  std::vector<std::string> bad = {"", std::string(1, '\0'), "\x02", std::string(1000, '\xff'), good_account + "x", good_device + "x"};
  for (std::size_t i = 0; i < good_account.size(); ++i) bad.push_back(good_account.substr(0, i));
  for (const auto& value : bad) {
    put_raw(world, RowTable::users, "alice", "account", value);
    EXPECT_EQ(world.verify(phone), Code::internal);
    EXPECT_EQ(world.login("alice", "the password"), Code::internal);
    EXPECT_EQ(world.code(world.accounts->revoke_all(user_id("alice"))), Code::internal);
    EXPECT_EQ(world.code(world.accounts->sign_up(user_id("alice"), Secret("the password"), "")), Code::internal);
    EXPECT_EQ(world.code(world.accounts->verify(world.application_token("alice"), {})), Code::internal);
  }
  put_raw(world, RowTable::users, "alice", "account", good_account);
  // Nothing at all is a device that was erased.
  put_raw(world, RowTable::devices, "alice", "phone", "");
  EXPECT_EQ(world.verify(phone), Code::unauthenticated);
  EXPECT_EQ(world.get(world.accounts->devices(user_id("alice")))->size(), 0u);
  for (std::size_t i = 1; i < good_device.size(); ++i) {
    put_raw(world, RowTable::devices, "alice", "phone", good_device.substr(0, i));
    EXPECT_EQ(world.verify(phone), Code::internal);
    EXPECT_EQ(world.code(world.accounts->devices(user_id("alice"))), Code::internal);
    EXPECT_EQ(world.code(world.accounts->open_device(user_id("alice"), std::nullopt)), Code::internal);
  }
  // Rows of others beside the devices are not looked at.
  put_raw(world, RowTable::devices, "alice", "phone", good_device);
  put_raw(world, RowTable::devices, "alice", "phone/confirmed", "anything");
  EXPECT_EQ(world.get(world.accounts->devices(user_id("alice")))->size(), 1u);
  // Every single flipped byte: never a crash, and no other token fits.
  for (std::size_t i = 0; i < good_device.size(); ++i) {
    for (int flip : {1, 0x80, 0xff}) {
      std::string row = good_device;
      row[i] = static_cast<char>(row[i] ^ flip);
      put_raw(world, RowTable::devices, "alice", "phone", row);
      Code code = world.verify(phone);
      bool in_token = i >= 3 && i < 35;
      EXPECT_TRUE(in_token ? code == Code::unauthenticated
                           : code == Code::ok || code == Code::internal || code == Code::revoked || code == Code::unauthenticated)
          << i;
    }
  }
}

// ---- the real hasher

HasherPoolOptions cheap() {
  HasherPoolOptions options;
  options.cost = {1, 8 << 10};
  return options;
}

template <class T>
T wait_for(ManualLoop& loop, Future<T> future) {
  bool done = loop.run_until([&] { return future.is_ready(); }, ManualLoop::Clock::stands);
  KITH_ASSERT(done);
  return future.await_resume();
}

TEST(HasherPool, HashesAndVerifiesOnTheCallersLoop) {
  ManualLoop loop;
  HasherPool pool(cheap());
  auto hasher = pool.on(loop);
  auto pending = hasher->hash(Secret("the password"));
  EXPECT_FALSE(pending.is_ready());
  auto stored = wait_for(loop, std::move(pending));
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->rfind("$argon2id$v=19$m=8,t=1,p=1$", 0), 0u) << *stored;
  EXPECT_TRUE(*wait_for(loop, hasher->verify(*stored, Secret("the password"))));
  EXPECT_FALSE(*wait_for(loop, hasher->verify(*stored, Secret("the passworD"))));
  EXPECT_FALSE(*wait_for(loop, hasher->verify("", Secret("the password"))));
  EXPECT_FALSE(*wait_for(loop, hasher->verify("$argon2id$garbage", Secret("the password"))));
  EXPECT_FALSE(*wait_for(loop, hasher->verify(hasher->stranger(), Secret(""))));
  // Salted: the same password twice is two hashes.
  EXPECT_NE(*wait_for(loop, hasher->hash(Secret("the password"))), *stored);
}

TEST(HasherPool, RefusesWhatWouldWaitTooLong) {
  ManualLoop loop;
  HasherPoolOptions options;
  options.cost = {2, 19 << 20};
  HasherPool pool(options);
  auto hasher = pool.on(loop);
  std::vector<Future<Result<std::string>>> futures;
  for (int i = 0; i < 90; ++i) futures.push_back(hasher->hash(Secret("the password")));
  std::size_t busy = 0;
  for (auto& future : futures) {
    if (!future.is_ready()) continue;
    auto result = future.await_resume();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::busy);
    EXPECT_GT(result.error().retry_after_ms, 0u);
    ++busy;
  }
  // 64 wait, 2 are at work, and a few may be done already.
  EXPECT_GE(busy, 10u);
  EXPECT_LE(busy, 90u - 64u);
}

TEST(HasherPool, EndsWithWorkWaiting) {
  ManualLoop loop;
  std::vector<Future<Result<std::string>>> futures;
  {
    HasherPool pool;
    auto hasher = pool.on(loop);
    for (int i = 0; i < 20; ++i) futures.push_back(hasher->hash(Secret("the password")));
    futures.erase(futures.begin() + 10);  // Somebody went away.
  }
  loop.run_until_idle();
  std::set<Code> codes;
  for (auto& future : futures) {
    ASSERT_TRUE(future.is_ready());
    auto result = future.await_resume();
    codes.insert(result ? Code::ok : result.error().code);
  }
  EXPECT_TRUE(codes.contains(Code::going_away));
}

// RELIABILITY 1.6, row Timing. Medians, on a machine that does other things too: the same work, within a third.
TEST(HasherPool, AStrangerCostsWhatAUserCosts) {
  ManualLoop loop;
  HasherPoolOptions options;
  options.cost = {2, 8 << 20};
  HasherPool pool(options);
  auto hasher = pool.on(loop);
  auto stored = wait_for(loop, hasher->hash(Secret("the password")));
  ASSERT_TRUE(stored);
  auto parameters = [](const std::string& text) { return text.substr(0, text.find('$', text.find("p=1"))); };
  EXPECT_EQ(parameters(*stored), parameters(hasher->stranger()));
  EXPECT_EQ(stored->size(), hasher->stranger().size());
  auto cost = [&](const std::string& text) {
    auto begin = std::chrono::steady_clock::now();
    EXPECT_FALSE(*wait_for(loop, hasher->verify(text, Secret("wrong one"))));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  std::vector<double> users, strangers;
  for (int i = 0; i < 31; ++i) {
    users.push_back(cost(*stored));
    strangers.push_back(cost(hasher->stranger()));
  }
  std::nth_element(users.begin(), users.begin() + 15, users.end());
  std::nth_element(strangers.begin(), strangers.begin() + 15, strangers.end());
  EXPECT_GT(strangers[15], users[15] * 0.67);
  EXPECT_LT(strangers[15], users[15] * 1.5);
}

}  // namespace
}  // namespace kith
