// `kith watch`: everything that happens to the user, as JSON, in order and without holes.
#include <deque>
#include <map>
#include <variant>

#include "front/asio_loop.h"
#include "terminal/online.h"
#include "terminal/show.h"

namespace kith::terminal {

namespace {

constexpr std::uint32_t kPage = 200;  // Entries of one question for what is missing.

std::string conversation_of(const wire::Entry& entry) {
  return std::visit(
      [](const auto& body) -> std::string {
        if constexpr (requires { body.conversation; }) return body.conversation;
        return {};
      },
      entry.kind);
}

class Watch final : public Online {
 public:
  using Online::Online;

  void begin(std::uint64_t count, std::uint64_t seconds) {
    count_ = count;
    if (seconds != 0) end_ = loop().after(std::chrono::seconds(seconds), [this] { finish(kFine); });
  }

  void message(const wire::Message& message) override { take(message.conversation, wire::Entry{message}); }
  void entry(const wire::Entry& entry) override { take(conversation_of(entry), entry); }

  // What comes behind a hole waits until the hole is filled, and so does the position.
  void hole(const Hole& hole) override {
    device().hold(true);
    auto& queue = held_[hole.conversation].queue;
    queue.emplace_back(hole);
    if (queue.size() == 1) fill(hole.conversation);
  }

  void read(const wire::ReadMark& mark) override { print(event_json(mark)); }
  void cleared(const wire::ClearMark& mark) override { print(event_json(mark)); }
  void hidden(const wire::Hidden& mark) override { print(event_json(mark)); }
  void settings(const wire::Settings& settings) override { print(event_json(settings)); }
  void contact(const wire::Contact& contact) override { print(event_json(contact)); }
  void resync(const wire::Resync& resync) override { print(event_json("resync", resync.reason)); }
  void state(DeviceState state, const Failure& why) override {
    if (state == DeviceState::live) print(event_json("state", "live"));
    if (state == DeviceState::waiting) print(event_json("state", "waiting"));
    Online::state(state, why);
  }

 private:
  struct Held {
    std::deque<std::variant<Hole, wire::Entry>> queue;  // Begins with the hole that is being filled.
    Timer again;
  };

  void take(const std::string& conversation, const wire::Entry& entry) {
    auto held = held_.find(conversation);
    if (held != held_.end()) {
      held->second.queue.emplace_back(entry);
    } else {
      show(entry);
    }
  }

  void show(const wire::Entry& entry) {
    print(event_json(entry));
    if (!std::holds_alternative<wire::Message>(entry.kind)) return;
    // Whatever came with the N-th is printed too: the position lies behind it.
    if (count_ != 0 && ++shown_ >= count_) loop().defer([this] { finish(kFine); });
  }

  void fill(const std::string& conversation) {
    const auto& hole = std::get<Hole>(held_[conversation].queue.front());
    device().history({conversation, 0, hole.after, kPage}, [this, conversation](Result<wire::History> page) {
      if (finished()) return;
      auto& [queue, again] = held_[conversation];
      auto& front = std::get<Hole>(queue.front());
      if (!page && info(page.error().code).outcome != Outcome::fail) {
        again = loop().after(1s, [this, conversation] { fill(conversation); });
        return;
      }
      if (page) {
        const std::uint64_t before = front.after;
        for (const auto& entry : page->entries) {
          const std::uint64_t seq = seq_of(entry);
          if (seq <= front.after || seq > front.last) continue;
          front.after = seq;
          if (!std::holds_alternative<wire::Unknown>(entry.kind)) show(entry);
        }
        // All of the page was hidden by the user: it is not known where it ended, but how far it reached at least.
        if (page->entries.empty() && page->more) front.after += kPage;
        if (front.after != before && front.after < front.last) return fill(conversation);
      }
      queue.pop_front();
      drain(conversation);
    });
  }

  void drain(const std::string& conversation) {
    auto& queue = held_[conversation].queue;
    while (!queue.empty()) {
      if (std::holds_alternative<Hole>(queue.front())) return fill(conversation);
      show(std::get<wire::Entry>(queue.front()));
      queue.pop_front();
    }
    held_.erase(conversation);
    if (held_.empty()) device().hold(false);
  }

  std::map<std::string, Held> held_;
  std::uint64_t count_ = 0, shown_ = 0;
  Timer end_;
};

}  // namespace

int watch(Context& context) {
  auto count = number(context.line, "count", 0, 1, UINT64_MAX >> 11);
  if (!count) return tell(count.error());
  auto seconds = number(context.line, "for", 0, 1, 1'000'000'000);
  if (!seconds) return tell(seconds.error());
  auto ready = get_ready(context);
  if (ready.status != kFine) return ready.status;
  Watch watch(context, std::move(ready.account), ready.server, Online::Kind::listener);
  watch.begin(*count, *seconds);
  return watch.run();
}

}  // namespace kith::terminal
