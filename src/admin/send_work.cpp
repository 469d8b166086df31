// Messages of the system, and the audit log.
#include <algorithm>

#include "admin/perform.h"
#include "admin/work.h"
#include "auth/json.h"

namespace kith {

namespace {

constexpr std::uint64_t kAuditDefault = 50;

// {"send":{"kind":"system", …}}: of equal keys the last one counts, so a body that names its own kind has it.
std::string send_command(std::string_view body) {
  auto begin = body.find('{'), end = body.rfind('}');
  std::string_view inside = begin == body.npos ? std::string_view() : body.substr(begin + 1, end - begin - 1);
  std::string out = R"({"send":{"kind":"system")";
  if (inside.find_first_not_of(" \t\r\n") != inside.npos) out.append(",").append(inside);
  return out + "}}";
}

// Whether this user may be spoken for; the system's own comes to exist.
Task<Result<Ok>> speaker(AdminPlace& at, UserId from) {
  if (from == at.options.system) {
    auto made = co_await at.accounts.provide(from, std::nullopt);
    if (!made) co_return made.error().code == Code::name_taken ? Failure{Code::refused, "the system user is deactivated"} : made.error();
    co_return Ok{};
  }
  auto there = co_await at.accounts.receives(from);
  if (!there) co_return there.error();
  if (!*there) co_return Failure{Code::unknown_user, from.text()};
  co_return Ok{};
}

Task<RestResponse> send_once(AdminPlace& at, UserId from, std::string command) {
  auto response = co_await perform(at.place, std::move(from), std::move(command), "sent", 201);
  if (response.status != 201) co_return response;
  auto frame = at.place.reader.frame("{\"sent\":" + response.body + '}');
  if (frame && std::get<wire::Sent>(frame->body).repeated) response.status = 200;
  co_return response;
}

Task<RestResponse> send(AdminPlace& at, UserId from, std::optional<ConversationId> group, std::string command) {
  auto may = co_await speaker(at, from);
  if (!may) co_return rest_problem(may.error());
  auto response = co_await send_once(at, from, command);
  const bool stranger = group && from == at.options.system && code_of(at.place, response) == Code::not_found;
  if (!stranger) co_return response;
  // The system comes into a group when it first has something to say there. Who removed it is respected: that is `forbidden`.
  std::vector<UserId> users{from};
  auto added = co_await at.place.backend.change(*group, by_system(at.options, EntryKind::added, std::move(users)));
  if (!added) co_return rest_problem(added.error());
  response = co_await send_once(at, std::move(from), std::move(command));
  co_return response;
}

Task<RestResponse> list(AdminPlace& at, std::uint64_t before, std::uint32_t limit) {
  auto page = co_await at.router.audited(before, limit);
  if (!page) co_return rest_problem(page.error());
  std::string out = R"({"records":[)";
  for (const AuditRecord& record : page->records) {
    out += out.back() == '[' ? "{" : ",{";
    out += R"("number":)" + std::to_string(record.number) + R"(,"time":)" + json_of(time_text(record.time));
    out += R"(,"who":)" + json_of(record.who) + R"(,"address":)" + json_of(record.address) + R"(,"what":)" + json_of(record.what);
    if (!record.whom.empty()) out += R"(,"whom":)" + json_of(record.whom);
    out += R"(,"outcome":)" + json_of(record.outcome) + '}';
  }
  out += ']';
  RestResponse response = answered(200, {});
  if (page->more) {
    const std::string next = std::to_string(page->records.back().number);
    out += R"(,"next":)" + next;
    response.headers.emplace_back("Link", next_link("/v1/admin/audit", "before", next, limit));
  }
  response.body = out + '}';
  co_return response;
}

}  // namespace

Result<Job> send_job(Call& call) {
  auto given = call.body.text("from");
  if (!given) return given.error();
  auto from = *given ? UserId::parse(**given) : call.options.system;
  if (!from) return Failure{Code::unknown_user, "from"};
  auto conversation = call.body.text("conversation"), to = call.body.text("to");
  if (!conversation) return conversation.error();
  if (!to) return to.error();
  auto id = ConversationId::parse(conversation->value_or(""));
  std::optional<ConversationId> group = id && !id->is_direct() ? id : std::nullopt;
  const std::string whom = conversation->value_or(to->value_or("")).substr(0, 64);
  return Job{*from, whom, [from = *from, group, command = send_command(call.text)](AdminPlace& at) mutable {
               return send(at, std::move(from), group, std::move(command));
             }};
}

Result<Job> list_audit_job(Call& call) {
  auto before = call.number("before", 0);
  if (!before) return before.error();
  auto limit = call.number("limit", kAuditDefault);
  if (!limit) return limit.error();
  const auto most = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(*limit, 1, AuditLog::kPageMax));
  return Job{{}, {}, [before = *before, most](AdminPlace& at) { return list(at, before, most); }};
}

}  // namespace kith
