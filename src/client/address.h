// client/address.h — Where a server is, as people write it: http://host:port
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kith {

struct ServerAddress {
  std::string host;  // A name or a numeric address, IPv6 without brackets.
  std::uint16_t port = 80;

  // Scheme http or ws, or none; a path is refused, https too (this client does not speak TLS).
  static Result<ServerAddress> parse(std::string_view text);
  std::string authority() const;  // host:port, for the Host header.
};

}  // namespace kith
