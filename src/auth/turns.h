// auth/turns.h — One at a time, per user: who changes a user's rows holds that user's Turn. One loop; nothing durable.
//
// Turns come in the order of asking. One ends with its object, and the next one waiting then runs inside that destructor.
// Cancelled by dropping the future. Fails with busy when kWaitingMax wait already.
#pragma once

#include <cstddef>
#include <deque>
#include <unordered_map>
#include <utility>

#include "base/ids.h"
#include "base/result.h"
#include "base/task.h"

namespace kith {

class Turns;

class Turn {
 public:
  Turn(Turns& turns, UserId user) : turns_(&turns), user_(std::move(user)) {}
  Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)), user_(std::move(other.user_)) {}
  Turn& operator=(Turn&& other) noexcept {
    std::swap(turns_, other.turns_);
    std::swap(user_, other.user_);
    return *this;
  }
  ~Turn();

 private:
  Turns* turns_;
  UserId user_;
};

class Turns {
 public:
  static constexpr std::size_t kWaitingMax = 64;

  Future<Result<Turn>> take(const UserId& user);

  // From now on nobody gets a turn: for an owner that is about to destroy those who hold or await one.
  void close() { closed_ = true; }

 private:
  friend class Turn;
  void pass_on(const UserId& user);

  std::unordered_map<UserId, std::deque<Promise<Result<Turn>>>> waiting_;  // Present, perhaps empty, while somebody has the turn.
  bool closed_ = false;
};

}  // namespace kith
