// Fuzzes the JSON reader: what it takes must survive writing and reading, and it must agree with the library's validating DOM
// parser on what is JSON.
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "wire/json_reader.h"
#include "wire/utf8.h"

using namespace kith;
using namespace kith::wire;

namespace {

template <class T>
void survives(const T& message, ReadResult<T> (JsonReader::*read)(std::string_view, std::size_t), JsonReader& reader) {
  std::string text, again;
  write_json(message, text);
  KITH_ASSERT(is_utf8(text));
  auto copy = (reader.*read)(text, kMaxFrame);
  KITH_ASSERT(copy && *copy == message);
  write_json(*copy, again);
  KITH_ASSERT(again == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static JsonReader reader;
  static simdjson::dom::parser dom;
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  auto frame = reader.frame(text);
  if (frame) survives(*frame, &JsonReader::frame, reader);
  auto command = reader.command(text);
  if (command) {
    survives(*command, &JsonReader::command, reader);
  } else {
    KITH_ASSERT(is_utf8(command.error().failure.detail));
  }

  // The other parser has no limits, but knows no numbers beyond its own range.
  simdjson::dom::element element;
  const auto error = dom.parse(text.data(), text.size()).get(element);
  const bool number = error == simdjson::NUMBER_ERROR;
  if (command || frame) KITH_ASSERT(!error || number);
  if (!command) {
    const auto failure = command.error().failure;
    KITH_ASSERT(failure.code != Code::malformed || !failure.detail.ends_with("not valid JSON") || error);
  }
  return 0;
}
