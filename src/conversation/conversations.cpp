#include "conversation/conversations.h"

#include "base/wait.h"
#include "store/retry.h"

namespace kith {

namespace {
constexpr std::uint32_t kScanRows = 1024;
constexpr int kRecoveringMax = 64;
}  // namespace

Conversations::Conversations(Loop& loop, Store& store, Delivery& delivery, Epoch epoch, std::size_t budget_bytes, Limits* limits,
                             ConversationOptions options)
    : loop_(loop), store_(store), delivery_(delivery), epoch_(epoch), limits_(limits), options_(options), residents_(budget_bytes) {}

Task<Result<Conversations::Pin>> Conversations::acquire(ConversationId id, Conversation::Create create) {
  auto make = [this, id] { return std::make_unique<Conversation>(loop_, store_, delivery_, id, epoch_, limits_, options_); };
  auto open = [create](Conversation& conversation) { return conversation.open(create); };
  auto pin = co_await residents_.acquire(id, make, open);
  // Who opened it first may not have wanted it made.
  if (pin && !*pin && (create.direct || create.group)) pin = co_await residents_.acquire(id, make, open);
  if (pin && *pin && create.direct && (!(*pin)->is_member(create.direct->first) || !(*pin)->is_member(create.direct->second))) {
    co_return Failure{Code::internal, "the conversation id is taken"};
  }
  co_return pin;
}

Task<Result<Conversations::Pin>> Conversations::find(ConversationId id) {
  auto pinned = co_await acquire(id);
  if (pinned && !*pinned) co_return Failure{Code::not_found};
  co_return pinned;
}

Task<Result<Receipt>> Conversations::send(ConversationId id, std::optional<UserId> to, SendRequest request) {
  auto may = co_await may_begin(id, request.from, to);
  if (!may) co_return may.error();
  Conversation::Create create;
  if (to) create.direct.emplace(request.from, std::move(*to));
  auto pinned = co_await acquire(id, std::move(create));
  if (!pinned) co_return pinned.error();
  if (!*pinned) co_return Failure{Code::not_found};
  auto receipt = co_await (*pinned)->send(std::move(request));
  co_return receipt;
}

Task<Result<Seq>> Conversations::open_direct(ConversationId id, UserId self, UserId with) {
  auto may = co_await may_begin(id, self, with);
  if (!may) co_return may.error();
  Conversation::Create create;
  create.direct.emplace(std::move(self), std::move(with));
  auto pinned = co_await acquire(id, std::move(create));
  if (!pinned) co_return pinned.error();
  co_return (*pinned)->head();
}

Task<Result<HistoryPage>> Conversations::history(ConversationId id, UserId reader, std::optional<Seq> before, std::optional<Seq> after,
                                                 std::uint32_t limit) {
  auto pinned = co_await find(id);
  if (!pinned) co_return pinned.error();
  auto page = co_await (*pinned)->history(std::move(reader), before, after, limit);
  co_return page;
}

Task<Result<std::vector<EntryPtr>>> Conversations::newest(ConversationId id, UserId reader, Seq from, Seq to, std::uint32_t limit,
                                                          std::size_t bytes) {
  auto pinned = co_await find(id);
  if (!pinned) co_return pinned.error();
  auto entries = co_await (*pinned)->newest(std::move(reader), from, to, limit, bytes);
  co_return entries;
}

Task<Result<Point>> Conversations::point(ConversationId id, UserId reader, Seq seq) {
  auto pinned = co_await find(id);
  if (!pinned) co_return pinned.error();
  auto point = co_await (*pinned)->point(std::move(reader), seq);
  co_return point;
}

Task<Result<Ok>> Conversations::all_exist(std::vector<UserId> users) {
  for (const UserId& user : users) {
    auto exists = co_await delivery_.exists(user);
    if (!exists) co_return exists.error();
    if (!*exists) co_return Failure{Code::unknown_user, user.text()};
  }
  co_return Ok{};
}

// Who is in the group already, or waits to be let in, has nothing against it.
Task<Result<Ok>> Conversations::all_let_themselves_be_added(Conversation* group, std::vector<UserId> users, UserId by) {
  std::erase_if(users, [&](const UserId& user) { return group && group->is_member(user); });
  std::vector<Future<Result<bool>>> asked;
  for (const UserId& user : users) asked.push_back(delivery_.may_add(user, by));
  for (std::size_t i = 0; i < users.size(); ++i) {
    Future<Result<bool>>& answer = asked[i];
    auto may = co_await answer;
    if (may && !*may && group) may = co_await group->is_waiting(users[i]);
    if (!may) co_return may.error();
    if (!*may) co_return Failure{Code::forbidden, users[i].text() + " lets only their contacts add them"};
  }
  co_return Ok{};
}

Task<Result<Ok>> Conversations::may_begin(ConversationId id, UserId from, std::optional<UserId> to) {
  if (options_.first_contact != FirstContact::contacts || !id.is_direct()) co_return Ok{};
  auto pinned = co_await acquire(id);
  if (!pinned) co_return pinned.error();
  if (*pinned) {
    // Where something was said there is no stranger any more.
    if ((*pinned)->head() > Seq{0} || !(*pinned)->is_member(from)) co_return Ok{};
    to = (*pinned)->other(from);
  }
  if (!to) co_return Ok{};
  std::vector<UserId> users{*to};
  auto exist = co_await all_exist(std::move(users));
  if (!exist) co_return exist;
  auto added = co_await delivery_.has_added(*to, from);
  if (!added) co_return added.error();
  if (!*added) co_return Failure{Code::refused, "only who is a contact may write first"};
  co_return Ok{};
}

Task<Result<Change>> Conversations::change(ConversationId id, ChangeRequest request) {
  if (request.kind == EntryKind::added) {
    auto exist = co_await all_exist(request.details.users);
    if (!exist) co_return exist.error();
  }
  auto pinned = co_await find(id);
  if (!pinned) co_return pinned.error();
  // Only who may add is told what those want whom they add.
  if (request.kind == EntryKind::added && (request.system || (*pinned)->may_add(request.from))) {
    auto let = co_await all_let_themselves_be_added(&**pinned, request.details.users, request.from);
    if (!let) co_return let.error();
  }
  auto change = co_await (*pinned)->change(std::move(request));
  co_return change;
}

std::vector<Seq> Conversations::deleted_lately(const std::vector<EntryId>& entries) {
  std::vector<Seq> out;
  for (const auto& [id, seq] : entries) {
    const Conversation* conversation = residents_.find(id);
    out.push_back(conversation ? conversation->deleted_lately(seq) : Seq{0});
  }
  return out;
}

Task<Result<GroupView>> Conversations::create_group(ConversationId id, ChangeRequest request) {
  auto exist = co_await all_exist(request.details.users);
  if (!exist) co_return exist.error();
  auto there = co_await acquire(id);
  if (!there) co_return there.error();
  if (!*there) {  // A repeat finds what was made, whatever members want since.
    auto let = co_await all_let_themselves_be_added(nullptr, request.details.users, request.from);
    if (!let) co_return let.error();
  }
  Conversation::Create create;
  create.group = true;
  UserId creator = request.from;
  auto pinned = co_await acquire(id, std::move(create));
  if (!pinned) co_return pinned.error();
  auto made = co_await (*pinned)->change(std::move(request));
  if (!made) co_return made.error();
  auto group = co_await (*pinned)->group(creator);
  co_return group;
}

Task<Result<GroupView>> Conversations::group(ConversationId id, UserId reader) {
  auto pinned = co_await find(id);
  if (!pinned) co_return pinned.error();
  auto group = co_await (*pinned)->group(std::move(reader));
  co_return group;
}

Task<Result<MemberList>> Conversations::members(ConversationId id, UserId reader, UserId after, std::size_t limit) {
  auto pinned = co_await find(id);
  if (!pinned) co_return pinned.error();
  auto list = co_await (*pinned)->members(std::move(reader), std::move(after), limit);
  co_return list;
}

Task<Result<InviteRow>> Conversations::create_invite(ConversationId id, UserId by, InviteWish wish) {
  auto pinned = co_await find(id);
  if (!pinned) co_return pinned.error();
  auto result = co_await (*pinned)->create_invite(std::move(by), wish);
  co_return result;
}

Task<Result<Ok>> Conversations::revoke_invite(ConversationId id, UserId by, ClientId secret) {
  auto pinned = co_await find(id);
  if (!pinned) co_return pinned.error();
  auto result = co_await (*pinned)->revoke_invite(std::move(by), secret);
  co_return result;
}

Task<Result<InviteList>> Conversations::invites(ConversationId id, UserId by) {
  auto pinned = co_await find(id);
  if (!pinned) co_return pinned.error();
  auto result = co_await (*pinned)->invites(std::move(by));
  co_return result;
}

Task<Result<GroupView>> Conversations::join(ConversationId id, UserId user, ClientId secret) {
  auto pinned = co_await find(id);
  if (!pinned) co_return pinned.error();
  auto result = co_await (*pinned)->join(std::move(user), secret);
  co_return result;
}

Task<Result<Ok>> Conversations::refuse_join(ConversationId id, UserId by, UserId user) {
  auto pinned = co_await find(id);
  if (!pinned) co_return pinned.error();
  auto result = co_await (*pinned)->refuse_join(std::move(by), std::move(user));
  co_return result;
}

Task<Result<Ok>> Conversations::block(ConversationId id, UserId self, UserId other, bool blocked) {
  Conversation::Create create;
  create.direct.emplace(self, std::move(other));
  auto pinned = co_await acquire(id, std::move(create));
  if (!pinned) co_return pinned.error();
  auto done = co_await (*pinned)->block(std::move(self), blocked);
  co_return done;
}

Task<Result<Ok>> Conversations::mark(ConversationId id, UserId member, Mark mark) {
  auto pinned = co_await find(id);
  if (!pinned) co_return pinned.error();
  auto done = co_await (*pinned)->mark(std::move(member), mark);
  co_return done;
}

Task<Result<Receipts>> Conversations::look(ConversationId id, UserId member) {
  auto pinned = co_await find(id);
  if (!pinned) co_return pinned.error();
  auto receipts = co_await (*pinned)->look(std::move(member));
  co_return receipts;
}

Task<Result<Ok>> Conversations::typing(ConversationId id, UserId member, bool stopped) {
  auto pinned = co_await find(id);
  if (!pinned) co_return pinned.error();
  co_return (*pinned)->typing(member, stopped);
}

Task<Result<bool>> Conversations::blocked(ConversationId id) {
  auto pinned = co_await acquire(id);
  if (!pinned) co_return pinned.error();
  co_return *pinned && (*pinned)->any_blocked();
}

Task<void> Conversations::recover(Slot slot, Epoch from) {
  std::string partition = pending_partition(slot), next = pending_from(from);
  int running = 0;
  for (bool more = true; more;) {
    auto scan = co_await until_definite(loop_, [&] { return store_.scan(RowTable::pending, partition, next, kScanRows); });
    KITH_ASSERT(scan);  // A damaged pending table means that acked messages could stay undelivered: not a state to serve in.
    more = scan->more;
    for (const Row& row : scan->rows) {
      next = row.key + '\0';
      auto left = decode_pending(row);
      if (!left || left->epoch >= epoch_ || !left->pending) continue;
      while (running >= kRecoveringMax) co_await wait(loop_, 1ms);
      ++running;
      scope_.spawn(recover_one(std::move(*left), running));
    }
  }
  while (running > 0) co_await wait(loop_, 1ms);
}

Task<void> Conversations::recover_one(PendingRow left, int& running) {
  for (;;) {
    auto pinned = co_await acquire(left.conversation);
    if (pinned && *pinned) co_await (*pinned)->finish_fan_out();
    if (pinned) break;
    co_await wait(loop_, 100ms);
  }
  left.pending = false;
  std::string partition = pending_partition(left.conversation.slot());
  std::vector<Row> rows{encode_pending(left)};
  auto cleared = co_await until_definite(loop_, [&] { return store_.put(RowTable::pending, partition, rows); });
  (void)cleared;  // The fan-out is finished; a row that still says otherwise costs a later start one look.
  --running;
}

}  // namespace kith
