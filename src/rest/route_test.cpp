// Which command a request is the twin of.

#include "rest/route.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

TEST(Route, FindsTheCommandAndWhatStandsInThePath) {
  auto found = find_route("PUT", "/v1/conversations/d_1/messages/42/reactions/%F0%9F%91%8D");
  ASSERT_TRUE(found.line);
  EXPECT_EQ(found.line->command, "react");
  EXPECT_EQ(found.line->constant, "\"remove\":false,");
  EXPECT_EQ(found.parts, (std::vector<std::string>{"d_1", "42", "\xF0\x9F\x91\x8D"}));
  found = find_route("POST", "/v1/users/bob%2Bwork@example.org/messages");
  ASSERT_TRUE(found.line);
  EXPECT_EQ(found.line->command, "send");
  EXPECT_EQ(found.parts, std::vector<std::string>{"bob+work@example.org"});
}

TEST(Route, NamesTheMethodsOfAPathThatItKnows) {
  auto found = find_route("POST", "/v1/conversations/d_1/messages/42");
  EXPECT_FALSE(found.line);
  EXPECT_EQ(found.allow, "PATCH, DELETE");
}

TEST(Route, KnowsNoOtherPath) {
  for (const char* path :
       {"/v1/", "/v1/conversation", "/v1/conversations/", "/v1/conversations//messages", "/v1/conversations/a/b/c/d/e/f/g",
        "/v1/conversations/%zz/messages", "/v1/groups/g_1/members/", "/v1/users/%/block"}) {
    auto found = find_route("GET", path);
    EXPECT_FALSE(found.line) << path;
    EXPECT_EQ(found.allow, "") << path;
  }
}

}  // namespace
}  // namespace kith
