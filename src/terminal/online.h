// terminal/online.h — A command that needs a connection: one device of the account on a loop of its own, from start to exit status.
//
// Owned by the command; run() blocks. Ends by finish(), by a signal, when the server refuses the device, and, unless it is patient,
// when the server cannot be reached or does not answer within --wait.
#pragma once

#include <memory>
#include <string>

#include "client/device.h"
#include "terminal/context.h"

namespace kith {
class AsioLoop;
}

namespace kith::terminal {

class Online : public DeviceUser {
 public:
  enum class Kind {
    question,  // Shows no messages: the position stays where it is, for the command that does.
    listener,  // Takes messages, and tries to connect for ever.
  };
  Online(const Context& context, Account account, ServerAddress server, Kind kind);
  virtual ~Online();
  Online(const Online&) = delete;
  Online& operator=(const Online&) = delete;

  int run();
  void finish(int status);  // The first one counts.
  bool finished() const { return finished_; }
  // Gives up `after` from now on, with what interrupted() says.
  void give_up_after(Duration after);

  Device& device() { return *device_; }
  const Account& account() const { return account_; }
  AsioLoop& loop();
  // For answers: tells the failure and finishes, unless the command is over already.
  void finish_with(const Failure& failure);

  void message(const wire::Message&) override {}
  void state(DeviceState state, const Failure& why) override;

 protected:
  virtual std::string left_behind() { return {}; }  // What to tell when the command ends before its work is done.

 private:
  struct Parts;

  Account account_;
  const Kind kind_;
  const Duration wait_;
  std::unique_ptr<Parts> parts_;
  std::unique_ptr<Device> device_;
  std::string last_why_;
  bool was_ready_ = false, finished_ = false;
  int status_ = kFailed;
};

// The account and its server, or what to end with (it was told).
struct Ready {
  int status = kFine;
  Account account;
  ServerAddress server;
};
Ready get_ready(const Context& context);

}  // namespace kith::terminal
