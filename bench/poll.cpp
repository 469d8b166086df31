// poll: many devices, each of its own user, wait by long polling; a few users write to them, 500 messages a second in all. What a waiting
// poll costs in the server's memory, what a delivery costs of its processor, and that each message comes once.
#include <algorithm>
#include <cstdio>

#include "base/hex.h"
#include "bench/load_client.h"
#include "bench/poll_client.h"
#include "bench/tally.h"
#include "wire/json_writer.h"

namespace kith {

namespace {

constexpr unsigned kWriters = 50;
constexpr unsigned kPerSecond = 500;
constexpr std::size_t kTextBytes = 100;
constexpr std::ptrdiff_t kAtOnce = 150;
constexpr Duration kWarmUp = 5s;

// What is measured, while it is.
struct Figures {
  bool measuring = false;
  std::uint64_t delivered = 0, acked = 0;
  Histogram e2e, ack;
  Faults faults;
};

class Poller final : public PollClient {
 public:
  Poller(Stage& stage, Figures& figures, unsigned number) : PollClient(stage, "poller-" + std::to_string(number)), figures_(figures) {}

  std::uint64_t received() const { return received_.count(); }

 private:
  void page(std::string_view frame) override {
    const Instant now = stage().loop().now();
    constexpr std::string_view kText = "\"text\":\"";
    for (auto at = frame.find(kText); at != frame.npos; at = frame.find(kText)) {
      frame.remove_prefix(at + kText.size());
      const auto index = parse_hex(frame.substr(0, 16)), sent = parse_hex(frame.size() < 32 ? frame : frame.substr(16, 16));
      if (!index || !sent || frame.find('"') != kTextBytes) return fail("a message that nobody sent");
      received_.add(*index, figures_.faults);
      if (!figures_.measuring) continue;
      ++figures_.delivered;
      figures_.e2e.add(now - Instant{static_cast<std::int64_t>(*sent)});
    }
  }

  Figures& figures_;
  Tally received_;
};

// Writes to every kWriters-th poller.
class Writer final : public LoadClient {
 public:
  Writer(Stage& stage, Figures& figures, unsigned number)
      : LoadClient(stage, "writer-" + std::to_string(number), "bench"), figures_(figures) {}

  // `index`: how many this poller was sent before.
  void send(unsigned poller, std::uint64_t index) {
    const Instant now = stage().loop().now();
    sent_at_.push_back(now);
    std::string command = "{";
    wire::json_number(command, "\"id\":", sent_at_.size() + 1);  // 1 was auth.
    command += "\"send\":{\"to\":\"poller-" + std::to_string(poller) + "\",\"clientId\":\"";
    append_hex(command, stage().loop().random().next(), 16);
    append_hex(command, stage().loop().random().next(), 16);
    command += "\",\"baseSeq\":0,\"text\":\"";
    const std::size_t text = command.size();
    append_hex(command, index, 16);
    append_hex(command, static_cast<std::uint64_t>(now.ns), 16);
    command.resize(text + kTextBytes, 'x');
    command += "\"}}";
    write(command);
  }

  std::uint64_t sent() const { return sent_at_.size(); }
  std::uint64_t acked() const { return acked_; }

 private:
  void frame(const FrameHead& head, std::string_view text) override {
    if (head.kind == "event") return;  // Its own.
    if (head.kind != "sent" || head.re < 2 || head.re - 2 >= sent_at_.size()) return fail("unexpected " + std::string(text));
    ++acked_;
    if (!figures_.measuring) return;
    ++figures_.acked;
    figures_.ack.add(stage().loop().now() - sent_at_[head.re - 2]);
  }

  Figures& figures_;
  std::vector<Instant> sent_at_;
  std::uint64_t acked_ = 0;
};

struct Cast {
  std::vector<std::unique_ptr<Poller>> pollers;
  std::vector<std::unique_ptr<Writer>> writers;
  std::vector<std::uint64_t> sent;  // To each poller.
  std::size_t next = 0;

  void send_one() {
    const std::size_t poller = next++ % pollers.size();
    writers[poller % kWriters]->send(static_cast<unsigned>(poller), sent[poller]++);
  }
  std::uint64_t missing() const {
    std::uint64_t out = 0;
    for (const auto& writer : writers) out += writer->sent() - writer->acked();
    for (std::size_t i = 0; i < pollers.size(); ++i) out += sent[i] - pollers[i]->received();
    return out;
  }
  std::string why() const {
    for (const auto& poller : pollers) {
      if (poller->ended()) return poller->why();
    }
    for (const auto& writer : writers) {
      if (writer->ended()) return writer->why();
    }
    return {};
  }
};

// The pollers [from, to) wait, at most 150 on their way at a time.
bool begin_polls(Stage& stage, const Cast& cast, std::size_t from, std::size_t to) {
  std::vector<Poller*> on_the_way;
  bool failed = false;
  const bool done = stage.driver().run_until(120s, [&] {
    std::erase_if(on_the_way, [&](Poller* poller) {
      failed = failed || poller->ended();
      return poller->ended() || poller->waits();
    });
    for (; from < to && std::ssize(on_the_way) < kAtOnce; ++from) {
      cast.pollers[from]->start();
      on_the_way.push_back(cast.pollers[from].get());
    }
    return failed || (from == to && on_the_way.empty());
  });
  if (failed) std::fprintf(stderr, "kith-bench: cannot poll: %s\n", cast.why().c_str());
  return done && !failed;
}

// Evenly, by the clock: a slow server does not get fewer.
class Pace {
 public:
  Pace(Stage& stage, Cast& cast) : stage_(stage), cast_(cast), began_(stage.loop().now()) { tick(); }

 private:
  void tick() {
    const auto due = static_cast<std::uint64_t>((stage_.loop().now() - began_).count()) * kPerSecond / 1'000'000'000;
    for (; sent_ < due; ++sent_) cast_.send_one();
    timer_ = stage_.loop().after(2ms, [this] { tick(); });
  }

  Stage& stage_;
  Cast& cast_;
  const Instant began_;
  std::uint64_t sent_ = 0;
  Timer timer_;
};

Cast make(Stage& stage, Figures& figures, unsigned count) {
  Cast cast;
  for (unsigned i = 0; i < count; ++i) cast.pollers.push_back(std::make_unique<Poller>(stage, figures, i));
  for (unsigned i = 0; i < kWriters; ++i) cast.writers.push_back(std::make_unique<Writer>(stage, figures, i));
  cast.sent.resize(count);
  return cast;
}

bool connect_writers(Stage& stage, const Cast& cast) {
  std::vector<LoadClient*> clients;
  for (const auto& writer : cast.writers) clients.push_back(writer.get());
  return connect_all(stage, clients);
}

}  // namespace

int run_poll(Stage& stage) {
  const unsigned count = stage.options().devices;
  Figures figures;
  {
    // Users and conversations exist from the first message on; what making them costs is not meant here. The restart forgets it.
    Cast first = make(stage, figures, count);
    if (!connect_writers(stage, first) || !begin_polls(stage, first, 0, count)) return 1;
    for (unsigned sent = 0; sent < count; ++sent) {
      first.send_one();
      if (sent % 1000 == 999 && !stage.driver().run_until(60s, [&] { return first.missing() == 0; })) return 1;
    }
    stage.driver().run_until(60s, [&] { return first.missing() == 0; });
    for (auto& poller : first.pollers) poller->stop();
  }
  stage.driver().run_for(500ms);
  if (!stage.restart()) return 1;

  // The first hundredth pays for what a server allocates once.
  Cast cast = make(stage, figures, count);
  const std::size_t warm = std::max(1U, count / 100);
  if (!connect_writers(stage, cast) || !begin_polls(stage, cast, 0, warm)) return 1;
  stage.settle();
  const std::uint64_t before_kib = stage.server().anonymous_kib();
  if (!begin_polls(stage, cast, warm, count)) return 1;
  stage.driver().run_for(2s);
  const std::uint64_t after_kib = stage.server().anonymous_kib();

  std::optional<Pace> pace(std::in_place, stage, cast);
  if (!stage.driver().run_for(std::min<Duration>(kWarmUp, Duration(static_cast<std::int64_t>(stage.options().seconds * 0.5e9))))) return 1;
  const Usage begin = stage.usage();
  figures.measuring = true;
  const bool whole = stage.driver().run_for(Duration(static_cast<std::int64_t>(stage.options().seconds * 1e9)));
  figures.measuring = false;
  const Usage end = stage.usage();
  pace.reset();
  stage.driver().run_until(30s, [&] { return cast.missing() == 0 || !cast.why().empty(); });
  const std::uint64_t missing = cast.missing();
  std::uint64_t polls = 0;
  for (auto& poller : cast.pollers) polls += poller->polls(), poller->stop();
  const std::string why = cast.why();
  if (!why.empty()) std::fprintf(stderr, "kith-bench: %s\n", why.c_str());
  stage.settle();  // What is flushed and compacted later belongs to the messages; so does the end of the polls.
  const Usage settled = stage.usage();
  if (!whole || !why.empty() || figures.delivered == 0) return 1;

  const double seconds = static_cast<double>((end.at - begin.at).count()) / 1e9;
  const double bytes = (static_cast<double>(after_kib) - static_cast<double>(before_kib)) * 1024 / static_cast<double>(count - warm);
  JsonLine result;
  result.text("workload", "poll");
  result.count("devices", count);
  result.number("seconds", seconds, 1);
  result.count("deliveries", figures.delivered);
  result.number("msgs_per_s", static_cast<double>(figures.delivered) / seconds, 0);
  result.count("polls", polls);
  result.number("server_cpu_us_per_delivery", (settled.server_s - begin.server_s) * 1e6 / static_cast<double>(figures.delivered), 1);
  result.number("user_bytes_per_poll", bytes, 0);
  result.both("e2e_ms", figures.e2e);
  result.both("ack_ms", figures.ack);
  stage.cores(result, begin, end);
  result.count("lost", missing);
  result.count("duplicated", figures.faults.duplicated);
  result.count("disordered", figures.faults.disordered);
  stage.print(result, "user_bytes_per_poll", bytes, 6144);
  return missing == 0 && figures.faults.duplicated == 0 && figures.faults.disordered == 0 ? 0 : 1;
}

}  // namespace kith
