#include "presence/presence_book.h"

#include <algorithm>

namespace kith {

namespace {
const Presence kHidden{.hidden = true};
}  // namespace

PresenceBook::PresenceBook(Loop& loop, LastSeen& last_seen, PresenceLinks& links, Privacy& privacy, const PresenceOptions& options)
    : loop_(loop), last_seen_(last_seen), links_(links), privacy_(privacy), options_(options) {}

PresenceBook::User& PresenceBook::entry(const UserId& user) {
  auto [place, fresh] = users_.try_emplace(user);
  if (fresh) place->second.id = &place->first;
  return place->second;
}

PresenceBook::User* PresenceBook::find(const UserId& user) {
  auto place = users_.find(user);
  return place == users_.end() ? nullptr : &place->second;
}

std::optional<Status> PresenceBook::status_of(const User& user) {
  std::optional<Status> most;
  for (const Device& device : user.devices) most = std::max(most, std::optional(device.status));
  return most;
}

void PresenceBook::drop_if_idle(User& user) {
  if (!user.devices.empty() || user.lingers || !user.watches.empty() || user.deadlines > 0 || user.queued) return;
  users_.erase(users_.find(*user.id));
}

// ------------------------------------------------------------------------------------------------------ coming and going

void PresenceBook::enter(const UserId& id, const DeviceId& device) {
  User& user = entry(id);
  auto known = std::find_if(user.devices.begin(), user.devices.end(), [&](const Device& each) { return each.id == device; });
  if (known != user.devices.end()) {
    ++known->here;
    return;
  }
  const bool came = user.devices.empty();
  user.devices.push_back({device});
  if (came) {
    if (!std::exchange(user.lingers, false)) ++online_;
    ++user.stay;
    set_deadline(user, loop_.now() + options_.online_delay, Due::settled);
  }
  touch(user);
}

void PresenceBook::leave(const UserId& id, const DeviceId& device) {
  User* user = find(id);
  if (!user) return;
  auto known = std::find_if(user->devices.begin(), user->devices.end(), [&](const Device& each) { return each.id == device; });
  if (known == user->devices.end() || --known->here > 0) return;
  user->devices.erase(known);
  if (!user->devices.empty()) return touch(*user);
  user->lingers = true;
  user->left = loop_.wall();
  user->to_announce = false;
  ++user->stay;
  scope_.spawn(last_seen_.went_offline(id, *user->left));
  set_deadline(*user, loop_.now() + options_.offline_grace, Due::gone);
}

void PresenceBook::say(const UserId& id, const DeviceId& device, Status status) {
  User* user = find(id);
  if (!user) return;
  for (Device& each : user->devices) {
    if (each.id == device) each.status = status;
  }
  touch(*user);
}

void PresenceBook::met(User& user, Due what) {
  switch (what) {
    case Due::settled:
      // Not at once: who comes and goes costs no row but that of going.
      scope_.spawn(last_seen_.is_online(*user.id));
      if (!user.announced) announce(user);
      break;
    case Due::announced:
      if (!user.announced) announce(user);
      break;
    case Due::gone:
      user.lingers = false;
      --online_;
      user.announced = false;
      queue(user);
      break;
  }
}

void PresenceBook::announce(User& user) {
  const bool first = user.announced_at.ns == 0;
  const Instant earliest = user.announced_at + options_.announce_every;
  if (!first && loop_.now() < earliest) return set_deadline(user, earliest, Due::announced);
  user.announced = user.owed = user.to_announce = true;
  user.announced_at = loop_.now();
  queue(user);
}

// ------------------------------------------------------------------------------------------------------ who may see whom

Task<bool> PresenceBook::shows(UserId user, UserId viewer) {
  if (user == viewer) co_return true;
  std::optional<ShownTo> shown_to;
  if (User* here = find(user)) shown_to = here->shown_to;
  if (!shown_to) {
    const std::uint64_t before = preferences_;
    auto asked = co_await privacy_.shown_to(user);
    if (!asked) co_return false;
    shown_to = *asked;
    if (User* here = find(user); here && before == preferences_) here->shown_to = shown_to;
  }
  if (*shown_to != ShownTo::contacts) co_return *shown_to == ShownTo::everyone;
  auto contacts = co_await privacy_.are_contacts(std::move(user), std::move(viewer));
  if (!contacts) co_return false;
  co_return *contacts;
}

void PresenceBook::preferences_changed(const UserId& id) {
  ++preferences_;
  User* user = find(id);
  if (!user) return;
  user->shown_to.reset();
  ++user->reviews;
  review_watchers(*user);
}

void PresenceBook::contact_changed(const UserId& id) {
  User* user = find(id);
  // Those to whom it makes a difference ask themselves, unless this side of it came later than theirs.
  if (!user || user->shown_to == ShownTo::everyone) return;
  ++user->reviews;
  review_watchers(*user);
}

void PresenceBook::review_watchers(User& user) {
  std::vector<News> news(links_.loops());
  for (const Watch& watch : user.watches) news[watch.loop].watchers.push_back(watch.number);
  for (std::size_t loop = 0; loop < news.size(); ++loop) {
    if (news[loop].watchers.empty()) continue;
    news[loop].user = *user.id;
    news[loop].review = true;
    std::vector<News> one;
    one.push_back(std::move(news[loop]));
    links_.tell(loop, std::move(one));
  }
}

// ------------------------------------------------------------------------------------------------------ asking

// What is true now. Notes when watchers were told something else.
Presence PresenceBook::now(User* user, const std::optional<WallTime>& seen) {
  if (!user) return {false, seen};
  const auto status = status_of(*user);
  if (status != user->told) user->doubted = true;
  if (status) return {true, std::nullopt, *status};
  return {false, user->left ? user->left : seen};
}

Task<Presence> PresenceBook::look(UserId id, UserId viewer) {
  const bool visible = co_await shows(id, std::move(viewer));
  if (!visible) co_return kHidden;
  std::optional<WallTime> seen;
  User* user = find(id);
  if (!user || (user->devices.empty() && !user->left)) {
    std::vector<UserId> one{id};
    auto rows = co_await last_seen_.of(std::move(one));
    seen = rows[0];
    user = find(id);
  }
  co_return now(user, seen);
}

PresenceBook::Watch* PresenceBook::find_watch(User& user, const WatcherId& watcher) {
  auto found = std::find_if(user.watches.begin(), user.watches.end(),
                            [&](const Watch& each) { return each.number == watcher.number && each.loop == watcher.loop; });
  return found == user.watches.end() ? nullptr : &*found;
}

Task<std::vector<Answer>> PresenceBook::answer(Inquiry inquiry) {
  // Before anything is asked: what changes meanwhile is told, behind this answer or before it.
  for (const UserId& id : inquiry.users) {
    if (inquiry.interests == 0) break;
    User& user = entry(id);
    Watch* watch = find_watch(user, inquiry.watcher);
    if (!watch && user.watches.size() < kWatchersMax)
      watch = &user.watches.emplace_back(Watch{inquiry.watcher.number, inquiry.watcher.loop});
    if (watch) watch->interests |= inquiry.interests;
  }
  const std::size_t count = inquiry.users.size();
  std::vector<bool> visible(count);
  std::vector<std::uint32_t> reviews(count);
  std::vector<UserId> unknown;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < count; ++i) {
    if (const User* before = find(inquiry.users[i])) reviews[i] = before->reviews;
    visible[i] = co_await shows(inquiry.users[i], inquiry.viewer);
    User* user = find(inquiry.users[i]);
    if (!visible[i] || (user && (!user->devices.empty() || user->left))) continue;
    unknown.push_back(inquiry.users[i]);
    places.push_back(i);
  }
  std::vector<std::optional<WallTime>> seen(count);
  if (!unknown.empty()) {
    auto rows = co_await last_seen_.of(std::move(unknown));
    for (std::size_t i = 0; i < places.size(); ++i) seen[places[i]] = rows[i];
  }
  std::vector<Answer> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    User* user = find(inquiry.users[i]);
    Watch* watch = user && inquiry.interests != 0 ? find_watch(*user, inquiry.watcher) : nullptr;
    if (watch && user->reviews != reviews[i]) {
      // Who may see the user changed meanwhile: the review asks again, and what was found before must not stand against its answer.
      out[i].presence = kHidden;
      continue;
    }
    const bool was_blind = watch ? std::exchange(watch->blind, !visible[i]) : true;
    if (visible[i]) {
      out[i].presence = now(user, seen[i]);
      if (watch && out[i].presence.online && (inquiry.interests & kArrivals)) user->owed = true;
    } else {
      out[i].presence = kHidden;
      out[i].withdrawn = !was_blind;
    }
  }
  co_return out;
}

void PresenceBook::forget(const Forget& forget) {
  for (const UserId& id : forget.users) {
    User* user = find(id);
    Watch* watch = user ? find_watch(*user, forget.watcher) : nullptr;
    if (!watch) continue;
    watch->interests &= static_cast<Interests>(~forget.interests);
    if (watch->interests != 0) continue;
    *watch = user->watches.back();
    user->watches.pop_back();
    drop_if_idle(*user);
  }
}

// ------------------------------------------------------------------------------------------------------ telling

// While a user lingers, watchers keep what they were told.
void PresenceBook::touch(User& user) {
  if (!user.lingers && (status_of(user) != user.told || user.doubted)) queue(user);
}

void PresenceBook::queue(User& user) {
  if (user.queued) return;
  if (queue_.empty()) tick_at_ = loop_.now() + options_.tick;
  user.queued = true;
  queue_.push_back(&user);
  arm();
}

void PresenceBook::set_deadline(User& user, Instant at, Due what) {
  ++user.deadlines;
  deadlines_.push({at, next_order_++, &user, user.stay, what});
  arm();
}

void PresenceBook::arm() {
  if (queue_.empty() && deadlines_.empty()) return timer_.cancel();
  Instant next = queue_.empty() ? deadlines_.top().at : tick_at_;
  if (!deadlines_.empty()) next = std::min(next, deadlines_.top().at);
  if (timer_ && armed_for_ <= next) return;
  armed_for_ = next;
  timer_ = loop_.after(std::max<Duration>(0s, next - loop_.now()), [this] { run(); });
}

void PresenceBook::run() {
  timer_.cancel();
  while (!deadlines_.empty() && deadlines_.top().at <= loop_.now()) {
    Deadline due = deadlines_.top();
    deadlines_.pop();
    --due.user->deadlines;
    if (due.stay == due.user->stay) met(*due.user, due.what);
    drop_if_idle(*due.user);
  }
  if (!queue_.empty() && tick_at_ <= loop_.now()) tell();
  arm();
}

// A loop that is late has messages to carry: presence then gets a quarter.
void PresenceBook::tell() {
  const bool late = loop_.now() - tick_at_ > options_.tick;
  const std::size_t budget = late ? options_.told_each_tick / 4 : options_.told_each_tick;
  outgoing_.resize(links_.loops());
  for (std::size_t used = 0; !queue_.empty() && used < budget;) {
    User& user = *queue_.front();
    queue_.pop_front();
    user.queued = false;
    used += tell_of(user);
    drop_if_idle(user);
  }
  counts_.deferred += queue_.size();
  tick_at_ = loop_.now() + options_.tick;
  for (std::size_t loop = 0; loop < outgoing_.size(); ++loop) {
    if (!outgoing_[loop].empty()) links_.tell(loop, std::exchange(outgoing_[loop], {}));
  }
}

// → how many watchers are told.
std::size_t PresenceBook::tell_of(User& user) {
  const auto status = status_of(user);
  const bool doubted = std::exchange(user.doubted, user.lingers && user.doubted);
  Interests told = 0;
  if (!user.lingers && (status != user.told || doubted)) told |= kChanges;
  if (status ? user.to_announce || (doubted && user.announced) : user.owed && !user.lingers) told |= kArrivals;
  if (!user.lingers) user.told = status;
  if (status) user.to_announce = false;
  if (!status && !user.lingers) user.owed = false;
  if (told == 0) return 0;
  Presence presence{status.has_value(), std::nullopt, status.value_or(Status::online)};
  if (!status) presence.since = user.left;
  std::size_t count = 0;
  for (const Watch& watch : user.watches) {
    if (watch.blind || !(watch.interests & told)) continue;
    auto& news = outgoing_[watch.loop];
    if (news.empty() || news.back().user != *user.id) news.push_back({*user.id, presence});
    news.back().watchers.push_back(watch.number);
    ++count;
  }
  counts_.told += count;
  return count;
}

}  // namespace kith
