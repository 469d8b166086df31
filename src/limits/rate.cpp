#include "limits/rate.h"

#include <charconv>

namespace kith {

namespace {

struct Unit {
  char letter;
  Duration span;
};
constexpr Unit kUnits[] = {{'s', 1s}, {'m', 60s}, {'h', 3600s}, {'d', 24h}};
constexpr std::uint32_t kMost = 1'000'000;  // More is no limit, and its sums would not fit.

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0 || value > kMost) return std::nullopt;
  return value;
}

}  // namespace

std::optional<Rate> Rate::parse(std::string_view text) {
  if (text == "off") return Rate{0, 1s};
  auto slash = text.find('/'), comma = text.find(',');
  if (slash == text.npos || comma != slash + 2) return std::nullopt;
  auto many = number(text.substr(0, slash)), burst = number(text.substr(comma + 1));
  if (!many || !burst) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (unit.letter == text[slash + 1] && unit.span <= 1h) return Rate{*burst, unit.span / *many};
  }
  return std::nullopt;
}

std::string Rate::text() const {
  if (!limits()) return "off";
  for (const Unit& unit : kUnits) {
    auto many = (unit.span + every / 2) / every;
    if (many > 0 && unit.span / many == every) return std::to_string(many) + '/' + unit.letter + ',' + std::to_string(burst);
  }
  return "1/" + std::to_string(every / 1s) + "s," + std::to_string(burst);  // Not to be had by parse().
}

std::optional<Duration> parse_duration(std::string_view text) {
  constexpr Duration kLongest = 3650 * 24h;
  if (text == "0") return Duration(0);
  if (text.empty()) return std::nullopt;
  auto many = number(text.substr(0, text.size() - 1));
  for (const Unit& unit : kUnits) {
    if (many && unit.letter == text.back() && *many <= kLongest / unit.span) return unit.span * *many;
  }
  return std::nullopt;
}

std::string duration_text(Duration duration) {
  if (duration == 0ns) return "0";
  const Unit* fitting = &kUnits[0];
  for (const Unit& unit : kUnits) {
    if (duration % unit.span == 0ns) fitting = &unit;
  }
  return std::to_string(duration / fitting->span) + fitting->letter;
}

}  // namespace kith
