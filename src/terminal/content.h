// terminal/content.h — What a message says, from what was typed: the options of `kith send`, the words of a chat. Pure functions.
//
//   Fails   invalid_argument, with a sentence. What else is wrong with it the server says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/storage.h"
#include "terminal/table.h"

namespace kith::terminal {

// The text is the arguments from `first` on; the rest are --reply, --mention, --attach, --kind and --data.
Result<Content> content_of(const CommandLine& line, std::size_t first);

// URL[,TYPE[,SIZE[,NAME]]]: only a name may have commas. Each but the URL may be empty.
Result<wire::Attachment> attachment_of(std::string_view text);

// Whom the words name that begin with "@": each once, at most as many as a message may mention. The server keeps those who are members.
std::vector<std::string> mentions_in(std::string_view text);

}  // namespace kith::terminal
