// conversation/member_row.h — The row of one member in RowTable::members (partition: conversation, key: user).
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/ids.h"
#include "store/store.h"

namespace kith {

struct MemberRow {
  UserId user;
  bool blocked = false;  // This member has blocked the other one of a direct conversation.
};

inline Row encode_member(const MemberRow& member) {
  constexpr std::uint8_t kForm = 1;
  Row row{member.user.text(), {}};
  ByteWriter writer(row.value);
  writer.u8(kForm);
  writer.u8(member.blocked ? 1 : 0);
  return row;
}

// Nothing: the row is damaged.
inline std::optional<MemberRow> decode_member(const Row& row) {
  ByteReader reader(row.value);
  auto form = reader.u8(), flags = reader.u8();
  auto user = UserId::parse(row.key);
  if (form != 1 || !reader.done() || !user) return std::nullopt;
  return MemberRow{std::move(*user), (flags & 1) != 0};
}

}  // namespace kith
