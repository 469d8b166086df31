// client/http.h — One HTTP/1.1 call, blocking, in plain or by TLS: for the routes under /v1/auth. For programs, never for a loop.
#pragma once

#include <string>

#include "base/time.h"
#include "client/address.h"

namespace kith {

struct HttpCall {
  std::string method;
  std::string path;
  std::string bearer;  // Empty: no Authorization header.
  std::string body;    // JSON; empty: none.
};

struct HttpAnswer {
  int status = 0;
  std::string body;
  std::uint32_t retry_after_ms = 0;
};

// `unavailable` when the server cannot be reached, is not trusted or does not answer in time, `invalid_argument` when the file of
// authorities is of no use; any answer at all, errors too, is a value.
Result<HttpAnswer> http_call(const ServerAddress& server, HttpCall call, Duration within = 30s);

// Escapes what may not stand in one segment of a path (RFC 3986 2.1).
std::string percent_encoded(std::string_view segment);

}  // namespace kith
