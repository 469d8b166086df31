#include "terminal/table.h"

#include "terminal/context.h"

namespace kith::terminal {

namespace {

constexpr Option kOptions[] = {
    {"server", "URL", "The server; KITH_SERVER, where you logged in, or http://127.0.0.1:8080."},
    {"ca", "FILE", "Who may vouch for an https server, in PEM; KITH_CA, what you logged in with, or the system's."},
    {"profile", "DIR", "Where accounts are remembered; KITH_PROFILE, or ~/.config/kith."},
    {"user", "USER", "Who you are, when several users are logged in."},
    {"device", "NAME", "Which device you are, or, at login, are going to be."},
    {"help", "", "This text."},
    {"password-file", "FILE", "Take the password from the first line of FILE; else KITH_PASSWORD, else you are asked."},
    {"admin-token-file", "FILE", "The administrator's token; default data/admin.token."},
    {"json", "", "One JSON object a line, for scripts."},
    {"before", "N", "Only what is older than number N."},
    {"limit", "N", "At most so many."},
    {"count", "N", "End after N messages."},
    {"for", "SECONDS", "End after so many seconds."},
    {"wait", "SECONDS", "How long to try before giving up; default 15."},
};

constexpr Command kCommands[] = {
    {"signup", "USER", "password-file", "Makes an account and logs in.", sign_up},
    {"login", "USER", "password-file", "Logs in, as a new device or again as the one that is remembered.", log_in},
    {"chat", "USER", "wait", "Talks with USER: lines that you type are sent, lines that arrive are shown.", chat},
    {"send", "USER TEXT…", "json wait",
     "Sends one message; ends with 0 only once it is durable. What cannot be sent is kept for the next time.", send},
    {"list", "", "json limit wait", "Shows your conversations, the newest first.", list},
    {"history", "USER|CONVERSATION", "json before limit wait", "Shows the messages of a conversation.", history},
    {"watch", "", "count for", "Prints everything that happens as JSON, one object a line.", watch},
    {"read", "USER", "wait", "Marks the conversation with USER as read.", read},
    {"block", "USER", "wait", "Blocks USER: no messages either way.", block},
    {"unblock", "USER", "wait", "Takes that back.", unblock},
    {"devices", "", "json", "Shows your devices.", list_devices},
    {"logout", "", "", "Ends this device's session, or with --device that of another one.", log_out},
    {"users add", "USER", "admin-token-file password-file", "Administrator: makes an account; without a password only tokens let it in.",
     add_user},
    {"users show", "USER", "admin-token-file json", "Administrator: shows an account and its devices.", show_user},
    {"users revoke", "USER", "admin-token-file", "Administrator: ends all sessions of an account.", revoke_user},
    {"tokens add", "USER DEVICE", "admin-token-file", "Administrator: prints a new token of a device.", add_token},
    {"verify", "DATADIR", "", "Administrator: checks every log of a data directory whose server is stopped.", verify},
    {"help", "[COMMAND…]", "", "Explains a command.", show_help},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }
std::span<const Option> options() { return kOptions; }

}  // namespace kith::terminal
