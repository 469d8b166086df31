// store/rocksdb_keys.h — How rows lie in RocksDB. Values; no loop; no RocksDB in here. The bytes are on disk: append only.
//
//   log row    table, key size, key, seq (8 bytes, big endian), epoch (8)        → 1, version, record   | 2
//   rewritten  the same, then 1                                                   → 1, version, record
//   head       128 + table, key size, key                                         → 1, rebuild, first kept, checkpoint, revision, chain
//   row        table, partition size, partition, key                              → 1, value
//
// Each value begins with a format byte. An append writes blindly, without looking whether the row is there: that is what makes it cheap.
// So a rewrite goes beside its row, whose value then is a bare 2 (the old text is gone), and a late repeat of the append cannot undo it:
// of a row and its rewrite the higher version counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/store.h"

namespace kith::rocksdb_keys {

inline constexpr std::uint64_t kSchema = 1;
inline constexpr std::uint8_t kHeadTable = 128;

std::string log_prefix(const LogId& log);
std::string log_key(const LogId& log, Seq seq, Epoch epoch);
std::string rewritten_key(std::string_view log_key);
std::string head_key(const LogId& log);
std::string row_prefix(RowTable table, std::string_view partition);
std::string row_key(const RowKey& key);
RowKey schema_key();

// The least key above all that begin with `prefix`.
std::string after_prefix(std::string_view prefix);

struct LogPlace {
  Seq seq;
  Epoch epoch;
  bool rewritten = false;
};
// `key` without its prefix.
std::optional<LogPlace> parse_log_place(std::string_view key);

// The part before seq (or before the row's key), whole and then split. Nothing when the key is not well-formed.
struct Name {
  std::uint8_t table = 0;
  std::string_view name;
  std::size_t size = 0;  // Of the prefix.
};
std::optional<Name> parse_name(std::string_view key);

struct LogValue {
  std::uint64_t version = 0;
  std::string_view record;  // Points into what was parsed.
  bool moved = false;       // Only its rewrite counts.
};
std::string log_value(std::uint64_t version, std::string_view record);
std::string moved_value();
std::optional<LogValue> parse_log_value(std::string_view value);

std::string head_value(const Head& head);
std::optional<Head> parse_head_value(std::string_view value);

std::string row_value(std::string_view value);
std::optional<std::string_view> parse_row_value(std::string_view value);

}  // namespace kith::rocksdb_keys
