// wire/proto_writer.h — The primitives of writing proto3 binary. Used by proto_codec.gen.cpp and wire/hot.h.
//
// Everything appends to a string and nothing fails. Source: the Protocol Buffers encoding, wire types 0 (varint) and 2 (length first).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace kith::wire {

inline void proto_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

inline void proto_tag(std::string& out, int field, int wire_type) {
  proto_varint(out, static_cast<unsigned>(field) << 3 | static_cast<unsigned>(wire_type));
}

inline void proto_number(std::string& out, int field, std::uint64_t value) {
  proto_tag(out, field, 0);
  proto_varint(out, value);
}

inline void proto_flag(std::string& out, int field, bool value) { proto_number(out, field, value ? 1 : 0); }

inline void proto_text(std::string& out, int field, std::string_view text) {
  proto_tag(out, field, 2);
  proto_varint(out, text.size());
  out.append(text);
}

// A nested message: what is appended between the two belongs to it.
std::size_t proto_open(std::string& out, int field);
void proto_close(std::string& out, std::size_t begin);

// google.protobuf.Timestamp. Held inside the years 1..9999, as in JSON.
void proto_time(std::string& out, int field, WallTime time);

}  // namespace kith::wire
