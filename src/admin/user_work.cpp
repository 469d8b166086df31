// Users, their tokens and devices.
#include <algorithm>
#include <utility>

#include "admin/perform.h"
#include "admin/work.h"
#include "auth/json.h"
#include "auth/user_list.h"
#include "session/directory.h"
#include "store/retry.h"

namespace kith {

namespace {

constexpr std::uint64_t kListDefault = 100, kListMax = 200;  // Accounts of a page are one read of the store (kReadRowsMax).
constexpr std::uint64_t kTokenSecondsDefault = 3600, kTokenSecondsMax = 30 * 24 * 3600;
constexpr Duration kEraseWithin = 8s;

std::string_view state_of(bool deactivated, Erasure erasure) {
  if (erasure == Erasure::done) return "erased";
  if (erasure != Erasure::none) return "erasing";
  return deactivated ? "deactivated" : "active";
}

void member(std::string& out, std::string_view name, std::string_view text) {
  if (out.back() != '{') out += ',';
  out += json_of(name) + ':' + json_of(text);
}

RestResponse told(int status, const UserId& user, std::string_view state) {
  std::string out = "{";
  member(out, "user", user.text());
  member(out, "state", state);
  return answered(status, out + '}');
}

// ---- one user

Task<RestResponse> provide(AdminPlace& at, UserId user, std::optional<Secret> password) {
  auto made = co_await at.accounts.provide(user, std::move(password));
  if (!made) co_return rest_problem(made.error());
  auto response = told(*made ? 201 : 200, user, "active");
  if (*made) response.headers.emplace_back("Location", "/v1/admin/users/" + uri_encoded(user.text()));
  co_return response;
}

Task<RestResponse> show(AdminPlace& at, UserId user) {
  auto account = co_await at.accounts.account(user);
  if (!account) co_return rest_problem(account.error());
  std::string out = "{";
  member(out, "user", user.text());
  member(out, "state", state_of(account->deactivated, account->erasure));
  if (account->erasure == Erasure::done) co_return answered(200, out + '}');
  auto devices = co_await at.accounts.devices(user);
  if (!devices) co_return rest_problem(devices.error());
  auto presence = co_await at.place.presence_book.look(user, user);
  member(out, "created", time_text(account->created));
  member(out, "origin", name(account->origin));
  out += std::string(R"(,"hasPassword":)") + (account->has_password ? "true" : "false");
  out += std::string(R"(,"online":)") + (presence.online ? "true" : "false");
  if (presence.since) member(out, "lastSeen", time_text(*presence.since));
  out += R"(,"devices":[)";
  for (const DeviceInfo& device : *devices) {
    out += out.back() == '[' ? "{" : ",{";
    member(out, "device", device.device.text());
    member(out, "created", time_text(device.created));
    member(out, "lastSeen", time_text(device.last_seen));
    member(out, "by", device.kind == TokenKind::device ? "login" : "application");
    out += '}';
  }
  co_return answered(200, out + "]}");
}

Task<RestResponse> deactivate(AdminPlace& at, UserId user) {
  auto account = co_await at.accounts.account(user);
  if (!account) co_return rest_problem(account.error());
  if (account->erasure != Erasure::none) co_return told(200, user, state_of(true, account->erasure));
  auto done = co_await at.accounts.deactivate(user);
  if (!done) co_return rest_problem(done.error());
  auto all_know = at.router.set_closed(user, true);
  co_await all_know;
  co_return told(200, user, "deactivated");
}

Task<RestResponse> reactivate(AdminPlace& at, UserId user) {
  auto done = co_await at.accounts.reactivate(user);
  if (!done) co_return rest_problem(done.error());
  auto all_know = at.router.set_closed(user, false);
  co_await all_know;
  co_return told(200, user, "active");
}

Task<RestResponse> erase(AdminPlace& at, UserId user, bool wipe) {
  auto done = co_await at.erasures.erase(user, wipe, kEraseWithin);
  if (!done) co_return rest_problem(done.error());
  co_return *done ? told(200, user, "erased") : told(202, user, "erasing");
}

// ---- tokens

Task<RestResponse> device_token(AdminPlace& at, UserId user, std::optional<DeviceId> device) {
  auto session = co_await at.accounts.open_device(user, std::move(device));
  if (!session) co_return rest_problem(session.error());
  std::string out = "{";
  member(out, "user", user.text());
  member(out, "device", session->device.text());
  member(out, "token", session->token.reveal());
  co_return answered(201, out + '}');
}

Task<RestResponse> application_token(AdminPlace& at, UserId user, std::optional<DeviceId> device, Duration life) {
  auto receives = co_await at.accounts.receives(user);
  if (!receives) co_return rest_problem({Code::forbidden, "the user is deactivated"});
  if (!*receives) co_return rest_problem(Code::unknown_user);
  const WallTime now = at.place.loop.wall();
  auto token = at.tokens.mint(user, device, life, now);
  if (!token) co_return rest_problem(token.error());
  std::string out = "{";
  member(out, "user", user.text());
  if (device) member(out, "device", device->text());
  member(out, "expires", time_text({(now.ms / 1000 + life / 1s) * 1000}));
  member(out, "token", token->reveal());
  co_return answered(201, out + '}');
}

Task<RestResponse> end_devices(AdminPlace& at, UserId user, std::optional<DeviceId> device) {
  auto task = device ? at.accounts.revoke(user, *device) : at.accounts.revoke_all(user);
  auto ended = co_await task;
  if (!ended) co_return rest_problem(ended.error());
  co_return RestResponse{204, {}, {}};
}

Task<RestResponse> set_password(AdminPlace& at, UserId user, Secret password, bool revoke) {
  auto set = co_await at.accounts.set_password(user, std::move(password), revoke);
  if (!set) co_return rest_problem(set.error());
  co_return RestResponse{204, {}, {}};
}

// ---- the list

Task<RestResponse> list(AdminPlace& at, UserId after, std::uint32_t limit) {
  auto page = co_await list_users(at.place.store, std::move(after), limit);
  if (!page) co_return rest_problem(to_failure(page.error()));
  std::vector<RowKey> keys;
  for (const UserId& user : page->users) keys.push_back({RowTable::users, user.text(), std::string(kAccountKey)});
  StoreResult<std::vector<std::optional<std::string>>> accounts = std::vector<std::optional<std::string>>();
  if (!keys.empty()) accounts = co_await at.place.store.multi_get(std::move(keys));
  if (!accounts) co_return rest_problem(to_failure(accounts.error()));
  std::string out = R"({"users":[)";
  for (std::size_t i = 0; i < page->users.size(); ++i) {
    auto account = (*accounts)[i] ? decode_account(*(*accounts)[i]) : std::nullopt;
    if (!account) continue;
    out += out.back() == '[' ? "{" : ",{";
    member(out, "user", page->users[i].text());
    member(out, "state", state_of(account->deactivated, account->erasure));
    if (account->erasure != Erasure::done) {
      member(out, "created", time_text({account->created_ms}));
      member(out, "origin", name(account->origin));
    }
    out += '}';
  }
  out += ']';
  RestResponse response = answered(200, {});
  if (page->more && !page->users.empty()) {
    const std::string next = page->users.back().text();
    out += R"(,"next":)" + json_of(next);
    response.headers.emplace_back("Link", next_link("/v1/admin/users", "after", next, limit));
  }
  response.body = out + '}';
  co_return response;
}

}  // namespace

std::string json_of(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string next_link(const std::string& path, std::string_view name, const std::string& value, std::uint64_t limit) {
  return '<' + path + '?' + std::string(name) + '=' + uri_encoded(value) + (limit != 0 ? "&limit=" + std::to_string(limit) : "") +
         ">; rel=\"next\"";
}

Result<Job> list_users_job(Call& call) {
  auto limit = call.number("limit", kListDefault);
  if (!limit) return limit.error();
  UserId after;
  if (const std::string text = call.parameter("after"); !text.empty()) {
    auto user = UserId::parse(text);
    if (!user) return Failure{Code::invalid_argument, "after"};
    after = std::move(*user);
  }
  const auto most = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(*limit, 1, kListMax));
  return Job{{}, {}, [after = std::move(after), most](AdminPlace& at) { return list(at, after, most); }};
}

Result<Job> provide_user_job(Call& call) {
  auto user = call.user();
  if (!user) return user.error();
  auto password = call.body.text("password");
  if (!password) return password.error();
  std::optional<Secret> secret;
  if (*password) secret = Secret::from(std::move(**password));
  return Job{*user, user->text(), [user = *user, secret = std::move(secret)](AdminPlace& at) mutable {
               return provide(at, std::move(user), std::move(secret));
             }};
}

namespace {

Result<Job> about_user(Call& call, Task<RestResponse> (*work)(AdminPlace&, UserId)) {
  auto user = call.user();
  if (!user) return user.error();
  return Job{*user, user->text(), [user = *user, work](AdminPlace& at) { return work(at, user); }};
}

}  // namespace

Result<Job> show_user_job(Call& call) { return about_user(call, show); }
Result<Job> deactivate_job(Call& call) { return about_user(call, deactivate); }
Result<Job> reactivate_job(Call& call) { return about_user(call, reactivate); }

Result<Job> erase_job(Call& call) {
  auto user = call.user();
  if (!user) return user.error();
  const std::string messages = call.parameter("messages");
  if (!messages.empty() && messages != "keep" && messages != "erase") return Failure{Code::invalid_argument, "messages"};
  if (*user == call.options.system) return Failure{Code::forbidden, "the system user is needed"};
  return Job{*user, user->text(), [user = *user, wipe = messages == "erase"](AdminPlace& at) { return erase(at, user, wipe); }};
}

Result<Job> make_token_job(Call& call) {
  auto user = call.user();
  if (!user) return user.error();
  auto device = call.body.device("device");
  if (!device) return device.error();
  auto kind = call.body.text("kind");
  if (!kind) return kind.error();
  auto seconds = call.body.number("seconds");
  if (!seconds) return seconds.error();
  const std::string of = kind->value_or("device");
  if (of == "device") {
    return Job{*user, user->text(), [user = *user, device = *device](AdminPlace& at) { return device_token(at, user, device); }};
  }
  if (of != "application") return Failure{Code::invalid_argument, "kind"};
  const std::uint64_t life = seconds->value_or(kTokenSecondsDefault);
  if (life == 0 || life > kTokenSecondsMax) return Failure{Code::invalid_argument, "seconds"};
  return Job{*user, user->text(), [user = *user, device = *device, life](AdminPlace& at) {
               return application_token(at, user, device, 1s * static_cast<std::int64_t>(life));
             }};
}

Result<Job> end_device_job(Call& call) {
  auto user = call.user();
  if (!user) return user.error();
  auto device = DeviceId::parse(call.parts[1]);
  if (!device) return Failure{Code::invalid_argument, "the path names no device id"};
  return Job{*user, user->text(), [user = *user, device = *device](AdminPlace& at) { return end_devices(at, user, device); }};
}

Result<Job> end_devices_job(Call& call) {
  auto user = call.user();
  if (!user) return user.error();
  return Job{*user, user->text(), [user = *user](AdminPlace& at) { return end_devices(at, user, std::nullopt); }};
}

Result<Job> set_password_job(Call& call) {
  auto user = call.user();
  if (!user) return user.error();
  auto password = call.body.text("password");
  if (!password) return password.error();
  if (!*password) return Failure{Code::invalid_argument, "password"};
  auto revoke = call.body.flag("revoke");
  if (!revoke) return revoke.error();
  return Job{*user, user->text(),
             [user = *user, secret = Secret::from(std::move(**password)), revoke = revoke->value_or(true)](AdminPlace& at) mutable {
               return set_password(at, std::move(user), std::move(secret), revoke);
             }};
}

}  // namespace kith
