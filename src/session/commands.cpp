#include <algorithm>

#include "base/plant.h"
#include "contacts/contacts.h"
#include "limits/cost.h"
#include "limits/sizes.h"
#include "session/commands.h"

namespace kith {

namespace {

Failure invalid(std::string field) { return {Code::invalid_argument, std::move(field)}; }

// What a send gives besides its text.
Result<Details> sent_details(wire::Send& send, wire::JsonReader& reader) {
  constexpr std::size_t kMentionsMax = 50, kAttachmentsMax = 10, kUrlMax = 1024, kNameMax = 255, kTypeMax = 127, kDataMax = 8192;
  Details out;
  out.reply_to = {send.reply_to};
  if (send.mentions.size() > kMentionsMax) return Failure{Code::limit_reached, "mentions"};
  for (const std::string& mention : send.mentions) {
    auto user = UserId::parse(mention);
    if (!user) return invalid("mentions");
    if (std::find(out.mentions.begin(), out.mentions.end(), *user) == out.mentions.end()) out.mentions.push_back(std::move(*user));
  }
  if (send.attachments.size() > kAttachmentsMax) return Failure{Code::limit_reached, "attachments"};
  for (wire::Attachment& a : send.attachments) {
    bool good = a.url.starts_with("https://") && a.url.size() <= kUrlMax && a.name.size() <= kNameMax && a.type.size() <= kTypeMax;
    if (!good || !printable(a.url) || !printable(a.name) || !printable(a.type)) return invalid("attachments");
    out.attachments.push_back({std::move(a.url), std::move(a.name), std::move(a.type), a.size});
  }
  if (!send.kind.empty() && !DeviceId::parse(send.kind)) return invalid("kind");  // The same alphabet and length.
  if (!send.data.empty() && (send.kind.empty() || !reader.is_object(send.data))) return invalid("data");
  if (send.data.size() > kDataMax) return Failure{Code::too_large, "data"};
  out.kind = std::move(send.kind);
  out.data = std::move(send.data);
  return out;
}

}  // namespace

void Commands::carry_out(wire::Command& command) {
  if (auto refused = meter_.admit(cost_of(command))) {
    frames_.write_failure(command.id, *refused);
    if (!meter_.heeded()) frames_.transport().close(Code::rate_limited);
    return;
  }
  if (in_progress_ + held_.size() >= place_.options.commands_max) {
    return frames_.write_failure(command.id, {Code::busy, "too many commands in progress on this connection", 100});
  }
  if (behind_) return held_.push_back(std::move(command)), void();
  begin(command);
}

void Commands::begin(wire::Command& command) {
  if (in_progress_ > 0 && std::holds_alternative<wire::Block>(command.command)) {
    // Messages that were sent before a block must not meet it.
    behind_ = waits_ = true;
    return held_.push_front(std::move(command));
  }
  std::visit(
      [&](auto& body) {
        using T = std::decay_t<decltype(body)>;
        if constexpr (requires { carry_out(command.id, body); }) {
          carry_out(command.id, body);
        } else if constexpr (std::is_same_v<T, std::monostate>) {
          frames_.write_failure(command.id, Code::unknown_command);
        } else {
          KITH_ASSERT(!"a command of the connection itself");
        }
      },
      command.command);
}

// One command less is in progress.
void Commands::ended() {
  if (--in_progress_ == 0 && std::exchange(waits_, false)) go_on();
}

void Commands::go_on() {
  behind_ = false;
  while (!held_.empty() && !behind_) {
    wire::Command next = std::move(held_.front());
    held_.pop_front();
    begin(next);
  }
}

void Commands::finish(std::uint64_t re, const Result<Ok>& result) {
  ended();
  if (result) {
    frames_.write({re, wire::Done{}});
  } else {
    frames_.write_failure(re, result.error());
  }
}

// ---------------------------------------------------------------------------------------------------------------- send

void Commands::carry_out(std::uint64_t re, wire::Send& send) {
  std::optional<ConversationId> id;
  std::optional<UserId> to;
  if (auto* user = std::get_if<wire::Send::To>(&send.target)) {
    to = UserId::parse(user->value);
    if (!to) return frames_.write_failure(re, Code::unknown_user);
    if (*to == user_) return frames_.write_failure(re, Code::self_conversation);
    id = ConversationId::direct(user_, *to);
  } else if (auto* conversation = std::get_if<wire::Send::Conversation>(&send.target)) {
    id = ConversationId::parse(conversation->value);
    if (!id) return frames_.write_failure(re, Code::not_found);
  } else {
    return frames_.write_failure(re, invalid("to or conversation"));
  }
  auto client_id = ClientId::parse(send.client_id);
  if (!client_id) return frames_.write_failure(re, invalid("clientId"));
  auto details = sent_details(send, place_.reader);
  if (!details) return frames_.write_failure(re, details.error());
  if (send.text.empty() && details->attachments.empty() && details->kind.empty()) return frames_.write_failure(re, invalid("text"));
  if (send.text.size() > place_.options.text_bytes_max) return frames_.write_failure(re, {Code::too_large, "text"});
  std::optional<Seq> base;
  if (send.base_seq) base = Seq{*send.base_seq};
  ++in_progress_;
  scope_.spawn(do_send(re, *id, std::move(to), {user_, *client_id, base, std::move(send.text), std::move(*details)}));
}

Task<void> Commands::do_send(std::uint64_t re, ConversationId id, std::optional<UserId> to, SendRequest request) {
  auto receipt = co_await place_.backend.send(id, std::move(to), std::move(request));
  ended();
  if (!receipt) {
    frames_.write_failure(re, receipt.error());
    co_return;
  }
  ++(receipt->repeated ? place_.traffic.repeated : place_.traffic.acked);
  frames_.write_sent(re, *receipt);
}

void Commands::carry_out(std::uint64_t re, wire::Open& open) {
  auto with = UserId::parse(open.with);
  if (!with) return frames_.write_failure(re, Code::unknown_user);
  if (*with == user_) return frames_.write_failure(re, Code::self_conversation);
  ++in_progress_;
  scope_.spawn(do_open(re, std::move(*with)));
}

Task<void> Commands::do_open(std::uint64_t re, UserId with) {
  auto id = ConversationId::direct(user_, with);
  auto head = co_await place_.backend.open_direct(id, user_, with);
  ended();
  if (head) {
    frames_.write({re, wire::Opened{id.text(), with.text(), head->value}});
  } else {
    frames_.write_failure(re, head.error());
  }
}

// ------------------------------------------------------------------------------------------------------------- reading

void Commands::carry_out(std::uint64_t re, wire::GetHistory& get) {
  auto id = ConversationId::parse(get.conversation);
  if (!id) return frames_.write_failure(re, Code::not_found);
  if (get.before != 0 && get.after) return frames_.write_failure(re, invalid("before and after"));
  std::optional<Seq> before, after;
  if (get.before != 0) before = Seq{get.before};
  if (get.after) after = Seq{*get.after};
  ++in_progress_;
  scope_.spawn(do_history(re, *id, before, after, kHistoryPage.rows(get.limit)));
}

Task<void> Commands::do_history(std::uint64_t re, ConversationId id, std::optional<Seq> before, std::optional<Seq> after,
                                std::uint32_t limit) {
  // What the user took out of their own view is known where the user lives, not where the conversation does.
  Result<ConversationState> view = Failure{Code::unavailable};
  auto inbox = co_await place_.inboxes.acquire(user_);
  if (inbox) view = co_await (*inbox)->view(id);
  if (view && after) after = std::max(*after, view->cleared);
  Result<HistoryPage> page = Failure{Code::unavailable};
  if (view) page = co_await place_.backend.history(id, user_, before, after, limit);
  ended();
  if (!page) {
    frames_.write_failure(re, page.error());
    co_return;
  }
  if (!after && !page->entries.empty() && page->entries.front()->seq <= view->cleared) page->more = false;
  if (std::any_of(page->entries.begin(), page->entries.end(), [&](const EntryPtr& entry) { return !view->shows(entry->seq); })) {
    page->from = page->entries.front()->seq;  // Else a client could not go on behind a page of which everything is hidden.
    page->to = page->entries.back()->seq;
  }
  if (!planted(Plant::cleared_comes_back)) {
    std::erase_if(page->entries, [&](const EntryPtr& entry) { return !view->shows(entry->seq); });
  }
  if (planted(Plant::page_ends_on_filter) && page->entries.empty()) page->more = false;
  frames_.write_history(re, id, *page);
}

// --------------------------------------------------------------------------------------------------------------- marks

void Commands::carry_out(std::uint64_t re, wire::Read& read) { at_point(re, read.conversation, {read.seq}, OwnView::read); }

void Commands::carry_out(std::uint64_t re, wire::Clear& clear) { at_point(re, clear.conversation, {clear.seq}, OwnView::cleared); }

void Commands::carry_out(std::uint64_t re, wire::Hide& hide) { at_point(re, hide.conversation, {hide.seq}, OwnView::hidden); }

void Commands::at_point(std::uint64_t re, std::string_view conversation, Seq seq, OwnView what) {
  auto id = ConversationId::parse(conversation);
  if (!id) return frames_.write_failure(re, Code::not_found);
  if (seq == Seq{0}) return frames_.write_failure(re, invalid("seq"));
  ++in_progress_;
  scope_.spawn(do_at_point(re, *id, seq, what));
}

Task<void> Commands::do_at_point(std::uint64_t re, ConversationId id, Seq seq, OwnView what) {
  auto point = co_await place_.backend.point(id, user_, seq);  // not_found if there is no such entry for this user.
  if (!point) {
    finish(re, point.error());
    co_return;
  }
  auto inbox = co_await place_.inboxes.acquire(user_);
  Result<Ok> done = Failure{Code::unavailable};
  if (inbox && what == OwnView::read) done = co_await (*inbox)->read(id, *point);
  if (inbox && what == OwnView::cleared) done = co_await (*inbox)->clear(id, *point);
  if (inbox && what == OwnView::hidden) done = co_await (*inbox)->hide(id, seq);
  finish(re, done);
}

void Commands::carry_out(std::uint64_t re, wire::Configure& configure) {
  auto id = ConversationId::parse(configure.conversation);
  if (!id) return frames_.write_failure(re, Code::not_found);
  ++in_progress_;
  behind_ = true;  // Of two wishes the later one counts, also when the conversation must be read first.
  scope_.spawn(do_configure(re, *id, std::move(configure)));
}

Task<void> Commands::do_configure(std::uint64_t re, ConversationId id, wire::Configure wish) {
  auto inbox = co_await place_.inboxes.acquire(user_);
  Result<Ok> done = Ok{};
  if (!inbox) {
    done = inbox.error();
  } else {
    Fn<void(Settings&)> change = [wish = std::move(wish), now = place_.loop.wall()](Settings& settings) {
      if (wish.muted_until.ms != 0) settings.muted_until = wish.muted_until > now ? wish.muted_until : WallTime{};
      settings.pinned = wish.pinned.value_or(settings.pinned);
      settings.archived = wish.archived.value_or(settings.archived);
    };
    done = co_await (*inbox)->configure(id, std::move(change));
  }
  finish(re, done);
  go_on();
}

void Commands::carry_out(std::uint64_t re, wire::Block& block) {
  auto other = UserId::parse(block.user);
  if (!other) return frames_.write_failure(re, Code::unknown_user);
  if (*other == user_) return frames_.write_failure(re, Code::self_conversation);
  ++in_progress_;
  behind_ = true;  // What is said behind it meets the block, or meets none any more.
  scope_.spawn(do_block(re, std::move(*other), block.blocked));
}

Task<void> Commands::do_block(std::uint64_t re, UserId other, bool blocked) {
  auto done = co_await place_.contacts.block(user_, std::move(other), blocked);
  finish(re, done);
  go_on();
}

}  // namespace kith
