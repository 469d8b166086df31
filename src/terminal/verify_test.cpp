// A store that is right, and one change at a time that verify() must find.
#include "terminal/verify.h"

#include <gtest/gtest.h>

#include "base/manual_loop.h"
#include "conversation/entry.h"
#include "conversation/member_row.h"
#include "conversation/pending_row.h"
#include "inbox/pointer.h"
#include "store/memory_store.h"

namespace kith {
namespace {

const UserId alice = *UserId::parse("alice"), bob = *UserId::parse("bob");
const ConversationId chat = ConversationId::direct(alice, bob);
const LogId chat_log{LogTable::direct_messages, chat.key()};
LogId inbox_of(const UserId& user) { return {LogTable::inboxes, user.text()}; }

class VerifyTest : public testing::Test {
 protected:
  // alice wrote 1 and 2, bob 3; bob read to 2. Both inboxes have all; the rows of the list are written.
  VerifyTest() {
    append(chat_log, {1}, {entry(1, alice), entry(2, alice)}, {{{Epoch{1}, Seq{1}}}});
    append(chat_log, {3}, {entry(3, bob)}, {{{Epoch{1}, Seq{1}}, {Epoch{2}, Seq{3}}}}, Epoch{2}, 2);
    put(RowTable::members, chat.key(), {encode_member({alice, false}), encode_member({bob, false})});
    append(inbox_of(alice), {1}, {pointer(0, 2, 2, bob), pointer(2, 3, 2, bob)}, {{{Epoch{1}, Seq{1}}}});
    append(inbox_of(bob), {1}, {pointer(0, 2, 0, alice), read_mark(2), pointer(2, 3, 3, alice)}, {{{Epoch{1}, Seq{1}}}});
    put(RowTable::user_conversations, "alice", {encode(state(bob, 3, 0, 2, 2, 2))});
    put(RowTable::user_conversations, "bob", {encode(state(alice, 2, 2, 0, 1, 2))});
  }

  static std::string entry(std::uint64_t seq, const UserId& from, std::uint64_t n = 0) {
    Entry out;
    out.seq = {seq};
    out.from = from;
    out.client_id.bits[0] = static_cast<std::uint8_t>(seq);
    out.time = {static_cast<std::int64_t>(1000 + seq)};
    out.n = n ? n : seq;
    out.storage = "text";
    return encode(out);
  }
  static std::string pointer(std::uint64_t from, std::uint64_t to, std::uint64_t own, const UserId& with) {
    return encode(Pointer{PointerKind::advanced, chat, {from}, {to}, to, {own}, own, {to}, {1}, with});
  }
  static std::string read_mark(std::uint64_t to) {
    return encode(Pointer{.kind = PointerKind::read, .conversation = chat, .to = {to}, .n = to});
  }
  static ConversationState state(const UserId& with, std::uint64_t reached, std::uint64_t read, std::uint64_t own, std::uint64_t active,
                                 std::uint64_t last) {
    return {chat, with, {reached}, reached, {read}, read, {own}, own, {reached}, {1}, {active}, {last}};
  }

  void append(LogId log, Seq first, std::vector<std::string> records, std::optional<std::vector<Head::Link>> chain, Epoch epoch = {1},
              std::uint64_t revision = 1) {
    Append batch{std::move(log), epoch, first, std::move(records), {}};
    if (chain) batch.head = Head{std::move(*chain), 0, {1}, {}, revision};
    auto done = store.append(std::move(batch));
    loop.run_until_idle();
  }
  void put(RowTable table, std::string partition, std::vector<Row> rows) {
    auto done = store.put(table, std::move(partition), std::move(rows));
    loop.run_until_idle();
  }
  void rewrite(const LogId& log, Seq seq, std::string record, Epoch epoch = {1}) {
    auto done = store.rewrite(log, seq, epoch, seq.value + 1, std::move(record));
    loop.run_until_idle();
  }
  Verification look() { return verify(*disk.inspect()); }
  void expect_one(const std::string& part) {
    auto found = look();
    EXPECT_EQ(found.problem_count, 1u);
    ASSERT_FALSE(found.problems.empty());
    for (const auto& problem : found.problems) EXPECT_NE(problem.find(part), std::string::npos) << problem;
  }

  ManualLoop loop;
  SeededRandom random{1};
  MemoryDisk disk{loop, random};
  MemoryStore store{disk, loop};
};

TEST_F(VerifyTest, FindsNothingWrongWithWhatIsRight) {
  auto found = look();
  EXPECT_EQ(found.summary(), "3 logs, 3 entries, 5 pointers, 0 problems");
  for (const auto& problem : found.problems) ADD_FAILURE() << problem;
}

TEST_F(VerifyTest, IgnoresRowsOfAnEpochThatHadLostTheLog) {
  append(chat_log, {3}, {entry(9, bob), entry(9, bob)}, {});
  EXPECT_EQ(look().problem_count, 0u);
}

TEST_F(VerifyTest, FindsAMissingEntry) {
  append(chat_log, {5}, {entry(5, bob, 4)}, {}, Epoch{2});
  auto found = look();
  ASSERT_FALSE(found.problems.empty());
  EXPECT_NE(found.problems[0].find("row 4 is missing"), std::string::npos) << found.problems[0];
}

TEST_F(VerifyTest, FindsAMissingPointer) {
  append(inbox_of(bob), {5}, {read_mark(3)}, {});
  expect_one("inbox of bob: row 4 is missing");
}

TEST_F(VerifyTest, FindsAWrongCount) {
  rewrite(chat_log, {3}, entry(3, bob, 7), {2});
  auto found = look();
  ASSERT_FALSE(found.problems.empty());
  EXPECT_NE(found.problems[0].find("entry 3 counts 7, not 3"), std::string::npos) << found.problems[0];
}

TEST_F(VerifyTest, FindsADamagedEntry) {
  rewrite(chat_log, {2}, "\x7f what is this");
  auto found = look();
  ASSERT_FALSE(found.problems.empty());
  EXPECT_NE(found.problems[0].find("entry 2 cannot be decoded"), std::string::npos) << found.problems[0];
}

TEST_F(VerifyTest, FindsAMessageThatIsThereTwice) {
  append(chat_log, {4}, {entry(3, bob, 4)}, {}, Epoch{2});
  auto found = look();
  ASSERT_FALSE(found.problems.empty());
  EXPECT_NE(found.problems[0].find("repeats the client id"), std::string::npos);
}

TEST_F(VerifyTest, FindsADamagedPointer) {
  append(inbox_of(bob), {4}, {"\x7f what is this"}, {});
  expect_one("pointer 4 cannot be decoded");
}

TEST_F(VerifyTest, FindsAPointerBeyondTheHead) {
  append(inbox_of(alice), {3}, {pointer(3, 4, 0, {})}, {});
  expect_one("beyond its head 3");
}

TEST_F(VerifyTest, FindsAPointerThatLeavesEntriesOut) {
  append(chat_log, {4}, {entry(4, bob), entry(5, bob)}, {}, Epoch{2});
  append(inbox_of(bob), {4}, {pointer(4, 5, 5, {})}, {});
  append(inbox_of(alice), {3}, {pointer(3, 5, 0, {})}, {});
  expect_one("follows entry 4");
}

TEST_F(VerifyTest, FindsAListThatSaysSomethingElse) {
  put(RowTable::user_conversations, "bob", {encode(state(alice, 2, 1, 0, 1, 2))});
  expect_one("the list of bob");
}

TEST_F(VerifyTest, FindsAListFromNowhere) {
  put(RowTable::user_conversations, "bob", {encode(state(alice, 9, 2, 0, 9, 9))});
  expect_one("a pointer that is not there");
}

TEST_F(VerifyTest, FindsAMessageThatReachedNobody) {
  append(chat_log, {4}, {entry(4, alice)}, {}, Epoch{2});
  auto found = look();
  EXPECT_EQ(found.problem_count, 2u);
  EXPECT_NE(found.problems.at(0).find("has only 3 of 4 entries, and nothing is pending"), std::string::npos);
  // With the pending row it will.
  put(RowTable::pending, pending_partition(chat.slot()), {encode_pending({Epoch{2}, chat, true})});
  EXPECT_EQ(look().problem_count, 0u);
  put(RowTable::pending, pending_partition(chat.slot()), {encode_pending({Epoch{2}, chat, false})});
  EXPECT_EQ(look().problem_count, 2u);
}

// Recovery passes it by, so that the fan-out which it named may stay unfinished.
TEST_F(VerifyTest, FindsADamagedPendingRow) {
  put(RowTable::pending, pending_partition(chat.slot()), {{pending_from(Epoch{2}) + "what is this", std::string(1, '\1')}});
  expect_one("a pending row is damaged");
}

}  // namespace
}  // namespace kith
