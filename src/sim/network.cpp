#include "sim/network.h"

namespace kith::sim {

// ------------------------------------------------------------------------------------------------------ the device's side

void Wire::send(std::string frame) {
  if (cut_ || !server_) return;
  last_up_ = std::max(last_up_, world_.now() + latency());
  // Travels on the client's loop: if the device dies, so does what it had not sent.
  auto self = shared_from_this();
  Duration delay = last_up_ - world_.now();
  auto timer = std::make_shared<Timer>();
  *timer = client_loop_.after(delay, [self, timer, frame = std::move(frame)]() mutable {
    if (!self->cut_ && self->server_) self->server_->received(std::move(frame));
  });
}

void Wire::hang_up() {
  client = nullptr;
  client_told_ = true;
  if (cut_) return;
  cut_ = true;
  if (server_) server_->lost();
}

void Wire::cut() {
  if (cut_) return;
  cut_ = true;
  // One side may believe in the connection for a long time yet.
  client_closed_later(Code::ok,
                      world_.chance(0.8) ? world_.between(Duration(0), Duration(200ms)) : world_.between(Duration(1s), Duration(8s)));
  if (server_) server_->lost();
}

void Wire::set_reading(bool reading) {
  reading_ = reading;
  if (reading_) arrive();
}

void Wire::client_closed_later(Code reason, Duration delay) {
  if (std::exchange(client_told_, true)) return;
  auto self = shared_from_this();
  auto timer = std::make_shared<Timer>();
  *timer = client_loop_.after(delay, [self, timer, reason] {
    if (auto* c = std::exchange(self->client, nullptr)) c->closed(reason);
  });
}

void Wire::attach(std::unique_ptr<ServerEnd> end) { server_ = std::move(end); }

void Wire::server_died() {
  server_.reset();
  if (cut_) return;
  cut_ = true;
  client_closed_later(Code::ok, latency());
}

// -------------------------------------------------------------------------------------------------------- towards the device

void Wire::to_client(std::string frame) {
  in_network_ += frame.size();
  to_client_.push_back(std::move(frame));
  last_down_ = std::max(last_down_, world_.now() + latency());
  auto self = shared_from_this();
  auto timer = std::make_shared<Timer>();
  *timer = client_loop_.after(last_down_ - world_.now(), [self, timer] {
    ++self->arrived_;
    self->arrive();
  });
}

// The device reads what has arrived, one frame at a time, as fast as it can.
void Wire::arrive() {
  while (reading_ && arrived_ > 0 && !to_client_.empty() && !consuming_) {
    if (options_.bytes_per_second != 0 && read_free_ > world_.now()) {
      consuming_ = true;
      auto self = shared_from_this();
      auto timer = std::make_shared<Timer>();
      *timer = client_loop_.after(read_free_ - world_.now(), [self, timer] {
        self->consuming_ = false;
        self->arrive();
      });
      return;
    }
    std::string frame = std::move(to_client_.front());
    to_client_.pop_front();
    --arrived_;
    in_network_ -= frame.size();
    if (options_.bytes_per_second != 0) {
      read_free_ = world_.now() + Duration(static_cast<std::int64_t>(frame.size() * 1'000'000'000 / options_.bytes_per_second));
    }
    if (server_ && !cut_) server_->network_took();
    auto self = shared_from_this();
    if (client) client->frame(frame);
  }
}

// ------------------------------------------------------------------------------------------------------ the server's side

Wire::ServerEnd::ServerEnd(Wire& wire, const std::vector<std::unique_ptr<SimLoop>>& loops, std::size_t home, std::weak_ptr<int> life)
    : wire_(wire), loops_(loops), home_(home), life_(std::move(life)) {}

Wire::ServerEnd::~ServerEnd() = default;

void Wire::ServerEnd::post(Fn<void()> task) {
  loops_[home_]->post([here = std::weak_ptr<int>(here_), task = std::move(task)]() mutable {
    if (here.lock()) task();
  });
}

void Wire::ServerEnd::received(std::string frame) {
  if (told_ || closing_) return;
  post([this, frame = std::move(frame)] {
    if (told_ || closing_) return;
    if (moving_ || !peer_) {
      held_.push_back(frame);
    } else {
      peer_->received(frame);
    }
  });
}

void Wire::ServerEnd::send(std::string_view frame) {
  if (told_ || closing_ || wire_.cut_) return;
  unsent_.emplace_back(frame);
  unsent_bytes_ += frame.size();
  post([this] { flush(); });  // Gathered at the end of the turn, as the real one does.
}

void Wire::ServerEnd::flush() {
  bool had = !unsent_.empty();
  while (!unsent_.empty() && wire_.in_network_ < wire_.options_.window && !wire_.cut_) {
    unsent_bytes_ -= unsent_.front().size();
    wire_.to_client(std::move(unsent_.front()));
    unsent_.pop_front();
  }
  if (had && unsent_.empty() && !drain_due_) {
    drain_due_ = true;
    post([this] {
      drain_due_ = false;
      if (peer_ && !moving_ && !told_ && unsent_.empty()) peer_->drained();
    });
  }
}

void Wire::ServerEnd::network_took() {
  if (!unsent_.empty()) post([this] { flush(); });
}

void Wire::ServerEnd::close(Code reason) {
  if (closing_ || told_) return;
  flush();
  closing_ = true;
  if (!wire_.cut_) {
    wire_.last_down_ = std::max(wire_.last_down_, wire_.world_.now() + wire_.latency());
    wire_.client_closed_later(reason, wire_.last_down_ - wire_.world_.now());
  }
  lost();
}

void Wire::ServerEnd::lost() {
  post([this] {
    if (moving_) {
      lost_while_moving_ = true;
      return;
    }
    if (std::exchange(told_, true)) return;
    if (peer_) peer_->closed();
    post([this] { peer_.reset(); });
  });
}

void Wire::ServerEnd::hand_over(std::size_t home, Fn<std::unique_ptr<Peer>(Transport&)> make) {
  moving_ = true;
  std::size_t from = home_;
  loops_[from]->post([this, here = std::weak_ptr<int>(here_), home, make = std::move(make)]() mutable {
    if (!here.lock()) return;
    peer_.reset();
    home_ = home;
    post([this, make = std::move(make)]() mutable {
      moving_ = false;
      peer_ = make(*this);
      for (auto& frame : std::exchange(held_, {})) {
        if (!told_ && !closing_) peer_->received(frame);
      }
      if (lost_while_moving_) lost();
    });
  });
}

}  // namespace kith::sim
