#include "presence/last_seen.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/wait.h"

namespace kith {

namespace {

constexpr char kSeenKey[] = "seen";          // In RowTable::users, beside the account.
constexpr char kBeatsPartition[] = "beats";  // In RowTable::meta: one row an epoch.

std::string beat_key(Epoch epoch) {
  std::string key;
  ByteWriter(key).u64_be(epoch.value);
  return key;
}

struct Seen {
  WallTime when;
  Epoch online;  // Since `when`, in this epoch; 0: offline since then.
};

std::optional<Seen> decode(const std::string& value) {
  ByteReader reader(value);
  Seen seen{{static_cast<std::int64_t>(reader.varint())}, {}};
  if (reader.ok() && !reader.done()) seen.online = {reader.varint()};
  return reader.done() ? std::optional(seen) : std::nullopt;
}

}  // namespace

Task<void> LastSeen::went_offline(UserId user, WallTime when) { return put(std::move(user), when, false); }

Task<void> LastSeen::is_online(UserId user) { return put(std::move(user), loop_.wall(), true); }

Task<void> LastSeen::put(UserId user, WallTime when, bool online) {
  std::string value;
  ByteWriter writer(value);
  writer.varint(static_cast<std::uint64_t>(when.ms));
  if (online) writer.varint(epoch_.value);
  std::vector<Row> rows{{kSeenKey, std::move(value)}};
  auto put = co_await store_.put(RowTable::users, user.text(), std::move(rows));
  (void)put;  // Soft state: see above.
}

Task<std::vector<std::optional<WallTime>>> LastSeen::of(std::vector<UserId> users) {
  std::vector<std::optional<WallTime>> out(users.size());
  for (std::size_t begin = 0; begin < users.size(); begin += kReadRowsMax) {
    const std::size_t end = std::min(users.size(), begin + kReadRowsMax);
    std::vector<RowKey> keys;
    for (std::size_t i = begin; i < end; ++i) keys.push_back({RowTable::users, users[i].text(), kSeenKey});
    auto rows = co_await store_.multi_get(std::move(keys));
    if (!rows) continue;
    for (std::size_t i = begin; i < end; ++i) {
      const auto& row = (*rows)[i - begin];
      auto seen = row ? decode(*row) : std::nullopt;
      if (!seen) continue;
      out[i] = seen->when;
      if (seen->online.value == 0 || seen->online == epoch_) continue;
      out[i] = std::max(seen->when, co_await last_beat(seen->online));
    }
  }
  co_return out;
}

Task<WallTime> LastSeen::last_beat(Epoch epoch) {
  auto known = beats_.find(epoch.value);
  if (known != beats_.end()) co_return known->second;
  RowKey key{RowTable::meta, kBeatsPartition, beat_key(epoch)};
  auto row = co_await store_.get(std::move(key));
  if (!row) co_return WallTime{};
  WallTime when;
  if (*row) {
    ByteReader reader(**row);
    when = {static_cast<std::int64_t>(reader.varint())};
  }
  beats_[epoch.value] = when;
  co_return when;
}

Task<void> LastSeen::beat() {
  for (;;) {
    std::string value;
    ByteWriter(value).varint(static_cast<std::uint64_t>(loop_.wall().ms));
    std::vector<Row> rows{{beat_key(epoch_), std::move(value)}};
    auto put = co_await store_.put(RowTable::meta, kBeatsPartition, std::move(rows));
    (void)put;  // The next one follows.
    co_await wait(loop_, kBeatEvery);
  }
}

}  // namespace kith
