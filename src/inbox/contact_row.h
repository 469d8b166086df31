// inbox/contact_row.h — What one user is to another, as the one's devices know it: the row of RowTable::contacts (partition: user, key: the
// other).
//
// A view of the pointers of kind contact: each holds the whole of it, and the row that of the newest. `mine` is decided here; `theirs` is a
// copy of what the other's home decided, taken only with a higher version. Versions grow with every decision of one home. `blocks` is for
// the user's eyes: what a block forbids is judged by the member rows of the conversation of the two.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"
#include "store/store.h"

namespace kith {

// Of a user towards another. On the wire by name().
enum class ContactState : std::uint8_t { none, asked, asks, contact, blocked };
std::string_view name(ContactState state);

struct ContactMarks {
  bool mine = false, theirs = false;  // The user added the other; the other added the user.
  std::uint64_t mine_version = 0, theirs_version = 0;
  bool blocks = false;  // The user blocks the other.

  bool operator==(const ContactMarks&) const = default;
  ContactState state() const {
    if (blocks) return ContactState::blocked;
    return mine ? (theirs ? ContactState::contact : ContactState::asked) : (theirs ? ContactState::asks : ContactState::none);
  }
  // Both change nothing when nothing would be seen of it: each change is a step of an inbox.
  void decide(bool added, std::uint64_t version);
  void hear(bool added, std::uint64_t version);
};

struct ContactRow {
  UserId other;
  ContactMarks marks;
  Useq last;  // Of the newest pointer that this row contains.

  ContactState state() const { return marks.state(); }
};
void write(ByteWriter& writer, const ContactMarks& marks);
ContactMarks read_contact_marks(ByteReader& reader);
Row encode(const ContactRow& row);
std::optional<ContactRow> decode_contact(const Row& row);  // Nothing: damaged.

}  // namespace kith
