// base/hex.h — Hexadecimal text of bytes and numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kith {

void append_hex(std::string& out, std::span<const std::uint8_t> bytes);
void append_hex(std::string& out, std::uint64_t value, int digits);
int hex_digit(char c);                                          // -1 when it is none.
std::optional<std::uint64_t> parse_hex(std::string_view text);  // 1 to 16 digits.

}  // namespace kith
