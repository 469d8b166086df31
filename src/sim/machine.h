// sim/machine.h — The simulated server: a disk that survives, and the incarnations of kithd's Node that run on it one after the other.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/node.h"
#include "sim/exchange.h"
#include "sim/network.h"
#include "sim/world.h"
#include "store/memory_store.h"

namespace kith::sim {

struct MachineOptions {
  std::size_t loops = 2;
  MemoryTiming disk{100us, 4ms};
  MemoryFaults faults;
  std::size_t cache_bytes = 1 << 20;  // Small, so that conversations and inboxes come and go.
  bool no_sync = false;               // The planted store that calls writes durable that are not.
};

class Machine {
 public:
  Machine(World& world, MachineOptions options);
  ~Machine();

  void start();  // Boots; serves a little later.
  enum class Crash { process, power };
  void crash(Crash how);
  void stop();  // A planned stop, then like off.
  bool up() const { return incarnation_ != nullptr; }
  bool serving() const;

  // A new connection arrives; refused (closed) while the server is down.
  void connect(const std::shared_ptr<Wire>& wire, Encoding encoding);

  // A request arrives.
  void serve(RestRequest request, std::shared_ptr<Exchange> exchange);

  // What an administrator asks for over HTTP. `done` on the caller's word only: never called when the server dies meanwhile.
  void revoke(UserId user, DeviceId device, Fn<void(bool)> done);

  // A token of the embedding application.
  std::string token(const std::string& user, const std::string& device) const;

  MemoryDisk& disk() { return disk_; }
  void set_faults(MemoryFaults faults) { disk_.set_faults(std::move(faults)); }
  // The next start finds another store: the data was restored or rebuilt elsewhere.
  std::uint64_t starts() const { return starts_; }

 private:
  struct Incarnation;
  Task<void> boot(Incarnation& incarnation);

  World& world_;
  const MachineOptions options_;
  SimLoop disk_loop_;
  SeededRandom disk_random_;
  MemoryDisk disk_;
  std::uint64_t starts_ = 0;
  std::unique_ptr<Incarnation> incarnation_;
};

}  // namespace kith::sim
