// Frames from a stranger: the same outcome in one piece and in two, for both roles; what a reader keeps stays within its limit.

#include <algorithm>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "front/websocket.h"

namespace {

using kith::websocket::FrameReader;
using kith::websocket::Role;

constexpr std::size_t kLimit = 512;

void feed(FrameReader& reader, std::string& input, std::string_view bytes, std::string& seen) {
  input.append(bytes);
  while (true) {
    const FrameReader::Item item = reader.next(input);
    KITH_ASSERT(item.consumed <= input.size());
    KITH_ASSERT(reader.assembled() <= kLimit);
    if (item.kind == FrameReader::Kind::message) KITH_ASSERT(item.payload.size() <= kLimit);
    if (item.kind != FrameReader::Kind::need_more) {
      seen += static_cast<char>('0' + static_cast<int>(item.kind));
      seen += item.text ? 't' : 'b';
      seen += std::to_string(item.code);
      seen.append(item.payload).push_back('\n');
    }
    input.erase(0, item.consumed);
    if (item.kind == FrameReader::Kind::need_more) break;
  }
  // Control frames aside, a frame that is waited for is within the limit.
  KITH_ASSERT(input.size() <= kLimit + 14);
}

}  // namespace

// The first byte chooses the role, the second where the input is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const Role role = data[0] & 1 ? Role::client : Role::server;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t cut = std::min<std::size_t>(data[1], bytes.size());

  std::string whole, pieces, input;
  FrameReader one(role, kLimit);
  feed(one, input, bytes, whole);
  input.clear();
  FrameReader two(role, kLimit);
  feed(two, input, bytes.substr(0, cut), pieces);
  feed(two, input, bytes.substr(cut), pieces);
  KITH_ASSERT(whole == pieces);
  return 0;
}
