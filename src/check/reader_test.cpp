// The JSON lines: what is written is read back, and malformed lines are named.
#include <gtest/gtest.h>

#include <sstream>

#include "check/history.h"

namespace kith::check {
namespace {

std::string error_of(const std::string& text) {
  std::istringstream input(text);
  Reader reader(input);
  Operation operation;
  while (reader.next(operation)) {
  }
  EXPECT_FALSE(reader.next(operation));
  return reader.error();
}

TEST(Reader, NamesTheMalformedLine) {
  const std::string good = "{\"t\":1,\"op\":\"mark\",\"name\":\"x\"}\n\n";
  EXPECT_EQ(error_of(good), "");
  EXPECT_EQ(error_of(good + "nonsense\n"), "line 3: \"line\" is not valid JSON");
  EXPECT_EQ(error_of(good + "{\"t\":1,\"op\":\"mark\""), "line 3: \"line\" is not valid JSON");
  EXPECT_EQ(error_of(good + "[]\n"), "line 3: \"line\" is not an object");
  EXPECT_EQ(error_of(good + good + "{\"t\":0,\"op\":\"mark\",\"name\":\"x\"}"), "line 5: \"t\" goes back");
}

TEST(Reader, RefusesWrongTypesAndValues) {
  EXPECT_EQ(error_of(R"({"t":"1","op":"mark","name":"x"})"), "line 1: \"t\" is not a whole number");
  EXPECT_EQ(error_of(R"({"t":1,"op":"dance"})"), "line 1: \"op\" is unknown: dance");
  EXPECT_EQ(error_of(R"({"t":1,"op":7})"), "line 1: \"op\" is not a string");
  EXPECT_EQ(error_of(R"({"t":1,"p":"a","op":"event","conv":"d","seq":-1})"), "line 1: \"seq\" is not an unsigned number");
  EXPECT_EQ(error_of(R"({"t":1,"p":"a","op":"event","conv":"d","seq":1.5})"), "line 1: \"seq\" is not an unsigned number");
  EXPECT_EQ(error_of(R"({"t":1,"p":"a","op":"page","from":0,"to":1,"changes":{}})"), "line 1: \"changes\" is not a list");
  EXPECT_EQ(error_of(R"({"t":1,"p":"a","op":"page","from":0,"to":1,"changes":[7]})"), "line 1: \"changes\" is not an object");
  EXPECT_EQ(error_of(R"({"t":1,"p":"a","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"repeated":1})"),
            "line 1: \"repeated\" is neither true nor false");
}

TEST(Reader, RefusesWhatIsIncomplete) {
  EXPECT_EQ(error_of(R"({"op":"mark","name":"x"})"), "line 1: \"t\" is missing");
  EXPECT_EQ(error_of(R"({"t":1})"), "line 1: \"op\" is missing");
  EXPECT_EQ(error_of(R"({"t":1,"op":"synced"})"), "line 1: \"p\" is missing");
  EXPECT_EQ(error_of(R"({"t":1,"p":"a","op":"send","conv":"d","id":"x"})"), "line 1: \"phase\" is missing");
  EXPECT_EQ(error_of(R"({"t":1,"p":"a","op":"synced","phase":"ok"})"), "line 1: \"phase\" is only for calls");
  EXPECT_EQ(error_of(R"({"t":1,"p":"a","op":"send","phase":"invoke","id":"x","conv":"d","to":"bob"})"),
            "line 1: \"conv\" or \"to\" must be given, not both");
  EXPECT_EQ(error_of(R"({"t":1,"p":"a","op":"event","conv":"d"})"),
            "line 1: \"seq\" or one other thing that the event brings must be given, not more");
  EXPECT_EQ(error_of(R"({"t":1,"p":"a","op":"page","from":0,"to":1,"changes":[{"conv":"d","entries":[{"from":"x"}]}]})"),
            "line 1: \"seq\" is missing or 0 in \"entries\"");
  EXPECT_EQ(error_of(R"({"t":1,"p":"a","op":"start","user":"alice"})"), "line 1: \"device\" is missing");
  EXPECT_EQ(error_of(R"({"t":1,"p":"a","op":"block","user":"bob"})"), "line 1: \"phase\" is missing");
  EXPECT_EQ(error_of(R"({"t":1,"p":"a","op":"unblock","phase":"invoke","call":1})"), "line 1: \"user\" is missing");
}

TEST(Writer, IsReadBackAsItWas) {
  const std::string text =
      R"({"t":1,"p":"a","op":"start","user":"al\"i\\ce\u0001","device":"phone"}
{"t":2,"p":"a","op":"send","phase":"invoke","call":1,"to":"bob","id":"m1","text":"h1","base":0}
{"t":2,"p":"a","op":"send","phase":"invoke","call":24,"conv":"d","id":"m3","details":9007199254740991,"mentions":["bob","carol"]}
{"t":3,"p":"a","op":"send","phase":"ok","call":1,"conv":"d","seq":1,"time":1000,"repeated":true}
{"t":4,"p":"a","op":"send","phase":"fail","call":2,"code":"busy"}
{"t":5,"p":"a","op":"sync","phase":"invoke","call":3,"cursor":"own","useq":0}
{"t":6,"p":"a","op":"page","from":0,"to":2,"changes":[{"conv":"d","to":1,"read":1,"entries":[{"seq":1,"from":"bob","id":"m","text":"h","details":17,"time":1,"n":1}]}]}
{"t":7,"p":"a","op":"event","conv":"d","useq":3,"seq":2,"from":"bob","id":"m2","text":"h2","time":2,"n":2}
{"t":7,"p":"a","op":"event","conv":"d","seq":3,"from":"bob","id":"m3","details":17,"mentions":["carol"],"time":2,"n":3}
{"t":7,"p":"a","op":"event","conv":"d","useq":4,"read":2}
{"t":8,"p":"a","op":"resync","reason":"ahead"}
{"t":9,"p":"a","op":"history","phase":"invoke","call":4,"conv":"d","before":3,"limit":2,"final":true}
{"t":9,"p":"a","op":"history","phase":"ok","call":4,"head":2,"from":1,"to":2,"more":true,"entries":[{"seq":2,"unknown":true}]}
{"t":9,"p":"a","op":"list","phase":"invoke","call":5,"next":true}
{"t":9,"p":"a","op":"final","useq":4,"items":[{"conv":"d","head":2,"read":2}]}
{"t":9,"p":"a","op":"create_group","phase":"invoke","call":6,"id":"g","text":"us","users":["bob","carol"]}
{"t":9,"p":"a","op":"create_group","phase":"ok","call":6,"conv":"g","head":1}
{"t":9,"p":"a","op":"edit","phase":"invoke","call":7,"conv":"d","text":"h3","seq":1}
{"t":9,"p":"a","op":"edit","phase":"ok","call":7,"conv":"d","seq":3,"time":3}
{"t":9,"p":"a","op":"delete","phase":"invoke","call":8,"conv":"d","seq":1}
{"t":9,"p":"a","op":"react","phase":"invoke","call":9,"conv":"d","text":"+1","seq":1,"removed":true}
{"t":9,"p":"a","op":"role","phase":"invoke","call":10,"conv":"g","users":["bob"],"role":"admin"}
{"t":9,"p":"a","op":"leave","phase":"invoke","call":11,"conv":"g"}
{"t":9,"p":"a","op":"event","conv":"d","useq":5,"seq":3,"from":"bob","text":"h3","kind":"edited","target":1}
{"t":9,"p":"a","op":"event","conv":"g","seq":2,"from":"bob","kind":"group","what":"role","users":["carol"],"role":"guest"}
{"t":9,"p":"a","op":"page","from":5,"to":6,"changes":[{"conv":"d","from":3,"to":5,"entries":[{"seq":4,"from":"bob","id":"m","text":"h","edits":[3],"reactions":[{"emoji":"+1","users":["bob","carol"]}]},{"seq":5,"from":"bob","id":"n","deleted":6}]}]}
{"t":9,"p":"a","op":"clear","phase":"invoke","call":12,"conv":"d","seq":3,"alone":true}
{"t":9,"p":"a","op":"configure","phase":"invoke","call":13,"conv":"d","settings":"pinned"}
{"t":9,"p":"a","op":"event","conv":"d","useq":6,"cleared":3}
{"t":9,"p":"a","op":"event","conv":"d","useq":7,"hidden":4}
{"t":9,"p":"a","op":"event","conv":"d","useq":8,"settings":"pinned"}
{"t":9,"p":"a","op":"event","useq":9,"contact":"bob","state":"asks"}
{"t":9,"p":"a","op":"event","useq":10,"other":true}
{"t":9,"p":"a","op":"page","from":10,"to":13,"changes":[{"conv":"d","cleared":3,"hidden":[4,5],"settings":"-"}],"contacts":[{"user":"bob","state":"contact"}]}
{"t":9,"p":"a","op":"look","phase":"ok","call":14,"conv":"d","marks":[{"user":"bob","delivered":4,"read":3}]}
{"t":9,"p":"a","op":"marks","conv":"d","marks":[{"user":"bob","delivered":5}]}
{"t":9,"p":"a","op":"list","phase":"ok","call":15,"items":[{"conv":"d","head":5,"read":3,"cleared":3,"settings":"pinned"}]}
{"t":9,"p":"a","op":"contacts","phase":"ok","call":16,"more":true,"contacts":[{"user":"bob","state":"contact"}]}
{"t":9,"p":"a","op":"add_contact","phase":"invoke","call":17,"user":"bob"}
{"t":9,"p":"a","op":"block","phase":"invoke","call":22,"user":"bob"}
{"t":9,"p":"a","op":"unblock","phase":"invoke","call":23,"user":"bob"}
{"t":9,"p":"a","op":"event","useq":11,"contact":"bob","state":"blocked"}
{"t":9,"p":"a","op":"prefer","phase":"invoke","call":18,"reads":"hidden","presence":"nobody"}
{"t":9,"p":"a","op":"presence","phase":"ok","call":19,"users":["bob"]}
{"t":9,"p":"a","op":"invite","phase":"invoke","call":20,"conv":"g","limit":1,"approval":true}
{"t":9,"p":"a","op":"join","phase":"invoke","call":21,"code":"xyz"}
{"t":9,"p":"a","op":"join","phase":"ok","call":21,"conv":"g","head":4,"waiting":true,"late":true}
{"t":10,"op":"mark","name":"heal"}
)";
  std::istringstream input(text);
  Reader reader(input);
  Operation operation;
  std::string again;
  while (reader.next(operation)) write(operation, again);
  EXPECT_EQ(reader.error(), "");
  EXPECT_EQ(again, text);
}

}  // namespace
}  // namespace kith::check
