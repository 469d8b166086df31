#include "sim/shown.h"

namespace kith::sim {

namespace {

check::Entry of(const wire::Message& message) {
  check::Entry out;
  out.seq = message.seq;
  out.from = message.from;
  out.client_id = message.client_id;
  out.text = message.text;
  out.time = message.time.ms;
  out.n = message.n;
  for (const auto& edit : message.edits) out.edits.push_back(edit.seq);
  out.deleted = message.deleted;
  out.withheld = message.withheld;
  for (const auto& reaction : message.reactions) out.reactions.push_back({reaction.emoji, {reaction.users.begin(), reaction.users.end()}});
  return out;
}

check::Entry of(const wire::Unknown& unknown) {
  check::Entry out;
  out.seq = unknown.seq;
  out.unknown = true;
  return out;
}

// What all others have.
template <class T>
check::Entry plain(const T& entry, check::Kind kind) {
  check::Entry out;
  out.kind = kind;
  out.seq = entry.seq;
  out.from = entry.from;
  out.time = entry.time.ms;
  return out;
}

check::Entry of(const wire::Edited& edited) {
  check::Entry out = plain(edited, check::Kind::edited);
  out.target = edited.target;
  out.text = edited.text;
  return out;
}

check::Entry of(const wire::Deleted& deleted) {
  check::Entry out = plain(deleted, check::Kind::deleted);
  out.target = deleted.target;
  return out;
}

check::Entry of(const wire::Reacted& reacted) {
  check::Entry out = plain(reacted, check::Kind::reacted);
  out.target = reacted.target;
  out.text = reacted.emoji;
  out.removed = reacted.removed;
  return out;
}

check::Entry of(const wire::GroupChange& change) {
  check::Entry out = plain(change, check::Kind::group);
  out.text = change.title;
  out.what = change.what;
  out.users.assign(change.users.begin(), change.users.end());
  out.role = change.role;
  return out;
}

}  // namespace

std::optional<check::Entry> shown(const wire::Entry& entry) {
  return std::visit(
      [](const auto& body) -> std::optional<check::Entry> {
        if constexpr (std::is_same_v<std::decay_t<decltype(body)>, std::monostate>) {
          return std::nullopt;
        } else {
          return of(body);
        }
      },
      entry.kind);
}

std::optional<Brought> brought(const wire::Event& event) {
  return std::visit(
      [](const auto& body) -> std::optional<Brought> {
        using T = std::decay_t<decltype(body)>;
        // What is about the user alone brings no entry.
        if constexpr (std::is_same_v<T, std::monostate> || !std::is_constructible_v<decltype(wire::Entry::kind), const T&>) {
          return std::nullopt;
        } else {
          return Brought{{body}, body.conversation};
        }
      },
      event.event);
}

}  // namespace kith::sim
