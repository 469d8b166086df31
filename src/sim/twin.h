// sim/twin.h — The HTTP twins of commands, as a client writes them: a command becomes a request, and its answer becomes the frame that a
// WebSocket would have brought. Pure functions.
#pragma once

#include <optional>
#include <string>

#include "rest/rest.h"

namespace kith::sim {

// But for the token; nothing: it has none.
std::optional<RestRequest> as_http(const wire::Command& command);
// The answer to call `re`.
std::string as_frame(const RestRequest& asked, const RestResponse& response, std::uint64_t re);

}  // namespace kith::sim
