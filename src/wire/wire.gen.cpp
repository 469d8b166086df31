// Generated from wire/kith.proto by tools/generate.py; do not edit.
// clang-format off
#include "wire/wire.gen.h"

#include "wire/json_writer.h"

namespace kith::wire {

void write_json(const Auth& message, std::string& out) {
  json_open(out);
  if (!message.token.empty()) {
    json_text(out, "\"token\":\"", message.token);
  }
  if (!message.device.empty()) {
    json_text(out, "\"device\":\"", message.device);
  }
  if (!message.cursor.empty()) {
    json_text(out, "\"cursor\":\"", message.cursor);
  }
  if (message.useq != 0) {
    json_number(out, "\"useq\":", message.useq);
  }
  json_close(out);
}

void write_json(const Attachment& message, std::string& out) {
  json_open(out);
  if (!message.url.empty()) {
    json_text(out, "\"url\":\"", message.url);
  }
  if (!message.name.empty()) {
    json_text(out, "\"name\":\"", message.name);
  }
  if (!message.type.empty()) {
    json_text(out, "\"type\":\"", message.type);
  }
  if (message.size != 0) {
    json_number(out, "\"size\":", message.size);
  }
  json_close(out);
}

void write_json(const Send& message, std::string& out) {
  json_open(out);
  if (const auto* kind = std::get_if<Send::To>(&message.target)) {
    json_text(out, "\"to\":\"", kind->value);
  }
  if (const auto* kind = std::get_if<Send::Conversation>(&message.target)) {
    json_text(out, "\"conversation\":\"", kind->value);
  }
  if (!message.client_id.empty()) {
    json_text(out, "\"clientId\":\"", message.client_id);
  }
  if (message.base_seq) {
    json_number(out, "\"baseSeq\":", *message.base_seq);
  }
  if (!message.text.empty()) {
    json_text(out, "\"text\":\"", message.text);
  }
  if (message.reply_to != 0) {
    json_number(out, "\"replyTo\":", message.reply_to);
  }
  if (!message.mentions.empty()) {
    out.append("\"mentions\":[");
    for (const auto& element : message.mentions) {
      json_text(out, "\"", element);
    }
    json_close(out, ']');
    out.push_back(',');
  }
  if (!message.attachments.empty()) {
    out.append("\"attachments\":[");
    for (const auto& element : message.attachments) {
      write_json(element, out);
      out.push_back(',');
    }
    json_close(out, ']');
    out.push_back(',');
  }
  if (!message.kind.empty()) {
    json_text(out, "\"kind\":\"", message.kind);
  }
  if (!message.data.empty()) {
    json_text(out, "\"data\":\"", message.data);
  }
  json_close(out);
}

void write_json(const Open& message, std::string& out) {
  json_open(out);
  if (!message.with.empty()) {
    json_text(out, "\"with\":\"", message.with);
  }
  json_close(out);
}

void write_json(const GetHistory& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.before != 0) {
    json_number(out, "\"before\":", message.before);
  }
  if (message.after) {
    json_number(out, "\"after\":", *message.after);
  }
  if (message.limit != 0) {
    json_number(out, "\"limit\":", message.limit);
  }
  json_close(out);
}

void write_json(const GetConversations& message, std::string& out) {
  json_open(out);
  if (message.limit != 0) {
    json_number(out, "\"limit\":", message.limit);
  }
  if (!message.page.empty()) {
    json_text(out, "\"page\":\"", message.page);
  }
  json_close(out);
}

void write_json(const Read& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.seq != 0) {
    json_number(out, "\"seq\":", message.seq);
  }
  json_close(out);
}

void write_json(const Confirm& message, std::string& out) {
  json_open(out);
  if (message.useq != 0) {
    json_number(out, "\"useq\":", message.useq);
  }
  json_close(out);
}

void write_json(const Block& message, std::string& out) {
  json_open(out);
  if (!message.user.empty()) {
    json_text(out, "\"user\":\"", message.user);
  }
  if (message.blocked) {
    json_flag(out, "\"blocked\":", message.blocked);
  }
  json_close(out);
}

void write_json(const Ping&, std::string& out) {
  json_open(out);
  json_close(out);
}

void write_json(const Edit& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.seq != 0) {
    json_number(out, "\"seq\":", message.seq);
  }
  if (!message.text.empty()) {
    json_text(out, "\"text\":\"", message.text);
  }
  json_close(out);
}

void write_json(const Delete& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.seq != 0) {
    json_number(out, "\"seq\":", message.seq);
  }
  json_close(out);
}

void write_json(const React& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.seq != 0) {
    json_number(out, "\"seq\":", message.seq);
  }
  if (!message.emoji.empty()) {
    json_text(out, "\"emoji\":\"", message.emoji);
  }
  if (message.remove) {
    json_flag(out, "\"remove\":", message.remove);
  }
  json_close(out);
}

void write_json(const Permissions& message, std::string& out) {
  json_open(out);
  if (!message.send.empty()) {
    json_text(out, "\"send\":\"", message.send);
  }
  if (!message.add.empty()) {
    json_text(out, "\"add\":\"", message.add);
  }
  if (!message.remove.empty()) {
    json_text(out, "\"remove\":\"", message.remove);
  }
  if (!message.edit.empty()) {
    json_text(out, "\"edit\":\"", message.edit);
  }
  if (!message.moderate.empty()) {
    json_text(out, "\"moderate\":\"", message.moderate);
  }
  json_close(out);
}

void write_json(const CreateGroup& message, std::string& out) {
  json_open(out);
  if (!message.client_id.empty()) {
    json_text(out, "\"clientId\":\"", message.client_id);
  }
  if (!message.title.empty()) {
    json_text(out, "\"title\":\"", message.title);
  }
  if (!message.members.empty()) {
    out.append("\"members\":[");
    for (const auto& element : message.members) {
      json_text(out, "\"", element);
    }
    json_close(out, ']');
    out.push_back(',');
  }
  if (message.permissions) {
    out.append("\"permissions\":");
    write_json(*message.permissions, out);
    out.push_back(',');
  }
  json_close(out);
}

void write_json(const UpdateGroup& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (!message.title.empty()) {
    json_text(out, "\"title\":\"", message.title);
  }
  if (message.permissions) {
    out.append("\"permissions\":");
    write_json(*message.permissions, out);
    out.push_back(',');
  }
  json_close(out);
}

void write_json(const AddMembers& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (!message.users.empty()) {
    out.append("\"users\":[");
    for (const auto& element : message.users) {
      json_text(out, "\"", element);
    }
    json_close(out, ']');
    out.push_back(',');
  }
  json_close(out);
}

void write_json(const RemoveMember& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (!message.user.empty()) {
    json_text(out, "\"user\":\"", message.user);
  }
  json_close(out);
}

void write_json(const Leave& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  json_close(out);
}

void write_json(const SetRole& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (!message.user.empty()) {
    json_text(out, "\"user\":\"", message.user);
  }
  if (!message.role.empty()) {
    json_text(out, "\"role\":\"", message.role);
  }
  json_close(out);
}

void write_json(const GetGroup& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  json_close(out);
}

void write_json(const GetMembers& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.limit != 0) {
    json_number(out, "\"limit\":", message.limit);
  }
  if (!message.page.empty()) {
    json_text(out, "\"page\":\"", message.page);
  }
  json_close(out);
}

void write_json(const Clear& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.seq != 0) {
    json_number(out, "\"seq\":", message.seq);
  }
  json_close(out);
}

void write_json(const Hide& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.seq != 0) {
    json_number(out, "\"seq\":", message.seq);
  }
  json_close(out);
}

void write_json(const Configure& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.muted_until.ms != 0) {
    json_time(out, "\"mutedUntil\":\"", message.muted_until);
  }
  if (message.pinned) {
    json_flag(out, "\"pinned\":", *message.pinned);
  }
  if (message.archived) {
    json_flag(out, "\"archived\":", *message.archived);
  }
  json_close(out);
}

void write_json(const Look& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  json_close(out);
}

void write_json(const Type& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.stopped) {
    json_flag(out, "\"stopped\":", message.stopped);
  }
  json_close(out);
}

void write_json(const AddContact& message, std::string& out) {
  json_open(out);
  if (!message.user.empty()) {
    json_text(out, "\"user\":\"", message.user);
  }
  json_close(out);
}

void write_json(const RemoveContact& message, std::string& out) {
  json_open(out);
  if (!message.user.empty()) {
    json_text(out, "\"user\":\"", message.user);
  }
  json_close(out);
}

void write_json(const GetContacts& message, std::string& out) {
  json_open(out);
  if (message.limit != 0) {
    json_number(out, "\"limit\":", message.limit);
  }
  if (!message.page.empty()) {
    json_text(out, "\"page\":\"", message.page);
  }
  json_close(out);
}

void write_json(const GetPresence& message, std::string& out) {
  json_open(out);
  if (!message.users.empty()) {
    out.append("\"users\":[");
    for (const auto& element : message.users) {
      json_text(out, "\"", element);
    }
    json_close(out, ']');
    out.push_back(',');
  }
  json_close(out);
}

void write_json(const Viewport& message, std::string& out) {
  json_open(out);
  if (!message.users.empty()) {
    out.append("\"users\":[");
    for (const auto& element : message.users) {
      json_text(out, "\"", element);
    }
    json_close(out, ']');
    out.push_back(',');
  }
  json_close(out);
}

void write_json(const SetStatus& message, std::string& out) {
  json_open(out);
  if (!message.status.empty()) {
    json_text(out, "\"status\":\"", message.status);
  }
  json_close(out);
}

void write_json(const GetPreferences&, std::string& out) {
  json_open(out);
  json_close(out);
}

void write_json(const Prefer& message, std::string& out) {
  json_open(out);
  if (!message.presence.empty()) {
    json_text(out, "\"presence\":\"", message.presence);
  }
  if (message.read_marks) {
    json_flag(out, "\"readMarks\":", *message.read_marks);
  }
  if (!message.groups.empty()) {
    json_text(out, "\"groups\":\"", message.groups);
  }
  json_close(out);
}

void write_json(const CreateInvite& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.expires_s != 0) {
    json_number(out, "\"expiresS\":", message.expires_s);
  }
  if (message.uses != 0) {
    json_number(out, "\"uses\":", message.uses);
  }
  if (message.approval) {
    json_flag(out, "\"approval\":", message.approval);
  }
  json_close(out);
}

void write_json(const RevokeInvite& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (!message.code.empty()) {
    json_text(out, "\"code\":\"", message.code);
  }
  json_close(out);
}

void write_json(const GetInvites& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  json_close(out);
}

void write_json(const Join& message, std::string& out) {
  json_open(out);
  if (!message.code.empty()) {
    json_text(out, "\"code\":\"", message.code);
  }
  json_close(out);
}

void write_json(const RefuseJoin& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (!message.user.empty()) {
    json_text(out, "\"user\":\"", message.user);
  }
  json_close(out);
}

void write_json(const Command& message, std::string& out) {
  json_open(out);
  if (message.id != 0) {
    json_number(out, "\"id\":", message.id);
  }
  if (const auto* kind = std::get_if<Auth>(&message.command)) {
    out.append("\"auth\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Send>(&message.command)) {
    out.append("\"send\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Open>(&message.command)) {
    out.append("\"open\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<GetHistory>(&message.command)) {
    out.append("\"history\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<GetConversations>(&message.command)) {
    out.append("\"conversations\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Read>(&message.command)) {
    out.append("\"read\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Confirm>(&message.command)) {
    out.append("\"confirm\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Block>(&message.command)) {
    out.append("\"block\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Ping>(&message.command)) {
    out.append("\"ping\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Edit>(&message.command)) {
    out.append("\"edit\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Delete>(&message.command)) {
    out.append("\"delete\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<React>(&message.command)) {
    out.append("\"react\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<CreateGroup>(&message.command)) {
    out.append("\"createGroup\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<UpdateGroup>(&message.command)) {
    out.append("\"updateGroup\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<AddMembers>(&message.command)) {
    out.append("\"addMembers\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<RemoveMember>(&message.command)) {
    out.append("\"removeMember\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Leave>(&message.command)) {
    out.append("\"leave\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<SetRole>(&message.command)) {
    out.append("\"setRole\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<GetGroup>(&message.command)) {
    out.append("\"group\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<GetMembers>(&message.command)) {
    out.append("\"members\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Clear>(&message.command)) {
    out.append("\"clear\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Hide>(&message.command)) {
    out.append("\"hide\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Configure>(&message.command)) {
    out.append("\"configure\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Look>(&message.command)) {
    out.append("\"look\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Type>(&message.command)) {
    out.append("\"typing\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<AddContact>(&message.command)) {
    out.append("\"addContact\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<RemoveContact>(&message.command)) {
    out.append("\"removeContact\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<GetContacts>(&message.command)) {
    out.append("\"contacts\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<GetPresence>(&message.command)) {
    out.append("\"presence\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Viewport>(&message.command)) {
    out.append("\"viewport\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<SetStatus>(&message.command)) {
    out.append("\"status\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<GetPreferences>(&message.command)) {
    out.append("\"preferences\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Prefer>(&message.command)) {
    out.append("\"prefer\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<CreateInvite>(&message.command)) {
    out.append("\"createInvite\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<RevokeInvite>(&message.command)) {
    out.append("\"revokeInvite\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<GetInvites>(&message.command)) {
    out.append("\"invites\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Join>(&message.command)) {
    out.append("\"join\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<RefuseJoin>(&message.command)) {
    out.append("\"refuseJoin\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  json_close(out);
}

void write_json(const Limits& message, std::string& out) {
  json_open(out);
  if (message.frame_bytes != 0) {
    json_number(out, "\"frameBytes\":", message.frame_bytes);
  }
  if (message.text_bytes != 0) {
    json_number(out, "\"textBytes\":", message.text_bytes);
  }
  if (message.history_page != 0) {
    json_number(out, "\"historyPage\":", message.history_page);
  }
  if (message.conversations_page != 0) {
    json_number(out, "\"conversationsPage\":", message.conversations_page);
  }
  if (message.edit_s != 0) {
    json_number(out, "\"editS\":", message.edit_s);
  }
  if (message.delete_s != 0) {
    json_number(out, "\"deleteS\":", message.delete_s);
  }
  json_close(out);
}

void write_json(const Hello& message, std::string& out) {
  json_open(out);
  if (!message.protocol.empty()) {
    json_text(out, "\"protocol\":\"", message.protocol);
  }
  if (message.heartbeat_s != 0) {
    json_number(out, "\"heartbeatS\":", message.heartbeat_s);
  }
  if (message.limits) {
    out.append("\"limits\":");
    write_json(*message.limits, out);
    out.push_back(',');
  }
  json_close(out);
}

void write_json(const Ready& message, std::string& out) {
  json_open(out);
  if (!message.user.empty()) {
    json_text(out, "\"user\":\"", message.user);
  }
  if (!message.device.empty()) {
    json_text(out, "\"device\":\"", message.device);
  }
  if (message.useq != 0) {
    json_number(out, "\"useq\":", message.useq);
  }
  if (!message.home.empty()) {
    json_text(out, "\"home\":\"", message.home);
  }
  json_close(out);
}

void write_json(const Presence& message, std::string& out) {
  json_open(out);
  if (!message.user.empty()) {
    json_text(out, "\"user\":\"", message.user);
  }
  if (message.online) {
    json_flag(out, "\"online\":", message.online);
  }
  if (message.since.ms != 0) {
    json_time(out, "\"since\":\"", message.since);
  }
  if (!message.status.empty()) {
    json_text(out, "\"status\":\"", message.status);
  }
  json_close(out);
}

void write_json(const Sent& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.seq != 0) {
    json_number(out, "\"seq\":", message.seq);
  }
  if (message.time.ms != 0) {
    json_time(out, "\"time\":\"", message.time);
  }
  if (!message.durability.empty()) {
    json_text(out, "\"durability\":\"", message.durability);
  }
  if (message.repeated) {
    json_flag(out, "\"repeated\":", message.repeated);
  }
  if (message.window_only) {
    json_flag(out, "\"windowOnly\":", message.window_only);
  }
  if (!message.presence.empty()) {
    out.append("\"presence\":[");
    for (const auto& element : message.presence) {
      write_json(element, out);
      out.push_back(',');
    }
    json_close(out, ']');
    out.push_back(',');
  }
  json_close(out);
}

void write_json(const Opened& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (!message.with.empty()) {
    json_text(out, "\"with\":\"", message.with);
  }
  if (message.head != 0) {
    json_number(out, "\"head\":", message.head);
  }
  json_close(out);
}

void write_json(const Revision& message, std::string& out) {
  json_open(out);
  if (message.seq != 0) {
    json_number(out, "\"seq\":", message.seq);
  }
  if (message.time.ms != 0) {
    json_time(out, "\"time\":\"", message.time);
  }
  json_close(out);
}

void write_json(const Reaction& message, std::string& out) {
  json_open(out);
  if (!message.emoji.empty()) {
    json_text(out, "\"emoji\":\"", message.emoji);
  }
  if (!message.users.empty()) {
    out.append("\"users\":[");
    for (const auto& element : message.users) {
      json_text(out, "\"", element);
    }
    json_close(out, ']');
    out.push_back(',');
  }
  json_close(out);
}

void write_json(const Message& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.seq != 0) {
    json_number(out, "\"seq\":", message.seq);
  }
  if (!message.from.empty()) {
    json_text(out, "\"from\":\"", message.from);
  }
  if (message.time.ms != 0) {
    json_time(out, "\"time\":\"", message.time);
  }
  if (message.n != 0) {
    json_number(out, "\"n\":", message.n);
  }
  if (!message.client_id.empty()) {
    json_text(out, "\"clientId\":\"", message.client_id);
  }
  if (!message.text.empty()) {
    json_text(out, "\"text\":\"", message.text);
  }
  if (message.reply_to != 0) {
    json_number(out, "\"replyTo\":", message.reply_to);
  }
  if (!message.mentions.empty()) {
    out.append("\"mentions\":[");
    for (const auto& element : message.mentions) {
      json_text(out, "\"", element);
    }
    json_close(out, ']');
    out.push_back(',');
  }
  if (!message.attachments.empty()) {
    out.append("\"attachments\":[");
    for (const auto& element : message.attachments) {
      write_json(element, out);
      out.push_back(',');
    }
    json_close(out, ']');
    out.push_back(',');
  }
  if (!message.kind.empty()) {
    json_text(out, "\"kind\":\"", message.kind);
  }
  if (!message.data.empty()) {
    json_text(out, "\"data\":\"", message.data);
  }
  if (!message.edits.empty()) {
    out.append("\"edits\":[");
    for (const auto& element : message.edits) {
      write_json(element, out);
      out.push_back(',');
    }
    json_close(out, ']');
    out.push_back(',');
  }
  if (message.deleted != 0) {
    json_number(out, "\"deleted\":", message.deleted);
  }
  if (!message.reactions.empty()) {
    out.append("\"reactions\":[");
    for (const auto& element : message.reactions) {
      write_json(element, out);
      out.push_back(',');
    }
    json_close(out, ']');
    out.push_back(',');
  }
  if (message.version != 0) {
    json_number(out, "\"version\":", message.version);
  }
  if (message.withheld) {
    json_flag(out, "\"withheld\":", message.withheld);
  }
  json_close(out);
}

void write_json(const Unknown& message, std::string& out) {
  json_open(out);
  if (message.seq != 0) {
    json_number(out, "\"seq\":", message.seq);
  }
  json_close(out);
}

void write_json(const Edited& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.seq != 0) {
    json_number(out, "\"seq\":", message.seq);
  }
  if (!message.from.empty()) {
    json_text(out, "\"from\":\"", message.from);
  }
  if (message.time.ms != 0) {
    json_time(out, "\"time\":\"", message.time);
  }
  if (message.target != 0) {
    json_number(out, "\"target\":", message.target);
  }
  if (!message.text.empty()) {
    json_text(out, "\"text\":\"", message.text);
  }
  json_close(out);
}

void write_json(const Deleted& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.seq != 0) {
    json_number(out, "\"seq\":", message.seq);
  }
  if (!message.from.empty()) {
    json_text(out, "\"from\":\"", message.from);
  }
  if (message.time.ms != 0) {
    json_time(out, "\"time\":\"", message.time);
  }
  if (message.target != 0) {
    json_number(out, "\"target\":", message.target);
  }
  json_close(out);
}

void write_json(const Reacted& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.seq != 0) {
    json_number(out, "\"seq\":", message.seq);
  }
  if (!message.from.empty()) {
    json_text(out, "\"from\":\"", message.from);
  }
  if (message.time.ms != 0) {
    json_time(out, "\"time\":\"", message.time);
  }
  if (message.target != 0) {
    json_number(out, "\"target\":", message.target);
  }
  if (!message.emoji.empty()) {
    json_text(out, "\"emoji\":\"", message.emoji);
  }
  if (message.removed) {
    json_flag(out, "\"removed\":", message.removed);
  }
  json_close(out);
}

void write_json(const GroupChange& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.seq != 0) {
    json_number(out, "\"seq\":", message.seq);
  }
  if (!message.from.empty()) {
    json_text(out, "\"from\":\"", message.from);
  }
  if (message.time.ms != 0) {
    json_time(out, "\"time\":\"", message.time);
  }
  if (!message.what.empty()) {
    json_text(out, "\"what\":\"", message.what);
  }
  if (!message.users.empty()) {
    out.append("\"users\":[");
    for (const auto& element : message.users) {
      json_text(out, "\"", element);
    }
    json_close(out, ']');
    out.push_back(',');
  }
  if (!message.title.empty()) {
    json_text(out, "\"title\":\"", message.title);
  }
  if (message.permissions) {
    out.append("\"permissions\":");
    write_json(*message.permissions, out);
    out.push_back(',');
  }
  if (!message.role.empty()) {
    json_text(out, "\"role\":\"", message.role);
  }
  if (!message.heir.empty()) {
    json_text(out, "\"heir\":\"", message.heir);
  }
  json_close(out);
}

void write_json(const Entry& message, std::string& out) {
  json_open(out);
  if (const auto* kind = std::get_if<Message>(&message.kind)) {
    out.append("\"message\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Unknown>(&message.kind)) {
    out.append("\"unknown\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Edited>(&message.kind)) {
    out.append("\"edited\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Deleted>(&message.kind)) {
    out.append("\"deleted\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Reacted>(&message.kind)) {
    out.append("\"reacted\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<GroupChange>(&message.kind)) {
    out.append("\"group\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  json_close(out);
}

void write_json(const History& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (!message.entries.empty()) {
    out.append("\"entries\":[");
    for (const auto& element : message.entries) {
      write_json(element, out);
      out.push_back(',');
    }
    json_close(out, ']');
    out.push_back(',');
  }
  if (message.head != 0) {
    json_number(out, "\"head\":", message.head);
  }
  if (message.more) {
    json_flag(out, "\"more\":", message.more);
  }
  if (message.from != 0) {
    json_number(out, "\"from\":", message.from);
  }
  if (message.to != 0) {
    json_number(out, "\"to\":", message.to);
  }
  json_close(out);
}

void write_json(const Settings& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.muted_until.ms != 0) {
    json_time(out, "\"mutedUntil\":\"", message.muted_until);
  }
  if (message.pinned) {
    json_flag(out, "\"pinned\":", message.pinned);
  }
  if (message.archived) {
    json_flag(out, "\"archived\":", message.archived);
  }
  json_close(out);
}

void write_json(const ConversationSummary& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (!message.with.empty()) {
    json_text(out, "\"with\":\"", message.with);
  }
  if (message.head != 0) {
    json_number(out, "\"head\":", message.head);
  }
  if (message.unread != 0) {
    json_number(out, "\"unread\":", message.unread);
  }
  if (message.read != 0) {
    json_number(out, "\"read\":", message.read);
  }
  if (message.last) {
    out.append("\"last\":");
    write_json(*message.last, out);
    out.push_back(',');
  }
  if (!message.title.empty()) {
    json_text(out, "\"title\":\"", message.title);
  }
  if (message.cleared != 0) {
    json_number(out, "\"cleared\":", message.cleared);
  }
  if (message.settings) {
    out.append("\"settings\":");
    write_json(*message.settings, out);
    out.push_back(',');
  }
  if (message.request) {
    json_flag(out, "\"request\":", message.request);
  }
  if (message.mentioned != 0) {
    json_number(out, "\"mentioned\":", message.mentioned);
  }
  json_close(out);
}

void write_json(const Conversations& message, std::string& out) {
  json_open(out);
  if (!message.items.empty()) {
    out.append("\"items\":[");
    for (const auto& element : message.items) {
      write_json(element, out);
      out.push_back(',');
    }
    json_close(out, ']');
    out.push_back(',');
  }
  if (!message.next.empty()) {
    json_text(out, "\"next\":\"", message.next);
  }
  if (message.badge != 0) {
    json_number(out, "\"badge\":", message.badge);
  }
  json_close(out);
}

void write_json(const Done&, std::string& out) {
  json_open(out);
  json_close(out);
}

void write_json(const Error& message, std::string& out) {
  json_open(out);
  if (!message.type.empty()) {
    json_text(out, "\"type\":\"", message.type);
  }
  if (!message.code.empty()) {
    json_text(out, "\"code\":\"", message.code);
  }
  if (!message.title.empty()) {
    json_text(out, "\"title\":\"", message.title);
  }
  if (message.status != 0) {
    json_number(out, "\"status\":", message.status);
  }
  if (!message.detail.empty()) {
    json_text(out, "\"detail\":\"", message.detail);
  }
  if (!message.outcome.empty()) {
    json_text(out, "\"outcome\":\"", message.outcome);
  }
  if (message.retry_after_ms != 0) {
    json_number(out, "\"retryAfterMs\":", message.retry_after_ms);
  }
  json_close(out);
}

void write_json(const ReadMark& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.seq != 0) {
    json_number(out, "\"seq\":", message.seq);
  }
  json_close(out);
}

void write_json(const ClearMark& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.seq != 0) {
    json_number(out, "\"seq\":", message.seq);
  }
  json_close(out);
}

void write_json(const Hidden& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.seq != 0) {
    json_number(out, "\"seq\":", message.seq);
  }
  json_close(out);
}

void write_json(const Contact& message, std::string& out) {
  json_open(out);
  if (!message.user.empty()) {
    json_text(out, "\"user\":\"", message.user);
  }
  if (!message.state.empty()) {
    json_text(out, "\"state\":\"", message.state);
  }
  json_close(out);
}

void write_json(const Event& message, std::string& out) {
  json_open(out);
  if (message.useq != 0) {
    json_number(out, "\"useq\":", message.useq);
  }
  if (const auto* kind = std::get_if<Message>(&message.event)) {
    out.append("\"message\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<ReadMark>(&message.event)) {
    out.append("\"read\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Edited>(&message.event)) {
    out.append("\"edited\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Deleted>(&message.event)) {
    out.append("\"deleted\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Reacted>(&message.event)) {
    out.append("\"reacted\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<GroupChange>(&message.event)) {
    out.append("\"group\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<ClearMark>(&message.event)) {
    out.append("\"cleared\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Hidden>(&message.event)) {
    out.append("\"hidden\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Settings>(&message.event)) {
    out.append("\"settings\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Contact>(&message.event)) {
    out.append("\"contact\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  json_close(out);
}

void write_json(const Change& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (!message.with.empty()) {
    json_text(out, "\"with\":\"", message.with);
  }
  if (message.from != 0) {
    json_number(out, "\"from\":", message.from);
  }
  if (message.to != 0) {
    json_number(out, "\"to\":", message.to);
  }
  if (!message.entries.empty()) {
    out.append("\"entries\":[");
    for (const auto& element : message.entries) {
      write_json(element, out);
      out.push_back(',');
    }
    json_close(out, ']');
    out.push_back(',');
  }
  if (message.read != 0) {
    json_number(out, "\"read\":", message.read);
  }
  if (message.cleared != 0) {
    json_number(out, "\"cleared\":", message.cleared);
  }
  if (!message.hidden.empty()) {
    out.append("\"hidden\":[");
    for (const auto& element : message.hidden) {
      write_json(element, out);
      out.push_back(',');
    }
    json_close(out, ']');
    out.push_back(',');
  }
  if (message.settings) {
    out.append("\"settings\":");
    write_json(*message.settings, out);
    out.push_back(',');
  }
  json_close(out);
}

void write_json(const Page& message, std::string& out) {
  json_open(out);
  if (message.from != 0) {
    json_number(out, "\"from\":", message.from);
  }
  if (message.to != 0) {
    json_number(out, "\"to\":", message.to);
  }
  if (!message.changes.empty()) {
    out.append("\"changes\":[");
    for (const auto& element : message.changes) {
      write_json(element, out);
      out.push_back(',');
    }
    json_close(out, ']');
    out.push_back(',');
  }
  if (!message.cursor.empty()) {
    json_text(out, "\"cursor\":\"", message.cursor);
  }
  if (!message.contacts.empty()) {
    out.append("\"contacts\":[");
    for (const auto& element : message.contacts) {
      write_json(element, out);
      out.push_back(',');
    }
    json_close(out, ']');
    out.push_back(',');
  }
  json_close(out);
}

void write_json(const Resync& message, std::string& out) {
  json_open(out);
  if (!message.cursor.empty()) {
    json_text(out, "\"cursor\":\"", message.cursor);
  }
  if (!message.reason.empty()) {
    json_text(out, "\"reason\":\"", message.reason);
  }
  json_close(out);
}

void write_json(const Synced& message, std::string& out) {
  json_open(out);
  if (!message.cursor.empty()) {
    json_text(out, "\"cursor\":\"", message.cursor);
  }
  json_close(out);
}

void write_json(const Goaway& message, std::string& out) {
  json_open(out);
  if (message.after_ms != 0) {
    json_number(out, "\"afterMs\":", message.after_ms);
  }
  if (!message.reason.empty()) {
    json_text(out, "\"reason\":\"", message.reason);
  }
  json_close(out);
}

void write_json(const Pong&, std::string& out) {
  json_open(out);
  json_close(out);
}

void write_json(const Changed& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (message.seq != 0) {
    json_number(out, "\"seq\":", message.seq);
  }
  if (message.time.ms != 0) {
    json_time(out, "\"time\":\"", message.time);
  }
  json_close(out);
}

void write_json(const Group& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (!message.title.empty()) {
    json_text(out, "\"title\":\"", message.title);
  }
  if (message.permissions) {
    out.append("\"permissions\":");
    write_json(*message.permissions, out);
    out.push_back(',');
  }
  if (message.members != 0) {
    json_number(out, "\"members\":", message.members);
  }
  if (!message.role.empty()) {
    json_text(out, "\"role\":\"", message.role);
  }
  if (message.head != 0) {
    json_number(out, "\"head\":", message.head);
  }
  if (message.waiting) {
    json_flag(out, "\"waiting\":", message.waiting);
  }
  json_close(out);
}

void write_json(const Member& message, std::string& out) {
  json_open(out);
  if (!message.user.empty()) {
    json_text(out, "\"user\":\"", message.user);
  }
  if (!message.role.empty()) {
    json_text(out, "\"role\":\"", message.role);
  }
  if (message.joined != 0) {
    json_number(out, "\"joined\":", message.joined);
  }
  json_close(out);
}

void write_json(const Members& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (!message.items.empty()) {
    out.append("\"items\":[");
    for (const auto& element : message.items) {
      write_json(element, out);
      out.push_back(',');
    }
    json_close(out, ']');
    out.push_back(',');
  }
  if (!message.next.empty()) {
    json_text(out, "\"next\":\"", message.next);
  }
  json_close(out);
}

void write_json(const Marks& message, std::string& out) {
  json_open(out);
  if (!message.user.empty()) {
    json_text(out, "\"user\":\"", message.user);
  }
  if (message.delivered != 0) {
    json_number(out, "\"delivered\":", message.delivered);
  }
  if (message.read != 0) {
    json_number(out, "\"read\":", message.read);
  }
  json_close(out);
}

void write_json(const Receipts& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (!message.items.empty()) {
    out.append("\"items\":[");
    for (const auto& element : message.items) {
      write_json(element, out);
      out.push_back(',');
    }
    json_close(out, ']');
    out.push_back(',');
  }
  if (message.presence) {
    out.append("\"presence\":");
    write_json(*message.presence, out);
    out.push_back(',');
  }
  json_close(out);
}

void write_json(const Typing& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (!message.user.empty()) {
    json_text(out, "\"user\":\"", message.user);
  }
  if (message.stopped) {
    json_flag(out, "\"stopped\":", message.stopped);
  }
  json_close(out);
}

void write_json(const Contacts& message, std::string& out) {
  json_open(out);
  if (!message.items.empty()) {
    out.append("\"items\":[");
    for (const auto& element : message.items) {
      write_json(element, out);
      out.push_back(',');
    }
    json_close(out, ']');
    out.push_back(',');
  }
  if (!message.next.empty()) {
    json_text(out, "\"next\":\"", message.next);
  }
  json_close(out);
}

void write_json(const Presences& message, std::string& out) {
  json_open(out);
  if (!message.items.empty()) {
    out.append("\"items\":[");
    for (const auto& element : message.items) {
      write_json(element, out);
      out.push_back(',');
    }
    json_close(out, ']');
    out.push_back(',');
  }
  json_close(out);
}

void write_json(const Preferences& message, std::string& out) {
  json_open(out);
  if (!message.presence.empty()) {
    json_text(out, "\"presence\":\"", message.presence);
  }
  if (message.read_marks) {
    json_flag(out, "\"readMarks\":", message.read_marks);
  }
  if (!message.groups.empty()) {
    json_text(out, "\"groups\":\"", message.groups);
  }
  json_close(out);
}

void write_json(const Invite& message, std::string& out) {
  json_open(out);
  if (!message.conversation.empty()) {
    json_text(out, "\"conversation\":\"", message.conversation);
  }
  if (!message.code.empty()) {
    json_text(out, "\"code\":\"", message.code);
  }
  if (!message.by.empty()) {
    json_text(out, "\"by\":\"", message.by);
  }
  if (message.expires.ms != 0) {
    json_time(out, "\"expires\":\"", message.expires);
  }
  if (message.uses != 0) {
    json_number(out, "\"uses\":", message.uses);
  }
  if (message.approval) {
    json_flag(out, "\"approval\":", message.approval);
  }
  json_close(out);
}

void write_json(const Invites& message, std::string& out) {
  json_open(out);
  if (!message.items.empty()) {
    out.append("\"items\":[");
    for (const auto& element : message.items) {
      write_json(element, out);
      out.push_back(',');
    }
    json_close(out, ']');
    out.push_back(',');
  }
  if (!message.waiting.empty()) {
    out.append("\"waiting\":[");
    for (const auto& element : message.waiting) {
      json_text(out, "\"", element);
    }
    json_close(out, ']');
    out.push_back(',');
  }
  json_close(out);
}

void write_json(const Frame& message, std::string& out) {
  json_open(out);
  if (message.re != 0) {
    json_number(out, "\"re\":", message.re);
  }
  if (const auto* kind = std::get_if<Hello>(&message.body)) {
    out.append("\"hello\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Ready>(&message.body)) {
    out.append("\"ready\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Sent>(&message.body)) {
    out.append("\"sent\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Opened>(&message.body)) {
    out.append("\"opened\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<History>(&message.body)) {
    out.append("\"history\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Conversations>(&message.body)) {
    out.append("\"conversations\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Done>(&message.body)) {
    out.append("\"done\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Error>(&message.body)) {
    out.append("\"error\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Event>(&message.body)) {
    out.append("\"event\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Page>(&message.body)) {
    out.append("\"page\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Resync>(&message.body)) {
    out.append("\"resync\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Synced>(&message.body)) {
    out.append("\"synced\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Goaway>(&message.body)) {
    out.append("\"goaway\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Pong>(&message.body)) {
    out.append("\"pong\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Changed>(&message.body)) {
    out.append("\"changed\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Group>(&message.body)) {
    out.append("\"group\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Members>(&message.body)) {
    out.append("\"members\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Receipts>(&message.body)) {
    out.append("\"receipts\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Typing>(&message.body)) {
    out.append("\"typing\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Contacts>(&message.body)) {
    out.append("\"contacts\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Presences>(&message.body)) {
    out.append("\"presences\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Preferences>(&message.body)) {
    out.append("\"preferences\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Invite>(&message.body)) {
    out.append("\"invite\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  if (const auto* kind = std::get_if<Invites>(&message.body)) {
    out.append("\"invites\":");
    write_json(*kind, out);
    out.push_back(',');
  }
  json_close(out);
}

}  // namespace kith::wire
