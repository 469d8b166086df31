// front/http_parser.h — One HTTP/1 request out of bytes as they come, with limits; Beast reads the grammar.
//
//   Owner    An HttpConnection, one parser per request.
//   Limits   Header 16 KiB and 64 fields (431), body 64 KiB (413); a body's size must be declared (411), nothing is allocated by it.
//   Fails    By State::failed and the response to send; the connection must end then, since nobody knows where the next request begins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "front/http.h"

namespace kith {

inline constexpr std::size_t kHeaderBytesMax = 16 * 1024;
inline constexpr std::size_t kHeaderFieldsMax = 64;
inline constexpr std::size_t kBodyBytesMax = 64 * 1024;

struct ParsedRequest {
  HttpRequest request;
  std::string host;
  bool keep_alive = false;
  bool head = false;
  bool chunks = false;   // The answer may come in chunks: HTTP/1.1.
  bool upgrade = false;  // Asks for a WebSocket: Connection and Upgrade say so, over HTTP/1.1 and without a body.
  std::string websocket_key;
  std::string websocket_version;
  std::string websocket_protocols;  // All that are offered, separated by commas.
};

class HttpParser {
 public:
  enum class State : std::uint8_t { header, body, done, failed };

  HttpParser();
  ~HttpParser();

  // Takes what belongs to this request; returns how much that was. In done and failed: nothing.
  std::size_t feed(std::string_view bytes);

  State state() const { return state_; }
  bool started() const { return !header_.empty() || state_ != State::header; }
  bool expects_continue() const { return expects_continue_; }
  std::size_t body_bytes() const;

  ParsedRequest take();                                 // In done.
  const HttpResponse& error() const { return error_; }  // In failed.

 private:
  struct Beast;

  void fail(const Failure& failure, int status);
  std::size_t feed_header(std::string_view bytes);
  void read_header();
  bool check_header();
  std::size_t feed_body(std::string_view bytes);

  std::unique_ptr<Beast> beast_;
  std::string header_;
  HttpResponse error_;
  State state_ = State::header;
  bool expects_continue_ = false;
};

}  // namespace kith
