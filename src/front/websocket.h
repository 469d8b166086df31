// front/websocket.h — RFC 6455 framing without I/O: bytes in, messages out, and the other way round. For both ends.
//
//   Owner     The caller owns the bytes. A reader keeps nothing but a message that came in fragments.
//   Limits    A message, counted over its fragments: as given. Fragments of one message: 1024. Control frames: 125 bytes, not fragmented.
//             Reserved bits must be 0: no extension is spoken. Nothing is allocated by a declared length.
//   Fails     By Kind::error with the close code to send: 1002 broken framing, 1007 text that is not UTF-8, 1009 beyond the limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kith::websocket {

inline constexpr std::uint16_t kNormal = 1000, kProtocolError = 1002, kUnsupportedData = 1003, kNoCode = 1005, kBadText = 1007,
                               kTooBig = 1009;

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

// A server takes masked frames only, a client unmasked ones only.
enum class Role : std::uint8_t { server, client };

class FrameReader {
 public:
  enum class Kind : std::uint8_t { need_more, message, ping, pong, close, error };

  struct Item {
    Kind kind = Kind::need_more;
    bool text = false;              // Of a message: text or binary.
    std::uint16_t code = 0;         // Of close: what the other end said (kNoCode: nothing). Of error: what to say.
    std::string_view payload = {};  // Of close and error: the reason. Valid until the next call or until the input changes.
    std::size_t consumed = 0;       // What to drop from the front of the input, whatever the kind.
  };

  FrameReader(Role role, std::size_t limit);
  ~FrameReader();
  FrameReader(FrameReader&&) noexcept;
  FrameReader& operator=(FrameReader&&) noexcept;

  // Reads up to the end of the next message or control frame, unmasking in place. need_more: call again with the rest and more bytes
  // behind it. After close and error everything is swallowed.
  Item next(std::span<char> input);

  // Bytes of a message from now on.
  void set_limit(std::size_t limit) { limit_ = static_cast<std::uint32_t>(limit); }

  // Bytes kept for a message in progress.
  std::size_t assembled() const;

 private:
  struct Header;
  struct Assembly;

  static std::optional<Header> read_header(std::span<const char> input);
  Item finish(Kind kind, std::uint16_t code, std::string_view reason, std::size_t consumed);
  const char* broken(const Header& header) const;
  Item control(const Header& header, std::string_view payload, std::size_t consumed);
  Item message(bool text, std::string_view payload, std::size_t consumed);

  std::unique_ptr<Assembly> assembly_;  // While a message is in progress, and until the call after its last fragment.
  std::uint32_t limit_;
  Role role_;
  bool finished_ = false;
};

// Shows `parse` what came, behind what former calls left in `rest`, and keeps what it does not use. `parse` takes a span and returns how
// much of its front it used.
template <class Parse>
void consume(std::string& rest, std::span<char> fresh, Parse parse) {
  if (rest.empty()) {  // The usual case: whole frames, and nothing is copied.
    const std::size_t used = parse(fresh);
    if (used < fresh.size()) rest.assign(fresh.data() + used, fresh.size() - used);
    return;
  }
  rest.append(fresh.data(), fresh.size());
  const std::size_t used = parse(std::span<char>(rest));
  if (used == rest.size()) {
    std::string().swap(rest);
  } else {
    rest.erase(0, used);
  }
}

// Appends a whole frame. Clients give a mask: four random bytes, new ones for each frame.
void append_frame(std::string& out, Opcode opcode, std::string_view payload, std::optional<std::uint32_t> mask = {});

// Appends a close frame. kNoCode sends none; a reason is cut at 123 bytes.
void append_close(std::string& out, std::uint16_t code, std::string_view reason, std::optional<std::uint32_t> mask = {});

// Whether a close frame may carry this code (RFC 6455 7.4 and the registry that it opened).
bool valid_close_code(std::uint16_t code);

// Sec-WebSocket-Accept for a Sec-WebSocket-Key.
std::string accept_key(std::string_view key);

// Whether this is base64 of 16 bytes.
bool valid_key(std::string_view key);

}  // namespace kith::websocket
