#include "session/session.h"

#include <algorithm>

#include "base/plant.h"
#include "base/wait.h"
#include "session/pages.h"
#include "session/position.h"

namespace kith {

namespace {
constexpr Duration kConfirmEvery = 1s;
}  // namespace

Session::Session(Place& place, Transport& transport, Admitted admitted)
    : place_(place),
      frames_(place, transport, admitted.encoding),
      user_(admitted.identity.user),
      device_(admitted.identity.device),
      wishes_(std::make_shared<Wishes>(place, frames_, user_)),
      commands_(place, frames_, user_, device_, wishes_) {
  ++place_.traffic.sessions;
  scope_.spawn(begin(std::move(admitted)));
}

Session::~Session() {
  wishes_->cut();
  place_.directory.leave(*this);
}

void Session::closed() {
  ended_ = true;
  wishes_->cut();
  live_ = false;
  place_.directory.leave(*this);
}

void Session::end(Code reason) {
  if (ended_) return;
  ended_ = true;
  live_ = false;
  wishes_->cut();
  commands_.drop_held();
  frames_.transport().close(reason);
}

void Session::dismiss(std::uint32_t after_ms) {
  if (ended_) return;
  frames_.write({0, wire::Goaway{after_ms, "stopping"}});
  end(Code::going_away);
}

// ------------------------------------------------------------------------------------------------------ getting in step

Task<void> Session::begin(Admitted admitted) {
  auto inbox = co_await place_.inboxes.acquire(user_);
  Result<Identity> identity = Failure{Code::unavailable};
  if (inbox) {
    // Asked again here, where revocations are heard of: from this answer on, in this turn, the Directory knows the session.
    identity = co_await place_.backend.verify(admitted.token, device_);
  }
  if (ended_) co_return;
  if (!identity) {
    const Failure& failure = inbox ? identity.error() : inbox.error();
    frames_.write_failure(admitted.re, failure);
    end(info(failure.code).close != 0 ? failure.code : Code::unavailable);
    co_return;
  }
  place_.directory.enter(*this);
  frames_.write({admitted.re, wire::Ready{user_.text(), device_.text(), (*inbox)->head().value, place_.options.node}});
  rebuild_ = (*inbox)->rebuild();
  Position found = find_position(place_, **inbox, admitted.cursor, admitted.useq);
  position_ = found.at;
  if (found.resync) frames_.write({0, wire::Resync{cursor_at(place_, rebuild_, position_), found.resync}});
  if (!found.resync) (*inbox)->confirmed(position_);
  (*inbox)->hurry();
  began_ = true;
  start_pump();
  if (place_.stopping) dismiss(0);
  for (auto& frame : std::exchange(early_, {})) received(frame);
}

void Session::start_pump() {
  if (pumping_ || live_ || ended_ || !began_) return;
  pumping_ = true;
  scope_.spawn(pump());
}

// Reads the inbox from the device's position until there is nothing more, then goes live in that very turn.
Task<void> Session::pump() {
  for (bool arrived = synced_; !ended_;) {
    if (frames_.transport().unsent() > place_.options.unsent_max / 2) {
      until_drained_.emplace();
      auto drained = until_drained_->future();
      co_await drained;
      continue;
    }
    auto inbox = co_await place_.inboxes.acquire(user_);
    if (inbox && !std::exchange(arrived, true)) {
      co_await (*inbox)->arrivals();
      continue;
    }
    if (inbox && position_ == (*inbox)->head()) {
      if (!std::exchange(synced_, true)) frames_.write({0, wire::Synced{cursor_at(place_, rebuild_, position_)}});
      live_ = true;
      break;
    }
    Result<wire::Page> page = Failure{Code::unavailable};
    if (inbox) page = co_await next_page(place_, **inbox, position_);
    if (!page) {
      co_await wait(place_.loop, 100ms);
      continue;
    }
    if (ended_) break;
    position_ = {page->to};
    ++place_.traffic.pages;
    frames_.write({0, std::move(*page)});
  }
  pumping_ = false;
}

void Session::step(const InboxStep& step) {
  if (!live_ || step.useq <= position_) return;
  if (frames_.transport().unsent() > place_.options.unsent_max) {
    // From here on the log is the buffer. drained() comes, because something is unsent.
    if (planted(Plant::live_gap)) {
      position_ = step.useq;
      return;
    }
    live_ = false;
    ++place_.traffic.fell_behind;
    return;
  }
  KITH_ASSERT(step.useq == position_.next());
  position_ = step.useq;
  const Pointer& pointer = step.pointer;
  if (pointer.kind != PointerKind::advanced) return write_own(step);
  for (const EntryPtr& entry : step.entries) {
    // The position moves with the last one: a device that was cut off before it must get all of them again.
    bool last = entry == step.entries.back();
    ++place_.traffic.events;
    frames_.write_event(last ? step.useq : Useq{0}, pointer.conversation, *entry);
  }
}

void Session::signal(const Signal& signal) {
  if (ended_ || wishes_->looking != signal.conversation) return;
  // What is soft gives way first.
  if (frames_.transport().unsent() > place_.options.unsent_max / 2) return;
  frames_.write_signal(signal, user_, wishes_->shows_read);
}

// A step that is about the user alone.
void Session::write_own(const InboxStep& step) {
  const Pointer& pointer = step.pointer;
  std::string conversation = pointer.conversation.text();
  wire::Event event{step.useq.value, {}};
  switch (pointer.kind) {
    case PointerKind::read:
      event.event = wire::ReadMark{std::move(conversation), pointer.to.value};
      break;
    case PointerKind::cleared:
      event.event = wire::ClearMark{std::move(conversation), pointer.to.value};
      break;
    case PointerKind::hidden:
      event.event = wire::Hidden{std::move(conversation), pointer.to.value};
      break;
    case PointerKind::settings:
      event.event = to_wire(pointer.conversation, pointer.settings);
      break;
    case PointerKind::contact:
      event.event = to_wire(pointer.with, pointer.contact);
      break;
    default:
      break;
  }
  frames_.write({0, std::move(event)});
}

void Session::drained() {
  if (until_drained_) {
    auto waiter = std::move(*until_drained_);
    until_drained_.reset();
    waiter.set(Ok{});
  }
  start_pump();
}

// ------------------------------------------------------------------------------------------------------ from the device

void Session::received(std::string_view frame) {
  if (ended_) return;
  if (!began_) {
    if (early_.size() < place_.options.commands_max) return early_.emplace_back(frame), void();
    return end(Code::too_large);
  }
  ++place_.traffic.commands;
  auto command = frames_.read(frame);
  if (!command) {
    const auto& [failure, id] = command.error();
    frames_.write_failure(id, failure);
    // A client that writes no valid frames would only go on; one that is newer than this server may.
    if (failure.code == Code::malformed) end(Code::malformed);
    return;
  }
  if (std::holds_alternative<wire::Ping>(command->command)) return frames_.write({command->id, wire::Pong{}});
  if (std::holds_alternative<wire::Auth>(command->command)) return frames_.write_failure(command->id, Code::already_authenticated);
  if (auto* confirm = std::get_if<wire::Confirm>(&command->command)) return take_confirmation({confirm->useq});
  commands_.carry_out(*command);
}

// No reply, whatever happens: a confirmation that is lost is followed by a later one.
void Session::take_confirmation(Useq useq) {
  confirmed_ = std::max(confirmed_, std::min(useq, position_));
  if (confirmed_ == confirmed_written_ || confirm_later_) return;
  // The first of a second is written at once, the last of it at its end.
  Instant now = place_.loop.now();
  Duration since = now - confirm_at_;
  if (confirm_at_.ns == 0 || since >= kConfirmEvery) {
    confirm_at_ = now;
    confirm();
    return;
  }
  confirm_later_ = place_.loop.after(kConfirmEvery - since, [this] {
    confirm_later_.cancel();
    confirm_at_ = place_.loop.now();
    confirm();
  });
}

void Session::confirm() {
  confirmed_written_ = confirmed_;
  scope_.spawn(take_confirmed(place_, user_, device_, confirmed_));
}

}  // namespace kith
