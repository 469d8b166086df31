#include "session/greeter.h"

namespace kith {

Greeter::Greeter(Place& place, Transport& transport, Encoding encoding) : place_(place), frames_(place, transport, encoding) {
  const SessionOptions& options = place.options;
  wire::Hello hello{"kith.v1", options.heartbeat_s,
                    wire::Limits{options.frame_bytes_max, options.text_bytes_max, 200, 100, options.edit_s, options.delete_s}};
  frames_.write({0, std::move(hello)});
  auto refused = place.limits ? place.limits->stranger(transport.address(), kConnectionCost) : std::nullopt;
  timeout_ = place.loop.after(options.auth_within, [this] { end(0, Code::auth_timeout); });
  if (refused) end(0, *refused);
}

void Greeter::received(std::string_view frame) {
  if (ended_) return;
  auto command = frames_.read(frame);
  if (!command) {
    // Before it is known who this is, one mistake is enough.
    if (command.error().failure.code != Code::unknown_command) return end(command.error().id, command.error().failure);
    return frames_.write_failure(command.error().id, command.error().failure);
  }
  if (std::holds_alternative<wire::Ping>(command->command)) return frames_.write({command->id, wire::Pong{}});
  auto* auth = std::get_if<wire::Auth>(&command->command);
  if (!auth || busy_) return frames_.write_failure(command->id, Code::not_authenticated);
  busy_ = true;
  scope_.spawn(authenticate(command->id, std::move(*auth)));
}

Task<void> Greeter::authenticate(std::uint64_t re, wire::Auth auth) {
  DeviceId device;
  if (!auth.device.empty()) {
    auto named = DeviceId::parse(auth.device);
    if (!named) {
      end(re, {Code::invalid_argument, "device"});
      co_return;
    }
    device = std::move(*named);
  }
  auto identity = co_await place_.backend.verify(auth.token, device);
  if (ended_) co_return;
  if (identity && identity->user.empty()) identity = Failure{Code::unauthenticated, "this token belongs to no user"};
  if (identity && identity->device.empty()) identity = Failure{Code::invalid_argument, "device"};
  if (!identity) {
    end(re, identity.error());
    co_return;
  }
  ended_ = true;
  timeout_.cancel();
  std::size_t home = place_.backend.home(identity->user);
  Admitted admitted{re, std::move(auth.token), std::move(*identity), std::move(auth.cursor), {auth.useq}, frames_.encoding()};
  frames_.transport().hand_over(home, place_.backend.session(std::move(admitted)));
}

void Greeter::end(std::uint64_t re, const Failure& failure) {
  ended_ = true;
  timeout_.cancel();
  frames_.write_failure(re, failure);
  // What has no close code of its own ends as what it means for the device: come again, or do not.
  const CodeInfo& known = info(failure.code);
  bool again = known.outcome == Outcome::retry || known.outcome == Outcome::unknown;
  frames_.transport().close(known.close != 0 ? failure.code : again ? Code::unavailable : Code::unauthenticated);
}

}  // namespace kith
