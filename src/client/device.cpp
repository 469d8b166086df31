#include "client/device.h"

#include <algorithm>
#include <utility>

#include "client/device_parts.h"
#include "wire/error.h"
#include "wire/proto_codec.h"

namespace kith {

namespace {

const Failure kFine{Code::ok};

Duration milliseconds(std::uint32_t ms) { return std::chrono::milliseconds(ms); }

}  // namespace

Device::Device(World world, const DeviceOptions& options, DeviceUser& user, std::string token, std::string device)
    : world_(world), options_(options), application_(user), token_(std::move(token)), device_name_(std::move(device)) {}

Device::~Device() = default;

Result<Ok> Device::load() {
  if (std::exchange(loaded_, true) || !world_.storage) return Ok{};
  auto state = world_.storage->load();
  if (!state) {
    loaded_ = false;
    return state.error();
  }
  position_ = std::move(state->position);
  for (OutgoingMessage& message : state->outbox) {
    next_number_ = std::max(next_number_, message.number + 1);
    early_.push_back(std::move(message));
    ++unacked_;
  }
  return Ok{};
}

Result<Ok> Device::start() {
  if (state_ != DeviceState::idle && state_ != DeviceState::stopped) return Ok{};
  auto loaded = load();
  if (!loaded) return loaded;
  attempts_ = 0;
  connect();
  return Ok{};
}

void Device::stop() {
  if (state_ == DeviceState::idle) return;
  keep_step();
  drop_link();
  timer_.cancel();
  state_ = DeviceState::idle;
  end_calls({Code::unavailable, "the device was stopped"});
}

void Device::enter(DeviceState state, const Failure& why) {
  state_ = state;
  application_.state(state, why);
}

// ---------------------------------------------------------------------------------------------------------- connecting

void Device::connect() {
  why_ = kFine;
  reconnect_after_ms_ = 0;
  heartbeat_s_ = 30;
  timer_ = world_.loop.after(options_.open_within, [this] { cut({Code::unavailable, "the server did not answer in time"}); });
  link_ = world_.links.open(*this);
  enter(DeviceState::connecting, kFine);
}

void Device::opened() {}

void Device::drop_link() {
  ++generation_;
  ready_ = in_step_ = false;
  auth_call_ = 0;
  keep_timer_.cancel();
  link_.reset();
  forget_flights();
}

// What was seen cannot be right, or nothing is seen any more: the next connection begins at the position that is certain.
void Device::cut(Failure why) {
  drop_link();
  wait_to_connect(std::move(why), reconnect_after_ms_);
}

void Device::closed(LinkEnd end) {
  const auto known = code_by_close(end.code);
  Failure why = std::exchange(why_, kFine);
  if (why.code == Code::ok) {
    why = {known.value_or(Code::unavailable), std::move(end.reason)};
    if (why.code == Code::ok) why.code = Code::unavailable;
    if (end.http_status == 403) why.code = Code::forbidden;
  }
  const std::uint32_t after_ms = std::max(reconnect_after_ms_, end.retry_after_ms);
  drop_link();
  const bool refused = end.http_status == 401 || end.http_status == 403;
  if (refused || (end.code >= 4500 && end.code < 5000)) return end_for_good(std::move(why));
  wait_to_connect(std::move(why), after_ms);
}

void Device::wait_to_connect(Failure why, std::uint32_t after_ms) {
  // Full jitter: everyone whom one event cut off comes back at another moment.
  Duration cap = std::min(options_.retry_most, options_.retry_first * (std::int64_t{1} << std::min<int>(attempts_, 20)));
  if (attempts_ < 255) ++attempts_;
  Duration delay = milliseconds(after_ms) + Duration(world_.loop.random().below(static_cast<std::uint64_t>(cap.count()) + 1));
  why.retry_after_ms = static_cast<std::uint32_t>(delay / 1ms);
  timer_ = world_.loop.after(delay, [this] { connect(); });
  enter(DeviceState::waiting, why);
}

void Device::end_for_good(Failure why) {
  keep_step();
  drop_link();
  timer_.cancel();
  state_ = DeviceState::stopped;
  end_calls(why);
  if (state_ == DeviceState::stopped) application_.state(state_, why);
}

void Device::supervise() {
  const Duration heartbeat = std::chrono::seconds(heartbeat_s_);
  timer_ = world_.loop.after(heartbeat / 2, [this, heartbeat] {
    const Duration silence = world_.loop.now() - link_->heard_at();
    if (silence > heartbeat * 5 / 2) return cut({Code::silent, "nothing came from the server"});
    if (silence > heartbeat * 3 / 2) write({0, wire::Ping{}});
    supervise();
  });
}

void Device::write(const wire::Command& command) {
  std::string frame;
  frame.reserve(256);
  if (options_.encoding == Encoding::json) {
    wire::write_json(command, frame);
  } else {
    wire::write_proto(command, frame);
  }
  link_->send(frame);
}

// --------------------------------------------------------------------------------------------------------------- frames

void Device::received(std::string_view text) {
  auto frame = options_.encoding == Encoding::json ? world_.reader.frame(text) : wire::read_proto_frame(text);
  if (!frame) {
    // A newer server may say what is not known here.
    if (frame.error().failure.code == Code::unknown_command) return;
    return cut({Code::malformed, "the server sent what is no frame: " + frame.error().failure.detail});
  }
  const auto generation = generation_;
  application_.frame(*frame);
  if (generation != generation_) return;
  std::visit(
      [&](auto& body) {
        using T = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<T, wire::Hello> || std::is_same_v<T, wire::Ready> || std::is_same_v<T, wire::Error> ||
                      std::is_same_v<T, wire::Goaway>) {
          take(frame->re, body);
        } else if constexpr (std::is_same_v<T, wire::Event> || std::is_same_v<T, wire::Page> || std::is_same_v<T, wire::Resync> ||
                             std::is_same_v<T, wire::Synced>) {
          if (!ready_) return;
          take(body);
          if (generation == generation_ && !std::exchange(in_step_, true)) pump();
        } else if constexpr (std::is_same_v<T, wire::Receipts> || std::is_same_v<T, wire::Typing> || std::is_same_v<T, wire::Presences>) {
          if (frame->re != 0) return answered(frame->re, *frame);
          take(body);
        } else if constexpr (!std::is_same_v<T, std::monostate> && !std::is_same_v<T, wire::Pong>) {
          answered(frame->re, *frame);
        }
      },
      frame->body);
}

void Device::take(std::uint64_t, wire::Hello& hello) {
  if (auth_call_ != 0 || ready_) return;
  if (hello.protocol != "kith.v1") return end_for_good({Code::unknown_command, "the server speaks " + hello.protocol + ", not kith.v1"});
  if (hello.heartbeat_s != 0) heartbeat_s_ = hello.heartbeat_s;
  if (hello.limits && hello.limits->text_bytes != 0) text_bytes_max_ = hello.limits->text_bytes;
  if (hello.limits && hello.limits->frame_bytes != 0) frame_bytes_max_ = hello.limits->frame_bytes;
  authenticate();
}

void Device::authenticate() {
  auth_call_ = next_call_++;
  write({auth_call_, wire::Auth{token_, device_name_, position_.cursor, position_.cursor.empty() ? 0 : position_.useq}});
}

void Device::take(std::uint64_t re, wire::Ready& ready) {
  if (re != auth_call_ || ready_) return;
  auth_call_ = 0;
  if (!user_name_.empty() && user_name_ != ready.user) {
    return end_for_good({Code::unauthenticated, "the token belongs to " + ready.user + " now, it was " + user_name_});
  }
  user_name_ = std::move(ready.user);
  ready_ = true;
  supervise();
  enlist_all();
  write_calls();
  enter(DeviceState::syncing, kFine);
}

void Device::take(std::uint64_t re, wire::Error& error) {
  Failure failure = wire::to_failure(error);
  if (re != 0 && re != auth_call_) {
    wire::Frame frame{re, std::move(error)};
    return answered(re, frame);
  }
  // The connection itself is meant; its end follows.
  const Outcome outcome = info(failure.code).outcome;
  if (re != 0 && (outcome == Outcome::stop || outcome == Outcome::fail)) return end_for_good(std::move(failure));
  reconnect_after_ms_ = std::max(reconnect_after_ms_, failure.retry_after_ms);
  why_ = std::move(failure);
}

void Device::take(std::uint64_t, wire::Goaway& goaway) {
  reconnect_after_ms_ = std::max(reconnect_after_ms_, goaway.after_ms);
  why_ = {Code::going_away, std::move(goaway.reason)};
}

}  // namespace kith
