// front/http_connection.h — One connection while it speaks HTTP: requests one after the other, until it becomes a WebSocket. Internal.
//
//   Which loop   The deck's. Owner: the deck; a reply that a handler still holds keeps the object, not the connection.
//   Limits       Those of FrontConfig for time and number, of HttpParser for size. While a request is answered nothing is read.
//   Fails        A broken request is answered and the connection ends, after up to 2 s in which what still comes is thrown away: closing a
//                socket with unread bytes would take the answer back. A TLS handshake that fails or is late ends it without an answer,
//                except that plain HTTP to a TLS port is answered with 400, in plain.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"
#include "front/connection.h"
#include "front/http_parser.h"

namespace kith {

class HttpConnection final : public Connection {
 public:
  // Without a ticket: answers the first request with too_many_connections.
  HttpConnection(Deck& deck, Socket socket, Ticket ticket, std::unique_ptr<TlsStream> tls);

  void start();
  Tick check(Tick now) override;
  void drain() override;

 private:
  class Reply;
  enum class State : std::uint8_t { shaking_hands, reading, answering, writing, lingering };

  void buried() override;

  void wait_readable();
  void readable();
  void shake_tls();
  void take(std::string_view bytes);
  void begin_body();
  void dispatch();
  void upgrade(const ParsedRequest& parsed);
  void respond(HttpResponse response);
  void stream(HttpResponse response);
  void write();
  void written();
  void deadline(Duration wait);

  std::unique_ptr<HttpParser> parser_;  // From the first byte of a request until its answer.
  std::string input_;                   // What came behind the request in progress.
  std::string output_;
  std::size_t sent_ = 0;
  Tick deadline_ = 0;
  Tick began_at_ = 0;
  unsigned requests_ = 0;
  State state_;
  bool refused_;
  bool keep_alive_ = true;
  bool head_ = false;
  bool chunks_ = false;
  bool in_body_ = false;
  bool reading_ = false;  // A read wait is pending.
};

}  // namespace kith
