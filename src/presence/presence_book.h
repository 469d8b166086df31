// presence/presence_book.h — Which of this loop's users are here, what their devices say, and who watches them: soft state at the owner.
//
//   Which loop   One object per loop, for the users of its slots. Owned by the shard; outlives the directory and all watchers of its loop.
//   What counts  A user is what the most present of their devices says. A user whose last device went is kept as they were told of for
//                PresenceOptions::offline_grace; who asks meanwhile is told the truth, and everybody is when they come back after that.
//   Order        Watchers are told once a tick, by one message a loop, of what is true then; they may miss what came and went within it.
//                Who is told in an answer something else than watchers were told last is followed by news.
//   Limits       PresenceOptions::told_each_tick, a quarter of it when the loop is late. kWatchersMax of one user: who comes later is
//                answered and told nothing.
//   Durable      Nothing but LastSeen.
#pragma once

#include <deque>
#include <optional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "base/loop.h"
#include "presence/last_seen.h"
#include "presence/watch.h"

namespace kith {

class PresenceBook {
 public:
  static constexpr std::size_t kWatchersMax = 10'000;

  PresenceBook(Loop& loop, LastSeen& last_seen, PresenceLinks& links, Privacy& privacy, const PresenceOptions& options);

  // A device came, or went: once for each connection (or poller) of it.
  void enter(const UserId& user, const DeviceId& device);
  void leave(const UserId& user, const DeviceId& device);
  // Holds until the device has gone; nothing for one that is not here.
  void say(const UserId& user, const DeviceId& device, Status status);

  // Does `user`, who lives here, let `viewer` see them?
  Task<bool> shows(UserId user, UserId viewer);
  // As far as the user lets the viewer see; the other half, that the viewer shows themself, is asked where the viewer lives.
  Task<Presence> look(UserId user, UserId viewer);
  Task<std::vector<Answer>> answer(Inquiry inquiry);
  void forget(const Forget& forget);

  // What shown_to() or are_contacts() say of this user is another thing now.
  void preferences_changed(const UserId& user);
  void contact_changed(const UserId& user);

  std::size_t online() const { return online_; }
  const PresenceCounts& counts() const { return counts_; }

 private:
  struct Device {
    DeviceId id;
    std::uint32_t here = 1;
    Status status = Status::online;
  };
  struct Watch {
    std::uint64_t number = 0;  // Those of WatcherId, packed: there are many.
    std::uint32_t loop = 0;
    Interests interests = 0;
    bool blind = true;  // May not see the user (yet).
  };
  struct User {
    const UserId* id = nullptr;
    std::vector<Device> devices;
    std::vector<Watch> watches;
    std::optional<ShownTo> shown_to;
    std::optional<Status> told;   // Watchers for changes were told last; nothing: offline.
    bool doubted = false;         // Somebody was told something else since.
    bool announced = false;       // Watchers for arrivals were told that the user came …
    bool owed = false;            // … or one of them saw it: they have to hear when the user has gone.
    bool to_announce = false;     // With the next tick.
    bool lingers = false;         // The last device went, within the grace.
    bool queued = false;          // For the next tick.
    std::uint64_t stay = 0;       // Grows when the user comes or goes: deadlines of a former stay are void.
    std::uint32_t deadlines = 0;  // That point here.
    std::uint32_t reviews = 0;    // Grows when who may see the user changes.
    Instant announced_at;
    std::optional<WallTime> left;
  };
  enum class Due : std::uint8_t { settled, announced, gone };
  struct Deadline {
    Instant at;
    std::uint64_t order;
    User* user;
    std::uint64_t stay;
    Due what;
    bool operator>(const Deadline& other) const { return at != other.at ? at > other.at : order > other.order; }
  };

  User& entry(const UserId& user);
  User* find(const UserId& user);
  static std::optional<Status> status_of(const User& user);
  Presence now(User* user, const std::optional<WallTime>& seen);
  Watch* find_watch(User& user, const WatcherId& watcher);
  void touch(User& user);
  void queue(User& user);
  void set_deadline(User& user, Instant at, Due what);
  void met(User& user, Due what);
  void announce(User& user);
  void review_watchers(User& user);
  void drop_if_idle(User& user);
  void arm();
  void run();
  void tell();
  std::size_t tell_of(User& user);

  Loop& loop_;
  LastSeen& last_seen_;
  PresenceLinks& links_;
  Privacy& privacy_;
  const PresenceOptions& options_;
  std::unordered_map<UserId, User> users_;  // Online, lingering, watched, or with a deadline.
  std::size_t online_ = 0;
  std::uint64_t preferences_ = 0;  // Grows when anybody's change: what was read before is not kept.
  std::priority_queue<Deadline, std::vector<Deadline>, std::greater<>> deadlines_;
  std::uint64_t next_order_ = 0;
  std::deque<User*> queue_;
  std::vector<std::vector<News>> outgoing_;  // By loop.
  Instant tick_at_, armed_for_;
  Timer timer_;
  PresenceCounts counts_;
  Scope scope_;
};

}  // namespace kith
