// What comes: pages and events, applied in order, each entry once; and the position, which moves over nothing that was not seen.
#include <algorithm>
#include <utility>

#include "client/device_parts.h"

namespace kith {

std::uint64_t seq_of(const wire::Entry& entry) {
  return std::visit(
      [](const auto& body) -> std::uint64_t {
        if constexpr (requires { body.seq; }) return body.seq;
        return 0;
      },
      entry.kind);
}

void Device::take(wire::Resync& resync) {
  // Of another store nothing that was known holds, the numbers of entries least of all.
  for (auto& [id, conversation] : conversations_) {
    conversation->applied = conversation->head = 0;
    conversation->head_known = conversation->applied_known = false;
  }
  if (!position_.cursor.empty()) forget_bases();
  position_ = {resync.cursor, 0};
  confirmed_ = 0;
  application_.resync(resync);
}

void Device::take(wire::Synced& synced) {
  position_.cursor = std::move(synced.cursor);
  attempts_ = 0;
  moved();
  enter(DeviceState::live, Failure(Code::ok));
}

void Device::take(wire::Page& page) {
  if (position_.useq != 0 && page.from > position_.useq) return cut({Code::internal, "the server left out a part of the inbox"});
  if (position_.useq != 0 && page.to < position_.useq) return;
  for (wire::Change& change : page.changes) {
    if (!apply(change)) return;
  }
  for (const wire::Contact& contact : page.contacts) {
    if (!tell(&DeviceUser::contact, contact)) return;
  }
  position_ = {std::move(page.cursor), page.to};
  moved();
}

void Device::take(wire::Presences& presences) {
  for (const wire::Presence& presence : presences.items) {
    if (!tell(&DeviceUser::presence, presence)) return;
  }
}

void Device::take(wire::Event& event) {
  if (event.useq != 0 && position_.useq != 0) {
    if (event.useq <= position_.useq) return;
    if (event.useq != position_.useq + 1) return cut({Code::internal, "the server left out an event"});
  }
  const bool applied = std::visit(
      [this](auto& body) {
        using T = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<T, wire::ReadMark>) return tell(&DeviceUser::read, body);
        if constexpr (std::is_same_v<T, wire::Hidden>) return tell(&DeviceUser::hidden, body);
        if constexpr (std::is_same_v<T, wire::Settings>) return tell(&DeviceUser::settings, body);
        if constexpr (std::is_same_v<T, wire::ClearMark>) return clear(body);
        if constexpr (std::is_same_v<T, wire::Contact>) return tell(&DeviceUser::contact, body);
        if constexpr (requires { body.from; }) {
          const std::uint64_t seq = body.seq;
          Conversation& place = conversation(body.conversation);
          return apply(place, wire::Entry{std::move(body)}, seq);
        }
        return true;
      },
      event.event);
  if (!applied) return;
  if (event.useq == 0) return;
  position_.useq = event.useq;
  moved();
}

// These return false when the application dropped the connection meanwhile: then nothing more of it counts.

bool Device::apply(wire::Change& change) {
  if (change.cleared != 0 && !clear({change.conversation, change.cleared})) return false;
  if (change.to != 0) {
    Conversation& place = conversation(change.conversation);
    // Between what was applied and a contiguous page lies what the user may not see: they were no member then.
    place.applied = std::max(place.applied, change.from);
    place.applied_known = true;
    const auto hidden = [&] {
      auto& marks = change.hidden;
      return std::any_of(marks.begin(), marks.end(), [&](const wire::Hidden& mark) { return mark.seq == place.applied + 1; });
    };
    for (wire::Entry& entry : change.entries) {
      while (hidden()) ++place.applied;
      const std::uint64_t seq = seq_of(entry);
      if (seq != 0 && !apply(place, entry, seq)) return false;
    }
    while (hidden()) ++place.applied;
    if (place.applied < change.to && !offer_hole(place, change.to)) return false;
    place.head = std::max(place.head, change.to);
    place.head_known = true;
  }
  for (const wire::Hidden& mark : change.hidden) {
    if (!tell(&DeviceUser::hidden, mark)) return false;
  }
  if (change.settings && !tell(&DeviceUser::settings, *change.settings)) return false;
  return change.read == 0 || tell(&DeviceUser::read, wire::ReadMark{change.conversation, change.read});
}

bool Device::apply(Conversation& place, const wire::Entry& entry, std::uint64_t seq) {
  place.head = std::max(place.head, seq);
  place.head_known = true;
  if (seq <= place.applied) return true;
  // Up to there the user was no member: it is no hole either.
  auto* group = std::get_if<wire::GroupChange>(&entry.kind);
  const bool comes = group && (group->what == "added" || group->what == "joined");
  if (comes && std::count(group->users.begin(), group->users.end(), user_name_) != 0) place.applied = seq - 1;
  if (std::exchange(place.applied_known, true) && seq > place.applied + 1 && !offer_hole(place, seq - 1)) return false;
  place.applied = seq;
  if (auto* message = std::get_if<wire::Message>(&entry.kind)) return tell(&DeviceUser::message, *message);
  if (!std::holds_alternative<wire::Unknown>(entry.kind)) return tell(&DeviceUser::entry, entry);
  const auto generation = generation_;
  application_.unknown(place.id, seq);
  return generation == generation_;
}

// What was cleared is in no page and no history: it is no hole.
bool Device::clear(const wire::ClearMark& mark) {
  Conversation& place = conversation(mark.conversation);
  place.applied = std::max(place.applied, mark.seq);
  return tell(&DeviceUser::cleared, mark);
}

template <class T>
bool Device::tell(void (DeviceUser::*hear)(const T&), const T& what) {
  const auto generation = generation_;
  (application_.*hear)(what);
  return generation == generation_;
}

bool Device::offer_hole(Conversation& place, std::uint64_t last) {
  const auto generation = generation_;
  application_.hole({place.id, std::exchange(place.applied, last), last});
  return generation == generation_;
}

void Device::moved() {
  if (keep_timer_) return;
  const Duration every = options_.confirm_every > Duration(0) ? options_.confirm_every : 1s;
  const Duration since = world_.loop.now() - kept_at_;
  if (kept_at_.ns == 0 || since >= every) return keep_step();
  keep_timer_ = world_.loop.after(every - since, [this] {
    keep_timer_.cancel();
    keep_step();
  });
}

void Device::hold(bool held) {
  if (std::exchange(held_, held) && !held) moved();
}

void Device::keep_step() {
  if (held_ || position_.cursor.empty()) return;
  kept_at_ = world_.loop.now();
  // An older position on disk only repeats what is known: a failure here waits for the next step.
  if (world_.storage && loaded_) (void)world_.storage->save(position_);
  if (options_.confirm_every == Duration(0) || !ready_ || position_.useq <= confirmed_) return;
  confirmed_ = position_.useq;
  write({0, wire::Confirm{confirmed_}});
}

}  // namespace kith
