#include "inbox/contact_row.h"

#include <array>

namespace kith {

namespace {
constexpr std::uint8_t kForm = 1, kMine = 1, kTheirs = 2, kBlocks = 4;
constexpr std::array<std::string_view, 5> kStates{"none", "asked", "asks", "contact", "blocked"};
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

void write(ByteWriter& writer, const ContactMarks& marks) {
  writer.u8(static_cast<std::uint8_t>((marks.mine ? kMine : 0) | (marks.theirs ? kTheirs : 0) | (marks.blocks ? kBlocks : 0)));
  writer.varint(marks.mine_version);
  writer.varint(marks.theirs_version);
}

ContactMarks read_contact_marks(ByteReader& reader) {
  auto flags = reader.u8();
  return {(flags & kMine) != 0, (flags & kTheirs) != 0, reader.varint(), reader.varint(), (flags & kBlocks) != 0};
}

Row encode(const ContactRow& row) {
  Row out{row.other.text(), {}};
  ByteWriter writer(out.value);
  writer.u8(kForm);
  write(writer, row.marks);
  writer.varint(row.last.value);
  return out;
}

std::optional<ContactRow> decode_contact(const Row& row) {
  ByteReader reader(row.value);
  auto form = reader.u8();
  auto other = UserId::parse(row.key);
  ContactRow out;
  out.marks = read_contact_marks(reader);
  out.last = {reader.varint()};
  if (form != kForm || !reader.done() || !other) return std::nullopt;
  out.other = std::move(*other);
  return out;
}

}  // namespace kith
