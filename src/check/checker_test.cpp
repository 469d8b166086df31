// For each invariant histories that it, and no other, must reject, and good ones that come close.
#include "check/judged_for_tests.h"

namespace kith::check {
namespace {

TEST(Good, AWholeStory) {
  EXPECT_EQ(violated(R"(
{"t":10,"p":"b1","op":"sync","phase":"invoke","call":1,"cursor":"none"}
{"t":11,"p":"b1","op":"sync","phase":"ok","call":1,"useq":0}
{"t":12,"p":"b1","op":"resync","reason":"no_cursor"}
{"t":13,"p":"b1","op":"synced"}
{"t":20,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1","base":0}
{"t":21,"p":"a1","op":"send","phase":"info","call":1}
{"t":22,"p":"a1","op":"send","phase":"invoke","call":2,"to":"bob","id":"m1","text":"h1","base":0}
{"t":23,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1","time":1000,"n":1}
{"t":24,"p":"a1","op":"send","phase":"ok","call":2,"conv":"d","seq":1,"time":1000,"repeated":true}
{"t":25,"p":"a1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1","time":1000,"n":1}
{"t":30,"p":"b1","op":"send","phase":"invoke","call":2,"conv":"d","id":"m2","text":"h2","base":1}
{"t":30,"p":"b1","op":"send","phase":"invoke","call":3,"conv":"d","id":"m3","text":"h3","base":1}
{"t":31,"p":"b1","op":"send","phase":"ok","call":3,"conv":"d","seq":3,"time":1001}
{"t":31,"p":"b1","op":"send","phase":"ok","call":2,"conv":"d","seq":2,"time":1001}
{"t":32,"p":"a1","op":"event","conv":"d","seq":2,"from":"bob","id":"m2","text":"h2","time":1001,"n":2}
{"t":32,"p":"a1","op":"event","useq":2,"conv":"d","seq":3,"from":"bob","id":"m3","text":"h3","time":1001,"n":3}
{"t":33,"p":"b1","op":"event","conv":"d","seq":2,"from":"bob","id":"m2","text":"h2","time":1001,"n":2}
{"t":34,"op":"mark","name":"crash"}
{"t":35,"p":"b1","op":"sync","phase":"invoke","call":4,"cursor":"own","useq":1}
{"t":36,"p":"b1","op":"page","from":1,"to":2,"changes":[{"conv":"d","from":1,"to":3,"entries":[{"seq":3,"from":"bob","id":"m3","text":"h3","time":1001,"n":3}]}]}
{"t":37,"p":"b1","op":"synced"}
{"t":38,"p":"b1","op":"read","phase":"invoke","call":5,"conv":"d","seq":1}
{"t":39,"p":"b1","op":"read","phase":"ok","call":5}
{"t":40,"p":"b1","op":"event","useq":3,"conv":"d","read":1}
{"t":41,"p":"b2","op":"page","from":0,"to":3,"changes":[{"conv":"d","from":0,"to":3,"read":1}]}
{"t":42,"p":"b2","op":"synced"}
{"t":43,"p":"a1","op":"send","phase":"invoke","call":3,"conv":"d","id":"m4","text":"h4"}
{"t":44,"p":"a1","op":"send","phase":"fail","call":3,"code":"busy"}
{"t":45,"p":"b2","op":"list","phase":"invoke","call":1}
{"t":46,"p":"b2","op":"list","phase":"ok","call":1,"items":[{"conv":"d","head":3,"read":1,"entries":[{"seq":3,"from":"bob","id":"m3","text":"h3","time":1001,"n":3}]}]}
{"t":50,"op":"mark","name":"quiesced"}
{"t":51,"p":"b2","op":"history","phase":"invoke","call":2,"conv":"d","limit":2,"final":true}
{"t":52,"p":"b2","op":"history","phase":"ok","call":2,"entries":[{"seq":2,"from":"bob","id":"m2","text":"h2","time":1001,"n":2},{"seq":3,"from":"bob","id":"m3","text":"h3","time":1001,"n":3}],"head":3,"more":true}
{"t":53,"p":"b2","op":"history","phase":"invoke","call":3,"conv":"d","before":2,"limit":2,"final":true}
{"t":54,"p":"b2","op":"history","phase":"ok","call":3,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1","time":1000,"n":1}],"head":3}
{"t":55,"p":"b2","op":"final","useq":3,"items":[{"conv":"d","head":3,"read":1}]}
{"t":56,"p":"b1","op":"history","phase":"invoke","call":9,"conv":"d","after":0,"final":true}
{"t":57,"p":"b1","op":"history","phase":"ok","call":9,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1","time":1000,"n":1},{"seq":2,"from":"bob","id":"m2","text":"h2","time":1001,"n":2},{"seq":3,"from":"bob","id":"m3","text":"h3","time":1001,"n":3}],"head":3}
{"t":58,"p":"b1","op":"final","useq":3,"items":[{"conv":"d","head":3,"read":1}]}
)"),
            "");
}

// ---------------------------------------------------------------------------------------------------------------- I1

TEST(I1Durable, AReadAfterTheAckComesBackEmpty) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000}
{"t":3,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d"}
{"t":4,"p":"b1","op":"history","phase":"ok","call":1}
)"),
            "I1");
}

TEST(I1Durable, AReadAfterTheAckHasAHole) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000}
{"t":3,"p":"a1","op":"send","phase":"invoke","call":2,"to":"bob","id":"m2","text":"h2"}
{"t":4,"p":"a1","op":"send","phase":"ok","call":2,"conv":"d","seq":2,"time":1000}
{"t":5,"p":"a1","op":"send","phase":"invoke","call":3,"to":"bob","id":"m3","text":"h3"}
{"t":6,"p":"a1","op":"send","phase":"ok","call":3,"conv":"d","seq":3,"time":1000}
{"t":7,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d","after":0,"limit":2}
{"t":8,"p":"b1","op":"history","phase":"ok","call":1,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"},{"seq":3,"from":"alice","id":"m3","text":"h3"}]}
)"),
            "I1");
}

TEST(I1Durable, AnAcknowledgedMessageTurnsUnknown) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000}
{"t":3,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d"}
{"t":4,"p":"b1","op":"history","phase":"ok","call":1,"entries":[{"seq":1,"unknown":true}]}
)"),
            "I1");
}

TEST(I1Durable, TheFinalReadsLackTheBeginning) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000}
{"t":3,"p":"a1","op":"send","phase":"invoke","call":2,"to":"bob","id":"m2","text":"h2"}
{"t":4,"p":"a1","op":"send","phase":"ok","call":2,"conv":"d","seq":2,"time":1000}
{"t":5,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d","limit":1,"final":true}
{"t":6,"p":"b1","op":"history","phase":"ok","call":1,"more":true,"entries":[{"seq":2,"from":"alice","id":"m2","text":"h2"}]}
{"t":7,"p":"b1","op":"final","items":[{"conv":"d","head":2}]}
)"),
            "I1");
}

TEST(I1Durable, AReadThatBeganBeforeTheAckMayMissIt) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d"}
{"t":3,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000}
{"t":4,"p":"b1","op":"history","phase":"ok","call":1}
)"),
            "");
}

// ---------------------------------------------------------------------------------------------------------------- I2

TEST(I2NoInvention, AnotherText) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"other"}
)"),
            "I2");
}

TEST(I2NoInvention, AnotherSender) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"bob","id":"m1","text":"h1"}
)"),
            "I2");
}

TEST(I2NoInvention, AnotherConversation) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"e","seq":1,"from":"alice","id":"m1","text":"h1"}
)"),
            "I2");
}

TEST(I2NoInvention, ShownBeforeItWasSent) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":3,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
)"),
            "I2");
}

TEST(I2NoInvention, AClientIdWithHyphensIsTheSame) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"0F8FAD5B-D9CB-469F-A165-70867728950E","text":"h1"}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"0f8fad5bd9cb469fa16570867728950e","text":"h1"}
)"),
            "");
}

// ---------------------------------------------------------------------------------------------------------------- I3

TEST(I3AtMostOnce, ShownTwice) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"info","call":1}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":4,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"from":"alice","id":"m1","text":"h1"}
)"),
            "I3");
}

TEST(I3AtMostOnce, TheRetryIsAnsweredWithAnotherNumber) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"info","call":1}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":4,"p":"a1","op":"send","phase":"invoke","call":2,"to":"bob","id":"m1","text":"h1"}
{"t":5,"p":"a1","op":"send","phase":"ok","call":2,"conv":"d","seq":2,"time":1000}
)"),
            "I3");
}

TEST(I3AtMostOnce, ARetryMayBeAnsweredWithTheFirstNumber) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"info","call":1}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1","time":1000}
{"t":4,"p":"a1","op":"send","phase":"invoke","call":2,"to":"bob","id":"m1","text":"h1"}
{"t":5,"p":"a1","op":"send","phase":"ok","call":2,"conv":"d","seq":1,"time":1000,"repeated":true}
)"),
            "");
}

// ---------------------------------------------------------------------------------------------------------------- I4

TEST(I4OneTruth, OneNumberIsTwoMessages) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":1,"p":"b1","op":"send","phase":"invoke","call":1,"to":"alice","id":"m2","text":"h2"}
{"t":2,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000}
{"t":3,"p":"b1","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000}
)"),
            "I4");
}

TEST(I4OneTruth, OneStepIsTwoContents) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
{"t":1,"p":"a1","op":"send","phase":"invoke","call":2,"conv":"e","id":"m2","text":"h2"}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":4,"p":"b2","op":"event","useq":1,"conv":"e","seq":1,"from":"alice","id":"m2","text":"h2"}
)"),
            "I4");
}

TEST(I4OneTruth, APageAndAnEventDisagree) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
{"t":1,"p":"a1","op":"send","phase":"invoke","call":2,"conv":"d","id":"m2","text":"h2"}
{"t":2,"p":"b1","op":"page","from":0,"to":1,"changes":[{"conv":"d","from":0,"to":2}]}
{"t":3,"p":"b2","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
)"),
            "I4");
}

TEST(I4OneTruth, TwoTimes) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1","time":1001}
)"),
            "I4");
}

// ---------------------------------------------------------------------------------------------------------------- I5

TEST(I5Dense, TheFeedLeavesOutAStep) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
{"t":1,"p":"a1","op":"send","phase":"invoke","call":2,"conv":"e","id":"m2","text":"h2"}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":4,"p":"b1","op":"event","useq":3,"conv":"e","seq":1,"from":"alice","id":"m2","text":"h2"}
)"),
            "I5");
}

TEST(I5Dense, TheFeedGoesBack) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":4,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
)"),
            "I5");
}

TEST(I5Dense, TheFeedLeavesOutANumber) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
{"t":1,"p":"a1","op":"send","phase":"invoke","call":2,"conv":"d","id":"m3","text":"h3"}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":4,"p":"b1","op":"event","useq":2,"conv":"d","seq":3,"from":"alice","id":"m3","text":"h3"}
)"),
            "I5");
}

TEST(I5Dense, TheFinalReadsHaveAHole) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
{"t":1,"p":"a1","op":"send","phase":"invoke","call":2,"conv":"d","id":"m3","text":"h3"}
{"t":5,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d","after":0,"limit":1,"final":true}
{"t":6,"p":"b1","op":"history","phase":"ok","call":1,"more":true,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"}]}
{"t":7,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d","after":2,"limit":1,"final":true}
{"t":8,"p":"b1","op":"history","phase":"ok","call":1,"entries":[{"seq":3,"from":"alice","id":"m3","text":"h3"}]}
{"t":9,"p":"b1","op":"final","items":[{"conv":"d","head":3}]}
)"),
            "I5");
}

TEST(I5Dense, AStepIsNeverEnded) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
{"t":1,"p":"a1","op":"send","phase":"invoke","call":2,"conv":"e","id":"m2","text":"h2"}
{"t":3,"p":"b1","op":"event","conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":4,"p":"b1","op":"event","useq":1,"conv":"e","seq":1,"from":"alice","id":"m2","text":"h2"}
)"),
            "I5");
}

// ---------------------------------------------------------------------------------------------------------------- I6

TEST(I6Order, SentAfterAnAckButNumberedBefore) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":2,"time":1000}
{"t":3,"p":"b1","op":"send","phase":"invoke","call":1,"to":"alice","id":"m2","text":"h2"}
{"t":4,"p":"b1","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000}
)"),
            "I6");
}

TEST(I6Order, OneConnectionTurnedRound) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"invoke","call":2,"to":"bob","id":"m2","text":"h2"}
{"t":3,"p":"a1","op":"send","phase":"ok","call":2,"conv":"d","seq":1,"time":1000}
{"t":3,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":2,"time":1000}
)"),
            "I6");
}

TEST(I6Order, TwoConnectionsMayTurnRound) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"sync","phase":"invoke","call":2,"cursor":"own","useq":0}
{"t":2,"p":"a1","op":"send","phase":"invoke","call":3,"to":"bob","id":"m2","text":"h2"}
{"t":3,"p":"a1","op":"send","phase":"ok","call":3,"conv":"d","seq":1,"time":1000}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m2","text":"h2"}
{"t":3,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"from":"alice","id":"m1","text":"h1"}
)"),
            "");
}

TEST(I6Order, TheServersTimeGoesBack) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000}
{"t":3,"p":"a1","op":"send","phase":"invoke","call":2,"to":"bob","id":"m2","text":"h2"}
{"t":4,"p":"a1","op":"send","phase":"ok","call":2,"conv":"d","seq":2,"time":999}
)"),
            "I6");
}

TEST(I6Order, NDoesNotCount) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
{"t":1,"p":"a1","op":"send","phase":"invoke","call":2,"conv":"d","id":"m2","text":"h2"}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1","n":1}
{"t":4,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"from":"alice","id":"m2","text":"h2","n":3}
)"),
            "I6");
}

// ---------------------------------------------------------------------------------------------------------------- I7

TEST(I7Causal, AnAnswerBeforeItsQuestion) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":2,"from":"alice","id":"m1","text":"h1"}
{"t":4,"p":"b1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m2","text":"h2"}
{"t":5,"p":"b1","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000}
)"),
            "I7");
}

TEST(I7Causal, WhatWasSeenCannotBeRead) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":4,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d"}
{"t":5,"p":"b1","op":"history","phase":"ok","call":1}
)"),
            "I7");
}

TEST(I7Causal, AReadThatBeganBeforeItWasShownMayMissIt) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
{"t":2,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d"}
{"t":3,"p":"b2","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":4,"p":"b1","op":"history","phase":"ok","call":1}
)"),
            "");
}

// ---------------------------------------------------------------------------------------------------------------- I8

TEST(I8Convergence, TwoReadMarks) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":4,"p":"b1","op":"read","phase":"invoke","call":1,"conv":"d","seq":1}
{"t":5,"p":"b1","op":"read","phase":"info","call":1}
{"t":6,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d","final":true}
{"t":7,"p":"b1","op":"history","phase":"ok","call":1,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"}]}
{"t":8,"p":"b1","op":"final","items":[{"conv":"d","head":1,"read":1}]}
{"t":9,"p":"b2","op":"history","phase":"invoke","call":1,"conv":"d","final":true}
{"t":9,"p":"b2","op":"history","phase":"ok","call":1,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"}]}
{"t":9,"p":"b2","op":"final","items":[{"conv":"d","head":1}]}
)"),
            "I8");
}

TEST(I8Convergence, TwoPositions) {
  EXPECT_EQ(violated(R"(
{"t":8,"p":"b1","op":"final","useq":1}
{"t":9,"p":"b2","op":"final","useq":2}
)"),
            "I8");
}

TEST(I8Convergence, OneMemberHasMoreThanTheOther) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"info","call":1}
{"t":3,"p":"b1","op":"open","phase":"invoke","call":1,"to":"alice"}
{"t":4,"p":"b1","op":"open","phase":"ok","call":1,"conv":"d"}
{"t":5,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d","final":true}
{"t":5,"p":"b1","op":"history","phase":"ok","call":1}
{"t":5,"p":"b1","op":"final","items":[{"conv":"d"}]}
{"t":6,"p":"a1","op":"history","phase":"invoke","call":1,"conv":"d","final":true}
{"t":7,"p":"a1","op":"history","phase":"ok","call":1,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"}]}
{"t":8,"p":"a1","op":"final","items":[{"conv":"d","head":1}]}
)"),
            "I8");
}

// ---------------------------------------------------------------------------------------------------------------- I9

TEST(I9Cursor, TheAnswerBeginsLater) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"b1","op":"page","from":1,"to":2}
)"),
            "I9");
}

TEST(I9Cursor, SyncedTooEarly) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":4,"p":"b2","op":"sync","phase":"invoke","call":1,"cursor":"own","useq":0}
{"t":5,"p":"b2","op":"synced"}
)"),
            "I9");
}

TEST(I9Cursor, SyncedTooEarlyAfterResync) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":4,"p":"b2","op":"sync","phase":"invoke","call":1,"cursor":"none"}
{"t":5,"p":"b2","op":"resync","reason":"no_cursor"}
{"t":6,"p":"b2","op":"synced"}
{"t":7,"p":"b2","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
)"),
            "I9");
}

TEST(I9Cursor, AFutureCursorIsAnsweredBySilence) {
  EXPECT_EQ(violated(R"(
{"t":4,"p":"b2","op":"sync","phase":"invoke","call":1,"cursor":"future","useq":77}
{"t":5,"p":"b2","op":"synced"}
)"),
            "I9");
}

TEST(I9Cursor, AGoodCursorIsCalledAhead) {
  EXPECT_EQ(violated(R"(
{"t":4,"p":"b2","op":"sync","phase":"invoke","call":1,"cursor":"own","useq":0}
{"t":5,"p":"b2","op":"resync","reason":"ahead"}
)"),
            "I9");
}

TEST(I9Cursor, APageLeavesOutAConversation) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
{"t":2,"p":"b1","op":"page","from":0,"to":1}
{"t":3,"p":"b2","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
)"),
            "I9");
}

TEST(I9Cursor, TheListLacksWhatAFeedHadTold) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":4,"p":"b2","op":"list","phase":"invoke","call":1}
{"t":5,"p":"b2","op":"list","phase":"ok","call":1}
)"),
            "I9");
}

// --------------------------------------------------------------------------------------------------------------- I13

constexpr std::string_view kTwoMessages = R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
{"t":1,"p":"a1","op":"send","phase":"invoke","call":2,"conv":"d","id":"m2","text":"h2"}
{"t":2,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":3,"p":"b1","op":"event","useq":2,"conv":"d","seq":2,"from":"alice","id":"m2","text":"h2"}
)";

TEST(I13ReadMarks, TheMarkGoesBack) {
  EXPECT_EQ(violated(std::string(kTwoMessages) + R"(
{"t":4,"p":"b1","op":"read","phase":"invoke","call":1,"conv":"d","seq":1}
{"t":4,"p":"b1","op":"read","phase":"invoke","call":2,"conv":"d","seq":2}
{"t":5,"p":"b1","op":"event","useq":3,"conv":"d","read":2}
{"t":6,"p":"b1","op":"event","useq":4,"conv":"d","read":1}
)"),
            "I13");
}

TEST(I13ReadMarks, NobodyReadIt) {
  EXPECT_EQ(violated(std::string(kTwoMessages) + R"(
{"t":4,"p":"b1","op":"read","phase":"invoke","call":1,"conv":"d","seq":1}
{"t":5,"p":"b1","op":"event","useq":3,"conv":"d","read":2}
)"),
            "I13");
}

TEST(I13ReadMarks, ARefusedReadMovesIt) {
  EXPECT_EQ(violated(std::string(kTwoMessages) + R"(
{"t":4,"p":"b1","op":"read","phase":"invoke","call":1,"conv":"d","seq":2}
{"t":5,"p":"b1","op":"read","phase":"fail","call":1,"code":"busy"}
{"t":5,"p":"b1","op":"event","useq":3,"conv":"d","read":2}
)"),
            "I13");
}

TEST(I13ReadMarks, BeyondTheHead) {
  EXPECT_EQ(violated(std::string(kTwoMessages) + R"(
{"t":4,"p":"b1","op":"read","phase":"invoke","call":1,"conv":"d","seq":9}
{"t":5,"p":"b1","op":"event","useq":3,"conv":"d","read":9}
)"),
            "I13");
}

TEST(I13ReadMarks, AConfirmedReadIsLostInTheEnd) {
  EXPECT_EQ(violated(std::string(kTwoMessages) + R"(
{"t":4,"p":"b1","op":"read","phase":"invoke","call":1,"conv":"d","seq":2}
{"t":5,"p":"b1","op":"read","phase":"ok","call":1}
{"t":6,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d","final":true}
{"t":7,"p":"b1","op":"history","phase":"ok","call":1,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"},{"seq":2,"from":"alice","id":"m2","text":"h2"}]}
{"t":8,"p":"b1","op":"final","items":[{"conv":"d","head":2}]}
)"),
            "I13");
}

// --------------------------------------------------------------------------------------------------------------- I14

TEST(I14TruthfulOutcome, AFailedSendIsShown) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"fail","call":1,"code":"refused"}
{"t":3,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
)"),
            "I14");
}

TEST(I14TruthfulOutcome, AFailedSendIsShownBeforeItIsSentAgain) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":3,"p":"a1","op":"send","phase":"fail","call":1,"code":"busy"}
{"t":4,"p":"a1","op":"send","phase":"invoke","call":2,"to":"bob","id":"m1","text":"h1"}
{"t":5,"p":"a1","op":"send","phase":"ok","call":2,"conv":"d","seq":1,"time":1000,"repeated":true}
)"),
            "I14");
}

TEST(I14TruthfulOutcome, AnAcknowledgedMessageNeverReachesTheOther) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000}
{"t":3,"p":"a1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":4,"op":"mark","name":"quiesced"}
{"t":6,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d","final":true}
{"t":7,"p":"b1","op":"history","phase":"ok","call":1,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h1"}]}
{"t":8,"p":"b1","op":"final","items":[{"conv":"d","head":1}]}
)"),
            "I14");
}

TEST(I14TruthfulOutcome, AFailedSendThatIsSentAgainMayBeShown) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"fail","call":1,"code":"busy"}
{"t":3,"p":"a1","op":"send","phase":"invoke","call":2,"to":"bob","id":"m1","text":"h1"}
{"t":4,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
)"),
            "");
}

// --------------------------------------------------------------------------------------------------------------- I15

constexpr std::string_view kRevoked = R"(
{"t":1000,"p":"a1","op":"send","phase":"invoke","call":1,"conv":"d","id":"m1","text":"h1"}
{"t":1000,"p":"b1","op":"revoke","phase":"invoke","call":1,"user":"bob","device":"laptop"}
{"t":2000,"p":"b1","op":"revoke","phase":"ok","call":1}
)";

TEST(I15Revocation, AnEventAfterFiveSeconds) {
  EXPECT_EQ(violated(std::string(kRevoked) + R"(
{"t":5000003000,"p":"b2","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
)"),
            "I15");
}

TEST(I15Revocation, AnAnswerAfterFiveSeconds) {
  EXPECT_EQ(violated(std::string(kRevoked) + R"(
{"t":5000003000,"p":"b2","op":"history","phase":"invoke","call":1,"conv":"d"}
{"t":5000003001,"p":"b2","op":"history","phase":"ok","call":1}
)"),
            "I15");
}

TEST(I15Revocation, WithinFiveSecondsAndOnTheOtherDeviceItMay) {
  EXPECT_EQ(violated(std::string(kRevoked) + R"(
{"t":4999999000,"p":"b2","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":5000003000,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1"}
{"t":5000003000,"p":"b2","op":"sync","phase":"invoke","call":1,"cursor":"own","useq":1}
{"t":5000003001,"p":"b2","op":"sync","phase":"fail","call":1,"code":"unauthenticated"}
)"),
            "");
}

// ------------------------------------------------------------------------------------------------------------ reports

TEST(Report, NamesTheEarliestPairAndItsLines) {
  Report report = judge(R"({"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000}
{"t":3,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d"}
{"t":4,"p":"b1","op":"history","phase":"ok","call":1}
{"t":5,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d"}
{"t":6,"p":"b1","op":"history","phase":"ok","call":1}
)");
  EXPECT_EQ(report.text(),
            "violation of I1 durable (2 in all, the earliest):\n"
            "  Number 1 of d was acknowledged, but a later read does not have it.\n"
            "    line 9, 0.000000 s, a1 (alice/phone): send ok d seq 1\n"
            "    line 11, 0.000000 s, b1 (bob/phone): history ok with 0 entries\n"
            "12 operations, 2 violations\n");
}

TEST(Report, SaysWhenNothingIsWrong) { EXPECT_EQ(judge("").text(), "6 operations, 0 violations\n"); }

TEST(Broken, IsNotJudged) {
  EXPECT_NE(judge(R"({"t":1,"p":"z","op":"synced"})").broken, "");
  EXPECT_NE(judge(R"({"t":1,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":1})").broken, "");
  EXPECT_NE(judge(R"({"t":1,"p":"a1","op":"start","user":"alice","device":"phone"})").broken, "");
  EXPECT_NE(judge(R"({"t":1,"p":"a1","op":"final","items":[{"conv":"d","head":3}]})").broken, "");
  EXPECT_NE(judge(R"({"t":1,"p":"a1","op":"list","phase":"invoke","call":1}
{"t":1,"p":"a1","op":"list","phase":"invoke","call":1})")
                .broken,
            "");
  EXPECT_FALSE(judge(R"({"t":1,"p":"z","op":"synced"})").good());
}

}  // namespace
}  // namespace kith::check
