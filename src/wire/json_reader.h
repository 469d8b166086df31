// wire/json_reader.h — Reads what arrives as JSON into the structs of wire.gen.h.
//
// Owned by one loop and shared by its connections: it holds a parser and a buffer that grow to the largest text read (at most 64 KiB
// stay) and no state between two calls. Nothing read refers to the input afterwards.
//
// Strict: one document of valid UTF-8, checked to its last byte, fields that are ignored included; whole numbers within their range
// (uint64 as a decimal string as well); limits of depth, keys and text as in read_result.h. Lenient: unknown fields are ignored, null
// is absent, of equal keys the last one counts, `client_id` is taken for `clientId`. Two different members of a oneof are malformed.
// Source: RFC 8259; the JSON mapping of proto3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "wire/read_result.h"
#include "wire/wire.gen.h"

namespace kith::wire {

class JsonReader {
 public:
  JsonReader();
  ~JsonReader();
  JsonReader(JsonReader&&) noexcept;
  JsonReader& operator=(JsonReader&&) noexcept;

  ReadResult<Command> command(std::string_view text, std::size_t max_bytes = kMaxCommand);
  ReadResult<Frame> frame(std::string_view text, std::size_t max_bytes = kMaxFrame);
  ReadResult<Error> error(std::string_view text, std::size_t max_bytes = kMaxCommand);  // An RFC 9457 problem object.
  // Whether this is one JSON object within the limits.
  bool is_object(std::string_view text, std::size_t max_bytes = kMaxCommand);

 private:
  struct State;
  template <class T>
  ReadResult<T> read(std::string_view text, std::size_t max_bytes, std::uint32_t max_keys, std::string_view id_key);

  std::unique_ptr<State> state_;
};

}  // namespace kith::wire
