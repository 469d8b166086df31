#include "session/position.h"

#include <algorithm>

#include "auth/account_rows.h"
#include "base/bytes.h"
#include "base/plant.h"

namespace kith {

Position find_position(Place& place, const Inbox& inbox, const std::string& presented, Useq useq) {
  auto cursor = Cursor::parse(presented);
  Position found;
  if (presented.empty()) {
    found.resync = "no_cursor";
  } else if (!cursor || (cursor->store != place.store_id && !planted(Plant::cursor_without_store))) {
    found.resync = "other_store";
  } else if (cursor->rebuild != inbox.rebuild()) {
    found.resync = "rebuilt";
  } else {
    found.at = std::max(cursor->useq, useq);
    if (found.at > inbox.head()) found.resync = "ahead";
    if (found.resync && planted(Plant::cursor_without_store)) return {inbox.head()};
  }
  if (!found.resync) return found;
  ++place.traffic.resyncs;
  return {inbox.head(), found.resync};
}

std::string cursor_at(const Place& place, std::uint32_t rebuild, Useq useq) { return Cursor{place.store_id, rebuild, useq}.text(); }

Task<void> take_confirmed(Place& place, UserId user, DeviceId device, Useq useq) {
  auto inbox = co_await place.inboxes.acquire(user);
  if (inbox) (*inbox)->confirmed(useq);
  std::string value;
  ByteWriter(value).varint(useq.value);
  std::vector<Row> rows{{device.text(), std::move(value)}};
  auto put = co_await place.store.put(RowTable::devices, confirmed_partition(user), std::move(rows));
  (void)put;
}

}  // namespace kith
