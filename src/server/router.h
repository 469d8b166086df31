// server/router.h — From one loop to wherever something lives: the seams that sessions, conversations and the HTTP routes call through.
//
// One object per shard; called on its loop; futures complete there. A call to another loop is posted, and so is its answer; calls
// between two loops keep their order.
#pragma once

#include "admin/admin.h"
#include "auth/http_auth.h"
#include "contacts/contacts.h"
#include "conversation/delivery.h"
#include "presence/watch.h"
#include "rest/rest.h"
#include "server/shard.h"
#include "session/backend.h"

namespace kith {

class Node;

class Router final : public Backend,
                     public Delivery,
                     public PresenceLinks,
                     public MarkKeeper,
                     public ContactRouter,
                     public AccountsRouter,
                     public RestRouter,
                     public AdminRouter {
 public:
  Router(Node& node, std::size_t here) : node_(node), here_(here) {}

  // Backend, PresenceLinks
  Future<Result<Identity>> verify(std::string token, DeviceId device) override;
  std::size_t home(const UserId& user) const override;
  Fn<std::unique_ptr<Peer>(Transport&)> session(Admitted admitted) override;
  Future<Result<Receipt>> send(ConversationId id, std::optional<UserId> to, SendRequest request) override;
  Future<Result<Seq>> open_direct(ConversationId id, UserId self, UserId with) override;
  Future<Result<HistoryPage>> history(ConversationId id, UserId reader, std::optional<Seq> before, std::optional<Seq> after,
                                      std::uint32_t limit) override;
  Future<Result<std::vector<EntryPtr>>> newest(ConversationId id, UserId reader, Seq from, Seq to, std::uint32_t limit,
                                               std::size_t bytes) override;
  Future<Result<Point>> point(ConversationId id, UserId reader, Seq seq) override;
  Future<Result<Change>> change(ConversationId id, ChangeRequest request) override;
  Future<std::vector<Seq>> deleted_lately(std::vector<EntryId> entries) override;
  Future<Result<GroupView>> create_group(ConversationId id, ChangeRequest request) override;
  Future<Result<GroupView>> group(ConversationId id, UserId reader) override;
  Future<Result<MemberList>> members(ConversationId id, UserId reader, UserId after, std::size_t limit) override;
  Future<Result<InviteRow>> create_invite(ConversationId id, UserId by, InviteWish wish) override;
  Future<Result<Ok>> revoke_invite(ConversationId id, UserId by, ClientId secret) override;
  Future<Result<InviteList>> invites(ConversationId id, UserId by) override;
  Future<Result<GroupView>> join(ConversationId id, UserId user, ClientId secret) override;
  Future<Result<Ok>> refuse_join(ConversationId id, UserId by, UserId user) override;
  Future<Result<Ok>> block(ConversationId id, UserId self, UserId other, bool blocked) override;
  Future<Result<Receipts>> look(ConversationId id, UserId member) override;
  Future<Result<Ok>> typing(ConversationId id, UserId member, bool stopped) override;

  // Delivery
  Future<Result<Seq>> hand_off(HandOff handoff) override;
  Future<Presence> presence(UserId user, UserId viewer) override;
  Future<Result<bool>> exists(UserId user) override;  // `refused` for one who is deactivated.
  bool closed(const UserId& user) const override;
  Future<Result<bool>> has_added(UserId user, UserId other) override;
  Future<Result<bool>> may_add(UserId user, UserId by) override;
  Future<Result<std::vector<bool>>> tell_read(std::vector<UserId> users) override;
  void signal(std::vector<UserId> to, std::shared_ptr<const Signal> signal) override;
  Future<Result<Ok>> first_contact(UserId user, UserId other) override;
  void charge(UserId user, std::uint32_t cost) override;

  // MarkKeeper
  Future<Result<Ok>> mark(ConversationId conversation, UserId member, Mark mark) override;

  // ContactRouter, whose exists() and first_contact() are the same
  Future<Result<bool>> blocked(ConversationId direct) override;
  void preferences_changed(const UserId& user) override;
  void hide_read(const UserId& user) override;
  Future<Result<ContactAnswer>> tell_contact(UserId user, UserId by, ContactNews news) override;

  // PresenceLinks
  std::size_t loops() const override;
  std::size_t here() const override { return here_; }
  Future<std::vector<Answer>> inquire(std::size_t loop, Inquiry inquiry) override;
  void forget(std::size_t loop, Forget forget) override;
  void tell(std::size_t loop, std::vector<News> news) override;

  // AccountsRouter
  Future<AuthResponse> on(UserId user, Fn<Task<AuthResponse>(Accounts&)> work) override;

  // RestRouter
  Future<RestResponse> at_home(UserId user, Fn<Task<RestResponse>(Place&, Polls&)> work) override;

  // AdminRouter
  Future<RestResponse> administer(UserId user, Fn<Task<RestResponse>(AdminPlace&)> work) override;
  Future<Result<std::uint64_t>> note(AuditRecord record) override;
  Future<Result<AuditPage>> audited(std::uint64_t before, std::uint32_t limit) override;
  Future<Ok> set_closed(UserId user, bool closed) override;

  // Runs `work` on the loop of shard `target`. `work` must not be a coroutine itself (its captures die when it returns), it calls one.
  template <class T>
  Future<T> call(std::size_t target, Fn<Task<T>(Shard&)> work);

 private:
  Task<Result<std::vector<bool>>> ask_each_home(std::vector<UserId> users);
  // One post a loop, not one a user.
  struct AtHome {
    std::size_t loop;
    std::vector<UserId> users;
    std::vector<std::size_t> places;  // In the list that was asked for.
  };
  std::vector<AtHome> by_home(const std::vector<UserId>& users) const;
  Task<Presence> ask_presence(UserId user, UserId viewer);
  Task<std::vector<Seq>> ask_each_loop(std::vector<EntryId> entries);
  Task<Ok> tell_each_loop(UserId user, bool closed);

  Node& node_;
  const std::size_t here_;
};

}  // namespace kith
