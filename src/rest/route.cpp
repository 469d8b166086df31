#include "rest/route.h"

#include <optional>

#include "base/uri.h"

namespace kith {

namespace {

// Takes the next "/part" off `path`.
std::string_view take_part(std::string_view& path) {
  auto end = path.find('/', 1);
  auto part = path.substr(1, end == path.npos ? path.npos : end - 1);
  path.remove_prefix(end == path.npos ? path.size() : end);
  return part;
}

// The parts under the stars, or nothing when the path is another one.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
  std::vector<std::string> parts;
  while (!pattern.empty() && path.starts_with('/')) {
    auto wanted = take_part(pattern), found = take_part(path);
    if (wanted == "*") {
      auto text = percent_decoded(found);
      if (!text || text->empty()) return std::nullopt;
      parts.push_back(std::move(*text));
    } else if (wanted != found) {
      return std::nullopt;
    }
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return parts;
}

}  // namespace

Matched find_route(std::string_view method, std::string_view path) {
  Matched out;
  for (const RouteLine& line : kRoutes) {
    auto parts = match(line.path, path);
    if (!parts) continue;
    if (line.method == method) return {&line, std::move(*parts), {}};
    if (!out.allow.empty()) out.allow += ", ";
    out.allow += line.method;
  }
  return out;
}

}  // namespace kith
