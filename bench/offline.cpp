// offline: a user comes back after another one has written 1,000 messages. From `auth` to the last body: pages, and the hole in front of
// what they bring inline, asked for by pages of history all at once.
#include <algorithm>
#include <cstdio>

#include "bench/load_client.h"
#include "wire/json_reader.h"
#include "wire/wire.gen.h"

namespace kith {

namespace {

constexpr std::uint64_t kMessages = 1000, kHistoryPage = 200;
constexpr std::size_t kTextBytes = 100;

class Writer final : public LoadClient {
 public:
  Writer(Stage& stage, std::string user, std::string to) : LoadClient(stage, std::move(user), "bench"), to_(std::move(to)) {}
  void begin() {
    while (sent_ < kMessages && sent_ - acked_ < 64) send();
  }
  bool done() const { return acked_ == kMessages; }

 private:
  void send() {
    wire::Send send;
    send.target = wire::Send::To{to_};
    for (int i = 0; i < 2; ++i) append_id(send.client_id);
    send.base_seq = 0;
    send.text = "message " + std::to_string(++sent_) + " ";
    send.text.resize(kTextBytes, 'x');
    std::string command;
    wire::write_json(wire::Command{sent_ + 1, std::move(send)}, command);
    write(command);
  }
  void append_id(std::string& out) {
    char digits[17];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(stage().loop().random().next()));
    out += digits;
  }
  void frame(const FrameHead& head, std::string_view) override {
    if (head.kind != "sent") return;  // Events of its own messages.
    ++acked_;
    begin();
  }

  const std::string to_;
  std::uint64_t sent_ = 0, acked_ = 0;
};

class Returner final : public LoadClient {
 public:
  Returner(Stage& stage, std::string user) : LoadClient(stage, std::move(user), "bench"), got_(kMessages + 1) {}

  void begin() {
    begun_ = stage().loop().now();
    authenticate();
  }
  bool done() const { return count_ == kMessages && synced(); }
  Duration took() const { return last_ - begun_; }
  std::uint64_t missing() const { return kMessages - count_; }
  std::uint64_t repeated() const { return repeated_; }

 private:
  void frame(const FrameHead& head, std::string_view text) override {
    if (head.kind == "page") return page(text);
    if (head.kind != "history") return fail("unexpected " + std::string(text.substr(0, 200)));
    while (auto seq = next_number(text, "\"seq\":")) got(*seq, text_after(text, "\"text\":\""));
  }

  void page(std::string_view text) {
    auto read = reader_.frame(text);
    auto* page = read ? std::get_if<wire::Page>(&read->body) : nullptr;
    if (!page) return fail("a page that cannot be read");
    for (const wire::Change& change : page->changes) {
      std::uint64_t first = change.to + 1;
      for (const wire::Entry& entry : change.entries) {
        const auto* message = std::get_if<wire::Message>(&entry.kind);
        if (!message) return fail("a page without its messages");
        first = std::min(first, message->seq);
        got(message->seq, message->text);
      }
      for (std::uint64_t after = change.from; after + 1 < first; after += kHistoryPage) {
        ask(change.conversation, after, std::min(kHistoryPage, first - 1 - after));
      }
    }
  }

  void ask(const std::string& conversation, std::uint64_t after, std::uint64_t limit) {
    std::string command;
    wire::write_json(wire::Command{++id_, wire::GetHistory{conversation, 0, after, static_cast<std::uint32_t>(limit)}}, command);
    write(command);
  }

  void got(std::uint64_t seq, std::string_view text) {
    if (seq == 0 || seq > kMessages || text.size() != kTextBytes || !text.starts_with("message " + std::to_string(seq) + " ")) {
      return fail("a message that nobody sent");
    }
    if (got_[seq]) {
      ++repeated_;
      return;
    }
    got_[seq] = true;
    if (++count_ == kMessages) last_ = stage().loop().now();
  }

  wire::JsonReader reader_;
  std::vector<bool> got_;
  std::uint64_t count_ = 0, repeated_ = 0, id_ = 1;
  Instant begun_, last_;
};

struct Rounds {
  std::vector<std::unique_ptr<Writer>> writers;
  std::vector<std::unique_ptr<Returner>> returners;
};

// Users that have been here once, and 1,000 messages for each of them that came while they were not.
bool prepare(Stage& stage, Rounds& rounds, unsigned count) {
  std::vector<LoadClient*> all;
  for (unsigned i = 0; i < count; ++i) {
    const std::string returner = "returner-" + std::to_string(i);
    rounds.returners.push_back(std::make_unique<Returner>(stage, returner));
    rounds.writers.push_back(std::make_unique<Writer>(stage, "writer-" + std::to_string(i), returner));
    all.push_back(rounds.returners.back().get());
    all.push_back(rounds.writers.back().get());
  }
  if (!connect_all(stage, all)) return false;
  for (auto& returner : rounds.returners) returner->disconnect();
  if (!stage.driver().run_for(500ms)) return false;
  for (auto& writer : rounds.writers) writer->begin();
  auto done = [](const auto& writer) { return writer->done(); };
  const bool written = stage.driver().run_until(60s, [&] { return std::all_of(rounds.writers.begin(), rounds.writers.end(), done); });
  if (!written) std::fprintf(stderr, "kith-bench: not all messages were acknowledged\n");
  for (auto& writer : rounds.writers) writer->disconnect();
  stage.settle();
  return written;
}

}  // namespace

int run_offline(Stage& stage) {
  const unsigned count = 41;
  Rounds rounds;
  if (!prepare(stage, rounds, count)) return 1;
  std::vector<double> ms;
  std::uint64_t lost = 0, repeated = 0;
  double server_s = 0;
  for (auto& returner : rounds.returners) {
    returner->wait_before_auth();
    returner->connect();
    if (!stage.driver().run_until(5s, [&] { return returner->greeted() || returner->ended(); })) return 1;
    if (!stage.driver().run_for(20ms)) return 1;
    const Usage begin = stage.usage();
    returner->begin();
    stage.driver().run_until(10s, [&] { return returner->done() || returner->ended(); });
    stage.driver().run_for(20ms);
    server_s += stage.usage().server_s - begin.server_s;
    lost += returner->missing();
    repeated += returner->repeated();
    if (returner->ended()) std::fprintf(stderr, "kith-bench: %s\n", returner->why().c_str());
    if (returner->missing() == 0) ms.push_back(static_cast<double>(returner->took().count()) / 1e6);
    returner->disconnect();
    if (stage.driver().interrupted()) return 1;
  }
  if (ms.empty()) return 1;
  std::sort(ms.begin(), ms.end());
  JsonLine result;
  result.text("workload", "offline");
  result.count("messages", kMessages);
  result.count("repetitions", ms.size());
  result.number("ms_to_last", ms[ms.size() / 2], 2);
  result.number("server_cpu_us_per_delivery", server_s * 1e6 / static_cast<double>(kMessages * count), 2);
  result.count("lost", lost);
  result.count("duplicated", repeated);
  stage.print(result, "ms_to_last", ms[ms.size() / 2], 10);
  return lost == 0 && repeated == 0 ? 0 : 1;
}

}  // namespace kith
