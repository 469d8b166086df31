// session/place.h — Where a session lives: the parts of its loop that all its sessions share, and their limits.
#pragma once

#include <cstdint>
#include <string>

#include "base/loop.h"
#include "inbox/inboxes.h"
#include "limits/limits.h"
#include "presence/watchers.h"
#include "session/backend.h"
#include "wire/json_reader.h"

namespace kith {

class Contacts;
class Directory;

struct SessionOptions {
  Duration auth_within = 10s;
  std::size_t unsent_max = 256 << 10;  // Bytes; beyond, a session falls behind and reads its log when the network has caught up.
  std::uint32_t text_bytes_max = 8192;
  std::uint32_t commands_max = 256;  // In progress on one connection; beyond: busy.
  std::uint32_t heartbeat_s = 30;
  std::uint32_t frame_bytes_max = 64 << 10;
  std::uint32_t edit_s = 0, delete_s = 0;  // Told to clients; the conversations enforce them.
  std::string durability = "fsync";
  std::string node = "node-1";
};

// Counts since the process began; read by /metrics.
struct Traffic {
  std::uint64_t commands = 0, failures = 0, acked = 0, repeated = 0, events = 0, pages = 0, resyncs = 0, fell_behind = 0, sessions = 0;
  std::uint64_t presence_pushes = 0, presence_bytes = 0;  // Bytes: of the answers too.
};

struct Place {
  Loop& loop;
  Store& store;
  StoreId store_id;
  Backend& backend;
  Directory& directory;
  Inboxes& inboxes;
  Contacts& contacts;
  PresenceBook& presence_book;
  Watchers& watchers;
  wire::JsonReader& reader;
  const SessionOptions& options;
  Traffic& traffic;
  std::string scratch;       // For the frame that is being written.
  bool stopping = false;     // New sessions are sent away at once.
  Limits* limits = nullptr;  // None: nobody is limited.
};

}  // namespace kith
