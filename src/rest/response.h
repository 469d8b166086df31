// rest/response.h — An answer over HTTP, before it is one: a status, a JSON body and headers. Values.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fn.h"
#include "base/result.h"
#include "session/transport.h"
#include "wire/wire.gen.h"

namespace kith {

// An answer that goes on, on loop `home`, for as long as what `make` returns speaks; `idle` is said where nothing else is.
struct RestStream {
  std::size_t home = 0;
  Fn<std::unique_ptr<Peer>(Transport&)> make;
  std::string_view idle;
};

struct RestResponse {
  int status = 200;
  std::string body;                                          // JSON; with status >= 400 a problem object; none with 204.
  std::vector<std::pair<std::string, std::string>> headers;  // Besides Content-Type.
  bool proven = false;                                       // The token was good.
  std::unique_ptr<RestStream> stream = {};                   // Server-Sent Events instead of a body.
};

// The answer that tells of a failure; `body` is the object, as JSON.
RestResponse rest_problem(const Failure& failure);
RestResponse rest_problem(const wire::Error& error, std::string body);

}  // namespace kith
