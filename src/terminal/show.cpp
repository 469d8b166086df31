#include "terminal/show.h"

#include <ctime>

#include "wire/json_writer.h"

namespace kith::terminal {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::string formatted(WallTime time, const char* format) {
  if (time.ms == 0) return {};
  const std::time_t seconds = time.ms / 1000;
  std::tm parts{};
  if (!::localtime_r(&seconds, &parts)) return {};
  char text[64];
  return {text, std::strftime(text, sizeof text, format, &parts)};
}

template <class T>
std::string named_json(std::string_view name, const T& body) {
  std::string out = "{\"" + std::string(name) + "\":";
  wire::write_json(body, out);
  return out + "}\n";
}

}  // namespace

std::string plain(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool c1 = c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;  // U+0080 … U+009F
    if (c == '\n') {
      out += "\n    ";
    } else if ((c < 0x20 && c != '\t') || c == 0x7f || c1) {
      out += kReplacement;
      i += c1;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string clock(WallTime time) { return formatted(time, "%H:%M:%S"); }
std::string date(WallTime time) { return formatted(time, "%F %T"); }

std::string message_line(const wire::Message& message) {
  return clock(message.time) + ' ' + message.from + ": " + plain(message.text) + '\n';
}

std::string history_line(const wire::Entry& entry) {
  if (auto* message = std::get_if<wire::Message>(&entry.kind)) {
    return '#' + std::to_string(message->seq) + ' ' + date(message->time) + ' ' + message->from + ": " + plain(message->text) + '\n';
  }
  auto* unknown = std::get_if<wire::Unknown>(&entry.kind);
  return '#' + std::to_string(unknown ? unknown->seq : 0) + " (something that this program cannot show)\n";
}

std::string summary_line(const wire::ConversationSummary& summary) {
  std::string out = summary.with.empty() ? summary.conversation : summary.with;
  if (summary.unread != 0) out += " (" + std::to_string(summary.unread) + " unread)";
  auto* last = summary.last ? std::get_if<wire::Message>(&summary.last->kind) : nullptr;
  if (last) out += "  " + date(last->time) + ' ' + last->from + ": " + plain(last->text);
  return out + '\n';
}

std::string ack_line(const wire::Sent& sent) {
  std::string out = "✓ #" + std::to_string(sent.seq) + ' ' + clock(sent.time);
  for (const auto& presence : sent.presence) {
    if (presence.online) continue;
    out += ", " + presence.user + " is offline";
    if (presence.since.ms != 0) out += " since " + date(presence.since);
  }
  return out + '\n';
}

std::string ack_json(const OutgoingMessage& message, const wire::Sent& sent) {
  std::string out;
  wire::write_json(sent, out);
  out.pop_back();
  out += out.size() > 1 ? "," : "";
  return out + "\"clientId\":\"" + message.client_id.text() + "\"}\n";
}

std::string event_json(const wire::Message& message) { return named_json("message", message); }
std::string event_json(const wire::ReadMark& mark) { return named_json("read", mark); }

std::string event_json(std::string_view name, std::string_view text) {
  std::string out = "{\"" + std::string(name) + "\":\"";
  wire::append_escaped(text, out);
  return out + "\"}\n";
}

std::string sentence(const Failure& failure) {
  const CodeInfo& about = info(failure.code);
  std::string out = std::string(about.name) + ": " + std::string(about.title);
  if (!failure.detail.empty()) out += " (" + plain(failure.detail) + ')';
  return out;
}

}  // namespace kith::terminal
