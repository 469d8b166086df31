// auth/json.h — The little JSON that auth needs: flat objects of strings in, text out. Pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/secret.h"
#include "base/result.h"
#include "base/time.h"

namespace kith {

// Reads one object; returns the values of `known` in their order. Unknown fields are ignored. malformed: no JSON, nested deeper than 16,
// no object, or a known field twice. invalid_argument: a known field that is no string. Wipes its own copies of the values.
Result<std::vector<std::optional<Secret>>> read_string_fields(std::string_view json, std::span<const std::string_view> known);

// With quotes; what is not UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

// RFC 3339, UTC, three digits of milliseconds.
std::string time_text(WallTime time);

}  // namespace kith
