// wire/wire.gen.h — The messages of the protocol as plain structs, and how they are written.
// Generated from wire/kith.proto by tools/generate.py; do not edit.
// clang-format off
//
// Values without behaviour. A time of 0 is absent. write_json() and write_proto() append; texts must be valid UTF-8. Reading: see
// wire/json_reader.h and wire/proto_codec.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"

namespace kith::wire {

// The first command on every connection, within 10 s.
struct Auth {
  // A device token from /v1/auth/login, or an HS256 JWT of the embedding application.
  std::string token;
  // Names this installation of the client: 1 to 64 of A-Z a-z 0-9 .
  std::string device;
  // The newest cursor that the device was given (`page`, `resync` or `synced`).
  std::string cursor;
  // The highest useq of an event that the device applied after that cursor.
  std::uint64_t useq = 0;

  bool operator==(const Auth&) const = default;
};

// Sends a message.
struct Send {
  struct To {
    std::string value;
    bool operator==(const To&) const = default;
  };
  struct Conversation {
    std::string value;
    bool operator==(const Conversation&) const = default;
  };
  std::variant<std::monostate, To, Conversation> target;
  // 128 random bits, as 32 hexadecimal digits; hyphens (a UUID) are allowed.
  std::string client_id;
  // The head of the conversation that the client knew at its FIRST attempt to send this message, 0 when it knew none.
  std::optional<std::uint64_t> base_seq;
  // UTF-8, 1 to 8192 bytes.
  std::string text;

  bool operator==(const Send&) const = default;
};

// Opens (or finds) the direct conversation with a user.
struct Open {
  std::string with;

  bool operator==(const Open&) const = default;
};

// Reads entries of a conversation.
struct GetHistory {
  std::string conversation;
  // Entries with a lower seq than this, the nearest `limit` of them.
  std::uint64_t before = 0;
  // Entries with a higher seq than this, the nearest `limit` of them.
  std::optional<std::uint64_t> after;
  // 1 to 200; absent or 0: 50; above 200: 200.
  std::uint32_t limit = 0;

  bool operator==(const GetHistory&) const = default;
};

// Lists the user's conversations, the most recently active first.
struct GetConversations {
  // 1 to 100; absent or 0: 20; above 100: 100.
  std::uint32_t limit = 0;
  // `next` of the page before this one; absent: the first page.
  std::string page;

  bool operator==(const GetConversations&) const = default;
};

// Moves the user's own read mark up to `seq` (a lower one changes nothing).
struct Read {
  std::string conversation;
  // At most the head of the conversation.
  std::uint64_t seq = 0;

  bool operator==(const Read&) const = default;
};

// Says that this device has applied everything up to `useq`.
struct Confirm {
  std::uint64_t useq = 0;

  bool operator==(const Confirm&) const = default;
};

// Blocks or unblocks a user in the direct conversation with them: their messages, and one's own to them, get `refused`.
struct Block {
  std::string user;
  // True blocks, false unblocks.
  bool blocked = false;

  bool operator==(const Block&) const = default;
};

// For clients that cannot see WebSocket pings.
struct Ping {

  bool operator==(const Ping&) const = default;
};

// What a client says.
struct Command {
  // Chosen by the client, returned as `re`.
  std::uint64_t id = 0;
  std::variant<std::monostate, Auth, Send, Open, GetHistory, GetConversations, Read, Confirm, Block, Ping> command;

  bool operator==(const Command&) const = default;
};

// Limits that a client meets.
struct Limits {
  // Bytes of a frame after `auth`; 8192 before it.
  std::uint32_t frame_bytes = 0;
  // Bytes of a message's text.
  std::uint32_t text_bytes = 0;
  // Entries of one history page.
  std::uint32_t history_page = 0;
  // Conversations of one list page.
  std::uint32_t conversations_page = 0;

  bool operator==(const Limits&) const = default;
};

// The first frame on every connection, sent by the server before anything is asked.
struct Hello {
  // "kith.v1".
  std::string protocol;
  // The server pings a connection that was silent for this many seconds, and closes it when nothing answers.
  std::uint32_t heartbeat_s = 0;
  std::optional<Limits> limits;

  bool operator==(const Hello&) const = default;
};

// The device is authenticated.
struct Ready {
  std::string user;
  std::string device;
  // The head of the user's inbox at this moment.
  std::uint64_t useq = 0;
  // The node that owns the user's inbox.
  std::string home;

  bool operator==(const Ready&) const = default;
};

struct Presence {
  std::string user;
  bool online = false;
  // When offline: since when, if it is known.
  WallTime since;

  bool operator==(const Presence&) const = default;
};

// The message is durable and has its place.
struct Sent {
  std::string conversation;
  std::uint64_t seq = 0;
  WallTime time;
  // What "durable" reached: "fsync" on one machine, "memory" for a server that was told to keep nothing.
  std::string durability;
  // True: this was a repeat, and this is the answer to the first attempt.
  bool repeated = false;
  // True: no `baseSeq` was given, so only the last 1000 entries were searched for a repeat.
  bool window_only = false;
  // For a direct conversation: whether the other user is reachable now.
  std::vector<Presence> presence;

  bool operator==(const Sent&) const = default;
};

struct Opened {
  std::string conversation;
  // The other user.
  std::string with;
  std::uint64_t head = 0;

  bool operator==(const Opened&) const = default;
};

struct Message {
  std::string conversation;
  std::uint64_t seq = 0;
  // The sender.
  std::string from;
  // When the server received it; never decreasing inside a conversation.
  WallTime time;
  // How many countable messages the conversation holds up to and including this one.
  std::uint64_t n = 0;
  // 32 hexadecimal digits.
  std::string client_id;
  std::string text;

  bool operator==(const Message&) const = default;
};

struct Unknown {
  std::uint64_t seq = 0;

  bool operator==(const Unknown&) const = default;
};

// One entry of a conversation's log.
struct Entry {
  std::variant<std::monostate, Message, Unknown> kind;

  bool operator==(const Entry&) const = default;
};

struct History {
  std::string conversation;
  // Ascending by seq.
  std::vector<Entry> entries;
  // The newest seq of the conversation.
  std::uint64_t head = 0;
  // True: there are entries beyond this page in the direction that was asked for.
  bool more = false;

  bool operator==(const History&) const = default;
};

struct ConversationSummary {
  std::string conversation;
  // The other user of a direct conversation.
  std::string with;
  std::uint64_t head = 0;
  std::uint64_t unread = 0;
  // The user's own read mark.
  std::uint64_t read = 0;
  // The newest message.
  std::optional<Entry> last;

  bool operator==(const ConversationSummary&) const = default;
};

struct Conversations {
  std::vector<ConversationSummary> items;
  // Pass it as `page` for the next page; absent: this was the last.
  std::string next;

  bool operator==(const Conversations&) const = default;
};

struct Done {

  bool operator==(const Done&) const = default;
};

// The object that tells what went wrong; on HTTP it is the RFC 9457 problem object with the same members.
struct Error {
  // "about:kith/" and the code, a stable URI of the kind of error.
  std::string type;
  // The name in the table of errors: what a program decides by.
  std::string code;
  // One sentence for people, always the same for a code.
  std::string title;
  // The HTTP status of the code.
  std::uint32_t status = 0;
  // What is special about this occurrence, for people.
  std::string detail;
  // What the client should do: "fail" (not done, and will not be), "unknown" (may or may not have been done: repeat the same command), "retry" (not done: repeat later), "stop" (do not repeat, do not reconnect).
  std::string outcome;
  // With outcome "retry": not before this many milliseconds.
  std::uint32_t retry_after_ms = 0;

  bool operator==(const Error&) const = default;
};

struct ReadMark {
  std::string conversation;
  std::uint64_t seq = 0;

  bool operator==(const ReadMark&) const = default;
};

// One step of the user's inbox, the same on all devices of the user.
struct Event {
  std::uint64_t useq = 0;
  std::variant<std::monostate, Message, ReadMark> event;

  bool operator==(const Event&) const = default;
};

// What changed in one conversation.
struct Change {
  std::string conversation;
  // The other user of a direct conversation.
  std::string with;
  // The entries (from, to] are new to this page.
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::vector<Entry> entries;
  // The user's own read mark after this page; 0: it did not change.
  std::uint64_t read = 0;

  bool operator==(const Change&) const = default;
};

// A contiguous part of the inbox, (from, to], folded into one line a conversation.
struct Page {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::vector<Change> changes;
  // The cursor after this page.
  std::string cursor;

  bool operator==(const Page&) const = default;
};

// The device's position is unknown here (no cursor, or one of another store): it drops its position, keeps `cursor`, and lists the conversations anew.
struct Resync {
  std::string cursor;
  // "no_cursor", "other_store", "rebuilt" or "ahead".
  std::string reason;

  bool operator==(const Resync&) const = default;
};

// All that was missed has been sent; live events follow.
struct Synced {
  std::string cursor;

  bool operator==(const Synced&) const = default;
};

// The server is about to close this connection: reconnect after the given delay.
struct Goaway {
  std::uint32_t after_ms = 0;
  std::string reason;

  bool operator==(const Goaway&) const = default;
};

struct Pong {

  bool operator==(const Pong&) const = default;
};

// What the server says.
struct Frame {
  std::uint64_t re = 0;
  std::variant<std::monostate, Hello, Ready, Sent, Opened, History, Conversations, Done, Error, Event, Page, Resync, Synced, Goaway, Pong> body;

  bool operator==(const Frame&) const = default;
};

void write_json(const Auth& message, std::string& out);
void write_json(const Send& message, std::string& out);
void write_json(const Open& message, std::string& out);
void write_json(const GetHistory& message, std::string& out);
void write_json(const GetConversations& message, std::string& out);
void write_json(const Read& message, std::string& out);
void write_json(const Confirm& message, std::string& out);
void write_json(const Block& message, std::string& out);
void write_json(const Ping& message, std::string& out);
void write_json(const Command& message, std::string& out);
void write_json(const Limits& message, std::string& out);
void write_json(const Hello& message, std::string& out);
void write_json(const Ready& message, std::string& out);
void write_json(const Presence& message, std::string& out);
void write_json(const Sent& message, std::string& out);
void write_json(const Opened& message, std::string& out);
void write_json(const Message& message, std::string& out);
void write_json(const Unknown& message, std::string& out);
void write_json(const Entry& message, std::string& out);
void write_json(const History& message, std::string& out);
void write_json(const ConversationSummary& message, std::string& out);
void write_json(const Conversations& message, std::string& out);
void write_json(const Done& message, std::string& out);
void write_json(const Error& message, std::string& out);
void write_json(const ReadMark& message, std::string& out);
void write_json(const Event& message, std::string& out);
void write_json(const Change& message, std::string& out);
void write_json(const Page& message, std::string& out);
void write_json(const Resync& message, std::string& out);
void write_json(const Synced& message, std::string& out);
void write_json(const Goaway& message, std::string& out);
void write_json(const Pong& message, std::string& out);
void write_json(const Frame& message, std::string& out);

void write_proto(const Auth& message, std::string& out);
void write_proto(const Send& message, std::string& out);
void write_proto(const Open& message, std::string& out);
void write_proto(const GetHistory& message, std::string& out);
void write_proto(const GetConversations& message, std::string& out);
void write_proto(const Read& message, std::string& out);
void write_proto(const Confirm& message, std::string& out);
void write_proto(const Block& message, std::string& out);
void write_proto(const Ping& message, std::string& out);
void write_proto(const Command& message, std::string& out);
void write_proto(const Limits& message, std::string& out);
void write_proto(const Hello& message, std::string& out);
void write_proto(const Ready& message, std::string& out);
void write_proto(const Presence& message, std::string& out);
void write_proto(const Sent& message, std::string& out);
void write_proto(const Opened& message, std::string& out);
void write_proto(const Message& message, std::string& out);
void write_proto(const Unknown& message, std::string& out);
void write_proto(const Entry& message, std::string& out);
void write_proto(const History& message, std::string& out);
void write_proto(const ConversationSummary& message, std::string& out);
void write_proto(const Conversations& message, std::string& out);
void write_proto(const Done& message, std::string& out);
void write_proto(const Error& message, std::string& out);
void write_proto(const ReadMark& message, std::string& out);
void write_proto(const Event& message, std::string& out);
void write_proto(const Change& message, std::string& out);
void write_proto(const Page& message, std::string& out);
void write_proto(const Resync& message, std::string& out);
void write_proto(const Synced& message, std::string& out);
void write_proto(const Goaway& message, std::string& out);
void write_proto(const Pong& message, std::string& out);
void write_proto(const Frame& message, std::string& out);

}  // namespace kith::wire
