// wire/json_read.gen.h — Reads the members of an object into a message: see json_walk.h.
// Generated from wire/kith.proto by tools/generate.py; do not edit.
// clang-format off
#pragma once

#include "wire/json_walk.h"
#include "wire/wire.gen.h"

namespace kith::wire {

bool read_fields(JsonWalk& walk, JsonWalk::Object object, Auth& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Attachment& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Send& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Open& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, GetHistory& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, GetConversations& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Read& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Confirm& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Block& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Ping& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Edit& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Delete& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, React& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Permissions& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, CreateGroup& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, UpdateGroup& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, AddMembers& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, RemoveMember& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Leave& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, SetRole& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, GetGroup& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, GetMembers& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Clear& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Hide& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Configure& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Look& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Type& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, AddContact& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, RemoveContact& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, GetContacts& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, GetPresence& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Viewport& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, SetStatus& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, GetPreferences& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Prefer& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, CreateInvite& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, RevokeInvite& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, GetInvites& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Join& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, RefuseJoin& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Command& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Limits& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Hello& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Ready& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Presence& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Sent& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Opened& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Revision& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Reaction& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Message& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Unknown& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Edited& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Deleted& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Reacted& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, GroupChange& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Entry& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, History& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Settings& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, ConversationSummary& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Conversations& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Done& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Error& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, ReadMark& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, ClearMark& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Hidden& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Contact& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Event& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Change& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Page& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Resync& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Synced& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Goaway& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Pong& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Changed& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Group& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Member& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Members& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Marks& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Receipts& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Typing& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Contacts& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Presences& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Preferences& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Invite& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Invites& out);
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Frame& out);

}  // namespace kith::wire
