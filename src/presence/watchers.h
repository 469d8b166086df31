// presence/watchers.h — The connections of this loop that want to know of others, and the questions of its users.
//
//   Which loop   One Watchers per loop. Owned by the shard; outlives its Watcher objects, which belong to the commands of a connection.
//   Visibility   Symmetric: a user sees whom they show themself to and who shows themself to them. The first half is asked here, the
//                second at the owner of whom it is about. Who may not be seen is left out.
//   Pressure     A connection that takes no presence now keeps the last state of up to kHeldMax users for later ticks; beyond that what is
//                oldest is dropped and counted.
//   Fails        With unavailable, when the contacts cannot be read; who cannot be asked about is left out.
#pragma once

#include <unordered_map>
#include <vector>

#include "presence/presence_book.h"

namespace kith {

class Watcher;

class Watchers {
 public:
  static constexpr std::size_t kContactsMax = 1000;
  static constexpr std::size_t kHeldMax = 100;

  Watchers(Loop& loop, PresenceBook& book, PresenceLinks& links, Privacy& privacy, const PresenceOptions& options);

  // Those of `users` whom the viewer, who lives here, may see; in their order.
  Task<std::vector<PresenceItem>> pull(UserId viewer, std::vector<UserId> users);
  Task<Result<std::vector<PresenceItem>>> pull_contacts(UserId viewer);

  void heard(std::vector<News> news);

  // shown_to() of this user, or are_contacts() of the two, is another thing now. To be called on the loops of both.
  void preferences_changed(const UserId& user);
  void contact_changed(const UserId& user, const UserId& other);

  std::uint64_t shed() const { return shed_; }
  std::size_t count() const { return watchers_.size(); }

 private:
  friend class Watcher;

  Task<std::vector<UserId>> shown_to_all(UserId viewer, std::vector<UserId> users);
  // All inquiries are posted before the first wait.
  Task<std::vector<Answer>> ask(UserId viewer, std::vector<UserId> users, WatcherId watcher, Interests interests);
  void forget(WatcherId watcher, std::vector<UserId> users, Interests interests);
  void flush(Watcher& watcher);
  void retry();

  Loop& loop_;
  PresenceBook& book_;
  PresenceLinks& links_;
  Privacy& privacy_;
  const PresenceOptions& options_;
  std::unordered_map<std::uint64_t, Watcher*> watchers_;
  std::unordered_multimap<UserId, Watcher*> by_user_;
  std::vector<std::uint64_t> pressed_;  // Those who hold something back.
  std::uint64_t next_number_ = 1, shed_ = 0;
  Timer retry_;
  Scope scope_;
};

// One connection that wants to know more than once.
class Watcher {
 public:
  // `show` writes items to the connection, or says that it takes none now.
  Watcher(Watchers& home, const UserId& viewer, Fn<bool(const std::vector<PresenceItem>&)> show);
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // All contacts as they are now; arrivals follow. The task ends before the Watcher does.
  Task<Result<std::vector<PresenceItem>>> watch_contacts();
  // Takes the place of what was watched before, for PresenceOptions::viewport_for.
  Task<std::vector<PresenceItem>> watch(std::vector<UserId> users);

 private:
  friend class Watchers;

  WatcherId id() const;
  void take(PresenceItem item);
  // Asks anew about those of these that are still watched.
  Task<void> review(std::vector<UserId> users);
  Task<void> contact_changed(UserId other);
  void show_answers(const std::vector<UserId>& users, const std::vector<Answer>& answers);

  Watchers& home_;
  const UserId viewer_;
  const std::uint64_t number_;
  Fn<bool(const std::vector<PresenceItem>&)> show_;
  std::vector<UserId> contacts_, viewport_;  // Ascending.
  bool contacts_wanted_ = false;
  std::uint64_t viewports_ = 0;     // How many there were.
  std::vector<PresenceItem> held_;  // On their way to show_.
  bool pressed_ = false;
  Timer expiry_;
  Scope scope_;
};

}  // namespace kith
