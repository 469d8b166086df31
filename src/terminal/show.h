// terminal/show.h — How things are told to people and to scripts. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "client/storage.h"
#include "wire/wire.gen.h"

namespace kith::terminal {

// What others wrote, made harmless for a terminal: control characters (escape sequences among them) become U+FFFD, lines are indented.
std::string plain(std::string_view text);

std::string clock(WallTime time);  // 12:03:05, local; "" for an absent one.
std::string date(WallTime time);   // 2026-01-31 12:03:05, local.

std::string entry_line(const wire::Entry& entry);    // 12:03:05 #42 bob: hi
std::string history_line(const wire::Entry& entry);  // #42 2026-01-31 12:03:05 bob: hi
// Team (group, 2 unread, pinned)  2026-01-31 12:03:05 bob: hi
std::string summary_line(const wire::ConversationSummary& summary, WallTime now);
std::string ack_line(const wire::Sent& sent);                // ✓ #42 12:03:05, bob is offline since …
std::string marks_line(const wire::Marks& marks);            // bob: #42 delivered, #40 read
std::string presence_words(const wire::Presence& presence);  // bob is online (idle)
std::string presence_line(const wire::Presence& presence);   // The same as a line.
std::string changed_line(const wire::Changed& changed);      // ✓ #43 12:03:05
std::string group_lines(const wire::Group& group);           // Title, id, members, permissions.
std::string member_names(const wire::Members& members);      // alice (owner), bob
std::string content_line(const Content& content);            // (to #40) hi <b.png https://a/b.png> [poll]
std::string ack_json(const OutgoingMessage& message, const wire::Sent& sent);

template <class T>
std::string json_line(const T& object) {
  std::string out;
  wire::write_json(object, out);
  return out + '\n';
}

// {"message":{…}}, {"read":{…}} … and a newline: what `watch` prints.
std::string event_json(const wire::Entry& entry);
std::string event_json(const wire::ReadMark& mark);
std::string event_json(const wire::ClearMark& mark);
std::string event_json(const wire::Hidden& mark);
std::string event_json(const wire::Settings& settings);
std::string event_json(const wire::Contact& contact);
std::string event_json(std::string_view name, std::string_view text);

// "wrong_password: User or password is wrong. (detail)"
std::string sentence(const Failure& failure);

}  // namespace kith::terminal
