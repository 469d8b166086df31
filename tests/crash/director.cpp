#include "tests/crash/director.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>

namespace kith::crash {

namespace {

constexpr unsigned kUsers = 30, kUsersWithTwo = 20;
constexpr Duration kLongestLife = 3s;  // From the first acknowledgement.

// The points of base/crash_point.h, and up to which passage it is worth waiting: some are passed thousands of times a second, some only
// when a conversation is opened or recovered.
struct Point {
  const char* name;
  unsigned passages;
};
// In this order, one in each second life: those of changes first, which a short run would not come to otherwise.
constexpr Point kPoints[] = {{"change_durable", 100},     {"change_applied", 100},   {"pending_written", 60}, {"log_durable", 3000},
                             {"view_written", 1000},      {"store_commit_end", 800}, {"inbox_durable", 3000}, {"checkpoint_written", 20},
                             {"store_commit_begin", 800}, {"mark_written", 300},     {"log_batch_cut", 3000}, {"pending_cleared", 20},
                             {"contact_told", 30},        {"contact_ended", 30},     {"block_written", 10},   {"store_submit", 3000}};

unsigned long long number(std::uint64_t value) { return value; }

}  // namespace

Director::Director(const CrashOptions& options)
    : options_(options), dice_(options.seed), recorder_(driver_.loop()), world_{driver_.loop(), recorder_, dice_} {}

Director::~Director() = default;

bool Director::wrong(const std::string& what) {
  recorder_.violation(what);
  return false;
}

// Each writes to six others, so that conversations are busy from both sides.
bool Director::make_people() {
  scratch_ = Scratch::make(driver_.loop().random());
  if (!scratch_) {
    std::fprintf(stderr, "kith-crash: no directory on a disk to work in; set TMPDIR\n");
    return false;
  }
  data_ = options_.data.empty() ? scratch_->path() + "/data" : options_.data;
  std::error_code ignored;
  if (std::filesystem::exists(data_ + "/store", ignored)) {
    std::fprintf(stderr, "kith-crash: %s holds data already; the run needs a fresh directory\n", data_.c_str());
    return false;
  }
  auto name = [](unsigned user) { return "user" + std::to_string(user % kUsers); };
  for (unsigned user = 0; user < kUsers; ++user) {
    std::vector<std::string> partners;
    for (unsigned step = 1; step <= 3; ++step) {
      partners.push_back(name(user + step));
      partners.push_back(name(user + kUsers - step));
    }
    for (unsigned device = 0; device < (user < kUsersWithTwo ? 2 : 1); ++device) {
      const std::string id = "device" + std::to_string(device);
      devices_.push_back(std::make_unique<Device>(world_, name(user), id, scratch_->token(name(user), id, driver_.loop().wall()), partners,
                                                  user % 4 == 1));
      devices_.back()->blocks(name(user + kUsers / 2));
      if (device == 0 && user % 5 == 0) devices_.back()->owns_group(partners);
    }
  }
  return true;
}

Director::Plan Director::plan(unsigned life) {
  Plan plan;
  plan.after_first_ack = world_.between(300ms, kLongestLife);
  plan.small_cache = world_.below(3) == 0;
  if (life % 2 == 0) return plan;
  const Point& point = kPoints[(life / 2) % std::size(kPoints)];
  plan.point = point.name;
  // As often early as late: the first passages are those of recovery.
  plan.passage = static_cast<unsigned>(std::exp(static_cast<double>(world_.below(1000)) / 1000 * std::log(point.passages)));
  plan.after_first_ack = kLongestLife;
  if (plan.point == "pending_cleared") plan.small_cache = true;  // Without eviction it would take a minute of quiet.
  return plan;
}

// A user can be written to once the server has heard of them: so everybody comes once, before anybody writes.
bool Director::introduce() {
  for (auto& device : devices_) device->begin();
  if (!begin_life(nullptr)) return false;
  auto settled = [](const auto& device) { return device->settled(); };
  if (!driver_.run_until(30s, [&] { return std::all_of(devices_.begin(), devices_.end(), settled); })) return wrong("not all can connect");
  const bool stopped = server_->stop(30s);
  if (!wait_for_devices(10s) || !stopped) return wrong("kithd did not stop well: " + server_->how());
  for (auto& device : devices_) device->go();
  return true;
}

// False: it was killed on its way, as planned, or something is wrong.
bool Director::launch(const Plan* plan) {
  ServerOptions options;
  options.program = kithd_path(options_.kithd);
  options.data = data_;
  options.arguments = {"--jwt-key-file", scratch_->key_file(), "--loopback-exempt", "--limits", "off"};
  if (plan && plan->small_cache) options.arguments.insert(options.arguments.end(), {"--cache-mb", "1"});
  if (plan && !plan->point.empty()) options.crash_at = plan->point + ":" + std::to_string(plan->passage);
  for (int attempt = 0; attempt < 8; ++attempt) {
    // Somebody else's connection may have been given our port meanwhile: then another one must do.
    options.port = attempt < 6 ? port_ : 0;
    launched_ = driver_.loop().now();
    server_ = std::make_unique<ServerProcess>(options);
    if (server_->wait_ready(60s)) {
      port_ = server_->port();
      return true;
    }
    if (server_->was_killed() && !options.crash_at.empty()) return false;
    if (server_->how() != "exit status 1" || !driver_.run_for(200ms)) break;
  }
  return wrong("kithd did not become ready: " + server_->how());
}

bool Director::begin_life(const Plan* plan) {
  if (!launch(plan)) return false;
  links_ = std::make_unique<WebSocketLinks>(driver_.loop(), ServerAddress{"127.0.0.1", port_}, Encoding::json);
  world_.links = links_.get();
  world_.server = {"127.0.0.1", port_};
  for (auto& device : devices_) device->server_up();
  return true;
}

// What the server sent before it died is still read: its last acknowledgements are those that count.
bool Director::wait_for_devices(Duration within) {
  world_.links = nullptr;
  return driver_.run_until(within,
                           [&] { return std::none_of(devices_.begin(), devices_.end(), [](const auto& d) { return d->connected(); }); });
}

// One life of the server, up to its death.
bool Director::live(const Plan& plan) {
  PointCount* point = plan.point.empty() ? nullptr : &points_[plan.point];
  if (point) ++point->tried;
  const std::uint64_t violations = recorder_.violations();
  if (begin_life(&plan)) {
    const Instant begun = driver_.loop().now();
    const std::uint64_t acked_before = recorder_.acked;
    Instant first_ack;
    const bool over = driver_.run_until(kLongestLife + 30s, [&] {
      const Instant now = driver_.loop().now();
      if (first_ack.ns == 0 && recorder_.acked > acked_before) {
        first_ack = now;
        first_ack_ms_.push_back(static_cast<double>((now - launched_).count()) / 1e6);
      }
      return server_->ended() || (first_ack.ns != 0 && now - first_ack >= plan.after_first_ack) || now - begun > 30s;
    });
    if (driver_.interrupted()) return false;
    if (!over || (first_ack.ns == 0 && !server_->ended())) return wrong("nothing was acknowledged within 30 s of a start");
    if (server_->ended() && (!point || !server_->was_killed())) return wrong("kithd ended by itself: " + server_->how());
    if (server_->ended() && point) ++point->reached;
    server_->kill();
    recorder_.mark("crash");
    if (!wait_for_devices(10s)) return wrong("connections outlive the server");
  } else {
    if (recorder_.violations() != violations || driver_.interrupted()) return false;
    ++point->reached;
    recorder_.mark("crash");
  }
  ++killed_;
  return true;
}

// A last life, in which everything comes to rest and is read once more.
bool Director::peace() {
  world_.calm = true;
  if (!begin_life(nullptr)) return false;
  recorder_.mark("heal");
  auto all = [&](auto what) { return std::all_of(devices_.begin(), devices_.end(), [&](const auto& device) { return what(*device); }); };
  auto unless = [&](bool reached, const char* what, auto holds) {
    if (reached) return true;
    for (const auto& device : devices_) {
      if (!holds(*device)) return wrong(std::string(what) + ": " + device->state());
    }
    return wrong(what);
  };
  auto settled = [](const Device& device) { return device.settled(); };
  auto finished = [](const Device& device) { return device.finished(); };
  if (!unless(driver_.run_until(60s, [&] { return server_->ended() || all(settled); }) && all(settled), "not settled in 60 s of peace",
              settled)) {
    return false;
  }
  // What is acknowledged reaches every inbox within the liveness bound of 30 s; 3 s of silence say that it has.
  driver_.run_until(30s, [&] { return driver_.loop().now() - recorder_.last_push > 3s && driver_.loop().now() - recorder_.last_ack > 3s; });
  recorder_.mark("quiesced");
  for (auto& device : devices_) device->read_finally();
  if (!unless(driver_.run_until(240s, [&] { return server_->ended() || all(finished); }) && all(finished), "not read in 240 s", finished))
    return false;
  const bool stopped = server_->stop(60s);
  wait_for_devices(10s);
  return stopped || wrong("kithd did not stop well: " + server_->how());
}

// The data as they lie on the disk.
bool Director::verify() {
  const std::string kithd = kithd_path(options_.kithd);
  const std::string kith = kithd.substr(0, kithd.rfind('/') + 1) + "kith";
  if (access(kith.c_str(), X_OK) != 0) {
    std::printf("kith verify: there is no %s, the stored data were not looked at\n", kith.c_str());
    return true;
  }
  std::fflush(stdout);
  FILE* pipe = popen(("'" + kith + "' verify '" + data_ + "' 2>&1").c_str(), "r");
  std::string last;
  char line[512];
  while (pipe && fgets(line, sizeof line, pipe)) {
    last = line;
    std::printf("kith verify: %s", line);
  }
  const int status = pipe ? pclose(pipe) : -1;
  return status == 0 || wrong("kith verify found problems in " + data_);
}

int Director::run() {
  if (!make_people()) return 2;
  world_.messages_per_s = 60;
  bool whole = introduce();
  for (unsigned life = 0; whole && life < options_.kills; ++life) {
    // As much as it takes to come to min_acked and a third beyond; a life is on average 1.3 s long.
    const double wanted = static_cast<double>(options_.min_acked) * 4 / 3 - static_cast<double>(recorder_.acked);
    const double each = wanted / static_cast<double>(options_.kills - life) / 1.3 / static_cast<double>(devices_.size());
    world_.messages_per_s = std::clamp(each, 50.0, 400.0);
    whole = live(plan(life));
    if (killed_ % 20 == 0) std::printf("killed %u times, acked %llu\n", killed_, number(recorder_.acked));
    std::fflush(stdout);
  }
  whole = whole && peace() && verify();
  return report(whole);
}

int Director::report(bool whole) {
  if (driver_.interrupted()) {
    std::printf("interrupted\n");
    return 2;
  }
  server_->kill();
  const check::Report judged = recorder_.finish();
  std::uint64_t lost = 0, duplicated = 0, resurrected = 0, others = 0;
  for (const auto& violation : judged.violations) {
    using check::Invariant;
    const bool is_loss = violation.invariant == Invariant::I1 || violation.invariant == Invariant::I14;
    const bool is_repeat = violation.invariant == Invariant::I3 || violation.invariant == Invariant::I5;
    const bool is_back = violation.invariant == Invariant::I11;
    (is_loss ? lost : is_repeat ? duplicated : is_back ? resurrected : others) += violation.count;
  }
  // A history that was cut short would be judged for what is missing at its end.
  if (whole || lost + duplicated + resurrected + others != 0) std::printf("%s", judged.text().c_str());
  for (const auto& [name, count] : points_) std::printf("at %s: killed %u of %u times\n", name.c_str(), count.reached, count.tried);
  std::sort(first_ack_ms_.begin(), first_ack_ms_.end());
  auto at = [&](double share) {
    return first_ack_ms_.empty() ? 0.0 : first_ack_ms_[static_cast<std::size_t>(share * static_cast<double>(first_ack_ms_.size() - 1))];
  };
  const bool good = whole && judged.good() && recorder_.violations() == 0 && recorder_.acked >= options_.min_acked;
  if (recorder_.acked < options_.min_acked) std::printf("only %llu messages were acknowledged\n", number(recorder_.acked));
  if (!good) {
    scratch_->keep();
    std::printf("the data are kept in %s; seed %llu\n", data_.c_str(), number(options_.seed));
  }
  std::printf("restart_to_first_ack_ms p50 %.0f p99 %.0f\n", at(0.5), at(0.99));
  std::printf("edits, deletions and reactions acked %llu\n", number(recorder_.changed));
  std::printf("kills %u, acked %llu, lost %llu, duplicated %llu, resurrected %llu\n", killed_, number(recorder_.acked), number(lost),
              number(duplicated), number(resurrected));
  return good ? 0 : 1;
}

}  // namespace kith::crash
