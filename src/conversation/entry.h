// conversation/entry.h — One entry of a conversation, as it is kept and handed around. Immutable once it is durable; shared freely,
// also between loops.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"
#include "store/store.h"

namespace kith {

// On disk: append only.
enum class EntryKind : std::uint8_t {
  unknown = 0,  // Written by a newer server, or damaged: its number stands, nothing else of it is shown.
  message = 1,
};

struct Entry {
  Seq seq;
  Epoch epoch;
  EntryKind kind = EntryKind::message;
  UserId from;
  ClientId client_id;
  WallTime time;
  std::uint64_t n = 0;  // Countable messages up to and including this entry.
  std::string storage;  // What the text lies in: the text alone, or the record as it was read.
  std::uint32_t text_at = 0;

  std::string_view text() const { return std::string_view(storage).substr(text_at); }
};
using EntryPtr = std::shared_ptr<const Entry>;

// The log of a conversation.
LogId log_id(const ConversationId& id);

// The record: kind, version of the form, then the fields. A record that does not decode becomes an entry of kind unknown.
std::string encode(const Entry& entry);
Entry decode(LogRow row);

// What tells two texts under one client id apart.
std::uint64_t content_hash(std::string_view text);

}  // namespace kith
