// conversation/invites.h — Links into a group, and who came by one and waits: rows of RowTable::groups beside the group's own (partition:
// conversation, keys: "i" or "w" and a place). Places of what ended are used again, so that there are never more rows than the limits say.
//
// Values; no loop. A use is counted before it can be seen: with the waiting, in one write; or from the entry "joined", in the order of the
// log, by the number of the newest entry that was counted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/plant.h"
#include "base/time.h"
#include "conversation/roster.h"
#include "store/store.h"

namespace kith {

struct InviteRow {
  std::uint16_t place = 0;
  ClientId secret;
  UserId by;
  WallTime expires;
  std::uint32_t uses = 0;  // 0: any number.
  bool approval = false, revoked = false;
  std::uint32_t used = 0;
  Seq made;     // What was shown when it was made.
  Seq counted;  // The newest entry that `used` contains.

  std::uint32_t coming = 0;  // Entries that got their place and are not in `used` yet. Never stored.
  bool good(WallTime now) const {
    bool ended = revoked && !planted(Plant::invite_lives_on), room = uses == 0 || used + coming < uses;
    return !ended && (now < expires || planted(Plant::invite_outlives)) && (room || planted(Plant::invite_too_often));
  }
};

struct WaitingRow {
  std::uint16_t place = 0;
  UserId user;  // Empty: nobody any more.
  Seq since;    // What was shown when they came: one who is or was a member since has been let in.
};

struct Invites {
  static constexpr std::size_t kInvitesMax = 100;   // Good ones of a group; beyond: limit_reached.
  static constexpr std::size_t kWaitingMax = 1000;  // Who wait; beyond: limit_reached.

  std::vector<InviteRow> links;  // By place.
  std::vector<WaitingRow> waiting;

  // Takes a row as it was read; one of another kind is not its business. False: damaged.
  bool take(const Row& row);

  InviteRow* find(const ClientId& secret);
  WaitingRow* find_waiting(const UserId& user, const Roster& roster);
  // Where another one may be written; nothing: the limit is reached.
  std::optional<std::uint16_t> free_link(WallTime now) const;
  std::optional<std::uint16_t> free_waiting(const Roster& roster) const;
  void set(const InviteRow& row);
  void set(const WaitingRow& row);
  static bool waits(const WaitingRow& row, const Roster& roster);
};

Row encode(const InviteRow& row);
Row encode(const WaitingRow& row);

// A code leads to its group: the group's id and the secret, as 67 hexadecimal digits.
std::string invite_code(const ConversationId& group, const ClientId& secret);
struct InviteCode {
  ConversationId group;
  ClientId secret;
};
std::optional<InviteCode> parse_invite_code(std::string_view code);

}  // namespace kith
