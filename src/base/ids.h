// base/ids.h — The names of things, each a type of its own. Values; freely copied; no loop.
//
// The words are those of DESIGN.md section 1: user, device, conversation, entry (Seq), inbox (Useq), slot, epoch.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace kith {

// A counter that cannot be confused with another one.
template <class Tag>
struct Number {
  std::uint64_t value = 0;
  auto operator<=>(const Number&) const = default;
  Number next() const { return {value + 1}; }
  Number& operator++() {
    ++value;
    return *this;
  }
  friend Number operator+(Number a, std::uint64_t b) { return {a.value + b}; }
  friend Number operator-(Number a, std::uint64_t b) { return {a.value - b}; }
  friend std::uint64_t operator-(Number a, Number b) { return a.value - b.value; }
};

using Seq = Number<struct SeqTag>;      // A place in a log, from 1; 0 is "before the first".
using Useq = Seq;                       // The same, where the log is an inbox.
using Epoch = Number<struct EpochTag>;  // Grows each time the slot changes hands; on one machine at each start.

// One of kSlots parts of the key space, fixed for ever.
struct Slot {
  std::uint16_t value = 0;
  auto operator<=>(const Slot&) const = default;
};
inline constexpr std::uint16_t kSlots = 4096;

// 1 to 64 of A-Z a-z 0-9 . _ - @ +
class UserId {
 public:
  UserId() = default;  // Empty: nobody.
  static std::optional<UserId> parse(std::string_view text);

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  Slot slot() const;
  auto operator<=>(const UserId&) const = default;

 private:
  std::string text_;
};

// 1 to 64 of A-Z a-z 0-9 . _ - : one installation of a client.
class DeviceId {
 public:
  DeviceId() = default;
  static std::optional<DeviceId> parse(std::string_view text);

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  auto operator<=>(const DeviceId&) const = default;

 private:
  std::string text_;
};

struct ClientId;

// Text form: "d_" or "g_", three hexadecimal digits of slot, 32 of the 128 bits.
class ConversationId {
 public:
  ConversationId() = default;
  // The only conversation of these two users, whatever their order. Lives in the slot of one of them, picked by the hash.
  static ConversationId direct(const UserId& a, const UserId& b);
  // The group that this user makes with this client id: a repeat finds the same.
  static ConversationId group(const UserId& creator, const ClientId& client_id);
  static std::optional<ConversationId> parse(std::string_view text);
  static std::optional<ConversationId> from_key(std::string_view key);

  bool is_direct() const { return kind_ == 'd'; }
  Slot slot() const { return slot_; }
  std::string text() const;
  std::string key() const;  // 19 bytes: kind, slot (big endian), the 128 bits.
  std::size_t hash() const;
  auto operator<=>(const ConversationId&) const = default;

 private:
  char kind_ = 0;
  Slot slot_;
  std::array<std::uint8_t, 16> bits_{};
};

// 128 random bits with which a client names one message for ever.
struct ClientId {
  std::array<std::uint8_t, 16> bits{};
  // 32 hexadecimal digits, hyphens allowed anywhere between them.
  static std::optional<ClientId> parse(std::string_view text);
  std::string text() const;  // 32 lower-case digits.
  auto operator<=>(const ClientId&) const = default;
};

// The lifetime of the data: random, new when a store is created, restored or rebuilt.
struct StoreId {
  std::uint64_t value = 0;
  auto operator<=>(const StoreId&) const = default;
};

// A position in a user's inbox. `rebuild` grows when the inbox was rebuilt from the conversations.
struct Cursor {
  StoreId store;
  std::uint32_t rebuild = 0;
  Useq useq;

  static std::optional<Cursor> parse(std::string_view text);
  std::string text() const;  // Opaque to clients.
  auto operator<=>(const Cursor&) const = default;
};

}  // namespace kith

template <>
struct std::hash<kith::UserId> {
  std::size_t operator()(const kith::UserId& id) const { return std::hash<std::string>()(id.text()); }
};
template <>
struct std::hash<kith::ConversationId> {
  std::size_t operator()(const kith::ConversationId& id) const { return id.hash(); }
};
template <>
struct std::hash<kith::ClientId> {
  std::size_t operator()(const kith::ClientId& id) const {
    std::size_t out;
    static_assert(sizeof out <= sizeof id.bits);
    __builtin_memcpy(&out, id.bits.data(), sizeof out);
    return out;
  }
};
