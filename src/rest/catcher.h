// rest/catcher.h — A connection of one frame: what Commands answer to a command becomes a value to wait for.
//
//   Which loop   That of the commands. Owner: the request, whose one command it is.
//   Order        The reply comes at the end of the turn in which it was written: whoever waits may then end the commands.
#pragma once

#include <string>
#include <utility>

#include "base/loop.h"
#include "base/task.h"
#include "session/transport.h"

namespace kith {

class Catcher final : public Transport {
 public:
  Catcher(Loop& loop, std::string address) : loop_(loop), address_(std::move(address)) {}

  // The frame, as JSON. Once.
  Future<std::string> reply() { return promise_.future(); }

  // Transport
  void send(std::string_view frame) override;
  std::size_t unsent() const override { return 0; }
  void close(Code reason) override;
  void hand_over(std::size_t home, Fn<std::unique_ptr<Peer>(Transport&)> make) override;
  const std::string& address() const override { return address_; }

 private:
  Loop& loop_;
  Promise<std::string> promise_;
  const std::string address_;  // Who asks.
  bool caught_ = false;
};

}  // namespace kith
