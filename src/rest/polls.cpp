#include "rest/polls.h"

#include <algorithm>
#include <utility>

#include "base/plant.h"
#include "session/pages.h"
#include "session/position.h"

namespace kith {

namespace {

constexpr Duration kGrace = 15s;  // Between two polls a device stays present.
constexpr Duration kConfirmEvery = 1s;

RestResponse with_frame(wire::Frame frame) {
  RestResponse response;
  wire::write_json(frame, response.body);
  return response;
}

RestResponse empty() { return {204, {}, {}}; }

}  // namespace

// A device that polls, from its first poll on. Ends kGrace after its last one, or when something ended it.
class Polls::Device final : public Attendant {
 public:
  Device(Polls& polls, const Identity& identity) : polls_(polls), user_(identity.user), device_(identity.device) {}
  ~Device() { polls_.place_.directory.leave(*this); }

  const UserId& user() const override { return user_; }
  const DeviceId& device() const override { return device_; }
  void step(const InboxStep&) override { wake(); }
  void end(Code reason) override { end(Failure(reason)); }
  void dismiss(std::uint32_t after_ms) override { end(Failure(Code::going_away, {}, std::max(after_ms, 1u))); }

  // Waits for a step, at most this long. Another one that waits is woken.
  Future<Ok> next(Duration at_most) {
    wake();
    waiter_.emplace();
    timer_ = polls_.place_.loop.after(at_most, [this] { wake(); });
    return waiter_->future();
  }

  const std::optional<Failure>& ended() const { return ended_; }

  Useq confirmed;
  Instant confirmed_at;  // When one was written last.

 private:
  friend class Turn;

  // At the end of the turn: several steps make one page, and who ends a device is not inside of it any more.
  void wake() {
    if (!waiter_) return;
    polls_.place_.loop.defer([waiter = std::move(*waiter_)]() mutable { waiter.set(Ok{}); });
    waiter_.reset();
  }

  void end(Failure why) {
    if (ended_) return;
    ended_ = std::move(why);
    wake();
    leave_after(0s);
  }

  void leave_after(Duration time) {
    timer_ = polls_.place_.loop.after(time, [this] { polls_.forget(*this); });
  }

  Polls& polls_;
  const UserId user_;
  const DeviceId device_;
  std::optional<Promise<Ok>> waiter_;
  std::optional<Failure> ended_;
  std::uint32_t polls_now_ = 0;
  std::uint64_t newest_ = 0;  // Number of the newest poll.
  Timer timer_;               // While a poll waits: its end. Else that of the grace.
};

// A poll that is being answered keeps its device.
class Polls::Turn {
 public:
  explicit Turn(std::shared_ptr<Device> device) : device_(std::move(device)), number_(++device_->newest_) {
    ++device_->polls_now_;
    device_->wake();  // Who waited before is done.
    device_->timer_.cancel();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (--device_->polls_now_ == 0 && !device_->ended_) device_->leave_after(kGrace);
  }
  // Why it does not go on, if it does not.
  std::optional<Failure> over() const {
    if (device_->ended()) return device_->ended();
    return number_ == device_->newest_ ? std::nullopt : std::optional(Failure(Code::replaced));
  }
  Device* operator->() const { return device_.get(); }
  Device& operator*() const { return *device_; }

 private:
  std::shared_ptr<Device> device_;
  const std::uint64_t number_;
};

namespace {
std::string key_of(const UserId& user, const DeviceId& device) { return user.text() + '/' + device.text(); }
}  // namespace

std::shared_ptr<Polls::Device> Polls::device_of(const Identity& identity) {
  auto& device = devices_[key_of(identity.user, identity.device)];
  if (device && !device->ended()) return device;
  device = std::make_shared<Device>(*this, identity);
  ++place_.traffic.sessions;
  place_.directory.enter(*device);
  return device;
}

void Polls::forget(Device& device) {
  auto place = devices_.find(key_of(device.user(), device.device()));
  if (place != devices_.end() && place->second.get() == &device) devices_.erase(place);
}

// At most one a second is written; what is left out is confirmed again by the next poll.
void Polls::confirm(Device& device, Useq useq) {
  Instant now = place_.loop.now();
  if (useq <= device.confirmed || (device.confirmed_at.ns != 0 && now - device.confirmed_at < kConfirmEvery)) return;
  device.confirmed = useq;
  device.confirmed_at = now;
  scope_.spawn(take_confirmed(place_, device.user(), device.device(), useq));
}

Task<Result<std::shared_ptr<Polls::Device>>> Polls::admit(PollRequest& request) {
  auto identity = co_await place_.backend.verify(std::move(request.token), request.device);
  if (identity && identity->device.empty()) identity = Failure{Code::invalid_argument, "device"};
  if (!identity) co_return identity.error();
  co_return device_of(*identity);  // In the turn of the answer: no revocation is missed.
}

Task<std::optional<RestResponse>> Polls::look(const Turn& device, const PollRequest& request, std::optional<Useq>& position) {
  auto inbox = co_await place_.inboxes.acquire(device->user());
  if (!inbox) co_return rest_problem(inbox.error());
  if (!position) co_await (*inbox)->arrivals();
  if (auto why = device.over()) co_return rest_problem(*why);
  if (!position) {
    Position found = find_position(place_, **inbox, request.cursor, request.useq);
    if (found.resync) co_return with_frame({0, wire::Resync{cursor_at(place_, (*inbox)->rebuild(), found.at), found.resync}});
    position = found.at;
    confirm(*device, found.at);
  }
  bool passes_over = planted(Plant::poll_passes_over) && request.wait == 0s;
  if (*position == (*inbox)->head() || passes_over) co_return std::nullopt;
  auto page = co_await next_page(place_, **inbox, *position);
  if (!page) co_return rest_problem(page.error());
  ++place_.traffic.pages;
  co_return with_frame({0, std::move(*page)});
}

// What a poll needs to find its answer is in coroutines of their own: while it waits it keeps nothing of that.
Task<RestResponse> Polls::poll(PollRequest request) {
  if (place_.stopping) co_return rest_problem({Code::going_away, {}, 1000});
  auto admitting = admit(request);
  auto admitted = co_await admitting;
  if (!admitted) co_return rest_problem(admitted.error());
  Turn device(std::move(*admitted));
  std::optional<Useq> position;
  for (bool waited = false;; waited = true) {
    auto looking = look(device, request, position);
    auto found = co_await looking;
    if (found) co_return std::move(*found);
    if (waited || request.wait == 0s) co_return empty();
    auto step = device->next(request.wait);
    co_await step;
  }
}

}  // namespace kith
