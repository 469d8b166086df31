// conversation/conversations.h — The conversations of one loop that are in memory, by least recent use; opens them on demand.
//
//   Which loop   The loop that owns their slots. Owned by the shard (server/shard.h).
//   Limits       Above `budget_bytes` the least recently used leave memory, as far as they have nothing unfinished.
//   Fails        Every call: not_found for a conversation that is not there or not the user's; unavailable when the store is.
#pragma once

#include <optional>
#include <vector>

#include "conversation/conversation.h"
#include "conversation/pending_row.h"
#include "log/residents.h"

namespace kith {

class Conversations {
 public:
  Conversations(Loop& loop, Store& store, Delivery& delivery, Epoch epoch, std::size_t budget_bytes, Limits* limits = nullptr,
                ConversationOptions options = {});

  // `to`: the other user of a direct conversation, which is made when it is not there yet.
  Task<Result<Receipt>> send(ConversationId id, std::optional<UserId> to, SendRequest request);
  // The head of the direct conversation of these two, made when it is not there yet.
  Task<Result<Seq>> open_direct(ConversationId id, UserId self, UserId with);
  Task<Result<HistoryPage>> history(ConversationId id, UserId reader, std::optional<Seq> before, std::optional<Seq> after,
                                    std::uint32_t limit);
  Task<Result<std::vector<EntryPtr>>> newest(ConversationId id, UserId reader, Seq from, Seq to, std::uint32_t limit, std::size_t bytes);
  Task<Result<Point>> point(ConversationId id, UserId reader, Seq seq);
  Task<Result<Change>> change(ConversationId id, ChangeRequest request);
  // The group of this creator and client id: made now, or before. `request`: kind created.
  Task<Result<GroupView>> create_group(ConversationId id, ChangeRequest request);
  // Of each of these entries its deletion, if it happened lately; 0: not so. For who read rows without the conversation: a deletion that
  // the rows may not have shown yet, or that its reader has heard of since, happened to a conversation that is in memory.
  std::vector<Seq> deleted_lately(const std::vector<EntryId>& entries);
  Task<Result<GroupView>> group(ConversationId id, UserId reader);
  Task<Result<MemberList>> members(ConversationId id, UserId reader, UserId after, std::size_t limit);
  Task<Result<InviteRow>> create_invite(ConversationId id, UserId by, InviteWish wish);
  Task<Result<Ok>> revoke_invite(ConversationId id, UserId by, ClientId secret);
  Task<Result<InviteList>> invites(ConversationId id, UserId by);
  Task<Result<GroupView>> join(ConversationId id, UserId user, ClientId secret);
  Task<Result<Ok>> refuse_join(ConversationId id, UserId by, UserId user);
  Task<Result<Ok>> block(ConversationId id, UserId self, UserId other, bool blocked);
  Task<Result<Ok>> mark(ConversationId id, UserId member, Mark mark);
  Task<Result<Receipts>> look(ConversationId id, UserId member);
  Task<Result<Ok>> typing(ConversationId id, UserId member, bool stopped);

  // Has a member of this direct conversation blocked the other? One that is not there: no.
  Task<Result<bool>> blocked(ConversationId id);

  // Finishes the fan-outs that a former epoch left pending in this slot; repeats until each is done. Serving goes on meanwhile.
  // `from`: the first epoch that may have left any.
  Task<void> recover(Slot slot, Epoch from);

  // Lets go of what is over the budget. Call about once a second.
  void trim() { residents_.trim(); }
  // Clears every pending row that can be cleared: before a planned stop.
  Task<void> settle_all() { return residents_.settle_all(); }

  std::size_t count() const { return residents_.count(); }
  std::size_t bytes() const { return residents_.bytes(); }

 private:
  using Pin = Residents<ConversationId, Conversation>::Pin;
  // Empty when there is none.
  Task<Result<Pin>> acquire(ConversationId id, Conversation::Create create = {});
  Task<Result<Pin>> find(ConversationId id);  // not_found when there is none.
  Task<Result<Ok>> all_exist(std::vector<UserId> users);
  Task<Result<Ok>> all_let_themselves_be_added(Conversation* group, std::vector<UserId> users, UserId by);
  // `to`: whom `from` writes to, if not the other one of a conversation that is there.
  Task<Result<Ok>> may_begin(ConversationId id, UserId from, std::optional<UserId> to);
  Task<void> recover_one(PendingRow left, int& running);

  Loop& loop_;
  Store& store_;
  Delivery& delivery_;
  const Epoch epoch_;
  Limits* const limits_;
  const ConversationOptions options_;
  Residents<ConversationId, Conversation> residents_;
  Scope scope_;
};

}  // namespace kith
