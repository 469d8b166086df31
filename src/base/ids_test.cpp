#include "base/ids.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/bytes.h"

namespace kith {
namespace {

TEST(UserId, AcceptsOnlyItsAlphabetAndLength) {
  EXPECT_TRUE(UserId::parse("a"));
  EXPECT_TRUE(UserId::parse("Alice.B_c-d@example+1"));
  EXPECT_TRUE(UserId::parse(std::string(64, 'x')));
  for (std::string bad :
       {std::string(), std::string(65, 'x'), std::string("a b"), std::string("a/b"), std::string("\xc3\xa4"), std::string("a\0b", 3)}) {
    EXPECT_FALSE(UserId::parse(bad)) << bad;
  }
}

TEST(ConversationId, IsTheSameForBothUsersAndLivesWithOneOfThem) {
  int with_low = 0;
  for (int i = 0; i < 200; ++i) {
    auto a = *UserId::parse("user" + std::to_string(i)), b = *UserId::parse("other" + std::to_string(i));
    auto id = ConversationId::direct(a, b);
    EXPECT_EQ(id, ConversationId::direct(b, a));
    EXPECT_TRUE(id.slot() == a.slot() || id.slot() == b.slot());
    with_low += id.slot() == a.slot();
    EXPECT_EQ(ConversationId::parse(id.text()), id);
    EXPECT_EQ(ConversationId::from_key(id.key()), id);
  }
  EXPECT_GT(with_low, 50);
  EXPECT_LT(with_low, 150);
}

TEST(ConversationId, NamesThatJoinToTheSameTextAreDifferentPairs) {
  EXPECT_NE(ConversationId::direct(*UserId::parse("ab"), *UserId::parse("c")),
            ConversationId::direct(*UserId::parse("a"), *UserId::parse("bc")));
}

TEST(ConversationId, RefusesDamagedText) {
  auto text = ConversationId::direct(*UserId::parse("a"), *UserId::parse("b")).text();
  EXPECT_FALSE(ConversationId::parse(text.substr(1)));
  EXPECT_FALSE(ConversationId::parse(text + "0"));
  text[10] = 'x';
  EXPECT_FALSE(ConversationId::parse(text));
}

TEST(ClientId, TakesHexadecimalWithOrWithoutHyphens) {
  auto id = ClientId::parse("9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->text(), "9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d");
  EXPECT_EQ(ClientId::parse(id->text()), id);
  EXPECT_FALSE(ClientId::parse("9b1deb4d"));
  EXPECT_FALSE(ClientId::parse(id->text() + "0"));
  EXPECT_FALSE(ClientId::parse(std::string(32, 'g')));
}

TEST(Cursor, RoundTripsAndRefusesWhatIsNoCursor) {
  Cursor cursor{{0x0123456789abcdef}, 7, {18230}};
  EXPECT_EQ(Cursor::parse(cursor.text()), cursor);
  for (const char* bad : {"", "x", "0123456789abcdef", "0123456789abcdef.1", "0123456789abcdef.1.", "0123456789abcdef.1.2x",
                          "0123456789abcdef.-1.2", "0123456789abcdef.99999999999.2", "0123456789abcdef.1.99999999999999999999999"}) {
    EXPECT_FALSE(Cursor::parse(bad)) << bad;
  }
}

TEST(Bytes, VarintsRoundTripAndShortInputIsSticky) {
  for (std::uint64_t value :
       {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, std::uint64_t{1} << 35, std::numeric_limits<std::uint64_t>::max()}) {
    std::string out;
    ByteWriter(out).varint(value);
    ByteReader in(out);
    EXPECT_EQ(in.varint(), value);
    EXPECT_TRUE(in.done());
    ByteReader cut(std::string_view(out).substr(0, out.size() - 1));
    EXPECT_EQ(cut.varint(), 0u);
    EXPECT_FALSE(cut.ok());
    EXPECT_EQ(cut.u8(), 0);
  }
  const std::string eleven(11, '\xff');
  ByteReader long_one(eleven);
  EXPECT_EQ(long_one.varint(), 0u);
  EXPECT_FALSE(long_one.ok());
  ByteReader lies(
      std::string_view("\x7f"
                       "ab",
                       3));
  EXPECT_EQ(lies.string(), "");
  EXPECT_FALSE(lies.ok());
}

}  // namespace
}  // namespace kith
