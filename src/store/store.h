// store/store.h — Where everything that must survive is kept: logs, and rows beside them.
//
//   Which loop   A Store object belongs to one loop; calls come from it and futures complete on it. The engine behind may be shared.
//   Order        Calls are independent: a later call may complete first. Who needs an order awaits. (Log keeps one batch in flight.)
//   Durable      A write is durable when its future completes with a value: fsynced on one machine, at quorum in a cluster.
//   Cancelled    By nobody: a write whose future was dropped may still happen.
//   Fails        With a StoreError. After `unknown` the write may have happened, may happen later, or never: repeating the
//                *identical* call until it succeeds is always right, because every write here is idempotent.
//   Never        Deletes, expiry, partial updates. Removal is a value.
//
//        append ──▶ ┊ not yet visible, or visible: both allowed ┊ ──▶ completes ──▶ visible to every read that starts now, for ever
//
// Every implementation passes store/store_contract_test: `memory` (with the faults of the real ones), `rocksdb`.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/task.h"

namespace kith {

enum class StoreError : std::uint8_t {
  conflict,     // Compare-and-set: the head row is not the one that was expected. Nothing was written.
  unknown,      // The outcome is unclear: repeat the identical call.
  unavailable,  // Nothing was written or read; later it may work.
  full,         // No room. Nothing was written.
  corrupt,      // What was read is damaged. Never an empty answer instead.
};
const char* name(StoreError);
[[noreturn]] void throw_exception_from_error(StoreError, const boost::source_location&);

template <class T>
using StoreResult = boost::system::result<T, StoreError>;

// The tables of logs, and of rows. The numbers are on disk: append only.
enum class LogTable : std::uint8_t { direct_messages = 1, group_messages = 2, inboxes = 3 };
enum class RowTable : std::uint8_t {
  groups = 16,
  members = 17,
  user_conversations = 18,
  pending = 19,
  users = 20,
  devices = 21,
  contacts = 22,
  meta = 23
};

// One log: a conversation's, or a user's inbox. `key` is ConversationId::key() or the user id.
struct LogId {
  LogTable table = LogTable::direct_messages;
  std::string key;
  auto operator<=>(const LogId&) const = default;
};

// A row of a log, as it lies there. Which of several epochs at one seq counts is told by the chain (log/chain.h).
struct LogRow {
  Seq seq;
  Epoch epoch;
  std::uint64_t version = 0;  // Seq of the entry that last changed this row; at first its own.
  std::string record;
};

// Who wrote which part of a log, and how far its views have come. One row a log, changed only by compare-and-set.
struct Head {
  struct Link {
    Epoch epoch;
    Seq first;  // This epoch's rows count from here on, until the next link.
    auto operator<=>(const Link&) const = default;
  };
  std::vector<Link> chain;     // Ascending in both; never cut, but an epoch without rows is replaced.
  std::uint32_t rebuild = 0;   // How often the log was rebuilt.
  Seq first_kept{1};           // Older rows were dropped.
  Seq checkpoint;              // All views up to here are durable.
  std::uint64_t revision = 0;  // Of this row: 0 before it exists, one more at each change.
  bool operator==(const Head&) const = default;
};

struct Append {
  LogId log;
  Epoch epoch;
  Seq first;  // The records get first, first + 1, …; version = seq. They stay inside one bucket.
  std::vector<std::string> records;
  std::optional<Head> head;  // Also set this head, in the same durable step. Expects head->revision - 1.
};
inline constexpr std::uint64_t kBucketRows = 1024;  // Bucket of a row: (seq - 1) / kBucketRows.

// Where one row of a log lies.
struct LogPlace {
  LogId log;
  Seq seq;
  Epoch epoch;
};

enum class Direction : std::uint8_t { up, down };

// A row beside the logs. One partition is one user, one conversation or one slot; rows of a partition are ordered by key.
struct RowKey {
  RowTable table = RowTable::meta;
  std::string partition;
  std::string key;
};
struct Row {
  std::string key;
  std::string value;
};

enum class Space : std::uint8_t { enough, low, none };  // low: no new messages. none: nothing at all.

class Store {
 public:
  virtual ~Store() = default;

  // ---- logs

  // All records or none. Repeating the identical call changes nothing.
  virtual Future<StoreResult<Ok>> append(Append batch) = 0;

  // Rows with low <= seq <= high of all epochs, ordered by (seq, epoch) or the reverse; at most `limit` (1 to 4096) and about
  // kReadBytesMax. Fewer than `limit` rows do not mean the end: `more` says whether there are more. The rows of one seq are never
  // parted by the end of a page.
  struct Rows {
    std::vector<LogRow> rows;
    bool more = false;
  };
  virtual Future<StoreResult<Rows>> read(LogId log, Seq low, Seq high, Direction, std::uint32_t limit) = 0;

  // One row of each of many logs, in the order of `places`; nothing where there is none. At most kReadRowsMax.
  virtual Future<StoreResult<std::vector<std::optional<LogRow>>>> read_rows(std::vector<LogPlace> places) = 0;

  // Replaces one row whole, if `version` is higher than the row's. A row that is not there is not made.
  virtual Future<StoreResult<Ok>> rewrite(LogId log, Seq seq, Epoch epoch, std::uint64_t version, std::string record) = 0;

  // The head row; revision 0 when there is none.
  virtual Future<StoreResult<Head>> head(LogId log) = 0;

  // Sets the head row if its revision is head.revision - 1, else `conflict`. The identical repeat of a success is a success.
  virtual Future<StoreResult<Ok>> set_head(LogId log, Head head) = 0;

  // ---- rows

  virtual Future<StoreResult<std::optional<std::string>>> get(RowKey key) = 0;
  virtual Future<StoreResult<std::vector<std::optional<std::string>>>> multi_get(std::vector<RowKey> keys) = 0;

  // Whole rows of one partition: all or none.
  virtual Future<StoreResult<Ok>> put(RowTable table, std::string partition, std::vector<Row> rows) = 0;

  // Rows of a partition with key >= from, ascending, at most `limit` (1 to 4096).
  struct Scan {
    std::vector<Row> rows;
    bool more = false;
  };
  virtual Future<StoreResult<Scan>> scan(RowTable table, std::string partition, std::string from, std::uint32_t limit) = 0;

  // ---- the engine

  // How much room there is, as of a moment ago.
  virtual Space space() const = 0;
};
inline constexpr std::size_t kReadBytesMax = 1 << 20;
inline constexpr std::size_t kReadRowsMax = 256;

}  // namespace kith
