#include "store/rocksdb_open.h"

#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <charconv>

#include "store/rocksdb_keys.h"

namespace kith {

rocksdb::Options rocksdb_settings(const RocksOptions& options, rocksdb::Env* env) {
  rocksdb::Options out;
  out.env = env;
  out.create_if_missing = true;

  // A torn tail was never acked and may go; damage before it refuses to open, where the default would drop what follows in silence.
  out.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  out.recycle_log_file_num = 0;  // An old record in a recycled file looks like a torn tail.
  out.paranoid_checks = true;
  out.max_bgerror_resume_count = 0;               // A failure ends the process; nothing is resumed.
  out.track_and_verify_wals_in_manifest = false;  // In 7.8.3 it may refuse what is whole.
  out.avoid_flush_during_recovery = false;        // What was read back after a failed fsync must be written anew before it is served.
  out.manual_wal_flush = false;

  // There is one writer: whatever lets several write at once only costs.
  out.allow_concurrent_memtable_write = false;
  out.enable_write_thread_adaptive_yield = false;
  out.enable_pipelined_write = false;
  out.two_write_queues = false;
  out.unordered_write = false;

  out.write_buffer_size = options.memtable_mb << 20;
  out.max_write_buffer_number = 3;
  out.max_background_jobs = 2;
  out.level_compaction_dynamic_level_bytes = true;
  auto supported = rocksdb::GetSupportedCompressions();
  bool has_lz4 = std::find(supported.begin(), supported.end(), rocksdb::kLZ4Compression) != supported.end();
  out.compression = has_lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;

  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_mb << 20);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = true;
  out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));

  // Its own log stays small, and it wakes up for nothing.
  out.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  out.max_log_file_size = 4 << 20;
  out.keep_log_file_num = 4;
  out.stats_dump_period_sec = 0;
  out.stats_persist_period_sec = 0;
  return out;
}

Failure refusal(const rocksdb::Status& status) {
  std::string text = status.ToString();
  if (status.IsIOError() && (text.find("While lock file") != text.npos || text.find("lock hold by current process") != text.npos)) {
    return {Code::unavailable, "locked: another process has this data directory open (" + text + ")"};
  }
  if (status.IsCorruption()) return {Code::internal, "corrupt: " + text};
  return {Code::unavailable, "disk: " + text};
}

std::optional<Failure> check_schema(rocksdb::DB& db, bool may_write) {
  std::string key = rocksdb_keys::row_key(rocksdb_keys::schema_key());
  std::string stored;
  auto status = db.Get({}, key, &stored);
  if (status.ok()) {
    auto value = rocksdb_keys::parse_row_value(stored);
    std::uint64_t schema = 0;
    bool whole = value && std::from_chars(value->data(), value->data() + value->size(), schema).ec == std::errc();
    if (!whole) return Failure{Code::internal, "corrupt: the schema version cannot be read"};
    if (schema > rocksdb_keys::kSchema) {
      return Failure{Code::unavailable, "newer_format: the data has schema " + std::to_string(schema) + ", this program knows up to " +
                                            std::to_string(rocksdb_keys::kSchema)};
    }
    return std::nullopt;
  }
  if (!status.IsNotFound()) return refusal(status);
  std::unique_ptr<rocksdb::Iterator> it(db.NewIterator({}));
  it->SeekToFirst();
  if (!it->status().ok()) return refusal(it->status());
  if (it->Valid()) return Failure{Code::internal, "corrupt: there is data without a schema version"};
  if (!may_write) return std::nullopt;
  rocksdb::WriteOptions durable;
  durable.sync = true;
  status = db.Put(durable, key, rocksdb_keys::row_value(std::to_string(rocksdb_keys::kSchema)));
  if (!status.ok()) return refusal(status);
  return std::nullopt;
}

}  // namespace kith
