#include "server/node.h"

#include "base/wait.h"
#include "session/greeter.h"

namespace kith {

namespace {
constexpr Duration kHousekeeping = 1s;
}

Shard::Shard(LoopParts parts, const NodeOptions& options, const Lifetime& lifetime, const TokenReader& tokens, std::size_t loops,
             std::unique_ptr<Router> r, std::shared_ptr<Addresses> addresses)
    : loop(*parts.loop),
      store(std::move(parts.store)),
      hasher(std::move(parts.hasher)),
      router(std::move(r)),
      limits(loop, options.limits, std::move(addresses)),
      last_seen(loop, *store, lifetime.epoch),
      privacy(contacts),
      presence_book(loop, last_seen, *router, privacy, options.presence),
      watchers(loop, presence_book, *router, privacy, options.presence),
      directory(loop, presence_book, watchers),
      accounts(loop, *store, *hasher, options.accounts,
               [this](const UserId& user, const std::optional<DeviceId>& device) { directory.revoke(user, device); }),
      inboxes(loop, *store, directory, *router, lifetime.epoch, options.cache_bytes / loops / 2),
      contacts(loop, *store, inboxes, *router, lifetime.epoch,
               ContactsOptions{.requests = options.conversations.first_contact != FirstContact::open}),
      conversations(loop, *store, *router, lifetime.epoch, options.cache_bytes / loops / 2, &limits, options.conversations),
      place{loop,     *store, lifetime.store,  *router, directory, inboxes, contacts, presence_book,
            watchers, reader, options.session, traffic, {},        false,   &limits},
      polls(place),
      audit(loop, *store),
      erasures(place, accounts, *router),
      admin{place, accounts, erasures, *router, tokens, options.admin} {
  for (const ClosedUser& one : lifetime.closed) closed.insert(one.user);
}

Shard::~Shard() = default;

void Shard::keep_house() {
  conversations.trim();
  inboxes.trim();
  presence_rate.sample(traffic.presence_bytes);
  tick = loop.after(kHousekeeping, [this] { keep_house(); });
}

Node::Node(NodeOptions options, Lifetime lifetime, TokenReader tokens, std::vector<LoopParts> loops)
    : options_(completed(std::move(options), loops[0].loop->random())), lifetime_(std::move(lifetime)), tokens_(std::move(tokens)) {
  std::size_t count = loops.size();
  auto addresses = std::make_shared<Addresses>(options_.limits, loops[0].loop->random().next());
  for (std::size_t i = 0; i < count; ++i) {
    shards_.push_back(
        std::make_unique<Shard>(std::move(loops[i]), options_, lifetime_, tokens_, count, std::make_unique<Router>(*this, i), addresses));
  }
}

Node::~Node() = default;

// What all loops share, and what clients are told.
NodeOptions Node::completed(NodeOptions options, Random& random) {
  AccountsOptions& accounts = options.accounts;
  accounts.attempts = std::make_shared<AddressAttempts>(accounts.logins_per_address, accounts.signups_per_address,
                                                        accounts.limited_keys_max, random.next());
  options.session.edit_s = static_cast<std::uint32_t>(options.limits.edit_within / 1s);
  options.session.delete_s = static_cast<std::uint32_t>(options.limits.delete_within / 1s);
  return options;
}

void Node::start() {
  for (auto& shard : shards_) {
    shard->loop.post([&shard = *shard] { shard.keep_house(); });
  }
  shards_[0]->loop.post([this] {
    shards_[0]->scope.spawn(recover());
    shards_[0]->scope.spawn(shards_[0]->last_seen.beat());
  });
  for (const ClosedUser& one : lifetime_.closed) {
    if (one.closed != Closed::erasing) continue;
    Shard& home_of = *shards_[home(one.user.slot())];
    home_of.loop.post([&home_of, user = one.user] { home_of.erasures.resume(user); });
  }
}

namespace {

Task<void> recover_slot(Conversations& conversations, Slot slot, Epoch from, int& running) {
  co_await conversations.recover(slot, from);
  --running;
}

// Many slots at a time: most have nothing to recover, and asking takes a trip to the store.
Task<Ok> recover_slots(const Node& node, Shard& shard, std::size_t index) {
  constexpr int kAtOnce = 64;
  int running = 0;
  for (std::uint16_t slot = 0; slot < kSlots; ++slot) {
    if (node.home({slot}) != index) continue;
    while (running >= kAtOnce) co_await wait(shard.loop, 1ms);
    ++running;
    shard.scope.spawn(recover_slot(shard.conversations, {slot}, node.lifetime().recovered_from, running));
  }
  while (running > 0) co_await wait(shard.loop, 1ms);
  co_return Ok{};
}

}  // namespace

Task<void> Node::recover() {
  std::vector<Future<Ok>> running;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    running.push_back(shards_[0]->router->call<Ok>(i, [this, i](Shard& shard) { return recover_slots(*this, shard, i); }));
  }
  for (auto& shard : running) co_await shard;
  recovered_ = true;
  co_await note_recovered(shards_[0]->loop, *shards_[0]->store, lifetime_.epoch);
}

std::unique_ptr<Peer> Node::accept(std::size_t index, Transport& transport, Encoding encoding) {
  return std::make_unique<Greeter>(shards_[index]->place, transport, encoding);
}

void Node::stop(std::function<void()> done) {
  shards_[0]->loop.post([this, done = std::move(done)] { shards_[0]->scope.spawn(settle(done)); });
}

Task<void> Node::settle(std::function<void()> done) {
  constexpr int kRounds = 30;
  constexpr Duration kRound = 100ms;
  std::vector<Future<Ok>> running;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    running.push_back(shards_[0]->router->call<Ok>(i, [this](Shard& shard) {
      return [](Node& node, Shard& s) -> Task<Ok> {
        s.place.stopping = true;
        s.directory.dismiss_all(node.options_.dismiss_spread);
        for (int round = 0; round < kRounds && s.directory.count() > 0; ++round) co_await wait(s.loop, kRound);
        co_await s.conversations.settle_all();
        co_await s.inboxes.settle_all();
        co_return Ok{};
      }(*this, shard);
    }));
  }
  for (auto& shard : running) co_await shard;
  done();
}

}  // namespace kith
