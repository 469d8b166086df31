// The table of errors both ways, and the fast writers against the generated ones.
#include <gtest/gtest.h>

#include <string>

#include "wire/error.h"
#include "wire/hot.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"
#include "wire/wire_random.h"

namespace kith::wire {
namespace {

MessageView view(const Message& m) { return {m.conversation, m.seq, m.from, m.time, m.n, m.client_id, m.text}; }

// Nothing but a text.
Message plain(const Message& message) {
  return {message.conversation,
          message.seq,
          message.from,
          message.time,
          message.n,
          message.client_id,
          message.text,
          0,
          {},
          {},
          {},
          {},
          {},
          0,
          {},
          0,
          false};
}

TEST(Hot, MessageEventEqualsTheGeneratedWriter) {
  RandomMessages random(1);
  for (int i = 0; i < 2000; ++i) {
    Event event;
    event.useq = i % 3 == 0 ? 0 : static_cast<std::uint64_t>(i) << (i % 40);
    event.event = plain(random.make<Message>());
    const Frame frame{0, event};
    std::string expected = "before", got = "before", object, view_object;
    write_json(frame, expected);
    append_message_event(got, event.useq, view(std::get<Message>(event.event)));
    ASSERT_EQ(got, expected);
    write_json(std::get<Message>(event.event), object);
    append_message(view_object, view(std::get<Message>(event.event)));
    ASSERT_EQ(view_object, object);
    write_proto(frame, expected);
    append_message_event_proto(got, event.useq, view(std::get<Message>(event.event)));
    ASSERT_EQ(got, expected);
  }
}

TEST(Hot, SentEqualsTheGeneratedWriter) {
  RandomMessages random(2);
  for (int i = 0; i < 2000; ++i) {
    const auto sent = random.make<Sent>();
    const Frame frame{static_cast<std::uint64_t>(i), sent};
    std::vector<PresenceView> presence;
    for (const auto& p : sent.presence) presence.push_back({p.user, p.online, p.since, p.status});
    const SentView sent_view{sent.conversation, sent.seq, sent.time, sent.durability, sent.repeated, sent.window_only, presence};
    std::string expected = "before", got = "before";
    write_json(frame, expected);
    append_sent(got, frame.re, sent_view);
    ASSERT_EQ(got, expected);
    write_proto(frame, expected);
    append_sent_proto(got, frame.re, sent_view);
    ASSERT_EQ(got, expected);
  }
}

TEST(Hot, HistoryEqualsTheGeneratedWriter) {
  RandomMessages random(3);
  for (int i = 0; i < 500; ++i) {
    History history = random.make<History>();
    for (Entry& entry : history.entries) entry.kind = plain(random.make<Message>());
    history.from = history.to = 0;
    const Frame frame{static_cast<std::uint64_t>(i), history};
    std::vector<MessageView> entries;
    for (const Entry& entry : history.entries) entries.push_back(view(std::get<Message>(entry.kind)));
    std::string expected, got;
    write_json(frame, expected);
    append_history(got, frame.re, {history.conversation, entries, history.head, history.more});
    ASSERT_EQ(got, expected);
  }
}

TEST(Errors, EveryCodeIsFoundByItsNameAndItsCloseCode) {
  for (std::size_t i = 0; i < kCodes.size(); ++i) {
    const auto code = static_cast<Code>(i);
    EXPECT_EQ(code_by_name(info(code).name), code);
    if (info(code).close != 0) {
      EXPECT_EQ(code_by_close(info(code).close), code);
    }
    // A close code of 4500 and above means "do not reconnect", which an outcome of retry contradicts.
    if (info(code).outcome == Outcome::retry) {
      EXPECT_LT(info(code).close, 4500) << info(code).name;
    }
  }
  EXPECT_EQ(code_by_name("ok"), Code::ok);
  EXPECT_EQ(info(Code::ok).status, 200);
  EXPECT_EQ(info(Code::ok).close, 1000);
  EXPECT_EQ(code_by_name("no_such_code"), std::nullopt);
  EXPECT_EQ(code_by_close(0), std::nullopt);
  EXPECT_EQ(code_by_close(1006), std::nullopt);
}

TEST(Errors, GoToAClientAndComeBack) {
  JsonReader reader;
  for (std::size_t i = 1; i < kCodes.size(); ++i) {
    const Failure failure(static_cast<Code>(i), "about \"this\"", static_cast<std::uint32_t>(i * 100));
    std::string json;
    write_json(to_error(failure), json);
    auto read = reader.error(json);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->type, "about:kith/" + std::string(info(failure.code).name));
    EXPECT_EQ(read->title, info(failure.code).title);
    EXPECT_EQ(read->status, info(failure.code).status);
    EXPECT_EQ(read->outcome, outcome_name(info(failure.code).outcome));
    const auto back = to_failure(*read);
    EXPECT_EQ(back.code, failure.code);
    EXPECT_EQ(back.detail, failure.detail);
    EXPECT_EQ(back.retry_after_ms, failure.retry_after_ms);
  }
}

TEST(Errors, OfANewerServerKeepTheirOutcome) {
  for (auto outcome : {Outcome::fail, Outcome::retry, Outcome::unknown, Outcome::stop}) {
    Error error;
    error.code = "newer";
    error.outcome = outcome_name(outcome);
    EXPECT_EQ(info(to_failure(error).code).outcome, outcome);
    EXPECT_EQ(to_failure(error).detail, "newer");
  }
  EXPECT_EQ(info(to_failure(Error{}).code).outcome, Outcome::unknown);
  Error ok;
  ok.code = "ok";
  EXPECT_NE(to_failure(ok).code, Code::ok);
}

}  // namespace
}  // namespace kith::wire
