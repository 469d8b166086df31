#include "front/handshake.h"

#include <algorithm>
#include <cctype>

#include "front/websocket.h"

namespace kith {

namespace {

bool same_text(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// A page may connect to the host that it came from, whatever stands in front of us; other pages need to be on the list.
bool origin_allowed(std::string_view origin, std::string_view host, std::span<const std::string> origins) {
  if (origin.empty()) return true;  // Not a browser.
  if (origins.empty()) {
    const std::size_t scheme = origin.find("://");
    return scheme != std::string_view::npos && !host.empty() && same_text(origin.substr(scheme + 3), host);
  }
  return std::any_of(origins.begin(), origins.end(),
                     [origin](const std::string& allowed) { return allowed == "*" || same_text(allowed, origin); });
}

// The first that the client names and that we speak. `name` stays empty when it names none at all.
bool choose_protocol(std::string_view offered, std::string_view& name, Encoding& encoding) {
  bool any = false;
  while (!offered.empty()) {
    const std::size_t comma = std::min(offered.find(','), offered.size());
    std::string_view one = offered.substr(0, comma);
    offered.remove_prefix(std::min(comma + 1, offered.size()));
    while (!one.empty() && (one.front() == ' ' || one.front() == '\t')) one.remove_prefix(1);
    while (!one.empty() && (one.back() == ' ' || one.back() == '\t')) one.remove_suffix(1);
    if (one.empty()) continue;
    any = true;
    if (one == "kith.v1.json" || one == "kith.v1.proto") {
      name = one;
      encoding = one == "kith.v1.json" ? Encoding::json : Encoding::proto;
      return true;
    }
  }
  return !any;
}

Handshake refuse(const Failure& failure, int status = 0) {
  Handshake result;
  result.refusal = problem(failure, status);
  if (status == 426) result.refusal->headers = {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}};
  if (status == 405) result.refusal->headers = {{"Allow", "GET"}};
  return result;
}

}  // namespace

Handshake shake_hands(const ParsedRequest& parsed, std::span<const std::string> origins) {
  const HttpRequest& request = parsed.request;
  if (request.method != "GET" || parsed.head) return refuse(Code::method_not_allowed, 405);
  if (!parsed.upgrade) return refuse({Code::malformed, "This path is a WebSocket."}, 426);
  if (parsed.websocket_version != "13") return refuse({Code::malformed, "WebSocket version 13, please."}, 426);
  if (!websocket::valid_key(parsed.websocket_key)) return refuse({Code::malformed, "Sec-WebSocket-Key is not 16 bytes in base64."});
  if (!origin_allowed(request.origin, parsed.host, origins)) return refuse(Code::origin_refused);

  Handshake result;
  std::string_view protocol;
  if (!choose_protocol(parsed.websocket_protocols, protocol, result.encoding)) {
    return refuse({Code::malformed, "Of the subprotocols, this server speaks kith.v1.json and kith.v1.proto."});
  }
  result.response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ";
  result.response += websocket::accept_key(parsed.websocket_key);
  if (!protocol.empty()) result.response.append("\r\nSec-WebSocket-Protocol: ").append(protocol);
  result.response += "\r\n\r\n";
  return result;
}

}  // namespace kith
