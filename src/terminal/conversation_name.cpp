#include "terminal/conversation_name.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include "terminal/show.h"

namespace kith::terminal {

namespace {

constexpr std::size_t kToldMax = 5;

std::string folded(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// Keeps the groups of the list until all pages are there.
struct Search {
  Device& device;
  std::string name;
  Device::Answer<std::string> answer;
  std::vector<wire::ConversationSummary> groups;
};

void search(std::shared_ptr<Search> state, std::string page) {
  Device& device = state->device;
  device.conversations({100, std::move(page)}, [state](Result<wire::Conversations> list) {
    if (!list) return state->answer(list.error());
    for (auto& item : list->items) {
      if (!item.title.empty()) state->groups.push_back(std::move(item));
    }
    if (!list->next.empty()) return search(state, std::move(list->next));
    state->answer(pick_group(state->groups, state->name));
  });
}

void search_titles(Device& device, std::string name, Device::Answer<std::string> answer) {
  search(std::make_shared<Search>(Search{device, std::move(name), std::move(answer), {}}), {});
}

}  // namespace

Result<std::string> pick_group(std::span<const wire::ConversationSummary> groups, std::string_view name) {
  const std::string wanted = folded(name);
  std::vector<const wire::ConversationSummary*> whole, part;
  for (const auto& group : groups) {
    const std::string title = folded(group.title);
    if (title == wanted) whole.push_back(&group);
    if (title.find(wanted) != title.npos) part.push_back(&group);
  }
  const auto& found = whole.empty() ? part : whole;
  if (found.empty() || wanted.empty()) return Failure(Code::not_found, "no conversation with " + std::string(name) + ", and no such group");
  if (found.size() == 1) return found.front()->conversation;
  std::string told = std::string(name) + " may be ";
  for (std::size_t i = 0; i < std::min(found.size(), kToldMax); ++i) {
    told += (i == 0 ? "" : ", ") + found[i]->title + " (" + found[i]->conversation + ")";
  }
  return Failure(Code::invalid_argument, told + (found.size() > kToldMax ? " …" : ""));
}

void find_group(Device& device, const std::string& name, Device::Answer<std::string> answer) {
  if (ConversationId::parse(name)) return answer(name);
  search_titles(device, name, std::move(answer));
}

void find_conversation(Device& device, const UserId& me, const std::string& name, Device::Answer<std::string> answer) {
  if (ConversationId::parse(name)) return answer(name);
  auto user = UserId::parse(name);
  if (!user || *user == me) {
    return search_titles(device, name, [self = user.has_value(), answer = std::move(answer)](Result<std::string> found) mutable {
      const bool nothing = !found && found.error().code == Code::not_found;
      answer(self && nothing ? Result<std::string>(Failure(Code::self_conversation)) : std::move(found));
    });
  }
  const std::string direct = ConversationId::direct(me, *user).text();
  // One question tells whether it exists; the list may be long.
  device.history({direct, 0, {}, 1}, [&device, name, direct, answer = std::move(answer)](Result<wire::History> history) mutable {
    if (history) return answer(direct);
    if (history.error().code != Code::not_found) return answer(history.error());
    search_titles(device, name, std::move(answer));
  });
}

int with_conversation(Context& context, Among among, std::function<void(Online&, const std::string&)> deed) {
  auto ready = get_ready(context);
  if (ready.status != kFine) return ready.status;
  const UserId me = ready.account.user;
  Online online(context, std::move(ready.account), ready.server, Online::Kind::question);
  auto found = [&online, &deed](Result<std::string> conversation) {
    if (online.finished()) return;
    if (!conversation) return online.finish_with(conversation.error());
    deed(online, *conversation);
  };
  if (among == Among::groups) {
    find_group(online.device(), context.argument(0), found);
  } else {
    find_conversation(online.device(), me, context.argument(0), found);
  }
  return online.run();
}

Device::Answer<wire::Done> when_done(Online& online) {
  return [&online](Result<wire::Done> done) {
    if (!done) return online.finish_with(done.error());
    online.finish(kFine);
  };
}

Device::Answer<wire::Changed> when_changed(Online& online, bool json) {
  return [&online, json](Result<wire::Changed> changed) {
    if (online.finished()) return;
    if (!changed) return online.finish_with(changed.error());
    print(json ? json_line(*changed) : changed_line(*changed));
    online.finish(kFine);
  };
}

Result<std::uint64_t> seq_argument(const std::string& text) {
  const std::string_view digits = std::string_view(text).substr(text.starts_with('#') ? 1 : 0);
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value == 0 || value > UINT64_MAX >> 11) {
    return Failure(Code::invalid_argument, plain(text) + " is not the number of a message; kith history shows them");
  }
  return value;
}

}  // namespace kith::terminal
