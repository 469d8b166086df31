#include "conversation/entry.h"

#include <xxhash.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/plant.h"

namespace kith {

namespace {

constexpr std::uint8_t kPlain = 1, kDetailed = 2;  // Forms.
constexpr auto kKindMax = static_cast<std::uint8_t>(EntryKind::joined);

void write_users(ByteWriter& writer, const std::vector<UserId>& users) {
  writer.varint(users.size());
  for (const UserId& user : users) writer.string(user.text());
}

bool read_users(ByteReader& reader, std::vector<UserId>& users) {
  for (auto count = reader.varint(); count > 0 && reader.ok(); --count) {
    auto user = UserId::parse(reader.string());
    if (!user) return false;
    users.push_back(std::move(*user));
  }
  return reader.ok();
}

// What the sender gave besides the text.
void write_sent(ByteWriter& writer, const Details& details) {
  writer.varint(details.reply_to.value);
  write_users(writer, details.mentions);
  writer.varint(details.attachments.size());
  for (const Attachment& a : details.attachments) {
    writer.string(a.url);
    writer.string(a.name);
    writer.string(a.type);
    writer.varint(a.size);
  }
  writer.string(details.kind);
  writer.string(details.data);
}

bool read_sent(ByteReader& reader, Details& details) {
  details.reply_to = {reader.varint()};
  if (!read_users(reader, details.mentions)) return false;
  if (planted(Plant::mentions_unstored)) details.mentions.clear();
  for (auto count = reader.varint(); count > 0 && reader.ok(); --count) {
    Attachment& a = details.attachments.emplace_back();
    a.url = reader.string();
    a.name = reader.string();
    a.type = reader.string();
    a.size = reader.varint();
  }
  details.kind = reader.string();
  details.data = reader.string();
  return reader.ok();
}

std::string encode_details(const Details& details) {
  std::string out;
  ByteWriter writer(out);
  write_sent(writer, details);
  writer.varint(details.edits.size());
  for (const Revision& edit : details.edits) {
    writer.varint(edit.seq.value);
    writer.varint(static_cast<std::uint64_t>(edit.time.ms));
  }
  writer.varint(details.deleted.value);
  writer.varint(details.reactions.size());
  for (const Reaction& reaction : details.reactions) {
    writer.string(reaction.emoji);
    write_users(writer, reaction.users);
  }
  writer.varint(details.target.value);
  writer.u8(details.removed ? 1 : 0);
  write_users(writer, details.users);
  writer.u8(static_cast<std::uint8_t>(details.role));
  writer.u8(details.permissions ? 1 : 0);
  for (Role role : details.permissions.value_or(Permissions{}).lowest) writer.u8(static_cast<std::uint8_t>(role));
  if (!details.heir.empty()) writer.string(details.heir.text());
  return out;
}

bool read_role(ByteReader& reader, Role& role) {
  auto value = reader.u8();
  role = static_cast<Role>(value);
  return value <= static_cast<std::uint8_t>(Role::owner);
}

std::shared_ptr<const Details> decode_details(std::string_view bytes) {
  auto details = std::make_shared<Details>();
  ByteReader reader(bytes);
  if (!read_sent(reader, *details)) return nullptr;
  for (auto count = reader.varint(); count > 0 && reader.ok(); --count) {
    Seq seq{reader.varint()};
    details->edits.push_back({seq, {static_cast<std::int64_t>(reader.varint())}});
  }
  details->deleted = {reader.varint()};
  for (auto count = reader.varint(); count > 0 && reader.ok(); --count) {
    Reaction& reaction = details->reactions.emplace_back();
    reaction.emoji = reader.string();
    if (!read_users(reader, reaction.users)) return nullptr;
  }
  details->target = {reader.varint()};
  details->removed = reader.u8() != 0;
  bool good = read_users(reader, details->users) && read_role(reader, details->role);
  bool has_permissions = reader.u8() != 0;
  Permissions permissions;
  for (Role& role : permissions.lowest) good = read_role(reader, role) && good;
  if (has_permissions) details->permissions = permissions;
  if (good && !reader.done()) {
    auto heir = UserId::parse(reader.string());
    good = heir.has_value();
    if (heir) details->heir = std::move(*heir);
  }
  return good && reader.done() ? details : nullptr;
}

}  // namespace

std::size_t Entry::details_weight() const {
  if (!more) return 0;
  std::size_t size = sizeof(Details) + more->kind.size() + more->data.size() + more->edits.size() * sizeof(Revision);
  size += (more->mentions.size() + more->users.size()) * sizeof(UserId);
  for (const Attachment& a : more->attachments) size += sizeof(Attachment) + a.url.size() + a.name.size() + a.type.size();
  for (const Reaction& reaction : more->reactions) size += sizeof(Reaction) + reaction.users.size() * sizeof(UserId);
  return size;
}

const Details& Entry::details() const {
  static const Details kNone;
  return more && !erased() ? *more : kNone;
}

LogId log_id(const ConversationId& id) { return {id.is_direct() ? LogTable::direct_messages : LogTable::group_messages, id.key()}; }

std::string encode(const Entry& entry) {
  std::string out;
  out.reserve(entry.text().size() + entry.from.text().size() + 40);
  ByteWriter writer(out);
  writer.u8(static_cast<std::uint8_t>(entry.kind));
  writer.u8(entry.more ? kDetailed : kPlain);
  writer.varint(static_cast<std::uint64_t>(entry.time.ms));
  writer.varint(entry.n);
  writer.string(entry.from.text());
  writer.bytes(entry.client_id.bits);
  if (entry.more) writer.string(encode_details(*entry.more));
  writer.string(entry.text());
  return out;
}

Entry decode(LogRow row) {
  Entry entry;
  entry.seq = row.seq;
  entry.epoch = row.epoch;
  entry.version = {row.version};
  ByteReader reader(row.record);
  auto kind = reader.u8(), form = reader.u8();
  entry.time.ms = static_cast<std::int64_t>(reader.varint());
  entry.n = reader.varint();
  auto from = UserId::parse(reader.string());
  reader.bytes(entry.client_id.bits);
  if (form == kDetailed) entry.more = decode_details(reader.string());
  auto text = reader.string();
  bool known = kind >= 1 && kind <= kKindMax && (form == kPlain || (form == kDetailed && entry.more));
  if (!known || !reader.done() || !from) {
    entry = {};
    entry.seq = row.seq;
    entry.epoch = row.epoch;
    entry.version = {row.version};
    entry.kind = EntryKind::unknown;
    return entry;
  }
  entry.kind = static_cast<EntryKind>(kind);
  entry.from = std::move(*from);
  // The text is the record's end: kept where it is, since pages of history are made of little else.
  entry.text_at = static_cast<std::uint32_t>(row.record.size() - text.size());
  entry.storage = std::move(row.record);
  return entry;
}

std::uint64_t content_hash(std::string_view text, const Details& details) {
  auto hash = XXH3_64bits(text.data(), text.size());
  bool plain = details.reply_to == Seq{0} && details.attachments.empty() && details.kind.empty();
  if (plain) return hash;
  Details told = details;
  told.mentions.clear();
  std::string sent;
  ByteWriter writer(sent);
  write_sent(writer, told);
  return XXH3_64bits_withSeed(sent.data(), sent.size(), hash);
}

// --------------------------------------------------------------------------------------------------------------- changes

namespace {

void react(std::vector<Reaction>& reactions, const Entry& change) {
  std::string emoji(change.text());
  auto same = std::find_if(reactions.begin(), reactions.end(), [&](const Reaction& r) { return r.emoji == emoji; });
  if (!change.details().removed) {
    if (same == reactions.end()) same = reactions.insert(same, Reaction{emoji, {}});
    if (std::find(same->users.begin(), same->users.end(), change.from) == same->users.end()) same->users.push_back(change.from);
  } else if (same != reactions.end()) {
    std::erase(same->users, change.from);
    if (same->users.empty()) reactions.erase(same);
  }
}

// Without what it says.
Entry hollow(const Entry& entry, Seq version) {
  Entry out;
  out.seq = entry.seq;
  out.epoch = entry.epoch;
  out.version = version;
  out.kind = entry.kind;
  out.from = entry.from;
  out.client_id = entry.client_id;
  out.time = entry.time;
  out.n = entry.n;
  return out;
}

}  // namespace

Entry changed_by(const Entry& message, const Entry& change) {
  Entry out = hollow(message, change.seq);
  auto details = std::make_shared<Details>(message.details());
  if (change.kind == EntryKind::deletion) {
    // The edits stay known: a repeat after a crash must find them to erase them.
    auto edits = std::move(details->edits);
    *details = {};
    details->edits = std::move(edits);
    details->deleted = change.seq;
  } else {
    if (change.kind == EntryKind::edit && planted(Plant::edit_drops_details)) *details = {.edits = details->edits};
    out.storage = change.kind == EntryKind::edit ? change.text() : message.text();
    if (change.kind == EntryKind::edit) details->edits.push_back({change.seq, change.time});
    if (change.kind == EntryKind::reaction) react(details->reactions, change);
  }
  out.more = std::move(details);
  return out;
}

EntryPtr as_seen_up_to(Seq horizon, EntryPtr entry) {
  // What a deletion leaves of an edit tells nothing that is not theirs.
  if (entry->version <= horizon || entry->kind != EntryKind::message) return entry;
  const Details& details = entry->details();
  bool said_otherwise =
      entry->deleted() || std::any_of(details.edits.begin(), details.edits.end(), [&](const Revision& edit) { return edit.seq > horizon; });
  auto seen = std::make_shared<Entry>(hollow(*entry, entry->seq));
  // What it said then is not kept, and what it says now is not theirs. Nor is it kept which reactions were there then.
  auto left = said_otherwise ? std::make_shared<Details>() : std::make_shared<Details>(details);
  left->reactions.clear();
  left->withheld = true;
  if (!said_otherwise) seen->storage = entry->text();
  seen->more = std::move(left);
  return seen;
}

Entry erased_edit(const Entry& edit, Seq by) {
  Entry out = hollow(edit, by);
  auto details = std::make_shared<Details>();
  details->target = edit.target();
  details->deleted = by;
  out.more = std::move(details);
  return out;
}

}  // namespace kith
