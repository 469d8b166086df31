// auth/user_list.h — Which users there are, and which of them take no messages: rows of RowTable::meta beside the accounts, since a store
// lists the rows of one partition only.
//
//   Which loop   Any may read; Accounts, on the loop of the user, writes.
//   Order        A user is listed before their account is there, so the list may name one who is not: whoever shows it looks at the
//   account.
//                Accounts of before there was a list enter it when their user comes or is changed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/loop.h"
#include "store/store.h"

namespace kith {

// ---- all users: in so many partitions, that no writer of a cluster has them all

inline constexpr std::size_t kListParts = 16;
std::string list_partition(const UserId& user);
std::vector<Row> list_row(const UserId& user);

struct UserPage {
  std::vector<UserId> users;  // Ascending.
  bool more = false;
};
// Those behind `after`; at most `limit`, which is 1 to 1000.
Task<StoreResult<UserPage>> list_users(Store& store, UserId after, std::uint32_t limit);

// ---- those who are deactivated, being erased or erased: in one partition, which a server reads at its start

inline constexpr char kClosedPartition[] = "closed";
enum class Closed : std::uint8_t { no = 0, yes = 1, erasing = 2 };  // On disk: append only.
std::vector<Row> closed_row(const UserId& user, Closed closed);

struct ClosedUser {
  UserId user;
  Closed closed = Closed::yes;
};
Task<StoreResult<std::vector<ClosedUser>>> closed_users(Loop& loop, Store& store);

}  // namespace kith
