#include "front/connection.h"

#include <sys/socket.h>

#include <utility>

#include "front/deck.h"

namespace kith {

Connection::Connection(Deck& deck, Socket socket, Ticket ticket, std::unique_ptr<TlsStream> tls)
    : deck_(&deck), socket_(std::move(socket)), ticket_(std::move(ticket)), tls_(std::move(tls)) {}

void Connection::end() {
  if (std::exchange(ended_, true)) return;
  if (tls_) std::exchange(tls_, nullptr)->close_notify();
  boost::system::error_code ignored;
  socket_.close(ignored);
  request_burial();
}

void Connection::request_burial() {
  if (!deck_) return;
  deck_->loop().post([self = Ref<Connection>(this)] {
    if (!self->deck_) return;
    self->buried();
  });
}

long Connection::receive(char* into, std::size_t size) {
  if (tls_) return tls_->receive(into, size);
  return ::recv(socket_.native_handle(), into, size, MSG_DONTWAIT);
}

long Connection::transmit(const char* bytes, std::size_t size) {
  if (tls_) return tls_->transmit(bytes, size);
  return ::send(socket_.native_handle(), bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void Connection::end_output() {
  if (tls_) tls_->close_notify();
  boost::system::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

}  // namespace kith
