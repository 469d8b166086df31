// session/transport.h — What a session needs of a connection, and the other way round: the network's seam.
//
// WebSocket connections (front/) implement Transport; the simulator does too. Both sides live on one loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/errors.gen.h"
#include "base/fn.h"

namespace kith {

class Peer;

// How frames are written: the WebSocket subprotocols kith.v1.json and kith.v1.proto.
enum class Encoding : std::uint8_t { json, proto };

// Sends whole frames, in order. Owns its Peer.
class Transport {
 public:
  virtual ~Transport() = default;

  // Copies the frame into the connection's buffer; bytes leave at the end of the turn. Never blocks, never fails: a connection that
  // is gone swallows frames until Peer::closed comes (in a later turn, never inside this call).
  virtual void send(std::string_view frame) = 0;

  // Bytes that were sent but not yet accepted by the network. A peer that would go beyond its budget stops and waits for drained().
  virtual std::size_t unsent() const = 0;

  // Sends what is buffered as far as the network takes it at once, then ends the connection with the close code of `reason`
  // (1000 for Code::ok). Peer::closed follows in a later turn. Repeated calls change nothing.
  virtual void close(Code reason) = 0;

  // Moves the connection to loop number `home` and there replaces its peer by what `make` returns (which gets the Transport to use from
  // then on). The present peer is destroyed, without closed(), in a later turn. Frames that arrive meanwhile wait for the new peer; if
  // the connection dies on the way, `make` is called all the same, then closed().
  virtual void hand_over(std::size_t home, Fn<std::unique_ptr<Peer>(Transport&)> make) = 0;

  // Numeric address of the other end, for limits and logs.
  virtual const std::string& address() const = 0;
};

// Who is behind a connection. Destroyed by its Transport, after closed() or hand_over().
class Peer {
 public:
  virtual ~Peer() = default;

  // One whole frame. `frame` is valid during the call only. Frames come in order; after closed() none comes.
  virtual void received(std::string_view frame) = 0;

  // All that was unsent has been accepted. Called after unsent() was above 0; in its own turn.
  virtual void drained() = 0;

  // The connection is over, whoever ended it. Called exactly once, last, in its own turn.
  virtual void closed() = 0;
};

}  // namespace kith
