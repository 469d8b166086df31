#include "wire/json_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "wire/rfc3339.h"

namespace kith::wire {

namespace {

// Sixteen bytes at once, in the form that both compilers turn into vector instructions where there are any.
constexpr std::ptrdiff_t kBlock = 16;
using Block = unsigned char __attribute__((vector_size(kBlock)));

// Whether one of them has to be escaped: ", \ or below 0x20.
bool needs_escape(const char* bytes) {
  Block block;
  std::memcpy(&block, bytes, sizeof block);
  const auto found = (block < 0x20) | (block == '"') | (block == '\\');
  std::uint64_t halves[2];
  static_assert(sizeof found == sizeof halves);
  std::memcpy(halves, &found, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

constexpr std::array<bool, 256> kEscaped = [] {
  std::array<bool, 256> table{};
  for (int i = 0; i < 0x20; ++i) table[i] = true;
  table['"'] = table['\\'] = true;
  return table;
}();

void append_escape(unsigned char c, std::string& out) {
  switch (c) {
    case '"':
      out.append("\\\"");
      return;
    case '\\':
      out.append("\\\\");
      return;
    case '\n':
      out.append("\\n");
      return;
    case '\r':
      out.append("\\r");
      return;
    case '\t':
      out.append("\\t");
      return;
    default:
      break;
  }
  constexpr char kDigits[] = "0123456789abcdef";
  const char code[] = {'\\', 'u', '0', '0', kDigits[c >> 4], kDigits[c & 15]};
  out.append(code, sizeof code);
}

}  // namespace

void append_escaped(std::string_view text, std::string& out) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  const char* at = begin;
  while (at != end) {
    if (end - at >= kBlock) {
      if (!needs_escape(at)) {
        at += kBlock;
        continue;
      }
    } else if (end - begin >= kBlock && !needs_escape(end - kBlock)) {
      break;  // The rest, together with some that was looked at before.
    }
    const char* stop = at + std::min(kBlock, end - at);
    for (; at != stop; ++at) {
      if (!kEscaped[static_cast<unsigned char>(*at)]) continue;
      out.append(begin, at);
      append_escape(static_cast<unsigned char>(*at), out);
      begin = at + 1;
    }
  }
  out.append(begin, end);
}

void append_number(std::uint64_t value, std::string& out, bool comma) {
  char digits[21];
  auto end = std::to_chars(digits, digits + 20, value).ptr;
  *end = ',';
  out.append(digits, end + comma);
}

void append_time(WallTime time, std::string& out) {
  char text[kRfc3339Size];
  write_rfc3339(time, text);
  out.append(text, sizeof text);
}

}  // namespace kith::wire
