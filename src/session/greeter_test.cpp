// A connection before it is known who is behind it.
#include "session/greeter.h"

#include "session/session_under_test.h"

namespace kith::test {
namespace {

struct Door {
  Door() { connection.peer = std::make_unique<Greeter>(server.place, connection, Encoding::json); }

  Server server;
  Connection connection{server};
};

TEST(Greeter, ItSaysHelloBeforeAnythingIsAsked) {
  Door door;
  ASSERT_EQ(door.connection.frames.size(), 1u);
  auto hello = std::get<wire::Hello>(door.connection.frames[0].body);
  EXPECT_EQ(hello.protocol, "kith.v1");
  ASSERT_TRUE(hello.limits);
  EXPECT_EQ(hello.limits->text_bytes, door.server.options.text_bytes_max);
}

TEST(Greeter, WhoAuthenticatesIsHandedOverAndGetsIn) {
  Door door;
  door.connection.say(1, wire::Ping{});
  EXPECT_TRUE(door.connection.reply<wire::Pong>(1));
  door.connection.say(2, wire::Auth{"alice/phone"});
  door.server.loop.advance(1s);
  EXPECT_TRUE(door.connection.moved);
  auto ready = door.connection.reply<wire::Ready>(2);
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->user, "alice");
  EXPECT_EQ(ready->device, "phone");
  EXPECT_TRUE(door.connection.synced());
  EXPECT_EQ(door.server.verified, 2) << "asked again where revocations are heard of";
  door.server.loop.advance(60s);
  EXPECT_FALSE(door.connection.closed) << "the time to authenticate is over for others";
}

TEST(Greeter, OtherCommandsWaitForAuth) {
  Door door;
  door.connection.send_to(5, "bob", "x");
  EXPECT_EQ(door.connection.error(5), "not_authenticated");
  door.connection.text(R"({"id":6,"dance":{}})");
  EXPECT_EQ(door.connection.error(6), "unknown_command");
  EXPECT_FALSE(door.connection.closed);
}

TEST(Greeter, ABadTokenEndsIt) {
  Door door;
  door.connection.say(1, wire::Auth{"nobody"});
  EXPECT_EQ(door.connection.error(1), "unauthenticated");
  EXPECT_EQ(door.connection.closed, Code::unauthenticated);
  door.connection.say(2, wire::Auth{"alice/phone"});
  door.server.loop.advance(1s);
  EXPECT_FALSE(door.connection.moved) << "what comes after the end is ignored";
}

TEST(Greeter, AMistakeInAFieldEndsItWithoutSayingThatToComeAgainHelps) {
  for (const std::string& device : {std::string("not a device"), std::string()}) {
    Door door;
    door.connection.say(1, wire::Auth{"alice/", device});
    EXPECT_EQ(door.connection.error(1), "invalid_argument");
    EXPECT_EQ(door.connection.closed, Code::unauthenticated);
  }
  Door door;
  door.connection.text("junk");
  EXPECT_EQ(door.connection.closed, Code::malformed);
}

TEST(Greeter, WhoSaysNothingIsSentAwayAfterTenSeconds) {
  Door door;
  door.server.loop.advance(5s);
  door.connection.say(1, wire::Ping{});
  door.server.loop.advance(4900ms);
  EXPECT_FALSE(door.connection.closed) << "it is not yet time";
  door.server.loop.advance(200ms);
  EXPECT_EQ(door.connection.closed, Code::auth_timeout) << "a ping is no auth";
  EXPECT_EQ(door.connection.all<wire::Error>().back().code, "auth_timeout");
}

}  // namespace
}  // namespace kith::test
