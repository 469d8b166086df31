#include "front/http_connection.h"

#include <sys/socket.h>

#include <boost/beast/http/status.hpp>
#include <cerrno>
#include <utility>

#include "front/deck.h"
#include "front/handshake.h"
#include "front/http_date.h"
#include "front/stream_connection.h"
#include "front/tls_server.h"
#include "front/websocket_connection.h"

namespace kith {

namespace {

constexpr std::uint32_t kRefusedRetryMs = 5000;
constexpr std::size_t kLingerBytesMax = 256 * 1024;

// `length`: what the header says of the body's.
std::string header_of(const HttpResponse& response, std::string_view length, bool keep_alive, WallTime wall) {
  const auto status = static_cast<boost::beast::http::status>(response.status);
  const auto phrase = boost::beast::http::obsolete_reason(status);
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
  out.append(phrase.data(), phrase.size());
  out.append("\r\nDate: ").append(http_date(wall));
  if (!response.content_type.empty()) out.append("\r\nContent-Type: ").append(response.content_type);
  out.append(length);
  out.append("\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff");
  for (const auto& [name, value] : response.headers) out.append("\r\n").append(name).append(": ").append(value);
  out.append(keep_alive ? "\r\nConnection: keep-alive\r\n\r\n" : "\r\nConnection: close\r\n\r\n");
  return out;
}

std::string serialize(const HttpResponse& response, bool head, bool keep_alive, WallTime wall) {
  std::string length;
  if (response.status != 204 && !response.stream) length = "\r\nContent-Length: " + std::to_string(response.body.size());  // RFC 9110 8.6
  std::string out = header_of(response, length, keep_alive, wall);
  if (!head) out += response.body;
  return out;
}

}  // namespace

// Answers once: with what it is called with, or, when it dies uncalled, with `internal`.
class HttpConnection::Reply {
 public:
  explicit Reply(Ref<HttpConnection> connection) : connection_(std::move(connection)) {}
  Reply(Reply&&) noexcept = default;
  Reply& operator=(Reply&&) = delete;
  ~Reply() {
    if (connection_) (*this)(problem(Code::internal));
  }
  void operator()(HttpResponse response) {
    if (const auto connection = std::exchange(connection_, nullptr)) connection->respond(std::move(response));
  }

 private:
  Ref<HttpConnection> connection_;
};

HttpConnection::HttpConnection(Deck& deck, Socket socket, Ticket ticket, std::unique_ptr<TlsStream> tls)
    : Connection(deck, std::move(socket), std::move(ticket), std::move(tls)),
      state_(tls_ ? State::shaking_hands : State::reading),
      refused_(!ticket_) {
  if (refused_) ++deck.refusals;
}

void HttpConnection::start() {
  deadline(deck_->config().header_wait);
  wait_readable();
}

void HttpConnection::deadline(Duration wait) {
  deadline_ = deck_->now() + deck_->ticks(wait) + 1;
  deck_->check_by(*this, deadline_);
}

Tick HttpConnection::check(Tick now) {
  if (ended() || state_ == State::answering) return now + 60;
  if (now < deadline_) return deadline_;
  if (state_ == State::shaking_hands) ++deck_->config().tls->late;
  if (state_ == State::reading && parser_ && parser_->started()) {
    // Bytes came, but too slowly.
    keep_alive_ = false;
    respond(problem({Code::silent, "The request did not come in time."}, 408));
    return now + 1;
  }
  end();
  return now + 1;
}

void HttpConnection::drain() {
  keep_alive_ = false;
  if (state_ == State::shaking_hands || (state_ == State::reading && !(parser_ && parser_->started()))) end();
}

void HttpConnection::buried() {
  if (refused_) --deck_->refusals;
  deck_->forget(*this);
}

// ------------------------------------------------------------------------------------------------------------- reading

void HttpConnection::wait_readable() {
  if (ended() || std::exchange(reading_, true)) return;
  await_input([self = Ref<HttpConnection>(this)] {
    self->reading_ = false;
    if (self->deck_ && !self->ended()) self->readable();
  });
}

void HttpConnection::shake_tls() {
  TlsServer& server = *deck_->config().tls;
  switch (tls_->handshake()) {
    case TlsStream::Handshake::done:
      ++server.done;
      state_ = State::reading;
      return wait_readable();
    case TlsStream::Handshake::not_now:
      return wait_readable();
    case TlsStream::Handshake::plain_http:
      ++server.failed;
      tls_.reset();
      keep_alive_ = false;
      return respond(problem({Code::malformed, "This port speaks TLS: https, wss."}));
    case TlsStream::Handshake::failed:
      ++server.failed;
      return end();
  }
}

void HttpConnection::readable() {
  if (state_ == State::shaking_hands) return shake_tls();
  // The wait may have begun before the answer did: a request that was too slow.
  if (state_ != State::reading && state_ != State::lingering) return;
  const auto buffer = deck_->read_buffer();
  const long size = receive(buffer.data(), buffer.size());
  if (size == 0) return end();
  if (size < 0) {
    if (errno != EAGAIN && errno != EINTR) return end();
    return wait_readable();
  }
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
  if (state_ == State::reading) return take(bytes);
  sent_ += bytes.size();
  if (sent_ > kLingerBytesMax) return end();
  wait_readable();
}

void HttpConnection::take(std::string_view bytes) {
  if (!parser_) {
    parser_ = std::make_unique<HttpParser>();
    in_body_ = false;
    if (requests_ > 0) deadline(deck_->config().header_wait);  // The first had a deadline from the start.
  }
  const std::size_t used = parser_->feed(bytes);
  bytes.remove_prefix(used);
  switch (parser_->state()) {
    case HttpParser::State::header:
      return wait_readable();
    case HttpParser::State::body:
      begin_body();
      return wait_readable();
    case HttpParser::State::failed:
      keep_alive_ = false;
      return respond(parser_->error());
    case HttpParser::State::done:
      input_.assign(bytes);
      return dispatch();
  }
}

// A body may take 10 s, and 1 s more for each KiB that came.
void HttpConnection::begin_body() {
  if (!std::exchange(in_body_, true)) {
    began_at_ = deck_->now();
    if (parser_->expects_continue()) {
      constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      if (transmit(kContinue.data(), kContinue.size()) != static_cast<long>(kContinue.size())) return end();
    }
  }
  const Duration base = deck_->config().header_wait;
  const Duration wait = base + base / 10 * static_cast<std::int64_t>(parser_->body_bytes() / 1024);
  deadline_ = began_at_ + deck_->ticks(wait) + 1;
  deck_->check_by(*this, deadline_);
}

// ------------------------------------------------------------------------------------------------------------- answering

void HttpConnection::dispatch() {
  ParsedRequest parsed = parser_->take();
  parser_.reset();
  head_ = parsed.head;
  chunks_ = parsed.chunks;
  keep_alive_ = parsed.keep_alive && !refused_ && ++requests_ < deck_->config().requests_per_connection;
  state_ = State::answering;
  if (refused_) return respond(problem({Code::too_many_connections, {}, kRefusedRetryMs}));
  if (parsed.request.path == kWebSocketPath) return upgrade(parsed);
  parsed.request.address = ticket_.address();
  parsed.request.admitted = [self = Ref<HttpConnection>(this)] {
    if (self->deck_ && !self->ended()) self->ticket_.authenticated();
  };
  deck_->http().handle(std::move(parsed.request), Reply(Ref<HttpConnection>(this)));
}

void HttpConnection::upgrade(const ParsedRequest& parsed) {
  Handshake handshake = shake_hands(parsed, deck_->config().origins);
  if (!handshake.refusal && deck_->draining()) handshake.refusal = problem({Code::going_away, {}, kRefusedRetryMs});
  if (handshake.refusal) return respond(std::move(*handshake.refusal));
  Deck& deck = *deck_;
  Ref<WebSocketConnection> socket(
      new WebSocketConnection(deck, std::move(socket_), std::move(ticket_), std::move(tls_), handshake.encoding));
  deck.add(socket);
  end();
  socket->open(std::move(handshake.response), std::move(input_));
}

void HttpConnection::respond(HttpResponse response) {
  if (!deck_ || ended()) return;
  if (response.stream && !head_) return stream(std::move(response));
  if (deck_->draining()) keep_alive_ = false;
  state_ = State::writing;
  output_ = serialize(response, head_, keep_alive_, deck_->loop().wall());
  sent_ = 0;
  deadline(deck_->config().write_stall);
  write();
}

// The socket leaves for the loop of whoever speaks on it.
void HttpConnection::stream(HttpResponse response) {
  Deck* target = deck_->deck(response.stream->home);
  KITH_ASSERT(target);
  const std::string_view length = chunks_ ? "\r\nTransfer-Encoding: chunked" : "";
  std::string header = header_of(response, length, false, deck_->loop().wall());
  boost::system::error_code error;
  const int number = socket_.release(error);
  NativeSocket socket;
  if (!error) socket = NativeSocket(number);
  auto passage = std::make_unique<StreamPassage>(StreamPassage{.socket = std::move(socket),
                                                               .tls = std::move(tls_),
                                                               .ticket = std::move(ticket_),
                                                               .header = std::move(header),
                                                               .chunked = chunks_,
                                                               .stream = std::move(response.stream)});
  target->loop().post([target, passage = std::move(passage)]() mutable { target->board(std::move(passage)); });
  end();
}

void HttpConnection::write() {
  const long size = transmit(output_.data() + sent_, output_.size() - sent_);
  if (size < 0 && errno != EAGAIN && errno != EINTR) return end();
  if (size > 0) sent_ += static_cast<std::size_t>(size);
  if (sent_ == output_.size()) return written();
  if (size > 0) deadline(deck_->config().write_stall);
  socket_.async_wait(Socket::wait_write, [self = Ref<HttpConnection>(this)](const boost::system::error_code&) {
    if (self->deck_ && !self->ended()) self->write();
  });
}

void HttpConnection::written() {
  std::string().swap(output_);
  sent_ = 0;
  if (!keep_alive_) {
    state_ = State::lingering;
    parser_.reset();
    end_output();
    deadline(deck_->config().close_wait);
    return wait_readable();
  }
  state_ = State::reading;
  deadline(deck_->config().idle_wait);
  if (input_.empty()) return wait_readable();
  // In a turn of its own: a handler may have answered at once, a hundred requests deep.
  deck_->loop().post([self = Ref<HttpConnection>(this)] {
    if (self->deck_ && !self->ended()) self->take(std::exchange(self->input_, {}));
  });
}

}  // namespace kith
