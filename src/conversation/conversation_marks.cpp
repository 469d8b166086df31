// Where members are, and who writes: kept by Marks, judged here.
#include "base/plant.h"
#include "conversation/conversation.h"

namespace kith {

Marks& Conversation::marks() {
  if (!marks_) marks_ = std::make_unique<Marks>(loop_, store_, delivery_, id_);
  return *marks_;
}

Task<Result<Ok>> Conversation::mark(UserId member, Mark mark) {
  if (!roster_.find_present(member)) co_return Failure{Code::not_found};
  if (!has_marks()) co_return Ok{};
  auto raised = co_await marks().raise(std::move(member), mark);
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
    if (i != *place && there) others.push_back(roster_[i].user);
  }
  auto shown = co_await marks().shown(std::move(others));
  if (!shown) co_return shown.error();
  if (!sees()) co_return out;
  for (MemberMark& one : *shown) {
    if (roster_.find_present(one.user) || planted(Plant::leaver_still_shown)) out.marks.push_back(std::move(one));
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
