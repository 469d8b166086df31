// wire/json_writer.h — The primitives of writing JSON: text, numbers, time. Used by wire.gen.cpp and wire/hot.h.
//
// Everything appends to a string and nothing fails. Texts must be valid UTF-8 (all that was read by this folder is).
// Keys are given ready to write, `"name":`, before texts and times with the quote that opens them, `"name":"`. Every value ends with a
// comma; json_close() turns the last one into the bracket.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace kith::wire {

// `text` as it stands between quotes (RFC 8259, section 7): only ", \ and control characters are escaped.
void append_escaped(std::string_view text, std::string& out);

void append_number(std::uint64_t value, std::string& out, bool comma = false);

// RFC 3339 in UTC with milliseconds: 2026-01-31T09:05:00.000Z. Years beyond 0001..9999 are held at the ends of that range.
void append_time(WallTime time, std::string& out);

inline void json_open(std::string& out) { out.push_back('{'); }

inline void json_close(std::string& out, char bracket = '}') {
  if (out.back() == ',') {
    out.back() = bracket;
  } else {
    out.push_back(bracket);
  }
}

inline void json_text(std::string& out, std::string_view key, std::string_view text) {
  out.append(key);
  append_escaped(text, out);
  out.append("\",", 2);
}

inline void json_number(std::string& out, std::string_view key, std::uint64_t value) {
  out.append(key);
  append_number(value, out, true);
}

inline void json_flag(std::string& out, std::string_view key, bool value) { out.append(key).append(value ? "true," : "false,"); }

inline void json_time(std::string& out, std::string_view key, WallTime time) {
  out.append(key);
  append_time(time, out);
  out.append("\",", 2);
}

}  // namespace kith::wire
