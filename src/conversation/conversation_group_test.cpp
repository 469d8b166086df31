// Groups: who may do what, who sees what, and that members are what the log says, whenever a crash comes.
#include <gtest/gtest.h>

#include "conversation/group_under_test.h"

namespace kith::test {
namespace {

TEST(Groups, CreatingOneAgainFindsIt) {
  Group group;
  ChangeRequest request{group.ann, EntryKind::created, "Other", {}, {}};
  auto again = group.change(std::move(request));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->seq, Seq{0});
  EXPECT_EQ(group.view(group.ben)->title, "Team");
  EXPECT_EQ(group.members(), "ann:owner ben:member");
  EXPECT_NE(ConversationId::group(group.ann, client_id(2)), group.id);
  EXPECT_NE(ConversationId::group(group.ben, client_id(1)), group.id);
}

// Named regression: who waited for one change was answered with the next one, which was only on its way to the disk.
TEST(Groups, WhatAGroupIsCalledIsToldWhenItIsDurable) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Group group(seed);
    std::size_t asked = 0, early = 0;
    for (int i = 2; i <= 12; ++i) {
      ChangeRequest rename{group.ann, EntryKind::changed, std::to_string(i), {}, {}};
      static_cast<void>(note(group.changing(std::move(rename))));
      for (int k = 0; k < 4; ++k) {
        group.scope.start(group.talk->group(group.ben)).then([&](Result<GroupView> view) {
          ASSERT_TRUE(view);
          std::uint64_t by = view->title == "Team" ? 1 : std::stoull(view->title);  // The entry that said so.
          early += by > group.talk->head().value;
          ++asked;
        });
        group.loop.advance(300us);
      }
    }
    group.loop.advance(1s);
    EXPECT_EQ(asked, 44u);
    EXPECT_EQ(early, 0u) << seed;
  }
}

TEST(Groups, NobodyIsAddedWhoIsDeactivatedMeanwhile) {
  Group group;
  group.inboxes.closed_users.insert(group.cat);
  EXPECT_EQ(code_of(group.add(group.ann, {group.cat, group.dan})), Code::refused);
  EXPECT_EQ(group.members(), "ann:owner ben:member");
}

TEST(Groups, WhoIsRemovedWhileAbsentIsNotHandedWhatBecameOfAMessageSince) {
  Group group;
  ASSERT_TRUE(group.send(group.ann));  // 2
  group.inboxes.away.insert(group.ben);
  ASSERT_TRUE(group.send(group.ann));               // 3
  ASSERT_TRUE(group.remove(group.ann, group.ben));  // 4
  ChangeRequest edit{group.ann, EntryKind::edit, "behind his back", {}, {}};
  edit.details.target = {3};
  ASSERT_TRUE(group.change(std::move(edit)));
  group.inboxes.away.clear();
  group.loop.advance(1s);
  EXPECT_EQ(group.inboxes.got(group.ben), "1-4");
  EXPECT_EQ(group.inboxes.taken[group.ben].at({3})->text(), "");
  EXPECT_EQ(group.inboxes.taken[group.ben].at({2})->text(), "text");
}

TEST(Groups, ThereIsNoneBeforeItIsCreated) {
  Group group;
  Conversation other(group.loop, *group.store, group.inboxes, ConversationId::group(group.ann, client_id(2)), group.epoch);
  auto opened = value_of(group.loop, group.scope.start(other.open({})));
  ASSERT_TRUE(opened);
  EXPECT_FALSE(*opened);
}

TEST(Groups, EveryoneSeesWhatWasSaidWhileTheyWereThere) {
  Group group;                                                // 1
  ASSERT_TRUE(group.send(group.ann));                         // 2
  ASSERT_TRUE(group.add(group.ben, {group.cat}));             // 3
  ASSERT_TRUE(group.send(group.cat));                         // 4
  ASSERT_TRUE(group.remove(group.ann, group.cat));            // 5
  ASSERT_TRUE(group.send(group.ben));                         // 6
  ASSERT_TRUE(group.add(group.ann, {group.cat, group.dan}));  // 7
  ASSERT_TRUE(group.send(group.dan));                         // 8
  group.loop.advance(1s);
  for (bool again : {false, true}) {
    EXPECT_EQ(group.read(group.ben), "1-8");
    EXPECT_EQ(group.read(group.cat), "3-5 7-8");
    EXPECT_EQ(group.read(group.dan), "7-8");
    EXPECT_EQ(group.read(user("eve")), "not_found");
    EXPECT_EQ(group.read(group.cat, 4), "3-5 7-7") << "a page goes over what they did not see";
    for (const UserId* who : {&group.ben, &group.cat, &group.dan}) EXPECT_EQ(group.inboxes.got(*who), group.read(*who)) << who->text();
    if (again) break;
    group.crash();
    ASSERT_TRUE(group.open());
  }
}

TEST(Groups, WhoWasRemovedDoesNothingMore) {
  Group group;
  ASSERT_TRUE(group.send(group.ben));
  ASSERT_TRUE(group.remove(group.ann, group.ben));
  EXPECT_EQ(code_of(group.send(group.ben)), Code::forbidden);
  EXPECT_EQ(code_of(group.add(group.ben, {group.cat})), Code::forbidden);
  ChangeRequest edit{group.ben, EntryKind::edit, "x", {}, {}};
  edit.details.target = {2};
  EXPECT_EQ(code_of(group.change(std::move(edit))), Code::forbidden);
  auto view = group.view(group.ben);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->role, std::nullopt);
  EXPECT_EQ(view->title, "") << "what it is called now is not theirs to know";
  EXPECT_EQ(view->head, Seq{3});
  EXPECT_FALSE(group.list(group.ben, {}, 10));
  auto retry = value_of(group.loop, group.talk->send({group.ben, client_id(1), Seq{0}, "text"}));
  ASSERT_TRUE(retry) << "but they may ask what became of what they sent";
  EXPECT_TRUE(retry->repeated);
}

TEST(Groups, ARemovalBeforeASendCountsEvenInOneBatch) {
  Group group;
  auto removed = note(group.changing(group.about(group.ann, EntryKind::removed, {group.ben})));
  auto sent = note(group.sending(group.ben));
  group.loop.advance(1s);
  ASSERT_TRUE(removed->has_value() && **removed);
  ASSERT_TRUE(sent->has_value());
  EXPECT_EQ(code_of(**sent), Code::forbidden);
  EXPECT_EQ(group.talk->head(), Seq{2});
}

TEST(Groups, WhoIsRemovedBeforeASendIsNotMentionedInItEvenInOneBatch) {
  Group group;
  ASSERT_TRUE(group.add(group.ann, {group.cat}));
  auto removed = note(group.changing(group.about(group.ann, EntryKind::removed, {group.ben})));
  SendRequest request{group.ann, client_id(1), Seq{0}, "text"};
  request.details.mentions = {group.ben, group.cat};
  auto sent = note(group.talk->send(request));
  group.loop.advance(1s);
  ASSERT_TRUE(removed->has_value() && **removed && sent->has_value() && **sent);
  EXPECT_EQ(group.inboxes.taken[group.cat].at((**sent)->seq)->details().mentions, std::vector<UserId>{group.cat});
}

TEST(Groups, NobodyReachesUp) {
  Group group;
  ASSERT_TRUE(group.add(group.ann, {group.cat, group.dan}));
  EXPECT_EQ(code_of(group.remove(group.ben, group.cat)), Code::forbidden);
  ASSERT_TRUE(group.role(group.ann, group.ben, Role::admin));
  ASSERT_TRUE(group.role(group.ann, group.cat, Role::admin));
  EXPECT_EQ(code_of(group.remove(group.ben, group.cat)), Code::forbidden) << "admins not each other";
  EXPECT_EQ(code_of(group.remove(group.ben, group.ann)), Code::forbidden);
  EXPECT_EQ(code_of(group.role(group.ben, group.dan, Role::owner)), Code::forbidden);
  EXPECT_TRUE(group.role(group.ben, group.dan, Role::guest));
  EXPECT_EQ(code_of(group.add(group.dan, {user("eve")})), Code::forbidden) << "guests add nobody";
  EXPECT_TRUE(group.remove(group.ben, group.dan));
}

TEST(Groups, PermissionsAreTheOwnersAndHoldForSending) {
  Group group;
  ChangeRequest request{group.ann, EntryKind::changed, {}, {}, {}};
  request.permissions[static_cast<std::size_t>(Deed::send)] = Role::admin;
  ASSERT_TRUE(group.change(request));
  EXPECT_EQ(code_of(group.send(group.ben)), Code::forbidden);
  EXPECT_TRUE(group.send(group.ann));
  ASSERT_TRUE(group.role(group.ann, group.ben, Role::admin));
  request.from = group.ben;
  request.permissions[static_cast<std::size_t>(Deed::send)] = Role::guest;
  EXPECT_EQ(code_of(group.change(request)), Code::forbidden);
  request.permissions = {};
  request.text = "Crew";
  EXPECT_TRUE(group.change(request));
  EXPECT_EQ(group.view(group.ann)->title, "Crew");
  EXPECT_EQ(group.view(group.ann)->permissions[Deed::send], Role::admin) << "what was not given stays";
}

TEST(Groups, ThereIsAlwaysAnOwner) {
  Group group;
  ASSERT_TRUE(group.add(group.ann, {group.cat}));
  ASSERT_TRUE(group.role(group.ann, group.cat, Role::admin));
  ASSERT_TRUE(group.leave(group.ann));
  EXPECT_EQ(group.members(), "ben:member cat:owner");
  ASSERT_TRUE(group.leave(group.cat));
  EXPECT_EQ(group.members(), "ben:owner");
  ASSERT_TRUE(group.leave(group.ben));
  EXPECT_EQ(code_of(group.add(group.ann, {group.dan})), Code::forbidden) << "an empty group is over";
}

TEST(Groups, ModeratorsDeleteWhatOthersSaid) {
  Group group;
  ASSERT_TRUE(group.send(group.ann));
  ASSERT_TRUE(group.send(group.ben));
  auto erase = [&](const UserId& from, std::uint64_t seq) {
    ChangeRequest request{from, EntryKind::deletion, {}, {}, {}};
    request.details.target = {seq};
    return code_of(group.change(std::move(request)));
  };
  EXPECT_EQ(erase(group.ben, 2), Code::forbidden);
  EXPECT_EQ(erase(group.ann, 3), Code::ok);
  EXPECT_EQ(erase(group.ann, 1), Code::not_found) << "only messages are deleted";
}

TEST(Groups, MembersAreWhatTheLogSaysWheneverACrashComes) {
  for (int moment = 0; moment < 150; ++moment) {
    Group group(static_cast<std::uint64_t>(moment) + 1);
    static_cast<void>(group.changing(group.about(group.ann, EntryKind::added, {group.cat, group.dan})));
    static_cast<void>(group.changing(group.about(group.ann, EntryKind::removed, {group.ben})));
    static_cast<void>(group.changing(group.about(group.ann, EntryKind::role, {group.cat}, Role::owner)));
    static_cast<void>(group.changing(group.about(group.ann, EntryKind::left, {group.ann})));
    ChangeRequest rename{group.cat, EntryKind::changed, "Crew", {}, {}};
    static_cast<void>(group.changing(std::move(rename)));
    group.loop.advance(moment * 100us);
    group.crash();
    ASSERT_TRUE(group.open()) << moment;
    // Told by the log alone.
    Roster told;
    std::string title;
    for (const auto& [place, cell] : group.disk.state().logs.at(log_id(group.id))) {
      if (place.first > group.talk->head()) break;
      Entry entry = decode({place.first, place.second, cell.version, cell.record});
      told.apply(entry);
      if (entry.kind == EntryKind::created || entry.kind == EntryKind::changed) title = entry.text();
    }
    std::string expected;
    for (const UserId* who : {&group.ann, &group.ben, &group.cat, &group.dan}) {
      auto member = told.find_present(*who);
      if (member) expected += (expected.empty() ? "" : " ") + who->text() + ":" + std::string(name(told[*member].role));
    }
    EXPECT_EQ(group.members(), expected) << "moment " << moment;
    const UserId& reader = told.find_present(group.ann) ? group.ann : group.cat;
    EXPECT_EQ(group.view(reader)->title, title) << "moment " << moment;
  }
}

TEST(Groups, MembersArePaged) {
  Group group;
  std::vector<UserId> many;
  for (int i = 0; i < 240; ++i) many.push_back(user("m" + std::to_string(1000 + i)));
  ASSERT_TRUE(group.add(group.ann, many));
  std::vector<std::string> seen;
  UserId after;
  for (bool more = true; more;) {
    auto list = group.list(group.ben, after, 50);
    ASSERT_TRUE(list);
    for (const MemberRow& member : list->members) seen.push_back(member.user.text());
    after = list->members.back().user;
    more = list->more;
  }
  EXPECT_EQ(seen.size(), 242u);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST(Groups, WhoLeftIsToldNoMarksAndTheirsAreTold) {
  Group group;
  auto look = [&](const UserId& who) { return value_of(group.loop, group.scope.start(group.talk->look(who))); };
  auto mark = [&](const UserId& who, std::uint64_t seq) {
    return value_of(group.loop, group.scope.start(group.talk->mark(who, {{seq}, {seq}})));
  };
  ASSERT_TRUE(look(group.ann));
  ASSERT_TRUE(look(group.ben));
  ASSERT_TRUE(mark(group.ben, 1));
  EXPECT_EQ(group.inboxes.signals.back().first.size(), 2u);
  ASSERT_TRUE(group.remove(group.ann, group.ben));
  EXPECT_EQ(code_of(mark(group.ben, 2)), Code::not_found);
  ASSERT_TRUE(mark(group.ann, 2));
  group.loop.advance(5s);
  EXPECT_EQ(group.inboxes.signals.back().first, std::vector<UserId>{group.ann});
  EXPECT_TRUE(look(group.ben)->marks.empty());
  EXPECT_TRUE(look(group.ann)->marks.empty()) << "who is gone is nowhere";
  EXPECT_EQ(group.talk->typing(group.ben, false).error().code, Code::forbidden);
}

TEST(Groups, LargeOnesHaveNoMarks) {
  Group group;
  std::vector<UserId> many;
  for (int i = 0; i < 250; ++i) many.push_back(user("m" + std::to_string(1000 + i)));
  ASSERT_TRUE(group.add(group.ann, many));
  ASSERT_TRUE(value_of(group.loop, group.scope.start(group.talk->look(group.ann))));
  ASSERT_TRUE(value_of(group.loop, group.scope.start(group.talk->mark(group.ben, {{1}, {1}}))));
  ASSERT_TRUE(group.talk->typing(group.ben, false));
  group.loop.advance(5s);
  EXPECT_TRUE(group.inboxes.signals.empty());
  EXPECT_TRUE(value_of(group.loop, group.scope.start(group.talk->look(group.ann)))->marks.empty());
}

TEST(Groups, WhoLeftSeesNothingOfWhatChangedSince) {
  Group group;
  ASSERT_TRUE(group.send(group.ann));  // 2
  ASSERT_TRUE(group.send(group.ann));  // 3
  ASSERT_TRUE(group.send(group.ann));  // 4
  auto change = [&](EntryKind kind, std::uint64_t target, std::string text) {
    ChangeRequest request{group.ann, kind, std::move(text), {}, {}};
    request.details.target = {target};
    return group.change(std::move(request));
  };
  ASSERT_TRUE(change(EntryKind::edit, 2, "while he was there"));  // 5
  ASSERT_TRUE(group.remove(group.ann, group.ben));                // 6
  ASSERT_TRUE(change(EntryKind::reaction, 2, "+"));
  ASSERT_TRUE(change(EntryKind::edit, 3, "behind his back"));
  ASSERT_TRUE(change(EntryKind::deletion, 4, ""));
  auto page = value_of(group.loop, group.scope.start(group.talk->history(group.ben, std::nullopt, Seq{0}, 100)));
  ASSERT_TRUE(page);
  ASSERT_EQ(page->entries.size(), 6u);
  EXPECT_EQ(page->entries[1]->text(), "while he was there");
  EXPECT_TRUE(page->entries[1]->details().reactions.empty());
  EXPECT_TRUE(page->entries[1]->details().withheld);
  for (std::size_t i : {2u, 3u}) {
    EXPECT_TRUE(page->entries[i]->details().withheld);
    EXPECT_EQ(page->entries[i]->text(), "");
    EXPECT_EQ(page->entries[i]->n, i);
  }
  for (const EntryPtr& entry : page->entries) EXPECT_LE(entry->version, Seq{6});
  ASSERT_TRUE(group.add(group.ann, {group.ben}));
  page = value_of(group.loop, group.scope.start(group.talk->history(group.ben, std::nullopt, Seq{0}, 100)));
  EXPECT_EQ(page->entries[2]->text(), "behind his back") << "a member sees messages as they are";
}

TEST(Groups, NobodyHearsOfAChangeBeforeItIsDurable) {
  Group group;
  group.disk.set_timing({10ms, 10ms});
  auto added = note(group.changing(group.about(group.ann, EntryKind::added, {group.cat})));
  group.loop.advance(11ms);
  auto again = note(group.changing(group.about(group.ann, EntryKind::added, {group.cat})));
  auto view = note(group.scope.start(group.talk->group(group.ann)));
  group.loop.advance(1ms);
  EXPECT_FALSE(added->has_value());
  EXPECT_FALSE(again->has_value()) << "there is nothing to change only once the first is durable";
  EXPECT_FALSE(view->has_value());
  group.loop.advance(1s);
  ASSERT_TRUE(added->has_value() && again->has_value() && view->has_value());
  EXPECT_EQ((**again)->seq, Seq{0});
  EXPECT_EQ((**view)->members, 3u);
}

TEST(Groups, TheSystemNeedsNoRightAndIsNoMember) {
  Group group;
  const UserId system = user("system");
  auto as_system = [&](ChangeRequest request) {
    request.system = true;
    return group.change(std::move(request));
  };
  EXPECT_EQ(code_of(group.add(system, {group.cat})), Code::not_found) << "only when it says so";
  ASSERT_TRUE(as_system(group.about(system, EntryKind::added, {group.cat})));
  ASSERT_TRUE(as_system(group.about(system, EntryKind::role, {group.cat}, Role::admin)));
  ASSERT_TRUE(as_system(group.about(system, EntryKind::removed, {group.ann})));
  EXPECT_EQ(group.members(), "ben:member cat:owner");
  group.loop.advance(1s);
  EXPECT_EQ(group.inboxes.taken[group.ben].at({4})->details().heir, group.cat);
  EXPECT_EQ(code_of(as_system(group.about(system, EntryKind::role, {group.cat}, Role::member))), Code::forbidden)
      << "a group needs an owner";
}

TEST(Groups, WhatSomebodySentIsDeletedAlsoAfterTheyLeft) {
  Group group;
  ASSERT_TRUE(group.send(group.ben));  // 2
  ASSERT_TRUE(group.leave(group.ben));
  auto erase = [&](bool system) {
    ChangeRequest request{group.ben, EntryKind::deletion, {}, {}, {}};
    request.details.target = {2};
    request.system = system;
    return group.change(std::move(request));
  };
  EXPECT_EQ(code_of(erase(false)), Code::forbidden);
  ASSERT_TRUE(erase(true));
  EXPECT_TRUE(erase(true)) << "again";
  auto page = value_of(group.loop, group.scope.start(group.talk->history(group.ann, std::nullopt, Seq{0}, 100)));
  EXPECT_TRUE(page->entries[1]->deleted());
}

TEST(Groups, TheLastOwnerStaysOne) {
  Group group;
  EXPECT_EQ(code_of(group.role(group.ann, group.ann, Role::member)), Code::forbidden);
  ASSERT_TRUE(group.role(group.ann, group.ben, Role::owner));
  EXPECT_TRUE(group.role(group.ann, group.ann, Role::member));
  ASSERT_TRUE(group.leave(group.ann));
  auto again = group.leave(group.ann);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->seq, Seq{0}) << "who left has left";
}

TEST(Groups, ChangesAreJudgedInTheirOrderAlsoWhenTheyComeAtOnce) {
  Group group;
  auto up = note(group.changing(group.about(group.ann, EntryKind::role, {group.ben}, Role::admin)));
  auto down = note(group.changing(group.about(group.ann, EntryKind::role, {group.ben}, Role::member)));
  ChangeRequest title{group.ann, EntryKind::changed, "New", {}, {}}, permissions{group.ann, EntryKind::changed, {}, {}, {}};
  permissions.permissions[static_cast<std::size_t>(Deed::add)] = Role::admin;
  auto renamed = note(group.changing(std::move(title)));
  auto permitted = note(group.changing(std::move(permissions)));
  auto gone = note(group.changing(group.about(group.ann, EntryKind::removed, {group.ben})));
  auto back = note(group.changing(group.about(group.ann, EntryKind::added, {group.ben})));
  ASSERT_TRUE(group.loop.run_until([&] { return back->has_value(); }));
  for (auto* change : {&up, &down, &renamed, &permitted, &gone, &back}) {
    ASSERT_TRUE(**change && ***change);
    EXPECT_GT((***change)->seq, Seq{0});
  }
  auto view = value_of(group.loop, group.scope.start(group.talk->group(group.ben)));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->title, "New");
  EXPECT_EQ(view->role, Role::member);
}

TEST(Groups, OneAtItsEndStaysThere) {
  Group group;
  ASSERT_TRUE(group.leave(group.ben));
  ASSERT_TRUE(group.leave(group.ann));
  auto request = group.about(user("system"), EntryKind::added, {group.ben});
  request.system = true;
  EXPECT_EQ(code_of(group.change(std::move(request))), Code::not_found);
}

}  // namespace
}  // namespace kith::test
