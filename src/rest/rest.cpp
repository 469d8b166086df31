#include "rest/rest.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

#include "base/uri.h"
#include "rest/catcher.h"
#include "rest/command_text.h"
#include "rest/event_stream.h"
#include "session/commands.h"

namespace kith {

namespace {

constexpr std::string_view kSyncPath = "/v1/sync", kEventsPath = "/v1/events";

struct Call {
  Matched matched;
  std::string token, query, idempotency_key, body, address;
};

// Where the page after this one is, if there is one (RFC 8288).
struct Next {
  const wire::Command& asked;

  static std::string query(std::string_view name, std::string_view value, std::uint32_t limit) {
    return '?' + std::string(name) + '=' + uri_encoded(value) + (limit != 0 ? "&limit=" + std::to_string(limit) : "");
  }
  std::string operator()(const wire::History& page) const {
    const auto* get = std::get_if<wire::GetHistory>(&asked.command);
    if (!get || !page.more || (page.entries.empty() && page.to == 0)) return {};
    auto seq_of = [](const wire::Entry& entry) {
      return std::visit(
          [](const auto& kind) -> std::uint64_t {
            if constexpr (requires { kind.seq; }) return kind.seq;
            return 0;
          },
          entry.kind);
    };
    std::string path = "/v1/conversations/" + page.conversation + "/messages";
    // Of a page from which entries are hidden `from` and `to` tell how far it goes.
    if (get->after) return path + query("after", std::to_string(page.to != 0 ? page.to : seq_of(page.entries.back())), get->limit);
    return path + query("before", std::to_string(page.from != 0 ? page.from : seq_of(page.entries.front())), get->limit);
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
  std::string operator()(const wire::Contacts& page) const {
    const auto* get = std::get_if<wire::GetContacts>(&asked.command);
    if (!get || page.next.empty()) return {};
    return "/v1/contacts" + query("page", page.next, get->limit);
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
    return rest_problem(*error, std::move(*body));
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
  if (place.stopping) co_return rest_problem({Code::going_away, {}, 1000});
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
  Catcher catcher(place.loop, std::move(call.address));
  Frames frames(place, catcher, Encoding::json);
  // What a device asks to be told over HTTP is told on the connection that it has, which is a stream as a rule.
  auto wishes = place.directory.wishes(identity->user, identity->device);
  Commands commands(place, frames, identity->user, identity->device, std::move(wishes));
  auto reply = catcher.reply();
  commands.carry_out(*command);
  auto frame = co_await reply;
  auto response = answer(place, *call.matched.line, asked, frame);
  response.proven = true;
  add_rate_fields(response.headers, commands.meter().standings(), place.loop.now());
  co_return response;
}

// On the user's loop: whether the token is good there, and the user may ask.
Task<RestResponse> prove(Place& place, std::string token, DeviceId device, std::string address) {
  auto identity = co_await place.backend.verify(std::move(token), std::move(device));
  if (!identity) co_return rest_problem(identity.error());
  Meter meter(place.limits, identity->user, identity->device, address);
  auto refused = meter.admit(1);
  RestResponse answer = refused ? rest_problem(*refused) : RestResponse{};
  answer.proven = !refused;
  add_rate_fields(answer.headers, meter.standings(), place.loop.now());
  co_return answer;
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The seconds of `wait` in a Prefer header (RFC 7240: names in any case, what makes no sense is ignored).
std::optional<std::uint64_t> preferred_wait(std::string_view prefer) {
  constexpr std::string_view kWait = "wait";
  constexpr auto kSpace = " \t";
  while (!prefer.empty()) {
    auto one = prefer.substr(0, prefer.find_first_of(",;"));
    prefer.remove_prefix(std::min(prefer.size(), one.size() + 1));
    auto equals = one.find('=');
    if (equals == one.npos) continue;
    auto trimmed = [&](std::string_view text) {
      text.remove_prefix(std::min(text.size(), text.find_first_not_of(kSpace)));
      return text.substr(0, text.find_last_not_of(kSpace) + 1);
    };
    auto name = trimmed(one.substr(0, equals)), value = trimmed(one.substr(equals + 1));
    bool is_wait = std::equal(name.begin(), name.end(), kWait.begin(), kWait.end(), [](char a, char b) { return (a | 0x20) == b; });
    auto seconds = is_wait ? number_of(value) : std::nullopt;
    if (seconds) return seconds;
  }
  return std::nullopt;
}

// What a poll and a stream have in common.
template <class Presented>
Result<Ok> take(Presented& into, const std::string& name, std::string& value) {
  if (name == "cursor") into.cursor = std::move(value);
  if (name == "device") {
    auto device = DeviceId::parse(value);
    if (!device) return Failure{Code::invalid_argument, "device"};
    into.device = std::move(*device);
  }
  if (name == "useq") {
    auto useq = number_of(value);
    if (!useq) return Failure{Code::malformed, "useq"};
    into.useq = {*useq};
  }
  return Ok{};
}

Result<PollRequest> read_poll(const RestRequest& request, std::string token) {
  PollRequest poll{std::move(token), {}, {}, {}};
  auto pairs = read_query(request.query);
  if (!pairs) return Failure{Code::malformed, "the query is not properly encoded"};
  auto seconds = preferred_wait(request.prefer);
  for (auto& [name, value] : *pairs) {
    if (name == "wait" && !(seconds = number_of(value))) return Failure{Code::malformed, "wait"};
    auto taken = take(poll, name, value);
    if (!taken) return taken.error();
  }
  if (!seconds) return poll;
  poll.wait = std::min<Duration>(kWaitMax, 1s * static_cast<std::int64_t>(std::min<std::uint64_t>(*seconds, 3600)));
  return poll;
}

// What the client saw last counts before what it was told to begin with.
Result<StreamRequest> read_stream(const RestRequest& request, std::string token) {
  StreamRequest stream{std::move(token), {}, {}, {}, request.address};
  auto pairs = read_query(request.query);
  if (!pairs) return Failure{Code::malformed, "the query is not properly encoded"};
  for (auto& [name, value] : *pairs) {
    auto taken = take(stream, name, value);
    if (!taken) return taken.error();
  }
  if (!request.last_event_id.empty()) {
    stream.cursor = request.last_event_id;
    stream.useq = {};
  }
  return stream;
}

RestResponse unknown_path(std::string allow) {
  if (allow.empty()) return rest_problem({Code::not_found, "there is no such path"});
  auto refused = rest_problem(Code::method_not_allowed);
  refused.headers.emplace_back("Allow", std::move(allow));
  return refused;
}

}  // namespace

Task<RestResponse> Rest::handle(RestRequest request) {
  if (request.path == kEventsPath) return handle_events(std::move(request));
  if (request.path != kSyncPath) return handle_command(std::move(request));
  return request.method == "PUT" ? handle_confirm(std::move(request)) : handle_sync(std::move(request));
}

// Who presents this token; strangers get no work done.
Result<UserId> Rest::user_of(std::string_view token) const {
  auto presented = tokens_.read(token, loop_.wall());
  if (!presented) return presented.error();
  if (presented->kind == TokenKind::administrator) return Failure{Code::forbidden, "this token belongs to no user"};
  return std::move(presented->user);
}

Task<RestResponse> Rest::handle_command(RestRequest request) {
  auto matched = find_route(request.method, request.path);
  if (!matched.line) co_return unknown_path(std::move(matched.allow));
  std::string token(bearer(request.authorization));
  auto user = user_of(token);
  if (!user) co_return rest_problem(user.error());
  Call call{std::move(matched),      std::move(token),          std::move(request.query), std::move(request.idempotency_key),
            std::move(request.body), std::move(request.address)};
  Fn<Task<RestResponse>(Place&, Polls&)> work = [call = std::move(call)](Place& place, Polls&) mutable {
    return carry_out(place, std::move(call));
  };
  auto response = co_await router_.at_home(std::move(*user), std::move(work));
  if (response.proven && request.admitted) request.admitted();
  co_return response;
}

Task<RestResponse> Rest::handle_sync(RestRequest request) {
  if (request.method != "GET") co_return unknown_path("GET, PUT");
  std::string token(bearer(request.authorization));
  auto user = user_of(token);
  if (!user) co_return rest_problem(user.error());
  auto poll = read_poll(request, token);
  if (!poll) co_return rest_problem(poll.error());
  // Before it waits: a poll must not hold one of the strangers' places.
  Fn<Task<RestResponse>(Place&, Polls&)> work = [token = std::move(token), device = poll->device, address = std::move(request.address)](
                                                    Place& place, Polls&) mutable {
    return prove(place, std::move(token), std::move(device), std::move(address));
  };
  auto proven = co_await router_.at_home(*user, std::move(work));
  if (!proven.proven) co_return proven;
  if (request.admitted) request.admitted();
  const bool preferred = preferred_wait(request.prefer) && request.query.find("wait=") == std::string::npos;
  const Duration wait = poll->wait;
  request = {};
  work = [asked = std::move(*poll)](Place&, Polls& polls) mutable { return polls.poll(std::move(asked)); };
  auto response = co_await router_.at_home(std::move(*user), std::move(work));
  std::move(proven.headers.begin(), proven.headers.end(), std::back_inserter(response.headers));
  if (preferred && response.status < 300) response.headers.emplace_back("Preference-Applied", "wait=" + std::to_string(wait / 1s));
  co_return response;
}

Task<RestResponse> Rest::handle_events(RestRequest request) {
  if (request.method != "GET") co_return unknown_path("GET");
  std::string token(bearer(request.authorization));
  auto user = user_of(token);
  if (!user) co_return rest_problem(user.error());
  auto stream = read_stream(request, std::move(token));
  if (!stream) co_return rest_problem(stream.error());
  Fn<Task<RestResponse>(Place&, Polls&)> work = [asked = std::move(*stream)](Place& place, Polls&) mutable {
    return open_event_stream(place, std::move(asked));
  };
  auto response = co_await router_.at_home(std::move(*user), std::move(work));
  if (response.proven && request.admitted) request.admitted();
  co_return response;
}

Task<RestResponse> Rest::handle_confirm(RestRequest request) {
  std::string token(bearer(request.authorization));
  auto user = user_of(token);
  if (!user) co_return rest_problem(user.error());
  request.last_event_id.clear();
  auto position = read_stream(request, std::move(token));
  if (!position) co_return rest_problem(position.error());
  Fn<Task<RestResponse>(Place&, Polls&)> work = [asked = std::move(*position)](Place& place, Polls&) mutable {
    return confirm_position(place, std::move(asked));
  };
  auto response = co_await router_.at_home(std::move(*user), std::move(work));
  if (response.proven && request.admitted) request.admitted();
  co_return response;
}

}  // namespace kith
