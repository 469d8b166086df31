// Links over real sockets, against the front of the server with peers that echo.
#include "client/websocket_link.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "front/asio_loop.h"
#include "front/test_client.h"

namespace kith {
namespace {

struct User final : LinkUser {
  explicit User(AsioLoop& l) : loop(l) {}
  void opened() override {
    open = true;
    if (on_open) on_open();
  }
  void received(std::string_view frame) override {
    frames.emplace_back(frame);
    if (on_frame) on_frame();
  }
  void closed(LinkEnd e) override {
    EXPECT_FALSE(end) << "closed twice";
    end = std::move(e);
    loop.stop();
  }
  AsioLoop& loop;
  Fn<void()> on_open, on_frame;
  bool open = false;
  std::vector<std::string> frames;
  std::optional<LinkEnd> end;
};

struct How {
  Encoding encoding;
  bool tls;
};

class WebSocketLinkTest : public testing::TestWithParam<How> {
 protected:
  void start(FrontConfig config = {}) { server.emplace(std::move(config), 1, GetParam().tls); }
  WebSocketLinks& links() {
    ServerAddress address{"127.0.0.1", port ? port : server->port()};
    address.tls = GetParam().tls;
    address.authorities = test::certificate().authority();
    if (!links_) links_.emplace(loop, address, GetParam().encoding);
    return *links_;
  }
  // Until the user's connection ends or somebody stops the loop; at most 10 s.
  void run() {
    bool late = false;
    Timer limit = loop.after(10s, [&] {
      late = true;
      loop.stop();
    });
    loop.run();
    EXPECT_FALSE(late);
  }

  AsioLoop loop;
  std::optional<test::TestServer> server;
  std::optional<WebSocketLinks> links_;
  std::uint16_t port = 0;
  User user{loop};
  std::unique_ptr<Link> link;
};

TEST_P(WebSocketLinkTest, FramesGoAndCome) {
  start();
  user.on_open = [&] {
    link->send("one");
    link->send(std::string(5000, 'x'));
  };
  user.on_frame = [&] {
    if (user.frames.size() == 2) loop.stop();
  };
  link = links().open(user);
  run();
  EXPECT_EQ(user.frames, (std::vector<std::string>{"one", std::string(5000, 'x')}));
  EXPECT_EQ(link->unsent(), 0u);
}

TEST_P(WebSocketLinkTest, ManyFramesComeInOrderAndWhole) {
  start();
  user.on_open = [&] { link->send("flood 3000 "); };
  user.on_frame = [&] {
    EXPECT_EQ(user.frames.back().size(), 1000u);
    if (user.frames.size() == 3000) loop.stop();
  };
  link = links().open(user);
  run();
  EXPECT_EQ(user.frames.size(), 3000u);
}

TEST_P(WebSocketLinkTest, LargeFramesGoAndComeWhole) {
  FrontConfig config;
  config.early_frame_bytes = 64 * 1024;
  config.early_total_bytes = 100'000'000;
  start(config);
  user.on_open = [&] {
    for (int i = 0; i < 50; ++i) link->send(std::string(60'000, static_cast<char>('a' + i % 26)));
  };
  user.on_frame = [&] {
    const std::size_t i = user.frames.size() - 1;
    EXPECT_EQ(user.frames.back(), std::string(60'000, static_cast<char>('a' + i % 26)));
    if (user.frames.size() == 50) loop.stop();
  };
  link = links().open(user);
  run();
  EXPECT_EQ(user.frames.size(), 50u);
}

TEST_P(WebSocketLinkTest, SaysWhyTheServerClosed) {
  start();
  user.on_open = [&] { link->send("replaced"); };
  link = links().open(user);
  run();
  ASSERT_TRUE(user.end);
  EXPECT_EQ(user.end->code, 4504);
  EXPECT_EQ(user.end->reason, "replaced");
}

TEST_P(WebSocketLinkTest, SaysThatNobodyIsThere) {
  start();
  port = server->port();
  server.reset();
  link = links().open(user);
  run();
  ASSERT_TRUE(user.end);
  EXPECT_FALSE(user.open);
  EXPECT_EQ(user.end->code, 0);
  EXPECT_NE(user.end->reason.find("refused"), std::string::npos) << user.end->reason;
}

TEST_P(WebSocketLinkTest, MayBeDestroyedInsideACallback) {
  start();
  user.on_open = [&] { link->send("flood 100 "); };
  user.on_frame = [&] {
    if (user.frames.size() == 3) {
      link.reset();
      loop.post([&] { loop.stop(); });
    }
  };
  link = links().open(user);
  run();
  EXPECT_EQ(user.frames.size(), 3u);
  EXPECT_FALSE(user.end);
  EXPECT_TRUE(test::eventually([&] { return server->seen().closed == 1; }));
}

TEST_P(WebSocketLinkTest, ALinkThatIsDroppedSaysGoodbye) {
  start();
  user.on_open = [&] {
    link->send("last words");
    link.reset();
    loop.stop();
  };
  link = links().open(user);
  run();
  EXPECT_TRUE(test::eventually([&] { return server->seen().received == 1 && server->seen().closed == 1; }));
}

constexpr How kHows[] = {{Encoding::json, false}, {Encoding::proto, false}, {Encoding::json, true}, {Encoding::proto, true}};

INSTANTIATE_TEST_SUITE_P(Encodings, WebSocketLinkTest, testing::ValuesIn(kHows), [](const auto& about) {
  return std::string(about.param.encoding == Encoding::json ? "json" : "proto") + (about.param.tls ? "_tls" : "");
});

}  // namespace
}  // namespace kith
