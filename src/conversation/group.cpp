#include "conversation/group.h"

#include <algorithm>

#include "base/bytes.h"

namespace kith {

namespace {
constexpr std::uint8_t kForm = 1;
constexpr std::array<std::string_view, 4> kRoles{"guest", "member", "admin", "owner"};
}  // namespace

std::string_view name(Role role) { return kRoles[static_cast<std::size_t>(role)]; }

std::optional<Role> role_by_name(std::string_view name) {
  auto found = std::find(kRoles.begin(), kRoles.end(), name);
  if (found == kRoles.end()) return std::nullopt;
  return static_cast<Role>(found - kRoles.begin());
}

Permissions with(Permissions permissions, const PermissionWish& wish) {
  for (std::size_t i = 0; i < wish.size(); ++i) permissions.lowest[i] = wish[i].value_or(permissions.lowest[i]);
  return permissions;
}

RowKey group_key(const ConversationId& group) { return {RowTable::groups, group.key(), ""}; }

Row encode(const GroupRow& row) {
  Row out;
  ByteWriter writer(out.value);
  writer.u8(kForm);
  writer.varint(row.changed.value);
  for (Role role : row.permissions.lowest) writer.u8(static_cast<std::uint8_t>(role));
  writer.string(row.title);
  return out;
}

std::optional<GroupRow> decode_group(std::string_view value) {
  GroupRow row;
  ByteReader reader(value);
  auto form = reader.u8();
  row.changed = {reader.varint()};
  bool known = true;
  for (Role& role : row.permissions.lowest) {
    auto read = reader.u8();
    known = known && read < kRoles.size();
    role = static_cast<Role>(read);
  }
  row.title = reader.string();
  if (form != kForm || !known || !reader.done()) return std::nullopt;
  return row;
}

}  // namespace kith
