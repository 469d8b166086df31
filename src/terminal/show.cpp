#include "terminal/show.h"

#include <algorithm>
#include <ctime>
#include <initializer_list>

#include "client/device.h"
#include "wire/json_writer.h"

namespace kith::terminal {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// "; send: guest, add: …"
std::string permitted(const std::optional<wire::Permissions>& permissions) {
  if (!permissions) return {};
  std::string out;
  const auto add = [&out](const char* act, const std::string& role) {
    if (!role.empty()) out += std::string(out.empty() ? "; " : ", ") + act + ": " + plain(role);
  };
  add("send", permissions->send);
  add("add", permissions->add);
  add("remove", permissions->remove);
  add("rename", permissions->edit);
  add("delete", permissions->moderate);
  return out;
}

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

std::string number_of(std::uint64_t seq) { return '#' + std::to_string(seq); }

// What a message says, in a line.
std::string said(const wire::Message& message) {
  if (message.deleted != 0) return "(deleted)";
  std::string out;
  const auto add = [&out](std::string piece) { out += (out.empty() ? "" : " ") + std::move(piece); };
  if (message.reply_to != 0) add("(to " + number_of(message.reply_to) + ")");
  if (!message.text.empty()) add(plain(message.text));
  std::string meant;
  for (const auto& user : message.mentions) {
    if (message.text.find('@' + user) == message.text.npos) meant += (meant.empty() ? "" : ", ") + user;
  }
  if (!meant.empty()) add("(mentions " + meant + ')');
  for (const auto& file : message.attachments) add('<' + plain(file.name.empty() ? file.url : file.name + ' ' + file.url) + '>');
  if (!message.kind.empty()) add('[' + plain(message.kind) + ']');
  if (!message.edits.empty()) add("(edited)");
  for (const auto& reaction : message.reactions) {
    std::string users;
    for (std::size_t i = 0; i < std::min<std::size_t>(reaction.users.size(), 3); ++i) users += ' ' + reaction.users[i];
    if (reaction.users.size() > 3) users += " +" + std::to_string(reaction.users.size() - 3);
    add('[' + plain(reaction.emoji) + users + ']');
  }
  return out;
}

std::string happened(const wire::Message& message) { return message.from + ": " + said(message); }
std::string happened(const wire::Edited& edited) {
  return edited.from + " edited " + number_of(edited.target) + (edited.text.empty() ? "" : ": " + plain(edited.text));
}
std::string happened(const wire::Deleted& deleted) { return deleted.from + " deleted " + number_of(deleted.target); }
std::string happened(const wire::Reacted& reacted) {
  const std::string emoji = plain(reacted.emoji);
  return reacted.from + (reacted.removed ? " took " + emoji + " back from " : " put " + emoji + " to ") + number_of(reacted.target);
}
std::string happened(const wire::GroupChange& change) {
  std::string users;
  for (const auto& user : change.users) {
    if (user != change.from) users += (users.empty() ? "" : ", ") + user;
  }
  if (change.what == "created") return change.from + " made the group " + plain(change.title) + (users.empty() ? "" : " with " + users);
  if (change.what == "changed") return change.from + " changed the group: " + plain(change.title) + permitted(change.permissions);
  if (change.what == "added") return change.from + " added " + users;
  const std::string heir = change.heir.empty() ? "" : "; " + change.heir + " owns the group now";
  if (change.what == "removed") return change.from + " removed " + users + heir;
  if (change.what == "joined") return change.from + " came by a link";
  if (change.what == "left") return change.from + " left" + heir;
  if (change.what == "role") return change.from + " made " + (users.empty() ? "themselves" : users) + ' ' + plain(change.role);
  return change.from + " changed the group";
}
std::string happened(const wire::Unknown&) { return "(something that this program cannot show)"; }

WallTime time_of(const wire::Entry& entry) {
  return std::visit(
      [](const auto& body) {
        if constexpr (requires { body.time; }) return body.time;
        return WallTime{};
      },
      entry.kind);
}

std::string happened(const wire::Entry& entry) {
  return std::visit(
      [](const auto& body) {
        if constexpr (requires { body.seq; }) return happened(body);
        return happened(wire::Unknown{});
      },
      entry.kind);
}

// Pieces that may be empty, with spaces between.
std::string line_of(std::initializer_list<std::string> pieces) {
  std::string out;
  for (const auto& piece : pieces) {
    if (!piece.empty()) out += (out.empty() ? "" : " ") + piece;
  }
  return out + '\n';
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

std::string entry_line(const wire::Entry& entry) { return line_of({clock(time_of(entry)), number_of(seq_of(entry)), happened(entry)}); }

std::string history_line(const wire::Entry& entry) { return line_of({number_of(seq_of(entry)), date(time_of(entry)), happened(entry)}); }

std::string summary_line(const wire::ConversationSummary& summary, WallTime now) {
  std::string out = !summary.with.empty() ? summary.with : summary.title.empty() ? summary.conversation : plain(summary.title);
  std::string marks;
  const auto add = [&marks](const std::string& mark) { marks += (marks.empty() ? "" : ", ") + mark; };
  if (summary.with.empty()) add(summary.title.empty() ? "group that you left" : "group");
  if (summary.request) add("request");
  if (summary.mentioned != 0) add("you are mentioned in " + number_of(summary.mentioned));
  if (summary.unread != 0) add(std::to_string(summary.unread) + " unread");
  const wire::Settings settings = summary.settings.value_or(wire::Settings{});
  if (settings.pinned) add("pinned");
  if (settings.archived) add("archived");
  constexpr std::int64_t kYears = 100LL * 365 * 86'400'000;  // Nobody waits for the end of such a time.
  if (settings.muted_until > now) add(settings.muted_until.ms - now.ms > kYears ? "muted" : "muted until " + date(settings.muted_until));
  if (!marks.empty()) out += " (" + marks + ')';
  auto* last = summary.last ? std::get_if<wire::Message>(&summary.last->kind) : nullptr;
  if (last) out += "  " + date(last->time) + ' ' + happened(*last);
  return out + '\n';
}

std::string presence_words(const wire::Presence& presence) {
  std::string out = presence.user + (presence.online ? " is online" : " is offline");
  if (!presence.status.empty()) out += " (" + plain(presence.status) + ')';
  if (!presence.online && presence.since.ms != 0) out += " since " + date(presence.since);
  return out;
}

std::string ack_line(const wire::Sent& sent) {
  std::string out = "✓ #" + std::to_string(sent.seq) + ' ' + clock(sent.time);
  for (const auto& presence : sent.presence) {
    if (!presence.online || !presence.status.empty()) out += ", " + presence_words(presence);
  }
  return out + '\n';
}

std::string marks_line(const wire::Marks& marks) {
  std::string out = marks.user + ": " + (marks.delivered == 0 ? "nothing delivered" : number_of(marks.delivered) + " delivered");
  return out + (marks.read == 0 ? "" : ", " + number_of(marks.read) + " read") + '\n';
}

std::string presence_line(const wire::Presence& presence) { return presence_words(presence) + '\n'; }

std::string changed_line(const wire::Changed& changed) {
  if (changed.seq == 0) return "✓ there was nothing to change\n";
  return line_of({"✓", number_of(changed.seq), clock(changed.time)});
}

std::string group_lines(const wire::Group& group) {
  const std::string role = group.role.empty() ? "; you are none of them" : "; you: " + plain(group.role);
  return plain(group.title) + '\n' + group.conversation + '\n' + std::to_string(group.members) + " members" + role +
         permitted(group.permissions) + '\n';
}

std::string member_names(const wire::Members& members) {
  std::string out;
  for (const auto& member : members.items) {
    out += (out.empty() ? "" : ", ") + member.user + (member.role == "member" ? "" : " (" + plain(member.role) + ")");
  }
  return out + (members.next.empty() ? "" : " …") + '\n';
}

std::string content_line(const Content& content) {
  wire::Message message;
  message.text = content.text;
  message.reply_to = content.reply_to;
  message.mentions = content.mentions;
  message.attachments = content.attachments;
  message.kind = content.kind;
  return said(message);
}

std::string ack_json(const OutgoingMessage& message, const wire::Sent& sent) {
  std::string out;
  wire::write_json(sent, out);
  out.pop_back();
  out += out.size() > 1 ? "," : "";
  return out + "\"clientId\":\"" + message.client_id.text() + "\"}\n";
}

std::string event_json(const wire::Entry& entry) { return json_line(entry); }
std::string event_json(const wire::ReadMark& mark) { return named_json("read", mark); }
std::string event_json(const wire::ClearMark& mark) { return named_json("cleared", mark); }
std::string event_json(const wire::Hidden& mark) { return named_json("hidden", mark); }
std::string event_json(const wire::Settings& settings) { return named_json("settings", settings); }
std::string event_json(const wire::Contact& contact) { return named_json("contact", contact); }

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
