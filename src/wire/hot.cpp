#include "wire/hot.h"

#include "wire/json_writer.h"
#include "wire/proto_writer.h"

namespace kith::wire {

namespace {

// Numbers of the fields in kith.proto. The test that compares with the generated writers holds them to it.
enum FrameField { kRe = 1, kSentReply = 4, kEvent = 10 };
enum EventField { kUseq = 1, kEventMessage = 2 };
enum MessageField { kConversation = 1, kSeq, kFrom, kTime, kN, kClientId, kText };
enum SentField { kSentConversation = 1, kSentSeq, kSentTime, kDurability, kRepeated, kWindowOnly, kPresence };
enum PresenceField { kUser = 1, kOnline, kSince, kStatus };

void append_presence(std::string& out, const PresenceView& presence) {
  json_open(out);
  if (!presence.user.empty()) json_text(out, "\"user\":\"", presence.user);
  if (presence.online) json_flag(out, "\"online\":", true);
  if (presence.since.ms != 0) json_time(out, "\"since\":\"", presence.since);
  if (!presence.status.empty()) json_text(out, "\"status\":\"", presence.status);
  json_close(out);
}

}  // namespace

void append_message(std::string& out, const MessageView& message) {
  json_open(out);
  if (!message.conversation.empty()) json_text(out, "\"conversation\":\"", message.conversation);
  if (message.seq != 0) json_number(out, "\"seq\":", message.seq);
  if (!message.from.empty()) json_text(out, "\"from\":\"", message.from);
  if (message.time.ms != 0) json_time(out, "\"time\":\"", message.time);
  if (message.n != 0) json_number(out, "\"n\":", message.n);
  if (!message.client_id.empty()) json_text(out, "\"clientId\":\"", message.client_id);
  if (!message.text.empty()) json_text(out, "\"text\":\"", message.text);
  json_close(out);
}

void append_message_event(std::string& out, std::uint64_t useq, const MessageView& message) {
  out.append("{\"event\":{");
  if (useq != 0) json_number(out, "\"useq\":", useq);
  out.append("\"message\":");
  append_message(out, message);
  out.append("}}");
}

void append_sent(std::string& out, std::uint64_t re, const SentView& sent) {
  json_open(out);
  if (re != 0) json_number(out, "\"re\":", re);
  out.append("\"sent\":{");
  if (!sent.conversation.empty()) json_text(out, "\"conversation\":\"", sent.conversation);
  if (sent.seq != 0) json_number(out, "\"seq\":", sent.seq);
  if (sent.time.ms != 0) json_time(out, "\"time\":\"", sent.time);
  if (!sent.durability.empty()) json_text(out, "\"durability\":\"", sent.durability);
  if (sent.repeated) json_flag(out, "\"repeated\":", true);
  if (sent.window_only) json_flag(out, "\"windowOnly\":", true);
  if (!sent.presence.empty()) {
    out.append("\"presence\":[");
    for (const auto& presence : sent.presence) {
      append_presence(out, presence);
      out.push_back(',');
    }
    json_close(out, ']');
    out.push_back(',');
  }
  json_close(out);
  out.push_back('}');
}

void append_history(std::string& out, std::uint64_t re, const HistoryView& history) {
  json_open(out);
  if (re != 0) json_number(out, "\"re\":", re);
  out.append("\"history\":{");
  if (!history.conversation.empty()) json_text(out, "\"conversation\":\"", history.conversation);
  if (!history.entries.empty()) {
    out.append("\"entries\":[");
    for (const auto& entry : history.entries) {
      out.append("{\"message\":");
      append_message(out, entry);
      out.append("},");
    }
    json_close(out, ']');
    out.push_back(',');
  }
  if (history.head != 0) json_number(out, "\"head\":", history.head);
  if (history.more) json_flag(out, "\"more\":", true);
  json_close(out);
  out.push_back('}');
}

void append_message_event_proto(std::string& out, std::uint64_t useq, const MessageView& message) {
  const auto event = proto_open(out, kEvent);
  if (useq != 0) proto_number(out, kUseq, useq);
  const auto body = proto_open(out, kEventMessage);
  if (!message.conversation.empty()) proto_text(out, kConversation, message.conversation);
  if (message.seq != 0) proto_number(out, kSeq, message.seq);
  if (!message.from.empty()) proto_text(out, kFrom, message.from);
  if (message.time.ms != 0) proto_time(out, kTime, message.time);
  if (message.n != 0) proto_number(out, kN, message.n);
  if (!message.client_id.empty()) proto_text(out, kClientId, message.client_id);
  if (!message.text.empty()) proto_text(out, kText, message.text);
  proto_close(out, body);
  proto_close(out, event);
}

void append_sent_proto(std::string& out, std::uint64_t re, const SentView& sent) {
  if (re != 0) proto_number(out, kRe, re);
  const auto body = proto_open(out, kSentReply);
  if (!sent.conversation.empty()) proto_text(out, kSentConversation, sent.conversation);
  if (sent.seq != 0) proto_number(out, kSentSeq, sent.seq);
  if (sent.time.ms != 0) proto_time(out, kSentTime, sent.time);
  if (!sent.durability.empty()) proto_text(out, kDurability, sent.durability);
  if (sent.repeated) proto_flag(out, kRepeated, true);
  if (sent.window_only) proto_flag(out, kWindowOnly, true);
  for (const auto& presence : sent.presence) {
    const auto begin = proto_open(out, kPresence);
    if (!presence.user.empty()) proto_text(out, kUser, presence.user);
    if (presence.online) proto_flag(out, kOnline, true);
    if (presence.since.ms != 0) proto_time(out, kSince, presence.since);
    if (!presence.status.empty()) proto_text(out, kStatus, presence.status);
    proto_close(out, begin);
  }
  proto_close(out, body);
}

}  // namespace kith::wire
