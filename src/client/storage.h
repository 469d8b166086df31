// client/storage.h — What a device remembers between two runs: its position, and the messages that were not acked.
//
//   Which loop   The device's. Calls block (files) and are rare: one for each message and one for each step of the position.
//   Durable      put() when it returns: a message that the user saw as "waiting" is sent one day. A position may be lost (an older one
//                only repeats what was applied); a removal may be lost (the message is sent again under its id, and stored once).
//   Fails        With `storage_full` or `internal` and a detail for people; what was there before stands.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "wire/wire.gen.h"

namespace kith {

// All that a device has to know to go on where it was. Opaque cursor of the server, and the last useq applied after it (0: the cursor's).
struct Position {
  std::string cursor;
  std::uint64_t useq = 0;
  bool operator==(const Position&) const = default;
};

// What a message says, as in `send`.
struct Content {
  std::string text;
  std::uint64_t reply_to = 0;
  std::vector<std::string> mentions;
  std::vector<wire::Attachment> attachments;
  std::string kind, data;
  bool operator==(const Content&) const = default;
};

// A message on its way. `client_id`, `base_seq` and the content are the same at every attempt: of another content under the same id the
// server says `id_reused`.
struct OutgoingMessage {
  std::uint64_t number = 0;  // Grows with each message of the device: the order of sending.
  ClientId client_id;
  bool to_user = true;  // Whether `target` is a user or a conversation.
  std::string target;
  Content content;
  std::optional<std::uint64_t> base_seq;  // Fixed before the first attempt; absent: never attempted.
};

// The one form of it, on the disk and on the wire.
wire::Send command_of(const OutgoingMessage& message);

class DeviceStorage {
 public:
  struct State {
    Position position;
    std::vector<OutgoingMessage> outbox;  // By number.
  };

  virtual ~DeviceStorage() = default;
  virtual Result<State> load() = 0;
  virtual Result<Ok> save(const Position& position) = 0;
  virtual Result<Ok> put(const OutgoingMessage& message) = 0;  // New, or again with its base_seq.
  virtual Result<Ok> remove(const OutgoingMessage& message) = 0;
};

// Outlives the device, not the process: for the simulator, which lets devices crash.
class MemoryStorage final : public DeviceStorage {
 public:
  Result<State> load() override;
  Result<Ok> save(const Position& position) override;
  Result<Ok> put(const OutgoingMessage& message) override;
  Result<Ok> remove(const OutgoingMessage& message) override;

 private:
  Position position_;
  std::map<std::uint64_t, OutgoingMessage> outbox_;
};

// One directory of a device, mode 0700: `position`, and one file for each message under `outbox/`. Each is replaced as a whole (written
// beside, fsync, renamed, fsync of the directory). One process at a time: load() takes a lock and fails with `busy` when another has it.
class FileStorage final : public DeviceStorage {
 public:
  explicit FileStorage(std::string directory) : directory_(std::move(directory)) {}
  ~FileStorage() override;
  FileStorage(const FileStorage&) = delete;
  FileStorage& operator=(const FileStorage&) = delete;

  Result<State> load() override;
  Result<Ok> save(const Position& position) override;
  Result<Ok> put(const OutgoingMessage& message) override;
  Result<Ok> remove(const OutgoingMessage& message) override;

 private:
  std::string path_of(const OutgoingMessage& message) const;

  const std::string directory_;
  int lock_ = -1;
};

// Writes a file whole or not at all, durable when it returns. Mode 0600.
Result<Ok> replace_file(const std::string& path, std::string_view content);
Result<std::string> read_file(const std::string& path, std::size_t bytes_max = 1 << 20);  // `not_found` when there is none.

}  // namespace kith
