// session/session_under_test.h — For tests: one loop of a server with all that sessions need, and connections whose network obeys the test.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "contacts/contacts.h"
#include "conversation/conversation_under_test.h"
#include "conversation/conversations.h"
#include "inbox/inboxes.h"
#include "presence/contacts_privacy.h"
#include "session/session.h"

namespace kith::test {

// Tokens are "user/device". Conversations and inboxes are the real ones.
struct Server : Backend, Delivery, MarkKeeper, PresenceLinks, ContactRouter {
  static constexpr MemoryTiming kAtOnce{};
  explicit Server(MemoryTiming timing = {100us, 2ms}) : disk(loop, random, timing) {}

  // Backend
  Future<Result<Identity>> verify(std::string token, DeviceId device) override {
    ++verified;
    if (revoked.contains(token)) return Future<Result<Identity>>::ready(Failure{Code::revoked});
    auto slash = token.find('/');
    auto who = UserId::parse(std::string_view(token).substr(0, slash));
    if (!who || slash == token.npos) return Future<Result<Identity>>::ready(Failure{Code::unauthenticated});
    if (device.empty()) device = DeviceId::parse(std::string_view(token).substr(slash + 1)).value_or(DeviceId{});
    return Future<Result<Identity>>::ready(Identity{*who, device, TokenKind::device});
  }
  std::size_t home(const UserId&) const override { return 0; }
  Fn<std::unique_ptr<Peer>(Transport&)> session(Admitted admitted) override {
    return [this, admitted = std::move(admitted)](Transport& transport) mutable -> std::unique_ptr<Peer> {
      return std::make_unique<Session>(place, transport, std::move(admitted));
    };
  }
  Future<Result<Receipt>> send(ConversationId id, std::optional<UserId> to, SendRequest request) override {
    if (holding_sends) {
      held.emplace_back();
      return held.back().future();
    }
    return scope.start(conversations.send(id, std::move(to), std::move(request)));
  }
  Future<Result<Seq>> open_direct(ConversationId id, UserId self, UserId with) override {
    return scope.start(conversations.open_direct(id, std::move(self), std::move(with)));
  }
  Future<Result<HistoryPage>> history(ConversationId id, UserId who, std::optional<Seq> before, std::optional<Seq> after,
                                      std::uint32_t limit) override {
    return scope.start(conversations.history(id, std::move(who), before, after, limit));
  }
  Future<Result<std::vector<EntryPtr>>> newest(ConversationId id, UserId who, Seq from, Seq to, std::uint32_t limit,
                                               std::size_t bytes) override {
    return scope.start(conversations.newest(id, std::move(who), from, to, limit, bytes));
  }
  Future<Result<Point>> point(ConversationId id, UserId who, Seq seq) override {
    return scope.start(conversations.point(id, std::move(who), seq));
  }
  Future<Result<Change>> change(ConversationId id, ChangeRequest request) override {
    return scope.start(conversations.change(id, std::move(request)));
  }
  Future<std::vector<Seq>> deleted_lately(std::vector<EntryId> entries) override {
    return Future<std::vector<Seq>>::ready(conversations.deleted_lately(entries));
  }
  Future<Result<GroupView>> create_group(ConversationId id, ChangeRequest request) override {
    return scope.start(conversations.create_group(id, std::move(request)));
  }
  Future<Result<GroupView>> group(ConversationId id, UserId who) override { return scope.start(conversations.group(id, std::move(who))); }
  Future<Result<MemberList>> members(ConversationId id, UserId who, UserId after, std::size_t limit) override {
    return scope.start(conversations.members(id, std::move(who), std::move(after), limit));
  }
  Future<Result<Ok>> block(ConversationId id, UserId self, UserId other, bool blocked) override {
    return scope.start(conversations.block(id, std::move(self), std::move(other), blocked));
  }

  Future<Result<Receipts>> look(ConversationId id, UserId member) override {
    return scope.start(conversations.look(id, std::move(member)));
  }
  Future<Result<Ok>> typing(ConversationId id, UserId member, bool stopped) override {
    return scope.start(conversations.typing(id, std::move(member), stopped));
  }
  Future<Result<InviteRow>> create_invite(ConversationId id, UserId by, InviteWish wish) override {
    return scope.start(conversations.create_invite(id, std::move(by), wish));
  }
  Future<Result<Ok>> revoke_invite(ConversationId id, UserId by, ClientId secret) override {
    return scope.start(conversations.revoke_invite(id, std::move(by), secret));
  }
  Future<Result<InviteList>> invites(ConversationId id, UserId by) override {
    return scope.start(conversations.invites(id, std::move(by)));
  }
  Future<Result<GroupView>> join(ConversationId id, UserId who, ClientId secret) override {
    return scope.start(conversations.join(id, std::move(who), secret));
  }
  Future<Result<Ok>> refuse_join(ConversationId id, UserId by, UserId who) override {
    return scope.start(conversations.refuse_join(id, std::move(by), std::move(who)));
  }

  // Delivery
  Future<Result<Seq>> hand_off(HandOff handoff) override {
    if (away.contains(handoff.member.text())) return Future<Result<Seq>>::ready(Failure{Code::unavailable});
    return scope.start(inboxes.hand_off(std::move(handoff)));
  }
  Future<Presence> presence(UserId who, UserId viewer) override { return scope.start(book.look(std::move(who), std::move(viewer))); }
  void preferences_changed(const UserId& who) override {
    book.preferences_changed(who);
    watchers.preferences_changed(who);
  }
  void hide_read(const UserId& who) override { directory.hide_read(who); }
  Future<Result<Ok>> first_contact(UserId, UserId) override { return Future<Result<Ok>>::ready(Ok{}); }
  Future<Result<bool>> exists(UserId who) override {
    if (holding_exists) return existing.emplace_back().future();
    return Future<Result<bool>>::ready(who.text() != "stranger");
  }

  Future<Result<bool>> has_added(UserId who, UserId other) override {
    return scope.start(contacts.has_added(std::move(who), std::move(other)));
  }
  Future<Result<bool>> may_add(UserId who, UserId by) override { return scope.start(contacts.may_add(std::move(who), std::move(by))); }

  Future<Result<std::vector<bool>>> tell_read(std::vector<UserId> users) override {
    return Future<Result<std::vector<bool>>>::ready(std::vector<bool>(users.size(), true));
  }
  void signal(std::vector<UserId> to, std::shared_ptr<const Signal> signal) override { directory.signal(to, *signal); }

  // MarkKeeper
  Future<Result<Ok>> mark(ConversationId id, UserId member, Mark mark) override {
    return scope.start(conversations.mark(id, std::move(member), mark));
  }

  // ContactRouter
  Future<Result<bool>> blocked(ConversationId direct) override { return scope.start(conversations.blocked(direct)); }
  Future<Result<ContactAnswer>> tell_contact(UserId who, UserId by, ContactNews news) override {
    return scope.start(contacts.hear(std::move(who), std::move(by), news));
  }

  // PresenceLinks
  std::size_t loops() const override { return 1; }
  std::size_t here() const override { return 0; }
  Future<std::vector<Answer>> inquire(std::size_t, Inquiry inquiry) override { return scope.start(book.answer(std::move(inquiry))); }
  void forget(std::size_t, Forget forget) override { book.forget(forget); }
  void tell(std::size_t, std::vector<News> news) override {
    loop.post([this, news = std::move(news)]() mutable { watchers.heard(std::move(news)); });
  }

  // `count` messages from one user to another; returns when they are in both inboxes.
  void say(const std::string& from, const std::string& to, std::uint64_t count = 1, std::size_t bytes = 5) {
    auto id = ConversationId::direct(user(from), user(to));
    for (; count > 0; --count) {
      SendRequest request{user(from), client_id(++said), Seq{0}, std::string(bytes, 'x')};
      ASSERT_TRUE(value_of(loop, send(id, user(to), std::move(request))));
    }
    loop.advance(1s);
  }
  Useq head(const std::string& who) {
    auto inbox = value_of(loop, scope.start(inboxes.acquire(user(who))));
    return (*inbox)->head();
  }
  std::string cursor(Useq useq) const { return Cursor{place.store_id, 0, useq}.text(); }

  ManualLoop loop;
  SeededRandom random{3};
  MemoryDisk disk;
  MemoryStore store{disk, loop};
  std::set<std::string> revoked;
  bool holding_sends = false;
  std::deque<Promise<Result<Receipt>>> held;
  bool holding_exists = false;
  std::deque<Promise<Result<bool>>> existing;
  std::set<std::string> away;  // Nothing reaches their inboxes.
  std::uint64_t said = 0;
  int verified = 0;
  SessionOptions options;
  Traffic traffic;
  wire::JsonReader reader;
  PresenceOptions presence_options;
  LastSeen last_seen{loop, store, {1}};
  ContactsPrivacy privacy{contacts};
  PresenceBook book{loop, last_seen, *this, privacy, presence_options};
  Watchers watchers{loop, book, *this, privacy, presence_options};
  Directory directory{loop, book, watchers};
  Inboxes inboxes{loop, store, directory, *this, {1}, 64 << 20};
  Contacts contacts{loop, store, inboxes, *this, {1}};
  Conversations conversations{loop, store, *this, {1}, 64 << 20};
  Place place{loop, store, {77}, *this, directory, inboxes, contacts, book, watchers, reader, options, traffic, {}, false};
  Scope scope;
};

// One connection: keeps what was sent on it, and takes bytes from the server only while it is told to.
class Connection final : public Transport {
 public:
  explicit Connection(Server& server) : server_(server) {}
  // An authenticated one.
  Connection(Server& server, const std::string& user_and_device, std::string cursor = {}, Useq useq = {}) : server_(server) {
    auto slash = user_and_device.find('/');
    Identity identity{user(user_and_device.substr(0, slash)), *DeviceId::parse(user_and_device.substr(slash + 1)), TokenKind::device};
    peer = std::make_unique<Session>(server.place, *this,
                                     Admitted{1, user_and_device, std::move(identity), std::move(cursor), useq, Encoding::json});
  }

  // Transport
  void send(std::string_view frame) override {
    if (closed) return;
    auto read = reader_.frame(frame);
    ASSERT_TRUE(read) << frame;
    frames.push_back(std::move(*read));
    if (stuck) unsent_ += frame.size();
    unsent_most = std::max(unsent_most, unsent_);
  }
  std::size_t unsent() const override { return unsent_; }
  void close(Code reason) override {
    if (closed) return;
    closed = reason;
    server_.loop.post([this, here = std::weak_ptr<int>(here_)] {
      if (here.lock()) peer->closed();
    });
  }
  void hand_over(std::size_t, Fn<std::unique_ptr<Peer>(Transport&)> make) override {
    moved = true;
    server_.loop.post([this, make = std::move(make)]() mutable { peer = make(*this); });
  }
  const std::string& address() const override { return address_; }

  // The network takes everything again.
  void unstick() {
    stuck = false;
    if (std::exchange(unsent_, 0) > 0) server_.loop.post([this] { peer->drained(); });
  }

  void text(std::string_view frame) { peer->received(frame); }
  template <class T>
  void say(std::uint64_t id, T command) {
    std::string out;
    wire::write_json(wire::Command{id, std::move(command)}, out);
    peer->received(out);
  }
  void send_to(std::uint64_t id, const std::string& to, const std::string& what) {
    say(id, wire::Send{wire::Send::To{to}, client_id(id).text(), 0, what});
  }

  // Frames of one kind, in order.
  template <class T>
  std::vector<T> all() const {
    std::vector<T> out;
    for (const wire::Frame& frame : frames) {
      if (auto* body = std::get_if<T>(&frame.body)) out.push_back(*body);
    }
    return out;
  }
  // The reply to a command, if it is of this kind.
  template <class T>
  std::optional<T> reply(std::uint64_t id) const {
    for (const wire::Frame& frame : frames) {
      if (frame.re != id) continue;
      if (auto* body = std::get_if<T>(&frame.body)) return *body;
    }
    return std::nullopt;
  }
  std::string error(std::uint64_t id) const {
    auto reply_body = reply<wire::Error>(id);
    return reply_body ? reply_body->code : "";
  }
  bool synced() const { return !all<wire::Synced>().empty(); }

  std::unique_ptr<Peer> peer;
  std::vector<wire::Frame> frames;
  std::optional<Code> closed;
  bool stuck = false, moved = false;
  std::size_t unsent_most = 0;

 private:
  Server& server_;
  wire::JsonReader reader_;
  std::size_t unsent_ = 0;
  std::shared_ptr<int> here_ = std::make_shared<int>(0);
  const std::string address_ = "192.0.2.1";
};

}  // namespace kith::test
