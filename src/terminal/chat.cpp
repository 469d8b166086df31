// `kith chat`: two people, line by line.
#include <unistd.h>

#include <cstdio>
#include <optional>
#include <set>

#include "front/asio_loop.h"
#include "terminal/line_input.h"
#include "terminal/online.h"
#include "terminal/show.h"

namespace kith::terminal {

namespace {

constexpr std::uint32_t kShownBefore = 10;  // Messages from before, at the start.

class Chat final : public Online {
 public:
  using Online::Online;

  void begin(const UserId& other, Duration wait) {
    other_ = other;
    wait_ = wait;
    conversation_ = ConversationId::direct(account().user, other).text();
    // Tells at once whether there is such a user, rather than at the first message.
    device().open(other, [this](Result<wire::Opened> opened) {
      if (!opened) return finish_with(opened.error());
      ask_history();
    });
    input_.emplace(
        loop(), [this](std::string line) { typed(std::move(line)); }, [this] { input_ended(); });
  }

  void message(const wire::Message& message) override {
    if (own_.contains(message.client_id)) return;  // Shown with its ack.
    if (message.conversation != conversation_) {
      print('[' + message.from + "] " + message_line(message));
    } else if (!history_shown_) {
      early_.push_back(message);
    } else {
      show(message);
    }
  }

  void sent(const OutgoingMessage& message, const wire::Sent& sent) override {
    // While the history is still to come it is going to be among it.
    own_.insert(message.client_id.text());
    print(clock(sent.time) + " ✓ " + (message.target == other_.text() ? "" : "to " + message.target + ": ") + plain(message.text) + '\n');
    end_when_sent();
  }

  void failed(const OutgoingMessage& message, const Failure& failure) override {
    print("✗ " + plain(message.text) + " — " + sentence(failure) + '\n');
    refused_ = true;
    end_when_sent();
  }

  void hole(const Hole& hole) override {
    const std::string where = hole.conversation == conversation_ ? other_.text() : hole.conversation;
    print("(" + std::to_string(hole.last - hole.after) + " older messages: kith history " + where + ")\n");
  }

 private:
  void ask_history() {
    device().history({conversation_, 0, {}, kShownBefore}, [this](Result<wire::History> history) {
      if (finished()) return;
      if (history) {
        for (const auto& entry : history->entries) {
          if (auto* message = std::get_if<wire::Message>(&entry.kind); message && !own_.contains(message->client_id)) show(*message);
        }
      }
      history_shown_ = true;
      for (const auto& message : std::exchange(early_, {})) show(message);
    });
  }

  void show(const wire::Message& message) {
    if (message.seq <= shown_) return;
    shown_ = message.seq;
    print(message_line(message));
    if (message.from != account().user.text()) read_later();
  }

  // Whoever has the conversation open reads it; one mark a second is enough.
  void read_later() {
    if (reading_ || !::isatty(STDOUT_FILENO)) return;
    reading_ = loop().after(1s, [this] {
      reading_.cancel();
      device().read(conversation_, shown_, [](Result<wire::Done>) {});
    });
  }

  void typed(std::string line) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) return;
    auto kept = device().send_to(other_, std::move(line));
    if (!kept) {
      refused_ = true;
      print("✗ " + sentence(kept.error()) + '\n');
    } else {
      own_.insert(kept->text());
    }
  }

  void input_ended() {
    ended_ = true;
    if (device().unacked() != 0) give_up_after(wait_);
    end_when_sent();
  }

  void end_when_sent() {
    if (ended_ && device().unacked() == 0) finish(refused_ ? kFailed : kFine);
  }

  std::string left_behind() override {
    const auto count = device().unacked();
    return count == 0 ? "" : std::to_string(count) + " messages are kept, and sent with the next kith send or kith chat";
  }

  UserId other_;
  std::string conversation_;
  Duration wait_{0};
  std::optional<LineInput> input_;
  std::set<std::string> own_;  // Client ids of what was typed here.
  std::vector<wire::Message> early_;
  std::uint64_t shown_ = 0;
  Timer reading_;
  bool history_shown_ = false, ended_ = false, refused_ = false;
};

}  // namespace

int chat(Context& context) {
  auto wait = number(context.line, "wait", 15, 1, 86'400);
  if (!wait) return tell(wait.error());
  auto ready = get_ready(context);
  if (ready.status != kFine) return ready.status;
  auto other = UserId::parse(context.argument(0));
  if (!other) return tell({Code::invalid_argument, plain(context.argument(0)) + " is not a user id"});
  if (*other == ready.account.user) return tell(Code::self_conversation);
  Chat chat(context, std::move(ready.account), ready.server, Online::Kind::listener);
  chat.begin(*other, std::chrono::seconds(*wait));
  return chat.run();
}

}  // namespace kith::terminal
