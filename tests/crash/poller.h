// tests/crash/poller.h — A device's requests over HTTP: one lane for its polls, one for all else, each a thread that makes one call at a
// time.
//
// Answers come on the loop; none after the end of the Poller. What a lane is about to do then it still does, and nobody is told.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/fn.h"
#include "base/loop.h"
#include "client/address.h"
#include "rest/rest.h"

namespace kith::crash {

class Poller {
 public:
  using Answer = Fn<void(std::optional<RestResponse>)>;  // Nothing: the connection was lost, or never made.

  Poller(Loop& loop, ServerAddress server, std::string token);
  ~Poller();

  void poll(RestRequest request, Answer answer) { push(0, std::move(request), std::move(answer)); }
  void request(RestRequest request, Answer answer) { push(1, std::move(request), std::move(answer)); }

 private:
  struct Shared;
  void push(int lane, RestRequest request, Answer answer);
  static void work(const std::shared_ptr<Shared>& shared, int lane);

  std::shared_ptr<Shared> shared_;
};

}  // namespace kith::crash
