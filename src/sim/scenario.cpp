#include "sim/scenario.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "base/plant.h"
#include "sim/device.h"

namespace kith::sim {

namespace {

class Scenario {
 public:
  explicit Scenario(const ScenarioOptions& options)
      : options_(options), world_(options.seed), director_(world_), recorder_(world_), machine_(world_, machine_options()) {
    world_.trace = options.trace;
    recorder_.lines = options.history;
  }

  Outcome run() {
    people();
    machine_.start();
    for (auto& device : devices_) {
      timers_.push_back(director_.after(world_.between(Duration(0), Duration(3s)), [&device = *device] { device.start(); }));
    }
    world_.after_each = [this] { maybe_crash_here(); };
    trouble_later();
    world_.run_until(Instant{1'000'000'000} + options_.life);
    return peace();
  }

 private:
  MachineOptions machine_options() {
    MachineOptions options;
    options.loops = world_.between(1, 3);
    options.disk = world_.chance(0.3) ? MemoryTiming{Duration(50us), Duration(500us)}
                                      : MemoryTiming{Duration(200us), Duration(world_.chance(0.2) ? 40ms : 5ms)};
    if (world_.chance(0.6)) options.faults = store_faults();
    options.cache_bytes = world_.chance(0.7) ? 20'000 : 4 << 20;
    options.no_sync = planted(Plant::no_sync);
    return options;
  }

  MemoryFaults store_faults() {
    MemoryFaults faults;
    faults.unavailable = world_.chance(0.5) ? 0.01 : 0;
    faults.unknown_lost = world_.chance(0.5) ? 0.01 : 0;
    faults.unknown_done = world_.chance(0.5) ? 0.01 : 0;
    faults.unknown_late = world_.chance(0.5) ? 0.01 : 0;
    faults.slow = world_.chance(0.3) ? 0.005 : 0;
    faults.short_pages = world_.chance(0.5) ? 0.2 : 0;
    return faults;
  }

  void people() {
    std::size_t users = world_.chance(0.2) ? world_.between(6, 8) : world_.between(2, 5);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < users; ++i) names.push_back("user" + std::to_string(i) + std::to_string(world_.between(0, 99)));
    for (const auto& name : names) {
      std::vector<std::string> others;
      std::copy_if(names.begin(), names.end(), std::back_inserter(others), [&](const auto& other) { return other != name; });
      std::size_t count = world_.between(1, 3);
      for (std::size_t d = 0; d < count; ++d) {
        DeviceOptions options;
        options.details = 0.2;
        options.actions_per_second = world_.chance(0.1) ? 5 : 1;
        if (world_.chance(0.2)) options.wire.bytes_per_second = world_.between(200, 4000);
        if (world_.chance(0.3)) options.wire.latency_max = 300ms;
        if (world_.chance(0.3)) options.wire.window = 4 << 10;
        if (world_.chance(0.3)) options.polls = world_.chance(0.5) ? 0.9 : 0.3;
        devices_.push_back(std::make_unique<Device>(world_, machine_, recorder_, name, "device" + std::to_string(d), others, options));
      }
    }
    crashes_ = world_.chance(0.8);
  }

  Device& any() { return *devices_[world_.random().below(devices_.size())]; }

  void trouble_later() {
    timers_.push_back(director_.after(world_.between(Duration(50ms), Duration(2s)), [this] {
      trouble();
      trouble_later();
    }));
  }

  void trouble() {
    ++faults_;
    switch (world_.between(0, 13)) {
      case 0:
      case 1:
      case 2:
        any().cut();
        break;
      case 3:
      case 4: {
        Device& device = any();
        device.kill();
        timers_.push_back(director_.after(world_.between(Duration(0), Duration(10s)), [&device] { device.start(); }));
        break;
      }
      case 5:
        for (auto& device : devices_) device->cut();
        break;
      case 6:
        world_.skew_wall(world_.chance(0.5) ? static_cast<std::int64_t>(world_.between(0, 60'000))
                                            : -static_cast<std::int64_t>(world_.between(0, 60'000)));
        break;
      case 7:
        if (world_.chance(0.3)) any().revoke();
        break;
      case 8:
        if (world_.chance(0.3)) {
          machine_.disk().set_space(world_.chance(0.5) ? Space::low : Space::none);
          timers_.push_back(
              director_.after(world_.between(Duration(100ms), Duration(5s)), [this] { machine_.disk().set_space(Space::enough); }));
        }
        break;
      case 9:
        if (crashes_ && world_.chance(0.2)) machine_.stop();
        break;
      case 10:
      case 11:
        expel_and_readmit();
        break;
      default:
        // Between any two steps of the server, soon.
        if (crashes_) crash_in_ = world_.between(1, 400);
    }
    if (!machine_.up() && !restarting_) restart_later();
  }

  // Somebody is put out of a group while everybody writes to it, and comes back.
  void expel_and_readmit() {
    Device& owner = any();
    auto found = owner.one_to_expel();
    if (!found) return;
    auto [group, user] = *found;
    auto flood = [this, group = group] {
      for (auto& device : devices_) device->flood(group, world_.between(0, 4));
    };
    auto later = [this](Duration most, auto what) { timers_.push_back(director_.after(world_.between(Duration(0), most), what)); };
    flood();
    later(30ms, flood);
    later(30ms, [this, &owner, group = group, user = user] {
      if (!owner.one_to_expel()) return;
      owner.expel(group, user);
      // Now and then before all of it is written.
      if (crashes_ && world_.chance(0.3)) crash_in_ = world_.between(1, 150);
    });
    later(500ms, flood);
    later(500ms, [&owner, group = group, user = user] {
      if (owner.one_to_expel()) owner.admit(group, {user});
    });
  }

  void maybe_crash_here() {
    if (crash_in_ > 0 && --crash_in_ == 0) {
      recorder_.mark("crash");
      machine_.crash(world_.chance(0.5) ? Machine::Crash::power : Machine::Crash::process);
    }
    if (!machine_.up() && !restarting_) restart_later();
  }

  void restart_later() {
    restarting_ = true;
    timers_.push_back(director_.after(world_.between(Duration(1ms), Duration(3s)), [this] {
      restarting_ = false;
      machine_.start();
    }));
  }

  Outcome peace() {
    crashes_ = false;
    crash_in_ = 0;
    timers_.clear();
    restarting_ = false;
    machine_.set_faults({});
    machine_.disk().set_space(Space::enough);
    recorder_.mark("heal");
    machine_.start();
    for (auto& device : devices_) {
      device->start();
      device->wind_up();
    }
    auto all = [this](auto what) { return std::all_of(devices_.begin(), devices_.end(), [&](const auto& d) { return what(*d); }); };
    Instant limit = world_.now() + Duration(300s);
    while (world_.now() < limit && !all([](const Device& d) { return d.wound_up(); })) world_.run_until(world_.now() + 1s);
    world_.run_until(world_.now() + 30s);  // What is promised to arrive has arrived by then.
    recorder_.mark("quiesced");
    for (auto& device : devices_) device->read_finally();
    while (world_.now() < limit && !all([](const Device& d) { return d.finished(); })) world_.run_until(world_.now() + 1s);
    return judge();
  }

  Outcome judge() {
    Outcome outcome;
    for (auto& device : devices_) {
      if (!device->finished()) recorder_.violation("not finished in peace: " + device->why_unfinished());
    }
    auto report = recorder_.checker.finish();
    outcome.good = report.good() && recorder_.violations.empty();
    if (!report.good()) outcome.report = report.text();
    for (const auto& violation : recorder_.violations) outcome.report += violation + "\n";
    outcome.trace_hash = world_.trace_hash();
    outcome.simulated_s = static_cast<double>(world_.now().ns) * 1e-9 - 1;
    outcome.faults = faults_ + machine_.starts() - 1;
    outcome.acked = recorder_.acked;
    outcome.events = world_.events();
    outcome.operations = report.operations;
    outcome.server_starts = machine_.starts();
    world_.after_each = nullptr;
    return outcome;
  }

  const ScenarioOptions options_;
  World world_;
  SimLoop director_;
  Recorder recorder_;
  Machine machine_;
  std::vector<std::unique_ptr<Device>> devices_;
  std::vector<Timer> timers_;
  std::uint64_t faults_ = 0, crash_in_ = 0;
  bool crashes_ = true, restarting_ = false;
};

}  // namespace

Outcome run_scenario(const ScenarioOptions& options) { return Scenario(options).run(); }

}  // namespace kith::sim
