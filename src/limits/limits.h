// limits/limits.h — How much users, devices and addresses may do, and what became too much. The whole list is docs/limits.md.
//
//   Which loop   Limits: one object per loop, for the users who live there. Addresses: one object for all loops, any thread.
//   Owned by     The shard; Addresses by all of them together.
//   Durable      Nothing: a new start finds full buckets.
//   Fails        Never by itself. What it says no to gets `rate_limited` and when to come again; nothing was done then.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/loop.h"
#include "base/result.h"
#include "limits/buckets.h"

namespace kith {

// What is counted, and named in the detail of `rate_limited` and in /metrics.
enum class Limit : std::uint8_t {
  user,
  device,
  address,
  conversation,
  first_contacts,
  logins_of_user,
  logins_of_address,
  signups_of_address,
  editing,
  deleting,
};
inline constexpr std::size_t kLimits = 10;
std::string_view name(Limit limit);

// How often each limit said no, since the process began.
class Refusals {
 public:
  void add(Limit limit) { ++counts_[static_cast<std::size_t>(limit)]; }
  std::uint64_t of(Limit limit) const { return counts_[static_cast<std::size_t>(limit)]; }
  Refusals& operator+=(const Refusals& other);

 private:
  std::array<std::uint64_t, kLimits> counts_{};
};

// `rate_limited`, with the name of the limit as detail, and counted.
Failure too_much(Limit limit, Duration wait, Refusals& refusals);

struct LimitOptions {
  Rate user{4000, 5ms};                     // Commands of all devices of a user, by what they cost (limits/cost.h).
  Rate device{2000, 10ms};                  // Of one of them.
  Rate address{20'000, 500us};              // Requests, connections and commands of one numeric address.
  Rate conversation{5000, 2ms};             // Sends and changes in one conversation.
  Rate first_contacts{20, 180s};            // Strangers whom a user writes to or asks to be a contact.
  Duration edit_within{}, delete_within{};  // Of one's own message, from its time on; 0: for ever.
  bool loopback_exempt = false;             // 127.0.0.1 and ::1 are no address: for a proxy in front, and for tests.
  std::size_t names_max = 16'384;           // Remembered in each table of a loop; of addresses in all.
};

inline constexpr std::uint32_t kConnectionCost = 5;        // Of an address: a connection, with hello and the look at its token.
inline constexpr std::uint64_t kRowsSearchedForOne = 100;  // Of a user: rows of a conversation that a repeated send makes us read, for 1.

class Addresses {
 public:
  Addresses(const LimitOptions& options, std::uint64_t seed);

  BucketKey key(std::string_view address) const;  // 0: not limited.
  SharedBuckets& work() { return work_; }

 private:
  const bool loopback_exempt_;
  const std::uint64_t seed_;
  SharedBuckets work_;
};

// How it stands with one limit, for the fields of an HTTP answer.
struct Standing {
  Limit limit;
  Rate rate;
  Bucket bucket;
};

class Limits {
 public:
  // `options` outlives it.
  Limits(Loop& loop, const LimitOptions& options, std::shared_ptr<Addresses> addresses);

  // A connection or request of this address, before it is known who it is.
  std::optional<Failure> stranger(std::string_view address, std::uint32_t cost);
  std::vector<Standing> standings(std::string_view address) const;
  // A direct conversation that the user begins.
  std::optional<Failure> first_contact(const UserId& user);
  // Work for a user that nobody could foresee.
  void charge(const UserId& user, std::uint32_t cost);

  const LimitOptions& options() const { return options_; }
  Refusals& refusals() { return refusals_; }
  Addresses& addresses() { return *addresses_; }

 private:
  friend class Meter;
  BucketKey key(const UserId& user) const { return bucket_key(user.text(), seed_); }

  Loop& loop_;
  const LimitOptions& options_;
  std::shared_ptr<Addresses> addresses_;
  const std::uint64_t seed_;
  Buckets users_, devices_, first_contacts_;
  Refusals refusals_;
};

// One device at work: what it does is charged to its user, to itself and to its address. Owner: whoever carries out its commands.
class Meter {
 public:
  // Without limits it lets everything pass. `device` may be empty, `address` too: then that one does not count.
  Meter(Limits* limits, const UserId& user, const DeviceId& device, std::string_view address);

  // Nothing: it may be done, and was charged. All three or none are charged.
  std::optional<Failure> admit(std::uint32_t cost);
  // False for a client that was told to wait too often to be waiting: its connection should end.
  bool heeded();

  std::vector<Standing> standings() const;

 private:
  Limits* limits_;
  BucketKey user_ = 0, device_ = 0, address_ = 0;
  Bucket patience_;
};

// The header fields RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10): how much there may be in which time, what is
// left, and in how many seconds all of it will be there again.
using HeaderFields = std::vector<std::pair<std::string, std::string>>;
void add_rate_fields(HeaderFields& fields, const std::vector<Standing>& standings, Instant now);

}  // namespace kith
