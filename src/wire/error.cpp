#include "wire/error.h"

namespace kith::wire {

Error to_error(const Failure& failure) {
  const CodeInfo& about = info(failure.code);
  Error error;
  error.type.append("about:kith/").append(about.name);
  error.code = about.name;
  error.title = about.title;
  error.status = about.status;
  error.detail = failure.detail;
  error.outcome = outcome_name(about.outcome);
  error.retry_after_ms = failure.retry_after_ms;
  return error;
}

Failure to_failure(const Error& error) {
  if (auto code = code_by_name(error.code); code && *code != Code::ok) return Failure(*code, error.detail, error.retry_after_ms);
  // Not knowing the outcome either, the careful assumption is that it may have been done.
  Code code = Code::outcome_unknown;
  if (error.outcome == outcome_name(Outcome::fail)) code = Code::invalid_argument;
  if (error.outcome == outcome_name(Outcome::retry)) code = Code::unavailable;
  if (error.outcome == outcome_name(Outcome::stop)) code = Code::origin_refused;
  return Failure(code, error.detail.empty() ? error.code : error.code + ": " + error.detail, error.retry_after_ms);
}

}  // namespace kith::wire
