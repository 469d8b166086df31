// session/greeter.h — The server's side of a connection until it is authenticated: says hello, takes ping and auth, and hands the
// connection over to the loop of its user. Ends it after `auth_within`.
#pragma once

#include "session/frames.h"

namespace kith {

class Greeter final : public Peer {
 public:
  Greeter(Place& place, Transport& transport, Encoding encoding);

  void received(std::string_view frame) override;
  void drained() override {}
  void closed() override {}

 private:
  Task<void> authenticate(std::uint64_t re, wire::Auth auth);
  void end(std::uint64_t re, const Failure& failure);

  Place& place_;
  Frames frames_;
  bool busy_ = false, ended_ = false;
  Timer timeout_;
  Scope scope_;
};

}  // namespace kith
