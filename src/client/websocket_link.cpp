#include "client/websocket_link.h"

#include <sodium.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "client/tls_client.h"
#include "front/asio_loop.h"
#include "front/websocket.h"
#include "wire/read_result.h"

namespace kith {

using websocket::FrameReader;
using websocket::Opcode;

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Resolver = asio::ip::basic_resolver<asio::ip::tcp, Executor>;

constexpr Duration kOpenWithin = 10s;
constexpr std::size_t kHeaderMax = 16 << 10;
constexpr std::size_t kSpareMax = 64;

class Connection;

}  // namespace

// What the links of one WebSocketLinks have in common.
struct WebSocketLinks::Shared : std::enable_shared_from_this<Shared> {
  Shared(AsioLoop& l, ServerAddress s, Encoding e) : loop(l), server(std::move(s)), encoding(e) {
    if (server.tls) tls.emplace(TlsClient::make(server.authorities));
  }

  AsioLoop& loop;
  const ServerAddress server;
  const Encoding encoding;
  std::optional<Result<std::shared_ptr<TlsClient>>> tls;
  std::vector<char> buffer = std::vector<char>(64 << 10);  // For what is being read.
  std::vector<std::string> spare;                          // Output buffers that nobody needs at the moment.
  std::vector<std::shared_ptr<Connection>> unflushed;

  void flush_later(std::shared_ptr<Connection> connection);
  std::string take_buffer() {
    if (spare.empty()) return {};
    std::string buffer_taken = std::move(spare.back());
    spare.pop_back();
    return buffer_taken;
  }
  void give_buffer(std::string used) {
    used.clear();
    if (spare.size() < kSpareMax && used.capacity() <= (64 << 10)) spare.push_back(std::move(used));
  }
};

namespace {

using SharedPtr = std::shared_ptr<WebSocketLinks::Shared>;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(SharedPtr shared, LinkUser& user)
      : shared_(std::move(shared)),
        user_(&user),
        socket_(shared_->loop.context().get_executor()),
        reader_(websocket::Role::client, wire::kMaxFrame),
        heard_at_(shared_->loop.now()) {}

  void open();
  void leave();
  void send(Opcode opcode, std::string_view payload);
  void flush();
  std::size_t unsent() const { return output_.size() - sent_; }
  Instant heard_at() const { return heard_at_; }
  bool is_open() const { return user_ && !opening_; }

 private:
  // Needed until the handshake is done.
  struct Opening {
    explicit Opening(Executor executor) : resolver(executor) {}
    Resolver resolver;
    Timer limit;
    std::string accept;
  };

  void connect(const asio::ip::tcp::endpoint& endpoint);
  void connected(const error_code& error);
  void shake_tls();
  void ask_for_upgrade();
  void read();
  template <class Then>
  void await_tls(Then then);
  void readable_tls();
  long transmit(const char* bytes, std::size_t size);
  void close();
  void readable(std::size_t size);
  void consume(std::span<char> fresh);
  std::size_t parse(std::span<char> bytes);
  void received(const FrameReader::Item& item);
  std::size_t shake_hands(std::string_view bytes);
  void refused(std::string_view header);
  void end(LinkEnd end);
  void lost(const char* what, int number) { end({0, 0, 0, std::string(what) + ": " + std::strerror(number)}); }
  std::string& output();
  std::uint32_t new_mask() { return static_cast<std::uint32_t>(shared_->loop.random().next()); }
  void touch();

  SharedPtr shared_;
  LinkUser* user_;  // Null: it is over.
  Socket socket_;
  std::unique_ptr<TlsStream> tls_;  // nullptr: plain.
  FrameReader reader_;
  std::unique_ptr<Opening> opening_;
  std::string input_;  // The beginning of a frame, or of the handshake's answer.
  std::string output_;
  std::size_t sent_ = 0;
  Instant heard_at_;
  bool dirty_ = false;           // Will be flushed at the end of the turn.
  bool stuck_ = false;           // The network takes no more at the moment.
  std::array<char, 384> small_;  // Where short reads land: an idle connection waits in here.
};

void Connection::open() {
  const ServerAddress& server = shared_->server;
  opening_ = std::make_unique<Opening>(shared_->loop.context().get_executor());
  opening_->limit = shared_->loop.after(kOpenWithin, [this] { end({0, 0, 0, "the server did not answer in time"}); });
  if (shared_->tls && !*shared_->tls) {
    opening_->limit = shared_->loop.after(0s, [this] { end({0, 0, 0, shared_->tls->error().detail}); });
    return;
  }
  error_code error;
  auto numeric = asio::ip::make_address(server.host, error);
  if (!error) return connect({numeric, server.port});
  opening_->resolver.async_resolve(
      server.host, std::to_string(server.port), [self = shared_from_this()](const error_code& failed, const Resolver::results_type& found) {
        if (!self->user_) return;
        if (failed) return self->end({0, 0, 0, self->shared_->server.host + ": " + failed.message()});
        asio::async_connect(self->socket_, found, [self](const error_code& e, const asio::ip::tcp::endpoint&) { self->connected(e); });
      });
}

void Connection::connect(const asio::ip::tcp::endpoint& endpoint) {
  socket_.async_connect(endpoint, [self = shared_from_this()](const error_code& error) { self->connected(error); });
}

void Connection::connected(const error_code& error) {
  if (!user_) return;
  if (error) return end({0, 0, 0, shared_->server.authority() + ": " + error.message()});
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  if (!shared_->tls) return ask_for_upgrade();
  tls_ = (**shared_->tls)->connect(socket_.native_handle(), shared_->server.host);
  if (!tls_) return end({0, 0, 0, shared_->server.host + ": that is no host name"});
  shake_tls();
}

void Connection::shake_tls() {
  switch (tls_->handshake()) {
    case TlsStream::Handshake::done:
      return ask_for_upgrade();
    case TlsStream::Handshake::not_now:
      return await_tls([](Connection& self) { self.shake_tls(); });
    case TlsStream::Handshake::plain_http:
    case TlsStream::Handshake::failed:
      return end({0, 0, 0, shared_->server.authority() + ": " + tls_->failure()});
  }
}

void Connection::ask_for_upgrade() {
  std::array<unsigned char, 16> nonce;
  shared_->loop.random().fill(nonce.data(), nonce.size());
  char key[sodium_base64_ENCODED_LEN(16, sodium_base64_VARIANT_ORIGINAL)];
  sodium_bin2base64(key, sizeof key, nonce.data(), nonce.size(), sodium_base64_VARIANT_ORIGINAL);
  opening_->accept = websocket::accept_key(key);
  output().append("GET /v1/ws HTTP/1.1\r\nHost: ").append(shared_->server.authority());
  output_.append("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ").append(key);
  output_.append("\r\nSec-WebSocket-Protocol: kith.v1.").append(shared_->encoding == Encoding::json ? "json" : "proto").append("\r\n\r\n");
  flush();
  if (user_) read();
}

// ------------------------------------------------------------------------------------------------------------- reading

void Connection::read() {
  if (tls_) return await_tls([](Connection& self) { self.readable_tls(); });
  socket_.async_read_some(asio::buffer(small_), [self = shared_from_this()](const error_code& error, std::size_t size) {
    if (!self->user_) return;
    if (error == asio::error::eof) return self->end({0, 0, 0, "the server ended the connection"});
    if (error) return self->end({0, 0, 0, error.message()});
    self->readable(size);
    if (self->user_) self->read();
  });
}

// Calls `then` once the stream may have something, in another turn.
template <class Then>
void Connection::await_tls(Then then) {
  const auto go_on = [self = shared_from_this(), then] {
    if (self->user_) then(*self);
  };
  if (tls_->more()) return asio::post(socket_.get_executor(), go_on);
  socket_.async_wait(tls_->reads_want_write() ? Socket::wait_write : Socket::wait_read, [go_on](const error_code&) { go_on(); });
}

void Connection::readable_tls() {
  std::vector<char>& large = shared_->buffer;
  const long size = tls_->receive(large.data(), large.size());
  if (size == 0) return end({0, 0, 0, "the server ended the connection"});
  if (size < 0 && errno != EAGAIN) return lost("the connection was lost", errno);
  if (size > 0) {
    heard_at_ = shared_->loop.now();
    consume({large.data(), static_cast<std::size_t>(size)});
  }
  if (user_) read();
}

void Connection::readable(std::size_t size) {
  heard_at_ = shared_->loop.now();
  if (size < small_.size()) return consume({small_.data(), size});
  // There is more: it goes with what came into the large buffer of all.
  std::vector<char>& large = shared_->buffer;
  std::memcpy(large.data(), small_.data(), size);
  const ssize_t more = ::recv(socket_.native_handle(), large.data() + size, large.size() - size, MSG_DONTWAIT);
  if (more > 0) size += static_cast<std::size_t>(more);
  consume({large.data(), size});
}

void Connection::consume(std::span<char> fresh) {
  websocket::consume(input_, fresh, [this](std::span<char> bytes) { return parse(bytes); });
}

std::size_t Connection::parse(std::span<char> bytes) {
  std::size_t used = 0;
  if (opening_) {
    used = shake_hands({bytes.data(), bytes.size()});
    if (opening_ || !user_) return used;
  }
  while (user_) {
    const FrameReader::Item item = reader_.next(bytes.subspan(used));
    used += item.consumed;
    if (item.kind == FrameReader::Kind::need_more) break;
    received(item);
  }
  return used;
}

void Connection::received(const FrameReader::Item& item) {
  switch (item.kind) {
    case FrameReader::Kind::message:
      return user_->received(item.payload);
    case FrameReader::Kind::ping:
      return send(Opcode::pong, item.payload);
    case FrameReader::Kind::close: {
      const std::string reason(item.payload);
      websocket::append_close(output(), item.code, {}, new_mask());
      return end({item.code == websocket::kNoCode ? websocket::kNormal : item.code, 0, 0, reason});
    }
    case FrameReader::Kind::error: {
      const std::string reason(item.payload);
      websocket::append_close(output(), item.code, reason, new_mask());
      return end({0, 0, 0, "the server broke the framing: " + reason});
    }
    case FrameReader::Kind::pong:
    case FrameReader::Kind::need_more:
      return;
  }
}

// ----------------------------------------------------------------------------------------------------------- handshake

namespace {

bool same_name(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// The value of a field of a header that stands as one text; empty: there is none.
std::string_view field(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    auto end = std::min(header.find("\r\n"), header.size());
    auto line = header.substr(0, end);
    header.remove_prefix(std::min(end + 2, header.size()));
    auto colon = line.find(':');
    if (colon != line.npos && same_name(line.substr(0, colon), name)) return trimmed(line.substr(colon + 1));
  }
  return {};
}

unsigned number(std::string_view text) {
  unsigned value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

// Returns what it used: the whole answer, or nothing yet.
std::size_t Connection::shake_hands(std::string_view bytes) {
  const auto end_of_header = bytes.find("\r\n\r\n");
  if (end_of_header == bytes.npos) {
    if (bytes.size() > kHeaderMax) end({0, 0, 0, "what answers there is no Kith server"});
    return 0;
  }
  const std::string_view header = bytes.substr(0, end_of_header + 2);
  if (!header.starts_with("HTTP/1.1 ")) {
    end({0, 0, 0, "what answers there is no Kith server"});
    return 0;
  }
  const unsigned status = number(header.substr(9, 3));
  if (status != 101) {
    const unsigned seconds = std::min(number(field(header, "Retry-After")), 3600u);
    end({0, static_cast<std::uint16_t>(status), seconds * 1000, "the server answered with HTTP status " + std::to_string(status)});
    return 0;
  }
  const std::string_view protocol = shared_->encoding == Encoding::json ? "kith.v1.json" : "kith.v1.proto";
  if (field(header, "Sec-WebSocket-Accept") != opening_->accept || field(header, "Sec-WebSocket-Protocol") != protocol) {
    end({0, 0, 0, "what answers there is no Kith server"});
    return 0;
  }
  opening_.reset();
  user_->opened();
  return end_of_header + 4;
}

// ------------------------------------------------------------------------------------------------------------- writing

std::string& Connection::output() {
  if (output_.empty()) output_ = shared_->take_buffer();
  return output_;
}

void Connection::touch() {
  if (dirty_ || stuck_) return;
  dirty_ = true;
  shared_->flush_later(shared_from_this());
}

void Connection::send(Opcode opcode, std::string_view payload) {
  if (!is_open()) return;
  websocket::append_frame(output(), opcode, payload, new_mask());
  touch();
}

long Connection::transmit(const char* bytes, std::size_t size) {
  if (tls_) return tls_->transmit(bytes, size);
  return ::send(socket_.native_handle(), bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void Connection::flush() {
  dirty_ = false;
  if (stuck_ || output_.empty() || !socket_.is_open()) return;
  const long size = transmit(output_.data() + sent_, unsent());
  if (size < 0 && errno != EAGAIN && errno != EINTR) {
    if (user_) lost("the connection was lost", errno);
    return;
  }
  if (size > 0) sent_ += static_cast<std::size_t>(size);
  if (unsent() == 0) {
    shared_->give_buffer(std::exchange(output_, {}));
    sent_ = 0;
    return;
  }
  if (!user_) return;
  if (sent_ >= output_.size() / 2) {
    output_.erase(0, sent_);
    sent_ = 0;
  }
  stuck_ = true;
  socket_.async_wait(Socket::wait_write, [self = shared_from_this()](const error_code&) {
    self->stuck_ = false;
    if (self->user_) self->flush();
  });
}

// -------------------------------------------------------------------------------------------------------------- ending

void Connection::end(LinkEnd end) {
  LinkUser* user = std::exchange(user_, nullptr);
  if (!user) return;
  const auto self = shared_from_this();  // The user may drop the link.
  opening_.reset();
  flush();
  close();
  user->closed(std::move(end));
}

void Connection::close() {
  if (tls_) tls_->close_notify();
  error_code ignored;
  socket_.close(ignored);
}

void Connection::leave() {
  if (!user_) return;
  const bool was_open = is_open();
  user_ = nullptr;
  opening_.reset();
  if (was_open && !stuck_) {
    websocket::append_close(output(), websocket::kNormal, {}, new_mask());
    flush();
  }
  close();
}

class WebSocketLink final : public Link {
 public:
  WebSocketLink(SharedPtr shared, LinkUser& user) : connection_(std::make_shared<Connection>(std::move(shared), user)) {
    connection_->open();
  }
  ~WebSocketLink() override { connection_->leave(); }
  WebSocketLink(const WebSocketLink&) = delete;
  WebSocketLink& operator=(const WebSocketLink&) = delete;

  const std::shared_ptr<Connection>& connection() const { return connection_; }
  void send(std::string_view frame) override { connection_->send(opcode_, frame); }
  std::size_t unsent() const override { return connection_->unsent(); }
  Instant heard_at() const override { return connection_->heard_at(); }
  void set_opcode(Opcode opcode) { opcode_ = opcode; }

 private:
  std::shared_ptr<Connection> connection_;
  Opcode opcode_ = Opcode::text;
};

}  // namespace

void WebSocketLinks::Shared::flush_later(std::shared_ptr<Connection> connection) {
  unflushed.push_back(std::move(connection));
  if (unflushed.size() > 1) return;
  loop.defer([self = shared_from_this()] {
    auto due = std::exchange(self->unflushed, {});
    for (auto& one : due) one->flush();
    due.clear();
    if (self->unflushed.empty()) self->unflushed.swap(due);  // Keeps the capacity.
  });
}

WebSocketLinks::WebSocketLinks(AsioLoop& loop, ServerAddress server, Encoding encoding)
    : shared_(std::make_shared<Shared>(loop, std::move(server), encoding)) {}

WebSocketLinks::~WebSocketLinks() { shared_->unflushed.clear(); }

std::unique_ptr<Link> WebSocketLinks::open(LinkUser& user) {
  auto link = std::make_unique<WebSocketLink>(shared_, user);
  link->set_opcode(shared_->encoding == Encoding::json ? Opcode::text : Opcode::binary);
  return link;
}

}  // namespace kith
