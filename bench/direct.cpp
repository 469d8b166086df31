// direct: pairs of users write to each other, each with a window of messages in flight. Every message must be acknowledged, and be brought
// to the partner and back to its sender exactly once and in order.
#include <algorithm>
#include <bit>
#include <cstdio>

#include "base/hex.h"
#include "bench/load_client.h"
#include "bench/tally.h"
#include "wire/json_writer.h"

namespace kith {

namespace {

constexpr std::size_t kTextBytes = 100;
constexpr Duration kWarmUp = 5s;

// What is measured, while it is.
struct Figures {
  bool measuring = false;
  std::uint64_t acked = 0, delivered = 0, echoed = 0;
  Histogram e2e, ack;
  Faults faults;
};

class Talker final : public LoadClient {
 public:
  Talker(Stage& stage, Figures& figures, std::string user, std::string partner, unsigned window)
      : LoadClient(stage, std::move(user), "bench"),
        figures_(figures),
        partner_(std::move(partner)),
        window_(window),
        acked_(std::bit_ceil(std::uint64_t{4} * window)) {}

  void talk() {
    talking_ = true;
    fill();
  }
  void stop() { talking_ = false; }

  std::uint64_t sent() const { return sent_; }
  std::uint64_t acked() const { return acks_; }
  std::uint64_t received() const { return received_.count(); }
  std::uint64_t echoed() const { return echoed_.count(); }

 private:
  struct Flight {
    std::uint64_t index = 0;
    Instant sent;
    bool open = false;
  };

  void fill() {
    while (talking_ && sent_ - acks_ < window_) send();
  }

  void send() {
    Flight& flight = acked_[sent_ & (acked_.size() - 1)];
    if (flight.open) return fail("an acknowledgement is missing, many later ones came");
    flight = {sent_, stage().loop().now(), true};
    command_ = "{";
    wire::json_number(command_, "\"id\":", sent_ + 2);  // 1 was auth.
    command_ += "\"send\":{\"to\":\"" + partner_ + "\",\"clientId\":\"";
    append_hex(command_, stage().loop().random().next(), 16);
    append_hex(command_, stage().loop().random().next(), 16);
    command_ += "\",";
    wire::json_number(command_, "\"baseSeq\":", head_);
    command_ += "\"text\":\"";
    const std::size_t text = command_.size();
    append_hex(command_, sent_, 16);
    append_hex(command_, static_cast<std::uint64_t>(flight.sent.ns), 16);
    command_.resize(text + kTextBytes, 'x');
    command_ += "\"}}";
    ++sent_;
    write(command_);
  }

  void frame(const FrameHead& head, std::string_view text) override {
    if (head.kind == "sent") return acknowledged(head.re);
    if (head.kind == "event") return event(text);
    fail("unexpected " + std::string(text));
  }

  void acknowledged(std::uint64_t re) {
    const std::uint64_t index = re - 2;
    Flight& flight = acked_[index & (acked_.size() - 1)];
    if (!flight.open || flight.index != index) return fail("acknowledged twice, or never sent: " + std::to_string(re));
    flight.open = false;
    ++acks_;
    if (figures_.measuring) {
      ++figures_.acked;
      figures_.ack.add(stage().loop().now() - flight.sent);
    }
    fill();
  }

  void event(std::string_view text) {
    const bool own = text_after(text, "\"from\":\"") == user();
    const std::string_view body = text_after(text, "\"text\":\"");
    auto seq = next_number(text, "\"seq\":");
    const auto index = parse_hex(body.substr(0, 16));
    const auto sent = parse_hex(body.size() < 32 ? body : body.substr(16, 16));
    if (!seq || !index || !sent || body.size() != kTextBytes) return fail("a message that nobody sent");
    head_ = std::max(head_, *seq);
    (own ? echoed_ : received_).add(*index, figures_.faults);
    if (!figures_.measuring) return;
    if (own) {
      ++figures_.echoed;
    } else {
      ++figures_.delivered;
      figures_.e2e.add(stage().loop().now() - Instant{static_cast<std::int64_t>(*sent)});
    }
  }

  Figures& figures_;
  const std::string partner_;
  const unsigned window_;
  std::vector<Flight> acked_;
  std::string command_;
  std::uint64_t sent_ = 0, acks_ = 0, head_ = 0;
  bool talking_ = false;
  Tally received_, echoed_;
};

struct Sum {
  std::uint64_t acked = 0, missing = 0;
};

// Partners stand side by side.
Sum sum(const std::vector<std::unique_ptr<Talker>>& talkers) {
  Sum out;
  for (std::size_t i = 0; i < talkers.size(); ++i) {
    const std::uint64_t sent = talkers[i]->sent();
    out.acked += talkers[i]->acked();
    out.missing += (sent - talkers[i]->acked()) + (sent - talkers[i ^ 1]->received()) + (sent - talkers[i]->echoed());
  }
  return out;
}

}  // namespace

int run_direct(Stage& stage) {
  const unsigned window = stage.options().window.value_or(16);
  Figures figures;
  std::vector<std::unique_ptr<Talker>> talkers;
  std::vector<LoadClient*> clients;
  for (unsigned i = 0; i < stage.options().pairs; ++i) {
    const std::string a = "ann-" + std::to_string(i), b = "ben-" + std::to_string(i);
    talkers.push_back(std::make_unique<Talker>(stage, figures, a, b, window));
    talkers.push_back(std::make_unique<Talker>(stage, figures, b, a, window));
  }
  for (auto& talker : talkers) clients.push_back(talker.get());
  if (!connect_all(stage, clients)) return 1;
  for (auto& talker : talkers) talker->talk();
  if (!stage.driver().run_for(std::min<Duration>(kWarmUp, Duration(static_cast<std::int64_t>(stage.options().seconds * 0.5e9))))) return 1;

  const std::uint64_t acked_before = sum(talkers).acked;
  const Usage begin = stage.usage();
  figures.measuring = true;
  const bool whole = stage.driver().run_for(Duration(static_cast<std::int64_t>(stage.options().seconds * 1e9)));
  figures.measuring = false;
  const Usage end = stage.usage();
  for (auto& talker : talkers) talker->stop();
  stage.driver().run_until(30s, [&] { return sum(talkers).missing == 0; });
  const Sum total = sum(talkers);
  const std::uint64_t messages = total.acked - acked_before;
  stage.settle();
  const Usage settled = stage.usage();
  for (auto& talker : talkers) {
    if (talker->ended()) std::fprintf(stderr, "kith-bench: %s\n", talker->why().c_str());
  }
  if (!whole || messages == 0) return 1;

  const double seconds = static_cast<double>((end.at - begin.at).count()) / 1e9;
  const double cost = (settled.server_s - begin.server_s) * 1e6 / static_cast<double>(messages);
  JsonLine result;
  result.text("workload", "direct");
  result.count("pairs", stage.options().pairs);
  result.count("window", window);
  result.number("seconds", seconds, 1);
  result.count("messages", messages);
  result.number("msgs_per_s", static_cast<double>(figures.delivered) / seconds, 0);
  result.number("server_cpu_us_per_message", cost, 2);
  result.both("e2e_ms", figures.e2e);
  result.both("ack_ms", figures.ack);
  stage.cores(result, begin, end);
  result.count("lost", total.missing);
  result.count("duplicated", figures.faults.duplicated);
  result.count("disordered", figures.faults.disordered);
  // The bar was set for this load.
  const bool standard = stage.options().pairs == 50 && window == 16;
  stage.print(result, "server_cpu_us_per_message", cost, standard ? std::optional(60.0) : std::nullopt);
  return total.missing == 0 && figures.faults.duplicated == 0 && figures.faults.disordered == 0 ? 0 : 1;
}

}  // namespace kith
