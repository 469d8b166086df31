#include "rest/catcher.h"

#include <utility>

namespace kith {

void Catcher::send(std::string_view frame) {
  KITH_ASSERT(!caught_);
  caught_ = true;
  loop_.defer([promise = std::move(promise_), text = std::string(frame)]() mutable { promise.set(std::move(text)); });
}

void Catcher::close(Code) { KITH_ASSERT(!"commands end no connection"); }

void Catcher::hand_over(std::size_t, Fn<std::unique_ptr<Peer>(Transport&)>) { KITH_ASSERT(!"commands move no connection"); }

}  // namespace kith
