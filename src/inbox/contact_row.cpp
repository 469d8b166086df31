#include "inbox/contact_row.h"

#include <array>

#include "base/bytes.h"

namespace kith {

namespace {
constexpr std::uint8_t kForm = 1, kMine = 1, kTheirs = 2;
constexpr std::array<std::string_view, 4> kStates{"none", "asked", "asks", "contact"};
}  // namespace

std::string_view name(ContactState state) { return kStates[static_cast<std::size_t>(state)]; }

void ContactMarks::decide(bool added, std::uint64_t version) {
  if (mine == added || version <= mine_version) return;
  mine = added;
  mine_version = version;
}

// A repeat of what is known comes with the same version: it counts again where this user's own removal was cut off half way.
void ContactMarks::hear(bool added, std::uint64_t version) {
  if (version < theirs_version || theirs == added) return;
  theirs = added;
  theirs_version = version;
}

Row encode(const ContactRow& row) {
  Row out{row.other.text(), {}};
  ByteWriter writer(out.value);
  writer.u8(kForm);
  writer.u8(static_cast<std::uint8_t>((row.marks.mine ? kMine : 0) | (row.marks.theirs ? kTheirs : 0)));
  writer.varint(row.marks.mine_version);
  writer.varint(row.marks.theirs_version);
  writer.varint(row.last.value);
  return out;
}

std::optional<ContactRow> decode_contact(const Row& row) {
  ByteReader reader(row.value);
  auto form = reader.u8(), flags = reader.u8();
  auto other = UserId::parse(row.key);
  ContactRow out;
  out.marks = {(flags & kMine) != 0, (flags & kTheirs) != 0, reader.varint(), reader.varint()};
  out.last = {reader.varint()};
  if (form != kForm || !reader.done() || !other) return std::nullopt;
  out.other = std::move(*other);
  return out;
}

}  // namespace kith
