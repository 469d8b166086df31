// session/commands.h — Carries out the commands of one user: checks their shape, passes them on to where they belong, writes the answer.
//
//   Which loop   That of the user. Owned by the session, or by the HTTP request, whose commands they are.
//   Order        Commands take effect in the order of the calls; answers may overtake each other.
//   Cancelled    When it ends: commands in progress may still take effect, their answers are lost, and a repeat gives them again.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "limits/limits.h"
#include "session/frames.h"
#include "session/wishes.h"

namespace kith {

struct PreferenceWish;

bool printable(std::string_view text);  // Without control characters of ASCII.

class Commands {
 public:
  // `frames` gets the answers. It, `user` and `device` outlive it. `device` may be empty. `wishes` are those of the connection that is told
  // later what a command asks to be told; without one the answer is all.
  Commands(Place& place, Frames& frames, const UserId& user, const DeviceId& device, std::shared_ptr<Wishes> wishes)
      : place_(place),
        frames_(frames),
        user_(user),
        device_(device),
        wishes_(std::move(wishes)),
        meter_(place.limits, user, device, frames.transport().address()) {}
  // By the embedding application in the name of a user: no rate limits.
  Commands(Place& place, Frames& frames, const UserId& user)
      : place_(place), frames_(frames), user_(user), device_(kNoDevice), meter_(nullptr, user, {}, {}) {}

  // Any command but auth, confirm and ping, which are the connection's own. Beyond SessionOptions::commands_max in progress: busy. Beyond
  // what the user, the device or the address may do: rate_limited, and whoever takes no notice of it is disconnected.
  void carry_out(wire::Command& command);

  // Those that have not begun never do.
  void drop_held() { held_.clear(); }
  const Meter& meter() const { return meter_; }

 private:
  static inline const DeviceId kNoDevice{};

  void begin(wire::Command& command);
  void carry_out(std::uint64_t re, wire::Send& send);
  void carry_out(std::uint64_t re, wire::Open& open);
  void carry_out(std::uint64_t re, wire::GetHistory& get);
  void carry_out(std::uint64_t re, wire::GetConversations& get);
  void carry_out(std::uint64_t re, wire::Read& read);
  void carry_out(std::uint64_t re, wire::Clear& clear);
  void carry_out(std::uint64_t re, wire::Hide& hide);
  void carry_out(std::uint64_t re, wire::Configure& configure);
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
  // commands_receipts.cpp
  void carry_out(std::uint64_t re, wire::Look& look);
  void carry_out(std::uint64_t re, wire::Type& type);
  // commands_contacts.cpp
  void carry_out(std::uint64_t re, wire::AddContact& add);
  void carry_out(std::uint64_t re, wire::RemoveContact& remove);
  void carry_out(std::uint64_t re, wire::GetContacts& get);
  void carry_out(std::uint64_t re, wire::GetPreferences& get);
  void carry_out(std::uint64_t re, wire::Prefer& prefer);
  // commands_presence.cpp
  void carry_out(std::uint64_t re, wire::GetPresence& get);
  void carry_out(std::uint64_t re, wire::Viewport& viewport);
  void carry_out(std::uint64_t re, wire::SetStatus& set);
  // commands_invites.cpp
  void carry_out(std::uint64_t re, wire::CreateInvite& create);
  void carry_out(std::uint64_t re, wire::RevokeInvite& revoke);
  void carry_out(std::uint64_t re, wire::GetInvites& get);
  void carry_out(std::uint64_t re, wire::Join& join);
  void carry_out(std::uint64_t re, wire::RefuseJoin& refuse);
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
  struct Line;  // Of the list of conversations.
  Task<Result<Ok>> read_lines(std::vector<Line>& lines);
  Task<Result<Ok>> limit_to_member(Line& line, std::optional<GroupRow> group);
  static wire::ConversationSummary summary(Line& line);
  // What a user changes of their own view, up to a number or at it.
  enum class OwnView : std::uint8_t { read, cleared, hidden };
  void at_point(std::uint64_t re, std::string_view conversation, Seq seq, OwnView what);
  Task<void> do_at_point(std::uint64_t re, ConversationId id, Seq seq, OwnView what);
  Task<void> do_configure(std::uint64_t re, ConversationId id, wire::Configure wish);
  Task<void> do_look(std::uint64_t re, ConversationId id);
  Task<void> do_typing(std::uint64_t re, ConversationId id, bool stopped);
  Task<void> do_contact(std::uint64_t re, UserId other, bool add);
  Task<void> do_contacts(std::uint64_t re, UserId after, std::uint32_t limit);
  Task<void> do_prefer(std::uint64_t re, PreferenceWish wish);
  Task<void> do_create_invite(std::uint64_t re, ConversationId id, InviteWish wish);
  Task<void> do_revoke_invite(std::uint64_t re, ConversationId id, ClientId secret);
  Task<void> do_invites(std::uint64_t re, ConversationId id);
  Task<void> do_join(std::uint64_t re, InviteCode code);
  Task<void> do_refuse_join(std::uint64_t re, ConversationId id, UserId user);
  Task<void> do_presence(std::uint64_t re, std::vector<UserId> users);
  Task<void> do_presence_of_contacts(std::uint64_t re);
  Task<void> do_viewport(std::uint64_t re, std::vector<UserId> users);
  Task<void> do_block(std::uint64_t re, UserId other, bool blocked);
  void ended();
  void go_on();
  void finish(std::uint64_t re, const Result<Ok>& result);

  Place& place_;
  Frames& frames_;
  const UserId& user_;
  const DeviceId& device_;
  const std::shared_ptr<Wishes> wishes_;
  Meter meter_;
  std::uint32_t in_progress_ = 0;
  // Commands that first ask about other users, or read, would be overtaken by those behind them, which therefore wait.
  bool behind_ = false;
  bool waits_ = false;  // The first one held waits for those in progress.
  std::deque<wire::Command> held_;
  Scope scope_;
};

}  // namespace kith
