// Who is online.
#include "limits/sizes.h"
#include "session/commands.h"

namespace kith {

namespace {

Result<std::vector<UserId>> read_users(const std::vector<std::string>& texts, std::size_t most) {
  if (texts.size() > most) return Failure{Code::limit_reached, "users"};
  std::vector<UserId> out;
  for (const std::string& text : texts) {
    auto user = UserId::parse(text);
    if (!user) return Failure{Code::invalid_argument, "users"};
    out.push_back(std::move(*user));
  }
  return out;
}

}  // namespace

void Commands::carry_out(std::uint64_t re, wire::GetPresence& get) {
  auto users = read_users(get.users, kPresenceMax);
  if (!users) return frames_.write_failure(re, users.error());
  ++in_progress_;
  scope_.spawn(users->empty() ? do_presence_of_contacts(re) : do_presence(re, std::move(*users)));
}

Task<void> Commands::do_presence(std::uint64_t re, std::vector<UserId> users) {
  auto items = co_await place_.watchers.pull(user_, std::move(users));
  ended();
  frames_.write_presences(re, items);
}

Task<void> Commands::do_presence_of_contacts(std::uint64_t re) {
  auto asking = live_ ? watcher().watch_contacts() : place_.watchers.pull_contacts(user_);
  auto items = co_await asking;
  ended();
  if (items) {
    frames_.write_presences(re, *items);
  } else {
    frames_.write_failure(re, items.error());
  }
}

void Commands::carry_out(std::uint64_t re, wire::Viewport& viewport) {
  auto users = read_users(viewport.users, kViewportMax);
  if (!users) return frames_.write_failure(re, users.error());
  ++in_progress_;
  scope_.spawn(do_viewport(re, std::move(*users)));
}

Task<void> Commands::do_viewport(std::uint64_t re, std::vector<UserId> users) {
  auto items = co_await watcher().watch(std::move(users));
  ended();
  frames_.write_presences(re, items);
}

// Presence is the first to go: half of what a connection may have unsent is kept for messages.
Watcher& Commands::watcher() {
  KITH_ASSERT(live_);
  if (!watcher_) {
    watcher_ = std::make_unique<Watcher>(place_.watchers, user_, [this](const std::vector<PresenceItem>& items) {
      if (frames_.transport().unsent() > place_.options.unsent_max / 2) return false;
      frames_.write_presences(0, items);
      return true;
    });
  }
  return *watcher_;
}

void Commands::carry_out(std::uint64_t re, wire::SetStatus& set) {
  if (device_.empty()) return frames_.write_failure(re, {Code::invalid_argument, "this token names no device"});
  if (set.status != "online" && set.status != "idle" && set.status != "away")
    return frames_.write_failure(re, {Code::invalid_argument, "status"});
  const Status status = set.status == "online" ? Status::online : set.status == "idle" ? Status::idle : Status::away;
  place_.presence_book.say(user_, device_, status);
  frames_.write({re, wire::Done{}});
}

}  // namespace kith
