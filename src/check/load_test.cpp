// A large good history: fast, small, and without a violation.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <sstream>

#include "check/checker.h"

namespace kith::check {
namespace {

constexpr std::uint64_t kPairs = 50;
constexpr std::uint64_t kMessages = 167'000;  // Six lines each.

// Alice k writes to Bob k in turn; Alice has one device, Bob two, and all have a feed.
class Story {
 public:
  std::string text;

  Story() {
    for (std::uint64_t k = 0; k < kPairs; ++k) {
      for (const char* process : {"a", "b", "c"}) {
        Operation o = operation(Op::start, process, k);
        std::string user = (process[0] == 'a' ? "alice" : "bob") + std::to_string(k);
        o.user = user;
        o.device = process;
        write(o, text);
        o = operation(Op::sync, process, k);
        o.phase = Phase::invoke;
        o.cursor = Cursor::own;
        o.useq = 0;
        write(o, text);
      }
    }
    for (std::uint64_t i = 0; i < kMessages; ++i) message(i % kPairs, i / kPairs + 1);
    Operation quiesced;
    quiesced.t = t_;
    quiesced.code = "quiesced";
    write(quiesced, text);
  }

 private:
  Operation operation(Op op, const char* process, std::uint64_t k) {
    process_ = process + std::to_string(k);
    conversation_ = "d_00000000000000000000000000000000" + std::to_string(k);
    Operation o;
    o.op = op;
    o.t = t_ += 1000;
    o.process = process_;
    return o;
  }

  void message(std::uint64_t k, std::uint64_t seq) {
    char id[33];
    std::snprintf(id, sizeof id, "%016llx%016llx", static_cast<unsigned long long>(seq * 7919), static_cast<unsigned long long>(k + 1));
    std::string text_hash = std::to_string(seq * 1000003 + k);
    Operation o = operation(Op::send, "a", k);
    o.phase = Phase::invoke;
    o.call = seq;
    o.conversation = conversation_;
    o.client_id = id;
    o.text = text_hash;
    o.base = seq - 1;
    write(o, text);
    o = operation(Op::send, "a", k);
    o.phase = Phase::ok;
    o.call = seq;
    o.conversation = conversation_;
    o.seq = seq;
    o.time = static_cast<std::int64_t>(1000 + seq);
    write(o, text);
    std::string alice = "alice" + std::to_string(k);
    for (const char* process : {"a", "b", "c"}) {
      o = operation(Op::event, process, k);
      o.conversation = conversation_;
      o.useq = seq;
      o.entries.push_back({seq, alice, id, text_hash, static_cast<std::int64_t>(1000 + seq), seq});
      write(o, text);
    }
    o = operation(Op::history, "b", k);
    o.phase = seq % 2 == 1 ? Phase::invoke : Phase::ok;
    o.call = seq / 2 + seq % 2;
    if (seq % 2 == 1) {
      o.conversation = conversation_;
      o.after = seq - 1;
    } else {
      std::snprintf(last_id_, sizeof last_id_, "%016llx%016llx", static_cast<unsigned long long>((seq - 1) * 7919),
                    static_cast<unsigned long long>(k + 1));
      std::string before = std::to_string((seq - 1) * 1000003 + k);
      o.entries.push_back({seq - 1, alice, last_id_, before, static_cast<std::int64_t>(999 + seq), seq - 1});
      o.more = true;
      write(o, text);
      return;
    }
    write(o, text);
  }

  std::int64_t t_ = 0;
  std::string process_;
  std::string conversation_;
  char last_id_[33];
};

TEST(Load, AMillionOperations) {
  auto story = std::make_unique<Story>();
  std::istringstream input(std::move(story->text));
  story.reset();
  auto begin = std::chrono::steady_clock::now();
  Reader reader(input);
  Checker checker;
  Operation operation;
  while (reader.next(operation)) checker.add(operation);
  Report report = checker.finish();
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("%llu operations in %.2f s, at most %ld MB\n", static_cast<unsigned long long>(report.operations), seconds,
              usage.ru_maxrss / 1024);
  EXPECT_EQ(reader.error(), "");
  EXPECT_TRUE(report.good()) << report.text();
  EXPECT_GE(report.operations, 1'000'000u);
  EXPECT_LT(seconds, 60.0);
  EXPECT_LT(usage.ru_maxrss, 3L << 20);
}

}  // namespace
}  // namespace kith::check
