#include "conversation/invites.h"

#include <algorithm>

#include "base/bytes.h"

namespace kith {

namespace {

constexpr std::uint8_t kForm = 1, kApproval = 1, kRevoked = 2;
constexpr char kLinkKey = 'i', kWaitingKey = 'w';
constexpr std::string_view kGroup = "g_";
constexpr std::size_t kGroupDigits = 35, kSecretDigits = 32;

std::string key_of(char kind, std::uint16_t place) {
  std::string key(1, kind);
  ByteWriter(key).u16_be(place);
  return key;
}

// The place after the last one unless there is one that nobody needs any more.
template <class T, class Free>
std::optional<std::uint16_t> place_for(const std::vector<T>& rows, std::size_t most, Free free) {
  auto place = std::find_if(rows.begin(), rows.end(), free);
  if (place == rows.end() && rows.size() >= most) return std::nullopt;
  return static_cast<std::uint16_t>(place - rows.begin());
}

template <class T>
void set_at(std::vector<T>& rows, const T& row) {
  while (rows.size() <= row.place) {
    rows.emplace_back();
    rows.back().place = static_cast<std::uint16_t>(rows.size() - 1);
  }
  rows[row.place] = row;
}

}  // namespace

Row encode(const InviteRow& row) {
  Row out{key_of(kLinkKey, row.place), {}};
  ByteWriter writer(out.value);
  writer.u8(kForm);
  writer.bytes(row.secret.bits);
  writer.string(row.by.text());
  writer.varint(static_cast<std::uint64_t>(row.expires.ms));
  writer.varint(row.uses);
  writer.u8(static_cast<std::uint8_t>((row.approval ? kApproval : 0) | (row.revoked ? kRevoked : 0)));
  writer.varint(row.used);
  writer.varint(row.made.value);
  writer.varint(row.counted.value);
  return out;
}

Row encode(const WaitingRow& row) {
  Row out{key_of(kWaitingKey, row.place), {}};
  ByteWriter writer(out.value);
  writer.u8(kForm);
  writer.string(row.user.text());
  writer.varint(row.since.value);
  return out;
}

bool Invites::take(const Row& row) {
  if (row.key.size() != 3 || (row.key[0] != kLinkKey && row.key[0] != kWaitingKey)) return true;
  auto place = static_cast<std::uint16_t>(static_cast<std::uint8_t>(row.key[1]) << 8 | static_cast<std::uint8_t>(row.key[2]));
  ByteReader reader(row.value);
  auto form = reader.u8();
  if (row.key[0] == kWaitingKey) {
    WaitingRow waiter{place, UserId::parse(reader.string()).value_or(UserId{}), {}};
    waiter.since = {reader.varint()};
    if (form != kForm || !reader.done() || place >= kWaitingMax) return false;
    set(waiter);
    return true;
  }
  InviteRow link;
  link.place = place;
  reader.bytes(link.secret.bits);
  link.by = UserId::parse(reader.string()).value_or(UserId{});
  link.expires.ms = static_cast<std::int64_t>(reader.varint());
  link.uses = static_cast<std::uint32_t>(reader.varint());
  auto flags = reader.u8();
  link.approval = (flags & kApproval) != 0;
  link.revoked = (flags & kRevoked) != 0;
  link.used = static_cast<std::uint32_t>(reader.varint());
  link.made = {reader.varint()};
  link.counted = {reader.varint()};
  if (form != kForm || !reader.done() || place >= kInvitesMax || link.by.empty()) return false;
  set(link);
  return true;
}

InviteRow* Invites::find(const ClientId& secret) {
  auto link = std::find_if(links.begin(), links.end(), [&](const InviteRow& row) { return row.secret == secret && !row.by.empty(); });
  return link == links.end() ? nullptr : &*link;
}

WaitingRow* Invites::find_waiting(const UserId& user, const Roster& roster) {
  auto waiter = std::find_if(waiting.begin(), waiting.end(), [&](const WaitingRow& row) { return row.user == user && waits(row, roster); });
  return waiter == waiting.end() ? nullptr : &*waiter;
}

bool Invites::waits(const WaitingRow& row, const Roster& roster) {
  if (row.user.empty()) return false;
  auto member = roster.find(row.user);
  if (!member) return true;
  const auto& stays = roster[*member].stays;
  return !roster[*member].present() && (stays.empty() || stays.back().first <= row.since);
}

std::optional<std::uint16_t> Invites::free_link(WallTime now) const {
  return place_for(links, kInvitesMax, [&](const InviteRow& row) { return !row.good(now) && row.coming == 0; });
}

std::optional<std::uint16_t> Invites::free_waiting(const Roster& roster) const {
  return place_for(waiting, kWaitingMax, [&](const WaitingRow& row) { return !waits(row, roster); });
}

void Invites::set(const InviteRow& row) { set_at(links, row); }
void Invites::set(const WaitingRow& row) { set_at(waiting, row); }

std::string invite_code(const ConversationId& group, const ClientId& secret) { return group.text().substr(kGroup.size()) + secret.text(); }

std::optional<InviteCode> parse_invite_code(std::string_view code) {
  if (code.size() != kGroupDigits + kSecretDigits) return std::nullopt;
  auto group = ConversationId::parse(std::string(kGroup) + std::string(code.substr(0, kGroupDigits)));
  auto secret = ClientId::parse(code.substr(kGroupDigits));
  if (!group || !secret) return std::nullopt;
  return InviteCode{*group, *secret};
}

}  // namespace kith
