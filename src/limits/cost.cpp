#include "limits/cost.h"

#include <algorithm>

#include "limits/sizes.h"

namespace kith {

namespace {

// 1 for each `each`, the last of which need not be full.
std::uint32_t steps(std::size_t items, std::size_t each) { return static_cast<std::uint32_t>((items + each - 1) / each); }

struct Cost {
  template <class Other>
  std::uint32_t operator()(const Other&) const {
    return 1;
  }
  // The row of the message is read and written again.
  std::uint32_t operator()(const wire::Edit&) const { return 2; }
  std::uint32_t operator()(const wire::Delete&) const { return 2; }
  std::uint32_t operator()(const wire::React&) const { return 2; }
  // Each user is looked up, and gets an inbox entry.
  std::uint32_t operator()(const wire::CreateGroup& create) const { return 5 + steps(std::min(create.members.size(), kUsersMax), 2); }
  std::uint32_t operator()(const wire::AddMembers& add) const { return 2 + steps(std::min(add.users.size(), kUsersMax), 2); }
  std::uint32_t operator()(const wire::Open&) const { return 2; }
  std::uint32_t operator()(const wire::Block&) const { return 2; }
  std::uint32_t operator()(const wire::Join&) const { return 5; }
  std::uint32_t operator()(const wire::GetHistory& get) const { return 1 + steps(kHistoryPage.rows(get.limit), 50); }
  // All conversations of the user are sorted for one page of them.
  std::uint32_t operator()(const wire::GetConversations& get) const { return 1 + steps(kConversationsPage.rows(get.limit), 10); }
  std::uint32_t operator()(const wire::GetMembers& get) const { return 1 + steps(kMembersPage.rows(get.limit), 50); }
  std::uint32_t operator()(const wire::GetContacts& get) const { return 1 + steps(kContactsPage.rows(get.limit), 50); }
  // Without names: all contacts.
  std::uint32_t operator()(const wire::GetPresence& get) const {
    return get.users.empty() ? 10 : 1 + steps(std::min(get.users.size(), kPresenceMax), 50);
  }
  std::uint32_t operator()(const wire::Viewport& viewport) const { return 1 + steps(std::min(viewport.users.size(), kViewportMax), 50); }
};

}  // namespace

std::uint32_t cost_of(const wire::Command& command) { return std::visit(Cost{}, command.command); }

}  // namespace kith
