#include <utility>

#include "client/storage.h"

namespace kith {

Result<DeviceStorage::State> MemoryStorage::load() {
  State state{position_, {}};
  for (const auto& [number, message] : outbox_) state.outbox.push_back(message);
  return state;
}

Result<Ok> MemoryStorage::save(const Position& position) {
  position_ = position;
  return Ok{};
}

Result<Ok> MemoryStorage::put(const OutgoingMessage& message) {
  outbox_.insert_or_assign(message.number, message);
  return Ok{};
}

Result<Ok> MemoryStorage::remove(const OutgoingMessage& message) {
  outbox_.erase(message.number);
  return Ok{};
}

}  // namespace kith
