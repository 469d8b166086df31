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
    {"for-me", "", "Only for yourself, on all of your devices; nobody else sees a difference."},
    {"remove", "", "Takes your reaction back."},
    {"hours", "N", "Good for so many hours; default 168, a week."},
    {"uses", "N", "Good for so many users."},
    {"approval", "", "Who comes by it waits until somebody who may add members adds them."},
    {"messages", "", "With everything that they sent, for everyone."},
    {"keep-sessions", "", "Those who are logged in stay so."},
    {"after", "USER", "Only those behind USER."},
    {"wait", "SECONDS", "How long to try before giving up; default 15."},
};

constexpr Command kCommands[] = {
    {"signup", "USER", "password-file", "Makes an account and logs in.", sign_up},
    {"login", "USER", "password-file", "Logs in, as a new device or again as the one that is remembered.", log_in},
    {"chat", "CONV", "wait", "Talks: lines that you type are sent, lines that arrive are shown. /help there lists what else it does.",
     chat},
    {"send", "CONV TEXT…", "json wait",
     "Sends one message; ends with 0 only once it is durable. What cannot be sent is kept for the next time.", send},
    {"edit", "CONV SEQ TEXT…", "json wait", "Gives your message SEQ another text.", edit},
    {"delete", "CONV SEQ", "for-me json wait", "Deletes message SEQ for everyone; --for-me takes it out of your own view.", erase},
    {"react", "CONV SEQ EMOJI", "remove json wait", "Puts your reaction to message SEQ, or takes it back.", react},
    {"list", "", "json limit wait", "Shows your conversations and groups, the newest first.", list},
    {"history", "CONV", "json before limit wait", "Shows what was said, with its numbers.", history},
    {"watch", "", "count for", "Prints everything that happens as JSON, one object a line.", watch},
    {"read", "CONV", "wait", "Marks everything as read.", read},
    {"clear", "CONV", "before wait", "Takes everything so far, or before number N, out of your own view, for good.", clear},
    {"mute", "CONV [HOURS]", "wait", "No notifications, for so many hours or until you unmute.", mute},
    {"unmute", "CONV", "wait", "Takes that back.", unmute},
    {"pin", "CONV", "wait", "Marks it as one to stand on top.", pin},
    {"unpin", "CONV", "wait", "Takes that back.", unpin},
    {"archive", "CONV", "wait", "Marks it as put away.", archive},
    {"unarchive", "CONV", "wait", "Takes that back.", unarchive},
    {"block", "USER", "wait", "Blocks USER: no messages either way.", block},
    {"unblock", "USER", "wait", "Takes that back.", unblock},
    {"contact add", "USER", "wait", "Asks USER to be a contact, or accepts their asking.", add_contact},
    {"contact remove", "USER", "wait", "Ends it, takes your asking back, or declines theirs.", remove_contact},
    {"contact list", "", "json limit wait", "Shows your contacts, who asked, and whom you block.", list_contacts},
    {"prefs", "[WHAT] [VALUE]", "json wait", "Shows what others may see and do, or changes it.", prefer},
    {"who", "[USER…]", "json wait", "Shows who of your contacts, or of these users, is online, and since when the others are not.", who},
    {"group create", "TITLE [USER…]", "json wait", "Makes a group of you and these users.", create_group},
    {"group info", "GROUP", "json wait", "Shows its title, your role and who may do what.", show_group},
    {"group members", "GROUP", "json limit wait", "Shows who is in it.", list_members},
    {"group add", "GROUP USER…", "json wait", "Adds users.", add_members},
    {"group remove", "GROUP USER", "json wait", "Removes a member, who keeps what they saw before.", remove_member},
    {"group leave", "GROUP", "json wait", "Leaves it.", leave_group},
    {"group role", "GROUP USER ROLE", "json wait", "Gives a member another role.", set_role},
    {"group rename", "GROUP TITLE…", "json wait", "Gives it another title.", rename_group},
    {"group permit", "GROUP ACT ROLE", "json wait", "Sets the lowest role that may do ACT.", permit},
    {"group invite", "GROUP", "hours uses approval json wait", "Makes a link into it, and prints its code.", create_invite},
    {"group invites", "GROUP", "json wait", "Shows its links that are good, and who waits.", list_invites},
    {"group revoke", "GROUP CODE", "wait", "Ends a link.", revoke_invite},
    {"group refuse", "GROUP USER", "wait", "Turns away somebody who waits.", refuse_join},
    {"join", "CODE", "json wait", "Comes into a group by a link.", join_group},
    {"devices", "", "json", "Shows your devices.", list_devices},
    {"logout", "", "", "Ends this device's session, or with --device that of another one.", log_out},
    {"users add", "USER", "admin-token-file password-file", "Administrator: makes an account; without a password only tokens let it in.",
     add_user},
    {"users show", "USER", "admin-token-file json", "Administrator: shows an account and its devices.", show_user},
    {"users revoke", "USER", "admin-token-file", "Administrator: ends all sessions of an account.", revoke_user},
    {"users password", "USER", "admin-token-file password-file keep-sessions",
     "Administrator: gives an account another password, and ends all of its sessions.", set_password},
    {"users list", "", "admin-token-file json limit after", "Administrator: lists all users.", list_users},
    {"users deactivate", "USER", "admin-token-file",
     "Administrator: ends all sessions, and lets nobody in as USER until they are reactivated.", deactivate_user},
    {"users reactivate", "USER", "admin-token-file", "Administrator: takes that back.", reactivate_user},
    {"users erase", "USER", "admin-token-file messages", "Administrator: erases everything about USER for good but the id.", erase_user},
    {"users export", "USER", "admin-token-file", "Administrator: prints all that concerns USER as JSON, one object a line.", export_user},
    {"say", "USER TEXT…", "admin-token-file", "Administrator: sends USER a message of the system.", say},
    {"audit", "", "admin-token-file json limit before", "Administrator: shows what was done over the server-side API.", show_audit},
    {"tokens add", "USER DEVICE", "admin-token-file", "Administrator: prints a new token of a device.", add_token},
    {"verify", "DATADIR", "", "Administrator: checks every log of a data directory whose server is stopped.", verify},
    {"help", "[COMMAND…]", "", "Explains a command.", show_help},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }
std::span<const Option> options() { return kOptions; }

}  // namespace kith::terminal
