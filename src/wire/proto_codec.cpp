#include "wire/proto_codec.h"

#include "wire/proto_read.gen.h"

namespace kith::wire {

namespace {

template <class T>
ReadResult<T> read(std::string_view bytes, std::size_t max_bytes, std::uint32_t max_fields, std::uint64_t T::*id) {
  if (bytes.size() > max_bytes) return ReadFailure{{Code::too_large, "more than " + std::to_string(max_bytes) + " bytes"}};
  ProtoWalk walk(max_fields);
  T out;
  const bool good = walk.message(bytes, out);
  if constexpr (std::is_same_v<T, Command>) {
    if (good && std::holds_alternative<std::monostate>(out.command)) {
      const auto field = walk.first_unknown();
      return ReadFailure{{Code::unknown_command, field == 0 ? "no command" : "field " + std::to_string(field)}, out.id};
    }
  }
  if (good) return out;

  // The number may stand behind what was wrong.
  std::uint64_t found = out.*id;
  ProtoWalk again(kMaxFrameKeys);
  again.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 0)) found = field.value;
    return true;
  });
  return ReadFailure{walk.failure(), found};
}

}  // namespace

ReadResult<Command> read_proto_command(std::string_view bytes, std::size_t max_bytes) {
  return read(bytes, max_bytes, kMaxCommandKeys, &Command::id);
}

ReadResult<Frame> read_proto_frame(std::string_view bytes, std::size_t max_bytes) {
  return read(bytes, max_bytes, kMaxFrameKeys, &Frame::re);
}

}  // namespace kith::wire
