// check/history.h — What clients did and saw: one Operation for each line of a history (docs/history-format.md).
//
// Plain values, no server code. The string views of an Operation belong to whoever made it: to the Reader until its next next(), or to
// the harness that feeds a Checker until add() returns. Operations come in the order of t; equal t means: in the order given.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kith::check {

enum class Op : std::uint8_t {
  start,           // A client process begins: user, device. First line of the process.
  send,            // invoke: conversation or to, client_id, text, details, mentions, base · ok: conversation, seq, time, repeated
  open,            // invoke: to · ok: conversation
  read,            // invoke: conversation, seq (moves the own read mark)
  revoke,          // invoke: user, device
  history,         // invoke: conversation, before or after, limit, final · ok: entries, head, more
  list,            // invoke: next · ok: items, more
  edit,            // invoke: conversation, seq of the message, text · ok, as of all that follow: seq, time
  erase,           // "delete": conversation, seq of the message
  react,           // conversation, seq of the message, text (the emoji), removed
  create_group,    // client_id, text (the title), users · ok: conversation, head
  add,             // conversation, users
  remove,          // conversation, users
  leave,           // conversation
  role,            // conversation, users, role
  update_group,    // conversation, text (the title)
  join,            // code · ok: conversation, head, waiting, late
  clear,           // conversation, seq · ok, as of the next: nothing
  hide,            // conversation, seq
  configure,       // conversation, settings
  look,            // conversation · ok: marks
  add_contact,     // user
  remove_contact,  // user
  block,           // user, as unblock: in the direct conversation with them
  unblock,
  contacts,    // invoke: next, final · ok: contacts, more
  prefer,      // invoke: reads, presence; empty: stays
  presence,    // invoke: users · ok: users, those of whom anything is told
  invite,      // invoke: conversation, limit (how many may use it), approval · ok: code
  end_invite,  // invoke: conversation, code
  sync,        // invoke, a new connection: cursor, useq · ok: useq of `ready`
  page,        // from, to, changes
  event,       // useq if given, and what it brings: entries[0], read, cleared, hidden, settings, contact, or something else
  marks,       // conversation, marks: where others are, as it was pushed
  resync,      // reason
  synced,      // All that was missed has come.
  final,       // useq, items: this process has finished its final reads
  mark,        // name: crash, heal, restore, quiesced or any other; no process needed
};

enum class Phase : std::uint8_t { none, invoke, ok, fail, info };

// What a `sync` presents.
enum class Cursor : std::uint8_t {
  none,     // No cursor.
  own,      // One that this store gave to this user.
  foreign,  // One of another store, or forged: must be answered by resync.
  future,   // One beyond the head of the inbox: must be answered by resync.
};

enum class Kind : std::uint8_t { message, edited, deleted, reacted, group };

struct Reaction {
  std::string_view emoji;
  std::vector<std::string_view> users;
};

// One entry as a client was shown it.
struct Entry {
  std::uint64_t seq = 0;
  std::string_view from;
  std::string_view client_id;
  std::string_view text;  // A hash of the text, or a short text itself: compared for equality only. Or emoji, or title.
  std::int64_t time = 0;  // Milliseconds since 1970.
  std::uint64_t n = 0;    // 0: not shown.
  bool unknown = false;   // Of a kind that the server cannot show; only seq counts.
  Kind kind = Kind::message;
  std::uint64_t details = 0;  // Of a message: a hash of what it has besides its text, but mentions. 0: nothing.
  std::vector<std::string_view> mentions;
  // Of a message: what later entries made of it.
  std::vector<std::uint64_t> edits;
  std::uint64_t deleted = 0;
  bool withheld = false;  // Its reader had left before it was changed: no reactions, and no text if that is another now.
  std::vector<Reaction> reactions;
  // Of an entry about a message.
  std::uint64_t target = 0;
  bool removed = false;
  // Of an entry about a group.
  std::string_view what;  // created, changed, added, joined, removed, left, role
  std::vector<std::string_view> users;
  std::string_view role;
};

struct Change {
  std::string_view conversation;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::uint64_t read = 0;  // 0: unchanged.
  std::vector<Entry> entries;
  std::uint64_t cleared = 0;
  std::vector<std::uint64_t> hidden;
  std::string_view settings;  // Any text that is the same for the same settings; empty: unchanged.
};

struct Item {
  std::string_view conversation;
  std::uint64_t head = 0;
  std::uint64_t read = 0;
  std::vector<Entry> entries;  // The last message, or nothing.
  std::string_view title;      // Of a group.
  std::uint64_t cleared = 0;
  std::string_view settings;  // Empty: none were made.
};

// Where another user is in a conversation.
struct Mark {
  std::string_view user;
  std::uint64_t delivered = 0;
  std::uint64_t read = 0;  // 0: not told.
};

struct Contact {
  std::string_view user;
  std::string_view state;  // contact, asked, asks, blocked, none
};

struct Operation {
  std::int64_t t = 0;  // Nanoseconds of the recorder's one monotonic clock.
  Op op = Op::mark;
  Phase phase = Phase::none;
  std::string_view process;
  std::uint64_t call = 0;  // Joins invoke and outcome; unique in its process among the open calls.

  std::string_view user;    // start, revoke, add_contact, remove_contact, block, unblock
  std::string_view device;  // start, revoke
  std::string_view conversation;
  std::string_view to;  // send, open: the other user
  std::string_view client_id;
  std::string_view text;
  std::uint64_t details = 0;  // send invoke, as in Entry
  std::vector<std::string_view> mentions;
  std::optional<std::uint64_t> base;    // send
  std::uint64_t seq = 0;                // send ok, read invoke; edit, delete, react: invoke and ok
  std::int64_t time = 0;                // send ok
  bool repeated = false;                // send ok
  bool removed = false;                 // react invoke: taken back
  std::vector<std::string_view> users;  // create_group, add, remove, role: invoke; presence: invoke and ok
  std::string_view role;                // role invoke
  std::string_view code;                // fail, info: the error code; resync: the reason; mark: its name; of an invite
  std::string_view settings;            // configure invoke, event
  std::string_view reads;               // prefer invoke: shown, hidden
  std::string_view presence;            // prefer invoke: everyone, contacts, nobody
  bool alone = false;                   // Any invoke: not on a connection that orders it (HTTP).
  bool approval = false;                // invite invoke
  bool waiting = false;                 // join ok: not in yet
  bool late = false;                    // join ok: the link had expired before it was asked for

  std::optional<std::uint64_t> useq;    // sync, event, final
  std::optional<std::uint64_t> before;  // history
  std::optional<std::uint64_t> after;   // history
  std::uint64_t limit = 0;              // history; for people
  bool final = false;                   // history invoke: one of the final reads
  bool next = false;                    // list invoke: not the first page
  Cursor cursor = Cursor::none;         // sync invoke
  std::uint64_t head = 0;               // history ok
  bool more = false;                    // history ok, list ok
  std::uint64_t from = 0;               // page; history ok: what the page is about, if that is more than its entries
  std::uint64_t end = 0;                // `to`, as `from`
  std::uint64_t mark = 0;               // event of a read mark: its seq ("read")
  std::uint64_t cleared = 0;            // event
  std::uint64_t hidden = 0;             // event
  bool other = false;                   // event: of a kind that the client does not know
  std::optional<Contact> contact;       // event

  std::vector<Entry> entries;     // event (one), history ok
  std::vector<Change> changes;    // page
  std::vector<Item> items;        // list ok, final
  std::vector<Mark> marks;        // look ok, marks
  std::vector<Contact> contacts;  // page, contacts ok

  std::uint32_t line = 0;  // From a file: its line, from 1.
  std::uint32_t file = 0;  // Index into the names given to Checker.
};

// Reads one file of JSON lines, a line at a time. Empty lines are skipped.
class Reader {
 public:
  // Does not own `input`. `file` is put into every operation.
  explicit Reader(std::istream& input, std::uint32_t file = 0);
  ~Reader();

  // False at the end and at the first malformed line (then error() is not empty and names the line).
  bool next(Operation& operation);
  const std::string& error() const { return error_; }

 private:
  struct Parser;

  std::istream& input_;
  std::uint32_t file_;
  std::uint32_t line_ = 0;
  std::int64_t last_t_ = 0;
  std::string text_;
  std::string error_;
  std::unique_ptr<Parser> parser_;
};

// Appends the operation as one line with its line end. Reader gives back what was written.
void write(const Operation& operation, std::string& out);

std::string_view name(Op op);
std::string_view name(Kind kind);  // Empty for a message.
std::string_view name(Phase phase);
std::string_view name(Cursor cursor);

}  // namespace kith::check
