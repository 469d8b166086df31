// The commands of a session: checks their shape, passes them on to where they belong, writes the answer.
#include <algorithm>
#include <charconv>

#include "base/bytes.h"
#include "session/session.h"
#include "store/retry.h"

namespace kith {

namespace {

constexpr std::uint32_t kHistoryDefault = 50, kHistoryMax = 200, kListDefault = 20, kListMax = 100;
constexpr Duration kConfirmEvery = 1s;

std::uint32_t limited(std::uint32_t asked, std::uint32_t standard, std::uint32_t most) {
  return asked == 0 ? standard : std::min(asked, most);
}

Failure invalid(std::string field) { return {Code::invalid_argument, std::move(field)}; }

// Where a page of the list begins: below this step, or at it and beyond this conversation.
struct ListPlace {
  Useq active;
  std::string conversation;

  static std::optional<ListPlace> parse(std::string_view text) {
    auto dot = text.find('.');
    if (dot == text.npos) return std::nullopt;
    ListPlace place{{}, std::string(text.substr(dot + 1))};
    auto [end, error] = std::from_chars(text.data(), text.data() + dot, place.active.value);
    if (error != std::errc() || end != text.data() + dot || !ConversationId::parse(place.conversation)) return std::nullopt;
    return place;
  }
  std::string text() const { return std::to_string(active.value) + '.' + conversation; }
};

}  // namespace

void Session::received(std::string_view frame) {
  if (ended_) return;
  if (!began_) {
    if (early_.size() < place_.options.commands_max) return early_.emplace_back(frame), void();
    return end(Code::too_large);
  }
  ++place_.traffic.commands;
  auto command = frames_.read(frame);
  if (!command) {
    const auto& [failure, id] = command.error();
    frames_.write_failure(id, failure);
    // A client that writes no valid frames would only go on; one that is newer than this server may.
    if (failure.code == Code::malformed) end(Code::malformed);
    return;
  }
  if (in_progress_ >= place_.options.commands_max) {
    return frames_.write_failure(command->id, {Code::busy, "too many commands in progress on this connection", 100});
  }
  std::visit(
      [&](auto& body) {
        using T = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<T, wire::Ping>) {
          frames_.write({command->id, wire::Pong{}});
        } else if constexpr (std::is_same_v<T, wire::Auth>) {
          frames_.write_failure(command->id, Code::already_authenticated);
        } else if constexpr (std::is_same_v<T, std::monostate>) {
          frames_.write_failure(command->id, Code::unknown_command);
        } else {
          carry_out(command->id, body);
        }
      },
      command->command);
}

void Session::finish(std::uint64_t re, const Result<Ok>& result) {
  --in_progress_;
  if (result) {
    frames_.write({re, wire::Done{}});
  } else {
    frames_.write_failure(re, result.error());
  }
}

// ---------------------------------------------------------------------------------------------------------------- send

void Session::carry_out(std::uint64_t re, wire::Send& send) {
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
  if (send.text.empty()) return frames_.write_failure(re, invalid("text"));
  if (send.text.size() > place_.options.text_bytes_max) return frames_.write_failure(re, {Code::too_large, "text"});
  std::optional<Seq> base;
  if (send.base_seq) base = Seq{*send.base_seq};
  ++in_progress_;
  scope_.spawn(do_send(re, *id, std::move(to), {user_, *client_id, base, std::move(send.text)}));
}

Task<void> Session::do_send(std::uint64_t re, ConversationId id, std::optional<UserId> to, SendRequest request) {
  auto receipt = co_await place_.backend.send(id, std::move(to), std::move(request));
  --in_progress_;
  if (!receipt) {
    frames_.write_failure(re, receipt.error());
    co_return;
  }
  ++(receipt->repeated ? place_.traffic.repeated : place_.traffic.acked);
  frames_.write_sent(re, *receipt);
}

void Session::carry_out(std::uint64_t re, wire::Open& open) {
  auto with = UserId::parse(open.with);
  if (!with) return frames_.write_failure(re, Code::unknown_user);
  if (*with == user_) return frames_.write_failure(re, Code::self_conversation);
  ++in_progress_;
  scope_.spawn(do_open(re, std::move(*with)));
}

Task<void> Session::do_open(std::uint64_t re, UserId with) {
  auto id = ConversationId::direct(user_, with);
  auto head = co_await place_.backend.open_direct(id, user_, with);
  --in_progress_;
  if (head) {
    frames_.write({re, wire::Opened{id.text(), with.text(), head->value}});
  } else {
    frames_.write_failure(re, head.error());
  }
}

// ------------------------------------------------------------------------------------------------------------- reading

void Session::carry_out(std::uint64_t re, wire::GetHistory& get) {
  auto id = ConversationId::parse(get.conversation);
  if (!id) return frames_.write_failure(re, Code::not_found);
  if (get.before != 0 && get.after) return frames_.write_failure(re, invalid("before and after"));
  std::optional<Seq> before, after;
  if (get.before != 0) before = Seq{get.before};
  if (get.after) after = Seq{*get.after};
  ++in_progress_;
  scope_.spawn(do_history(re, *id, before, after, limited(get.limit, kHistoryDefault, kHistoryMax)));
}

Task<void> Session::do_history(std::uint64_t re, ConversationId id, std::optional<Seq> before, std::optional<Seq> after,
                               std::uint32_t limit) {
  auto page = co_await place_.backend.history(id, user_, before, after, limit);
  --in_progress_;
  if (!page) {
    frames_.write_failure(re, page.error());
    co_return;
  }
  frames_.write_history(re, id, *page);
}

void Session::carry_out(std::uint64_t re, wire::GetConversations& get) {
  ++in_progress_;
  scope_.spawn(do_conversations(re, limited(get.limit, kListDefault, kListMax), std::move(get.page)));
}

Task<void> Session::do_conversations(std::uint64_t re, std::uint32_t limit, std::string page) {
  auto result = co_await list(limit, std::move(page));
  --in_progress_;
  if (result) {
    frames_.write({re, std::move(*result)});
  } else {
    frames_.write_failure(re, result.error());
  }
}

Task<Result<wire::Conversations>> Session::list(std::uint32_t limit, std::string page) {
  std::optional<ListPlace> place;
  if (!page.empty()) {
    place = ListPlace::parse(page);
    if (!place) co_return invalid("page");
  }
  auto inbox = co_await place_.inboxes.acquire(user_);
  if (!inbox) co_return inbox.error();
  auto all = co_await (*inbox)->conversations();
  if (!all) co_return all.error();
  std::vector<std::pair<ConversationState, std::string>> named;
  for (ConversationState& state : *all) {
    std::string text = state.conversation.text();
    if (place && (state.active > place->active || (state.active == place->active && text <= place->conversation))) continue;
    named.emplace_back(std::move(state), std::move(text));
  }
  auto newer = [](const auto& a, const auto& b) {
    return a.first.active != b.first.active ? a.first.active > b.first.active : a.second < b.second;
  };
  std::size_t count = std::min<std::size_t>(limit, named.size());
  std::partial_sort(named.begin(), named.begin() + static_cast<std::ptrdiff_t>(count), named.end(), newer);
  std::vector<LogPlace> places;
  for (std::size_t i = 0; i < count; ++i) {
    const ConversationState& state = named[i].first;
    places.push_back({log_id(state.conversation), state.message, state.message_epoch});
  }
  auto last = co_await place_.store.read_rows(std::move(places));
  if (!last) co_return to_failure(last.error());
  wire::Conversations out;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& [state, text] = named[i];
    wire::ConversationSummary item{text, state.with.text(), state.reached.value, state.unread(), state.read.value, {}};
    if (auto& row = (*last)[i]) item.last = to_wire(state.conversation, decode(std::move(*row)));
    out.items.push_back(std::move(item));
  }
  if (count < named.size() && count > 0) out.next = ListPlace{named[count - 1].first.active, named[count - 1].second}.text();
  co_return out;
}

// --------------------------------------------------------------------------------------------------------------- marks

void Session::carry_out(std::uint64_t re, wire::Read& read) {
  auto id = ConversationId::parse(read.conversation);
  if (!id) return frames_.write_failure(re, Code::not_found);
  if (read.seq == 0) return frames_.write_failure(re, invalid("seq"));
  ++in_progress_;
  scope_.spawn(do_read(re, *id, {read.seq}));
}

Task<void> Session::do_read(std::uint64_t re, ConversationId id, Seq seq) {
  auto point = co_await place_.backend.point(id, user_, seq);
  if (!point) {
    finish(re, point.error());
    co_return;
  }
  auto inbox = co_await place_.inboxes.acquire(user_);
  Result<Ok> done = Failure{Code::unavailable};
  if (inbox) done = co_await (*inbox)->read(id, *point);
  finish(re, done);
}

void Session::carry_out(std::uint64_t re, wire::Block& block) {
  auto other = UserId::parse(block.user);
  if (!other) return frames_.write_failure(re, Code::unknown_user);
  if (*other == user_) return frames_.write_failure(re, Code::self_conversation);
  ++in_progress_;
  scope_.spawn(do_block(re, std::move(*other), block.blocked));
}

Task<void> Session::do_block(std::uint64_t re, UserId other, bool blocked) {
  auto id = ConversationId::direct(user_, other);
  auto done = co_await place_.backend.block(id, user_, std::move(other), blocked);
  finish(re, done);
}

// No reply, whatever happens: a confirmation that is lost is followed by a later one.
void Session::carry_out(std::uint64_t, wire::Confirm& confirm) {
  confirmed_ = std::max(confirmed_, std::min(Useq{confirm.useq}, position_));
  if (confirmed_ == confirmed_written_ || confirm_later_) return;
  // The first of a second is written at once, the last of it at its end.
  Instant now = place_.loop.now();
  Duration since = now - confirm_at_;
  if (confirm_at_.ns == 0 || since >= kConfirmEvery) {
    confirm_at_ = now;
    scope_.spawn(write_confirmed());
    return;
  }
  confirm_later_ = place_.loop.after(kConfirmEvery - since, [this] {
    confirm_later_.cancel();
    confirm_at_ = place_.loop.now();
    scope_.spawn(write_confirmed());
  });
}

// Beside the device's own row, in a partition that no user id can name.
Task<void> Session::write_confirmed() {
  confirmed_written_ = confirmed_;
  std::string value;
  ByteWriter(value).varint(confirmed_.value);
  std::vector<Row> rows{{device_.text(), std::move(value)}};
  auto put = co_await place_.store.put(RowTable::devices, user_.text() + "/confirmed", std::move(rows));
  (void)put;
}

}  // namespace kith
