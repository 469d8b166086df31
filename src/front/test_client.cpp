#include "front/test_client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

namespace kith::test {

using websocket::Opcode;

bool over_tls = false;

const Certificate& certificate() {
  static const Certificate kOne;
  return kOne;
}

// OpenSSL as everybody uses it, on a blocking socket that it is told not to wait on. One thread may write while another reads.
struct Client::Tls {
  explicit Tls(int number) : socket(number) {
    ::signal(SIGPIPE, SIG_IGN);
    static SSL_CTX* const kContext = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(kContext, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS);
    ::fcntl(number, F_SETFL, ::fcntl(number, F_GETFL) | O_NONBLOCK);
    ssl.reset(SSL_new(kContext));
    SSL_set_fd(ssl.get(), socket);
    SSL_set_connect_state(ssl.get());
  }

  // Calls SSL_read or SSL_write until it does something.
  template <class Call>
  int call(Call once) {
    for (;;) {
      short events = POLLIN;
      {
        std::lock_guard lock(mutex);
        ERR_clear_error();
        const int result = once();
        if (result > 0) return result;
        const int error = SSL_get_error(ssl.get(), result);
        if (error == SSL_ERROR_ZERO_RETURN) ended_well = true;
        if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return 0;
        if (error == SSL_ERROR_WANT_WRITE) events = POLLOUT;
      }
      pollfd waiting{socket, events, 0};
      if (::poll(&waiting, 1, 10'000) != 1) return 0;
    }
  }

  const int socket;
  std::mutex mutex;
  SslPtr ssl;
  std::atomic<bool> ended_well{false};
};

Client::Client(std::uint16_t port, int receive_buffer, bool tls) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  if (tls) tls_ = std::make_unique<Tls>(socket_);
}

Client::Client(Client&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), tls_(std::move(other.tls_)), input_(std::move(other.input_)) {}

Client::~Client() {
  if (socket_ >= 0) ::close(socket_);
}

void Client::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = tls_ ? tls_->call([&] { return SSL_write(tls_->ssl.get(), bytes.data(), static_cast<int>(bytes.size())); })
                              : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

void Client::frame(Opcode opcode, std::string_view payload, bool final) {
  std::string bytes;
  websocket::append_frame(bytes, opcode, payload, 0x37fa213d);
  if (!final) bytes[0] = static_cast<char>(bytes[0] & 0x7f);
  write(bytes);
}

void Client::finish_writing() {
  if (tls_) SSL_shutdown(tls_->ssl.get());
  ::shutdown(socket_, SHUT_WR);
}

SSL* Client::ssl() const { return tls_ ? tls_->ssl.get() : nullptr; }
bool Client::heard_close_notify() const { return tls_ && tls_->ended_well; }

long Client::read_some(char* into, std::size_t size) {
  if (tls_) return tls_->call([&] { return SSL_read(tls_->ssl.get(), into, static_cast<int>(size)); });
  pollfd waiting{socket_, POLLIN, 0};
  if (::poll(&waiting, 1, 10'000) != 1) return 0;
  return ::recv(socket_, into, size, 0);
}

bool Client::more() {
  char bytes[16384];
  const long size = read_some(bytes, sizeof bytes);
  if (size <= 0) return false;
  input_.append(bytes, static_cast<std::size_t>(size));
  return true;
}

std::string Client::header() {
  std::size_t end;
  while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
    if (!more()) return {};
  }
  std::string header = input_.substr(0, end + 4);
  input_.erase(0, end + 4);
  return header;
}

std::string Client::exactly(std::size_t size) {
  while (input_.size() < size && more()) {
  }
  std::string bytes = input_.substr(0, size);
  input_.erase(0, size);
  return bytes;
}

std::string Client::rest() {
  while (more()) {
  }
  return std::exchange(input_, {});
}

std::string Client::open(std::string_view extra, std::string_view path) {
  write("GET " + std::string(path) +
        " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
        std::string(extra) + "\r\n");
  return header();
}

int Client::Received::code() const {
  return payload.size() < 2 ? 0 : static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
}

Client::Received Client::receive() {
  const auto number = [this](std::size_t at, std::size_t size) {
    std::size_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(input_[at + i]);
    return value;
  };
  std::size_t header = 2;
  while (input_.size() < header) {
    if (!more()) return {};
  }
  std::size_t length = static_cast<unsigned char>(input_[1]);
  EXPECT_LT(length, 128u) << "a server must not mask";
  header += length == 126 ? 2 : length == 127 ? 8 : 0;
  while (input_.size() < header) {
    if (!more()) return {};
  }
  if (header > 2) length = number(2, header - 2);
  while (input_.size() < header + length) {
    if (!more()) return {};
  }
  Received received{input_[0] & 15, input_.substr(header, length)};
  input_.erase(0, header + length);
  return received;
}

bool Client::ended() { return input_.empty() && !more() && input_.empty(); }

// ------------------------------------------------------------------------------------------------------------- server

class EchoPeer final : public Peer {
 public:
  EchoPeer(Transport& transport, Seen& seen) : transport_(transport), seen_(seen) {}
  ~EchoPeer() override { ++seen_.destroyed; }

  void received(std::string_view frame) override {
    EXPECT_FALSE(closed_ || moved_);
    ++seen_.received;
    if (frame == "close") return transport_.close(Code::ok);
    if (frame == "replaced") return transport_.close(Code::replaced);
    if (frame == "unsent") return transport_.send(std::to_string(transport_.unsent()));
    if (frame == "address") return transport_.send(transport_.address());
    if (frame.starts_with("flood ")) {
      const std::string block(1000, 'x');
      for (int i = std::atoi(frame.data() + 6); i > 0; --i) transport_.send(block);
      return;
    }
    if (frame.starts_with("move ")) {
      moved_ = true;
      const std::string home(1, frame[5]);
      transport_.hand_over(static_cast<std::size_t>(home[0] - '0'), [&seen = seen_, home](Transport& transport) {
        ++seen.made;
        transport.send("moved " + home);
        return std::make_unique<EchoPeer>(transport, seen);
      });
      return;
    }
    transport_.send(frame);
  }
  void drained() override { ++seen_.drained; }
  void closed() override {
    EXPECT_FALSE(closed_ || moved_);
    closed_ = true;
    ++seen_.closed;
    transport_.send("nobody hears this");
  }

 private:
  Transport& transport_;
  Seen& seen_;
  bool closed_ = false;
  bool moved_ = false;
};

// Speaks, and listens to nothing.
class StreamPeer final : public Peer {
 public:
  StreamPeer(Transport& transport, Seen& seen, std::string_view word) : seen_(seen) {
    ++seen_.made;
    transport.send("first");
    const std::string block(1000, 'b');
    for (int i = 0; word == "flood" && i < 8000; ++i) transport.send(block);
    if (!word.empty()) transport.close(Code::ok);
  }
  ~StreamPeer() override { ++seen_.destroyed; }
  void received(std::string_view) override { ADD_FAILURE(); }
  void drained() override { ++seen_.drained; }
  void closed() override { ++seen_.closed; }

 private:
  Seen& seen_;
};

TestServer::TestServer(FrontConfig config, std::size_t loops, bool tls) {
  if (tls && !config.tls) {
    auto loaded = TlsServer::load(certificate().chain(), certificate().key());
    EXPECT_TRUE(loaded.has_value());
    if (loaded) config.tls = *loaded;
  }
  tls_ = config.tls;
  std::vector<Listener::Berth> berths;
  for (std::size_t i = 0; i < loops; ++i) {
    loops_.push_back(std::make_unique<AsioLoop>());
    berths.push_back({*loops_.back(), *this, *this});
  }
  listener_ = std::make_unique<Listener>(std::move(config), berths);
  const auto port = listener_->listen();
  EXPECT_TRUE(port.has_value());
  if (port) port_ = *port;
  for (auto& loop : loops_) threads_.push_back(std::make_unique<LoopThread>(*loop));
}

TestServer::~TestServer() {
  threads_.clear();
  held_.reset();
  listener_.reset();
}

void TestServer::handle(HttpRequest request, Fn<void(HttpResponse)> reply) {
  const HttpResponse answer{.content_type = "text/plain", .body = request.method + " " + request.query + " " + request.body};
  if (request.path == "/echo") {
    if (held_) std::exchange(held_, {})({.body = "held"});
    return reply(answer);
  }
  if (request.path == "/later") {
    return loops_.front()->post([reply = std::move(reply), answer]() mutable { reply(std::move(answer)); });
  }
  if (request.path == "/held") {
    held_ = std::move(reply);
    return;
  }
  if (request.path == "/big") return reply({.content_type = "text/plain", .body = std::string(8'000'000, 'b')});
  if (request.path == "/never") return;
  if (request.path == "/stream") {
    auto stream = std::make_shared<HttpStream>();
    stream->home = static_cast<std::size_t>(request.query[0] - '0');
    stream->idle = "idle";
    stream->make = [this, word = request.query.substr(1)](Transport& transport) -> std::unique_ptr<Peer> {
      return std::make_unique<StreamPeer>(transport, seen_, word);
    };
    return reply({.content_type = "text/plain", .stream = std::move(stream)});
  }
  reply(problem(Code::not_found));
}

std::unique_ptr<Peer> TestServer::accept(Transport& transport, Encoding) {
  ++seen_.accepted;
  return std::make_unique<EchoPeer>(transport, seen_);
}

bool eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace kith::test
