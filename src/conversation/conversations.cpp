#include "conversation/conversations.h"

#include "base/wait.h"
#include "store/retry.h"

namespace kith {

namespace {
constexpr std::uint32_t kScanRows = 1024;
constexpr int kRecoveringMax = 64;
}  // namespace

Conversations::Conversations(Loop& loop, Store& store, Delivery& delivery, Epoch epoch, std::size_t budget_bytes, Limits* limits)
    : loop_(loop), store_(store), delivery_(delivery), epoch_(epoch), limits_(limits), residents_(budget_bytes) {}

Task<Result<Conversations::Pin>> Conversations::acquire(ConversationId id, Conversation::Create create) {
  auto make = [this, id] { return std::make_unique<Conversation>(loop_, store_, delivery_, id, epoch_, limits_); };
  auto open = [create](Conversation& conversation) { return conversation.open(create); };
  auto pin = co_await residents_.acquire(id, make, open);
  // Who opened it first may not have wanted it made.
  if (pin && !*pin && (create.direct || create.group)) pin = co_await residents_.acquire(id, make, open);
  if (pin && *pin && create.direct && (!(*pin)->is_member(create.direct->first) || !(*pin)->is_member(create.direct->second))) {
    co_return Failure{Code::internal, "the conversation id is taken"};
  }
  co_return pin;
}

Task<Result<Receipt>> Conversations::send(ConversationId id, std::optional<UserId> to, SendRequest request) {
  Conversation::Create create;
  if (to) create.direct.emplace(request.from, std::move(*to));
  auto pinned = co_await acquire(id, std::move(create));
  if (!pinned) co_return pinned.error();
  if (!*pinned) co_return Failure{Code::not_found};
  auto receipt = co_await (*pinned)->send(std::move(request));
  co_return receipt;
}

Task<Result<Seq>> Conversations::open_direct(ConversationId id, UserId self, UserId with) {
  Conversation::Create create;
  create.direct.emplace(std::move(self), std::move(with));
  auto pinned = co_await acquire(id, std::move(create));
  if (!pinned) co_return pinned.error();
  co_return (*pinned)->head();
}

Task<Result<HistoryPage>> Conversations::history(ConversationId id, UserId reader, std::optional<Seq> before, std::optional<Seq> after,
                                                 std::uint32_t limit) {
  auto pinned = co_await acquire(id);
  if (!pinned) co_return pinned.error();
  if (!*pinned) co_return Failure{Code::not_found};
  auto page = co_await (*pinned)->history(std::move(reader), before, after, limit);
  co_return page;
}

Task<Result<std::vector<EntryPtr>>> Conversations::newest(ConversationId id, UserId reader, Seq from, Seq to, std::uint32_t limit,
                                                          std::size_t bytes) {
  auto pinned = co_await acquire(id);
  if (!pinned) co_return pinned.error();
  if (!*pinned) co_return Failure{Code::not_found};
  auto entries = co_await (*pinned)->newest(std::move(reader), from, to, limit, bytes);
  co_return entries;
}

Task<Result<Point>> Conversations::point(ConversationId id, UserId reader, Seq seq) {
  auto pinned = co_await acquire(id);
  if (!pinned) co_return pinned.error();
  if (!*pinned) co_return Failure{Code::not_found};
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

Task<Result<Change>> Conversations::change(ConversationId id, ChangeRequest request) {
  if (request.kind == EntryKind::added) {
    auto exist = co_await all_exist(request.details.users);
    if (!exist) co_return exist.error();
  }
  auto pinned = co_await acquire(id);
  if (!pinned) co_return pinned.error();
  if (!*pinned) co_return Failure{Code::not_found};
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
  auto pinned = co_await acquire(id);
  if (!pinned) co_return pinned.error();
  if (!*pinned) co_return Failure{Code::not_found};
  auto group = co_await (*pinned)->group(std::move(reader));
  co_return group;
}

Task<Result<MemberList>> Conversations::members(ConversationId id, UserId reader, UserId after, std::size_t limit) {
  auto pinned = co_await acquire(id);
  if (!pinned) co_return pinned.error();
  if (!*pinned) co_return Failure{Code::not_found};
  auto list = co_await (*pinned)->members(std::move(reader), std::move(after), limit);
  co_return list;
}

Task<Result<Ok>> Conversations::block(ConversationId id, UserId self, UserId other, bool blocked) {
  Conversation::Create create;
  create.direct.emplace(self, std::move(other));
  auto pinned = co_await acquire(id, std::move(create));
  if (!pinned) co_return pinned.error();
  auto done = co_await (*pinned)->block(std::move(self), blocked);
  co_return done;
}

Task<Result<Ok>> Conversations::mark(ConversationId id, UserId member, Mark mark, bool tells_read) {
  auto pinned = co_await acquire(id);
  if (!pinned) co_return pinned.error();
  if (!*pinned) co_return Failure{Code::not_found};
  auto done = co_await (*pinned)->mark(std::move(member), mark, tells_read);
  co_return done;
}

Task<Result<Receipts>> Conversations::look(ConversationId id, UserId member) {
  auto pinned = co_await acquire(id);
  if (!pinned) co_return pinned.error();
  if (!*pinned) co_return Failure{Code::not_found};
  auto receipts = co_await (*pinned)->look(std::move(member));
  co_return receipts;
}

Task<Result<Ok>> Conversations::typing(ConversationId id, UserId member, bool stopped) {
  auto pinned = co_await acquire(id);
  if (!pinned) co_return pinned.error();
  if (!*pinned) co_return Failure{Code::not_found};
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
