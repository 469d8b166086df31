// Who wants to know of others: what they may see, how long, and what becomes of it when they take nothing.
#include "presence/watchers.h"

#include "presence/presence_under_test.h"

namespace kith::test {
namespace {

TEST(Watchers, AViewportIsReplacedAsAWhole) {
  PresenceWorld world;
  Screen carol(world, "carol");
  EXPECT_EQ(carol.look_at({"alice", "bob"}), 2u);
  EXPECT_EQ(carol.look_at({"bob", "dave"}), 2u);
  for (const char* who : {"alice", "bob", "dave"}) world.enter(who);
  world.loop.advance(1s);
  EXPECT_FALSE(carol.online("alice"));
  EXPECT_TRUE(carol.online("bob"));
  EXPECT_TRUE(carol.online("dave"));
  EXPECT_EQ(carol.look_at({}), 0u);
  world.say("bob", Status::away);
  world.loop.advance(1s);
  EXPECT_EQ(carol.seen["bob"].status, Status::online);
  EXPECT_EQ(world.told(), 2u);
}

TEST(Watchers, AViewportExpires) {
  PresenceWorld world;
  Screen carol(world, "carol");
  carol.look_at({"alice"});
  world.loop.advance(299s);
  world.enter("alice");
  world.loop.advance(900ms);
  EXPECT_TRUE(carol.online("alice"));
  world.loop.advance(1s);
  world.say("alice", Status::away);
  world.loop.advance(10s);
  EXPECT_EQ(carol.seen["alice"].status, Status::online);
  EXPECT_EQ(world.told(), 1u);
}

TEST(Watchers, AReplacedViewportThatWasStillBeingAskedForLeavesNothingBehind) {
  PresenceWorld world;
  Screen carol(world, "carol");
  std::vector<UserId> first{user("alice"), user("bob")}, second{user("dave")};
  auto one = note(carol.scope.start(carol.watcher.watch(first)));
  auto two = note(carol.scope.start(carol.watcher.watch(second)));
  world.loop.advance(10ms);
  ASSERT_TRUE(one->has_value() && two->has_value());
  for (const char* who : {"alice", "bob", "dave"}) world.enter(who);
  world.loop.advance(1s);
  EXPECT_EQ(world.told(), 1u);
}

TEST(Watchers, NothingIsWatchedForAConnectionThatIsGone) {
  PresenceWorld world;
  world.privacy.befriend(user("alice"), user("carol"));
  {
    Screen carol(world, "carol");
    carol.look_at({"alice", "bob"});
    carol.pull_contacts();
  }
  world.loop.advance(1s);
  world.enter("alice");
  world.enter("bob");
  world.loop.advance(60s);
  EXPECT_EQ(world.told(), 0u);
}

TEST(Watchers, WhoShowsThemselfToNobodyIsLeftOut) {
  PresenceWorld world;
  world.privacy.audience[user("alice")] = ShownTo::nobody;
  world.enter("alice");
  world.enter("bob");
  EXPECT_EQ(world.pull("carol", {"alice", "bob"}).size(), 1u);
  Screen carol(world, "carol");
  EXPECT_EQ(carol.look_at({"alice", "bob"}), 1u);
  world.say("alice", Status::away);
  world.loop.advance(1s);
  EXPECT_FALSE(carol.seen.contains("alice"));
}

TEST(Watchers, WhoShowsThemselfToNobodySeesNobody) {
  PresenceWorld world;
  world.privacy.befriend(user("alice"), user("carol"));
  world.privacy.audience[user("carol")] = ShownTo::nobody;
  world.enter("alice");
  EXPECT_TRUE(world.pull("carol", {"alice"}).empty());
  Screen carol(world, "carol");
  EXPECT_EQ(carol.look_at({"alice"}), 0u);
  EXPECT_EQ(carol.pull_contacts(), 0u);
  world.loop.advance(10s);
  EXPECT_TRUE(carol.seen.empty());
}

TEST(Watchers, ContactsOnlyHoldsInBothDirections) {
  PresenceWorld world;
  world.privacy.befriend(user("alice"), user("bob"));
  world.privacy.audience[user("alice")] = ShownTo::contacts;
  world.enter("alice");
  world.enter("bob");
  world.enter("carol");
  EXPECT_EQ(world.pull("bob", {"alice"}).size(), 1u);
  EXPECT_EQ(world.pull("carol", {"alice"}).size(), 0u);
  EXPECT_EQ(world.pull("alice", {"bob", "carol"}).size(), 1u) << "alice shows herself to bob alone, so she sees only him";
}

TEST(Watchers, SinceIsHiddenWithTheRest) {
  PresenceWorld world;
  world.enter("alice");
  world.loop.advance(10s);
  world.leave("alice");
  world.loop.advance(60s);
  EXPECT_TRUE(world.pull("carol", {"alice"})["alice"].since);
  world.show_to("alice", ShownTo::nobody);
  EXPECT_TRUE(world.pull("carol", {"alice"}).empty());
  auto look = value_of(world.loop, world.scope.start(world.site(user("alice")).book.look(user("alice"), user("carol"))));
  EXPECT_TRUE(look.hidden);
  EXPECT_FALSE(look.since);
}

TEST(Watchers, WhoCannotBeAskedAboutIsLeftOut) {
  PresenceWorld world;
  world.enter("alice");
  world.privacy.failing = true;
  EXPECT_TRUE(world.pull("carol", {"alice"}).empty());
  world.privacy.failing = false;
  EXPECT_EQ(world.pull("carol", {"alice"}).size(), 1u);
}

TEST(Watchers, AChangeOfPreferencesWithdrawsAndGivesBack) {
  PresenceWorld world;
  world.enter("alice");
  Screen carol(world, "carol"), eve(world, "eve");
  carol.look_at({"alice"});
  world.privacy.audience[user("eve")] = ShownTo::nobody;
  eve.look_at({"alice"});
  world.loop.advance(1s);
  world.show_to("alice", ShownTo::nobody);
  world.loop.advance(1s);
  EXPECT_FALSE(carol.online("alice"));
  EXPECT_FALSE(carol.seen["alice"].since);
  world.say("alice", Status::idle);
  world.loop.advance(1s);
  EXPECT_FALSE(carol.online("alice"));
  world.show_to("alice", ShownTo::everyone);
  world.loop.advance(1s);
  EXPECT_EQ(carol.seen["alice"].status, Status::idle);
  EXPECT_TRUE(carol.online("alice"));
  EXPECT_TRUE(eve.seen.empty());
  // And her own.
  world.show_to("carol", ShownTo::nobody);
  world.loop.advance(1s);
  world.say("alice", Status::away);
  world.loop.advance(1s);
  EXPECT_FALSE(carol.online("alice"));
  world.show_to("carol", ShownTo::everyone);
  world.loop.advance(1s);
  EXPECT_EQ(carol.seen["alice"].status, Status::away);
}

TEST(Watchers, WhoBecomesAContactIsHeardOf) {
  PresenceWorld world;
  Screen bob(world, "bob");
  EXPECT_EQ(bob.pull_contacts(), 0u);
  world.befriend("alice", "bob");
  world.loop.advance(1s);
  world.enter("alice");
  world.loop.advance(10s);
  EXPECT_TRUE(bob.online("alice"));
  world.part("alice", "bob");
  world.leave("alice");
  world.loop.advance(60s);
  const std::uint64_t told = world.told();
  world.enter("alice");
  world.loop.advance(90s);
  EXPECT_EQ(world.told(), told);
}

TEST(Watchers, WhoIsNoContactAnyMoreSeesNothingOfWhoShowsThemselfToContacts) {
  PresenceWorld world;
  world.privacy.befriend(user("alice"), user("bob"));
  world.privacy.audience[user("alice")] = ShownTo::contacts;
  world.enter("alice");
  Screen bob(world, "bob");
  EXPECT_EQ(bob.look_at({"alice"}), 1u);
  world.part("alice", "bob");
  world.loop.advance(1s);
  EXPECT_FALSE(bob.online("alice"));
  world.say("alice", Status::away);
  world.loop.advance(1s);
  EXPECT_FALSE(bob.online("alice"));
  world.befriend("alice", "bob");
  world.loop.advance(1s);
  EXPECT_TRUE(bob.online("alice"));
}

TEST(Watchers, AConnectionThatIsFullIsToldTheLastStateLater) {
  PresenceWorld world;
  Screen carol(world, "carol");
  carol.look_at({"alice", "bob"});
  carol.full = true;
  world.enter("alice");
  world.enter("bob");
  world.loop.advance(1s);
  world.say("alice", Status::idle);
  world.loop.advance(1s);
  world.say("alice", Status::away);
  world.loop.advance(10s);
  EXPECT_EQ(carol.pushes, 0u);
  carol.full = false;
  world.loop.advance(1s);
  EXPECT_EQ(carol.pushes, 1u);
  EXPECT_EQ(carol.seen["alice"].status, Status::away);
  EXPECT_TRUE(carol.online("bob"));
}

TEST(Watchers, BeyondWhatIsHeldForAFullConnectionTheOldestIsShed) {
  PresenceWorld world;
  std::vector<std::string> friends;
  for (int i = 0; i < 300; ++i) {
    friends.push_back("friend" + std::to_string(i));
    world.privacy.befriend(user("carol"), user(friends.back()));
  }
  Screen carol(world, "carol");
  EXPECT_EQ(carol.pull_contacts(), 300u);
  carol.full = true;
  for (int i = 0; i < 300; ++i) {
    world.enter(friends[static_cast<std::size_t>(i)]);
    world.loop.advance(300ms);
  }
  world.loop.advance(10s);
  EXPECT_EQ(world.site(user("carol")).watchers.shed(), 200u);
  carol.full = false;
  world.loop.advance(1s);
  EXPECT_TRUE(carol.online("friend299"));
  EXPECT_FALSE(carol.online("friend0"));
}

// Whatever happens, in whatever order: when it is quiet, every screen shows what is true of whom it may see, and nothing of others.
TEST(Watchers, InTheEndEveryScreenIsRight) {
  const std::vector<std::string> people{"ann", "ben", "cat", "dan", "eva", "fay"};
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    PresenceWorld world;
    SeededRandom random(seed);
    std::vector<std::unique_ptr<Screen>> screens;
    for (const auto& who : people) {
      screens.push_back(std::make_unique<Screen>(world, who));
      screens.back()->pull_contacts();
      screens.back()->look_at(people);
    }
    std::map<std::string, int> here;
    for (int step = 0; step < 60; ++step) {
      const std::string& who = people[random.below(people.size())];
      const std::string& other = people[random.below(people.size())];
      switch (random.below(7)) {
        case 0:
          if (here[who]++ < 2)
            world.enter(who);
          else
            --here[who];
          break;
        case 1:
          if (here[who] > 0) --here[who], world.leave(who);
          break;
        case 2:
          world.say(who, static_cast<Status>(random.below(3)));
          break;
        case 3:
          world.show_to(who, static_cast<ShownTo>(random.below(3)));
          break;
        case 4:
          if (who != other) random.below(2) == 0 ? world.befriend(who, other) : world.part(who, other);
          break;
        case 5: {
          Screen& screen = *screens[random.below(screens.size())];
          screen.full = random.below(2) == 0;
          break;
        }
        default:
          for (const auto& [seen, presence] : world.pull(other, people)) {
            for (auto& screen : screens) {
              if (screen->viewer.text() == other) screen->seen[seen] = presence;
            }
          }
          break;
      }
      world.loop.advance(Duration(static_cast<std::int64_t>(random.below(8'000'000'000))) / (1 + random.below(100)));
    }
    for (auto& screen : screens) screen->full = false;
    world.loop.advance(40s);
    for (auto& screen : screens) {
      auto truth = world.pull(screen->viewer.text(), people);
      for (const auto& who : people) {
        auto found = truth.find(who);
        const bool online = found != truth.end() && found->second.online;
        ASSERT_EQ(screen->online(who), online) << "seed " << seed << ": " << screen->viewer.text() << " of " << who;
        if (!online) continue;
        ASSERT_EQ(screen->seen[who].status, found->second.status) << "seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace kith::test
