// Who is connected, and since when somebody is not.
#include "session/directory.h"

#include "session/session_under_test.h"

namespace kith::test {
namespace {

Presence presence(Server& server, const std::string& who) {
  return value_of(server.loop, server.scope.start(server.book.look(user(who), user("somebody"))));
}

TEST(Directory, AUserIsPresentWhileOneDeviceIs) {
  Server server;
  EXPECT_FALSE(presence(server, "alice").online);
  EXPECT_FALSE(presence(server, "alice").since) << "never seen";
  auto phone = std::make_unique<Connection>(server, "alice/phone");
  auto laptop = std::make_unique<Connection>(server, "alice/laptop");
  server.loop.advance(1s);
  EXPECT_TRUE(presence(server, "alice").online);
  EXPECT_EQ(server.directory.count(), 2u);
  phone.reset();
  EXPECT_TRUE(presence(server, "alice").online);
  WallTime left = server.loop.wall();
  laptop.reset();
  EXPECT_EQ(server.directory.count(), 0u);
  server.loop.advance(60s);
  auto after = presence(server, "alice");
  EXPECT_FALSE(after.online);
  EXPECT_EQ(after.since, left);
}

TEST(Directory, WhoComesBackWhileTheStoreIsAskedIsOnline) {
  Server server({50ms, 50ms});
  Connection phone(server, "alice/phone");
  while (!server.directory.present(user("alice"))) {
    auto asked = note(server.scope.start(server.book.look(user("alice"), user("somebody"))));
    server.loop.advance(10ms);
    if (!server.directory.present(user("alice"))) continue;
    server.loop.advance(100ms);
    ASSERT_TRUE(asked->has_value());
    EXPECT_TRUE((*asked)->online);
  }
}

TEST(Directory, LeavingTwiceCountsOnce) {
  Server server;
  Connection phone(server, "alice/phone"), laptop(server, "alice/laptop"), tablet(server, "alice/tablet");
  server.loop.advance(1s);
  auto& middle = static_cast<Session&>(*laptop.peer);
  server.directory.leave(middle);
  server.directory.leave(middle);
  EXPECT_EQ(server.directory.count(), 2u);
  server.say("bob", "alice");
  EXPECT_EQ(phone.all<wire::Event>().size(), 1u);
  EXPECT_EQ(laptop.all<wire::Event>().size(), 0u);
  EXPECT_EQ(tablet.all<wire::Event>().size(), 1u);
}

TEST(Directory, AllDevicesHearTheSameStepsInTheSameOrder) {
  Server server;
  std::vector<std::unique_ptr<Connection>> devices;
  for (int i = 0; i < 4; ++i) devices.push_back(std::make_unique<Connection>(server, "alice/device" + std::to_string(i)));
  server.loop.advance(1s);
  for (int i = 0; i < 10; ++i) server.say("friend" + std::to_string(i % 3), "alice");
  for (auto& device : devices) {
    EXPECT_EQ(device->all<wire::Event>(), devices[0]->all<wire::Event>());
    EXPECT_EQ(device->all<wire::Event>().size(), 10u);
  }
}

TEST(Directory, ARevocationOfAllDevicesSparesOtherUsers) {
  Server server;
  Connection phone(server, "alice/phone"), laptop(server, "alice/laptop"), bob(server, "bob/phone");
  server.loop.advance(1s);
  server.directory.revoke(user("alice"), std::nullopt);
  server.directory.revoke(user("nobody"), std::nullopt);
  EXPECT_EQ(phone.closed, Code::revoked);
  EXPECT_EQ(laptop.closed, Code::revoked);
  EXPECT_FALSE(bob.closed);
  server.loop.advance(1s);
  EXPECT_EQ(server.directory.count(), 1u);
  EXPECT_FALSE(server.directory.present(user("alice")));
}

}  // namespace
}  // namespace kith::test
