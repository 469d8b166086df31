// server/shard.h — Everything that lives on one loop: the conversations and inboxes of its slots, their users' sessions and accounts.
//
// Owned by the Node. Member order is the order of dependence: what stands later uses what stands before, and ends first.
#pragma once

#include <memory>
#include <unordered_set>

#include "admin/admin.h"
#include "auth/accounts.h"
#include "contacts/contacts.h"
#include "conversation/conversations.h"
#include "inbox/inboxes.h"
#include "limits/limits.h"
#include "rest/polls.h"
#include "session/directory.h"
#include "session/place.h"

namespace kith {

class Router;
struct NodeOptions;
struct Lifetime;

// What a loop brings along.
struct LoopParts {
  Loop* loop = nullptr;
  std::unique_ptr<Store> store;
  std::unique_ptr<PasswordHasher> hasher;
};

struct Shard {
  Shard(LoopParts parts, const NodeOptions& options, const Lifetime& lifetime, const TokenReader& tokens, std::size_t loops,
        std::unique_ptr<Router> router, std::shared_ptr<Addresses> addresses);
  ~Shard();

  Loop& loop;
  std::unique_ptr<Store> store;
  std::unique_ptr<PasswordHasher> hasher;
  std::unique_ptr<Router> router;
  Limits limits;
  Traffic traffic;
  wire::JsonReader reader;
  Directory directory;
  Accounts accounts;
  Inboxes inboxes;
  Contacts contacts;
  Conversations conversations;
  Place place;
  Polls polls;
  std::unordered_set<UserId> closed;  // Of all users, those who take no messages.
  AuditLog audit;                     // That of the first shard is the server's.
  Erasures erasures;
  AdminPlace admin;
  Timer tick;
  Scope scope;  // Calls that came from here or from other shards.

  void keep_house();
};

}  // namespace kith
