#include "server/server.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <thread>
#include <vector>

#include "auth/admin_token.h"
#include "base/crash_point.h"
#include "front/asio_loop.h"
#include "front/listener.h"
#include "front/tls_server.h"
#include "server/http_api.h"
#include "server/node.h"
#include "store/rocksdb_store.h"

namespace kith {

namespace {

class Peers final : public PeerFactory {
 public:
  Peers(Node& node, std::size_t index) : node_(node), index_(index) {}
  std::unique_ptr<Peer> accept(Transport& transport, Encoding encoding) override { return node_.accept(index_, transport, encoding); }

 private:
  Node& node_;
  const std::size_t index_;
};

std::size_t processors() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<std::size_t>(std::max(1, CPU_COUNT(&set)));
}

Result<TokenReader> make_tokens(const Config& config, Random& random) {
  auto admin = load_or_make_admin_token(config.data + "/admin.token", random);
  if (!admin) return admin.error();
  TokenKeys keys;
  if (!config.jwt_key_file.empty()) {
    std::ifstream file(config.jwt_key_file, std::ios::binary);
    std::string key{std::istreambuf_iterator<char>(file), {}};
    if (!file) return Failure{Code::invalid_argument, "cannot read " + config.jwt_key_file};
    if (key.ends_with('\n')) key.pop_back();
    keys.without_kid = Secret(std::move(key));
  }
  if (!config.jwt_issuer.empty()) keys.issuer = config.jwt_issuer;
  if (!config.jwt_audience.empty()) keys.audience = config.jwt_audience;
  return TokenReader::make(std::move(keys), std::move(*admin));
}

// What hello tells clients is what the front does.
FrontConfig front_config(const Config& config, const SessionOptions& told) {
  FrontConfig front;
  front.heartbeat = std::chrono::seconds(told.heartbeat_s);
  front.frame_bytes = told.frame_bytes_max;
  front.address = config.listen;
  front.port = static_cast<std::uint16_t>(config.port);
  front.origins = config.origins;
  front.connections = config.connections;
  front.connections_per_address = config.connections_per_address;
  front.loopback_exempt = config.loopback_exempt;
  return front;
}

NodeOptions node_options(const Config& config) {
  NodeOptions options;
  options.accounts.signup_open = config.signup == "open";
  options.conversations.first_contact = config.first_contact == "open"       ? FirstContact::open
                                        : config.first_contact == "contacts" ? FirstContact::contacts
                                                                             : FirstContact::requests;
  options.conversations.members_max = config.group_members_max;
  options.admin.system = *UserId::parse(config.system_user);
  options.accounts.reserved = options.admin.system;
  options.cache_bytes = config.cache_mb << 20;
  options.limits.edit_within = config.edit_within;
  options.limits.delete_within = config.delete_within;
  options.limits.loopback_exempt = config.loopback_exempt;
  const Rate off{0, 1s};
  const bool on = config.limits == "on";
  options.limits.user = on ? config.rate_user : off;
  options.limits.device = on ? config.rate_device : off;
  options.limits.address = on ? config.rate_ip : off;
  options.limits.conversation = on ? config.rate_conversation : off;
  options.limits.first_contacts = on ? config.rate_first_contact : off;
  options.session.durability = RocksEngine::durability_name();
  options.session.node = config.node;
  options.presence.online_delay = std::chrono::seconds(config.presence_online_delay);
  options.presence.offline_grace = std::chrono::seconds(config.presence_offline_grace);
  return options;
}

// The first thing that uses the store, before any loop serves: run on this thread, on the loop that will be the first.
StoreResult<Lifetime> begin(AsioLoop& loop, RocksEngine& engine) {
  StoreResult<Lifetime> result = StoreError::unavailable;
  auto store = engine.store(loop);
  Scope scope;
  scope.start(begin_lifetime(loop, *store)).then([&](StoreResult<Lifetime> lifetime) {
    result = std::move(lifetime);
    loop.post([&loop] { loop.stop(); });
  });
  if (!result) loop.run();
  return result;
}

int fail(const Failure& failure) {
  std::fprintf(stderr, "kithd: %s\n", failure.detail.empty() ? info(failure.code).title.data() : failure.detail.c_str());
  return 1;
}

// Everything of a running server; built and ended while no loop runs. Members end in reverse order.
class Server {
 public:
  explicit Server(const Config& config) : config_(config) {}

  Result<std::uint16_t> build() {
    if (!config_.tls_cert.empty()) {
      auto tls = TlsServer::load(config_.tls_cert, config_.tls_key);
      if (!tls) return tls.error();
      tls_ = *tls;
    }
    std::error_code error;
    std::filesystem::create_directories(config_.data, error);
    if (error) return Failure{Code::unavailable, "cannot make " + config_.data + ": " + error.message()};
    std::size_t count = config_.loops != 0 ? config_.loops : processors();
    for (std::size_t i = 0; i < count; ++i) loops_.push_back(std::make_unique<AsioLoop>());
    auto tokens = make_tokens(config_, loops_[0]->random());
    if (!tokens) return tokens.error();
    RocksOptions rocks;
    rocks.path = config_.data + "/store";
    rocks.memtable_mb = config_.memtable_mb;
    rocks.block_cache_mb = config_.block_cache_mb;
    rocks.low_bytes = config_.low_space_mb << 20;
    rocks.none_bytes = config_.no_space_mb << 20;
    auto engine = RocksEngine::open(std::move(rocks));
    if (!engine) return engine.error();
    engine_ = std::move(*engine);
    auto lifetime = begin(*loops_[0], *engine_);
    if (!lifetime) return Failure{Code::unavailable, std::string("the store does not begin: ") + name(lifetime.error())};
    HasherPoolOptions hashing;
    hashing.cost.memory_bytes = config_.password_memory_mb << 20;
    hashers_ = std::make_unique<HasherPool>(hashing);
    std::vector<LoopParts> parts;
    for (auto& loop : loops_) parts.push_back({loop.get(), engine_->store(*loop), hashers_->on(*loop)});
    node_ = std::make_unique<Node>(node_options(config_), *lifetime, std::move(*tokens), std::move(parts));
    return listen();
  }

  // Until a signal that ends it.
  void run(const sigset_t& signals) {
    node_->start();
    std::vector<std::unique_ptr<LoopThread>> threads;
    for (auto& loop : loops_) threads.push_back(std::make_unique<LoopThread>(*loop));
    int caught = 0;
    while (sigwait(&signals, &caught) == 0 && caught == SIGHUP) reload();
    std::fprintf(stderr, "kithd: stopping\n");
    std::promise<void> settled;
    for (std::size_t i = 0; i < apis_.size(); ++i) {
      loops_[i]->post([api = apis_[i].get()] { api->drain(); });
    }
    listener_->stop_accepting();
    node_->stop([&settled] { settled.set_value(); });
    settled.get_future().wait();
    listener_->cut_all();
  }

 private:
  void reload() {
    const auto reloaded = tls_->reload();
    const std::string what = reloaded ? "the certificate was read again" : "the old certificate stays: " + reloaded.error().detail;
    std::fprintf(stderr, "kithd: %s\n", what.c_str());
  }

  Result<std::uint16_t> listen() {
    std::vector<Listener::Berth> berths;
    for (std::size_t i = 0; i < loops_.size(); ++i) {
      apis_.push_back(std::make_unique<HttpApi>(*node_, i, [this] { return process_metrics(); }));
      peers_.push_back(std::make_unique<Peers>(*node_, i));
      berths.push_back({*loops_[i], *apis_[i], *peers_[i]});
    }
    FrontConfig front = front_config(config_, node_->options().session);
    front.tls = tls_;
    listener_ = std::make_unique<Listener>(front, berths);
    auto port = listener_->listen();
    if (!port && config_.port_fallback) {
      front.port = 0;
      listener_ = std::make_unique<Listener>(front, berths);
      port = listener_->listen();
    }
    return port;
  }

  std::string process_metrics() const {
    auto stats = engine_->stats();
    std::string out;
    auto add = [&](const char* metric, const char* kind, const char* help, std::uint64_t value) {
      out += std::string("# HELP ") + metric + ' ' + help + "\n# TYPE " + metric + ' ' + kind + '\n' + metric + ' ' +
             std::to_string(value) + '\n';
    };
    add("kith_connections", "gauge", "Connections now.", listener_->count());
    add("kith_connections_unauthenticated", "gauge", "Connections now that are not authenticated.", listener_->unauthenticated());
    if (tls_) {
      add("kith_tls_handshakes_total", "counter", "TLS handshakes that succeeded.", tls_->done);
      add("kith_tls_handshakes_failed_total", "counter", "Connections that were not TLS, or that failed or ended in the handshake.",
          tls_->failed);
      add("kith_tls_handshakes_late_total", "counter", "Connections that were cut because the handshake took too long.", tls_->late);
      add("kith_tls_certificate_expires_seconds", "gauge", "When the certificate expires, in Unix time.",
          static_cast<std::uint64_t>(tls_->expires_at()));
    }
    add("kith_store_commits_total", "counter", "Commits of the store; each is one fsync.", stats.commits);
    add("kith_store_writes_total", "counter", "Writes in them.", stats.writes);
    add("kith_store_bytes_total", "counter", "Bytes of keys and values in them.", stats.bytes);
    add("kith_store_reads_total", "counter", "Reads of the store.", stats.reads);
    add("kith_store_disk_reads_total", "counter", "Reads that had to wait for the disk.", stats.reads_from_disk);
    return out;
  }

  const Config& config_;
  std::shared_ptr<TlsServer> tls_;
  std::vector<std::unique_ptr<AsioLoop>> loops_;
  std::unique_ptr<RocksEngine> engine_;
  std::unique_ptr<HasherPool> hashers_;
  std::unique_ptr<Node> node_;
  std::vector<std::unique_ptr<HttpApi>> apis_;
  std::vector<std::unique_ptr<Peers>> peers_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace

int serve(const Config& config) {
  // Every thread inherits the mask: signals come to sigwait alone. SIGHUP ends a server that has no certificate to read again.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  if (!config.tls_cert.empty()) sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  umask(077);  // Messages and password hashes are nobody else's.
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  if (const char* spec = std::getenv("KITH_CRASH_AT"); spec && !arm_crash_point(spec))
    return fail({Code::invalid_argument, "KITH_CRASH_AT: name:count"});
  Server server(config);
  auto port = server.build();
  if (!port) return fail(port.error());
  std::printf("ready %s://%s:%u\n", config.tls_cert.empty() ? "http" : "https", config.listen.c_str(), *port);
  std::fflush(stdout);
  server.run(signals);
  return 0;
}

}  // namespace kith
