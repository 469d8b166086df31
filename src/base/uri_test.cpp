#include "base/uri.h"

#include <gtest/gtest.h>

namespace kith {
namespace {

TEST(Uri, DecodesAndEncodes) {
  EXPECT_EQ(percent_decoded("a%20b%2Fc+d"), "a b/c+d");
  EXPECT_EQ(percent_decoded("%4"), std::nullopt);
  EXPECT_EQ(percent_decoded("%4g"), std::nullopt);
  EXPECT_EQ(uri_encoded("a b/c+d.~"), "a%20b%2Fc%2Bd.~");
  EXPECT_EQ(read_query("limit=2&page=a%26b&&flag"), (Query{{"limit", "2"}, {"page", "a&b"}, {"flag", ""}}));
  EXPECT_EQ(read_query(""), Query{});
  EXPECT_EQ(read_query("a=%"), std::nullopt);
}

TEST(Uri, FindsWhatStandsUnderTheStarsOfAPath) {
  using Stars = std::vector<std::string>;
  EXPECT_EQ(match_path("/users/*/devices/*", "/users/a%2Fb/devices/d1"), (Stars{"a/b", "d1"}));
  EXPECT_EQ(match_path("/users", "/users"), Stars{});
  for (const char* other : {"/users/a/devices", "/users/a/devices/d1/more", "/user/a/devices/d1", "/users/%4/devices/d1", ""}) {
    EXPECT_EQ(match_path("/users/*/devices/*", other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace kith
