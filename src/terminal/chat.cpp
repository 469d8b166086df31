// `kith chat`: one conversation, line by line.
#include <unistd.h>

#include <cstdio>
#include <map>
#include <optional>
#include <set>

#include "front/asio_loop.h"
#include "terminal/chat_line.h"
#include "terminal/chat_marks.h"
#include "terminal/content.h"
#include "terminal/conversation_name.h"
#include "terminal/line_input.h"
#include "terminal/show.h"

namespace kith::terminal {

namespace {

constexpr std::uint32_t kShownBefore = 10;  // Entries from before, at the start.
constexpr Duration kAttendEvery = 4min;     // The server forgets who looks after 10 minutes, and whom somebody views after 5.
constexpr Duration kWriting = 6s;           // How long somebody counts as writing.

class Chat final : public Online {
 public:
  using Online::Online;

  void begin(const std::string& name, Duration wait) {
    name_ = name;
    wait_ = wait;
    learn_titles();
    auto user = UserId::parse(name);
    if (!user || *user == account().user) {
      return find_conversation(device(), account().user, name, [this](Result<std::string> found) { settle_found(std::move(found)); });
    }
    user_ = *user;
    // Tells at once whether there is such a user, rather than at the first message.
    device().open(*user_, [this](Result<wire::Opened> opened) {
      if (finished()) return;
      if (opened) return settle(std::move(opened->conversation));
      if (opened.error().code != Code::unknown_user || input_) return finish_with(opened.error());
      find_group(device(), name_, [this, unknown = opened.error()](Result<std::string> found) {
        if (found) user_.reset();
        const bool nothing = !found && found.error().code == Code::not_found;
        settle_found(nothing ? Result<std::string>(unknown) : std::move(found));
      });
    });
  }

  void state(DeviceState state, const Failure& why) override {
    // What is typed while the server is away is kept, for whom a user's name names.
    if (state == DeviceState::waiting && user_) settle(ConversationId::direct(account().user, *user_).text());
    if (state == DeviceState::live && away_) say_status("/away");  // The server forgets it with the connection.
    if (state == DeviceState::live) attend();
    Online::state(state, why);
  }

  void message(const wire::Message& message) override {
    if (!own_.contains(message.client_id)) take(message.conversation, message.from, wire::Entry{message});  // Else shown with its ack.
  }

  void entry(const wire::Entry& entry) override {
    if (auto* group = std::get_if<wire::GroupChange>(&entry.kind); group && !group->title.empty()) {
      titles_[group->conversation] = group->title;
    }
    std::visit(
        [&](const auto& body) {
          if constexpr (requires { body.from; }) take(body.conversation, body.from, entry);
        },
        entry.kind);
  }

  void sent(const OutgoingMessage& message, const wire::Sent& sent) override {
    // While the history is still to come it is going to be among it.
    own_.insert(message.client_id.text());
    const bool here = sent.conversation == conversation_;
    print(clock(sent.time) + " ✓ #" + std::to_string(sent.seq) + ' ' + (here ? "" : "to " + name_of(message) + ": ") +
          content_line(message.content) + '\n');
    if (here) marks_.said(sent.seq);
    tell_marks();
    if (here && !looking_) attend();  // Before the first message there was nothing to look at.
    end_when_done();
  }

  void failed(const OutgoingMessage& message, const Failure& failure) override {
    print("✗ " + content_line(message.content) + " — " + sentence(failure) + '\n');
    refused_ = true;
    end_when_done();
  }

  void hole(const Hole& hole) override {
    const std::string where = hole.conversation == conversation_ ? name_ : hole.conversation;
    print("(" + std::to_string(hole.last - hole.after) + " older entries: kith history " + plain(where) + ")\n");
  }

  void receipts(const wire::Receipts& receipts) override {
    if (receipts.conversation != conversation_) return;
    marks_.heard(receipts);
    tell_marks();
  }

  void typing(const wire::Typing& typing) override {
    if (typing.conversation != conversation_ || typing.user == account().user.text()) return;
    const Instant now = loop().now();
    auto [writer, is_new] = writing_until_.try_emplace(typing.user, now);
    const bool told = !is_new && now < writer->second;
    writer->second = typing.stopped ? now : now + kWriting;
    if (!typing.stopped && !told) print('(' + typing.user + " is writing)\n");
  }

  void presence(const wire::Presence& presence) override {
    if (!user_ || presence.user != user_->text() || presence == presence_) return;
    presence_ = presence;
    print('(' + presence_words(presence) + ")\n");
  }

 private:
  // ---- which conversation

  void settle_found(Result<std::string> found) {
    if (finished()) return;
    if (!found) return finish_with(found.error());
    settle(std::move(*found));
  }

  void settle(std::string conversation) {
    if (input_) return;
    conversation_ = std::move(conversation);
    auto id = ConversationId::parse(conversation_);
    marks_.in_group(!id || !id->is_direct());
    ask_history();
    attend();
    input_.emplace(
        loop(), [this](std::string line) { typed(line); }, [this] { input_ended(); });
  }

  void ask_history() {
    device().history({conversation_, 0, {}, kShownBefore}, [this](Result<wire::History> history) {
      if (finished()) return;
      // Of a user nothing need be there yet.
      if (!history && !user_ && info(history.error().code).outcome == Outcome::fail) return finish_with(history.error());
      if (history) {
        for (const auto& entry : history->entries) {
          auto* message = std::get_if<wire::Message>(&entry.kind);
          if (!message || !own_.contains(message->client_id)) show(entry);
        }
      }
      history_shown_ = true;
      for (const auto& entry : std::exchange(early_, {})) show(entry);
      tell_marks();
    });
  }

  // The marks, the typing and the presence of the others, from now on.
  void attend() {
    if (conversation_.empty() || device().state() != DeviceState::live) return;
    attend_again_ = loop().after(kAttendEvery, [this] { attend(); });
    device().look(conversation_, [this](Result<wire::Receipts> found) {
      if (finished() || !found) return;
      looking_ = true;
      receipts(*found);
    });
    if (!user_) return;
    device().view({user_->text()}, [this](Result<wire::Presences> found) {
      if (finished() || !found) return;
      for (const wire::Presence& item : found->items) presence(item);
    });
  }

  // What happens elsewhere is told by the name of that place. Of those beyond the first page the id will do.
  void learn_titles() {
    device().conversations({100, {}}, [this](Result<wire::Conversations> list) {
      if (!list) return;
      for (auto& item : list->items) titles_[item.conversation] = std::move(item.with.empty() ? item.title : item.with);
    });
  }

  std::string name_of(const OutgoingMessage& message) const { return message.to_user ? message.target : title_of(message.target); }
  std::string title_of(const std::string& conversation) const {
    auto found = titles_.find(conversation);
    return found == titles_.end() || found->second.empty() ? conversation : plain(found->second);
  }

  // ---- what comes

  void take(const std::string& conversation, const std::string& from, wire::Entry entry) {
    if (conversation != conversation_) {
      auto id = ConversationId::parse(conversation);
      const bool direct = id && id->is_direct() && from != account().user.text();
      print('[' + (direct ? from : title_of(conversation)) + "] " + entry_line(entry));
    } else if (!history_shown_) {
      early_.push_back(std::move(entry));
    } else {
      show(entry);
    }
  }

  void show(const wire::Entry& entry) {
    const std::uint64_t seq = seq_of(entry);
    if (seq <= shown_) return;
    shown_ = seq;
    print(entry_line(entry));
    auto* message = std::get_if<wire::Message>(&entry.kind);
    if (!message) return;
    if (message->from == account().user.text()) return marks_.said(seq);
    writing_until_.erase(message->from);
    read_later();
  }

  void tell_marks() {
    if (history_shown_) print(marks_.news());
  }

  // Whoever has the conversation open reads it; one mark a second is enough.
  void read_later() {
    if (reading_ || !::isatty(STDOUT_FILENO)) return;
    reading_ = loop().after(1s, [this] {
      reading_.cancel();
      device().read(conversation_, shown_, [](Result<wire::Done>) {});
    });
  }

  // ---- what is typed

  void typed(const std::string& text) {
    const ChatLine line = read_chat_line(text);
    switch (line.kind) {
      case ChatLine::Kind::nothing:
        return;
      case ChatLine::Kind::message:
      case ChatLine::Kind::reply:
        return say({line.text, line.seq, mentions_in(line.text)});
      case ChatLine::Kind::attach:
        return say_with_file(line.text);
      case ChatLine::Kind::edit:
        return change(text, wire::Edit{conversation_, line.seq, line.text});
      case ChatLine::Kind::erase:
        return change(text, wire::Delete{conversation_, line.seq});
      case ChatLine::Kind::react:
      case ChatLine::Kind::take_back:
        return change(text, wire::React{conversation_, line.seq, line.text, line.kind == ChatLine::Kind::take_back});
      case ChatLine::Kind::members:
        return show_members(text);
      case ChatLine::Kind::away:
      case ChatLine::Kind::back:
        away_ = line.kind == ChatLine::Kind::away;
        return say_status(text);
      case ChatLine::Kind::help:
        return print(chat_help());
      case ChatLine::Kind::wrong:
        return refuse(line.text);
    }
  }

  void say_with_file(const std::string& words) {
    const auto space = std::min(words.find(' '), words.size());
    auto file = attachment_of(std::string_view(words).substr(0, space));
    if (!file) return refuse(file.error().detail);
    const std::string text = words.substr(std::min(space + 1, words.size()));
    say({text, 0, mentions_in(text), {std::move(*file)}});
  }

  void say(Content content) {
    auto kept = user_ ? device().send_to(*user_, std::move(content)) : device().send_in(conversation_, std::move(content));
    if (!kept) return refuse(sentence(kept.error()));
    own_.insert(kept->text());
  }

  // Told when it comes, like the changes of others.
  void change(const std::string& line, Device::LogChange command) {
    ++asked_;
    device().change(std::move(command), [this, line](Result<wire::Changed> changed) {
      --asked_;
      if (finished()) return;
      if (!changed) {
        refuse(plain(line) + " — " + sentence(changed.error()));
      } else if (changed->seq == 0) {
        print(changed_line(*changed));
      }
      end_when_done();
    });
  }

  void show_members(const std::string& line) {
    ++asked_;
    device().members({conversation_, 200, {}}, [this, line](Result<wire::Members> members) {
      --asked_;
      if (finished()) return;
      if (members) {
        print(member_names(*members));
      } else {
        refuse(plain(line) + " — " + sentence(members.error()));
      }
      end_when_done();
    });
  }

  void say_status(const std::string& line) {
    ++asked_;
    device().say_status(away_ ? "away" : "online", [this, line](Result<wire::Done> done) {
      --asked_;
      if (finished()) return;
      if (!done) refuse(plain(line) + " — " + sentence(done.error()));
      end_when_done();
    });
  }

  void refuse(const std::string& why) {
    refused_ = true;
    print("✗ " + why + '\n');
  }

  void input_ended() {
    ended_ = true;
    if (device().unacked() != 0 || asked_ != 0) give_up_after(wait_);
    end_when_done();
  }

  void end_when_done() {
    if (ended_ && device().unacked() == 0 && asked_ == 0) finish(refused_ ? kFailed : kFine);
  }

  std::string left_behind() override {
    const auto count = device().unacked();
    return count == 0 ? "" : std::to_string(count) + " messages are kept, and sent with the next kith send or kith chat";
  }

  std::string name_;
  std::optional<UserId> user_;  // None: a group, or a conversation by its id.
  std::string conversation_;    // Empty until it is found.
  Duration wait_{0};
  std::optional<LineInput> input_;
  std::set<std::string> own_;  // Client ids of what was typed here.
  std::map<std::string, std::string> titles_;
  std::vector<wire::Entry> early_;
  ChatMarks marks_;
  std::map<std::string, Instant> writing_until_;
  std::optional<wire::Presence> presence_;
  std::uint64_t shown_ = 0;
  std::size_t asked_ = 0;  // Commands without answer.
  Timer reading_, attend_again_;
  bool looking_ = false, history_shown_ = false, ended_ = false, refused_ = false, away_ = false;
};

}  // namespace

int chat(Context& context) {
  auto wait = number(context.line, "wait", 15, 1, 86'400);
  if (!wait) return tell(wait.error());
  auto ready = get_ready(context);
  if (ready.status != kFine) return ready.status;
  if (context.argument(0) == ready.account.user.text()) return tell(Code::self_conversation);
  Chat chat(context, std::move(ready.account), ready.server, Online::Kind::listener);
  chat.begin(context.argument(0), std::chrono::seconds(*wait));
  return chat.run();
}

}  // namespace kith::terminal
