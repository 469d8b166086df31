// A deletion is final on every path: no answer that comes after it was heard of shows the text, however slowly its rows were read.
#include "session/session.h"

#include "session/session_under_test.h"

namespace kith::test {
namespace {

bool shows_text(const wire::Entry& entry) {
  auto* message = std::get_if<wire::Message>(&entry.kind);
  return message && !message->text.empty();
}

// In the order in which frames came: was a message shown after its deletion was told?
std::size_t shown_after_deletion(const Connection& device) {
  std::set<std::uint64_t> deleted;
  std::size_t bad = 0;
  auto look = [&](const wire::Entry& entry) {
    auto* message = std::get_if<wire::Message>(&entry.kind);
    if (message && deleted.contains(message->seq) && shows_text(entry)) ++bad;
  };
  for (const wire::Frame& frame : device.frames) {
    if (auto* event = std::get_if<wire::Event>(&frame.body)) {
      if (auto* deletion = std::get_if<wire::Deleted>(&event->event)) deleted.insert(deletion->target);
    } else if (auto* list = std::get_if<wire::Conversations>(&frame.body)) {
      for (const auto& item : list->items) {
        if (item.last) look(*item.last);
      }
    } else if (auto* history = std::get_if<wire::History>(&frame.body)) {
      for (const auto& entry : history->entries) look(entry);
    }
  }
  return bad;
}

class Erased : public ::testing::Test {
 protected:
  // Somewhen in the next 20 ms.
  void some_time() { server.loop.advance(Duration(static_cast<std::int64_t>(server.random.below(200)) * 100us)); }

  // Reads slower and faster than writes.
  Server server{{100us, 20ms}};
  const std::string chat = ConversationId::direct(user("alice"), user("bob")).text();
};

TEST_F(Erased, TheListDoesNotBringItBack) {
  Connection alice(server, "alice/phone"), bob(server, "bob/phone", server.cursor({0}));
  server.loop.advance(1s);
  std::size_t erased = 0;
  for (std::uint64_t round = 1; round <= 200; ++round) {
    alice.send_to(1000 + round, "bob", "secret");
    server.loop.advance(1s);
    auto sent = alice.reply<wire::Sent>(1000 + round);
    ASSERT_TRUE(sent);
    alice.say(2000 + round, wire::Delete{chat, sent->seq});
    for (int lists = 0; lists < 4; ++lists) {
      some_time();
      bob.say(3000 + round * 10 + static_cast<std::uint64_t>(lists), wire::GetConversations{});
    }
    server.loop.advance(1s);
    ASSERT_TRUE(alice.reply<wire::Changed>(2000 + round));
    auto last = bob.all<wire::Conversations>().back();
    erased += shows_text(*last.items.at(0).last) ? 0 : 1;
  }
  EXPECT_EQ(shown_after_deletion(bob), 0u);
  EXPECT_GT(erased, 100u) << "most lists were asked for late enough to know";
}

// Of entries that are not in memory any more.
TEST_F(Erased, AHistoryPageDoesNotBringItBack) {
  server.say("alice", "bob", 300);
  Connection alice(server, "alice/phone"), bob(server, "bob/phone", server.cursor({0}));
  server.loop.advance(1s);
  for (std::uint64_t round = 1; round <= 200; ++round) {
    alice.say(2000 + round, wire::Delete{chat, round});
    for (int reads = 0; reads < 4; ++reads) {
      some_time();
      wire::GetHistory get{.conversation = chat, .limit = 5};
      get.after = round - 1;
      bob.say(3000 + round * 10 + static_cast<std::uint64_t>(reads), get);
    }
    server.loop.advance(1s);
    ASSERT_TRUE(alice.reply<wire::Changed>(2000 + round));
  }
  EXPECT_EQ(shown_after_deletion(bob), 0u);
}

}  // namespace
}  // namespace kith::test
