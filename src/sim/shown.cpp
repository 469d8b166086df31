#include "sim/shown.h"

#include <algorithm>

namespace kith::sim {

namespace {

// FNV-1a, with the length before each text.
struct Digest {
  std::uint64_t value = 0xcbf29ce484222325ULL;

  void add(std::uint64_t number) {
    for (int i = 0; i < 8; ++i, number >>= 8) value = (value ^ (number & 255)) * 0x100000001b3ULL;
  }
  void add(std::string_view text) {
    add(text.size());
    for (char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
};

template <class M>
std::uint64_t digest(const M& message) {
  if (message.reply_to == 0 && message.attachments.empty() && message.kind.empty() && message.data.empty()) return 0;
  Digest digest;
  digest.add(message.reply_to);
  digest.add(message.attachments.size());
  for (const auto& attachment : message.attachments) {
    digest.add(attachment.url);
    digest.add(attachment.name);
    digest.add(attachment.type);
    digest.add(attachment.size);
  }
  digest.add(message.kind);
  digest.add(message.data);
  constexpr std::uint64_t kExact = (std::uint64_t{1} << 53) - 1;  // What every reader of JSON can hold.
  return std::max<std::uint64_t>(digest.value & kExact, 1);
}

check::Entry of(const wire::Message& message) {
  check::Entry out;
  out.seq = message.seq;
  out.from = message.from;
  out.client_id = message.client_id;
  out.text = message.text;
  out.details = details(message);
  out.mentions.assign(message.mentions.begin(), message.mentions.end());
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

std::uint64_t details(const wire::Send& send) { return digest(send); }
std::uint64_t details(const wire::Message& message) { return digest(message); }

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

std::string_view shown(const wire::Settings& settings) {
  static constexpr std::string_view kTexts[] = {"-",     "pinned",       "archived",       "pinned archived",
                                                "muted", "muted pinned", "muted archived", "muted pinned archived"};
  return kTexts[(settings.pinned ? 1 : 0) + (settings.archived ? 2 : 0) + (settings.muted_until.ms != 0 ? 4 : 0)];
}

void show_own(const wire::Event& event, check::Operation& to) {
  if (const auto* read = std::get_if<wire::ReadMark>(&event.event)) {
    to.conversation = read->conversation;
    to.mark = read->seq;
  } else if (const auto* cleared = std::get_if<wire::ClearMark>(&event.event)) {
    to.conversation = cleared->conversation;
    to.cleared = cleared->seq;
  } else if (const auto* hidden = std::get_if<wire::Hidden>(&event.event)) {
    to.conversation = hidden->conversation;
    to.hidden = hidden->seq;
  } else if (const auto* settings = std::get_if<wire::Settings>(&event.event)) {
    to.conversation = settings->conversation;
    to.settings = shown(*settings);
  } else if (const auto* contact = std::get_if<wire::Contact>(&event.event)) {
    to.contact = {contact->user, contact->state};
  } else {
    to.other = true;
  }
}

check::Change shown(const wire::Change& change) {
  check::Change line{change.conversation, change.from, change.to, change.read, {}, change.cleared, {}, {}};
  for (const auto& hidden : change.hidden) line.hidden.push_back(hidden.seq);
  if (change.settings) line.settings = shown(*change.settings);
  return line;
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
