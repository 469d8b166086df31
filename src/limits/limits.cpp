#include "limits/limits.h"

namespace kith {

namespace {

// Commands refused on one connection. A client that waits as it is told is refused once or twice; one that pipelines, once for each
// command that is on its way.
constexpr Rate kPatience{1000, 100ms};

constexpr std::string_view kNames[kLimits] = {"user",           "device",         "address",           "conversation",
                                              "first_contacts", "logins_of_user", "logins_of_address", "signups_of_address",
                                              "editing",        "deleting"};

bool is_loopback(std::string_view address) { return address.starts_with("127.") || address == "::1"; }

std::int64_t seconds(Duration duration) { return std::chrono::ceil<std::chrono::seconds>(duration).count(); }

}  // namespace

std::string_view name(Limit limit) { return kNames[static_cast<std::size_t>(limit)]; }

Refusals& Refusals::operator+=(const Refusals& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  return *this;
}

Failure too_much(Limit limit, Duration wait, Refusals& refusals) {
  refusals.add(limit);
  auto ms = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
  return {Code::rate_limited, std::string(name(limit)), static_cast<std::uint32_t>(ms)};
}

Addresses::Addresses(const LimitOptions& options, std::uint64_t seed)
    : loopback_exempt_(options.loopback_exempt), seed_(seed), work_(options.address, options.names_max) {}

BucketKey Addresses::key(std::string_view address) const {
  return loopback_exempt_ && is_loopback(address) ? 0 : bucket_key(address, seed_);
}

Limits::Limits(Loop& loop, const LimitOptions& options, std::shared_ptr<Addresses> addresses)
    : loop_(loop),
      options_(options),
      addresses_(std::move(addresses)),
      seed_(loop.random().next()),
      users_(options.user, options.names_max),
      devices_(options.device, options.names_max),
      first_contacts_(options.first_contacts, options.names_max) {}

std::optional<Failure> Limits::stranger(std::string_view address, std::uint32_t cost) {
  Duration wait = addresses_->work().take(addresses_->key(address), cost, loop_.now());
  if (wait == 0ns) return std::nullopt;
  return too_much(Limit::address, wait, refusals_);
}

std::vector<Standing> Limits::standings(std::string_view address) const {
  const SharedBuckets& work = addresses_->work();
  BucketKey key = addresses_->key(address);
  if (key == 0 || !work.rate().limits()) return {};
  return {{Limit::address, work.rate(), work.bucket(key)}};
}

std::optional<Failure> Limits::first_contact(const UserId& user) {
  Duration wait = first_contacts_.take(key(user), 1, loop_.now());
  if (wait == 0ns) return std::nullopt;
  return too_much(Limit::first_contacts, wait, refusals_);
}

void Limits::charge(const UserId& user, std::uint32_t cost) { users_.charge(key(user), cost, loop_.now()); }

Meter::Meter(Limits* limits, const UserId& user, const DeviceId& device, std::string_view address) : limits_(limits) {
  if (!limits_) return;
  user_ = limits_->key(user);
  if (!device.empty()) device_ = bucket_key(device.text(), limits_->seed_ ^ user_);
  address_ = limits_->addresses_->key(address);
}

std::optional<Failure> Meter::admit(std::uint32_t cost) {
  if (!limits_) return std::nullopt;
  Instant now = limits_->loop_.now();
  // Asked first, taken later: who is refused by one limit has not used up another.
  Limit limit = Limit::user;
  Duration wait = limits_->users_.wait(user_, cost, now);
  if (wait == 0ns) {
    limit = Limit::device;
    wait = limits_->devices_.wait(device_, cost, now);
  }
  if (wait == 0ns) {
    limit = Limit::address;
    wait = limits_->addresses_->work().take(address_, cost, now);
  }
  if (wait > 0ns) return too_much(limit, wait, limits_->refusals_);
  limits_->users_.take(user_, cost, now);
  limits_->devices_.take(device_, cost, now);
  return std::nullopt;
}

bool Meter::heeded() {
  if (!limits_) return true;
  Instant now = limits_->loop_.now();
  if (patience_.wait(kPatience, 1, now) > 0ns) return false;
  patience_.take(kPatience, 1, now);
  return true;
}

std::vector<Standing> Meter::standings() const {
  std::vector<Standing> out;
  if (!limits_) return out;
  if (limits_->users_.rate().limits()) out.push_back({Limit::user, limits_->users_.rate(), limits_->users_.bucket(user_)});
  if (device_ != 0 && limits_->devices_.rate().limits())
    out.push_back({Limit::device, limits_->devices_.rate(), limits_->devices_.bucket(device_)});
  return out;
}

void add_rate_fields(HeaderFields& fields, const std::vector<Standing>& standings, Instant now) {
  std::string policy, state;
  for (const auto& [limit, rate, bucket] : standings) {
    std::string item = (policy.empty() ? "\"" : ", \"") + std::string(name(limit)) + '"';
    policy += item + ";q=" + std::to_string(rate.burst) + ";w=" + std::to_string(seconds(rate.whole()));
    Duration owed = std::max(bucket.full_at, now) - now;
    state += item + ";r=" + std::to_string(bucket.left(rate, now)) + ";t=" + std::to_string(seconds(owed));
  }
  if (policy.empty()) return;
  fields.emplace_back("RateLimit-Policy", std::move(policy));
  fields.emplace_back("RateLimit", std::move(state));
}

}  // namespace kith
