// What is known of a user who comes and goes, whom it is told, and when.
#include "presence/presence_book.h"

#include "presence/presence_under_test.h"

namespace kith::test {
namespace {

TEST(PresenceBook, AUserIsWhatTheMostPresentOfTheirDevicesSays) {
  PresenceWorld world;
  EXPECT_FALSE(world.pull("bob", {"alice"})["alice"].online);
  world.enter("alice", "phone");
  world.enter("alice", "laptop");
  world.say("alice", Status::away, "laptop");
  EXPECT_EQ(world.pull("bob", {"alice"})["alice"].status, Status::online);
  world.say("alice", Status::idle, "phone");
  EXPECT_EQ(world.pull("bob", {"alice"})["alice"].status, Status::idle);
  world.leave("alice", "phone");
  EXPECT_EQ(world.pull("bob", {"alice"})["alice"].status, Status::away);
  world.leave("alice", "laptop");
  EXPECT_FALSE(world.pull("bob", {"alice"})["alice"].online);
  EXPECT_EQ(world.sites[0]->book.online() + world.sites[1]->book.online(), 1u) << "she may be back at once";
  world.loop.advance(31s);
  EXPECT_EQ(world.sites[0]->book.online() + world.sites[1]->book.online(), 0u);
}

TEST(PresenceBook, ADeviceThatConnectedAgainIsHereUntilItsLastConnectionWent) {
  PresenceWorld world;
  world.enter("alice");
  world.enter("alice");
  world.leave("alice");
  EXPECT_TRUE(world.pull("bob", {"alice"})["alice"].online);
  world.leave("alice");
  EXPECT_FALSE(world.pull("bob", {"alice"})["alice"].online);
}

TEST(PresenceBook, WhatADeviceSaidEndsWithIt) {
  PresenceWorld world;
  world.enter("alice");
  world.say("alice", Status::away);
  world.leave("alice");
  world.enter("alice");
  EXPECT_EQ(world.pull("bob", {"alice"})["alice"].status, Status::online);
}

TEST(PresenceBook, ContactsAreToldOfAnArrivalAfterTheDelay) {
  PresenceWorld world;
  world.privacy.befriend(user("alice"), user("bob"));
  Screen bob(world, "bob");
  EXPECT_EQ(bob.pull_contacts(), 1u);
  EXPECT_FALSE(bob.online("alice"));
  world.enter("alice");
  world.loop.advance(4900ms);
  EXPECT_FALSE(bob.online("alice"));
  world.loop.advance(400ms);
  EXPECT_TRUE(bob.online("alice"));
  EXPECT_EQ(bob.pushes, 1u);
}

TEST(PresenceBook, WhoGoesWithinTheDelayIsNotAnnounced) {
  PresenceWorld world;
  world.privacy.befriend(user("alice"), user("bob"));
  Screen bob(world, "bob");
  bob.pull_contacts();
  for (int i = 0; i < 20; ++i) {
    world.enter("alice");
    world.loop.advance(4s);
    world.leave("alice");
    world.loop.advance(1s);
  }
  world.loop.advance(60s);
  EXPECT_EQ(bob.pushes, 0u);
}

TEST(PresenceBook, WhoComesAndGoesIsAnnouncedAtMostOnceAMinute) {
  PresenceWorld world;
  world.privacy.befriend(user("alice"), user("bob"));
  Screen bob(world, "bob");
  bob.pull_contacts();
  // 45 s each time: online 10 s, offline longer than the grace.
  for (int i = 0; i < 40; ++i) {
    world.enter("alice");
    world.loop.advance(10s);
    world.leave("alice");
    world.loop.advance(35s);
  }
  EXPECT_LE(bob.pushes, 2u * 31u) << "30 minutes: at most as many arrivals, each with its end";
  EXPECT_GE(bob.pushes, 2u * 15u);
  EXPECT_FALSE(bob.online("alice"));
  world.enter("alice");
  world.loop.advance(61s);
  EXPECT_TRUE(bob.online("alice")) << "damped, not forgotten";
}

TEST(PresenceBook, GoingIsToldAfterTheGrace) {
  PresenceWorld world;
  world.privacy.befriend(user("alice"), user("bob"));
  world.enter("alice");
  world.loop.advance(10s);
  Screen bob(world, "bob"), carol(world, "carol");
  bob.pull_contacts();
  carol.look_at({"alice"});
  WallTime left = world.loop.wall();
  world.leave("alice");
  world.loop.advance(29s);
  EXPECT_TRUE(bob.online("alice"));
  EXPECT_TRUE(carol.online("alice"));
  world.loop.advance(2s);
  EXPECT_FALSE(bob.online("alice"));
  EXPECT_FALSE(carol.online("alice"));
  EXPECT_EQ(carol.seen["alice"].since, left);
}

TEST(PresenceBook, WhoComesBackWithinTheGraceNeverWent) {
  PresenceWorld world;
  world.enter("alice");
  world.loop.advance(10s);
  Screen carol(world, "carol");
  carol.look_at({"alice"});
  for (int i = 0; i < 5; ++i) {
    world.leave("alice");
    world.loop.advance(29s);
    world.enter("alice");
    world.loop.advance(3s);
  }
  EXPECT_EQ(carol.pushes, 0u);
  EXPECT_TRUE(carol.online("alice"));
}

TEST(PresenceBook, WhoWasToldTheTruthInTheGraceIsToldOfTheReturn) {
  PresenceWorld world;
  world.privacy.befriend(user("alice"), user("bob"));
  world.enter("alice");
  world.loop.advance(10s);
  Screen bob(world, "bob"), carol(world, "carol");
  bob.pull_contacts();
  world.leave("alice");
  world.loop.advance(1s);
  EXPECT_FALSE(world.pull("bob", {"alice"})["alice"].online);
  carol.look_at({"alice"});
  EXPECT_FALSE(carol.online("alice"));
  bob.seen["alice"].online = false;
  world.enter("alice");
  world.loop.advance(1s);
  EXPECT_TRUE(carol.online("alice"));
  EXPECT_TRUE(bob.online("alice"));
}

TEST(PresenceBook, WhoSawAnArrivalBeforeItWasAnnouncedHearsOfItsEnd) {
  PresenceWorld world;
  world.privacy.befriend(user("alice"), user("bob"));
  Screen bob(world, "bob");
  world.enter("alice");
  bob.pull_contacts();
  EXPECT_TRUE(bob.online("alice"));
  world.leave("alice");
  world.loop.advance(31s);
  EXPECT_FALSE(bob.online("alice"));
}

TEST(PresenceBook, ContactsAreNotToldOfIdling) {
  PresenceWorld world;
  world.privacy.befriend(user("alice"), user("bob"));
  world.enter("alice");
  world.loop.advance(10s);
  Screen bob(world, "bob"), carol(world, "carol");
  bob.pull_contacts();
  carol.look_at({"alice"});
  world.say("alice", Status::idle);
  world.loop.advance(1s);
  EXPECT_EQ(bob.pushes, 0u);
  EXPECT_EQ(carol.seen["alice"].status, Status::idle);
}

TEST(PresenceBook, WhatHappensWithinOneTickIsOnePushAndOnePostALoop) {
  PresenceWorld world;
  std::vector<std::string> all;
  for (int i = 0; i < 50; ++i) all.push_back("user" + std::to_string(i));
  Screen carol(world, "carol"), dave(world, "dave");
  carol.look_at(all);
  dave.look_at(all);
  const std::size_t before = world.sites[0]->posts + world.sites[1]->posts;
  for (const auto& who : all) world.enter(who);
  for (const auto& who : all) world.say(who, Status::away);
  world.loop.advance(260ms);
  EXPECT_LE(carol.pushes, 2u) << "one from each of the two loops on which the users live";
  EXPECT_LE(world.sites[0]->posts + world.sites[1]->posts - before, 4u);
  EXPECT_EQ(world.told(), 100u);
  for (const auto& who : all) EXPECT_EQ(dave.seen[who].status, Status::away);
}

TEST(PresenceBook, BeyondTheBudgetChangesWaitAndMerge) {
  PresenceWorld world;
  world.options.told_each_tick = 10;
  std::vector<std::string> all;
  for (int i = 0; i < 100; ++i) all.push_back("user" + std::to_string(i));
  Screen carol(world, "carol");
  carol.look_at(all);
  for (const auto& who : all) world.enter(who);
  world.loop.advance(260ms);
  EXPECT_LE(world.told(), 20u) << "ten of each loop";
  EXPECT_GT(world.sites[0]->book.counts().deferred, 0u);
  for (const auto& who : all) world.say(who, Status::idle);
  world.loop.advance(5s);
  EXPECT_LE(world.told(), 20u + 100u) << "two changes that waited are told as one";
  for (const auto& who : all) EXPECT_TRUE(carol.online(who));
}

TEST(PresenceBook, ALoopThatIsLateTellsLess) {
  PresenceWorld world;
  world.options.told_each_tick = 40;
  std::vector<std::string> all;
  for (int i = 0; i < 200; ++i) all.push_back("user" + std::to_string(i));
  Screen carol(world, "carol");
  carol.look_at(all);
  world.loop.lag = 2s;
  for (const auto& who : all) world.enter(who);
  world.loop.advance(2300ms);
  EXPECT_EQ(world.told(), 20u) << "ten of each loop, not forty";
  world.loop.lag = 0s;
  world.loop.advance(5s);
  EXPECT_EQ(world.told(), 200u);
}

TEST(PresenceBook, SinceComesBackAfterAStop) {
  PresenceWorld first;
  first.enter("alice");
  first.loop.advance(20s);
  WallTime left = first.loop.wall();
  first.leave("alice");
  first.loop.advance(20s);
  LastSeen later(first.loop, first.store, {2});
  std::vector<UserId> users{user("alice"), user("nobody")};
  auto seen = value_of(first.loop, first.scope.start(later.of(users)));
  EXPECT_EQ(seen[0], left);
  EXPECT_FALSE(seen[1]);
}

TEST(PresenceBook, AfterACrashItIsKnownToAMinuteSinceWhenWhoWasOnlineIsOffline) {
  PresenceWorld first;
  first.scope.spawn(first.sites[0]->last_seen.beat());
  first.enter("alice");
  first.leave("alice");
  first.loop.advance(600s);
  first.enter("alice");
  first.loop.advance(1000s);
  WallTime crashed = first.loop.wall();
  first.scope.cancel();
  first.loop.advance(5000s);
  LastSeen later(first.loop, first.store, {2});
  std::vector<UserId> users{user("alice")};
  auto seen = value_of(first.loop, first.scope.start(later.of(users)));
  ASSERT_TRUE(seen[0]);
  EXPECT_LE(seen[0]->ms, crashed.ms);
  EXPECT_GE(seen[0]->ms, crashed.ms - 60'000);
}

}  // namespace
}  // namespace kith::test
