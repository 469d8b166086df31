#include "server/lifetime.h"

#include "base/bytes.h"
#include "store/retry.h"

namespace kith {

namespace {

constexpr char kPartition[] = "node";
constexpr char kStoreKey[] = "store_id", kEpochKey[] = "epoch", kRecoveredKey[] = "recovered_from";

std::uint64_t number(const std::optional<std::string>& value) {
  if (!value) return 0;
  ByteReader reader(*value);
  auto result = reader.u64_be();
  return reader.done() ? result : 0;
}

Row row(const char* key, std::uint64_t value) {
  Row out{key, {}};
  ByteWriter(out.value).u64_be(value);
  return out;
}

}  // namespace

Task<StoreResult<Lifetime>> begin_lifetime(Loop& loop, Store& store) {
  std::vector<RowKey> keys;
  for (const char* key : {kStoreKey, kEpochKey, kRecoveredKey}) keys.push_back({RowTable::meta, kPartition, key});
  auto values = co_await until_definite(loop, [&] { return store.multi_get(keys); });
  if (!values) co_return values.error();
  Lifetime lifetime{{number((*values)[0])}, {number((*values)[1])}, {number((*values)[2])}};
  if (lifetime.store.value == 0) lifetime.store.value = loop.random().next() | 1;
  ++lifetime.epoch;
  std::vector<Row> rows{row(kStoreKey, lifetime.store.value), row(kEpochKey, lifetime.epoch.value)};
  auto put = co_await until_definite(loop, [&] { return store.put(RowTable::meta, kPartition, rows); });
  if (!put) co_return put.error();
  auto closed = co_await closed_users(loop, store);
  if (!closed) co_return closed.error();
  lifetime.closed = std::move(*closed);
  co_return lifetime;
}

Task<void> note_recovered(Loop& loop, Store& store, Epoch epoch) {
  std::vector<Row> rows{row(kRecoveredKey, epoch.value)};
  auto put = co_await until_definite(loop, [&] { return store.put(RowTable::meta, kPartition, rows); });
  (void)put;  // Without it the next start looks at more rows than it must.
}

}  // namespace kith
