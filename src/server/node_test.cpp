// A whole node without its network: recovery after a crash on a slow store, calls between its loops, the planned stop.
#include "server/node.h"

#include <gtest/gtest.h>

#include "auth/password_for_tests.h"
#include "conversation/conversation_under_test.h"

namespace kith::test {
namespace {

constexpr const char* kKey = "a key of thirty-two bytes or more for tests only";

// Two shards on one virtual clock.
struct Site {
  // Begins an epoch. The former one must have ended.
  void start() {
    MemoryStore boot(disk, loop);
    auto lifetime = value_of(loop, scope.start(begin_lifetime(loop, boot)));
    KITH_ASSERT(lifetime);
    TokenKeys keys;
    keys.without_kid = Secret(kKey);
    auto tokens = TokenReader::make(std::move(keys), Secret());
    std::vector<LoopParts> parts;
    for (int i = 0; i < 2; ++i)
      parts.push_back({&loop, std::make_unique<MemoryStore>(disk, loop), std::make_unique<PasswordHasherForTests>()});
    node = std::make_unique<Node>(NodeOptions{}, *lifetime, std::move(*tokens), std::move(parts));
    node->start();
  }
  void crash() {
    disk.crash();
    node.reset();
  }
  // How long until recovery is over.
  std::optional<Duration> recovered(Duration limit) {
    Instant begin = loop.now();
    while (!node->recovered() && loop.now() - begin < limit) loop.advance(10ms);
    return node->recovered() ? std::optional(loop.now() - begin) : std::nullopt;
  }

  // What epoch 1 left when it crashed between ack and fan-out: `count` conversations with one message each, in as many slots.
  void leave_unfinished(int count) {
    MemoryStore store(disk, loop);
    for (int i = 0; i < count; ++i) {
      UserId from = user("from" + std::to_string(i)), to = user("to" + std::to_string(i));
      auto id = ConversationId::direct(from, to);
      MemberRow first{from, false, Role::member, {{Seq{1}}}, {}}, second{to, false, Role::member, {{Seq{1}}}, {}};
      std::vector<Row> members{encode(first), encode(second)};
      std::vector<Row> pending{encode_pending({{1}, id, true})};
      ASSERT_TRUE(value_of(loop, store.put(RowTable::members, id.key(), members)));
      ASSERT_TRUE(value_of(loop, store.put(RowTable::pending, pending_partition(id.slot()), pending)));
      leave_messages(loop, store, {LogTable::direct_messages, id.key()}, from, 1, {1});
    }
    // The life that left it: begun, and not recovered.
    ASSERT_TRUE(value_of(loop, scope.start(begin_lifetime(loop, store))));
  }
  std::size_t inboxes_with_anything() const {
    return static_cast<std::size_t>(std::count_if(disk.state().logs.begin(), disk.state().logs.end(), [](const auto& log) {
      return log.first.table == LogTable::inboxes && !log.second.empty();
    }));
  }
  std::size_t pending_rows() const {
    std::size_t count = 0;
    for (const auto& [place, partition] : disk.state().rows) {
      if (place.first != RowTable::pending) continue;
      for (const auto& [key, value] : partition) count += decode_pending({key, value.value})->pending ? 1 : 0;
    }
    return count;
  }
  Future<Result<Receipt>> send(std::size_t shard, const UserId& from, const UserId& to, std::uint64_t n) {
    return node->shard(shard).router->send(ConversationId::direct(from, to), to, {from, client_id(n), Seq{0}, "hi"});
  }
  void create(const UserId& who) {
    auto made = node->shard(0).router->call<Result<Ok>>(node->home(who.slot()),
                                                        [who](Shard& shard) { return shard.accounts.create(who, std::nullopt); });
    ASSERT_TRUE(value_of(loop, std::move(made)));
  }

  ManualLoop loop;
  SeededRandom random{11};
  MemoryDisk disk{loop, random};
  Scope scope;
  std::unique_ptr<Node> node;
};

// The slots must be asked side by side: one after the other, 4096 answers of a slow store take minutes.
TEST(Node, RecoveryOfManySlotsOnASlowStoreEndsInBoundedTime) {
  Site site;
  site.leave_unfinished(300);
  site.disk.set_timing({20ms, 20ms});
  site.start();
  auto took = site.recovered(120s);
  ASSERT_TRUE(took);
  EXPECT_LT(*took, 20s);
  EXPECT_EQ(site.pending_rows(), 0u);
  EXPECT_EQ(site.inboxes_with_anything(), 600u);
}

TEST(Node, ItServesWhileItRecovers) {
  Site site;
  site.leave_unfinished(100);
  site.disk.set_timing({20ms, 20ms});
  site.start();
  site.create(user("alice"));
  site.create(user("bob"));
  Instant begin = site.loop.now();
  ASSERT_TRUE(value_of(site.loop, site.send(0, user("alice"), user("bob"), 1)));
  EXPECT_LT(site.loop.now() - begin, 1s);
  EXPECT_FALSE(site.node->recovered());
}

TEST(Node, ACrashDuringRecoveryLeavesTheRestToTheNext) {
  Site site;
  site.leave_unfinished(60);
  site.disk.set_timing({1ms, 20ms});
  for (int life = 0; life < 3; ++life) {
    site.start();
    EXPECT_EQ(site.node->lifetime().recovered_from, Epoch{0}) << "the first that was not recovered";
    site.loop.advance(300ms);
    ASSERT_FALSE(site.node->recovered());
    site.crash();
  }
  site.start();
  ASSERT_TRUE(site.recovered(60s));
  EXPECT_EQ(site.pending_rows(), 0u);
  EXPECT_EQ(site.inboxes_with_anything(), 120u);
  Epoch done = site.node->lifetime().epoch;
  site.loop.advance(1s);
  site.crash();
  site.start();
  EXPECT_EQ(site.node->lifetime().recovered_from, done) << "what is recovered is not looked at again";
}

TEST(Node, CallsBetweenLoopsKeepTheirOrderAndComeBack) {
  Site site;
  site.start();
  ASSERT_TRUE(site.recovered(60s));
  auto alice = user("alice"), bob = user("bob");
  site.create(alice);
  site.create(bob);
  std::size_t home = site.node->home(ConversationId::direct(alice, bob).slot());
  std::vector<std::shared_ptr<std::optional<Result<Receipt>>>> answers;
  for (std::uint64_t n = 1; n <= 50; ++n) answers.push_back(note(site.send(1 - home, alice, bob, n)));
  site.loop.advance(1s);
  for (std::uint64_t n = 1; n <= 50; ++n) {
    ASSERT_TRUE(answers[n - 1]->has_value());
    EXPECT_EQ((**answers[n - 1])->seq, Seq{n});
  }
  EXPECT_EQ(value_of(site.loop, site.send(1 - home, alice, user("nobody"), 99)).error().code, Code::unknown_user);
}

// Named regression: tokens were verified on a loop that the user does not live on, where revocations are not heard of.
TEST(Node, ATokenThatIsRevokedWhileItIsVerifiedIsRefused) {
  Site site;
  site.start();
  ASSERT_TRUE(site.recovered(60s));
  site.disk.set_timing({20ms, 20ms});
  for (int i = 0; i < 100; ++i) {
    UserId who = user("user" + std::to_string(i));
    DeviceId phone = *DeviceId::parse("phone");
    site.create(who);
    JwtClaims claims;
    claims.subject = who.text();
    claims.device = phone.text();
    claims.expires_s = 4'000'000'000;
    std::string token = mint_jwt(claims, Secret(kKey));
    Router& router = *site.node->shard(0).router;
    ASSERT_TRUE(value_of(site.loop, router.verify(token, phone)));
    site.loop.advance(1s);
    auto revoked = note(
        router.call<Result<Ok>>(site.node->home(who.slot()), [who, phone](Shard& shard) { return shard.accounts.revoke(who, phone); }));
    // The row that is read may still be the old one; the answer comes after the revocation.
    site.loop.advance(30ms);
    auto verified = note(router.verify(token, phone));
    site.loop.advance(11ms);
    ASSERT_TRUE(revoked->has_value() && **revoked);
    ASSERT_FALSE(verified->has_value());
    site.loop.advance(1s);
    ASSERT_TRUE(verified->has_value());
    ASSERT_FALSE(**verified) << who.text();
    EXPECT_EQ((*verified)->error().code, Code::revoked);
  }
}

TEST(Node, AfterAPlannedStopNothingIsLeftToRecover) {
  Site site;
  site.disk.set_timing({100us, 2ms});
  site.start();
  ASSERT_TRUE(site.recovered(60s));
  site.create(user("alice"));
  for (int i = 0; i < 20; ++i) {
    auto other = user("friend" + std::to_string(i));
    site.create(other);
    ASSERT_TRUE(value_of(site.loop, site.send(0, user("alice"), other, 1)));
  }
  site.loop.advance(1s);
  EXPECT_EQ(site.pending_rows(), 20u);
  bool stopped = false;
  site.node->stop([&] { stopped = true; });
  site.loop.advance(5s);
  ASSERT_TRUE(stopped);
  EXPECT_EQ(site.pending_rows(), 0u);
  EXPECT_EQ(site.inboxes_with_anything(), 21u);
  for (const auto& [log, head] : site.disk.state().heads) {
    EXPECT_EQ(head.checkpoint.value, site.disk.state().logs.at(log).size()) << "opening reads nothing again";
  }
}

TEST(Node, WhatSomebodyReadsIsToldOnlyIfTheyWantIt) {
  Site site;
  site.start();
  ASSERT_TRUE(site.recovered(60s));
  UserId ann = user("ann"), ben = user("ben");
  site.create(ann);
  site.create(ben);
  auto id = ConversationId::direct(ann, ben);
  Shard& home = site.node->shard(site.node->home(ben.slot()));
  ASSERT_TRUE(value_of(site.loop, home.router->open_direct(id, ann, ben)));
  auto seen = [&] { return value_of(site.loop, home.router->look(id, ann))->marks.at(0).mark; };
  ASSERT_TRUE(value_of(site.loop, home.router->mark(id, ben, {{1}, {2}})));
  EXPECT_EQ(seen(), (Mark{{1}, {2}}));
  PreferenceWish wish;
  wish.read_marks = false;
  ASSERT_TRUE(value_of(site.loop, site.scope.start(home.contacts.prefer(ben, wish))));
  ASSERT_TRUE(value_of(site.loop, home.router->mark(id, ben, {{5}, {6}})));
  EXPECT_EQ(seen(), (Mark{{0}, {6}}));
  wish.read_marks = true;
  ASSERT_TRUE(value_of(site.loop, site.scope.start(home.contacts.prefer(ben, wish))));
  EXPECT_EQ(seen(), (Mark{{5}, {6}}));
}

}  // namespace
}  // namespace kith::test
