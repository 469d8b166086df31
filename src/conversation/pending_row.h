// conversation/pending_row.h — The row in RowTable::pending (partition: slot, key: epoch and conversation) that leads back to a fan-out
// which a crash cut off.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/ids.h"
#include "store/store.h"

namespace kith {

struct PendingRow {
  Epoch epoch;  // Of the writer: rows of one slot are ordered by it.
  ConversationId conversation;
  bool pending = false;  // False: cleared.
};

inline std::string pending_partition(Slot slot) {
  std::string partition;
  ByteWriter(partition).u16_be(slot.value);
  return partition;
}

// The first key that a row of this epoch may have.
inline std::string pending_from(Epoch epoch) {
  std::string key;
  ByteWriter(key).u64_be(epoch.value);
  return key;
}

inline Row encode_pending(const PendingRow& row) {
  return {pending_from(row.epoch) + row.conversation.key(), std::string(1, row.pending ? '\1' : '\0')};
}

// Nothing: the row is damaged.
inline std::optional<PendingRow> decode_pending(const Row& row) {
  constexpr std::size_t kEpochBytes = 8;
  if (row.key.size() < kEpochBytes) return std::nullopt;
  ByteReader reader(row.key);
  Epoch epoch{reader.u64_be()};
  auto conversation = ConversationId::from_key(std::string_view(row.key).substr(kEpochBytes));
  if (!conversation) return std::nullopt;
  return PendingRow{epoch, *conversation, row.value == std::string_view("\1", 1)};
}

}  // namespace kith
