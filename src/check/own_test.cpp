// What users keep for themselves and what they are told of others: histories that must be rejected for one reason, and good ones that
// come close.
#include "check/judged_for_tests.h"

namespace kith::check {
namespace {

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

// Carol asks twice; what the answers were is to be filled in.
std::string joined_twice(const std::string& first, const std::string& second) {
  return kInvited + R"({"t":7,"p":"c1","op":"join","phase":"invoke","call":1,"code":"xyz"})" + "\n" +
         R"({"t":8,"p":"c1","op":"join","call":1,)" + first + "}\n" +
         R"({"t":9,"p":"c1","op":"join","phase":"invoke","call":2,"code":"xyz"})" + "\n" + R"({"t":10,"p":"c1","op":"join","call":2,)" +
         second + "}\n" + R"(
{"t":11,"p":"b1","op":"page","from":0,"to":3,"changes":[{"conv":"g","to":3,"entries":[{"seq":3,"kind":"group","what":"joined","from":"carol","users":["carol"]}]}]}
)";
}
const std::string kRefusedJoin = R"("phase":"fail","code":"not_found")", kInTime = R"("phase":"ok","conv":"g","head":3)",
                  kLate = kInTime + R"(,"late":true)", kUnknown = R"("phase":"info")";

TEST(I10Membership, SomebodyComesByALinkThatHadExpired) {
  EXPECT_EQ(violated(joined_twice(kRefusedJoin, kLate)), "I10");
  EXPECT_EQ(violated(joined_twice(kLate, kLate)), "I10");
}

TEST(Good, WhoCameInTimeMayComeAgain) {
  EXPECT_EQ(violated(joined_twice(kInTime, kLate)), "");
  EXPECT_EQ(violated(joined_twice(kUnknown, kLate)), "");
}

}  // namespace
}  // namespace kith::check
