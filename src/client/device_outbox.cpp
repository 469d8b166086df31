// What goes: messages, kept until they are acked, in order; and commands.
#include <algorithm>
#include <utility>

#include "client/device_parts.h"
#include "wire/error.h"
#include "wire/utf8.h"

namespace kith {

namespace {

constexpr std::uint32_t kPauseFirstMs = 200, kPauseMostMs = 30'000;

constexpr std::uint64_t kCallMost = (std::uint64_t{1} << 53) - 1;

bool is_utf8(const Content& content) {
  const auto fine = [](const std::string& text) { return wire::is_utf8(text); };
  const auto all_fine = [&](const wire::Attachment& file) { return fine(file.url) && fine(file.name) && fine(file.type); };
  return fine(content.text) && fine(content.kind) && fine(content.data) &&
         std::all_of(content.mentions.begin(), content.mentions.end(), fine) &&
         std::all_of(content.attachments.begin(), content.attachments.end(), all_fine);
}

// The reply of the kind that was asked for, or why not.
template <class T>
Fn<void(Result<wire::Frame>)> expecting(Fn<void(Result<T>)> answer) {
  return [answer = std::move(answer)](Result<wire::Frame> frame) mutable {
    if (!frame) return answer(frame.error());
    auto* body = std::get_if<T>(&frame->body);
    if (!body) return answer(Failure(Code::internal, "the server gave another answer than was asked for"));
    answer(std::move(*body));
  };
}

}  // namespace

// ------------------------------------------------------------------------------------------------------------ messages

Result<ClientId> Device::send(bool to_user, std::string target, Content content) {
  if (content.text.empty() && content.attachments.empty() && content.kind.empty()) {
    return Failure(Code::invalid_argument, "the text is empty");
  }
  if (content.text.size() > text_bytes_max_)
    return Failure(Code::too_large, "the text has more than " + std::to_string(text_bytes_max_) + " bytes");
  if (!is_utf8(content)) return Failure(Code::invalid_argument, "the text is not UTF-8");
  auto loaded = load();
  if (!loaded) return loaded.error();
  OutgoingMessage message{next_number_, {}, to_user, std::move(target), std::move(content), {}};
  // A frame that is larger than the server reads would end the connection, and be sent again on the next one.
  std::string frame;
  wire::write_json(wire::Command{kCallMost, command_of(message)}, frame);
  if (frame.size() > frame_bytes_max_) return Failure(Code::too_large, "the message");
  world_.loop.random().fill(message.client_id.bits.data(), message.client_id.bits.size());
  if (!user_name_.empty()) {
    // The first attempt comes later, and the head only grows: what is known now may serve.
    Conversation& place = conversation(conversation_of(message));
    if (place.head_known) message.base_seq = place.head;
  }
  if (world_.storage) {
    auto kept = world_.storage->put(message);
    if (!kept) return kept.error();
  }
  ++next_number_;
  ++unacked_;
  const ClientId id = message.client_id;
  if (user_name_.empty()) {
    early_.push_back(std::move(message));
  } else {
    enlist(std::move(message));
    pump();
  }
  return id;
}

// A target that names no user gets a lane of its own, where the server will refuse it.
std::string Device::conversation_of(const OutgoingMessage& message) const {
  if (!message.to_user) return message.target;
  auto me = UserId::parse(user_name_), other = UserId::parse(message.target);
  return me && other && *me != *other ? ConversationId::direct(*me, *other).text() : "to " + message.target;
}

Device::Conversation& Device::conversation(std::string_view id) {
  auto found = conversations_.find(id);
  if (found == conversations_.end()) found = conversations_.emplace(id, std::make_unique<Conversation>(id)).first;
  return *found->second;
}

void Device::enlist(OutgoingMessage message) {
  Conversation& place = conversation(conversation_of(message));
  place.outbox.push_back({std::move(message)});
  if (place.next == place.outbox.end()) --place.next;
  make_sendable(place);
}

void Device::enlist_all() {
  for (OutgoingMessage& message : std::exchange(early_, {})) enlist(std::move(message));
  for (auto& [id, place] : conversations_) {
    if (!place->outbox.empty()) make_sendable(*place);
  }
}

void Device::make_sendable(Conversation& place) {
  if (place.sendable) return;
  place.sendable = true;
  place.next_sendable = nullptr;
  (last_sendable_ ? last_sendable_->next_sendable : first_sendable_) = &place;
  last_sendable_ = &place;
}

bool Device::can_send(Conversation& place) {
  if (place.paused || place.next == place.outbox.end() || place.in_flight >= options_.window_per_conversation) return false;
  if (place.next->message.base_seq || place.head_known || !options_.know_heads) return true;
  ask_head(place);
  return false;
}

// Conversations take turns; one that cannot send now comes back by an answer.
void Device::pump() {
  while (in_step_ && first_sendable_ && in_flight_ < options_.window) {
    Conversation& place = *first_sendable_;
    first_sendable_ = place.next_sendable;
    if (!first_sendable_) last_sendable_ = nullptr;
    place.sendable = false;
    if (!can_send(place)) continue;
    transmit(place);
    make_sendable(place);
  }
}

void Device::transmit(Conversation& place) {
  OutgoingMessage& message = place.next->message;
  if (!message.base_seq) {
    message.base_seq = place.head;
    // Were it forgotten, a later attempt might name a head behind the first one's place.
    if (world_.storage && !world_.storage->put(message)) {
      message.base_seq.reset();
      return pause(place, 0);
    }
  }
  const std::uint64_t id = next_call_++;
  auto call = std::make_unique<Call>();
  call->conversation = &place;
  call->message = place.next;
  calls_.emplace_hint(calls_.end(), id, std::move(call));
  place.next->in_flight = true;
  ++place.next;
  ++place.in_flight;
  ++in_flight_;
  write({id, command_of(message)});
}

wire::Send command_of(const OutgoingMessage& message) {
  const Content& content = message.content;
  wire::Send send{{},
                  message.client_id.text(),
                  message.base_seq,
                  content.text,
                  content.reply_to,
                  content.mentions,
                  content.attachments,
                  content.kind,
                  content.data};
  if (message.to_user) {
    send.target = wire::Send::To{message.target};
  } else {
    send.target = wire::Send::Conversation{message.target};
  }
  return send;
}

void Device::ask_head(Conversation& place) {
  if (std::exchange(place.asking, true)) return;
  call({0, wire::GetHistory{place.id, 0, {}, 1}}, [this, &place](Result<wire::Frame> frame) {
    place.asking = false;
    const Outcome outcome = frame ? Outcome::fail : info(frame.error().code).outcome;
    if (outcome == Outcome::retry || outcome == Outcome::unknown) return pause(place, frame.error().retry_after_ms);
    if (outcome == Outcome::stop) return;
    auto* history = frame ? std::get_if<wire::History>(&frame->body) : nullptr;
    // There is no such conversation yet: its head is 0. Whatever else is wrong, the message itself will be told.
    if (history) place.head = std::max(place.head, history->head);
    place.head_known = true;
    make_sendable(place);
    pump();
  });
}

void Device::acked(Call& call, const wire::Sent& sent) {
  Conversation& place = *call.conversation;
  place.attempts = 0;
  place.head = std::max(place.head, sent.seq);
  place.head_known = true;
  const OutgoingMessage message = std::move(call.message->message);
  place.outbox.erase(call.message);
  --unacked_;
  // If this is lost the message is sent once more and gets the same answer.
  if (world_.storage) (void)world_.storage->remove(message);
  resume_when_quiet(place);
  make_sendable(place);
  pump();
  application_.sent(message, sent);
}

void Device::refused(Call& call, const Failure& failure) {
  Conversation& place = *call.conversation;
  const Outcome outcome = info(failure.code).outcome;
  if (outcome != Outcome::fail) {
    if (outcome == Outcome::stop) why_ = failure;  // The connection will end, with the code that decides.
    return pause(place, failure.retry_after_ms);
  }
  const OutgoingMessage message = std::move(call.message->message);
  place.outbox.erase(call.message);
  --unacked_;
  if (world_.storage) (void)world_.storage->remove(message);
  resume_when_quiet(place);
  make_sendable(place);
  pump();
  application_.failed(message, failure);
}

void Device::pause(Conversation& place, std::uint32_t retry_after_ms) {
  const std::uint32_t cap = std::min(kPauseMostMs, kPauseFirstMs << std::min<int>(place.attempts, 10));
  if (place.attempts < 255) ++place.attempts;
  const auto pause_ms = retry_after_ms + 1 + static_cast<std::uint32_t>(world_.loop.random().below(cap));
  place.pause_ms = std::max(place.pause_ms, pause_ms);
  place.paused = true;
  place.again.cancel();
  resume_when_quiet(place);
}

// What follows the message that must be repeated may still succeed: only when all answers are there it is known what is left.
void Device::resume_when_quiet(Conversation& place) {
  if (!place.paused || place.in_flight != 0 || place.again) return;
  place.again = world_.loop.after(std::chrono::milliseconds(std::exchange(place.pause_ms, 0)), [this, &place] {
    place.again.cancel();
    place.paused = false;
    place.next = place.outbox.begin();
    make_sendable(place);
    pump();
  });
}

// A place in a log that is no more says nothing; 0 is always true and costs the server a longer search.
void Device::forget_bases() {
  for (auto& [id, place] : conversations_) {
    for (Outgoing& outgoing : place->outbox) {
      if (!outgoing.message.base_seq || *outgoing.message.base_seq == 0) continue;
      outgoing.message.base_seq = 0;
      if (world_.storage) (void)world_.storage->put(outgoing.message);
    }
  }
}

// ------------------------------------------------------------------------------------------------------------ commands

void Device::open(const UserId& with, Answer<wire::Opened> answer) {
  call({0, wire::Open{with.text()}}, expecting<wire::Opened>(std::move(answer)));
}

void Device::history(wire::GetHistory command, Answer<wire::History> answer) {
  call({0, std::move(command)}, expecting<wire::History>(std::move(answer)));
}

void Device::conversations(wire::GetConversations command, Answer<wire::Conversations> answer) {
  call({0, std::move(command)}, expecting<wire::Conversations>(std::move(answer)));
}

void Device::read(std::string conversation, std::uint64_t seq, Answer<wire::Done> answer) {
  call({0, wire::Read{std::move(conversation), seq}}, expecting<wire::Done>(std::move(answer)));
}

void Device::block(const UserId& user, bool blocked, Answer<wire::Done> answer) {
  call({0, wire::Block{user.text(), blocked}}, expecting<wire::Done>(std::move(answer)));
}

void Device::create_group(wire::CreateGroup command, Answer<wire::Group> answer) {
  call({0, std::move(command)}, expecting<wire::Group>(std::move(answer)));
}

void Device::group(std::string conversation, Answer<wire::Group> answer) {
  call({0, wire::GetGroup{std::move(conversation)}}, expecting<wire::Group>(std::move(answer)));
}

void Device::presence(wire::GetPresence command, Answer<wire::Presences> answer) {
  call({0, std::move(command)}, expecting<wire::Presences>(std::move(answer)));
}

void Device::say_status(std::string status, Answer<wire::Done> answer) {
  call({0, wire::SetStatus{std::move(status)}}, expecting<wire::Done>(std::move(answer)));
}

void Device::members(wire::GetMembers command, Answer<wire::Members> answer) {
  call({0, std::move(command)}, expecting<wire::Members>(std::move(answer)));
}

void Device::change(LogChange command, Answer<wire::Changed> answer) {
  std::visit([&](auto& body) { call({0, std::move(body)}, expecting<wire::Changed>(std::move(answer))); }, command);
}

void Device::change_view(ViewChange command, Answer<wire::Done> answer) {
  std::visit([&](auto& body) { call({0, std::move(body)}, expecting<wire::Done>(std::move(answer))); }, command);
}

void Device::carry_out(DoneCommand command, Answer<wire::Done> answer) {
  std::visit([&](auto& body) { call({0, std::move(body)}, expecting<wire::Done>(std::move(answer))); }, command);
}

void Device::contacts(wire::GetContacts command, Answer<wire::Contacts> answer) {
  call({0, std::move(command)}, expecting<wire::Contacts>(std::move(answer)));
}

void Device::prefer(wire::Prefer wish, Answer<wire::Preferences> answer) {
  call({0, std::move(wish)}, expecting<wire::Preferences>(std::move(answer)));
}

void Device::create_invite(wire::CreateInvite command, Answer<wire::Invite> answer) {
  call({0, std::move(command)}, expecting<wire::Invite>(std::move(answer)));
}

void Device::invites(std::string conversation, Answer<wire::Invites> answer) {
  call({0, wire::GetInvites{std::move(conversation)}}, expecting<wire::Invites>(std::move(answer)));
}

void Device::join(std::string code, Answer<wire::Group> answer) {
  call({0, wire::Join{std::move(code)}}, expecting<wire::Group>(std::move(answer)));
}

void Device::look(std::string conversation, Answer<wire::Receipts> answer) {
  call({0, wire::Look{std::move(conversation)}}, expecting<wire::Receipts>(std::move(answer)));
}

void Device::view(std::vector<std::string> users, Answer<wire::Presences> answer) {
  call({0, wire::Viewport{std::move(users)}}, expecting<wire::Presences>(std::move(answer)));
}

void Device::type(std::string conversation, Answer<wire::Done> answer) {
  call({0, wire::Type{std::move(conversation)}}, expecting<wire::Done>(std::move(answer)));
}

void Device::call(wire::Command command, Fn<void(Result<wire::Frame>)> answer) {
  auto call = std::make_unique<Call>();
  const std::uint64_t id = next_call_++;
  call->command = std::move(command);
  call->command.id = id;
  call->answer = std::move(answer);
  call->written = ready_;
  if (ready_) write(call->command);
  calls_.emplace_hint(calls_.end(), id, std::move(call));
}

void Device::write_calls() {
  for (auto& [id, call] : calls_) {
    if (!std::exchange(call->written, true)) write(call->command);
  }
}

void Device::answered(std::uint64_t re, wire::Frame& frame) {
  auto found = calls_.find(re);
  if (found == calls_.end()) return;
  auto call = std::move(found->second);
  calls_.erase(found);
  auto* error = std::get_if<wire::Error>(&frame.body);
  if (!call->conversation) {
    if (error) return call->answer(wire::to_failure(*error));
    return call->answer(std::move(frame));
  }
  call->message->in_flight = false;
  --call->conversation->in_flight;
  --in_flight_;
  if (auto* sent = std::get_if<wire::Sent>(&frame.body)) {
    acked(*call, *sent);
  } else {
    refused(*call, error ? wire::to_failure(*error) : Failure(Code::internal, "the server gave another answer than was asked for"));
  }
}

// The connection is gone, and with it the answers: everything is to be said again.
void Device::forget_flights() {
  for (auto call = calls_.begin(); call != calls_.end();) {
    call->second->written = false;
    if (Conversation* place = call->second->conversation) {
      call->second->message->in_flight = false;
      --place->in_flight;
      place->next = place->outbox.begin();
      resume_when_quiet(*place);
      make_sendable(*place);
      call = calls_.erase(call);
    } else {
      ++call;
    }
  }
  in_flight_ = 0;
}

void Device::end_calls(const Failure& why) {
  for (auto& [id, call] : std::exchange(calls_, {})) call->answer(why);
}

}  // namespace kith
