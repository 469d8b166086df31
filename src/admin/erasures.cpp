#include "admin/erasures.h"

#include <algorithm>
#include <memory>
#include <set>

#include "admin/body.h"
#include "base/crash_point.h"
#include "base/wait.h"
#include "contacts/contacts.h"
#include "session/directory.h"
#include "wire/error.h"
#include "wire/json_writer.h"

namespace kith {

namespace {

constexpr std::uint32_t kPage = 200;
constexpr Duration kRestartEvery = 10s;

bool is_gone(const Failure& failure) { return failure.code == Code::not_found || failure.code == Code::deleted; }

ChangeRequest about(const UserId& user, EntryKind kind, Seq target) {
  ChangeRequest request;
  request.from = user;
  request.kind = kind;
  request.details.target = target;
  request.system = true;  // Also in groups that they left, and where they are blocked.
  return request;
}

}  // namespace

Task<Result<bool>> Erasures::erase(UserId user, bool wipe, Duration within) {
  if (!jobs_.contains(user) && jobs_.size() >= kAtOnce) co_return Failure{Code::busy, "other users are being erased", 1000};
  auto begun = co_await accounts_.begin_erasure(user, wipe);
  if (!begun) co_return begun.error();
  auto told = router_.set_closed(user, true);
  co_await told;
  if (*begun == Erasure::done) co_return true;
  start(user, *begun == Erasure::wiping);
  struct Race {
    std::optional<Promise<Result<bool>>> winner{std::in_place};
    Timer timer;
    void set(Result<bool> result) {
      if (!winner) return;
      auto once = std::move(*winner);
      winner.reset();
      once.set(std::move(result));
    }
  };
  auto race = std::make_shared<Race>();
  auto result = race->winner->future();
  finished(user).then([race](Result<Ok> done) {
    race->timer.cancel();
    race->set(done ? Result<bool>(true) : Result<bool>(done.error()));
  });
  if (race->winner) {
    race->timer = place_.loop.after(within, [weak = std::weak_ptr<Race>(race)] {
      if (auto late = weak.lock()) late->set(false);
    });
  }
  auto answer = co_await result;
  co_return answer;
}

void Erasures::resume(UserId user) {
  scope_.spawn([](Erasures& self, UserId who) -> Task<void> {
    // `false` leaves what was asked for as it is.
    for (;;) {
      auto done = co_await self.erase(who, false, 1h);
      if (done && *done) break;
      co_await wait(self.place_.loop, kRestartEvery);
    }
  }(*this, std::move(user)));
}

void Erasures::start(const UserId& user, bool wipe) {
  auto [job, fresh] = jobs_.try_emplace(user);
  job->second.wipe = job->second.wipe || wipe;
  if (fresh) scope_.spawn(run(user));
}

Future<Result<Ok>> Erasures::finished(const UserId& user) {
  auto job = jobs_.find(user);
  if (job == jobs_.end()) return Future<Result<Ok>>::ready(Failure{Code::outcome_unknown});  // It ended at once: a repeat will tell how.
  return job->second.waiters.emplace_back().future();
}

Task<void> Erasures::run(UserId user) {
  co_await end_of_turn(place_.loop);  // Whoever started it waits by then.
  Result<Ok> done = Ok{};
  for (bool wipe = false, again = true; again;) {
    wipe = jobs_.at(user).wipe;
    done = co_await work(user, wipe);
    again = done && jobs_.at(user).wipe != wipe;  // Asked for meanwhile.
  }
  auto waiters = std::move(jobs_.at(user).waiters);
  jobs_.erase(user);
  for (auto& waiter : waiters) waiter.set(done);
}

Task<Result<Ok>> Erasures::work(UserId user, bool wipe) {
  // What their sessions had begun comes to its end.
  constexpr int kRounds = 100;
  for (int round = 0; round < kRounds && place_.directory.present(user); ++round) co_await wait(place_.loop, 50ms);
  auto done = co_await end_contacts(user);
  if (!done) co_return done;
  auto inbox = co_await place_.inboxes.acquire(user);
  if (!inbox) co_return inbox.error();
  co_await (*inbox)->catch_up();
  // Until nothing new came in: a hand-off may have been on its way.
  std::set<ConversationId> handled;
  for (bool any = true; any;) {
    auto ids = co_await conversations(user);
    if (!ids) co_return ids.error();
    any = false;
    for (const ConversationId& id : *ids) {
      if (!handled.insert(id).second) continue;
      any = true;
      done = co_await leave(id, user, wipe);
      if (!done) co_return done;
      crash_point("erasure_step");
    }
  }
  done = co_await (*inbox)->blank();
  if (!done) co_return done;
  auto finished = co_await accounts_.finish_erasure(user, wipe);
  if (!finished) co_return finished.error();
  if (*finished == Erasure::wiping) jobs_.at(user).wipe = true;  // run() begins again.
  co_return Ok{};
}

// As the user would, so that those on the other side see it too.
Task<Result<Ok>> Erasures::end_contacts(UserId user) {
  UserId after;
  for (bool more = true; more;) {
    auto page = co_await place_.contacts.list(user, after, kPage);
    if (!page) co_return page.error();
    for (const ContactRow& contact : page->contacts) {
      after = contact.other;
      auto forgotten = co_await place_.contacts.forget(user, contact.other);
      if (!forgotten) co_return forgotten.error();
    }
    more = page->more;
  }
  PreferenceWish hidden;
  hidden.presence = Audience::nobody;
  hidden.read_marks = false;
  hidden.groups = Audience::contacts;
  auto preferred = co_await place_.contacts.prefer(user, hidden);
  if (!preferred) co_return preferred.error();
  co_return Ok{};
}

Task<Result<std::vector<ConversationId>>> Erasures::conversations(UserId user) {
  auto inbox = co_await place_.inboxes.acquire(user);
  if (!inbox) co_return inbox.error();
  auto all = co_await (*inbox)->conversations();
  if (!all) co_return all.error();
  std::vector<ConversationId> ids;
  for (const ConversationState& state : *all) ids.push_back(state.conversation);
  std::sort(ids.begin(), ids.end());
  co_return ids;
}

Task<Result<Ok>> Erasures::leave(ConversationId id, UserId user, bool wipe) {
  if (wipe) {
    auto wiped = co_await wipe_messages(id, user);
    if (!wiped) co_return wiped;
  }
  if (id.is_direct()) co_return Ok{};
  auto request = about(user, EntryKind::left, {});
  request.details.users = {user};
  auto left = co_await place_.backend.change(id, std::move(request));
  if (!left && !is_gone(left.error())) co_return left.error();
  co_return Ok{};
}

Task<Result<Ok>> Erasures::wipe_messages(ConversationId id, UserId user) {
  Seq after{0};
  for (bool more = true; more;) {
    auto page = co_await place_.backend.history(id, user, std::nullopt, after, kPage);
    if (!page && is_gone(page.error())) co_return Ok{};
    if (!page) co_return page.error();
    more = page->more && !page->entries.empty();
    std::vector<Future<Result<Change>>> changes;
    for (const EntryPtr& entry : page->entries) {
      after = entry->seq;
      if (entry->kind != EntryKind::message || entry->deleted()) continue;
      if (entry->from == user) {
        changes.push_back(place_.backend.change(id, about(user, EntryKind::deletion, entry->seq)));
        continue;
      }
      for (const Reaction& reaction : entry->details().reactions) {
        if (std::find(reaction.users.begin(), reaction.users.end(), user) == reaction.users.end()) continue;
        auto request = about(user, EntryKind::reaction, entry->seq);
        request.text = reaction.emoji;
        request.details.removed = true;
        changes.push_back(place_.backend.change(id, std::move(request)));
      }
    }
    Result<Ok> all = Ok{};
    for (auto& change : changes) {
      auto changed = co_await change;
      if (!changed && !is_gone(changed.error())) all = changed.error();
    }
    if (!all) co_return all;
  }
  co_return Ok{};
}

}  // namespace kith
