#include "terminal/chat_line.h"

#include "terminal/conversation_name.h"

namespace kith::terminal {

namespace {

using Kind = ChatLine::Kind;

struct ChatCommand {
  std::string_view name, arguments, sentence;
  Kind kind;
};

constexpr ChatCommand kChatCommands[] = {
    {"/reply", "SEQ TEXT", "answers a message", Kind::reply},
    {"/attach", "URL [TEXT]", "sends a file that lies elsewhere", Kind::attach},
    {"/edit", "SEQ TEXT", "gives your message another text", Kind::edit},
    {"/delete", "SEQ", "deletes a message for everyone", Kind::erase},
    {"/react", "SEQ EMOJI", "puts your reaction to a message", Kind::react},
    {"/unreact", "SEQ EMOJI", "takes it back", Kind::take_back},
    {"/members", "", "shows who is here", Kind::members},
    {"/away", "", "tells others that you are away", Kind::away},
    {"/back", "", "takes that back", Kind::back},
    {"/help", "", "shows this; a line that is to begin with / begins with //", Kind::help},
};

// The word before the first space; the rest stays.
std::string_view cut_word(std::string_view& text) {
  const auto end = std::min(text.find(' '), text.size());
  const auto word = text.substr(0, end);
  text.remove_prefix(end);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return word;
}

}  // namespace

ChatLine read_chat_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty()) return {};
  if (!line.starts_with('/')) return {Kind::message, 0, std::string(line)};
  if (line.starts_with("//")) return {Kind::message, 0, std::string(line.substr(1))};
  std::string_view rest = line;
  const auto name = cut_word(rest);
  for (const ChatCommand& command : kChatCommands) {
    if (command.name != name) continue;
    const ChatLine wrong{Kind::wrong, 0,
                         "expected: " + std::string(name) + (command.arguments.empty() ? "" : " ") + std::string(command.arguments)};
    if (command.arguments.empty()) return rest.empty() ? ChatLine{command.kind, 0, {}} : wrong;
    if (command.kind == Kind::attach) return rest.empty() ? wrong : ChatLine{command.kind, 0, std::string(rest)};
    auto seq = seq_argument(std::string(cut_word(rest)));
    const bool wants_text = command.arguments != "SEQ";
    if (!seq || wants_text == rest.empty()) return wrong;
    return {command.kind, *seq, std::string(rest)};
  }
  return {Kind::wrong, 0, std::string(name) + ": there is no such command; /help lists them"};
}

std::string chat_help() {
  std::string text;
  for (const ChatCommand& command : kChatCommands) {
    std::string left = "  " + std::string(command.name) + ' ' + std::string(command.arguments);
    text += left.append(left.size() < 22 ? 22 - left.size() : 1, ' ').append(command.sentence) + '\n';
  }
  text += "  @USER in a message mentions a member.\n";
  return text;
}

}  // namespace kith::terminal
