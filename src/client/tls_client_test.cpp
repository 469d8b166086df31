// Whom a client trusts: the authority that it was given, for the host that it was given, and nobody else.
#include "client/tls_client.h"

#include <gtest/gtest.h>

#include <fstream>
#include <optional>

#include "client/http.h"
#include "client/websocket_link.h"
#include "front/asio_loop.h"
#include "front/test_client.h"

namespace kith {
namespace {

struct User final : LinkUser {
  explicit User(AsioLoop& l) : loop(l) {}
  void opened() override {
    outcome = "opened";
    loop.stop();
  }
  void received(std::string_view) override {}
  void closed(LinkEnd end) override {
    outcome = std::move(end.reason);
    loop.stop();
  }
  AsioLoop& loop;
  std::string outcome = "nothing";
};

class TrustTest : public testing::Test {
 protected:
  void start(const test::Certificate& certificate) {
    FrontConfig config;
    auto tls = TlsServer::load(certificate.chain(), certificate.key());
    ASSERT_TRUE(tls);
    config.tls = *tls;
    server.emplace(config);
  }
  ServerAddress address(const std::string& host, const std::string& authorities) {
    ServerAddress address{host, server->port()};
    address.tls = true;
    address.authorities = authorities;
    return address;
  }
  // "opened", or why not.
  std::string link(const std::string& host, const std::string& authorities) {
    AsioLoop loop;
    User user(loop);
    WebSocketLinks links(loop, address(host, authorities), Encoding::json);
    auto opened = links.open(user);
    EXPECT_EQ(user.outcome, "nothing") << "called back inside of the call";
    Timer limit = loop.after(10s, [&] { loop.stop(); });
    loop.run();
    return user.outcome;
  }
  // The body of the answer, or why there is none.
  std::string call(const std::string& host, const std::string& authorities) {
    auto answer = http_call(address(host, authorities), {"POST", "/echo", {}, "{}"});
    return answer ? answer->body : answer.error().detail;
  }

  std::optional<test::TestServer> server;
};

TEST_F(TrustTest, TakesTheAuthorityThatItWasGiven) {
  const test::Certificate certificate;
  start(certificate);
  for (const std::string host : {"127.0.0.1", "localhost"}) {
    EXPECT_EQ(link(host, certificate.authority()), "opened") << host;
    EXPECT_EQ(call(host, certificate.authority()), "POST  {}") << host;
  }
}

TEST_F(TrustTest, RefusesOtherAuthorities) {
  const test::Certificate certificate, other;
  start(certificate);
  for (const std::string& authorities : {other.authority(), std::string()}) {
    const std::string why = link("127.0.0.1", authorities);
    EXPECT_NE(why.find(": the certificate is not trusted: "), std::string::npos) << why;
    EXPECT_EQ(call("127.0.0.1", authorities), why);
  }
  EXPECT_EQ(server->seen().accepted, 0);
}

TEST_F(TrustTest, RefusesOtherHosts) {
  const test::Certificate certificate("DNS:elsewhere.example,DNS:*.localhost");
  start(certificate);
  EXPECT_TRUE(link("localhost", certificate.authority()).ends_with("hostname mismatch")) << link("localhost", certificate.authority());
  EXPECT_TRUE(link("127.0.0.1", certificate.authority()).ends_with("IP address mismatch"));
  EXPECT_TRUE(call("localhost", certificate.authority()).ends_with("hostname mismatch"));
  EXPECT_TRUE(call("127.0.0.1", certificate.authority()).ends_with("IP address mismatch"));
  EXPECT_EQ(server->seen().accepted, 0);
}

TEST_F(TrustTest, RefusesWhatHasExpired) {
  const test::Certificate certificate("IP:127.0.0.1", true);
  start(certificate);
  EXPECT_TRUE(link("127.0.0.1", certificate.authority()).ends_with("certificate has expired"));
  EXPECT_TRUE(call("127.0.0.1", certificate.authority()).ends_with("certificate has expired"));
}

TEST_F(TrustTest, SaysThatTheFileOfAuthoritiesIsOfNoUse) {
  const test::Certificate certificate;
  start(certificate);
  std::ofstream(certificate.path("nonsense")) << "nonsense";
  for (const std::string name : {"none", "nonsense"}) {
    const std::string why = link("127.0.0.1", certificate.path(name));
    EXPECT_TRUE(why.starts_with(certificate.path(name) + ": has no certificates")) << why;
    EXPECT_EQ(call("127.0.0.1", certificate.path(name)), why);
  }
}

TEST_F(TrustTest, SaysThatAServerSpeaksNoTls) {
  FrontConfig config;
  config.tick = 10ms;
  config.header_wait = 100ms;
  server.emplace(config);
  const std::string why = link("127.0.0.1", test::certificate().authority());
  EXPECT_TRUE(why.ends_with(": wrong version number")) << why;
  EXPECT_NE(call("127.0.0.1", test::certificate().authority()).find("wrong version number"), std::string::npos);
}

}  // namespace
}  // namespace kith
