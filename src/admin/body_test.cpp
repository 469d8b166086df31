#include "admin/body.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

Code code(const auto& result) { return result ? Code::ok : result.error().code; }

TEST(AdminBody, FieldsByTheirForm) {
  auto body =
      Body::parse(R"({"name":"x","n":7,"users":["bob","bob","carol"],"none":null,"twice":"a","twice":"b","odd":{"a":1},"mixed":["a",1],)"
                  R"("on":true,"off":false})");
  ASSERT_TRUE(body);
  EXPECT_EQ(*body->text("name"), "x");
  EXPECT_EQ(*body->number("n"), 7u);
  EXPECT_EQ(body->users("users", 3)->size(), 2u) << "each once";
  EXPECT_EQ(*body->text("none"), std::nullopt);
  EXPECT_EQ(*body->text("nowhere"), std::nullopt);
  EXPECT_EQ(*body->text("twice"), "b");
  EXPECT_EQ(*body->flag("on"), true);
  EXPECT_EQ(*body->flag("off"), false);
  EXPECT_EQ(*body->flag("nowhere"), std::nullopt);
  EXPECT_EQ(code(body->flag("n")), Code::invalid_argument);
  EXPECT_EQ(code(body->text("on")), Code::invalid_argument);
  EXPECT_EQ(code(body->text("n")), Code::invalid_argument);
  EXPECT_EQ(code(body->number("name")), Code::invalid_argument);
  EXPECT_EQ(code(body->text("odd")), Code::invalid_argument);
  EXPECT_EQ(code(body->users("mixed", 9)), Code::invalid_argument);
  EXPECT_EQ(code(body->users("users", 2)), Code::limit_reached);
  EXPECT_EQ(code(body->user("nowhere")), Code::invalid_argument);
  EXPECT_TRUE(body->users("nowhere", 1)->empty());
}

TEST(AdminBody, WhatIsNoObject) {
  EXPECT_TRUE(Body::parse(""));
  EXPECT_TRUE(Body::parse(" \n"));
  for (const char* text : {"[]", "1", "\"x\"", "{", "{}x", "{\"a\":}", "\xff"}) EXPECT_EQ(code(Body::parse(text)), Code::malformed) << text;
  EXPECT_EQ(code(Body::parse(R"({"a":)" + std::string(40, '[') + std::string(40, ']') + "}")), Code::malformed);
  EXPECT_EQ(code(Body::parse(R"({"a":-1})")->number("a")), Code::invalid_argument);
  EXPECT_EQ(code(Body::parse(R"({"u":["two words"]})")->users("u", 9)), Code::unknown_user);
}

}  // namespace
}  // namespace kith
