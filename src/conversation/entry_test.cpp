// Entries and rows of a conversation as they are stored: what is written comes back, and what is damaged is told.
#include "conversation/entry.h"

#include <gtest/gtest.h>

#include "base/manual_loop.h"
#include "conversation/pending_row.h"
#include "conversation/roster.h"

namespace kith {
namespace {

std::string random_text(Random& random, std::size_t size) {
  std::string text(size, '\0');
  random.fill(text.data(), size);
  return text;
}

Entry some_entry(Random& random) {
  Entry entry;
  entry.seq = {random.next()};
  entry.from = *UserId::parse("alice+" + std::to_string(random.below(1000)));
  random.fill(entry.client_id.bits.data(), entry.client_id.bits.size());
  entry.time = {static_cast<std::int64_t>(random.below(4'000'000'000'000))};
  entry.n = random.next() >> random.below(64);
  entry.storage = random_text(random, random.below(300));
  return entry;
}

Entry again(const Entry& entry) { return decode({entry.seq, {1}, 0, encode(entry)}); }

TEST(Entry, WhatIsWrittenComesBack) {
  SeededRandom random(1);
  for (int i = 0; i < 500; ++i) {
    Entry entry = some_entry(random), read = again(entry);
    EXPECT_EQ(read.kind, EntryKind::message);
    EXPECT_EQ(read.seq, entry.seq);
    EXPECT_EQ(read.from, entry.from);
    EXPECT_EQ(read.client_id, entry.client_id);
    EXPECT_EQ(read.time, entry.time);
    EXPECT_EQ(read.n, entry.n);
    EXPECT_EQ(read.text(), entry.text());
    EXPECT_EQ(encode(read), encode(entry)) << "also from what was read";
  }
}

TEST(Entry, ARecordThatIsCutOrTooLongIsUnknownAndKeepsItsNumber) {
  SeededRandom random(2);
  Entry entry = some_entry(random);
  std::string record = encode(entry);
  for (std::size_t size = 0; size < record.size(); ++size) {
    Entry cut = decode({entry.seq, {1}, 0, record.substr(0, size)});
    EXPECT_EQ(cut.kind, EntryKind::unknown) << size;
    EXPECT_EQ(cut.seq, entry.seq);
    EXPECT_TRUE(cut.text().empty() && cut.from.empty() && cut.n == 0) << "nothing else of it is shown";
  }
  EXPECT_EQ(decode({entry.seq, {1}, 0, record + 'x'}).kind, EntryKind::unknown);
}

TEST(Entry, AKindOrAFormThatIsNewerIsUnknown) {
  SeededRandom random(3);
  Entry entry = some_entry(random);
  for (std::size_t place : {0, 1}) {  // The kind, then the form.
    std::string record = encode(entry);
    record[place] = '\x7e';
    Entry read = decode({entry.seq, {1}, 0, record});
    EXPECT_EQ(read.kind, EntryKind::unknown);
    EXPECT_EQ(read.seq, entry.seq);
  }
}

TEST(Entry, NoDamageOfOneBitChangesTheNumber) {
  SeededRandom random(4);
  Entry entry = some_entry(random);
  std::string record = encode(entry);
  for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
    std::string damaged = record;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    Entry read = decode({entry.seq, {1}, 0, damaged});
    EXPECT_EQ(read.seq, entry.seq);
    EXPECT_LE(read.text().size(), record.size());
    EXPECT_EQ(read.kind == EntryKind::unknown, read.from.empty());
  }
}

TEST(Entry, AContentHashTellsTextsApart) {
  EXPECT_EQ(content_hash("hi", {}), content_hash(std::string("hi"), {}));
  EXPECT_NE(content_hash("hi", {}), content_hash("hi ", {}));
  EXPECT_NE(content_hash("", {}), content_hash(std::string_view("\0", 1), {}));
}

TEST(MemberRow, WhatIsWrittenComesBackAndDamageIsTold) {
  for (bool blocked : {false, true}) {
    Row row = encode(MemberRow{*UserId::parse("alice"), blocked, Role::admin, {{Seq{1}, Seq{4}}, {Seq{9}}}, Seq{9}});
    auto read = decode_member(row);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->user.text(), "alice");
    EXPECT_EQ(read->blocked, blocked);
    EXPECT_EQ(read->role, Role::admin);
    EXPECT_EQ(read->stays, (std::vector<Span>{{Seq{1}, Seq{4}}, {Seq{9}}}));
    EXPECT_TRUE(read->present());
    EXPECT_EQ(read->changed, Seq{9});
    for (std::size_t size = 0; size < row.value.size(); ++size) EXPECT_FALSE(decode_member({row.key, row.value.substr(0, size)}));
    EXPECT_FALSE(decode_member({row.key, row.value + 'x'}));
    EXPECT_FALSE(decode_member({"not a user id", row.value}));
    EXPECT_FALSE(decode_member({"", row.value}));
  }
}

TEST(PendingRow, WhatIsWrittenComesBackAndRowsLieInTheOrderOfTheirEpochs) {
  auto conversation = ConversationId::direct(*UserId::parse("alice"), *UserId::parse("bob"));
  std::string former;
  for (std::uint64_t epoch : std::initializer_list<std::uint64_t>{1, 2, 255, 256, 1 << 20, ~std::uint64_t{0}}) {
    for (bool pending : {true, false}) {
      Row row = encode_pending({{epoch}, conversation, pending});
      auto read = decode_pending(row);
      ASSERT_TRUE(read);
      EXPECT_EQ(read->epoch, Epoch{epoch});
      EXPECT_EQ(read->conversation, conversation);
      EXPECT_EQ(read->pending, pending);
      EXPECT_GE(row.key, pending_from({epoch}));
      EXPECT_LT(former, pending_from({epoch})) << "all rows of an older epoch lie below";
      if (!pending) former = row.key;
      for (std::size_t size = 0; size < row.key.size(); ++size) EXPECT_FALSE(decode_pending({row.key.substr(0, size), row.value}));
    }
  }
  EXPECT_NE(pending_partition({1}), pending_partition({256}));
}

}  // namespace
}  // namespace kith
