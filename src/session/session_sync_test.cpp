// How a session keeps its device in step: cursors, pages, live events, and what happens to a slow reader.
#include "session/session.h"
#include "session/session_under_test.h"

namespace kith::test {
namespace {

// What the device was sent, in order: "resync", "page 0-5", "event 6", "event" (without a number), "synced".
std::vector<std::string> story(const Connection& device) {
  std::vector<std::string> out;
  for (const wire::Frame& frame : device.frames) {
    if (auto* resync = std::get_if<wire::Resync>(&frame.body)) out.push_back("resync " + resync->reason);
    if (auto* page = std::get_if<wire::Page>(&frame.body))
      out.push_back("page " + std::to_string(page->from) + "-" + std::to_string(page->to));
    if (auto* event = std::get_if<wire::Event>(&frame.body))
      out.push_back(event->useq == 0 ? "event" : "event " + std::to_string(event->useq));
    if (std::get_if<wire::Synced>(&frame.body)) out.push_back("synced");
  }
  return out;
}
using Story = std::vector<std::string>;

std::uint64_t seq_of(const wire::Entry& entry) {
  auto* message = std::get_if<wire::Message>(&entry.kind);
  return message ? message->seq : std::get<wire::Unknown>(entry.kind).seq;
}

TEST(SessionSync, WithoutACursorItIsResyncThenLive) {
  Server server;
  server.say("alice", "bob", 2);
  Connection bob(server, "bob/phone");
  server.loop.advance(1s);
  EXPECT_EQ(bob.reply<wire::Ready>(1)->useq, server.head("bob").value);
  EXPECT_EQ(story(bob), (Story{"resync no_cursor", "synced"}));
  server.say("alice", "bob");
  EXPECT_EQ(story(bob).back(), "event " + std::to_string(server.head("bob").value));
}

TEST(SessionSync, ACursorThatDoesNotBelongHereIsResyncWithItsReason) {
  Server server;
  server.say("alice", "bob", 2);
  Useq head = server.head("bob");
  struct Case {
    std::string cursor;
    Useq useq;
    std::string reason;
  };
  for (const Case& c : {Case{"junk", {}, "other_store"}, Case{Cursor{{78}, 0, head}.text(), {}, "other_store"},
                        Case{Cursor{{77}, 1, head}.text(), {}, "rebuilt"}, Case{server.cursor(head.next()), {}, "ahead"},
                        Case{server.cursor({1}), head.next(), "ahead"}}) {
    Connection bob(server, "bob/phone", c.cursor, c.useq);
    server.loop.advance(1s);
    EXPECT_EQ(story(bob), (Story{"resync " + c.reason, "synced"})) << c.cursor;
    ASSERT_FALSE(bob.all<wire::Resync>().empty());
    Connection again(server, "bob/laptop", bob.all<wire::Resync>()[0].cursor);
    server.loop.advance(1s);
    EXPECT_EQ(story(again), Story{"synced"}) << "the cursor that came with it is good";
  }
}

TEST(SessionSync, WhatWasMissedComesInContiguousPages) {
  Server server(Server::kAtOnce);
  for (int i = 0; i < 4; ++i) server.say("friend" + std::to_string(i), "bob", 1);
  Connection present(server, "bob/tablet");  // So that each message has a step of its own.
  server.loop.advance(1s);
  for (int round = 0; round < 300; ++round) server.say("friend" + std::to_string(round % 4), "bob", 4);
  std::uint64_t head = server.head("bob").value;
  ASSERT_GT(head, 1200u);
  Connection bob(server, "bob/phone", server.cursor({3}));
  server.loop.advance(5s);
  std::uint64_t place = 3;
  for (const auto& page : bob.all<wire::Page>()) {
    EXPECT_EQ(page.from, place);
    EXPECT_GT(page.to, page.from);
    EXPECT_LE(page.to - page.from, 500u);
    EXPECT_EQ(page.cursor, server.cursor({page.to}));
    place = page.to;
  }
  EXPECT_EQ(place, head);
  EXPECT_EQ(story(bob).back(), "synced");
  EXPECT_EQ(bob.all<wire::Synced>()[0].cursor, server.cursor({head}));
}

TEST(SessionSync, WhatTheDeviceAppliedAfterItsCursorIsNotSentAgain) {
  Server server;
  Connection tablet(server, "bob/tablet");
  server.loop.advance(1s);
  for (int i = 0; i < 5; ++i) server.say("alice", "bob");
  ASSERT_EQ(server.head("bob"), Useq{5});
  Connection bob(server, "bob/phone", server.cursor({1}), {3});
  server.loop.advance(1s);
  EXPECT_EQ(story(bob), (Story{"page 3-5", "synced"}));
}

TEST(SessionSync, APageHoldsAtMostTwoHundredEntriesAndTwentyOfOneFarBehind) {
  Server server(Server::kAtOnce);
  server.say("ann", "bob", 150);
  server.say("ben", "bob", 100);
  server.say("cid", "bob", 10);
  Connection bob(server, "bob/phone", server.cursor({0}));
  server.loop.advance(5s);
  auto pages = bob.all<wire::Page>();
  ASSERT_EQ(pages.size(), 1u);
  ASSERT_EQ(pages[0].changes.size(), 3u);
  std::size_t all = 0;
  std::vector<std::size_t> sizes;
  for (const auto& change : pages[0].changes) {
    sizes.push_back(change.entries.size());
    all += change.entries.size();
    EXPECT_EQ(change.from, 0u);
    ASSERT_FALSE(change.entries.empty());
    EXPECT_EQ(seq_of(change.entries.back()), change.to) << "the newest of them";
    for (std::size_t i = 1; i < change.entries.size(); ++i) EXPECT_EQ(seq_of(change.entries[i]), seq_of(change.entries[i - 1]) + 1);
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{150, 20, 10}));
  EXPECT_LE(all, 200u);
}

TEST(SessionSync, APageHoldsAtMostAHundredConversationsAndSoManyBytes) {
  Server server(Server::kAtOnce);
  for (int i = 0; i < 130; ++i) server.say("friend" + std::to_string(i), "bob", 1, 5000);
  Connection bob(server, "bob/phone", server.cursor({0}));
  server.loop.advance(5s);
  auto pages = bob.all<wire::Page>();
  ASSERT_EQ(pages.size(), 2u);
  EXPECT_EQ(pages[0].changes.size(), 100u);
  EXPECT_EQ(pages[1].changes.size(), 30u);
  std::size_t bytes = 0;
  for (const auto& change : pages[0].changes) {
    EXPECT_EQ(change.to, 1u) << "the advance is told, with its text or without";
    for (const auto& entry : change.entries) bytes += std::get<wire::Message>(entry.kind).text.size();
  }
  EXPECT_LE(bytes, 128u << 10);
  EXPECT_GT(bytes, 100u << 10);
}

TEST(SessionSync, SeveralMessagesOfOneStepCarryItsNumberOnTheLast) {
  Server server({20ms, 20ms});
  Connection bob(server, "bob/phone");
  server.loop.advance(1s);
  auto id = ConversationId::direct(user("alice"), user("bob"));
  ASSERT_TRUE(value_of(server.loop, server.send(id, user("bob"), {user("alice"), client_id(1), Seq{0}, "x"})));
  server.loop.advance(1s);
  std::size_t before = bob.all<wire::Event>().size();
  for (std::uint64_t n = 2; n <= 4; ++n) {
    static_cast<void>(note(server.send(id, user("bob"), {user("alice"), client_id(n), Seq{0}, "x"})));
  }
  server.loop.advance(1s);
  auto events = bob.all<wire::Event>();
  ASSERT_EQ(events.size(), before + 3);
  EXPECT_EQ(events[before].useq, 0u);
  EXPECT_EQ(events[before + 1].useq, 0u);
  EXPECT_EQ(events[before + 2].useq, server.head("bob").value);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(std::get<wire::Message>(events[before + i].event).seq, i + 2);
}

TEST(SessionSync, AMessageThatComesBetweenTwoPagesIsNeitherLostNorRepeated) {
  // The store is slow enough for messages to arrive while the session reads its log.
  for (int delay = 0; delay < 40; delay += 3) {
    Server server({1ms, 10ms});
    Connection tablet(server, "bob/tablet");
    server.loop.advance(1s);
    server.say("alice", "bob", 20);
    Connection bob(server, "bob/phone", server.cursor({0}));
    server.loop.advance(Duration(delay * 1ms));
    auto id = ConversationId::direct(user("alice"), user("bob"));
    for (std::uint64_t n = 0; n < 10; ++n) {
      static_cast<void>(note(server.send(id, user("bob"), {user("alice"), client_id(9000 + n), Seq{0}, "x"})));
      server.loop.advance(2ms);
    }
    server.loop.advance(2s);
    std::uint64_t place = 0, seq = 0;
    for (const wire::Frame& frame : bob.frames) {
      if (auto* page = std::get_if<wire::Page>(&frame.body)) {
        EXPECT_EQ(page->from, place);
        place = page->to;
        for (const auto& entry : page->changes.at(0).entries) EXPECT_EQ(seq_of(entry), ++seq);
      } else if (auto* event = std::get_if<wire::Event>(&frame.body)) {
        EXPECT_EQ(std::get<wire::Message>(event->event).seq, ++seq);
        if (event->useq == 0) continue;
        EXPECT_EQ(event->useq, place + 1);
        place = event->useq;
      }
    }
    EXPECT_EQ(place, server.head("bob").value) << delay;
    EXPECT_EQ(seq, 30u) << delay;
  }
}

TEST(SessionSync, ASlowReaderFallsBehindAndCatchesUpFromTheLog) {
  Server server(Server::kAtOnce);
  Connection bob(server, "bob/phone");
  server.loop.advance(1s);
  server.say("alice", "bob", 3, 8000);
  bob.stuck = true;
  server.say("alice", "bob", 100, 8000);
  EXPECT_GT(bob.unsent(), server.options.unsent_max);
  EXPECT_LT(bob.unsent_most, server.options.unsent_max + 20'000) << "one step beyond, no more";
  EXPECT_EQ(server.traffic.fell_behind, 1u);
  std::size_t events = bob.all<wire::Event>().size();
  EXPECT_LT(events, 50u);
  bob.unstick();
  server.loop.advance(2s);
  server.say("alice", "bob", 2, 8000);
  // Contiguous from the first step to the head, each of them once.
  std::uint64_t place = 0;
  std::set<std::uint64_t> seen;
  for (const wire::Frame& frame : bob.frames) {
    if (auto* page = std::get_if<wire::Page>(&frame.body)) {
      EXPECT_EQ(page->from, place);
      place = page->to;
      EXPECT_EQ(page->changes.at(0).from, seen.size()) << "the line says from where on entries are new";
      for (std::uint64_t seq = page->changes.at(0).from + 1; seq <= page->changes.at(0).to; ++seq) EXPECT_TRUE(seen.insert(seq).second);
    } else if (auto* event = std::get_if<wire::Event>(&frame.body)) {
      EXPECT_EQ(event->useq, place + 1);
      place = event->useq;
      EXPECT_TRUE(seen.insert(std::get<wire::Message>(event->event).seq).second);
    }
  }
  EXPECT_EQ(place, server.head("bob").value);
  EXPECT_EQ(seen.size(), 105u);
  EXPECT_TRUE(std::holds_alternative<wire::Event>(bob.frames.back().body)) << "live again";
  EXPECT_EQ(bob.all<wire::Synced>().size(), 1u);
}

TEST(SessionSync, AReaderThatIsSlowWhileItCatchesUpIsNotFloodedWithPages) {
  Server server(Server::kAtOnce);
  for (int i = 0; i < 600; ++i) server.say("friend" + std::to_string(i % 150), "bob", 1, 3000);
  Connection bob(server, "bob/phone", server.cursor({0}));
  bob.stuck = true;
  server.loop.advance(5s);
  EXPECT_LT(bob.unsent_most, server.options.unsent_max * 2);
  EXPECT_FALSE(bob.synced());
  for (int i = 0; i < 50 && !bob.synced(); ++i) {
    bob.unstick();
    server.loop.run_until_idle();
    bob.stuck = true;
    server.loop.advance(100ms);
  }
  EXPECT_TRUE(bob.synced());
  EXPECT_LT(bob.unsent_most, server.options.unsent_max * 2);
}

TEST(SessionSync, AStoreThatFailsDelaysThePageOnly) {
  Server server;
  server.say("alice", "bob", 3);
  Connection bob(server, "bob/phone", server.cursor({0}));
  MemoryFaults faults;
  faults.exactly = {{StoreCall::read, 1, MemoryFault::unavailable}, {StoreCall::read, 2, MemoryFault::corrupt}};
  server.disk.set_faults(faults);
  server.loop.advance(5s);
  EXPECT_TRUE(bob.synced());
  EXPECT_FALSE(bob.closed);
}

}  // namespace
}  // namespace kith::test
