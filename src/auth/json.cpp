#include "auth/json.h"

#include <simdjson.h>
#include <sodium.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace kith {

namespace {

constexpr std::size_t kDepthMax = 16;

// Length of the well-formed UTF-8 sequence that `text` begins with; 0 when there is none.
std::size_t utf8_length(std::string_view text) {
  auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  auto follows = [&](std::size_t i) { return (byte(i) & 0xc0u) == 0x80u; };
  unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    bool shortest = first != 0xe0 || byte(1) >= 0xa0;
    bool no_surrogate = first != 0xed || byte(1) < 0xa0;
    return follows(1) && follows(2) && shortest && no_surrogate ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    bool in_range = (first != 0xf0 || byte(1) >= 0x90) && (first != 0xf4 || byte(1) < 0x90);
    return follows(1) && follows(2) && follows(3) && in_range ? 4 : 0;
  }
  return 0;
}

}  // namespace

Result<std::vector<std::optional<Secret>>> read_string_fields(std::string_view json, std::span<const std::string_view> known) {
  simdjson::padded_string copy(json);
  simdjson::dom::parser parser;  // Checks the whole text first; an on-demand one would pass by what is wrong in fields of no interest.
  simdjson::dom::object object;
  bool parsed = parser.allocate(copy.size(), kDepthMax) == simdjson::SUCCESS && parser.parse(copy).get(object) == simdjson::SUCCESS;
  sodium_memzero(copy.data(), copy.size());
  if (!parsed) return Failure(Code::malformed, "the body is not a JSON object");
  std::vector<std::optional<Secret>> values(known.size());
  std::optional<Failure> failure;
  for (auto [key, element] : object) {
    std::string_view text;
    bool is_string = element.get(text) == simdjson::SUCCESS;
    auto place = std::find(known.begin(), known.end(), key);
    if (place != known.end()) {
      auto& value = values[static_cast<std::size_t>(place - known.begin())];
      if (value) failure = Failure(Code::malformed, "field " + std::string(*place) + " is there twice");
      if (!is_string) failure = Failure(Code::invalid_argument, "field " + std::string(*place) + " must be a string");
      if (!failure) value = Secret(text);
    }
    // The parser's own copy; it is the parser's memory, which is ours to write.
    if (is_string) sodium_memzero(const_cast<char*>(text.data()), text.size());
  }
  if (failure) return *failure;
  return values;
}

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    std::size_t length = utf8_length(text);
    unsigned char first = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      out += "\xef\xbf\xbd";
      length = 1;
    } else if (first == '"' || first == '\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(first));
    } else if (first < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", first);
      out += escaped;
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length);
  }
  out.push_back('"');
}

std::string time_text(WallTime time) {
  using namespace std::chrono;
  sys_time<milliseconds> at{milliseconds(time.ms)};
  auto day = floor<days>(at);
  year_month_day date(day);
  hh_mm_ss clock(at - day);
  char out[40];
  std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return out;
}

}  // namespace kith
