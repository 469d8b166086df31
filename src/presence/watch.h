// presence/watch.h — Who wants to know of whom, and the seam over which the loop of a user and the loops of those who watch them speak.
//
// The owner of a user knows watchers by number only; who they are is asked when they begin to watch, and anew at every change of what
// the answer depended on. Values; no loop.
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/task.h"
#include "base/time.h"
#include "conversation/delivery.h"

namespace kith {

struct PresenceOptions {
  Duration online_delay = 5s;     // Going online is announced when it lasted this long …
  Duration announce_every = 60s;  // … and of one user not more often than this.
  Duration offline_grace = 30s;   // Who comes back within this time never went.
  Duration viewport_for = 300s;
  Duration tick = 250ms;              // What happens within one tick is told as one.
  std::size_t told_each_tick = 2000;  // Of a shard, in watchers; what is beyond waits for the next tick, and merges there.
};

// A connection that watches: its loop, and its number there (never used twice).
struct WatcherId {
  std::uint64_t number = 0;
  std::uint32_t loop = 0;
  bool operator==(const WatcherId&) const = default;
};

// What one watches for: bits.
using Interests = std::uint8_t;
inline constexpr Interests kChanges = 1;   // Every change: the user is in the viewport.
inline constexpr Interests kArrivals = 2;  // Coming online and having gone: a contact.

// To the owner of `users`. Without interests: an answer, and nothing more.
struct Inquiry {
  UserId viewer;
  std::vector<UserId> users;
  WatcherId watcher;
  Interests interests = 0;
};
struct Answer {
  Presence presence;
  bool withdrawn = false;  // It is hidden, and was not when this watcher heard of it last.
};

// To the owner: these interests in these users are over.
struct Forget {
  WatcherId watcher;
  std::vector<UserId> users;
  Interests interests = 0;
};

// From the owner to watchers of one loop.
struct News {
  UserId user;
  Presence presence;
  bool review = false;  // Instead of news: ask anew, who may see this user has changed.
  std::vector<std::uint64_t> watchers;
};

struct PresenceItem {
  UserId user;
  Presence presence;
};

// Implemented by whoever knows which loop owns a user (server/). What is sent from one loop to another keeps its order.
class PresenceLinks {
 public:
  virtual ~PresenceLinks() = default;
  virtual std::size_t loops() const = 0;
  virtual std::size_t here() const = 0;
  virtual std::size_t home(const UserId& user) const = 0;
  virtual Future<std::vector<Answer>> inquire(std::size_t loop, Inquiry inquiry) = 0;
  virtual void forget(std::size_t loop, Forget forget) = 0;
  // Never inside of the call.
  virtual void tell(std::size_t loop, std::vector<News> news) = 0;
};

// What presence must know of preferences and contacts; asked on the loop of `self`. Who cannot be asked about shows nothing.
enum class ShownTo : std::uint8_t { everyone, contacts, nobody };
class Privacy {
 public:
  virtual ~Privacy() = default;
  virtual Task<Result<ShownTo>> shown_to(UserId self) = 0;
  virtual Task<Result<bool>> are_contacts(UserId self, UserId other) = 0;
  virtual Task<Result<std::vector<UserId>>> contacts(UserId self, std::size_t limit) = 0;
};

// Counts since the process began; read by /metrics.
struct PresenceCounts {
  std::uint64_t told = 0;      // Watchers told of a change, before they are merged into pushes.
  std::uint64_t deferred = 0;  // Users whose change waited for a later tick, because the budget was used up.
  std::uint64_t shed = 0;      // Changes that a connection was not told, because it was full.
};

}  // namespace kith
