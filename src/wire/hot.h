// wire/hot.h — The frames of every plain message (a text and nothing else), written from views without building the structs of
// wire.gen.h.
//
// Each writes exactly what write_json() / write_proto() would write of the struct (wire_test.cpp proves it). Appends; texts are valid
// UTF-8.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"

namespace kith::wire {

struct MessageView {
  std::string_view conversation;
  std::uint64_t seq = 0;
  std::string_view from;
  WallTime time;
  std::uint64_t n = 0;
  std::string_view client_id;
  std::string_view text;
};

struct PresenceView {
  std::string_view user;
  bool online = false;
  WallTime since;
  std::string_view status;
};

struct SentView {
  std::string_view conversation;
  std::uint64_t seq = 0;
  WallTime time;
  std::string_view durability;
  bool repeated = false;
  bool window_only = false;
  std::span<const PresenceView> presence;
};

struct HistoryView {
  std::string_view conversation;
  std::span<const MessageView> entries;
  std::uint64_t head = 0;
  bool more = false;
};

// A Frame with a page of history that has only plain messages, and all that it is about: {"re":…,"history":{…}}.
void append_history(std::string& out, std::uint64_t re, const HistoryView& history);

// A Frame with an Event: {"event":{"useq":…,"message":{…}}}. useq 0: without.
void append_message_event(std::string& out, std::uint64_t useq, const MessageView& message);
void append_message_event_proto(std::string& out, std::uint64_t useq, const MessageView& message);

// A Frame with the reply to a send: {"re":…,"sent":{…}}.
void append_sent(std::string& out, std::uint64_t re, const SentView& sent);
void append_sent_proto(std::string& out, std::uint64_t re, const SentView& sent);

// The inner object alone, {"conversation":…}: the same for every receiver of one message.
void append_message(std::string& out, const MessageView& message);

}  // namespace kith::wire
