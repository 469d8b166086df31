#include "base/hex.h"

#include "base/assert.h"

namespace kith {

namespace {
constexpr char kDigits[] = "0123456789abcdef";
}

// Grown once: a push_back per digit costs more than the digit.
void append_hex(std::string& out, std::span<const std::uint8_t> bytes) {
  std::size_t at = out.size();
  out.resize(at + 2 * bytes.size());
  char* to = out.data() + at;
  for (std::uint8_t b : bytes) {
    *to++ = kDigits[b >> 4];
    *to++ = kDigits[b & 15];
  }
}

void append_hex(std::string& out, std::uint64_t value, int digits) {
  char text[16];
  KITH_ASSERT(digits >= 0 && digits <= 16);
  for (int i = digits; i-- > 0; value >>= 4) text[i] = kDigits[value & 15];
  out.append(text, static_cast<std::size_t>(digits));
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::uint64_t> parse_hex(std::string_view text) {
  if (text.empty() || text.size() > 16) return std::nullopt;
  std::uint64_t value = 0;
  for (char c : text) {
    int digit = hex_digit(c);
    if (digit < 0) return std::nullopt;
    value = value << 4 | static_cast<std::uint64_t>(digit);
  }
  return value;
}

}  // namespace kith
