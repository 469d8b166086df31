// Questions to the server, and single messages.
#include <algorithm>
#include <cstdio>
#include <optional>

#include "front/asio_loop.h"
#include "terminal/content.h"
#include "terminal/conversation_name.h"
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

  // A user comes before a group of that name. What goes to a group by its title is kept only once the group is found.
  Result<Ok> begin(const std::string& to, Content content, bool json) {
    json_ = json;
    name_ = to;
    if (auto user = UserId::parse(to); user && *user != account().user) {
      auto id = device().send_to(*user, std::move(content));
      if (!id) return id.error();
      id_ = *id;
      return Ok{};
    }
    const bool self = UserId::parse(to).has_value();
    send_to_group(std::move(content),
                  self ? Failure(Code::self_conversation) : Failure(Code::not_found, "no group is called " + plain(to)));
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
      if (failure.code == Code::unknown_user && message.to_user) return send_to_group(message.content, failure);
      done_ = true;
      tell(failure);
    } else {
      std::fprintf(stderr, "kith: a message to %s that was kept is refused: %s\n", message.target.c_str(), sentence(failure).c_str());
    }
    end_if_all_is_sent();
  }

 private:
  void send_to_group(Content content, Failure otherwise) {
    id_.reset();
    find_group(device(), name_, [this, content = std::move(content), otherwise = std::move(otherwise)](Result<std::string> group) mutable {
      if (finished()) return;
      if (!group) return finish_with(group.error().code == Code::not_found ? otherwise : group.error());
      auto id = device().send_in(std::move(*group), std::move(content));
      if (!id) return finish_with(id.error());
      id_ = *id;
    });
  }

  void end_if_all_is_sent() {
    if (!done_ && !id_) return;  // The group is still to be found.
    if (device().unacked() == 0) finish(result_);
    // What was kept from before has a moment; then it is kept again.
    if (done_ && !moment_) moment_ = loop().after(2s, [this] { finish(result_); });
  }
  std::string left_behind() override {
    if (done_) return {};
    if (!id_) return "the message was not sent, and is not kept";
    return "the message is kept, and sent with the next kith send or kith chat";
  }

  std::string name_;
  std::optional<ClientId> id_;  // None: it is not known yet to whom.
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
    for (const auto& item : list->items) print(json_ ? json_line(item) : summary_line(item, loop().wall()));
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

  void begin(const std::string& name, std::uint64_t before, std::uint64_t limit, bool json) {
    limit_ = limit;
    json_ = json;
    find_conversation(device(), account().user, name, [this, before](Result<std::string> conversation) {
      if (finished()) return;
      if (!conversation) return finish_with(conversation.error());
      conversation_ = std::move(*conversation);
      next_page(before);
    });
  }

 private:
  void next_page(std::uint64_t before) {
    const auto want = static_cast<std::uint32_t>(std::min<std::uint64_t>(limit_ - entries_.size(), 200));
    device().history({conversation_, before, {}, want},
                     [this, before, want](Result<wire::History> page) { take(std::move(page), before, want); });
  }

  void take(Result<wire::History> page, std::uint64_t before, std::uint32_t want) {
    if (!page) return finish_with(page.error());
    // Of a page that was hidden as a whole, nothing tells where it began.
    const std::uint64_t end = before == 0 ? page->head + 1 : std::min(before, page->head + 1);
    const std::uint64_t begin = page->entries.empty() ? end - std::min<std::uint64_t>(end, want) : seq_of(page->entries.front());
    entries_.insert(entries_.begin(), std::make_move_iterator(page->entries.begin()), std::make_move_iterator(page->entries.end()));
    if (page->more && begin > 1 && entries_.size() < limit_) return next_page(begin);
    for (const auto& entry : entries_) print(json_ ? json_line(entry) : history_line(entry));
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
  online.device().block(*other, blocked, when_done(online));
  return online.run();
}

}  // namespace

int send(Context& context) {
  auto content = content_of(context.line, 1);
  if (!content) return tell(content.error());
  auto ready = get_ready(context);
  if (ready.status != kFine) return ready.status;
  Sender sender(context, std::move(ready.account), ready.server, Online::Kind::question);
  auto begun = sender.begin(context.argument(0), std::move(*content), context.line.has("json"));
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
  Historian historian(context, std::move(ready.account), ready.server, Online::Kind::question);
  historian.begin(context.argument(0), *before, *limit, context.line.has("json"));
  return historian.run();
}

int read(Context& context) {
  return with_conversation(context, Among::conversations, [](Online& online, const std::string& conversation) {
    online.device().history({conversation, 0, {}, 1}, [&online, conversation](Result<wire::History> newest) {
      if (!newest) return online.finish_with(newest.error());
      if (newest->head == 0) return online.finish(kFine);
      online.device().read(conversation, newest->head, when_done(online));
    });
  });
}

int look(Context& context) {
  return with_conversation(context, Among::conversations, [&](Online& online, const std::string& conversation) {
    online.device().look(conversation, [&](Result<wire::Receipts> found) {
      if (online.finished()) return;
      if (!found) return online.finish_with(found.error());
      if (context.line.has("json")) {
        print(json_line(*found));
      } else {
        for (const wire::Marks& marks : found->items) print(marks_line(marks));
      }
      online.finish(kFine);
    });
  });
}

int type(Context& context) {
  return with_conversation(context, Among::conversations,
                           [](Online& online, const std::string& conversation) { online.device().type(conversation, when_done(online)); });
}

int block(Context& context) { return set_block(context, true); }
int unblock(Context& context) { return set_block(context, false); }

}  // namespace kith::terminal
