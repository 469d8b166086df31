// front/sending_connection.h — A connection that gathers what it is to send and writes it at the end of the turn, in one system call.
// Internal to front/.
//
//   Order   What is in output() leaves in its order. What the network does not take at once waits until it does, and stuck() says so.
//   Cost    With nothing to send there is no buffer: those of all connections come from the deck and go back to it.
//   Fails   A socket that does not take bytes ends the connection.
#pragma once

#include <string>

#include "front/connection.h"

namespace kith {

class SendingConnection : public Connection {
 public:
  SendingConnection(Deck& deck, Socket socket, Ticket ticket, std::unique_ptr<TlsStream> tls);

  // Sends what the network takes. By the deck, at the end of a turn.
  void flush();

 protected:
  // All that was there to send has been taken.
  virtual void flushed() = 0;
  // On its way to another loop: what is not sent goes with it.
  virtual bool leaving() const { return false; }

  // Where to append what is to be sent, before touch().
  std::string& output();
  void touch();

  std::size_t waiting() const { return output_.size() - sent_; }
  bool stuck() const { return stuck_; }
  // When the network has taken nothing for too long.
  Tick stalls_at() const;
  // The waiting begins now.
  void take_time();
  // What is not sent, for whoever takes the socket over.
  std::string take_output();
  void put_output(std::string output) { output_ = std::move(output); }

 private:
  void wait_writable();

  std::string output_;  // Empty, without capacity, when there is nothing to send.
  std::size_t sent_ = 0;
  Tick accepted_at_;    // When the network last took something of the output.
  bool stuck_ = false;  // A write wait is pending.
  bool dirty_ = false;  // The deck will flush.
};

}  // namespace kith
