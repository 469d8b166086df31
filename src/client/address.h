// client/address.h — Where a server is, as people write it: http://host:port, https://host:port
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kith {

struct ServerAddress {
  std::string host;  // A name or a numeric address, IPv6 without brackets.
  std::uint16_t port = 80;
  bool tls = false;
  std::string authorities;  // File of those who may vouch for the server (PEM); empty: those of the system. Not part of the text.

  // Scheme http or ws, or none; https or wss: TLS, port 443. A path is refused.
  static Result<ServerAddress> parse(std::string_view text);
  std::string authority() const;  // host:port, for the Host header.
  std::string url() const;        // http://host:port or https://host:port
};

}  // namespace kith
