// terminal/context.h — What a running command has in its hands. One command, one process: everything here may block.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "auth/secret.h"
#include "client/address.h"
#include "client/http.h"
#include "terminal/profile.h"
#include "terminal/table.h"

namespace kith::terminal {

struct Context {
  CommandLine line;
  std::function<std::string(const char*)> environment;  // "" when not set.

  const std::string& argument(std::size_t i) const { return line.arguments[i]; }
  Profile profile() const;
  // --server, KITH_SERVER, where the account logged in, or the default; with --ca, KITH_CA, or what the account logged in with.
  Result<ServerAddress> server(const Account& account = {}) const;
  Result<Account> account() const;
  Result<Secret> password(bool twice) const;
};

// Tell people what happened, on stderr, and return the exit status that belongs to it.
int tell(const Failure& failure);
int tell_unreachable(const std::string& why);
int tell_usage(std::string_view sentence);
void print(std::string_view text);  // To stdout, at once.

// A call under /v1/auth or /v1/admin that must succeed: its body, or the status to end with (the reason was told).
struct Called {
  int status = kFine;
  std::string body;
};
Called call(const ServerAddress& server, std::string method, std::string path, const Secret& bearer, std::string body);

// The commands.
int sign_up(Context&);
int log_in(Context&);
int log_out(Context&);
int list_devices(Context&);
int add_user(Context&);
int show_user(Context&);
int revoke_user(Context&);
int set_password(Context&);
int add_token(Context&);
int list_users(Context&);
int deactivate_user(Context&);
int reactivate_user(Context&);
int erase_user(Context&);
int export_user(Context&);
int say(Context&);
int show_audit(Context&);
int chat(Context&);
int send(Context&);
int list(Context&);
int history(Context&);
int watch(Context&);
int look(Context&);
int type(Context&);
int read(Context&);
int block(Context&);
int unblock(Context&);
int who(Context&);
int edit(Context&);
int erase(Context&);
int react(Context&);
int clear(Context&);
int mute(Context&);
int unmute(Context&);
int pin(Context&);
int unpin(Context&);
int archive(Context&);
int unarchive(Context&);
int create_group(Context&);
int add_members(Context&);
int remove_member(Context&);
int leave_group(Context&);
int set_role(Context&);
int rename_group(Context&);
int permit(Context&);
int show_group(Context&);
int list_members(Context&);
int add_contact(Context&);
int remove_contact(Context&);
int list_contacts(Context&);
int prefer(Context&);
int create_invite(Context&);
int list_invites(Context&);
int revoke_invite(Context&);
int refuse_join(Context&);
int join_group(Context&);
int verify(Context&);
int show_help(Context&);

}  // namespace kith::terminal
