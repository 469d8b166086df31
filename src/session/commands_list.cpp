// The list of conversations: which they are, what each shows, a page at a time.
#include <algorithm>
#include <charconv>

#include "contacts/contacts.h"
#include "session/commands.h"
#include "store/retry.h"

namespace kith {

namespace {

constexpr std::uint32_t kListDefault = 20, kListMax = 100;

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

void Commands::carry_out(std::uint64_t re, wire::GetConversations& get) {
  ++in_progress_;
  scope_.spawn(do_conversations(re, get.limit == 0 ? kListDefault : std::min(get.limit, kListMax), std::move(get.page)));
}

Task<void> Commands::do_conversations(std::uint64_t re, std::uint32_t limit, std::string page) {
  auto result = co_await list(limit, std::move(page));
  --in_progress_;
  if (result) {
    frames_.write({re, std::move(*result)});
  } else {
    frames_.write_failure(re, result.error());
  }
}

Task<Result<wire::Conversations>> Commands::list(std::uint32_t limit, std::string page) {
  std::optional<ListPlace> place;
  if (!page.empty()) {
    place = ListPlace::parse(page);
    if (!place) co_return Failure{Code::invalid_argument, "page"};
  }
  auto inbox = co_await place_.inboxes.acquire(user_);
  if (!inbox) co_return inbox.error();
  co_await (*inbox)->arrivals();
  auto all = co_await (*inbox)->conversations();
  if (!all) co_return all.error();
  wire::Conversations out;
  WallTime now = place_.loop.wall();
  for (const ConversationState& state : *all) {
    if (!state.settings.archived && state.settings.muted_until <= now) out.badge += state.unread();
  }
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
  std::vector<RowKey> group_keys;
  std::vector<EntryId> shown;
  for (std::size_t i = 0; i < count; ++i) {
    const ConversationState& state = named[i].first;
    places.push_back({log_id(state.conversation), state.message, state.message_epoch});
    group_keys.push_back(group_key(state.conversation));
    shown.push_back({state.conversation, state.message});
  }
  auto groups = co_await place_.store.multi_get(std::move(group_keys));
  if (!groups) co_return to_failure(groups.error());
  auto last = co_await place_.store.read_rows(std::move(places));
  if (!last) co_return to_failure(last.error());
  std::vector<bool> requests;
  for (std::size_t i = 0; i < count; ++i) {
    auto request = co_await place_.contacts.is_request(user_, named[i].first);
    if (!request) co_return request.error();
    requests.push_back(*request);
  }
  // The rows were read beside the conversations: what was deleted meanwhile must not come back. Nothing is waited for after this.
  auto deleted = co_await place_.backend.deleted_lately(std::move(shown));
  for (std::size_t i = 0; i < count; ++i) {
    const auto& [state, text] = named[i];
    wire::ConversationSummary item{text, state.with.text(), state.reached.value, state.unread(), state.read.value, {}};
    item.cleared = state.cleared.value;
    item.request = requests[i];
    if (state.mentioned > std::max({state.read, state.own, state.cleared, state.joined})) item.mentioned = state.mentioned.value;
    if (state.settings != Settings{}) item.settings = to_wire(state.conversation, state.settings);
    if (auto& row = (*last)[i]; row && state.shows(state.message)) {
      auto entry = std::make_shared<Entry>(decode(std::move(*row)));
      if (deleted[i] > entry->version) entry->erase(deleted[i]);
      item.last = to_wire(state.conversation, *as_seen_up_to(state.present() ? kStillHere : state.left, std::move(entry)));
    }
    // Who left does not learn what the group is called since.
    if (!state.conversation.is_direct() && state.present()) {
      auto group = (*groups)[i] ? decode_group(*(*groups)[i]) : std::nullopt;
      if (group) item.title = std::move(group->title);
    }
    out.items.push_back(std::move(item));
  }
  if (count < named.size() && count > 0) out.next = ListPlace{named[count - 1].first.active, named[count - 1].second}.text();
  co_return out;
}

}  // namespace kith
