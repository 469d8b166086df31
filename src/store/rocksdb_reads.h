// store/rocksdb_reads.h — Every read of the RocksDB store, as plain functions: inside the call with what is in memory, or from disk.
//
// Any thread. With `from_disk` false the answer is nothing when the disk would be needed; with true there is always one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/store.h"

namespace rocksdb {
class DB;
class Iterator;
class Status;
}  // namespace rocksdb

namespace kith::rocksdb_reads {

template <class T>
using Answer = std::optional<StoreResult<T>>;

Answer<Store::Rows> read(rocksdb::DB& db, const LogId& log, Seq low, Seq high, Direction direction, std::uint32_t limit, bool from_disk);
Answer<std::vector<std::optional<LogRow>>> read_rows(rocksdb::DB& db, const std::vector<LogPlace>& places, bool from_disk);
Answer<Head> head(rocksdb::DB& db, const LogId& log, bool from_disk);
Answer<std::optional<std::string>> get(rocksdb::DB& db, const RowKey& key, bool from_disk);
Answer<std::vector<std::optional<std::string>>> multi_get(rocksdb::DB& db, const std::vector<RowKey>& keys, bool from_disk);
Answer<Store::Scan> scan(rocksdb::DB& db, RowTable table, const std::string& partition, const std::string& from, std::uint32_t limit,
                         bool from_disk);

// Nothing: incomplete, ask the disk. Else which error a failed status is.
std::optional<StoreError> error_of(const rocksdb::Status& status);

// Joins a row with its rewrite while an iterator passes over both, in either direction. Keys are without the log's prefix.
class RowJoiner {
 public:
  // Takes the next key and value. false: they are damaged.
  bool take(std::string_view place, std::string_view value);

  // The row before that one, when it is whole.
  std::optional<LogRow> ready() { return std::exchange(ready_, std::nullopt); }

  // The last one; false when what remains is damaged.
  bool finish();

 private:
  bool flush();

  struct Part {
    Seq seq;
    Epoch epoch;
    std::optional<LogRow> row;      // As appended.
    std::optional<LogRow> rewrite;  // As rewritten.
    bool moved = false;
  };
  std::optional<Part> part_;
  std::optional<LogRow> ready_;
};

}  // namespace kith::rocksdb_reads
