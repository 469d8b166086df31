// front/listener.h — The server's door: accepts connections and deals them to the loops. Owns every connection.
//
//   Which loop   Accepts on the first loop and deals round robin; a connection is served on the loop that it was dealt to.
//   Limits       FrontConfig. Beyond them a connection is answered with 503 too_many_connections and ends.
//   Ending       stop_accepting(), then what sessions have to say, then cut_all(); count() tells when all are gone. Destroy it when the
//                loops no longer run and before they are destroyed: connections that are left die then without Peer::closed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "front/asio_loop.h"
#include "front/config.h"
#include "front/http.h"

namespace kith {

class Listener {
 public:
  // One loop and what serves there; all must outlive the Listener. Transport::hand_over counts berths in this order.
  struct Berth {
    AsioLoop& loop;
    HttpHandler& http;
    PeerFactory& peers;
  };

  Listener(FrontConfig config, const std::vector<Berth>& berths);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Binds, and accepts from when the first loop runs. Returns the port, which is a free one if port 0 was asked for. Fails with
  // `unavailable` when the address cannot be had.
  Result<std::uint16_t> listen();

  // From here on any thread.

  // No new connections; HTTP connections end after what they are doing, WebSockets before hand_over() with going_away, the others stay.
  void stop_accepting();
  // Ends every connection at once; their peers hear closed().
  void cut_all();

  std::size_t count() const;            // Connections now.
  std::size_t unauthenticated() const;  // Those of them that were not handed over.

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kith
