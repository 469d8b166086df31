#include "front/http.h"

#include <cstdio>

namespace kith {

namespace {

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", byte);
      out += escaped;
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out += out.size() > 1 ? ",\"" : "\"";
  out.append(name).append("\":");
  append_json_string(out, value);
}

}  // namespace

HttpResponse problem(const Failure& failure, int status) {
  const CodeInfo& code = info(failure.code);
  HttpResponse response;
  response.status = status ? status : code.status;
  response.content_type = "application/problem+json";
  std::string& body = response.body;
  body = "{";
  append_member(body, "type", "about:kith/" + std::string(code.name));
  append_member(body, "code", code.name);
  append_member(body, "title", code.title);
  body += ",\"status\":" + std::to_string(response.status);
  if (!failure.detail.empty()) append_member(body, "detail", failure.detail);
  append_member(body, "outcome", outcome_name(code.outcome));
  if (failure.retry_after_ms) {
    body += ",\"retryAfterMs\":" + std::to_string(failure.retry_after_ms);
    response.headers.emplace_back("Retry-After", std::to_string((failure.retry_after_ms + 999) / 1000));
  }
  body += "}";
  return response;
}

}  // namespace kith
