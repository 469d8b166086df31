// Who is whose contact and who blocks whom: histories that must be rejected for one reason, and good ones that come close.
#include "check/judged_for_tests.h"

namespace kith::check {
namespace {

// --------------------------------------------------------------------------------------------------------------- contacts

const std::string kAsked = R"(
{"t":1,"p":"a1","op":"add_contact","phase":"invoke","call":1,"user":"bob"}
{"t":2,"p":"a1","op":"add_contact","phase":"ok","call":1}
{"t":3,"p":"b1","op":"event","useq":1,"contact":"alice","state":"asks"}
)";
const std::string kContacts = kAsked + R"(
{"t":4,"p":"b1","op":"add_contact","phase":"invoke","call":1,"user":"alice"}
{"t":5,"p":"b1","op":"add_contact","phase":"ok","call":1}
)";

std::string ends(const std::string& of_alice, const std::string& of_bob) {
  auto list = [](const std::string& p, const std::string& contacts) {
    return R"({"t":20,"p":")" + p + R"(","op":"contacts","phase":"invoke","call":70,"final":true})" + "\n" + R"({"t":20,"p":")" + p +
           R"(","op":"contacts","phase":"ok","call":70,"contacts":[)" + contacts + "]}\n";
  };
  return list("a1", of_alice) + list("b1", of_bob);
}

TEST(Good, TwoBecomeContacts) {
  EXPECT_EQ(violated(kContacts + R"(
{"t":6,"p":"b2","op":"page","from":0,"to":2,"contacts":[{"user":"alice","state":"contact"}]}
{"t":7,"p":"b1","op":"event","useq":2,"contact":"alice","state":"contact"}
)" + ends(R"({"user":"bob","state":"contact"})", R"({"user":"alice","state":"contact"})")),
            "");
  EXPECT_EQ(violated(kAsked + ends(R"({"user":"bob","state":"asked"})", R"({"user":"alice","state":"asks"})")), "");
}

TEST(I2NoInvention, AContactWhomNobodyAdded) {
  EXPECT_EQ(violated(R"({"t":3,"p":"b1","op":"event","useq":1,"contact":"alice","state":"asks"})"), "I2");
}

TEST(I2NoInvention, AContactWhoOnlyAsked) {
  EXPECT_EQ(violated(kAsked + R"({"t":4,"p":"b1","op":"event","useq":2,"contact":"alice","state":"contact"})"), "I2");
}

TEST(I4OneTruth, AStepIsTwoContacts) {
  EXPECT_EQ(violated(kContacts + R"({"t":6,"p":"b2","op":"event","useq":1,"contact":"alice","state":"contact"})"), "I4");
}

TEST(I8Convergence, OneSideDoesNotKnowOfTheOther) { EXPECT_EQ(violated(kAsked + ends(R"({"user":"bob","state":"asked"})", "")), "I8"); }

TEST(I8Convergence, WhereAnOutcomeIsUnknownTheSidesMayDiffer) {
  const std::string lost = kAsked + R"({"t":4,"p":"a1","op":"remove_contact","phase":"invoke","call":2,"user":"bob"})" + "\n";
  EXPECT_EQ(violated(lost + ends("", R"({"user":"alice","state":"asks"})")), "");
}

TEST(I9Cursor, APageLeavesOutAContact) { EXPECT_EQ(violated(kAsked + R"({"t":6,"p":"b2","op":"page","from":0,"to":1})"), "I9"); }

TEST(I14TruthfulOutcome, BothConfirmedAndYetTheyAreNone) {
  EXPECT_EQ(violated(kContacts + ends(R"({"user":"bob","state":"asked"})", R"({"user":"alice","state":"asks"})")), "I14");
}

// ----------------------------------------------------------------------------------------------------------------- blocks

constexpr const char* kBobBlocked = R"({"user":"bob","state":"blocked"})";
const std::string kBlocks = call("a1", "block", "bob", 3, "ok");
const std::string kUnblocks = call("a1", "unblock", "bob", 5, "ok");

TEST(Good, SomebodyBlocksAContactAndTakesItBack) {
  const std::string blocks = kContacts + call("a1", "block", "bob", 6, "ok") + R"(
{"t":7,"p":"a1","op":"event","useq":1,"contact":"bob","state":"blocked"}
{"t":7,"p":"b1","op":"event","useq":2,"contact":"alice","state":"none"}
)";
  EXPECT_EQ(violated(blocks + ends(kBobBlocked, "")), "");
  EXPECT_EQ(violated(blocks + call("b1", "block", "alice", 8, "ok") + ends(kBobBlocked, R"({"user":"alice","state":"blocked"})")), "");
  EXPECT_EQ(violated(blocks + call("a1", "unblock", "bob", 8, "ok") + R"(
{"t":9,"p":"a1","op":"event","useq":2,"contact":"bob","state":"none"}
)" + ends("", "")),
            "");
}

TEST(I2NoInvention, SomebodyIsBlockedWhomTheyDidNotBlock) {
  const std::string told = R"({"t":4,"p":"b1","op":"event","useq":1,"contact":"alice","state":"blocked"})";
  EXPECT_EQ(violated(kBlocks + told), "I2");
  EXPECT_EQ(violated(call("b1", "block", "alice", 4, "fail") + told), "I2");
  EXPECT_EQ(violated(call("b1", "block", "alice", 4, "") + told), "");
}

TEST(I2NoInvention, WhoIsUnblockedByTheOtherIsToldNothing) {
  const std::string unblocks = call("a1", "unblock", "bob", 5, "ok");
  EXPECT_EQ(violated(unblocks + R"({"t":6,"p":"b1","op":"event","useq":1,"contact":"alice","state":"none"})"), "I2");
  EXPECT_EQ(violated(unblocks + R"({"t":6,"p":"a1","op":"event","useq":1,"contact":"bob","state":"none"})"), "");
}

TEST(I8Convergence, WhoIsBlockedStillAsks) {
  EXPECT_EQ(violated(kAsked + kBlocks + ends(kBobBlocked, R"({"user":"alice","state":"asks"})")), "I8");
}

TEST(I8Convergence, ABlockThatIsHalfDoneIsMadeWholeByARepeatOnly) {
  const std::string lost = kAsked + call("a1", "block", "bob", 4, "info");
  const std::string still = ends("", R"({"user":"alice","state":"asks"})");
  EXPECT_EQ(violated(lost + still), "");
  EXPECT_EQ(violated(lost + call("a1", "unblock", "bob", 5, "ok") + still), "");
  EXPECT_EQ(violated(lost + call("a1", "block", "bob", 5, "ok") + ends(kBobBlocked, R"({"user":"alice","state":"asks"})")), "I8");
}

TEST(I14TruthfulOutcome, AConfirmedBlockEndsUnlisted) {
  EXPECT_EQ(violated(kBlocks + ends("", "")), "I14");
  EXPECT_EQ(violated(kBlocks + kUnblocks + call("a2", "block", "bob", 6, "ok") + ends("", ""),
                     std::string(kBegin) + R"({"t":0,"p":"a2","op":"start","user":"alice","device":"laptop"})" + "\n"),
            "I14");
  EXPECT_EQ(violated(kBlocks + call("a1", "block", "bob", 4, "") + ends("", "")), "I14") << "a repeat changes nothing";
}

TEST(I14TruthfulOutcome, ABlockThatWasTakenBackEndsListed) {
  EXPECT_EQ(violated(kBlocks + kUnblocks + ends(kBobBlocked, "")), "I14");
  EXPECT_EQ(violated(kBlocks + kUnblocks + ends("", "")), "");
}

TEST(I14TruthfulOutcome, OfABlockThatIsNotSureNothingIsJudged) {
  for (const std::string list : {"", kBobBlocked}) {
    EXPECT_EQ(violated(call("a1", "block", "bob", 3, "info") + ends(list, "")), "");
    EXPECT_EQ(violated(kBlocks + call("a1", "unblock", "bob", 4, "") + ends(list, "")), "") << list;
    EXPECT_EQ(violated(call("a1", "unblock", "bob", 2, "info") + kBlocks + ends(list, "")), "") << "it may have come later";
    EXPECT_EQ(violated(R"({"t":2,"p":"a1","op":"unblock","phase":"invoke","call":80,"user":"bob"})"
                       "\n" +
                       kBlocks +
                       R"({"t":4,"p":"a1","op":"unblock","phase":"ok","call":80})"
                       "\n" +
                       ends(list, "")),
              "")
        << "both at once";
  }
  EXPECT_EQ(violated(kBlocks + call("a1", "unblock", "bob", 4, "fail") + ends("", "")), "I14");
}

TEST(I14TruthfulOutcome, TwoWhoHadConfirmedToBeContactsMayHaveBlocked) {
  EXPECT_EQ(violated(kContacts + call("b1", "block", "alice", 6, "ok") + ends("", R"({"user":"alice","state":"blocked"})")), "");
}

std::string sends(const std::string& from, const std::string& to, int number, const std::string& ok) {
  std::string both = R"({"t":)" + std::to_string(number) + R"(,"p":")" + from + R"(","op":"send","call":)" + std::to_string(number);
  std::string invoke = both + R"(,"phase":"invoke","to":")" + to + R"(","id":"n1","text":"h"})" + "\n";
  return ok.empty() ? invoke : invoke + both + R"(,"phase":"ok","conv":"d","time":2000,)" + ok + "}\n";
}

TEST(I14TruthfulOutcome, AMessagePassesBetweenTwoOfWhomOneBlockedTheOther) {
  EXPECT_EQ(violated(kBlocks + sends("b1", "alice", 4, R"("seq":1)")), "I14");
  EXPECT_EQ(violated(kBlocks + sends("a1", "bob", 4, R"("seq":1)")), "I14");
  EXPECT_EQ(violated(kBlocks + sends("b1", "alice", 4, "") +
                     R"({"t":5,"p":"a1","op":"event","useq":1,"conv":"d","seq":1,"from":"bob","id":"n1","text":"h"})"),
            "I14")
      << "seen, though its sender heard nothing";
  EXPECT_EQ(violated(kTwo + call("a1", "block", "bob", 7, "ok") + R"(
{"t":8,"p":"b1","op":"send","phase":"invoke","call":8,"conv":"d","id":"n1","text":"h"}
{"t":8,"p":"b1","op":"send","phase":"ok","call":8,"conv":"d","seq":3,"time":2000}
)"),
            "I14");
  EXPECT_EQ(violated(kBlocks + call("b1", "unblock", "alice", 4, "ok") + sends("b1", "alice", 5, R"("seq":1)")), "I14")
      << "only one's own block is taken back";
}

TEST(I14TruthfulOutcome, AMessageIsEditedOrReactedToBetweenTwoOfWhomOneBlockedTheOther) {
  const std::string blocked = kTwo + call("b1", "block", "alice", 7, "ok");
  auto changes = [](const std::string& op, const std::string& ok) {
    return R"({"t":8,"p":"a1","op":")" + op + R"(","phase":"invoke","call":8,"conv":"d","seq":1,"text":"h3"})" + "\n" +
           R"({"t":9,"p":"a1","op":")" + op + R"(","phase":)" + ok + R"(,"call":8})" + "\n";
  };
  for (const std::string op : {"edit", "react"}) {
    EXPECT_EQ(violated(blocked + changes(op, R"("ok","seq":3,"time":2000)")), "I14") << op;
    EXPECT_EQ(violated(blocked + changes(op, R"("fail","code":"refused")")), "") << op;
    EXPECT_EQ(violated(kTwo + call("b1", "block", "alice", 7, "info") + changes(op, R"("ok","seq":3,"time":2000)")), "") << op;
  }
  EXPECT_EQ(violated(blocked + changes("delete", R"("ok","seq":3,"time":2000)")), "") << "it may be deleted";
}

TEST(I14TruthfulOutcome, AMessageMayPassABlockThatIsNotSure) {
  EXPECT_EQ(violated(call("a1", "block", "bob", 3, "info") + sends("b1", "alice", 4, R"("seq":1)")), "");
  EXPECT_EQ(violated(kBlocks + call("a1", "unblock", "bob", 4, "") + sends("b1", "alice", 5, R"("seq":1)")), "");
  EXPECT_EQ(violated(sends("b1", "alice", 2, "") + kBlocks + R"({"t":4,"p":"b1","op":"send","phase":"ok","call":2,"conv":"d","seq":1})"),
            "");
  EXPECT_EQ(violated(kBlocks + sends("b1", "carol", 4, R"("seq":1)")), "") << "another conversation";
}

TEST(I14TruthfulOutcome, ARepeatOfWhatWasSentBeforeMayPassABlock) {
  const std::string before = sends("b1", "alice", 1, "") + R"({"t":2,"p":"b1","op":"send","phase":"info","call":1,"code":"disconnected"})"
                                                           "\n";
  EXPECT_EQ(violated(before + kBlocks + sends("b1", "alice", 4, R"("seq":1,"repeated":true)")), "");
  EXPECT_EQ(violated(before + kBlocks + sends("b1", "alice", 4, R"("seq":1)")), "") << "the first attempt may have been the one";
}

}  // namespace
}  // namespace kith::check
