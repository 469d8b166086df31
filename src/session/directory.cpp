#include "session/directory.h"

#include "base/plant.h"

namespace kith {

template <class F>
void Directory::each_of(const UserId& user, F tell) {
  auto place = sessions_.find(user);
  if (place == sessions_.end()) return;
  for (Attendant* attendant = place->second; attendant; attendant = attendant->next_of_user_) tell(*attendant);
}

void Directory::enter(Attendant& attendant) {
  Attendant*& first = sessions_[attendant.user()];
  for (Attendant* other = first; other; other = other->next_of_user_) {
    if (other->device() == attendant.device()) other->end(Code::replaced);
  }
  attendant.next_of_user_ = first;
  first = &attendant;
  ++count_;
  book_.enter(attendant.user(), attendant.device());
}

void Directory::leave(Attendant& attendant) {
  auto place = sessions_.find(attendant.user());
  if (place == sessions_.end()) return;
  Attendant** link = &place->second;
  while (*link && *link != &attendant) link = &(*link)->next_of_user_;
  if (!*link) return;
  *link = attendant.next_of_user_;
  --count_;
  if (!place->second) sessions_.erase(place);
  book_.leave(attendant.user(), attendant.device());
}

void Directory::revoke(const UserId& user, const std::optional<DeviceId>& device) {
  if (planted(Plant::revoked_stays)) return;
  each_of(user, [&](Attendant& attendant) {
    if (!device || attendant.device() == *device) attendant.end(Code::revoked);
  });
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
  if (step.pointer.kind == PointerKind::contact) {
    book_.contact_changed(user);
    watchers_.contact_changed(user, step.pointer.with);
  }
  each_of(user, [&](Attendant& attendant) { attendant.step(step); });
}

void Directory::hide_read(const UserId& user) {
  each_of(user, [](Attendant& attendant) { attendant.hide_read(); });
}

std::shared_ptr<Wishes> Directory::wishes(const UserId& user, const DeviceId& device) {
  std::shared_ptr<Wishes> found;
  each_of(user, [&](Attendant& attendant) {
    // Those that were replaced stay until their connection is gone, and have none.
    if (!found && attendant.device() == device) found = attendant.wishes();
  });
  return found;
}

void Directory::signal(const std::vector<UserId>& users, const Signal& signal) {
  for (const UserId& user : users) each_of(user, [&](Attendant& attendant) { attendant.signal(signal); });
}

}  // namespace kith
