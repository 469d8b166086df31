#include "wire/json_walk.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "wire/rfc3339.h"

namespace kith::wire {

namespace {

using simdjson::ondemand::json_type;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The characters of a scalar, of a string with its quotes. The library ends a token at the next one, white space included.
std::string_view token(JsonWalk::Value value) {
  std::string_view text = value.raw_json_token();
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

// RFC 8259, section 6: -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][-+]?[0-9]+)?
bool is_number(std::string_view text) {
  std::size_t at = 0;
  auto digits = [&] {
    const std::size_t first = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - first;
  };
  if (at < text.size() && text[at] == '-') ++at;
  const bool zero = at < text.size() && text[at] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

// Digits only, no leading zero.
bool parse_digits(std::string_view text, std::uint64_t& out) {
  if (text.empty() || (text.size() > 1 && text[0] == '0') || !is_digit(text[0])) return false;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

// 5.0 and 1e3 are whole numbers too; from 2^53 on such a form is no longer exact and is refused.
bool parse_whole_float(std::string_view text, std::uint64_t& out) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !(value >= 0 && value < 9007199254740992.0)) return false;
  out = static_cast<std::uint64_t>(value);
  return static_cast<double>(out) == value;
}

}  // namespace

bool JsonWalk::fail(std::string_view what, Code code) {
  std::string detail;
  for (std::size_t i = 0; i < std::min(path_size_, path_.size()); ++i) detail.append(i == 0 ? "" : ".").append(path_[i]);
  if (!detail.empty()) detail.append(": ");
  failure_ = Failure(code, detail.append(what));
  return false;
}

bool JsonWalk::key(simdjson::ondemand::field& field, std::string_view& out) {
  const char* begin = field.key().raw();
  const char* end = begin;
  // The document has been checked to close its strings, and it ends in zeroes.
  while (*end != '"' && *end != '\\' && *end != 0) ++end;
  if (*end == '"') {
    out = std::string_view(begin, static_cast<std::size_t>(end - begin));
    return true;
  }
  return field.unescaped_key().get(out) == simdjson::SUCCESS;
}

bool JsonWalk::text(Value value, std::string_view& out) {
  if (first(value) != '"') return fail("not a string");
  // Most texts have nothing to unescape and can be looked at where they stand. They must be taken all the same: a string that is left
  // to the library to skip may be followed by a colon and anything else.
  const auto quoted = token(value);
  simdjson::ondemand::raw_json_string taken;
  if (quoted.size() >= 2 && quoted.back() == '"' && quoted.find('\\') == quoted.npos) {
    if (value.get_raw_json_string().get(taken)) return broken();
    out = quoted.substr(1, quoted.size() - 2);
  } else if (value.get_string().get(out)) {
    return broken();
  }
  if (out.size() > kMaxText) return fail("longer than 65536 bytes", Code::too_large);
  return true;
}

bool JsonWalk::read(Value value, std::string& out) {
  std::string_view view;
  if (!text(value, view)) return false;
  out.assign(view);
  return true;
}

bool JsonWalk::read(Value value, bool& out) {
  if (first(value) != 't' && first(value) != 'f') return fail("not a boolean");
  const auto word = token(value);
  out = word == "true";
  return out || word == "false" || broken();
}

bool JsonWalk::read(Value value, std::uint64_t& out) {
  if (first(value) == '"') {
    std::string_view view;
    if (!text(value, view)) return false;
    return parse_digits(view, out) || fail("not a whole number in its range");
  }
  if (!is_digit(first(value)) && first(value) != '-') return fail("not a number");
  const auto word = token(value);
  if (parse_digits(word, out)) return true;
  if (!is_number(word)) return broken();
  return parse_whole_float(word, out) || fail("not a whole number in its range");
}

bool JsonWalk::read(Value value, std::uint32_t& out) {
  std::uint64_t wide = 0;
  if (!read(value, wide)) return false;
  if (wide > std::numeric_limits<std::uint32_t>::max()) return fail("not a whole number in its range");
  out = static_cast<std::uint32_t>(wide);
  return true;
}

bool JsonWalk::read(Value value, WallTime& out) {
  std::string_view view;
  if (!text(value, view)) return false;
  auto time = parse_rfc3339(view);
  if (!time) return fail("not an RFC 3339 time");
  out = *time;
  return true;
}

bool JsonWalk::unknown(Value value, std::string_view name) {
  // Names from outside may be long; what is told about them is not, and stays UTF-8.
  constexpr std::size_t kShown = 64;
  if (name.size() > kShown) {
    std::size_t end = kShown;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
    name = name.substr(0, end);
  }
  if (depth_ == 1 && first_unknown_.empty()) first_unknown_ = name;
  enter(name);
  if (!skip(value)) return false;
  --path_size_;
  return true;
}

bool JsonWalk::skip(Value value) {
  json_type type;
  if (value.type().get(type)) return broken();
  switch (type) {
    case json_type::object: {
      Object object;
      if (depth_ == kMaxDepth) return fail("deeper than 32");
      ++depth_;
      if (value.get_object().get(object)) return broken();
      if (!each(object, [this](std::string_view, Value inner) { return skip(inner); })) return false;
      --depth_;
      return true;
    }
    case json_type::array: {
      simdjson::ondemand::array array;
      if (depth_ == kMaxDepth) return fail("deeper than 32");
      ++depth_;
      if (value.get_array().get(array)) return broken();
      for (auto next : array) {
        Value element;
        if (std::move(next).get(element)) return broken();
        if (!skip(element)) return false;
      }
      --depth_;
      return true;
    }
    case json_type::string: {
      std::string_view ignored;
      return text(value, ignored);
    }
    case json_type::number:
      return is_number(token(value)) || broken();
    case json_type::boolean:
      return token(value) == "true" || token(value) == "false" || broken();
    case json_type::null:
      return token(value) == "null" || broken();
  }
  return broken();
}

}  // namespace kith::wire
