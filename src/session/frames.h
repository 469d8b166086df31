// session/frames.h — Writing frames to a connection in its encoding. The only place of the server core that picks between JSON and proto.
#pragma once

#include "inbox/pointer.h"
#include "session/place.h"
#include "session/transport.h"
#include "wire/hot.h"
#include "wire/read_result.h"
#include "wire/wire.gen.h"

namespace kith {

class Frames {
 public:
  Frames(Place& place, Transport& transport, Encoding encoding) : place_(place), transport_(transport), encoding_(encoding) {}

  wire::ReadResult<wire::Command> read(std::string_view frame);
  void write(const wire::Frame& frame);
  void write_failure(std::uint64_t re, const Failure& failure);
  void write_event(Useq useq, const ConversationId& conversation, const Entry& entry);  // useq 0: none.
  void write_history(std::uint64_t re, const ConversationId& conversation, const HistoryPage& page);
  void write_sent(std::uint64_t re, const Receipt& receipt);
  void write_receipts(std::uint64_t re, const ConversationId& conversation, const Receipts& receipts);
  // Of others than `reader`; without `with_read` what they read is left out.
  void write_signal(const Signal& signal, const UserId& reader, bool with_read);
  void write_presences(std::uint64_t re, const std::vector<PresenceItem>& items);

  Transport& transport() const { return transport_; }
  Encoding encoding() const { return encoding_; }

 private:
  Place& place_;
  Transport& transport_;
  const Encoding encoding_;
};

wire::Presence to_wire(const UserId& user, const Presence& presence);
wire::Settings to_wire(const ConversationId& conversation, const Settings& settings);
wire::Contact to_wire(const UserId& other, const ContactMarks& marks);
wire::Permissions to_wire(const Permissions& permissions);
wire::Entry to_wire(const ConversationId& conversation, const Entry& entry);

}  // namespace kith
