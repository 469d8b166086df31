// Requests from a stranger, as a connection parses them: the same outcome in one piece and in two, within the limits; then the handshake.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/assert.h"
#include "front/handshake.h"
#include "front/http_parser.h"

namespace {

using kith::HttpParser;

std::string outcome(std::initializer_list<std::string_view> pieces) {
  HttpParser parser;
  std::string left;
  for (const std::string_view piece : pieces) {
    const std::size_t used = parser.feed(piece);
    KITH_ASSERT(used <= piece.size());
    const bool over = parser.state() == HttpParser::State::done || parser.state() == HttpParser::State::failed;
    KITH_ASSERT(over || used == piece.size());
    left.append(piece.substr(used));
  }
  KITH_ASSERT(parser.body_bytes() <= kith::kBodyBytesMax);
  if (parser.state() == HttpParser::State::failed) return std::to_string(parser.error().status);
  if (parser.state() != HttpParser::State::done) return parser.state() == HttpParser::State::body ? "body" : "header";
  const kith::ParsedRequest parsed = parser.take();
  const std::vector<std::string> origins = {"https://chat.example"};
  const kith::Handshake handshake = kith::shake_hands(parsed, origins);
  const kith::HttpRequest& request = parsed.request;
  return request.method + '\n' + request.path + '\n' + request.query + '\n' + request.authorization + '\n' + request.body + '\n' +
         parsed.host + '\n' + parsed.websocket_protocols + '\n' + (handshake.refusal ? handshake.refusal->body : handshake.response) +
         (parsed.keep_alive ? "\nstay\n" : "\nend\n") + left;
}

}  // namespace

// The first two bytes choose where the input is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t cut = std::min<std::size_t>(data[0] << 8 | data[1], bytes.size());
  KITH_ASSERT(outcome({bytes}) == outcome({bytes.substr(0, cut), bytes.substr(cut)}));
  return 0;
}
