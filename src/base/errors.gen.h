// base/errors.gen.h — The table of errors. Generated from base/errors.toml by tools/generate.py; do not edit.
// clang-format off
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kith {

enum class Code : std::uint16_t {
  ok,                      // Done.
  malformed,               // The frame is not a valid command.
  unknown_command,         // This server does not know the command.
  invalid_argument,        // A field of the command has a value that is not allowed.
  too_large,               // The frame or the text is larger than the limit.
  unauthenticated,         // The token is missing, expired, revoked or not valid here.
  forbidden,               // The user is not allowed to do this.
  auth_timeout,            // No auth command came in time.
  already_authenticated,   // The connection is authenticated already.
  not_authenticated,       // The first command must be auth.
  revoked,                 // This device was logged out.
  replaced,                // The same device connected again; this connection ends.
  not_found,               // There is no such thing for this user.
  too_late,                // The time in which this could be changed is over.
  unknown_user,            // There is no such user.
  self_conversation,       // A direct conversation needs another user.
  deleted,                 // The message was deleted.
  limit_reached,           // There is a limit to how many of these there may be, and it is reached.
  refused,                 // Nothing passes between the two users: one blocked the other, takes only what contacts send, or is deactivated.
  id_reused,               // This clientId was used for a message with another text.
  name_taken,              // The user id is taken.
  signup_closed,           // Sign-up is closed on this server.
  wrong_password,          // User or password is wrong.
  rate_limited,            // Too many commands; the bucket refills.
  busy,                    // Too much is waiting at this place; nothing was done.
  storage_full,            // The disk is nearly full: no new messages; reading goes on.
  outcome_unknown,         // It is not known whether this was done; repeat the same command.
  unavailable,             // The server cannot do this now.
  too_many_connections,    // The server, or this address, has too many connections.
  going_away,              // The server is stopping; reconnect after the given time.
  too_slow,                // The connection accepted no byte for 60 seconds; reconnect.
  silent,                  // Nothing came from the connection, not even an answer to a ping.
  method_not_allowed,      // The path does not know this method.
  origin_refused,          // Pages of this origin may not connect.
  internal,                // The server made a mistake.
};

// What the one who asked should do.
enum class Outcome : std::uint8_t {
  fail,     // Not done, and never will be.
  retry,    // Not done: repeat later.
  unknown,  // May have been done: repeat the same.
  stop,     // Do not repeat, do not reconnect.
};

struct CodeInfo {
  std::string_view name;
  std::string_view title;
  std::uint16_t status;  // Of the HTTP answer.
  Outcome outcome;
  std::uint16_t close;  // WebSocket close code; 0: does not end a connection.
};

inline constexpr std::array<CodeInfo, 35> kCodes = {{
    {"ok", "Done.", 200, Outcome::fail, 1000},
    {"malformed", "The frame is not a valid command.", 400, Outcome::fail, 4500},
    {"unknown_command", "This server does not know the command.", 404, Outcome::fail, 0},
    {"invalid_argument", "A field of the command has a value that is not allowed.", 422, Outcome::fail, 0},
    {"too_large", "The frame or the text is larger than the limit.", 413, Outcome::fail, 4501},
    {"unauthenticated", "The token is missing, expired, revoked or not valid here.", 401, Outcome::stop, 4502},
    {"forbidden", "The user is not allowed to do this.", 403, Outcome::fail, 0},
    {"auth_timeout", "No auth command came in time.", 408, Outcome::retry, 4000},
    {"already_authenticated", "The connection is authenticated already.", 409, Outcome::fail, 0},
    {"not_authenticated", "The first command must be auth.", 401, Outcome::fail, 0},
    {"revoked", "This device was logged out.", 401, Outcome::stop, 4503},
    {"replaced", "The same device connected again; this connection ends.", 409, Outcome::stop, 4504},
    {"not_found", "There is no such thing for this user.", 404, Outcome::fail, 0},
    {"too_late", "The time in which this could be changed is over.", 409, Outcome::fail, 0},
    {"unknown_user", "There is no such user.", 404, Outcome::fail, 0},
    {"self_conversation", "A direct conversation needs another user.", 422, Outcome::fail, 0},
    {"deleted", "The message was deleted.", 410, Outcome::fail, 0},
    {"limit_reached", "There is a limit to how many of these there may be, and it is reached.", 422, Outcome::fail, 0},
    {"refused", "Nothing passes between the two users: one blocked the other, takes only what contacts send, or is deactivated.", 403, Outcome::fail, 0},
    {"id_reused", "This clientId was used for a message with another text.", 409, Outcome::fail, 0},
    {"name_taken", "The user id is taken.", 409, Outcome::fail, 0},
    {"signup_closed", "Sign-up is closed on this server.", 403, Outcome::fail, 0},
    {"wrong_password", "User or password is wrong.", 401, Outcome::fail, 0},
    {"rate_limited", "Too many commands; the bucket refills.", 429, Outcome::retry, 4007},
    {"busy", "Too much is waiting at this place; nothing was done.", 503, Outcome::retry, 0},
    {"storage_full", "The disk is nearly full: no new messages; reading goes on.", 507, Outcome::retry, 0},
    {"outcome_unknown", "It is not known whether this was done; repeat the same command.", 504, Outcome::unknown, 0},
    {"unavailable", "The server cannot do this now.", 503, Outcome::retry, 4006},
    {"too_many_connections", "The server, or this address, has too many connections.", 503, Outcome::retry, 0},
    {"going_away", "The server is stopping; reconnect after the given time.", 503, Outcome::retry, 4002},
    {"too_slow", "The connection accepted no byte for 60 seconds; reconnect.", 408, Outcome::retry, 4003},
    {"silent", "Nothing came from the connection, not even an answer to a ping.", 408, Outcome::retry, 4004},
    {"method_not_allowed", "The path does not know this method.", 405, Outcome::fail, 0},
    {"origin_refused", "Pages of this origin may not connect.", 403, Outcome::stop, 0},
    {"internal", "The server made a mistake.", 500, Outcome::unknown, 4005},
}};

constexpr const CodeInfo& info(Code code) { return kCodes[static_cast<std::size_t>(code)]; }

constexpr std::optional<Code> code_by_name(std::string_view name) {
  for (std::size_t i = 0; i < kCodes.size(); ++i) {
    if (kCodes[i].name == name) return static_cast<Code>(i);
  }
  return std::nullopt;
}

// The code that ended a connection; nothing for a close code of somebody else.
constexpr std::optional<Code> code_by_close(std::uint16_t close) {
  for (std::size_t i = 0; close != 0 && i < kCodes.size(); ++i) {
    if (kCodes[i].close == close) return static_cast<Code>(i);
  }
  return std::nullopt;
}

// The name that errors carry as `outcome`.
constexpr std::string_view outcome_name(Outcome outcome) {
  constexpr std::array<std::string_view, 4> kNames = {"fail", "retry", "unknown", "stop"};
  return kNames[static_cast<std::size_t>(outcome)];
}

}  // namespace kith
