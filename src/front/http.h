// front/http.h — The seam between the network and what answers: HTTP requests, and who speaks on a WebSocket.
//
//   Which loop   Each loop has a handler and a factory of its own; both are called on that loop, with connections of that loop.
//   Limits       Header 16 KiB and 64 fields, body 64 KiB; a request beyond is answered without the handler.
//   Fails        Errors are RFC 9457 objects: problem().
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fn.h"
#include "base/result.h"
#include "session/transport.h"

namespace kith {

struct HttpRequest {
  std::string method;  // As sent, but GET for HEAD: the answer's body is then left out on its way.
  std::string path;    // As sent, not decoded, without the query.
  std::string query;   // Behind the question mark.
  std::string authorization;
  std::string origin;  // "null" where the header stands without a value: not the same as no header.
  std::string content_type;
  std::string idempotency_key;
  std::string prefer;  // All that are there, separated by commas.
  std::string last_event_id;
  std::string body;
  std::string address;       // Numeric, of the other end.
  Fn<void()> admitted = {};  // To be called when the request has proven who it comes from: its connection counts no longer as a stranger's.
};

// An answer that goes on for as long as its peer speaks. The connection moves to loop `home` and is there the Transport of what `make`
// returns: each send() is a piece of the body as it is, close() is its end, and nothing is received.
struct HttpStream {
  std::size_t home = 0;
  Fn<std::unique_ptr<Peer>(Transport&)> make;
  std::string_view idle;  // What is sent when nothing was for a while. Lives as long as the program.
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // Besides Content-Type, Content-Length, Date, Connection, Cache-Control.
  std::shared_ptr<HttpStream> stream = {};                   // Then there is no `body`.
};

// The error of a Code as a response, with the members of wire's Error. `status` 0: the one of the table.
HttpResponse problem(const Failure& failure, int status = 0);

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;

  // `reply` may be called later, on the same loop; the connection may be gone by then. A reply that is destroyed uncalled answers
  // `internal`. The next request of the connection waits for it.
  virtual void handle(HttpRequest request, Fn<void(HttpResponse)> reply) = 0;
};

class PeerFactory {
 public:
  virtual ~PeerFactory() = default;

  // A WebSocket was opened; `encoding` is what its subprotocol says: JSON goes in text frames, proto in binary ones. The peer may send at
  // once, but not hand over before accept() has returned.
  virtual std::unique_ptr<Peer> accept(Transport& transport, Encoding encoding) = 0;
};

}  // namespace kith
