// store/rocksdb_store.h — The store of one machine: RocksDB in a data directory, one fsync for what all loops submitted meanwhile.
//
//   Which loop   The engine is shared; each loop has its own Store of it. Stores end before the engine does, and before their loop.
//   Order        Writes take effect in the order of submission of a loop. Reads run inside the call when the cache has what they need;
//                else on one of two threads.
//   Durable      When a write completes, its log record has been fsynced, and a reader sees nothing before that.
//   Fails        The first failed write, fsync or background job ends the process through `fatal`: nothing is repeated, because Linux
//                forgets what a failed fsync did not write. A write fails with conflict or full; a read with corrupt or unavailable.
//   Limits       A torn last block of the log cannot be told from damage there: damage before it refuses to open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/fn.h"
#include "base/loop.h"
#include "base/result.h"
#include "store/store.h"

namespace rocksdb {
class FileSystem;
}

namespace kith {

struct DiskSpace {
  std::uint64_t free_bytes = 0;
  std::uint64_t total_bytes = 0;
};

struct RocksOptions {
  std::string path;                 // Made if it is not there.
  std::size_t memtable_mb = 32;     // Up to three of them. More: fewer, larger flushes, and a longer start after a crash.
  std::size_t block_cache_mb = 64;  // What reads find without touching the disk.

  // Free space below which space() is low and none. 0: the larger of 5 % and 2 GiB; 1 %.
  std::uint64_t low_bytes = 0;
  std::uint64_t none_bytes = 0;

  std::shared_ptr<rocksdb::FileSystem> file_system;  // Nothing: the system's.
  Fn<DiskSpace()> disk_space;                        // Nothing: asks the system. Called on the committer's thread.

  // Called once, on any thread, and should not return. If it does, nothing completes any more. Nothing: one line to stderr, exit 74.
  Fn<void(std::string)> fatal;
};

class RocksEngine {
 public:
  // The detail of a Failure begins with its reason: "locked: ", "corrupt: ", "newer_format: ", "disk: ".
  static Result<std::unique_ptr<RocksEngine>> open(RocksOptions options);
  ~RocksEngine();
  RocksEngine(const RocksEngine&) = delete;
  RocksEngine& operator=(const RocksEngine&) = delete;

  std::unique_ptr<Store> store(Loop& loop);

  struct Stats {
    std::uint64_t commits = 0;  // Each is one fsync.
    std::uint64_t writes = 0;   // Calls in them.
    std::uint64_t bytes = 0;    // Of keys and values.
    std::uint64_t reads = 0;
    std::uint64_t reads_from_disk = 0;  // Those that the cache could not answer.
  };
  Stats stats() const;

  // Moves what is in memory into sorted files, and waits for it. For tests and tools.
  void flush();

  static const char* durability_name() { return "fsync"; }

  struct Parts;

 private:
  explicit RocksEngine(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace kith
