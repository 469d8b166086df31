// Questions to the server, and single messages.
#include <algorithm>
#include <cstdio>

#include "front/asio_loop.h"
#include "terminal/online.h"
#include "terminal/show.h"

namespace kith::terminal {

namespace {

Result<UserId> other_user(const Account& account, const std::string& name) {
  auto user = UserId::parse(name);
  if (!user) return Failure(Code::invalid_argument, plain(name) + " is not a user id");
  if (*user == account.user) return Failure(Code::self_conversation);
  return *user;
}

class Sender final : public Online {
 public:
  using Online::Online;

  Result<Ok> begin(const UserId& to, std::string text, bool json) {
    json_ = json;
    auto id = device().send_to(to, std::move(text));
    if (!id) return id.error();
    id_ = *id;
    return Ok{};
  }

  void sent(const OutgoingMessage& message, const wire::Sent& sent) override {
    if (message.client_id == id_) {
      done_ = true;
      result_ = kFine;
      print(json_ ? ack_json(message, sent) : ack_line(sent));
    }
    end_if_all_is_sent();
  }

  void failed(const OutgoingMessage& message, const Failure& failure) override {
    if (message.client_id == id_) {
      done_ = true;
      tell(failure);
    } else {
      std::fprintf(stderr, "kith: a message to %s that was kept is refused: %s\n", message.target.c_str(), sentence(failure).c_str());
    }
    end_if_all_is_sent();
  }

 private:
  void end_if_all_is_sent() {
    if (device().unacked() == 0) finish(result_);
    // What was kept from before has a moment; then it is kept again.
    if (done_ && !moment_) moment_ = loop().after(2s, [this] { finish(result_); });
  }
  std::string left_behind() override {
    if (done_) return {};
    return "the message is kept, and sent with the next kith send or kith chat";
  }

  ClientId id_;
  Timer moment_;
  int result_ = kFailed;
  bool json_ = false, done_ = false;
};

// Pages of the list until there are enough.
class Lister final : public Online {
 public:
  using Online::Online;

  void begin(std::uint64_t limit, bool json) {
    left_ = limit;
    json_ = json;
    next_page({});
  }

 private:
  void next_page(std::string page) {
    device().conversations({static_cast<std::uint32_t>(std::min<std::uint64_t>(left_, 100)), std::move(page)},
                           [this](Result<wire::Conversations> list) { show_page(std::move(list)); });
  }

  void show_page(Result<wire::Conversations> list) {
    if (!list) return finish_with(list.error());
    for (const auto& item : list->items) {
      std::string line;
      if (json_) wire::write_json(item, line);
      print(json_ ? line + '\n' : summary_line(item));
    }
    left_ -= std::min<std::uint64_t>(left_, list->items.size());
    if (list->next.empty() || left_ == 0) return finish(kFine);
    next_page(std::move(list->next));
  }

  std::uint64_t left_ = 0;
  bool json_ = false;
};

// Pages backwards from the newest until there are enough; shown the other way round.
class Historian final : public Online {
 public:
  using Online::Online;

  void begin(std::string conversation, std::uint64_t before, std::uint64_t limit, bool json) {
    conversation_ = std::move(conversation);
    limit_ = limit;
    json_ = json;
    next_page(before);
  }

 private:
  void next_page(std::uint64_t before) {
    const auto want = static_cast<std::uint32_t>(std::min<std::uint64_t>(limit_ - entries_.size(), 200));
    device().history({conversation_, before, {}, want}, [this](Result<wire::History> page) { take(std::move(page)); });
  }

  void take(Result<wire::History> page) {
    if (!page) return finish_with(page.error());
    entries_.insert(entries_.begin(), std::make_move_iterator(page->entries.begin()), std::make_move_iterator(page->entries.end()));
    const bool more = page->more && !page->entries.empty() && entries_.size() < limit_;
    if (more) {
      const wire::Entry& first = entries_.front();
      auto* message = std::get_if<wire::Message>(&first.kind);
      auto* unknown = std::get_if<wire::Unknown>(&first.kind);
      const std::uint64_t before = message ? message->seq : unknown ? unknown->seq : 0;
      if (before > 1) return next_page(before);
    }
    for (const auto& entry : entries_) {
      std::string line;
      if (json_) wire::write_json(entry, line);
      print(json_ ? line + '\n' : history_line(entry));
    }
    finish(kFine);
  }

  std::string conversation_;
  std::vector<wire::Entry> entries_;
  std::uint64_t limit_ = 0;
  bool json_ = false;
};

int set_block(Context& context, bool blocked) {
  auto ready = get_ready(context);
  if (ready.status != kFine) return ready.status;
  auto other = other_user(ready.account, context.argument(0));
  if (!other) return tell(other.error());
  Online online(context, std::move(ready.account), ready.server, Online::Kind::question);
  online.device().block(*other, blocked, [&online](Result<wire::Done> done) {
    if (!done) return online.finish_with(done.error());
    online.finish(kFine);
  });
  return online.run();
}

}  // namespace

int send(Context& context) {
  auto ready = get_ready(context);
  if (ready.status != kFine) return ready.status;
  auto to = other_user(ready.account, context.argument(0));
  if (!to) return tell(to.error());
  std::string text;
  for (std::size_t i = 1; i < context.line.arguments.size(); ++i) text += (i > 1 ? " " : "") + context.argument(i);
  Sender sender(context, std::move(ready.account), ready.server, Online::Kind::question);
  auto begun = sender.begin(*to, std::move(text), context.line.has("json"));
  if (!begun) return tell(begun.error());
  return sender.run();
}

int list(Context& context) {
  auto limit = number(context.line, "limit", 20, 1, 1'000'000);
  if (!limit) return tell(limit.error());
  auto ready = get_ready(context);
  if (ready.status != kFine) return ready.status;
  Lister lister(context, std::move(ready.account), ready.server, Online::Kind::question);
  lister.begin(*limit, context.line.has("json"));
  return lister.run();
}

int history(Context& context) {
  auto limit = number(context.line, "limit", 50, 1, 1'000'000);
  if (!limit) return tell(limit.error());
  auto before = number(context.line, "before", 0, 1, UINT64_MAX >> 11);
  if (!before) return tell(before.error());
  auto ready = get_ready(context);
  if (ready.status != kFine) return ready.status;
  auto conversation = conversation_with(ready.account, context.argument(0));
  if (!conversation) return tell(conversation.error());
  Historian historian(context, std::move(ready.account), ready.server, Online::Kind::question);
  historian.begin(std::move(*conversation), *before, *limit, context.line.has("json"));
  return historian.run();
}

int read(Context& context) {
  auto ready = get_ready(context);
  if (ready.status != kFine) return ready.status;
  auto conversation = conversation_with(ready.account, context.argument(0));
  if (!conversation) return tell(conversation.error());
  Online online(context, std::move(ready.account), ready.server, Online::Kind::question);
  auto marked = [&online](Result<wire::Done> done) {
    if (!done) return online.finish_with(done.error());
    online.finish(kFine);
  };
  online.device().history({*conversation, 0, {}, 1}, [&online, &conversation, marked](Result<wire::History> newest) {
    if (!newest) return online.finish_with(newest.error());
    if (newest->head == 0) return online.finish(kFine);
    online.device().read(*conversation, newest->head, marked);
  });
  return online.run();
}

int block(Context& context) { return set_block(context, true); }
int unblock(Context& context) { return set_block(context, false); }

}  // namespace kith::terminal
