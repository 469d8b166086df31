// Links into a group: who comes in, how often, and that a crash neither gives a use away nor takes one back.
#include <gtest/gtest.h>

#include "conversation/group_under_test.h"

namespace kith::test {
namespace {

struct Linked : Group {
  explicit Linked(std::uint64_t seed = 5) : Group(seed) {}

  ClientId link(std::uint32_t uses = 0, bool approval = false, std::uint32_t expires_s = 3600) {
    auto made = value_of(loop, scope.start(talk->create_invite(ann, {expires_s, uses, approval})));
    KITH_ASSERT(made);
    return made->secret;
  }
  Future<Result<GroupView>> joining(const UserId& who, const ClientId& secret) { return scope.start(talk->join(who, secret)); }
  Result<GroupView> join(const UserId& who, const ClientId& secret) { return value_of(loop, joining(who, secret)); }
  Result<Ok> revoke(const UserId& by, const ClientId& secret) { return value_of(loop, scope.start(talk->revoke_invite(by, secret))); }
  Result<Ok> refuse(const UserId& by, const UserId& who) { return value_of(loop, scope.start(talk->refuse_join(by, who))); }
  Result<InviteList> links(const UserId& by) { return value_of(loop, scope.start(talk->invites(by))); }
  // "cat dan"
  std::string waiting() {
    std::string out;
    auto list = links(ann);
    for (const UserId& user : list->waiting) out += (out.empty() ? "" : " ") + user.text();
    return out;
  }
};

TEST(Invites, ACodeLeadsToItsGroup) {
  auto group = ConversationId::group(user("ann"), client_id(1));
  std::string code = invite_code(group, client_id(77));
  auto read = parse_invite_code(code);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->group, group);
  EXPECT_EQ(read->secret, client_id(77));
  for (std::size_t size = 0; size < code.size(); ++size) EXPECT_FALSE(parse_invite_code(std::string_view(code).substr(0, size)));
  EXPECT_FALSE(parse_invite_code(code + "0"));
  EXPECT_FALSE(parse_invite_code(std::string(code.size(), 'x')));
}

TEST(Invites, RowsComeBackAsTheyWereWrittenAndDamagedOnesAreTold) {
  InviteRow link{7, client_id(3), user("ann"), {1234567}, 5, true, true, 4, {9}, {11}};
  WaitingRow waiter{3, user("cat"), {12}};
  for (const Row& row : {encode(link), encode(waiter)}) {
    Invites read;
    ASSERT_TRUE(read.take(row));
    Row again = row.key[0] == 'i' ? encode(read.links.at(7)) : encode(read.waiting.at(3));
    EXPECT_EQ(again.value, row.value);
    EXPECT_EQ(again.key, row.key);
    for (std::size_t size = 0; size < row.value.size(); ++size) EXPECT_FALSE(Invites().take({row.key, row.value.substr(0, size)})) << size;
    EXPECT_FALSE(Invites().take({row.key, row.value + 'x'}));
  }
  EXPECT_TRUE(Invites().take({"", "the group's own row"}));
}

TEST(Invites, WhoHasALinkComesIn) {
  Linked group;
  ClientId link = group.link();
  auto view = group.join(group.cat, link);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->role, Role::member);
  EXPECT_EQ(view->title, "Team");
  EXPECT_FALSE(view->waiting);
  EXPECT_EQ(group.members(), "ann:owner ben:member cat:member");
  const Entry& entry = *group.inboxes.taken[group.cat].at({2});
  EXPECT_EQ(entry.kind, EntryKind::joined);
  EXPECT_EQ(entry.text(), "Team") << "it says what the group is called to who heard nothing before";
  EXPECT_EQ(entry.details().users, std::vector<UserId>{group.cat});
  EXPECT_EQ(group.read(group.cat), "2-2") << "nothing of what was before";
  ASSERT_TRUE(group.join(group.cat, link)) << "who is in stays as they are";
  EXPECT_EQ(group.talk->head(), Seq{2});
}

TEST(Invites, ALinkThatIsNotGoodIsNotFound) {
  Linked group;
  EXPECT_EQ(code_of(group.join(group.cat, client_id(99))), Code::not_found);
  ClientId short_lived = group.link(0, false, 10), revoked = group.link(), once = group.link(1), asks = group.link(1, true);
  ASSERT_TRUE(group.join(group.dan, once));
  EXPECT_EQ(code_of(group.join(group.cat, once)), Code::not_found);
  ASSERT_TRUE(group.revoke(group.ben, revoked));
  ASSERT_TRUE(group.revoke(group.ben, revoked));
  EXPECT_EQ(code_of(group.join(group.cat, revoked)), Code::not_found);
  EXPECT_EQ(group.links(group.ann)->links.size(), 2u);
  group.loop.advance(11s);
  EXPECT_EQ(code_of(group.join(group.cat, short_lived)), Code::not_found);
  ASSERT_EQ(group.links(group.ann)->links.size(), 1u);
  EXPECT_EQ(group.links(group.ann)->links[0].secret, asks);
  EXPECT_EQ(group.members(), "ann:owner ben:member dan:member");
  ASSERT_TRUE(group.join(group.dan, once)) << "one who is in finds it, though it is used up: a repeat";
}

TEST(Invites, OnlyWhoMayAddMembersHasToDoWithLinks) {
  Linked group;
  ClientId link = group.link();
  ASSERT_TRUE(group.role(group.ann, group.ben, Role::guest));
  for (const auto& [who, code] : {std::pair(group.ben, Code::forbidden), std::pair(group.cat, Code::not_found)}) {
    EXPECT_EQ(code_of(value_of(group.loop, group.scope.start(group.talk->create_invite(who, {60, 0, false})))), code);
    EXPECT_EQ(code_of(group.revoke(who, link)), code);
    EXPECT_EQ(code_of(group.links(who)), code);
    EXPECT_EQ(code_of(group.refuse(who, group.dan)), code);
  }
}

TEST(Invites, NoMoreComeThanTheLinkSaysThoughAllComeAtOnce) {
  Linked group;
  ClientId link = group.link(3);
  std::vector<std::shared_ptr<std::optional<Result<GroupView>>>> joins;
  for (int i = 0; i < 20; ++i) joins.push_back(note(group.joining(user("u" + std::to_string(i)), link)));
  ASSERT_TRUE(group.loop.run_until([&] { return std::all_of(joins.begin(), joins.end(), [](const auto& j) { return j->has_value(); }); }));
  auto in = std::count_if(joins.begin(), joins.end(), [](const auto& j) { return bool(**j); });
  EXPECT_EQ(in, 3);
  EXPECT_EQ(group.view(group.ann)->members, 5u);
}

TEST(Invites, WhenTheGroupIsFullNobodyComes) {
  Linked group;
  ClientId link = group.link(), asks = group.link(0, true);
  group.options.members_max = 3;
  group.crash();
  ASSERT_TRUE(group.open());
  ASSERT_TRUE(group.join(group.cat, link));
  EXPECT_EQ(code_of(group.join(group.dan, link)), Code::limit_reached);
  EXPECT_EQ(code_of(group.join(group.dan, asks)), Code::limit_reached);
  EXPECT_EQ(code_of(group.add(group.ann, {group.dan})), Code::limit_reached);
}

TEST(Invites, WithApprovalOneWaits) {
  Linked group;
  ClientId link = group.link(2, true);
  auto view = group.join(group.cat, link);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->waiting);
  EXPECT_FALSE(view->role);
  ASSERT_TRUE(group.join(group.cat, link)) << "a repeat takes no second use";
  ASSERT_TRUE(group.join(group.dan, link));
  EXPECT_EQ(group.waiting(), "cat dan");
  EXPECT_EQ(code_of(group.join(user("eve"), link)), Code::not_found) << "used up";
  EXPECT_EQ(group.talk->head(), Seq{1}) << "nothing is told to anybody else";
  group.crash();
  ASSERT_TRUE(group.open());
  EXPECT_EQ(group.waiting(), "cat dan");
  ASSERT_TRUE(group.add(group.ben, {group.cat}));
  ASSERT_TRUE(group.refuse(group.ann, group.dan));
  ASSERT_TRUE(group.refuse(group.ann, group.dan));
  EXPECT_EQ(group.waiting(), "");
  ASSERT_TRUE(group.remove(group.ann, group.cat));
  EXPECT_EQ(group.waiting(), "") << "who was let in once waits no more";
  EXPECT_EQ(group.members(), "ann:owner ben:member");
}

TEST(Invites, WhoWasRemovedComesBackOnlyByALaterLink) {
  Linked group;
  ClientId early = group.link(), asks = group.link(0, true);
  ASSERT_TRUE(group.join(group.cat, early));
  ASSERT_TRUE(group.leave(group.cat));
  ASSERT_TRUE(group.join(group.cat, early)) << "who left of themselves may";
  ASSERT_TRUE(group.remove(group.ann, group.cat));
  EXPECT_EQ(code_of(group.join(group.cat, early)), Code::forbidden);
  EXPECT_EQ(code_of(group.join(group.cat, asks)), Code::forbidden);
  group.crash();
  ASSERT_TRUE(group.open());
  EXPECT_EQ(code_of(group.join(group.cat, early)), Code::forbidden);
  ASSERT_TRUE(group.join(group.cat, group.link()));
  EXPECT_EQ(group.members(), "ann:owner ben:member cat:member");
}

// Named regression: links that were asked for before a removal, and made after it, brought the removed back.
TEST(Invites, NobodyMakesALinkAfterTheirRemoval) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Linked group(seed);
    std::vector<std::shared_ptr<std::optional<Result<InviteRow>>>> links;
    for (int i = 0; i < 6; ++i) links.push_back(note(group.scope.start(group.talk->create_invite(group.ben, {3600, 0, false}))));
    ASSERT_TRUE(group.remove(group.ann, group.ben));
    group.loop.advance(1s);
    for (const auto& link : links) {
      ASSERT_TRUE(link->has_value());
      if (**link) {
        EXPECT_EQ(code_of(group.join(group.ben, (**link)->secret)), Code::forbidden) << seed;
      } else {
        EXPECT_EQ((*link)->error().code, Code::forbidden);
      }
    }
    EXPECT_EQ(group.members(), "ann:owner");
  }
}

TEST(Invites, ThereIsALimitToGoodOnesAndPlacesAreUsedAgain) {
  Linked group;
  std::vector<ClientId> links;
  for (std::size_t i = 0; i < Invites::kInvitesMax; ++i) links.push_back(group.link());
  auto more = [&] { return value_of(group.loop, group.scope.start(group.talk->create_invite(group.ann, {60, 0, false}))); };
  EXPECT_EQ(code_of(more()), Code::limit_reached);
  ASSERT_TRUE(group.revoke(group.ann, links[40]));
  ASSERT_TRUE(more());
  EXPECT_EQ(code_of(more()), Code::limit_reached);
  EXPECT_EQ(group.disk.state().rows.at({RowTable::groups, group.id.key()}).size(), Invites::kInvitesMax + 1);
}

TEST(Invites, WheneverACrashComesUsesAreCountedOnce) {
  for (Duration when = 0us; when <= 12ms; when += 200us) {
    Linked group(static_cast<std::uint64_t>(when.count()) + 1);
    ClientId link = group.link(2);
    auto joined = note(group.joining(group.cat, link));
    group.loop.advance(when);
    bool answered = joined->has_value() && **joined;
    group.crash();
    ASSERT_TRUE(group.open());
    bool in = group.talk->is_member(group.cat);
    EXPECT_TRUE(in || !answered) << when.count();
    auto left = group.links(group.ann)->links;
    ASSERT_EQ(left.size(), 1u);
    EXPECT_EQ(left[0].used, in ? 1u : 0u) << when.count();
    ASSERT_TRUE(group.join(group.cat, link)) << "a repeat";
    ASSERT_TRUE(group.join(group.dan, link)) << when.count();
    EXPECT_EQ(code_of(group.join(user("eve"), link)), Code::not_found) << when.count();
  }
}

TEST(Groups, WhoIsAddedLearnsWhatTheGroupIsCalled) {
  Group group;
  ASSERT_TRUE(group.add(group.ann, {group.cat}));
  EXPECT_EQ(group.inboxes.taken[group.cat].at({2})->text(), "Team");
}

TEST(Groups, TheLastOwnerWhoLeavesNamesTheirHeir) {
  Group group;
  ASSERT_TRUE(group.add(group.ann, {group.cat}));
  ASSERT_TRUE(group.role(group.ann, group.cat, Role::admin));
  ASSERT_TRUE(group.leave(group.ann));
  EXPECT_EQ(group.inboxes.taken[group.ben].at({4})->details().heir, group.cat);
  EXPECT_EQ(group.members(), "ben:member cat:owner");
  ASSERT_TRUE(group.leave(group.ben));
  EXPECT_TRUE(group.inboxes.taken[group.cat].at({5})->details().heir.empty()) << "no owner, no heir";
  group.crash();
  ASSERT_TRUE(group.open());
  EXPECT_EQ(group.view(group.cat)->role, Role::owner);
}

TEST(Groups, OnlyAMessageIsAnswered) {
  Group group;
  ASSERT_TRUE(group.send(group.ben));
  auto answer = [&](std::uint64_t seq) {
    SendRequest request{group.ann, client_id(1000 + seq + group.talk->head().value * 100), group.talk->head(), "yes", {}};
    request.details.reply_to = {seq};
    return value_of(group.loop, group.talk->send(std::move(request)));
  };
  EXPECT_EQ(code_of(answer(1)), Code::invalid_argument);
  EXPECT_TRUE(answer(2));
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(group.send(group.ben));
  EXPECT_EQ(code_of(answer(1)), Code::invalid_argument) << "far behind the cache too";
  EXPECT_TRUE(answer(2));
}

}  // namespace
}  // namespace kith::test
