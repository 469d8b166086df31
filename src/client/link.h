// client/link.h — What a device needs of the network: the seam under which the client library runs on sockets and on a simulated network.
//
//   Which loop   Both sides live on one loop.
//   Owner        The device owns its Link. It may destroy it at any time, also inside a callback; after that nothing is called.
//   Order        opened(), then received() for each frame, then closed(): once, last. Never inside a call to the Link.
//   Fails        By closed(); a Link that cannot be opened says only that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"

namespace kith {

// Why a connection ended.
struct LinkEnd {
  std::uint16_t code = 0;            // Of the other end's close frame; 0: there was none, the network failed.
  std::uint16_t http_status = 0;     // When the server refused the handshake; else 0.
  std::uint32_t retry_after_ms = 0;  // As said by that refusal; 0: nothing.
  std::string reason;                // For people.
};

class LinkUser {
 public:
  virtual void opened() = 0;
  virtual void received(std::string_view frame) = 0;  // `frame` is valid during the call only.
  virtual void closed(LinkEnd end) = 0;

 protected:
  ~LinkUser() = default;
};

class Link {
 public:
  virtual ~Link() = default;  // Ends the connection: what was sent before leaves as far as the network takes it at once.

  virtual void send(std::string_view frame) = 0;  // Copies; leaves at the end of the turn. Swallowed when the connection is over.
  virtual std::size_t unsent() const = 0;         // Bytes that the network has not taken.
  virtual Instant heard_at() const = 0;           // When anything last arrived, pings included.
};

// Opens connections to one server.
class Links {
 public:
  virtual ~Links() = default;
  virtual std::unique_ptr<Link> open(LinkUser& user) = 0;
};

}  // namespace kith
