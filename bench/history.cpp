// history: pages of 50 by `before`, walking back through one conversation of 10,000 messages, several walkers with four questions in
// flight.
#include <algorithm>
#include <cstdio>

#include "bench/load_client.h"
#include "wire/wire.gen.h"

namespace kith {

namespace {

constexpr std::uint64_t kMessages = 10'000, kPage = 50;
constexpr std::size_t kTextBytes = 100;
constexpr unsigned kWalkersOfEach = 4;

class Walker final : public LoadClient {
 public:
  using LoadClient::LoadClient;

  // Writes the conversation, as the only one to do so.
  void write_all(std::string to) {
    to_ = std::move(to);
    while (sent_ < kMessages && sent_ - acked_ < 64) send();
  }
  bool written() const { return acked_ == kMessages; }
  const std::string& conversation() const { return conversation_; }

  void walk(std::string conversation, unsigned window) {
    conversation_ = std::move(conversation);
    walking_ = true;
    for (unsigned i = 0; i < window; ++i) ask();
  }
  void stop() { walking_ = false; }
  bool at_rest() const { return open_ == 0; }
  std::uint64_t pages() const { return pages_; }
  std::uint64_t wrong() const { return wrong_; }

 private:
  void send() {
    wire::Send send;
    send.target = wire::Send::To{to_};
    char id[33];
    std::snprintf(id, sizeof id, "%032llx", static_cast<unsigned long long>(++sent_));
    send.client_id = id;
    send.base_seq = 0;
    send.text.assign(kTextBytes, 'x');
    command_.clear();
    wire::write_json(wire::Command{sent_ + 1, std::move(send)}, command_);
    write(command_);
  }

  // The command's id tells what it asked for.
  void ask() {
    if (before_ <= kPage) before_ = kMessages + 1;
    command_.clear();
    wire::write_json(wire::Command{before_, wire::GetHistory{conversation_, before_, std::nullopt, kPage}}, command_);
    before_ -= kPage;
    ++open_;
    write(command_);
  }

  void frame(const FrameHead& head, std::string_view text) override {
    if (head.kind == "sent") {
      if (conversation_.empty()) conversation_ = text_after(text, "\"conversation\":\"");
      ++acked_;
      if (sent_ < kMessages) send();
    } else if (head.kind == "history") {
      --open_;
      ++pages_;
      check(head.re, text);
      if (walking_) ask();
    }
  }

  // What is missing of the 50 numbers below `before`.
  void check(std::uint64_t before, std::string_view text) {
    std::uint64_t expected = before - kPage;
    while (auto seq = next_number(text, "\"seq\":")) {
      if (*seq != expected || text_after(text, "\"text\":\"").size() != kTextBytes) break;
      ++expected;
    }
    wrong_ += before - expected;
  }

  std::string to_, conversation_, command_;
  std::uint64_t sent_ = 0, acked_ = 0, before_ = kMessages + 1, pages_ = 0, wrong_ = 0;
  unsigned open_ = 0;
  bool walking_ = false;
};

struct Sum {
  std::uint64_t pages = 0, wrong = 0;
};

Sum sum(const std::vector<std::unique_ptr<Walker>>& walkers) {
  Sum out;
  for (const auto& walker : walkers) {
    out.pages += walker->pages();
    out.wrong += walker->wrong();
  }
  return out;
}

}  // namespace

int run_history(Stage& stage) {
  const unsigned window = stage.options().window.value_or(4);
  std::vector<std::unique_ptr<Walker>> walkers;
  std::vector<LoadClient*> clients;
  for (unsigned i = 0; i < kWalkersOfEach; ++i) {
    for (const char* user : {"ann", "ben"}) walkers.push_back(std::make_unique<Walker>(stage, user, "bench-" + std::to_string(i)));
  }
  for (auto& walker : walkers) clients.push_back(walker.get());
  if (!connect_all(stage, clients)) return 1;
  Walker& writer = *walkers[0];
  writer.write_all("ben");
  if (!stage.driver().run_until(60s, [&] { return writer.written(); })) {
    std::fprintf(stderr, "kith-bench: not all messages were acknowledged\n");
    return 1;
  }
  stage.settle();
  for (auto& walker : walkers) walker->walk(writer.conversation(), window);
  if (!stage.driver().run_for(2s)) return 1;

  const Usage begin = stage.usage();
  const std::uint64_t pages_before = sum(walkers).pages;
  const bool whole = stage.driver().run_for(Duration(static_cast<std::int64_t>(stage.options().seconds * 1e9)));
  const Usage end = stage.usage();
  const std::uint64_t pages_in_time = sum(walkers).pages - pages_before;
  for (auto& walker : walkers) walker->stop();
  auto at_rest = [](const auto& walker) { return walker->at_rest(); };
  const bool answered = stage.driver().run_until(10s, [&] { return std::all_of(walkers.begin(), walkers.end(), at_rest); });
  const Sum total = sum(walkers);
  for (auto& walker : walkers) {
    if (walker->ended()) std::fprintf(stderr, "kith-bench: %s\n", walker->why().c_str());
  }
  if (!whole || pages_in_time == 0) return 1;

  const double seconds = static_cast<double>((end.at - begin.at).count()) / 1e9;
  const double cost = (end.server_s - begin.server_s) * 1e6 / static_cast<double>(pages_in_time);
  JsonLine result;
  result.text("workload", "history");
  result.count("messages", kMessages);
  result.count("window", window);
  result.number("seconds", seconds, 1);
  result.count("pages", pages_in_time);
  result.number("server_cpu_us_per_page", cost, 2);
  stage.cores(result, begin, end);
  result.count("lost", total.wrong);
  stage.print(result, "server_cpu_us_per_page", cost, 100);
  return total.wrong == 0 && answered ? 0 : 1;
}

}  // namespace kith
