#include "admin/audit.h"

#include <algorithm>

#include "base/bytes.h"
#include "store/retry.h"

namespace kith {

namespace {

constexpr std::uint8_t kForm = 1;

std::string partition(std::uint64_t part) { return "audit." + std::to_string(part); }
std::uint64_t part_of(std::uint64_t number) { return (number - 1) / AuditLog::kRows; }

std::string key_of(std::uint64_t number) {
  std::string key;
  ByteWriter(key).u64_be(number);
  return key;
}

std::uint64_t number_of(const std::string& key) {
  ByteReader reader(key);
  auto number = reader.u64_be();
  return reader.done() ? number : 0;
}

}  // namespace

std::string encode(const AuditRecord& record) {
  std::string out;
  ByteWriter writer(out);
  writer.u8(kForm);
  writer.varint(static_cast<std::uint64_t>(std::max<std::int64_t>(record.time.ms, 0)));
  for (const std::string* text : {&record.who, &record.address, &record.what, &record.whom, &record.outcome}) writer.string(*text);
  return out;
}

std::optional<AuditRecord> decode_audit(const std::string& value) {
  ByteReader reader(value);
  AuditRecord record;
  auto form = reader.u8();
  record.time.ms = static_cast<std::int64_t>(reader.varint());
  for (std::string* text : {&record.who, &record.address, &record.what, &record.whom, &record.outcome}) *text = reader.string();
  if (form != kForm || !reader.done() || record.time.ms < 0) return std::nullopt;
  return record;
}

std::string audit_outcome(int status, const std::string& body) {
  if (status < 400) return "ok";
  constexpr std::string_view kCode = R"("code":")";
  auto begin = body.find(kCode);
  if (begin == std::string::npos) return std::to_string(status);
  begin += kCode.size();
  return body.substr(begin, body.find('"', begin) - begin);
}

Task<Result<bool>> AuditLog::any_in(std::uint64_t part) {
  auto scan = co_await store_.scan(RowTable::meta, partition(part), {}, 1);
  if (!scan) co_return to_failure(scan.error());
  co_return !scan->rows.empty();
}

// Finds the newest record: the last part that has any, by doubling and halving. Twice at once finds the same.
Task<Result<Ok>> AuditLog::open() {
  std::uint64_t low = 0, high = 1;
  for (;; low = high, high *= 2) {
    auto any = co_await any_in(high);
    if (!any) co_return any.error();
    if (!*any) break;
  }
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    auto any = co_await any_in(middle);
    if (!any) co_return any.error();
    (*any ? low : high) = middle;
  }
  auto scan = co_await store_.scan(RowTable::meta, partition(low), {}, static_cast<std::uint32_t>(kRows));
  if (!scan) co_return to_failure(scan.error());
  std::uint64_t newest = low * kRows;
  for (const Row& row : scan->rows) newest = std::max(newest, number_of(row.key));
  next_ = std::max(next_, newest + 1);
  co_return Ok{};
}

Task<Result<std::uint64_t>> AuditLog::note(AuditRecord record) {
  if (record.number == 0) {
    // Before it gets a number, so that a full disk leaves no gaps.
    if (store_.space() == Space::none) co_return Failure{Code::storage_full, "the call cannot be recorded", 10'000};
    if (next_ == 0) {
      auto opened = co_await open();
      if (!opened) co_return opened.error();
    }
    record.number = next_++;
  }
  std::vector<Row> rows;
  rows.push_back({key_of(record.number), encode(record)});
  const std::string where = partition(part_of(record.number));
  auto put = co_await until_definite(loop_, [&] { return store_.put(RowTable::meta, where, rows); });
  if (!put) co_return to_failure(put.error());
  co_return record.number;
}

Task<Result<AuditPage>> AuditLog::page(std::uint64_t before, std::uint32_t limit) {
  if (next_ == 0) {
    auto opened = co_await open();
    if (!opened) co_return opened.error();
  }
  AuditPage page;
  std::uint64_t high = next_ - 1;
  if (before > 0) high = std::min(high, before - 1);
  limit = std::min(limit, kPageMax);
  while (high > 0 && !page.more) {
    const std::uint64_t part = part_of(high);
    auto scan = co_await store_.scan(RowTable::meta, partition(part), {}, static_cast<std::uint32_t>(kRows));
    if (!scan) co_return to_failure(scan.error());
    for (auto row = scan->rows.rbegin(); row != scan->rows.rend(); ++row) {
      const std::uint64_t number = number_of(row->key);
      if (number == 0 || number > high) continue;
      auto record = decode_audit(row->value);
      if (!record) co_return Failure{Code::internal, "a record is damaged"};
      if (page.records.size() == limit) {
        page.more = true;
        break;
      }
      record->number = number;
      page.records.push_back(std::move(*record));
    }
    high = part * kRows;
  }
  co_return page;
}

}  // namespace kith
