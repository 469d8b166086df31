#include "front/stream_connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include "front/deck.h"

namespace kith {

namespace {

constexpr Tick kLookAgain = 60;
constexpr std::size_t kInputMax = 64 << 10;

void append_chunk(std::string& out, std::string_view text) {
  char size[16];
  const auto end = std::to_chars(size, size + sizeof size, text.size(), 16).ptr;
  out.append(size, end).append("\r\n").append(text).append("\r\n");
}

}  // namespace

StreamConnection::StreamConnection(Deck& deck, Socket socket, Ticket ticket, std::unique_ptr<TlsStream> tls, bool chunked)
    : SendingConnection(deck, std::move(socket), std::move(ticket), std::move(tls)), spoke_at_(deck.now()), chunked_(chunked) {}

StreamConnection::~StreamConnection() = default;

void StreamConnection::arrive(StreamPassage passage) {
  idle_ = passage.stream->idle;
  if (socket_.is_open()) {
    // Nothing is ever asked back here: that the other end is gone shows only by what it leaves unacknowledged.
    const auto ms = static_cast<unsigned>(deck_->config().write_stall / 1ms);
    ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
    output() += passage.header;
    touch();
  } else {
    end();
  }
  peer_ = passage.stream->make(*this);
  KITH_ASSERT(peer_);
  if (ended()) return request_burial();
  deck_->check_by(*this, spoke_at_ + deck_->ticks(deck_->config().stream_idle));
  wait_readable();
}

void StreamConnection::send(std::string_view text) {
  if (swallows()) return;
  if (chunked_) {
    append_chunk(output(), text);
  } else {
    output() += text;
  }
  spoke_at_ = deck_->now();
  touch();
}

void StreamConnection::close(Code) {
  if (swallows()) return;
  closing_ = true;
  closing_at_ = deck_->now();
  if (chunked_) output() += "0\r\n\r\n";
  if (waiting() == 0) return end();
  touch();
  deck_->check_by(*this, closing_at_ + deck_->ticks(deck_->config().close_wait) + 1);
}

void StreamConnection::hand_over(std::size_t, Fn<std::unique_ptr<Peer>(Transport&)>) {
  KITH_ASSERT(!"a stream begins where its peer is, and stays");
}

void StreamConnection::flushed() {
  if (closing_) return end();
  peer_->drained();
}

// ------------------------------------------------------------------------------------------------------------- the other end

void StreamConnection::wait_readable() {
  await_input([self = Ref<StreamConnection>(this)] {
    if (self->deck_ && !self->ended()) self->readable();
  });
}

void StreamConnection::readable() {
  const auto buffer = deck_->read_buffer();
  const long size = receive(buffer.data(), buffer.size());
  if (size == 0) return end();
  if (size < 0 && errno != EAGAIN && errno != EINTR) return end();
  if (size > 0) received_ += static_cast<std::size_t>(size);
  if (received_ > kInputMax) return end();
  wait_readable();
}

Tick StreamConnection::check(Tick now) {
  const FrontConfig& config = deck_->config();
  if (ended()) return now + kLookAgain;
  const Tick closed_by = closing_at_ + deck_->ticks(config.close_wait) + 1;
  if ((stuck() && now >= stalls_at()) || (closing_ && now >= closed_by)) {
    end();
    return now + kLookAgain;
  }
  if (closing_) return closed_by;
  const Tick idle = deck_->ticks(config.stream_idle);
  if (now >= spoke_at_ + idle) {
    if (stuck()) {
      spoke_at_ = now;  // There is enough to send as it is.
    } else {
      send(idle_);
    }
  }
  return stuck() ? std::min(spoke_at_ + idle, stalls_at()) : spoke_at_ + idle;
}

void StreamConnection::buried() {
  if (!peer_) return;
  const Ref<StreamConnection> self(this);
  const auto peer = std::move(peer_);
  take_output();
  peer->closed();
  deck_->forget(*this);
}

void StreamConnection::abandoned() { peer_.reset(); }

}  // namespace kith
