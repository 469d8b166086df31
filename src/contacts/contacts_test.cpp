// Contacts: what two users are to each other, on both sides, whatever comes between; what users prefer; who is a stranger.
#include "contacts/contacts.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <list>

#include "conversation/conversation_under_test.h"

namespace kith::test {
namespace {

// Two homes, each with the users whose names begin in its half of the alphabet, and wires between them that take their time.
struct Homes : InboxObserver, MarkKeeper, ContactRouter {
  explicit Homes(std::uint64_t seed = 5, ContactsOptions limits = {}) : options(limits), random(seed), disk(loop, random, {100us, 2ms}) {
    power_on();
  }
  void power_on() {
    store = std::make_unique<MemoryStore>(disk, loop);
    ++epoch;
    for (Home& home : homes) {
      home.inboxes = std::make_unique<Inboxes>(loop, *store, *this, *this, epoch, 64 << 20);
      home.contacts = std::make_unique<Contacts>(loop, *store, *home.inboxes, *this, epoch, options);
    }
  }
  Future<Result<Ok>> mark(ConversationId, UserId, Mark) override { return Future<Result<Ok>>::ready(Ok{}); }
  void crash() {
    scope.cancel();
    wires.clear();
    disk.crash();
    for (Home& home : homes) {
      home.contacts.reset();
      home.inboxes.reset();
    }
    store.reset();
    power_on();
  }
  Contacts& at(const UserId& who) { return *homes[who.text() < "m" ? 0 : 1].contacts; }

  Future<Result<Ok>> adding(const UserId& who, const UserId& other) { return scope.start(at(who).add(who, other)); }
  Future<Result<Ok>> removing(const UserId& who, const UserId& other) { return scope.start(at(who).remove(who, other)); }
  Result<Ok> add(const UserId& who, const UserId& other) { return value_of(loop, adding(who, other)); }
  Result<Ok> remove(const UserId& who, const UserId& other) { return value_of(loop, removing(who, other)); }
  Result<Ok> block(const UserId& who, const UserId& other, bool blocked = true) {
    return value_of(loop, scope.start(at(who).block(who, other, blocked)));
  }
  std::string state(const UserId& who, const UserId& other) {
    auto found = value_of(loop, scope.start(at(who).state(who, other)));
    return found ? std::string(name(*found)) : "?";
  }
  // "asked/asks"
  std::string between(const UserId& who, const UserId& other) { return state(who, other) + "/" + state(other, who); }
  // "ben:contact zoe:asks", page by page.
  std::string list(const UserId& who, std::size_t limit = 100) {
    std::string out;
    UserId after;
    for (bool more = true; more;) {
      auto page = value_of(loop, scope.start(at(who).list(who, after, limit)));
      KITH_ASSERT(page && page->contacts.size() <= limit);
      more = page->more;
      for (const ContactRow& row : page->contacts)
        out += (out.empty() ? "" : " ") + row.other.text() + ":" + std::string(name(row.state()));
      if (more) after = page->contacts.back().other;
    }
    return out;
  }
  // What the devices of a user heard of another: "asks contact none".
  std::string heard(const UserId& who, const UserId& other) { return told[{who, other}]; }

  // InboxObserver
  bool present(const UserId&) const override { return true; }
  void advanced(const UserId& who, const InboxStep& step) override {
    KITH_ASSERT(step.pointer.kind == PointerKind::contact);
    std::string& words = told[{who, step.pointer.with}];
    words += (words.empty() ? "" : " ") + std::string(name(step.pointer.contact.state()));
  }

  // ContactRouter
  Future<Result<bool>> exists(UserId who) override {
    auto promise = std::make_shared<Promise<Result<bool>>>();
    auto future = promise->future();
    carry(true, [promise, there = who.text() != "nobody"] { promise->set(there); });
    return future;
  }
  Future<Result<bool>> blocked(ConversationId direct) override { return Future<Result<bool>>::ready(blocks.contains(direct)); }
  Future<Result<Ok>> first_contact(UserId who, UserId other) override {
    ++approached[{who, other}];
    if (!hurried.contains(who)) return Future<Result<Ok>>::ready(Ok{});
    return Future<Result<Ok>>::ready(Failure{Code::rate_limited, who.text(), 60'000});
  }
  Future<Result<Ok>> block(ConversationId direct, UserId, UserId, bool blocked) override {
    if (blocked) {
      blocks.insert(direct);
    } else {
      blocks.erase(direct);
    }
    return Future<Result<Ok>>::ready(Ok{});
  }
  void preferences_changed(const UserId& who) override { rethought.push_back(who.text()); }
  void hide_read(const UserId& who) override { hidden_read.push_back(who.text()); }
  Future<Result<ContactAnswer>> tell_contact(UserId who, UserId by, ContactNews news) override {
    Promise<Result<ContactAnswer>> promise;
    auto future = promise.future();
    bool down = by.text() < "m";
    auto shared = std::make_shared<Promise<Result<ContactAnswer>>>(std::move(promise));
    carry(down, [this, down, who, by, news, shared] {
      scope.start(at(who).hear(who, by, news)).then([this, down, shared](Result<ContactAnswer> answer) {
        carry(!down, [shared, answer] { shared->set(answer); });
      });
    });
    return future;
  }
  // In the order of the calls of one direction.
  void carry(bool down, std::function<void()> what) {
    Instant& last = arrives[down];
    last = std::max(last + Duration(1us), loop.now() + Duration(random.below(slow) * 1us));
    auto place = wires.emplace(wires.end());
    *place = loop.after(last - loop.now(), std::move(what));
  }

  struct Home {
    std::unique_ptr<Inboxes> inboxes;
    std::unique_ptr<Contacts> contacts;
  };
  const UserId ann = user("ann"), ben = user("ben"), zoe = user("zoe");
  ContactsOptions options;
  Epoch epoch;
  std::uint64_t slow = 200;  // Microseconds, at most, on a wire.
  std::map<std::pair<UserId, UserId>, std::string> told;
  std::map<std::pair<UserId, UserId>, int> approached;
  std::vector<std::string> rethought, hidden_read;
  std::set<UserId> hurried;  // Approach too many.
  std::set<ConversationId> blocks;
  std::map<bool, Instant> arrives;
  ManualLoop loop;
  SeededRandom random;
  MemoryDisk disk;
  std::unique_ptr<MemoryStore> store;
  std::array<Home, 2> homes;
  std::list<Timer> wires;
  Scope scope;
};

template <class T>
Code code_of(const Result<T>& result) {
  return result ? Code::ok : result.error().code;
}

TEST(Contacts, TwoWhoAddedEachOtherAreContacts) {
  Homes homes;
  ASSERT_TRUE(homes.add(homes.ann, homes.zoe));
  EXPECT_EQ(homes.between(homes.ann, homes.zoe), "asked/asks");
  ASSERT_TRUE(homes.add(homes.zoe, homes.ann));
  EXPECT_EQ(homes.between(homes.ann, homes.zoe), "contact/contact");
  ASSERT_TRUE(homes.remove(homes.ann, homes.zoe));
  EXPECT_EQ(homes.between(homes.ann, homes.zoe), "none/none");
  EXPECT_EQ(homes.heard(homes.ann, homes.zoe), "asked contact none") << "one step each";
  EXPECT_EQ(homes.heard(homes.zoe, homes.ann), "asks contact none");
}

TEST(Contacts, AskingIsTakenBackAndDeclined) {
  Homes homes;
  ASSERT_TRUE(homes.add(homes.ann, homes.zoe));
  ASSERT_TRUE(homes.remove(homes.ann, homes.zoe));
  EXPECT_EQ(homes.between(homes.ann, homes.zoe), "none/none");
  ASSERT_TRUE(homes.add(homes.ann, homes.zoe));
  ASSERT_TRUE(homes.remove(homes.zoe, homes.ann));
  EXPECT_EQ(homes.between(homes.ann, homes.zoe), "none/none");
  EXPECT_EQ(homes.heard(homes.ann, homes.zoe), "asked none asked none");
}

TEST(Contacts, ARepeatIsNoStep) {
  Homes homes;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(homes.add(homes.ann, homes.ben));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(homes.add(homes.ben, homes.ann));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(homes.remove(homes.ben, homes.ann));
  EXPECT_EQ(homes.heard(homes.ann, homes.ben), "asked contact none");
  EXPECT_EQ(homes.heard(homes.ben, homes.ann), "asks contact none");
}

TEST(Contacts, WhatIsRefused) {
  Homes homes(5, {.contacts_max = 2});
  EXPECT_EQ(code_of(homes.add(homes.ann, homes.ann)), Code::self_conversation);
  EXPECT_EQ(code_of(homes.add(homes.ann, user("nobody"))), Code::unknown_user);
  homes.blocks.insert(ConversationId::direct(homes.ann, homes.zoe));
  EXPECT_EQ(code_of(homes.add(homes.ann, homes.zoe)), Code::refused);
  EXPECT_EQ(code_of(homes.add(homes.zoe, homes.ann)), Code::refused);
  ASSERT_TRUE(homes.add(homes.ann, user("b")));
  ASSERT_TRUE(homes.add(user("x"), homes.ann));
  EXPECT_EQ(code_of(homes.add(homes.ann, user("c"))), Code::limit_reached);
  EXPECT_EQ(code_of(homes.add(user("y"), homes.ann)), Code::limit_reached) << "of the other, too";
  EXPECT_EQ(homes.list(user("y")), "");
  ASSERT_TRUE(homes.add(homes.ann, user("x"))) << "one who is counted already";
  ASSERT_TRUE(homes.remove(homes.ann, user("b")));
  ASSERT_TRUE(homes.add(user("y"), homes.ann));
}

TEST(Contacts, OnlyStrangersAreApproached) {
  Homes homes;
  ASSERT_TRUE(homes.add(homes.ann, homes.zoe));
  ASSERT_TRUE(homes.add(homes.ann, homes.zoe)) << "a repeat";
  homes.hurried = {homes.ann, homes.zoe};
  ASSERT_TRUE(homes.add(homes.zoe, homes.ann)) << "who was asked may answer";
  EXPECT_EQ(code_of(homes.add(homes.ann, homes.ben)), Code::rate_limited);
  EXPECT_EQ(homes.between(homes.ann, homes.ben), "none/none");
  using Approached = std::map<std::pair<UserId, UserId>, int>;
  EXPECT_EQ(homes.approached, (Approached{{{homes.ann, homes.zoe}, 1}, {{homes.ann, homes.ben}, 1}}));
}

TEST(Contacts, ABlockIsAnsweredAsItIsAlsoWithoutRoom) {
  Homes homes;
  homes.disk.set_space(Space::low);
  EXPECT_TRUE(homes.block(homes.ann, homes.zoe));
}

TEST(Contacts, WhomOneBlocksIsNoContactAlsoIfNobodyWaitsForIt) {
  Homes homes;
  ASSERT_TRUE(homes.add(homes.ann, homes.zoe));
  ASSERT_TRUE(homes.add(homes.zoe, homes.ann));
  {
    Scope connection;
    auto dropped = note(connection.start(homes.at(homes.ann).block(homes.ann, homes.zoe, true)));
  }
  homes.loop.advance(1s);
  EXPECT_TRUE(homes.blocks.contains(ConversationId::direct(homes.ann, homes.zoe)));
  EXPECT_EQ(homes.between(homes.ann, homes.zoe), "blocked/none");
}

TEST(Contacts, WhomOneBlocksIsListed) {
  Homes homes;
  ASSERT_TRUE(homes.add(homes.ann, homes.ben));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(homes.block(homes.ann, homes.zoe));
  EXPECT_EQ(homes.list(homes.ann), "ben:asked zoe:blocked");
  EXPECT_EQ(homes.list(homes.zoe), "") << "nobody is told that they are blocked";
  ASSERT_TRUE(homes.remove(homes.ann, homes.zoe));
  EXPECT_EQ(homes.state(homes.ann, homes.zoe), "blocked") << "what ends is being contacts";
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(homes.block(homes.ann, homes.zoe, false));
  EXPECT_EQ(homes.list(homes.ann), "ben:asked");
  EXPECT_EQ(homes.heard(homes.ann, homes.zoe), "blocked none") << "one step each";
  EXPECT_EQ(homes.heard(homes.zoe, homes.ann), "");
  homes.crash();
  EXPECT_EQ(homes.list(homes.ann), "ben:asked");
}

TEST(Contacts, WhomOneBlocksIsListedAfterACrash) {
  Homes homes;
  ASSERT_TRUE(homes.add(homes.zoe, homes.ann));
  ASSERT_TRUE(homes.block(homes.ann, homes.zoe));
  homes.crash();
  EXPECT_EQ(homes.between(homes.ann, homes.zoe), "blocked/none");
}

TEST(Contacts, WhomOneBlocksIsCountedButNeverTooMany) {
  Homes homes(5, {.contacts_max = 1});
  for (const char* name : {"x", "y"}) ASSERT_TRUE(homes.block(homes.ann, user(name)));
  EXPECT_EQ(homes.list(homes.ann), "x:blocked y:blocked");
  EXPECT_EQ(code_of(homes.add(homes.ann, homes.ben)), Code::limit_reached);
  for (const char* name : {"x", "y"}) ASSERT_TRUE(homes.block(homes.ann, user(name), false));
  EXPECT_TRUE(homes.add(homes.ann, homes.ben));
}

TEST(Contacts, WhatOneSaysOfAnotherHappensInOrder) {
  Homes homes;
  ASSERT_TRUE(homes.add(homes.zoe, homes.ann));
  auto added = note(homes.adding(homes.ann, homes.zoe)), removed = note(homes.removing(homes.ann, homes.zoe));
  homes.loop.advance(1s);
  ASSERT_TRUE(added->has_value() && removed->has_value() && **added && **removed);
  EXPECT_EQ(homes.between(homes.ann, homes.zoe), "none/none");
  added = note(homes.adding(homes.ann, homes.ben));
  auto blocked = note(homes.scope.start(homes.at(homes.ann).block(homes.ann, homes.ben, true)));
  homes.loop.advance(1s);
  ASSERT_TRUE(added->has_value() && blocked->has_value() && **added && **blocked);
  EXPECT_EQ(homes.between(homes.ann, homes.ben), "blocked/none");
}

TEST(Contacts, TooManyChangesOfTwoAreBusy) {
  Homes homes;
  std::vector<std::shared_ptr<std::optional<Result<Ok>>>> answers;
  for (int i = 0; i < 70; ++i) answers.push_back(note(homes.scope.start(homes.at(homes.ann).block(homes.ann, homes.zoe, true))));
  homes.loop.advance(1s);
  long busy = 0;
  for (const auto& answer : answers) {
    ASSERT_TRUE(answer->has_value());
    if (!**answer) EXPECT_EQ((**answer).error().code, Code::busy);
    busy += !**answer;
  }
  EXPECT_EQ(busy, 70 - 1 - 64);
}

TEST(Contacts, AnUnblockEndsWhatABlockHadBegun) {
  Homes homes;
  ASSERT_TRUE(homes.add(homes.ann, homes.zoe));
  ASSERT_TRUE(homes.add(homes.zoe, homes.ann));
  homes.slow = 3'600'000'000;
  auto unheard = note(homes.scope.start(homes.at(homes.ann).block(homes.ann, homes.zoe, true)));
  homes.loop.advance(1s);
  homes.crash();
  homes.slow = 200;
  homes.arrives.clear();
  ASSERT_EQ(homes.between(homes.ann, homes.zoe), "blocked/contact");
  ASSERT_TRUE(homes.block(homes.ann, homes.zoe, false));
  EXPECT_EQ(homes.between(homes.ann, homes.zoe), "none/none");
}

// The end of the block was written, its step was not.
TEST(Contacts, WhoIsAddedIsNotListedAsBlocked) {
  Homes homes;
  ASSERT_TRUE(homes.block(homes.ann, homes.zoe));
  homes.blocks.clear();
  ASSERT_TRUE(homes.add(homes.ann, homes.zoe));
  EXPECT_EQ(homes.between(homes.ann, homes.zoe), "asked/asks");
}

TEST(Contacts, WhatWasAskedAfterACutOffUnblockOutlivesItsRepeat) {
  Homes homes;
  ASSERT_TRUE(homes.block(homes.ann, homes.zoe));
  homes.blocks.clear();
  ASSERT_TRUE(homes.add(homes.zoe, homes.ann));
  ASSERT_TRUE(homes.block(homes.ann, homes.zoe, false));
  EXPECT_EQ(homes.between(homes.ann, homes.zoe), "asks/asked");
}

TEST(Contacts, TheLimitCountsThoseWhoAreBeingAdded) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Homes homes(seed, {.contacts_max = 3});
    ASSERT_TRUE(homes.add(homes.ann, user("b")));
    std::vector<std::pair<UserId, Future<Result<Ok>>>> adding;
    for (const char* name : {"c", "d", "x", "y"}) adding.emplace_back(user(name), homes.adding(homes.ann, user(name)));
    for (const char* name : {"e", "z"}) adding.emplace_back(user(name), homes.adding(user(name), homes.ann));
    std::size_t taken = 1;
    for (auto& [other, future] : adding) {
      auto added = value_of(homes.loop, std::move(future));
      taken += added ? 1 : 0;
      if (added) continue;
      EXPECT_EQ(code_of(added), Code::limit_reached) << "seed " << seed;
      homes.loop.advance(1s);
      EXPECT_EQ(homes.between(homes.ann, other), "none/none") << "seed " << seed << " " << other.text();
    }
    EXPECT_EQ(taken, 3u) << "seed " << seed;
    ASSERT_TRUE(homes.remove(homes.ann, user("b")));
    EXPECT_TRUE(homes.add(homes.ann, homes.ben)) << "and there is room again, seed " << seed;
    EXPECT_EQ(code_of(homes.add(homes.ann, homes.zoe)), Code::limit_reached) << "seed " << seed;
  }
}

TEST(Contacts, WhoIsErasedListsNobody) {
  Homes homes;
  ASSERT_TRUE(homes.block(homes.ann, homes.zoe));
  ASSERT_TRUE(homes.add(homes.ann, homes.ben));
  for (const UserId& other : {homes.ben, homes.zoe}) {
    ASSERT_TRUE(value_of(homes.loop, homes.scope.start(homes.at(homes.ann).forget(homes.ann, other))));
  }
  EXPECT_EQ(homes.list(homes.ann), "");
  EXPECT_EQ(homes.list(homes.ben), "");
  EXPECT_TRUE(homes.blocks.contains(ConversationId::direct(homes.ann, homes.zoe))) << "it still holds";
}

TEST(Preferences, WhoIsSeenIsToldOnAlsoIfNobodyWaitsForIt) {
  Homes homes;
  PreferenceWish hidden;
  hidden.presence = Audience::nobody;
  hidden.read_marks = false;
  {
    Scope connection;
    auto dropped = note(connection.start(homes.at(homes.ann).prefer(homes.ann, hidden)));
  }
  homes.loop.advance(1s);
  EXPECT_EQ(homes.rethought, std::vector<std::string>{"ann"});
  EXPECT_EQ(homes.hidden_read, std::vector<std::string>{"ann"});
}

TEST(Contacts, TheListIsByUserAndPaged) {
  Homes homes;
  for (const char* other : {"kim", "abe", "zed", "dan", "tom"}) ASSERT_TRUE(homes.add(homes.ann, user(other)));
  ASSERT_TRUE(homes.add(user("tom"), homes.ann));
  ASSERT_TRUE(homes.remove(homes.ann, user("dan")));
  for (bool written : {false, true}) {
    if (written) homes.loop.advance(5s);
    for (std::size_t limit : {1, 2, 3, 100}) {
      EXPECT_EQ(homes.list(homes.ann, limit), "abe:asked kim:asked tom:contact zed:asked") << limit;
    }
  }
  homes.crash();
  EXPECT_EQ(homes.list(homes.ann, 2), "abe:asked kim:asked tom:contact zed:asked");
}

// Adding by the one, then removing by the other, cut off at every moment.
TEST(Contacts, WheneverACrashComesARepeatMakesItWhole) {
  for (Duration when = 0us; when <= 12ms; when += 100us) {
    Homes homes(static_cast<std::uint64_t>(when.count()) + 1);
    bool ends = (when / 100us) % 2 == 0;
    ASSERT_TRUE(homes.add(homes.ann, homes.zoe));
    if (ends) {
      ASSERT_TRUE(homes.add(homes.zoe, homes.ann));
    }
    auto begun = note(ends ? homes.removing(homes.ann, homes.zoe) : homes.adding(homes.zoe, homes.ann));
    homes.loop.advance(when);
    bool answered = begun->has_value();
    std::string before_ann = homes.heard(homes.ann, homes.zoe), before_zoe = homes.heard(homes.zoe, homes.ann);
    homes.crash();
    const char* whole = ends ? "none/none" : "contact/contact";
    if (answered) {
      EXPECT_EQ(homes.between(homes.ann, homes.zoe), whole) << when.count();
    }
    // What devices have heard is what is so after the crash: the log says both.
    EXPECT_TRUE(before_ann.ends_with(homes.state(homes.ann, homes.zoe)) || !answered) << when.count();
    EXPECT_TRUE(before_zoe.ends_with(homes.state(homes.zoe, homes.ann)) || !answered) << when.count();
    ASSERT_TRUE(ends ? homes.remove(homes.ann, homes.zoe) : homes.add(homes.zoe, homes.ann));
    EXPECT_EQ(homes.between(homes.ann, homes.zoe), whole) << when.count();
    homes.loop.advance(5s);
    homes.crash();
    EXPECT_EQ(homes.between(homes.ann, homes.zoe), whole) << when.count();
  }
}

// Both do whatever comes to their mind, at the same time, over slow wires: in the end both sides say the same.
TEST(Contacts, BothSidesAgreeInTheEnd) {
  int contacts = 0, nothing = 0, asked = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Homes homes(seed);
    homes.slow = 3000;
    int open = 0;
    for (int i = 0; i < 12; ++i) {
      const UserId& who = homes.random.below(2) == 0 ? homes.ann : homes.zoe;
      const UserId& other = who == homes.ann ? homes.zoe : homes.ann;
      ++open;
      auto begun = homes.random.below(3) > 0 ? homes.adding(who, other) : homes.removing(who, other);
      std::move(begun).then([&open](Result<Ok> done) {
        EXPECT_TRUE(done);
        --open;
      });
      homes.loop.advance(Duration(homes.random.below(4000) * 1us));
    }
    ASSERT_TRUE(homes.loop.run_until([&] { return open == 0; })) << seed;
    std::string between = homes.between(homes.ann, homes.zoe);
    contacts += between == "contact/contact";
    nothing += between == "none/none";
    asked += between == "asked/asks" || between == "asks/asked";
    EXPECT_TRUE(between == "contact/contact" || between == "none/none" || between == "asked/asks" || between == "asks/asked")
        << seed << ": " << between;
    EXPECT_TRUE(homes.heard(homes.ann, homes.zoe).ends_with(homes.state(homes.ann, homes.zoe))) << seed;
  }
  EXPECT_GT(contacts, 10);
  EXPECT_GT(nothing, 10);
  EXPECT_GT(asked, 0);
}

TEST(Preferences, AreKeptAndOnlyWhatIsGivenChanges) {
  Homes homes;
  auto prefer = [&](PreferenceWish wish) { return value_of(homes.loop, homes.scope.start(homes.at(homes.ann).prefer(homes.ann, wish))); };
  EXPECT_EQ(*prefer({}), Preferences());
  ASSERT_TRUE(prefer({.presence = Audience::nobody}));
  ASSERT_TRUE(prefer({.read_marks = false}));
  homes.crash();
  EXPECT_EQ(*prefer({.groups = Audience::contacts}), (Preferences{Audience::nobody, false, Audience::contacts}));
  auto found = value_of(homes.loop, homes.scope.start(homes.at(homes.zoe).preferences(homes.zoe)));
  EXPECT_EQ(*found, Preferences());
}

TEST(Preferences, WhoLetsOnlyContactsAddThemToGroups) {
  Homes homes;
  auto may = [&] { return *value_of(homes.loop, homes.scope.start(homes.at(homes.ann).may_add(homes.ann, homes.zoe))); };
  EXPECT_TRUE(may());
  ASSERT_TRUE(value_of(homes.loop, homes.scope.start(homes.at(homes.ann).prefer(homes.ann, {.groups = Audience::contacts}))));
  EXPECT_FALSE(may());
  ASSERT_TRUE(homes.add(homes.zoe, homes.ann));
  EXPECT_FALSE(may()) << "asking is not enough";
  ASSERT_TRUE(homes.add(homes.ann, homes.zoe));
  EXPECT_TRUE(may());
}

TEST(Contacts, AStrangersConversationIsARequest) {
  Homes homes;
  ConversationState talk;
  talk.conversation = ConversationId::direct(homes.ann, homes.zoe);
  talk.with = homes.zoe;
  auto request = [&] { return *value_of(homes.loop, homes.scope.start(homes.at(homes.ann).is_request(homes.ann, talk))); };
  EXPECT_TRUE(request());
  talk.own = {3};
  EXPECT_FALSE(request()) << "answered";
  talk.own = {};
  ASSERT_TRUE(homes.add(homes.zoe, homes.ann));
  EXPECT_TRUE(request()) << "that they asked makes them no acquaintance";
  ASSERT_TRUE(homes.add(homes.ann, homes.zoe));
  EXPECT_FALSE(request());
  talk.conversation = ConversationId::group(homes.ann, client_id(1));
  ASSERT_TRUE(homes.remove(homes.ann, homes.zoe));
  EXPECT_FALSE(request()) << "a group is none";
}

}  // namespace
}  // namespace kith::test
