// session/backend.h — What sessions need of the rest of the server: calls to wherever a conversation, a user or a token lives.
//
// One object per loop, implemented by server/router.h. Called from that loop; futures complete on it, in the order of the calls for
// calls to one conversation.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/accounts.h"
#include "conversation/conversation.h"
#include "session/transport.h"

namespace kith {

// An auth command that was good, on its way to the loop of its user.
struct Admitted {
  std::uint64_t re = 0;  // Id of the command.
  std::string token;
  Identity identity;
  std::string cursor;
  Useq useq;
  Encoding encoding = Encoding::json;
};

class Backend {
 public:
  virtual ~Backend() = default;

  virtual Future<Result<Identity>> verify(std::string token, DeviceId device) = 0;
  // The loop of the user, and how to make their session there.
  virtual std::size_t home(const UserId& user) const = 0;
  virtual Fn<std::unique_ptr<Peer>(Transport&)> session(Admitted admitted) = 0;

  // `to`: the other user of a direct conversation, which is made when it is not there yet.
  virtual Future<Result<Receipt>> send(ConversationId id, std::optional<UserId> to, SendRequest request) = 0;
  virtual Future<Result<Seq>> open_direct(ConversationId id, UserId self, UserId with) = 0;
  virtual Future<Result<HistoryPage>> history(ConversationId id, UserId reader, std::optional<Seq> before, std::optional<Seq> after,
                                              std::uint32_t limit) = 0;
  virtual Future<Result<std::vector<EntryPtr>>> newest(ConversationId id, UserId reader, Seq from, Seq to, std::uint32_t limit,
                                                       std::size_t bytes) = 0;
  virtual Future<Result<Point>> point(ConversationId id, UserId reader, Seq seq) = 0;
  virtual Future<Result<Change>> change(ConversationId id, ChangeRequest request) = 0;
  // See Conversations; wherever each conversation lives.
  virtual Future<std::vector<Seq>> deleted_lately(std::vector<EntryId> entries) = 0;
  virtual Future<Result<GroupView>> create_group(ConversationId id, ChangeRequest request) = 0;
  virtual Future<Result<GroupView>> group(ConversationId id, UserId reader) = 0;
  virtual Future<Result<MemberList>> members(ConversationId id, UserId reader, UserId after, std::size_t limit) = 0;
  // Links into a group; see Conversation.
  virtual Future<Result<InviteRow>> create_invite(ConversationId id, UserId by, InviteWish wish) = 0;
  virtual Future<Result<Ok>> revoke_invite(ConversationId id, UserId by, ClientId secret) = 0;
  virtual Future<Result<InviteList>> invites(ConversationId id, UserId by) = 0;
  virtual Future<Result<GroupView>> join(ConversationId id, UserId user, ClientId secret) = 0;
  virtual Future<Result<Ok>> refuse_join(ConversationId id, UserId by, UserId user) = 0;
  virtual Future<Result<Ok>> block(ConversationId id, UserId self, UserId other, bool blocked) = 0;
  virtual Future<Result<Receipts>> look(ConversationId id, UserId member) = 0;
  virtual Future<Result<Ok>> typing(ConversationId id, UserId member, bool stopped) = 0;
};

}  // namespace kith
