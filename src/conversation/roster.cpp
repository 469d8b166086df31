#include "conversation/roster.h"

#include <algorithm>
#include <tuple>

#include "base/bytes.h"
#include "base/plant.h"

namespace kith {

namespace {
constexpr std::uint8_t kForm = 1;
constexpr std::uint8_t kBlocked = 1, kRemoved = 2;
constexpr std::size_t kFewMembers = 8;
}  // namespace

Row encode(const MemberRow& member) {
  Row row{member.user.text(), {}};
  ByteWriter writer(row.value);
  writer.u8(kForm);
  writer.u8(static_cast<std::uint8_t>((member.blocked ? kBlocked : 0) | (member.removed ? kRemoved : 0)));
  writer.u8(static_cast<std::uint8_t>(member.role));
  writer.varint(member.changed.value);
  writer.varint(member.stays.size());
  for (const Span& stay : member.stays) {
    writer.varint(stay.first.value);
    writer.varint(stay.last == kStillHere ? 0 : stay.last.value);
  }
  return row;
}

std::optional<MemberRow> decode_member(const Row& row) {
  ByteReader reader(row.value);
  auto form = reader.u8(), flags = reader.u8(), role = reader.u8();
  auto user = UserId::parse(row.key);
  MemberRow member;
  member.changed = {reader.varint()};
  for (auto count = reader.varint(); count > 0 && reader.ok(); --count) {
    Seq first{reader.varint()}, last{reader.varint()};
    member.stays.push_back({first, last == Seq{0} ? kStillHere : last});
  }
  if (form != kForm || !reader.done() || !user || role > static_cast<std::uint8_t>(Role::owner)) return std::nullopt;
  member.user = std::move(*user);
  member.blocked = (flags & kBlocked) != 0;
  member.removed = (flags & kRemoved) != 0;
  member.role = static_cast<Role>(role);
  return member;
}

void Roster::add(MemberRow member) {
  if (member.present()) ++present_;
  members_.push_back(std::move(member));
  if (members_.size() <= kFewMembers) return;
  if (index_.empty()) {
    for (std::size_t i = 0; i < members_.size(); ++i) index_.emplace(members_[i].user, i);
  } else {
    index_.emplace(members_.back().user, members_.size() - 1);
  }
}

std::optional<std::size_t> Roster::find(const UserId& user) const {
  if (!index_.empty()) {
    auto found = index_.find(user);
    return found == index_.end() ? std::nullopt : std::optional(found->second);
  }
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].user == user) return i;
  }
  return std::nullopt;
}

std::optional<std::size_t> Roster::find_present(const UserId& user) const {
  auto found = find(user);
  return found && members_[*found].present() ? found : std::nullopt;
}

bool Roster::any_blocked() const {
  return std::any_of(members_.begin(), members_.end(), [](const MemberRow& member) { return member.blocked; });
}

// ------------------------------------------------------------------------------------------------------------- visibility

bool Roster::may_see(std::size_t member, Seq seq) const { return !visible(member, seq, seq).empty(); }

std::vector<Span> Roster::visible(std::size_t member, Seq low, Seq high) const {
  std::vector<Span> out;
  for (const Span& stay : members_[member].stays) {
    Span part{std::max(low, stay.first), std::min(high, stay.last)};
    if (part.first <= part.last) out.push_back(part);
  }
  return out;
}

Seq Roster::horizon(std::size_t member) const {
  const MemberRow& row = members_[member];
  return row.stays.empty() ? Seq{0} : row.stays.back().last;
}

std::size_t Roster::owners() const {
  return static_cast<std::size_t>(
      std::count_if(members_.begin(), members_.end(), [](const MemberRow& row) { return row.present() && row.role == Role::owner; }));
}

Seq Roster::last_visible(std::size_t member, Seq high) const {
  const auto& stays = members_[member].stays;
  for (auto stay = stays.rbegin(); stay != stays.rend(); ++stay) {
    if (stay->first <= high) return std::min(stay->last, high);
  }
  return Seq{0};
}

// --------------------------------------------------------------------------------------------------- entries about members

std::vector<std::size_t> Roster::apply(const Entry& entry) {
  std::vector<std::size_t> changed;
  const Details& details = entry.details();
  auto touch = [&](std::size_t member) {
    members_[member].changed = entry.seq;
    changed.push_back(member);
  };
  auto fresh = [&](const UserId& user) {
    auto member = find(user);
    return !member || members_[*member].changed < entry.seq;
  };
  switch (entry.kind) {
    case EntryKind::created:
      if (fresh(entry.from)) touch(enter(entry.from, Role::owner, entry.seq));
      [[fallthrough]];
    case EntryKind::added:
    case EntryKind::joined:
      for (const UserId& user : details.users) {
        if (fresh(user)) touch(enter(user, Role::member, entry.seq));
      }
      break;
    case EntryKind::left:
    case EntryKind::removed:
      for (const UserId& user : details.users) {
        auto member = find(user);
        if (!member || !fresh(user)) continue;
        // Found before leaving: who inherits is told by those who stay and were there.
        auto next = members_[*member].role == Role::owner ? heir(*member) : std::nullopt;
        if (!details.heir.empty()) next = find_present(details.heir);
        leave(*member, entry.seq);
        members_[*member].removed = entry.kind == EntryKind::removed;
        touch(*member);
        if (next && fresh(members_[*next].user)) {
          members_[*next].role = Role::owner;
          touch(*next);
        }
      }
      break;
    case EntryKind::role:
      for (const UserId& user : details.users) {
        auto member = find(user);
        if (!member || !fresh(user)) continue;
        members_[*member].role = details.role;
        touch(*member);
      }
      break;
    default:
      break;
  }
  return changed;
}

std::size_t Roster::enter(const UserId& user, Role role, Seq seq) {
  auto member = find(user);
  if (!member) {
    add({user, false, role, {{seq}}, {}});
    return members_.size() - 1;
  }
  MemberRow& row = members_[*member];
  if (!row.present()) {
    if (row.stays.size() == kStaysMax) row.stays.erase(row.stays.begin());
    row.stays.push_back({seq});
    row.role = role;
    row.removed = false;
    ++present_;
  }
  return *member;
}

void Roster::leave(std::size_t member, Seq seq) {
  MemberRow& row = members_[member];
  if (!row.present()) return;
  row.stays.back().last = planted(Plant::removed_still_sees) ? kStillHere : planted(Plant::removal_not_told) ? seq - 1 : seq;
  --present_;
}

// Who owns the group when its last owner goes: the highest role, and of those who was there first.
std::optional<std::size_t> Roster::heir(std::size_t leaving) const {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const MemberRow& row = members_[i];
    if (i == leaving || !row.present()) continue;
    if (row.role == Role::owner) return std::nullopt;
    if (!best) {
      best = i;
      continue;
    }
    const MemberRow& other = members_[*best];
    // The same one whatever the order of the rows: a crash may repeat this.
    if (std::tuple(other.role, row.stays.back().first, row.user) < std::tuple(row.role, other.stays.back().first, other.user)) best = i;
  }
  return best;
}

}  // namespace kith
