// conversation/delivery.h — From a conversation to the inboxes of its members: what is handed over, and the seam over which.
#pragma once

#include <memory>
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

// What a device says of itself; a user is what their most present one says.
enum class Status : std::uint8_t { away, idle, online };

// Whether a user can be reached now, as another one may know it.
struct Presence {
  bool online = false;
  std::optional<WallTime> since = std::nullopt;  // When offline: since when, if known.
  Status status = Status::online;                // When online.
  bool hidden = false;                           // Not for this viewer, who is told nothing at all.
  bool operator==(const Presence&) const = default;
};

// Where a user is in a conversation, as others may know it: a mark of 0 is none, or one that they keep to themselves.
struct Mark {
  Seq read;
  Seq delivered;  // The highest position that one of their devices confirmed.
  auto operator<=>(const Mark&) const = default;
};
struct MemberMark {
  UserId user;
  Mark mark;
};

// What those who look at a conversation are told of others, and nobody keeps.
struct Signal {
  ConversationId conversation;
  std::vector<MemberMark> marks;
  UserId typing;  // Who writes, or (`stopped`) does no more; empty: this is about marks.
  bool stopped = false;
};

// Implemented by whoever knows which loop or node owns a user (server/). Futures complete on the caller's loop.
class Delivery {
 public:
  virtual ~Delivery() = default;

  // Completes when the member's inbox has everything up to the returned mark durably; the mark may be below `to` (resume there) or
  // above. A failure: nothing is known, try again.
  virtual Future<Result<Seq>> hand_off(HandOff handoff) = 0;

  virtual Future<Presence> presence(UserId user, UserId viewer) = 0;

  // Is there such a user?
  virtual Future<Result<bool>> exists(UserId user) = 0;

  // Has `user` added `other` as a contact?
  virtual Future<Result<bool>> has_added(UserId user, UserId other) = 0;

  // Does `user` let `by` add them to groups?
  virtual Future<Result<bool>> may_add(UserId user, UserId by) = 0;

  // Which of these users let others know what they read?
  virtual Future<Result<std::vector<bool>>> tell_read(std::vector<UserId> users) = 0;

  // To the devices of these users that look at the conversation. May be lost.
  virtual void signal(std::vector<UserId> to, std::shared_ptr<const Signal> signal) = 0;

  // May the first user begin a conversation with the other one now? `rate_limited`: not yet.
  virtual Future<Result<Ok>> first_contact(UserId, UserId) { return Future<Result<Ok>>::ready(Ok{}); }
  // Something that the user asked for cost this much more than could be foreseen.
  virtual void charge(UserId, std::uint32_t) {}
  // Whether the user takes no messages: deactivated, or erased. As it is known on this loop at this moment.
  virtual bool closed(const UserId&) const { return false; }
};

}  // namespace kith
