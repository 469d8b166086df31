// client/websocket_link.h — Links to a server as WebSockets (RFC 6455) over TCP or, when its address says so, TLS, on a real loop.
//
//   Which loop   The AsioLoop that is given, which outlives all.
//   Order        What is sent in a turn leaves in one write at its end. Pings are answered here; Link::heard_at() tells of them.
//   Cost         Idle: about 1.3 KB with what Asio keeps (1.9 KB with the device), no timer. Longer reads share one buffer of the loop.
//   Fails        Connecting and the handshakes within 10 s, also when the server is not trusted or the file of authorities is of no use;
//                later by the network only (a silent server is for the device to notice).
#pragma once

#include <memory>

#include "client/address.h"
#include "client/link.h"
#include "session/transport.h"

namespace kith {

class AsioLoop;

class WebSocketLinks final : public Links {
 public:
  WebSocketLinks(AsioLoop& loop, ServerAddress server, Encoding encoding);
  ~WebSocketLinks() override;  // After its links.

  std::unique_ptr<Link> open(LinkUser& user) override;

  struct Shared;

 private:
  std::shared_ptr<Shared> shared_;
};

}  // namespace kith
