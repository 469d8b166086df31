// rest/event_stream.h — A session whose connection is an HTTP answer that goes on: Server-Sent Events, one for each frame.
//
//   Which loop   That of the user. The connection owns the stream, the stream its Session, whose Transport it is: what is in step, what
//                falls behind and who replaces whom is decided there.
//   Order        Each event holds one frame, as a WebSocket would bring it. Those that move the device's position have the cursor after it
//                as their id, so that Last-Event-ID is a position.
//   Confirms     What the device presents, once the server has found it good.
//   Ends         Why is said in a last event, since there is no close code; a client that came back after `replaced` would begin a fight.
// Source: the HTML standard, 9.2 (Server-sent events).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "rest/response.h"
#include "session/session.h"

namespace kith {

struct StreamRequest {
  std::string token;
  DeviceId device;  // Empty: the one that the token names.
  std::string cursor;
  Useq useq;
  std::string address;  // Who asks, for its limit.
};

// Proves the token, on the user's loop. Answers with a stream, or with why there is none.
Task<RestResponse> open_event_stream(Place& place, StreamRequest request);

// What a device has applied while its stream goes on, on the user's loop: nothing can be said on the stream itself.
Task<RestResponse> confirm_position(Place& place, StreamRequest request);

class EventStream final : public Peer, private Transport {
 public:
  EventStream(Place& place, Transport& connection, Admitted admitted);

  // Peer
  void received(std::string_view) override {}
  void drained() override { session_->drained(); }
  void closed() override { session_->closed(); }

 private:
  // Transport
  void send(std::string_view frame) override;
  std::size_t unsent() const override { return connection_.unsent(); }
  void close(Code reason) override;
  void hand_over(std::size_t home, Fn<std::unique_ptr<Peer>(Transport&)> make) override;
  const std::string& address() const override { return connection_.address(); }

  void confirm(Useq presented);

  Place& place_;
  Transport& connection_;
  const UserId user_;
  const DeviceId device_;
  Cursor at_;                        // After the last event that had an id.
  std::optional<Useq> unconfirmed_;  // What was presented.
  bool told_ = false;                // Why it ends.
  std::unique_ptr<Session> session_;
  Scope scope_;
};

}  // namespace kith
