// server/shard.h — Everything that lives on one loop: the conversations and inboxes of its slots, their users' sessions and accounts.
//
// Owned by the Node. Member order is the order of dependence: what stands later uses what stands before, and ends first.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <unordered_set>

#include "admin/admin.h"
#include "auth/accounts.h"
#include "contacts/contacts.h"
#include "conversation/conversations.h"
#include "inbox/inboxes.h"
#include "limits/limits.h"
#include "presence/contacts_privacy.h"
#include "presence/watchers.h"
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

// Of a count that grows: how much a second, over the last minute.
class MinuteRate {
 public:
  // Once a second.
  void sample(std::uint64_t count) {
    totals_[next_++ % totals_.size()] = count;
    last_ = count;
  }
  double a_second() const {
    if (next_ < 2) return 0;
    const std::size_t kept = std::min(next_, totals_.size());
    return static_cast<double>(last_ - totals_[(next_ - kept) % totals_.size()]) / static_cast<double>(kept - 1);
  }

 private:
  std::array<std::uint64_t, 61> totals_{};
  std::uint64_t last_ = 0;
  std::size_t next_ = 0;
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
  LastSeen last_seen;
  ContactsPrivacy privacy;
  PresenceBook presence_book;
  Watchers watchers;
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
  MinuteRate presence_rate;
  Timer tick;
  Scope scope;  // Calls that came from here or from other shards.

  void keep_house();
};

}  // namespace kith
