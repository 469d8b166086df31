#include "admin/admin.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "admin/perform.h"
#include "admin/work.h"

namespace kith {

namespace {

constexpr std::string_view kPrefix = "/v1/admin";

struct RouteLine {
  std::string_view method;
  std::string_view path;    // Below the prefix; `*` is one segment.
  std::string_view action;  // Its name in the audit log.
  bool changes;
  Maker make;
};
constexpr std::array<RouteLine, 19> kRoutes = {{
    {"GET", "/users", "users.list", false, list_users_job},
    {"PUT", "/users/*", "user.create", true, provide_user_job},
    {"GET", "/users/*", "user.show", false, show_user_job},
    {"DELETE", "/users/*", "user.erase", true, erase_job},
    {"POST", "/users/*/deactivate", "user.deactivate", true, deactivate_job},
    {"POST", "/users/*/reactivate", "user.reactivate", true, reactivate_job},
    {"GET", "/users/*/export", "user.export", false, export_job},
    {"PUT", "/users/*/password", "password.set", true, set_password_job},
    {"POST", "/users/*/tokens", "token.make", true, make_token_job},
    {"DELETE", "/users/*/devices", "devices.revoke", true, end_devices_job},
    {"DELETE", "/users/*/devices/*", "device.revoke", true, end_device_job},
    {"POST", "/groups", "group.create", true, create_group_job},
    {"GET", "/groups/*", "group.show", false, show_group_job},
    {"GET", "/groups/*/members", "members.list", false, list_members_job},
    {"POST", "/groups/*/members", "members.add", true, add_members_job},
    {"PUT", "/groups/*/members/*", "member.set", true, set_member_job},
    {"DELETE", "/groups/*/members/*", "member.remove", true, remove_member_job},
    {"POST", "/messages", "message.send", true, send_job},
    {"GET", "/audit", "audit.list", false, list_audit_job},
}};

struct Found {
  const RouteLine* line = nullptr;
  std::vector<std::string> parts;
  std::string allow;
};

Found find(std::string_view method, std::string_view path) {
  Found found;
  path.remove_prefix(kPrefix.size());
  for (const RouteLine& line : kRoutes) {
    auto parts = match_path(line.path, path);
    if (!parts) continue;
    if (line.method == method) return {&line, std::move(*parts), {}};
    found.allow.append(found.allow.empty() ? "" : ", ").append(line.method);
  }
  return found;
}

AuditRecord record_of(const PresentedToken& token, WallTime now, std::string address, std::string_view what) {
  std::string who = token.service.empty() ? "administrator" : "service:" + token.service;
  return {0, now, std::move(who), std::move(address), std::string(what), {}, "begun"};
}

Result<Job> make_job(Found& found, AdminRequest& request, const AdminOptions& options) {
  auto query = read_query(request.query);
  if (!query) return Failure{Code::malformed, "the query is not properly encoded"};
  auto body = Body::parse(request.body);
  if (!body) return body.error();
  Call call{std::move(found.parts), std::move(*query), std::move(*body), std::move(request.body), options};
  return found.line->make(call);
}

struct Counted {
  std::size_t& count;
  explicit Counted(std::size_t& c) : count(++c) {}
  Counted(const Counted&) = delete;
  ~Counted() { --count; }
};

}  // namespace

Task<RestResponse> Admin::handle(AdminRequest request) {
  auto found = find(request.method, request.path);
  if (!found.line && found.allow.empty()) co_return rest_problem({Code::not_found, "there is no such path"});
  if (!found.line) {
    auto refused = rest_problem(Code::method_not_allowed);
    refused.headers.emplace_back("Allow", std::move(found.allow));
    co_return refused;
  }
  if (at_once_ >= kAtOnce) co_return rest_problem({Code::busy, "too many requests of the administrator at once", 100});
  Counted counted(at_once_);
  auto token = tokens_.read(bearer(request.authorization), loop_.wall());
  if (!token) co_return rest_problem(token.error());
  if (token->kind != TokenKind::administrator)
    co_return rest_problem({Code::forbidden, "this needs the administrator's token, or a service's"});
  if (request.admitted) request.admitted();
  AuditRecord record = record_of(*token, loop_.wall(), request.address, found.line->action);
  auto job = make_job(found, request, options_);
  if (!job) {
    // Nothing was done, and what was asked for is not clear: the record says that somebody tried.
    record.outcome = info(job.error().code).name;
    auto refused = co_await router_.note(std::move(record));
    co_return rest_problem(refused ? job.error() : refused.error());
  }
  record.whom = std::move(job->whom);
  if (found.line->changes) {
    auto begun = co_await router_.note(record);
    if (!begun) co_return rest_problem(begun.error());
    record.number = *begun;
  }
  if (job->home.empty()) job->home = options_.system;
  auto response = co_await router_.administer(std::move(job->home), std::move(job->work));
  record.outcome = audit_outcome(response.status, response.body);
  auto noted = co_await router_.note(std::move(record));
  // What was only read is not told unrecorded; what was changed is, since "begun" says that it may have been.
  if (!noted && !found.line->changes) co_return rest_problem(noted.error());
  co_return response;
}

std::optional<AuditRecord> Admin::record(std::string_view authorization, std::string address) const {
  auto token = tokens_.read(bearer(authorization), loop_.wall());
  if (!token || token->kind != TokenKind::administrator) return std::nullopt;
  return record_of(*token, loop_.wall(), std::move(address), {});
}

// ------------------------------------------------------------------------------------------------------------- what a call says

Result<UserId> Call::user() const {
  auto named = UserId::parse(parts[0]);
  if (!named) return Failure{Code::unknown_user, "the path names no user id"};
  return std::move(*named);
}

Result<ConversationId> Call::group() const {
  auto id = ConversationId::parse(parts[0]);
  if (!id || id->is_direct()) return Failure{Code::not_found, "the path names no group"};
  return *id;
}

std::string Call::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return {};
}

Result<std::uint64_t> Call::number(std::string_view name, std::uint64_t otherwise) const {
  const std::string given = parameter(name);
  if (given.empty()) return otherwise;
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
  if (error != std::errc() || end != given.data() + given.size()) return Failure{Code::malformed, std::string(name)};
  return value;
}

}  // namespace kith
