#include "sim/world.h"

#include <algorithm>

namespace kith::sim {

World::World(std::uint64_t seed) : random_(seed * 0x9e3779b97f4a7c15u + 1), queue_(std::make_shared<std::map<Key, Event>>()) {}

World::Key World::add(std::uint32_t loop, Instant at, Fn<void()> task) {
  Key key{std::max(at, now_), next_order_++};
  queue_->emplace(key, Event{loop, std::move(task)});
  return key;
}

bool World::step(Instant end) {
  auto next = queue_->begin();
  if (next == queue_->end() || next->first.first > end) {
    now_ = std::max(now_, end);
    return false;
  }
  auto node = queue_->extract(next);
  now_ = node.key().first;
  ++events_;
  hash_ = (hash_ ^ static_cast<std::uint64_t>(now_.ns) ^ (std::uint64_t{node.mapped().loop} << 48)) * 1099511628211ull;
  current_loop_ = node.mapped().loop;
  node.mapped().task();
  node.mapped().task.reset();
  current_loop_ = 0;
  if (after_each) after_each();
  return true;
}

void World::note(std::string_view what) {
  for (char c : what) hash_ = (hash_ ^ static_cast<std::uint8_t>(c)) * 1099511628211ull;
  if (trace) trace(std::string(what));
}

void World::drop_loop(std::uint32_t loop) {
  // Tasks own things whose end may cancel timers of the same queue: take them out first.
  std::vector<Fn<void()>> dropped;
  for (auto event = queue_->begin(); event != queue_->end();) {
    if (event->second.loop == loop) {
      dropped.push_back(std::move(event->second.task));
      event = queue_->erase(event);
    } else {
      ++event;
    }
  }
}

struct World::TimerEntry : Timer::Entry {
  TimerEntry(const std::shared_ptr<std::map<Key, Event>>& q, Key k) : queue(q), key(k) {}
  ~TimerEntry() override {
    if (auto q = queue.lock()) auto gone = q->extract(key);
  }
  std::weak_ptr<std::map<Key, Event>> queue;
  Key key;
};

SimLoop::SimLoop(World& world) : world_(world), id_(world.next_loop_++), random_(world.random().next()) {}

SimLoop::~SimLoop() { world_.drop_loop(id_); }

void SimLoop::post(Fn<void()> task) {
  Instant at = world_.now();
  if (world_.current_loop_ != id_) {
    Instant& last = last_from_[world_.current_loop_];
    at = last = std::max(last, at + world_.between(Duration(1us), Duration(80us)));
  }
  world_.add(id_, at, std::move(task));
}

void SimLoop::defer(Fn<void()> task) { world_.add(id_, world_.now(), std::move(task)); }

Timer SimLoop::after(Duration delay, Fn<void()> task) {
  auto key = world_.add(id_, world_.now() + std::max(delay, Duration(0)), std::move(task));
  return Timer(std::make_unique<World::TimerEntry>(world_.queue_, key));
}

}  // namespace kith::sim
