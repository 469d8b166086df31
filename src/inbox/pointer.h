// inbox/pointer.h — What a user's inbox is made of, and the row per conversation that is derived from it.
//
// A pointer never carries a body: an old cursor must not replay a text that was deleted since.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "conversation/delivery.h"
#include "inbox/contact_row.h"
#include "store/store.h"

namespace kith {

enum class PointerKind : std::uint8_t {
  unknown = 0,   // Written by a newer server, or damaged: its number stands.
  advanced = 1,  // The conversation advanced from `from` to `to`.
  read = 2,      // The user read the conversation up to `to`.
  cleared = 3,   // The user took everything up to `to` out of their view …
  hidden = 4,    // … or the entry `to`.
  settings = 5,
  contact = 6,  // What `with` is to the user from here on; `conversation` is that of the two, which need not be there.
};

// A user's own settings of a conversation.
struct Settings {
  WallTime muted_until;
  bool pinned = false, archived = false;
  bool operator==(const Settings&) const = default;
};

struct Pointer {
  PointerKind kind = PointerKind::advanced;
  ConversationId conversation;
  Seq from, to;
  std::uint64_t n = 0;  // Count at `to`.
  Seq own;              // The user's own last message in (from, to], and its count; 0: none.
  std::uint64_t own_n = 0;
  Seq last;  // The newest message in (from, to], and the epoch of its row; 0: none.
  Epoch last_epoch;
  Seq joined;  // The user came into the group with this entry, and `from` lies before it; 0: they were there. And the count there.
  std::uint64_t joined_n = 0;
  Seq left;       // The entry with which the user left the group; 0: none in (from, to].
  Seq mentioned;  // The newest message in (from, to] that mentions the user; 0: none. A notification asks no more than this.
  Settings settings;
  UserId with;  // The other user of a direct conversation, in its first pointer; and a contact.
  ContactMarks contact;
};

std::string encode(const Pointer& pointer);
Pointer decode_pointer(const LogRow& row);

// A conversation as this user sees it: the row of RowTable::user_conversations (partition: user, key: conversation). A view: rebuilt
// from the pointers after `last`.
struct ConversationState {
  ConversationId conversation;
  UserId with;
  Seq reached;          // The mark: what the inbox has of the conversation.
  std::uint64_t n = 0;  // Count there.
  Seq read;             // The user's own read mark …
  std::uint64_t read_n = 0;
  Seq cleared;  // … what they cleared …
  std::uint64_t cleared_n = 0;
  Seq own;  // … and own last message,
  std::uint64_t own_n = 0;
  Seq joined;  // Where the user came in last, and the count there.
  std::uint64_t joined_n = 0;
  Seq left;                 // Where they left last.
  std::vector<Seq> hidden;  // Above `cleared`, ascending.
  Settings settings;
  Seq mentioned;  // The newest message that mentions the user.
  Seq delivered;  // As far as one of the user's devices confirmed. Not in the log: what a crash takes is confirmed again.
  Seq message;    // The newest message, and the epoch of its row: a list page finds it without opening the log.
  Epoch message_epoch;
  Useq active;  // Of the newest pointer that brought something new: the order of the list.
  Useq last;    // Of the newest pointer that this row contains.

  bool operator==(const ConversationState&) const = default;
  ConversationState blanked() const;  // What is left of it for a user who is erased: how far the inbox came.
  void apply(const Pointer& pointer, Useq useq);
  bool shows(Seq seq) const { return seq > cleared && !std::binary_search(hidden.begin(), hidden.end(), seq); }
  Mark mark() const { return {read, std::max(read, delivered)}; }   // What others may know.
  bool present() const { return left == Seq{0} || left < joined; }  // Still a member.
  std::uint64_t unread() const { return n - std::min(n, std::max({read_n, own_n, joined_n, cleared_n})); }
};

Row encode(const ConversationState& state);
bool decode_state(const std::string& value, ConversationState& state);  // False: damaged. `conversation` is the caller's.

}  // namespace kith
