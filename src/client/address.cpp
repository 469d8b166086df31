#include "client/address.h"

#include <charconv>

namespace kith {

Result<ServerAddress> ServerAddress::parse(std::string_view text) {
  const std::string whole(text);
  auto wrong = [&](std::string_view why) { return Failure(Code::invalid_argument, "server address " + whole + ": " + std::string(why)); };
  ServerAddress address;
  if (auto scheme = text.find("://"); scheme != text.npos) {
    const std::string_view name = text.substr(0, scheme);
    address.tls = name == "https" || name == "wss";
    if (!address.tls && name != "http" && name != "ws") return wrong("expected https://HOST:PORT or http://HOST:PORT");
    if (address.tls) address.port = 443;
    text.remove_prefix(scheme + 3);
  }
  if (text.ends_with('/')) text.remove_suffix(1);
  if (text.find_first_of("/?#@ ") != text.npos) return wrong("expected https://HOST:PORT, without a path");
  std::string_view port;
  if (text.starts_with('[')) {
    auto end = text.find(']');
    if (end == text.npos) return wrong("the bracket is not closed");
    address.host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    if (!text.empty() && text[0] != ':') return wrong("expected https://[HOST]:PORT");
    if (!text.empty()) port = text.substr(1);
    if (!text.empty() && port.empty()) return wrong("the port is missing");
  } else {
    auto colon = text.rfind(':');
    address.host = text.substr(0, colon);
    if (address.host.find(':') != address.host.npos) return wrong("an IPv6 address stands in brackets");
    if (colon != text.npos) {
      port = text.substr(colon + 1);
      if (port.empty()) return wrong("the port is missing");
    }
  }
  if (address.host.empty()) return wrong("the host is missing");
  if (!port.empty()) {
    auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (error != std::errc() || end != port.data() + port.size() || address.port == 0)
      return wrong("the port is not a number from 1 to 65535");
  }
  return address;
}

std::string ServerAddress::authority() const {
  const bool bracketed = host.find(':') != host.npos;
  return (bracketed ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

std::string ServerAddress::url() const { return (tls ? "https://" : "http://") + authority(); }

}  // namespace kith
