#include "limits/limits.h"

#include <gtest/gtest.h>

#include "base/manual_loop.h"
#include "limits/cost.h"

namespace kith {
namespace {

UserId user(std::string_view text) { return *UserId::parse(text); }
DeviceId device(std::string_view text) { return *DeviceId::parse(text); }

BucketKey key(std::string_view name) { return bucket_key(name, 7); }

TEST(Rate, IsReadAsItIsWritten) {
  for (std::string_view text : {"200/s,4000", "1/s,1", "20/h,20", "90/m,5", "1000000/s,1000000", "7/s,3", "1/h,1000000", "off"}) {
    auto rate = Rate::parse(text);
    ASSERT_TRUE(rate) << text;
    EXPECT_EQ(rate->text(), text);
  }
  EXPECT_EQ(Rate::parse("200/s,4000"), (Rate{4000, 5ms}));
  EXPECT_EQ(Rate::parse("20/h,5"), (Rate{5, 180s}));
  for (std::string_view text : {"", "200", "200/s", "200,5", "0/s,5", "5/s,0", "5/d,5", "-1/s,5", "5/s,-1", "5/s,5x", "x5/s,5", "5/ss,5",
                                "5/,5", "/s,5", "1000001/s,1", "1/s,1000001", " 5/s,5", "5/s, 5", "on"}) {
    EXPECT_FALSE(Rate::parse(text)) << text;
  }
}

TEST(Rate, DurationsToo) {
  for (std::string_view text : {"0", "1s", "90s", "15m", "2h", "7d", "3650d"}) {
    auto duration = parse_duration(text);
    ASSERT_TRUE(duration) << text;
    EXPECT_EQ(duration_text(*duration), text);
  }
  EXPECT_EQ(parse_duration("120m"), Duration(2h));
  for (std::string_view text : {"", "s", "5", "0s", "-1s", "5w", "5 m", "1.5h", "3651d", "1000000h", "99999999999s"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Buckets, GiveWhatIsThereAndRefill) {
  Buckets buckets({2, 10s}, 64);
  Instant now{1};
  EXPECT_EQ(buckets.take(key("a"), 1, now), 0ns);
  EXPECT_EQ(buckets.take(key("a"), 1, now), 0ns);
  EXPECT_EQ(buckets.take(key("a"), 1, now), 10s);
  EXPECT_EQ(buckets.take(key("b"), 1, now), 0ns);  // Another's.
  EXPECT_EQ(buckets.take(key("a"), 1, now + 4s), 6s);
  EXPECT_EQ(buckets.take(key("a"), 1, now + 10s), 0ns);
  EXPECT_EQ(buckets.take(key("a"), 1, now + 10s), 10s);
  EXPECT_EQ(buckets.take(key("a"), 2, now + 10s), 20s);
  // However long nobody came, there is no more than the burst.
  for (int i = 0; i < 2; ++i) EXPECT_EQ(buckets.take(key("a"), 1, now + 1000s), 0ns);
  EXPECT_EQ(buckets.take(key("a"), 1, now + 1000s), 10s);
  // What costs more than the whole bucket needs a full one.
  EXPECT_EQ(buckets.take(key("c"), 100, now), 0ns);
  EXPECT_EQ(buckets.take(key("c"), 100, now + 5s), 15s);
}

TEST(Buckets, ChargeMayLeaveLessThanNothingButNotForEver) {
  Rate rate{10, 1s};
  Buckets buckets(rate, 64);
  Instant now{1};
  buckets.charge(key("a"), 10, now);
  buckets.charge(key("a"), 5, now);
  EXPECT_EQ(buckets.take(key("a"), 1, now), 6s);
  for (int i = 0; i < 100; ++i) buckets.charge(key("a"), 10, now);
  EXPECT_EQ(buckets.take(key("a"), 1, now), 11s);
  EXPECT_EQ(buckets.bucket(key("a")).left(rate, now), 0u);
  EXPECT_EQ(buckets.bucket(key("a")).left(rate, now + 15s), 5u);
}

TEST(Buckets, NobodyAndNoLimitAreNotLimited) {
  Buckets none({0, 1s}, 64), some({1, 1s}, 64);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(none.take(key("a"), 1, {1}), 0ns);
    EXPECT_EQ(some.take(0, 1, {1}), 0ns);
  }
  EXPECT_EQ(bucket_key("", 7), 0u);
}

TEST(Buckets, GrowWithoutForgettingAndThenStayBounded) {
  Buckets buckets({2, 10s}, 1024);
  Instant now{1};
  const std::size_t bytes = buckets.bytes();
  // Far below what fits, none is forgotten.
  for (int i = 0; i < 200; ++i) EXPECT_EQ(buckets.take(key(std::to_string(i)), 2, now), 0ns);
  for (int i = 0; i < 200; ++i) EXPECT_EQ(buckets.take(key(std::to_string(i)), 1, now), 10s) << i;
  EXPECT_GT(buckets.bytes(), bytes);
  for (int i = 0; i < 100'000; ++i) EXPECT_EQ(buckets.take(key("many" + std::to_string(i)), 1, now + 1s), 0ns);
  EXPECT_EQ(buckets.bytes(), 1024u * 16);
  // Who waits longest is kept: nobody gets a full bucket by pressing on while others come and go.
  EXPECT_EQ(buckets.take(key("eager"), 2, now + 1s), 0ns);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(buckets.take(key("others" + std::to_string(i)), 1, now + 1s), 0ns);
    EXPECT_GT(buckets.take(key("eager"), 1, now + 1s), 0ns);
  }
}

TEST(Buckets, FullOnesMakeRoomInASmallTable) {
  Buckets buckets({2, 1s}, 1 << 20);
  const std::size_t bytes = buckets.bytes();
  Instant now{1};
  for (int i = 0; i < 10'000; ++i, now = now + 1s) EXPECT_EQ(buckets.take(key(std::to_string(i)), 1, now), 0ns);
  EXPECT_EQ(buckets.bytes(), bytes);
}

struct World {
  explicit World(LimitOptions o = {}) : options(std::move(o)) {}
  Meter meter(std::string_view who, std::string_view where, std::string_view address = "192.0.2.1") {
    return {&limits, user(who), where.empty() ? DeviceId() : device(where), address};
  }
  // How many of cost 1 are let through at once, up to 10,000.
  static int passed(Meter& meter) {
    int count = 0;
    while (count < 10'000 && !meter.admit(1)) ++count;
    return count;
  }

  ManualLoop loop;
  LimitOptions options;
  std::shared_ptr<Addresses> addresses = std::make_shared<Addresses>(options, 5);
  Limits limits{loop, options, addresses};
};

LimitOptions small() {
  LimitOptions options;
  options.user = {6, 1s};
  options.device = {4, 1s};
  options.address = {9, 1s};
  options.first_contacts = {2, 60s};
  return options;
}

TEST(Meter, DevicesShareWhatTheirUserMay) {
  World world(small());
  Meter phone = world.meter("alice", "phone"), laptop = world.meter("alice", "laptop");
  EXPECT_EQ(World::passed(phone), 4);
  EXPECT_EQ(phone.admit(1)->detail, "device");
  EXPECT_EQ(World::passed(laptop), 2);
  auto refused = laptop.admit(1);
  EXPECT_EQ(refused->code, Code::rate_limited);
  EXPECT_EQ(refused->detail, "user");
  EXPECT_EQ(refused->retry_after_ms, 1000u);
  world.loop.advance(1s);
  EXPECT_EQ(World::passed(laptop), 1);
  EXPECT_EQ(world.limits.refusals().of(Limit::user), 3u);
  EXPECT_EQ(world.limits.refusals().of(Limit::device), 2u);
}

TEST(Meter, ANewConnectionOfADeviceFindsTheSameBucket) {
  World world(small());
  Meter before = world.meter("alice", "phone");
  EXPECT_EQ(World::passed(before), 4);
  Meter after = world.meter("alice", "phone");
  EXPECT_EQ(World::passed(after), 0);
  Meter namesake = world.meter("bob", "phone");
  EXPECT_EQ(World::passed(namesake), 4);
}

TEST(Meter, UsersOfOneAddressShareIt) {
  World world(small());
  Meter alice = world.meter("alice", "phone"), bob = world.meter("bob", "phone"), carol = world.meter("carol", "phone");
  EXPECT_EQ(World::passed(alice) + World::passed(bob), 8);
  EXPECT_EQ(World::passed(carol), 1);
  EXPECT_EQ(carol.admit(1)->detail, "address");
  EXPECT_EQ(world.limits.stranger("192.0.2.1", 1)->detail, "address");
  Meter elsewhere = world.meter("carol", "phone", "192.0.2.2");
  EXPECT_EQ(World::passed(elsewhere), 3);  // What the address refused was not taken from the device.
  // Another loop counts the same address.
  Limits other(world.loop, world.options, world.addresses);
  EXPECT_TRUE(other.stranger("192.0.2.1", 1));
  EXPECT_EQ(other.refusals().of(Limit::address), 1u);
}

TEST(Meter, LoopbackIsExemptIfItShallBe) {
  LimitOptions options = small();
  options.user = options.device = {0, 1s};
  World strict(options);
  Meter here = strict.meter("alice", "phone", "127.0.0.1");
  EXPECT_EQ(World::passed(here), 9);
  options.loopback_exempt = true;
  World lenient(options);
  for (std::string_view address : {"127.0.0.1", "127.9.9.9", "::1"}) {
    Meter exempt = lenient.meter("alice", "phone", address);
    EXPECT_EQ(World::passed(exempt), 10'000);
  }
  Meter outside = lenient.meter("alice", "phone", "192.0.2.1");
  EXPECT_EQ(World::passed(outside), 9);
}

TEST(Meter, WhoNeverWaitsIsToldApart) {
  World world(small());
  Meter wild = world.meter("alice", "phone"), patient = world.meter("alice", "laptop");
  EXPECT_EQ(World::passed(wild), 4);
  int refusals = 0;
  while (wild.heeded()) ASSERT_LT(++refusals, 10'000);
  EXPECT_EQ(refusals, 1000);
  for (int i = 0; i < 5000; ++i) {
    EXPECT_TRUE(patient.heeded());
    world.loop.advance(100ms);
  }
}

TEST(Limits, FirstContactsAreFew) {
  World world(small());
  EXPECT_FALSE(world.limits.first_contact(user("alice")));
  EXPECT_FALSE(world.limits.first_contact(user("alice")));
  auto refused = world.limits.first_contact(user("alice"));
  EXPECT_EQ(refused->code, Code::rate_limited);
  EXPECT_EQ(refused->detail, "first_contacts");
  EXPECT_EQ(refused->retry_after_ms, 60'000u);
  EXPECT_FALSE(world.limits.first_contact(user("bob")));
  world.loop.advance(60s);
  EXPECT_FALSE(world.limits.first_contact(user("alice")));
  EXPECT_TRUE(world.limits.first_contact(user("alice")));
}

TEST(Limits, ASearchIsChargedToWhoCausedIt) {
  World world(small());
  world.limits.charge(user("alice"), 4);
  Meter phone = world.meter("alice", "phone"), other = world.meter("bob", "phone");
  EXPECT_EQ(World::passed(phone), 2);
  EXPECT_EQ(World::passed(other), 4);
}

TEST(Limits, HeaderFieldsSayWhatIsLeft) {
  World world(small());
  Meter phone = world.meter("alice", "phone");
  EXPECT_FALSE(phone.admit(3));
  HeaderFields fields;
  add_rate_fields(fields, phone.standings(), world.loop.now());
  const HeaderFields expected{{"RateLimit-Policy", R"("user";q=6;w=6, "device";q=4;w=4)"},
                              {"RateLimit", R"("user";r=3;t=3, "device";r=1;t=3)"}};
  EXPECT_EQ(fields, expected);
  world.loop.advance(500ms);
  fields.clear();
  add_rate_fields(fields, phone.standings(), world.loop.now());
  EXPECT_EQ(fields[1].second, R"("user";r=3;t=3, "device";r=1;t=3)");
  LimitOptions off = small();
  off.user = off.device = {0, 1s};
  World unlimited(off);
  fields.clear();
  add_rate_fields(fields, unlimited.meter("alice", "phone").standings(), unlimited.loop.now());
  EXPECT_TRUE(fields.empty());
}

TEST(Limits, WhatReadsMoreCostsMore) {
  auto cost = [](auto command) { return cost_of({1, std::move(command)}); };
  EXPECT_EQ(cost(wire::Send{}), 1u);
  EXPECT_EQ(cost(wire::Read{}), 1u);
  EXPECT_EQ(cost(wire::Edit{}), 2u);
  wire::GetHistory get;
  EXPECT_EQ(cost(get), 2u);
  get.limit = 200;
  EXPECT_EQ(cost(get), 5u);
  get.limit = 4'000'000'000;
  EXPECT_EQ(cost(get), 5u);
  wire::CreateGroup create;
  create.members.resize(250);
  EXPECT_EQ(cost(create), 130u);
  // None costs more than a device may do at once.
  create.members.resize(60'000);
  EXPECT_LE(cost(create), LimitOptions().device.burst);
}

}  // namespace
}  // namespace kith
