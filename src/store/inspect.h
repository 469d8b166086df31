// store/inspect.h — Everything that lies in a store, for `kith verify` and for the simulator's judges.
//
// Synchronous; on a stopped data directory, or on the memory store between two turns. Fails with `corrupt` or `unavailable` at the first
// row that cannot be read; what was visited before is then a part only.
#pragma once

#include <memory>
#include <string>

#include "base/fn.h"
#include "store/store.h"

namespace kith {

class Inspector {
 public:
  virtual ~Inspector() = default;

  // Each log that has a row or a head, once.
  virtual StoreResult<Ok> each_log(Fn<void(const LogId&)> visit) = 0;

  // Revision 0 when there is none.
  virtual StoreResult<Head> head(const LogId& log) = 0;

  // The rows of all epochs, ordered by (seq, epoch), on the chain or not.
  virtual StoreResult<Ok> each_log_row(const LogId& log, Fn<void(const LogRow&)> visit) = 0;

  // The rows of a table, those of one partition together and ascending.
  virtual StoreResult<Ok> each_row(RowTable table, Fn<void(const std::string& partition, const Row&)> visit) = 0;
};

// The last visible state of a stopped data directory (store/rocksdb_store.h is in library kith_rocksdb, and so is this function).
Result<std::unique_ptr<Inspector>> inspect_rocksdb(const std::string& path);

}  // namespace kith
