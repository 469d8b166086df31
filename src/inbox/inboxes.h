// inbox/inboxes.h — The inboxes of one loop that are in memory, by least recent use; opened on demand. Owned by the shard.
#pragma once

#include "inbox/inbox.h"
#include "log/residents.h"

namespace kith {

class Inboxes {
 public:
  using Pin = Residents<UserId, Inbox>::Pin;

  Inboxes(Loop& loop, Store& store, InboxObserver& observer, MarkKeeper& keeper, Epoch epoch, std::size_t budget_bytes)
      : loop_(loop), store_(store), observer_(observer), keeper_(keeper), epoch_(epoch), residents_(budget_bytes) {}

  // Never empty: every user has an inbox.
  Task<Result<Pin>> acquire(UserId user) {
    return residents_.acquire(
        user, [this, user] { return std::make_unique<Inbox>(loop_, store_, user, epoch_, observer_, keeper_); },
        [](Inbox& inbox) { return inbox.open(); });
  }

  Task<Result<Seq>> hand_off(HandOff handoff) {
    auto inbox = co_await acquire(handoff.member);
    if (!inbox) co_return inbox.error();
    auto mark = co_await (*inbox)->hand_off(std::move(handoff));
    co_return mark;
  }

  void trim() { residents_.trim(); }
  Task<void> settle_all() { return residents_.settle_all(); }
  std::size_t count() const { return residents_.count(); }
  std::size_t bytes() const { return residents_.bytes(); }

 private:
  Loop& loop_;
  Store& store_;
  InboxObserver& observer_;
  MarkKeeper& keeper_;
  const Epoch epoch_;
  Residents<UserId, Inbox> residents_;
};

}  // namespace kith
