#include "auth/json.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

constexpr std::string_view kKnown[] = {"user", "password"};

// The answer in one word: what `user` is, or the error.
std::string user_in(std::string_view json) {
  auto fields = read_string_fields(json, kKnown);
  if (!fields) return std::string(info(fields.error().code).name);
  EXPECT_EQ(fields->size(), 2u);
  return (*fields)[0] ? std::string((*fields)[0]->reveal()) : "none";
}

TEST(Json, ReadsTheKnownFieldsOfAnObject) {
  EXPECT_EQ(user_in(R"({"user":"a"})"), "a");
  EXPECT_EQ(user_in(" \t\r\n{ \"\\u0075ser\" : \"\\u0061\\n\" }\n"), "a\n");
  EXPECT_EQ(user_in(R"({"password":"p","x":{"user":"inner"},"y":["user","b"]})"), "none");
  EXPECT_EQ(user_in(R"({"user":"a","\u0075ser":"a"})"), "malformed");
  EXPECT_EQ(user_in(R"({"user":7})"), "invalid_argument");
}

// What is ignored is validated like the rest: neither a field of no interest nor a string that nobody takes can hide what follows it.
TEST(Json, WhatIsIgnoredIsCheckedToo) {
  const std::string_view values[] = {R"("x")", R"("\u0078")", "7", "null", R"(["x"])", R"({"x":"x"})", "[]", "{}"};
  const std::string_view wrong_after[] = {":1",  R"(:"user")", R"( "b")", "::", "]",    "}",     "[",        ",",
                                          ",,1", ":",          ",:",      " x", R"(\)", "\x01",  R"(,"\x")", R"(,"\ud800")",
                                          ",01", ",nul",       ",truex",  ",-", ",1.",  R"(,"1)"};
  for (std::string_view after : wrong_after) {
    for (std::string_view value : values) {
      for (std::string_view open : {R"({"user":"a","x":)", R"({"x":)"}) {
        const std::string inside = std::string(open) + "[" + std::string(value) + std::string(after) + "]}";
        EXPECT_EQ(user_in(inside), "malformed") << inside;
        const std::string beside = std::string(open) + std::string(value) + std::string(after) + R"(,"y":"z"})";
        EXPECT_EQ(user_in(beside), "malformed") << beside;
      }
    }
    const std::string known = R"({"user":"a")" + std::string(after) + "}";
    EXPECT_EQ(user_in(known), "malformed") << known;
  }
}

TEST(Json, SixteenDeepAndNoDeeper) {
  auto nested = [](std::size_t depth) { return R"({"user":"a","x":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}"; };
  EXPECT_EQ(user_in(nested(16)), "a");
  EXPECT_EQ(user_in(nested(17)), "malformed");
}

TEST(Json, WritesTextThatIsValid) {
  std::string out;
  append_json_string(out, "a\"\\\n\x01\xc3\xa9\xff\xed\xa0\x80z");
  EXPECT_EQ(out, "\"a\\\"\\\\\\u000a\\u0001\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\"");
  EXPECT_EQ(time_text({1'700'000'000'123}), "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(time_text({951'782'400'000}), "2000-02-29T00:00:00.000Z");
}

}  // namespace
}  // namespace kith
