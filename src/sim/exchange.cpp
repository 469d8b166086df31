#include "sim/exchange.h"

#include "sim/machine.h"

namespace kith::sim {

// Travels on the client's loop: if the device dies, so does what it had not sent.
void Exchange::send(Machine& machine, RestRequest request) {
  auto self = shared_from_this();
  auto timer = std::make_shared<Timer>();
  *timer = client_loop_.after(latency(), [self, timer, &machine, request = std::move(request)]() mutable {
    if (!self->over_) machine.serve(std::move(request), self);
  });
}

void Exchange::answered(RestResponse response) { end(std::move(response), latency()); }

void Exchange::lost(Duration delay) { end(std::nullopt, delay); }

void Exchange::end(std::optional<RestResponse> response, Duration delay) {
  if (std::exchange(over_, true)) return;
  auto self = shared_from_this();
  auto timer = std::make_shared<Timer>();
  *timer = client_loop_.after(delay, [self, timer, response = std::move(response)]() mutable {
    if (auto done = std::exchange(self->done_, Done())) done(std::move(response));
  });
}

}  // namespace kith::sim
