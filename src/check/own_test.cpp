// What users keep for themselves and what they are told of others: histories that must be rejected for one reason, and good ones that
// come close.
#include "check/judged_for_tests.h"

namespace kith::check {
namespace {

// Two messages of Alice that Bob has.
const std::string kTwo = R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000}
{"t":3,"p":"a1","op":"send","phase":"invoke","call":2,"to":"bob","id":"m2","text":"h2"}
{"t":4,"p":"a1","op":"send","phase":"ok","call":2,"conv":"d","seq":2,"time":1000}
{"t":5,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":6,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"from":"alice","id":"m2","text":"h2"}
)";

const std::string kCleared = kTwo + R"(
{"t":7,"p":"b1","op":"clear","phase":"invoke","call":1,"conv":"d","seq":1}
{"t":8,"p":"b1","op":"clear","phase":"ok","call":1}
)";

const std::string kHidden = kTwo + R"(
{"t":7,"p":"b1","op":"hide","phase":"invoke","call":1,"conv":"d","seq":1}
{"t":8,"p":"b1","op":"hide","phase":"ok","call":1}
)";

TEST(Good, SomebodyClearsAndHidesAndSets) {
  EXPECT_EQ(violated(kCleared + R"(
{"t":9,"p":"b1","op":"event","useq":3,"conv":"d","cleared":1}
{"t":10,"p":"b1","op":"configure","phase":"invoke","call":2,"conv":"d","settings":"pinned"}
{"t":11,"p":"b1","op":"configure","phase":"ok","call":2}
{"t":12,"p":"b1","op":"event","useq":4,"conv":"d","settings":"pinned"}
{"t":13,"p":"b1","op":"hide","phase":"invoke","call":3,"conv":"d","seq":2}
{"t":14,"p":"b2","op":"history","phase":"invoke","call":1,"conv":"d"}
{"t":15,"p":"b2","op":"history","phase":"ok","call":1,"head":2,"entries":[{"seq":2,"from":"alice","id":"m2","text":"h2"}]}
{"t":16,"p":"b1","op":"hide","phase":"ok","call":3}
{"t":17,"p":"b1","op":"event","useq":5,"conv":"d","hidden":2}
{"t":18,"p":"b2","op":"page","from":0,"to":5,"changes":[{"conv":"d","to":2,"cleared":1,"hidden":[2],"settings":"pinned"}]}
{"t":18,"p":"b1","op":"event","useq":6,"other":true}
{"t":19,"p":"a1","op":"history","phase":"invoke","call":3,"conv":"d","final":true}
{"t":20,"p":"a1","op":"history","phase":"ok","call":3,"head":2,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"},{"seq":2,"from":"alice","id":"m2","text":"h2"}]}
{"t":21,"op":"mark","name":"quiesced"}
{"t":22,"p":"b1","op":"history","phase":"invoke","call":4,"conv":"d","final":true}
{"t":23,"p":"b1","op":"history","phase":"ok","call":4,"head":2}
{"t":24,"p":"b1","op":"final","useq":6,"items":[{"conv":"d","head":2,"cleared":1,"settings":"pinned"}]}

)"),
            "");
}

TEST(I13Own, WhatWasClearedIsInAHistory) {
  EXPECT_EQ(violated(kCleared + R"(
{"t":9,"p":"b2","op":"history","phase":"invoke","call":1,"conv":"d"}
{"t":10,"p":"b2","op":"history","phase":"ok","call":1,"head":2,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"},{"seq":2,"from":"alice","id":"m2","text":"h2"}]}
)"),
            "I13");
}

TEST(I13Own, WhatWasHiddenIsInTheListAndInAPage) {
  EXPECT_EQ(violated(kHidden + R"(
{"t":9,"p":"b2","op":"list","phase":"invoke","call":1}
{"t":10,"p":"b2","op":"list","phase":"ok","call":1,"items":[{"conv":"d","head":2,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"}]}]}
)"),
            "I13");
  EXPECT_EQ(violated(kHidden + R"(
{"t":9,"p":"b2","op":"sync","phase":"invoke","call":1,"cursor":"own","useq":0}
{"t":10,"p":"b2","op":"page","from":0,"to":2,"changes":[{"conv":"d","to":2,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"},{"seq":2,"from":"alice","id":"m2","text":"h2"}]}]}
)"),
            "I13");
}

TEST(I13Own, MoreIsClearedThanWasAskedFor) {
  EXPECT_EQ(violated(kCleared + R"(
{"t":9,"p":"b1","op":"event","useq":3,"conv":"d","cleared":2}
)"),
            "I13");
}

TEST(I13Own, AConfirmedClearingIsLostInTheEnd) {
  EXPECT_EQ(violated(kCleared + R"(
{"t":9,"p":"b1","op":"history","phase":"invoke","call":2,"conv":"d","final":true}
{"t":10,"p":"b1","op":"history","phase":"ok","call":2,"head":2,"entries":[{"seq":2,"from":"alice","id":"m2","text":"h2"}]}
{"t":11,"p":"b1","op":"final","items":[{"conv":"d","head":2}]}
)"),
            "I13");
}

TEST(I13Own, SettingsThatNobodyMade) {
  EXPECT_EQ(violated(kTwo + R"(
{"t":9,"p":"b1","op":"event","useq":3,"conv":"d","settings":"archived"}
)"),
            "I13");
}

TEST(I13Own, SettingsEndOtherwiseThanTheLastStepSays) {
  EXPECT_EQ(violated(kTwo + R"(
{"t":7,"p":"b1","op":"configure","phase":"invoke","call":1,"conv":"d","settings":"pinned"}
{"t":8,"p":"b1","op":"event","useq":3,"conv":"d","settings":"pinned"}
{"t":9,"p":"b1","op":"history","phase":"invoke","call":2,"conv":"d","final":true}
{"t":10,"p":"b1","op":"history","phase":"ok","call":2,"head":2,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"},{"seq":2,"from":"alice","id":"m2","text":"h2"}]}
{"t":11,"p":"b1","op":"final","useq":3,"items":[{"conv":"d","head":2}]}
)"),
            "I13");
}

TEST(I1Durable, WhatWasNotClearedMayNotBeMissing) {
  EXPECT_EQ(violated(kCleared + R"(
{"t":9,"p":"b2","op":"history","phase":"invoke","call":1,"conv":"d"}
{"t":10,"p":"b2","op":"history","phase":"ok","call":1,"head":2}
)"),
            "I1");
}

TEST(I1Durable, WhatAnotherClearedMayNotBeMissing) {
  EXPECT_EQ(violated(kCleared + R"(
{"t":9,"p":"a1","op":"history","phase":"invoke","call":3,"conv":"d"}
{"t":10,"p":"a1","op":"history","phase":"ok","call":3,"head":2,"entries":[{"seq":2,"from":"alice","id":"m2","text":"h2"}]}
)"),
            "I1");
}

TEST(I5Dense, APageWithoutEntriesMaySayThatTheyAreHidden) {
  const std::string page = kHidden + R"(
{"t":9,"p":"b2","op":"history","phase":"invoke","call":1,"conv":"d","before":2}
{"t":10,"p":"b2","op":"history","phase":"ok","call":1,"head":2,"more":true)";
  EXPECT_EQ(violated(page + R"(,"from":1,"to":1})"), "");
  EXPECT_EQ(violated(page + "}"), "I5");
}

TEST(I4OneTruth, APageHasOtherSettingsThanAnEvent) {
  EXPECT_EQ(violated(kTwo + R"(
{"t":7,"p":"b1","op":"configure","phase":"invoke","call":1,"conv":"d","settings":"pinned"}
{"t":7,"p":"b1","op":"configure","phase":"invoke","call":2,"conv":"d","settings":"archived"}
{"t":8,"p":"b1","op":"event","useq":3,"conv":"d","settings":"pinned"}
{"t":9,"p":"b2","op":"page","from":0,"to":3,"changes":[{"conv":"d","to":2,"settings":"archived","entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"},{"seq":2,"from":"alice","id":"m2","text":"h2"}]}]}
)"),
            "I4");
}

TEST(I9Cursor, APageLeavesOutWhatIsHidden) {
  EXPECT_EQ(violated(kHidden + R"(
{"t":9,"p":"b1","op":"event","useq":3,"conv":"d","hidden":1}
{"t":10,"p":"b2","op":"page","from":2,"to":3}
)",
                     std::string(kBegin) + R"({"t":0,"p":"b2","op":"sync","phase":"invoke","call":901,"cursor":"own","useq":2})" + "\n"),
            "I9");
}

// --------------------------------------------------------------------------------------------------- polling, out of order

TEST(I6Order, SendsThatTravelByThemselvesMayTurnRound) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1","alone":true}
{"t":2,"p":"a1","op":"send","phase":"invoke","call":2,"to":"bob","id":"m2","text":"h2","alone":true}
{"t":3,"p":"a1","op":"send","phase":"ok","call":2,"conv":"d","seq":1,"time":1000}
{"t":3,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":2,"time":1000}
)"),
            "");
}

const std::string kPolled = kTwo + R"(
{"t":7,"p":"b2","op":"sync","phase":"invoke","call":1,"cursor":"own","useq":0,"alone":true}
{"t":8,"p":"b2","op":"delete","phase":"invoke","call":2,"conv":"d","seq":1,"alone":true}
{"t":9,"p":"a1","op":"delete","phase":"invoke","call":3,"conv":"d","seq":1}
{"t":10,"p":"b2","op":"delete","phase":"ok","call":2,"conv":"d","seq":3}
)";
constexpr const char* kBoth =
    R"("changes":[{"conv":"d","to":2,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"},{"seq":2,"from":"alice","id":"m2","text":"h2"}]}]})";

TEST(I11Deleted, AnOlderPollMayComeAfterTheAnswerToADeletion) {
  EXPECT_EQ(violated(kPolled + R"({"t":11,"p":"b2","op":"page","from":0,"to":2,)" + kBoth), "");
}

TEST(I11Deleted, APollAfterTheAnswerToADeletionHasTheText) {
  EXPECT_EQ(violated(kPolled + R"(
{"t":11,"p":"b2","op":"sync","phase":"invoke","call":3,"cursor":"own","useq":0,"alone":true}
{"t":12,"p":"b2","op":"page","from":0,"to":2,)" +
                     kBoth),
            "I11");
}

TEST(I12Edits, AnEventMayShowAMessageAsItCame) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000}
{"t":3,"p":"a1","op":"edit","phase":"invoke","call":2,"conv":"d","seq":1,"text":"h2"}
{"t":4,"p":"a1","op":"edit","phase":"ok","call":2,"conv":"d","seq":2,"time":1001}
{"t":5,"p":"b1","op":"sync","phase":"invoke","call":1,"cursor":"own","useq":0}
{"t":6,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
)"),
            "");
}

// ------------------------------------------------------------------------------------------------------------------ marks

const std::string kLooks = kTwo + R"(
{"t":7,"p":"b1","op":"read","phase":"invoke","call":1,"conv":"d","seq":1}
{"t":8,"p":"b1","op":"read","phase":"ok","call":1}
{"t":9,"p":"a1","op":"look","phase":"invoke","call":3,"conv":"d"}
{"t":10,"p":"a1","op":"look","phase":"ok","call":3,"marks":[{"user":"bob","delivered":2,"read":1}]}
)";

TEST(Good, MarksOfOthersGoUp) {
  EXPECT_EQ(violated(kLooks + R"(
{"t":11,"p":"b1","op":"read","phase":"invoke","call":2,"conv":"d","seq":2}
{"t":12,"p":"a1","op":"marks","conv":"d","marks":[{"user":"bob","delivered":2,"read":2}]}
{"t":13,"p":"b1","op":"prefer","phase":"invoke","call":3,"reads":"hidden"}
{"t":14,"p":"a1","op":"marks","conv":"d","marks":[{"user":"bob","delivered":2}]}
)"),
            "");
}

TEST(I13Marks, AMarkOfAnotherGoesBack) {
  EXPECT_EQ(violated(kLooks + R"(
{"t":11,"p":"a1","op":"marks","conv":"d","marks":[{"user":"bob","delivered":1,"read":1}]}
)"),
            "I13");
}

TEST(I13Marks, AMarkOfAnotherIsWhereTheyNeverWent) {
  EXPECT_EQ(violated(kLooks + R"(
{"t":11,"p":"a1","op":"marks","conv":"d","marks":[{"user":"bob","delivered":2,"read":2}]}
)"),
            "I13");
}

TEST(I13Marks, AMarkBeyondTheHead) {
  EXPECT_EQ(violated(kLooks + R"(
{"t":11,"p":"a1","op":"marks","conv":"d","marks":[{"user":"bob","delivered":3,"read":1}]}
)"),
            "I13");
}

TEST(I13Marks, MoreIsReadThanDelivered) {
  EXPECT_EQ(violated(kTwo + R"(
{"t":7,"p":"b1","op":"read","phase":"invoke","call":1,"conv":"d","seq":2}
{"t":8,"p":"a1","op":"marks","conv":"d","marks":[{"user":"bob","delivered":1,"read":2}]}
)"),
            "I13");
}

const std::string kEndOfBob = R"(
{"t":20,"p":"b1","op":"history","phase":"invoke","call":8,"conv":"d","final":true}
{"t":21,"p":"b1","op":"history","phase":"ok","call":8,"head":2,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"},{"seq":2,"from":"alice","id":"m2","text":"h2"}]}
{"t":22,"p":"b1","op":"final","useq":3,"items":[{"conv":"d","head":2,"read":1}]}
)";

TEST(I13Marks, AMarkThatWasShownIsGoneInTheEnd) {
  EXPECT_EQ(violated(kLooks + R"(
{"t":11,"p":"b1","op":"read","phase":"invoke","call":2,"conv":"d","seq":2}
{"t":12,"p":"a1","op":"marks","conv":"d","marks":[{"user":"bob","delivered":2,"read":2}]}
{"t":13,"p":"b1","op":"event","useq":3,"conv":"d","read":1}
)" + kEndOfBob),
            "I13");
}

TEST(I8Convergence, InTheEndTheOtherSideHasAnotherMark) {
  EXPECT_EQ(violated(kTwo + R"(
{"t":7,"p":"b1","op":"read","phase":"invoke","call":1,"conv":"d","seq":1}
{"t":8,"p":"b1","op":"event","useq":3,"conv":"d","read":1}
{"t":9,"p":"b1","op":"send","phase":"invoke","call":2,"conv":"d","id":"m3","text":"h3"}
{"t":10,"p":"b1","op":"send","phase":"fail","call":2,"code":"busy"}
{"t":11,"p":"a1","op":"look","phase":"invoke","call":3,"conv":"d","final":true}
{"t":12,"p":"a1","op":"look","phase":"ok","call":3,"marks":[{"user":"bob","delivered":2,"read":1}]}
)" + kEndOfBob),
            "");
  EXPECT_EQ(violated(kTwo + R"(
{"t":7,"p":"b1","op":"read","phase":"invoke","call":1,"conv":"d","seq":1}
{"t":8,"p":"b1","op":"event","useq":3,"conv":"d","read":1}
{"t":11,"p":"a1","op":"look","phase":"invoke","call":3,"conv":"d","final":true}
{"t":12,"p":"a1","op":"look","phase":"ok","call":3,"marks":[{"user":"bob","delivered":2}]}
)" + kEndOfBob),
            "I8");
}

const std::string kGroupOfThree = R"(
{"t":0,"p":"c1","op":"start","user":"carol","device":"phone"}
{"t":1,"p":"a1","op":"create_group","phase":"invoke","call":1,"id":"g1","text":"us","users":["bob"]}
{"t":2,"p":"a1","op":"create_group","phase":"ok","call":1,"conv":"g","head":1}
{"t":3,"p":"a1","op":"send","phase":"invoke","call":2,"conv":"g","id":"m1","text":"h1"}
{"t":4,"p":"a1","op":"send","phase":"ok","call":2,"conv":"g","seq":2,"time":1000}
)";
const std::string kBobGoes = kGroupOfThree + R"(
{"t":5,"p":"a1","op":"remove","phase":"invoke","call":3,"conv":"g","users":["bob"]}
{"t":6,"p":"a1","op":"remove","phase":"ok","call":3,"conv":"g","seq":3,"time":1001}
)";

TEST(I10Membership, AnOutsiderSeesMarks) {
  EXPECT_EQ(violated(kGroupOfThree + R"(
{"t":7,"p":"c1","op":"look","phase":"invoke","call":1,"conv":"g"}
{"t":8,"p":"c1","op":"look","phase":"ok","call":1,"marks":[{"user":"bob","delivered":1}]}
)"),
            "I10");
}

TEST(I10Membership, TheMarkOfWhoLeftIsShown) {
  EXPECT_EQ(violated(kBobGoes + R"(
{"t":7,"p":"a1","op":"look","phase":"invoke","call":4,"conv":"g"}
{"t":8,"p":"a1","op":"look","phase":"ok","call":4,"marks":[{"user":"bob","delivered":2}]}
)"),
            "I10");
}

TEST(I10Membership, WhoLeftSeesMarks) {
  EXPECT_EQ(violated(kBobGoes + R"(
{"t":7,"p":"b1","op":"look","phase":"invoke","call":4,"conv":"g"}
{"t":8,"p":"b1","op":"look","phase":"ok","call":4,"marks":[{"user":"alice","delivered":2}]}
)"),
            "I10");
}

TEST(I10Membership, AMarkMayHaveBeenOnItsWayWhenSomebodyLeft) {
  EXPECT_EQ(violated(kGroupOfThree + R"(
{"t":5,"p":"b1","op":"look","phase":"invoke","call":4,"conv":"g"}
{"t":5,"p":"a1","op":"remove","phase":"invoke","call":3,"conv":"g","users":["bob"]}
{"t":6,"p":"a1","op":"remove","phase":"ok","call":3,"conv":"g","seq":3,"time":1001}
{"t":8,"p":"b1","op":"look","phase":"ok","call":4,"marks":[{"user":"alice","delivered":2}]}
)"),
            "");
}

TEST(I10Membership, TheReadMarkOfWhoWantsNoneIsShown) {
  const std::string hides = kLooks + R"(
{"t":11,"p":"b1","op":"prefer","phase":"invoke","call":2,"reads":"hidden"}
{"t":12,"p":"b1","op":"prefer","phase":"ok","call":2}
{"t":12,"p":"b1","op":"read","phase":"invoke","call":3,"conv":"d","seq":2}
)";
  const std::string looks = R"(
{"t":13,"p":"a1","op":"look","phase":"invoke","call":4,"conv":"d"}
{"t":14,"p":"a1","op":"look","phase":"ok","call":4,"marks":[{"user":"bob","delivered":2,"read":)";
  EXPECT_EQ(violated(hides + looks + "2}]}\n"), "I10");
  EXPECT_EQ(violated(hides + looks + "1}]}\n"), "I10");
  EXPECT_EQ(violated(hides + R"({"t":12,"p":"b2","op":"prefer","phase":"invoke","call":2,"reads":"shown"})" + looks + "2}]}\n"), "");
}

TEST(I10Membership, WhoWantsNoReadMarksIsToldNone) {
  EXPECT_EQ(violated(kTwo + R"(
{"t":7,"p":"b1","op":"read","phase":"invoke","call":1,"conv":"d","seq":1}
{"t":8,"p":"a1","op":"prefer","phase":"invoke","call":3,"reads":"hidden"}
{"t":9,"p":"a1","op":"prefer","phase":"ok","call":3}
{"t":13,"p":"a1","op":"look","phase":"invoke","call":4,"conv":"d"}
{"t":14,"p":"a1","op":"look","phase":"ok","call":4,"marks":[{"user":"bob","delivered":2,"read":1}]}
)"),
            "I10");
}

TEST(I10Membership, WhoIsToBeSeenByNobodyIsSeen) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"b1","op":"presence","phase":"invoke","call":1,"users":["alice"]}
{"t":1,"p":"a1","op":"prefer","phase":"invoke","call":3,"presence":"nobody"}
{"t":2,"p":"b1","op":"presence","phase":"ok","call":1,"users":["alice"]}
{"t":3,"p":"a1","op":"prefer","phase":"ok","call":3}
)"),
            "");
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"prefer","phase":"invoke","call":3,"presence":"nobody"}
{"t":2,"p":"a1","op":"prefer","phase":"ok","call":3}
{"t":3,"p":"b1","op":"presence","phase":"invoke","call":1,"users":["alice"]}
{"t":4,"p":"b1","op":"presence","phase":"ok","call":1,"users":["alice"]}
)"),
            "I10");
}

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

// `number` is the moment and the call; outcome empty: none was heard.
std::string call(const std::string& process, const std::string& op, const std::string& other, int number, const std::string& outcome) {
  std::string both = R"({"t":)" + std::to_string(number) + R"(,"p":")" + process + R"(","op":")" + op + R"(","call":)" +
                     std::to_string(number) + R"(,"phase":)";
  std::string lines = both + R"("invoke","user":")" + other + "\"}\n";
  return outcome.empty() ? lines : lines + both + "\"" + outcome + "\"}\n";
}

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

TEST(I8Convergence, WhereABlockStandsNoMarksAreTold) {
  const std::string reads = kTwo + R"(
{"t":7,"p":"b1","op":"read","phase":"invoke","call":1,"conv":"d","seq":1}
{"t":8,"p":"b1","op":"event","useq":3,"conv":"d","read":1}
)";
  const std::string looks = R"(
{"t":11,"p":"a1","op":"look","phase":"invoke","call":13,"conv":"d","final":true}
{"t":12,"p":"a1","op":"look","phase":"ok","call":13}
)" + kEndOfBob;
  EXPECT_EQ(violated(reads + call("b1", "block", "alice", 9, "ok") + looks), "");
  EXPECT_EQ(violated(reads + call("b1", "block", "alice", 9, "ok") + call("b1", "unblock", "alice", 10, "info") + looks), "");
  EXPECT_EQ(violated(reads + call("b1", "block", "alice", 9, "ok") + call("b1", "unblock", "alice", 10, "ok") + looks), "I8");
}

// ---------------------------------------------------------------------------------------------------------------- invites

const std::string kInvited = kGroupOfThree + R"(
{"t":4,"p":"e1","op":"start","user":"eve","device":"phone"}
{"t":5,"p":"a1","op":"invite","phase":"invoke","call":3,"conv":"g","limit":1}
{"t":6,"p":"a1","op":"invite","phase":"ok","call":3,"code":"xyz"}
)";

TEST(Good, SomebodyComesByALink) {
  EXPECT_EQ(violated(kInvited + R"(
{"t":7,"p":"c1","op":"join","phase":"invoke","call":1,"code":"xyz"}
{"t":8,"p":"c1","op":"join","phase":"ok","call":1,"conv":"g","head":3}
{"t":9,"p":"a1","op":"event","useq":1,"conv":"g","seq":1,"kind":"group","what":"created","from":"alice","users":["bob"],"text":"us"}
{"t":9,"p":"a1","op":"event","useq":2,"conv":"g","seq":2,"from":"alice","id":"m1","text":"h1"}
{"t":9,"p":"a1","op":"event","useq":3,"conv":"g","seq":3,"kind":"group","what":"joined","from":"carol","users":["carol"],"text":"us"}
{"t":10,"p":"c1","op":"history","phase":"invoke","call":2,"conv":"g"}
{"t":11,"p":"c1","op":"history","phase":"ok","call":2,"head":3,"entries":[{"seq":3,"kind":"group","what":"joined","from":"carol","users":["carol"],"text":"us"}]}
)"),
            "");
}

TEST(I3AtMostOnce, TwoComeByALinkForOne) {
  EXPECT_EQ(violated(kInvited + R"(
{"t":7,"p":"c1","op":"join","phase":"invoke","call":1,"code":"xyz"}
{"t":7,"p":"e1","op":"join","phase":"invoke","call":1,"code":"xyz"}
{"t":9,"p":"b1","op":"page","from":0,"to":4,"changes":[{"conv":"g","to":4,"entries":[{"seq":3,"kind":"group","what":"joined","from":"carol","users":["carol"]},{"seq":4,"kind":"group","what":"joined","from":"eve","users":["eve"]}]}]}
)"),
            "I3");
}

TEST(I10Membership, SomebodyComesByALinkThatWasEnded) {
  EXPECT_EQ(violated(kInvited + R"(
{"t":7,"p":"a1","op":"end_invite","phase":"invoke","call":4,"conv":"g","code":"xyz"}
{"t":8,"p":"a1","op":"end_invite","phase":"ok","call":4}
{"t":9,"p":"c1","op":"join","phase":"invoke","call":1,"code":"xyz"}
{"t":9,"p":"b1","op":"page","from":0,"to":3,"changes":[{"conv":"g","to":3,"entries":[{"seq":3,"kind":"group","what":"joined","from":"carol","users":["carol"]}]}]}
)"),
            "I10");
}

}  // namespace
}  // namespace kith::check
