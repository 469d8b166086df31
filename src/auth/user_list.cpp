#include "auth/user_list.h"

#include <algorithm>

#include "store/retry.h"

namespace kith {

namespace {
constexpr std::uint32_t kScanRows = 4096;

std::string partition(std::size_t part) { return "users." + std::to_string(part); }

std::vector<Row> one_row(const UserId& user, std::uint8_t value) {
  std::vector<Row> rows;
  rows.push_back({user.text(), std::string(1, static_cast<char>(value))});
  return rows;
}
}  // namespace

std::string list_partition(const UserId& user) { return partition(user.slot().value % kListParts); }

std::vector<Row> list_row(const UserId& user) { return one_row(user, 1); }

Task<StoreResult<UserPage>> list_users(Store& store, UserId after, std::uint32_t limit) {
  const std::string from = after.empty() ? std::string() : after.text() + '\0';
  std::vector<Future<StoreResult<Store::Scan>>> scans;
  for (std::size_t part = 0; part < kListParts; ++part) scans.push_back(store.scan(RowTable::meta, partition(part), from, limit));
  UserPage page;
  for (auto& scan : scans) {
    auto rows = co_await scan;
    if (!rows) co_return rows.error();
    page.more = page.more || rows->more;
    for (const Row& row : rows->rows) {
      if (auto user = UserId::parse(row.key)) page.users.push_back(std::move(*user));
    }
  }
  std::sort(page.users.begin(), page.users.end());
  if (page.users.size() > limit) {
    page.more = true;
    page.users.resize(limit);
  }
  co_return page;
}

std::vector<Row> closed_row(const UserId& user, Closed closed) { return one_row(user, static_cast<std::uint8_t>(closed)); }

Task<StoreResult<std::vector<ClosedUser>>> closed_users(Loop& loop, Store& store) {
  std::vector<ClosedUser> out;
  std::string from;
  for (bool more = true; more;) {
    auto scan = co_await until_definite(loop, [&] { return store.scan(RowTable::meta, kClosedPartition, from, kScanRows); });
    if (!scan) co_return scan.error();
    more = scan->more;
    for (const Row& row : scan->rows) {
      from = row.key + '\0';
      auto user = UserId::parse(row.key);
      if (!user || row.value.size() != 1 || row.value[0] == 0) continue;
      out.push_back({std::move(*user), static_cast<Closed>(row.value[0])});
    }
  }
  co_return out;
}

}  // namespace kith
