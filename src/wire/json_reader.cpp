#include "wire/json_reader.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "wire/json_read.gen.h"
#include "wire/json_walk.h"

namespace kith::wire {

namespace {

constexpr std::size_t kKept = 64 * 1024;  // A buffer beyond this is given back after use.
constexpr std::size_t kSmallest = 1024;

// Behind the last bracket only white space is left.
bool at_end(simdjson::ondemand::document& document) { return document.current_location().error() == simdjson::OUT_OF_BOUNDS; }

template <class T>
bool names_nothing(const T&) {
  return false;
}
bool names_nothing(const Command& command) { return std::holds_alternative<std::monostate>(command.command); }

}  // namespace

struct JsonReader::State {
  simdjson::ondemand::parser parser;
  std::unique_ptr<char[]> buffer;
  std::size_t capacity = 0;

  // The text with the zeroes behind it that the parser may read.
  simdjson::padded_string_view load(std::string_view text) {
    if (!buffer || text.size() > capacity) {
      capacity = std::bit_ceil(std::max(text.size(), kSmallest));
      buffer.reset(new char[capacity + simdjson::SIMDJSON_PADDING]);
      // If this fails, iterate() tries again and tells.
      [[maybe_unused]] const auto error = parser.allocate(capacity);
    }
    std::copy(text.begin(), text.end(), buffer.get());
    std::memset(buffer.get() + text.size(), 0, simdjson::SIMDJSON_PADDING);
    return simdjson::padded_string_view(buffer.get(), text.size(), text.size() + simdjson::SIMDJSON_PADDING);
  }

  void shrink() {
    if (capacity <= kKept) return;
    buffer.reset();
    parser = simdjson::ondemand::parser();
    capacity = 0;
  }

  // After a failure: looks for the number `key` in the outermost object, wherever it stands and whatever is wrong elsewhere.
  std::uint64_t find_id(std::string_view text, std::string_view key) {
    simdjson::ondemand::document document;
    JsonWalk::Object object;
    std::uint64_t id = 0;
    if (parser.iterate(load(text)).get(document) || document.get_object().get(object)) return 0;
    JsonWalk walk(kMaxFrameKeys);
    walk.each(object, [&](std::string_view name, JsonWalk::Value value) {
      std::uint64_t found = 0;
      if (name == key && JsonWalk(0).field(value, name, found)) id = found;
      return true;
    });
    return id;
  }
};

JsonReader::JsonReader() : state_(std::make_unique<State>()) {}
JsonReader::~JsonReader() = default;
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader& JsonReader::operator=(JsonReader&&) noexcept = default;

template <class T>
ReadResult<T> JsonReader::read(std::string_view text, std::size_t max_bytes, std::uint32_t max_keys, std::string_view id_key) {
  if (text.size() > max_bytes) return ReadFailure{{Code::too_large, "more than " + std::to_string(max_bytes) + " bytes"}};
  JsonWalk walk(max_keys);
  T out;
  simdjson::ondemand::document document;
  JsonWalk::Object object;
  bool good = false;
  if (state_->parser.iterate(state_->load(text)).get(document)) {
    walk.fail("not valid JSON");
  } else if (document.get_object().get(object)) {
    walk.fail("not a JSON object");
  } else {
    good = walk.message(object, out) && (at_end(document) || walk.fail("not valid JSON"));
  }
  if (good && !names_nothing(out)) {
    state_->shrink();
    return out;
  }
  auto failure = walk.failure();
  if (good) failure = Failure(Code::unknown_command, walk.first_unknown().empty() ? "no command" : walk.first_unknown());
  ReadFailure result{std::move(failure), state_->find_id(text, id_key)};
  state_->shrink();
  return result;
}

ReadResult<Command> JsonReader::command(std::string_view text, std::size_t max_bytes) {
  return read<Command>(text, max_bytes, kMaxCommandKeys, "id");
}
ReadResult<Frame> JsonReader::frame(std::string_view text, std::size_t max_bytes) {
  return read<Frame>(text, max_bytes, kMaxFrameKeys, "re");
}
ReadResult<Error> JsonReader::error(std::string_view text, std::size_t max_bytes) {
  return read<Error>(text, max_bytes, kMaxCommandKeys, "");
}

bool JsonReader::is_object(std::string_view text, std::size_t max_bytes) {
  return read<Done>(text, max_bytes, kMaxCommandKeys, {}).has_value();
}

}  // namespace kith::wire
