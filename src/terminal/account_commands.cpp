// Accounts, devices and tokens: everything that goes over HTTP.
#include <simdjson.h>

#include <cstdio>

#include "auth/json.h"
#include "terminal/administrator.h"
#include "terminal/context.h"
#include "terminal/show.h"

namespace kith::terminal {

namespace {

int enter(Context& context, const char* path, bool new_account) {
  auto user = UserId::parse(context.argument(0));
  if (!user) return tell(not_an_id(context.argument(0), "user"));
  std::optional<DeviceId> device;
  if (context.line.has("device")) {
    device = DeviceId::parse(context.line.get("device"));
    if (!device) return tell(not_an_id(context.line.get("device"), "device"));
  } else {
    device = context.profile().only_device(*user);  // The same device again: its position and its unsent messages stay with it.
  }
  auto server = context.server();
  if (!server) return tell(server.error());
  auto password = context.password(new_account);
  if (!password) return tell(password.error());
  auto called = call(*server, "POST", path, {},
                     object({{"user", user->text()}, {"password", password->reveal()}, {"device", device ? device->text() : ""}}));
  if (called.status != kFine) return called.status;
  constexpr std::string_view kNames[] = {"user", "device", "token"};
  auto fields = read_string_fields(called.body, kNames);
  auto given = fields && (*fields)[1] ? DeviceId::parse((*fields)[1]->reveal()) : std::nullopt;
  if (!given || !(*fields)[2]) return tell({Code::internal, "the server's answer has no token"});
  auto kept = context.profile().keep(*user, *given, *(*fields)[2], server->url(), server->authorities);
  if (!kept) return tell(kept.error());
  print(user->text() + " is logged in, as device " + given->text() + '\n');
  return kFine;
}

std::string device_lines(const simdjson::dom::element& answer) {
  simdjson::dom::array devices;
  if (answer["devices"].get(devices) != simdjson::SUCCESS) return {};
  std::string out;
  for (const simdjson::dom::element device : devices) {
    out += text_of(device, "device") + "  last seen " + text_of(device, "lastSeen") + ", by " + text_of(device, "by");
    out += flag_of(device, "current") ? "  (this one)\n" : "\n";
  }
  return out;
}

std::string account_lines(const simdjson::dom::element& answer) {
  std::string out = text_of(answer, "user") + "  created " + text_of(answer, "created") + ", " + text_of(answer, "origin");
  out += flag_of(answer, "hasPassword") ? ", with a password" : ", without a password";
  out += flag_of(answer, "deactivated") ? ", deactivated or erased\n" : "\n";
  return out + device_lines(answer);
}

}  // namespace

int sign_up(Context& context) { return enter(context, "/v1/auth/signup", true); }
int log_in(Context& context) { return enter(context, "/v1/auth/login", false); }

int list_devices(Context& context) {
  auto account = context.account();
  if (!account) return tell(account.error());
  auto server = context.server(*account);
  if (!server) return tell(server.error());
  auto called = call(*server, "GET", "/v1/auth/devices", account->token, "");
  if (called.status != kFine) return called.status;
  return show_answer(context, called.body, device_lines);
}

// A device that is remembered here ends itself; another one is ended by the one that is.
int log_out(Context& context) {
  auto account = context.account();
  std::string other;
  if (!account && account.error().code == Code::not_found && context.line.has("device")) {
    other = context.line.get("device");
    context.line.options.erase("device");
    account = context.account();
  }
  if (!account) return tell(account.error());
  auto server = context.server(*account);
  if (!server) return tell(server.error());
  if (!other.empty()) return call(*server, "DELETE", "/v1/auth/devices/" + percent_encoded(other), account->token, "").status;
  {
    // Whoever waits in the outbox would be lost with it.
    FileStorage storage(account->directory);
    auto state = storage.load();
    if (!state) return tell(state.error());
    if (!state->outbox.empty()) {
      return tell({Code::forbidden, std::to_string(state->outbox.size()) +
                                        " messages were not sent yet: kith chat or kith send sends them; or remove " + account->directory});
    }
  }
  auto answer = http_call(*server, {"POST", "/v1/auth/logout", std::string(account->token.reveal()), ""});
  if (!answer) return tell_unreachable(answer.error().detail);
  // Refused: this session had ended before.
  if (answer->status >= 300 && answer->status != 401) return tell({Code::internal, "HTTP status " + std::to_string(answer->status)});
  auto forgotten = context.profile().forget(*account);
  if (!forgotten) return tell(forgotten.error());
  print(account->user.text() + " is logged out\n");
  return kFine;
}

int add_user(Context& context) {
  auto user = UserId::parse(context.argument(0));
  if (!user) return tell(not_an_id(context.argument(0), "user"));
  auto as = administrator(context);
  if (!as) return tell(as.error());
  Secret password;
  if (context.line.has("password-file") || !context.environment("KITH_PASSWORD").empty()) {
    auto given = context.password(true);
    if (!given) return tell(given.error());
    password = std::move(*given);
  }
  auto called = call(as->server, "POST", "/v1/auth/users", as->token, object({{"user", user->text()}, {"password", password.reveal()}}));
  if (called.status == kFine) print(user->text() + (password.empty() ? " was made, without a password\n" : " was made\n"));
  return called.status;
}

int show_user(Context& context) {
  auto called = call_about_user(context, "GET", "/v1/auth/users/", "", "");
  return called.status == kFine ? show_answer(context, called.body, account_lines) : called.status;
}

int revoke_user(Context& context) {
  auto called = call_about_user(context, "POST", "/v1/auth/users/", "/revoke", "");
  if (called.status == kFine) print("all sessions of " + context.argument(0) + " were ended\n");
  return called.status;
}

int add_token(Context& context) {
  auto device = DeviceId::parse(context.argument(1));
  if (!device) return tell(not_an_id(context.argument(1), "device"));
  auto called = call_about_user(context, "POST", "/v1/auth/users/", "/tokens", object({{"device", device->text()}}));
  if (called.status != kFine) return called.status;
  constexpr std::string_view kNames[] = {"token"};
  auto fields = read_string_fields(called.body, kNames);
  if (!fields || !(*fields)[0]) return tell({Code::internal, "the server's answer has no token"});
  print(std::string((*fields)[0]->reveal()) + '\n');
  return kFine;
}

}  // namespace kith::terminal
