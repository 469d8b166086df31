#include "store/rocksdb_mailbox.h"

#include <utility>

namespace kith {

std::uint32_t Pending::add(Done done) {
  if (free_.empty()) {
    slots_.push_back(std::move(done));
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }
  std::uint32_t slot = free_.back();
  free_.pop_back();
  slots_[slot] = std::move(done);
  return slot;
}

void Pending::complete(const std::vector<Completion>& completions) {
  for (const auto& completion : completions) {
    // Whoever was resumed may have ended the store.
    if (closed_) return;
    auto done = std::move(slots_[completion.slot]);
    free_.push_back(completion.slot);
    done(completion.error);
  }
}

void Mailbox::post(std::vector<Completion> completions) {
  std::lock_guard lock(mutex_);
  if (!loop_) return;
  loop_->post([pending = pending_, completions = std::move(completions)] {
    if (auto here = pending.lock()) here->complete(completions);
  });
}

void Mailbox::close() {
  std::lock_guard lock(mutex_);
  loop_ = nullptr;
}

}  // namespace kith
