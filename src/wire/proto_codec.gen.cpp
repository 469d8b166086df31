// Generated from wire/kith.proto by tools/generate.py; do not edit.
// clang-format off
#include "wire/proto_read.gen.h"
#include "wire/proto_writer.h"

namespace kith::wire {

void write_proto(const Auth& message, std::string& out) {
  if (!message.token.empty()) {
    proto_text(out, 1, message.token);
  }
  if (!message.device.empty()) {
    proto_text(out, 2, message.device);
  }
  if (!message.cursor.empty()) {
    proto_text(out, 3, message.cursor);
  }
  if (message.useq != 0) {
    proto_number(out, 4, message.useq);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Auth& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "token", out.token);
    if (field.is(2, 2)) return walk.field(field, "device", out.device);
    if (field.is(3, 2)) return walk.field(field, "cursor", out.cursor);
    if (field.is(4, 0)) return walk.field(field, "useq", out.useq);
    return walk.unknown(field);
  });
}

void write_proto(const Attachment& message, std::string& out) {
  if (!message.url.empty()) {
    proto_text(out, 1, message.url);
  }
  if (!message.name.empty()) {
    proto_text(out, 2, message.name);
  }
  if (!message.type.empty()) {
    proto_text(out, 3, message.type);
  }
  if (message.size != 0) {
    proto_number(out, 4, message.size);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Attachment& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "url", out.url);
    if (field.is(2, 2)) return walk.field(field, "name", out.name);
    if (field.is(3, 2)) return walk.field(field, "type", out.type);
    if (field.is(4, 0)) return walk.field(field, "size", out.size);
    return walk.unknown(field);
  });
}

void write_proto(const Send& message, std::string& out) {
  if (const auto* kind = std::get_if<Send::To>(&message.target)) {
    proto_text(out, 1, kind->value);
  }
  if (const auto* kind = std::get_if<Send::Conversation>(&message.target)) {
    proto_text(out, 2, kind->value);
  }
  if (!message.client_id.empty()) {
    proto_text(out, 3, message.client_id);
  }
  if (message.base_seq) {
    proto_number(out, 4, *message.base_seq);
  }
  if (!message.text.empty()) {
    proto_text(out, 5, message.text);
  }
  if (message.reply_to != 0) {
    proto_number(out, 6, message.reply_to);
  }
  for (const auto& element : message.mentions) proto_text(out, 7, element);
  for (const auto& element : message.attachments) {
    const auto begin = proto_open(out, 8);
    write_proto(element, out);
    proto_close(out, begin);
  }
  if (!message.kind.empty()) {
    proto_text(out, 9, message.kind);
  }
  if (!message.data.empty()) {
    proto_text(out, 10, message.data);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Send& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.text_member<Send::To>(field, "to", out.target);
    if (field.is(2, 2)) return walk.text_member<Send::Conversation>(field, "conversation", out.target);
    if (field.is(3, 2)) return walk.field(field, "clientId", out.client_id);
    if (field.is(4, 0)) return walk.field(field, "baseSeq", out.base_seq);
    if (field.is(5, 2)) return walk.field(field, "text", out.text);
    if (field.is(6, 0)) return walk.field(field, "replyTo", out.reply_to);
    if (field.is(7, 2)) return walk.field(field, "mentions", out.mentions);
    if (field.is(8, 2)) return walk.field(field, "attachments", out.attachments);
    if (field.is(9, 2)) return walk.field(field, "kind", out.kind);
    if (field.is(10, 2)) return walk.field(field, "data", out.data);
    return walk.unknown(field);
  });
}

void write_proto(const Open& message, std::string& out) {
  if (!message.with.empty()) {
    proto_text(out, 1, message.with);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Open& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "with", out.with);
    return walk.unknown(field);
  });
}

void write_proto(const GetHistory& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.before != 0) {
    proto_number(out, 2, message.before);
  }
  if (message.after) {
    proto_number(out, 3, *message.after);
  }
  if (message.limit != 0) {
    proto_number(out, 4, message.limit);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, GetHistory& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "before", out.before);
    if (field.is(3, 0)) return walk.field(field, "after", out.after);
    if (field.is(4, 0)) return walk.field(field, "limit", out.limit);
    return walk.unknown(field);
  });
}

void write_proto(const GetConversations& message, std::string& out) {
  if (message.limit != 0) {
    proto_number(out, 1, message.limit);
  }
  if (!message.page.empty()) {
    proto_text(out, 2, message.page);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, GetConversations& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 0)) return walk.field(field, "limit", out.limit);
    if (field.is(2, 2)) return walk.field(field, "page", out.page);
    return walk.unknown(field);
  });
}

void write_proto(const Read& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.seq != 0) {
    proto_number(out, 2, message.seq);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Read& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "seq", out.seq);
    return walk.unknown(field);
  });
}

void write_proto(const Confirm& message, std::string& out) {
  if (message.useq != 0) {
    proto_number(out, 1, message.useq);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Confirm& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 0)) return walk.field(field, "useq", out.useq);
    return walk.unknown(field);
  });
}

void write_proto(const Block& message, std::string& out) {
  if (!message.user.empty()) {
    proto_text(out, 1, message.user);
  }
  if (message.blocked) {
    proto_flag(out, 2, message.blocked);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Block& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "user", out.user);
    if (field.is(2, 0)) return walk.field(field, "blocked", out.blocked);
    return walk.unknown(field);
  });
}

void write_proto([[maybe_unused]] const Ping& message, [[maybe_unused]] std::string& out) {
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, [[maybe_unused]] Ping& out) {
  return walk.each(bytes, [&walk](const ProtoWalk::Field& field) {
    return walk.unknown(field);
  });
}

void write_proto(const Edit& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.seq != 0) {
    proto_number(out, 2, message.seq);
  }
  if (!message.text.empty()) {
    proto_text(out, 3, message.text);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Edit& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "seq", out.seq);
    if (field.is(3, 2)) return walk.field(field, "text", out.text);
    return walk.unknown(field);
  });
}

void write_proto(const Delete& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.seq != 0) {
    proto_number(out, 2, message.seq);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Delete& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "seq", out.seq);
    return walk.unknown(field);
  });
}

void write_proto(const React& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.seq != 0) {
    proto_number(out, 2, message.seq);
  }
  if (!message.emoji.empty()) {
    proto_text(out, 3, message.emoji);
  }
  if (message.remove) {
    proto_flag(out, 4, message.remove);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, React& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "seq", out.seq);
    if (field.is(3, 2)) return walk.field(field, "emoji", out.emoji);
    if (field.is(4, 0)) return walk.field(field, "remove", out.remove);
    return walk.unknown(field);
  });
}

void write_proto(const Permissions& message, std::string& out) {
  if (!message.send.empty()) {
    proto_text(out, 1, message.send);
  }
  if (!message.add.empty()) {
    proto_text(out, 2, message.add);
  }
  if (!message.remove.empty()) {
    proto_text(out, 3, message.remove);
  }
  if (!message.edit.empty()) {
    proto_text(out, 4, message.edit);
  }
  if (!message.moderate.empty()) {
    proto_text(out, 5, message.moderate);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Permissions& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "send", out.send);
    if (field.is(2, 2)) return walk.field(field, "add", out.add);
    if (field.is(3, 2)) return walk.field(field, "remove", out.remove);
    if (field.is(4, 2)) return walk.field(field, "edit", out.edit);
    if (field.is(5, 2)) return walk.field(field, "moderate", out.moderate);
    return walk.unknown(field);
  });
}

void write_proto(const CreateGroup& message, std::string& out) {
  if (!message.client_id.empty()) {
    proto_text(out, 1, message.client_id);
  }
  if (!message.title.empty()) {
    proto_text(out, 2, message.title);
  }
  for (const auto& element : message.members) proto_text(out, 3, element);
  if (message.permissions) {
    const auto begin = proto_open(out, 4);
    write_proto(*message.permissions, out);
    proto_close(out, begin);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, CreateGroup& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "clientId", out.client_id);
    if (field.is(2, 2)) return walk.field(field, "title", out.title);
    if (field.is(3, 2)) return walk.field(field, "members", out.members);
    if (field.is(4, 2)) return walk.field(field, "permissions", out.permissions);
    return walk.unknown(field);
  });
}

void write_proto(const UpdateGroup& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (!message.title.empty()) {
    proto_text(out, 2, message.title);
  }
  if (message.permissions) {
    const auto begin = proto_open(out, 3);
    write_proto(*message.permissions, out);
    proto_close(out, begin);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, UpdateGroup& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 2)) return walk.field(field, "title", out.title);
    if (field.is(3, 2)) return walk.field(field, "permissions", out.permissions);
    return walk.unknown(field);
  });
}

void write_proto(const AddMembers& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  for (const auto& element : message.users) proto_text(out, 2, element);
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, AddMembers& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 2)) return walk.field(field, "users", out.users);
    return walk.unknown(field);
  });
}

void write_proto(const RemoveMember& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (!message.user.empty()) {
    proto_text(out, 2, message.user);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, RemoveMember& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 2)) return walk.field(field, "user", out.user);
    return walk.unknown(field);
  });
}

void write_proto(const Leave& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Leave& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    return walk.unknown(field);
  });
}

void write_proto(const SetRole& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (!message.user.empty()) {
    proto_text(out, 2, message.user);
  }
  if (!message.role.empty()) {
    proto_text(out, 3, message.role);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, SetRole& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 2)) return walk.field(field, "user", out.user);
    if (field.is(3, 2)) return walk.field(field, "role", out.role);
    return walk.unknown(field);
  });
}

void write_proto(const GetGroup& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, GetGroup& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    return walk.unknown(field);
  });
}

void write_proto(const GetMembers& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.limit != 0) {
    proto_number(out, 2, message.limit);
  }
  if (!message.page.empty()) {
    proto_text(out, 3, message.page);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, GetMembers& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "limit", out.limit);
    if (field.is(3, 2)) return walk.field(field, "page", out.page);
    return walk.unknown(field);
  });
}

void write_proto(const Clear& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.seq != 0) {
    proto_number(out, 2, message.seq);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Clear& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "seq", out.seq);
    return walk.unknown(field);
  });
}

void write_proto(const Hide& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.seq != 0) {
    proto_number(out, 2, message.seq);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Hide& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "seq", out.seq);
    return walk.unknown(field);
  });
}

void write_proto(const Configure& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.muted_until.ms != 0) {
    proto_time(out, 2, message.muted_until);
  }
  if (message.pinned) {
    proto_flag(out, 3, *message.pinned);
  }
  if (message.archived) {
    proto_flag(out, 4, *message.archived);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Configure& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 2)) return walk.field(field, "mutedUntil", out.muted_until);
    if (field.is(3, 0)) return walk.field(field, "pinned", out.pinned);
    if (field.is(4, 0)) return walk.field(field, "archived", out.archived);
    return walk.unknown(field);
  });
}

void write_proto(const Look& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Look& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    return walk.unknown(field);
  });
}

void write_proto(const Type& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.stopped) {
    proto_flag(out, 2, message.stopped);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Type& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "stopped", out.stopped);
    return walk.unknown(field);
  });
}

void write_proto(const AddContact& message, std::string& out) {
  if (!message.user.empty()) {
    proto_text(out, 1, message.user);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, AddContact& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "user", out.user);
    return walk.unknown(field);
  });
}

void write_proto(const RemoveContact& message, std::string& out) {
  if (!message.user.empty()) {
    proto_text(out, 1, message.user);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, RemoveContact& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "user", out.user);
    return walk.unknown(field);
  });
}

void write_proto(const GetContacts& message, std::string& out) {
  if (message.limit != 0) {
    proto_number(out, 1, message.limit);
  }
  if (!message.page.empty()) {
    proto_text(out, 2, message.page);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, GetContacts& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 0)) return walk.field(field, "limit", out.limit);
    if (field.is(2, 2)) return walk.field(field, "page", out.page);
    return walk.unknown(field);
  });
}

void write_proto(const GetPresence& message, std::string& out) {
  for (const auto& element : message.users) proto_text(out, 1, element);
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, GetPresence& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "users", out.users);
    return walk.unknown(field);
  });
}

void write_proto(const Viewport& message, std::string& out) {
  for (const auto& element : message.users) proto_text(out, 1, element);
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Viewport& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "users", out.users);
    return walk.unknown(field);
  });
}

void write_proto(const SetStatus& message, std::string& out) {
  if (!message.status.empty()) {
    proto_text(out, 1, message.status);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, SetStatus& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "status", out.status);
    return walk.unknown(field);
  });
}

void write_proto([[maybe_unused]] const GetPreferences& message, [[maybe_unused]] std::string& out) {
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, [[maybe_unused]] GetPreferences& out) {
  return walk.each(bytes, [&walk](const ProtoWalk::Field& field) {
    return walk.unknown(field);
  });
}

void write_proto(const Prefer& message, std::string& out) {
  if (!message.presence.empty()) {
    proto_text(out, 1, message.presence);
  }
  if (message.read_marks) {
    proto_flag(out, 2, *message.read_marks);
  }
  if (!message.groups.empty()) {
    proto_text(out, 3, message.groups);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Prefer& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "presence", out.presence);
    if (field.is(2, 0)) return walk.field(field, "readMarks", out.read_marks);
    if (field.is(3, 2)) return walk.field(field, "groups", out.groups);
    return walk.unknown(field);
  });
}

void write_proto(const CreateInvite& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.expires_s != 0) {
    proto_number(out, 2, message.expires_s);
  }
  if (message.uses != 0) {
    proto_number(out, 3, message.uses);
  }
  if (message.approval) {
    proto_flag(out, 4, message.approval);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, CreateInvite& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "expiresS", out.expires_s);
    if (field.is(3, 0)) return walk.field(field, "uses", out.uses);
    if (field.is(4, 0)) return walk.field(field, "approval", out.approval);
    return walk.unknown(field);
  });
}

void write_proto(const RevokeInvite& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (!message.code.empty()) {
    proto_text(out, 2, message.code);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, RevokeInvite& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 2)) return walk.field(field, "code", out.code);
    return walk.unknown(field);
  });
}

void write_proto(const GetInvites& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, GetInvites& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    return walk.unknown(field);
  });
}

void write_proto(const Join& message, std::string& out) {
  if (!message.code.empty()) {
    proto_text(out, 1, message.code);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Join& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "code", out.code);
    return walk.unknown(field);
  });
}

void write_proto(const RefuseJoin& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (!message.user.empty()) {
    proto_text(out, 2, message.user);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, RefuseJoin& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 2)) return walk.field(field, "user", out.user);
    return walk.unknown(field);
  });
}

void write_proto(const Command& message, std::string& out) {
  if (message.id != 0) {
    proto_number(out, 1, message.id);
  }
  if (const auto* kind = std::get_if<Auth>(&message.command)) {
    const auto begin = proto_open(out, 2);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Send>(&message.command)) {
    const auto begin = proto_open(out, 3);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Open>(&message.command)) {
    const auto begin = proto_open(out, 4);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<GetHistory>(&message.command)) {
    const auto begin = proto_open(out, 5);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<GetConversations>(&message.command)) {
    const auto begin = proto_open(out, 6);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Read>(&message.command)) {
    const auto begin = proto_open(out, 7);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Confirm>(&message.command)) {
    const auto begin = proto_open(out, 8);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Block>(&message.command)) {
    const auto begin = proto_open(out, 9);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Ping>(&message.command)) {
    const auto begin = proto_open(out, 10);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Edit>(&message.command)) {
    const auto begin = proto_open(out, 11);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Delete>(&message.command)) {
    const auto begin = proto_open(out, 12);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<React>(&message.command)) {
    const auto begin = proto_open(out, 13);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<CreateGroup>(&message.command)) {
    const auto begin = proto_open(out, 14);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<UpdateGroup>(&message.command)) {
    const auto begin = proto_open(out, 15);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<AddMembers>(&message.command)) {
    const auto begin = proto_open(out, 16);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<RemoveMember>(&message.command)) {
    const auto begin = proto_open(out, 17);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Leave>(&message.command)) {
    const auto begin = proto_open(out, 18);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<SetRole>(&message.command)) {
    const auto begin = proto_open(out, 19);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<GetGroup>(&message.command)) {
    const auto begin = proto_open(out, 20);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<GetMembers>(&message.command)) {
    const auto begin = proto_open(out, 21);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Clear>(&message.command)) {
    const auto begin = proto_open(out, 22);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Hide>(&message.command)) {
    const auto begin = proto_open(out, 23);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Configure>(&message.command)) {
    const auto begin = proto_open(out, 24);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Look>(&message.command)) {
    const auto begin = proto_open(out, 25);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Type>(&message.command)) {
    const auto begin = proto_open(out, 26);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<AddContact>(&message.command)) {
    const auto begin = proto_open(out, 27);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<RemoveContact>(&message.command)) {
    const auto begin = proto_open(out, 28);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<GetContacts>(&message.command)) {
    const auto begin = proto_open(out, 29);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<GetPresence>(&message.command)) {
    const auto begin = proto_open(out, 30);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Viewport>(&message.command)) {
    const auto begin = proto_open(out, 31);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<SetStatus>(&message.command)) {
    const auto begin = proto_open(out, 32);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<GetPreferences>(&message.command)) {
    const auto begin = proto_open(out, 33);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Prefer>(&message.command)) {
    const auto begin = proto_open(out, 34);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<CreateInvite>(&message.command)) {
    const auto begin = proto_open(out, 35);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<RevokeInvite>(&message.command)) {
    const auto begin = proto_open(out, 36);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<GetInvites>(&message.command)) {
    const auto begin = proto_open(out, 37);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Join>(&message.command)) {
    const auto begin = proto_open(out, 38);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<RefuseJoin>(&message.command)) {
    const auto begin = proto_open(out, 39);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Command& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 0)) return walk.field(field, "id", out.id);
    if (field.is(2, 2)) return walk.member<Auth>(field, "auth", out.command);
    if (field.is(3, 2)) return walk.member<Send>(field, "send", out.command);
    if (field.is(4, 2)) return walk.member<Open>(field, "open", out.command);
    if (field.is(5, 2)) return walk.member<GetHistory>(field, "history", out.command);
    if (field.is(6, 2)) return walk.member<GetConversations>(field, "conversations", out.command);
    if (field.is(7, 2)) return walk.member<Read>(field, "read", out.command);
    if (field.is(8, 2)) return walk.member<Confirm>(field, "confirm", out.command);
    if (field.is(9, 2)) return walk.member<Block>(field, "block", out.command);
    if (field.is(10, 2)) return walk.member<Ping>(field, "ping", out.command);
    if (field.is(11, 2)) return walk.member<Edit>(field, "edit", out.command);
    if (field.is(12, 2)) return walk.member<Delete>(field, "delete", out.command);
    if (field.is(13, 2)) return walk.member<React>(field, "react", out.command);
    if (field.is(14, 2)) return walk.member<CreateGroup>(field, "createGroup", out.command);
    if (field.is(15, 2)) return walk.member<UpdateGroup>(field, "updateGroup", out.command);
    if (field.is(16, 2)) return walk.member<AddMembers>(field, "addMembers", out.command);
    if (field.is(17, 2)) return walk.member<RemoveMember>(field, "removeMember", out.command);
    if (field.is(18, 2)) return walk.member<Leave>(field, "leave", out.command);
    if (field.is(19, 2)) return walk.member<SetRole>(field, "setRole", out.command);
    if (field.is(20, 2)) return walk.member<GetGroup>(field, "group", out.command);
    if (field.is(21, 2)) return walk.member<GetMembers>(field, "members", out.command);
    if (field.is(22, 2)) return walk.member<Clear>(field, "clear", out.command);
    if (field.is(23, 2)) return walk.member<Hide>(field, "hide", out.command);
    if (field.is(24, 2)) return walk.member<Configure>(field, "configure", out.command);
    if (field.is(25, 2)) return walk.member<Look>(field, "look", out.command);
    if (field.is(26, 2)) return walk.member<Type>(field, "typing", out.command);
    if (field.is(27, 2)) return walk.member<AddContact>(field, "addContact", out.command);
    if (field.is(28, 2)) return walk.member<RemoveContact>(field, "removeContact", out.command);
    if (field.is(29, 2)) return walk.member<GetContacts>(field, "contacts", out.command);
    if (field.is(30, 2)) return walk.member<GetPresence>(field, "presence", out.command);
    if (field.is(31, 2)) return walk.member<Viewport>(field, "viewport", out.command);
    if (field.is(32, 2)) return walk.member<SetStatus>(field, "status", out.command);
    if (field.is(33, 2)) return walk.member<GetPreferences>(field, "preferences", out.command);
    if (field.is(34, 2)) return walk.member<Prefer>(field, "prefer", out.command);
    if (field.is(35, 2)) return walk.member<CreateInvite>(field, "createInvite", out.command);
    if (field.is(36, 2)) return walk.member<RevokeInvite>(field, "revokeInvite", out.command);
    if (field.is(37, 2)) return walk.member<GetInvites>(field, "invites", out.command);
    if (field.is(38, 2)) return walk.member<Join>(field, "join", out.command);
    if (field.is(39, 2)) return walk.member<RefuseJoin>(field, "refuseJoin", out.command);
    return walk.unknown(field);
  });
}

void write_proto(const Limits& message, std::string& out) {
  if (message.frame_bytes != 0) {
    proto_number(out, 1, message.frame_bytes);
  }
  if (message.text_bytes != 0) {
    proto_number(out, 2, message.text_bytes);
  }
  if (message.history_page != 0) {
    proto_number(out, 3, message.history_page);
  }
  if (message.conversations_page != 0) {
    proto_number(out, 4, message.conversations_page);
  }
  if (message.edit_s != 0) {
    proto_number(out, 5, message.edit_s);
  }
  if (message.delete_s != 0) {
    proto_number(out, 6, message.delete_s);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Limits& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 0)) return walk.field(field, "frameBytes", out.frame_bytes);
    if (field.is(2, 0)) return walk.field(field, "textBytes", out.text_bytes);
    if (field.is(3, 0)) return walk.field(field, "historyPage", out.history_page);
    if (field.is(4, 0)) return walk.field(field, "conversationsPage", out.conversations_page);
    if (field.is(5, 0)) return walk.field(field, "editS", out.edit_s);
    if (field.is(6, 0)) return walk.field(field, "deleteS", out.delete_s);
    return walk.unknown(field);
  });
}

void write_proto(const Hello& message, std::string& out) {
  if (!message.protocol.empty()) {
    proto_text(out, 1, message.protocol);
  }
  if (message.heartbeat_s != 0) {
    proto_number(out, 2, message.heartbeat_s);
  }
  if (message.limits) {
    const auto begin = proto_open(out, 3);
    write_proto(*message.limits, out);
    proto_close(out, begin);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Hello& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "protocol", out.protocol);
    if (field.is(2, 0)) return walk.field(field, "heartbeatS", out.heartbeat_s);
    if (field.is(3, 2)) return walk.field(field, "limits", out.limits);
    return walk.unknown(field);
  });
}

void write_proto(const Ready& message, std::string& out) {
  if (!message.user.empty()) {
    proto_text(out, 1, message.user);
  }
  if (!message.device.empty()) {
    proto_text(out, 2, message.device);
  }
  if (message.useq != 0) {
    proto_number(out, 3, message.useq);
  }
  if (!message.home.empty()) {
    proto_text(out, 4, message.home);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Ready& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "user", out.user);
    if (field.is(2, 2)) return walk.field(field, "device", out.device);
    if (field.is(3, 0)) return walk.field(field, "useq", out.useq);
    if (field.is(4, 2)) return walk.field(field, "home", out.home);
    return walk.unknown(field);
  });
}

void write_proto(const Presence& message, std::string& out) {
  if (!message.user.empty()) {
    proto_text(out, 1, message.user);
  }
  if (message.online) {
    proto_flag(out, 2, message.online);
  }
  if (message.since.ms != 0) {
    proto_time(out, 3, message.since);
  }
  if (!message.status.empty()) {
    proto_text(out, 4, message.status);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Presence& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "user", out.user);
    if (field.is(2, 0)) return walk.field(field, "online", out.online);
    if (field.is(3, 2)) return walk.field(field, "since", out.since);
    if (field.is(4, 2)) return walk.field(field, "status", out.status);
    return walk.unknown(field);
  });
}

void write_proto(const Sent& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.seq != 0) {
    proto_number(out, 2, message.seq);
  }
  if (message.time.ms != 0) {
    proto_time(out, 3, message.time);
  }
  if (!message.durability.empty()) {
    proto_text(out, 4, message.durability);
  }
  if (message.repeated) {
    proto_flag(out, 5, message.repeated);
  }
  if (message.window_only) {
    proto_flag(out, 6, message.window_only);
  }
  for (const auto& element : message.presence) {
    const auto begin = proto_open(out, 7);
    write_proto(element, out);
    proto_close(out, begin);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Sent& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "seq", out.seq);
    if (field.is(3, 2)) return walk.field(field, "time", out.time);
    if (field.is(4, 2)) return walk.field(field, "durability", out.durability);
    if (field.is(5, 0)) return walk.field(field, "repeated", out.repeated);
    if (field.is(6, 0)) return walk.field(field, "windowOnly", out.window_only);
    if (field.is(7, 2)) return walk.field(field, "presence", out.presence);
    return walk.unknown(field);
  });
}

void write_proto(const Opened& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (!message.with.empty()) {
    proto_text(out, 2, message.with);
  }
  if (message.head != 0) {
    proto_number(out, 3, message.head);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Opened& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 2)) return walk.field(field, "with", out.with);
    if (field.is(3, 0)) return walk.field(field, "head", out.head);
    return walk.unknown(field);
  });
}

void write_proto(const Revision& message, std::string& out) {
  if (message.seq != 0) {
    proto_number(out, 1, message.seq);
  }
  if (message.time.ms != 0) {
    proto_time(out, 2, message.time);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Revision& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 0)) return walk.field(field, "seq", out.seq);
    if (field.is(2, 2)) return walk.field(field, "time", out.time);
    return walk.unknown(field);
  });
}

void write_proto(const Reaction& message, std::string& out) {
  if (!message.emoji.empty()) {
    proto_text(out, 1, message.emoji);
  }
  for (const auto& element : message.users) proto_text(out, 2, element);
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Reaction& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "emoji", out.emoji);
    if (field.is(2, 2)) return walk.field(field, "users", out.users);
    return walk.unknown(field);
  });
}

void write_proto(const Message& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.seq != 0) {
    proto_number(out, 2, message.seq);
  }
  if (!message.from.empty()) {
    proto_text(out, 3, message.from);
  }
  if (message.time.ms != 0) {
    proto_time(out, 4, message.time);
  }
  if (message.n != 0) {
    proto_number(out, 5, message.n);
  }
  if (!message.client_id.empty()) {
    proto_text(out, 6, message.client_id);
  }
  if (!message.text.empty()) {
    proto_text(out, 7, message.text);
  }
  if (message.reply_to != 0) {
    proto_number(out, 8, message.reply_to);
  }
  for (const auto& element : message.mentions) proto_text(out, 9, element);
  for (const auto& element : message.attachments) {
    const auto begin = proto_open(out, 10);
    write_proto(element, out);
    proto_close(out, begin);
  }
  if (!message.kind.empty()) {
    proto_text(out, 11, message.kind);
  }
  if (!message.data.empty()) {
    proto_text(out, 12, message.data);
  }
  for (const auto& element : message.edits) {
    const auto begin = proto_open(out, 13);
    write_proto(element, out);
    proto_close(out, begin);
  }
  if (message.deleted != 0) {
    proto_number(out, 14, message.deleted);
  }
  for (const auto& element : message.reactions) {
    const auto begin = proto_open(out, 15);
    write_proto(element, out);
    proto_close(out, begin);
  }
  if (message.version != 0) {
    proto_number(out, 16, message.version);
  }
  if (message.withheld) {
    proto_flag(out, 17, message.withheld);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Message& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "seq", out.seq);
    if (field.is(3, 2)) return walk.field(field, "from", out.from);
    if (field.is(4, 2)) return walk.field(field, "time", out.time);
    if (field.is(5, 0)) return walk.field(field, "n", out.n);
    if (field.is(6, 2)) return walk.field(field, "clientId", out.client_id);
    if (field.is(7, 2)) return walk.field(field, "text", out.text);
    if (field.is(8, 0)) return walk.field(field, "replyTo", out.reply_to);
    if (field.is(9, 2)) return walk.field(field, "mentions", out.mentions);
    if (field.is(10, 2)) return walk.field(field, "attachments", out.attachments);
    if (field.is(11, 2)) return walk.field(field, "kind", out.kind);
    if (field.is(12, 2)) return walk.field(field, "data", out.data);
    if (field.is(13, 2)) return walk.field(field, "edits", out.edits);
    if (field.is(14, 0)) return walk.field(field, "deleted", out.deleted);
    if (field.is(15, 2)) return walk.field(field, "reactions", out.reactions);
    if (field.is(16, 0)) return walk.field(field, "version", out.version);
    if (field.is(17, 0)) return walk.field(field, "withheld", out.withheld);
    return walk.unknown(field);
  });
}

void write_proto(const Unknown& message, std::string& out) {
  if (message.seq != 0) {
    proto_number(out, 1, message.seq);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Unknown& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 0)) return walk.field(field, "seq", out.seq);
    return walk.unknown(field);
  });
}

void write_proto(const Edited& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.seq != 0) {
    proto_number(out, 2, message.seq);
  }
  if (!message.from.empty()) {
    proto_text(out, 3, message.from);
  }
  if (message.time.ms != 0) {
    proto_time(out, 4, message.time);
  }
  if (message.target != 0) {
    proto_number(out, 5, message.target);
  }
  if (!message.text.empty()) {
    proto_text(out, 6, message.text);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Edited& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "seq", out.seq);
    if (field.is(3, 2)) return walk.field(field, "from", out.from);
    if (field.is(4, 2)) return walk.field(field, "time", out.time);
    if (field.is(5, 0)) return walk.field(field, "target", out.target);
    if (field.is(6, 2)) return walk.field(field, "text", out.text);
    return walk.unknown(field);
  });
}

void write_proto(const Deleted& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.seq != 0) {
    proto_number(out, 2, message.seq);
  }
  if (!message.from.empty()) {
    proto_text(out, 3, message.from);
  }
  if (message.time.ms != 0) {
    proto_time(out, 4, message.time);
  }
  if (message.target != 0) {
    proto_number(out, 5, message.target);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Deleted& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "seq", out.seq);
    if (field.is(3, 2)) return walk.field(field, "from", out.from);
    if (field.is(4, 2)) return walk.field(field, "time", out.time);
    if (field.is(5, 0)) return walk.field(field, "target", out.target);
    return walk.unknown(field);
  });
}

void write_proto(const Reacted& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.seq != 0) {
    proto_number(out, 2, message.seq);
  }
  if (!message.from.empty()) {
    proto_text(out, 3, message.from);
  }
  if (message.time.ms != 0) {
    proto_time(out, 4, message.time);
  }
  if (message.target != 0) {
    proto_number(out, 5, message.target);
  }
  if (!message.emoji.empty()) {
    proto_text(out, 6, message.emoji);
  }
  if (message.removed) {
    proto_flag(out, 7, message.removed);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Reacted& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "seq", out.seq);
    if (field.is(3, 2)) return walk.field(field, "from", out.from);
    if (field.is(4, 2)) return walk.field(field, "time", out.time);
    if (field.is(5, 0)) return walk.field(field, "target", out.target);
    if (field.is(6, 2)) return walk.field(field, "emoji", out.emoji);
    if (field.is(7, 0)) return walk.field(field, "removed", out.removed);
    return walk.unknown(field);
  });
}

void write_proto(const GroupChange& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.seq != 0) {
    proto_number(out, 2, message.seq);
  }
  if (!message.from.empty()) {
    proto_text(out, 3, message.from);
  }
  if (message.time.ms != 0) {
    proto_time(out, 4, message.time);
  }
  if (!message.what.empty()) {
    proto_text(out, 5, message.what);
  }
  for (const auto& element : message.users) proto_text(out, 6, element);
  if (!message.title.empty()) {
    proto_text(out, 7, message.title);
  }
  if (message.permissions) {
    const auto begin = proto_open(out, 8);
    write_proto(*message.permissions, out);
    proto_close(out, begin);
  }
  if (!message.role.empty()) {
    proto_text(out, 9, message.role);
  }
  if (!message.heir.empty()) {
    proto_text(out, 10, message.heir);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, GroupChange& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "seq", out.seq);
    if (field.is(3, 2)) return walk.field(field, "from", out.from);
    if (field.is(4, 2)) return walk.field(field, "time", out.time);
    if (field.is(5, 2)) return walk.field(field, "what", out.what);
    if (field.is(6, 2)) return walk.field(field, "users", out.users);
    if (field.is(7, 2)) return walk.field(field, "title", out.title);
    if (field.is(8, 2)) return walk.field(field, "permissions", out.permissions);
    if (field.is(9, 2)) return walk.field(field, "role", out.role);
    if (field.is(10, 2)) return walk.field(field, "heir", out.heir);
    return walk.unknown(field);
  });
}

void write_proto(const Entry& message, std::string& out) {
  if (const auto* kind = std::get_if<Message>(&message.kind)) {
    const auto begin = proto_open(out, 1);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Unknown>(&message.kind)) {
    const auto begin = proto_open(out, 2);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Edited>(&message.kind)) {
    const auto begin = proto_open(out, 3);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Deleted>(&message.kind)) {
    const auto begin = proto_open(out, 4);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Reacted>(&message.kind)) {
    const auto begin = proto_open(out, 5);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<GroupChange>(&message.kind)) {
    const auto begin = proto_open(out, 6);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Entry& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.member<Message>(field, "message", out.kind);
    if (field.is(2, 2)) return walk.member<Unknown>(field, "unknown", out.kind);
    if (field.is(3, 2)) return walk.member<Edited>(field, "edited", out.kind);
    if (field.is(4, 2)) return walk.member<Deleted>(field, "deleted", out.kind);
    if (field.is(5, 2)) return walk.member<Reacted>(field, "reacted", out.kind);
    if (field.is(6, 2)) return walk.member<GroupChange>(field, "group", out.kind);
    return walk.unknown(field);
  });
}

void write_proto(const History& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  for (const auto& element : message.entries) {
    const auto begin = proto_open(out, 2);
    write_proto(element, out);
    proto_close(out, begin);
  }
  if (message.head != 0) {
    proto_number(out, 3, message.head);
  }
  if (message.more) {
    proto_flag(out, 4, message.more);
  }
  if (message.from != 0) {
    proto_number(out, 5, message.from);
  }
  if (message.to != 0) {
    proto_number(out, 6, message.to);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, History& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 2)) return walk.field(field, "entries", out.entries);
    if (field.is(3, 0)) return walk.field(field, "head", out.head);
    if (field.is(4, 0)) return walk.field(field, "more", out.more);
    if (field.is(5, 0)) return walk.field(field, "from", out.from);
    if (field.is(6, 0)) return walk.field(field, "to", out.to);
    return walk.unknown(field);
  });
}

void write_proto(const Settings& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.muted_until.ms != 0) {
    proto_time(out, 2, message.muted_until);
  }
  if (message.pinned) {
    proto_flag(out, 3, message.pinned);
  }
  if (message.archived) {
    proto_flag(out, 4, message.archived);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Settings& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 2)) return walk.field(field, "mutedUntil", out.muted_until);
    if (field.is(3, 0)) return walk.field(field, "pinned", out.pinned);
    if (field.is(4, 0)) return walk.field(field, "archived", out.archived);
    return walk.unknown(field);
  });
}

void write_proto(const ConversationSummary& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (!message.with.empty()) {
    proto_text(out, 2, message.with);
  }
  if (message.head != 0) {
    proto_number(out, 3, message.head);
  }
  if (message.unread != 0) {
    proto_number(out, 4, message.unread);
  }
  if (message.read != 0) {
    proto_number(out, 5, message.read);
  }
  if (message.last) {
    const auto begin = proto_open(out, 6);
    write_proto(*message.last, out);
    proto_close(out, begin);
  }
  if (!message.title.empty()) {
    proto_text(out, 7, message.title);
  }
  if (message.cleared != 0) {
    proto_number(out, 8, message.cleared);
  }
  if (message.settings) {
    const auto begin = proto_open(out, 9);
    write_proto(*message.settings, out);
    proto_close(out, begin);
  }
  if (message.request) {
    proto_flag(out, 10, message.request);
  }
  if (message.mentioned != 0) {
    proto_number(out, 11, message.mentioned);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, ConversationSummary& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 2)) return walk.field(field, "with", out.with);
    if (field.is(3, 0)) return walk.field(field, "head", out.head);
    if (field.is(4, 0)) return walk.field(field, "unread", out.unread);
    if (field.is(5, 0)) return walk.field(field, "read", out.read);
    if (field.is(6, 2)) return walk.field(field, "last", out.last);
    if (field.is(7, 2)) return walk.field(field, "title", out.title);
    if (field.is(8, 0)) return walk.field(field, "cleared", out.cleared);
    if (field.is(9, 2)) return walk.field(field, "settings", out.settings);
    if (field.is(10, 0)) return walk.field(field, "request", out.request);
    if (field.is(11, 0)) return walk.field(field, "mentioned", out.mentioned);
    return walk.unknown(field);
  });
}

void write_proto(const Conversations& message, std::string& out) {
  for (const auto& element : message.items) {
    const auto begin = proto_open(out, 1);
    write_proto(element, out);
    proto_close(out, begin);
  }
  if (!message.next.empty()) {
    proto_text(out, 2, message.next);
  }
  if (message.badge != 0) {
    proto_number(out, 3, message.badge);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Conversations& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "items", out.items);
    if (field.is(2, 2)) return walk.field(field, "next", out.next);
    if (field.is(3, 0)) return walk.field(field, "badge", out.badge);
    return walk.unknown(field);
  });
}

void write_proto([[maybe_unused]] const Done& message, [[maybe_unused]] std::string& out) {
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, [[maybe_unused]] Done& out) {
  return walk.each(bytes, [&walk](const ProtoWalk::Field& field) {
    return walk.unknown(field);
  });
}

void write_proto(const Error& message, std::string& out) {
  if (!message.type.empty()) {
    proto_text(out, 1, message.type);
  }
  if (!message.code.empty()) {
    proto_text(out, 2, message.code);
  }
  if (!message.title.empty()) {
    proto_text(out, 3, message.title);
  }
  if (message.status != 0) {
    proto_number(out, 4, message.status);
  }
  if (!message.detail.empty()) {
    proto_text(out, 5, message.detail);
  }
  if (!message.outcome.empty()) {
    proto_text(out, 6, message.outcome);
  }
  if (message.retry_after_ms != 0) {
    proto_number(out, 7, message.retry_after_ms);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Error& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "type", out.type);
    if (field.is(2, 2)) return walk.field(field, "code", out.code);
    if (field.is(3, 2)) return walk.field(field, "title", out.title);
    if (field.is(4, 0)) return walk.field(field, "status", out.status);
    if (field.is(5, 2)) return walk.field(field, "detail", out.detail);
    if (field.is(6, 2)) return walk.field(field, "outcome", out.outcome);
    if (field.is(7, 0)) return walk.field(field, "retryAfterMs", out.retry_after_ms);
    return walk.unknown(field);
  });
}

void write_proto(const ReadMark& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.seq != 0) {
    proto_number(out, 2, message.seq);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, ReadMark& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "seq", out.seq);
    return walk.unknown(field);
  });
}

void write_proto(const ClearMark& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.seq != 0) {
    proto_number(out, 2, message.seq);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, ClearMark& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "seq", out.seq);
    return walk.unknown(field);
  });
}

void write_proto(const Hidden& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.seq != 0) {
    proto_number(out, 2, message.seq);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Hidden& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "seq", out.seq);
    return walk.unknown(field);
  });
}

void write_proto(const Contact& message, std::string& out) {
  if (!message.user.empty()) {
    proto_text(out, 1, message.user);
  }
  if (!message.state.empty()) {
    proto_text(out, 2, message.state);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Contact& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "user", out.user);
    if (field.is(2, 2)) return walk.field(field, "state", out.state);
    return walk.unknown(field);
  });
}

void write_proto(const Event& message, std::string& out) {
  if (message.useq != 0) {
    proto_number(out, 1, message.useq);
  }
  if (const auto* kind = std::get_if<Message>(&message.event)) {
    const auto begin = proto_open(out, 2);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<ReadMark>(&message.event)) {
    const auto begin = proto_open(out, 3);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Edited>(&message.event)) {
    const auto begin = proto_open(out, 4);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Deleted>(&message.event)) {
    const auto begin = proto_open(out, 5);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Reacted>(&message.event)) {
    const auto begin = proto_open(out, 6);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<GroupChange>(&message.event)) {
    const auto begin = proto_open(out, 7);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<ClearMark>(&message.event)) {
    const auto begin = proto_open(out, 8);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Hidden>(&message.event)) {
    const auto begin = proto_open(out, 9);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Settings>(&message.event)) {
    const auto begin = proto_open(out, 10);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Contact>(&message.event)) {
    const auto begin = proto_open(out, 11);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Event& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 0)) return walk.field(field, "useq", out.useq);
    if (field.is(2, 2)) return walk.member<Message>(field, "message", out.event);
    if (field.is(3, 2)) return walk.member<ReadMark>(field, "read", out.event);
    if (field.is(4, 2)) return walk.member<Edited>(field, "edited", out.event);
    if (field.is(5, 2)) return walk.member<Deleted>(field, "deleted", out.event);
    if (field.is(6, 2)) return walk.member<Reacted>(field, "reacted", out.event);
    if (field.is(7, 2)) return walk.member<GroupChange>(field, "group", out.event);
    if (field.is(8, 2)) return walk.member<ClearMark>(field, "cleared", out.event);
    if (field.is(9, 2)) return walk.member<Hidden>(field, "hidden", out.event);
    if (field.is(10, 2)) return walk.member<Settings>(field, "settings", out.event);
    if (field.is(11, 2)) return walk.member<Contact>(field, "contact", out.event);
    return walk.unknown(field);
  });
}

void write_proto(const Change& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (!message.with.empty()) {
    proto_text(out, 2, message.with);
  }
  if (message.from != 0) {
    proto_number(out, 3, message.from);
  }
  if (message.to != 0) {
    proto_number(out, 4, message.to);
  }
  for (const auto& element : message.entries) {
    const auto begin = proto_open(out, 5);
    write_proto(element, out);
    proto_close(out, begin);
  }
  if (message.read != 0) {
    proto_number(out, 6, message.read);
  }
  if (message.cleared != 0) {
    proto_number(out, 7, message.cleared);
  }
  for (const auto& element : message.hidden) {
    const auto begin = proto_open(out, 8);
    write_proto(element, out);
    proto_close(out, begin);
  }
  if (message.settings) {
    const auto begin = proto_open(out, 9);
    write_proto(*message.settings, out);
    proto_close(out, begin);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Change& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 2)) return walk.field(field, "with", out.with);
    if (field.is(3, 0)) return walk.field(field, "from", out.from);
    if (field.is(4, 0)) return walk.field(field, "to", out.to);
    if (field.is(5, 2)) return walk.field(field, "entries", out.entries);
    if (field.is(6, 0)) return walk.field(field, "read", out.read);
    if (field.is(7, 0)) return walk.field(field, "cleared", out.cleared);
    if (field.is(8, 2)) return walk.field(field, "hidden", out.hidden);
    if (field.is(9, 2)) return walk.field(field, "settings", out.settings);
    return walk.unknown(field);
  });
}

void write_proto(const Page& message, std::string& out) {
  if (message.from != 0) {
    proto_number(out, 1, message.from);
  }
  if (message.to != 0) {
    proto_number(out, 2, message.to);
  }
  for (const auto& element : message.changes) {
    const auto begin = proto_open(out, 3);
    write_proto(element, out);
    proto_close(out, begin);
  }
  if (!message.cursor.empty()) {
    proto_text(out, 4, message.cursor);
  }
  for (const auto& element : message.contacts) {
    const auto begin = proto_open(out, 5);
    write_proto(element, out);
    proto_close(out, begin);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Page& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 0)) return walk.field(field, "from", out.from);
    if (field.is(2, 0)) return walk.field(field, "to", out.to);
    if (field.is(3, 2)) return walk.field(field, "changes", out.changes);
    if (field.is(4, 2)) return walk.field(field, "cursor", out.cursor);
    if (field.is(5, 2)) return walk.field(field, "contacts", out.contacts);
    return walk.unknown(field);
  });
}

void write_proto(const Resync& message, std::string& out) {
  if (!message.cursor.empty()) {
    proto_text(out, 1, message.cursor);
  }
  if (!message.reason.empty()) {
    proto_text(out, 2, message.reason);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Resync& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "cursor", out.cursor);
    if (field.is(2, 2)) return walk.field(field, "reason", out.reason);
    return walk.unknown(field);
  });
}

void write_proto(const Synced& message, std::string& out) {
  if (!message.cursor.empty()) {
    proto_text(out, 1, message.cursor);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Synced& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "cursor", out.cursor);
    return walk.unknown(field);
  });
}

void write_proto(const Goaway& message, std::string& out) {
  if (message.after_ms != 0) {
    proto_number(out, 1, message.after_ms);
  }
  if (!message.reason.empty()) {
    proto_text(out, 2, message.reason);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Goaway& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 0)) return walk.field(field, "afterMs", out.after_ms);
    if (field.is(2, 2)) return walk.field(field, "reason", out.reason);
    return walk.unknown(field);
  });
}

void write_proto([[maybe_unused]] const Pong& message, [[maybe_unused]] std::string& out) {
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, [[maybe_unused]] Pong& out) {
  return walk.each(bytes, [&walk](const ProtoWalk::Field& field) {
    return walk.unknown(field);
  });
}

void write_proto(const Changed& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (message.seq != 0) {
    proto_number(out, 2, message.seq);
  }
  if (message.time.ms != 0) {
    proto_time(out, 3, message.time);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Changed& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 0)) return walk.field(field, "seq", out.seq);
    if (field.is(3, 2)) return walk.field(field, "time", out.time);
    return walk.unknown(field);
  });
}

void write_proto(const Group& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (!message.title.empty()) {
    proto_text(out, 2, message.title);
  }
  if (message.permissions) {
    const auto begin = proto_open(out, 3);
    write_proto(*message.permissions, out);
    proto_close(out, begin);
  }
  if (message.members != 0) {
    proto_number(out, 4, message.members);
  }
  if (!message.role.empty()) {
    proto_text(out, 5, message.role);
  }
  if (message.head != 0) {
    proto_number(out, 6, message.head);
  }
  if (message.waiting) {
    proto_flag(out, 7, message.waiting);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Group& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 2)) return walk.field(field, "title", out.title);
    if (field.is(3, 2)) return walk.field(field, "permissions", out.permissions);
    if (field.is(4, 0)) return walk.field(field, "members", out.members);
    if (field.is(5, 2)) return walk.field(field, "role", out.role);
    if (field.is(6, 0)) return walk.field(field, "head", out.head);
    if (field.is(7, 0)) return walk.field(field, "waiting", out.waiting);
    return walk.unknown(field);
  });
}

void write_proto(const Member& message, std::string& out) {
  if (!message.user.empty()) {
    proto_text(out, 1, message.user);
  }
  if (!message.role.empty()) {
    proto_text(out, 2, message.role);
  }
  if (message.joined != 0) {
    proto_number(out, 3, message.joined);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Member& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "user", out.user);
    if (field.is(2, 2)) return walk.field(field, "role", out.role);
    if (field.is(3, 0)) return walk.field(field, "joined", out.joined);
    return walk.unknown(field);
  });
}

void write_proto(const Members& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  for (const auto& element : message.items) {
    const auto begin = proto_open(out, 2);
    write_proto(element, out);
    proto_close(out, begin);
  }
  if (!message.next.empty()) {
    proto_text(out, 3, message.next);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Members& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 2)) return walk.field(field, "items", out.items);
    if (field.is(3, 2)) return walk.field(field, "next", out.next);
    return walk.unknown(field);
  });
}

void write_proto(const Marks& message, std::string& out) {
  if (!message.user.empty()) {
    proto_text(out, 1, message.user);
  }
  if (message.delivered != 0) {
    proto_number(out, 2, message.delivered);
  }
  if (message.read != 0) {
    proto_number(out, 3, message.read);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Marks& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "user", out.user);
    if (field.is(2, 0)) return walk.field(field, "delivered", out.delivered);
    if (field.is(3, 0)) return walk.field(field, "read", out.read);
    return walk.unknown(field);
  });
}

void write_proto(const Receipts& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  for (const auto& element : message.items) {
    const auto begin = proto_open(out, 2);
    write_proto(element, out);
    proto_close(out, begin);
  }
  if (message.presence) {
    const auto begin = proto_open(out, 3);
    write_proto(*message.presence, out);
    proto_close(out, begin);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Receipts& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 2)) return walk.field(field, "items", out.items);
    if (field.is(3, 2)) return walk.field(field, "presence", out.presence);
    return walk.unknown(field);
  });
}

void write_proto(const Typing& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (!message.user.empty()) {
    proto_text(out, 2, message.user);
  }
  if (message.stopped) {
    proto_flag(out, 3, message.stopped);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Typing& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 2)) return walk.field(field, "user", out.user);
    if (field.is(3, 0)) return walk.field(field, "stopped", out.stopped);
    return walk.unknown(field);
  });
}

void write_proto(const Contacts& message, std::string& out) {
  for (const auto& element : message.items) {
    const auto begin = proto_open(out, 1);
    write_proto(element, out);
    proto_close(out, begin);
  }
  if (!message.next.empty()) {
    proto_text(out, 2, message.next);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Contacts& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "items", out.items);
    if (field.is(2, 2)) return walk.field(field, "next", out.next);
    return walk.unknown(field);
  });
}

void write_proto(const Presences& message, std::string& out) {
  for (const auto& element : message.items) {
    const auto begin = proto_open(out, 1);
    write_proto(element, out);
    proto_close(out, begin);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Presences& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "items", out.items);
    return walk.unknown(field);
  });
}

void write_proto(const Preferences& message, std::string& out) {
  if (!message.presence.empty()) {
    proto_text(out, 1, message.presence);
  }
  if (message.read_marks) {
    proto_flag(out, 2, message.read_marks);
  }
  if (!message.groups.empty()) {
    proto_text(out, 3, message.groups);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Preferences& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "presence", out.presence);
    if (field.is(2, 0)) return walk.field(field, "readMarks", out.read_marks);
    if (field.is(3, 2)) return walk.field(field, "groups", out.groups);
    return walk.unknown(field);
  });
}

void write_proto(const Invite& message, std::string& out) {
  if (!message.conversation.empty()) {
    proto_text(out, 1, message.conversation);
  }
  if (!message.code.empty()) {
    proto_text(out, 2, message.code);
  }
  if (!message.by.empty()) {
    proto_text(out, 3, message.by);
  }
  if (message.expires.ms != 0) {
    proto_time(out, 4, message.expires);
  }
  if (message.uses != 0) {
    proto_number(out, 5, message.uses);
  }
  if (message.approval) {
    proto_flag(out, 6, message.approval);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Invite& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "conversation", out.conversation);
    if (field.is(2, 2)) return walk.field(field, "code", out.code);
    if (field.is(3, 2)) return walk.field(field, "by", out.by);
    if (field.is(4, 2)) return walk.field(field, "expires", out.expires);
    if (field.is(5, 0)) return walk.field(field, "uses", out.uses);
    if (field.is(6, 0)) return walk.field(field, "approval", out.approval);
    return walk.unknown(field);
  });
}

void write_proto(const Invites& message, std::string& out) {
  for (const auto& element : message.items) {
    const auto begin = proto_open(out, 1);
    write_proto(element, out);
    proto_close(out, begin);
  }
  for (const auto& element : message.waiting) proto_text(out, 2, element);
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Invites& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 2)) return walk.field(field, "items", out.items);
    if (field.is(2, 2)) return walk.field(field, "waiting", out.waiting);
    return walk.unknown(field);
  });
}

void write_proto(const Frame& message, std::string& out) {
  if (message.re != 0) {
    proto_number(out, 1, message.re);
  }
  if (const auto* kind = std::get_if<Hello>(&message.body)) {
    const auto begin = proto_open(out, 2);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Ready>(&message.body)) {
    const auto begin = proto_open(out, 3);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Sent>(&message.body)) {
    const auto begin = proto_open(out, 4);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Opened>(&message.body)) {
    const auto begin = proto_open(out, 5);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<History>(&message.body)) {
    const auto begin = proto_open(out, 6);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Conversations>(&message.body)) {
    const auto begin = proto_open(out, 7);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Done>(&message.body)) {
    const auto begin = proto_open(out, 8);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Error>(&message.body)) {
    const auto begin = proto_open(out, 9);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Event>(&message.body)) {
    const auto begin = proto_open(out, 10);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Page>(&message.body)) {
    const auto begin = proto_open(out, 11);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Resync>(&message.body)) {
    const auto begin = proto_open(out, 12);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Synced>(&message.body)) {
    const auto begin = proto_open(out, 13);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Goaway>(&message.body)) {
    const auto begin = proto_open(out, 14);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Pong>(&message.body)) {
    const auto begin = proto_open(out, 15);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Changed>(&message.body)) {
    const auto begin = proto_open(out, 16);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Group>(&message.body)) {
    const auto begin = proto_open(out, 17);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Members>(&message.body)) {
    const auto begin = proto_open(out, 18);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Receipts>(&message.body)) {
    const auto begin = proto_open(out, 19);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Typing>(&message.body)) {
    const auto begin = proto_open(out, 20);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Contacts>(&message.body)) {
    const auto begin = proto_open(out, 21);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Presences>(&message.body)) {
    const auto begin = proto_open(out, 22);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Preferences>(&message.body)) {
    const auto begin = proto_open(out, 23);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Invite>(&message.body)) {
    const auto begin = proto_open(out, 24);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
  if (const auto* kind = std::get_if<Invites>(&message.body)) {
    const auto begin = proto_open(out, 25);
    write_proto(*kind, out);
    proto_close(out, begin);
  }
}

bool read_fields(ProtoWalk& walk, std::string_view bytes, Frame& out) {
  return walk.each(bytes, [&](const ProtoWalk::Field& field) {
    if (field.is(1, 0)) return walk.field(field, "re", out.re);
    if (field.is(2, 2)) return walk.member<Hello>(field, "hello", out.body);
    if (field.is(3, 2)) return walk.member<Ready>(field, "ready", out.body);
    if (field.is(4, 2)) return walk.member<Sent>(field, "sent", out.body);
    if (field.is(5, 2)) return walk.member<Opened>(field, "opened", out.body);
    if (field.is(6, 2)) return walk.member<History>(field, "history", out.body);
    if (field.is(7, 2)) return walk.member<Conversations>(field, "conversations", out.body);
    if (field.is(8, 2)) return walk.member<Done>(field, "done", out.body);
    if (field.is(9, 2)) return walk.member<Error>(field, "error", out.body);
    if (field.is(10, 2)) return walk.member<Event>(field, "event", out.body);
    if (field.is(11, 2)) return walk.member<Page>(field, "page", out.body);
    if (field.is(12, 2)) return walk.member<Resync>(field, "resync", out.body);
    if (field.is(13, 2)) return walk.member<Synced>(field, "synced", out.body);
    if (field.is(14, 2)) return walk.member<Goaway>(field, "goaway", out.body);
    if (field.is(15, 2)) return walk.member<Pong>(field, "pong", out.body);
    if (field.is(16, 2)) return walk.member<Changed>(field, "changed", out.body);
    if (field.is(17, 2)) return walk.member<Group>(field, "group", out.body);
    if (field.is(18, 2)) return walk.member<Members>(field, "members", out.body);
    if (field.is(19, 2)) return walk.member<Receipts>(field, "receipts", out.body);
    if (field.is(20, 2)) return walk.member<Typing>(field, "typing", out.body);
    if (field.is(21, 2)) return walk.member<Contacts>(field, "contacts", out.body);
    if (field.is(22, 2)) return walk.member<Presences>(field, "presences", out.body);
    if (field.is(23, 2)) return walk.member<Preferences>(field, "preferences", out.body);
    if (field.is(24, 2)) return walk.member<Invite>(field, "invite", out.body);
    if (field.is(25, 2)) return walk.member<Invites>(field, "invites", out.body);
    return walk.unknown(field);
  });
}

}  // namespace kith::wire
