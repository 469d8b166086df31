// base/turns.h — One at a time, per key (a user, a pair of users): who changes the rows of a key holds its Turn. One loop; nothing durable.
//
// Turns come in the order of asking. One ends with its object, and the next one waiting then runs inside that destructor.
// Cancelled by dropping the future. Fails with busy when kWaitingMax wait already.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <utility>

#include "base/assert.h"
#include "base/result.h"
#include "base/task.h"

namespace kith {

template <class Key>
class Turns {
 public:
  static constexpr std::size_t kWaitingMax = 64;

  class Turn {
   public:
    Turn(Turns& turns, Key key) : turns_(&turns), key_(std::move(key)) {}
    Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)), key_(std::move(other.key_)) {}
    Turn& operator=(Turn&& other) noexcept {
      std::swap(turns_, other.turns_);
      std::swap(key_, other.key_);
      return *this;
    }
    ~Turn() {
      if (turns_) turns_->pass_on(key_);
    }

   private:
    Turns* turns_;
    Key key_;
  };

  Future<Result<Turn>> take(const Key& key) {
    auto [place, mine] = waiting_.try_emplace(key);
    if (mine) return Future<Result<Turn>>::ready(Turn(*this, key));
    if (place->second.size() >= kWaitingMax) {
      return Future<Result<Turn>>::ready(Failure(Code::busy, "too many changes of this are waiting", 1000));
    }
    return place->second.emplace_back().future();
  }

  // From now on nobody gets a turn: for an owner that is about to destroy those who hold or await one.
  void close() { closed_ = true; }

 private:
  void pass_on(const Key& key) {
    if (closed_) return;
    auto place = waiting_.find(key);
    KITH_ASSERT(place != waiting_.end());
    if (place->second.empty()) {
      waiting_.erase(place);
      return;
    }
    auto next = std::move(place->second.front());
    place->second.pop_front();
    // If nobody waits for it any more, the turn ends with its promise, and passes on again.
    next.set(Turn(*this, key));
  }

  std::map<Key, std::deque<Promise<Result<Turn>>>> waiting_;  // Present, perhaps empty, while somebody has the turn.
  bool closed_ = false;
};

}  // namespace kith
