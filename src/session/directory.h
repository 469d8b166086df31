// session/directory.h — Who is here: the devices of the users of one loop that are connected or poll. This is what makes a user's owner
// know where they are.
//
// Owned by the shard; outlives those who are in it. They stay here while their inbox leaves memory.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>

#include "inbox/inbox.h"
#include "presence/watchers.h"

namespace kith {

class Wishes;

// A device that is here: a session, or one that polls. Leaves the Directory before it dies, and never inside of one of these calls.
class Attendant {
 public:
  virtual const UserId& user() const = 0;
  virtual const DeviceId& device() const = 0;
  virtual void step(const InboxStep& step) = 0;
  // About others in a conversation; for who looks at it.
  virtual void signal(const Signal&) {}
  // The user does not tell any more what they read, and so is not told what others read.
  virtual void hide_read() {}
  // Where is said what it is to be told live; nullptr: it is told nothing.
  virtual std::shared_ptr<Wishes> wishes() { return nullptr; }
  virtual void end(Code reason) = 0;
  // As end(), because the server is going away: it may come back after this time.
  virtual void dismiss(std::uint32_t after_ms) = 0;

 protected:
  ~Attendant() = default;

 private:
  friend class Directory;
  Attendant* next_of_user_ = nullptr;
};

class Directory final : public InboxObserver {
 public:
  // Both hear of what happens here: who comes and goes.
  Directory(Loop& loop, PresenceBook& book, Watchers& watchers) : loop_(loop), book_(book), watchers_(watchers) {}

  // One that is ready. A former one of the same device ends with `replaced`.
  void enter(Attendant& attendant);
  // Does nothing for one that is not here.
  void leave(Attendant& attendant);

  // Ends those of a device, or of all devices of the user.
  void revoke(const UserId& user, const std::optional<DeviceId>& device);
  // Tells everyone that the server is going away, each its own moment to come back within `spread`, and ends it.
  void dismiss_all(Duration spread);

  void signal(const std::vector<UserId>& users, const Signal& signal);
  void hide_read(const UserId& user);
  // Those of the connection that the device has now; nullptr: it has none, or is told nothing there.
  std::shared_ptr<Wishes> wishes(const UserId& user, const DeviceId& device);
  std::size_t count() const { return count_; }

  // InboxObserver
  bool present(const UserId& user) const override { return sessions_.contains(user); }
  void advanced(const UserId& user, const InboxStep& step) override;

 private:
  template <class F>
  void each_of(const UserId& user, F tell);

  Loop& loop_;
  PresenceBook& book_;
  Watchers& watchers_;
  std::unordered_map<UserId, Attendant*> sessions_;  // The first of a user's list (Attendant::next_of_user_).
  std::size_t count_ = 0;
};

}  // namespace kith
