#include "session/directory.h"

#include "base/bytes.h"
#include "base/plant.h"

namespace kith {

namespace {
constexpr char kSeenKey[] = "seen";  // In RowTable::users, beside the account.
}

void Directory::enter(Attendant& attendant) {
  Attendant*& first = sessions_[attendant.user()];
  for (Attendant* other = first; other; other = other->next_of_user_) {
    if (other->device() == attendant.device()) other->end(Code::replaced);
  }
  attendant.next_of_user_ = first;
  first = &attendant;
  ++count_;
}

void Directory::leave(Attendant& attendant) {
  auto place = sessions_.find(attendant.user());
  if (place == sessions_.end()) return;
  Attendant** link = &place->second;
  while (*link && *link != &attendant) link = &(*link)->next_of_user_;
  if (!*link) return;
  *link = attendant.next_of_user_;
  --count_;
  if (place->second) return;
  scope_.spawn(write_last_seen(attendant.user(), loop_.wall()));
  sessions_.erase(place);
}

void Directory::revoke(const UserId& user, const std::optional<DeviceId>& device) {
  auto place = sessions_.find(user);
  if (place == sessions_.end() || planted(Plant::revoked_stays)) return;
  for (Attendant* attendant = place->second; attendant; attendant = attendant->next_of_user_) {
    if (!device || attendant->device() == *device) attendant->end(Code::revoked);
  }
}

void Directory::dismiss_all(Duration spread) {
  auto spread_ms = static_cast<std::uint64_t>(spread / 1ms);
  for (auto& [user, first] : sessions_) {
    for (Attendant* attendant = first; attendant; attendant = attendant->next_of_user_) {
      attendant->dismiss(static_cast<std::uint32_t>(loop_.random().below(spread_ms + 1)));
    }
  }
}

void Directory::advanced(const UserId& user, const InboxStep& step) {
  auto place = sessions_.find(user);
  if (place == sessions_.end()) return;
  for (Attendant* attendant = place->second; attendant; attendant = attendant->next_of_user_) attendant->step(step);
}

void Directory::signal(const std::vector<UserId>& users, const Signal& signal) {
  for (const UserId& user : users) {
    auto place = sessions_.find(user);
    if (place == sessions_.end()) continue;
    for (Attendant* attendant = place->second; attendant; attendant = attendant->next_of_user_) attendant->signal(signal);
  }
}

Task<Presence> Directory::presence(UserId user) {
  if (present(user)) co_return Presence{true, std::nullopt};
  RowKey key{RowTable::users, user.text(), kSeenKey};
  auto seen = co_await store_.get(std::move(key));
  if (present(user)) co_return Presence{true, std::nullopt};
  Presence presence;
  if (seen && *seen) {
    ByteReader reader(**seen);
    WallTime when{static_cast<std::int64_t>(reader.varint())};
    if (reader.done()) presence.since = when;
  }
  co_return presence;
}

Task<void> Directory::write_last_seen(UserId user, WallTime when) {
  std::string value;
  ByteWriter(value).varint(static_cast<std::uint64_t>(when.ms));
  std::vector<Row> rows{{kSeenKey, std::move(value)}};
  auto put = co_await store_.put(RowTable::users, user.text(), std::move(rows));
  (void)put;  // Presence is soft state: without the row it is not known since when.
}

}  // namespace kith
