#include "store/store.h"

#include "base/assert.h"
#include "store/checks.h"

namespace kith {

const char* name(StoreError error) {
  switch (error) {
    case StoreError::conflict:
      return "conflict";
    case StoreError::unknown:
      return "unknown";
    case StoreError::unavailable:
      return "unavailable";
    case StoreError::full:
      return "full";
    case StoreError::corrupt:
      return "corrupt";
  }
  return "?";
}

void throw_exception_from_error(StoreError error, const boost::source_location& where) {
  assertion_failed(name(error), where.file_name(), static_cast<int>(where.line()));
}

void check_log(const LogId& log) {
  KITH_ASSERT(log.table >= LogTable::direct_messages && log.table <= LogTable::inboxes);
  KITH_ASSERT(!log.key.empty() && log.key.size() <= kKeyBytesMax);
}

void check_append(const Append& batch) {
  check_log(batch.log);
  KITH_ASSERT(!batch.records.empty());
  KITH_ASSERT(batch.first >= Seq{1});
  auto bucket = [](Seq seq) { return (seq.value - 1) / kBucketRows; };
  KITH_ASSERT(bucket(batch.first) == bucket(batch.first + (batch.records.size() - 1)));
  if (batch.head) check_head(*batch.head);
}

void check_head(const Head& head) {
  KITH_ASSERT(head.revision >= 1);
  for (std::size_t i = 1; i < head.chain.size(); ++i) {
    KITH_ASSERT(head.chain[i - 1].epoch < head.chain[i].epoch);
    KITH_ASSERT(head.chain[i - 1].first < head.chain[i].first);
  }
}

void check_places(const std::vector<LogPlace>& places) {
  KITH_ASSERT(places.size() <= kReadRowsMax);
  for (const auto& place : places) check_log(place.log);
}

void check_limit(std::uint32_t limit) { KITH_ASSERT(limit >= 1 && limit <= kReadLimitMax); }

void check_partition(RowTable table, const std::string& partition) {
  KITH_ASSERT(table >= RowTable::groups && table <= RowTable::meta);
  KITH_ASSERT(partition.size() <= kKeyBytesMax);
}

void check_rows(RowTable table, const std::string& partition, const std::vector<Row>& rows) {
  check_partition(table, partition);
  KITH_ASSERT(!rows.empty());
}

bool Page::take(LogRow row) {
  bool same_seq = !out_.rows.empty() && out_.rows.back().seq == row.seq;
  if (!same_seq) {
    if (!out_.rows.empty() && (out_.rows.size() >= limit_ || bytes_ >= kReadBytesMax)) {
      out_.more = true;
      return false;
    }
    seq_start_ = out_.rows.size();
  } else if (out_.rows.size() >= limit_ && seq_start_ > 0) {
    out_.rows.resize(seq_start_);
    out_.more = true;
    return false;
  }
  bytes_ += row.record.size();
  out_.rows.push_back(std::move(row));
  return true;
}

}  // namespace kith
