// session/directory.h — Who is connected: the sessions of the users of one loop. This is what makes a user's owner know where they are.
//
// Owned by the shard; outlives its sessions. Sessions stay here while their inbox leaves memory.
#pragma once

#include <optional>
#include <unordered_map>

#include "inbox/inbox.h"

namespace kith {

class Session;

class Directory final : public InboxObserver {
 public:
  Directory(Loop& loop, Store& store) : loop_(loop), store_(store) {}

  // A session that is ready. A former one of the same device ends with `replaced`.
  void enter(Session& session);
  // Writes when the user was last seen, if it was the last session. Does nothing for a session that is not here.
  void leave(Session& session);

  // Ends the sessions of a device, or of all devices of the user.
  void revoke(const UserId& user, const std::optional<DeviceId>& device);
  // Tells every session that the server is going away, each its own moment to come back within `spread`, and ends it.
  void dismiss_all(Duration spread);

  Task<Presence> presence(UserId user);
  std::size_t count() const { return count_; }

  // InboxObserver
  bool present(const UserId& user) const override { return sessions_.contains(user); }
  void advanced(const UserId& user, const InboxStep& step) override;

 private:
  Task<void> write_last_seen(UserId user, WallTime when);

  Loop& loop_;
  Store& store_;
  std::unordered_map<UserId, Session*> sessions_;  // The first of a user's list (Session::next_of_user_).
  std::size_t count_ = 0;
  Scope scope_;
};

}  // namespace kith
