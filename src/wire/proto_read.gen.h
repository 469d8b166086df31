// wire/proto_read.gen.h — Reads the fields of a message: see proto_walk.h.
// Generated from wire/kith.proto by tools/generate.py; do not edit.
// clang-format off
#pragma once

#include "wire/proto_walk.h"
#include "wire/wire.gen.h"

namespace kith::wire {

bool read_fields(ProtoWalk& walk, std::string_view bytes, Auth& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Send& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Open& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, GetHistory& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, GetConversations& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Read& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Confirm& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Block& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Ping& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Command& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Limits& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Hello& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Ready& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Presence& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Sent& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Opened& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Message& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Unknown& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Entry& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, History& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, ConversationSummary& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Conversations& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Done& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Error& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, ReadMark& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Event& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Change& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Page& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Resync& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Synced& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Goaway& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Pong& out);
bool read_fields(ProtoWalk& walk, std::string_view bytes, Frame& out);

}  // namespace kith::wire
