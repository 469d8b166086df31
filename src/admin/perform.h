// admin/perform.h — A command carried out in the name of a user, without a token of theirs. On the user's loop.
#pragma once

#include <string>
#include <string_view>

#include "rest/response.h"
#include "session/place.h"

namespace kith {

// `command`: as a WebSocket would bring it, without an id. The answer's body is that of the member `reply`, with this status; or the
// problem.
Task<RestResponse> perform(Place& place, UserId user, std::string command, std::string_view reply, int status);

// The answer that a body of our own is.
inline RestResponse answered(int status, std::string body) { return {status, std::move(body), {}}; }

// The code of a problem object; `ok` of any other answer.
Code code_of(Place& place, const RestResponse& response);

}  // namespace kith
