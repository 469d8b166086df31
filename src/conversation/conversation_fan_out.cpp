// From the log to the members' inboxes, and the pending row that leads back to it after a crash.
#include <algorithm>

#include "base/crash_point.h"
#include "base/plant.h"
#include "base/wait.h"
#include "conversation/conversation.h"
#include "conversation/pending_row.h"
#include "store/retry.h"

namespace kith {

namespace {
constexpr Duration kQuiet = 60s;  // Before the pending row is cleared.
constexpr std::uint64_t kCheckpointEvery = 4096;
constexpr std::uint64_t kHandOffMax = 256;  // Entries handed over in one step.
}  // namespace

void Conversation::start_delivery() {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    Member& member = members_[i];
    if (member.delivering || member.reached == log_.head()) continue;
    member.delivering = true;
    scope_.spawn(deliver(i));
  }
}

Task<void> Conversation::deliver(std::size_t i) {
  while (members_[i].reached != log_.head()) {
    // Before the inbox has told its mark, all that was there at opening is taken for delivered; it says so if not.
    Seq from = members_[i].reached.value_or(opened_at_);
    Seq to = std::min(log_.head(), from + kHandOffMax);
    auto entries = co_await range(from.next(), to);
    Result<Seq> mark = Failure{Code::unavailable};
    if (entries) {
      const UserId& user = members_[i].user;
      HandOff handoff{id_, user, id_.is_direct() ? other(user) : UserId{}, from, to, std::move(*entries)};
      mark = co_await delivery_.hand_off(std::move(handoff));
    }
    if (!mark) {
      co_await wait(loop_, 100ms);
      continue;
    }
    members_[i].reached = std::min(*mark, log_.head());
  }
  members_[i].delivering = false;
  if (!all_reached()) co_return;
  if (log_.head() - log_.checkpoint() >= kCheckpointEvery) {
    // A conversation that is never quiet must not be read from its beginning after a crash.
    auto moved = co_await log_.set_checkpoint(log_.head());
    (void)moved;
  }
  for (auto& waiter : std::exchange(fan_out_waiters_, {})) waiter.set(Ok{});
}

bool Conversation::all_reached() const {
  return std::all_of(members_.begin(), members_.end(), [&](const Member& m) { return m.reached == log_.head() && !m.delivering; });
}

Task<void> Conversation::finish_fan_out() {
  start_delivery();
  if (all_reached()) co_return;
  fan_out_waiters_.emplace_back();
  auto done = fan_out_waiters_.back().future();
  co_await done;
}

// ---------------------------------------------------------------------------------------------------------- the pending row

void Conversation::arm() {
  if (pending_busy_) return;  // write_pending looks again when it is through.
  if (planted(Plant::no_pending_row)) {
    armed_ = true;
    log_.ready();
    return;
  }
  scope_.spawn(write_pending(true));
}

Task<void> Conversation::write_pending(bool pending) {
  pending_busy_ = true;
  std::string partition = pending_partition(id_.slot());
  std::vector<Row> rows{encode_pending({log_.epoch(), id_, pending})};
  auto put = co_await until_definite(loop_, [&] { return store_.put(RowTable::pending, partition, rows); });
  crash_point(pending ? "pending_written" : "pending_cleared");
  pending_busy_ = false;
  if (!put && pending) {
    // Nothing was appended, so nothing was promised: who waits is told, and may try again.
    for (auto& waiting : std::exchange(waiting_, {})) {
      under_way_.erase(waiting->attempt);
      for (auto& [reply, no_base] : waiting->replies) reply.set(to_failure(put.error()));
    }
    co_return;
  }
  armed_ = pending;
  if (armed_) {
    log_.ready();
    watch_quiet(kQuiet);
  } else if (!waiting_.empty()) {
    arm();
  }
}

void Conversation::watch_quiet(Duration delay) {
  quiet_ = loop_.after(delay, [this] {
    Duration quiet = loop_.now() - last_activity_;
    if (!armed_) return;
    if (quiet < kQuiet) return watch_quiet(kQuiet - quiet);
    scope_.spawn(settle());
    watch_quiet(kQuiet);
  });
}

Task<void> Conversation::settle() {
  bool finished = log_.idle() && waiting_.empty() && in_flight_.empty() && (all_reached() || planted(Plant::pending_cleared_early));
  if (!armed_ || pending_busy_ || !finished) co_return;
  armed_ = false;
  auto moved = co_await log_.set_checkpoint(log_.head());
  (void)moved;                             // A checkpoint only shortens the next opening.
  if (armed_ || pending_busy_) co_return;  // A send came meanwhile, and needs the row as it is.
  co_await write_pending(false);
}

bool Conversation::evictable() const {
  return !armed_ && !pending_busy_ && log_.idle() && waiting_.empty() && in_flight_.empty() && behind_search_.empty() && scope_.empty();
}

std::size_t Conversation::bytes() const {
  constexpr std::size_t kBase = 1500, kEntry = 160, kKnown = 120;
  return kBase + text_bytes_ + recent_.size() * kEntry + known_order_.size() * kKnown;
}

}  // namespace kith
