// Users who get a password from the administrator, are deactivated, come back, or are erased; and the list of all.
#include <gtest/gtest.h>

#include "auth/accounts_for_tests.h"

namespace kith {
namespace {

using World = AccountsWorld;

template <class T>
T wait_for(World& world, Future<T> future) {
  KITH_ASSERT(world.loop.run_until([&] { return future.is_ready(); }));
  return future.await_resume();
}

void pass(World& world, Duration time) {
  bool over = false;
  Timer timer = world.loop.after(time, [&] { over = true; });
  KITH_ASSERT(world.loop.run_until([&] { return over; }));
}

std::vector<std::string> listed(World& world, std::string_view after = {}, std::uint32_t limit = 1000) {
  auto page = world.get(list_users(world.store, after.empty() ? UserId() : user_id(after), limit));
  std::vector<std::string> out;
  for (const UserId& user : page->users) out.push_back(user.text());
  if (page->more) out.emplace_back("…");
  return out;
}

std::vector<std::pair<std::string, Closed>> closed(World& world) {
  auto all = world.get(closed_users(world.loop, world.store));
  std::vector<std::pair<std::string, Closed>> out;
  for (const ClosedUser& one : *all) out.emplace_back(one.user.text(), one.closed);
  return out;
}

void put_row(World& world, RowTable table, std::string_view user, std::string_view key, std::string value) {
  std::vector<Row> rows;
  rows.push_back({std::string(key), std::move(value)});
  ASSERT_TRUE(wait_for(world, world.store.put(table, std::string(user), std::move(rows))));
}

std::optional<std::string> row(World& world, RowTable table, std::string_view user, std::string_view key) {
  auto value = wait_for(world, world.store.get({table, std::string(user), std::string(key)}));
  KITH_ASSERT(value);
  return *value;
}

TEST(AccountsEnd, ASetPasswordReplacesTheOldAndEndsAllSessions) {
  World world;
  world.add("alice", "the password");
  auto phone = world.open("alice", "phone"), laptop = world.open("alice", "laptop");
  auto application = world.application_token("alice");
  EXPECT_EQ(world.code(world.accounts->verify(application, {})), Code::ok);
  pass(world, 1s);
  ASSERT_EQ(world.code(world.accounts->set_password(user_id("alice"), Secret("new password"), true)), Code::ok);
  EXPECT_EQ(world.revoked, (std::vector<World::Revocation>{{user_id("alice"), std::nullopt}}));
  world.restart();
  EXPECT_EQ(world.verify(phone), Code::revoked);
  EXPECT_EQ(world.verify(laptop), Code::revoked);
  EXPECT_EQ(world.code(world.accounts->verify(application, {})), Code::revoked);
  EXPECT_TRUE(world.get(world.accounts->devices(user_id("alice")))->empty());
  EXPECT_EQ(world.login("alice", "the password"), Code::wrong_password);
  EXPECT_EQ(world.login("alice", "new password"), Code::ok);
  // Set once more it is the same password, and a way to end who came in by it.
  auto tablet = world.open("alice", "tablet");
  ASSERT_EQ(world.code(world.accounts->set_password(user_id("alice"), Secret("new password"), true)), Code::ok);
  EXPECT_EQ(world.verify(tablet), Code::revoked);
  EXPECT_EQ(world.login("alice", "new password"), Code::ok);
}

TEST(AccountsEnd, ASetPasswordCanLeaveTheSessions) {
  World world;
  ASSERT_EQ(world.code(world.accounts->create(user_id("alice"), std::nullopt)), Code::ok);
  auto phone = world.open("alice", "phone");
  auto application = world.application_token("alice");
  pass(world, 1s);
  ASSERT_EQ(world.code(world.accounts->set_password(user_id("alice"), Secret("the password"), false)), Code::ok);
  EXPECT_TRUE(world.revoked.empty());
  EXPECT_EQ(world.verify(phone), Code::ok);
  EXPECT_EQ(world.code(world.accounts->verify(application, {})), Code::ok);
  EXPECT_TRUE(world.get(world.accounts->account(user_id("alice")))->has_password);
  EXPECT_EQ(world.login("alice", "the password"), Code::ok) << "who had none has one now";
}

TEST(AccountsEnd, APasswordIsNotSetForWhoMayNotComeIn) {
  World world;
  world.add("alice", "the password");
  auto phone = world.open("alice", "phone");
  auto set = [&](std::string_view user, std::string_view password) {
    return world.code(world.accounts->set_password(user_id(user), Secret(password), true));
  };
  for (std::size_t size : {0, 7, 257}) EXPECT_EQ(set("alice", std::string(size, 'x')), Code::invalid_argument) << size;
  EXPECT_EQ(set("nobody", "new password"), Code::unknown_user);
  EXPECT_EQ(world.code(world.accounts->account(user_id("nobody"))), Code::unknown_user) << "and does not make them";
  EXPECT_EQ(world.verify(phone), Code::ok);
  ASSERT_EQ(world.code(world.accounts->deactivate(user_id("alice"))), Code::ok);
  EXPECT_EQ(set("alice", "new password"), Code::forbidden);
  ASSERT_EQ(world.code(world.accounts->reactivate(user_id("alice"))), Code::ok);
  EXPECT_EQ(world.login("alice", "the password"), Code::ok);
  ASSERT_TRUE(world.get(world.accounts->begin_erasure(user_id("alice"), false)));
  EXPECT_EQ(set("alice", "new password"), Code::forbidden);
  ASSERT_EQ(world.code(world.accounts->finish_erasure(user_id("alice"), false)), Code::ok);
  EXPECT_EQ(set("alice", "new password"), Code::forbidden);
  EXPECT_EQ(decode_account(*row(world, RowTable::users, "alice", "account"))->password_hash, "");
  put_row(world, RowTable::users, "alice", "account", "damaged");
  EXPECT_EQ(set("alice", "new password"), Code::internal);
}

// Who was logging in with the old password while it was replaced is out in the end, however the two fell together.
TEST(AccountsEnd, NobodyStaysInByThePasswordOfBefore) {
  int came_in = 0, refused = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    World world(seed, World::open_options(), {0ms, 20ms});
    world.add("alice", "the password");
    auto in = world.scope.start(world.accounts->login(user_id("alice"), Secret("the password"), device_id("phone"), ""));
    world.loop.advance(Duration(1ms) * (seed % 60));
    auto set = world.scope.start(world.accounts->set_password(user_id("alice"), Secret("new password"), true));
    ASSERT_TRUE(world.loop.run_until([&] { return in.is_ready() && set.is_ready(); }));
    ASSERT_TRUE(set.await_resume());
    auto session = in.await_resume();
    if (session) {
      EXPECT_EQ(world.verify(session->token.reveal()), Code::revoked) << seed;
      EXPECT_FALSE(world.revoked.empty()) << seed;
    } else {
      EXPECT_EQ(session.error().code, Code::wrong_password) << seed;
    }
    (session ? came_in : refused)++;
    EXPECT_EQ(world.login("alice", "new password"), Code::ok) << seed;
  }
  EXPECT_GT(came_in, 20);
  EXPECT_GT(refused, 20);
}

TEST(AccountsEnd, ADeactivatedUserGetsInByNoWay) {
  World world;
  world.add("alice", "the password");
  auto phone = world.open("alice", "phone");
  const auto application = world.application_token("alice");
  world.revoked.clear();
  ASSERT_EQ(world.code(world.accounts->deactivate(user_id("alice"))), Code::ok);
  ASSERT_EQ(world.revoked.size(), 1u);
  EXPECT_FALSE(world.revoked[0].second);
  world.restart();
  EXPECT_EQ(world.verify(phone), Code::revoked);
  EXPECT_EQ(world.code(world.accounts->verify(application, {})), Code::revoked);
  pass(world, 2h);
  EXPECT_EQ(world.code(world.accounts->verify(world.application_token("alice"), {})), Code::revoked);
  EXPECT_EQ(world.login("alice", "the password"), Code::wrong_password);
  EXPECT_EQ(world.code(world.accounts->open_device(user_id("alice"), std::nullopt)), Code::forbidden);
  EXPECT_EQ(world.code(world.accounts->receives(user_id("alice"))), Code::refused);
  EXPECT_EQ(closed(world), (std::vector<std::pair<std::string, Closed>>{{"alice", Closed::yes}}));
  EXPECT_EQ(world.code(world.accounts->deactivate(user_id("alice"))), Code::ok);
  EXPECT_EQ(world.code(world.accounts->deactivate(user_id("nobody"))), Code::unknown_user);
}

TEST(AccountsEnd, WhoComesBackNeedsNewTokens) {
  World world;
  world.add("alice", "the password");
  auto phone = world.open("alice", "phone");
  auto application = world.application_token("alice");
  pass(world, 1s);
  ASSERT_EQ(world.code(world.accounts->deactivate(user_id("alice"))), Code::ok);
  pass(world, 1s);
  ASSERT_EQ(world.code(world.accounts->reactivate(user_id("alice"))), Code::ok);
  EXPECT_EQ(world.code(world.accounts->reactivate(user_id("alice"))), Code::ok);
  EXPECT_EQ(world.verify(phone), Code::revoked);
  EXPECT_EQ(world.code(world.accounts->verify(application, {})), Code::revoked);
  EXPECT_EQ(world.code(world.accounts->verify(world.application_token("alice"), {})), Code::ok);
  EXPECT_EQ(world.login("alice", "the password"), Code::ok);
  EXPECT_TRUE(*world.get(world.accounts->receives(user_id("alice"))));
  EXPECT_TRUE(closed(world).empty());
}

TEST(AccountsEnd, OfTheErasedTheIdIsLeft) {
  World world;
  world.add("alice", "the password");
  auto phone = world.open("alice", "phone");
  put_row(world, RowTable::users, "alice", "seen", "when");
  put_row(world, RowTable::users, "bob", "seen", "when");
  auto begun = world.get(world.accounts->begin_erasure(user_id("alice"), false));
  ASSERT_TRUE(begun);
  EXPECT_EQ(*begun, Erasure::keeping);
  EXPECT_EQ(world.verify(phone), Code::revoked);
  EXPECT_FALSE(*world.get(world.accounts->receives(user_id("alice"))));
  EXPECT_EQ(closed(world), (std::vector<std::pair<std::string, Closed>>{{"alice", Closed::erasing}}));
  world.restart();  // A crash in the middle.
  EXPECT_EQ(world.code(world.accounts->reactivate(user_id("alice"))), Code::forbidden);
  EXPECT_EQ(*world.get(world.accounts->begin_erasure(user_id("alice"), true)), Erasure::wiping);
  EXPECT_EQ(*world.get(world.accounts->begin_erasure(user_id("alice"), false)), Erasure::wiping);
  // An erasure that began before, and leaves the messages, does not end this one.
  ASSERT_EQ(world.code(world.accounts->finish_erasure(user_id("alice"), false)), Code::ok);
  EXPECT_EQ(*world.get(world.accounts->begin_erasure(user_id("alice"), false)), Erasure::wiping);
  put_row(world, RowTable::devices, "alice", "account", "a device may be called so");
  EXPECT_EQ(closed(world), (std::vector<std::pair<std::string, Closed>>{{"alice", Closed::erasing}}));
  put_row(world, RowTable::devices, confirmed_partition(user_id("alice")), "phone", "far");
  ASSERT_EQ(world.code(world.accounts->finish_erasure(user_id("alice"), true)), Code::ok);
  EXPECT_EQ(row(world, RowTable::devices, confirmed_partition(user_id("alice")), "phone"), "");
  world.restart();
  EXPECT_EQ(*world.get(world.accounts->begin_erasure(user_id("alice"), false)), Erasure::done);
  EXPECT_EQ(world.verify(phone), Code::unauthenticated);
  EXPECT_EQ(world.code(world.accounts->verify(world.application_token("alice"), {})), Code::revoked);
  EXPECT_EQ(world.login("alice", "the password"), Code::wrong_password);
  // Nobody gets the name again, and with it the conversations.
  EXPECT_EQ(world.code(world.accounts->sign_up(user_id("alice"), Secret("the password"), "")), Code::name_taken);
  EXPECT_EQ(world.code(world.accounts->provide(user_id("alice"), std::nullopt)), Code::name_taken);
  EXPECT_EQ(world.code(world.accounts->reactivate(user_id("alice"))), Code::forbidden);
  EXPECT_EQ(row(world, RowTable::users, "alice", "seen"), "");
  EXPECT_EQ(row(world, RowTable::devices, "alice", "phone"), "");
  EXPECT_EQ(row(world, RowTable::devices, "alice", "account"), "");
  EXPECT_EQ(row(world, RowTable::users, "bob", "seen"), "when");
  auto left = decode_account(*row(world, RowTable::users, "alice", "account"));
  ASSERT_TRUE(left);
  EXPECT_EQ(left->created_ms, 0);
  EXPECT_EQ(left->password_hash, "");
  EXPECT_EQ(closed(world), (std::vector<std::pair<std::string, Closed>>{{"alice", Closed::yes}}));
}

TEST(AccountsEnd, ProvidingIsIdempotent) {
  World world;
  EXPECT_TRUE(*world.get(world.accounts->provide(user_id("alice"), std::nullopt)));
  EXPECT_FALSE(*world.get(world.accounts->provide(user_id("alice"), std::nullopt)));
  EXPECT_EQ(world.code(world.accounts->provide(user_id("alice"), Secret("the password"))), Code::name_taken);
  EXPECT_TRUE(*world.get(world.accounts->provide(user_id("bob"), Secret("the password"))));
  EXPECT_FALSE(*world.get(world.accounts->provide(user_id("bob"), Secret("the password"))));
  EXPECT_EQ(world.code(world.accounts->provide(user_id("bob"), Secret("another password"))), Code::name_taken);
  EXPECT_EQ(world.code(world.accounts->provide(user_id("carol"), Secret("short"))), Code::invalid_argument);
  EXPECT_EQ(world.login("bob", "the password"), Code::ok);
}

TEST(AccountsEnd, NobodySignsUpAsTheReservedOne) {
  AccountsOptions options = World::open_options();
  options.reserved = user_id("system");
  World world(1, options);
  EXPECT_EQ(world.code(world.accounts->sign_up(user_id("system"), Secret("the password"), "")), Code::name_taken);
  EXPECT_EQ(world.code(world.accounts->create(user_id("system"), std::nullopt)), Code::ok);
}

TEST(AccountsEnd, TheListHasEverybodyOnceInOrder) {
  World world;
  for (const char* user : {"dora", "alice", "emil", "bob", "carol"}) {
    ASSERT_EQ(world.code(world.accounts->create(user_id(user), std::nullopt)), Code::ok);
  }
  ASSERT_EQ(world.code(world.accounts->verify(world.application_token("Anna"), {})), Code::ok);
  EXPECT_EQ(listed(world), (std::vector<std::string>{"Anna", "alice", "bob", "carol", "dora", "emil"}));
  EXPECT_EQ(listed(world, {}, 2), (std::vector<std::string>{"Anna", "alice", "…"}));
  EXPECT_EQ(listed(world, "alice", 2), (std::vector<std::string>{"bob", "carol", "…"}));
  EXPECT_EQ(listed(world, "dora", 1), (std::vector<std::string>{"emil"}));
  EXPECT_EQ(listed(world, "emil", 1), (std::vector<std::string>{}));
}

TEST(AccountsEnd, AnAccountOfBeforeTheListEntersItWhenItsUserComes) {
  World world;
  world.add("alice", "the password");
  auto phone = world.open("alice", "phone");
  auto account = decode_account(*row(world, RowTable::users, "alice", "account"));
  ASSERT_TRUE(account && account->listed);
  // As the format before this one had it: without the last two bytes.
  std::string old = encode(*account);
  old[0] = 1;
  old.resize(old.size() - 2);
  ASSERT_TRUE(decode_account(old));
  EXPECT_FALSE(decode_account(old)->listed);
  put_row(world, RowTable::users, "alice", "account", old);
  put_row(world, RowTable::meta, list_partition(user_id("alice")), "not a user id", "");
  EXPECT_EQ(world.verify(phone), Code::ok);
  pass(world, 1s);
  EXPECT_TRUE(decode_account(*row(world, RowTable::users, "alice", "account"))->listed);
  EXPECT_EQ(listed(world), (std::vector<std::string>{"alice"}));
}

}  // namespace
}  // namespace kith
