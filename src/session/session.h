// session/session.h — One authenticated device on one connection: carries out its commands, and keeps it in step with its user's inbox.
//
//   Which loop   That of its user, where the inbox is. Owned by the connection (Peer).
//   Order        Commands take effect in the order of their frames. Pages and events are contiguous from the device's cursor on: what it
//                missed is read from the log, then steps are sent as they become durable, without a gap and without a repeat.
//   Buffer       None of its own: beyond SessionOptions::unsent_max it falls behind, and reads the log again when the network has caught
//   up. Ends         With its connection. Commands in progress may still take effect; their answers are lost, and a repeat gives them
//   again.
#pragma once

#include <string>
#include <vector>

#include "session/commands.h"
#include "session/directory.h"
#include "session/frames.h"

namespace kith {

class Session final : public Peer, public Attendant {
 public:
  Session(Place& place, Transport& transport, Admitted admitted);
  ~Session() override;

  void received(std::string_view frame) override;
  void drained() override;
  void closed() override;

  // Attendant
  const UserId& user() const override { return user_; }
  const DeviceId& device() const override { return device_; }
  void step(const InboxStep& step) override;
  void signal(const Signal& signal) override;
  void hide_read() override { wishes_->shows_read = false; }
  std::shared_ptr<Wishes> wishes() override { return ended_ ? nullptr : wishes_; }
  void end(Code reason) override;
  void dismiss(std::uint32_t after_ms) override;

 private:
  Task<void> begin(Admitted admitted);
  void start_pump();
  Task<void> pump();

  void write_own(const InboxStep& step);
  void take_confirmation(Useq useq);
  void confirm();

  Place& place_;
  Frames frames_;
  const UserId user_;
  const DeviceId device_;
  const std::shared_ptr<Wishes> wishes_;
  Commands commands_;
  Useq position_;  // Sent to the device so far.
  Useq confirmed_, confirmed_written_;
  Instant confirm_at_;  // When the last one was written.
  std::uint32_t rebuild_ = 0;
  bool live_ = false;  // position_ is the inbox's head, and steps are sent as they come.
  bool pumping_ = false, began_ = false, synced_ = false, ended_ = false;
  std::optional<Promise<Ok>> until_drained_;
  std::vector<std::string> early_;  // Frames that came before begin() was sure of the device.
  Timer confirm_later_;
  Scope scope_;
};

}  // namespace kith
