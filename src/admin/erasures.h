// admin/erasures.h — Erasing users: from the account that lets nobody in to the id that alone is left.
//
//   Which loop   One object per loop, for the users whose slots live there. All that it is made with outlives it.
//   Order        Account closed, contacts, messages (if they are to go), groups left, the rows of the inbox, devices, account. Each step
//                finds nothing left to do when it is repeated, so an erasure that a crash or a full disk cut off is begun again from the
//                front: by a repeated request, and by the next start of the server.
//   Durable      Once erase() completes with true.
//   Cancelled    Who asked may go; the erasure goes on.
//   Limits       kAtOnce on one loop; beyond: busy.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "auth/accounts.h"
#include "session/place.h"

namespace kith {

// Tells every loop whether a user takes messages. Completes when all know.
class ClosedRouter {
 public:
  virtual ~ClosedRouter() = default;
  virtual Future<Ok> set_closed(UserId user, bool closed) = 0;
};

class Erasures {
 public:
  static constexpr std::size_t kAtOnce = 16;

  Erasures(Place& place, Accounts& accounts, ClosedRouter& router) : place_(place), accounts_(accounts), router_(router) {}

  // False: it is still being done after this time. `wipe`: with all that they sent.
  Task<Result<bool>> erase(UserId user, bool wipe, Duration within);
  // Goes on with one that a former process began.
  void resume(UserId user);

 private:
  struct Job {
    bool wipe = false;
    std::vector<Promise<Result<Ok>>> waiters;
  };

  void start(const UserId& user, bool wipe);
  Future<Result<Ok>> finished(const UserId& user);
  Task<void> run(UserId user);
  Task<Result<Ok>> work(UserId user, bool wipe);
  Task<Result<Ok>> end_contacts(UserId user);
  Task<Result<std::vector<ConversationId>>> conversations(UserId user);
  Task<Result<Ok>> leave(ConversationId id, UserId user, bool wipe);
  Task<Result<Ok>> wipe_messages(ConversationId id, UserId user);

  Place& place_;
  Accounts& accounts_;
  ClosedRouter& router_;
  std::unordered_map<UserId, Job> jobs_;
  Scope scope_;  // Last: what runs in it uses all of the above.
};

}  // namespace kith
