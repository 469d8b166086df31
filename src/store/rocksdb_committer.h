// store/rocksdb_committer.h — The one thread that writes: merges what all loops submitted into one batch, one fsync for all.
//
// While one batch is being synced the next collects; nothing waits longer than that. What depends on what is there (heads, rewrites) is
// decided on this thread, in the order of submission, seeing what the same batch writes. The first failure is handed to Fatal and no
// further write is tried.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "store/rocksdb_mailbox.h"
#include "store/rocksdb_store.h"

namespace rocksdb {
class DB;
class Status;
class WriteBatch;
}  // namespace rocksdb

namespace kith {

// The end of the engine, once, from any thread.
class Fatal {
 public:
  explicit Fatal(Fn<void(std::string)> call) : call_(std::move(call)) {}
  void operator()(const std::string& reason);
  bool happened() const { return happened_.load(std::memory_order_acquire); }

 private:
  std::mutex mutex_;
  Fn<void(std::string)> call_;
  std::atomic<bool> happened_{false};
};

// One call of a Store, encoded on the loop that made it.
struct WriteRequest {
  struct Head {
    std::string key;
    kith::Head head;
  };
  struct Rewrite {
    std::string key;
    std::uint64_t version = 0;
    std::string record;
  };

  Mailbox* mailbox = nullptr;
  std::uint32_t slot = 0;
  std::string puts;  // Key and value, each with its size before it, again and again.
  std::optional<Head> head;
  std::optional<Rewrite> rewrite;

  void add_put(std::string_view key, std::string_view value);
};

class Committer {
 public:
  // `fatal` outlives it, and so does the database that start() is given.
  Committer(Fatal& fatal, Fn<DiskSpace()> disk_space, std::uint64_t low_bytes, std::uint64_t none_bytes);
  ~Committer();

  void start(rocksdb::DB& db);
  void submit(WriteRequest request);

  // Writes what was submitted, then ends the thread.
  void stop();

  Space space() const { return space_.load(std::memory_order_relaxed); }
  std::uint64_t commits() const { return commits_.load(std::memory_order_relaxed); }
  std::uint64_t writes() const { return writes_.load(std::memory_order_relaxed); }
  std::uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  using Outcome = std::optional<StoreError>;

  void run();
  void commit(std::vector<WriteRequest>& requests);
  Outcome add(WriteRequest& request, rocksdb::WriteBatch& batch);
  Outcome decide_head(const WriteRequest::Head& change, bool& write);
  Outcome decide_rewrite(const WriteRequest::Rewrite& rewrite, bool& write);
  Outcome error_of(const rocksdb::Status& status);
  void look_at_space();

  Fatal& fatal_;
  Fn<DiskSpace()> disk_space_;
  std::uint64_t low_bytes_;
  std::uint64_t none_bytes_;
  rocksdb::DB* db_ = nullptr;

  // What the batch that is being made has touched; of this thread.
  std::unordered_map<std::string, Head> heads_;
  std::unordered_set<std::string> keys_;  // Only filled when the batch has rewrites.
  std::unordered_map<std::string, std::uint64_t> rewritten_;
  bool has_rewrites_ = false;
  std::int64_t space_seen_ns_ = 0;

  std::atomic<Space> space_{Space::enough};
  std::atomic<std::uint64_t> commits_{0};
  std::atomic<std::uint64_t> writes_{0};
  std::atomic<std::uint64_t> bytes_{0};

  std::mutex mutex_;  // Guards what is below.
  std::condition_variable wake_;
  std::vector<WriteRequest> queue_;
  bool sleeping_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace kith
