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
  auto asking = wishes_ ? wishes_->watcher().watch_contacts() : place_.watchers.pull_contacts(user_);
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
  auto asking = wishes_ ? wishes_->watcher().watch(std::move(users)) : place_.watchers.pull(user_, std::move(users));
  auto items = co_await asking;
  ended();
  frames_.write_presences(re, items);
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
