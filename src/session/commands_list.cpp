// The list of conversations: which they are, what each shows, a page at a time.
#include <algorithm>
#include <charconv>

#include "contacts/contacts.h"
#include "limits/sizes.h"
#include "session/commands.h"
#include "store/retry.h"

namespace kith {

namespace {

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

struct Commands::Line {
  ConversationState state;
  std::string text;     // Of its id.
  std::string title{};  // Of a group.
  std::shared_ptr<Entry> last{};
  Seq horizon = kStillHere;  // Up to where changes of messages are the user's to see.
  bool request = false;
};

void Commands::carry_out(std::uint64_t re, wire::GetConversations& get) {
  ++in_progress_;
  scope_.spawn(do_conversations(re, kConversationsPage.rows(get.limit), std::move(get.page)));
}

Task<void> Commands::do_conversations(std::uint64_t re, std::uint32_t limit, std::string page) {
  auto result = co_await list(limit, std::move(page));
  ended();
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
  std::vector<Line> named;
  for (ConversationState& state : *all) {
    std::string text = state.conversation.text();
    if (place && (state.active > place->active || (state.active == place->active && text <= place->conversation))) continue;
    named.push_back({std::move(state), std::move(text)});
  }
  auto newer = [](const Line& a, const Line& b) {
    return a.state.active != b.state.active ? a.state.active > b.state.active : a.text < b.text;
  };
  std::size_t count = std::min<std::size_t>(limit, named.size());
  std::partial_sort(named.begin(), named.begin() + static_cast<std::ptrdiff_t>(count), named.end(), newer);
  bool more = count < named.size();
  named.resize(count);
  auto read = co_await read_lines(named);
  if (!read) co_return read.error();
  for (Line& line : named) out.items.push_back(summary(line));
  if (more && count > 0) out.next = ListPlace{named.back().state.active, named.back().text}.text();
  co_return out;
}

wire::ConversationSummary Commands::summary(Line& line) {
  const ConversationState& state = line.state;
  wire::ConversationSummary item{line.text, state.with.text(), state.reached.value, state.unread(), state.read.value, {}};
  item.cleared = state.cleared.value;
  item.request = line.request;
  if (state.mentioned > std::max({state.read, state.own, state.cleared, state.joined})) item.mentioned = state.mentioned.value;
  if (state.settings != Settings{}) item.settings = to_wire(state.conversation, state.settings);
  if (line.last && state.shows(state.message)) {
    item.last = to_wire(state.conversation, *as_seen_up_to(line.horizon, std::move(line.last)));
  }
  item.title = std::move(line.title);
  return item;
}

// The rows are read beside the conversations, and may tell of more than has reached this inbox.
Task<Result<Ok>> Commands::read_lines(std::vector<Line>& lines) {
  std::vector<LogPlace> places;
  std::vector<RowKey> group_keys;
  std::vector<EntryId> shown;
  for (const Line& line : lines) {
    places.push_back({log_id(line.state.conversation), line.state.message, line.state.message_epoch});
    group_keys.push_back(group_key(line.state.conversation));
    shown.push_back({line.state.conversation, line.state.message});
  }
  auto groups = co_await place_.store.multi_get(std::move(group_keys));
  if (!groups) co_return to_failure(groups.error());
  auto last = co_await place_.store.read_rows(std::move(places));
  if (!last) co_return to_failure(last.error());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    Line& line = lines[i];
    if ((*last)[i]) line.last = std::make_shared<Entry>(decode(std::move(*(*last)[i])));
    auto group = (*groups)[i] ? decode_group(*(*groups)[i]) : std::nullopt;
    auto limited = co_await limit_to_member(line, std::move(group));
    if (!limited) co_return limited.error();
    auto request = co_await place_.contacts.is_request(user_, line.state);
    if (!request) co_return request.error();
    line.request = *request;
  }
  // What was deleted meanwhile must not come back. Nothing is waited for after this.
  auto deleted = co_await place_.backend.deleted_lately(std::move(shown));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].last && deleted[i] > lines[i].last->version) lines[i].last->erase(deleted[i]);
  }
  co_return Ok{};
}

// Who left a group does not learn what it is called since, or what became of its messages.
Task<Result<Ok>> Commands::limit_to_member(Line& line, std::optional<GroupRow> group) {
  const ConversationState& state = line.state;
  if (state.conversation.is_direct()) co_return Ok{};
  if (!state.present()) {
    line.horizon = state.left;
    co_return Ok{};
  }
  if (group) line.title = std::move(group->title);
  // The end of a membership may be among what has not reached this inbox yet.
  const Seq newest = std::max(group ? group->changed : Seq{0}, line.last ? line.last->version : Seq{0});
  if (newest <= state.reached) co_return Ok{};
  auto now = co_await place_.backend.group(state.conversation, user_);
  if (!now && info(now.error().code).outcome == Outcome::retry) co_return now.error();
  if (!now) {
    // A group that cannot be opened must not hide the others.
    line.title.clear();
    line.horizon = state.reached;
    co_return Ok{};
  }
  if (now->role) co_return Ok{};
  line.title.clear();
  line.horizon = now->head;
  co_return Ok{};
}

}  // namespace kith
