// terminal/chat_line.h — What a line that is typed into a chat means: a message, or a command that begins with "/". Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kith::terminal {

struct ChatLine {
  enum class Kind { nothing, message, edit, erase, react, take_back, reply, attach, members, away, back, help, wrong };
  Kind kind = Kind::nothing;
  std::uint64_t seq = 0;
  // The message, the new text, the emoji; of `attach` what --attach takes, and a text behind a space; of what is wrong: why.
  std::string text;
  bool operator==(const ChatLine&) const = default;
};

ChatLine read_chat_line(std::string_view line);
std::string chat_help();

}  // namespace kith::terminal
