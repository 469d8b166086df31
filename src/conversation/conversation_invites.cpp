// Coming into a group by a link. The group's owner decides; what it decided is durable before it is said.
#include <algorithm>

#include "base/crash_point.h"
#include "base/wait.h"
#include "conversation/conversation.h"
#include "store/retry.h"

namespace kith {

Task<Result<Ok>> Conversation::load_invites() {
  constexpr std::uint32_t kScanRows = 1024;
  if (invites_) co_return Ok{};
  auto loaded = std::make_unique<Invites>();
  std::string next;
  for (bool more = true; more;) {
    auto rows = co_await store_.scan(RowTable::groups, id_.key(), next, kScanRows);
    if (!rows) co_return to_failure(rows.error());
    more = rows->more;
    for (const Row& row : rows->rows) {
      next = row.key + '\0';
      if (!loaded->take(row)) co_return Failure{Code::internal, "a row of an invite is damaged"};
    }
  }
  if (!invites_) invites_ = std::move(loaded);  // Somebody else may have loaded and changed them meanwhile.
  co_return Ok{};
}

// One change of the rows at a time.
Task<void> Conversation::lock_invites() {
  if (!std::exchange(invites_locked_, true)) co_return;
  invite_turns_.emplace_back();
  auto turn = invite_turns_.back().future();
  co_await turn;
}

void Conversation::unlock_invites() {
  if (invite_turns_.empty()) {
    invites_locked_ = false;
    return;
  }
  loop_.defer([next = std::move(invite_turns_.front())]() mutable { next.set(Ok{}); });
  invite_turns_.pop_front();
}

Task<Result<Ok>> Conversation::put_invites(std::vector<Row> rows) {
  if (store_.space() != Space::enough) co_return Failure{Code::storage_full, "", 10'000};
  auto put = co_await until_definite(loop_, [&] { return store_.put(RowTable::groups, id_.key(), rows); });
  if (!put) co_return to_failure(put.error());
  crash_point("invite_written");
  co_return Ok{};
}

// May this user make links and let people in? As it is shown, and with the links loaded.
Task<Result<Ok>> Conversation::check_host(UserId user) {
  co_await until_shown();
  last_activity_ = loop_.now();
  auto host = judge_host(user);
  if (!host) co_return host;
  auto loaded = co_await load_invites();
  co_return loaded;
}

Result<Ok> Conversation::judge_host(const UserId& user) const {
  if (id_.is_direct() || !roster_.find(user)) return Failure{Code::not_found};
  auto member = roster_.find_present(user);
  if (!member || !group_.permissions.allow(roster_[*member].role, Deed::add)) return Failure{Code::forbidden};
  return Ok{};
}

// Asked again after the turn was waited for: a link of who was removed meanwhile would bring them back.
Task<Result<Ok>> Conversation::lock_invites_as_host(const UserId& user) {
  co_await lock_invites();
  auto host = judge_host(user);
  if (!host) unlock_invites();
  co_return host;
}

Task<Result<InviteRow>> Conversation::create_invite(UserId by, InviteWish wish) {
  auto host = co_await check_host(by);
  if (host) host = co_await lock_invites_as_host(by);
  if (!host) co_return host.error();
  InviteRow row;
  Result<Ok> done = Failure{Code::limit_reached, "invites"};
  if (auto place = invites_->free_link(loop_.wall())) {
    row.place = *place;
    loop_.random().fill(row.secret.bits.data(), row.secret.bits.size());
    row.by = std::move(by);
    row.expires = {loop_.wall().ms + static_cast<std::int64_t>(wish.expires_s) * 1000};
    row.uses = wish.uses;
    row.approval = wish.approval;
    row.made = row.counted = shown_;
    std::vector<Row> rows{encode(row)};
    done = co_await put_invites(std::move(rows));
    if (done) invites_->set(row);
  }
  unlock_invites();
  if (!done) co_return done.error();
  co_return row;
}

Task<Result<Ok>> Conversation::revoke_invite(UserId by, ClientId secret) {
  auto host = co_await check_host(by);
  if (host) host = co_await lock_invites_as_host(by);
  if (!host) co_return host;
  Result<Ok> done = Failure{Code::not_found};
  if (const InviteRow* link = invites_->find(secret)) {
    InviteRow revoked = *link;
    revoked.revoked = true;
    std::vector<Row> rows{encode(revoked)};
    done = co_await put_invites(std::move(rows));
    if (done) invites_->find(secret)->revoked = true;  // The rest of it may have changed meanwhile.
    ++rules_;
  }
  unlock_invites();
  // Who got their place before it still comes in: then they are in before this is answered.
  if (done) co_await until_shown();
  co_return done;
}

Task<Result<InviteList>> Conversation::invites(UserId by) {
  auto host = co_await check_host(std::move(by));
  if (!host) co_return host.error();
  InviteList list;
  WallTime now = loop_.wall();
  for (const InviteRow& link : invites_->links) {
    if (!link.by.empty() && link.good(now)) list.links.push_back(link);
  }
  for (const WaitingRow& waiter : invites_->waiting) {
    if (Invites::waits(waiter, roster_)) list.waiting.push_back(waiter.user);
  }
  std::sort(list.waiting.begin(), list.waiting.end());
  co_return list;
}

Task<Result<Ok>> Conversation::refuse_join(UserId by, UserId user) {
  auto host = co_await check_host(by);
  if (host) host = co_await lock_invites_as_host(by);
  if (!host) co_return host;
  Result<Ok> done = Ok{};
  if (const WaitingRow* waiter = invites_->find_waiting(user, roster_)) {
    WaitingRow nobody{waiter->place, {}, {}};
    std::vector<Row> rows{encode(nobody)};
    done = co_await put_invites(std::move(rows));
    if (done) invites_->set(nobody);
  }
  unlock_invites();
  co_return done;
}

Task<Result<bool>> Conversation::is_waiting(UserId user) {
  auto loaded = co_await load_invites();
  if (!loaded) co_return loaded.error();
  co_return invites_->find_waiting(user, roster_) != nullptr;
}

// --------------------------------------------------------------------------------------------------------------- coming

Task<Result<GroupView>> Conversation::join(UserId user, ClientId secret) {
  if (id_.is_direct()) co_return Failure{Code::not_found};
  auto loaded = co_await load_invites();
  if (!loaded) co_return loaded.error();
  const InviteRow* link = invites_->find(secret);
  if (!link) co_return Failure{Code::not_found};
  if (!is_member(user) && link->approval) {
    auto waits = co_await wait_to_join(user, secret);
    co_return waits;
  }
  if (!is_member(user) || group_change_waits()) {
    ChangeRequest request{user, EntryKind::joined, {}, {}};
    request.details.users = {user};
    request.invite = secret;
    auto joined = co_await change(std::move(request));
    if (!joined) co_return joined.error();
  }
  auto view = co_await group(std::move(user));
  co_return view;
}

Result<Ok> Conversation::judge_joining(const UserId& user, const ClientId& secret) const {
  const InviteRow* link = invites_ ? invites_->find(secret) : nullptr;
  if (!link || !link->good(loop_.wall())) return Failure{Code::not_found};
  if (roster_.present() == 0) return Failure{Code::not_found};  // The last one left: the group is at its end.
  auto member = roster_.find(user);
  // A removal stands above links that were about then.
  if (member && roster_[*member].removed && link->made < roster_[*member].stays.back().last)
    return Failure{Code::forbidden, "removed since this link was made"};
  if (roster_.present() >= options_.members_max) return Failure{Code::limit_reached, "members"};
  return Ok{};
}

Task<Result<GroupView>> Conversation::wait_to_join(UserId user, ClientId secret) {
  co_await until_shown();
  last_activity_ = loop_.now();
  co_await lock_invites();
  Result<Ok> done = Ok{};
  if (!invites_->find_waiting(user, roster_)) {
    done = judge_joining(user, secret);
    auto place = invites_->free_waiting(roster_);
    if (done && !place) done = Failure{Code::limit_reached, "waiting"};
    if (done) {
      WaitingRow waiter{*place, user, shown_};
      InviteRow used = *invites_->find(secret);
      ++used.used;
      std::vector<Row> rows{encode(used), encode(waiter)};
      done = co_await put_invites(std::move(rows));
      if (done) {
        ++invites_->find(secret)->used;
        invites_->set(waiter);
      }
    }
  }
  unlock_invites();
  if (!done) co_return done.error();
  GroupView view;
  view.title = group_.title;
  view.waiting = true;
  co_await until_shown();
  co_return view;
}

// The entry "joined" is durable: its use is counted, once, before anybody sees it.
Task<void> Conversation::count_use(const Entry& joined) {
  co_await lock_invites();
  if (InviteRow* link = invites_->find(joined.client_id)) {
    InviteRow counted = *link;
    if (counted.counted < joined.seq) {
      ++counted.used;
      counted.counted = joined.seq;
      std::vector<Row> rows{encode(counted)};
      co_await put_rows(RowTable::groups, std::move(rows));
      link = invites_->find(joined.client_id);
      link->used = counted.used;
      link->counted = counted.counted;
    }
    --link->coming;
  }
  unlock_invites();
}

}  // namespace kith
