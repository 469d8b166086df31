// TLS on loopback: handshakes that succeed, fail, stop halfway and take too long; certificates that change; ends of both kinds.
// That all else is as without TLS is shown by front_over_tls_test.

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <fstream>
#include <random>
#include <thread>
#include <vector>

#include "front/test_client.h"

namespace kith::test {
namespace {

using websocket::Opcode;

constexpr std::string_view kRequest = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n";

FrontConfig fast() {
  FrontConfig config;
  config.tick = 10ms;
  return config;
}

// A TLS client whose bytes pass through the test's hands: it may cut them up, or stop.
class Piecewise {
 public:
  explicit Piecewise(std::uint16_t port) : plain_(port, 0, false), context_(SSL_CTX_new(TLS_client_method())) {
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl_.get());
  }

  std::size_t sent = 0;
  std::size_t sent_max = SIZE_MAX;
  std::function<std::size_t()> piece = [] { return SIZE_MAX; };

  // False: the limit is reached, or the other end is gone.
  bool handshake() {
    return drive([this] { return SSL_do_handshake(ssl_.get()); });
  }
  bool write(std::string_view bytes) {
    bool all = true;
    while (all && !bytes.empty()) {
      const std::string_view part = bytes.substr(0, piece());
      all = drive([&] { return SSL_write(ssl_.get(), part.data(), static_cast<int>(part.size())); });
      bytes.remove_prefix(part.size());
    }
    return all;
  }
  std::string read(std::size_t size) {
    std::string all(size, '\0');
    std::size_t done = 0;
    while (done < size) {
      int got = 0;
      if (!drive([&] { return got = SSL_read(ssl_.get(), all.data() + done, static_cast<int>(size - done)); })) break;
      done += static_cast<std::size_t>(got);
    }
    all.resize(done);
    return all;
  }
  SSL* ssl() { return ssl_.get(); }

  bool flush() {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &bytes);
    std::string_view left(bytes, static_cast<std::size_t>(size));
    while (!left.empty()) {
      const std::size_t now = std::min({left.size(), piece(), sent_max - sent});
      if (now == 0) return false;
      plain_.write(left.substr(0, now));
      left.remove_prefix(now);
      sent += now;
    }
    BIO_reset(SSL_get_wbio(ssl_.get()));
    return true;
  }

 private:
  template <class Call>
  bool drive(Call once) {
    for (;;) {
      ERR_clear_error();
      const int result = once();
      const int error = SSL_get_error(ssl_.get(), result);
      if (!flush()) return false;
      if (result > 0) return true;
      if (error != SSL_ERROR_WANT_READ) return false;
      pollfd waiting{plain_.socket(), POLLIN, 0};
      if (::poll(&waiting, 1, 10'000) != 1) return false;
      char bytes[4096];
      const long size = ::recv(plain_.socket(), bytes, std::min(sizeof bytes, piece()), 0);
      if (size <= 0) return false;
      BIO_write(SSL_get_rbio(ssl_.get()), bytes, static_cast<int>(size));
    }
  }

  Client plain_;
  SslContextPtr context_;
  SslPtr ssl_;
};

class Tls : public testing::Test {
 protected:
  void start(FrontConfig config = {}, std::size_t loops = 1) { server.emplace(std::move(config), loops, true); }
  Client raw() { return Client(server->port(), 0, false); }
  bool all_gone() {
    return eventually([&] { return server->listener().count() == 0; });
  }
  bool serves() {
    auto client = server->client();
    client.write(kRequest);
    return client.header().starts_with("HTTP/1.1 200 ");
  }

  std::optional<TestServer> server;
};

TEST_F(Tls, SpeaksTheTwoVersionsOfToday) {
  start();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION, TLS1_1_VERSION}) {
    auto client = server->client();
    SSL_set_security_level(client.ssl(), 0);
    SSL_set_min_proto_version(client.ssl(), version);
    SSL_set_max_proto_version(client.ssl(), version);
    const bool welcome = version != TLS1_1_VERSION;
    EXPECT_EQ(client.open().starts_with("HTTP/1.1 101 "), welcome) << version;
    if (!welcome) continue;
    client.text("hello");
    EXPECT_EQ(client.receive().payload, "hello");
  }
  EXPECT_EQ(server->tls().done, 2u);
  EXPECT_TRUE(eventually([&] { return server->tls().failed == 1; }));  // The client hears of it first.
}

TEST_F(Tls, ChoosesHttp11OrNothing) {
  start();
  const auto ask = [this](std::string_view offered) {
    auto client = server->client();
    SSL_set_alpn_protos(client.ssl(), reinterpret_cast<const unsigned char*>(offered.data()), static_cast<unsigned>(offered.size()));
    client.write(kRequest);
    if (client.header().empty()) return std::string("refused");
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(client.ssl(), &chosen, &size);
    return std::string(reinterpret_cast<const char*>(chosen), size);
  };
  EXPECT_EQ(ask("\x02h2\x08http/1.1"), "http/1.1");
  EXPECT_EQ(ask("\x02h2"), "refused");
  EXPECT_EQ(ask(""), "");
}

TEST_F(Tls, RefusesToNegotiateAgain) {
  start();
  auto client = server->client();
  SSL_set_max_proto_version(client.ssl(), TLS1_2_VERSION);
  client.open();
  ASSERT_EQ(SSL_renegotiate(client.ssl()), 1);
  client.text("hello");
  EXPECT_EQ(client.receive().opcode, -1);
  EXPECT_TRUE(all_gone());
  EXPECT_EQ(server->tls().done, 1u);
}

TEST_F(Tls, TakesNewKeysButNotNothingElse) {
  FrontConfig config;
  config.header_wait = 60s;  // Only the keys may end the flood.
  start(config);
  auto client = server->client();
  client.open();
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(SSL_key_update(client.ssl(), SSL_KEY_UPDATE_REQUESTED), 1);
    client.text("hello");
    ASSERT_EQ(client.receive().payload, "hello");
  }
  Piecewise flood(server->port());
  ASSERT_TRUE(flood.handshake());
  for (int i = 0; i < 40; ++i) {
    SSL_key_update(flood.ssl(), SSL_KEY_UPDATE_NOT_REQUESTED);
    SSL_do_handshake(flood.ssl());
  }
  ASSERT_TRUE(flood.flush());
  EXPECT_EQ(flood.read(1), "");
  EXPECT_TRUE(eventually([&] { return server->listener().count() == 1; }));
}

TEST_F(Tls, AnswersPlainHttpInPlain) {
  auto config = fast();
  config.close_wait = 50ms;
  start(config);
  auto client = raw();
  client.write(kRequest);
  const std::string header = client.header();
  EXPECT_TRUE(header.starts_with("HTTP/1.1 400 ")) << header;
  EXPECT_NE(client.rest().find("This port speaks TLS"), std::string::npos);
  EXPECT_TRUE(all_gone());
  EXPECT_EQ(server->tls().failed, 1u);
  EXPECT_TRUE(serves());
}

TEST_F(Tls, EndsGarbage) {
  start();
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    auto client = raw();
    std::string bytes(1 + random() % 20'000, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    if (round % 3 == 0)
      bytes.replace(0, std::min<std::size_t>(bytes.size(), 6), "\x16\x03\x01\x3f\xff\x01", std::min<std::size_t>(bytes.size(), 6));
    client.write(bytes);
    client.finish_writing();
    client.rest();
  }
  EXPECT_TRUE(all_gone());
  EXPECT_EQ(server->tls().failed, 50u);
  EXPECT_TRUE(serves());
}

TEST_F(Tls, SurvivesHandshakesThatStopAnywhere) {
  start();
  std::mt19937 random(11);
  std::size_t whole = 0;
  {
    Piecewise client(server->port());
    ASSERT_TRUE(client.handshake());
    // Who leaves before the tickets came has stopped halfway too.
    ASSERT_TRUE(eventually([&] { return server->tls().done == 1; }));
    whole = client.sent;
  }
  constexpr std::size_t kRounds = 60;
  for (std::size_t round = 0; round < kRounds; ++round) {
    Piecewise client(server->port());
    client.sent_max = round < 6 ? round : random() % whole;
    client.piece = [&random] { return 1 + random() % 200; };
    EXPECT_FALSE(client.handshake());
  }
  // The last may not have been accepted yet.
  EXPECT_TRUE(eventually([&] { return server->tls().failed == kRounds; })) << server->tls().failed;
  EXPECT_TRUE(all_gone());
  EXPECT_EQ(server->seen().accepted, 0);
  EXPECT_TRUE(serves());
}

TEST_F(Tls, TakesRecordsInAnyPieces) {
  FrontConfig config;
  config.early_frame_bytes = 64 * 1024;
  config.early_total_bytes = 100'000'000;
  start(config, 2);
  std::mt19937 random(13);
  for (const std::size_t most : {3u, 100u, 5000u, 100'000u}) {
    Piecewise client(server->port());
    client.piece = [&random, most] { return 1 + random() % most; };
    ASSERT_TRUE(client.handshake());
    const std::string start =
        "GET /v1/ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n";
    ASSERT_TRUE(client.write(start));
    std::string answer;
    while (!answer.ends_with("\r\n\r\n")) {
      const std::string byte = client.read(1);
      ASSERT_FALSE(byte.empty());
      answer += byte;
    }
    std::string move;
    websocket::append_frame(move, Opcode::text, "move 1", 5);
    ASSERT_TRUE(client.write(move));
    ASSERT_EQ(client.read(9), "\x81\x07moved 1");
    for (int round = 0; round < 5; ++round) {
      const std::string text(most == 3 ? 300 : 1 + random() % 65'000, static_cast<char>('a' + round));
      std::string frame, echo;
      websocket::append_frame(frame, Opcode::text, text, static_cast<std::uint32_t>(random()));
      websocket::append_frame(echo, Opcode::text, text);
      ASSERT_TRUE(client.write(frame));
      ASSERT_EQ(client.read(echo.size()), echo);
    }
  }
}

// The limit before auth makes the server read less than came: the rest lies in OpenSSL, and the socket has nothing to tell.
TEST_F(Tls, FindsWhatItHasNotTakenYet) {
  FrontConfig config;
  config.early_frame_bytes = 64;
  config.early_total_bytes = 100;
  start(config);
  auto client = server->client();
  client.open();
  std::string frames;
  for (int i = 0; i < 3; ++i) websocket::append_frame(frames, Opcode::text, std::string(40, 'a'), 1);
  client.write(frames);
  EXPECT_EQ(client.receive().payload, std::string(40, 'a'));
  EXPECT_EQ(client.receive().payload, std::string(40, 'a'));
  EXPECT_EQ(client.receive().code(), 4501);
}

TEST_F(Tls, CutsHandshakesThatTakeTooLong) {
  auto config = fast();
  config.header_wait = 100ms;
  start(config);
  auto silent = raw();
  EXPECT_TRUE(silent.ended());
  EXPECT_EQ(server->tls().late, 1u);
  Piecewise slow(server->port());
  slow.piece = [] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return std::size_t{4};
  };
  EXPECT_FALSE(slow.handshake());
  EXPECT_TRUE(eventually([&] { return server->tls().late == 2; }));
  EXPECT_TRUE(all_gone());
  EXPECT_EQ(server->tls().done, 0u);
}

TEST_F(Tls, TheTimeOfTheFirstRequestBeginsBeforeTheHandshake) {
  auto config = fast();
  config.header_wait = 3s;
  start(config);
  auto client = server->client();
  const auto began = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  client.write(kRequest.substr(0, 10));
  EXPECT_TRUE(client.header().starts_with("HTTP/1.1 408 "));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(4200));
}

TEST_F(Tls, CountsHandshakesAsConnections) {
  FrontConfig config;
  config.connections_per_address = 3;
  start(config);
  std::vector<Client> silent;
  for (int i = 0; i < 3; ++i) silent.push_back(raw());
  EXPECT_TRUE(eventually([&] { return server->listener().unauthenticated() == 3; }));
  EXPECT_TRUE(server->client().open().starts_with("HTTP/1.1 503 "));
  silent.pop_back();
  EXPECT_TRUE(eventually([&] { return server->listener().count() == 2; }));
  EXPECT_TRUE(server->client().open().starts_with("HTTP/1.1 101 "));
}

TEST_F(Tls, TellsAProperEndFromACut) {
  start();
  {
    auto cut = server->client();
    cut.open();
    ::shutdown(cut.socket(), SHUT_WR);
    EXPECT_TRUE(eventually([&] { return server->seen().closed == 1; }));
  }
  auto proper = server->client();
  proper.open();
  proper.finish_writing();
  EXPECT_TRUE(proper.ended());
  EXPECT_TRUE(proper.heard_close_notify());
  EXPECT_TRUE(eventually([&] { return server->seen().closed == 2; }));
}

TEST_F(Tls, SaysGoodbyeWhenItStops) {
  start({}, 2);
  std::vector<Client> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(server->client());
    clients.back().open();
    clients.back().text("move " + std::to_string(i % 2));
    clients.back().receive();
  }
  auto idle = server->client();
  idle.write(kRequest);
  idle.header();
  auto beginner = raw();
  server->listener().stop_accepting();
  idle.rest();
  EXPECT_TRUE(idle.heard_close_notify());
  EXPECT_TRUE(beginner.ended());
  server->listener().cut_all();
  for (auto& client : clients) {
    EXPECT_TRUE(client.ended());
    EXPECT_TRUE(client.heard_close_notify());
  }
  EXPECT_TRUE(all_gone());
}

// ------------------------------------------------------------------------------------------------------------ certificates

std::string shown_by(const Client& client) {
  X509* certificate = SSL_get0_peer_certificate(client.ssl());
  if (!certificate) return {};
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  X509_digest(certificate, EVP_sha256(), digest, &size);
  return {reinterpret_cast<const char*>(digest), size};
}

TEST_F(Tls, ShowsANewCertificateOnceItIsReloaded) {
  Certificate files;
  auto tls = TlsServer::load(files.chain(), files.key());
  ASSERT_TRUE(tls);
  FrontConfig config;
  config.tls = *tls;
  start(config);
  auto before = server->client();
  before.open();
  files.become(Certificate());
  ASSERT_TRUE((*tls)->reload());
  auto after = server->client();
  after.open();
  EXPECT_NE(shown_by(before), shown_by(after));
  before.text("still here");
  EXPECT_EQ(before.receive().payload, "still here");

  std::ofstream(files.key()) << "nonsense";
  auto refused = (*tls)->reload();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find(files.key()), std::string::npos) << refused.error().detail;
  auto later = server->client();
  later.open();
  EXPECT_EQ(shown_by(later), shown_by(after));
}

TEST(TlsFiles, ThatDoNotFitAreNamed) {
  const Certificate one, other;
  const auto why = [](const std::string& chain, const std::string& key) {
    auto loaded = TlsServer::load(chain, key);
    return loaded ? std::string("loaded") : loaded.error().detail;
  };
  EXPECT_EQ(why(one.chain(), one.key()), "loaded");
  EXPECT_EQ(why(one.path("none"), one.key()), one.path("none") + ": No such file or directory");
  EXPECT_EQ(why(one.chain(), one.path("none")), one.path("none") + ": No such file or directory");
  EXPECT_EQ(why("/tmp", one.key()), "/tmp: Is a directory");
  EXPECT_EQ(why(one.chain(), other.key()), other.key() + ": is not the key of the certificate in " + one.chain());
  EXPECT_TRUE(why(one.key(), one.key()).starts_with(one.key() + ": is no certificate chain in PEM")) << why(one.key(), one.key());
  EXPECT_TRUE(why(one.chain(), one.chain()).starts_with(one.chain() + ": is no private key in PEM")) << why(one.chain(), one.chain());
  std::ofstream(one.path("empty")).close();
  EXPECT_EQ(why(one.path("empty"), one.key()), one.path("empty") + ": is empty");
  EXPECT_EQ(ERR_peek_error(), 0u) << "an error was left for whoever comes next";
}

TEST(TlsFiles, TheEndOfTheCertificateIsKnown) {
  const Certificate one;
  auto loaded = TlsServer::load(one.chain(), one.key());
  ASSERT_TRUE(loaded);
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_NEAR(static_cast<double>((*loaded)->expires_at() - now), 3600, 60);
}

}  // namespace
}  // namespace kith::test
