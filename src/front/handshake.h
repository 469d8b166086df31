// front/handshake.h — Whether a request becomes a WebSocket, and what is said then (RFC 6455 4.2). No I/O.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "front/http_parser.h"

namespace kith {

inline constexpr std::string_view kWebSocketPath = "/v1/ws";

struct Handshake {
  std::optional<HttpResponse> refusal;  // Set: no WebSocket.
  Encoding encoding = Encoding::json;
  std::string response;  // The whole 101 answer.
};

// Refuses foreign origins (403 origin_refused), other versions (426), and what is not a handshake (400, 405, 426).
Handshake shake_hands(const ParsedRequest& parsed, std::span<const std::string> origins);

}  // namespace kith
