#include "server/router.h"

#include <algorithm>

#include "server/node.h"
#include "session/session.h"

namespace kith {

std::size_t Router::home(const UserId& user) const { return node_.home(user.slot()); }

Future<Result<Identity>> Router::verify(std::string token, DeviceId device) {
  auto presented = node_.tokens().read(token, node_.shard(here_).loop.wall());
  if (!presented) return Future<Result<Identity>>::ready(presented.error());
  if (presented->kind == TokenKind::administrator)
    return Future<Result<Identity>>::ready(Failure{Code::unauthenticated, "this token belongs to no user"});
  // Before the token is moved from: the order of the arguments is the compiler's.
  std::size_t target = home(presented->user);
  return call<Result<Identity>>(target, [token = std::move(*presented), device = std::move(device)](Shard& shard) mutable {
    return shard.accounts.verify(std::move(token), std::move(device));
  });
}

Fn<std::unique_ptr<Peer>(Transport&)> Router::session(Admitted admitted) {
  Shard& there = node_.shard(home(admitted.identity.user));
  return [&there, admitted = std::move(admitted)](Transport& transport) mutable -> std::unique_ptr<Peer> {
    return std::make_unique<Session>(there.place, transport, std::move(admitted));
  };
}

Future<Result<Receipt>> Router::send(ConversationId id, std::optional<UserId> to, SendRequest request) {
  return call<Result<Receipt>>(node_.home(id.slot()), [id, to = std::move(to), request = std::move(request)](Shard& shard) mutable {
    return shard.conversations.send(id, std::move(to), std::move(request));
  });
}

Future<Result<Seq>> Router::open_direct(ConversationId id, UserId self, UserId with) {
  return call<Result<Seq>>(node_.home(id.slot()), [id, self = std::move(self), with = std::move(with)](Shard& shard) mutable {
    return shard.conversations.open_direct(id, std::move(self), std::move(with));
  });
}

Future<Result<HistoryPage>> Router::history(ConversationId id, UserId reader, std::optional<Seq> before, std::optional<Seq> after,
                                            std::uint32_t limit) {
  return call<Result<HistoryPage>>(node_.home(id.slot()), [=, reader = std::move(reader)](Shard& shard) mutable {
    return shard.conversations.history(id, std::move(reader), before, after, limit);
  });
}

Future<Result<std::vector<EntryPtr>>> Router::newest(ConversationId id, UserId reader, Seq from, Seq to, std::uint32_t limit,
                                                     std::size_t bytes) {
  return call<Result<std::vector<EntryPtr>>>(node_.home(id.slot()), [=, reader = std::move(reader)](Shard& shard) mutable {
    return shard.conversations.newest(id, std::move(reader), from, to, limit, bytes);
  });
}

Future<Result<Point>> Router::point(ConversationId id, UserId reader, Seq seq) {
  return call<Result<Point>>(node_.home(id.slot()), [=, reader = std::move(reader)](Shard& shard) mutable {
    return shard.conversations.point(id, std::move(reader), seq);
  });
}

Future<Result<Change>> Router::change(ConversationId id, ChangeRequest request) {
  return call<Result<Change>>(node_.home(id.slot()), [id, request = std::move(request)](Shard& shard) mutable {
    return shard.conversations.change(id, std::move(request));
  });
}

Future<std::vector<Seq>> Router::deleted_lately(std::vector<EntryId> entries) {
  return node_.shard(here_).scope.start(ask_each_loop(std::move(entries)));
}

namespace {
Task<std::vector<Seq>> ask(Shard& shard, std::vector<EntryId> entries) { co_return shard.conversations.deleted_lately(entries); }
}  // namespace

// One question a loop, not one a conversation.
Task<std::vector<Seq>> Router::ask_each_loop(std::vector<EntryId> entries) {
  std::vector<Seq> out(entries.size());
  for (std::size_t loop = 0; loop < node_.size(); ++loop) {
    std::vector<EntryId> of_loop;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (node_.home(entries[i].conversation.slot()) != loop) continue;
      of_loop.push_back(entries[i]);
      places.push_back(i);
    }
    if (of_loop.empty()) continue;
    auto asked =
        call<std::vector<Seq>>(loop, [of_loop = std::move(of_loop)](Shard& shard) mutable { return ask(shard, std::move(of_loop)); });
    auto answers = co_await asked;
    for (std::size_t i = 0; i < places.size(); ++i) out[places[i]] = answers[i];
  }
  co_return out;
}

Future<Result<GroupView>> Router::create_group(ConversationId id, ChangeRequest request) {
  return call<Result<GroupView>>(node_.home(id.slot()), [id, request = std::move(request)](Shard& shard) mutable {
    return shard.conversations.create_group(id, std::move(request));
  });
}

Future<Result<GroupView>> Router::group(ConversationId id, UserId reader) {
  return call<Result<GroupView>>(node_.home(id.slot()), [id, reader = std::move(reader)](Shard& shard) mutable {
    return shard.conversations.group(id, std::move(reader));
  });
}

Future<Result<MemberList>> Router::members(ConversationId id, UserId reader, UserId after, std::size_t limit) {
  return call<Result<MemberList>>(node_.home(id.slot()),
                                  [id, reader = std::move(reader), after = std::move(after), limit](Shard& shard) mutable {
                                    return shard.conversations.members(id, std::move(reader), std::move(after), limit);
                                  });
}

Future<Result<InviteRow>> Router::create_invite(ConversationId id, UserId by, InviteWish wish) {
  return call<Result<InviteRow>>(node_.home(id.slot()), [id, by = std::move(by), wish](Shard& shard) mutable {
    return shard.conversations.create_invite(id, std::move(by), wish);
  });
}

Future<Result<Ok>> Router::revoke_invite(ConversationId id, UserId by, ClientId secret) {
  return call<Result<Ok>>(node_.home(id.slot()), [id, by = std::move(by), secret](Shard& shard) mutable {
    return shard.conversations.revoke_invite(id, std::move(by), secret);
  });
}

Future<Result<InviteList>> Router::invites(ConversationId id, UserId by) {
  return call<Result<InviteList>>(
      node_.home(id.slot()), [id, by = std::move(by)](Shard& shard) mutable { return shard.conversations.invites(id, std::move(by)); });
}

Future<Result<GroupView>> Router::join(ConversationId id, UserId user, ClientId secret) {
  return call<Result<GroupView>>(node_.home(id.slot()), [id, user = std::move(user), secret](Shard& shard) mutable {
    return shard.conversations.join(id, std::move(user), secret);
  });
}

Future<Result<Ok>> Router::refuse_join(ConversationId id, UserId by, UserId user) {
  return call<Result<Ok>>(node_.home(id.slot()), [id, by = std::move(by), user = std::move(user)](Shard& shard) mutable {
    return shard.conversations.refuse_join(id, std::move(by), std::move(user));
  });
}

Future<Result<Ok>> Router::block(ConversationId id, UserId self, UserId other, bool blocked) {
  return call<Result<Ok>>(node_.home(id.slot()), [=, self = std::move(self), other = std::move(other)](Shard& shard) mutable {
    return shard.conversations.block(id, std::move(self), std::move(other), blocked);
  });
}

Future<Result<Receipts>> Router::look(ConversationId id, UserId member) {
  return call<Result<Receipts>>(node_.home(id.slot()), [id, member = std::move(member)](Shard& shard) mutable {
    return shard.conversations.look(id, std::move(member));
  });
}

Future<Result<Ok>> Router::typing(ConversationId id, UserId member, bool stopped) {
  return call<Result<Ok>>(node_.home(id.slot()), [id, member = std::move(member), stopped](Shard& shard) mutable {
    return shard.conversations.typing(id, std::move(member), stopped);
  });
}

Future<Result<Ok>> Router::mark(ConversationId conversation, UserId member, Mark mark) {
  return call<Result<Ok>>(node_.home(conversation.slot()), [conversation, member = std::move(member), mark](Shard& shard) mutable {
    return shard.conversations.mark(conversation, std::move(member), mark);
  });
}

namespace {
Task<Result<std::vector<bool>>> ask_tell_read(Shard& shard, std::vector<UserId> users) {
  std::vector<bool> out;
  for (const UserId& user : users) {
    auto preferences = co_await shard.contacts.preferences(user);
    if (!preferences) co_return preferences.error();
    out.push_back(preferences->read_marks);
  }
  co_return out;
}
}  // namespace

Future<Result<std::vector<bool>>> Router::tell_read(std::vector<UserId> users) {
  return node_.shard(here_).scope.start(ask_each_home(std::move(users)));
}

Task<Result<std::vector<bool>>> Router::ask_each_home(std::vector<UserId> users) {
  std::vector<bool> out(users.size());
  for (AtHome& some : by_home(users)) {
    auto asked = call<Result<std::vector<bool>>>(
        some.loop, [users = std::move(some.users)](Shard& shard) mutable { return ask_tell_read(shard, std::move(users)); });
    auto answers = co_await asked;
    if (!answers) co_return answers.error();
    for (std::size_t i = 0; i < some.places.size(); ++i) out[some.places[i]] = (*answers)[i];
  }
  co_return out;
}

std::vector<Router::AtHome> Router::by_home(const std::vector<UserId>& users) const {
  std::vector<AtHome> out;
  for (std::size_t i = 0; i < users.size(); ++i) {
    const std::size_t loop = home(users[i]);
    auto some = std::find_if(out.begin(), out.end(), [&](const AtHome& one) { return one.loop == loop; });
    if (some == out.end()) some = out.insert(out.end(), AtHome{loop, {}, {}});
    some->users.push_back(users[i]);
    some->places.push_back(i);
  }
  return out;
}

void Router::signal(std::vector<UserId> to, std::shared_ptr<const Signal> signal) {
  for (AtHome& some : by_home(to)) {
    Shard& there = node_.shard(some.loop);
    there.loop.post([&there, users = std::move(some.users), signal] { there.directory.signal(users, *signal); });
  }
}

Future<Result<Seq>> Router::hand_off(HandOff handoff) {
  std::size_t target = home(handoff.member);
  return call<Result<Seq>>(target,
                           [handoff = std::move(handoff)](Shard& shard) mutable { return shard.inboxes.hand_off(std::move(handoff)); });
}

Future<Presence> Router::presence(UserId user, UserId viewer) {
  return node_.shard(here_).scope.start(ask_presence(std::move(user), std::move(viewer)));
}

// Both halves side by side: one of the two users of a conversation lives on its loop.
Task<Presence> Router::ask_presence(UserId user, UserId viewer) {
  auto shown = call<bool>(home(viewer), [user, viewer](Shard& shard) { return shard.presence_book.shows(viewer, user); });
  auto seen = call<Presence>(home(user), [user, viewer](Shard& shard) { return shard.presence_book.look(user, viewer); });
  Presence presence = co_await seen;
  const bool symmetric = co_await shown;
  if (!symmetric) presence = Presence{.hidden = true};
  co_return presence;
}

std::size_t Router::loops() const { return node_.size(); }

Future<std::vector<Answer>> Router::inquire(std::size_t loop, Inquiry inquiry) {
  return call<std::vector<Answer>>(
      loop, [inquiry = std::move(inquiry)](Shard& shard) mutable { return shard.presence_book.answer(std::move(inquiry)); });
}

void Router::forget(std::size_t loop, Forget forget) {
  Shard& there = node_.shard(loop);
  if (loop == here_) return there.presence_book.forget(forget);
  there.loop.post([&there, forget = std::move(forget)] { there.presence_book.forget(forget); });
}

void Router::tell(std::size_t loop, std::vector<News> news) {
  Shard& there = node_.shard(loop);
  there.loop.post([&there, news = std::move(news)]() mutable { there.watchers.heard(std::move(news)); });
}

Future<Result<bool>> Router::exists(UserId user) {
  std::size_t target = home(user);
  return call<Result<bool>>(target, [user = std::move(user)](Shard& shard) mutable { return shard.accounts.receives(std::move(user)); });
}

bool Router::closed(const UserId& user) const {
  const auto& all = node_.shard(here_).closed;
  return !all.empty() && all.contains(user);
}

Future<Result<bool>> Router::has_added(UserId user, UserId other) {
  std::size_t target = home(user);
  return call<Result<bool>>(target, [user = std::move(user), other = std::move(other)](Shard& shard) mutable {
    return shard.contacts.has_added(std::move(user), std::move(other));
  });
}

Future<Result<bool>> Router::may_add(UserId user, UserId by) {
  std::size_t target = home(user);
  return call<Result<bool>>(target, [user = std::move(user), by = std::move(by)](Shard& shard) mutable {
    return shard.contacts.may_add(std::move(user), std::move(by));
  });
}

Future<Result<bool>> Router::blocked(ConversationId direct) {
  return call<Result<bool>>(node_.home(direct.slot()), [direct](Shard& shard) { return shard.conversations.blocked(direct); });
}

void Router::preferences_changed(const UserId& user) {
  Shard& shard = node_.shard(here_);
  shard.presence_book.preferences_changed(user);
  shard.watchers.preferences_changed(user);
}

void Router::hide_read(const UserId& user) { node_.shard(here_).directory.hide_read(user); }

Future<Result<ContactAnswer>> Router::tell_contact(UserId user, UserId by, ContactNews news) {
  std::size_t target = home(user);
  return call<Result<ContactAnswer>>(target, [user = std::move(user), by = std::move(by), news](Shard& shard) mutable {
    return shard.contacts.hear(std::move(user), std::move(by), news);
  });
}

namespace {
// Who asked the other, or was asked, has paid for it or is invited.
Task<Result<Ok>> begin_contact(Shard& shard, UserId user, UserId other) {
  auto between = co_await shard.contacts.state(user, std::move(other));
  if (!between) co_return between.error();
  if (*between != ContactState::none) co_return Ok{};
  auto refused = shard.limits.first_contact(user);
  if (refused) co_return std::move(*refused);
  co_return Ok{};
}
}  // namespace

Future<Result<Ok>> Router::first_contact(UserId user, UserId other) {
  if (user == node_.options().admin.system) return Future<Result<Ok>>::ready(Ok{});
  std::size_t target = home(user);
  return call<Result<Ok>>(target, [user = std::move(user), other = std::move(other)](Shard& shard) mutable {
    return begin_contact(shard, std::move(user), std::move(other));
  });
}

void Router::charge(UserId user, std::uint32_t cost) {
  Shard& there = node_.shard(home(user));
  if (cost != 0) there.loop.post([&there, user = std::move(user), cost] { there.limits.charge(user, cost); });
}

Future<AuthResponse> Router::on(UserId user, Fn<Task<AuthResponse>(Accounts&)> work) {
  return call<AuthResponse>(home(user), [work = std::move(work)](Shard& shard) mutable { return work(shard.accounts); });
}

Future<RestResponse> Router::administer(UserId user, Fn<Task<RestResponse>(AdminPlace&)> work) {
  return call<RestResponse>(home(user), [work = std::move(work)](Shard& shard) mutable { return work(shard.admin); });
}

// One log, so one writer: that of the first loop.
Future<Result<std::uint64_t>> Router::note(AuditRecord record) {
  return call<Result<std::uint64_t>>(0, [record = std::move(record)](Shard& shard) mutable { return shard.audit.note(std::move(record)); });
}

Future<Result<AuditPage>> Router::audited(std::uint64_t before, std::uint32_t limit) {
  return call<Result<AuditPage>>(0, [before, limit](Shard& shard) { return shard.audit.page(before, limit); });
}

Future<Ok> Router::set_closed(UserId user, bool closed) { return node_.shard(here_).scope.start(tell_each_loop(std::move(user), closed)); }

namespace {
Task<Ok> note_closed(Shard& shard, UserId user, bool closed) {
  if (closed) {
    shard.closed.insert(std::move(user));
  } else {
    shard.closed.erase(user);
  }
  co_return Ok{};
}
}  // namespace

Task<Ok> Router::tell_each_loop(UserId user, bool closed) {
  std::vector<Future<Ok>> told;
  for (std::size_t loop = 0; loop < node_.size(); ++loop) {
    told.push_back(call<Ok>(loop, [user, closed](Shard& shard) { return note_closed(shard, user, closed); }));
  }
  for (auto& one : told) co_await one;
  co_return Ok{};
}

Future<RestResponse> Router::at_home(UserId user, Fn<Task<RestResponse>(Place&, Polls&)> work) {
  return call<RestResponse>(home(user), [work = std::move(work)](Shard& shard) mutable { return work(shard.place, shard.polls); });
}

}  // namespace kith
