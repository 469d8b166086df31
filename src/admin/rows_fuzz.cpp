// Rows of every table as a damaged store may hold them, and cursors as a device may present them: decoding ends, and what it gave is
// written and read as the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "admin/audit.h"
#include "auth/account_rows.h"
#include "base/assert.h"
#include "conversation/group.h"
#include "conversation/pending_row.h"
#include "conversation/roster.h"
#include "inbox/contact_row.h"

namespace {

template <class Row, class Decode>
void round_trip(const Row& row, Decode decode) {
  const auto written = encode(row);
  auto again = decode(written);
  KITH_ASSERT(again);
  KITH_ASSERT(*again == row);
}

// Those without a comparison: what is written twice is the same.
template <class Row, class Decode>
void round_trip_of_row(const Row& row, Decode decode) {
  const kith::Row written = encode(row);
  auto again = decode(written);
  KITH_ASSERT(again);
  const kith::Row twice = encode(*again);
  KITH_ASSERT(twice.key == written.key && twice.value == written.value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  // The second byte divides what follows into a key and a value.
  const std::string all(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t cut = data[1] % (all.size() + 1);
  const kith::Row row{all.substr(0, cut), all.substr(cut)};
  switch (data[0] % 8) {
    case 0:
      if (auto audit = kith::decode_audit(all)) round_trip(*audit, kith::decode_audit);
      break;
    case 1:
      if (auto account = kith::decode_account(all)) round_trip(*account, kith::decode_account);
      break;
    case 2:
      if (auto device = kith::decode_device(all)) round_trip(*device, kith::decode_device);
      break;
    case 3:
      if (auto member = kith::decode_member(row)) round_trip_of_row(*member, kith::decode_member);
      break;
    case 4:
      if (auto contact = kith::decode_contact(row)) round_trip_of_row(*contact, kith::decode_contact);
      break;
    case 5:
      if (auto group = kith::decode_group(all))
        round_trip_of_row(*group, [](const kith::Row& written) { return kith::decode_group(written.value); });
      break;
    case 6:
      if (auto left = kith::decode_pending(row)) {
        auto again = kith::decode_pending(kith::encode_pending(*left));
        KITH_ASSERT(again && again->epoch == left->epoch && again->conversation == left->conversation && again->pending == left->pending);
      }
      break;
    case 7:
      // There is exactly one text for a cursor.
      if (auto cursor = kith::Cursor::parse(all)) KITH_ASSERT(kith::Cursor::parse(cursor->text()) == cursor);
      break;
  }
  return 0;
}
