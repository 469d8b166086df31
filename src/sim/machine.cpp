#include "sim/machine.h"

#include "auth/password_for_tests.h"
#include "base/plant.h"

namespace kith::sim {

namespace {
constexpr char kKey[] = "a key of thirty-two bytes or more for tests only";
}

struct Machine::Incarnation {
  std::shared_ptr<int> life = std::make_shared<int>(0);
  std::vector<std::unique_ptr<SimLoop>> loops;
  std::unique_ptr<MemoryStore> boot_store;
  std::unique_ptr<Node> node;
  std::vector<std::unique_ptr<Rest>> rests;  // By loop.
  std::vector<std::weak_ptr<Wire>> wires;
  std::vector<std::weak_ptr<Exchange>> exchanges;
  bool stopping = false;
  Scope scope;

  ~Incarnation() {
    scope.cancel();
    for (auto& wire : wires) {
      if (auto w = wire.lock()) w->server_died();
    }
    for (auto& exchange : exchanges) {
      if (auto e = exchange.lock()) e->server_died();
    }
    rests.clear();
    node.reset();
    boot_store.reset();
    loops.clear();
  }
};

Machine::Machine(World& world, MachineOptions options)
    : world_(world),
      options_(options),
      disk_loop_(world),
      disk_random_(world.random().next()),
      disk_(disk_loop_, disk_random_, options.disk) {
  disk_.set_faults(options.faults);
  if (options.no_sync) disk_.set_sync(false, 300ms);
}

Machine::~Machine() { incarnation_.reset(); }

bool Machine::serving() const { return incarnation_ && incarnation_->node && !incarnation_->stopping; }

void Machine::start() {
  if (incarnation_) return;
  ++starts_;
  world_.note("server starts");
  incarnation_ = std::make_unique<Incarnation>();
  for (std::size_t i = 0; i < options_.loops; ++i) incarnation_->loops.push_back(std::make_unique<SimLoop>(world_));
  incarnation_->boot_store = std::make_unique<MemoryStore>(disk_, *incarnation_->loops[0]);
  incarnation_->scope.spawn(boot(*incarnation_));
}

Task<void> Machine::boot(Incarnation& incarnation) {
  auto lifetime = co_await begin_lifetime(*incarnation.loops[0], *incarnation.boot_store);
  if (!lifetime) {
    // A kithd that cannot begin (the disk is full) says so and exits.
    disk_loop_.post([this] { crash(Crash::process); });
    co_return;
  }
  NodeOptions options;
  options.cache_bytes = options_.cache_bytes;
  options.session.unsent_max = 32 << 10;
  options.accounts.signup_open = true;
  options.limits.first_contacts = {0, 1s};  // Off: so few users ask each other again and again.
  TokenKeys keys;
  keys.without_kid = Secret(kKey);
  auto tokens = TokenReader::make(std::move(keys), Secret());
  KITH_ASSERT(tokens);
  std::vector<LoopParts> parts;
  for (auto& loop : incarnation.loops) {
    parts.push_back({loop.get(), std::make_unique<MemoryStore>(disk_, *loop), std::make_unique<PasswordHasherForTests>()});
  }
  incarnation.node = std::make_unique<Node>(std::move(options), *lifetime, std::move(*tokens), std::move(parts));
  for (std::size_t i = 0; i < incarnation.loops.size(); ++i) {
    incarnation.rests.push_back(
        std::make_unique<Rest>(*incarnation.loops[i], incarnation.node->tokens(), *incarnation.node->shard(i).router));
  }
  incarnation.node->start();
  world_.note("server serves");
}

void Machine::crash(Crash how) {
  if (!incarnation_) return;
  world_.note(how == Crash::power ? "power lost" : "server killed");
  if (how == Crash::power) disk_.crash();
  incarnation_.reset();
  if (how == Crash::process) disk_.settle();
}

void Machine::stop() {
  if (!serving()) return;
  incarnation_->stopping = true;
  incarnation_->node->stop([this, life = std::weak_ptr<int>(incarnation_->life)] {
    if (!life.lock()) return;
    // Not from inside one of its own callbacks.
    disk_loop_.post([this, life] {
      if (life.lock()) crash(Crash::process);
    });
  });
}

void Machine::connect(const std::shared_ptr<Wire>& wire, Encoding encoding) {
  if (!serving()) {
    wire->server_died();
    return;
  }
  Incarnation& here = *incarnation_;
  std::size_t index = world_.random().below(here.loops.size());
  wire->attach(std::make_unique<Wire::ServerEnd>(*wire, here.loops, index, here.life));
  std::erase_if(here.wires, [](const auto& w) { return w.expired(); });
  here.wires.push_back(wire);
  here.loops[index]->post([wire = std::weak_ptr<Wire>(wire), &here, index, encoding] {
    auto w = wire.lock();
    if (!w || !w->server()) return;
    w->server()->accept(here.node->accept(index, *w->server(), encoding));
  });
}

namespace {
Task<void> answer(Rest& rest, RestRequest request, std::shared_ptr<Exchange> exchange) {
  auto response = co_await rest.handle(std::move(request));
  exchange->answered(std::move(response));
}
}  // namespace

void Machine::serve(RestRequest request, std::shared_ptr<Exchange> exchange) {
  if (!serving()) return exchange->server_died();
  Incarnation& here = *incarnation_;
  std::size_t index = world_.random().below(here.loops.size());
  std::erase_if(here.exchanges, [](const auto& e) { return e.expired(); });
  here.exchanges.push_back(exchange);
  here.loops[index]->post([&here, index, request = std::move(request), exchange = std::move(exchange)]() mutable {
    here.scope.spawn(answer(*here.rests[index], std::move(request), std::move(exchange)));
  });
}

void Machine::revoke(UserId user, DeviceId device, Fn<void(bool)> done) {
  if (!serving()) return;
  Incarnation& here = *incarnation_;
  here.loops[0]->post([&here, user = std::move(user), device = std::move(device), done = std::move(done)]() mutable {
    std::size_t home = here.node->home(user.slot());
    here.node->shard(0)
        .router
        ->call<Result<Ok>>(home, [user = std::move(user), device = std::move(device)](
                                     Shard& shard) mutable { return shard.accounts.revoke(std::move(user), std::move(device)); })
        .then([done = std::move(done)](Result<Ok> result) mutable { done(result.has_value()); });
  });
}

std::string Machine::token(const std::string& user, const std::string& device) const {
  JwtClaims claims;
  claims.subject = user;
  claims.device = device;
  claims.expires_s = 4'000'000'000;
  return mint_jwt(claims, Secret(kKey));
}

}  // namespace kith::sim
