// front/tls_stream.h — TLS on one non-blocking socket, by OpenSSL. For both ends.
//
//   Owner     Whoever owns the socket, which must outlive the stream. It may move to another loop together with the socket.
//   Order     handshake() until it says done, then receive() and transmit(), which mean what recv and send mean. What transmit() did not
//             take must be offered again first, with the same bytes in front; more may stand behind them, and they may have moved.
//   Waiting   After "not now" wait until the socket can be read (written: where reads_want_write()). When more() says that bytes are
//             here already, do not wait, but come again in a turn of its own.
//   Limits    New keys (RFC 8446 4.6.3) more than 32 times in a row without a byte between them end the connection. A call that finds
//             nothing but such records returns, so that others get their turn.
//   Cost      Idle: what OpenSSL keeps for a session, no buffers. A read takes what has come, as one system call for each 16 KiB.
//   Fails     As a connection that was reset; so does an end without close_notify, which anybody on the way can make.
//   Source    RFC 8446, RFC 5246; OpenSSL 3.0.
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace kith {

struct SslDeleter {
  void operator()(SSL* ssl) const;
};
using SslPtr = std::unique_ptr<SSL, SslDeleter>;

struct SslContextDeleter {
  void operator()(SSL_CTX* context) const;
};
using SslContextPtr = std::unique_ptr<SSL_CTX, SslContextDeleter>;

class TlsStream {
 public:
  // `ssl` knows already whether it accepts or connects, and whom it trusts.
  TlsStream(SslPtr ssl, int native_socket);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  enum class Handshake : std::uint8_t { done, not_now, plain_http, failed };
  Handshake handshake();

  // What is here, up to `size`. 0: the other end said that this was all. -1: not now (EAGAIN) or lost, as errno says.
  long receive(char* into, std::size_t size);
  // How much was taken. -1: as above.
  long transmit(const char* bytes, std::size_t size);

  bool more() const { return more_; }
  bool reads_want_write() const { return reads_want_write_; }

  // Says that nothing more comes from here, if the network takes it at once. Harmless at any time.
  void close_notify();

  // Why the handshake failed, for people.
  const std::string& failure() const { return failure_; }

 private:
  friend struct TlsSocket;

  int lost();

  SslPtr ssl_;
  std::string failure_;
  const int socket_;
  unsigned new_keys_ = 0;          // In a row, without a byte between them.
  bool drained_ = false;           // The socket had nothing more when it was last read.
  bool more_ = false;              // The last receive() stopped before the socket was drained.
  bool reads_want_write_ = false;  // An answer to new keys did not fit.
  bool broken_ = false;            // Nothing may be said any more.
};

// The first error of OpenSSL on this thread, and empties its queue. "" if there is none.
std::string take_tls_error();

}  // namespace kith
