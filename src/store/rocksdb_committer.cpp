#include "store/rocksdb_committer.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/bytes.h"
#include "base/crash_point.h"
#include "store/rocksdb_keys.h"

namespace kith {

namespace {

// A commit is bounded, so that its memory is; what is left over goes into the next.
constexpr std::size_t kCommitRequestsMax = 8192;
constexpr std::size_t kCommitBytesMax = 8 << 20;

constexpr auto kSpaceEvery = std::chrono::seconds(1);

std::int64_t now_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

void Fatal::operator()(const std::string& reason) {
  std::lock_guard lock(mutex_);
  if (happened_.exchange(true, std::memory_order_acq_rel)) return;
  call_(reason);
}

void WriteRequest::add_put(std::string_view key, std::string_view value) {
  ByteWriter write(puts);
  write.string(key);
  write.string(value);
}

Committer::Committer(Fatal& fatal, Fn<DiskSpace()> disk_space, std::uint64_t low_bytes, std::uint64_t none_bytes)
    : fatal_(fatal), disk_space_(std::move(disk_space)), low_bytes_(low_bytes), none_bytes_(none_bytes) {}

Committer::~Committer() { stop(); }

void Committer::start(rocksdb::DB& db) {
  db_ = &db;
  look_at_space();
  thread_ = std::thread([this] { run(); });
}

void Committer::submit(WriteRequest request) {
  crash_point("store_submit");
  bool wake = false;
  {
    std::lock_guard lock(mutex_);
    KITH_ASSERT(!stopping_);
    queue_.push_back(std::move(request));
    wake = std::exchange(sleeping_, false);
  }
  if (wake) wake_.notify_one();
}

void Committer::stop() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Committer::run() {
  std::vector<WriteRequest> requests;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      while (queue_.empty() && !stopping_) {
        sleeping_ = true;
        // A full disk must be seen to have room again, although nobody writes.
        if (space() == Space::enough) {
          wake_.wait(lock);
        } else if (wake_.wait_for(lock, kSpaceEvery) == std::cv_status::timeout) {
          lock.unlock();
          look_at_space();
          lock.lock();
        }
      }
      sleeping_ = false;
      if (queue_.empty()) return;
      requests.swap(queue_);
    }
    commit(requests);
    requests.clear();
  }
}

void Committer::commit(std::vector<WriteRequest>& requests) {
  if (now_ns() - space_seen_ns_ >= std::chrono::nanoseconds(kSpaceEvery).count()) look_at_space();
  rocksdb::WriteBatch batch;
  rocksdb::WriteOptions durable;
  durable.sync = true;
  for (std::size_t next = 0; next < requests.size() && !fatal_.happened();) {
    std::map<Mailbox*, std::vector<Completion>> completions;
    std::size_t first = next;
    has_rewrites_ = false;
    for (const auto& request : requests) has_rewrites_ = has_rewrites_ || request.rewrite;
    while (next < requests.size() && next - first < kCommitRequestsMax && batch.GetDataSize() < kCommitBytesMax) {
      auto& request = requests[next++];
      completions[request.mailbox].push_back({request.slot, add(request, batch)});
    }
    if (batch.Count() > 0) {
      crash_point("store_commit_begin");
      auto status = db_->Write(durable, &batch);
      crash_point("store_commit_end");
      if (!status.ok()) {
        fatal_("a write failed: " + status.ToString());
        return;
      }
      commits_.fetch_add(1, std::memory_order_relaxed);
      bytes_.fetch_add(batch.GetDataSize(), std::memory_order_relaxed);
    }
    writes_.fetch_add(next - first, std::memory_order_relaxed);
    // A failed background job may have been told on another thread meanwhile: then nobody is told anything any more.
    if (fatal_.happened()) return;
    for (auto& [mailbox, done] : completions) mailbox->post(std::move(done));
    batch.Clear();
    heads_.clear();
    keys_.clear();
    rewritten_.clear();
  }
}

Committer::Outcome Committer::add(WriteRequest& request, rocksdb::WriteBatch& batch) {
  if (space() == Space::none) return StoreError::full;
  if (request.head) {
    bool write = false;
    if (auto error = decide_head(*request.head, write)) return error;
    if (write) {
      batch.Put(request.head->key, rocksdb_keys::head_value(request.head->head));
      heads_.insert_or_assign(request.head->key, request.head->head);
    }
  }
  if (request.rewrite) {
    const auto& rewrite = *request.rewrite;
    bool write = false;
    if (auto error = decide_rewrite(rewrite, write)) return error;
    if (write) {
      batch.Put(rocksdb_keys::rewritten_key(rewrite.key), rocksdb_keys::log_value(rewrite.version, rewrite.record));
      batch.Put(rewrite.key, rocksdb_keys::moved_value());
      rewritten_.insert_or_assign(rewrite.key, rewrite.version);
    }
  }
  ByteReader puts(request.puts);
  while (!puts.done()) {
    auto key = puts.string(), value = puts.string();
    KITH_ASSERT(puts.ok());
    batch.Put(slice(key), slice(value));
    if (has_rewrites_) keys_.emplace(key);
  }
  return std::nullopt;
}

Committer::Outcome Committer::decide_head(const WriteRequest::Head& change, bool& write) {
  Head present;
  if (auto touched = heads_.find(change.key); touched != heads_.end()) {
    present = touched->second;
  } else {
    std::string value;
    auto status = db_->Get({}, change.key, &value);
    if (status.ok()) {
      auto parsed = rocksdb_keys::parse_head_value(value);
      if (!parsed) return StoreError::corrupt;
      present = std::move(*parsed);
    } else if (!status.IsNotFound()) {
      return error_of(status);
    }
  }
  if (present == change.head) return std::nullopt;
  if (present.revision + 1 != change.head.revision) return StoreError::conflict;
  write = true;
  return std::nullopt;
}

Committer::Outcome Committer::decide_rewrite(const WriteRequest::Rewrite& rewrite, bool& write) {
  std::uint64_t present = 0;
  if (auto touched = rewritten_.find(rewrite.key); touched != rewritten_.end()) {
    present = touched->second;
  } else {
    std::string value;
    bool in_batch = keys_.contains(rewrite.key);
    auto status = in_batch ? rocksdb::Status::OK() : db_->Get({}, rewrite.key, &value);
    if (status.IsNotFound()) return std::nullopt;  // A row that is not there is not made.
    if (!status.ok()) return error_of(status);
    if (in_batch) {
      ByteReader seq(std::string_view(rewrite.key).substr(rewrite.key.size() - 16));
      present = seq.u64_be();
    } else {
      auto parsed = rocksdb_keys::parse_log_value(value);
      if (!parsed) return StoreError::corrupt;
      present = parsed->version;
    }
    // The append may have been repeated after a rewrite.
    status = db_->Get({}, rocksdb_keys::rewritten_key(rewrite.key), &value);
    if (status.ok()) {
      auto parsed = rocksdb_keys::parse_log_value(value);
      if (!parsed) return StoreError::corrupt;
      present = std::max(present, parsed->version);
    } else if (!status.IsNotFound()) {
      return error_of(status);
    }
  }
  write = rewrite.version > present;
  return std::nullopt;
}

Committer::Outcome Committer::error_of(const rocksdb::Status& status) {
  return status.IsCorruption() ? StoreError::corrupt : StoreError::unavailable;
}

void Committer::look_at_space() {
  space_seen_ns_ = now_ns();
  DiskSpace disk = disk_space_();
  std::uint64_t low = low_bytes_ ? low_bytes_ : std::max<std::uint64_t>(disk.total_bytes / 20, std::uint64_t{2} << 30);
  std::uint64_t none = none_bytes_ ? none_bytes_ : disk.total_bytes / 100;
  space_.store(disk.free_bytes < none ? Space::none : disk.free_bytes < low ? Space::low : Space::enough, std::memory_order_relaxed);
}

}  // namespace kith
