// wire/wire_random.h — Random messages for the tests of this folder: every field, every kind, the edges of every range.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "wire/fields.gen.h"
#include "wire/rfc3339.h"

namespace kith::wire {

class RandomMessages {
 public:
  explicit RandomMessages(std::uint64_t seed) : engine_(seed) {}

  template <class T>
  T make() {
    T out;
    fill(out);
    return out;
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }

  void fill(std::string& out) {
    // One of each length of UTF-8, what JSON escapes, and NUL.
    static const std::vector<std::string> kParts = {
        "a", "Z", "9", " ", "\"", "\\", "/", "\n", "\x01", "\x1f", "\x7f", std::string(1, '\0'), "é", "€", "😀", "plain words"};
    if (below(3) == 0) return;
    for (auto n = below(24); n > 0; --n) out += kParts[below(kParts.size())];
  }
  void fill(bool& out) { out = below(2) == 1; }
  void fill(std::uint64_t& out) {
    static constexpr std::uint64_t kEdges[] = {0, 1, 127, 128, (1ull << 53) - 1, (1ull << 53) + 1, ~0ull};
    out = below(2) == 0 ? kEdges[below(std::size(kEdges))] : engine_() >> below(64);
  }
  void fill(std::uint32_t& out) { out = below(4) == 0 ? ~0u : static_cast<std::uint32_t>(engine_() >> (32 + below(32))); }
  void fill(WallTime& out) {
    if (below(3) == 0) return;
    const auto range = static_cast<std::uint64_t>(kLastTime.ms - kFirstTime.ms);
    out.ms =
        below(3) == 0 ? kFirstTime.ms + static_cast<std::int64_t>(below(range + 1)) : static_cast<std::int64_t>(below(4'000'000'000'000));
  }
  template <class T>
  void fill(std::optional<T>& out) {
    if (below(2) == 0) fill(out.emplace());
  }
  template <class T>
  void fill(std::vector<T>& out) {
    for (auto n = below(4); n > 0; --n) fill(out.emplace_back());
  }
  template <class... Kinds>
  void fill(std::variant<std::monostate, Kinds...>& out) {
    const auto kind = below(sizeof...(Kinds) + 1);
    std::size_t at = 0;
    ((++at == kind ? fill(out.template emplace<Kinds>()) : void()), ...);
  }
  void fill(Send::To& out) { fill(out.value); }
  void fill(Send::Conversation& out) { fill(out.value); }
  template <class T>
  void fill(T& message) {
    for_each_field(message, [this](auto& field) { fill(field); });
  }

  std::mt19937_64 engine_;
};

}  // namespace kith::wire
