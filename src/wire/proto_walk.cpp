#include "wire/proto_walk.h"

#include <limits>

#include "wire/rfc3339.h"
#include "wire/utf8.h"

namespace kith::wire {

namespace {

bool take_varint(std::string_view& bytes, std::uint64_t& out) {
  out = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (i == 9 && byte > 1) return false;  // Beyond 64 bits.
    out |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      bytes.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

bool take_bytes(std::string_view& bytes, std::uint64_t size, std::string_view& out) {
  if (size > bytes.size()) return false;
  out = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return true;
}

bool take_tag(std::string_view& bytes, std::uint32_t& number, int& wire_type) {
  std::uint64_t tag = 0;
  if (!take_varint(bytes, tag) || tag > std::numeric_limits<std::uint32_t>::max()) return false;
  number = static_cast<std::uint32_t>(tag >> 3);
  wire_type = static_cast<int>(tag & 7);
  return number != 0;
}

}  // namespace

bool ProtoWalk::fail(std::string_view what, Code code) {
  std::string detail;
  for (std::size_t i = 0; i < path_size_; ++i) detail.append(i == 0 ? "" : ".").append(path_[i]);
  if (!detail.empty()) detail.append(": ");
  failure_ = Failure(code, detail.append(what));
  return false;
}

bool ProtoWalk::next(std::string_view& bytes, Field& field) {
  if (!take_tag(bytes, field.number, field.wire_type)) return false;
  std::string_view fixed;
  switch (field.wire_type) {
    case 0:
      return take_varint(bytes, field.value);
    case 1:
      return take_bytes(bytes, 8, fixed);
    case 2:
      return take_varint(bytes, field.value) && take_bytes(bytes, field.value, field.bytes);
    case 3:
      return skip_group(bytes, field.number);
    case 5:
      return take_bytes(bytes, 4, fixed);
    default:
      return false;
  }
}

// Groups are of the time before proto3 and always unknown here; each has to end with its own number.
bool ProtoWalk::skip_group(std::string_view& bytes, std::uint32_t number) {
  std::array<std::uint32_t, kMaxDepth> open;
  std::size_t depth = 0;
  open[depth++] = number;
  while (depth > 0) {
    Field field;
    if (fields_left_-- == 0) {
      fields_left_ = 0;
      return false;
    }
    std::string_view ahead = bytes;
    if (!take_tag(ahead, field.number, field.wire_type)) return false;
    if (field.wire_type == 3) {
      if (depth + depth_ >= kMaxDepth) return false;
      open[depth++] = field.number;
      bytes = ahead;
    } else if (field.wire_type == 4) {
      if (open[--depth] != field.number) return false;
      bytes = ahead;
    } else if (!next(bytes, field)) {
      return false;
    }
  }
  return true;
}

bool ProtoWalk::unknown(const Field& field) {
  if (depth_ == 1 && first_unknown_ == 0) first_unknown_ = field.number;
  return true;
}

bool ProtoWalk::read(const Field& field, std::string& out) {
  if (field.bytes.size() > kMaxText) return fail("longer than 65536 bytes", Code::too_large);
  if (!is_utf8(field.bytes)) return fail("not UTF-8");
  out.assign(field.bytes);
  return true;
}

bool ProtoWalk::read(const Field& field, bool& out) {
  out = field.value != 0;
  return true;
}

bool ProtoWalk::read(const Field& field, std::uint64_t& out) {
  out = field.value;
  return true;
}

bool ProtoWalk::read(const Field& field, std::uint32_t& out) {
  if (field.value > std::numeric_limits<std::uint32_t>::max()) return fail("not a whole number in its range");
  out = static_cast<std::uint32_t>(field.value);
  return true;
}

bool ProtoWalk::read(const Field& field, WallTime& out) {
  std::int64_t seconds = 0, nanos = 0;
  if (depth_ == kMaxDepth) return fail("deeper than 32");
  const bool good = each(field.bytes, [&](const Field& part) {
    if (part.is(1, 0)) seconds = static_cast<std::int64_t>(part.value);
    if (part.is(2, 0)) nanos = static_cast<std::int64_t>(part.value);
    return true;
  });
  if (!good) return false;
  if (seconds < kFirstTime.ms / 1000 || seconds > kLastTime.ms / 1000 || nanos < 0 || nanos > 999'999'999)
    return fail("not a time of the years 1 to 9999");
  out = WallTime{seconds * 1000 + nanos / 1'000'000};
  return true;
}

}  // namespace kith::wire
