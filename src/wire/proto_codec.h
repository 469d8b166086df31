// wire/proto_codec.h — Reads what arrives in proto3 binary (subprotocol kith.v1.proto) into the structs of wire.gen.h.
//
// Pure functions; nothing read refers to the input afterwards. Unknown fields are checked and ignored. Every length is compared with
// what is there before anything is allocated; texts must be UTF-8; limits as in read_result.h. Stricter than the common libraries in
// two points, as the JSON reader is: a uint32 beyond its range and two different members of a oneof are malformed.
// Source: the Protocol Buffers encoding.
#pragma once

#include <string_view>

#include "wire/read_result.h"
#include "wire/wire.gen.h"

namespace kith::wire {

ReadResult<Command> read_proto_command(std::string_view bytes, std::size_t max_bytes = kMaxCommand);
ReadResult<Frame> read_proto_frame(std::string_view bytes, std::size_t max_bytes = kMaxFrame);

}  // namespace kith::wire
