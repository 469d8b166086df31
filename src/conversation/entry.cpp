#include "conversation/entry.h"

#include <xxhash.h>

#include "base/bytes.h"

namespace kith {

namespace {
constexpr std::uint8_t kForm = 1;
}

LogId log_id(const ConversationId& id) { return {id.is_direct() ? LogTable::direct_messages : LogTable::group_messages, id.key()}; }

std::string encode(const Entry& entry) {
  std::string out;
  out.reserve(entry.text().size() + entry.from.text().size() + 40);
  ByteWriter writer(out);
  writer.u8(static_cast<std::uint8_t>(entry.kind));
  writer.u8(kForm);
  writer.varint(static_cast<std::uint64_t>(entry.time.ms));
  writer.varint(entry.n);
  writer.string(entry.from.text());
  writer.bytes(entry.client_id.bits);
  writer.string(entry.text());
  return out;
}

Entry decode(LogRow row) {
  Entry entry;
  entry.seq = row.seq;
  entry.epoch = row.epoch;
  ByteReader reader(row.record);
  auto kind = reader.u8(), form = reader.u8();
  entry.time.ms = static_cast<std::int64_t>(reader.varint());
  entry.n = reader.varint();
  auto from = UserId::parse(reader.string());
  reader.bytes(entry.client_id.bits);
  auto text = reader.string();
  if (kind != static_cast<std::uint8_t>(EntryKind::message) || form != kForm || !reader.done() || !from) {
    entry = {};
    entry.seq = row.seq;
    entry.epoch = row.epoch;
    entry.kind = EntryKind::unknown;
    return entry;
  }
  entry.from = std::move(*from);
  // The text is the record's end: kept where it is, since pages of history are made of little else.
  entry.text_at = static_cast<std::uint32_t>(row.record.size() - text.size());
  entry.storage = std::move(row.record);
  return entry;
}

std::uint64_t content_hash(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

}  // namespace kith
