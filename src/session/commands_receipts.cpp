// Where others are, and who is writing.
#include "base/plant.h"
#include "contacts/contacts.h"
#include "session/commands.h"

namespace kith {

void Commands::carry_out(std::uint64_t re, wire::Look& look) {
  if (wishes_) wishes_->looking.reset();
  if (look.conversation.empty()) return frames_.write({re, wire::Receipts{}});
  auto id = ConversationId::parse(look.conversation);
  if (!id) return frames_.write_failure(re, Code::not_found);
  // Before the answer: a mark that moves meanwhile must not be lost between the two.
  if (wishes_) wishes_->looking = *id;
  ++in_progress_;
  scope_.spawn(do_look(re, *id));
}

Task<void> Commands::do_look(std::uint64_t re, ConversationId id) {
  auto receipts = co_await place_.backend.look(id, user_);
  // After it, so that what the user prefers is still so when this is told.
  Result<Preferences> mine = Failure{Code::unavailable};
  if (receipts) mine = co_await place_.contacts.preferences(user_);
  if (receipts && !mine) receipts = mine.error();
  ended();
  if (receipts) {
    // Who does not tell what they read is not told what others read.
    const bool shows_read = mine->read_marks || planted(Plant::unwanted_read_marks);
    if (wishes_) wishes_->shows_read = shows_read;
    for (MemberMark& member : receipts->marks) {
      if (!shows_read) member.mark.read = {};
    }
    frames_.write_receipts(re, id, *receipts);
    co_return;
  }
  if (wishes_ && wishes_->looking == id) wishes_->looking.reset();
  frames_.write_failure(re, receipts.error());
}

void Commands::carry_out(std::uint64_t re, wire::Type& type) {
  auto id = ConversationId::parse(type.conversation);
  if (!id) return frames_.write_failure(re, Code::not_found);
  ++in_progress_;
  scope_.spawn(do_typing(re, *id, type.stopped));
}

Task<void> Commands::do_typing(std::uint64_t re, ConversationId id, bool stopped) {
  auto done = co_await place_.backend.typing(id, user_, stopped);
  finish(re, done);
}

}  // namespace kith
