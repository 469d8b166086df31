#include "presence/contacts_privacy.h"

namespace kith {

Task<Result<ShownTo>> ContactsPrivacy::shown_to(UserId self) {
  auto preferences = co_await contacts_.preferences(std::move(self));
  if (!preferences) co_return preferences.error();
  switch (preferences->presence) {
    case Audience::everyone:
      co_return ShownTo::everyone;
    case Audience::contacts:
      co_return ShownTo::contacts;
    case Audience::nobody:
      break;
  }
  co_return ShownTo::nobody;
}

Task<Result<bool>> ContactsPrivacy::are_contacts(UserId self, UserId other) {
  auto state = co_await contacts_.state(std::move(self), std::move(other));
  if (!state) co_return state.error();
  co_return *state == ContactState::contact;
}

Task<Result<std::vector<UserId>>> ContactsPrivacy::contacts(UserId self, std::size_t limit) {
  constexpr std::size_t kPage = 1000;
  std::vector<UserId> out;
  UserId after;
  for (bool more = true; more && out.size() < limit;) {
    auto page = co_await contacts_.list(self, after, kPage);
    if (!page) co_return page.error();
    more = page->more;
    for (ContactRow& row : page->contacts) {
      after = row.other;
      if (row.state() == ContactState::contact && out.size() < limit) out.push_back(std::move(row.other));
    }
  }
  co_return out;
}

}  // namespace kith
