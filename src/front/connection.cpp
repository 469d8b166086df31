#include "front/connection.h"

#include <sys/socket.h>

#include <utility>

#include "front/deck.h"

namespace kith {

Connection::Connection(Deck& deck, Socket socket, Ticket ticket) : deck_(&deck), socket_(std::move(socket)), ticket_(std::move(ticket)) {}

void Connection::end() {
  if (std::exchange(ended_, true)) return;
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

long Connection::receive(char* into, std::size_t size) { return ::recv(socket_.native_handle(), into, size, MSG_DONTWAIT); }

long Connection::transmit(const char* bytes, std::size_t size) {
  return ::send(socket_.native_handle(), bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace kith
