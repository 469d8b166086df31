// sim/network.h — Connections between devices and the server: latency, a bounded network, slow readers, cuts that either side learns of
// late or never, frames lost only behind a cut (it is TCP that is simulated).
//
// A Wire is one connection. Its server end is a Transport with a Peer, on a loop of the server; its client end is a Client on the
// device's loop. Either may be gone before the other.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "session/transport.h"
#include "sim/world.h"

namespace kith::sim {

class Machine;

// The device's end of a connection.
class Client {
 public:
  virtual ~Client() = default;
  virtual void frame(std::string_view frame) = 0;
  virtual void closed(Code reason) = 0;  // Code::ok: cut, nobody said why.
};

struct WireOptions {
  Duration latency_min = 1ms, latency_max = 20ms;
  std::size_t window = 64 << 10;       // Bytes on the way to the device; more waits in the server (Transport::unsent).
  std::uint64_t bytes_per_second = 0;  // That the device reads; 0: as they come.
};

class Wire : public std::enable_shared_from_this<Wire> {
 public:
  Wire(World& world, Loop& client_loop, WireOptions options) : world_(world), client_loop_(client_loop), options_(options) {}

  // ---- the device's side
  void send(std::string frame);
  void hang_up();                  // The device closes, or its process dies.
  void cut();                      // The network loses the connection: both sides learn of it, each in its own time, or late.
  void set_reading(bool reading);  // A device that does not read lets the network fill up.
  void read_fast() {               // What it was still busy reading is read now.
    options_.bytes_per_second = 0;
    consuming_ = false;
  }
  Client* client = nullptr;  // Reset it before it dies.

  // ---- the machine's side
  class ServerEnd;
  void attach(std::unique_ptr<ServerEnd> end);
  void server_died();
  ServerEnd* server() { return server_.get(); }

 private:
  friend class ServerEnd;
  void to_client(std::string frame);
  void arrive();
  void client_closed_later(Code reason, Duration delay);
  Duration latency() { return world_.between(options_.latency_min, options_.latency_max); }

  World& world_;
  Loop& client_loop_;
  WireOptions options_;
  std::unique_ptr<ServerEnd> server_;
  std::deque<std::string> to_client_;  // Accepted by the network, in order; the first ones have arrived.
  std::size_t arrived_ = 0;            // How many of them.
  std::size_t in_network_ = 0;         // Bytes of to_client_.
  Instant last_up_, last_down_, read_free_;
  bool reading_ = true, consuming_ = false, cut_ = false, client_told_ = false;
};

// The server's end. Owned by the Wire; dies with the incarnation of the server that accepted it.
class Wire::ServerEnd final : public Transport {
 public:
  // `loops`: those of the incarnation. `life`: expires when it crashes.
  ServerEnd(Wire& wire, const std::vector<std::unique_ptr<SimLoop>>& loops, std::size_t home, std::weak_ptr<int> life);
  ~ServerEnd() override;

  void accept(std::unique_ptr<Peer> peer) { peer_ = std::move(peer); }
  void received(std::string frame);
  void lost();          // The connection is gone: the peer hears of it in its own turn.
  void network_took();  // There is room in the network again.

  // Transport
  void send(std::string_view frame) override;
  std::size_t unsent() const override { return unsent_bytes_; }
  void close(Code reason) override;
  void hand_over(std::size_t home, Fn<std::unique_ptr<Peer>(Transport&)> make) override;
  const std::string& address() const override { return address_; }

 private:
  void flush();
  void post(Fn<void()> task);

  Wire& wire_;
  const std::vector<std::unique_ptr<SimLoop>>& loops_;
  std::size_t home_;
  std::weak_ptr<int> life_;
  std::shared_ptr<int> here_ = std::make_shared<int>(0);
  std::unique_ptr<Peer> peer_;
  std::deque<std::string> unsent_, held_;  // held_: arrived while the peer was moving.
  std::size_t unsent_bytes_ = 0;
  bool moving_ = false, closing_ = false, told_ = false, drain_due_ = false, lost_while_moving_ = false;
  const std::string address_ = "192.0.2.1";
};

}  // namespace kith::sim
