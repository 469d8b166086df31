// Edits, deletions, reactions and groups: for each invariant histories that it, and no other, must reject, and good ones that come close.
#include "check/judged_for_tests.h"

namespace kith::check {
namespace {

// A message of Alice that Bob has on his phone.
constexpr std::string_view kOne = R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1","time":1000,"n":1}
)";

// … and that she asked to be edited: number 2.
const std::string kEdited = std::string(kOne) + R"(
{"t":4,"p":"a1","op":"edit","phase":"invoke","call":2,"conv":"d","seq":1,"text":"h2"}
{"t":5,"p":"a1","op":"edit","phase":"ok","call":2,"conv":"d","seq":2,"time":1001}
)";

const std::string kDeleted = std::string(kOne) + R"(
{"t":4,"p":"a1","op":"delete","phase":"invoke","call":2,"conv":"d","seq":1}
{"t":5,"p":"a1","op":"delete","phase":"ok","call":2,"conv":"d","seq":2,"time":1001}
)";

// Alice makes a group with Bob and Carol, who has a feed that stands at 0.
const std::string kGroup = R"(
{"t":0,"p":"c1","op":"start","user":"carol","device":"phone"}
{"t":0,"p":"c1","op":"sync","phase":"invoke","call":900,"cursor":"own","useq":0}
{"t":1,"p":"a1","op":"create_group","phase":"invoke","call":1,"id":"g1","text":"us","users":["bob","carol"]}
{"t":2,"p":"a1","op":"create_group","phase":"ok","call":1,"conv":"g","head":1}
{"t":3,"p":"c1","op":"event","useq":1,"conv":"g","seq":1,"kind":"group","what":"created","from":"alice","users":["bob","carol"],"text":"us","time":1000}
)";

// Carol is removed with number 2, and Alice says something as number 3.
const std::string kWithoutCarol = kGroup + R"(
{"t":10,"p":"a1","op":"remove","phase":"invoke","call":2,"conv":"g","users":["carol"]}
{"t":11,"p":"a1","op":"remove","phase":"ok","call":2,"conv":"g","seq":2,"time":1001}
{"t":12,"p":"c1","op":"event","useq":2,"conv":"g","seq":2,"kind":"group","what":"removed","from":"alice","users":["carol"],"time":1001}
{"t":13,"p":"a1","op":"send","phase":"invoke","call":3,"conv":"g","id":"m1","text":"h1"}
{"t":14,"p":"a1","op":"send","phase":"ok","call":3,"conv":"g","seq":3,"time":1002}
)";

// Somebody who is in the group is told that something of message 2 is not for them.
TEST(I10, AMemberIsToldLessThanThereIs) {
  const std::string sent = kGroup + R"(
{"t":10,"p":"a1","op":"send","phase":"invoke","call":2,"conv":"g","id":"m1","text":"h1"}
{"t":11,"p":"a1","op":"send","phase":"ok","call":2,"conv":"g","seq":2,"time":1001}
)";
  const std::string shown = R"(
{"t":12,"p":"c1","op":"event","useq":2,"conv":"g","seq":2,"from":"alice","id":"m1","text":"h1","time":1001,"n":1)";
  EXPECT_EQ(violated(sent + shown + "}"), "");
  EXPECT_EQ(violated(sent + shown + R"(,"withheld":true})"), "I10");
  EXPECT_EQ(violated(std::string(kOne) + R"(
{"t":4,"p":"b2","op":"page","from":0,"to":1,"changes":[{"conv":"d","to":1,"entries":[{"seq":1,"from":"alice","id":"m1","time":1000,"n":1,"withheld":true}]}]}
)"),
            "I10");
}

TEST(Good, WhoLeftIsToldLess) {
  EXPECT_EQ(violated(kGroup + R"(
{"t":10,"p":"a1","op":"send","phase":"invoke","call":2,"conv":"g","id":"m1","text":"h1"}
{"t":11,"p":"a1","op":"send","phase":"ok","call":2,"conv":"g","seq":2,"time":1001}
{"t":12,"p":"c1","op":"event","useq":2,"conv":"g","seq":2,"from":"alice","id":"m1","text":"h1","time":1001,"n":1}
{"t":13,"p":"a1","op":"remove","phase":"invoke","call":3,"conv":"g","users":["carol"]}
{"t":14,"p":"a1","op":"remove","phase":"ok","call":3,"conv":"g","seq":3,"time":1001}
{"t":15,"p":"c1","op":"event","useq":3,"conv":"g","seq":3,"kind":"group","what":"removed","from":"alice","users":["carol"],"time":1001}
{"t":16,"p":"c1","op":"history","phase":"invoke","call":1,"conv":"g","after":1}
{"t":17,"p":"c1","op":"history","phase":"ok","call":1,"head":3,"entries":[{"seq":2,"from":"alice","id":"m1","time":1001,"n":1,"withheld":true},{"seq":3,"kind":"group","what":"removed","from":"alice","users":["carol"],"time":1001}]}
)"),
            "");
}

TEST(Good, AMessageIsEditedReactedToAndDeleted) {
  EXPECT_EQ(violated(kEdited + R"(
{"t":6,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"kind":"edited","target":1,"from":"alice","text":"h2","time":1001}
{"t":7,"p":"b1","op":"react","phase":"invoke","call":1,"conv":"d","seq":1,"text":"+1"}
{"t":8,"p":"b1","op":"react","phase":"ok","call":1,"conv":"d","seq":3,"time":1001}
{"t":9,"p":"b1","op":"react","phase":"invoke","call":2,"conv":"d","seq":1,"text":"+1"}
{"t":10,"p":"b1","op":"react","phase":"ok","call":2}
{"t":11,"p":"b1","op":"event","useq":3,"conv":"d","seq":3,"kind":"reacted","target":1,"from":"bob","text":"+1","time":1001}
{"t":12,"p":"b2","op":"page","from":0,"to":3,"changes":[{"conv":"d","to":3,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h2","time":1000,"n":1,"edits":[2],"reactions":[{"emoji":"+1","users":["bob"]}]},{"seq":2,"kind":"edited","target":1,"from":"alice","text":"h2","time":1001},{"seq":3,"kind":"reacted","target":1,"from":"bob","text":"+1","time":1001}]}]}
{"t":13,"p":"a1","op":"delete","phase":"invoke","call":3,"conv":"d","seq":1}
{"t":14,"p":"a1","op":"delete","phase":"ok","call":3,"conv":"d","seq":4,"time":1002}
{"t":15,"p":"a1","op":"delete","phase":"invoke","call":3,"conv":"d","seq":1}
{"t":16,"p":"a1","op":"delete","phase":"ok","call":3,"conv":"d","seq":4}
{"t":17,"p":"a1","op":"edit","phase":"invoke","call":4,"conv":"d","seq":1,"text":"h3"}
{"t":18,"p":"a1","op":"edit","phase":"fail","call":4,"code":"deleted"}
{"t":19,"p":"b1","op":"event","useq":4,"conv":"d","seq":4,"kind":"deleted","target":1,"from":"alice","time":1002}
{"t":20,"op":"mark","name":"quiesced"}
{"t":21,"p":"b1","op":"history","phase":"invoke","call":3,"conv":"d","final":true}
{"t":22,"p":"b1","op":"history","phase":"ok","call":3,"head":4,"entries":[{"seq":1,"from":"alice","id":"m1","time":1000,"n":1,"deleted":4},{"seq":2,"kind":"edited","target":1,"from":"alice","time":1001},{"seq":3,"kind":"reacted","target":1,"from":"bob","text":"+1","time":1001},{"seq":4,"kind":"deleted","target":1,"from":"alice","time":1002}]}
{"t":23,"p":"b1","op":"final","useq":4,"items":[{"conv":"d","head":4}]}
)"),
            "");
}

const std::string kErasedFirst = std::string(kOne) + R"(
{"t":4,"p":"b2","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1","time":1000,"n":1}
{"t":5,"p":"a1","op":"edit","phase":"invoke","call":2,"conv":"d","seq":1,"text":"h2"}
{"t":6,"p":"a1","op":"delete","phase":"invoke","call":3,"conv":"d","seq":1}
{"t":7,"p":"b1","op":"page","from":1,"to":3,"changes":[{"conv":"d","from":1,"to":3,"entries":[{"seq":2,"kind":"edited","target":1,"from":"alice","time":1001},{"seq":3,"kind":"deleted","target":1,"from":"alice","time":1002}]}]}
)";

TEST(Good, AnEditIsOnItsWayWhileItsMessageIsDeleted) {
  EXPECT_EQ(violated(kErasedFirst + R"(
{"t":8,"p":"b2","op":"event","useq":2,"conv":"d","seq":2,"kind":"edited","target":1,"from":"alice","text":"h2","time":1001}
{"t":9,"p":"b2","op":"event","useq":3,"conv":"d","seq":3,"kind":"deleted","target":1,"from":"alice","time":1002}
)"),
            "");
}

TEST(I2NoInvention, AnEditOnItsWayWithATextThatNobodyWrote) {
  EXPECT_EQ(violated(kErasedFirst + R"(
{"t":8,"p":"b2","op":"event","useq":2,"conv":"d","seq":2,"kind":"edited","target":1,"from":"alice","text":"h9","time":1001}
{"t":9,"p":"b2","op":"event","useq":3,"conv":"d","seq":3,"kind":"deleted","target":1,"from":"alice","time":1002}
)"),
            "I2");
}

TEST(Good, SomebodyLeavesAGroupAndComesBack) {
  EXPECT_EQ(violated(kWithoutCarol + R"(
{"t":20,"p":"c1","op":"history","phase":"invoke","call":1,"conv":"g"}
{"t":21,"p":"c1","op":"history","phase":"ok","call":1,"head":2,"entries":[{"seq":1,"kind":"group","what":"created","from":"alice","users":["bob","carol"],"text":"us","time":1000},{"seq":2,"kind":"group","what":"removed","from":"alice","users":["carol"],"time":1001}]}
{"t":22,"p":"c1","op":"send","phase":"invoke","call":2,"conv":"g","id":"m2","text":"h2"}
{"t":23,"p":"c1","op":"send","phase":"fail","call":2,"code":"forbidden"}
{"t":24,"p":"b1","op":"page","from":0,"to":3,"changes":[{"conv":"g","to":3,"entries":[{"seq":3,"from":"alice","id":"m1","text":"h1","time":1002,"n":1}]}]}
{"t":25,"p":"b1","op":"add","phase":"invoke","call":1,"conv":"g","users":["carol","alice"]}
{"t":26,"p":"b1","op":"add","phase":"ok","call":1,"conv":"g","seq":4,"time":1003}
{"t":27,"p":"c1","op":"event","useq":3,"conv":"g","seq":4,"kind":"group","what":"added","from":"bob","users":["carol"],"time":1003}
{"t":28,"op":"mark","name":"quiesced"}
{"t":29,"p":"c1","op":"history","phase":"invoke","call":3,"conv":"g","limit":2,"final":true}
{"t":30,"p":"c1","op":"history","phase":"ok","call":3,"head":4,"more":true,"entries":[{"seq":2,"kind":"group","what":"removed","from":"alice","users":["carol"],"time":1001},{"seq":4,"kind":"group","what":"added","from":"bob","users":["carol"],"time":1003}]}
{"t":31,"p":"c1","op":"history","phase":"invoke","call":4,"conv":"g","before":2,"final":true}
{"t":32,"p":"c1","op":"history","phase":"ok","call":4,"head":4,"entries":[{"seq":1,"kind":"group","what":"created","from":"alice","users":["bob","carol"],"text":"us","time":1000}]}
{"t":33,"p":"c1","op":"final","useq":3,"items":[{"conv":"g","head":4,"title":"us"}]}
)"),
            "");
}

// ------------------------------------------------------------------------------------------- I1 to I9 and I14, of changes

TEST(I1Durable, AnEditHasNoTextAnyMore) {
  EXPECT_EQ(violated(kEdited + R"(
{"t":6,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"kind":"edited","target":1,"from":"alice","time":1001}
)"),
            "I1");
}

TEST(I1Durable, AConfirmedReactionIsMissing) {
  EXPECT_EQ(violated(std::string(kOne) + R"(
{"t":4,"p":"a1","op":"react","phase":"invoke","call":2,"conv":"d","seq":1,"text":"+1"}
{"t":5,"p":"a1","op":"react","phase":"ok","call":2,"conv":"d","seq":2,"time":1001}
{"t":6,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d"}
{"t":7,"p":"b1","op":"history","phase":"ok","call":1,"head":1,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"}]}
)"),
            "I1");
}

TEST(I2NoInvention, AnEditThatNobodyMade) {
  EXPECT_EQ(violated(kEdited + R"(
{"t":6,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"kind":"edited","target":1,"from":"alice","text":"h2","time":1001}
{"t":7,"p":"b1","op":"event","useq":3,"conv":"d","seq":3,"kind":"edited","target":1,"from":"alice","text":"h9","time":1001}
)"),
            "I2 I3");
}

TEST(I2NoInvention, ADeletionThatNobodyAskedFor) {
  EXPECT_EQ(violated(std::string(kOne) + R"(
{"t":4,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"kind":"deleted","target":1,"from":"alice","time":1001}
)"),
            "I2");
}

TEST(I3AtMostOnce, AnEditIsMadeTwice) {
  EXPECT_EQ(violated(kEdited + R"(
{"t":6,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"kind":"edited","target":1,"from":"alice","text":"h2","time":1001}
{"t":7,"p":"b1","op":"event","useq":3,"conv":"d","seq":3,"kind":"edited","target":1,"from":"alice","text":"h2","time":1001}
)"),
            "I3");
}

TEST(I3AtMostOnce, AReactionCountsTwice) {
  EXPECT_EQ(violated(std::string(kOne) + R"(
{"t":4,"p":"b1","op":"react","phase":"invoke","call":1,"conv":"d","seq":1,"text":"+1"}
{"t":5,"p":"b1","op":"react","phase":"invoke","call":2,"conv":"d","seq":1,"text":"+1"}
{"t":6,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"kind":"reacted","target":1,"from":"bob","text":"+1","time":1001}
{"t":7,"p":"b1","op":"event","useq":3,"conv":"d","seq":3,"kind":"reacted","target":1,"from":"bob","text":"+1","time":1001}
)"),
            "I3");
}

TEST(I3AtMostOnce, OneGroupIsMadeTwice) {
  EXPECT_EQ(violated(kGroup + R"(
{"t":4,"p":"a1","op":"create_group","phase":"invoke","call":1,"id":"g1","text":"us","users":["bob","carol"]}
{"t":5,"p":"a1","op":"create_group","phase":"ok","call":1,"conv":"h","head":1}
)"),
            "I3");
}

TEST(I4OneTruth, ANumberIsAMessageAndAnEdit) {
  EXPECT_EQ(violated(kEdited + R"(
{"t":6,"p":"a1","op":"send","phase":"invoke","call":3,"conv":"d","id":"m2","text":"h3"}
{"t":7,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"from":"alice","id":"m2","text":"h3"}
)"),
            "I4 I6");
}

TEST(I5Dense, AMemberIsNotToldOfANumber) {
  EXPECT_EQ(violated(kGroup + R"(
{"t":4,"p":"a1","op":"send","phase":"invoke","call":2,"conv":"g","id":"m1","text":"h1"}
{"t":4,"p":"a1","op":"send","phase":"invoke","call":3,"conv":"g","id":"m2","text":"h2"}
{"t":5,"p":"c1","op":"event","useq":2,"conv":"g","seq":3,"from":"alice","id":"m2","text":"h2"}
)"),
            "I5");
}

TEST(I6Order, AnEditCounts) {
  EXPECT_EQ(violated(kEdited + R"(
{"t":6,"p":"a1","op":"send","phase":"invoke","call":3,"conv":"d","id":"m2","text":"h3"}
{"t":7,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"kind":"edited","target":1,"from":"alice","text":"h2","time":1001}
{"t":8,"p":"b1","op":"event","useq":3,"conv":"d","seq":3,"from":"alice","id":"m2","text":"h3","n":3}
)"),
            "I6");
}

TEST(I8Convergence, AReactionIsNotWithItsMessageInTheEnd) {
  EXPECT_EQ(violated(std::string(kOne) + R"(
{"t":4,"p":"b1","op":"react","phase":"invoke","call":1,"conv":"d","seq":1,"text":"+1"}
{"t":5,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"kind":"reacted","target":1,"from":"bob","text":"+1","time":1001}
{"t":6,"p":"b1","op":"react","phase":"invoke","call":2,"conv":"d","seq":1,"text":"heart"}
{"t":7,"p":"b1","op":"event","useq":3,"conv":"d","seq":3,"kind":"reacted","target":1,"from":"bob","text":"heart","time":1001}
{"t":8,"p":"b1","op":"history","phase":"invoke","call":3,"conv":"d","final":true}
{"t":9,"p":"b1","op":"history","phase":"ok","call":3,"head":3,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1","reactions":[{"emoji":"heart","users":["bob"]}]},{"seq":2,"kind":"reacted","target":1,"from":"bob","text":"+1"},{"seq":3,"kind":"reacted","target":1,"from":"bob","text":"heart"}]}
{"t":10,"p":"b1","op":"final","items":[{"conv":"d","head":3}]}
)"),
            "I8");
}

TEST(I8Convergence, AGroupEndsWithAnotherTitle) {
  EXPECT_EQ(violated(kGroup + R"(
{"t":4,"p":"c1","op":"history","phase":"invoke","call":1,"conv":"g","final":true}
{"t":5,"p":"c1","op":"history","phase":"ok","call":1,"head":1,"entries":[{"seq":1,"kind":"group","what":"created","from":"alice","users":["bob","carol"],"text":"us","time":1000}]}
{"t":6,"p":"c1","op":"final","items":[{"conv":"g","head":1,"title":"them"}]}
)"),
            "I8");
}

TEST(I14TruthfulOutcome, AFailedEditIsShown) {
  EXPECT_EQ(violated(std::string(kOne) + R"(
{"t":4,"p":"a1","op":"edit","phase":"invoke","call":2,"conv":"d","seq":1,"text":"h2"}
{"t":5,"p":"a1","op":"edit","phase":"fail","call":2,"code":"busy"}
{"t":6,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"kind":"edited","target":1,"from":"alice","text":"h2","time":1001}
)"),
            "I14");
}

TEST(I14TruthfulOutcome, AMemberIsNeverToldOfTheirGroup) {
  EXPECT_EQ(violated(kGroup + R"(
{"t":4,"op":"mark","name":"quiesced"}
{"t":5,"p":"b1","op":"final"}
)"),
            "I8 I14");
}

// --------------------------------------------------------------------------------------------------------------- I10

TEST(I10Membership, ARemovedMemberIsShownWhatComesAfter) {
  EXPECT_EQ(violated(kWithoutCarol + R"(
{"t":20,"p":"c1","op":"event","useq":3,"conv":"g","seq":3,"from":"alice","id":"m1","text":"h1","time":1002}
)"),
            "I10");
}

TEST(I10Membership, ARemovedMemberIsToldHowFarTheGroupIs) {
  EXPECT_EQ(violated(kWithoutCarol + R"(
{"t":20,"p":"c1","op":"list","phase":"invoke","call":1}
{"t":21,"p":"c1","op":"list","phase":"ok","call":1,"items":[{"conv":"g","head":3}]}
)"),
            "I10");
}

TEST(I10Membership, OneWhoComesLaterReadsFromTheBeginning) {
  EXPECT_EQ(violated(R"(
{"t":0,"p":"c1","op":"start","user":"carol","device":"phone"}
{"t":1,"p":"a1","op":"create_group","phase":"invoke","call":1,"id":"g1","text":"us","users":["bob"]}
{"t":2,"p":"a1","op":"create_group","phase":"ok","call":1,"conv":"g","head":1}
{"t":3,"p":"a1","op":"add","phase":"invoke","call":2,"conv":"g","users":["carol"]}
{"t":4,"p":"a1","op":"add","phase":"ok","call":2,"conv":"g","seq":2}
{"t":5,"p":"c1","op":"history","phase":"invoke","call":1,"conv":"g"}
{"t":6,"p":"c1","op":"history","phase":"ok","call":1,"head":2,"entries":[{"seq":1,"kind":"group","what":"created","from":"alice","users":["bob"],"text":"us"},{"seq":2,"kind":"group","what":"added","from":"alice","users":["carol"]}]}
)"),
            "I10");
}

TEST(I10Membership, ARemovedMemberStillSpeaks) {
  EXPECT_EQ(violated(kWithoutCarol + R"(
{"t":15,"p":"c1","op":"send","phase":"invoke","call":1,"conv":"g","id":"m2","text":"h2"}
{"t":16,"p":"b1","op":"page","from":0,"to":4,"changes":[{"conv":"g","to":4,"entries":[{"seq":3,"from":"alice","id":"m1","text":"h1","time":1002,"n":1},{"seq":4,"from":"carol","id":"m2","text":"h2","time":1002,"n":2}]}]}
)"),
            "I10");
}

TEST(I10Membership, SomebodyIsRemovedTwice) {
  EXPECT_EQ(violated(kWithoutCarol + R"(
{"t":15,"p":"a1","op":"remove","phase":"invoke","call":4,"conv":"g","users":["carol"]}
{"t":16,"p":"b1","op":"page","from":0,"to":4,"changes":[{"conv":"g","to":4,"entries":[{"seq":4,"kind":"group","what":"removed","from":"alice","users":["carol"]}]}]}
)"),
            "I10");
}

TEST(I10Membership, WhereSomethingIsUnknownNobodyIsBlamed) {
  EXPECT_EQ(violated(kWithoutCarol + R"(
{"t":15,"p":"a1","op":"send","phase":"invoke","call":4,"conv":"g","id":"m2","text":"h2"}
{"t":20,"p":"c1","op":"event","useq":3,"conv":"g","seq":5,"from":"alice","id":"m2","text":"h2"}
)"),
            "");
}

// --------------------------------------------------------------------------------------------------------------- I11

TEST(I11Deleted, AReadAfterTheOkHasTheText) {
  EXPECT_EQ(violated(kDeleted + R"(
{"t":6,"p":"b2","op":"history","phase":"invoke","call":1,"conv":"d"}
{"t":7,"p":"b2","op":"history","phase":"ok","call":1,"head":2,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"},{"seq":2,"kind":"deleted","target":1,"from":"alice"}]}
)"),
            "I11");
}

TEST(I11Deleted, TheListHasTheText) {
  EXPECT_EQ(violated(kDeleted + R"(
{"t":6,"p":"b2","op":"list","phase":"invoke","call":1}
{"t":7,"p":"b2","op":"list","phase":"ok","call":1,"items":[{"conv":"d","head":2,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"}]}]}
)"),
            "I11");
}

TEST(I11Deleted, APageForAnOldCursorHasTheText) {
  EXPECT_EQ(violated(kDeleted + R"(
{"t":6,"p":"b2","op":"sync","phase":"invoke","call":1,"cursor":"own","useq":0}
{"t":7,"p":"b2","op":"page","from":0,"to":1,"changes":[{"conv":"d","to":1,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"}]}]}
)"),
            "I11");
}

TEST(I11Deleted, ATextOfAnEditIsLeft) {
  EXPECT_EQ(violated(kEdited + R"(
{"t":6,"p":"a1","op":"delete","phase":"invoke","call":3,"conv":"d","seq":1}
{"t":7,"p":"a1","op":"delete","phase":"ok","call":3,"conv":"d","seq":3}
{"t":8,"p":"b2","op":"history","phase":"invoke","call":1,"conv":"d"}
{"t":9,"p":"b2","op":"history","phase":"ok","call":1,"head":3,"entries":[{"seq":1,"from":"alice","id":"m1","deleted":3},{"seq":2,"kind":"edited","target":1,"from":"alice","text":"h2"},{"seq":3,"kind":"deleted","target":1,"from":"alice"}]}
)"),
            "I11");
}

TEST(I11Deleted, ADeviceThatSawTheTombstoneSeesTheTextAgain) {
  EXPECT_EQ(violated(std::string(kOne) + R"(
{"t":4,"p":"a1","op":"delete","phase":"invoke","call":2,"conv":"d","seq":1}
{"t":5,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d"}
{"t":6,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"kind":"deleted","target":1,"from":"alice"}
{"t":7,"p":"b1","op":"history","phase":"ok","call":1,"head":1,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"}]}
)"),
            "I11");
}

TEST(I11Deleted, AnEditAfterADelete) {
  EXPECT_EQ(violated(kDeleted + R"(
{"t":6,"p":"a1","op":"edit","phase":"invoke","call":3,"conv":"d","seq":1,"text":"h3"}
{"t":7,"p":"a1","op":"edit","phase":"ok","call":3,"conv":"d","seq":3}
)"),
            "I11");
}

TEST(I11Deleted, InTheEndTheTextIsThereAgain) {
  EXPECT_EQ(violated(std::string(kOne) + R"(
{"t":4,"p":"a1","op":"delete","phase":"invoke","call":2,"conv":"d","seq":1}
{"t":5,"p":"a1","op":"event","useq":1,"conv":"d","seq":2,"kind":"deleted","target":1,"from":"alice"}
{"t":6,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d","before":2,"final":true}
{"t":7,"p":"b1","op":"history","phase":"ok","call":1,"head":2,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"}]}
)"),
            "I11");
}

TEST(I11Deleted, AReadThatBeganBeforeMayHaveTheText) {
  EXPECT_EQ(violated(std::string(kOne) + R"(
{"t":4,"p":"b2","op":"history","phase":"invoke","call":1,"conv":"d"}
{"t":4,"p":"a1","op":"delete","phase":"invoke","call":2,"conv":"d","seq":1}
{"t":5,"p":"a1","op":"delete","phase":"ok","call":2,"conv":"d","seq":2}
{"t":6,"p":"b2","op":"history","phase":"ok","call":1,"head":1,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"}]}
{"t":7,"p":"b2","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
)"),
            "");
}

// --------------------------------------------------------------------------------------------------------------- I12

TEST(I12Edits, AReadAfterTheOkHasTheOldText) {
  EXPECT_EQ(violated(kEdited + R"(
{"t":6,"p":"b2","op":"history","phase":"invoke","call":1,"conv":"d"}
{"t":7,"p":"b2","op":"history","phase":"ok","call":1,"head":2,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"},{"seq":2,"kind":"edited","target":1,"from":"alice","text":"h2"}]}
)"),
            "I12");
}

// Two edits that nobody has confirmed.
const std::string kTwoEdits = std::string(kOne) + R"(
{"t":4,"p":"a1","op":"edit","phase":"invoke","call":2,"conv":"d","seq":1,"text":"h2"}
{"t":4,"p":"a1","op":"edit","phase":"invoke","call":3,"conv":"d","seq":1,"text":"h3"}
{"t":5,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"kind":"edited","target":1,"from":"alice","text":"h2"}
{"t":6,"p":"b1","op":"event","useq":3,"conv":"d","seq":3,"kind":"edited","target":1,"from":"alice","text":"h3"}
)";

TEST(I12Edits, ADeviceIsShownAnEarlierEdit) {
  EXPECT_EQ(violated(kTwoEdits + R"(
{"t":7,"p":"b1","op":"list","phase":"invoke","call":1}
{"t":8,"p":"b1","op":"list","phase":"ok","call":1,"items":[{"conv":"d","head":3,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h2","edits":[2]}]}]}
)"),
            "I12");
}

TEST(I12Edits, AnAnswerMayHaveBeenOnItsWay) {
  EXPECT_EQ(violated(std::string(kOne) + R"(
{"t":4,"p":"a1","op":"edit","phase":"invoke","call":2,"conv":"d","seq":1,"text":"h2"}
{"t":5,"p":"b1","op":"list","phase":"invoke","call":1}
{"t":6,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"kind":"edited","target":1,"from":"alice","text":"h2"}
{"t":7,"p":"b1","op":"list","phase":"ok","call":1,"items":[{"conv":"d","head":2,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"}]}]}
)"),
            "");
}

TEST(I12Edits, AnotherDeviceMayBeBehind) {
  EXPECT_EQ(violated(kTwoEdits + R"(
{"t":7,"p":"b2","op":"page","from":0,"to":1,"changes":[{"conv":"d","to":1,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h2","edits":[2]}]}]}
)"),
            "");
}

TEST(I12Edits, TheTextIsThatOfAnotherEdit) {
  EXPECT_EQ(violated(kTwoEdits + R"(
{"t":7,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d","before":2}
{"t":8,"p":"b1","op":"history","phase":"ok","call":1,"head":3,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h2","edits":[2,3]}]}
)"),
            "I12");
}

TEST(I12Edits, InTheEndAnEditIsMissing) {
  EXPECT_EQ(violated(kTwoEdits + R"(
{"t":7,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d","before":2,"final":true}
{"t":8,"p":"b1","op":"history","phase":"ok","call":1,"head":3,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h3","edits":[3]}]}
)"),
            "I12");
}

TEST(I12Edits, SomebodyElseEdits) {
  EXPECT_EQ(violated(std::string(kOne) + R"(
{"t":4,"p":"b1","op":"edit","phase":"invoke","call":2,"conv":"d","seq":1,"text":"h2"}
{"t":5,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"kind":"edited","target":1,"from":"bob","text":"h2"}
)"),
            "I12");
}

}  // namespace
}  // namespace kith::check
