#include "auth/http_auth.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "auth/accounts.h"
#include "auth/json.h"
#include "base/uri.h"

namespace kith {

namespace {

constexpr std::string_view kPrefix = "/v1/auth";

enum class Route {
  sign_up,
  login,
  logout,
  devices,
  end_device,
  password,
  create_user,
  show_user,
  make_token,
  end_user_device,
  revoke_user
};

struct RouteLine {
  Route route;
  std::string_view method;
  std::string_view path;  // Below the prefix; `*` is one segment.
};
constexpr std::array<RouteLine, 11> kRoutes = {{
    {Route::sign_up, "POST", "/signup"},
    {Route::login, "POST", "/login"},
    {Route::logout, "POST", "/logout"},
    {Route::devices, "GET", "/devices"},
    {Route::end_device, "DELETE", "/devices/*"},
    {Route::password, "POST", "/password"},
    {Route::create_user, "POST", "/users"},
    {Route::show_user, "GET", "/users/*"},
    {Route::make_token, "POST", "/users/*/tokens"},
    {Route::end_user_device, "DELETE", "/users/*/devices/*"},
    {Route::revoke_user, "POST", "/users/*/revoke"},
}};

struct Matched {
  Route route;
  std::vector<std::string> stars;
};

std::string_view path_of(const AuthRequest& request) { return std::string_view(request.path).substr(0, request.path.find('?')); }

// What is asked for; or the answer when there is no such thing.
std::variant<Matched, AuthResponse> find_route(const AuthRequest& request) {
  auto path = path_of(request);
  if (!HttpAuth::is_ours(path)) return auth_problem(Failure(Code::not_found, "there is no such path"));
  path.remove_prefix(kPrefix.size());
  std::string allow;
  for (const auto& line : kRoutes) {
    auto stars = match_path(line.path, path);
    if (!stars) continue;
    if (line.method == request.method) return Matched{line.route, std::move(*stars)};
    if (!allow.empty()) allow += ", ";
    allow += line.method;
  }
  if (allow.empty()) return auth_problem(Failure(Code::not_found, "there is no such path"));
  auto response = auth_problem(Failure(Code::method_not_allowed));
  response.allow = std::move(allow);
  return response;
}

// ---- reading

struct Body {
  std::optional<UserId> user;
  std::optional<DeviceId> device;
  std::optional<Secret> password, old_password, new_password;
};

Result<Body> read_body(std::string& text) {
  if (text.size() > kAuthBodyBytesMax) return Failure(Code::too_large, "the body is larger than 16384 bytes");
  static constexpr std::array<std::string_view, 5> kFields = {"user", "device", "password", "old", "new"};
  // No body at all is an object without fields.
  auto fields = read_string_fields(text.empty() ? "{}" : std::string_view(text), kFields);
  sodium_memzero(text.data(), text.size());
  if (!fields) return fields.error();
  auto& values = *fields;
  Body body;
  if (values[0]) {
    body.user = UserId::parse(values[0]->reveal());
    if (!body.user) return Failure(Code::invalid_argument, "field user is not a user id");
  }
  if (values[1]) {
    body.device = DeviceId::parse(values[1]->reveal());
    if (!body.device) return Failure(Code::invalid_argument, "field device is not a device id");
  }
  body.password = std::move(values[2]);
  body.old_password = std::move(values[3]);
  body.new_password = std::move(values[4]);
  return body;
}

Failure missing(std::string_view field) { return Failure(Code::invalid_argument, "field " + std::string(field) + " is missing"); }

// ---- answering

AuthResponse done(int status, std::string body) { return {status, std::move(body)}; }

std::string session_json(const UserId& user, const DeviceSession& session) {
  std::string out = R"({"user":)";
  append_json_string(out, user.text());
  out += R"(,"device":)";
  append_json_string(out, session.device.text());
  out += R"(,"token":)";
  append_json_string(out, session.token.reveal());
  out += '}';
  return out;
}

void append_devices(std::string& out, const std::vector<DeviceInfo>& devices, const DeviceId& current) {
  out += R"("devices":[)";
  bool first = true;
  for (const auto& device : devices) {
    if (!std::exchange(first, false)) out += ',';
    out += R"({"device":)";
    append_json_string(out, device.device.text());
    out += R"(,"created":)";
    append_json_string(out, time_text(device.created));
    out += R"(,"lastSeen":)";
    append_json_string(out, time_text(device.last_seen));
    out += device.kind == TokenKind::device ? R"(,"by":"login")" : R"(,"by":"application")";
    if (device.device == current) out += R"(,"current":true)";
    out += '}';
  }
  out += ']';
}

// ---- the work of each route, on the loop of its user

Task<AuthResponse> sign_up(Accounts& accounts, UserId user, Secret password, std::optional<DeviceId> device, std::string address) {
  auto made = co_await accounts.sign_up(user, std::move(password), std::move(address));
  if (!made) co_return auth_problem(made.error());
  auto session = co_await accounts.open_device(user, std::move(device));
  if (!session) co_return auth_problem(Failure(Code::outcome_unknown, "the account was made, its device was not: log in"));
  co_return done(201, session_json(user, *session));
}

Task<AuthResponse> login(Accounts& accounts, UserId user, Secret password, std::optional<DeviceId> device, std::string address) {
  auto session = co_await accounts.login(user, std::move(password), std::move(device), std::move(address));
  if (!session) co_return auth_problem(session.error());
  co_return done(200, session_json(user, *session));
}

Task<AuthResponse> list_devices(Accounts& accounts, PresentedToken token) {
  auto who = co_await accounts.verify(token, {});
  if (!who) co_return auth_problem(who.error());
  auto devices = co_await accounts.devices(token.user);
  if (!devices) co_return auth_problem(devices.error());
  std::string out = "{";
  append_devices(out, *devices, who->device);
  out += '}';
  co_return done(200, std::move(out));
}

// Without a device: the one that the token names.
Task<AuthResponse> end_device(Accounts& accounts, PresentedToken token, std::optional<DeviceId> device) {
  auto who = co_await accounts.verify(token, {});
  if (!who) co_return auth_problem(who.error());
  if (!device) device = who->device;
  if (device->empty()) co_return auth_problem(Failure(Code::invalid_argument, "the token names no device"));
  auto ended = co_await accounts.revoke(token.user, *device);
  if (!ended) co_return auth_problem(ended.error());
  co_return done(200, "{}");
}

Task<AuthResponse> change_password(Accounts& accounts, PresentedToken token, Secret old_password, Secret new_password) {
  auto who = co_await accounts.verify(token, {});
  if (!who) co_return auth_problem(who.error());
  auto changed = co_await accounts.change_password(token.user, who->device, std::move(old_password), std::move(new_password));
  if (!changed) co_return auth_problem(changed.error());
  co_return done(200, "{}");
}

Task<AuthResponse> create_user(Accounts& accounts, UserId user, std::optional<Secret> password) {
  auto made = co_await accounts.create(user, std::move(password));
  if (!made) co_return auth_problem(made.error());
  std::string out = R"({"user":)";
  append_json_string(out, user.text());
  out += '}';
  co_return done(201, std::move(out));
}

Task<AuthResponse> show_user(Accounts& accounts, UserId user) {
  auto account = co_await accounts.account(user);
  if (!account) co_return auth_problem(account.error());
  auto devices = co_await accounts.devices(user);
  if (!devices) co_return auth_problem(devices.error());
  std::string out = R"({"user":)";
  append_json_string(out, user.text());
  out += R"(,"created":)";
  append_json_string(out, time_text(account->created));
  out += R"(,"origin":)";
  append_json_string(out, name(account->origin));
  out += account->has_password ? R"(,"hasPassword":true)" : R"(,"hasPassword":false)";
  out += account->deactivated ? R"(,"deactivated":true,)" : R"(,"deactivated":false,)";
  append_devices(out, *devices, {});
  out += '}';
  co_return done(200, std::move(out));
}

Task<AuthResponse> make_token(Accounts& accounts, UserId user, std::optional<DeviceId> device) {
  auto session = co_await accounts.open_device(user, std::move(device));
  if (!session) co_return auth_problem(session.error());
  co_return done(201, session_json(user, *session));
}

// Without a device: all.
Task<AuthResponse> revoke_user(Accounts& accounts, UserId user, std::optional<DeviceId> device) {
  if (device) {
    auto ended = co_await accounts.revoke(user, *device);
    if (!ended) co_return auth_problem(ended.error());
  } else {
    auto ended = co_await accounts.revoke_all(user);
    if (!ended) co_return auth_problem(ended.error());
  }
  co_return done(200, "{}");
}

// ---- from a route to its user and its work

struct Job {
  UserId user;
  Fn<Task<AuthResponse>(Accounts&)> work;
};

Result<Job> public_job(Route route, Body body, std::string address) {
  if (!body.user) return missing("user");
  if (!body.password) return missing("password");
  UserId user = *body.user;
  auto operation = route == Route::sign_up ? sign_up : login;
  return Job{user, [operation, user, password = std::move(*body.password), device = std::move(body.device),
                    address = std::move(address)](Accounts& accounts) mutable {
               return operation(accounts, std::move(user), std::move(password), std::move(device), std::move(address));
             }};
}

Result<Job> user_job(const Matched& matched, Body body, PresentedToken token) {
  if (token.kind == TokenKind::administrator) return Failure(Code::forbidden, "the administrator's token belongs to no user");
  UserId user = token.user;
  if (matched.route == Route::devices) {
    return Job{user, [token = std::move(token)](Accounts& accounts) mutable { return list_devices(accounts, std::move(token)); }};
  }
  if (matched.route == Route::password) {
    if (!body.old_password) return missing("old");
    if (!body.new_password) return missing("new");
    return Job{
        user, [token = std::move(token), before = std::move(*body.old_password), after = std::move(*body.new_password)](
                  Accounts& accounts) mutable { return change_password(accounts, std::move(token), std::move(before), std::move(after)); }};
  }
  std::optional<DeviceId> device;
  if (matched.route == Route::end_device) {
    device = DeviceId::parse(matched.stars[0]);
    if (!device) return Failure(Code::invalid_argument, "the path names no device id");
  }
  return Job{user, [token = std::move(token), device = std::move(device)](Accounts& accounts) mutable {
               return end_device(accounts, std::move(token), std::move(device));
             }};
}

Result<Job> admin_job(const Matched& matched, Body body, const PresentedToken& token) {
  if (token.kind != TokenKind::administrator) return Failure(Code::forbidden, "this needs the administrator's token");
  if (matched.route == Route::create_user) {
    if (!body.user) return missing("user");
    UserId user = *body.user;
    return Job{user, [user, password = std::move(body.password)](Accounts& accounts) mutable {
                 return create_user(accounts, std::move(user), std::move(password));
               }};
  }
  auto named = UserId::parse(matched.stars[0]);
  if (!named) return Failure(Code::invalid_argument, "the path names no user id");
  UserId user = *named;
  if (matched.route == Route::show_user) {
    return Job{user, [user](Accounts& accounts) mutable { return show_user(accounts, std::move(user)); }};
  }
  if (matched.route == Route::make_token) {
    return Job{user, [user, device = std::move(body.device)](Accounts& accounts) mutable {
                 return make_token(accounts, std::move(user), std::move(device));
               }};
  }
  std::optional<DeviceId> device;
  if (matched.route == Route::end_user_device) {
    device = DeviceId::parse(matched.stars[1]);
    if (!device) return Failure(Code::invalid_argument, "the path names no device id");
  }
  return Job{user, [user, device = std::move(device)](Accounts& accounts) mutable {
               return revoke_user(accounts, std::move(user), std::move(device));
             }};
}

Result<Job> find_job(const Matched& matched, AuthRequest& request, const TokenReader& tokens, WallTime now) {
  const bool is_public = matched.route == Route::sign_up || matched.route == Route::login;
  const bool is_admin = matched.route >= Route::create_user;
  std::optional<PresentedToken> token;
  if (!is_public) {
    // Before the body: strangers get no work done.
    auto read = tokens.read(bearer(request.authorization), now);
    if (!read) return read.error();
    token = std::move(*read);
  }
  auto body = read_body(request.body);
  if (!body) return body.error();
  if (is_public) return public_job(matched.route, std::move(*body), request.address);
  return is_admin ? admin_job(matched, std::move(*body), *token) : user_job(matched, std::move(*body), std::move(*token));
}

}  // namespace

AuthResponse auth_problem(const Failure& failure) {
  const CodeInfo& about = info(failure.code);
  std::string out = R"({"type":"about:kith/)";
  out.append(about.name).append(R"(","title":)");
  append_json_string(out, about.title);
  out += R"(,"status":)" + std::to_string(about.status) + R"(,"code":")";
  out.append(about.name) += '"';
  if (!failure.detail.empty()) {
    out += R"(,"detail":)";
    append_json_string(out, failure.detail);
  }
  out.append(R"(,"outcome":")").append(outcome_name(about.outcome)) += '"';
  if (failure.retry_after_ms != 0) out += R"(,"retryAfterMs":)" + std::to_string(failure.retry_after_ms);
  out += '}';
  return {about.status, std::move(out), failure.retry_after_ms};
}

bool HttpAuth::is_ours(std::string_view path) {
  return path.starts_with(kPrefix) && (path.size() == kPrefix.size() || path[kPrefix.size()] == '/');
}

std::optional<HttpAuth::Deed> HttpAuth::deed(const AuthRequest& request) {
  auto found = find_route(request);
  const auto* matched = std::get_if<Matched>(&found);
  if (!matched) return std::nullopt;
  const std::string whom = matched->stars.empty() ? std::string() : matched->stars[0].substr(0, 64);
  switch (matched->route) {
    case Route::create_user: {
      static constexpr std::array<std::string_view, 1> kFields = {"user"};
      auto fields = read_string_fields(request.body.size() > kAuthBodyBytesMax ? "{}" : std::string_view(request.body), kFields);
      const bool named = fields && (*fields)[0];
      return Deed{"user.create", named ? std::string((*fields)[0]->reveal().substr(0, 64)) : std::string(), true};
    }
    case Route::show_user:
      return Deed{"user.show", whom, false};
    case Route::make_token:
      return Deed{"token.make", whom, true};
    case Route::end_user_device:
      return Deed{"device.revoke", whom, true};
    case Route::revoke_user:
      return Deed{"devices.revoke", whom, true};
    default:
      return std::nullopt;
  }
}

Task<AuthResponse> HttpAuth::handle(AuthRequest request) {
  auto found = find_route(request);
  if (auto* response = std::get_if<AuthResponse>(&found)) co_return std::move(*response);
  auto job = find_job(std::get<Matched>(found), request, tokens_, loop_.wall());
  sodium_memzero(request.body.data(), request.body.size());
  sodium_memzero(request.authorization.data(), request.authorization.size());
  if (!job) co_return auth_problem(job.error());
  auto response = co_await router_.on(std::move(job->user), std::move(job->work));
  co_return response;
}

}  // namespace kith
