// store/memory_state.h — What lies on a MemoryDisk, as plain maps, and how one write changes it. No time, no faults.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "store/store.h"

namespace kith {

struct MemoryRewrite {
  LogId log;
  Seq seq;
  Epoch epoch;
  std::uint64_t version = 0;
  std::string record;
};
struct MemorySetHead {
  LogId log;
  Head head;
};
struct MemoryPut {
  RowTable table = RowTable::meta;
  std::string partition;
  std::vector<Row> rows;
};
using MemoryWrite = std::variant<Append, MemoryRewrite, MemorySetHead, MemoryPut>;

struct MemoryState {
  struct Cell {
    std::uint64_t version = 0;
    std::string record;
  };
  struct Value {
    std::uint64_t stamp = 0;  // When it was written, in the order in which writes became visible.
    std::string value;
  };
  using LogCells = std::map<std::pair<Seq, Epoch>, Cell>;
  using Partition = std::map<std::string, Value>;

  std::map<LogId, LogCells> logs;
  std::map<LogId, Head> heads;
  std::map<std::pair<RowTable, std::string>, Partition> rows;
  std::uint64_t numbers_reused = 0;  // Appends that met another record at their seq and epoch: somebody broke the contract.

  // Decides and writes. Rows of the partition with a higher stamp stay.
  StoreResult<Ok> apply(const MemoryWrite& write, std::uint64_t stamp);

  // Writes what has been decided elsewhere: a head goes in if it is newer.
  void settle(const MemoryWrite& write, std::uint64_t stamp);

  // Makes all that `write` touches as it is in `other`.
  void restore(const MemoryWrite& write, const MemoryState& other);

  StoreResult<Ok> decide_head(const LogId& log, const Head& head) const;
  Store::Rows read(const LogId& log, Seq low, Seq high, Direction direction, std::uint32_t limit) const;
  std::optional<LogRow> read_row(const LogPlace& place) const;
  Head head(const LogId& log) const;
  std::optional<std::string> get(const RowKey& key) const;
  Store::Scan scan(RowTable table, const std::string& partition, const std::string& from, std::uint32_t limit) const;
};

// The log that a write touches, or nothing for a put.
const LogId* touched_log(const MemoryWrite& write);

}  // namespace kith
