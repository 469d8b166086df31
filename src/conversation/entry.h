// conversation/entry.h — One entry of a conversation, as it is kept and handed around. Immutable once it is durable, but for erase();
// shared freely, also between loops.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "conversation/group.h"
#include "store/store.h"

namespace kith {

// On disk: append only.
enum class EntryKind : std::uint8_t {
  unknown = 0,  // Written by a newer server, or damaged: its number stands, nothing else of it is shown.
  message = 1,
  edit = 2,      // The message `target` says `text` from here on.
  deletion = 3,  // Nothing of the message `target` is left.
  reaction = 4,  // `text` is the emoji; `removed`: taken back.
  created = 5,   // A group: its title is `text`, with its first members besides the creator.
  changed = 6,   // Title (`text`) and permissions of the group from here on.
  added = 7,
  removed = 8,
  left = 9,
  role = 10,    // `users` have `role` from here on.
  joined = 11,  // `from` came by the link `client_id`.
};

struct Attachment {
  std::string url, name, type;
  std::uint64_t size = 0;
  bool operator==(const Attachment&) const = default;
};
struct Revision {
  Seq seq;
  WallTime time;
  bool operator==(const Revision&) const = default;
};
struct Reaction {
  std::string emoji;
  std::vector<UserId> users;
  bool operator==(const Reaction&) const = default;
};

// What few entries have.
struct Details {
  // Of a message, as it was sent …
  Seq reply_to;
  std::vector<UserId> mentions;
  std::vector<Attachment> attachments;
  std::string kind, data;
  // … and what later entries made of it.
  std::vector<Revision> edits;
  Seq deleted;
  std::vector<Reaction> reactions;
  bool withheld = false;  // Only in an answer: who reads left before it was changed last. Never stored.
  // Of an entry about a message.
  Seq target;
  bool removed = false;
  // Of an entry about members.
  std::vector<UserId> users;
  Role role = Role::member;
  std::optional<Permissions> permissions;
  UserId heir;  // Who owns the group from here on, when its last owner left.

  bool operator==(const Details&) const = default;
};

struct Entry {
  Seq seq;
  Epoch epoch;
  Seq version;  // Seq of the entry that last changed this one; at first its own.
  EntryKind kind = EntryKind::message;
  UserId from;
  ClientId client_id;
  WallTime time;
  std::uint64_t n = 0;  // Countable messages up to and including this entry.
  std::string storage;  // What the text lies in: the text alone, or the record as it was read.
  std::uint32_t text_at = 0;
  std::shared_ptr<const Details> more;  // Null: plain.

  std::string_view text() const { return erased() ? std::string_view() : std::string_view(storage).substr(text_at); }
  const Details& details() const;  // Empty for a plain one.
  Seq target() const { return more ? more->target : Seq{0}; }
  bool rewritten() const { return deleted() || !details().edits.empty(); }  // Its sender gave another content at first.
  bool deleted() const { return erased() || (more && more->deleted > Seq{0}); }
  Seq deleted_by() const { return erased() ? Seq{erased_by.value.load(std::memory_order_acquire)} : details().deleted; }

  std::size_t weight() const { return storage.size() + details_weight(); }           // Bytes that it holds, about …
  std::size_t shown_weight() const { return text().size() + 1 + details_weight(); }  // … and that a page shows of it.

  // From here on nobody who still holds this object reads what it said. Any thread.
  void erase(Seq by) const { erased_by.value.store(by.value, std::memory_order_release); }
  bool erased() const { return erased_by.value.load(std::memory_order_acquire) != 0; }

  struct Erasure {
    std::atomic<std::uint64_t> value{0};
    Erasure() = default;
    Erasure(const Erasure& other) : value(other.value.load()) {}
    Erasure& operator=(const Erasure& other) {
      value = other.value.load();
      return *this;
    }
  };
  mutable Erasure erased_by;

 private:
  std::size_t details_weight() const;
};
using EntryPtr = std::shared_ptr<const Entry>;

// Names one entry of one conversation.
struct EntryId {
  ConversationId conversation;
  Seq seq;
};

// The log of a conversation.
LogId log_id(const ConversationId& id);

// The record: kind, version of the form, then the fields. A record that does not decode becomes an entry of kind unknown.
std::string encode(const Entry& entry);
Entry decode(LogRow row);

// What tells two messages under one client id apart: all that their sender gave, but mentions, of which only those of members are kept.
std::uint64_t content_hash(std::string_view text, const Details& details);
inline std::uint64_t content_hash(const Entry& entry) { return content_hash(entry.text(), entry.details()); }

// `message` as `change` (an edit, a deletion, a reaction) leaves it.
Entry changed_by(const Entry& message, const Entry& change);
// As one sees it who sees nothing behind `horizon`: without what was made of it since.
EntryPtr as_seen_up_to(Seq horizon, EntryPtr entry);
// An edit of a message that was deleted by `by`: its text is gone too.
Entry erased_edit(const Entry& edit, Seq by);

}  // namespace kith
