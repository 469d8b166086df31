// Pointers and the row of a conversation as they are stored, and how the one makes the other.
#include "inbox/pointer.h"

#include <gtest/gtest.h>

#include "base/manual_loop.h"

namespace kith {
namespace {

UserId user(std::uint64_t n) { return *UserId::parse("user" + std::to_string(n)); }
ConversationId conversation(std::uint64_t n) { return ConversationId::direct(user(n), user(n + 1)); }
std::uint64_t some(Random& random) { return random.next() >> random.below(64); }

TEST(Pointer, WhatIsWrittenComesBack) {
  SeededRandom random(1);
  for (int i = 0; i < 300; ++i) {
    Pointer pointer;
    constexpr PointerKind kKinds[] = {PointerKind::advanced, PointerKind::read, PointerKind::contact};
    pointer.kind = kKinds[random.below(3)];
    if (pointer.kind == PointerKind::contact)
      pointer.contact = {random.below(2) == 0, random.below(2) == 0, some(random), some(random), random.below(2) == 0};
    pointer.conversation = conversation(random.below(1000));
    pointer.from = {some(random)};
    pointer.to = {some(random)};
    pointer.n = some(random);
    pointer.own = {some(random)};
    pointer.own_n = some(random);
    if (random.below(2) == 0) pointer.with = user(random.below(1000));
    Pointer read = decode_pointer({{7}, {1}, 7, encode(pointer)});
    EXPECT_EQ(read.kind, pointer.kind);
    EXPECT_EQ(read.conversation, pointer.conversation);
    EXPECT_EQ(read.from, pointer.from);
    EXPECT_EQ(read.to, pointer.to);
    EXPECT_EQ(read.n, pointer.n);
    EXPECT_EQ(read.own, pointer.own);
    EXPECT_EQ(read.own_n, pointer.own_n);
    EXPECT_EQ(read.with, pointer.with);
    EXPECT_EQ(read.contact, pointer.contact);
    EXPECT_EQ(encode(read), encode(pointer)) << "all of it";
  }
}

TEST(Pointer, WhatIsDamagedOrNewerIsUnknown) {
  std::string record = encode(Pointer{.conversation = conversation(1), .from = {3}, .to = {300}, .n = 200, .with = user(2)});
  for (std::size_t size = 0; size < record.size(); ++size) {
    EXPECT_EQ(decode_pointer({{1}, {1}, 1, record.substr(0, size)}).kind, PointerKind::unknown) << size;
  }
  EXPECT_EQ(decode_pointer({{1}, {1}, 1, record + 'x'}).kind, PointerKind::unknown);
  std::string contact =
      encode(Pointer{.kind = PointerKind::contact, .conversation = conversation(1), .with = user(2), .contact = {true, false, 300, 4}});
  for (std::size_t size = 0; size < contact.size(); ++size) {
    EXPECT_EQ(decode_pointer({{1}, {1}, 1, contact.substr(0, size)}).kind, PointerKind::unknown) << size;
  }
  EXPECT_EQ(decode_pointer({{1}, {1}, 1, contact + 'x'}).kind, PointerKind::unknown);
  for (std::size_t place : {0, 1}) {  // The kind, then the form.
    std::string newer = record;
    newer[place] = '\x7e';
    EXPECT_EQ(decode_pointer({{1}, {1}, 1, newer}).kind, PointerKind::unknown);
  }
}

TEST(ContactRow, WhatIsWrittenComesBackAndWhatIsDamagedDoesNot) {
  ContactRow contact{user(3), {true, false, 7, 1ull << 40, true}, {9}};
  Row row = encode(contact);
  auto read = decode_contact(row);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->other, contact.other);
  EXPECT_EQ(read->marks, contact.marks);
  EXPECT_EQ(read->last, contact.last);
  for (std::size_t size = 0; size < row.value.size(); ++size) EXPECT_FALSE(decode_contact({row.key, row.value.substr(0, size)})) << size;
  EXPECT_FALSE(decode_contact({row.key, row.value + 'x'}));
  EXPECT_FALSE(decode_contact({"no user", row.value}));
}

TEST(ContactRow, AnOlderWordChangesNothing) {
  ContactMarks marks;
  marks.hear(true, 5);
  EXPECT_EQ(marks.state(), ContactState::asks);
  marks.hear(false, 4);
  EXPECT_EQ(marks.state(), ContactState::asks);
  marks.decide(true, 3);
  EXPECT_EQ(marks.state(), ContactState::contact);
  marks.hear(false, 6);
  marks.hear(true, 5);
  EXPECT_EQ(marks.state(), ContactState::asked);
}

TEST(ConversationState, WhatIsWrittenComesBack) {
  SeededRandom random(2);
  for (int i = 0; i < 300; ++i) {
    ConversationState state;
    state.conversation = conversation(random.below(1000));
    if (random.below(2) == 0) state.with = user(random.below(1000));
    for (auto* number : {&state.reached, &state.read, &state.own, &state.last}) *number = {some(random)};
    for (auto* count : {&state.n, &state.read_n, &state.own_n}) *count = some(random);
    Row row = encode(state);
    ConversationState read;
    ASSERT_TRUE(decode_state(row.value, read));
    read.conversation = *ConversationId::from_key(row.key);
    EXPECT_EQ(read, state);
    for (std::size_t size = 0; size < row.value.size(); ++size) {
      ConversationState cut;
      EXPECT_FALSE(decode_state(row.value.substr(0, size), cut));
    }
  }
}

TEST(ConversationState, APointerCountsOnce) {
  ConversationState state;
  Pointer pointer{.conversation = conversation(1), .from = {0}, .to = {5}, .n = 5, .own = {2}, .own_n = 2, .with = user(2)};
  state.apply(pointer, {4});
  ConversationState once = state;
  state.apply(pointer, {4});
  EXPECT_EQ(state, once);
  pointer.to = {9};
  state.apply(pointer, {3});
  EXPECT_EQ(state, once) << "an older one is in it already";
  EXPECT_EQ(state.reached, Seq{5});
  EXPECT_EQ(state.with, user(2));
  EXPECT_EQ(state.last, Useq{4});
}

TEST(ConversationState, NoMarkMovesDown) {
  ConversationState state;
  state.apply({.from = {0}, .to = {9}, .n = 9, .own = {4}, .own_n = 4, .with = user(2)}, {1});
  state.apply({.kind = PointerKind::read, .to = {6}, .n = 6}, {2});
  state.apply({.kind = PointerKind::read, .to = {5}, .n = 5}, {3});
  EXPECT_EQ(state.read, Seq{6});
  EXPECT_EQ(state.read_n, 6u);
  EXPECT_EQ(state.last, Useq{3}) << "it is in it all the same";
  state.apply({.from = {9}, .to = {12}, .n = 12}, {4});
  EXPECT_EQ(state.own, Seq{4}) << "a pointer without one's own message leaves it";
  EXPECT_EQ(state.with, user(2)) << "only the first pointer names them";
  EXPECT_EQ(state.reached, Seq{12});
}

TEST(ConversationState, UnreadIsCountedFromTheHigherOfReadAndOwn) {
  ConversationState state;
  state.n = 10;
  EXPECT_EQ(state.unread(), 10u);
  state.read_n = 4;
  EXPECT_EQ(state.unread(), 6u);
  state.own_n = 7;
  EXPECT_EQ(state.unread(), 3u);
  state.read_n = 10;
  EXPECT_EQ(state.unread(), 0u);
  state.read_n = 12;  // Read on another device, ahead of what this inbox has.
  EXPECT_EQ(state.unread(), 0u) << "never below nothing";
}

}  // namespace
}  // namespace kith
