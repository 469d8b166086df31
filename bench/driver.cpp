#include "bench/driver.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <utility>

namespace kith {

struct Driver::Impl {
  AsioLoop loop;
  boost::asio::signal_set signals{loop.context(), SIGINT, SIGTERM};
  Timer look;
  bool interrupted = false;

  Impl() {
    signals.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) interrupted = true;
    });
  }

  void look_again(const std::function<bool()>& over) {
    look = loop.after(1ms, [this, &over] {
      if (over()) return loop.stop();
      look_again(over);
    });
  }
};

Driver::Driver() : impl_(std::make_unique<Impl>()) {}
Driver::~Driver() = default;
AsioLoop& Driver::loop() { return impl_->loop; }
bool Driver::interrupted() const { return impl_->interrupted; }

bool Driver::run_until(Duration within, std::function<bool()> done) {
  const Instant limit = impl_->loop.now() + within;
  bool held = false;
  const std::function<bool()> over = [&] {
    held = done();
    return held || impl_->interrupted || impl_->loop.now() >= limit;
  };
  impl_->look_again(over);
  impl_->loop.run();
  impl_->look.cancel();
  return held && !impl_->interrupted;
}

bool Driver::run_for(Duration time) {
  run_until(time, [] { return false; });
  return !impl_->interrupted;
}

}  // namespace kith
