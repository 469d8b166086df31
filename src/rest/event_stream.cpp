#include "rest/event_stream.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "limits/limits.h"
#include "session/position.h"
#include "wire/error.h"

namespace kith {

namespace {

// A comment, which clients pass over.
constexpr std::string_view kIdle = ":\n\n";

// The frames were written by this server, so what they hold stands where its writer puts it.
bool is(std::string_view frame, std::string_view body) {
  return frame.size() > body.size() + 4 && frame.starts_with("{\"") && frame.substr(2, body.size()) == body &&
         frame.substr(2 + body.size(), 2) == "\":";
}

// What stands behind the first `key`. Inside of texts quotes are escaped, so a key is found only where it is one.
std::string_view behind(std::string_view frame, std::string_view key) {
  auto at = frame.find(key);
  return at == frame.npos ? std::string_view() : frame.substr(at + key.size());
}

std::string_view text_of(std::string_view frame, std::string_view key) {
  auto text = behind(frame, key);
  return text.substr(0, text.find('"'));
}

std::uint64_t number_of(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Whose device it is, and whether it may ask now: `fields` tell how that stands.
Task<Result<Identity>> identify(Place& place, const StreamRequest& request, HeaderFields& fields) {
  if (place.stopping) co_return Failure{Code::going_away, {}, 1000};
  auto identity = co_await place.backend.verify(request.token, request.device);
  if (identity && identity->device.empty()) identity = Failure{Code::invalid_argument, "device"};
  if (!identity) co_return identity;
  Meter meter(place.limits, identity->user, identity->device, request.address);
  auto refused = meter.admit(1);
  add_rate_fields(fields, meter.standings(), place.loop.now());
  if (refused) co_return *refused;
  co_return identity;
}

RestResponse refusal(const Failure& failure, HeaderFields fields) {
  RestResponse response = rest_problem(failure);
  std::move(fields.begin(), fields.end(), std::back_inserter(response.headers));
  return response;
}

}  // namespace

Task<RestResponse> confirm_position(Place& place, StreamRequest request) {
  HeaderFields fields;
  auto identifying = identify(place, request, fields);
  auto identity = co_await identifying;
  if (!identity) co_return refusal(identity.error(), std::move(fields));
  RestResponse done{204, {}, std::move(fields), true};
  {
    auto inbox = co_await place.inboxes.acquire(identity->user);
    if (!inbox) co_return rest_problem(inbox.error());
    auto cursor = Cursor::parse(request.cursor);
    bool ours = cursor && cursor->store == place.store_id && cursor->rebuild == (*inbox)->rebuild();
    if (!ours) co_return rest_problem({Code::invalid_argument, "cursor"});
    request.useq = std::min(std::max(cursor->useq, request.useq), (*inbox)->head());
  }
  co_await take_confirmed(place, identity->user, identity->device, request.useq);
  co_return done;
}

Task<RestResponse> open_event_stream(Place& place, StreamRequest request) {
  HeaderFields fields;
  auto identifying = identify(place, request, fields);
  auto identity = co_await identifying;
  if (!identity) co_return refusal(identity.error(), std::move(fields));
  RestResponse response;
  response.proven = true;
  response.headers = std::move(fields);
  response.headers.emplace_back("X-Accel-Buffering", "no");  // Proxies that gather answers would keep what is live.
  response.stream = std::make_unique<RestStream>();
  response.stream->home = place.backend.home(identity->user);
  response.stream->idle = kIdle;
  Admitted admitted{0, std::move(request.token), std::move(*identity), std::move(request.cursor), request.useq, Encoding::json};
  response.stream->make = [&place, admitted = std::move(admitted)](Transport& connection) mutable -> std::unique_ptr<Peer> {
    return std::make_unique<EventStream>(place, connection, std::move(admitted));
  };
  co_return response;
}

EventStream::EventStream(Place& place, Transport& connection, Admitted admitted)
    : place_(place), connection_(connection), user_(admitted.identity.user), device_(admitted.identity.device) {
  if (auto cursor = Cursor::parse(admitted.cursor)) unconfirmed_ = std::max(cursor->useq, admitted.useq);
  Transport& here = *this;
  session_ = std::make_unique<Session>(place, here, std::move(admitted));
}

void EventStream::send(std::string_view frame) {
  std::string event;
  event.reserve(frame.size() + 80);
  bool moves = true;
  if (is(frame, "event")) {
    constexpr std::string_view kNumbered = "{\"event\":{\"useq\":";
    moves = frame.starts_with(kNumbered);
    if (moves) at_.useq = {number_of(frame.substr(kNumbered.size()))};
  } else if (is(frame, "page") || is(frame, "resync") || is(frame, "synced")) {
    auto cursor = Cursor::parse(text_of(frame, "\"cursor\":\""));
    KITH_ASSERT(cursor);
    at_ = *cursor;
    auto presented = std::exchange(unconfirmed_, std::nullopt);
    if (presented && !is(frame, "resync")) confirm(*presented);
  } else {
    moves = false;
    if (is(frame, "error")) told_ = true;
    if (is(frame, "goaway")) event.append("retry: ").append(std::to_string(number_of(behind(frame, "\"afterMs\":")))).append("\n");
  }
  if (moves) event.append("id: ").append(at_.text()).append("\n");
  event.append("data: ").append(frame).append("\n\n");
  connection_.send(event);
}

void EventStream::close(Code reason) {
  if (!told_ && reason != Code::going_away) {
    std::string body;
    wire::write_json(wire::Frame{0, wire::to_error(Failure(reason))}, body);
    send(body);
  }
  connection_.close(reason);
}

void EventStream::hand_over(std::size_t, Fn<std::unique_ptr<Peer>(Transport&)>) { KITH_ASSERT(!"sessions move no connection"); }

void EventStream::confirm(Useq presented) { scope_.spawn(take_confirmed(place_, user_, device_, presented)); }

}  // namespace kith
