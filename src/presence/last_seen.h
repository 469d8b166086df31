// presence/last_seen.h — Since when a user is offline: the only part of presence that is durable.
//
//   Which loop   That of the users asked about; beat() on one loop of the server.
//   Durable      One row when a user goes offline, one when they have been online for a while. A row that says "online" in a former
//                lifetime was left by a crash: then the last beat of that lifetime is about when it ended.
//   Fails        Never: without its row it is not known since when.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/loop.h"
#include "base/task.h"
#include "store/store.h"

namespace kith {

class LastSeen {
 public:
  static constexpr Duration kBeatEvery = 60s;

  LastSeen(Loop& loop, Store& store, Epoch epoch) : loop_(loop), store_(store), epoch_(epoch) {}

  Task<void> went_offline(UserId user, WallTime when);
  Task<void> is_online(UserId user);
  // In the order of `users`.
  Task<std::vector<std::optional<WallTime>>> of(std::vector<UserId> users);

  // Writes that this lifetime goes on, every kBeatEvery. Ends with its scope.
  Task<void> beat();

 private:
  Task<void> put(UserId user, WallTime when, bool online);
  Task<WallTime> last_beat(Epoch epoch);

  Loop& loop_;
  Store& store_;
  const Epoch epoch_;
  std::unordered_map<std::uint64_t, WallTime> beats_;  // Of former epochs that were asked for.
};

}  // namespace kith
