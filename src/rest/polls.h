// rest/polls.h — Long polling: what a device missed, as soon as there is something, over plain HTTP requests.
//
//   Which loop   One object per loop, for the devices of its users. Owned by the shard; ends before the directory does.
//   Order        Pages are contiguous from the position that the device presents; presenting it confirms everything up to there.
//   Presence     A device that polls is in the Directory from its first poll until kGrace after the last one ended, so a device is never on
//                two transports at once: the newer one ends the older.
//   Fails        With problem objects; nothing moved then, and the next poll with the same position gives the same.
//   Limits       One pending poll for each device: a newer one ends the older with `replaced`. An empty answer would let two clients
//                that share a token end each other's polls for ever. kWaitMax.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "rest/response.h"
#include "session/directory.h"
#include "session/place.h"

namespace kith {

inline constexpr Duration kWaitDefault = 25s, kWaitMax = 60s;

struct PollRequest {
  std::string token;
  DeviceId device;  // Empty: the one that the token names.
  std::string cursor;
  Useq useq;
  Duration wait = kWaitDefault;
};

class Polls {
 public:
  explicit Polls(Place& place) : place_(place) {}

  // Answers with a Frame: a page or a resync; 204 when the time is over.
  Task<RestResponse> poll(PollRequest request);

  std::size_t count() const { return devices_.size(); }

 private:
  class Device;
  class Turn;

  Task<Result<std::shared_ptr<Device>>> admit(PollRequest& request);
  // What there is to answer; nothing: the device is in step.
  Task<std::optional<RestResponse>> look(const Turn& device, const PollRequest& request, std::optional<Useq>& position);
  std::shared_ptr<Device> device_of(const Identity& identity);
  void confirm(Device& device, Useq useq);
  void forget(Device& device);

  Place& place_;
  std::unordered_map<std::string, std::shared_ptr<Device>> devices_;  // By user and device.
  Scope scope_;
};

}  // namespace kith
