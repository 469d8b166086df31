// wire/fields.gen.h — Calls a function with each member of a message, in the order of the struct.
// Generated from wire/kith.proto by tools/generate.py; do not edit.
// clang-format off
#pragma once

#include "wire/wire.gen.h"

namespace kith::wire {

template <class Use>
void for_each_field(Auth& message, Use&& use) {
  use(message.token);
  use(message.device);
  use(message.cursor);
  use(message.useq);
}

template <class Use>
void for_each_field(Attachment& message, Use&& use) {
  use(message.url);
  use(message.name);
  use(message.type);
  use(message.size);
}

template <class Use>
void for_each_field(Send& message, Use&& use) {
  use(message.target);
  use(message.client_id);
  use(message.base_seq);
  use(message.text);
  use(message.reply_to);
  use(message.mentions);
  use(message.attachments);
  use(message.kind);
  use(message.data);
}

template <class Use>
void for_each_field(Open& message, Use&& use) {
  use(message.with);
}

template <class Use>
void for_each_field(GetHistory& message, Use&& use) {
  use(message.conversation);
  use(message.before);
  use(message.after);
  use(message.limit);
}

template <class Use>
void for_each_field(GetConversations& message, Use&& use) {
  use(message.limit);
  use(message.page);
}

template <class Use>
void for_each_field(Read& message, Use&& use) {
  use(message.conversation);
  use(message.seq);
}

template <class Use>
void for_each_field(Confirm& message, Use&& use) {
  use(message.useq);
}

template <class Use>
void for_each_field(Block& message, Use&& use) {
  use(message.user);
  use(message.blocked);
}

template <class Use>
void for_each_field(Ping&, Use&&) {}

template <class Use>
void for_each_field(Edit& message, Use&& use) {
  use(message.conversation);
  use(message.seq);
  use(message.text);
}

template <class Use>
void for_each_field(Delete& message, Use&& use) {
  use(message.conversation);
  use(message.seq);
}

template <class Use>
void for_each_field(React& message, Use&& use) {
  use(message.conversation);
  use(message.seq);
  use(message.emoji);
  use(message.remove);
}

template <class Use>
void for_each_field(Permissions& message, Use&& use) {
  use(message.send);
  use(message.add);
  use(message.remove);
  use(message.edit);
  use(message.moderate);
}

template <class Use>
void for_each_field(CreateGroup& message, Use&& use) {
  use(message.client_id);
  use(message.title);
  use(message.members);
  use(message.permissions);
}

template <class Use>
void for_each_field(UpdateGroup& message, Use&& use) {
  use(message.conversation);
  use(message.title);
  use(message.permissions);
}

template <class Use>
void for_each_field(AddMembers& message, Use&& use) {
  use(message.conversation);
  use(message.users);
}

template <class Use>
void for_each_field(RemoveMember& message, Use&& use) {
  use(message.conversation);
  use(message.user);
}

template <class Use>
void for_each_field(Leave& message, Use&& use) {
  use(message.conversation);
}

template <class Use>
void for_each_field(SetRole& message, Use&& use) {
  use(message.conversation);
  use(message.user);
  use(message.role);
}

template <class Use>
void for_each_field(GetGroup& message, Use&& use) {
  use(message.conversation);
}

template <class Use>
void for_each_field(GetMembers& message, Use&& use) {
  use(message.conversation);
  use(message.limit);
  use(message.page);
}

template <class Use>
void for_each_field(Clear& message, Use&& use) {
  use(message.conversation);
  use(message.seq);
}

template <class Use>
void for_each_field(Hide& message, Use&& use) {
  use(message.conversation);
  use(message.seq);
}

template <class Use>
void for_each_field(Configure& message, Use&& use) {
  use(message.conversation);
  use(message.muted_until);
  use(message.pinned);
  use(message.archived);
}

template <class Use>
void for_each_field(Look& message, Use&& use) {
  use(message.conversation);
}

template <class Use>
void for_each_field(Type& message, Use&& use) {
  use(message.conversation);
  use(message.stopped);
}

template <class Use>
void for_each_field(AddContact& message, Use&& use) {
  use(message.user);
}

template <class Use>
void for_each_field(RemoveContact& message, Use&& use) {
  use(message.user);
}

template <class Use>
void for_each_field(GetContacts& message, Use&& use) {
  use(message.limit);
  use(message.page);
}

template <class Use>
void for_each_field(GetPresence& message, Use&& use) {
  use(message.users);
}

template <class Use>
void for_each_field(Viewport& message, Use&& use) {
  use(message.users);
}

template <class Use>
void for_each_field(SetStatus& message, Use&& use) {
  use(message.status);
}

template <class Use>
void for_each_field(GetPreferences&, Use&&) {}

template <class Use>
void for_each_field(Prefer& message, Use&& use) {
  use(message.presence);
  use(message.read_marks);
  use(message.groups);
}

template <class Use>
void for_each_field(CreateInvite& message, Use&& use) {
  use(message.conversation);
  use(message.expires_s);
  use(message.uses);
  use(message.approval);
}

template <class Use>
void for_each_field(RevokeInvite& message, Use&& use) {
  use(message.conversation);
  use(message.code);
}

template <class Use>
void for_each_field(GetInvites& message, Use&& use) {
  use(message.conversation);
}

template <class Use>
void for_each_field(Join& message, Use&& use) {
  use(message.code);
}

template <class Use>
void for_each_field(RefuseJoin& message, Use&& use) {
  use(message.conversation);
  use(message.user);
}

template <class Use>
void for_each_field(Command& message, Use&& use) {
  use(message.id);
  use(message.command);
}

template <class Use>
void for_each_field(Limits& message, Use&& use) {
  use(message.frame_bytes);
  use(message.text_bytes);
  use(message.history_page);
  use(message.conversations_page);
  use(message.edit_s);
  use(message.delete_s);
}

template <class Use>
void for_each_field(Hello& message, Use&& use) {
  use(message.protocol);
  use(message.heartbeat_s);
  use(message.limits);
}

template <class Use>
void for_each_field(Ready& message, Use&& use) {
  use(message.user);
  use(message.device);
  use(message.useq);
  use(message.home);
}

template <class Use>
void for_each_field(Presence& message, Use&& use) {
  use(message.user);
  use(message.online);
  use(message.since);
  use(message.status);
}

template <class Use>
void for_each_field(Sent& message, Use&& use) {
  use(message.conversation);
  use(message.seq);
  use(message.time);
  use(message.durability);
  use(message.repeated);
  use(message.window_only);
  use(message.presence);
}

template <class Use>
void for_each_field(Opened& message, Use&& use) {
  use(message.conversation);
  use(message.with);
  use(message.head);
}

template <class Use>
void for_each_field(Revision& message, Use&& use) {
  use(message.seq);
  use(message.time);
}

template <class Use>
void for_each_field(Reaction& message, Use&& use) {
  use(message.emoji);
  use(message.users);
}

template <class Use>
void for_each_field(Message& message, Use&& use) {
  use(message.conversation);
  use(message.seq);
  use(message.from);
  use(message.time);
  use(message.n);
  use(message.client_id);
  use(message.text);
  use(message.reply_to);
  use(message.mentions);
  use(message.attachments);
  use(message.kind);
  use(message.data);
  use(message.edits);
  use(message.deleted);
  use(message.reactions);
  use(message.version);
  use(message.withheld);
}

template <class Use>
void for_each_field(Unknown& message, Use&& use) {
  use(message.seq);
}

template <class Use>
void for_each_field(Edited& message, Use&& use) {
  use(message.conversation);
  use(message.seq);
  use(message.from);
  use(message.time);
  use(message.target);
  use(message.text);
}

template <class Use>
void for_each_field(Deleted& message, Use&& use) {
  use(message.conversation);
  use(message.seq);
  use(message.from);
  use(message.time);
  use(message.target);
}

template <class Use>
void for_each_field(Reacted& message, Use&& use) {
  use(message.conversation);
  use(message.seq);
  use(message.from);
  use(message.time);
  use(message.target);
  use(message.emoji);
  use(message.removed);
}

template <class Use>
void for_each_field(GroupChange& message, Use&& use) {
  use(message.conversation);
  use(message.seq);
  use(message.from);
  use(message.time);
  use(message.what);
  use(message.users);
  use(message.title);
  use(message.permissions);
  use(message.role);
  use(message.heir);
}

template <class Use>
void for_each_field(Entry& message, Use&& use) {
  use(message.kind);
}

template <class Use>
void for_each_field(History& message, Use&& use) {
  use(message.conversation);
  use(message.entries);
  use(message.head);
  use(message.more);
  use(message.from);
  use(message.to);
}

template <class Use>
void for_each_field(Settings& message, Use&& use) {
  use(message.conversation);
  use(message.muted_until);
  use(message.pinned);
  use(message.archived);
}

template <class Use>
void for_each_field(ConversationSummary& message, Use&& use) {
  use(message.conversation);
  use(message.with);
  use(message.head);
  use(message.unread);
  use(message.read);
  use(message.last);
  use(message.title);
  use(message.cleared);
  use(message.settings);
  use(message.request);
  use(message.mentioned);
}

template <class Use>
void for_each_field(Conversations& message, Use&& use) {
  use(message.items);
  use(message.next);
  use(message.badge);
}

template <class Use>
void for_each_field(Done&, Use&&) {}

template <class Use>
void for_each_field(Error& message, Use&& use) {
  use(message.type);
  use(message.code);
  use(message.title);
  use(message.status);
  use(message.detail);
  use(message.outcome);
  use(message.retry_after_ms);
}

template <class Use>
void for_each_field(ReadMark& message, Use&& use) {
  use(message.conversation);
  use(message.seq);
}

template <class Use>
void for_each_field(ClearMark& message, Use&& use) {
  use(message.conversation);
  use(message.seq);
}

template <class Use>
void for_each_field(Hidden& message, Use&& use) {
  use(message.conversation);
  use(message.seq);
}

template <class Use>
void for_each_field(Contact& message, Use&& use) {
  use(message.user);
  use(message.state);
}

template <class Use>
void for_each_field(Event& message, Use&& use) {
  use(message.useq);
  use(message.event);
}

template <class Use>
void for_each_field(Change& message, Use&& use) {
  use(message.conversation);
  use(message.with);
  use(message.from);
  use(message.to);
  use(message.entries);
  use(message.read);
  use(message.cleared);
  use(message.hidden);
  use(message.settings);
}

template <class Use>
void for_each_field(Page& message, Use&& use) {
  use(message.from);
  use(message.to);
  use(message.changes);
  use(message.cursor);
  use(message.contacts);
}

template <class Use>
void for_each_field(Resync& message, Use&& use) {
  use(message.cursor);
  use(message.reason);
}

template <class Use>
void for_each_field(Synced& message, Use&& use) {
  use(message.cursor);
}

template <class Use>
void for_each_field(Goaway& message, Use&& use) {
  use(message.after_ms);
  use(message.reason);
}

template <class Use>
void for_each_field(Pong&, Use&&) {}

template <class Use>
void for_each_field(Changed& message, Use&& use) {
  use(message.conversation);
  use(message.seq);
  use(message.time);
}

template <class Use>
void for_each_field(Group& message, Use&& use) {
  use(message.conversation);
  use(message.title);
  use(message.permissions);
  use(message.members);
  use(message.role);
  use(message.head);
  use(message.waiting);
}

template <class Use>
void for_each_field(Member& message, Use&& use) {
  use(message.user);
  use(message.role);
  use(message.joined);
}

template <class Use>
void for_each_field(Members& message, Use&& use) {
  use(message.conversation);
  use(message.items);
  use(message.next);
}

template <class Use>
void for_each_field(Marks& message, Use&& use) {
  use(message.user);
  use(message.delivered);
  use(message.read);
}

template <class Use>
void for_each_field(Receipts& message, Use&& use) {
  use(message.conversation);
  use(message.items);
  use(message.presence);
}

template <class Use>
void for_each_field(Typing& message, Use&& use) {
  use(message.conversation);
  use(message.user);
  use(message.stopped);
}

template <class Use>
void for_each_field(Contacts& message, Use&& use) {
  use(message.items);
  use(message.next);
}

template <class Use>
void for_each_field(Presences& message, Use&& use) {
  use(message.items);
}

template <class Use>
void for_each_field(Preferences& message, Use&& use) {
  use(message.presence);
  use(message.read_marks);
  use(message.groups);
}

template <class Use>
void for_each_field(Invite& message, Use&& use) {
  use(message.conversation);
  use(message.code);
  use(message.by);
  use(message.expires);
  use(message.uses);
  use(message.approval);
}

template <class Use>
void for_each_field(Invites& message, Use&& use) {
  use(message.items);
  use(message.waiting);
}

template <class Use>
void for_each_field(Frame& message, Use&& use) {
  use(message.re);
  use(message.body);
}

}  // namespace kith::wire
