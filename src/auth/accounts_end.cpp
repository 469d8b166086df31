// Users who are deactivated, come back, or are erased.
#include <algorithm>
#include <utility>

#include "auth/accounts.h"
#include "store/retry.h"

namespace kith {

Task<Result<Ok>> Accounts::put_closed(UserId user, Closed closed) {
  return put(RowTable::meta, kClosedPartition, closed_row(user, closed));
}

Task<Result<Ok>> Accounts::change_reactivate(UserId user) {
  auto held = co_await hold(user, {});
  if (!held) co_return held.error();
  AccountRow row = held->account;
  if (row.erasure != Erasure::none) co_return Failure(Code::forbidden, "the user is erased");
  row.deactivated = false;
  auto done = co_await put_account(user, row);
  if (!done) co_return done.error();
  done = co_await put_closed(user, Closed::no);
  co_return done;
}

Task<Result<Erasure>> Accounts::change_begin_erasure(UserId user, bool wipe) {
  auto held = co_await hold(user, {});
  if (!held) co_return held.error();
  AccountRow row = held->account;
  // Who is erased may still be wiped: that somebody asks for it is known only now.
  if (row.erasure == Erasure::done && !wipe) co_return Erasure::done;
  row.erasure = wipe || row.erasure == Erasure::wiping ? Erasure::wiping : Erasure::keeping;
  row.deactivated = true;
  row.password_hash.clear();
  end_all(row);
  const Erasure begun = row.erasure;
  auto done = co_await put_account(user, std::move(row));
  if (!done) co_return done.error();
  announce(user, std::nullopt);
  done = co_await put_closed(user, Closed::erasing);
  if (!done) co_return done.error();
  co_return begun;
}

Task<Result<Erasure>> Accounts::change_finish_erasure(UserId user, bool wiped) {
  auto held = co_await hold(user, {});
  if (!held) co_return held.error();
  // Asked for meanwhile, and not done yet.
  if (held->account.erasure == Erasure::wiping && !wiped) co_return Erasure::wiping;
  AccountRow left;
  left.origin = held->account.origin;
  left.listed = held->account.listed;
  left.not_before_ms = held->account.not_before_ms;
  left.deactivated = true;
  left.erasure = Erasure::done;
  auto done = co_await blank(RowTable::devices, user.text());
  if (done) done = co_await blank(RowTable::devices, confirmed_partition(user));
  if (done) done = co_await blank(RowTable::users, user.text());
  // The account last: until then a repeat finds that something is left to do.
  if (done) done = co_await put_account(user, std::move(left));
  if (done) done = co_await put_closed(user, Closed::yes);
  if (!done) co_return done.error();
  co_return Erasure::done;
}

// Makes the rows of a partition empty, but for those that must be read for ever.
Task<Result<Ok>> Accounts::blank(RowTable table, std::string partition) {
  constexpr std::string_view kPreferencesKey = "preferences";
  constexpr std::uint32_t kBlankRows = 1024;
  std::string from;
  for (bool more = true; more;) {
    auto page = co_await store_.scan(table, partition, from, kBlankRows);
    if (!page) co_return to_failure(page.error());
    std::vector<Row> rows;
    for (const Row& row : page->rows) {
      from = row.key + '\0';
      const bool stays = table == RowTable::users && (row.key == kAccountKey || row.key == kPreferencesKey);
      if (!stays && !row.value.empty()) rows.push_back({row.key, {}});
    }
    more = page->more;
    if (rows.empty()) continue;
    auto done = co_await put(table, partition, std::move(rows));
    if (!done) co_return done;
  }
  co_return Ok{};
}

}  // namespace kith
