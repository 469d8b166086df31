#include "store/rocksdb_keys.h"

#include "base/assert.h"
#include "base/bytes.h"
#include "store/checks.h"

namespace kith::rocksdb_keys {

namespace {

constexpr std::uint8_t kPlain = 1;
constexpr std::uint8_t kMoved = 2;
constexpr char kRewritten = 1;
constexpr std::size_t kPlaceSize = 16;

std::string name_prefix(std::uint8_t table, std::string_view name, std::size_t more) {
  KITH_ASSERT(name.size() <= kKeyBytesMax);
  std::string out;
  out.reserve(2 + name.size() + more);
  out.push_back(static_cast<char>(table));
  out.push_back(static_cast<char>(name.size()));
  out.append(name);
  return out;
}

}  // namespace

std::string log_prefix(const LogId& log) { return name_prefix(static_cast<std::uint8_t>(log.table), log.key, kPlaceSize + 1); }

std::string log_key(const LogId& log, Seq seq, Epoch epoch) {
  std::string out = log_prefix(log);
  ByteWriter write(out);
  write.u64_be(seq.value);
  write.u64_be(epoch.value);
  return out;
}

std::string rewritten_key(std::string_view log_key) {
  std::string out;
  out.reserve(log_key.size() + 1);
  out.append(log_key);
  out.push_back(kRewritten);
  return out;
}

std::string head_key(const LogId& log) { return name_prefix(kHeadTable + static_cast<std::uint8_t>(log.table), log.key, 0); }

std::string row_prefix(RowTable table, std::string_view partition) { return name_prefix(static_cast<std::uint8_t>(table), partition, 32); }

std::string row_key(const RowKey& key) { return row_prefix(key.table, key.partition) + key.key; }

RowKey schema_key() { return {RowTable::meta, "", "schema"}; }

std::string after_prefix(std::string_view prefix) {
  std::string out(prefix);
  while (!out.empty() && out.back() == '\xff') out.pop_back();
  KITH_ASSERT(!out.empty());
  out.back() = static_cast<char>(static_cast<std::uint8_t>(out.back()) + 1);
  return out;
}

std::optional<LogPlace> parse_log_place(std::string_view key) {
  bool rewritten = key.size() == kPlaceSize + 1 && key.back() == kRewritten;
  if (!rewritten && key.size() != kPlaceSize) return std::nullopt;
  ByteReader read(key);
  Seq seq{read.u64_be()};
  Epoch epoch{read.u64_be()};
  return LogPlace{seq, epoch, rewritten};
}

std::optional<Name> parse_name(std::string_view key) {
  if (key.size() < 2) return std::nullopt;
  std::size_t size = static_cast<std::uint8_t>(key[1]);
  if (key.size() < 2 + size) return std::nullopt;
  return Name{static_cast<std::uint8_t>(key[0]), key.substr(2, size), 2 + size};
}

std::string log_value(std::uint64_t version, std::string_view record) {
  std::string out;
  out.reserve(11 + record.size());
  ByteWriter write(out);
  write.u8(kPlain);
  write.varint(version);
  out.append(record);
  return out;
}

std::string moved_value() { return std::string(1, static_cast<char>(kMoved)); }

std::optional<LogValue> parse_log_value(std::string_view value) {
  ByteReader read(value);
  std::uint8_t format = read.u8();
  if (format == kMoved && read.done()) return LogValue{0, {}, true};
  LogValue out;
  out.version = read.varint();
  if (format != kPlain || !read.ok()) return std::nullopt;
  std::size_t header = 2;
  for (std::uint64_t v = out.version; v >= 0x80; v >>= 7) ++header;
  out.record = value.substr(header);
  return out;
}

std::string head_value(const Head& head) {
  std::string out;
  ByteWriter write(out);
  write.u8(kPlain);
  write.varint(head.rebuild);
  write.varint(head.first_kept.value);
  write.varint(head.checkpoint.value);
  write.varint(head.revision);
  write.varint(head.chain.size());
  for (const auto& link : head.chain) {
    write.varint(link.epoch.value);
    write.varint(link.first.value);
  }
  return out;
}

std::optional<Head> parse_head_value(std::string_view value) {
  ByteReader read(value);
  if (read.u8() != kPlain) return std::nullopt;
  Head head;
  head.rebuild = static_cast<std::uint32_t>(read.varint());
  head.first_kept = Seq{read.varint()};
  head.checkpoint = Seq{read.varint()};
  head.revision = read.varint();
  std::uint64_t links = read.varint();
  if (links > value.size()) return std::nullopt;
  for (std::uint64_t i = 0; i < links; ++i) {
    Epoch epoch{read.varint()};
    Seq first{read.varint()};
    head.chain.push_back({epoch, first});
  }
  if (!read.done() || head.revision == 0) return std::nullopt;
  return head;
}

std::string row_value(std::string_view value) {
  std::string out;
  out.reserve(1 + value.size());
  out.push_back(static_cast<char>(kPlain));
  out.append(value);
  return out;
}

std::optional<std::string_view> parse_row_value(std::string_view value) {
  if (value.empty() || static_cast<std::uint8_t>(value[0]) != kPlain) return std::nullopt;
  return value.substr(1);
}

}  // namespace kith::rocksdb_keys
