// front/deck.h — The connections of one loop, and what they share: a read buffer, a clock wheel, the list of those with bytes to send.
// Internal to front/.
//
//   Which loop   Its own. Owner: the Listener, which outlives the run of the loop and dies before the loop does.
//   Cost         An idle connection is looked at once per heartbeat. Bytes are sent once per turn and connection.
#pragma once

#include <array>
#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "front/asio_loop.h"
#include "front/config.h"
#include "front/connection.h"
#include "front/http.h"

namespace kith {

class SendingConnection;
struct Passage;
struct StreamPassage;

class Deck {
 public:
  Deck(AsioLoop& loop, HttpHandler& http, PeerFactory& peers, const FrontConfig& config);
  ~Deck();
  Deck(const Deck&) = delete;
  Deck& operator=(const Deck&) = delete;

  // All decks of the listener, by the number of their loop. Before anything else.
  void meet(const std::vector<std::unique_ptr<Deck>>& decks) { decks_ = &decks; }
  Deck* deck(std::size_t home) const { return home < decks_->size() ? (*decks_)[home].get() : nullptr; }

  // A new socket. Without a ticket it is told so, by HTTP, and ends.
  void accept(int native_socket, Ticket ticket);
  // A WebSocket from another loop.
  void board(std::unique_ptr<Passage> passage);
  // A request whose answer goes on, from this loop or another.
  void board(std::unique_ptr<StreamPassage> passage);
  void drain();
  void cut_all();

  // What connections use.
  AsioLoop& loop() { return loop_; }
  HttpHandler& http() { return http_; }
  PeerFactory& peers() { return peers_; }
  const FrontConfig& config() const { return config_; }
  bool draining() const { return draining_; }
  Tick now() const { return now_; }
  Tick ticks(Duration duration) const;

  // One for all: what a read leaves there is used before the next.
  std::span<char> read_buffer() { return {read_buffer_.get(), kReadBytes}; }

  void add(Ref<Connection> connection);
  void forget(Connection& connection);
  // Looks at the connection not later than this.
  void check_by(Connection& connection, Tick at);
  // Calls flush() of the connection at the end of this turn.
  void flush_later(Ref<SendingConnection> connection);

  // Output buffers of connections that have nothing to send.
  std::string take_buffer();
  void give_buffer(std::string buffer);

  std::size_t refusals = 0;  // Connections without a ticket that are being told so.

  Socket adopt(int native_socket);

 private:
  static constexpr std::size_t kReadBytes = 64 * 1024;
  static constexpr std::size_t kSlots = 64;
  using Slot = boost::intrusive::list<Connection, boost::intrusive::constant_time_size<false>>;

  void start_clock();
  void turn_clock();
  void place(Connection& connection, Tick at);
  void flush_all();
  void for_each(Fn<void(Connection&)> act);

  AsioLoop& loop_;
  HttpHandler& http_;
  PeerFactory& peers_;
  const FrontConfig& config_;
  const std::vector<std::unique_ptr<Deck>>* decks_ = nullptr;

  std::unique_ptr<char[]> read_buffer_;
  std::vector<std::string> buffers_;
  std::vector<Ref<SendingConnection>> to_flush_;
  std::vector<Ref<SendingConnection>> flushing_;

  // The wheel: each connection is in the slot of its next check, or of an earlier one when that is further away than the wheel is long.
  std::array<Slot, kSlots> wheel_;
  std::size_t count_ = 0;
  Instant start_;
  Tick now_ = 0;
  Timer clock_;
  bool draining_ = false;
};

}  // namespace kith
