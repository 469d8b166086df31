// wire/proto_read.gen.h — Reads the fields of a message: see proto_walk.h.
// Generated from wire/kith.proto by tools/generate.py; do not edit.
// clang-format off
#pragma once

#include "wire/proto_walk.h"
#include "wire/wire.gen.h"

namespace kith::wire {

bool read_fields(ProtoWalk& walk, std::string_view bytes, Auth& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Attachment& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Send& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Open& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, GetHistory& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, GetConversations& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Read& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Confirm& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Block& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Ping& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Edit& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Delete& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, React& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Permissions& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, CreateGroup& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, UpdateGroup& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, AddMembers& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, RemoveMember& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Leave& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, SetRole& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, GetGroup& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, GetMembers& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Clear& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Hide& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Configure& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Look& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Type& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, AddContact& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, RemoveContact& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, GetContacts& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, GetPresence& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Viewport& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, SetStatus& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, GetPreferences& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Prefer& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, CreateInvite& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, RevokeInvite& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, GetInvites& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Join& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, RefuseJoin& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Command& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Limits& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Hello& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Ready& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Presence& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Sent& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Opened& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Revision& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Reaction& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Message& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Unknown& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Edited& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Deleted& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Reacted& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, GroupChange& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Entry& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, History& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Settings& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, ConversationSummary& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Conversations& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Done& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Error& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, ReadMark& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, ClearMark& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Hidden& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Contact& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Event& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Change& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Page& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Resync& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Synced& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Goaway& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Pong& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Changed& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Group& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Member& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Members& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Marks& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Receipts& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Typing& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Contacts& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Presences& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Preferences& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Invite& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Invites& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Frame& out);

}  // namespace kith::wire
