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

// A file that lies elsewhere.
struct Attachment {
  // https, at most 1024 bytes.
  std::string url;
  // At most 255 bytes.
  std::string name;
  // A media type, at most 127 bytes.
  std::string type;
  // Bytes.
  std::uint64_t size = 0;

  bool operator==(const Attachment&) const = default;
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
  // UTF-8, 1 to 8192 bytes; may be empty when there are attachments or `kind`.
  std::string text;
  // The seq of the message that this one answers, in the same conversation; 0: none.
  std::uint64_t reply_to = 0;
  // Users who are mentioned, at most 50.
  std::vector<std::string> mentions;
  // At most 10.
  std::vector<Attachment> attachments;
  // What an application makes of this message, in its own words ("com.example.poll"): 1 to 64 of A-Z a-z 0-9 .
  std::string kind;
  // With `kind`: one JSON object, at most 8192 bytes.
  std::string data;

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

// Replaces the text of one's own message.
struct Edit {
  std::string conversation;
  std::uint64_t seq = 0;
  // As in `send`; empty only where something else is left of the message.
  std::string text;

  bool operator==(const Edit&) const = default;
};

// Deletes a message for everyone: one's own, or in a group any message as an admin.
struct Delete {
  std::string conversation;
  std::uint64_t seq = 0;

  bool operator==(const Delete&) const = default;
};

// Puts one's reaction to a message, or takes it back.
struct React {
  std::string conversation;
  std::uint64_t seq = 0;
  // 1 to 32 bytes of UTF-8 without control characters.
  std::string emoji;
  // True takes it back.
  bool remove = false;

  bool operator==(const React&) const = default;
};

// The lowest role that may do each: "owner", "admin", "member" or "guest".
struct Permissions {
  // Sending messages: "guest".
  std::string send;
  // Adding members: "member".
  std::string add;
  // Removing members of a lower role: "admin".
  std::string remove;
  // The title: "admin".
  std::string edit;
  // Deleting messages of others: "admin".
  std::string moderate;

  bool operator==(const Permissions&) const = default;
};

// Makes a group, with its creator as owner.
struct CreateGroup {
  // As in `send`; the id of the group follows from it and from the user.
  std::string client_id;
  // 1 to 256 bytes.
  std::string title;
  // Besides the creator, at most 250.
  std::vector<std::string> members;
  // Absent: the defaults.
  std::optional<Permissions> permissions;

  bool operator==(const CreateGroup&) const = default;
};

// Changes what a group is called, or who may do what.
struct UpdateGroup {
  std::string conversation;
  std::string title;
  std::optional<Permissions> permissions;

  bool operator==(const UpdateGroup&) const = default;
};

// Adds users to a group, at most 250 at a time.
struct AddMembers {
  std::string conversation;
  std::vector<std::string> users;

  bool operator==(const AddMembers&) const = default;
};

// Removes a member, who sees nothing from here on but what they saw before.
struct RemoveMember {
  std::string conversation;
  std::string user;

  bool operator==(const RemoveMember&) const = default;
};

// Leaves a group.
struct Leave {
  std::string conversation;

  bool operator==(const Leave&) const = default;
};

// Sets the role of a member: "admin", "member" or "guest", by an owner or (not of other admins) an admin.
struct SetRole {
  std::string conversation;
  std::string user;
  std::string role;

  bool operator==(const SetRole&) const = default;
};

// Reply: `group`.
struct GetGroup {
  std::string conversation;

  bool operator==(const GetGroup&) const = default;
};

// Lists the members of a conversation in the order of their ids.
struct GetMembers {
  std::string conversation;
  // 1 to 200; absent or 0: 50; above 200: 200.
  std::uint32_t limit = 0;
  // `next` of the page before this one; absent: the first page.
  std::string page;

  bool operator==(const GetMembers&) const = default;
};

// Takes everything up to `seq` out of the user's own view of a conversation, on all of their devices and for good; nobody else sees a difference.
struct Clear {
  std::string conversation;
  // At most the head of the conversation.
  std::uint64_t seq = 0;

  bool operator==(const Clear&) const = default;
};

// Takes one entry out of the user's own view ("delete for me").
struct Hide {
  std::string conversation;
  std::uint64_t seq = 0;

  bool operator==(const Hide&) const = default;
};

// The user's own settings of a conversation, the same on all devices.
struct Configure {
  std::string conversation;
  // No notifications until then; a time that is past unmutes.
  WallTime muted_until;
  std::optional<bool> pinned;
  std::optional<bool> archived;

  bool operator==(const Configure&) const = default;
};

// Says that this connection shows a conversation now, and no other one; absent: none.
struct Look {
  std::string conversation;

  bool operator==(const Look&) const = default;
};

// Tells those who look at the conversation that this user is writing.
struct Type {
  std::string conversation;
  // True: not any more.
  bool stopped = false;

  bool operator==(const Type&) const = default;
};

// Asks a user to be a contact, or accepts their asking: two users who added each other are contacts.
struct AddContact {
  std::string user;

  bool operator==(const AddContact&) const = default;
};

// Ends it, takes one's own asking back, or declines that of the other.
struct RemoveContact {
  std::string user;

  bool operator==(const RemoveContact&) const = default;
};

// Lists contacts, those who asked or were asked, and whom this user blocks, by user id.
struct GetContacts {
  // 1 to 200; absent or 0: 50; above 200: 200.
  std::uint32_t limit = 0;
  // `next` of the page before this one; absent: the first page.
  std::string page;

  bool operator==(const GetContacts&) const = default;
};

// Who is online?
struct GetPresence {
  // At most 500.
  std::vector<std::string> users;

  bool operator==(const GetPresence&) const = default;
};

// The users whom this connection shows right now, as a whole: every change of theirs is pushed (`presences` without `re`), for 5 minutes.
struct Viewport {
  // At most 100; none: ends it.
  std::vector<std::string> users;

  bool operator==(const Viewport&) const = default;
};

// What this device says of itself.
struct SetStatus {
  // "online", "idle" (nobody touched the device for a while) or "away" (the user says so).
  std::string status;

  bool operator==(const SetStatus&) const = default;
};

// Reply: `preferences`.
struct GetPreferences {

  bool operator==(const GetPreferences&) const = default;
};

// What the user wants others to see and to do, the same on all devices.
struct Prefer {
  // Who sees whether the user is online and was last seen: "everyone", "contacts" or "nobody".
  std::string presence;
  // False: others do not see what the user read, nor the user what they read.
  std::optional<bool> read_marks;
  // Who may add the user to groups: "everyone" or "contacts".
  std::string groups;

  bool operator==(const Prefer&) const = default;
};

// Makes a link into a group, for whoever may add members.
struct CreateInvite {
  std::string conversation;
  // Seconds until it ends, at most 31,536,000; 0 or absent: 604,800, a week.
  std::uint32_t expires_s = 0;
  // How many may come by it; 0 or absent: any number.
  std::uint32_t uses = 0;
  // True: who comes by it waits until somebody who may add members adds them.
  bool approval = false;

  bool operator==(const CreateInvite&) const = default;
};

// Reply: `done`, once nobody comes by it any more.
struct RevokeInvite {
  std::string conversation;
  std::string code;

  bool operator==(const RevokeInvite&) const = default;
};

// The links of a group that are good, and who waits, for whoever may add members.
struct GetInvites {
  std::string conversation;

  bool operator==(const GetInvites&) const = default;
};

// Comes into a group by a link.
struct Join {
  std::string code;

  bool operator==(const Join&) const = default;
};

// Turns away somebody who waits.
struct RefuseJoin {
  std::string conversation;
  std::string user;

  bool operator==(const RefuseJoin&) const = default;
};

// What a client says.
struct Command {
  // Chosen by the client, returned as `re`.
  std::uint64_t id = 0;
  std::variant<std::monostate, Auth, Send, Open, GetHistory, GetConversations, Read, Confirm, Block, Ping, Edit, Delete, React, CreateGroup, UpdateGroup, AddMembers, RemoveMember, Leave, SetRole, GetGroup, GetMembers, Clear, Hide, Configure, Look, Type, AddContact, RemoveContact, GetContacts, GetPresence, Viewport, SetStatus, GetPreferences, Prefer, CreateInvite, RevokeInvite, GetInvites, Join, RefuseJoin> command;

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
  // Seconds for which one's own message can be edited, and deleted for everyone; 0: for ever.
  std::uint32_t edit_s = 0;
  std::uint32_t delete_s = 0;

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
  // When online: "idle" or "away", if that is what all devices of the user say.
  std::string status;

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

struct Revision {
  // The entry that made it, to be had by `history`.
  std::uint64_t seq = 0;
  WallTime time;

  bool operator==(const Revision&) const = default;
};

struct Reaction {
  std::string emoji;
  // Who reacted so, in the order of their reactions.
  std::vector<std::string> users;

  bool operator==(const Reaction&) const = default;
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
  // The text as it is now; absent when it was deleted.
  std::string text;
  std::uint64_t reply_to = 0;
  std::vector<std::string> mentions;
  std::vector<Attachment> attachments;
  std::string kind;
  std::string data;
  // The entries that edited the text, oldest first.
  std::vector<Revision> edits;
  // The entry that deleted the message; then nothing of what it said is left.
  std::uint64_t deleted = 0;
  std::vector<Reaction> reactions;
  // The entry that changed it last (an edit, a deletion, a reaction); 0: none.
  std::uint64_t version = 0;
  // It was changed after the user left the group, which is not for them: of a message edited or deleted since nothing that it says is given, of others no reaction.
  bool withheld = false;

  bool operator==(const Message&) const = default;
};

struct Unknown {
  std::uint64_t seq = 0;

  bool operator==(const Unknown&) const = default;
};

// A message has another text.
struct Edited {
  std::string conversation;
  std::uint64_t seq = 0;
  std::string from;
  WallTime time;
  // The message.
  std::uint64_t target = 0;
  // Absent when the message was deleted since.
  std::string text;

  bool operator==(const Edited&) const = default;
};

// A message was deleted: a client drops all that it has of its text, edits and attachments, for good.
struct Deleted {
  std::string conversation;
  std::uint64_t seq = 0;
  std::string from;
  WallTime time;
  std::uint64_t target = 0;

  bool operator==(const Deleted&) const = default;
};

// Somebody put a reaction to a message, or took it back.
struct Reacted {
  std::string conversation;
  std::uint64_t seq = 0;
  std::string from;
  WallTime time;
  std::uint64_t target = 0;
  std::string emoji;
  bool removed = false;

  bool operator==(const Reacted&) const = default;
};

// What happened to a group: an entry like a message, by `from`.
struct GroupChange {
  std::string conversation;
  std::uint64_t seq = 0;
  std::string from;
  WallTime time;
  // "created", "changed" (title or permissions), "added", "joined" (by a link), "removed", "left", "role".
  std::string what;
  // Whom it is about.
  std::vector<std::string> users;
  // With "created", "changed", "added" and "joined": as it is from here on.
  std::string title;
  std::optional<Permissions> permissions;
  // With "role": the new one.
  std::string role;
  // With "left" or "removed" of the last owner: who is the owner from here on.
  std::string heir;

  bool operator==(const GroupChange&) const = default;
};

// One entry of a conversation's log.
struct Entry {
  std::variant<std::monostate, Message, Unknown, Edited, Deleted, Reacted, GroupChange> kind;

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
  // The page is about the entries from … to, some of which are hidden; absent: it is about those that it holds.
  std::uint64_t from = 0;
  std::uint64_t to = 0;

  bool operator==(const History&) const = default;
};

struct Settings {
  std::string conversation;
  WallTime muted_until;
  bool pinned = false;
  bool archived = false;

  bool operator==(const Settings&) const = default;
};

struct ConversationSummary {
  std::string conversation;
  // The other user of a direct conversation.
  std::string with;
  // The newest entry that the user may see.
  std::uint64_t head = 0;
  std::uint64_t unread = 0;
  // The user's own read mark.
  std::uint64_t read = 0;
  // The newest message.
  std::optional<Entry> last;
  // Of a group.
  std::string title;
  // What the user cleared: entries up to here are not shown to them.
  std::uint64_t cleared = 0;
  // Absent: none were made.
  std::optional<Settings> settings;
  // A stranger wrote: this user neither wrote here nor added them as a contact.
  bool request = false;
  // The newest message that mentions this user, if it is unread.
  std::uint64_t mentioned = 0;

  bool operator==(const ConversationSummary&) const = default;
};

struct Conversations {
  std::vector<ConversationSummary> items;
  // Pass it as `page` for the next page; absent: this was the last.
  std::string next;
  // How many messages are unread in all conversations together, but for those that are muted or archived.
  std::uint64_t badge = 0;

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

struct ClearMark {
  std::string conversation;
  std::uint64_t seq = 0;

  bool operator==(const ClearMark&) const = default;
};

struct Hidden {
  std::string conversation;
  std::uint64_t seq = 0;

  bool operator==(const Hidden&) const = default;
};

struct Contact {
  std::string user;
  // "contact"; "asked": this user asked them; "asks": they ask this user; "blocked": this user blocks them; "none": nothing any more.
  std::string state;

  bool operator==(const Contact&) const = default;
};

// One step of the user's inbox, the same on all devices of the user.
struct Event {
  std::uint64_t useq = 0;
  std::variant<std::monostate, Message, ReadMark, Edited, Deleted, Reacted, GroupChange, ClearMark, Hidden, Settings, Contact> event;

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
  // What the user cleared, after this page; 0: it did not change.
  std::uint64_t cleared = 0;
  // Entries that the user hid since.
  std::vector<Hidden> hidden;
  // The user's settings after this page; absent: they did not change.
  std::optional<Settings> settings;

  bool operator==(const Change&) const = default;
};

// A contiguous part of the inbox, (from, to], folded into one line a conversation.
struct Page {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::vector<Change> changes;
  // The cursor after this page.
  std::string cursor;
  // Who became a contact, asked, went, or was blocked since, each as it is after this page.
  std::vector<Contact> contacts;

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

// The change is durable.
struct Changed {
  std::string conversation;
  // The entry that made it, or made it before; 0: there was nothing to change.
  std::uint64_t seq = 0;
  WallTime time;

  bool operator==(const Changed&) const = default;
};

// A group as this user sees it.
struct Group {
  std::string conversation;
  std::string title;
  std::optional<Permissions> permissions;
  // How many members there are.
  std::uint32_t members = 0;
  // This user's role: "owner", "admin", "member", "guest"; absent: no member any more.
  std::string role;
  std::uint64_t head = 0;
  // Reply to `join`: not in yet.
  bool waiting = false;

  bool operator==(const Group&) const = default;
};

struct Member {
  std::string user;
  std::string role;
  // The entry with which they came.
  std::uint64_t joined = 0;

  bool operator==(const Member&) const = default;
};

struct Members {
  std::string conversation;
  std::vector<Member> items;
  // Pass it as `page` for the next page; absent: this was the last.
  std::string next;

  bool operator==(const Members&) const = default;
};

struct Marks {
  std::string user;
  // A device of the user confirmed everything up to here; never below `read`.
  std::uint64_t delivered = 0;
  // The user's read mark; absent: none, or they (or this user) do not want it known.
  std::uint64_t read = 0;

  bool operator==(const Marks&) const = default;
};

// Where the others of a conversation are.
struct Receipts {
  std::string conversation;
  std::vector<Marks> items;
  // Of a direct conversation, in a reply: whether the other user is reachable now.
  std::optional<Presence> presence;

  bool operator==(const Receipts&) const = default;
};

// Somebody is writing, as far as is known; forget it after 6 s.
struct Typing {
  std::string conversation;
  std::string user;
  bool stopped = false;

  bool operator==(const Typing&) const = default;
};

struct Contacts {
  std::vector<Contact> items;
  // Pass it as `page` for the next page; absent: this was the last.
  std::string next;

  bool operator==(const Contacts&) const = default;
};

struct Presences {
  std::vector<Presence> items;

  bool operator==(const Presences&) const = default;
};

struct Preferences {
  // As in `prefer`.
  std::string presence;
  bool read_marks = false;
  std::string groups;

  bool operator==(const Preferences&) const = default;
};

// A link into a group.
struct Invite {
  std::string conversation;
  std::string code;
  // Who made it.
  std::string by;
  WallTime expires;
  // How many may still come by it; 0: any number.
  std::uint32_t uses = 0;
  bool approval = false;

  bool operator==(const Invite&) const = default;
};

struct Invites {
  std::vector<Invite> items;
  // Who came by a link and waits for approval.
  std::vector<std::string> waiting;

  bool operator==(const Invites&) const = default;
};

// What the server says.
struct Frame {
  std::uint64_t re = 0;
  std::variant<std::monostate, Hello, Ready, Sent, Opened, History, Conversations, Done, Error, Event, Page, Resync, Synced, Goaway, Pong, Changed, Group, Members, Receipts, Typing, Contacts, Presences, Preferences, Invite, Invites> body;

  bool operator==(const Frame&) const = default;
};

void write_json(const Auth& message, std::string& out);
void write_json(const Attachment& message, std::string& out);
void write_json(const Send& message, std::string& out);
void write_json(const Open& message, std::string& out);
void write_json(const GetHistory& message, std::string& out);
void write_json(const GetConversations& message, std::string& out);
void write_json(const Read& message, std::string& out);
void write_json(const Confirm& message, std::string& out);
void write_json(const Block& message, std::string& out);
void write_json(const Ping& message, std::string& out);
void write_json(const Edit& message, std::string& out);
void write_json(const Delete& message, std::string& out);
void write_json(const React& message, std::string& out);
void write_json(const Permissions& message, std::string& out);
void write_json(const CreateGroup& message, std::string& out);
void write_json(const UpdateGroup& message, std::string& out);
void write_json(const AddMembers& message, std::string& out);
void write_json(const RemoveMember& message, std::string& out);
void write_json(const Leave& message, std::string& out);
void write_json(const SetRole& message, std::string& out);
void write_json(const GetGroup& message, std::string& out);
void write_json(const GetMembers& message, std::string& out);
void write_json(const Clear& message, std::string& out);
void write_json(const Hide& message, std::string& out);
void write_json(const Configure& message, std::string& out);
void write_json(const Look& message, std::string& out);
void write_json(const Type& message, std::string& out);
void write_json(const AddContact& message, std::string& out);
void write_json(const RemoveContact& message, std::string& out);
void write_json(const GetContacts& message, std::string& out);
void write_json(const GetPresence& message, std::string& out);
void write_json(const Viewport& message, std::string& out);
void write_json(const SetStatus& message, std::string& out);
void write_json(const GetPreferences& message, std::string& out);
void write_json(const Prefer& message, std::string& out);
void write_json(const CreateInvite& message, std::string& out);
void write_json(const RevokeInvite& message, std::string& out);
void write_json(const GetInvites& message, std::string& out);
void write_json(const Join& message, std::string& out);
void write_json(const RefuseJoin& message, std::string& out);
void write_json(const Command& message, std::string& out);
void write_json(const Limits& message, std::string& out);
void write_json(const Hello& message, std::string& out);
void write_json(const Ready& message, std::string& out);
void write_json(const Presence& message, std::string& out);
void write_json(const Sent& message, std::string& out);
void write_json(const Opened& message, std::string& out);
void write_json(const Revision& message, std::string& out);
void write_json(const Reaction& message, std::string& out);
void write_json(const Message& message, std::string& out);
void write_json(const Unknown& message, std::string& out);
void write_json(const Edited& message, std::string& out);
void write_json(const Deleted& message, std::string& out);
void write_json(const Reacted& message, std::string& out);
void write_json(const GroupChange& message, std::string& out);
void write_json(const Entry& message, std::string& out);
void write_json(const History& message, std::string& out);
void write_json(const Settings& message, std::string& out);
void write_json(const ConversationSummary& message, std::string& out);
void write_json(const Conversations& message, std::string& out);
void write_json(const Done& message, std::string& out);
void write_json(const Error& message, std::string& out);
void write_json(const ReadMark& message, std::string& out);
void write_json(const ClearMark& message, std::string& out);
void write_json(const Hidden& message, std::string& out);
void write_json(const Contact& message, std::string& out);
void write_json(const Event& message, std::string& out);
void write_json(const Change& message, std::string& out);
void write_json(const Page& message, std::string& out);
void write_json(const Resync& message, std::string& out);
void write_json(const Synced& message, std::string& out);
void write_json(const Goaway& message, std::string& out);
void write_json(const Pong& message, std::string& out);
void write_json(const Changed& message, std::string& out);
void write_json(const Group& message, std::string& out);
void write_json(const Member& message, std::string& out);
void write_json(const Members& message, std::string& out);
void write_json(const Marks& message, std::string& out);
void write_json(const Receipts& message, std::string& out);
void write_json(const Typing& message, std::string& out);
void write_json(const Contacts& message, std::string& out);
void write_json(const Presences& message, std::string& out);
void write_json(const Preferences& message, std::string& out);
void write_json(const Invite& message, std::string& out);
void write_json(const Invites& message, std::string& out);
void write_json(const Frame& message, std::string& out);

void write_proto(const Auth& message, std::string& out);
void write_proto(const Attachment& message, std::string& out);
void write_proto(const Send& message, std::string& out);
void write_proto(const Open& message, std::string& out);
void write_proto(const GetHistory& message, std::string& out);
void write_proto(const GetConversations& message, std::string& out);
void write_proto(const Read& message, std::string& out);
void write_proto(const Confirm& message, std::string& out);
void write_proto(const Block& message, std::string& out);
void write_proto(const Ping& message, std::string& out);
void write_proto(const Edit& message, std::string& out);
void write_proto(const Delete& message, std::string& out);
void write_proto(const React& message, std::string& out);
void write_proto(const Permissions& message, std::string& out);
void write_proto(const CreateGroup& message, std::string& out);
void write_proto(const UpdateGroup& message, std::string& out);
void write_proto(const AddMembers& message, std::string& out);
void write_proto(const RemoveMember& message, std::string& out);
void write_proto(const Leave& message, std::string& out);
void write_proto(const SetRole& message, std::string& out);
void write_proto(const GetGroup& message, std::string& out);
void write_proto(const GetMembers& message, std::string& out);
void write_proto(const Clear& message, std::string& out);
void write_proto(const Hide& message, std::string& out);
void write_proto(const Configure& message, std::string& out);
void write_proto(const Look& message, std::string& out);
void write_proto(const Type& message, std::string& out);
void write_proto(const AddContact& message, std::string& out);
void write_proto(const RemoveContact& message, std::string& out);
void write_proto(const GetContacts& message, std::string& out);
void write_proto(const GetPresence& message, std::string& out);
void write_proto(const Viewport& message, std::string& out);
void write_proto(const SetStatus& message, std::string& out);
void write_proto(const GetPreferences& message, std::string& out);
void write_proto(const Prefer& message, std::string& out);
void write_proto(const CreateInvite& message, std::string& out);
void write_proto(const RevokeInvite& message, std::string& out);
void write_proto(const GetInvites& message, std::string& out);
void write_proto(const Join& message, std::string& out);
void write_proto(const RefuseJoin& message, std::string& out);
void write_proto(const Command& message, std::string& out);
void write_proto(const Limits& message, std::string& out);
void write_proto(const Hello& message, std::string& out);
void write_proto(const Ready& message, std::string& out);
void write_proto(const Presence& message, std::string& out);
void write_proto(const Sent& message, std::string& out);
void write_proto(const Opened& message, std::string& out);
void write_proto(const Revision& message, std::string& out);
void write_proto(const Reaction& message, std::string& out);
void write_proto(const Message& message, std::string& out);
void write_proto(const Unknown& message, std::string& out);
void write_proto(const Edited& message, std::string& out);
void write_proto(const Deleted& message, std::string& out);
void write_proto(const Reacted& message, std::string& out);
void write_proto(const GroupChange& message, std::string& out);
void write_proto(const Entry& message, std::string& out);
void write_proto(const History& message, std::string& out);
void write_proto(const Settings& message, std::string& out);
void write_proto(const ConversationSummary& message, std::string& out);
void write_proto(const Conversations& message, std::string& out);
void write_proto(const Done& message, std::string& out);
void write_proto(const Error& message, std::string& out);
void write_proto(const ReadMark& message, std::string& out);
void write_proto(const ClearMark& message, std::string& out);
void write_proto(const Hidden& message, std::string& out);
void write_proto(const Contact& message, std::string& out);
void write_proto(const Event& message, std::string& out);
void write_proto(const Change& message, std::string& out);
void write_proto(const Page& message, std::string& out);
void write_proto(const Resync& message, std::string& out);
void write_proto(const Synced& message, std::string& out);
void write_proto(const Goaway& message, std::string& out);
void write_proto(const Pong& message, std::string& out);
void write_proto(const Changed& message, std::string& out);
void write_proto(const Group& message, std::string& out);
void write_proto(const Member& message, std::string& out);
void write_proto(const Members& message, std::string& out);
void write_proto(const Marks& message, std::string& out);
void write_proto(const Receipts& message, std::string& out);
void write_proto(const Typing& message, std::string& out);
void write_proto(const Contacts& message, std::string& out);
void write_proto(const Presences& message, std::string& out);
void write_proto(const Preferences& message, std::string& out);
void write_proto(const Invite& message, std::string& out);
void write_proto(const Invites& message, std::string& out);
void write_proto(const Frame& message, std::string& out);

}  // namespace kith::wire
