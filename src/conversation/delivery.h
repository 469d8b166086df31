// conversation/delivery.h — From a conversation to the inboxes of its members: what is handed over, and the seam over which.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "conversation/entry.h"

namespace kith {

// "Conversation C advanced from `from` to `to`", for one member. An inbox takes only what follows its own mark, so a hand-off may be
// lost or repeated without harm.
struct HandOff {
  ConversationId conversation;
  UserId member;
  UserId with;   // The other user of a direct conversation.
  Seq from, to;  // The entries (from, to]; equal: a question where the member's mark is.
  Seq joined;    // Of a group: where the member came in; their mark goes to joined - 1. 0: from the beginning.
  std::vector<EntryPtr> entries;
};

// Whether a user can be reached now.
struct Presence {
  bool online = false;
  std::optional<WallTime> since;  // When offline: since when, if known.
};

// Implemented by whoever knows which loop or node owns a user (server/). Futures complete on the caller's loop.
class Delivery {
 public:
  virtual ~Delivery() = default;

  // Completes when the member's inbox has everything up to the returned mark durably; the mark may be below `to` (resume there) or
  // above. A failure: nothing is known, try again.
  virtual Future<Result<Seq>> hand_off(HandOff handoff) = 0;

  virtual Future<Presence> presence(UserId user) = 0;

  // Is there such a user?
  virtual Future<Result<bool>> exists(UserId user) = 0;
};

}  // namespace kith
