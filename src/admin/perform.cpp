#include "admin/perform.h"

#include <optional>

#include "rest/catcher.h"
#include "session/commands.h"
#include "wire/error.h"

namespace kith {

namespace {

// The object of the one member of this frame, if it has this name.
std::optional<std::string> object_of(const std::string& frame, std::string_view name) {
  const std::string begin = "{\"" + std::string(name) + "\":";
  if (!frame.starts_with(begin)) return std::nullopt;
  return frame.substr(begin.size(), frame.size() - begin.size() - 1);
}

}  // namespace

Task<RestResponse> perform(Place& place, UserId user, std::string command, std::string_view reply, int status) {
  auto read = place.reader.command(command, command.size());
  if (!read) co_return rest_problem(read.error().failure);
  Catcher catcher(place.loop, {});  // Its limits are not those of an address.
  Frames frames(place, catcher, Encoding::json);
  Commands commands(place, frames, user);
  auto caught = catcher.reply();
  commands.carry_out(*read);
  auto frame = co_await caught;
  if (auto body = object_of(frame, "error")) {
    auto error = place.reader.error(*body);
    KITH_ASSERT(error);
    co_return rest_problem(*error, std::move(*body));
  }
  auto body = object_of(frame, reply);
  KITH_ASSERT(body);
  co_return answered(status, std::move(*body));
}

Code code_of(Place& place, const RestResponse& response) {
  if (response.status < 400) return Code::ok;
  auto error = place.reader.error(response.body);
  return error ? wire::to_failure(*error).code : Code::internal;
}

}  // namespace kith
