#include "limits/cost.h"

#include <algorithm>

namespace kith {

namespace {

// A page of `limit`, or of `standard` where none is asked for, but of `most` at most; 1 for each `each`, and 1.
std::uint32_t page(std::uint32_t limit, std::uint32_t standard, std::uint32_t most, std::uint32_t each) {
  std::uint32_t rows = limit == 0 ? standard : std::min(limit, most);
  return 1 + (rows + each - 1) / each;
}

std::uint32_t count(std::size_t items, std::size_t most, std::size_t each) {
  return static_cast<std::uint32_t>((std::min(items, most) + each - 1) / each);
}

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
  std::uint32_t operator()(const wire::CreateGroup& create) const { return 5 + count(create.members.size(), 250, 2); }
  std::uint32_t operator()(const wire::AddMembers& add) const { return 2 + count(add.users.size(), 250, 2); }
  std::uint32_t operator()(const wire::Open&) const { return 2; }
  std::uint32_t operator()(const wire::Block&) const { return 2; }
  std::uint32_t operator()(const wire::Join&) const { return 5; }
  std::uint32_t operator()(const wire::GetHistory& get) const { return page(get.limit, 50, 200, 50); }
  // All conversations of the user are sorted for one page of them.
  std::uint32_t operator()(const wire::GetConversations& get) const { return page(get.limit, 20, 100, 10); }
  std::uint32_t operator()(const wire::GetMembers& get) const { return page(get.limit, 50, 200, 50); }
  std::uint32_t operator()(const wire::GetContacts& get) const { return page(get.limit, 50, 200, 50); }
  // Without names: all contacts.
  std::uint32_t operator()(const wire::GetPresence& get) const { return get.users.empty() ? 10 : 1 + count(get.users.size(), 500, 50); }
  std::uint32_t operator()(const wire::Viewport& viewport) const { return 1 + count(viewport.users.size(), 100, 50); }
};

}  // namespace

std::uint32_t cost_of(const wire::Command& command) { return std::visit(Cost{}, command.command); }

}  // namespace kith
