// Generated from wire/kith.proto by tools/generate.py; do not edit.
// clang-format off
#include "wire/json_read.gen.h"

namespace kith::wire {

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Auth& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "token") return walk.field(value, "token", out.token);
    if (key == "device") return walk.field(value, "device", out.device);
    if (key == "cursor") return walk.field(value, "cursor", out.cursor);
    if (key == "useq") return walk.field(value, "useq", out.useq);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Attachment& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "url") return walk.field(value, "url", out.url);
    if (key == "name") return walk.field(value, "name", out.name);
    if (key == "type") return walk.field(value, "type", out.type);
    if (key == "size") return walk.field(value, "size", out.size);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Send& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "to") return walk.text_member<Send::To>(value, "to", out.target);
    if (key == "conversation") return walk.text_member<Send::Conversation>(value, "conversation", out.target);
    if (key == "clientId" || key == "client_id") return walk.field(value, "clientId", out.client_id);
    if (key == "baseSeq" || key == "base_seq") return walk.field(value, "baseSeq", out.base_seq);
    if (key == "text") return walk.field(value, "text", out.text);
    if (key == "replyTo" || key == "reply_to") return walk.field(value, "replyTo", out.reply_to);
    if (key == "mentions") return walk.field(value, "mentions", out.mentions);
    if (key == "attachments") return walk.field(value, "attachments", out.attachments);
    if (key == "kind") return walk.field(value, "kind", out.kind);
    if (key == "data") return walk.field(value, "data", out.data);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Open& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "with") return walk.field(value, "with", out.with);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, GetHistory& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "before") return walk.field(value, "before", out.before);
    if (key == "after") return walk.field(value, "after", out.after);
    if (key == "limit") return walk.field(value, "limit", out.limit);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, GetConversations& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "limit") return walk.field(value, "limit", out.limit);
    if (key == "page") return walk.field(value, "page", out.page);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Read& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "seq") return walk.field(value, "seq", out.seq);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Confirm& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "useq") return walk.field(value, "useq", out.useq);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Block& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "user") return walk.field(value, "user", out.user);
    if (key == "blocked") return walk.field(value, "blocked", out.blocked);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Ping&) {
  return walk.each(object, [&walk](std::string_view key, JsonWalk::Value value) {
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Edit& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "seq") return walk.field(value, "seq", out.seq);
    if (key == "text") return walk.field(value, "text", out.text);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Delete& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "seq") return walk.field(value, "seq", out.seq);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, React& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "seq") return walk.field(value, "seq", out.seq);
    if (key == "emoji") return walk.field(value, "emoji", out.emoji);
    if (key == "remove") return walk.field(value, "remove", out.remove);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Permissions& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "send") return walk.field(value, "send", out.send);
    if (key == "add") return walk.field(value, "add", out.add);
    if (key == "remove") return walk.field(value, "remove", out.remove);
    if (key == "edit") return walk.field(value, "edit", out.edit);
    if (key == "moderate") return walk.field(value, "moderate", out.moderate);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, CreateGroup& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "clientId" || key == "client_id") return walk.field(value, "clientId", out.client_id);
    if (key == "title") return walk.field(value, "title", out.title);
    if (key == "members") return walk.field(value, "members", out.members);
    if (key == "permissions") return walk.field(value, "permissions", out.permissions);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, UpdateGroup& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "title") return walk.field(value, "title", out.title);
    if (key == "permissions") return walk.field(value, "permissions", out.permissions);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, AddMembers& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "users") return walk.field(value, "users", out.users);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, RemoveMember& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "user") return walk.field(value, "user", out.user);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Leave& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, SetRole& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "user") return walk.field(value, "user", out.user);
    if (key == "role") return walk.field(value, "role", out.role);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, GetGroup& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, GetMembers& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "limit") return walk.field(value, "limit", out.limit);
    if (key == "page") return walk.field(value, "page", out.page);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Clear& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "seq") return walk.field(value, "seq", out.seq);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Hide& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "seq") return walk.field(value, "seq", out.seq);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Configure& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "mutedUntil" || key == "muted_until") return walk.field(value, "mutedUntil", out.muted_until);
    if (key == "pinned") return walk.field(value, "pinned", out.pinned);
    if (key == "archived") return walk.field(value, "archived", out.archived);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Look& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Type& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "stopped") return walk.field(value, "stopped", out.stopped);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, AddContact& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "user") return walk.field(value, "user", out.user);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, RemoveContact& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "user") return walk.field(value, "user", out.user);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, GetContacts& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "limit") return walk.field(value, "limit", out.limit);
    if (key == "page") return walk.field(value, "page", out.page);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, GetPresence& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "users") return walk.field(value, "users", out.users);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Viewport& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "users") return walk.field(value, "users", out.users);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, SetStatus& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "status") return walk.field(value, "status", out.status);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, GetPreferences&) {
  return walk.each(object, [&walk](std::string_view key, JsonWalk::Value value) {
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Prefer& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "presence") return walk.field(value, "presence", out.presence);
    if (key == "readMarks" || key == "read_marks") return walk.field(value, "readMarks", out.read_marks);
    if (key == "groups") return walk.field(value, "groups", out.groups);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, CreateInvite& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "expiresS" || key == "expires_s") return walk.field(value, "expiresS", out.expires_s);
    if (key == "uses") return walk.field(value, "uses", out.uses);
    if (key == "approval") return walk.field(value, "approval", out.approval);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, RevokeInvite& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "code") return walk.field(value, "code", out.code);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, GetInvites& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Join& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "code") return walk.field(value, "code", out.code);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, RefuseJoin& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "user") return walk.field(value, "user", out.user);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Command& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "id") return walk.field(value, "id", out.id);
    if (key == "auth") return walk.member<Auth>(value, "auth", out.command);
    if (key == "send") return walk.member<Send>(value, "send", out.command);
    if (key == "open") return walk.member<Open>(value, "open", out.command);
    if (key == "history") return walk.member<GetHistory>(value, "history", out.command);
    if (key == "conversations") return walk.member<GetConversations>(value, "conversations", out.command);
    if (key == "read") return walk.member<Read>(value, "read", out.command);
    if (key == "confirm") return walk.member<Confirm>(value, "confirm", out.command);
    if (key == "block") return walk.member<Block>(value, "block", out.command);
    if (key == "ping") return walk.member<Ping>(value, "ping", out.command);
    if (key == "edit") return walk.member<Edit>(value, "edit", out.command);
    if (key == "delete" || key == "erase") return walk.member<Delete>(value, "delete", out.command);
    if (key == "react") return walk.member<React>(value, "react", out.command);
    if (key == "createGroup" || key == "create_group") return walk.member<CreateGroup>(value, "createGroup", out.command);
    if (key == "updateGroup" || key == "update_group") return walk.member<UpdateGroup>(value, "updateGroup", out.command);
    if (key == "addMembers" || key == "add_members") return walk.member<AddMembers>(value, "addMembers", out.command);
    if (key == "removeMember" || key == "remove_member") return walk.member<RemoveMember>(value, "removeMember", out.command);
    if (key == "leave") return walk.member<Leave>(value, "leave", out.command);
    if (key == "setRole" || key == "set_role") return walk.member<SetRole>(value, "setRole", out.command);
    if (key == "group") return walk.member<GetGroup>(value, "group", out.command);
    if (key == "members") return walk.member<GetMembers>(value, "members", out.command);
    if (key == "clear") return walk.member<Clear>(value, "clear", out.command);
    if (key == "hide") return walk.member<Hide>(value, "hide", out.command);
    if (key == "configure") return walk.member<Configure>(value, "configure", out.command);
    if (key == "look") return walk.member<Look>(value, "look", out.command);
    if (key == "typing") return walk.member<Type>(value, "typing", out.command);
    if (key == "addContact" || key == "add_contact") return walk.member<AddContact>(value, "addContact", out.command);
    if (key == "removeContact" || key == "remove_contact") return walk.member<RemoveContact>(value, "removeContact", out.command);
    if (key == "contacts") return walk.member<GetContacts>(value, "contacts", out.command);
    if (key == "presence") return walk.member<GetPresence>(value, "presence", out.command);
    if (key == "viewport") return walk.member<Viewport>(value, "viewport", out.command);
    if (key == "status") return walk.member<SetStatus>(value, "status", out.command);
    if (key == "preferences") return walk.member<GetPreferences>(value, "preferences", out.command);
    if (key == "prefer") return walk.member<Prefer>(value, "prefer", out.command);
    if (key == "createInvite" || key == "create_invite") return walk.member<CreateInvite>(value, "createInvite", out.command);
    if (key == "revokeInvite" || key == "revoke_invite") return walk.member<RevokeInvite>(value, "revokeInvite", out.command);
    if (key == "invites") return walk.member<GetInvites>(value, "invites", out.command);
    if (key == "join") return walk.member<Join>(value, "join", out.command);
    if (key == "refuseJoin" || key == "refuse_join") return walk.member<RefuseJoin>(value, "refuseJoin", out.command);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Limits& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "frameBytes" || key == "frame_bytes") return walk.field(value, "frameBytes", out.frame_bytes);
    if (key == "textBytes" || key == "text_bytes") return walk.field(value, "textBytes", out.text_bytes);
    if (key == "historyPage" || key == "history_page") return walk.field(value, "historyPage", out.history_page);
    if (key == "conversationsPage" || key == "conversations_page") return walk.field(value, "conversationsPage", out.conversations_page);
    if (key == "editS" || key == "edit_s") return walk.field(value, "editS", out.edit_s);
    if (key == "deleteS" || key == "delete_s") return walk.field(value, "deleteS", out.delete_s);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Hello& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "protocol") return walk.field(value, "protocol", out.protocol);
    if (key == "heartbeatS" || key == "heartbeat_s") return walk.field(value, "heartbeatS", out.heartbeat_s);
    if (key == "limits") return walk.field(value, "limits", out.limits);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Ready& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "user") return walk.field(value, "user", out.user);
    if (key == "device") return walk.field(value, "device", out.device);
    if (key == "useq") return walk.field(value, "useq", out.useq);
    if (key == "home") return walk.field(value, "home", out.home);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Presence& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "user") return walk.field(value, "user", out.user);
    if (key == "online") return walk.field(value, "online", out.online);
    if (key == "since") return walk.field(value, "since", out.since);
    if (key == "status") return walk.field(value, "status", out.status);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Sent& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "seq") return walk.field(value, "seq", out.seq);
    if (key == "time") return walk.field(value, "time", out.time);
    if (key == "durability") return walk.field(value, "durability", out.durability);
    if (key == "repeated") return walk.field(value, "repeated", out.repeated);
    if (key == "windowOnly" || key == "window_only") return walk.field(value, "windowOnly", out.window_only);
    if (key == "presence") return walk.field(value, "presence", out.presence);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Opened& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "with") return walk.field(value, "with", out.with);
    if (key == "head") return walk.field(value, "head", out.head);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Revision& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "seq") return walk.field(value, "seq", out.seq);
    if (key == "time") return walk.field(value, "time", out.time);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Reaction& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "emoji") return walk.field(value, "emoji", out.emoji);
    if (key == "users") return walk.field(value, "users", out.users);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Message& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "seq") return walk.field(value, "seq", out.seq);
    if (key == "from") return walk.field(value, "from", out.from);
    if (key == "time") return walk.field(value, "time", out.time);
    if (key == "n") return walk.field(value, "n", out.n);
    if (key == "clientId" || key == "client_id") return walk.field(value, "clientId", out.client_id);
    if (key == "text") return walk.field(value, "text", out.text);
    if (key == "replyTo" || key == "reply_to") return walk.field(value, "replyTo", out.reply_to);
    if (key == "mentions") return walk.field(value, "mentions", out.mentions);
    if (key == "attachments") return walk.field(value, "attachments", out.attachments);
    if (key == "kind") return walk.field(value, "kind", out.kind);
    if (key == "data") return walk.field(value, "data", out.data);
    if (key == "edits") return walk.field(value, "edits", out.edits);
    if (key == "deleted") return walk.field(value, "deleted", out.deleted);
    if (key == "reactions") return walk.field(value, "reactions", out.reactions);
    if (key == "version") return walk.field(value, "version", out.version);
    if (key == "withheld") return walk.field(value, "withheld", out.withheld);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Unknown& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "seq") return walk.field(value, "seq", out.seq);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Edited& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "seq") return walk.field(value, "seq", out.seq);
    if (key == "from") return walk.field(value, "from", out.from);
    if (key == "time") return walk.field(value, "time", out.time);
    if (key == "target") return walk.field(value, "target", out.target);
    if (key == "text") return walk.field(value, "text", out.text);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Deleted& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "seq") return walk.field(value, "seq", out.seq);
    if (key == "from") return walk.field(value, "from", out.from);
    if (key == "time") return walk.field(value, "time", out.time);
    if (key == "target") return walk.field(value, "target", out.target);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Reacted& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "seq") return walk.field(value, "seq", out.seq);
    if (key == "from") return walk.field(value, "from", out.from);
    if (key == "time") return walk.field(value, "time", out.time);
    if (key == "target") return walk.field(value, "target", out.target);
    if (key == "emoji") return walk.field(value, "emoji", out.emoji);
    if (key == "removed") return walk.field(value, "removed", out.removed);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, GroupChange& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "seq") return walk.field(value, "seq", out.seq);
    if (key == "from") return walk.field(value, "from", out.from);
    if (key == "time") return walk.field(value, "time", out.time);
    if (key == "what") return walk.field(value, "what", out.what);
    if (key == "users") return walk.field(value, "users", out.users);
    if (key == "title") return walk.field(value, "title", out.title);
    if (key == "permissions") return walk.field(value, "permissions", out.permissions);
    if (key == "role") return walk.field(value, "role", out.role);
    if (key == "heir") return walk.field(value, "heir", out.heir);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Entry& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "message") return walk.member<Message>(value, "message", out.kind);
    if (key == "unknown") return walk.member<Unknown>(value, "unknown", out.kind);
    if (key == "edited") return walk.member<Edited>(value, "edited", out.kind);
    if (key == "deleted") return walk.member<Deleted>(value, "deleted", out.kind);
    if (key == "reacted") return walk.member<Reacted>(value, "reacted", out.kind);
    if (key == "group") return walk.member<GroupChange>(value, "group", out.kind);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, History& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "entries") return walk.field(value, "entries", out.entries);
    if (key == "head") return walk.field(value, "head", out.head);
    if (key == "more") return walk.field(value, "more", out.more);
    if (key == "from") return walk.field(value, "from", out.from);
    if (key == "to") return walk.field(value, "to", out.to);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Settings& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "mutedUntil" || key == "muted_until") return walk.field(value, "mutedUntil", out.muted_until);
    if (key == "pinned") return walk.field(value, "pinned", out.pinned);
    if (key == "archived") return walk.field(value, "archived", out.archived);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, ConversationSummary& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "with") return walk.field(value, "with", out.with);
    if (key == "head") return walk.field(value, "head", out.head);
    if (key == "unread") return walk.field(value, "unread", out.unread);
    if (key == "read") return walk.field(value, "read", out.read);
    if (key == "last") return walk.field(value, "last", out.last);
    if (key == "title") return walk.field(value, "title", out.title);
    if (key == "cleared") return walk.field(value, "cleared", out.cleared);
    if (key == "settings") return walk.field(value, "settings", out.settings);
    if (key == "request") return walk.field(value, "request", out.request);
    if (key == "mentioned") return walk.field(value, "mentioned", out.mentioned);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Conversations& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "items") return walk.field(value, "items", out.items);
    if (key == "next") return walk.field(value, "next", out.next);
    if (key == "badge") return walk.field(value, "badge", out.badge);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Done&) {
  return walk.each(object, [&walk](std::string_view key, JsonWalk::Value value) {
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Error& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "type") return walk.field(value, "type", out.type);
    if (key == "code") return walk.field(value, "code", out.code);
    if (key == "title") return walk.field(value, "title", out.title);
    if (key == "status") return walk.field(value, "status", out.status);
    if (key == "detail") return walk.field(value, "detail", out.detail);
    if (key == "outcome") return walk.field(value, "outcome", out.outcome);
    if (key == "retryAfterMs" || key == "retry_after_ms") return walk.field(value, "retryAfterMs", out.retry_after_ms);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, ReadMark& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "seq") return walk.field(value, "seq", out.seq);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, ClearMark& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "seq") return walk.field(value, "seq", out.seq);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Hidden& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "seq") return walk.field(value, "seq", out.seq);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Contact& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "user") return walk.field(value, "user", out.user);
    if (key == "state") return walk.field(value, "state", out.state);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Event& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "useq") return walk.field(value, "useq", out.useq);
    if (key == "message") return walk.member<Message>(value, "message", out.event);
    if (key == "read") return walk.member<ReadMark>(value, "read", out.event);
    if (key == "edited") return walk.member<Edited>(value, "edited", out.event);
    if (key == "deleted") return walk.member<Deleted>(value, "deleted", out.event);
    if (key == "reacted") return walk.member<Reacted>(value, "reacted", out.event);
    if (key == "group") return walk.member<GroupChange>(value, "group", out.event);
    if (key == "cleared") return walk.member<ClearMark>(value, "cleared", out.event);
    if (key == "hidden") return walk.member<Hidden>(value, "hidden", out.event);
    if (key == "settings") return walk.member<Settings>(value, "settings", out.event);
    if (key == "contact") return walk.member<Contact>(value, "contact", out.event);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Change& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "with") return walk.field(value, "with", out.with);
    if (key == "from") return walk.field(value, "from", out.from);
    if (key == "to") return walk.field(value, "to", out.to);
    if (key == "entries") return walk.field(value, "entries", out.entries);
    if (key == "read") return walk.field(value, "read", out.read);
    if (key == "cleared") return walk.field(value, "cleared", out.cleared);
    if (key == "hidden") return walk.field(value, "hidden", out.hidden);
    if (key == "settings") return walk.field(value, "settings", out.settings);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Page& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "from") return walk.field(value, "from", out.from);
    if (key == "to") return walk.field(value, "to", out.to);
    if (key == "changes") return walk.field(value, "changes", out.changes);
    if (key == "cursor") return walk.field(value, "cursor", out.cursor);
    if (key == "contacts") return walk.field(value, "contacts", out.contacts);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Resync& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "cursor") return walk.field(value, "cursor", out.cursor);
    if (key == "reason") return walk.field(value, "reason", out.reason);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Synced& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "cursor") return walk.field(value, "cursor", out.cursor);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Goaway& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "afterMs" || key == "after_ms") return walk.field(value, "afterMs", out.after_ms);
    if (key == "reason") return walk.field(value, "reason", out.reason);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Pong&) {
  return walk.each(object, [&walk](std::string_view key, JsonWalk::Value value) {
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Changed& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "seq") return walk.field(value, "seq", out.seq);
    if (key == "time") return walk.field(value, "time", out.time);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Group& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "title") return walk.field(value, "title", out.title);
    if (key == "permissions") return walk.field(value, "permissions", out.permissions);
    if (key == "members") return walk.field(value, "members", out.members);
    if (key == "role") return walk.field(value, "role", out.role);
    if (key == "head") return walk.field(value, "head", out.head);
    if (key == "waiting") return walk.field(value, "waiting", out.waiting);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Member& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "user") return walk.field(value, "user", out.user);
    if (key == "role") return walk.field(value, "role", out.role);
    if (key == "joined") return walk.field(value, "joined", out.joined);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Members& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "items") return walk.field(value, "items", out.items);
    if (key == "next") return walk.field(value, "next", out.next);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Marks& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "user") return walk.field(value, "user", out.user);
    if (key == "delivered") return walk.field(value, "delivered", out.delivered);
    if (key == "read") return walk.field(value, "read", out.read);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Receipts& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "items") return walk.field(value, "items", out.items);
    if (key == "presence") return walk.field(value, "presence", out.presence);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Typing& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "user") return walk.field(value, "user", out.user);
    if (key == "stopped") return walk.field(value, "stopped", out.stopped);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Contacts& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "items") return walk.field(value, "items", out.items);
    if (key == "next") return walk.field(value, "next", out.next);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Presences& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "items") return walk.field(value, "items", out.items);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Preferences& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "presence") return walk.field(value, "presence", out.presence);
    if (key == "readMarks" || key == "read_marks") return walk.field(value, "readMarks", out.read_marks);
    if (key == "groups") return walk.field(value, "groups", out.groups);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Invite& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "conversation") return walk.field(value, "conversation", out.conversation);
    if (key == "code") return walk.field(value, "code", out.code);
    if (key == "by") return walk.field(value, "by", out.by);
    if (key == "expires") return walk.field(value, "expires", out.expires);
    if (key == "uses") return walk.field(value, "uses", out.uses);
    if (key == "approval") return walk.field(value, "approval", out.approval);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Invites& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "items") return walk.field(value, "items", out.items);
    if (key == "waiting") return walk.field(value, "waiting", out.waiting);
    return walk.unknown(value, key);
  });
}

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Frame& out) {
  return walk.each(object, [&](std::string_view key, JsonWalk::Value value) {
    if (key == "re") return walk.field(value, "re", out.re);
    if (key == "hello") return walk.member<Hello>(value, "hello", out.body);
    if (key == "ready") return walk.member<Ready>(value, "ready", out.body);
    if (key == "sent") return walk.member<Sent>(value, "sent", out.body);
    if (key == "opened") return walk.member<Opened>(value, "opened", out.body);
    if (key == "history") return walk.member<History>(value, "history", out.body);
    if (key == "conversations") return walk.member<Conversations>(value, "conversations", out.body);
    if (key == "done") return walk.member<Done>(value, "done", out.body);
    if (key == "error") return walk.member<Error>(value, "error", out.body);
    if (key == "event") return walk.member<Event>(value, "event", out.body);
    if (key == "page") return walk.member<Page>(value, "page", out.body);
    if (key == "resync") return walk.member<Resync>(value, "resync", out.body);
    if (key == "synced") return walk.member<Synced>(value, "synced", out.body);
    if (key == "goaway") return walk.member<Goaway>(value, "goaway", out.body);
    if (key == "pong") return walk.member<Pong>(value, "pong", out.body);
    if (key == "changed") return walk.member<Changed>(value, "changed", out.body);
    if (key == "group") return walk.member<Group>(value, "group", out.body);
    if (key == "members") return walk.member<Members>(value, "members", out.body);
    if (key == "receipts") return walk.member<Receipts>(value, "receipts", out.body);
    if (key == "typing") return walk.member<Typing>(value, "typing", out.body);
    if (key == "contacts") return walk.member<Contacts>(value, "contacts", out.body);
    if (key == "presences") return walk.member<Presences>(value, "presences", out.body);
    if (key == "preferences") return walk.member<Preferences>(value, "preferences", out.body);
    if (key == "invite") return walk.member<Invite>(value, "invite", out.body);
    if (key == "invites") return walk.member<Invites>(value, "invites", out.body);
    return walk.unknown(value, key);
  });
}

}  // namespace kith::wire
