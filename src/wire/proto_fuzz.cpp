// Fuzzes the binary reader: what it takes must survive writing and reading, in binary and in JSON.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "wire/json_reader.h"
#include "wire/proto_codec.h"
#include "wire/utf8.h"

using namespace kith;
using namespace kith::wire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static JsonReader reader;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);

  if (auto command = read_proto_command(bytes)) {
    std::string binary, json;
    write_proto(*command, binary);
    auto copy = read_proto_command(binary, kMaxFrame);
    KITH_ASSERT(copy && *copy == *command);
    write_json(*command, json);
    auto from_json = reader.command(json, kMaxFrame);
    KITH_ASSERT(from_json && *from_json == *command);
  } else {
    KITH_ASSERT(is_utf8(command.error().failure.detail));
  }
  if (auto frame = read_proto_frame(bytes)) {
    std::string binary, json;
    write_proto(*frame, binary);
    auto copy = read_proto_frame(binary);
    KITH_ASSERT(copy && *copy == *frame);
    write_json(*frame, json);
    // An empty element is 2 bytes in binary and 3 in JSON: only the limits of size may part the two.
    auto from_json = reader.frame(json, 4 * kMaxFrame);
    KITH_ASSERT(from_json && *from_json == *frame);
  }
  return 0;
}
