// front/websocket_connection.h — One WebSocket: the Transport that sessions speak through. Internal to front/.
//
//   Which loop   The deck's. hand_over() takes the socket, with what was read and not yet sent, to a new object on the other loop.
//   Limits       Before hand_over(), which a session calls once it is authenticated (also when it stays on its loop), the early limits
//                of FrontConfig hold: beyond them the connection ends with `too_large`.
//   Order        Frames go to the peer as they come; what the peer says in a turn leaves in one write at the turn's end.
//   Cost         Idle: this object and what Asio keeps for a socket. No buffers, no timer.
//   Fails        A lost connection ends; broken framing ends it with 1002, 1003 (text and binary mixed up) or 1007.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "front/http.h"
#include "front/native_socket.h"
#include "front/sending_connection.h"
#include "front/websocket.h"
#include "session/transport.h"

namespace kith {

// A WebSocket between two loops.
struct Passage {
  NativeSocket socket;  // Not valid: the connection died on the way.
  std::unique_ptr<TlsStream> tls;
  Ticket ticket;
  Encoding encoding;
  websocket::FrameReader reader;
  std::string input;
  std::string output;
  bool closing;
  bool end_when_flushed;
  Fn<std::unique_ptr<Peer>(Transport&)> make;
};

class WebSocketConnection final : public SendingConnection, public Transport {
 public:
  WebSocketConnection(Deck& deck, Socket socket, Ticket ticket, std::unique_ptr<TlsStream> tls, Encoding encoding);
  ~WebSocketConnection() override;

  // Begins after a handshake: sends its answer, makes the peer, reads what came behind the handshake.
  void open(std::string response, std::string input);
  // Begins after the passage from another loop.
  void arrive(Passage passage);

  void send(std::string_view frame) override;
  std::size_t unsent() const override { return waiting(); }
  void close(Code reason) override;
  void hand_over(std::size_t home, Fn<std::unique_ptr<Peer>(Transport&)> make) override;
  const std::string& address() const override { return ticket_.address(); }

  Tick check(Tick now) override;
  void drain() override;

 private:
  struct HandOver {
    std::size_t home;
    Fn<std::unique_ptr<Peer>(Transport&)> make;
  };

  void buried() override;
  void abandoned() override;
  void flushed() override;
  bool leaving() const override { return hand_over_ != nullptr; }

  void wait_readable();
  void readable();
  std::size_t early_room() const;
  void consume(std::span<char> fresh);
  std::size_t parse(std::span<char> bytes);
  void received(const websocket::FrameReader::Item& item);
  void answer_ping(std::string_view payload);
  void peer_closes(std::uint16_t code);
  void fail(std::uint16_t code, std::string_view reason);
  void begin_close(std::uint16_t code, std::string_view reason);
  void leave();
  void settle(Fn<std::unique_ptr<Peer>(Transport&)> make);
  bool swallows() const { return ended() || closing_ || hand_over_ != nullptr; }

  std::unique_ptr<Peer> peer_;
  std::unique_ptr<HandOver> hand_over_;  // While leaving: nothing is read, nothing said.
  std::unique_ptr<std::string> pong_;    // Answer to the last ping, while the output is stuck.
  websocket::FrameReader reader_;
  std::string input_;  // The beginning of a frame.
  std::uint32_t early_bytes_ = 0;

  Tick heard_at_;        // When something was last received,
  Tick pinged_at_ = 0;   // when the unanswered ping left,
  Tick closing_at_ = 0;  // and when the closing began.

  const Encoding encoding_;
  bool early_ = true;     // Not yet handed over.
  bool reading_ = false;  // A read wait is pending.
  bool pinged_ = false;
  bool read_paused_ = false;        // Too much is unsent.
  bool closing_ = false;            // A close frame is in the output or was sent.
  bool end_when_flushed_ = false;   // The other end has closed as well.
  bool shut_when_flushed_ = false;  // The other end is not understood.
};

}  // namespace kith
