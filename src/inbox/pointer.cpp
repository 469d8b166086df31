#include "inbox/pointer.h"

#include "base/bytes.h"
#include "base/plant.h"

namespace kith {

namespace {
constexpr std::uint8_t kForm = 1;
}

std::string encode(const Pointer& pointer) {
  std::string out;
  out.reserve(64);
  ByteWriter writer(out);
  writer.u8(static_cast<std::uint8_t>(pointer.kind));
  writer.u8(kForm);
  writer.string(pointer.conversation.key());
  writer.varint(pointer.from.value);
  writer.varint(pointer.to.value);
  writer.varint(pointer.n);
  writer.varint(pointer.own.value);
  writer.varint(pointer.own_n);
  writer.varint(pointer.last.value);
  writer.varint(pointer.last_epoch.value);
  writer.string(pointer.with.text());
  return out;
}

Pointer decode_pointer(const LogRow& row) {
  Pointer pointer;
  ByteReader reader(row.record);
  auto kind = reader.u8(), form = reader.u8();
  auto conversation = ConversationId::from_key(reader.string());
  pointer.from = {reader.varint()};
  pointer.to = {reader.varint()};
  pointer.n = reader.varint();
  pointer.own = {reader.varint()};
  pointer.own_n = reader.varint();
  pointer.last = {reader.varint()};
  pointer.last_epoch = {reader.varint()};
  auto with = reader.string();
  bool known = kind == static_cast<std::uint8_t>(PointerKind::advanced) || kind == static_cast<std::uint8_t>(PointerKind::read);
  if (!known || form != kForm || !reader.done() || !conversation) return {.kind = PointerKind::unknown};
  pointer.kind = static_cast<PointerKind>(kind);
  pointer.conversation = *conversation;
  pointer.with = UserId::parse(with).value_or(UserId{});
  return pointer;
}

void ConversationState::apply(const Pointer& pointer, Useq useq) {
  if (useq <= last) return;
  last = useq;
  if (pointer.kind == PointerKind::read) {
    if (pointer.to > read || planted(Plant::read_mark_back)) {
      read = pointer.to;
      read_n = pointer.n;
    }
    return;
  }
  active = useq;
  if (pointer.to > reached) {
    reached = pointer.to;
    n = std::max(n, pointer.n);  // An entry that cannot be shown has no count.
  }
  if (pointer.own > own && !planted(Plant::unread_counts_own)) {
    own = pointer.own;
    own_n = pointer.own_n;
  }
  if (pointer.last > message) {
    message = pointer.last;
    message_epoch = pointer.last_epoch;
  }
  if (!pointer.with.empty()) with = pointer.with;
}

Row encode(const ConversationState& state) {
  Row row{state.conversation.key(), {}};
  ByteWriter writer(row.value);
  writer.u8(kForm);
  writer.string(state.with.text());
  for (std::uint64_t value : {state.reached.value, state.n, state.read.value, state.read_n, state.own.value, state.own_n,
                              state.message.value, state.message_epoch.value, state.active.value, state.last.value}) {
    writer.varint(value);
  }
  return row;
}

bool decode_state(const std::string& value, ConversationState& state) {
  ByteReader reader(value);
  auto form = reader.u8();
  state.with = UserId::parse(reader.string()).value_or(UserId{});
  for (std::uint64_t* field : {&state.reached.value, &state.n, &state.read.value, &state.read_n, &state.own.value, &state.own_n,
                               &state.message.value, &state.message_epoch.value, &state.active.value, &state.last.value}) {
    *field = reader.varint();
  }
  return form == kForm && reader.done();
}

}  // namespace kith
