// group: one group of 100 users who are all connected; some of them write, each with a window of messages in flight. Every message must be
// acknowledged, and be brought to every member, its sender too, exactly once and in order.
#include <algorithm>
#include <bit>
#include <cstdio>

#include "base/hex.h"
#include "bench/load_client.h"
#include "bench/tally.h"
#include "wire/json_writer.h"
#include "wire/wire.gen.h"

namespace kith {

namespace {

constexpr unsigned kMembers = 100;
constexpr std::size_t kCreatedWith = 50;  // The others are added to the group that is there.
constexpr std::size_t kTextBytes = 100;
constexpr Duration kWarmUp = 5s;

// What is measured, while it is.
struct Figures {
  bool measuring = false;
  std::uint64_t acked = 0, delivered = 0;
  Histogram e2e, ack;
};

std::string name_of(unsigned number) { return "member-" + std::to_string(number); }

std::optional<unsigned> number_of(std::string_view name) {
  const auto number = next_number(name, "member-");
  return number && *number < kMembers ? std::optional(static_cast<unsigned>(*number)) : std::nullopt;
}

class Member final : public LoadClient {
 public:
  Member(Stage& stage, Figures& figures, unsigned number, unsigned window)
      : LoadClient(stage, name_of(number), "bench"),
        figures_(figures),
        number_(number),
        window_(window),
        flights_(std::bit_ceil(std::uint64_t{4} * window)) {}

  void make_group(std::vector<std::string> members) {
    command_.clear();
    std::string client_id(32, 'a');
    wire::write_json(wire::Command{++commands_, wire::CreateGroup{client_id, "bench", std::move(members), std::nullopt}}, command_);
    write(command_);
  }
  void add(std::vector<std::string> members) {
    command_.clear();
    wire::write_json(wire::Command{++commands_, wire::AddMembers{group_, std::move(members)}}, command_);
    write(command_);
  }

  // Empty until this member has heard of it.
  const std::string& group() const { return group_; }

  void talk() {
    talking_ = true;
    first_ = commands_ + 1 - sent_;
    fill();
  }
  void stop() { talking_ = false; }

  std::uint64_t sent() const { return sent_; }
  std::uint64_t acked() const { return acks_; }
  std::uint64_t received(unsigned sender) const { return received_[sender].count(); }
  std::uint64_t received() const { return all_received_; }
  const Faults& faults() const { return faults_; }

 private:
  struct Flight {
    std::uint64_t index = 0;
    Instant sent;
    bool open = false;
  };

  void fill() {
    while (talking_ && sent_ - acks_ < window_) send();
  }

  // The text tells which message it is: index, moment, sender.
  void send() {
    Flight& flight = flights_[sent_ & (flights_.size() - 1)];
    if (flight.open) return fail("an acknowledgement is missing, many later ones came");
    flight = {sent_, stage().loop().now(), true};
    command_ = "{";
    wire::json_number(command_, "\"id\":", ++commands_);
    command_ += "\"send\":{\"conversation\":\"" + group_ + "\",\"clientId\":\"";
    append_hex(command_, stage().loop().random().next(), 16);
    append_hex(command_, stage().loop().random().next(), 16);
    command_ += "\",";
    wire::json_number(command_, "\"baseSeq\":", head_);
    command_ += "\"text\":\"";
    const std::size_t text = command_.size();
    append_hex(command_, sent_, 16);
    append_hex(command_, static_cast<std::uint64_t>(flight.sent.ns), 16);
    append_hex(command_, number_, 16);
    command_.resize(text + kTextBytes, 'x');
    command_ += "\"}}";
    ++sent_;
    write(command_);
  }

  void frame(const FrameHead& head, std::string_view text) override {
    if (head.kind == "event") return event(text);
    if (head.kind == "sent") return acknowledged(head.re);
    if (head.kind == "group" || head.kind == "changed") return;  // What matters comes as an event.
    if (head.kind == "page") return fail("fell behind: the generator reads too slowly to measure events");
    fail("unexpected " + std::string(text));
  }

  void acknowledged(std::uint64_t re) {
    const std::uint64_t index = re - first_;
    Flight& flight = flights_[index & (flights_.size() - 1)];
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
    if (text.find("\"group\":{") < text.find("\"text\":\"")) {
      group_ = text_after(text, "\"conversation\":\"");
      return;
    }
    const auto from = number_of(text_after(text, "\"from\":\""));
    const std::string_view body = text_after(text, "\"text\":\"");
    auto seq = next_number(text, "\"seq\":");
    if (!seq || body.size() != kTextBytes) return fail("a message that nobody sent");
    const auto index = parse_hex(body.substr(0, 16)), sent = parse_hex(body.substr(16, 16)), sender = parse_hex(body.substr(32, 16));
    if (!index || !sent || !sender || !from || *from != *sender) return fail("a message that nobody sent");
    head_ = std::max(head_, *seq);
    received_[*sender].add(*index, faults_);
    ++all_received_;
    if (!figures_.measuring) return;
    ++figures_.delivered;
    figures_.e2e.add(stage().loop().now() - Instant{static_cast<std::int64_t>(*sent)});
  }

  Figures& figures_;
  const unsigned number_, window_;
  std::vector<Flight> flights_;
  std::vector<Tally> received_ = std::vector<Tally>(kMembers);  // By sender.
  std::string group_, command_;
  std::uint64_t commands_ = 1;  // The id of the last; 1 was auth.
  std::uint64_t first_ = 0;     // That of message 0, if all commands had been messages.
  std::uint64_t sent_ = 0, acks_ = 0, all_received_ = 0, head_ = 0;
  bool talking_ = false;
  Faults faults_;
};

using Members = std::vector<std::unique_ptr<Member>>;

struct Sum {
  std::uint64_t received = 0, missing = 0, duplicated = 0, disordered = 0;
};

Sum sum(const Members& members) {
  Sum out;
  for (const auto& member : members) {
    out.received += member->received();
    out.missing += member->sent() - member->acked();
    out.duplicated += member->faults().duplicated;
    out.disordered += member->faults().disordered;
    for (unsigned sender = 0; sender < kMembers; ++sender) out.missing += members[sender]->sent() - member->received(sender);
  }
  return out;
}

// The users exist once they have connected. One of them makes the group and brings the others in.
bool gather(Stage& stage, const Members& members) {
  std::vector<LoadClient*> clients;
  for (auto& member : members) clients.push_back(member.get());
  if (!connect_all(stage, clients)) return false;
  std::vector<std::string> first, second;
  for (unsigned i = 1; i < kMembers; ++i) (i < kCreatedWith ? first : second).push_back(members[i]->user());
  auto know = [&](std::size_t count) {
    return std::all_of(members.begin(), members.begin() + static_cast<std::ptrdiff_t>(count), [](auto& m) { return !m->group().empty(); });
  };
  members[0]->make_group(std::move(first));
  bool done = stage.driver().run_until(10s, [&] { return know(kCreatedWith); });
  if (done) {
    members[0]->add(std::move(second));
    done = stage.driver().run_until(10s, [&] { return know(kMembers); });
  }
  if (!done) std::fprintf(stderr, "kith-bench: not all members heard of the group within 10 s\n");
  return done;
}

// Lets the first `senders` members write, and adds what was measured to `result`. Returns the server CPU a delivery in µs.
std::optional<double> measure(Stage& stage, Members& members, Figures& figures, unsigned senders, JsonLine& result) {
  figures = {};
  const Duration time(static_cast<std::int64_t>(stage.options().seconds * 1e9));
  for (unsigned i = 0; i < senders; ++i) members[i]->talk();
  if (!stage.driver().run_for(std::min<Duration>(kWarmUp, time / 2))) return std::nullopt;

  const std::uint64_t received_before = sum(members).received;
  const Usage begin = stage.usage();
  figures.measuring = true;
  const bool whole = stage.driver().run_for(time);
  figures.measuring = false;
  const Usage end = stage.usage();
  for (auto& member : members) member->stop();
  stage.driver().run_until(30s, [&] { return sum(members).missing == 0; });
  const std::uint64_t deliveries = sum(members).received - received_before;
  stage.settle();
  const Usage settled = stage.usage();
  if (!whole || deliveries == 0) return std::nullopt;

  const double seconds = static_cast<double>((end.at - begin.at).count()) / 1e9;
  const double cost = (settled.server_s - begin.server_s) * 1e6 / static_cast<double>(deliveries);
  JsonLine line;
  line.number("seconds", seconds, 1);
  line.count("deliveries", deliveries);
  line.number("deliveries_per_s", static_cast<double>(figures.delivered) / seconds, 0);
  line.number("msgs_per_s", static_cast<double>(figures.acked) / seconds, 0);
  line.number("server_cpu_us_per_delivery", cost, 2);
  line.both("e2e_ms", figures.e2e);
  line.both("ack_ms", figures.ack);
  stage.cores(line, begin, end);
  result.object("senders_" + std::to_string(senders), line);
  return cost;
}

}  // namespace

int run_group(Stage& stage) {
  const unsigned window = stage.options().window.value_or(4);
  Figures figures;
  Members members;
  for (unsigned i = 0; i < kMembers; ++i) members.push_back(std::make_unique<Member>(stage, figures, i, window));
  if (!gather(stage, members)) return 1;
  JsonLine result;
  result.text("workload", "group");
  result.count("members", kMembers);
  result.count("window", window);
  const std::vector<unsigned> phases = stage.options().senders ? std::vector{*stage.options().senders} : std::vector{1U, 10U};
  std::optional<double> cost;
  double worst = 0;
  for (unsigned senders : phases) {
    cost = measure(stage, members, figures, senders, result);
    if (!cost) break;
    worst = std::max(worst, *cost);
  }
  for (auto& member : members) {
    if (member->ended()) std::fprintf(stderr, "kith-bench: %s\n", member->why().c_str());
  }
  if (!cost) return 1;
  const Sum total = sum(members);
  result.number("server_cpu_us_per_delivery", worst, 2);
  result.count("lost", total.missing);
  result.count("duplicated", total.duplicated);
  result.count("disordered", total.disordered);
  stage.print(result, "server_cpu_us_per_delivery", worst, 15);
  return total.missing == 0 && total.duplicated == 0 && total.disordered == 0 ? 0 : 1;
}

}  // namespace kith
