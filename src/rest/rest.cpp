#include "rest/rest.h"

#include <algorithm>
#include <optional>

#include "rest/catcher.h"
#include "rest/command_text.h"
#include "rest/uri.h"
#include "session/commands.h"
#include "wire/error.h"

namespace kith {

namespace {

constexpr std::uint32_t kAgainMs = 1000;  // Retry-After, where the failure names no time.

struct Call {
  Matched matched;
  std::string token, query, idempotency_key, body;
};

std::string_view bearer(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() < kScheme.size()) return {};
  bool fits = std::equal(kScheme.begin(), kScheme.end(), authorization.begin(),
                         [](char wanted, char found) { return wanted == (found >= 'A' && found <= 'Z' ? found - 'A' + 'a' : found); });
  if (!fits) return {};
  authorization.remove_prefix(kScheme.size());
  while (authorization.starts_with(' ')) authorization.remove_prefix(1);
  while (authorization.ends_with(' ')) authorization.remove_suffix(1);
  return authorization;
}

RestResponse problem_of(const wire::Error& error, std::string body) {
  RestResponse response{static_cast<int>(error.status), std::move(body), {}};
  if (error.retry_after_ms != 0 || error.status == 429 || error.status == 503) {
    std::uint32_t ms = error.retry_after_ms != 0 ? error.retry_after_ms : kAgainMs;
    response.headers.emplace_back("Retry-After", std::to_string((ms + 999) / 1000));
  }
  if (error.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

// Where the page after this one is, if there is one (RFC 8288).
struct Next {
  const wire::Command& asked;

  static std::string query(std::string_view name, std::string_view value, std::uint32_t limit) {
    return '?' + std::string(name) + '=' + percent_encoded(value) + (limit != 0 ? "&limit=" + std::to_string(limit) : "");
  }
  std::string operator()(const wire::History& page) const {
    const auto* get = std::get_if<wire::GetHistory>(&asked.command);
    if (!get || !page.more || page.entries.empty()) return {};
    auto seq_of = [](const wire::Entry& entry) {
      return std::visit(
          [](const auto& kind) -> std::uint64_t {
            if constexpr (requires { kind.seq; }) return kind.seq;
            return 0;
          },
          entry.kind);
    };
    std::string path = "/v1/conversations/" + page.conversation + "/messages";
    if (get->after) return path + query("after", std::to_string(seq_of(page.entries.back())), get->limit);
    return path + query("before", std::to_string(seq_of(page.entries.front())), get->limit);
  }
  std::string operator()(const wire::Conversations& page) const {
    const auto* get = std::get_if<wire::GetConversations>(&asked.command);
    if (!get || page.next.empty()) return {};
    return "/v1/conversations" + query("page", page.next, get->limit);
  }
  std::string operator()(const wire::Members& page) const {
    const auto* get = std::get_if<wire::GetMembers>(&asked.command);
    if (!get || page.next.empty()) return {};
    return "/v1/groups/" + page.conversation + "/members" + query("page", page.next, get->limit);
  }
  template <class Other>
  std::string operator()(const Other&) const {
    return {};
  }
};

// What the headers and the status add to a reply.
void describe(RestResponse& response, const wire::Command& asked, const wire::Frame& frame) {
  if (const auto* sent = std::get_if<wire::Sent>(&frame.body); sent && sent->repeated) response.status = 200;
  if (const auto* group = std::get_if<wire::Group>(&frame.body); group && response.status == 201)
    response.headers.emplace_back("Location", "/v1/groups/" + group->conversation);
  std::string next = std::visit(Next{asked}, frame.body);
  if (!next.empty()) response.headers.emplace_back("Link", '<' + next + ">; rel=\"next\"");
}

// `frame` holds one member, since its command had no id.
RestResponse answer(Place& place, const RouteLine& line, const wire::Command& asked, const std::string& frame) {
  auto object_of = [&](std::string_view name) {
    std::size_t begin = name.size() + 4;  // {"name":
    bool there = frame.starts_with("{\"" + std::string(name) + "\":");
    return there ? std::optional(frame.substr(begin, frame.size() - begin - 1)) : std::nullopt;
  };
  if (auto body = object_of("error")) {
    auto error = place.reader.error(*body);
    KITH_ASSERT(error);
    return problem_of(*error, std::move(*body));
  }
  auto body = object_of(line.reply);
  KITH_ASSERT(body);
  RestResponse response{line.status, std::move(*body), {}};
  if (line.status == 204) response.body.clear();
  bool paged = line.method == "GET";
  if (paged || line.status == 201) {
    auto parsed = place.reader.frame(frame);
    if (parsed) describe(response, asked, *parsed);
  }
  return response;
}

// On the user's loop.
Task<RestResponse> carry_out(Place& place, Call call) {
  if (place.stopping) co_return rest_problem({Code::going_away, {}, kAgainMs});
  DeviceId any;
  auto identity = co_await place.backend.verify(std::move(call.token), std::move(any));
  if (!identity) co_return rest_problem(identity.error());
  if (call.body.find_first_not_of(" \t\r\n") != std::string::npos && !place.reader.is_object(call.body))
    co_return rest_problem({Code::malformed, "the body is not one JSON object"});
  auto text = command_text(call.matched, call.query, call.idempotency_key, call.body);
  if (!text) co_return rest_problem(text.error());
  ++place.traffic.commands;
  auto command = place.reader.command(*text, text->size());
  if (!command) {
    ++place.traffic.failures;
    co_return rest_problem(command.error().failure);
  }
  // carry_out() takes out of the command what it needs; which page was asked for is needed once more.
  const wire::Command asked = call.matched.line->method == "GET" ? *command : wire::Command{};
  Catcher catcher(place.loop);
  Frames frames(place, catcher, Encoding::json);
  Commands commands(place, frames, identity->user);
  auto reply = catcher.reply();
  commands.carry_out(*command);
  auto frame = co_await reply;
  auto response = answer(place, *call.matched.line, asked, frame);
  response.proven = true;
  co_return response;
}

}  // namespace

RestResponse rest_problem(const Failure& failure) {
  auto error = wire::to_error(failure);
  std::string body;
  wire::write_json(error, body);
  return problem_of(error, std::move(body));
}

Task<RestResponse> Rest::handle(RestRequest request) {
  auto matched = find_route(request.method, request.path);
  if (!matched.line) {
    auto refused =
        rest_problem(matched.allow.empty() ? Failure(Code::not_found, "there is no such path") : Failure(Code::method_not_allowed));
    if (!matched.allow.empty()) refused.headers.emplace_back("Allow", std::move(matched.allow));
    co_return refused;
  }
  // Strangers get no work done.
  std::string token(bearer(request.authorization));
  auto presented = tokens_.read(token, loop_.wall());
  if (!presented) co_return rest_problem(presented.error());
  if (presented->kind == TokenKind::administrator) co_return rest_problem({Code::forbidden, "this token belongs to no user"});
  Call call{std::move(matched), std::move(token), std::move(request.query), std::move(request.idempotency_key), std::move(request.body)};
  Fn<Task<RestResponse>(Place&)> work = [call = std::move(call)](Place& place) mutable { return carry_out(place, std::move(call)); };
  auto response = co_await router_.at_home(std::move(presented->user), std::move(work));
  if (response.proven && request.admitted) request.admitted();
  co_return response;
}

}  // namespace kith
