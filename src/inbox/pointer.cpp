#include "inbox/pointer.h"

#include "base/bytes.h"
#include "base/plant.h"

namespace kith {

namespace {
constexpr std::uint8_t kForm = 1;

void write_settings(ByteWriter& writer, const Settings& settings) {
  writer.varint(static_cast<std::uint64_t>(settings.muted_until.ms));
  writer.u8(static_cast<std::uint8_t>((settings.pinned ? 1 : 0) | (settings.archived ? 2 : 0)));
}

Settings read_settings(ByteReader& reader) {
  WallTime muted_until{static_cast<std::int64_t>(reader.varint())};
  auto flags = reader.u8();
  return {muted_until, (flags & 1) != 0, (flags & 2) != 0};
}
}  // namespace

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
  writer.varint(pointer.joined.value);
  writer.varint(pointer.joined_n);
  writer.varint(pointer.left.value);
  writer.varint(pointer.mentioned.value);
  write_settings(writer, pointer.settings);
  writer.varint(pointer.last.value);
  writer.varint(pointer.last_epoch.value);
  writer.string(pointer.with.text());
  if (pointer.kind == PointerKind::contact) write(writer, pointer.contact);
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
  pointer.joined = {reader.varint()};
  pointer.joined_n = reader.varint();
  pointer.left = {reader.varint()};
  pointer.mentioned = {reader.varint()};
  pointer.settings = read_settings(reader);
  pointer.last = {reader.varint()};
  pointer.last_epoch = {reader.varint()};
  auto with = reader.string();
  if (kind == static_cast<std::uint8_t>(PointerKind::contact)) pointer.contact = read_contact_marks(reader);
  bool known = kind >= static_cast<std::uint8_t>(PointerKind::advanced) && kind <= static_cast<std::uint8_t>(PointerKind::contact);
  if (!known || form != kForm || !reader.done() || !conversation) return {.kind = PointerKind::unknown};
  pointer.kind = static_cast<PointerKind>(kind);
  pointer.conversation = *conversation;
  pointer.with = UserId::parse(with).value_or(UserId{});
  return pointer;
}

void ConversationState::apply(const Pointer& pointer, Useq useq) {
  if (useq <= last || pointer.kind == PointerKind::contact) return;
  last = useq;
  if (pointer.kind == PointerKind::read) {
    if (pointer.to > read || planted(Plant::read_mark_back)) {
      read = pointer.to;
      read_n = pointer.n;
    }
    return;
  }
  if (pointer.kind == PointerKind::cleared) {
    if (pointer.to <= cleared) return;
    cleared = pointer.to;
    cleared_n = pointer.n;
    std::erase_if(hidden, [&](Seq seq) { return seq <= cleared; });
    return;
  }
  if (pointer.kind == PointerKind::hidden) {
    auto place = std::lower_bound(hidden.begin(), hidden.end(), pointer.to);
    if (pointer.to > cleared && (place == hidden.end() || *place != pointer.to)) hidden.insert(place, pointer.to);
    return;
  }
  if (pointer.kind == PointerKind::settings) {
    settings = pointer.settings;
    return;
  }
  // Edits and reactions do not move a conversation up.
  if (pointer.last > Seq{0} || pointer.joined > Seq{0} || active == Useq{0}) active = useq;
  if (pointer.to > reached) {
    reached = pointer.to;
    n = std::max(n, pointer.n);  // An entry that cannot be shown has no count.
  }
  if (pointer.own > own && !planted(Plant::unread_counts_own)) {
    own = pointer.own;
    own_n = pointer.own_n;
  }
  if (pointer.joined > joined) {
    joined = pointer.joined;
    joined_n = planted(Plant::unread_before_join) ? 0 : pointer.joined_n;
  }
  left = std::max(left, pointer.left);
  mentioned = std::max(mentioned, pointer.mentioned);
  if (pointer.last > message) {
    message = pointer.last;
    message_epoch = pointer.last_epoch;
  }
  if (!pointer.with.empty()) with = pointer.with;
}

ConversationState ConversationState::blanked() const {
  ConversationState rest;
  rest.conversation = conversation;
  rest.reached = reached;
  rest.n = n;
  rest.joined = joined;
  rest.left = left;
  rest.last = last;
  return rest;
}

Row encode(const ConversationState& state) {
  Row row{state.conversation.key(), {}};
  ByteWriter writer(row.value);
  writer.u8(kForm);
  writer.string(state.with.text());
  for (std::uint64_t value :
       {state.reached.value, state.n, state.read.value, state.read_n, state.own.value, state.own_n, state.cleared.value, state.cleared_n,
        state.joined.value, state.joined_n, state.left.value, state.mentioned.value, state.delivered.value, state.message.value,
        state.message_epoch.value, state.active.value, state.last.value}) {
    writer.varint(value);
  }
  write_settings(writer, state.settings);
  writer.varint(state.hidden.size());
  for (Seq seq : state.hidden) writer.varint(seq.value);
  return row;
}

bool decode_state(const std::string& value, ConversationState& state) {
  ByteReader reader(value);
  auto form = reader.u8();
  state.with = UserId::parse(reader.string()).value_or(UserId{});
  for (std::uint64_t* field :
       {&state.reached.value, &state.n, &state.read.value, &state.read_n, &state.own.value, &state.own_n, &state.cleared.value,
        &state.cleared_n, &state.joined.value, &state.joined_n, &state.left.value, &state.mentioned.value, &state.delivered.value,
        &state.message.value, &state.message_epoch.value, &state.active.value, &state.last.value}) {
    *field = reader.varint();
  }
  state.settings = read_settings(reader);
  for (auto count = reader.varint(); count > 0 && reader.ok(); --count) state.hidden.push_back({reader.varint()});
  return form == kForm && reader.done();
}

}  // namespace kith
