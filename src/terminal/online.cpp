#include "terminal/online.h"

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <utility>

#include "client/websocket_link.h"
#include "front/asio_loop.h"
#include "terminal/show.h"

namespace kith::terminal {

namespace {

// The outbox of a device, without its position.
class OutboxOnly final : public DeviceStorage {
 public:
  explicit OutboxOnly(DeviceStorage& whole) : whole_(whole) {}
  Result<State> load() override {
    auto state = whole_.load();
    if (state) state->position = {};
    return state;
  }
  Result<Ok> save(const Position&) override { return Ok{}; }
  Result<Ok> put(const OutgoingMessage& message) override { return whole_.put(message); }
  Result<Ok> remove(const OutgoingMessage& message) override { return whole_.remove(message); }

 private:
  DeviceStorage& whole_;
};

Duration wait_of(const Context& context) {
  auto seconds = number(context.line, "wait", 15, 1, 86'400);
  return std::chrono::seconds(seconds ? *seconds : 15);
}

}  // namespace

struct Online::Parts {
  Parts(const Account& account, ServerAddress server)
      : links(loop, std::move(server), options.encoding),
        files(account.directory),
        outbox(files),
        signals(loop.context(), SIGINT, SIGTERM) {}

  AsioLoop loop;
  DeviceOptions options;
  WebSocketLinks links;
  wire::JsonReader reader;
  FileStorage files;
  OutboxOnly outbox;
  boost::asio::signal_set signals;
  Timer limit;
};

Online::Online(const Context& context, Account account, ServerAddress server, Kind kind)
    : account_(std::move(account)), kind_(kind), wait_(wait_of(context)), parts_(std::make_unique<Parts>(account_, std::move(server))) {
  DeviceStorage* storage = &parts_->files;
  if (kind == Kind::question) storage = &parts_->outbox;
  device_ = std::make_unique<Device>(Device::World{parts_->loop, parts_->links, parts_->reader, storage}, parts_->options, *this,
                                     std::string(account_.token.reveal()), account_.device.text());
}

Online::~Online() = default;

AsioLoop& Online::loop() { return parts_->loop; }

int Online::run() {
  auto started = device_->start();
  if (!started) return tell(started.error());
  parts_->signals.async_wait([this](const boost::system::error_code& error, int) {
    if (error) return;
    const std::string left = left_behind();
    if (!left.empty()) std::fprintf(stderr, "kith: %s\n", left.c_str());
    finish(left.empty() && kind_ == Kind::listener ? kFine : kFailed);
  });
  if (kind_ == Kind::question) give_up_after(wait_);
  if (!finished_) parts_->loop.run();
  finished_ = true;
  device_->stop();
  return status_;
}

void Online::finish(int status) {
  if (std::exchange(finished_, true)) return;
  status_ = status;
  parts_->loop.post([this] { parts_->loop.stop(); });
}

void Online::finish_with(const Failure& failure) {
  if (finished_) return;
  tell(failure);
  finish(kFailed);
}

void Online::give_up_after(Duration after) {
  parts_->limit = parts_->loop.after(after, [this] {
    if (finished_) return;
    std::string why = last_why_.empty() ? "it did not answer in time" : last_why_;
    if (auto left = left_behind(); !left.empty()) why += "; " + left;
    finish(tell_unreachable(why));
  });
}

void Online::state(DeviceState state, const Failure& why) {
  if (finished_) return;
  if (state == DeviceState::syncing) {
    if (!last_why_.empty()) std::fprintf(stderr, "kith: connected\n");
    was_ready_ = true;
    last_why_.clear();
  }
  if (state == DeviceState::stopped) {
    std::fprintf(stderr, "kith: %s\n", sentence(why).c_str());
    if (why.code == Code::unauthenticated || why.code == Code::revoked) {
      std::fprintf(stderr, "kith: log in again: kith login %s\n", account_.user.text().c_str());
    }
    if (auto left = left_behind(); !left.empty()) std::fprintf(stderr, "kith: %s\n", left.c_str());
    finish(kFailed);
  }
  if (state != DeviceState::waiting) return;
  const std::string reason = why.code == Code::unavailable && !why.detail.empty() ? why.detail : sentence(why);
  if (kind_ == Kind::question && !was_ready_) {
    auto left = left_behind();
    return finish(tell_unreachable(left.empty() ? reason : reason + "; " + left));
  }
  if (last_why_ != reason && kind_ == Kind::listener) {
    std::fprintf(stderr, "kith: cannot reach the server: %s; trying again\n", plain(reason).c_str());
  }
  last_why_ = reason;
}

Ready get_ready(const Context& context) {
  if (auto wait = number(context.line, "wait", 15, 1, 86'400); !wait) return {tell(wait.error()), {}, {}};
  auto account = context.account();
  if (!account) return {tell(account.error()), {}, {}};
  auto server = context.server(*account);
  if (!server) return {tell(server.error()), {}, {}};
  return {kFine, std::move(*account), std::move(*server)};
}

}  // namespace kith::terminal
