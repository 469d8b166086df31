// Links into groups.
#include "session/commands.h"

namespace kith {

namespace {

constexpr std::uint32_t kWeek = 604'800, kYear = 31'536'000;  // Seconds.

wire::Invite to_wire(const ConversationId& id, const InviteRow& row) {
  std::uint32_t left = row.uses == 0 ? 0 : row.uses - row.used;
  return {id.text(), invite_code(id, row.secret), row.by.text(), row.expires, left, row.approval};
}

}  // namespace

void Commands::carry_out(std::uint64_t re, wire::CreateInvite& create) {
  auto id = ConversationId::parse(create.conversation);
  if (!id) return frames_.write_failure(re, Code::not_found);
  if (create.expires_s > kYear) return frames_.write_failure(re, {Code::invalid_argument, "expiresS"});
  ++in_progress_;
  scope_.spawn(do_create_invite(re, *id, {create.expires_s == 0 ? kWeek : create.expires_s, create.uses, create.approval}));
}

Task<void> Commands::do_create_invite(std::uint64_t re, ConversationId id, InviteWish wish) {
  auto invite = co_await place_.backend.create_invite(id, user_, wish);
  ended();
  if (!invite) {
    frames_.write_failure(re, invite.error());
    co_return;
  }
  frames_.write({re, to_wire(id, *invite)});
}

void Commands::carry_out(std::uint64_t re, wire::RevokeInvite& revoke) {
  auto id = ConversationId::parse(revoke.conversation);
  auto code = parse_invite_code(revoke.code);
  if (!id) return frames_.write_failure(re, Code::not_found);
  // Who may not, hears that, whatever the code is; nobody made a link of zeros.
  bool of_it = code && code->group == *id;
  ++in_progress_;
  scope_.spawn(do_revoke_invite(re, *id, of_it ? code->secret : ClientId{}));
}

Task<void> Commands::do_revoke_invite(std::uint64_t re, ConversationId id, ClientId secret) {
  auto done = co_await place_.backend.revoke_invite(id, user_, secret);
  finish(re, done);
}

void Commands::carry_out(std::uint64_t re, wire::GetInvites& get) {
  auto id = ConversationId::parse(get.conversation);
  if (!id) return frames_.write_failure(re, Code::not_found);
  ++in_progress_;
  scope_.spawn(do_invites(re, *id));
}

Task<void> Commands::do_invites(std::uint64_t re, ConversationId id) {
  auto list = co_await place_.backend.invites(id, user_);
  ended();
  if (!list) {
    frames_.write_failure(re, list.error());
    co_return;
  }
  wire::Invites out;
  for (const InviteRow& link : list->links) out.items.push_back(to_wire(id, link));
  for (const UserId& user : list->waiting) out.waiting.push_back(user.text());
  frames_.write({re, std::move(out)});
}

void Commands::carry_out(std::uint64_t re, wire::Join& join) {
  auto code = parse_invite_code(join.code);
  if (!code) return frames_.write_failure(re, Code::not_found);
  ++in_progress_;
  behind_ = true;  // What is said behind it is said by a member.
  scope_.spawn(do_join(re, *code));
}

Task<void> Commands::do_join(std::uint64_t re, InviteCode code) {
  auto group = co_await place_.backend.join(code.group, user_, code.secret);
  write_group(re, code.group, group);
  go_on();
}

void Commands::carry_out(std::uint64_t re, wire::RefuseJoin& refuse) {
  auto id = ConversationId::parse(refuse.conversation);
  auto user = UserId::parse(refuse.user);
  if (!id) return frames_.write_failure(re, Code::not_found);
  if (!user) return frames_.write_failure(re, Code::unknown_user);
  ++in_progress_;
  scope_.spawn(do_refuse_join(re, *id, std::move(*user)));
}

Task<void> Commands::do_refuse_join(std::uint64_t re, ConversationId id, UserId user) {
  auto done = co_await place_.backend.refuse_join(id, user_, std::move(user));
  finish(re, done);
}

}  // namespace kith
