// store/checks.h — The part of the contract that callers must keep: each store checks each call with these, and ends the process.
#pragma once

#include "store/store.h"

namespace kith {

void check_log(const LogId& log);
void check_append(const Append& batch);
void check_head(const Head& head);
void check_places(const std::vector<LogPlace>& places);
void check_limit(std::uint32_t limit);
void check_partition(RowTable table, const std::string& partition);
void check_rows(RowTable table, const std::string& partition, const std::vector<Row>& rows);

inline constexpr std::uint32_t kReadLimitMax = 4096;
inline constexpr std::size_t kKeyBytesMax = 255;  // Of a log's key and of a partition: their length is one byte on disk.

// Decides where a page ends. The rows of one seq are never parted, because a reader goes on at a seq: one seq with more epochs than
// `limit` makes a longer page.
class Page {
 public:
  explicit Page(std::uint32_t limit) : limit_(limit) {}

  // Takes the next row; false when it belongs to the next page (`rows.more` is set then, and rows are cut back to whole seqs).
  bool take(LogRow row);
  Store::Rows finish() { return std::move(out_); }

 private:
  std::uint32_t limit_;
  std::size_t bytes_ = 0;
  std::size_t seq_start_ = 0;  // Where the rows of the last seq begin.
  Store::Rows out_;
};

}  // namespace kith
