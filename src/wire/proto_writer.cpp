#include "wire/proto_writer.h"

#include <algorithm>

#include "wire/rfc3339.h"

namespace kith::wire {

std::size_t proto_open(std::string& out, int field) {
  proto_tag(out, field, 2);
  out.push_back(0);
  return out.size();
}

// One byte was kept for the length; most messages need no more, and the others are moved up once.
void proto_close(std::string& out, std::size_t begin) {
  std::uint64_t size = out.size() - begin;
  char length[10];
  std::size_t count = 0;
  for (; size >= 0x80; size >>= 7) length[count++] = static_cast<char>(size | 0x80);
  length[count++] = static_cast<char>(size);
  out[begin - 1] = length[0];
  if (count > 1) out.insert(begin, length + 1, count - 1);
}

void proto_time(std::string& out, int field, WallTime time) {
  const std::int64_t ms = std::clamp(time.ms, kFirstTime.ms, kLastTime.ms);
  std::int64_t seconds = ms / 1000;
  if (ms % 1000 < 0) --seconds;
  const std::int64_t nanos = (ms - seconds * 1000) * 1'000'000;
  const auto begin = proto_open(out, field);
  if (seconds != 0) proto_number(out, 1, static_cast<std::uint64_t>(seconds));
  if (nanos != 0) proto_number(out, 2, static_cast<std::uint64_t>(nanos));
  proto_close(out, begin);
}

}  // namespace kith::wire
