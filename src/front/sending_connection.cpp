#include "front/sending_connection.h"

#include <cerrno>
#include <utility>

#include "front/deck.h"

namespace kith {

SendingConnection::SendingConnection(Deck& deck, Socket socket, Ticket ticket, std::unique_ptr<TlsStream> tls)
    : Connection(deck, std::move(socket), std::move(ticket), std::move(tls)), accepted_at_(deck.now()) {}

std::string& SendingConnection::output() {
  if (output_.empty()) {
    output_ = deck_->take_buffer();
    accepted_at_ = deck_->now();
  }
  return output_;
}

void SendingConnection::touch() {
  if (dirty_ || stuck_) return;
  dirty_ = true;
  deck_->flush_later(Ref<SendingConnection>(this));
}

void SendingConnection::flush() {
  dirty_ = false;
  if (!deck_ || ended() || stuck_ || output_.empty()) return;
  const long size = transmit(output_.data() + sent_, waiting());
  if (size < 0 && errno != EAGAIN && errno != EINTR) return end();
  if (size > 0) {
    sent_ += static_cast<std::size_t>(size);
    accepted_at_ = deck_->now();
  }
  if (waiting() == 0) {
    deck_->give_buffer(take_output());
    return flushed();
  }
  if (sent_ >= output_.size() / 2) {
    output_.erase(0, sent_);
    sent_ = 0;
  }
  wait_writable();
}

void SendingConnection::wait_writable() {
  if (leaving()) return;
  stuck_ = true;
  deck_->check_by(*this, stalls_at());
  socket_.async_wait(Socket::wait_write, [self = Ref<SendingConnection>(this)](const boost::system::error_code&) {
    self->stuck_ = false;
    if (self->deck_ && !self->ended() && !self->leaving()) self->flush();
  });
}

// One tick more than asked, since `now` may have been old when the moment was noted.
Tick SendingConnection::stalls_at() const { return accepted_at_ + deck_->ticks(deck_->config().write_stall) + 1; }

void SendingConnection::take_time() { accepted_at_ = deck_->now(); }

std::string SendingConnection::take_output() {
  std::string output = std::exchange(output_, {});
  output.erase(0, std::exchange(sent_, 0));
  return output;
}

}  // namespace kith
