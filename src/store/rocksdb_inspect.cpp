#include <rocksdb/db.h>
#include <rocksdb/file_system.h>

#include <filesystem>
#include <utility>

#include "store/inspect.h"
#include "store/rocksdb_keys.h"
#include "store/rocksdb_open.h"
#include "store/rocksdb_reads.h"

namespace kith {

namespace keys = rocksdb_keys;

namespace {

std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

class RocksInspector : public Inspector {
 public:
  // Held so that no server starts on what is being inspected.
  struct Lock {
    ~Lock() {
      if (lock) env->UnlockFile(lock);
    }
    rocksdb::Env* env = nullptr;
    rocksdb::FileLock* lock = nullptr;
  };

  RocksInspector(std::unique_ptr<Lock> lock, std::unique_ptr<rocksdb::DB> db) : lock_(std::move(lock)), db_(std::move(db)) {}

  StoreResult<Ok> each_log(Fn<void(const LogId&)> visit) override {
    for (auto table : {LogTable::direct_messages, LogTable::group_messages, LogTable::inboxes}) {
      auto number = static_cast<std::uint8_t>(table);
      auto with_rows = each_name(number, [&](std::string_view name) { visit({table, std::string(name)}); });
      if (!with_rows) return with_rows;
      // Those that have a head only.
      std::optional<StoreError> failed;
      auto heads = each_name(keys::kHeadTable + number, [&](std::string_view name) {
        LogId log{table, std::string(name)};
        auto has = has_rows(log);
        if (!has) failed = has.error();
        if (has && !*has) visit(log);
      });
      if (!heads) return heads;
      if (failed) return *failed;
    }
    return Ok{};
  }

  StoreResult<Head> head(const LogId& log) override { return *rocksdb_reads::head(*db_, log, true); }

  StoreResult<Ok> each_log_row(const LogId& log, Fn<void(const LogRow&)> visit) override {
    std::string prefix = keys::log_prefix(log);
    rocksdb_reads::RowJoiner joiner;
    auto it = everything();
    for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix); it->Next()) {
      if (!joiner.take(view(it->key()).substr(prefix.size()), view(it->value()))) return StoreError::corrupt;
      if (auto row = joiner.ready()) visit(*row);
    }
    if (!it->status().ok()) return failure(it->status());
    if (!joiner.finish()) return StoreError::corrupt;
    if (auto row = joiner.ready()) visit(*row);
    return Ok{};
  }

  StoreResult<Ok> each_row(RowTable table, Fn<void(const std::string&, const Row&)> visit) override {
    std::string prefix(1, static_cast<char>(table));
    auto it = everything();
    for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix); it->Next()) {
      auto name = keys::parse_name(view(it->key()));
      auto value = keys::parse_row_value(view(it->value()));
      if (!name || !value) return StoreError::corrupt;
      visit(std::string(name->name), {std::string(view(it->key()).substr(name->size)), std::string(*value)});
    }
    if (!it->status().ok()) return failure(it->status());
    return Ok{};
  }

 private:
  static StoreError failure(const rocksdb::Status& status) { return rocksdb_reads::error_of(status).value_or(StoreError::unavailable); }

  std::unique_ptr<rocksdb::Iterator> everything() {
    rocksdb::ReadOptions once;
    once.fill_cache = false;
    return std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(once));
  }

  // Each name below a table byte, leaping over what has that name.
  StoreResult<Ok> each_name(std::uint8_t table, Fn<void(std::string_view)> visit) {
    std::string from(1, static_cast<char>(table));
    auto it = everything();
    for (it->Seek(from); it->Valid() && static_cast<std::uint8_t>(it->key()[0]) == table; it->Seek(from)) {
      auto name = keys::parse_name(view(it->key()));
      if (!name) return StoreError::corrupt;
      visit(name->name);
      from = keys::after_prefix(view(it->key()).substr(0, name->size));
    }
    if (!it->status().ok()) return failure(it->status());
    return Ok{};
  }

  StoreResult<bool> has_rows(const LogId& log) {
    std::string prefix = keys::log_prefix(log);
    auto it = everything();
    it->Seek(prefix);
    if (!it->status().ok()) return failure(it->status());
    return it->Valid() && it->key().starts_with(prefix);
  }

  std::unique_ptr<Lock> lock_;
  std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace

Result<std::unique_ptr<Inspector>> inspect_rocksdb(const std::string& path) {
  if (!std::filesystem::exists(path + "/CURRENT")) return Failure{Code::not_found, "disk: there is no data in " + path};
  auto lock = std::make_unique<RocksInspector::Lock>();
  lock->env = rocksdb::Env::Default();
  auto status = lock->env->LockFile(path + "/LOCK", &lock->lock);
  if (!status.ok()) return refusal(status);
  RocksOptions options;
  options.path = path;
  auto settings = rocksdb_settings(options, lock->env);
  settings.create_if_missing = false;
  rocksdb::DB* opened = nullptr;
  status = rocksdb::DB::OpenForReadOnly(settings, path, &opened);
  std::unique_ptr<rocksdb::DB> db(opened);
  if (!status.ok()) return refusal(status);
  if (auto failure = check_schema(*db, false)) return *failure;
  return std::unique_ptr<Inspector>(std::make_unique<RocksInspector>(std::move(lock), std::move(db)));
}

}  // namespace kith
