// log/residents.h — The conversations or inboxes of one loop that are in memory: opened on demand, let go by least recent use.
//
//   Which loop   One; not thread-safe.
//   Object       bool evictable(): nothing in flight, waiting or unwritten. Task<void> settle(): writes what keeps it from leaving.
//                std::size_t bytes(): what it costs.
//   Limit        Above the budget, trim() lets go of the least recently used that nobody has pinned.
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/task.h"

namespace kith {

template <class Key, class Object>
class Residents {
  struct Held {
    std::unique_ptr<Object> object;
    bool open = false;
    int pins = 0;
    std::size_t bytes = 0;
    std::vector<Promise<Result<bool>>> waiters;
    typename std::list<Key>::iterator used;
  };

 public:
  explicit Residents(std::size_t budget_bytes) : budget_(budget_bytes) {}

  // Keeps an object in memory; empty when there is no such object. Must not outlive the Residents.
  class Pin {
   public:
    Pin() = default;
    Pin(Residents& home, Held& held) : home_(&home), held_(&held) { ++held.pins; }
    Pin(Pin&& other) noexcept : home_(other.home_), held_(std::exchange(other.held_, nullptr)) {}
    Pin& operator=(Pin&& other) noexcept {
      std::swap(home_, other.home_);
      std::swap(held_, other.held_);
      return *this;
    }
    ~Pin() {
      if (held_ && --held_->pins == 0) home_->weigh(*held_);
    }
    explicit operator bool() const { return held_ != nullptr; }
    Object& operator*() const { return *held_->object; }
    Object* operator->() const { return held_->object.get(); }

   private:
    Residents* home_ = nullptr;
    Held* held_ = nullptr;
  };

  // The object of `key`, opened by `open` (true: it is there, false: there is none) after `make` built it, if it is not in memory.
  // Callers who wait for one opening continue in the order in which they came.
  using Make = std::function<std::unique_ptr<Object>()>;
  using Open = std::function<Task<Result<bool>>(Object&)>;
  Task<Result<Pin>> acquire(Key key, Make make, Open open) {
    auto [place, fresh] = held_.try_emplace(key);
    Held& held = place->second;
    if (held.open) {
      used_.splice(used_.begin(), used_, held.used);
      co_return Pin(*this, held);
    }
    if (fresh) {
      used_.push_front(key);
      held.used = used_.begin();
      held.object = make();
    }
    held.waiters.emplace_back();
    auto opened = held.waiters.back().future();
    if (fresh) scope_.spawn(run_open(key, std::move(open)));
    auto there = co_await opened;
    if (!there) co_return there.error();
    if (!*there) co_return Pin();
    co_return Pin(*this, held_.at(key));
  }

  // It, if it is in memory and open.
  Object* find(const Key& key) {
    auto place = held_.find(key);
    return place == held_.end() || !place->second.open ? nullptr : place->second.object.get();
  }

  void trim() {
    for (auto place = used_.end(); bytes_ > budget_ && place != used_.begin();) {
      --place;
      auto held = held_.find(*place);
      if (!held->second.open || held->second.pins > 0) continue;
      if (!held->second.object->evictable()) {
        scope_.spawn(settle(Pin(*this, held->second)));
        if (held->second.pins > 0 || !held->second.object->evictable()) continue;
      }
      bytes_ -= held->second.bytes;
      place = used_.erase(place);
      held_.erase(held);
    }
  }

  // Settles all of them, before a planned stop: some at a time, since each waits for the disk and they can share its flushes.
  Task<void> settle_all() {
    constexpr std::size_t kAtOnce = 64;
    std::vector<Key> keys(used_.begin(), used_.end());
    std::deque<Future<Ok>> running;
    for (const Key& key : keys) {
      if (running.size() == kAtOnce) {
        Future<Ok> first = std::move(running.front());
        running.pop_front();
        co_await first;
      }
      auto held = held_.find(key);
      if (held == held_.end() || !held->second.open) continue;
      running.push_back(scope_.start(settled(Pin(*this, held->second))));
    }
    for (auto& one : running) co_await one;
  }

  std::size_t count() const { return held_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  Task<void> run_open(Key key, Open open) {
    Held& held = held_.at(key);  // References into the map stay valid.
    auto there = co_await open(*held.object);
    auto waiters = std::move(held.waiters);
    held.waiters.clear();
    if (there && *there) {
      held.open = true;
      weigh(held);
    } else {
      used_.erase(held.used);
      held_.erase(key);
    }
    for (auto& waiter : waiters) waiter.set(there);
  }

  static Task<void> settle(Pin pin) { co_await pin->settle(); }
  static Task<Ok> settled(Pin pin) {
    co_await pin->settle();
    co_return Ok{};
  }

  void weigh(Held& held) {
    bytes_ -= held.bytes;
    held.bytes = held.object->bytes();
    bytes_ += held.bytes;
  }

  const std::size_t budget_;
  std::size_t bytes_ = 0;
  std::unordered_map<Key, Held> held_;
  std::list<Key> used_;  // Most recently used first.
  Scope scope_;
};

}  // namespace kith
