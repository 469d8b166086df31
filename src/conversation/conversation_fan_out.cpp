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

// How far a member's inbox has to come.
Seq Conversation::goal(std::size_t member) const { return roster_.last_visible(member, shown_); }

void Conversation::start_delivery() {
  ++delivering_;  // Also of this loop: a delivery may be over before the next one is begun.
  delivered_to_ = shown_;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    Member& member = members_[i];
    if (member.delivering || member.reached == goal(i)) continue;
    member.delivering = true;
    ++delivering_;
    scope_.spawn(deliver(i));
  }
  end_delivery();
}

void Conversation::end_delivery() {
  --delivering_;
  if (!all_reached()) return;
  // A conversation that is never quiet must not be read from its beginning after a crash.
  if (shown_ - log_.checkpoint() >= kCheckpointEvery) scope_.spawn(move_checkpoint());
  for (auto& waiter : std::exchange(fan_out_waiters_, {})) waiter.set(Ok{});
}

Task<void> Conversation::move_checkpoint() {
  auto moved = co_await log_.set_checkpoint(shown_);
  (void)moved;
}

// What to hand over next, entries (first, last]: what follows the mark in the earliest stay that the inbox has not wholly.
HandOff Conversation::next_hand_off(std::size_t i) const {
  const MemberRow& row = roster_[i];
  // Before the inbox has told its mark, all that was there at opening is taken for delivered; it says so if not.
  Seq mark = members_[i].reached.value_or(opened_at_), end = goal(i);
  HandOff out{id_, row.user, id_.is_direct() ? other(row.user) : UserId{}, std::min(mark, end), std::min(mark, end), Seq{0}, {}};
  for (const Span& stay : row.stays) {
    if (stay.last <= mark || stay.first > shown_) continue;
    out.from = planted(Plant::joiner_from_beginning) ? mark : std::max(mark, stay.first - 1);
    out.to = std::min({stay.last, shown_, out.from + kHandOffMax});
    if (!id_.is_direct()) out.joined = stay.first;
    break;
  }
  return out;
}

Task<void> Conversation::deliver(std::size_t i) {
  while (members_[i].reached != goal(i)) {
    HandOff handoff = next_hand_off(i);
    auto entries = co_await range(handoff.from.next(), handoff.to);
    Result<Seq> mark = Failure{Code::unavailable};
    if (entries) {
      handoff.entries = std::move(*entries);
      bool cached = !recent_.empty() && handoff.from >= recent_.front()->seq;
      // Who left does not hear what became of messages since.
      if (Seq horizon = roster_.horizon(i); horizon != kStillHere) {
        for (EntryPtr& entry : handoff.entries) entry = as_seen_up_to(horizon, std::move(entry));
        cached = false;
      }
      if (!cached) members_[i].handing = handoff.entries;
      mark = co_await delivery_.hand_off(std::move(handoff));
      members_[i].handing.clear();
    }
    if (!mark) {
      co_await wait(loop_, 100ms);
      continue;
    }
    members_[i].reached = std::min(*mark, goal(i));
  }
  members_[i].delivering = false;
  end_delivery();
}

// Whoever is not being delivered to has reached their goal, since start_delivery was called for what is shown now.
bool Conversation::all_reached() const { return delivering_ == 0 && delivered_to_ == shown_; }

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
  if (planted(Plant::pending_after_append)) {
    armed_ = true;
    log_.ready();
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
    for (auto& waiting : std::exchange(waiting_, {})) refuse(*waiting, to_failure(put.error()));
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
  bool finished =
      log_.idle() && waiting_.empty() && in_flight_.empty() && unshown_.empty() && (all_reached() || planted(Plant::pending_cleared_early));
  if (!armed_ || pending_busy_ || !finished) co_return;
  armed_ = false;
  auto moved = co_await log_.set_checkpoint(shown_);
  (void)moved;                             // A checkpoint only shortens the next opening.
  if (armed_ || pending_busy_) co_return;  // A send came meanwhile, and needs the row as it is.
  co_await write_pending(false);
}

bool Conversation::evictable() const {
  return !armed_ && !pending_busy_ && log_.idle() && waiting_.empty() && in_flight_.empty() && unshown_.empty() && targets_.empty() &&
         until_shown_.empty() && behind_search_.empty() && !invites_locked_ && scope_.empty() &&
         (!marks_ || (marks_->idle() && !marks_->watched()));
}

std::size_t Conversation::bytes() const {
  constexpr std::size_t kBase = 1500, kEntry = 160, kKnown = 120;
  return kBase + text_bytes_ + recent_.size() * kEntry + known_order_.size() * kKnown + (marks_ ? marks_->bytes() : 0) +
         (invites_ ? invites_->links.size() * 120 + invites_->waiting.size() * 60 : 0);
}

}  // namespace kith
