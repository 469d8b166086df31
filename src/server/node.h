// server/node.h — A server without its network: all shards, and how connections and requests get to them. Runs on real loops in kithd
// and on simulated ones in sim/.
//
//   Which loop   Built and ended while no loop runs. accept() and the handlers: on the loop that they name.
//   Owns         The shards. Loops, engine and listener outlive it; connections must be gone before it is.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "auth/token.h"
#include "server/lifetime.h"
#include "server/router.h"
#include "server/shard.h"

namespace kith {

struct NodeOptions {
  SessionOptions session;
  PresenceOptions presence;
  AccountsOptions accounts;
  LimitOptions limits;
  ConversationOptions conversations;
  AdminOptions admin;
  std::size_t cache_bytes = 256 << 20;  // Conversations and inboxes in memory, of all loops together.
  Duration dismiss_spread = 5s;         // At a planned stop clients come back within this time.
};

class Node {
 public:
  Node(NodeOptions options, Lifetime lifetime, TokenReader tokens, std::vector<LoopParts> loops);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Starts the recovery of fan-outs that a former epoch left pending, and the shards' housekeeping. Posts to every loop.
  void start();

  // A new connection on loop `index`.
  std::unique_ptr<Peer> accept(std::size_t index, Transport& transport, Encoding encoding);

  // A planned stop: tells every session to come back later and ends it. `done` is called on loop 0 when everything is settled.
  void stop(std::function<void()> done);

  bool recovered() const { return recovered_; }  // On loop 0.

  std::size_t home(Slot slot) const { return slot.value % shards_.size(); }
  std::size_t size() const { return shards_.size(); }
  Shard& shard(std::size_t index) { return *shards_[index]; }
  const NodeOptions& options() const { return options_; }
  const Lifetime& lifetime() const { return lifetime_; }
  const TokenReader& tokens() const { return tokens_; }

 private:
  Task<void> recover();
  Task<void> settle(std::function<void()> done);

  static NodeOptions completed(NodeOptions options, Random& random);

  const NodeOptions options_;
  const Lifetime lifetime_;
  const TokenReader tokens_;
  bool recovered_ = false;
  std::vector<std::unique_ptr<Shard>> shards_;
};

template <class T>
Future<T> Router::call(std::size_t target, Fn<Task<T>(Shard&)> work) {
  Shard& here = node_.shard(here_);
  if (target == here_) return here.scope.start(work(here));
  Promise<T> promise;
  auto future = promise.future();
  node_.shard(target).loop.post([&there = node_.shard(target), &here, work = std::move(work), promise = std::move(promise)]() mutable {
    there.scope.start(work(there)).then([&here, promise = std::move(promise)](T value) mutable {
      here.loop.post([promise = std::move(promise), value = std::move(value)]() mutable { promise.set(std::move(value)); });
    });
  });
  return future;
}

}  // namespace kith
