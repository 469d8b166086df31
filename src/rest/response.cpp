#include "rest/response.h"

#include "wire/error.h"

namespace kith {

RestResponse rest_problem(const wire::Error& error, std::string body) {
  constexpr std::uint32_t kAgainMs = 1000;  // Where the failure names no time.
  RestResponse response{static_cast<int>(error.status), std::move(body), {}};
  if (error.retry_after_ms != 0 || error.outcome == "retry") {
    std::uint32_t ms = error.retry_after_ms != 0 ? error.retry_after_ms : kAgainMs;
    response.headers.emplace_back("Retry-After", std::to_string((ms + 999) / 1000));
  }
  if (error.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

RestResponse rest_problem(const Failure& failure) {
  auto error = wire::to_error(failure);
  std::string body;
  wire::write_json(error, body);
  return rest_problem(error, std::move(body));
}

}  // namespace kith
