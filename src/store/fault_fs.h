// store/fault_fs.h — A disk for RocksDB that can be switched off: it forgets what was not synced, fails a chosen call, and can lie.
//
// For tests. Files lie in a real directory and are written through; what a sync would have made durable is counted here, so no real sync
// happens. What a loss of power undoes: bytes behind the last sync of a file (a random part of them may stay: a torn write), and the
// last of the creations, renames and removals of a directory that was not synced since. As on Linux, bytes that a failed sync left behind
// can be read until the power goes, and no later sync saves them.
// Any thread. One machine: turn_off() ends all that run on it, turn_on() comes after their end.
#pragma once

#include <rocksdb/file_system.h>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/loop.h"

namespace kith {

enum class DiskCall : std::uint8_t { append, sync, close, create, rename, remove, truncate, sync_directory, read, open, list };
inline constexpr std::size_t kDiskCalls = 11;
const char* name(DiskCall);

class FaultFileSystem : public rocksdb::FileSystemWrapper {
 public:
  // `aside` is a directory on the same disk, for what was removed but may come back.
  FaultFileSystem(std::string aside, Random& random);

  const char* Name() const override { return "FaultFileSystem"; }

  // Arms one fault: the n-th call of that kind from now on, from 1, fails or finds the machine switched off. An append writes a part of
  // its bytes first.
  enum class Fault : std::uint8_t { error, off };
  void arm(DiskCall call, std::uint64_t n, Fault fault);
  void disarm();
  bool fired() const;

  // Every call fails from here on, and changes nothing.
  void turn_off();
  bool is_off() const;
  enum class Power : std::uint8_t { kept, lost };
  void turn_on(Power power);

  // Syncs answer "done" and do nothing.
  void lie_about_sync(bool lie);

  std::uint64_t calls(DiskCall call) const;

  rocksdb::IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions& how,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* out, rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& how,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* out, rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& how, std::unique_ptr<rocksdb::FSWritableFile>* out,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& how,
                                       std::unique_ptr<rocksdb::FSWritableFile>* out, rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& how, std::unique_ptr<rocksdb::FSDirectory>* out,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus GetChildren(const std::string& path, const rocksdb::IOOptions& how, std::vector<std::string>* out,
                                rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& how, rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& how,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Truncate(const std::string& path, std::size_t size, const rocksdb::IOOptions& how,
                             rocksdb::IODebugContext* debug) override;

 private:
  friend class FaultWritableFile;
  friend class FaultSequentialFile;
  friend class FaultRandomAccessFile;
  friend class FaultDirectory;

  struct File {
    std::uint64_t size = 0;
    std::uint64_t synced = 0;
    std::optional<std::uint64_t> lost_from;  // What a failed sync left behind.
  };
  struct Change {
    enum class Kind : std::uint8_t { created, renamed, removed } kind;
    std::string path;   // Before a rename.
    std::string to;     // Of a rename.
    std::string saved;  // What was removed or replaced lies there; empty: nothing.
  };

  rocksdb::IOStatus enter(DiskCall call);
  rocksdb::IOStatus enter_append(const std::string& path, std::size_t size, std::size_t& write);
  void wrote(const std::string& path, std::uint64_t bytes);
  rocksdb::IOStatus sync(const std::string& path);
  rocksdb::IOStatus truncated(const std::string& path, std::uint64_t size);
  void directory_synced();
  std::string save(const std::string& path);
  void undo(const Change& change);

  const std::string aside_;
  Random& random_;  // Guarded by mutex_, as is all below.
  mutable std::mutex mutex_;
  bool off_ = false;
  bool lies_ = false;
  struct Armed {
    DiskCall call;
    std::uint64_t n;
    Fault fault;
  };
  std::optional<Armed> armed_;
  bool fired_ = false;
  std::array<std::uint64_t, kDiskCalls> calls_{};
  std::map<std::string, File> files_;
  std::vector<Change> changes_;  // Of directories, not synced.
  std::uint64_t saved_ = 0;
};

}  // namespace kith
