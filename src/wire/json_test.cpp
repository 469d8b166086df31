// What the JSON reader takes and refuses, and what the writer writes.
#include <gtest/gtest.h>

#include <string>

#include "wire/json_reader.h"
#include "wire/json_writer.h"
#include "wire/rfc3339.h"
#include "wire/wire_random.h"

namespace kith::wire {
namespace {

std::string times(int n, std::string_view text) {
  std::string out;
  for (int i = 0; i < n; ++i) out += text;
  return out;
}

template <class T>
std::string json(const T& message) {
  std::string out;
  write_json(message, out);
  return out;
}

// "ok", or the name of the error, the id and the detail.
std::string outcome(std::string_view text) {
  JsonReader reader;
  auto read = reader.command(text);
  if (read) return "ok " + json(*read);
  const auto failure = read.error();
  return std::string(info(failure.failure.code).name) + " " + std::to_string(failure.id) + " " + failure.failure.detail;
}

TEST(JsonReader, ReadsEveryCommandOfThePage) {
  EXPECT_EQ(outcome(R"({"id":1,"auth":{"token":"t","device":"phone","cursor":"c","useq":12}})"),
            R"(ok {"id":1,"auth":{"token":"t","device":"phone","cursor":"c","useq":12}})");
  JsonReader reader;
  auto read = reader.command(R"({"id":2,"send":{"to":"bob","clientId":"9b1d","baseSeq":0,"text":"h\u00e9\ud83d\ude00\"\n"}})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, 2u);
  const auto& send = std::get<Send>(read->command);
  EXPECT_EQ(std::get<Send::To>(send.target).value, "bob");
  EXPECT_EQ(send.client_id, "9b1d");
  EXPECT_EQ(send.base_seq, 0u);  // Present, and 0.
  EXPECT_EQ(send.text, "hé😀\"\n");
}

TEST(JsonReader, BaseSeqMayBeAbsent) {
  JsonReader reader;
  auto read = reader.command(R"({"send":{"conversation":"d_1","text":"x","baseSeq":null}})");
  ASSERT_TRUE(read);
  EXPECT_EQ(std::get<Send>(read->command).base_seq, std::nullopt);
  EXPECT_EQ(std::get<Send::Conversation>(std::get<Send>(read->command).target).value, "d_1");
}

TEST(JsonReader, OrderOfKeysWhiteSpaceAndEscapedKeysDoNotMatter) {
  EXPECT_EQ(outcome(" {\t\"ping\" : { } ,\r\n \"\\u0069d\" : 7 } \n"), R"(ok {"id":7,"ping":{}})");
  EXPECT_EQ(outcome(R"({"send":{"client_id":"a","base_seq":"5"}})"), R"(ok {"send":{"clientId":"a","baseSeq":5}})");
}

TEST(JsonReader, OfEqualKeysTheLastCounts) {
  EXPECT_EQ(outcome(R"({"id":1,"id":2,"read":{"seq":1},"read":{"conversation":"c"}})"), R"(ok {"id":2,"read":{"conversation":"c"}})");
  EXPECT_EQ(outcome(R"({"ping":{},"ping":null,"read":{}})"), R"(ok {"read":{}})");
}

TEST(JsonReader, TwoCommandsAreNone) {
  EXPECT_EQ(outcome(R"({"ping":{},"read":{},"id":4})"), "malformed 4 read: stands beside another one of its kind");
  EXPECT_EQ(outcome(R"({"send":{"to":"b","conversation":"c"},"id":4})"),
            "malformed 4 send.conversation: stands beside another one of its kind");
}

TEST(JsonReader, UnknownCommandsAreNamed) {
  EXPECT_EQ(outcome(R"({"frob":{"x":[1,{}]},"id":3})"), "unknown_command 3 frob");
  EXPECT_EQ(outcome(R"({"id":3})"), "unknown_command 3 no command");
  EXPECT_EQ(outcome(R"({"ping":null})"), "unknown_command 0 no command");
  // The name is cut between two characters.
  EXPECT_EQ(outcome("{\"" + times(60, "é") + "\":1}"), "unknown_command 0 " + times(32, "é"));
  EXPECT_EQ(outcome("{\"x" + times(60, "é") + "\":1}"), "unknown_command 0 x" + times(31, "é"));
}

TEST(JsonReader, UnknownFieldsAreIgnored) {
  EXPECT_EQ(outcome(R"({"new":[true,false,null,-1.5e-3,1e999,"\u00e9",{"a":{}},[]],"ping":{"later":1},"id":3})"),
            R"(ok {"id":3,"ping":{}})");
}

TEST(JsonReader, WrongTypesNameTheField) {
  EXPECT_EQ(outcome(R"({"send":{"text":5},"id":7})"), "malformed 7 send.text: not a string");
  EXPECT_EQ(outcome(R"({"block":{"blocked":"true"},"id":7})"), "malformed 7 block.blocked: not a boolean");
  EXPECT_EQ(outcome(R"({"read":{"seq":{}},"id":7})"), "malformed 7 read.seq: not a number");
  EXPECT_EQ(outcome(R"({"read":{"seq":[1]},"id":7})"), "malformed 7 read.seq: not a number");
  EXPECT_EQ(outcome(R"({"ping":[],"id":9})"), "malformed 9 ping: not an object");
  EXPECT_EQ(outcome(R"({"ping":true,"id":9})"), "malformed 9 ping: not an object");
  EXPECT_EQ(outcome(R"({"ping":{},"id":"x"})"), "malformed 0 id: not a whole number in its range");
  EXPECT_EQ(outcome(R"([{"ping":{}}])"), "malformed 0 not a JSON object");
  EXPECT_EQ(outcome("1"), "malformed 0 not a JSON object");
  JsonReader reader;
  EXPECT_EQ(reader.frame(R"({"history":{"entries":{}}})").error().failure.detail, "history.entries: not an array");
  EXPECT_EQ(reader.frame(R"({"history":{"entries":[{"message":{"time":"yesterday"}}]}})").error().failure.detail,
            "history.entries.message.time: not an RFC 3339 time");
  EXPECT_EQ(reader.frame(R"({"history":{"entries":[null]},"re":5})").error().id, 5u);
}

TEST(JsonReader, NumbersAreWholeAndInRange) {
  EXPECT_EQ(outcome(R"({"id":18446744073709551615,"ping":{}})"), R"(ok {"id":18446744073709551615,"ping":{}})");
  EXPECT_EQ(outcome(R"({"id":"18446744073709551615","ping":{}})"), R"(ok {"id":18446744073709551615,"ping":{}})");
  EXPECT_EQ(outcome(R"({"id":5.0,"read":{"seq":1e3}})"), R"(ok {"id":5,"read":{"seq":1000}})");
  EXPECT_EQ(outcome(R"({"id":-0,"ping":{}})"), R"(ok {"ping":{}})");
  EXPECT_EQ(outcome(R"({"history":{"limit":4294967295}})"), R"(ok {"history":{"limit":4294967295}})");
  for (const char* number : {"18446744073709551616", "-1", "1.5", "1e30", "1e999", "1e-1", "\"\"", "\"-1\"", "\"1.0\"", "\"0x1\"", "\" 1\"",
                             "\"01\"", "\"18446744073709551616\"", "9007199254740993.0"}) {
    EXPECT_EQ(outcome(std::string("{\"id\":") + number + ",\"ping\":{}}"), "malformed 0 id: not a whole number in its range") << number;
  }
  EXPECT_EQ(outcome("{\"id\":" + times(5000, "9") + ",\"ping\":{}}"), "malformed 0 id: not a whole number in its range");
  EXPECT_EQ(outcome(R"({"history":{"limit":4294967296},"id":1})"), "malformed 1 history.limit: not a whole number in its range");
  for (const char* number : {"01", "+1", ".5", "1.", "1e", "--1", "1e+", "0x10", "1_0", "NaN", "Infinity", "1a", "-", "1-"}) {
    EXPECT_TRUE(outcome(std::string("{\"id\":") + number + ",\"ping\":{}}").starts_with("malformed 0 ")) << number;
    EXPECT_TRUE(outcome(std::string("{\"ping\":{},\"x\":") + number + "}").starts_with("malformed 0 ")) << number;
  }
}

// The library's on-demand mode looks only at what it is asked for: each of these faults stands where nothing is kept.
TEST(JsonReader, FaultsInIgnoredPartsAreFound) {
  for (const char* text : {R"({"ping":{},"x":tru})",
                           R"({"ping":{},"x":truee})",
                           R"({"ping":{},"x":nul})",
                           R"({"ping":{},"x":[1 2]})",
                           R"({"ping":{},"x":[1,,2]})",
                           R"({"ping":{},"x":[1,]})",
                           R"({"ping":{},"x":[}})",
                           R"({"ping":{},"x":{]})",
                           R"({"ping":{},"x":{"a"}})",
                           R"({"ping":{},"x":{"a" 1}})",
                           R"({"ping":{},"x":{"a"::1}})",
                           R"({"ping":{},"x":{a:1}})",
                           R"({"ping":{},"x":{"a":}})",
                           R"({"ping":{},"x":{"a":1,}})",
                           R"({"ping":{},"x":{,}})",
                           R"({"ping":{},"x":"\q"})",
                           R"({"ping":{},"x":"\ud800"})",
                           R"({"ping":{},"x":"\udc00"})",
                           R"({"ping":{},"x":"\ud83d\ude0"})",
                           R"({"ping":{},"\ud800":1})",
                           "{\"ping\":{},\"x\":\"a\tb\"}",
                           R"({"ping":{},})",
                           R"({"ping":{}}})",
                           R"({"ping":{}}{})",
                           R"({"ping":{}} x)",
                           R"({"ping":{}},)",
                           R"({"ping":{})",
                           R"({"ping":{}"id":1})",
                           R"({"ping":{} 1})",
                           R"({"ping":{"x":1})",
                           R"("ping":{}})",
                           R"({'ping':{}})",
                           "",
                           " ",
                           "{",
                           "}",
                           "\xef\xbb\xbf{\"ping\":{}}"}) {
    EXPECT_TRUE(outcome(text).starts_with("malformed ")) << text << " gave " << outcome(text);
  }
}

TEST(JsonReader, TextMustBeUtf8) {
  for (const char* bad : {"\x80", "\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xf0\x82\x82\xac"}) {
    EXPECT_EQ(outcome(std::string("{\"send\":{\"text\":\"") + bad + "\"}}"), "malformed 0 not valid JSON");
    EXPECT_EQ(outcome(std::string("{\"ping\":{},\"x\":\"") + bad + "\"}"), "malformed 0 not valid JSON");
    EXPECT_EQ(outcome(std::string("{\"ping\":{},\"") + bad + "\":1}"), "malformed 0 not valid JSON");
  }
}

TEST(JsonReader, TruncatedAnywhereIsMalformed) {
  const std::string text = R"({"id":12,"send":{"to":"bob","clientId":"0f","baseSeq":41,"text":"h\u00e9 \"x\""},"new":[1,{"a":true}]})";
  ASSERT_TRUE(outcome(text).starts_with("ok"));
  for (std::size_t n = 0; n < text.size(); ++n) EXPECT_TRUE(outcome(text.substr(0, n)).starts_with("malformed ")) << text.substr(0, n);
}

TEST(JsonReader, DepthIsLimited) {
  auto nested = [](int n) { return "{\"id\":5,\"ping\":{},\"x\":" + times(n, "[") + times(n, "]") + "}"; };
  auto nested_objects = [](int n) { return "{\"ping\":{},\"x\":" + times(n, "{\"a\":") + "1" + times(n, "}") + ",\"id\":5}"; };
  EXPECT_EQ(outcome(nested(31)), R"(ok {"id":5,"ping":{}})");
  EXPECT_EQ(outcome(nested(32)), "malformed 5 x: deeper than 32");
  EXPECT_EQ(outcome(nested(1000)), "malformed 5 x: deeper than 32");
  EXPECT_EQ(outcome(nested(30000)), "malformed 5 x: deeper than 32");
  EXPECT_EQ(outcome(nested_objects(31)), R"(ok {"id":5,"ping":{}})");
  EXPECT_EQ(outcome(nested_objects(32)), "malformed 5 x: deeper than 32");
  EXPECT_TRUE(outcome(times(60000, "[")).starts_with("malformed"));
  EXPECT_TRUE(outcome(times(10000, "{\"a\":")).starts_with("malformed"));
}

TEST(JsonReader, KeysAreLimited) {
  auto wide = [](int n) { return "{\"ping\":{},\"x\":{" + times(n - 1, "\"a\":1,") + "\"a\":1},\"id\":6}"; };
  EXPECT_EQ(outcome(wide(1021)), R"(ok {"id":6,"ping":{}})");
  EXPECT_EQ(outcome(wide(1022)), "malformed 6 too many keys");  // With ping, x and id: 1025.
  JsonReader reader;
  EXPECT_EQ(reader.command(wide(100'000), 1 << 20).error().failure.code, Code::malformed);
  EXPECT_EQ(outcome(wide(100'000)), "too_large 0 more than 65536 bytes");
}

TEST(JsonReader, SizeIsLimited) {
  JsonReader reader;
  auto send = [](std::size_t n) { return "{\"send\":{\"text\":\"" + std::string(n, 'x') + "\"},\"id\":8}"; };
  EXPECT_TRUE(reader.command(send(kMaxText), 1 << 20));
  auto long_text = reader.command(send(kMaxText + 1), 1 << 20);
  ASSERT_FALSE(long_text);
  EXPECT_EQ(long_text.error().failure.code, Code::too_large);
  EXPECT_EQ(long_text.error().id, 8u);
  const auto text = send(100);
  EXPECT_TRUE(reader.command(text, text.size()));
  EXPECT_EQ(reader.command(text, text.size() - 1).error().failure.code, Code::too_large);
}

TEST(JsonReader, TwoHundredFullEntriesAreAFrame) {
  Frame frame;
  auto& history = frame.body.emplace<History>();
  for (std::uint64_t seq = 1; seq <= 200; ++seq) {
    history.entries.emplace_back().kind =
        Message{std::string(37, 'd'), seq, "alice", {1}, seq, std::string(32, 'f'), std::string(8192, '\x01')};
  }
  JsonReader reader;
  auto read = reader.frame(json(frame));
  ASSERT_TRUE(read) << read.error().failure.detail;
  EXPECT_EQ(*read, frame);
  EXPECT_TRUE(reader.frame(R"({"pong":{}})"));
}

TEST(JsonReader, OneReaderReadsManyTexts) {
  JsonReader reader;
  for (std::size_t n : {1, 5000, 3, 200'000, 70'000, 10}) {
    auto read = reader.command("{\"x\":[" + times(static_cast<int>(n), "1,") + "1],\"ping\":{}}", 1 << 20);
    ASSERT_TRUE(read) << n;
    EXPECT_FALSE(reader.command("{\"x\":[" + times(static_cast<int>(n), "1,") + "1],\"ping\":{}", 1 << 20)) << n;
  }
}

TEST(JsonWriter, LeavesDefaultsOutButNotTheKind) {
  EXPECT_EQ(json(Command{}), "{}");
  EXPECT_EQ(json(Command{0, Ping{}}), R"({"ping":{}})");
  EXPECT_EQ(json(Frame{0, Event{}}), R"({"event":{}})");
  Send send;
  send.target = Send::To{};
  send.base_seq = 0;
  EXPECT_EQ(json(send), R"({"to":"","baseSeq":0})");
  History history;
  history.entries.resize(2);
  EXPECT_EQ(json(history), R"({"entries":[{},{}]})");
}

TEST(JsonWriter, Escapes) {
  auto escaped = [](std::string_view text) {
    std::string out;
    append_escaped(text, out);
    return out;
  };
  EXPECT_EQ(escaped("\"\\/\n\r\t\b\f\x1f\x7f é😀"), "\\\"\\\\/\\n\\r\\t\\u0008\\u000c\\u001f\x7f é😀");
  EXPECT_EQ(escaped(std::string("a\0b", 3)), "a\\u0000b");
  // Every byte at every place of a word, against the plain rule.
  for (int c = 0; c < 256; ++c) {
    for (std::size_t at = 0; at < 19; ++at) {
      std::string text(19, 'x');
      text[at] = static_cast<char>(c);
      const bool plain = c >= 0x20 && c != '"' && c != '\\';
      EXPECT_EQ(escaped(text) == text, plain) << c << " at " << at;
    }
  }
}

TEST(JsonRoundTrip, RandomMessages) {
  JsonReader reader;
  RandomMessages random(20260131);
  for (int i = 0; i < 5000; ++i) {
    const auto frame = random.make<Frame>();
    auto read = reader.frame(json(frame));
    ASSERT_TRUE(read) << json(frame) << read.error().failure.detail;
    ASSERT_EQ(*read, frame) << json(frame);
    const auto command = random.make<Command>();
    auto again = reader.command(json(command));
    if (std::holds_alternative<std::monostate>(command.command)) {
      ASSERT_EQ(again.error().failure.code, Code::unknown_command);
      ASSERT_EQ(again.error().id, command.id);
    } else {
      ASSERT_TRUE(again) << json(command) << again.error().failure.detail;
      ASSERT_EQ(*again, command) << json(command);
    }
  }
}

std::string rfc3339(std::int64_t ms) {
  std::string out;
  append_time(WallTime{ms}, out);
  return out;
}

TEST(Rfc3339, Vectors) {
  const std::pair<std::int64_t, const char*> kVectors[] = {{0, "1970-01-01T00:00:00.000Z"},
                                                           {-1, "1969-12-31T23:59:59.999Z"},
                                                           {951782399999, "2000-02-28T23:59:59.999Z"},
                                                           {951782400000, "2000-02-29T00:00:00.000Z"},
                                                           {951868800000, "2000-03-01T00:00:00.000Z"},
                                                           {978307199999, "2000-12-31T23:59:59.999Z"},
                                                           {1709164800000, "2024-02-29T00:00:00.000Z"},
                                                           {4107542399999, "2100-02-28T23:59:59.999Z"},
                                                           {4107542400000, "2100-03-01T00:00:00.000Z"},
                                                           {kFirstTime.ms, "0001-01-01T00:00:00.000Z"},
                                                           {kLastTime.ms, "9999-12-31T23:59:59.999Z"}};
  for (auto [ms, text] : kVectors) {
    EXPECT_EQ(rfc3339(ms), text);
    ASSERT_TRUE(parse_rfc3339(text)) << text;
    EXPECT_EQ(parse_rfc3339(text)->ms, ms) << text;
  }
  EXPECT_EQ(rfc3339(kFirstTime.ms - 1), "0001-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(INT64_MAX), "9999-12-31T23:59:59.999Z");
}

TEST(Rfc3339, EveryDayOfTenThousandYearsComesBack) {
  int year = 1, month = 1, day = 1;
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (std::int64_t ms = kFirstTime.ms; ms <= kLastTime.ms; ms += 86'400'000) {
    char expected[64];
    std::snprintf(expected, sizeof expected, "%04d-%02d-%02dT00:00:00.000Z", year, month, day);
    const auto text = rfc3339(ms);
    ASSERT_EQ(text, expected);
    ASSERT_EQ(parse_rfc3339(text)->ms, ms);
    const bool leap = month == 2 && (year % 400 == 0 || (year % 4 == 0 && year % 100 != 0));
    if (++day > kDays[month - 1] + leap) {
      day = 1;
      if (++month > 12) {
        month = 1;
        ++year;
      }
    }
  }
  EXPECT_EQ(year, 10'000);
}

TEST(Rfc3339, OtherFormsAndWrongOnes) {
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:01Z")->ms, 1000);
  EXPECT_EQ(parse_rfc3339("1970-01-01t00:00:01.5z")->ms, 1500);
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00.123456789Z")->ms, 123);
  EXPECT_EQ(parse_rfc3339("1970-01-01T02:00:00+02:00")->ms, 0);
  EXPECT_EQ(parse_rfc3339("1969-12-31T22:30:00.000-01:30")->ms, 0);
  for (const char* text : {"",
                           "1970-01-01",
                           "1970-01-01T00:00:00",
                           "1970-01-01T00:00:00.Z",
                           "1970-01-01T00:00:00.1234567890Z",
                           "1970-01-01T24:00:00Z",
                           "1970-01-01T00:60:00Z",
                           "1970-01-01T00:00:60Z",
                           "1970-00-01T00:00:00Z",
                           "1970-13-01T00:00:00Z",
                           "1970-01-00T00:00:00Z",
                           "1970-01-32T00:00:00Z",
                           "1970-04-31T00:00:00Z",
                           "1970-02-29T00:00:00Z",
                           "2100-02-29T00:00:00Z",
                           "0000-01-01T00:00:00Z",
                           "0001-01-01T00:00:00+01:00",
                           "9999-12-31T23:59:59-01:00",
                           "1970-01-01T00:00:00+24:00",
                           "1970-01-01T00:00:00+0100",
                           "1970-01-01 00:00:00Z",
                           "1970/01/01T00:00:00Z",
                           "1970-01-01T00-00:00Z",
                           "+970-01-01T00:00:00Z",
                           "1970-01-01T00:00:00ZZ"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

}  // namespace
}  // namespace kith::wire
