// What a simulated device does without a WebSocket: long polling for what it missed, and a request for each command.
#include <algorithm>

#include "base/uri.h"
#include "sim/device.h"

namespace kith::sim {

using check::Op;
using check::Phase;

void Device::cut() {
  if (wire_) wire_->cut();
  for (auto& [call, exchange] : exchanges_) exchange->cut();
}

void Device::drop_exchanges() {
  for (auto& [call, exchange] : exchanges_) exchange->hang_up();
  exchanges_.clear();
}

// In the middle of whatever it does.
void Device::change_transport() {
  lose_connection();
  if (wire_) wire_->hang_up();
  wire_.reset();
  reconnect_.cancel();
  double usually = std::exchange(options_.polls, polling_ ? 0 : 1);
  connect();
  options_.polls = usually;
}

void Device::poll_from_now_on() {
  options_.polls = 1;
  if (!polling_) change_transport();
}

// ------------------------------------------------------------------------------------------------------------- requests

void Device::request(std::uint64_t call, RestRequest request) {
  request.authorization = "Bearer " + machine_.token(user_, device_);
  RestRequest asked;
  asked.method = request.method;
  asked.path = request.path;
  auto exchange = std::make_shared<Exchange>(
      world_, *loop_, options_.wire,
      [this, call, asked = std::move(asked)](std::optional<RestResponse> response) { answered(call, asked, std::move(response)); });
  exchanges_[call] = exchange;
  exchange->send(machine_, std::move(request));
}

void Device::answered(std::uint64_t call, const RestRequest& asked, std::optional<RestResponse> response) {
  exchanges_.erase(call);
  if (response) return take(as_frame(asked, *response, call));
  auto lost = calls_.find(call);
  if (lost == calls_.end()) return;
  auto info = operation(lost->second.op, Phase::info, call);
  info.code = "disconnected";
  if (!lost->second.unrecorded) recorder_.add(info);
  if (lost->second.final) final_reads_ = -1;
  calls_.erase(lost);
  std::erase_if(outbox_, [&](const Outgoing& outgoing) { return outgoing.call == call && outgoing.spoiled; });
  for (Outgoing& outgoing : outbox_) {
    if (outgoing.call == call) outgoing.call = 0;
  }
}

// --------------------------------------------------------------------------------------------------------------- polling

void Device::poll() {
  auto invoke = operation(Op::sync, Phase::invoke);
  wire::Auth auth = present(invoke);
  std::uint64_t call = next_call_++;
  calls_[call] = {.op = Op::sync};
  RestRequest request;
  request.method = "GET";
  request.path = "/v1/sync";
  request.query = "device=" + device_ + "&wait=" + std::to_string(world_.between(0, winding_up_ ? 1 : 4));
  if (!auth.cursor.empty()) request.query += "&cursor=" + uri_encoded(auth.cursor) + "&useq=" + std::to_string(auth.useq);
  request.authorization = "Bearer " + auth.token;
  auto exchange = std::make_shared<Exchange>(world_, *loop_, options_.wire,
                                             [this, call](std::optional<RestResponse> response) { polled(call, std::move(response)); });
  exchanges_[call] = exchange;
  exchange->send(machine_, std::move(request));
}

void Device::poll_later() {
  backoff_ = std::min<Duration>(backoff_ * 2, 4s);
  reconnect_ = loop_->after(world_.between(Duration(0), backoff_), [this] {
    reconnect_.cancel();
    poll();
  });
}

void Device::polled(std::uint64_t call, std::optional<RestResponse> response) {
  exchanges_.erase(call);
  calls_.erase(call);
  bool good = response && response->status < 300;
  auto outcome = operation(Op::sync, good ? Phase::ok : response ? Phase::fail : Phase::info, call);
  recorder_.add(outcome);
  if (!response) return poll_later();
  if (good) {
    backoff_ = 100ms;
    synced_ = response->status == 204;
    if (synced_) recorder_.add(operation(Op::synced, Phase::none));
    if (!response->body.empty()) take(response->body);
    resend();
    return poll();
  }
  auto error = reader_.error(response->body);
  // A request that was given up may arrive after its successor, and take its place.
  bool stop = error && error->outcome == "stop" && error->code != "replaced";
  if (stop && !revoked_) recorder_.violation(process_ + " was refused for good: " + error->code);
  if (!stop) poll_later();
}

}  // namespace kith::sim
