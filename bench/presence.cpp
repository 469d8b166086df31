// presence: 5,000 users who are online with 100 contacts each, of whom everyone is told, and 20 of them in the viewport; a tenth of the
// users comes and goes every minute. Beside them pairs write to each other at a fixed rate: what do their acknowledgements suffer? Phases
// with and without coming and going alternate. In the end everybody must have been told what is true.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <vector>

#include "base/hex.h"
#include "bench/load_client.h"
#include "wire/json_writer.h"
#include "wire/wire.gen.h"

namespace kith {

namespace {

constexpr unsigned kReach = 50;      // Contacts are the neighbours on a ring, so many on either side.
constexpr unsigned kViewport = 20;   // The nearest of them.
constexpr unsigned kGoerEvery = 10;  // One of so many comes and goes …
constexpr Duration kPeriod = 60s;    // … in this time, and is here for this long: away for longer than the grace.
constexpr Duration kHere = 20s;
constexpr Duration kUntilSteady = 45s, kUntilQuiet = 65s;  // Departures wait for the grace, arrivals for their turn in a minute.
constexpr int kPairs = 5;
constexpr unsigned kTalkers = 50;  // Each writes a message every kTalkEvery.
constexpr Duration kTalkEvery = 50ms, kTalkTick = 10ms;
constexpr std::size_t kTextBytes = 100;

// What is measured, while it is.
struct Figures {
  bool measuring = false;
  std::uint64_t acked = 0, pushes = 0, presence_bytes = 0;
  Histogram ack;
};

std::string person_name(unsigned number) { return "p-" + std::to_string(number); }

class Person final : public LoadClient {
 public:
  Person(Stage& stage, Figures& figures, unsigned number, unsigned count)
      : LoadClient(stage, person_name(number), "bench"), figures_(figures), number_(number), count_(count) {}

  bool goes() const { return number_ % kGoerEvery == 0; }

  void befriend() { add_some(); }
  bool has_added() const { return added_ == 2 * kReach; }

  void watch() {
    watching_ = true;
    say(wire::GetPresence{});
    wire::Viewport viewport;
    for (unsigned i = 1; i <= kViewport / 2; ++i) {
      viewport.users.push_back(person_name((number_ + i) % count_));
      viewport.users.push_back(person_name((number_ + count_ - i) % count_));
    }
    say(std::move(viewport));
  }
  bool watches() const { return answered_ >= 2; }

  // Towards where it should be now.
  void be(bool here) {
    if (!here && here_) {
      disconnect();
      watching_ = false;
      answered_ = 0;
    }
    if (here && !here_) connect();
    here_ = here;
    if (here_ && synced() && !watching_) watch();
  }
  void note_here() { here_ = true; }

  // Contacts who go and of whom this one believes that they are `online`.
  unsigned believes(bool online) const {
    unsigned out = 0;
    for (unsigned at = 0; at < known_.size(); ++at) {
      const unsigned other = (number_ + count_ + at - kReach) % count_;
      if (at != kReach && other % kGoerEvery == 0 && known_[at] == online) ++out;
    }
    return out;
  }

 private:
  template <class T>
  void say(T command) {
    command_.clear();
    wire::write_json(wire::Command{++commands_, std::move(command)}, command_);
    write(command_);
  }

  void add_some() {
    constexpr unsigned kAtOnce = 8;
    for (; asked_ < 2 * kReach && asked_ - added_ < kAtOnce; ++asked_) {
      const unsigned step = asked_ / 2 + 1;
      say(wire::AddContact{person_name((asked_ % 2 == 0 ? number_ + step : number_ + count_ - step) % count_)});
    }
  }

  void frame(const FrameHead& head, std::string_view text) override {
    if (head.kind == "done") {
      ++added_;
      return add_some();
    }
    if (head.kind == "event" || head.kind == "page") return;  // Of contacts: they come while they are made.
    if (head.kind != "presences") return fail("unexpected " + std::string(text.substr(0, 200)));
    if (head.re != 0) ++answered_;
    if (figures_.measuring) {
      figures_.presence_bytes += text.size();
      if (head.re == 0) ++figures_.pushes;
    }
    constexpr std::string_view kUser = "{\"user\":\"p-";
    while (auto other = next_number(text, kUser)) {
      const bool online = text.substr(0, text.find('}')).find("\"online\":true") != text.npos;
      const unsigned at = (static_cast<unsigned>(*other) + count_ + kReach - number_) % count_;
      if (at >= known_.size()) return fail("told of somebody who is no contact");
      known_[at] = online;
    }
  }

  Figures& figures_;
  const unsigned number_, count_;
  std::array<bool, 2 * kReach + 1> known_{};  // By place on the ring, from kReach before.
  std::string command_;
  std::uint64_t commands_ = 1;
  unsigned asked_ = 0, added_ = 0, answered_ = 0;
  bool watching_ = false, here_ = false;
};

// Writes at a fixed rate, whatever the acknowledgements do; or reads what is written to it.
class Talker final : public LoadClient {
 public:
  Talker(Stage& stage, Figures& figures, std::string name, std::string to)
      : LoadClient(stage, std::move(name), "bench"), figures_(figures), to_(std::move(to)) {}

  void send() {
    Instant& sent_at = sent_at_[sent_ % sent_at_.size()];
    if (sent_ - acked_ >= sent_at_.size()) return fail("acknowledgements are a minute behind");
    sent_at = stage().loop().now();
    command_ = "{";
    wire::json_number(command_, "\"id\":", 2 + sent_);
    command_ += "\"send\":{\"to\":\"" + to_ + "\",\"clientId\":\"";
    append_hex(command_, stage().loop().random().next(), 16);
    append_hex(command_, stage().loop().random().next(), 16);
    command_ += "\",";
    wire::json_number(command_, "\"baseSeq\":", acked_);
    command_ += "\"text\":\"" + std::string(kTextBytes, 'x') + "\"}}";
    ++sent_;
    write(command_);
  }
  std::uint64_t sent() const { return sent_; }
  std::uint64_t acked() const { return acked_; }
  std::uint64_t events() const { return events_; }

 private:
  void frame(const FrameHead& head, std::string_view text) override {
    if (head.kind == "event") {
      ++events_;
      return;
    }
    if (head.kind != "sent" || head.re != 2 + acked_) return fail("unexpected " + std::string(text.substr(0, 200)));
    const Duration took = stage().loop().now() - sent_at_[acked_++ % sent_at_.size()];
    if (!figures_.measuring) return;
    ++figures_.acked;
    figures_.ack.add(took);
  }

  Figures& figures_;
  const std::string to_;
  std::string command_;
  std::array<Instant, 2048> sent_at_{};
  std::uint64_t sent_ = 0, acked_ = 0, events_ = 0;
};

struct Phase {
  Figures figures;
  double seconds = 0, server_s = 0, generator_s = 0;
};

class PresenceBench {
 public:
  explicit PresenceBench(Stage& stage) : stage_(stage), count_(std::max(200U, std::min(5000U, stage.options().connections))) {}

  int run() {
    if (!gather()) return report_ends();
    std::vector<Phase> with, without;
    talk();
    come_and_go();
    for (int pair = 0; pair < kPairs; ++pair) {
      // The phase that begins a pair is that which ended the one before: half as many changes.
      for (bool going : {pair % 2 == 1, pair % 2 == 0}) {
        auto phase = measure(going);
        if (!phase) return report_ends();
        (going ? with : without).push_back(std::move(*phase));
      }
    }
    const bool right = finish();
    print(with, without);
    return report_ends() == 0 && right ? 0 : 1;
  }

 private:
  bool gather() {
    for (unsigned i = 0; i < count_; ++i) people_.push_back(std::make_unique<Person>(stage_, figures_, i, count_));
    for (unsigned i = 0; i < kTalkers; ++i) {
      const std::string from = "from-" + std::to_string(i), to = "to-" + std::to_string(i);
      talkers_.push_back(std::make_unique<Talker>(stage_, figures_, from, to));
      listeners_.push_back(std::make_unique<Talker>(stage_, figures_, to, from));
    }
    std::vector<LoadClient*> all;
    for (auto& person : people_) all.push_back(person.get());
    for (auto& talker : talkers_) all.push_back(talker.get());
    for (auto& listener : listeners_) all.push_back(listener.get());
    if (!connect_all(stage_, all)) return false;
    const Instant begin = stage_.loop().now();
    for (auto& person : people_) person->befriend();
    if (!until_all(1200s, [](const Person& person) { return person.has_added(); })) return false;
    std::fprintf(stderr, "kith-bench: %u contacts made in %.0f s\n", count_ * kReach,
                 static_cast<double>((stage_.loop().now() - begin).count()) / 1e9);
    stage_.settle();
    for (auto& person : people_) {
      person->note_here();
      person->watch();
    }
    return until_all(60s, [](const Person& person) { return person.watches(); });
  }

  bool until_all(Duration within, bool (*holds)(const Person&)) {
    Instant next_look;
    return stage_.driver().run_until(within, [&] {
      if (stage_.loop().now() < next_look) return false;
      next_look = stage_.loop().now() + 50ms;
      return std::all_of(people_.begin(), people_.end(), [&](const auto& person) { return person->ended() || holds(*person); });
    });
  }

  void talk() {
    talk_at_ = talk_at_.ns == 0 ? stage_.loop().now() : talk_at_ + kTalkTick;
    constexpr unsigned kShares = kTalkEvery / kTalkTick;
    for (unsigned i = turn_++ % kShares; i < kTalkers; i += kShares) talkers_[i]->send();
    talking_ = stage_.loop().after(std::max<Duration>(0s, talk_at_ + kTalkTick - stage_.loop().now()), [this] { talk(); });
  }

  // Who goes is away in one half of the period, each in their own.
  void come_and_go() {
    const auto into = stage_.loop().now().ns;
    const unsigned goers = (count_ + kGoerEvery - 1) / kGoerEvery;
    for (unsigned i = 0; i < goers; ++i) {
      const auto place = (into + kPeriod.count() / goers * i) % kPeriod.count();
      people_[i * kGoerEvery]->be(!going_ || place < kHere.count());
    }
    coming_and_going_ = stage_.loop().after(100ms, [this] { come_and_go(); });
  }

  std::optional<Phase> measure(bool going) {
    if (going_ != going) {
      going_ = going;
      // Until arrivals and departures are told as fast as they happen, or none is any more.
      if (!stage_.driver().run_for(std::min(going ? kUntilSteady : kUntilQuiet, 4 * time()))) return std::nullopt;
    }
    figures_ = {};
    const Usage begin = stage_.usage();
    figures_.measuring = true;
    const bool whole = stage_.driver().run_for(time());
    figures_.measuring = false;
    const Usage end = stage_.usage();
    if (!whole || figures_.acked == 0) return std::nullopt;
    return Phase{figures_, static_cast<double>((end.at - begin.at).count()) / 1e9, end.server_s - begin.server_s,
                 end.generator_s - begin.generator_s};
  }

  Duration time() const { return Duration(static_cast<std::int64_t>(stage_.options().seconds * 1e9)); }

  // All who go are away: everybody must know it of each of them. And every message must have come.
  bool finish() {
    talking_.cancel();
    coming_and_going_.cancel();
    for (unsigned i = 0; i < count_; i += kGoerEvery) people_[i]->be(false);
    stage_.driver().run_for(kGrace + 5s);
    for (auto& person : people_) {
      if (!person->goes()) wrong_ += person->believes(true);
    }
    for (unsigned i = 0; i < kTalkers; ++i) {
      lost_ += talkers_[i]->sent() - talkers_[i]->acked();
      lost_ += talkers_[i]->sent() - std::min(talkers_[i]->sent(), listeners_[i]->events());
    }
    return wrong_ == 0 && lost_ == 0;
  }

  int report_ends() {
    int ended = 0;
    auto look = [&](const LoadClient& client) {
      if (!client.why().empty() && ended++ < 5) std::fprintf(stderr, "kith-bench: %s\n", client.why().c_str());
    };
    for (auto& person : people_) look(*person);
    for (auto& talker : talkers_) look(*talker);
    for (auto& listener : listeners_) look(*listener);
    return ended == 0 ? 0 : 1;
  }

  static double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  }
  template <class F>
  static double median_of(const std::vector<Phase>& phases, F figure) {
    std::vector<double> values;
    for (const Phase& phase : phases) values.push_back(figure(phase));
    return median(std::move(values));
  }

  void print(const std::vector<Phase>& with, const std::vector<Phase>& without) {
    std::vector<double> ratios, costs;
    for (std::size_t i = 0; i < with.size(); ++i) {
      ratios.push_back(with[i].figures.ack.ms_at(0.99) / without[i].figures.ack.ms_at(0.99));
      const double cores = with[i].server_s / with[i].seconds - without[i].server_s / without[i].seconds;
      costs.push_back(cores * 1e6 / count_);
    }
    auto cores = [](const Phase& phase) { return phase.server_s / phase.seconds; };
    auto p99 = [](const Phase& phase) { return phase.figures.ack.ms_at(0.99); };
    JsonLine line;
    line.text("workload", "presence");
    line.count("users", count_);
    line.count("contacts", 2 * kReach);
    line.count("viewport", kViewport);
    line.number("seconds", stage_.options().seconds, 1);
    line.number("msgs_per_s", median_of(with, [](const Phase& p) { return static_cast<double>(p.figures.acked) / p.seconds; }), 0);
    line.number("pushes_per_s", median_of(with, [](const Phase& p) { return static_cast<double>(p.figures.pushes) / p.seconds; }), 0);
    line.number("cpu_us_per_user_second", median(costs), 2);
    line.number("bytes_per_user_second",
                median_of(with, [&](const Phase& p) { return static_cast<double>(p.figures.presence_bytes) / p.seconds / count_; }), 2);
    line.number("server_cores_with", median_of(with, cores), 3);
    line.number("server_cores_without", median_of(without, cores), 3);
    line.number("generator_cores", median_of(with, [](const Phase& p) { return p.generator_s / p.seconds; }), 3);
    line.number("ack_p99_ms_with", median_of(with, p99), 3);
    line.number("ack_p99_ms_without", median_of(without, p99), 3);
    const double ratio = median(ratios);
    line.number("ack_p99_ratio", ratio, 2);
    line.count("lost", lost_);
    line.count("wrong", wrong_);
    stage_.print(line, "ack_p99_ratio", ratio, 2);
  }

  static constexpr Duration kGrace = 30s;  // The server's default.

  Stage& stage_;
  const unsigned count_;
  Figures figures_;
  std::vector<std::unique_ptr<Person>> people_;
  std::vector<std::unique_ptr<Talker>> talkers_, listeners_;
  Instant talk_at_;
  unsigned turn_ = 0;
  bool going_ = false;
  Timer talking_, coming_and_going_;
  std::uint64_t wrong_ = 0, lost_ = 0;
};

}  // namespace

int run_presence(Stage& stage) {
  PresenceBench bench(stage);
  return bench.run();
}

}  // namespace kith
