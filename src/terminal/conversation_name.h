// terminal/conversation_name.h — Which conversation is meant: by its id, by the other user, or by a part of a group's title.
//
//   Which loop   The device's. Answers come once, possibly at once, while the device lives.
//   Fails        not_found: nothing has that name; invalid_argument: several groups do, which are told; else what the server said.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/device.h"
#include "terminal/online.h"

namespace kith::terminal {

// A direct conversation that exists goes before a group of that name, a whole title before a part of one. A-Z are a-z in titles.
void find_conversation(Device& device, const UserId& me, const std::string& name, Device::Answer<std::string> answer);
void find_group(Device& device, const std::string& name, Device::Answer<std::string> answer);

// The group that `name` means among these.
Result<std::string> pick_group(std::span<const wire::ConversationSummary> groups, std::string_view name);

// A command about one conversation: finds it, then does `deed` with its id, which finishes.
enum class Among { conversations, groups };
int with_conversation(Context& context, Among among, std::function<void(Online&, const std::string& conversation)> deed);

// Answers that finish a command: tell what went wrong, or print what was done.
Device::Answer<wire::Done> when_done(Online& online);
Device::Answer<wire::Changed> when_changed(Online& online, bool json);

// The number of an entry: 42 or #42.
Result<std::uint64_t> seq_argument(const std::string& text);

}  // namespace kith::terminal
