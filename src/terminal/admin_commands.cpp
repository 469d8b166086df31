// The administrator's commands over the server-side API.
#include "auth/json.h"
#include "front/asio_loop.h"
#include "terminal/administrator.h"
#include "terminal/show.h"

namespace kith::terminal {

namespace {

constexpr char kUsers[] = "/v1/admin/users/";
constexpr int kEraseCalls = 450;  // Each waits 8 s at the server: an hour.

Called call_as_administrator(Context& context, const char* method, const std::string& path, std::string body) {
  auto as = administrator(context);
  if (!as) return {tell(as.error()), {}};
  return call(as->server, method, path, as->token, std::move(body));
}

std::string user_lines(const simdjson::dom::element& answer) {
  simdjson::dom::array users;
  if (answer["users"].get(users) != simdjson::SUCCESS) return {};
  std::string out;
  for (const simdjson::dom::element user : users) {
    out += text_of(user, "user") + "  " + text_of(user, "state");
    const std::string created = text_of(user, "created");
    out += created.empty() ? "\n" : ", created " + created + ", " + text_of(user, "origin") + '\n';
  }
  const std::string next = text_of(answer, "next");
  return next.empty() ? out : out + "…  more with --after " + next + '\n';
}

std::string record_lines(const simdjson::dom::element& answer) {
  simdjson::dom::array records;
  if (answer["records"].get(records) != simdjson::SUCCESS) return {};
  std::string out;
  for (const simdjson::dom::element record : records) {
    out += '#' + std::to_string(number_of(record, "number")) + "  " + text_of(record, "time") + "  " + text_of(record, "who") + " from ";
    out += text_of(record, "address") + "  " + text_of(record, "what") + ' ' + text_of(record, "whom") + "  " + text_of(record, "outcome") +
           '\n';
  }
  return out;
}

std::string state_line(const simdjson::dom::element& answer) { return text_of(answer, "user") + " is " + text_of(answer, "state") + '\n'; }

// The text behind `"next":` in the last line of a page of an export; nothing: it was the last.
Result<std::string> next_page(const std::string& body) {
  const auto begin = body.rfind('\n', body.size() < 2 ? 0 : body.size() - 2);
  const std::string last = body.substr(begin == body.npos ? 0 : begin + 1);
  constexpr std::string_view kNames[] = {"next"};
  auto fields = read_string_fields(last, kNames);
  if (!fields) return Failure{Code::internal, "the export was cut off"};
  if ((*fields)[0]) return std::string((*fields)[0]->reveal());
  if (last.find("\"end\"") == last.npos) return Failure{Code::internal, "the export was cut off"};
  return std::string();
}

}  // namespace

int list_users(Context& context) {
  auto limit = number(context.line, "limit", 100, 1, 200);
  if (!limit) return tell(limit.error());
  std::string path = "/v1/admin/users?limit=" + std::to_string(*limit);
  if (context.line.has("after")) path += "&after=" + percent_encoded(context.line.get("after"));
  auto called = call_as_administrator(context, "GET", path, "");
  return called.status == kFine ? show_answer(context, called.body, user_lines) : called.status;
}

int set_password(Context& context) {
  auto user = UserId::parse(context.argument(0));
  if (!user) return tell(not_an_id(context.argument(0), "user"));
  auto as = administrator(context);
  if (!as) return tell(as.error());
  auto password = context.password(true);
  if (!password) return tell(password.error());
  const bool keep = context.line.has("keep-sessions");
  std::string body = object({{"password", password->reveal()}});
  if (keep) body.insert(body.size() - 1, R"(,"revoke":false)");
  auto called = call(as->server, "PUT", kUsers + percent_encoded(user->text()) + "/password", as->token, std::move(body));
  if (called.status == kFine) print(user->text() + " has another password" + (keep ? "\n" : ", and all sessions were ended\n"));
  return called.status;
}

int deactivate_user(Context& context) {
  auto called = call_about_user(context, "POST", kUsers, "/deactivate", "");
  return called.status == kFine ? show_answer(context, called.body, state_line) : called.status;
}

int reactivate_user(Context& context) {
  auto called = call_about_user(context, "POST", kUsers, "/reactivate", "");
  return called.status == kFine ? show_answer(context, called.body, state_line) : called.status;
}

int erase_user(Context& context) {
  const std::string rest = context.line.has("messages") ? "?messages=erase" : "";
  for (int calls = 0; calls < kEraseCalls; ++calls) {
    auto called = call_about_user(context, "DELETE", kUsers, rest, "");
    if (called.status != kFine) return called.status;
    if (called.body.find("\"erased\"") != std::string::npos) return show_answer(context, called.body, state_line);
  }
  return tell({Code::unavailable, "it is still being done"});
}

int export_user(Context& context) {
  for (std::string page;;) {
    auto called = call_about_user(context, "GET", kUsers, "/export" + (page.empty() ? "" : "?page=" + percent_encoded(page)), "");
    if (called.status != kFine) return called.status;
    auto next = next_page(called.body);
    if (!next) return tell(next.error());
    const auto last = called.body.rfind('\n', called.body.size() - 2);
    // The line that leads on is none of the user's; the one that ends it is kept, to tell whole exports from others.
    print(next->empty() ? called.body : called.body.substr(0, last == std::string::npos ? 0 : last + 1));
    if (next->empty()) return kFine;
    page = std::move(*next);
  }
}

int say(Context& context) {
  auto user = UserId::parse(context.argument(0));
  if (!user) return tell(not_an_id(context.argument(0), "user"));
  ClientId id;
  AsioLoop().random().fill(id.bits.data(), id.bits.size());
  auto called = call_as_administrator(context, "POST", "/v1/admin/messages",
                                      object({{"to", user->text()}, {"clientId", id.text()}, {"text", context.line.words_from(1)}}));
  if (called.status == kFine) print("✓\n");
  return called.status;
}

int show_audit(Context& context) {
  auto limit = number(context.line, "limit", 50, 1, 200);
  if (!limit) return tell(limit.error());
  auto before = number(context.line, "before", 0, 1, UINT64_MAX);
  if (!before) return tell(before.error());
  auto called = call_as_administrator(
      context, "GET", "/v1/admin/audit?limit=" + std::to_string(*limit) + (*before != 0 ? "&before=" + std::to_string(*before) : ""), "");
  return called.status == kFine ? show_answer(context, called.body, record_lines) : called.status;
}

}  // namespace kith::terminal
