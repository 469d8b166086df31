#include "session/frames.h"

#include <span>
#include <vector>

#include "base/hex.h"
#include "wire/error.h"
#include "wire/proto_codec.h"

namespace kith {

wire::ReadResult<wire::Command> Frames::read(std::string_view frame) {
  constexpr std::uint64_t kIdMax = (std::uint64_t{1} << 53) - 1;  // Beyond, a JSON number is not exact everywhere.
  auto command = encoding_ == Encoding::json ? place_.reader.command(frame) : wire::read_proto_command(frame);
  std::uint64_t id = command ? command->id : command.error().id;
  if (id > kIdMax) return wire::ReadFailure{{Code::malformed, "id"}, 0};
  return command;
}

void Frames::write(const wire::Frame& frame) {
  place_.scratch.clear();
  if (encoding_ == Encoding::json) {
    wire::write_json(frame, place_.scratch);
  } else {
    wire::write_proto(frame, place_.scratch);
  }
  transport_.send(place_.scratch);
}

void Frames::write_failure(std::uint64_t re, const Failure& failure) {
  ++place_.traffic.failures;
  write({re, wire::to_error(failure)});
}

void Frames::write_message_event(Useq useq, const ConversationId& conversation, const Entry& entry) {
  std::string conversation_text = conversation.text(), client_id = entry.client_id.text();
  wire::MessageView view{conversation_text, entry.seq.value, entry.from.text(), entry.time, entry.n, client_id, entry.text()};
  place_.scratch.clear();
  if (encoding_ == Encoding::json) {
    wire::append_message_event(place_.scratch, useq.value, view);
  } else {
    wire::append_message_event_proto(place_.scratch, useq.value, view);
  }
  transport_.send(place_.scratch);
}

void Frames::write_sent(std::uint64_t re, const Receipt& receipt) {
  std::string conversation_text = receipt.conversation.text();
  wire::PresenceView presence{receipt.other.text(), receipt.presence.online, receipt.presence.since.value_or(WallTime{})};
  wire::SentView view{
      conversation_text, receipt.seq.value, receipt.time, place_.options.durability, receipt.repeated, receipt.window_only, {}};
  if (!receipt.other.empty()) view.presence = std::span(&presence, 1);
  place_.scratch.clear();
  if (encoding_ == Encoding::json) {
    wire::append_sent(place_.scratch, re, view);
  } else {
    wire::append_sent_proto(place_.scratch, re, view);
  }
  transport_.send(place_.scratch);
}

void Frames::write_history(std::uint64_t re, const ConversationId& conversation, const HistoryPage& page) {
  if (encoding_ == Encoding::proto) {
    wire::History history{conversation.text(), {}, page.head.value, page.more};
    for (const EntryPtr& entry : page.entries) history.entries.push_back(to_wire(conversation, *entry));
    return write({re, std::move(history)});
  }
  constexpr std::size_t kDigits = 2 * sizeof(ClientId::bits);
  std::string conversation_text = conversation.text(), ids;
  ids.reserve(page.entries.size() * kDigits);  // Views into it must stay.
  std::vector<wire::EntryView> entries;
  entries.reserve(page.entries.size());
  for (const EntryPtr& entry : page.entries) {
    append_hex(ids, entry->client_id.bits);
    std::string_view id = std::string_view(ids).substr(ids.size() - kDigits);
    entries.push_back({{conversation_text, entry->seq.value, entry->from.text(), entry->time, entry->n, id, entry->text()},
                       entry->kind != EntryKind::message});
  }
  place_.scratch.clear();
  wire::append_history(place_.scratch, re, {conversation_text, entries, page.head.value, page.more});
  transport_.send(place_.scratch);
}

wire::Entry to_wire(const ConversationId& conversation, const Entry& entry) {
  if (entry.kind != EntryKind::message) return {wire::Unknown{entry.seq.value}};
  return {wire::Message{conversation.text(), entry.seq.value, entry.from.text(), entry.time, entry.n, entry.client_id.text(),
                        std::string(entry.text())}};
}

}  // namespace kith
