// client/device_parts.h — The pieces of which a Device keeps many. Internal to client/.
#pragma once

#include <list>

#include "client/device.h"

namespace kith {

struct Device::Outgoing {
  OutgoingMessage message;
  bool in_flight = false;
};

// What a device knows of one conversation, and its messages that are not acked, in their order. Never removed while the device lives.
struct Device::Conversation {
  explicit Conversation(std::string_view name) : id(name), next(outbox.end()) {}

  const std::string id;
  std::uint64_t head = 0;      // The highest seq heard of in any way.
  std::uint64_t applied = 0;   // The highest that the application heard, or was told to lie before what it hears.
  bool applied_known = false;  // Since the last resync.
  bool head_known = false;     // `head` may serve as base_seq.
  bool asking = false;         // For the head.
  bool paused = false;         // Something must be repeated: nothing is sent until nothing is in flight and the time has come.
  bool sendable = false;       // Is in the device's list of such.
  std::uint8_t attempts = 0;   // Without success, since the last ack.
  std::uint32_t in_flight = 0;
  std::uint32_t pause_ms = 0;
  std::list<Outgoing> outbox;
  std::list<Outgoing>::iterator next;  // The first that was not sent on this connection.
  Conversation* next_sendable = nullptr;
  Timer again;
};

// A command without answer. A message in flight (conversation is set), or a command that is repeated on the next connection.
struct Device::Call {
  Conversation* conversation = nullptr;
  std::list<Outgoing>::iterator message;
  wire::Command command;
  Fn<void(Result<wire::Frame>)> answer;
  bool written = false;
};

}  // namespace kith
