// base/bytes.h — Writing and reading the compact binary form of what is stored. Values; no loop; never throws.
//
// Varints are LEB128, at most ten bytes. Strings carry their length. A reader that met one bad byte stays bad: everything it
// returns afterwards is zero or empty, so that a decoder checks ok() once, at its end.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace kith {

class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}

  void u8(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void u16_be(std::uint16_t value) {
    u8(static_cast<std::uint8_t>(value >> 8));
    u8(static_cast<std::uint8_t>(value));
  }
  // Big endian, so that keys sort as numbers do.
  void u64_be(std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) u8(static_cast<std::uint8_t>(value >> shift));
  }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) u8(static_cast<std::uint8_t>(value | 0x80));
    u8(static_cast<std::uint8_t>(value));
  }
  void string(std::string_view text) {
    varint(text.size());
    out_.append(text);
  }
  void bytes(std::span<const std::uint8_t> data) { out_.append(reinterpret_cast<const char*>(data.data()), data.size()); }

 private:
  std::string& out_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view in) : rest_(in) {}

  std::uint8_t u8() {
    if (rest_.empty()) return fail();
    auto value = static_cast<std::uint8_t>(rest_[0]);
    rest_.remove_prefix(1);
    return value;
  }
  std::uint64_t u64_be() {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | u8();
    return ok_ ? value : 0;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      std::uint8_t byte = u8();
      if (shift == 63 && byte > 1) return fail();
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return ok_ ? value : 0;
    }
    return fail();
  }
  // Points into the input.
  std::string_view string() {
    std::uint64_t size = varint();
    if (size > rest_.size()) {
      fail();
      return {};
    }
    auto text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }
  void bytes(std::span<std::uint8_t> out) {
    if (out.size() > rest_.size()) {
      fail();
      return;
    }
    std::memcpy(out.data(), rest_.data(), out.size());
    rest_.remove_prefix(out.size());
  }

  bool ok() const { return ok_; }
  bool done() const { return ok_ && rest_.empty(); }

 private:
  std::uint8_t fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace kith
