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

#include "session/directory.h"
#include "session/frames.h"

namespace kith {

class Session final : public Peer {
 public:
  Session(Place& place, Transport& transport, Admitted admitted);
  ~Session() override;

  void received(std::string_view frame) override;
  void drained() override;
  void closed() override;

  // ---- for the Directory
  const UserId& user() const { return user_; }
  const DeviceId& device() const { return device_; }
  void step(const InboxStep& step);
  void end(Code reason);
  void dismiss(std::uint32_t after_ms);

 private:
  friend class Directory;

  Task<void> begin(Admitted admitted);
  void take_position(const Admitted& admitted, const Inbox& inbox);
  void start_pump();
  Task<void> pump();
  Task<Result<wire::Page>> next_page(Inbox& inbox);
  Task<Result<Ok>> inline_entries(Inbox& inbox, wire::Page& page);
  std::string cursor_at(Useq useq) const;

  void carry_out(std::uint64_t re, wire::Send& send);
  void carry_out(std::uint64_t re, wire::Open& open);
  void carry_out(std::uint64_t re, wire::GetHistory& get);
  void carry_out(std::uint64_t re, wire::GetConversations& get);
  void carry_out(std::uint64_t re, wire::Read& read);
  void carry_out(std::uint64_t re, wire::Block& block);
  void carry_out(std::uint64_t re, wire::Edit& edit);
  void carry_out(std::uint64_t re, wire::Delete& erase);
  void carry_out(std::uint64_t re, wire::React& react);
  void carry_out(std::uint64_t re, wire::CreateGroup& create);
  void carry_out(std::uint64_t re, wire::UpdateGroup& update);
  void carry_out(std::uint64_t re, wire::AddMembers& add);
  void carry_out(std::uint64_t re, wire::RemoveMember& remove);
  void carry_out(std::uint64_t re, wire::Leave& leave);
  void carry_out(std::uint64_t re, wire::SetRole& set);
  void carry_out(std::uint64_t re, wire::GetGroup& get);
  void carry_out(std::uint64_t re, wire::GetMembers& get);
  void carry_out(std::uint64_t re, wire::Confirm& confirm);
  Task<void> do_send(std::uint64_t re, ConversationId id, std::optional<UserId> to, SendRequest request);
  void start_change(std::uint64_t re, const std::string& conversation, ChangeRequest request);
  Task<void> do_change(std::uint64_t re, ConversationId id, ChangeRequest request);
  Task<void> do_create_group(std::uint64_t re, ConversationId id, ChangeRequest request);
  Task<void> do_group(std::uint64_t re, ConversationId id);
  Task<void> do_members(std::uint64_t re, ConversationId id, std::uint32_t limit, UserId after);
  void write_group(std::uint64_t re, const ConversationId& id, const Result<GroupView>& group);
  Task<void> do_open(std::uint64_t re, UserId with);
  Task<void> do_history(std::uint64_t re, ConversationId id, std::optional<Seq> before, std::optional<Seq> after, std::uint32_t limit);
  Task<void> do_conversations(std::uint64_t re, std::uint32_t limit, std::string page);
  Task<Result<wire::Conversations>> list(std::uint32_t limit, std::string page);
  Task<void> do_read(std::uint64_t re, ConversationId id, Seq seq);
  Task<void> do_block(std::uint64_t re, UserId other, bool blocked);
  Task<void> write_confirmed();
  void finish(std::uint64_t re, const Result<Ok>& result);

  Place& place_;
  Frames frames_;
  const UserId user_;
  const DeviceId device_;
  Useq position_;  // Sent to the device so far.
  Useq confirmed_, confirmed_written_;
  Instant confirm_at_;  // When the last one was written.
  std::uint32_t rebuild_ = 0;
  std::uint32_t in_progress_ = 0;  // Commands.
  bool live_ = false;              // position_ is the inbox's head, and steps are sent as they come.
  bool pumping_ = false, began_ = false, synced_ = false, ended_ = false;
  std::optional<Promise<Ok>> until_drained_;
  std::vector<std::string> early_;  // Frames that came before begin() was sure of the device.
  Timer confirm_later_;
  Session* next_of_user_ = nullptr;  // Directory's.
  Scope scope_;
};

}  // namespace kith
