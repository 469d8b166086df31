#include "rest/command_text.h"

#include <algorithm>

#include "base/uri.h"
#include "wire/json_writer.h"

namespace kith {

namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  auto begin = text.find_first_not_of(kSpace);
  return begin == text.npos ? std::string_view() : text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

// Appends a member with its comma; false: the value does not fit.
bool append_member(std::string& out, const Parameter& parameter, std::string_view value) {
  std::string key = '"' + std::string(parameter.key) + "\":";
  if (parameter.kind == ParameterKind::text) {
    wire::json_text(out, key + '"', value);
    return true;
  }
  bool digits = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return false;
  value.remove_prefix(std::min(value.find_first_not_of('0'), value.size() - 1));
  out.append(key).append(value).push_back(',');
  return true;
}

// RFC 8941 writes a string in quotes; many send the bare text.
std::string_view unquoted(std::string_view text) {
  bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

Result<std::string> command_text(const Matched& matched, std::string_view query, std::string_view idempotency_key, std::string_view body) {
  const RouteLine& line = *matched.line;
  std::string out = "{\"" + std::string(line.command) + "\":{";
  if (body = trimmed(body); line.has_body && !body.empty()) {
    auto members = trimmed(body.substr(1, body.size() - 2));
    if (!members.empty()) out.append(members).push_back(',');
  }
  if (line.has_client_id && !idempotency_key.empty()) append_member(out, {"clientId", ParameterKind::text}, unquoted(idempotency_key));
  auto pairs = read_query(query);
  if (!pairs) return Failure{Code::malformed, "the query is not properly encoded"};
  for (const auto& [name, value] : *pairs) {
    auto known = std::find_if(line.in_query.begin(), line.in_query.end(), [&](const Parameter& p) { return p.key == name; });
    if (known == line.in_query.end() || known->kind == ParameterKind::none) continue;  // Ignored, like every unknown field.
    if (!append_member(out, *known, value)) return Failure{Code::malformed, name};
  }
  out.append(line.constant);
  for (std::size_t i = 0; i < matched.parts.size(); ++i) {
    if (!append_member(out, line.in_path[i], matched.parts[i])) return Failure{Code::malformed, std::string(line.in_path[i].key)};
  }
  wire::json_close(out);
  out.push_back('}');
  return out;
}

}  // namespace kith
