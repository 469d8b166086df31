// limits/sizes.h — How much one command may ask for or name. What it gets, or is refused, and what it costs go by the same figures.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace kith {

struct PageSize {
  std::uint32_t standard, most;

  std::uint32_t rows(std::uint32_t asked) const { return asked == 0 ? standard : std::min(asked, most); }
};
inline constexpr std::uint32_t kHistoryMax = 200, kConversationsMax = 100, kMembersMax = 200, kContactsMax = 200;
inline constexpr PageSize kHistoryPage{50, kHistoryMax}, kConversationsPage{20, kConversationsMax};
inline constexpr PageSize kMembersPage{50, kMembersMax}, kContactsPage{50, kContactsMax};

inline constexpr std::size_t kUsersMax = 250;  // Of one command about the members of a group.
inline constexpr std::size_t kPresenceMax = 500;
inline constexpr std::size_t kViewportMax = 100;

}  // namespace kith
