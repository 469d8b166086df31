// sim/exchange.h — A request of a device over HTTP: it travels by itself, and its answer too. Either may be lost with the connection.
//
// Owned by the device and, while it works on it, by the machine. What the server has begun it carries out, whether anybody waits or not.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "rest/rest.h"
#include "sim/network.h"
#include "sim/twin.h"

namespace kith::sim {

class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  using Done = Fn<void(std::optional<RestResponse>)>;  // Nothing: the connection was lost.

  Exchange(World& world, Loop& client_loop, WireOptions options, Done done)
      : world_(world), client_loop_(client_loop), options_(options), done_(std::move(done)) {}

  // ---- the device's side
  void send(Machine& machine, RestRequest request);
  void hang_up() {  // It does not want to know any more.
    done_ = {};
    over_ = true;
  }
  void cut() { lost(world_.between(Duration(0), Duration(2s))); }

  // ---- the machine's side
  void answered(RestResponse response);
  void server_died() { lost(latency()); }

 private:
  void lost(Duration delay);
  void end(std::optional<RestResponse> response, Duration delay);
  Duration latency() { return world_.between(options_.latency_min, options_.latency_max); }

  World& world_;
  Loop& client_loop_;
  const WireOptions options_;
  Done done_;
  bool over_ = false;
};

}  // namespace kith::sim
