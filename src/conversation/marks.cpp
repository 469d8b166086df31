#include "conversation/marks.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/crash_point.h"
#include "base/plant.h"
#include "base/wait.h"
#include "store/retry.h"

namespace kith {

namespace {

constexpr std::uint32_t kScanRows = 1024;

// No user id has a slash: no member's row is in this partition, and none of these is among the members.
std::string partition(const ConversationId& id) { return id.key() + "/marks"; }

Row encode(const UserId& user, Mark mark) {
  Row row{user.text(), {}};
  ByteWriter writer(row.value);
  writer.varint(mark.read.value);
  writer.varint(mark.delivered.value);
  return row;
}

void raise_to(Mark& mark, Mark other) {
  mark.read = std::max(mark.read, other.read);
  mark.delivered = std::max(mark.delivered, other.delivered);
}

}  // namespace

Marks::Marks(Loop& loop, Store& store, Delivery& delivery, ConversationId id) : loop_(loop), store_(store), delivery_(delivery), id_(id) {}

Task<Result<Ok>> Marks::load() {
  std::string next;
  for (bool more = !loaded_; more;) {
    auto scan = co_await store_.scan(RowTable::members, partition(id_), next, kScanRows);
    if (!scan) co_return to_failure(scan.error());
    more = scan->more;
    for (const Row& row : scan->rows) {
      next = row.key + '\0';
      auto user = UserId::parse(row.key);
      ByteReader reader(row.value);
      Mark mark{{reader.varint()}, {reader.varint()}};
      if (!user || !reader.done()) continue;  // A damaged mark is as good as none: the next one replaces it.
      State& state = marks_[*user];
      raise_to(state.durable, mark);
      raise_to(state.wanted, mark);
    }
  }
  loaded_ = true;
  co_return Ok{};
}

Task<Result<Ok>> Marks::raise(UserId user, Mark mark) {
  auto loaded = co_await load();
  if (!loaded) co_return loaded.error();
  State& state = marks_[user];
  raise_to(state.wanted, mark);
  if (state.wanted == state.durable) co_return Ok{};
  state.waiters.emplace_back();
  auto done = state.waiters.back().future();
  if (!std::exchange(state.writing, true)) scope_.spawn(write(user));
  if (planted(Plant::mark_shown_early)) {
    state.durable = state.wanted;
    tell_later(user);
    co_return Ok{};
  }
  auto result = co_await done;
  co_return result;
}

Task<void> Marks::write(UserId user) {
  State& state = marks_.at(user);  // Elements of the map stay where they are, and none is ever taken out.
  while (!state.waiters.empty()) {
    auto waiters = std::exchange(state.waiters, {});
    Mark mark = state.wanted;
    if (planted(Plant::mark_shown_early)) co_await wait(loop_, 2s);
    std::vector<Row> rows{encode(user, mark)};
    std::string where = partition(id_);
    auto put = co_await until_definite(loop_, [&] { return store_.put(RowTable::members, where, rows); });
    crash_point("mark_written");
    if (put) {
      state.durable = mark;
      tell_later(user);
    }
    for (auto& waiter : waiters) {
      if (put) {
        waiter.set(Ok{});
      } else {
        waiter.set(to_failure(put.error()));
      }
    }
  }
  state.writing = false;
}

Task<Result<std::vector<MemberMark>>> Marks::shown(std::vector<UserId> users) {
  std::erase_if(users, [&](const UserId& user) {
    auto state = marks_.find(user);
    return state == marks_.end() || state->second.durable == Mark{};
  });
  std::vector<MemberMark> out;
  if (users.empty()) co_return out;
  auto tell = co_await delivery_.tell_read(users);
  if (!tell) co_return tell.error();
  for (std::size_t i = 0; i < users.size(); ++i) {
    Mark mark = marks_.at(users[i]).durable;
    if (!(*tell)[i] && !planted(Plant::hidden_read_told)) mark.read = {};
    if (mark != Mark{}) out.push_back({std::move(users[i]), mark});
  }
  co_return out;
}

// ------------------------------------------------------------------------------------------------------- those who look

void Marks::look(const UserId& user) { lookers_[user] = loop_.now() + kLookFor; }

void Marks::forget(const UserId& user) { lookers_.erase(user); }

bool Marks::watched() const {
  Instant now = loop_.now();
  return std::any_of(lookers_.begin(), lookers_.end(), [&](const auto& looker) { return looker.second > now; });
}

std::vector<UserId> Marks::lookers() {
  Instant now = loop_.now();
  std::erase_if(lookers_, [&](const auto& looker) { return looker.second <= now; });
  std::vector<UserId> out;
  for (const auto& [user, until] : lookers_) out.push_back(user);
  return out;
}

void Marks::tell_later(const UserId& user) {
  if (!watched()) return;
  if (std::find(moved_.begin(), moved_.end(), user) == moved_.end()) moved_.push_back(user);
  if (tell_) return;
  Duration since = loop_.now() - told_;
  if (told_.ns == 0 || since >= kTellEvery) return scope_.spawn(tell());
  tell_ = loop_.after(kTellEvery - since, [this] {
    tell_.cancel();
    scope_.spawn(tell());
  });
}

Task<void> Marks::tell() {
  told_ = loop_.now();
  auto marks = co_await shown(std::exchange(moved_, {}));
  if (!marks || marks->empty()) co_return;
  auto signal = std::make_shared<Signal>();
  signal->conversation = id_;
  signal->marks = std::move(*marks);
  auto to = lookers();
  if (!to.empty()) delivery_.signal(std::move(to), std::move(signal));
}

void Marks::typing(const UserId& user, bool stopped) {
  State& state = marks_[user];
  Instant now = loop_.now();
  if (!stopped && state.typed.ns != 0 && now - state.typed < kTypingEvery) return;
  state.typed = stopped ? Instant{} : now;
  auto to = lookers();
  std::erase(to, user);
  if (to.empty()) return;
  auto signal = std::make_shared<Signal>();
  signal->conversation = id_;
  signal->typing = user;
  signal->stopped = stopped;
  delivery_.signal(std::move(to), std::move(signal));
}

}  // namespace kith
