// base/uri.h — The parts of a request's target: percent-encoding, the path and the query. Pure functions. Source: RFC 3986.
//
// A plus sign stands for itself, also in a query: user ids have them. A part that is not properly encoded is refused as a whole.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kith {

std::optional<std::string> percent_decoded(std::string_view text);

// Everything but letters, digits and - . _ ~
std::string uri_encoded(std::string_view text);

// The segments of `path` that stand where `pattern` has a star, decoded; nothing when it is another path: "/users/*/revoke".
std::optional<std::vector<std::string>> match_path(std::string_view pattern, std::string_view path);

// name=value pairs between ampersands, decoded, in their order; a name without `=` has the value "".
using Query = std::vector<std::pair<std::string, std::string>>;
std::optional<Query> read_query(std::string_view text);

}  // namespace kith
