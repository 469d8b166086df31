// Changes of what was sent, and of one's own view of a conversation.
#include <utility>

#include "front/asio_loop.h"
#include "terminal/conversation_name.h"
#include "terminal/show.h"

namespace kith::terminal {

namespace {

// A mute without an end: the last day that a Timestamp can say.
constexpr WallTime kForEver{253'402'214'400'000};

int change_message(Context& context, std::function<Device::LogChange(const std::string& conversation, std::uint64_t seq)> change) {
  auto seq = seq_argument(context.argument(1));
  if (!seq) return tell(seq.error());
  return with_conversation(context, Among::conversations, [&](Online& online, const std::string& conversation) {
    online.device().change(change(conversation, *seq), when_changed(online, context.line.has("json")));
  });
}

int configure(Context& context, std::function<void(Online&, wire::Configure&)> wish) {
  return with_conversation(context, Among::conversations, [&](Online& online, const std::string& conversation) {
    wire::Configure command;
    command.conversation = conversation;
    wish(online, command);
    online.device().change_view(std::move(command), when_done(online));
  });
}

int set_pinned(Context& context, bool pinned) {
  return configure(context, [pinned](Online&, wire::Configure& command) { command.pinned = pinned; });
}

int set_archived(Context& context, bool archived) {
  return configure(context, [archived](Online&, wire::Configure& command) { command.archived = archived; });
}

}  // namespace

int edit(Context& context) {
  return change_message(context, [&](const std::string& conversation, std::uint64_t seq) {
    return wire::Edit{conversation, seq, context.line.words_from(2)};
  });
}

int erase(Context& context) {
  if (!context.line.has("for-me")) {
    return change_message(context, [](const std::string& conversation, std::uint64_t seq) { return wire::Delete{conversation, seq}; });
  }
  auto seq = seq_argument(context.argument(1));
  if (!seq) return tell(seq.error());
  return with_conversation(context, Among::conversations, [&](Online& online, const std::string& conversation) {
    online.device().change_view(wire::Hide{conversation, *seq}, when_done(online));
  });
}

int react(Context& context) {
  return change_message(context, [&](const std::string& conversation, std::uint64_t seq) {
    return wire::React{conversation, seq, context.argument(2), context.line.has("remove")};
  });
}

int clear(Context& context) {
  auto before = number(context.line, "before", 0, 2, UINT64_MAX >> 11);
  if (!before) return tell(before.error());
  return with_conversation(context, Among::conversations, [&](Online& online, const std::string& conversation) {
    if (*before != 0) return online.device().change_view(wire::Clear{conversation, *before - 1}, when_done(online));
    online.device().history({conversation, 0, {}, 1}, [&online, conversation](Result<wire::History> newest) {
      if (!newest) return online.finish_with(newest.error());
      if (newest->head == 0) return online.finish(kFine);
      online.device().change_view(wire::Clear{conversation, newest->head}, when_done(online));
    });
  });
}

int mute(Context& context) {
  std::uint64_t hours = 0;
  if (context.line.arguments.size() > 1) {
    auto given = whole_number(context.argument(1), 1, 100'000);
    if (!given) return tell({Code::invalid_argument, "HOURS " + given.error().detail});
    hours = *given;
  }
  return configure(context, [hours](Online& online, wire::Configure& command) {
    command.muted_until = kForEver;
    if (hours != 0) command.muted_until.ms = online.loop().wall().ms + static_cast<std::int64_t>(hours) * 3'600'000;
  });
}

int unmute(Context& context) {
  return configure(context, [](Online&, wire::Configure& command) { command.muted_until = {1}; });  // Any time that is past.
}

int pin(Context& context) { return set_pinned(context, true); }
int unpin(Context& context) { return set_pinned(context, false); }
int archive(Context& context) { return set_archived(context, true); }
int unarchive(Context& context) { return set_archived(context, false); }

}  // namespace kith::terminal
