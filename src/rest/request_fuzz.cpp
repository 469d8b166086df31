// Requests from a stranger as commands: whatever path, query, header and body say, the text is that of the route's own command, and what
// the path says of it stands.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "rest/command_text.h"
#include "wire/json_reader.h"
#include "wire/utf8.h"

using namespace kith;

namespace {

std::string_view cut(std::string_view& text) {
  auto end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return line;
}

bool is_space(std::string_view text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

}  // namespace

// Method, path, query and Idempotency-Key, each on a line; behind them the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static wire::JsonReader reader;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::string_view method = cut(rest), path = cut(rest), query = cut(rest), key = cut(rest);
  Matched matched = find_route(method, path);
  if (!matched.line) return 0;
  if (!is_space(rest) && !reader.is_object(rest)) return 0;
  auto text = command_text(matched, query, key, rest);
  if (!text) return 0;
  KITH_ASSERT(reader.is_object(*text, 1 << 20) || !wire::is_utf8(*text));
  auto command = reader.command(*text, 1 << 20);
  if (!command) return 0;
  std::string again;
  wire::write_json(*command, again);
  KITH_ASSERT(again.starts_with("{\"" + std::string(matched.line->command) + "\":{"));
  for (std::size_t i = 0; i < matched.parts.size(); ++i) {
    if (matched.line->in_path[i].kind != ParameterKind::text || matched.parts[i].empty()) continue;
    std::string member = '"' + std::string(matched.line->in_path[i].key) + "\":";
    wire::json_text(member, "\"", matched.parts[i]);
    member.pop_back();
    KITH_ASSERT(again.find(member) != again.npos);
  }
  return 0;
}
