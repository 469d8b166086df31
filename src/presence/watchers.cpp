#include "presence/watchers.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace kith {

namespace {

bool contains(const std::vector<UserId>& sorted, const UserId& user) { return std::binary_search(sorted.begin(), sorted.end(), user); }

std::vector<UserId> sorted(std::vector<UserId> users) {
  std::sort(users.begin(), users.end());
  users.erase(std::unique(users.begin(), users.end()), users.end());
  return users;
}

// Those of `all` that are not in `others`; both ascending.
std::vector<UserId> without(const std::vector<UserId>& all, const std::vector<UserId>& others) {
  std::vector<UserId> out;
  std::set_difference(all.begin(), all.end(), others.begin(), others.end(), std::back_inserter(out));
  return out;
}

// Those of `all` that are in `others` too, which is ascending.
std::vector<UserId> within(const std::vector<UserId>& all, const std::vector<UserId>& others) {
  std::vector<UserId> out;
  std::copy_if(all.begin(), all.end(), std::back_inserter(out), [&](const UserId& user) { return contains(others, user); });
  return out;
}

std::vector<PresenceItem> visible_of(std::vector<UserId>& users, const std::vector<Answer>& answers) {
  std::vector<PresenceItem> out;
  for (std::size_t i = 0; i < users.size(); ++i) {
    if (!answers[i].presence.hidden) out.push_back({std::move(users[i]), answers[i].presence});
  }
  return out;
}

}  // namespace

Watchers::Watchers(Loop& loop, PresenceBook& book, PresenceLinks& links, Privacy& privacy, const PresenceOptions& options)
    : loop_(loop), book_(book), links_(links), privacy_(privacy), options_(options) {}

// ------------------------------------------------------------------------------------------------------ asking

Task<std::vector<UserId>> Watchers::shown_to_all(UserId viewer, std::vector<UserId> users) {
  std::vector<UserId> out;
  for (UserId& user : users) {
    const bool shown = co_await book_.shows(viewer, user);
    if (shown) out.push_back(std::move(user));
  }
  co_return out;
}

Task<std::vector<Answer>> Watchers::ask(UserId viewer, std::vector<UserId> users, WatcherId watcher, Interests interests) {
  std::vector<Inquiry> of_loop(links_.loops());
  std::vector<std::vector<std::size_t>> places(links_.loops());
  for (std::size_t i = 0; i < users.size(); ++i) {
    const std::size_t loop = links_.home(users[i]);
    of_loop[loop].users.push_back(std::move(users[i]));
    places[loop].push_back(i);
  }
  std::vector<std::pair<std::size_t, Future<std::vector<Answer>>>> asked;
  for (std::size_t loop = 0; loop < of_loop.size(); ++loop) {
    Inquiry& inquiry = of_loop[loop];
    if (inquiry.users.empty()) continue;
    inquiry.viewer = viewer;
    inquiry.watcher = watcher;
    inquiry.interests = interests;
    asked.emplace_back(loop, links_.inquire(loop, std::move(inquiry)));
  }
  std::vector<Answer> out(users.size());
  for (auto& [loop, future] : asked) {
    auto answers = co_await future;
    for (std::size_t i = 0; i < answers.size(); ++i) out[places[loop][i]] = answers[i];
  }
  co_return out;
}

Task<std::vector<PresenceItem>> Watchers::pull(UserId viewer, std::vector<UserId> users) {
  auto shown = co_await shown_to_all(viewer, std::move(users));
  const WatcherId nobody;
  auto answers = co_await ask(std::move(viewer), shown, nobody, 0);
  co_return visible_of(shown, answers);
}

Task<Result<std::vector<PresenceItem>>> Watchers::pull_contacts(UserId viewer) {
  auto contacts = co_await privacy_.contacts(viewer, kContactsMax);
  if (!contacts) co_return contacts.error();
  auto items = co_await pull(std::move(viewer), std::move(*contacts));
  co_return items;
}

void Watchers::forget(WatcherId watcher, std::vector<UserId> users, Interests interests) {
  std::vector<Forget> of_loop(links_.loops());
  for (UserId& user : users) of_loop[links_.home(user)].users.push_back(std::move(user));
  for (std::size_t loop = 0; loop < of_loop.size(); ++loop) {
    if (of_loop[loop].users.empty()) continue;
    of_loop[loop].watcher = watcher;
    of_loop[loop].interests = interests;
    links_.forget(loop, std::move(of_loop[loop]));
  }
}

// ------------------------------------------------------------------------------------------------------ news

void Watchers::heard(std::vector<News> news) {
  std::vector<Watcher*> touched;
  std::vector<std::pair<Watcher*, UserId>> reviews;
  for (const News& each : news) {
    for (std::uint64_t number : each.watchers) {
      auto found = watchers_.find(number);
      if (found == watchers_.end()) continue;
      if (each.review) {
        reviews.emplace_back(found->second, each.user);
        continue;
      }
      if (found->second->held_.empty()) touched.push_back(found->second);
      found->second->take({each.user, each.presence});
    }
  }
  for (Watcher* watcher : touched) flush(*watcher);
  for (auto& [watcher, user] : reviews) {
    std::vector<UserId> one{std::move(user)};
    watcher->scope_.spawn(watcher->review(std::move(one)));
  }
}

void Watchers::flush(Watcher& watcher) {
  if (watcher.held_.empty()) return;
  if (watcher.show_(watcher.held_)) {
    watcher.held_.clear();
    return;
  }
  if (std::exchange(watcher.pressed_, true)) return;
  pressed_.push_back(watcher.number_);
  if (!retry_) retry_ = loop_.after(options_.tick, [this] { retry(); });
}

void Watchers::retry() {
  retry_.cancel();
  for (std::uint64_t number : std::exchange(pressed_, {})) {
    auto found = watchers_.find(number);
    if (found == watchers_.end()) continue;
    found->second->pressed_ = false;
    flush(*found->second);
  }
}

void Watchers::preferences_changed(const UserId& user) {
  auto [first, last] = by_user_.equal_range(user);
  for (auto each = first; each != last; ++each) {
    Watcher& watcher = *each->second;
    std::vector<UserId> all = watcher.contacts_;
    all.insert(all.end(), watcher.viewport_.begin(), watcher.viewport_.end());
    watcher.scope_.spawn(watcher.review(sorted(std::move(all))));
  }
}

void Watchers::contact_changed(const UserId& user, const UserId& other) {
  auto [first, last] = by_user_.equal_range(user);
  for (auto each = first; each != last; ++each) each->second->scope_.spawn(each->second->contact_changed(other));
}

// ------------------------------------------------------------------------------------------------------ one connection

Watcher::Watcher(Watchers& home, const UserId& viewer, Fn<bool(const std::vector<PresenceItem>&)> show)
    : home_(home), viewer_(viewer), number_(home.next_number_++), show_(std::move(show)) {
  home_.watchers_.emplace(number_, this);
  home_.by_user_.emplace(viewer_, this);
}

Watcher::~Watcher() {
  home_.forget(id(), std::move(contacts_), kArrivals);
  home_.forget(id(), std::move(viewport_), kChanges);
  home_.watchers_.erase(number_);
  auto [first, last] = home_.by_user_.equal_range(viewer_);
  home_.by_user_.erase(std::find_if(first, last, [&](const auto& each) { return each.second == this; }));
}

WatcherId Watcher::id() const { return {number_, static_cast<std::uint32_t>(home_.links_.here())}; }

Task<Result<std::vector<PresenceItem>>> Watcher::watch_contacts() {
  contacts_wanted_ = true;
  auto listed = co_await home_.privacy_.contacts(viewer_, Watchers::kContactsMax);
  if (!listed) co_return listed.error();
  auto shown = co_await home_.shown_to_all(viewer_, *listed);
  std::vector<UserId> now = sorted(std::move(*listed));
  home_.forget(id(), without(contacts_, now), kArrivals);
  contacts_ = std::move(now);
  auto answers = co_await home_.ask(viewer_, shown, id(), kArrivals);
  co_return visible_of(shown, answers);
}

Task<std::vector<PresenceItem>> Watcher::watch(std::vector<UserId> users) {
  const std::uint64_t mine = ++viewports_;
  auto shown = co_await home_.shown_to_all(viewer_, users);
  Interests interests = 0;
  if (mine == viewports_) {
    interests = kChanges;
    std::vector<UserId> now = sorted(std::move(users));
    home_.forget(id(), without(viewport_, now), kChanges);
    viewport_ = std::move(now);
    expiry_.cancel();
    if (!viewport_.empty()) {
      expiry_ = home_.loop_.after(home_.options_.viewport_for, [this] {
        ++viewports_;
        home_.forget(id(), std::exchange(viewport_, {}), kChanges);
      });
    }
  }
  auto answers = co_await home_.ask(viewer_, shown, id(), interests);
  co_return visible_of(shown, answers);
}

// The last state of a user is the one that counts.
void Watcher::take(PresenceItem item) {
  auto known = std::find_if(held_.begin(), held_.end(), [&](const PresenceItem& each) { return each.user == item.user; });
  if (known != held_.end()) {
    known->presence = item.presence;
    return;
  }
  if (held_.size() >= Watchers::kHeldMax && pressed_) {
    ++home_.shed_;
    held_.erase(held_.begin());
  }
  held_.push_back(std::move(item));
}

Task<void> Watcher::review(std::vector<UserId> users) {
  auto shown = co_await home_.shown_to_all(viewer_, users);
  std::vector<UserId> watched = within(users, sorted(shown));
  std::vector<UserId> hidden = without(users, watched);
  // From here to the questions in one turn: what is watched must not change meanwhile.
  std::vector<UserId> arrivals = within(watched, contacts_), changes = within(watched, viewport_);
  for (const UserId& user : hidden) {
    if (contains(contacts_, user) || contains(viewport_, user)) take({user, Presence{}});
  }
  home_.forget(id(), hidden, kArrivals | kChanges);
  auto about_changes = home_.scope_.start(home_.ask(viewer_, changes, id(), kChanges));
  auto about_arrivals = home_.scope_.start(home_.ask(viewer_, arrivals, id(), kArrivals));
  auto first = co_await about_changes;
  show_answers(changes, first);
  auto second = co_await about_arrivals;
  show_answers(arrivals, second);
  home_.flush(*this);
}

void Watcher::show_answers(const std::vector<UserId>& users, const std::vector<Answer>& answers) {
  for (std::size_t i = 0; i < users.size(); ++i) {
    if (!answers[i].presence.hidden) take({users[i], answers[i].presence});
    // Who was seen and is not any more goes as somebody of whom nothing is known.
    if (answers[i].withdrawn) take({users[i], Presence{}});
  }
}

Task<void> Watcher::contact_changed(UserId other) {
  auto are = co_await home_.privacy_.are_contacts(viewer_, other);
  if (!are) co_return;
  auto place = std::lower_bound(contacts_.begin(), contacts_.end(), other);
  const bool listed = place != contacts_.end() && *place == other;
  std::vector<UserId> one{other};
  if (*are && !listed && contacts_wanted_ && contacts_.size() < Watchers::kContactsMax) contacts_.insert(place, other);
  if (!*are && listed) {
    contacts_.erase(place);
    home_.forget(id(), one, kArrivals);
  }
  co_await review(std::move(one));
}

}  // namespace kith
