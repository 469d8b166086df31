#include "auth/turns.h"

namespace kith {

Turn::~Turn() {
  if (turns_) turns_->pass_on(user_);
}

Future<Result<Turn>> Turns::take(const UserId& user) {
  auto [place, mine] = waiting_.try_emplace(user);
  if (mine) return Future<Result<Turn>>::ready(Turn(*this, user));
  if (place->second.size() >= kWaitingMax) {
    return Future<Result<Turn>>::ready(Failure(Code::busy, "too many changes of this user are waiting", 1000));
  }
  return place->second.emplace_back().future();
}

void Turns::pass_on(const UserId& user) {
  if (closed_) return;
  auto place = waiting_.find(user);
  KITH_ASSERT(place != waiting_.end());
  if (place->second.empty()) {
    waiting_.erase(place);
    return;
  }
  auto next = std::move(place->second.front());
  place->second.pop_front();
  // If nobody waits for it any more, the turn ends with its promise, and passes on again.
  next.set(Turn(*this, user));
}

}  // namespace kith
