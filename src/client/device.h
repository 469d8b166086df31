// client/device.h — One device of a user, without I/O: connects, authenticates, keeps in step with the inbox, sends what must be sent.
//
//   Which loop   That of its Links. Owned by the application, which must not destroy it inside a callback (stop() is allowed there).
//   Order        DeviceUser hears the entries of a conversation by rising seq, each once while this object lives; what was skipped in a
//                page is offered by hole(). Messages to one conversation keep their order (see DeviceOptions::window_per_conversation).
//   Texts        None is kept here once it is acked: what the application keeps, it changes and drops itself when entry() says so.
//   Durable      send() has stored the message when it returns. sent() comes when the server made it durable; until then the message is
//                kept and sent again, with the same client_id and base_seq, over any number of connections.
//   Position     Moves with the end of a page and with an event that carries useq, after DeviceUser has heard them; never over a gap:
//                if one is seen the device connects anew from its position.
//   Reconnects   After a random delay up to 1 s, 2 s, 4 s … 60 s, on top of what the server asked for. Ends for good with stopped():
//                close codes from 4500 on, errors with outcome "stop", or an `auth` that is refused.
//   Cost         About 600 bytes while idle, and one timer.
//   Source       docs/protocol.md; wire/kith.proto.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/fn.h"
#include "base/ids.h"
#include "base/loop.h"
#include "base/result.h"
#include "client/link.h"
#include "client/storage.h"
#include "session/transport.h"
#include "wire/json_reader.h"
#include "wire/wire.gen.h"

namespace kith {

// Shared by many devices; outlives them.
struct DeviceOptions {
  Encoding encoding = Encoding::json;
  std::uint32_t window = 32;                  // Messages in flight, of all conversations.
  std::uint32_t window_per_conversation = 1;  // Above 1, a message that the server asked to repeat may land behind its successors.
  Duration confirm_every = 1100ms;            // 0: never.
  Duration retry_first = 1s, retry_most = 60s;
  Duration open_within = 20s;  // From connecting to `ready`.
  bool know_heads = true;      // Asks for the head of a conversation before the first message to it; else base_seq is 0.
};

std::uint64_t seq_of(const wire::Entry& entry);  // 0: of no kind.

// What a device is doing.
enum class DeviceState : std::uint8_t {
  idle,        // Not started, or stopped by the application.
  connecting,  // Up to `ready`.
  syncing,     // Getting what it missed. Messages and commands are sent already.
  live,        // All that was missed is here.
  waiting,     // Until the next attempt to connect.
  stopped,     // For good.
};

// Entries first+1 … last of a conversation were not brought by a page: they are to be had by history.
struct Hole {
  std::string conversation;
  std::uint64_t after = 0;
  std::uint64_t last = 0;
};

// The application. All calls come on the device's loop.
class DeviceUser {
 public:
  virtual void message(const wire::Message& message) = 0;          // Of others and one's own, from all devices.
  virtual void entry(const wire::Entry&) {}                        // What else a log holds: edited, deleted, reacted, group.
  virtual void sent(const OutgoingMessage&, const wire::Sent&) {}  // Acked: durable.
  virtual void failed(const OutgoingMessage&, const Failure&) {}   // Not stored and never will be; it left the outbox.
  virtual void read(const wire::ReadMark&) {}                      // One's own read mark, moved by any device.
  virtual void cleared(const wire::ClearMark&) {}                  // And what else one's devices did to one's own view:
  virtual void hidden(const wire::Hidden&) {}
  virtual void settings(const wire::Settings&) {}
  virtual void contact(const wire::Contact&) {}    // What another user is to this one from here on.
  virtual void receipts(const wire::Receipts&) {}  // Others moved, in the conversation that is looked at.
  virtual void typing(const wire::Typing&) {}      // Somebody writes there.
  virtual void presence(const wire::Presence&) {}  // Of a contact, or of somebody in view.
  virtual void unknown(const std::string& conversation, std::uint64_t seq) { (void)conversation, (void)seq; }
  virtual void hole(const Hole&) {}
  virtual void resync(const wire::Resync&) {}                         // The list of conversations has to be fetched anew.
  virtual void state(DeviceState, const Failure& why) { (void)why; }  // waiting, stopped: why (Code::ok elsewhere).
  virtual void frame(const wire::Frame&) {}                           // Each one as it came, before it is applied. For judges.

 protected:
  ~DeviceUser() = default;
};

class Device final : private LinkUser {
 public:
  // All outlive the device. No storage: it remembers nothing. `reader` may be shared by all devices of a loop.
  struct World {
    Loop& loop;
    Links& links;
    wire::JsonReader& reader;
    DeviceStorage* storage = nullptr;
  };

  // `device` may be empty when the token names it.
  Device(World world, const DeviceOptions& options, DeviceUser& user, std::string token, std::string device = {});
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  // Takes up what the storage holds, and connects. Fails if the storage does.
  Result<Ok> start();
  // Ends the connection; kept messages stay kept. Commands end with `unavailable`. start() may follow.
  void stop();

  // Keeps the message and sends it as soon as it can. Callable in any state, also before start() if the storage is empty.
  // What is wrong with the content beyond its size and encoding the server says, by failed().
  Result<ClientId> send_to(const UserId& user, Content content) { return send(true, user.text(), std::move(content)); }
  Result<ClientId> send_in(std::string conversation, Content content) { return send(false, std::move(conversation), std::move(content)); }
  Result<ClientId> send_to(const UserId& user, std::string text) { return send_to(user, Content{std::move(text)}); }
  Result<ClientId> send_in(std::string conversation, std::string text) {
    return send_in(std::move(conversation), Content{std::move(text)});
  }

  // Commands wait for a connection, and are repeated on the next one if theirs is cut: all of them may be repeated.
  template <class T>
  using Answer = Fn<void(Result<T>)>;
  void open(const UserId& with, Answer<wire::Opened> answer);
  void history(wire::GetHistory command, Answer<wire::History> answer);
  void conversations(wire::GetConversations command, Answer<wire::Conversations> answer);
  void read(std::string conversation, std::uint64_t seq, Answer<wire::Done> answer);
  void block(const UserId& user, bool blocked, Answer<wire::Done> answer);
  // Of these users, or of all contacts.
  void presence(wire::GetPresence command, Answer<wire::Presences> answer);
  // "online", "idle" or "away". Holds for the present connection: the application says it again when it is live anew.
  void say_status(std::string status, Answer<wire::Done> answer);
  // What follows by receipts(), typing() and presence() is of the present connection, and for the time that the protocol says: the
  // application asks again when it is live anew.
  void look(std::string conversation, Answer<wire::Receipts> answer);
  void view(std::vector<std::string> users, Answer<wire::Presences> answer);
  void type(std::string conversation, Answer<wire::Done> answer);
  // `client_id` is the application's: with the same one a repeat, also on another day, finds the same group.
  void create_group(wire::CreateGroup command, Answer<wire::Group> answer);
  void group(std::string conversation, Answer<wire::Group> answer);
  void members(wire::GetMembers command, Answer<wire::Members> answer);
  using LogChange = std::variant<wire::Edit, wire::Delete, wire::React, wire::UpdateGroup, wire::AddMembers, wire::RemoveMember,
                                 wire::Leave, wire::SetRole>;
  void change(LogChange command, Answer<wire::Changed> answer);
  using ViewChange = std::variant<wire::Clear, wire::Hide, wire::Configure>;
  void change_view(ViewChange command, Answer<wire::Done> answer);

  using DoneCommand = std::variant<wire::AddContact, wire::RemoveContact, wire::RevokeInvite, wire::RefuseJoin>;
  void carry_out(DoneCommand command, Answer<wire::Done> answer);
  void contacts(wire::GetContacts command, Answer<wire::Contacts> answer);
  void prefer(wire::Prefer wish, Answer<wire::Preferences> answer);
  // Its repeat makes another link.
  void create_invite(wire::CreateInvite command, Answer<wire::Invite> answer);
  void invites(std::string conversation, Answer<wire::Invites> answer);
  void join(std::string code, Answer<wire::Group> answer);

  // While held the position is neither saved nor confirmed: for an application that still fetches what a page left out.
  void hold(bool held);

  DeviceState state() const { return state_; }
  const Position& position() const { return position_; }
  const std::string& user() const { return user_name_; }  // As `ready` said; empty before.
  std::size_t unacked() const { return unacked_; }
  std::size_t link_unsent() const { return link_ ? link_->unsent() : 0; }

 private:
  struct Conversation;
  struct Outgoing;
  struct Call;

  void opened() override;
  void received(std::string_view frame) override;
  void closed(LinkEnd end) override;

  // ---- the connection (device.cpp)
  Result<Ok> load();
  void connect();
  void drop_link();
  void cut(Failure why);
  void wait_to_connect(Failure why, std::uint32_t after_ms);
  void end_for_good(Failure why);
  void enter(DeviceState state, const Failure& why);
  void supervise();
  void write(const wire::Command& command);
  void authenticate();

  void take(std::uint64_t re, wire::Hello& hello);
  void take(std::uint64_t re, wire::Ready& ready);
  void take(std::uint64_t re, wire::Error& error);
  void take(std::uint64_t re, wire::Goaway& goaway);

  // ---- what comes (device_inbox.cpp)
  void take(wire::Resync& resync);
  void take(wire::Synced& synced);
  void take(wire::Page& page);
  void take(wire::Event& event);
  void take(wire::Receipts& receipts) { application_.receipts(receipts); }
  void take(wire::Typing& typing) { application_.typing(typing); }
  void take(wire::Presences& presences);
  bool apply(wire::Change& change);
  bool apply(Conversation& conversation, const wire::Entry& entry, std::uint64_t seq);
  bool clear(const wire::ClearMark& mark);
  template <class T>
  bool tell(void (DeviceUser::*hear)(const T&), const T& what);
  bool offer_hole(Conversation& conversation, std::uint64_t last);
  void moved();
  void keep_step();

  // ---- what goes (device_outbox.cpp)
  Result<ClientId> send(bool to_user, std::string target, Content content);
  std::string conversation_of(const OutgoingMessage& message) const;
  Conversation& conversation(std::string_view id);
  void enlist(OutgoingMessage message);
  void enlist_all();
  bool can_send(Conversation& conversation);
  void make_sendable(Conversation& conversation);
  void pump();
  void transmit(Conversation& conversation);
  void ask_head(Conversation& conversation);
  void answered(std::uint64_t re, wire::Frame& frame);
  void acked(Call& call, const wire::Sent& sent);
  void refused(Call& call, const Failure& failure);
  void pause(Conversation& conversation, std::uint32_t retry_after_ms);
  void resume_when_quiet(Conversation& conversation);
  void call(wire::Command command, Fn<void(Result<wire::Frame>)> answer);
  void write_calls();
  void forget_flights();
  void forget_bases();
  void end_calls(const Failure& why);

  World world_;
  const DeviceOptions& options_;
  DeviceUser& application_;
  const std::string token_, device_name_;
  std::string user_name_;

  // ---- the connection
  std::unique_ptr<Link> link_;
  Timer timer_;                           // Of the state: the next attempt to connect, its limit, or supervision.
  Failure why_{Code::ok};                 // The last error that concerns this connection.
  std::uint64_t auth_call_ = 0;           // Not 0: `auth` was sent and not answered.
  std::uint32_t reconnect_after_ms_ = 0;  // What the server asked for.
  std::uint32_t heartbeat_s_ = 30, text_bytes_max_ = 8192, frame_bytes_max_ = 65'536;
  std::uint8_t attempts_ = 0;  // To connect, since the last that was `synced`.
  DeviceState state_ = DeviceState::idle;
  bool ready_ = false, loaded_ = false;
  bool held_ = false;
  bool in_step_ = false;          // It is known whether this is still the store that the heads are of: messages may leave.
  std::uint32_t generation_ = 0;  // Grows when a connection is dropped: whoever called the application looks at it afterwards.

  // ---- what comes
  Position position_;
  std::uint64_t confirmed_ = 0;
  Instant kept_at_;  // When the position was last confirmed and saved.
  Timer keep_timer_;

  // ---- what goes
  std::map<std::string, std::unique_ptr<Conversation>, std::less<>> conversations_;
  std::map<std::uint64_t, std::unique_ptr<Call>> calls_;  // Without answer, by id. Messages in flight are among them.
  std::vector<OutgoingMessage> early_;                    // Kept while it is not known who the user is.
  Conversation *first_sendable_ = nullptr, *last_sendable_ = nullptr;
  std::uint64_t next_call_ = 1, next_number_ = 1;
  std::size_t unacked_ = 0;
  std::uint32_t in_flight_ = 0;
};

}  // namespace kith
