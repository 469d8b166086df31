#include "session/session.h"

#include <algorithm>

#include "base/plant.h"
#include "base/wait.h"

namespace kith {

namespace {
constexpr std::uint32_t kPagePointers = 500;     // Inbox steps folded into one page.
constexpr std::size_t kPageChanges = 100;        // Conversations of one page.
constexpr std::uint32_t kPageEntries = 200;      // Entries inline in one page, of all conversations together …
constexpr std::uint32_t kFarBehindEntries = 20;  // … and of one that has more new ones than fit.
constexpr std::size_t kPageBytes = 128 << 10;    // Texts inline in one page.
}  // namespace

Session::Session(Place& place, Transport& transport, Admitted admitted)
    : place_(place), frames_(place, transport, admitted.encoding), user_(admitted.identity.user), device_(admitted.identity.device) {
  ++place_.traffic.sessions;
  scope_.spawn(begin(std::move(admitted)));
}

Session::~Session() { place_.directory.leave(*this); }

void Session::closed() {
  ended_ = true;
  live_ = false;
  place_.directory.leave(*this);
}

void Session::end(Code reason) {
  if (ended_) return;
  ended_ = true;
  live_ = false;
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
  take_position(admitted, **inbox);
  (*inbox)->hurry();
  began_ = true;
  start_pump();
  if (place_.stopping) dismiss(0);
  for (auto& frame : std::exchange(early_, {})) received(frame);
}

void Session::take_position(const Admitted& admitted, const Inbox& inbox) {
  const char* reason = nullptr;
  auto cursor = Cursor::parse(admitted.cursor);
  if (admitted.cursor.empty()) {
    reason = "no_cursor";
  } else if (!cursor || (cursor->store != place_.store_id && !planted(Plant::cursor_without_store))) {
    reason = "other_store";
  } else if (cursor->rebuild != inbox.rebuild()) {
    reason = "rebuilt";
  } else {
    position_ = std::max(cursor->useq, admitted.useq);
    if (position_ > inbox.head()) reason = "ahead";
    if (reason && planted(Plant::cursor_without_store)) {
      reason = nullptr;
      position_ = inbox.head();
    }
  }
  if (!reason) return;
  ++place_.traffic.resyncs;
  position_ = inbox.head();
  frames_.write({0, wire::Resync{cursor_at(position_), reason}});
}

std::string Session::cursor_at(Useq useq) const { return Cursor{place_.store_id, rebuild_, useq}.text(); }

void Session::start_pump() {
  if (pumping_ || live_ || ended_ || !began_) return;
  pumping_ = true;
  scope_.spawn(pump());
}

// Reads the inbox from the device's position until there is nothing more, then goes live in that very turn.
Task<void> Session::pump() {
  while (!ended_) {
    if (frames_.transport().unsent() > place_.options.unsent_max / 2) {
      until_drained_.emplace();
      auto drained = until_drained_->future();
      co_await drained;
      continue;
    }
    auto inbox = co_await place_.inboxes.acquire(user_);
    if (inbox && position_ == (*inbox)->head()) {
      if (!std::exchange(synced_, true)) frames_.write({0, wire::Synced{cursor_at(position_)}});
      live_ = true;
      break;
    }
    Result<wire::Page> page = Failure{Code::unavailable};
    if (inbox) page = co_await next_page(**inbox);
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

Task<Result<wire::Page>> Session::next_page(Inbox& inbox) {
  auto pointers = co_await inbox.pointers(position_, kPagePointers);
  if (!pointers) co_return pointers.error();
  wire::Page page;
  page.from = page.to = position_.value;
  for (const Pointer& pointer : *pointers) {
    if (pointer.kind != PointerKind::unknown) {
      std::string conversation = pointer.conversation.text();
      auto change =
          std::find_if(page.changes.begin(), page.changes.end(), [&](const wire::Change& c) { return c.conversation == conversation; });
      if (change == page.changes.end()) {
        if (page.changes.size() == kPageChanges) break;
        change = page.changes.insert(change, wire::Change{.conversation = std::move(conversation)});
      }
      if (pointer.kind == PointerKind::read) {
        change->read = std::max(change->read, pointer.to.value);
      } else {
        if (change->to == 0) change->from = pointer.from.value;
        change->to = pointer.to.value;
      }
    }
    ++page.to;
  }
  auto filled = co_await inline_entries(inbox, page);
  if (!filled) co_return filled.error();
  if (planted(Plant::cursor_past_page) && Useq{page.to} < inbox.head()) ++page.to;
  page.cursor = cursor_at({page.to});
  co_return page;
}

Task<Result<Ok>> Session::inline_entries(Inbox& inbox, wire::Page& page) {
  std::uint32_t left = kPageEntries;
  std::size_t bytes = kPageBytes;
  for (wire::Change& change : page.changes) {
    auto id = *ConversationId::parse(change.conversation);
    auto with = co_await inbox.with(id);
    if (!with) co_return with.error();
    change.with = with->text();
    std::uint64_t fresh = change.to - change.from;
    auto limit = static_cast<std::uint32_t>(fresh <= left ? fresh : std::min(left, kFarBehindEntries));
    if (limit == 0) continue;
    auto entries = co_await place_.backend.newest(id, user_, {change.from}, {change.to}, limit, bytes);
    if (!entries) co_return entries.error();
    for (const EntryPtr& entry : *entries) {
      bytes -= std::min(bytes, entry->text().size() + 1);
      change.entries.push_back(to_wire(id, *entry));
    }
    left -= static_cast<std::uint32_t>(entries->size());
  }
  co_return Ok{};
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
  if (pointer.kind == PointerKind::read) {
    frames_.write({0, wire::Event{step.useq.value, wire::ReadMark{pointer.conversation.text(), pointer.to.value}}});
    return;
  }
  for (const EntryPtr& entry : step.entries) {
    // The position moves with the last one: a device that was cut off before it must get all of them again.
    bool last = entry == step.entries.back();
    ++place_.traffic.events;
    frames_.write_event(last ? step.useq : Useq{0}, pointer.conversation, *entry);
  }
}

void Session::drained() {
  if (until_drained_) {
    auto waiter = std::move(*until_drained_);
    until_drained_.reset();
    waiter.set(Ok{});
  }
  start_pump();
}

}  // namespace kith
