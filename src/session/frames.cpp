#include "session/frames.h"

#include <algorithm>
#include <span>
#include <vector>

#include "base/hex.h"
#include "wire/error.h"
#include "wire/proto_codec.h"

namespace kith {

namespace {
// A message as nearly all are: nothing but a text.
bool plain(const Entry& entry) { return entry.kind == EntryKind::message && !entry.more && !entry.erased(); }

// Said only when there is something to say beside being online.
std::string_view status_of(const Presence& presence) {
  if (!presence.online || presence.status == Status::online) return {};
  return presence.status == Status::idle ? "idle" : "away";
}
}  // namespace

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

void Frames::write_event(Useq useq, const ConversationId& conversation, const Entry& entry) {
  if (!plain(entry)) {
    wire::Event event{useq.value, {}};
    wire::Entry written = to_wire(conversation, entry);
    std::visit(
        [&](auto& body) {
          // An event without a body still moves the device's position.
          if constexpr (std::is_assignable_v<decltype(event.event)&, decltype(body)>) event.event = std::move(body);
        },
        written.kind);
    return write({0, std::move(event)});
  }
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
  const Presence& other = receipt.presence;
  wire::PresenceView presence{receipt.other.text(), other.online, other.since.value_or(WallTime{}), status_of(other)};
  wire::SentView view{
      conversation_text, receipt.seq.value, receipt.time, place_.options.durability, receipt.repeated, receipt.window_only, {}};
  if (!receipt.other.empty() && !other.hidden) view.presence = std::span(&presence, 1);
  place_.scratch.clear();
  if (encoding_ == Encoding::json) {
    wire::append_sent(place_.scratch, re, view);
  } else {
    wire::append_sent_proto(place_.scratch, re, view);
  }
  transport_.send(place_.scratch);
}

namespace {

wire::Marks to_wire(const MemberMark& member) { return {member.user.text(), member.mark.delivered.value, member.mark.read.value}; }

}  // namespace

void Frames::write_receipts(std::uint64_t re, const ConversationId& conversation, const Receipts& receipts) {
  wire::Receipts out{.conversation = conversation.text()};
  for (const MemberMark& member : receipts.marks) out.items.push_back(to_wire(member));
  if (!receipts.other.empty() && !receipts.presence.hidden) out.presence = to_wire(receipts.other, receipts.presence);
  write({re, std::move(out)});
}

void Frames::write_signal(const Signal& signal, const UserId& reader, bool with_read) {
  if (!signal.typing.empty()) return write({0, wire::Typing{signal.conversation.text(), signal.typing.text(), signal.stopped}});
  wire::Receipts out{.conversation = signal.conversation.text()};
  for (const MemberMark& member : signal.marks) {
    if (member.user == reader) continue;
    out.items.push_back(to_wire(member));
    if (!with_read) out.items.back().read = 0;
  }
  if (!out.items.empty()) write({0, std::move(out)});
}

void Frames::write_presences(std::uint64_t re, const std::vector<PresenceItem>& items) {
  wire::Presences out;
  for (const PresenceItem& item : items) out.items.push_back(to_wire(item.user, item.presence));
  write({re, std::move(out)});
  if (re == 0) ++place_.traffic.presence_pushes;
  place_.traffic.presence_bytes += place_.scratch.size();
}

void Frames::write_history(std::uint64_t re, const ConversationId& conversation, const HistoryPage& page) {
  bool all_plain = std::all_of(page.entries.begin(), page.entries.end(), [](const EntryPtr& entry) { return plain(*entry); });
  if (encoding_ == Encoding::proto || !all_plain || page.to > Seq{0}) {
    wire::History history{conversation.text(), {}, page.head.value, page.more, page.from.value, page.to.value};
    for (const EntryPtr& entry : page.entries) history.entries.push_back(to_wire(conversation, *entry));
    return write({re, std::move(history)});
  }
  constexpr std::size_t kDigits = 2 * sizeof(ClientId::bits);
  std::string conversation_text = conversation.text(), ids;
  ids.reserve(page.entries.size() * kDigits);  // Views into it must stay.
  std::vector<wire::MessageView> entries;
  entries.reserve(page.entries.size());
  for (const EntryPtr& entry : page.entries) {
    append_hex(ids, entry->client_id.bits);
    std::string_view id = std::string_view(ids).substr(ids.size() - kDigits);
    entries.push_back({conversation_text, entry->seq.value, entry->from.text(), entry->time, entry->n, id, entry->text()});
  }
  place_.scratch.clear();
  wire::append_history(place_.scratch, re, {conversation_text, entries, page.head.value, page.more});
  transport_.send(place_.scratch);
}

namespace {

std::vector<std::string> texts(const std::vector<UserId>& users) {
  std::vector<std::string> out;
  for (const UserId& user : users) out.push_back(user.text());
  return out;
}

wire::Message message_of(std::string conversation, const Entry& entry) {
  wire::Message out;
  out.conversation = std::move(conversation);
  out.seq = entry.seq.value;
  out.from = entry.from.text();
  out.time = entry.time;
  out.n = entry.n;
  out.client_id = entry.client_id.text();
  out.deleted = entry.deleted_by().value;
  if (out.deleted != 0) {
    out.version = out.deleted;
    return out;
  }
  out.text = entry.text();
  const Details& details = entry.details();
  out.withheld = details.withheld;
  out.reply_to = details.reply_to.value;
  out.mentions = texts(details.mentions);
  for (const Attachment& a : details.attachments) out.attachments.push_back({a.url, a.name, a.type, a.size});
  out.kind = details.kind;
  out.data = details.data;
  for (const Revision& edit : details.edits) out.edits.push_back({edit.seq.value, edit.time});
  if (entry.version > entry.seq) out.version = entry.version.value;
  for (const Reaction& reaction : details.reactions) out.reactions.push_back({reaction.emoji, texts(reaction.users)});
  // Erased on another loop meanwhile: perhaps with a part of what it said, which is not how a message looks.
  if (entry.erased()) return message_of(std::move(out.conversation), entry);
  return out;
}

wire::GroupChange group_change_of(std::string conversation, const Entry& entry) {
  const Details& details = entry.details();
  wire::GroupChange out{std::move(conversation), entry.seq.value, entry.from.text(), entry.time, {}, texts(details.users), {}, {}, {}};
  switch (entry.kind) {
    case EntryKind::created:
      out.what = "created";
      break;
    case EntryKind::changed:
      out.what = "changed";
      break;
    case EntryKind::added:
      out.what = "added";
      break;
    case EntryKind::joined:
      out.what = "joined";
      break;
    case EntryKind::removed:
      out.what = "removed";
      break;
    case EntryKind::left:
      out.what = "left";
      break;
    default:
      out.what = "role";
      break;
  }
  out.title = entry.text();
  out.heir = details.heir.text();
  if (details.permissions) out.permissions = to_wire(*details.permissions);
  if (entry.kind == EntryKind::role) out.role = name(details.role);
  return out;
}

}  // namespace

wire::Presence to_wire(const UserId& user, const Presence& presence) {
  return {user.text(), presence.online, presence.since.value_or(WallTime{}), std::string(status_of(presence))};
}

wire::Permissions to_wire(const Permissions& permissions) {
  auto lowest = [&](Deed deed) { return std::string(name(permissions[deed])); };
  return {lowest(Deed::send), lowest(Deed::add), lowest(Deed::remove), lowest(Deed::edit), lowest(Deed::moderate)};
}

wire::Contact to_wire(const UserId& other, const ContactMarks& marks) { return {other.text(), std::string(name(marks.state()))}; }

wire::Settings to_wire(const ConversationId& conversation, const Settings& settings) {
  return {conversation.text(), settings.muted_until, settings.pinned, settings.archived};
}

wire::Entry to_wire(const ConversationId& conversation, const Entry& entry) {
  std::string id = conversation.text(), from = entry.from.text();
  switch (entry.kind) {
    case EntryKind::unknown:
      return {wire::Unknown{entry.seq.value}};
    case EntryKind::message:
      return {message_of(std::move(id), entry)};
    case EntryKind::edit:
      return {wire::Edited{std::move(id), entry.seq.value, from, entry.time, entry.target().value, std::string(entry.text())}};
    case EntryKind::deletion:
      return {wire::Deleted{std::move(id), entry.seq.value, from, entry.time, entry.target().value}};
    case EntryKind::reaction:
      return {wire::Reacted{std::move(id), entry.seq.value, from, entry.time, entry.target().value, std::string(entry.text()),
                            entry.details().removed}};
    default:
      return {group_change_of(std::move(id), entry)};
  }
}

}  // namespace kith
