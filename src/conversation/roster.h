// conversation/roster.h — Who is and was in a conversation, and what each may see of it: a view of the entries about members.
//
// Values; no loop. may_see() and visible() are the one place that decides about visibility: pushing, syncing and history all ask here.
// A member keeps its index for ever, also after leaving.
#pragma once

#include <limits>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "conversation/entry.h"
#include "store/store.h"

namespace kith {

inline constexpr Seq kStillHere{std::numeric_limits<std::uint64_t>::max()};

// The entries first … last.
struct Span {
  Seq first, last = kStillHere;
  bool operator==(const Span&) const = default;
};

// One who is or was a member: the row in RowTable::members (partition: conversation, key: user).
struct MemberRow {
  UserId user;
  bool blocked = false;  // This member has blocked the other one of a direct conversation.
  Role role = Role::member;
  std::vector<Span> stays;  // Ascending; the last one is open while they are a member. What they may see is the union.
  Seq changed;              // The entry that this row follows from.
  bool removed = false;     // They did not leave of themselves.

  bool present() const { return !stays.empty() && stays.back().last == kStillHere; }
};
Row encode(const MemberRow& member);
std::optional<MemberRow> decode_member(const Row& row);  // Nothing: damaged.

class Roster {
 public:
  static constexpr std::size_t kStaysMax = 64;  // Of one member; the oldest are forgotten first.

  void add(MemberRow member);
  // Takes what an entry about members says, as far as the rows do not know it yet; returns whose rows changed.
  std::vector<std::size_t> apply(const Entry& entry);
  void set_blocked(std::size_t member, bool blocked) { members_[member].blocked = blocked; }

  std::optional<std::size_t> find(const UserId& user) const;  // Present or not.
  std::optional<std::size_t> find_present(const UserId& user) const;
  const MemberRow& operator[](std::size_t member) const { return members_[member]; }
  std::size_t size() const { return members_.size(); }
  std::size_t present() const { return present_; }
  bool any_blocked() const;
  std::size_t owners() const;
  // Who owns the group when this one goes: nobody if another owner is there, or nobody at all.
  std::optional<std::size_t> heir(std::size_t leaving) const;

  bool may_see(std::size_t member, Seq seq) const;
  // The parts of low … high that a member may see, ascending.
  std::vector<Span> visible(std::size_t member, Seq low, Seq high) const;
  // Nothing behind it is theirs: where they left, or kStillHere.
  Seq horizon(std::size_t member) const;
  // The last of them up to `high`; 0: nothing.
  Seq last_visible(std::size_t member, Seq high) const;

 private:
  std::size_t enter(const UserId& user, Role role, Seq seq);
  void leave(std::size_t member, Seq seq);

  std::vector<MemberRow> members_;
  std::unordered_map<UserId, std::size_t> index_;  // Only of what is too many to look through.
  std::size_t present_ = 0;
};

}  // namespace kith
