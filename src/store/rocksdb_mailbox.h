// store/rocksdb_mailbox.h — How the engine's threads give results back to a loop: as numbers, so that promises never leave their loop.
//
//   Which loop   Pending lives on its loop. A Mailbox may be posted to from any thread; the engine owns it and keeps it to its end.
//   Cancelled    close(): later results are dropped. It returns when no thread is posting any more, so the loop may end after it.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/loop.h"
#include "store/store.h"

namespace kith {

struct Completion {
  std::uint32_t slot = 0;
  std::optional<StoreError> error;
};

// What a loop waits for.
class Pending {
 public:
  using Done = Fn<void(std::optional<StoreError>)>;

  std::uint32_t add(Done done);
  void complete(const std::vector<Completion>& completions);
  void close() { closed_ = true; }

 private:
  std::vector<Done> slots_;
  std::vector<std::uint32_t> free_;
  bool closed_ = false;
};

class Mailbox {
 public:
  Mailbox(Loop& loop, std::weak_ptr<Pending> pending) : loop_(&loop), pending_(std::move(pending)) {}

  void post(std::vector<Completion> completions);
  void close();

 private:
  std::mutex mutex_;
  Loop* loop_;  // Nothing: closed. Guarded by mutex_.
  std::weak_ptr<Pending> pending_;
};

}  // namespace kith
