#include "auth/account_rows.h"

#include "base/bytes.h"

namespace kith {

namespace {

constexpr std::uint8_t kAccountFormat = 2;  // 1: without erasure and list.
constexpr std::uint8_t kDeviceFormat = 1;

// Times are not negative: a clock before 1970 is written as 0, and a row that says otherwise is damaged.
void put_time(ByteWriter& w, std::int64_t ms) { w.varint(ms < 0 ? 0 : static_cast<std::uint64_t>(ms)); }

bool take_time(ByteReader& r, std::int64_t& ms) {
  std::uint64_t value = r.varint();
  ms = static_cast<std::int64_t>(value);
  return value <= INT64_MAX;
}

bool take_flag(ByteReader& r, bool& flag) {
  std::uint8_t value = r.u8();
  flag = value == 1;
  return value <= 1;
}

}  // namespace

std::string_view name(AccountOrigin origin) {
  switch (origin) {
    case AccountOrigin::signup:
      return "signup";
    case AccountOrigin::token:
      return "token";
    case AccountOrigin::admin:
      return "admin";
  }
  return "";
}

std::string encode(const AccountRow& row) {
  std::string out;
  ByteWriter w(out);
  w.u8(kAccountFormat);
  put_time(w, row.created_ms);
  w.u8(static_cast<std::uint8_t>(row.origin));
  w.string(row.password_hash);
  put_time(w, row.not_before_ms);
  w.varint(row.generation);
  w.u8(row.deactivated ? 1 : 0);
  w.u8(static_cast<std::uint8_t>(row.erasure));
  w.u8(row.listed ? 1 : 0);
  return out;
}

std::optional<AccountRow> decode_account(std::string_view value) {
  ByteReader r(value);
  const std::uint8_t format = r.u8();
  if (format == 0 || format > kAccountFormat) return std::nullopt;
  AccountRow row;
  bool good = take_time(r, row.created_ms);
  row.origin = static_cast<AccountOrigin>(r.u8());
  good = good && !name(row.origin).empty();
  row.password_hash = r.string();
  good = take_time(r, row.not_before_ms) && good;
  row.generation = r.varint();
  good = take_flag(r, row.deactivated) && good;
  if (format >= 2) {
    row.erasure = static_cast<Erasure>(r.u8());
    good = good && row.erasure <= Erasure::done;
    good = take_flag(r, row.listed) && good;
  }
  if (!good || !r.done()) return std::nullopt;
  return row;
}

std::string encode(const DeviceRow& row) {
  std::string out;
  ByteWriter w(out);
  w.u8(kDeviceFormat);
  w.u8(row.active ? 1 : 0);
  w.u8(row.token ? 1 : 0);
  if (row.token) w.bytes(*row.token);
  w.varint(row.generation);
  put_time(w, row.created_ms);
  put_time(w, row.revoked_ms);
  put_time(w, row.last_seen_ms);
  return out;
}

std::optional<DeviceRow> decode_device(std::string_view value) {
  ByteReader r(value);
  if (r.u8() != kDeviceFormat) return std::nullopt;
  DeviceRow row;
  bool has_token = false;
  bool good = take_flag(r, row.active);
  good = take_flag(r, has_token) && good;
  if (has_token) r.bytes(row.token.emplace());
  row.generation = r.varint();
  good = take_time(r, row.created_ms) && good;
  good = take_time(r, row.revoked_ms) && good;
  good = take_time(r, row.last_seen_ms) && good;
  if (!good || !r.done()) return std::nullopt;
  return row;
}

std::string confirmed_partition(const UserId& user) { return user.text() + "/confirmed"; }

}  // namespace kith
