#include "base/ids.h"

#include <sodium.h>
#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <tuple>

#include "base/hex.h"

namespace kith {

namespace {

bool is_name(std::string_view text, std::string_view punctuation) {
  if (text.empty() || text.size() > 64) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || punctuation.find(c) != punctuation.npos;
  });
}

constexpr std::size_t kConversationTextSize = 2 + 3 + 32;
constexpr std::size_t kConversationKeySize = 1 + 2 + 16;

}  // namespace

std::optional<UserId> UserId::parse(std::string_view text) {
  if (!is_name(text, "._-@+")) return std::nullopt;
  UserId id;
  id.text_ = text;
  return id;
}

Slot UserId::slot() const { return {static_cast<std::uint16_t>(XXH3_64bits(text_.data(), text_.size()) % kSlots)}; }

std::optional<DeviceId> DeviceId::parse(std::string_view text) {
  if (!is_name(text, "._-")) return std::nullopt;
  DeviceId id;
  id.text_ = text;
  return id;
}

ConversationId ConversationId::direct(const UserId& a, const UserId& b) {
  const auto& [low, high] = a < b ? std::tie(a, b) : std::tie(b, a);
  // A cryptographic hash: users choose their names, and must not be able to make two pairs meet in one conversation.
  std::string pair = low.text() + '\0' + high.text();
  ConversationId id;
  id.kind_ = 'd';
  crypto_generichash(id.bits_.data(), id.bits_.size(), reinterpret_cast<const unsigned char*>(pair.data()), pair.size(), nullptr, 0);
  id.slot_ = (id.bits_[0] & 1) != 0 ? high.slot() : low.slot();
  return id;
}

ConversationId ConversationId::group(const UserId& creator, const ClientId& client_id) {
  std::string name = creator.text() + '\0' + client_id.text();
  ConversationId id;
  id.kind_ = 'g';
  crypto_generichash(id.bits_.data(), id.bits_.size(), reinterpret_cast<const unsigned char*>(name.data()), name.size(), nullptr, 0);
  id.slot_ = {static_cast<std::uint16_t>(XXH3_64bits(id.bits_.data(), id.bits_.size()) % kSlots)};
  return id;
}

std::optional<ConversationId> ConversationId::parse(std::string_view text) {
  if (text.size() != kConversationTextSize || (text[0] != 'd' && text[0] != 'g') || text[1] != '_') return std::nullopt;
  ConversationId id;
  id.kind_ = text[0];
  auto slot = parse_hex(text.substr(2, 3));
  if (!slot) return std::nullopt;
  id.slot_ = {static_cast<std::uint16_t>(*slot)};
  for (std::size_t i = 0; i < 16; ++i) {
    int high = hex_digit(text[5 + 2 * i]), low = hex_digit(text[6 + 2 * i]);
    if (high < 0 || low < 0) return std::nullopt;
    id.bits_[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return id;
}

std::optional<ConversationId> ConversationId::from_key(std::string_view key) {
  if (key.size() != kConversationKeySize || (key[0] != 'd' && key[0] != 'g')) return std::nullopt;
  ConversationId id;
  id.kind_ = key[0];
  id.slot_ = {static_cast<std::uint16_t>(static_cast<std::uint8_t>(key[1]) << 8 | static_cast<std::uint8_t>(key[2]))};
  if (id.slot_.value >= kSlots) return std::nullopt;
  std::copy_n(key.data() + 3, 16, reinterpret_cast<char*>(id.bits_.data()));
  return id;
}

std::string ConversationId::text() const {
  std::string out;
  out.reserve(kConversationTextSize);
  out.push_back(kind_);
  out.push_back('_');
  append_hex(out, slot_.value, 3);
  append_hex(out, bits_);
  return out;
}

std::string ConversationId::key() const {
  std::string out;
  out.reserve(kConversationKeySize);
  out.push_back(kind_);
  out.push_back(static_cast<char>(slot_.value >> 8));
  out.push_back(static_cast<char>(slot_.value));
  out.append(reinterpret_cast<const char*>(bits_.data()), bits_.size());
  return out;
}

std::size_t ConversationId::hash() const {
  std::size_t out;
  static_assert(sizeof out <= sizeof bits_);
  __builtin_memcpy(&out, bits_.data(), sizeof out);
  return out;
}

std::optional<ClientId> ClientId::parse(std::string_view text) {
  if (text.size() > 40) return std::nullopt;
  ClientId id;
  std::size_t digits = 0;
  for (char c : text) {
    if (c == '-') continue;
    int digit = hex_digit(c);
    if (digit < 0 || digits == 32) return std::nullopt;
    auto& byte = id.bits[digits / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | digit);
    ++digits;
  }
  if (digits != 32) return std::nullopt;
  return id;
}

std::string ClientId::text() const {
  std::string out;
  out.reserve(32);
  append_hex(out, bits);
  return out;
}

std::optional<Cursor> Cursor::parse(std::string_view text) {
  auto first = text.find('.');
  if (first != 16) return std::nullopt;
  auto second = text.find('.', first + 1);
  if (second == text.npos || text.size() > 64) return std::nullopt;
  Cursor cursor;
  auto store = parse_hex(text.substr(0, first));
  if (!store) return std::nullopt;
  cursor.store = {*store};
  auto whole = [](std::string_view part, auto& out) {
    auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), out);
    return error == std::errc() && end == part.data() + part.size();
  };
  if (!whole(text.substr(first + 1, second - first - 1), cursor.rebuild) || !whole(text.substr(second + 1), cursor.useq.value))
    return std::nullopt;
  return cursor;
}

std::string Cursor::text() const {
  std::string out;
  append_hex(out, store.value, 16);
  out += '.';
  out += std::to_string(rebuild);
  out += '.';
  out += std::to_string(useq.value);
  return out;
}

}  // namespace kith
