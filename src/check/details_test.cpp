// What a message has besides its text: good histories, and those that lose, add or change something of it on the way.
#include "check/judged_for_tests.h"

namespace kith::check {
namespace {

// What it answers, an attachment or the like; and two mentions, of which one is of a member.
const std::string kDetailed = R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1","details":17,"mentions":["bob","carol"]}
{"t":2,"p":"a1","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000}
)";

TEST(Good, AMessageKeepsItsDetails) {
  EXPECT_EQ(violated(kDetailed + R"(
{"t":4,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1","details":17,"mentions":["bob"]}
{"t":5,"p":"a1","op":"edit","phase":"invoke","call":2,"conv":"d","seq":1,"text":"h2"}
{"t":6,"p":"a1","op":"edit","phase":"ok","call":2,"conv":"d","seq":2}
{"t":7,"p":"b2","op":"page","from":0,"to":2,"changes":[{"conv":"d","from":0,"to":2,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h2","details":17,"mentions":["bob"],"edits":[2]},{"seq":2,"from":"alice","text":"h2","kind":"edited","target":1}]}]}
{"t":8,"p":"a1","op":"delete","phase":"invoke","call":3,"conv":"d","seq":1}
{"t":9,"p":"a1","op":"delete","phase":"ok","call":3,"conv":"d","seq":3}
{"t":10,"p":"b2","op":"history","phase":"invoke","call":1,"conv":"d","before":2}
{"t":11,"p":"b2","op":"history","phase":"ok","call":1,"head":3,"entries":[{"seq":1,"from":"alice","id":"m1","deleted":3}]}
)"),
            "");
}

TEST(Good, AMessageHasNoTextButDetails) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","details":17}
{"t":2,"p":"a1","op":"send","phase":"info","call":1}
{"t":3,"p":"a1","op":"send","phase":"invoke","call":2,"to":"bob","id":"m1","details":17}
{"t":4,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","details":17}
)"),
            "");
}

// What each path may lose, add or change.
TEST(I2NoInvention, AMessageIsShownWithOtherDetails) {
  for (const char* shown : {R"("mentions":["bob"])", R"("details":18,"mentions":["bob"])", R"("details":17,"mentions":["bob","eve"])"}) {
    std::string entry = R"("seq":1,"from":"alice","id":"m1","text":"h1",)" + std::string(shown) + "}";
    EXPECT_EQ(violated(kDetailed + R"({"t":4,"p":"b1","op":"event","useq":1,"conv":"d",)" + entry), "I2") << shown;
    std::string list = R"("entries":[{)" + entry + "]";
    EXPECT_EQ(violated(kDetailed + R"({"t":4,"p":"b1","op":"page","from":0,"to":1,"changes":[{"conv":"d","to":1,)" + list + "}]}"), "I2")
        << shown;
    std::string asked = R"({"t":4,"p":"b1","op":"history","phase":"invoke","call":1,"conv":"d"})"
                        "\n";
    EXPECT_EQ(violated(kDetailed + asked + R"({"t":5,"p":"b1","op":"history","phase":"ok","call":1,"head":1,)" + list + "}"), "I2")
        << shown;
    std::string polled = R"({"t":4,"p":"b1","op":"sync","phase":"invoke","call":1,"cursor":"own","useq":0,"alone":true})"
                         "\n"
                         R"({"t":5,"p":"b1","op":"sync","phase":"ok","call":1})"
                         "\n";
    EXPECT_EQ(violated(kDetailed + polled + R"({"t":6,"p":"b1","op":"page","from":0,"to":1,"changes":[{"conv":"d","to":1,)" + list + "}]}"),
              "I2")
        << shown;
  }
}

TEST(I2NoInvention, APlainMessageIsShownWithDetails) {
  EXPECT_EQ(violated(R"(
{"t":1,"p":"a1","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1"}
{"t":2,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1","details":17}
)"),
            "I2");
}

TEST(I2NoInvention, AnEditTakesTheDetails) {
  EXPECT_EQ(violated(kDetailed + R"(
{"t":5,"p":"a1","op":"edit","phase":"invoke","call":2,"conv":"d","seq":1,"text":"h2"}
{"t":6,"p":"a1","op":"edit","phase":"ok","call":2,"conv":"d","seq":2}
{"t":7,"p":"b2","op":"page","from":0,"to":2,"changes":[{"conv":"d","from":0,"to":2,"entries":[{"seq":1,"from":"alice","id":"m1","text":"h2","mentions":["bob"],"edits":[2]},{"seq":2,"from":"alice","text":"h2","kind":"edited","target":1}]}]}
)"),
            "I2");
}

TEST(I4OneTruth, AMessageMentionsOthersLater) {
  EXPECT_EQ(violated(kDetailed + R"(
{"t":4,"p":"b1","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1","details":17,"mentions":["bob"]}
{"t":5,"p":"b2","op":"event","useq":1,"conv":"d","seq":1,"from":"alice","id":"m1","text":"h1","details":17}
)"),
            "I4");
}

TEST(I11Deleted, DetailsAreLeft) {
  for (const char* left : {R"("details":17)", R"("mentions":["bob"])"}) {
    EXPECT_EQ(violated(kDetailed + R"(
{"t":8,"p":"a1","op":"delete","phase":"invoke","call":3,"conv":"d","seq":1}
{"t":9,"p":"a1","op":"delete","phase":"ok","call":3,"conv":"d","seq":2}
{"t":10,"p":"b2","op":"history","phase":"invoke","call":1,"conv":"d","before":2}
{"t":11,"p":"b2","op":"history","phase":"ok","call":1,"head":2,"entries":[{"seq":1,"from":"alice","id":"m1","deleted":2,)" +
                       std::string(left) + "}]}"),
              "I11")
        << left;
  }
}

}  // namespace
}  // namespace kith::check
