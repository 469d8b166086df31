#include "store/rocksdb_reads.h"

#include <rocksdb/db.h>

#include <utility>

#include "store/checks.h"
#include "store/rocksdb_keys.h"

namespace kith::rocksdb_reads {

namespace keys = rocksdb_keys;

namespace {

std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

rocksdb::ReadOptions options(bool from_disk) {
  rocksdb::ReadOptions out;
  out.read_tier = from_disk ? rocksdb::kReadAllTier : rocksdb::kBlockCacheTier;
  return out;
}

}  // namespace

std::optional<StoreError> error_of(const rocksdb::Status& status) {
  if (status.IsIncomplete()) return std::nullopt;
  return status.IsCorruption() ? StoreError::corrupt : StoreError::unavailable;
}

bool RowJoiner::take(std::string_view place, std::string_view value) {
  auto where = keys::parse_log_place(place);
  auto parsed = keys::parse_log_value(value);
  if (!where || !parsed || (where->rewritten && parsed->moved)) return false;
  if (part_ && (part_->seq != where->seq || part_->epoch != where->epoch) && !flush()) return false;
  if (!part_) part_ = Part{where->seq, where->epoch, {}, {}, false};
  if (parsed->moved) {
    part_->moved = true;
  } else {
    (where->rewritten ? part_->rewrite : part_->row) = LogRow{where->seq, where->epoch, parsed->version, std::string(parsed->record)};
  }
  return true;
}

bool RowJoiner::flush() {
  auto part = std::exchange(part_, std::nullopt);
  // A rewrite has its row, and a row that moved has its rewrite: they were written together.
  if (!part->row && !(part->moved && part->rewrite)) return false;
  bool rewritten = part->rewrite && (!part->row || part->rewrite->version >= part->row->version);
  ready_ = std::move(rewritten ? part->rewrite : part->row);
  return true;
}

bool RowJoiner::finish() { return !part_ || flush(); }

Answer<Store::Rows> read(rocksdb::DB& db, const LogId& log, Seq low, Seq high, Direction direction, std::uint32_t limit, bool from_disk) {
  Page page(limit);
  if (low > high) return page.finish();
  std::string prefix = keys::log_prefix(log);
  std::string lower = keys::log_key(log, low, Epoch{0});
  std::string upper = high.value == ~std::uint64_t{0} ? keys::after_prefix(prefix) : keys::log_key(log, high + 1, Epoch{0});
  rocksdb::Slice lower_slice(lower), upper_slice(upper);
  auto how = options(from_disk);
  how.iterate_lower_bound = &lower_slice;
  how.iterate_upper_bound = &upper_slice;
  std::unique_ptr<rocksdb::Iterator> it(db.NewIterator(how));
  RowJoiner joiner;
  bool full = false;
  for (direction == Direction::up ? it->SeekToFirst() : it->SeekToLast(); it->Valid();
       direction == Direction::up ? it->Next() : it->Prev()) {
    if (!joiner.take(view(it->key()).substr(prefix.size()), view(it->value()))) return StoreError::corrupt;
    if (auto row = joiner.ready(); row && !page.take(std::move(*row))) {
      full = true;
      break;
    }
  }
  if (!it->status().ok()) {
    auto error = error_of(it->status());
    return error ? Answer<Store::Rows>(*error) : std::nullopt;
  }
  if (!full) {
    if (!joiner.finish()) return StoreError::corrupt;
    if (auto row = joiner.ready()) page.take(std::move(*row));
  }
  return page.finish();
}

Answer<std::vector<std::optional<LogRow>>> read_rows(rocksdb::DB& db, const std::vector<LogPlace>& places, bool from_disk) {
  std::vector<std::optional<LogRow>> found;
  found.reserve(places.size());
  // A row and its rewrite were written together, and are read so.
  rocksdb::ManagedSnapshot moment(&db);
  auto how = options(from_disk);
  how.snapshot = moment.snapshot();
  for (const auto& place : places) {
    std::string row_key = keys::log_key(place.log, place.seq, place.epoch);
    std::size_t prefix = keys::log_prefix(place.log).size();
    RowJoiner joiner;
    for (const auto& key : {row_key, keys::rewritten_key(row_key)}) {
      rocksdb::PinnableSlice value;
      auto status = db.Get(how, db.DefaultColumnFamily(), key, &value);
      if (status.IsNotFound()) continue;
      if (!status.ok()) {
        auto error = error_of(status);
        return error ? Answer<std::vector<std::optional<LogRow>>>(*error) : std::nullopt;
      }
      if (!joiner.take(std::string_view(key).substr(prefix), view(value))) return StoreError::corrupt;
    }
    if (!joiner.finish()) return StoreError::corrupt;
    found.push_back(joiner.ready());
  }
  return found;
}

Answer<Head> head(rocksdb::DB& db, const LogId& log, bool from_disk) {
  rocksdb::PinnableSlice value;
  auto status = db.Get(options(from_disk), db.DefaultColumnFamily(), keys::head_key(log), &value);
  if (status.IsNotFound()) return Head{};
  if (!status.ok()) {
    auto error = error_of(status);
    return error ? Answer<Head>(*error) : std::nullopt;
  }
  auto parsed = keys::parse_head_value(view(value));
  if (!parsed) return StoreError::corrupt;
  return std::move(*parsed);
}

Answer<std::optional<std::string>> get(rocksdb::DB& db, const RowKey& key, bool from_disk) {
  using Value = std::optional<std::string>;
  rocksdb::PinnableSlice value;
  auto status = db.Get(options(from_disk), db.DefaultColumnFamily(), keys::row_key(key), &value);
  if (status.IsNotFound()) return StoreResult<Value>(Value());
  if (!status.ok()) {
    auto error = error_of(status);
    return error ? Answer<Value>(*error) : std::nullopt;
  }
  auto parsed = keys::parse_row_value(view(value));
  if (!parsed) return StoreError::corrupt;
  return StoreResult<Value>(Value(*parsed));
}

Answer<std::vector<std::optional<std::string>>> multi_get(rocksdb::DB& db, const std::vector<RowKey>& keys, bool from_disk) {
  std::vector<std::optional<std::string>> values;
  values.reserve(keys.size());
  // One moment for all of them: a put of several rows is seen whole.
  rocksdb::ManagedSnapshot moment(&db);
  auto how = options(from_disk);
  how.snapshot = moment.snapshot();
  for (const auto& key : keys) {
    rocksdb::PinnableSlice value;
    auto status = db.Get(how, db.DefaultColumnFamily(), keys::row_key(key), &value);
    if (status.IsNotFound()) {
      values.emplace_back();
      continue;
    }
    if (!status.ok()) {
      auto error = error_of(status);
      return error ? Answer<std::vector<std::optional<std::string>>>(*error) : std::nullopt;
    }
    auto parsed = keys::parse_row_value(view(value));
    if (!parsed) return StoreError::corrupt;
    values.emplace_back(*parsed);
  }
  return values;
}

Answer<Store::Scan> scan(rocksdb::DB& db, RowTable table, const std::string& partition, const std::string& from, std::uint32_t limit,
                         bool from_disk) {
  std::string prefix = keys::row_prefix(table, partition);
  std::string lower = prefix + from;
  std::string upper = keys::after_prefix(prefix);
  rocksdb::Slice lower_slice(lower), upper_slice(upper);
  auto how = options(from_disk);
  how.iterate_lower_bound = &lower_slice;
  how.iterate_upper_bound = &upper_slice;
  std::unique_ptr<rocksdb::Iterator> it(db.NewIterator(how));
  Store::Scan out;
  std::size_t bytes = 0;
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    if (out.rows.size() >= limit || bytes >= kReadBytesMax) {
      out.more = true;
      break;
    }
    auto value = keys::parse_row_value(view(it->value()));
    if (!value) return StoreError::corrupt;
    out.rows.push_back({std::string(view(it->key()).substr(prefix.size())), std::string(*value)});
    bytes += it->key().size() + value->size();
  }
  if (!it->status().ok()) {
    auto error = error_of(it->status());
    return error ? Answer<Store::Scan>(*error) : std::nullopt;
  }
  return out;
}

}  // namespace kith::rocksdb_reads
