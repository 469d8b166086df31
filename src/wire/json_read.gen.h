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
bool read_fields(JsonWalk& walk, JsonWalk::Object object, Frame& out);

}  // namespace kith::wire
