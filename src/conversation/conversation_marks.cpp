// Where members are, and who writes: kept by Marks, judged here.
#include "base/plant.h"
#include "conversation/conversation.h"

namespace kith {

Marks& Conversation::marks() {
  if (!marks_) marks_ = std::make_unique<Marks>(loop_, store_, delivery_, id_);
  return *marks_;
}

Task<Result<Ok>> Conversation::mark(UserId member, Mark mark, bool tells_read) {
  if (!roster_.find_present(member)) co_return Failure{Code::not_found};
  if (!has_marks()) co_return Ok{};
  auto raised = co_await marks().raise(std::move(member), mark, tells_read);
  co_return raised;
}

Task<Result<Receipts>> Conversation::look(UserId member) {
  Receipts out;
  auto place = planted(Plant::leaver_looks_on) ? roster_.find(member) : roster_.find_present(member);
  if (!place) {
    // Who left may look, and sees nobody.
    if (!roster_.find(member)) co_return Failure{Code::not_found};
    co_return out;
  }
  // Asked again after each wait: meanwhile somebody may have been blocked, or left.
  auto sees = [&] { return !roster_.any_blocked() && (roster_.find_present(member) || planted(Plant::leaver_looks_on)); };
  if (!sees() || !has_marks()) co_return out;
  marks().look(member);
  auto loaded = co_await marks().load();
  if (!loaded) co_return loaded.error();
  std::vector<UserId> others;
  for (std::size_t i = 0; i < roster_.size(); ++i) {
    bool there = roster_[i].present() || planted(Plant::leaver_still_shown);
    if (i != *place && there && marks().of(roster_[i].user) != Mark{}) others.push_back(roster_[i].user);
  }
  if (!others.empty()) {
    // Somebody may have changed their mind since their mark moved last.
    auto tell = co_await delivery_.tell_read(others);
    if (!tell) co_return tell.error();
    for (std::size_t i = 0; i < others.size(); ++i) marks().let_know(others[i], (*tell)[i]);
  }
  if (!sees()) co_return out;
  for (UserId& user : others) {
    Mark mark = marks().of(user);
    bool there = roster_.find_present(user) || planted(Plant::leaver_still_shown);
    if (mark != Mark{} && there) out.marks.push_back({std::move(user), mark});
  }
  if (!id_.is_direct()) co_return out;
  UserId with = other(member);
  out.presence = co_await delivery_.presence(with, member);
  if (!sees()) co_return Receipts{};
  out.other = std::move(with);
  co_return out;
}

Result<Ok> Conversation::typing(const UserId& member, bool stopped) {
  if (!roster_.find(member)) return Failure{Code::not_found};
  auto place = roster_.find_present(member);
  if (!place) return Failure{Code::forbidden};
  if (roster_.any_blocked()) return Failure{Code::refused};
  if (!id_.is_direct() && !group_.permissions.allow(roster_[*place].role, Deed::send)) return Failure{Code::forbidden};
  if (has_marks()) marks().typing(member, stopped);
  return Ok{};
}

}  // namespace kith
