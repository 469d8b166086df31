// sim/shown.h — What the protocol shows, as the checker wants it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "check/history.h"
#include "wire/wire.gen.h"

namespace kith::sim {

// Views into `entry`. Nothing: of a kind that this client does not know.
std::optional<check::Entry> shown(const wire::Entry& entry);

// Of all that a message has besides its text and mentions: which it answers, attachments, kind and data. 0: nothing.
std::uint64_t details(const wire::Send& send);
std::uint64_t details(const wire::Message& message);

// What a step or a change says of the user alone.
std::string_view shown(const wire::Settings& settings);  // Whether muted, not until when.
void show_own(const wire::Event& event, check::Operation& to);
check::Change shown(const wire::Change& change);  // Without entries.

// The entry that an event brings, and its conversation; nothing if it brings none.
struct Brought {
  wire::Entry entry;
  std::string conversation;
};
std::optional<Brought> brought(const wire::Event& event);

}  // namespace kith::sim
