#include "store/fault_fs.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/assert.h"

namespace kith {

namespace fs = std::filesystem;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

namespace {

std::string plain(const std::string& path) { return fs::path(path).lexically_normal().string(); }

// RocksDB's own diary and its lock file are no data.
bool is_data(const std::string& path) {
  auto file = fs::path(path).filename().string();
  return file.rfind("LOG", 0) != 0 && file != "LOCK";
}

}  // namespace

const char* name(DiskCall call) {
  static constexpr const char* kNames[kDiskCalls] = {"append",   "sync",           "close", "create", "rename", "remove",
                                                     "truncate", "sync_directory", "read",  "open",   "list"};
  return kNames[static_cast<std::size_t>(call)];
}

class FaultWritableFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultWritableFile(FaultFileSystem& files, std::string path, std::unique_ptr<rocksdb::FSWritableFile> target)
      : FSWritableFileOwnerWrapper(std::move(target)), files_(files), path_(std::move(path)) {}

  IOStatus Append(const Slice& data, const IOOptions& how, IODebugContext* debug) override {
    std::size_t part = data.size();
    IOStatus outcome = files_.enter_append(path_, data.size(), part);
    if (part > 0) {
      IOStatus status = FSWritableFileOwnerWrapper::Append(Slice(data.data(), part), how, debug);
      if (!status.ok()) return status;
      files_.wrote(path_, part);
    }
    return outcome;
  }
  IOStatus Append(const Slice& data, const IOOptions& how, const rocksdb::DataVerificationInfo&, IODebugContext* debug) override {
    return Append(data, how, debug);
  }
  IOStatus PositionedAppend(const Slice&, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::NotSupported("direct writes");
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions& how, IODebugContext* debug) override {
    IOStatus status = files_.enter(DiskCall::truncate);
    if (status.ok()) status = FSWritableFileOwnerWrapper::Truncate(size, how, debug);
    return status.ok() ? files_.truncated(path_, size) : status;
  }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return files_.is_off() ? IOStatus::IOError("off") : IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return files_.sync(path_); }
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return files_.sync(path_); }
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Allocate(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  void PrepareWrite(std::size_t, std::size_t, const IOOptions&, IODebugContext*) override {}
  IOStatus Close(const IOOptions& how, IODebugContext* debug) override {
    IOStatus outcome = files_.enter(DiskCall::close);
    IOStatus status = FSWritableFileOwnerWrapper::Close(how, debug);
    return outcome.ok() ? status : outcome;
  }

 private:
  FaultFileSystem& files_;
  std::string path_;
};

class FaultSequentialFile : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  FaultSequentialFile(FaultFileSystem& files, std::unique_ptr<rocksdb::FSSequentialFile> target)
      : FSSequentialFileOwnerWrapper(std::move(target)), files_(files) {}
  IOStatus Read(std::size_t n, const IOOptions& how, Slice* result, char* scratch, IODebugContext* debug) override {
    IOStatus status = files_.enter(DiskCall::read);
    return status.ok() ? FSSequentialFileOwnerWrapper::Read(n, how, result, scratch, debug) : status;
  }

 private:
  FaultFileSystem& files_;
};

class FaultRandomAccessFile : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  FaultRandomAccessFile(FaultFileSystem& files, std::unique_ptr<rocksdb::FSRandomAccessFile> target)
      : FSRandomAccessFileOwnerWrapper(std::move(target)), files_(files) {}
  IOStatus Read(std::uint64_t offset, std::size_t n, const IOOptions& how, Slice* result, char* scratch,
                IODebugContext* debug) const override {
    IOStatus status = files_.enter(DiskCall::read);
    return status.ok() ? FSRandomAccessFileOwnerWrapper::Read(offset, n, how, result, scratch, debug) : status;
  }
  IOStatus Prefetch(std::uint64_t, std::size_t, const IOOptions&, IODebugContext*) override { return IOStatus::NotSupported("prefetch"); }
  // Piece by piece through Read above, so that each can fail.
  IOStatus MultiRead(rocksdb::FSReadRequest* requests, std::size_t count, const IOOptions& how, IODebugContext* debug) override {
    return rocksdb::FSRandomAccessFile::MultiRead(requests, count, how, debug);
  }

 private:
  FaultFileSystem& files_;
};

class FaultDirectory : public rocksdb::FSDirectory {
 public:
  explicit FaultDirectory(FaultFileSystem& files) : files_(files) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    IOStatus status = files_.enter(DiskCall::sync_directory);
    if (status.ok()) files_.directory_synced();
    return status;
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  FaultFileSystem& files_;
};

FaultFileSystem::FaultFileSystem(std::string aside, Random& random)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), aside_(std::move(aside)), random_(random) {
  fs::create_directories(aside_);
}

// ---- faults

void FaultFileSystem::arm(DiskCall call, std::uint64_t n, Fault fault) {
  std::lock_guard lock(mutex_);
  calls_ = {};
  armed_ = Armed{call, n, fault};
  fired_ = false;
}

void FaultFileSystem::disarm() {
  std::lock_guard lock(mutex_);
  armed_.reset();
}

bool FaultFileSystem::fired() const {
  std::lock_guard lock(mutex_);
  return fired_;
}

void FaultFileSystem::turn_off() {
  std::lock_guard lock(mutex_);
  off_ = true;
}

bool FaultFileSystem::is_off() const {
  std::lock_guard lock(mutex_);
  return off_;
}

void FaultFileSystem::lie_about_sync(bool lie) {
  std::lock_guard lock(mutex_);
  lies_ = lie;
}

std::uint64_t FaultFileSystem::calls(DiskCall call) const {
  std::lock_guard lock(mutex_);
  return calls_[static_cast<std::size_t>(call)];
}

IOStatus FaultFileSystem::enter(DiskCall call) {
  std::lock_guard lock(mutex_);
  if (off_) return IOStatus::IOError("the machine is off");
  std::uint64_t n = ++calls_[static_cast<std::size_t>(call)];
  if (!armed_ || fired_ || armed_->call != call || armed_->n != n) return IOStatus::OK();
  fired_ = true;
  if (armed_->fault == Fault::off) off_ = true;
  return IOStatus::IOError(std::string("injected: ") + name(call));
}

IOStatus FaultFileSystem::enter_append(const std::string&, std::size_t size, std::size_t& write) {
  bool was_off = is_off();
  IOStatus status = enter(DiskCall::append);
  if (!status.ok()) {
    std::lock_guard lock(mutex_);
    write = was_off ? 0 : random_.below(size + 1);
  }
  return status;
}

void FaultFileSystem::wrote(const std::string& path, std::uint64_t bytes) {
  std::lock_guard lock(mutex_);
  files_[path].size += bytes;
}

IOStatus FaultFileSystem::sync(const std::string& path) {
  bool was_off = is_off();
  IOStatus status = enter(DiskCall::sync);
  std::lock_guard lock(mutex_);
  auto& file = files_[path];
  if (!status.ok()) {
    // Whoever goes off in the middle of a sync may have written a part; a sync that fails on a running machine has lost it.
    if (!was_off && !off_ && !file.lost_from) file.lost_from = file.synced;
    return status;
  }
  if (!lies_) file.synced = file.lost_from.value_or(file.size);
  return status;
}

IOStatus FaultFileSystem::truncated(const std::string& path, std::uint64_t size) {
  std::lock_guard lock(mutex_);
  auto& file = files_[path];
  file.size = size;
  file.synced = std::min(file.synced, size);
  return IOStatus::OK();
}

// ---- directories

std::string FaultFileSystem::save(const std::string& path) {
  if (!fs::exists(path)) return {};
  std::string saved = aside_ + "/" + std::to_string(saved_++);
  fs::rename(path, saved);
  return saved;
}

void FaultFileSystem::directory_synced() {
  std::lock_guard lock(mutex_);
  if (lies_) return;
  for (const auto& change : changes_) {
    if (!change.saved.empty()) fs::remove(change.saved);
  }
  changes_.clear();
}

void FaultFileSystem::undo(const Change& change) {
  switch (change.kind) {
    case Change::Kind::created:
      fs::remove(change.path);
      files_.erase(change.path);
      break;
    case Change::Kind::renamed:
      if (fs::exists(change.to)) fs::rename(change.to, change.path);
      files_[change.path] = files_[change.to];
      files_.erase(change.to);
      if (!change.saved.empty()) fs::rename(change.saved, change.to);
      break;
    case Change::Kind::removed:
      if (!change.saved.empty()) fs::rename(change.saved, change.path);
      break;
  }
}

void FaultFileSystem::turn_on(Power power) {
  std::lock_guard lock(mutex_);
  KITH_ASSERT(off_);
  off_ = false;
  armed_.reset();
  if (power == Power::kept) return;
  for (std::size_t stay = random_.below(changes_.size() + 1); changes_.size() > stay; changes_.pop_back()) undo(changes_.back());
  for (const auto& change : changes_) {
    if (!change.saved.empty()) fs::remove(change.saved);
  }
  changes_.clear();
  for (auto& [path, file] : files_) {
    if (!fs::exists(path)) continue;
    std::uint64_t durable = std::min({file.synced, file.lost_from.value_or(file.synced), file.size});
    std::uint64_t torn = file.lost_from ? 0 : random_.below(file.size - durable + 1);
    file = {durable + torn, durable + torn, std::nullopt};
    fs::resize_file(path, file.size);
  }
}

// ---- the file system

IOStatus FaultFileSystem::NewSequentialFile(const std::string& path, const rocksdb::FileOptions& how,
                                            std::unique_ptr<rocksdb::FSSequentialFile>* out, IODebugContext* debug) {
  IOStatus status = enter(DiskCall::open);
  std::unique_ptr<rocksdb::FSSequentialFile> file;
  if (status.ok()) status = target()->NewSequentialFile(path, how, &file, debug);
  if (status.ok()) *out = std::make_unique<FaultSequentialFile>(*this, std::move(file));
  return status;
}

IOStatus FaultFileSystem::NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& how,
                                              std::unique_ptr<rocksdb::FSRandomAccessFile>* out, IODebugContext* debug) {
  IOStatus status = enter(DiskCall::open);
  std::unique_ptr<rocksdb::FSRandomAccessFile> file;
  if (status.ok()) status = target()->NewRandomAccessFile(path, how, &file, debug);
  if (status.ok()) *out = std::make_unique<FaultRandomAccessFile>(*this, std::move(file));
  return status;
}

IOStatus FaultFileSystem::NewWritableFile(const std::string& given, const rocksdb::FileOptions& how,
                                          std::unique_ptr<rocksdb::FSWritableFile>* out, IODebugContext* debug) {
  std::string path = plain(given);
  if (!is_data(path)) return target()->NewWritableFile(path, how, out, debug);
  IOStatus status = enter(DiskCall::create);
  if (!status.ok()) return status;
  {
    std::lock_guard lock(mutex_);
    std::string saved = save(path);
    if (!saved.empty()) changes_.push_back({Change::Kind::removed, path, {}, saved});
    changes_.push_back({Change::Kind::created, path, {}, {}});
    files_[path] = {};
  }
  std::unique_ptr<rocksdb::FSWritableFile> file;
  status = target()->NewWritableFile(path, how, &file, debug);
  if (status.ok()) *out = std::make_unique<FaultWritableFile>(*this, path, std::move(file));
  return status;
}

IOStatus FaultFileSystem::ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& how,
                                             std::unique_ptr<rocksdb::FSWritableFile>* out, IODebugContext* debug) {
  IOStatus status = enter(DiskCall::open);
  std::unique_ptr<rocksdb::FSWritableFile> file;
  if (status.ok()) status = target()->ReopenWritableFile(path, how, &file, debug);
  if (status.ok()) *out = std::make_unique<FaultWritableFile>(*this, plain(path), std::move(file));
  return status;
}

IOStatus FaultFileSystem::NewDirectory(const std::string& path, const IOOptions& how, std::unique_ptr<rocksdb::FSDirectory>* out,
                                       IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSDirectory> directory;
  IOStatus status = target()->NewDirectory(path, how, &directory, debug);
  if (status.ok()) *out = std::make_unique<FaultDirectory>(*this);
  return status;
}

IOStatus FaultFileSystem::GetChildren(const std::string& path, const IOOptions& how, std::vector<std::string>* out, IODebugContext* debug) {
  IOStatus status = enter(DiskCall::list);
  return status.ok() ? target()->GetChildren(path, how, out, debug) : status;
}

IOStatus FaultFileSystem::DeleteFile(const std::string& given, const IOOptions& how, IODebugContext* debug) {
  std::string path = plain(given);
  if (!is_data(path)) return target()->DeleteFile(path, how, debug);
  IOStatus status = enter(DiskCall::remove);
  if (!status.ok()) return status;
  std::lock_guard lock(mutex_);
  std::string saved = save(path);
  if (saved.empty()) return IOStatus::PathNotFound(path);
  changes_.push_back({Change::Kind::removed, path, {}, saved});
  return IOStatus::OK();
}

IOStatus FaultFileSystem::RenameFile(const std::string& given, const std::string& given_to, const IOOptions& how, IODebugContext* debug) {
  std::string from = plain(given), to = plain(given_to);
  if (!is_data(from)) return target()->RenameFile(from, to, how, debug);
  IOStatus status = enter(DiskCall::rename);
  if (!status.ok()) return status;
  std::lock_guard lock(mutex_);
  std::string saved = save(to);
  changes_.push_back({Change::Kind::renamed, from, to, saved});
  files_[to] = files_[from];
  files_.erase(from);
  return target()->RenameFile(from, to, how, debug);
}

IOStatus FaultFileSystem::Truncate(const std::string& path, std::size_t size, const IOOptions& how, IODebugContext* debug) {
  IOStatus status = enter(DiskCall::truncate);
  if (status.ok()) status = target()->Truncate(path, size, how, debug);
  return status.ok() ? truncated(plain(path), size) : status;
}

}  // namespace kith
