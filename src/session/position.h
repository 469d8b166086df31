// session/position.h — Where a device stands in its user's inbox: what it presents, and what it confirms. The same over every transport.
#pragma once

#include <string>

#include "inbox/inbox.h"
#include "session/place.h"

namespace kith {

struct Position {
  Useq at;
  const char* resync = nullptr;  // Why what was presented is of no use here: then `at` is the inbox's head.
};

// `cursor` as the device was given it, and the last event that it applied since. Counts a resync.
Position find_position(Place& place, const Inbox& inbox, const std::string& cursor, Useq useq);

// What the device is given for this place.
std::string cursor_at(const Place& place, std::uint32_t rebuild, Useq useq);

// The device has applied everything up to `useq`: the inbox hears of it, and it is written. Not said to anybody when that fails: a later
// one follows.
Task<void> take_confirmed(Place& place, UserId user, DeviceId device, Useq useq);

}  // namespace kith
