// conversation/group.h — Groups: roles, what each may do, and the row of a group in RowTable::groups (partition: conversation, key: "").
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "store/store.h"

namespace kith {

// On disk: append only. A higher one may do all that a lower one may.
enum class Role : std::uint8_t { guest = 0, member = 1, admin = 2, owner = 3 };
std::string_view name(Role role);
std::optional<Role> role_by_name(std::string_view name);

// What is not everybody's. The lowest role that may do it.
enum class Deed : std::uint8_t { send = 0, add = 1, remove = 2, edit = 3, moderate = 4 };
struct Permissions {
  std::array<Role, 5> lowest{Role::guest, Role::member, Role::admin, Role::admin, Role::admin};
  bool allow(Role role, Deed deed) const { return role >= lowest[static_cast<std::size_t>(deed)]; }
  Role& operator[](Deed deed) { return lowest[static_cast<std::size_t>(deed)]; }
  Role operator[](Deed deed) const { return lowest[static_cast<std::size_t>(deed)]; }
  bool operator==(const Permissions&) const = default;
};

// What somebody asks for: nothing stays as it is.
using PermissionWish = std::array<std::optional<Role>, 5>;
Permissions with(Permissions permissions, const PermissionWish& wish);

struct GroupRow {
  std::string title;
  Permissions permissions;
  Seq changed;  // The entry that this row follows from.
};
RowKey group_key(const ConversationId& group);
Row encode(const GroupRow& row);
std::optional<GroupRow> decode_group(std::string_view value);  // Nothing: damaged.

}  // namespace kith
