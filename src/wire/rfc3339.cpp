#include "wire/rfc3339.h"

#include <algorithm>
#include <cstdint>

namespace kith::wire {

namespace {

constexpr std::int64_t kDayMs = 86'400'000;

// The calendar is counted in years that begin on 1 March, so that the leap day is the last of its year.
// Such a year y (of the proleptic Gregorian calendar) begins 365 y + y/4 - y/100 + y/400 days after 0000-03-01.
constexpr std::int64_t kEpochDay = 719'468;  // Days from 0000-03-01 to 1970-01-01.

constexpr std::int64_t year_begin(std::int64_t year) { return 365 * year + year / 4 - year / 100 + year / 400; }

// Days before month m (0 = March) in a year that begins in March: 0 31 61 92 122 153 184 214 245 275 306 337.
constexpr int month_begin(int month) { return (153 * month + 2) / 5; }

void write_two(unsigned value, char* out) {
  out[0] = static_cast<char>('0' + value / 10);
  out[1] = static_cast<char>('0' + value % 10);
}

// Reads `count` digits at `at`, or nothing.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return std::nullopt;
  int value = 0;
  for (char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_of_month(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

// `hh:mm:ss` or `hh:mm`, within their ranges, as milliseconds.
std::optional<std::int64_t> clock_ms(std::string_view text, std::size_t at, bool seconds) {
  auto hour = digits(text, at, 2), minute = digits(text, at + 3, 2);
  auto second = seconds ? digits(text, at + 6, 2) : std::optional<int>(0);
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  if (text[at + 2] != ':' || (seconds && text[at + 5] != ':')) return std::nullopt;
  return ((*hour * 60 + *minute) * 60 + *second) * std::int64_t{1000};
}

}  // namespace

void write_rfc3339(WallTime time, char* out) {
  const std::int64_t ms = std::clamp(time.ms, kFirstTime.ms, kLastTime.ms);
  std::int64_t day = ms / kDayMs;
  if (ms % kDayMs < 0) --day;
  const auto in_day = static_cast<int>(ms - day * kDayMs);

  const std::int64_t days = day + kEpochDay;
  // The average length of a year never guesses too low, and too high by one year at most.
  auto year = (days * 400 + 799) / 146'097;
  if (year_begin(year) > days) --year;
  const auto day_of_year = static_cast<int>(days - year_begin(year));
  const int month = (5 * day_of_year + 2) / 153;
  const int day_of_month = day_of_year - month_begin(month) + 1;

  const auto calendar_year = static_cast<unsigned>(year) + (month >= 10);
  const auto clock = static_cast<unsigned>(in_day);
  write_two(calendar_year / 100, out);
  write_two(calendar_year % 100, out + 2);
  out[4] = '-';
  write_two(static_cast<unsigned>(month >= 10 ? month - 9 : month + 3), out + 5);
  out[7] = '-';
  write_two(static_cast<unsigned>(day_of_month), out + 8);
  out[10] = 'T';
  write_two(clock / 3'600'000, out + 11);
  out[13] = ':';
  write_two(clock / 60'000 % 60, out + 14);
  out[16] = ':';
  write_two(clock / 1000 % 60, out + 17);
  out[19] = '.';
  write_two(clock % 1000 / 10, out + 20);
  out[22] = static_cast<char>('0' + clock % 10);
  out[23] = 'Z';
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  if (text.size() < 20) return std::nullopt;
  auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't')) return std::nullopt;
  if (*year < 1 || *month < 1 || *month > 12 || *day < 1 || *day > days_of_month(*year, *month)) return std::nullopt;
  auto ms = clock_ms(text, 11, true);
  if (!ms) return std::nullopt;

  std::size_t at = 19;
  if (text[at] == '.') {
    const std::size_t first = ++at;
    for (int unit = 100; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10) *ms += (text[at] - '0') * unit;
    if (at == first || at - first > 9) return std::nullopt;
  }
  auto zone = text.substr(at);
  if (zone.size() == 6 && (zone[0] == '+' || zone[0] == '-')) {
    auto offset = clock_ms(zone, 1, false);
    if (!offset) return std::nullopt;
    *ms += zone[0] == '+' ? -*offset : *offset;
  } else if (zone != "Z" && zone != "z") {
    return std::nullopt;
  }

  const bool next_year = *month > 2;
  const int march_year = next_year ? *year : *year - 1;
  const int march_month = next_year ? *month - 3 : *month + 9;
  const std::int64_t days = year_begin(march_year) + month_begin(march_month) + *day - 1 - kEpochDay;
  const WallTime time{days * kDayMs + *ms};
  if (time < kFirstTime || time > kLastTime) return std::nullopt;
  return time;
}

}  // namespace kith::wire
