#include "server/http_api.h"

#include <algorithm>
#include <cstdio>

#include "rest/documents.h"

namespace kith {

namespace {

HttpResponse text(int status, std::string body) { return {status, "text/plain; charset=utf-8", std::move(body), {}}; }

struct Sample {
  const char* name;
  const char* kind;
  const char* help;
  std::uint64_t value;
};

std::string prometheus(const std::vector<Sample>& samples) {
  std::string out;
  for (const Sample& s : samples) {
    out += std::string("# HELP ") + s.name + ' ' + s.help + "\n# TYPE " + s.name + ' ' + s.kind + '\n' + s.name + ' ' +
           std::to_string(s.value) + '\n';
  }
  return out;
}

std::string prometheus(const Refusals& refused) {
  std::string out = "# HELP kith_limited_total What a limit refused (docs/limits.md).\n# TYPE kith_limited_total counter\n";
  for (std::size_t i = 0; i < kLimits; ++i) {
    Limit limit = static_cast<Limit>(i);
    out += "kith_limited_total{limit=\"" + std::string(name(limit)) + "\"} " + std::to_string(refused.of(limit)) + '\n';
  }
  return out;
}

// Who supervises the server must not be told to wait.
bool for_operators(std::string_view path) { return path == "/livez" || path == "/readyz" || path == "/metrics"; }

struct Numbers {
  Traffic traffic;
  Refusals refused;
  std::uint64_t open_sessions = 0, online = 0, presence_told = 0, presence_deferred = 0, presence_shed = 0, conversations = 0,
                conversation_bytes = 0, inboxes = 0, inbox_bytes = 0;
  double presence_rate = 0;
};

Numbers numbers_of(Shard& s) {
  Numbers n{.traffic = s.traffic};
  n.refused = s.limits.refusals();
  n.refused += s.accounts.refusals();
  n.open_sessions = s.directory.count();
  n.online = s.presence_book.online();
  n.presence_told = s.presence_book.counts().told;
  n.presence_deferred = s.presence_book.counts().deferred;
  n.presence_shed = s.watchers.shed();
  n.conversations = s.conversations.count();
  n.conversation_bytes = s.conversations.bytes();
  n.inboxes = s.inboxes.count();
  n.inbox_bytes = s.inboxes.bytes();
  n.presence_rate = s.presence_rate.a_second();
  return n;
}

Task<Numbers> count(Shard& shard) { co_return numbers_of(shard); }

// Of all bytes of presence in the last minute, what one user who is online got in a second.
std::string presence_rate(const Numbers& sum) {
  char value[32];
  std::snprintf(value, sizeof value, "%.3f", sum.online == 0 ? 0 : sum.presence_rate / static_cast<double>(sum.online));
  constexpr const char* kName = "kith_presence_bytes_per_online_user_second";
  return std::string("# HELP ") + kName + " Bytes of presence that a user who is online got in a second, over the last minute.\n# TYPE " +
         kName + " gauge\n" + kName + ' ' + value + '\n';
}

}  // namespace

HttpApi::HttpApi(Node& node, std::size_t index, std::function<std::string()> process_metrics)
    : node_(node),
      index_(index),
      process_metrics_(std::move(process_metrics)),
      auth_(node.shard(index).loop, node.tokens(), *node.shard(index).router),
      rest_(node.shard(index).loop, node.tokens(), *node.shard(index).router),
      admin_(node.shard(index).loop, node.tokens(), *node.shard(index).router, node.options().admin) {}

void HttpApi::handle(HttpRequest request, Fn<void(HttpResponse)> reply) {
  std::string address = request.address;
  auto too_much_of_it = for_operators(request.path) ? std::nullopt : node_.shard(index_).limits.stranger(address, 1);
  if (too_much_of_it) {
    auto response = problem(*too_much_of_it);
    describe_limit(response, address);
    return reply(std::move(response));
  }
  if (HttpAuth::is_ours(request.path)) {
    scope_.spawn(auth({std::move(request.method), std::move(request.path), std::move(request.authorization), std::move(request.body),
                       std::move(request.address)},
                      std::move(address), std::move(reply)));
    return;
  }
  if (Admin::is_ours(request.path)) {
    scope_.spawn(admin({std::move(request.method), std::move(request.path), std::move(request.query), std::move(request.authorization),
                        std::move(request.body), std::move(request.address), std::move(request.admitted)},
                       std::move(reply)));
    return;
  }
  if (Rest::is_ours(request.path)) {
    auto answering =
        rest_.handle({std::move(request.method), std::move(request.path), std::move(request.query), std::move(request.authorization),
                      std::move(request.idempotency_key), std::move(request.prefer), std::move(request.last_event_id),
                      std::move(request.body), std::move(request.address), std::move(request.admitted)});
    scope_.spawn(rest(std::move(answering), std::move(address), std::move(reply)));
    return;
  }
  const ServedDocument* document = find_document(request.path);
  bool known = document || for_operators(request.path);
  if (!known) return reply(problem(Failure{Code::not_found, request.path}));
  if (request.method != "GET") {
    auto refused = problem(Failure{Code::method_not_allowed});
    refused.headers.emplace_back("Allow", "GET");
    return reply(std::move(refused));
  }
  if (document) {
    HttpResponse response{200, std::string(document->content_type), std::string(document->text), {}};
    response.headers.emplace_back("Content-Security-Policy", kDocumentsPolicy);
    return reply(std::move(response));
  }
  if (request.path == "/livez") return reply(text(200, "alive\n"));
  if (request.path == "/readyz") return reply(draining_ ? text(503, "draining\n") : text(200, "ready\n"));
  scope_.spawn(metrics(std::move(reply)));
}

void HttpApi::describe_limit(HttpResponse& response, std::string_view address) const {
  const Shard& shard = node_.shard(index_);
  auto is_field = [](const auto& header) { return header.first == "RateLimit"; };
  if (std::any_of(response.headers.begin(), response.headers.end(), is_field)) return;
  add_rate_fields(response.headers, shard.limits.standings(address), shard.loop.now());
}

Task<void> HttpApi::auth(AuthRequest request, std::string address, Fn<void(HttpResponse)> reply) {
  Router& router = *node_.shard(index_).router;
  // Who may first: strangers get no work done.
  auto record = admin_.record(request.authorization, request.address);
  auto deed = record ? HttpAuth::deed(request) : std::nullopt;
  if (deed) {
    record->what = std::move(deed->what);
    record->whom = std::move(deed->whom);
  } else {
    record.reset();
  }
  if (record && deed->changes) {
    auto begun = co_await router.note(*record);
    if (!begun) co_return reply(problem(begun.error()));
    record->number = *begun;
  }
  auto answer = co_await auth_.handle(std::move(request));
  if (record) {
    record->outcome = audit_outcome(answer.status, answer.body);
    auto noted = co_await router.note(std::move(*record));
    if (!noted && !deed->changes) co_return reply(problem(noted.error()));
  }
  HttpResponse response{answer.status, answer.status >= 400 ? "application/problem+json" : "application/json", std::move(answer.body), {}};
  if (answer.retry_after_ms != 0) response.headers.emplace_back("Retry-After", std::to_string((answer.retry_after_ms + 999) / 1000));
  if (!answer.allow.empty()) response.headers.emplace_back("Allow", answer.allow);
  if (answer.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  describe_limit(response, address);
  reply(std::move(response));
}

namespace {

HttpResponse to_http(RestResponse answer) {
  HttpResponse response{answer.status, answer.status >= 400 ? "application/problem+json" : "application/json", std::move(answer.body), {}};
  if (answer.status == 204) response.content_type.clear();
  for (auto& header : answer.headers) {
    if (header.first == "Content-Type") {
      response.content_type = std::move(header.second);
    } else {
      response.headers.push_back(std::move(header));
    }
  }
  return response;
}

}  // namespace

Task<void> HttpApi::rest(Task<RestResponse> answering, std::string address, Fn<void(HttpResponse)> reply) {
  auto answer = co_await answering;
  auto stream = std::move(answer.stream);
  HttpResponse response = to_http(std::move(answer));
  describe_limit(response, address);
  if (stream) {
    response.content_type = "text/event-stream";
    response.stream = std::make_shared<HttpStream>(HttpStream{stream->home, std::move(stream->make), stream->idle});
  }
  reply(std::move(response));
}

Task<void> HttpApi::admin(AdminRequest request, Fn<void(HttpResponse)> reply) {
  auto answer = co_await admin_.handle(std::move(request));
  reply(to_http(std::move(answer)));
}

Task<void> HttpApi::metrics(Fn<void(HttpResponse)> reply) {
  Numbers sum;
  for (std::size_t i = 0; i < node_.size(); ++i) {
    auto one = co_await node_.shard(index_).router->call<Numbers>(i, [](Shard& shard) { return count(shard); });
    sum.refused += one.refused;
    Traffic& t = sum.traffic;
    const Traffic& o = one.traffic;
    t.commands += o.commands, t.failures += o.failures, t.acked += o.acked, t.repeated += o.repeated, t.events += o.events;
    t.pages += o.pages, t.resyncs += o.resyncs, t.fell_behind += o.fell_behind, t.sessions += o.sessions;
    t.presence_pushes += o.presence_pushes, t.presence_bytes += o.presence_bytes;
    sum.online += one.online, sum.presence_told += one.presence_told, sum.presence_deferred += one.presence_deferred;
    sum.presence_shed += one.presence_shed, sum.presence_rate += one.presence_rate;
    sum.open_sessions += one.open_sessions, sum.conversations += one.conversations, sum.conversation_bytes += one.conversation_bytes;
    sum.inboxes += one.inboxes, sum.inbox_bytes += one.inbox_bytes;
  }
  const Traffic& t = sum.traffic;
  std::string out = prometheus({
      {"kith_commands_total", "counter", "Commands of authenticated devices.", t.commands},
      {"kith_failures_total", "counter", "Commands answered with an error.", t.failures},
      {"kith_messages_acked_total", "counter", "Messages made durable and acked.", t.acked},
      {"kith_messages_repeated_total", "counter", "Sends that were repeats of one before.", t.repeated},
      {"kith_events_total", "counter", "Messages pushed live.", t.events},
      {"kith_pages_total", "counter", "Pages of missed inbox steps.", t.pages},
      {"kith_resyncs_total", "counter", "Devices whose cursor was of no use.", t.resyncs},
      {"kith_fell_behind_total", "counter", "Times that a slow reader was sent to its log.", t.fell_behind},
      {"kith_sessions_total", "counter", "Sessions begun.", t.sessions},
      {"kith_sessions", "gauge", "Sessions now.", sum.open_sessions},
      {"kith_users_online", "gauge", "Users online now.", sum.online},
      {"kith_presence_bytes_total", "counter", "Bytes of presence, pushes and answers.", t.presence_bytes},
      {"kith_presence_pushes_total", "counter", "Pushes of presence.", t.presence_pushes},
      {"kith_presence_told_total", "counter", "Times that a change was told to one who watches, before merging into pushes.",
       sum.presence_told},
      {"kith_presence_deferred_total", "counter", "Changes that waited for another tick, the budget of theirs being used up.",
       sum.presence_deferred},
      {"kith_presence_shed_total", "counter", "Changes that a connection which takes nothing was not told.", sum.presence_shed},
      {"kith_conversations_in_memory", "gauge", "Conversations in memory.", sum.conversations},
      {"kith_conversation_bytes", "gauge", "What they cost, estimated.", sum.conversation_bytes},
      {"kith_inboxes_in_memory", "gauge", "Inboxes in memory.", sum.inboxes},
      {"kith_inbox_bytes", "gauge", "What they cost, estimated.", sum.inbox_bytes},
  });
  out += prometheus(sum.refused);
  out += presence_rate(sum);
  if (process_metrics_) out += process_metrics_();
  reply({200, "text/plain; version=0.0.4; charset=utf-8", std::move(out), {}});
}

}  // namespace kith
