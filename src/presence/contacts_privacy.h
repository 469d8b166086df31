// presence/contacts_privacy.h — Who may see whom, as contacts and preferences say. Of one loop; `contacts` outlives its tasks.
#pragma once

#include "contacts/contacts.h"
#include "presence/watch.h"

namespace kith {

class ContactsPrivacy final : public Privacy {
 public:
  explicit ContactsPrivacy(Contacts& contacts) : contacts_(contacts) {}
  Task<Result<ShownTo>> shown_to(UserId self) override;
  Task<Result<bool>> are_contacts(UserId self, UserId other) override;
  Task<Result<std::vector<UserId>>> contacts(UserId self, std::size_t limit) override;

 private:
  Contacts& contacts_;
};

}  // namespace kith
