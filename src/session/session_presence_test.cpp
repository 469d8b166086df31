// The commands about presence on a connection, and what is pushed there.
#include "session/session_under_test.h"

namespace kith::test {
namespace {

std::vector<wire::Presence> pushed(const Connection& connection) {
  std::vector<wire::Presence> out;
  for (const wire::Frame& frame : connection.frames) {
    if (const auto* body = std::get_if<wire::Presences>(&frame.body); body && frame.re == 0)
      out.insert(out.end(), body->items.begin(), body->items.end());
  }
  return out;
}

TEST(SessionPresence, AViewportIsAnsweredAndFollowed) {
  Server server;
  Connection alice(server, "alice/phone");
  server.loop.advance(1s);
  alice.say(2, wire::Viewport{{"bob"}});
  server.loop.advance(1s);
  ASSERT_TRUE(alice.reply<wire::Presences>(2));
  EXPECT_EQ(alice.reply<wire::Presences>(2)->items, (std::vector<wire::Presence>{{"bob"}}));
  Connection bob(server, "bob/phone");
  server.loop.advance(1s);
  bob.say(2, wire::SetStatus{"away"});
  server.loop.advance(1s);
  EXPECT_EQ(pushed(alice), (std::vector<wire::Presence>{{"bob", true}, {"bob", true, {}, "away"}}));
  EXPECT_TRUE(pushed(bob).empty()) << "did not ask";
  EXPECT_EQ(server.traffic.presence_pushes, 2u);
  EXPECT_GT(server.traffic.presence_bytes, 0u);
}

TEST(SessionPresence, NothingIsWrittenWhileHalfOfTheConnectionIsFull) {
  Server server;
  server.options.unsent_max = 4096;
  Connection alice(server, "alice/phone");
  server.loop.advance(1s);
  alice.say(2, wire::Viewport{{"bob"}});
  server.loop.advance(1s);
  alice.stuck = true;
  for (int i = 0; i < 3; ++i) server.say("carol", "alice", 1, 1000);
  ASSERT_GT(alice.unsent(), 2048u);
  ASSERT_LT(alice.unsent(), 4096u);
  const std::size_t events = alice.all<wire::Event>().size();
  Connection bob(server, "bob/phone");
  server.loop.advance(10s);
  EXPECT_TRUE(pushed(alice).empty());
  server.say("carol", "alice");
  EXPECT_EQ(alice.all<wire::Event>().size(), events + 1) << "a message still gets through";
  alice.unstick();
  server.loop.advance(1s);
  EXPECT_EQ(pushed(alice).size(), 1u);
}

TEST(SessionPresence, LimitsAreTold) {
  Server server;
  Connection alice(server, "alice/phone");
  server.loop.advance(1s);
  alice.say(2, wire::GetPresence{std::vector<std::string>(501, "bob")});
  alice.say(3, wire::Viewport{std::vector<std::string>(101, "bob")});
  alice.say(4, wire::Viewport{{"no user id!"}});
  alice.say(5, wire::SetStatus{"busy"});
  server.loop.advance(1s);
  EXPECT_EQ(alice.error(2), "limit_reached");
  EXPECT_EQ(alice.error(3), "limit_reached");
  EXPECT_EQ(alice.error(4), "invalid_argument");
  EXPECT_EQ(alice.error(5), "invalid_argument");
}

TEST(SessionPresence, WhoGoesWhileTheirQuestionIsAskedLeavesNothingBehind) {
  Server server({20ms, 20ms});
  {
    Connection alice(server, "alice/phone");
    server.loop.advance(1s);
    alice.say(2, wire::Viewport{{"bob", "carol"}});
    alice.say(3, wire::GetPresence{});
    server.loop.advance(5ms);
  }
  server.loop.advance(1s);
  EXPECT_EQ(server.watchers.count(), 0u);
  Connection bob(server, "bob/phone");
  server.loop.advance(10s);
  EXPECT_EQ(server.book.counts().told, 0u);
}

TEST(SessionPresence, NothingIsToldAfterTheEndThoughARequestStillSharesTheWishes) {
  Server server;
  Connection alice(server, "alice/phone");
  server.loop.advance(1s);
  const auto phone = *DeviceId::parse("phone");
  auto shared = server.directory.wishes(user("alice"), phone);
  ASSERT_TRUE(shared);
  EXPECT_FALSE(server.directory.wishes(user("alice"), *DeviceId::parse("laptop")));
  EXPECT_FALSE(server.directory.wishes(user("bob"), phone));
  alice.say(2, wire::Viewport{{"bob"}});
  server.loop.advance(1s);
  alice.peer->closed();
  EXPECT_FALSE(server.directory.wishes(user("alice"), phone));
  Connection bob(server, "bob/phone");
  server.loop.advance(10s);
  EXPECT_EQ(server.book.counts().told, 1u) << "else the story is about nothing";
  EXPECT_TRUE(pushed(alice).empty());
}

TEST(SessionPresence, OfTwoSessionsOfADeviceTheNewerHasTheWishes) {
  Server server;
  Connection older(server, "alice/phone");
  server.loop.advance(1s);
  auto before = server.directory.wishes(user("alice"), *DeviceId::parse("phone"));
  Connection newer(server, "alice/phone");
  server.loop.advance(1s);
  EXPECT_EQ(older.closed, Code::replaced);
  auto after = server.directory.wishes(user("alice"), *DeviceId::parse("phone"));
  EXPECT_TRUE(after && after != before);
}

}  // namespace
}  // namespace kith::test
