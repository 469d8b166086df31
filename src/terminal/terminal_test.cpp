// Reading the command line, and telling things to people and to scripts.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "terminal/chat_line.h"
#include "terminal/chat_marks.h"
#include "terminal/content.h"
#include "terminal/context.h"
#include "terminal/conversation_name.h"
#include "terminal/profile.h"
#include "terminal/show.h"
#include "terminal/table.h"

namespace kith::terminal {
namespace {

Result<CommandLine> line(std::vector<std::string> words) { return read_command_line(words); }
std::string refusal(std::vector<std::string> words) {
  auto read = line(std::move(words));
  return read ? "accepted" : read.error().detail;
}

TEST(CommandLineTest, FindsCommandsArgumentsAndOptions) {
  auto read = line({"--server=http://a:1", "send", "bob", "--json", "hello", "there", "--", "--friend"});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->command->name, "send");
  EXPECT_EQ(read->arguments, (std::vector<std::string>{"bob", "hello", "there", "--friend"}));
  EXPECT_EQ(read->get("server"), "http://a:1");
  EXPECT_TRUE(read->has("json"));
  EXPECT_EQ(read->get("user", "nobody"), "nobody");
}

TEST(CommandLineTest, FindsCommandsOfTwoWords) {
  auto read = line({"users", "--admin-token-file", "f", "add", "bob"});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->command->name, "users add");
  EXPECT_EQ(read->arguments, std::vector<std::string>{"bob"});
}

TEST(CommandLineTest, TakesAnyNumberOfWhatMayBeLeftOut) {
  EXPECT_EQ(refusal({"help", "group", "create"}), "accepted");
  auto read = line({"group", "create", "Our team", "bob", "carol"});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->command->name, "group create");
  EXPECT_EQ(read->words_from(1), "bob carol");
  EXPECT_EQ(read->words_from(3), "");
  EXPECT_EQ(refusal({"group", "create", "Our team"}), "accepted");
}

TEST(CommandLineTest, RefusesWithASentence) {
  EXPECT_EQ(refusal({"send"}), "expected: kith send CONV [TEXT…]");
  EXPECT_EQ(refusal({"edit", "bob", "4"}), "expected: kith edit CONV SEQ TEXT…");
  EXPECT_EQ(refusal({"group", "role", "Team", "bob"}), "expected: kith group role GROUP USER ROLE");
  EXPECT_EQ(refusal({"group", "create"}), "expected: kith group create TITLE [USER…]");
  EXPECT_EQ(refusal({"mute", "bob", "1", "2"}), "expected: kith mute CONV [HOURS]");
  EXPECT_EQ(refusal({"list", "x"}), "expected: kith list");
  EXPECT_EQ(refusal({"fly"}), "fly: there is no such command");
  EXPECT_EQ(refusal({"users", "fly"}), "users fly: there is no such command");
  EXPECT_EQ(refusal({"users"}), "users: which? See kith help users");
  EXPECT_EQ(refusal({"list", "--fly"}), "--fly: there is no such option");
  EXPECT_EQ(refusal({"list", "--count", "3"}), "kith list takes no --count");
  EXPECT_EQ(refusal({"list", "--limit"}), "--limit needs a value: N");
  EXPECT_EQ(refusal({"list", "--json=1"}), "--json takes no value");
  EXPECT_EQ(refusal({"send", "--help"}), "accepted");
}

TEST(CommandLineTest, AnOptionMayStandMoreThanOnce) {
  auto read = line({"send", "team", "--mention", "bob", "hi", "--mention=carol", "--reply", "3", "--reply", "4"});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->all("mention"), (std::vector<std::string>{"bob", "carol"}));
  EXPECT_EQ(read->get("reply"), "4") << "where one is wanted the last one counts";
  EXPECT_TRUE(read->all("attach").empty());
  EXPECT_EQ(read->words_from(1), "hi");
}

Result<Content> content(std::vector<std::string> words) {
  words.insert(words.begin(), {"send", "team"});
  auto read = line(std::move(words));
  if (!read) return read.error();
  return content_of(*read, 1);
}
std::string content_refusal(std::vector<std::string> words) {
  auto read = content(std::move(words));
  return read ? "accepted" : read.error().detail;
}

TEST(ContentTest, IsAllThatAMessageCanSay) {
  auto all = content({"see", "it", "--reply", "#4", "--mention", "bob", "--attach", "https://a/b.png,image/png,7,b, c.png", "--attach",
                      "https://a/c", "--kind", "poll", "--data", "{}"});
  ASSERT_TRUE(all);
  EXPECT_EQ(*all, (Content{"see it", 4, {"bob"}, {{"https://a/b.png", "b, c.png", "image/png", 7}, {"https://a/c"}}, "poll", "{}"}));
  EXPECT_EQ(content_refusal({"--attach", "https://a/c"}), "accepted");
  EXPECT_EQ(content_refusal({"--kind", "poll"}), "accepted");
  auto named = attachment_of("https://a/c,,,c");
  ASSERT_TRUE(named);
  EXPECT_EQ(*named, (wire::Attachment{"https://a/c", "c"}));
}

TEST(ContentTest, IsRefusedWithASentence) {
  EXPECT_EQ(content_refusal({}), "nothing is said: give TEXT, --attach or --kind");
  EXPECT_EQ(content_refusal({"--reply", "4"}), "nothing is said: give TEXT, --attach or --kind");
  EXPECT_EQ(content_refusal({"x", "--data", "{}"}), "--data goes with --kind");
  EXPECT_EQ(content_refusal({"x", "--mention", "b b"}), "--mention: b b is not a user id");
  EXPECT_EQ(content_refusal({"x", "--attach", "http://a"}), "--attach: http://a does not begin with https://");
  EXPECT_EQ(content_refusal({"x", "--attach", "https://a,t,big"}).substr(0, 36), "--attach: SIZE must be a number from");
  EXPECT_EQ(content_refusal({"x", "--reply", "four"}), "four is not the number of a message; kith history shows them");
}

TEST(ContentTest, WordsThatBeginWithAnAtMention) {
  using Users = std::vector<std::string>;
  EXPECT_EQ(mentions_in("@bob, (see) mail@a.b @carol.d: and @bob! @ @!"), (Users{"bob", "carol.d"}));
  EXPECT_EQ(mentions_in("hi"), Users{});
  std::string crowd;
  for (int i = 0; i < 60; ++i) crowd += " @u" + std::to_string(i);
  EXPECT_EQ(mentions_in(crowd).size(), 50u);
}

TEST(ChatMarksTest, TellWhoGotTheNewestMessage) {
  ChatMarks marks;
  marks.heard({"d_1", {{"bob", 9, 8}}, {}});
  EXPECT_EQ(marks.news(), "") << "nothing was said";
  marks.said(9);
  EXPECT_EQ(marks.news(), "(#9 delivered to bob)\n");
  EXPECT_EQ(marks.news(), "") << "once";
  marks.said(12);
  EXPECT_EQ(marks.news(), "");
  marks.heard({"d_1", {{"bob", 12, 12}, {"carol", 13, 12}, {"dave", 14, 11}}, {}});
  EXPECT_EQ(marks.news(), "(#12 delivered to dave)\n(#12 read by bob, carol)\n");
  marks.heard({"d_1", {{"dave", 3, 3}}, {}});
  EXPECT_EQ(marks.news(), "") << "a mark does not move back";
  marks.in_group(true);
  marks.said(20);
  marks.heard({"d_1", {{"bob", 20, 12}, {"carol", 20, 20}}, {}});
  EXPECT_EQ(marks.news(), "(#20 read by carol)\n") << "in a group only reading is told";
}

TEST(CommandLineTest, NumbersHaveBounds) {
  auto limit = [](const char* text) {
    auto read = line({"list", "--limit", text});
    auto value = number(*read, "limit", 20, 1, 100);
    return value ? static_cast<int>(*value) : -1;
  };
  EXPECT_EQ(limit("100"), 100);
  for (auto bad : {"0", "101", "-1", "1x", "", "99999999999999999999"}) EXPECT_EQ(limit(bad), -1) << bad;
  EXPECT_EQ(*number(*line({"list"}), "limit", 20, 1, 100), 20u);
}

TEST(CommandLineTest, HelpNamesEverything) {
  const std::string all = help();
  std::set<std::string_view> names;
  for (const Command& command : commands()) {
    EXPECT_TRUE(names.insert(command.name).second) << command.name;
    EXPECT_NE(all.find("  " + std::string(command.name)), std::string::npos) << command.name;
    const std::string one = help(command);
    EXPECT_NE(one.find(command.sentence), std::string::npos);
    EXPECT_NE(one.find("--server URL"), std::string::npos);
    // Every option that a command lists exists.
    std::string_view rest = command.options;
    while (!rest.empty()) {
      auto end = std::min(rest.find(' '), rest.size());
      EXPECT_NE(one.find("--" + std::string(rest.substr(0, end))), std::string::npos) << command.name << ' ' << rest;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
}

wire::Message message(std::string text) {
  wire::Message out;
  out.conversation = "d_1";
  out.seq = 42;
  out.from = "bob";
  out.time = {1'700'000'000'000};
  out.text = std::move(text);
  return out;
}

class ShowTest : public testing::Test {
 protected:
  ShowTest() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
};

TEST_F(ShowTest, LinesForPeople) {
  EXPECT_EQ(entry_line({message("hi")}), "22:13:20 #42 bob: hi\n");
  EXPECT_EQ(history_line({message("hi")}), "#42 2023-11-14 22:13:20 bob: hi\n");
  EXPECT_EQ(history_line({wire::Unknown{7}}), "#7 (something that this program cannot show)\n");
  wire::ConversationSummary summary{"d_1", "bob", 42, 3, 0, wire::Entry{message("hi")}};
  EXPECT_EQ(summary_line(summary, {}), "bob (3 unread)  2023-11-14 22:13:20 bob: hi\n");
  wire::Sent sent;
  sent.seq = 5;
  sent.time = {1'700'000'000'000};
  sent.presence = {{"bob", false, {1'699'999'999'000}}};
  EXPECT_EQ(ack_line(sent), "✓ #5 22:13:20, bob is offline since 2023-11-14 22:13:19\n");
  sent.presence[0].online = true;
  EXPECT_EQ(ack_line(sent), "✓ #5 22:13:20\n");
  sent.presence[0].status = "idle";
  EXPECT_EQ(ack_line(sent), "✓ #5 22:13:20, bob is online (idle)\n");
  EXPECT_EQ(presence_line({"bob", true}), "bob is online\n");
  EXPECT_EQ(marks_line({"bob", 5, 4}), "bob: #5 delivered, #4 read\n");
  EXPECT_EQ(marks_line({"bob", 0, 0}), "bob: nothing delivered\n");
}

TEST_F(ShowTest, AMessageTellsWhatBecameOfIt) {
  auto changed = message("hi");
  changed.edits = {{43, {}}};
  changed.reactions = {{"+", {"alice", "bob"}}, {"\x1b", {"a", "b", "c", "d", "e"}}};
  EXPECT_EQ(entry_line({changed}), "22:13:20 #42 bob: hi (edited) [+ alice bob] [\xEF\xBF\xBD a b c +2]\n");
  changed = message("");
  changed.reply_to = 40;
  changed.attachments = {{"https://a/b.png", "b.png", "image/png", 1}, {"https://a/c", "", "", 0}};
  changed.kind = "poll";
  EXPECT_EQ(entry_line({changed}), "22:13:20 #42 bob: (to #40) <b.png https://a/b.png> <https://a/c> [poll]\n");
  changed = message("hi @carol");
  changed.mentions = {"carol", "dave", "eve"};
  EXPECT_EQ(entry_line({changed}), "22:13:20 #42 bob: hi @carol (mentions dave, eve)\n");
  EXPECT_EQ(content_line({"hi", 3, {"carol"}, {{"https://a/c"}}, "poll", "{}"}), "(to #3) hi (mentions carol) <https://a/c> [poll]");
  changed = message("");
  changed.deleted = 44;
  EXPECT_EQ(history_line({changed}), "#42 2023-11-14 22:13:20 bob: (deleted)\n");
}

TEST_F(ShowTest, ChangesAndGroupsForPeople) {
  const WallTime time{1'700'000'000'000};
  EXPECT_EQ(entry_line({wire::Edited{"d_1", 43, "bob", time, 42, "a\x1b"}}), "22:13:20 #43 bob edited #42: a\xEF\xBF\xBD\n");
  EXPECT_EQ(entry_line({wire::Edited{"d_1", 43, "bob", time, 42, ""}}), "22:13:20 #43 bob edited #42\n");
  EXPECT_EQ(history_line({wire::Deleted{"d_1", 44, "bob", time, 42}}), "#44 2023-11-14 22:13:20 bob deleted #42\n");
  EXPECT_EQ(entry_line({wire::Reacted{"d_1", 45, "bob", time, 42, "+", false}}), "22:13:20 #45 bob put + to #42\n");
  EXPECT_EQ(entry_line({wire::Reacted{"d_1", 46, "bob", time, 42, "+", true}}), "22:13:20 #46 bob took + back from #42\n");
  const auto group = [&](std::string what, std::vector<std::string> users, std::string title = {}, std::string role = {}) {
    const std::string text =
        entry_line({wire::GroupChange{"g_1", 1, "bob", time, std::move(what), std::move(users), std::move(title), {}, role}});
    return text.substr(std::string("22:13:20 #1 ").size());
  };
  EXPECT_EQ(group("created", {"bob", "alice", "carol"}, "Team"), "bob made the group Team with alice, carol\n");
  EXPECT_EQ(group("created", {}, "Team"), "bob made the group Team\n");
  EXPECT_EQ(group("changed", {}, "Squad"), "bob changed the group: Squad\n");
  EXPECT_EQ(group("added", {"dave", "eve"}), "bob added dave, eve\n");
  EXPECT_EQ(group("removed", {"eve"}), "bob removed eve\n");
  EXPECT_EQ(group("left", {"bob"}), "bob left\n");
  EXPECT_EQ(group("role", {"dave"}, {}, "admin"), "bob made dave admin\n");
  EXPECT_EQ(group("painted", {}), "bob changed the group\n");
  wire::Group about{"g_1", "Team", wire::Permissions{"guest", "member", "admin", "admin", "owner"}, 3, "owner", 9};
  EXPECT_EQ(group_lines(about),
            "Team\ng_1\n3 members; you: owner; send: guest, add: member, remove: admin, rename: admin, delete: owner\n");
  EXPECT_EQ(member_names({"g_1", {{"alice", "owner", 1}, {"bob", "member", 1}}, {}}), "alice (owner), bob\n");
  EXPECT_EQ(changed_line({"g_1", 7, time}), "✓ #7 22:13:20\n");
  EXPECT_EQ(changed_line({"g_1", 7, {}}), "✓ #7\n");
  EXPECT_EQ(changed_line({"g_1", 0, {}}), "✓ there was nothing to change\n");
}

TEST_F(ShowTest, TheListTellsGroupsAndSettings) {
  wire::ConversationSummary group{"g_1", "", 42, 0, 0, {}, "Team"};
  const WallTime now{1'700'000'000'000};
  EXPECT_EQ(summary_line(group, now), "Team (group)\n");
  group.mentioned = 7;
  EXPECT_EQ(summary_line(group, now), "Team (group, you are mentioned in #7)\n");
  group.mentioned = 0;
  group.settings = wire::Settings{"g_1", {now.ms + 60'000}, true, true};
  group.unread = 2;
  EXPECT_EQ(summary_line(group, now), "Team (group, 2 unread, pinned, archived, muted until 2023-11-14 22:14:20)\n");
  group.settings = wire::Settings{"g_1", {253'402'214'400'000}, false, false};
  EXPECT_EQ(summary_line(group, now), "Team (group, 2 unread, muted)\n");
  group.settings->muted_until = now;
  group.title.clear();
  group.unread = 0;
  EXPECT_EQ(summary_line(group, now), "g_1 (group that you left)\n") << "the mute is over";
}

TEST(PickGroupTest, AWholeTitleGoesBeforeAPart) {
  const auto titled = [](std::string id, std::string title) {
    wire::ConversationSummary group;
    group.conversation = std::move(id);
    group.title = std::move(title);
    return group;
  };
  const std::vector<wire::ConversationSummary> groups{titled("g_1", "Team"), titled("g_2", "Team of Bob"), titled("g_3", "Café")};
  const auto pick = [&](const char* name) {
    auto found = pick_group(groups, name);
    return found ? *found : std::string(info(found.error().code).name) + ": " + found.error().detail;
  };
  EXPECT_EQ(pick("team"), "g_1");
  EXPECT_EQ(pick("of b"), "g_2");
  EXPECT_EQ(pick("Café"), "g_3");
  EXPECT_EQ(pick("tea"), "invalid_argument: tea may be Team (g_1), Team of Bob (g_2)");
  EXPECT_EQ(pick("club"), "not_found: no conversation with club, and no such group");
  EXPECT_EQ(pick(""), "not_found: no conversation with , and no such group");
}

TEST(SeqArgumentTest, IsANumberAsItIsShown) {
  for (auto good : {"42", "#42"}) {
    auto seq = seq_argument(good);
    EXPECT_TRUE(seq && *seq == 42) << good;
  }
  for (auto bad : {"", "#", "0", "-1", "4x", "##4", "99999999999999999999"}) EXPECT_FALSE(seq_argument(bad)) << bad;
}

TEST(ChatLineTest, MeansAMessageOrACommand) {
  using Kind = ChatLine::Kind;
  const auto means = [](const char* text) { return read_chat_line(text); };
  EXPECT_EQ(means(""), ChatLine{});
  EXPECT_EQ(means("\r"), ChatLine{});
  EXPECT_EQ(means("hi /there\r"), (ChatLine{Kind::message, 0, "hi /there"}));
  EXPECT_EQ(means("//etc"), (ChatLine{Kind::message, 0, "/etc"}));
  EXPECT_EQ(means("/edit 4 two  words"), (ChatLine{Kind::edit, 4, "two  words"}));
  EXPECT_EQ(means("/delete #4"), (ChatLine{Kind::erase, 4, ""}));
  EXPECT_EQ(means("/react 4 👍"), (ChatLine{Kind::react, 4, "👍"}));
  EXPECT_EQ(means("/unreact 4 👍"), (ChatLine{Kind::take_back, 4, "👍"}));
  EXPECT_EQ(means("/reply #4 yes @bob"), (ChatLine{Kind::reply, 4, "yes @bob"}));
  EXPECT_EQ(means("/attach https://a/b,t see this"), (ChatLine{Kind::attach, 0, "https://a/b,t see this"}));
  EXPECT_EQ(means("/attach").text, "expected: /attach URL [TEXT]");
  EXPECT_EQ(means("/members"), (ChatLine{Kind::members, 0, ""}));
  EXPECT_EQ(means("/help").kind, Kind::help);
  EXPECT_EQ(means("/edit 4"), (ChatLine{Kind::wrong, 0, "expected: /edit SEQ TEXT"}));
  EXPECT_EQ(means("/edit four x"), (ChatLine{Kind::wrong, 0, "expected: /edit SEQ TEXT"}));
  EXPECT_EQ(means("/delete 4 5").kind, Kind::wrong);
  EXPECT_EQ(means("/members x").text, "expected: /members");
  EXPECT_EQ(means("/dleete 4").text, "/dleete: there is no such command; /help lists them");
}

TEST_F(ShowTest, WhatOthersWroteDoesNothingToTheTerminal) {
  EXPECT_EQ(plain("a\x1b[2Jb"), "a\xEF\xBF\xBD[2Jb");
  EXPECT_EQ(plain("a\xc2\x9b"
                  "31mb"),
            "a\xEF\xBF\xBD"
            "31mb");
  EXPECT_EQ(plain("one\ntwo\r\x07"), "one\n    two\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(plain("é ü \t 漢"), "é ü \t 漢");
}

TEST_F(ShowTest, JsonForScripts) {
  EXPECT_EQ(event_json("state", "live"), "{\"state\":\"live\"}\n");
  EXPECT_EQ(event_json(wire::Entry{wire::Deleted{"d_1", 44, "bob", {}, 42}}),
            "{\"deleted\":{\"conversation\":\"d_1\",\"seq\":44,\"from\":\"bob\",\"target\":42}}\n");
  EXPECT_EQ(event_json(wire::ClearMark{"d_1", 4}), "{\"cleared\":{\"conversation\":\"d_1\",\"seq\":4}}\n");
  const std::string text = event_json(wire::Entry{message("a\nb")});
  EXPECT_TRUE(text.starts_with("{\"message\":{\"conversation\":\"d_1\",\"seq\":42,")) << text;
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  OutgoingMessage out;
  wire::Sent sent;
  sent.conversation = "d_1";
  sent.seq = 5;
  EXPECT_EQ(ack_json(out, sent), "{\"conversation\":\"d_1\",\"seq\":5,\"clientId\":\"00000000000000000000000000000000\"}\n");
}

TEST_F(ShowTest, FailuresAreCodeAndSentence) {
  EXPECT_EQ(sentence(Code::wrong_password), "wrong_password: User or password is wrong.");
  EXPECT_EQ(sentence({Code::unknown_user, "carol"}), "unknown_user: There is no such user. (carol)");
}

class ProfileTest : public testing::Test {
 protected:
  ProfileTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "kith-profile-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~ProfileTest() override { std::filesystem::remove_all(directory_); }
  Profile profile() const { return Profile(directory_ + "/kith"); }
  void keep(const char* user, const char* device) {
    ASSERT_TRUE(profile().keep(*UserId::parse(user), *DeviceId::parse(device), Secret("token-of-" + std::string(device)), "https://h:1",
                               "/there/ca.pem"));
  }
  Code error(std::optional<const char*> user, std::optional<const char*> device) const {
    auto found = profile().find(user ? UserId::parse(*user) : std::nullopt, device ? DeviceId::parse(*device) : std::nullopt);
    return found ? Code::ok : found.error().code;
  }

  std::string directory_;
};

TEST_F(ProfileTest, FindsWhoIsMeant) {
  EXPECT_EQ(error({}, {}), Code::not_found);
  keep("alice", "phone");
  auto only = profile().find({}, {});
  ASSERT_TRUE(only);
  EXPECT_EQ(only->user.text(), "alice");
  EXPECT_EQ(only->device.text(), "phone");
  EXPECT_EQ(only->token.reveal(), "token-of-phone");
  EXPECT_EQ(only->server, "https://h:1");
  EXPECT_EQ(only->ca, "/there/ca.pem");
  keep("alice", "desk");
  EXPECT_EQ(error({}, {}), Code::invalid_argument);
  EXPECT_EQ(error({}, "desk"), Code::ok);
  EXPECT_EQ(error({}, "other"), Code::not_found);
  keep("bob", "desk");
  EXPECT_EQ(error({}, {}), Code::invalid_argument);
  EXPECT_EQ(error("bob", {}), Code::ok);
  EXPECT_EQ(error("carol", {}), Code::not_found);
  ASSERT_TRUE(profile().forget(*profile().find(UserId::parse("bob"), {})));
  EXPECT_EQ(profile().users().size(), 1u);
}

TEST_F(ProfileTest, TheServerIsWhatWasSaidLast) {
  Context context;
  std::map<std::string, std::string> variables;
  context.environment = [&](const char* name) { return variables[name]; };
  const auto server = [&](const Account& account = {}) {
    auto found = context.server(account);
    return found ? found->url() + " " + found->authorities : found.error().detail;
  };
  EXPECT_EQ(server(), "http://127.0.0.1:8080 ");
  Account account;
  account.server = "https://h:1";
  EXPECT_EQ(server(account), "https://h:1 ");
  std::string files[3];
  for (int i = 0; i < 3; ++i) {
    files[i] = directory_ + "/ca" + std::to_string(i);
    std::ofstream(files[i]) << "x";
  }
  account.ca = files[0];
  EXPECT_EQ(server(account), "https://h:1 " + files[0]);
  variables["KITH_CA"] = files[1];
  variables["KITH_SERVER"] = "https://i";
  EXPECT_EQ(server(account), "https://i:443 " + files[1]);
  context.line.options["ca"] = {files[2]};
  context.line.options["server"] = {"wss://j:2"};
  EXPECT_EQ(server(account), "https://j:2 " + files[2]);
  context.line.options["ca"] = {directory_ + "/none"};
  EXPECT_EQ(server(account), "--ca: there is no file " + directory_ + "/none");
  context.line.options["server"] = {"http://j"};
  EXPECT_EQ(server(account), "http://j:80 ");
}

TEST_F(ProfileTest, NobodyElseMayRead) {
  keep("alice", "phone");
  struct stat about;
  for (auto folder : {"/kith", "/kith/alice", "/kith/alice/phone"}) {
    ASSERT_EQ(::stat((directory_ + folder).c_str(), &about), 0) << folder;
    EXPECT_EQ(about.st_mode & 0777, 0700u) << folder;
  }
  ASSERT_EQ(::stat((directory_ + "/kith/alice/phone/token").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
}

TEST(FolderNameTest, NoIdLeavesTheProfile) {
  for (auto id : {"alice", "..", ".", ".a", "a@b+c", "A.b_c-d", "a%"}) {
    const std::string name = folder_name(id);
    EXPECT_EQ(name.find_first_of("/"), std::string::npos);
    EXPECT_FALSE(name.starts_with('.')) << name;
    EXPECT_EQ(id_of_folder(name), id) << name;
  }
  EXPECT_FALSE(id_of_folder("..")) << "only one name for each";
  EXPECT_FALSE(id_of_folder("%zz"));
}

}  // namespace
}  // namespace kith::terminal
