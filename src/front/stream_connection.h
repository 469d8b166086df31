// front/stream_connection.h — An HTTP answer that goes on: the Transport of a peer that only speaks. Internal to front/.
//
//   Which loop   The deck's: that of the peer, to which HttpConnection sent the socket. Owner: the deck.
//   Order        Each send() is one chunk (RFC 9112 7.1), to a client of HTTP/1.0 the bare bytes; a turn's leave in one write.
//   Ends         By close(): what is unsent leaves first, for as long as the network takes some, and the last chunk says that it was all.
//   Limits       FrontConfig: silence is filled with HttpStream::idle, so that whoever is between keeps the connection; no byte accepted,
//   or
//                none acknowledged by the other end, ends it. What still comes is thrown away, up to kInputMax.
//   Cost         Idle: this object and what Asio keeps for a socket. No buffers, no timer.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "front/http.h"
#include "front/native_socket.h"
#include "front/sending_connection.h"
#include "session/transport.h"

namespace kith {

// The beginning of a stream, on its way to the loop of its peer.
struct StreamPassage {
  NativeSocket socket;  // Not valid: the connection died on the way.
  std::unique_ptr<TlsStream> tls;
  Ticket ticket;
  std::string header;
  bool chunked;
  std::shared_ptr<HttpStream> stream;
};

class StreamConnection final : public SendingConnection, public Transport {
 public:
  StreamConnection(Deck& deck, Socket socket, Ticket ticket, std::unique_ptr<TlsStream> tls, bool chunked);
  ~StreamConnection() override;

  void arrive(StreamPassage passage);

  void send(std::string_view text) override;
  std::size_t unsent() const override { return waiting(); }
  void close(Code reason) override;
  void hand_over(std::size_t home, Fn<std::unique_ptr<Peer>(Transport&)> make) override;
  const std::string& address() const override { return ticket_.address(); }

  Tick check(Tick now) override;

 private:
  void buried() override;
  void abandoned() override;
  void flushed() override;

  void wait_readable();
  void readable();
  bool swallows() const { return ended() || closing_ || !deck_; }

  std::unique_ptr<Peer> peer_;
  std::string_view idle_;
  std::size_t received_ = 0;
  Tick spoke_at_;        // When something was last sent,
  Tick closing_at_ = 0;  // and when the closing began.
  const bool chunked_;
  bool closing_ = false;
};

}  // namespace kith
