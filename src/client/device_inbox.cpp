// What comes: pages and events, applied in order, each entry once; and the position, which moves over nothing that was not seen.
#include <algorithm>
#include <utility>

#include "client/device_parts.h"

namespace kith {

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
  position_ = {std::move(page.cursor), page.to};
  moved();
}

void Device::take(wire::Event& event) {
  if (event.useq != 0 && position_.useq != 0) {
    if (event.useq <= position_.useq) return;
    if (event.useq != position_.useq + 1) return cut({Code::internal, "the server left out an event"});
  }
  if (auto* message = std::get_if<wire::Message>(&event.event)) {
    if (!apply(conversation(message->conversation), message, message->seq)) return;
  } else if (auto* read = std::get_if<wire::ReadMark>(&event.event)) {
    const auto generation = generation_;
    application_.read(*read);
    if (generation != generation_) return;
  }
  if (event.useq == 0) return;
  position_.useq = event.useq;
  moved();
}

// These return false when the application dropped the connection meanwhile: then nothing more of it counts.

bool Device::apply(wire::Change& change) {
  const auto generation = generation_;
  if (change.to != 0) {
    Conversation& place = conversation(change.conversation);
    if (!std::exchange(place.applied_known, true)) place.applied = change.from;
    for (wire::Entry& entry : change.entries) {
      auto* message = std::get_if<wire::Message>(&entry.kind);
      auto* unknown = std::get_if<wire::Unknown>(&entry.kind);
      const std::uint64_t seq = message ? message->seq : unknown ? unknown->seq : 0;
      if (seq != 0 && !apply(place, message, seq)) return false;
    }
    if (place.applied < change.to && !offer_hole(place, change.to)) return false;
    place.head = std::max(place.head, change.to);
    place.head_known = true;
  }
  if (change.read != 0) application_.read({change.conversation, change.read});
  return generation == generation_;
}

bool Device::apply(Conversation& place, const wire::Message* message, std::uint64_t seq) {
  place.head = std::max(place.head, seq);
  place.head_known = true;
  if (seq <= place.applied) return true;
  if (std::exchange(place.applied_known, true) && seq > place.applied + 1 && !offer_hole(place, seq - 1)) return false;
  place.applied = seq;
  const auto generation = generation_;
  if (message) {
    application_.message(*message);
  } else {
    application_.unknown(place.id, seq);
  }
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
