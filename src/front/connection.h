// front/connection.h — What HTTP and WebSocket connections share: a socket, a place on the deck, an end. Internal to front/.
//
//   Which loop   The deck's. Owner: the deck until buried; pending handlers hold references, so that a late one finds its object.
//   Order        end() closes the socket at once; buried() follows in a turn of its own, and after it the deck forgets the connection.
//   TLS          Where the listener speaks it the connection has a TlsStream, else one pointer that is null.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/intrusive/list_hook.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <cstdint>
#include <memory>
#include <utility>

#include "front/admission.h"
#include "front/tls_stream.h"

namespace kith {

class Deck;

// A moment in units of FrontConfig::tick, of one deck.
using Tick = std::uint32_t;

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
using DeckHook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

class Connection : public DeckHook {
 public:
  Connection(Deck& deck, Socket socket, Ticket ticket, std::unique_ptr<TlsStream> tls);
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Does what is due by time, and says when to look again.
  virtual Tick check(Tick now) = 0;

  // The listener is stopping: what has nothing to do ends.
  virtual void drain() {}

  void end();

 protected:
  friend class Deck;
  virtual void buried() {}
  // The deck is gone: let go of all that belongs to others.
  virtual void abandoned() {}

  void request_burial();
  bool ended() const { return ended_; }
  // What is read right now, -1 for "not now" (errno tells), 0 for the end.
  long receive(char* into, std::size_t size);
  long transmit(const char* bytes, std::size_t size);
  // Nothing more goes out; what comes in can still be read.
  void end_output();
  // Calls `handler` once receive() may have something, in another turn.
  template <class Handler>
  void await_input(Handler handler) {
    if (tls_ && tls_->more()) return boost::asio::post(socket_.get_executor(), std::move(handler));
    const auto wait = tls_ && tls_->reads_want_write() ? Socket::wait_write : Socket::wait_read;
    socket_.async_wait(wait, [handler = std::move(handler)](const boost::system::error_code&) { handler(); });
  }

  Deck* deck_;  // nullptr: abandoned.
  Socket socket_;
  Ticket ticket_;
  std::unique_ptr<TlsStream> tls_;  // nullptr: plain.

 private:
  friend void intrusive_ptr_add_ref(Connection* connection) { ++connection->references_; }
  friend void intrusive_ptr_release(Connection* connection) {
    if (--connection->references_ == 0) delete connection;
  }

  std::uint32_t references_ = 0;
  Tick check_at_ = 0;
  bool ended_ = false;
};

template <class T>
using Ref = boost::intrusive_ptr<T>;

}  // namespace kith
