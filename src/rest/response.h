// rest/response.h — An answer over HTTP, before it is one: a status, a JSON body and headers. Values.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "wire/wire.gen.h"

namespace kith {

struct RestResponse {
  int status = 200;
  std::string body;                                          // JSON; with status >= 400 a problem object; none with 204.
  std::vector<std::pair<std::string, std::string>> headers;  // Besides Content-Type.
  bool proven = false;                                       // The token was good.
};

// The answer that tells of a failure; `body` is the object, as JSON.
RestResponse rest_problem(const Failure& failure);
RestResponse rest_problem(const wire::Error& error, std::string body);

}  // namespace kith
