#include "front/websocket_connection.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "front/deck.h"

namespace kith {

using websocket::FrameReader;
using websocket::Opcode;

namespace {

constexpr Tick kLookAgain = 60;

std::uint16_t close_code(Code reason) {
  const std::uint16_t code = info(reason).close;
  return code ? code : info(Code::internal).close;
}

}  // namespace

WebSocketConnection::WebSocketConnection(Deck& deck, Socket socket, Ticket ticket, std::unique_ptr<TlsStream> tls, Encoding encoding)
    : SendingConnection(deck, std::move(socket), std::move(ticket), std::move(tls)),
      reader_(websocket::Role::server, deck.config().early_frame_bytes),
      heard_at_(deck.now()),
      encoding_(encoding) {}

WebSocketConnection::~WebSocketConnection() = default;

void WebSocketConnection::open(std::string response, std::string input) {
  output() += response;
  touch();
  input_ = std::move(input);
  early_bytes_ = static_cast<std::uint32_t>(input_.size());
  peer_ = deck_->peers().accept(*this, encoding_);
  KITH_ASSERT(peer_);
  consume({});
  wait_readable();
}

void WebSocketConnection::arrive(Passage passage) {
  reader_ = std::move(passage.reader);
  input_ = std::move(passage.input);
  put_output(std::move(passage.output));
  closing_ = passage.closing;
  end_when_flushed_ = passage.end_when_flushed;
  closing_at_ = deck_->now();
  if (!socket_.is_open()) end();
  settle(std::move(passage.make));
}

// The new peer takes its place; what waited for it comes now.
void WebSocketConnection::settle(Fn<std::unique_ptr<Peer>(Transport&)> make) {
  early_ = false;
  reader_.set_limit(deck_->config().frame_bytes);
  peer_ = make(*this);
  KITH_ASSERT(peer_);
  if (ended()) return request_burial();
  if (unsent() > 0) touch();
  consume({});
  wait_readable();
}

// ------------------------------------------------------------------------------------------------------------- reading

void WebSocketConnection::wait_readable() {
  if (ended() || hand_over_ || reading_) return;
  read_paused_ = unsent() > deck_->config().read_pause_bytes;
  if (read_paused_) return;
  reading_ = true;
  await_input([self = Ref<WebSocketConnection>(this)] {
    self->reading_ = false;
    if (self->deck_ && !self->ended() && !self->hand_over_) self->readable();
  });
}

// Before auth nothing is read beyond the limit while it may still turn out that auth came in time; one byte more is too much.
std::size_t WebSocketConnection::early_room() const {
  const std::size_t limit = deck_->config().early_total_bytes;
  return early_bytes_ < limit ? limit - early_bytes_ : 1;
}

void WebSocketConnection::readable() {
  const std::span<char> buffer = deck_->read_buffer();
  const FrontConfig& config = deck_->config();
  const std::size_t room = std::min(buffer.size(), early_ ? early_room() : buffer.size());
  const long size = receive(buffer.data(), room);
  if (size == 0) return end();
  if (size < 0) {
    if (errno != EAGAIN && errno != EINTR) return end();
    return wait_readable();
  }
  heard_at_ = deck_->now();
  pinged_ = false;
  if (early_ && !closing_) {
    early_bytes_ += static_cast<std::uint32_t>(size);
    if (early_bytes_ > config.early_total_bytes) {
      close(Code::too_large);
      early_bytes_ = 0;  // What comes now is read to the end only so that the close frame is not lost.
      std::string().swap(input_);
      return wait_readable();
    }
  }
  consume(buffer.first(static_cast<std::size_t>(size)));
  wait_readable();
}

void WebSocketConnection::consume(std::span<char> fresh) {
  websocket::consume(input_, fresh, [this](std::span<char> bytes) { return parse(bytes); });
}

std::size_t WebSocketConnection::parse(std::span<char> bytes) {
  std::size_t used = 0;
  while (!ended() && !hand_over_) {
    const FrameReader::Item item = reader_.next(bytes.subspan(used));
    used += item.consumed;
    if (item.kind == FrameReader::Kind::need_more) break;
    received(item);
  }
  return used;
}

void WebSocketConnection::received(const FrameReader::Item& item) {
  switch (item.kind) {
    case FrameReader::Kind::message:
      if (closing_) return;
      if (item.text != (encoding_ == Encoding::json)) {
        return fail(websocket::kUnsupportedData, item.text ? "binary frames, please" : "text frames, please");
      }
      return peer_->received(item.payload);
    case FrameReader::Kind::ping:
      return answer_ping(item.payload);
    case FrameReader::Kind::close:
      return peer_closes(item.code);
    case FrameReader::Kind::error:
      // A client must know from the code whether to come again; 1009 does not say.
      if (item.code == websocket::kTooBig) return close(Code::too_large);
      return fail(item.code, item.payload);
    case FrameReader::Kind::pong:
    case FrameReader::Kind::need_more:
      return;
  }
}

// RFC 6455 5.5.3: of several pings only the last needs an answer. While the output is stuck only that one is kept.
void WebSocketConnection::answer_ping(std::string_view payload) {
  if (closing_) return;
  if (stuck()) {
    pong_ = std::make_unique<std::string>(payload);
    return;
  }
  websocket::append_frame(output(), Opcode::pong, payload);
  touch();
}

void WebSocketConnection::peer_closes(std::uint16_t code) {
  if (!closing_) begin_close(code, {});
  end_when_flushed_ = true;
  if (unsent() == 0) end();
}

// ------------------------------------------------------------------------------------------------------------- writing

void WebSocketConnection::send(std::string_view frame) {
  if (swallows() || !deck_) return;
  websocket::append_frame(output(), encoding_ == Encoding::json ? Opcode::text : Opcode::binary, frame);
  touch();
}

void WebSocketConnection::flushed() {
  if (end_when_flushed_) return end();
  if (shut_when_flushed_) end_output();
  if (pong_) {
    const auto pong = std::move(pong_);
    answer_ping(*pong);
  }
  if (read_paused_) wait_readable();
  if (!closing_ && !hand_over_) peer_->drained();
}

// ------------------------------------------------------------------------------------------------------------- ending

void WebSocketConnection::close(Code reason) {
  if (!swallows()) begin_close(close_code(reason), info(reason).name);
}

void WebSocketConnection::begin_close(std::uint16_t code, std::string_view reason) {
  if (swallows() || !deck_) return;
  websocket::append_close(output(), code, reason);
  closing_ = true;
  closing_at_ = deck_->now();
  pong_.reset();
  touch();
  deck_->check_by(*this, closing_at_ + deck_->ticks(deck_->config().close_wait) + 1);
  wait_readable();
}

// Who is authenticated hears it from the session, which knows more.
void WebSocketConnection::drain() {
  if (early_) close(Code::going_away);
}

// RFC 6455 7.1.7: what the other end says no longer counts, so nothing is waited for but that it reads the close frame.
void WebSocketConnection::fail(std::uint16_t code, std::string_view reason) {
  shut_when_flushed_ = !swallows();
  begin_close(code, reason);
}

void WebSocketConnection::buried() {
  if (hand_over_ || !peer_) return;
  const Ref<WebSocketConnection> self(this);
  const auto peer = std::move(peer_);
  take_output();
  peer->closed();
  deck_->forget(*this);
}

void WebSocketConnection::abandoned() {
  peer_.reset();
  hand_over_.reset();
}

Tick WebSocketConnection::check(Tick now) {
  const FrontConfig& config = deck_->config();
  if (ended() || hand_over_) return now + kLookAgain;
  if (!closing_ && stuck() && now >= stalls_at()) close(Code::too_slow);
  if (!closing_ && pinged_ && !read_paused_ && now > pinged_at_ + deck_->ticks(config.ping_answer)) close(Code::silent);
  if (closing_) {
    const Tick last = closing_at_ + deck_->ticks(config.close_wait);
    if (now > last) end();
    return last + 1;
  }
  const Tick ping_at = heard_at_ + deck_->ticks(config.heartbeat) + 1;
  if (!pinged_ && !stuck() && now >= ping_at) {
    pinged_ = true;
    pinged_at_ = now;
    websocket::append_frame(output(), Opcode::ping, {});
    touch();
  }
  Tick next = pinged_ ? pinged_at_ + deck_->ticks(config.ping_answer) + 1 : std::max(ping_at, now + 1);
  if (stuck()) next = std::min(next, stalls_at());
  return next;
}

// ---------------------------------------------------------------------------------------------------------- handing over

void WebSocketConnection::hand_over(std::size_t home, Fn<std::unique_ptr<Peer>(Transport&)> make) {
  if (!deck_ || hand_over_ || !peer_) return;
  hand_over_ = std::make_unique<HandOver>(HandOver{home, std::move(make)});
  deck_->loop().post([self = Ref<WebSocketConnection>(this)] {
    if (self->deck_) self->leave();
  });
}

void WebSocketConnection::leave() {
  const auto hand_over = std::exchange(hand_over_, nullptr);
  ticket_.authenticated();
  peer_.reset();
  Deck* target = deck_->deck(hand_over->home);
  KITH_ASSERT(target);
  if (target == deck_) {
    if (stuck()) take_time();
    return settle(std::move(hand_over->make));
  }
  NativeSocket socket;
  if (!ended()) {
    boost::system::error_code error;
    const int number = socket_.release(error);
    if (!error) socket = NativeSocket(number);
  }
  auto passage = std::make_unique<Passage>(Passage{.socket = std::move(socket),
                                                   .tls = std::move(tls_),
                                                   .ticket = std::move(ticket_),
                                                   .encoding = encoding_,
                                                   .reader = std::move(reader_),
                                                   .input = std::move(input_),
                                                   .output = take_output(),
                                                   .closing = closing_,
                                                   .end_when_flushed = end_when_flushed_,
                                                   .make = std::move(hand_over->make)});
  target->loop().post([target, passage = std::move(passage)]() mutable { target->board(std::move(passage)); });
  end();
  deck_->forget(*this);
}

}  // namespace kith
