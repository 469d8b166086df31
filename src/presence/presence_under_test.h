// presence/presence_under_test.h — For tests: two loops on one virtual clock with users, devices and those who watch; privacy as the test
// says.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "conversation/conversation_under_test.h"
#include "presence/watchers.h"
#include "store/memory_store.h"

namespace kith::test {

struct FakePrivacy final : Privacy {
  Task<Result<ShownTo>> shown_to(UserId self) override {
    ++asked;
    if (failing) co_return Failure{Code::unavailable};
    auto found = audience.find(self);
    co_return found == audience.end() ? ShownTo::everyone : found->second;
  }
  Task<Result<bool>> are_contacts(UserId self, UserId other) override { co_return pairs.contains({self, other}); }
  Task<Result<std::vector<UserId>>> contacts(UserId self, std::size_t limit) override {
    std::vector<UserId> out;
    for (const auto& [one, other] : pairs) {
      if (one == self && out.size() < limit) out.push_back(other);
    }
    co_return out;
  }
  void befriend(const UserId& a, const UserId& b) {
    pairs.insert({a, b});
    pairs.insert({b, a});
  }

  std::map<UserId, ShownTo> audience;
  std::set<std::pair<UserId, UserId>> pairs;
  bool failing = false;
  int asked = 0;
};

// Timers may be late, as those of a loop that has much to do.
class LaggingLoop final : public ManualLoop {
 public:
  Timer after(Duration delay, Fn<void()> task) override { return ManualLoop::after(delay + lag, std::move(task)); }
  Duration lag{};
};

struct PresenceWorld;

// One loop of it.
struct PresenceSite final : PresenceLinks {
  PresenceSite(PresenceWorld& world, std::size_t index);
  std::size_t loops() const override { return 2; }
  std::size_t here() const override { return index; }
  std::size_t home(const UserId& user) const override { return user.slot().value % 2; }
  Future<std::vector<Answer>> inquire(std::size_t loop, Inquiry inquiry) override;
  void forget(std::size_t loop, Forget forget) override;
  void tell(std::size_t loop, std::vector<News> news) override;

  PresenceWorld& world;
  const std::size_t index;
  LastSeen last_seen;
  PresenceBook book;
  Watchers watchers;
  std::size_t posts = 0;  // tell() calls.
  Scope scope;
};

struct PresenceWorld {
  explicit PresenceWorld(Epoch e = {1}) : epoch(e) {
    for (std::size_t i = 0; i < 2; ++i) sites.push_back(std::make_unique<PresenceSite>(*this, i));
  }

  PresenceSite& site(const UserId& user) { return *sites[user.slot().value % 2]; }
  void enter(const std::string& who, const char* device = "phone") { site(user(who)).book.enter(user(who), *DeviceId::parse(device)); }
  void leave(const std::string& who, const char* device = "phone") { site(user(who)).book.leave(user(who), *DeviceId::parse(device)); }
  void say(const std::string& who, Status status, const char* device = "phone") {
    site(user(who)).book.say(user(who), *DeviceId::parse(device), status);
  }
  void show_to(const std::string& who, ShownTo audience) {
    privacy.audience[user(who)] = audience;
    site(user(who)).book.preferences_changed(user(who));
    site(user(who)).watchers.preferences_changed(user(who));
  }
  void befriend(const std::string& a, const std::string& b) {
    privacy.befriend(user(a), user(b));
    contact_changed(a, b);
  }
  void part(const std::string& a, const std::string& b) {
    privacy.pairs.erase({user(a), user(b)});
    privacy.pairs.erase({user(b), user(a)});
    contact_changed(a, b);
  }
  void contact_changed(const std::string& a, const std::string& b) {
    for (const auto& [one, other] : {std::pair(user(a), user(b)), std::pair(user(b), user(a))}) {
      site(one).book.contact_changed(one);
      site(one).watchers.contact_changed(one, other);
    }
  }
  std::map<std::string, Presence> pull(const std::string& viewer, const std::vector<std::string>& users) {
    std::vector<UserId> ids;
    for (const auto& text : users) ids.push_back(user(text));
    auto items = value_of(loop, scope.start(site(user(viewer)).watchers.pull(user(viewer), std::move(ids))));
    std::map<std::string, Presence> out;
    for (const auto& item : items) out[item.user.text()] = item.presence;
    return out;
  }
  std::uint64_t told() const { return sites[0]->book.counts().told + sites[1]->book.counts().told; }

  LaggingLoop loop;
  SeededRandom random{5};
  MemoryDisk disk{loop, random};
  MemoryStore store{disk, loop};
  FakePrivacy privacy;
  PresenceOptions options;
  const Epoch epoch;
  std::vector<std::unique_ptr<PresenceSite>> sites;
  Scope scope;
};

inline PresenceSite::PresenceSite(PresenceWorld& w, std::size_t i)
    : world(w),
      index(i),
      last_seen(w.loop, w.store, w.epoch),
      book(w.loop, last_seen, *this, w.privacy, w.options),
      watchers(w.loop, book, *this, w.privacy, w.options) {}

inline Future<std::vector<Answer>> PresenceSite::inquire(std::size_t loop, Inquiry inquiry) {
  PresenceSite& there = *world.sites[loop];
  if (loop == index) return scope.start(book.answer(std::move(inquiry)));
  Promise<std::vector<Answer>> promise;
  auto future = promise.future();
  world.loop.post([&there, this, inquiry = std::move(inquiry), promise = std::move(promise)]() mutable {
    there.scope.start(there.book.answer(std::move(inquiry)))
        .then([this, promise = std::move(promise)](std::vector<Answer> answers) mutable {
          world.loop.post([promise = std::move(promise), answers = std::move(answers)]() mutable { promise.set(std::move(answers)); });
        });
  });
  return future;
}

inline void PresenceSite::forget(std::size_t loop, Forget forget) {
  PresenceSite& there = *world.sites[loop];
  if (loop == index) return book.forget(forget);
  world.loop.post([&there, forget = std::move(forget)] { there.book.forget(forget); });
}

inline void PresenceSite::tell(std::size_t loop, std::vector<News> news) {
  ++posts;
  PresenceSite& there = *world.sites[loop];
  world.loop.post([&there, news = std::move(news)]() mutable { there.watchers.heard(std::move(news)); });
}

// A connection that watches, and what it was shown.
struct Screen {
  Screen(PresenceWorld& w, const std::string& who)
      : world(w), viewer(user(who)), watcher(w.site(viewer).watchers, viewer, [this](const std::vector<PresenceItem>& items) {
          if (full) return false;
          ++pushes;
          for (const auto& item : items) note(item);
          return true;
        }) {}

  void note(const PresenceItem& item) { seen[item.user.text()] = item.presence; }
  std::size_t look_at(const std::vector<std::string>& users) {
    std::vector<UserId> ids;
    for (const auto& text : users) ids.push_back(user(text));
    auto items = value_of(world.loop, scope.start(watcher.watch(std::move(ids))));
    for (const auto& item : items) note(item);
    return items.size();
  }
  std::size_t pull_contacts() {
    auto items = value_of(world.loop, scope.start(watcher.watch_contacts()));
    KITH_ASSERT(items);
    for (const auto& item : *items) note(item);
    return items->size();
  }
  bool online(const std::string& who) const {
    auto found = seen.find(who);
    return found != seen.end() && found->second.online;
  }

  PresenceWorld& world;
  const UserId viewer;
  std::map<std::string, Presence> seen;
  std::size_t pushes = 0;
  bool full = false;
  Watcher watcher;
  Scope scope;
};

}  // namespace kith::test
