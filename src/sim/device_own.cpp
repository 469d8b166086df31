// What a simulated device does about its user's own view, and about other users: clears, hides, sets; looks where others are; contacts.
#include <algorithm>

#include "sim/device.h"
#include "sim/shown.h"

namespace kith::sim {

using check::Op;
using check::Operation;
using check::Phase;

namespace {
constexpr std::int64_t kFarOff = 4'000'000'000'000;
bool is_block(Op op) { return op == Op::block || op == Op::unblock; }
}  // namespace

void Device::invoke_own(Operation invoke, const wire::Command& what) {
  invoke.call = next_call_;
  recorder_.add(invoke);
  std::uint64_t call = command(what);
  calls_[call] = {.op = invoke.op, .final = invoke.final};
}

void Device::clear(const std::string& conversation, std::uint64_t seq) {
  auto invoke = operation(Op::clear, Phase::invoke);
  invoke.conversation = conversation;
  invoke.seq = seq;
  invoke_own(std::move(invoke), {0, wire::Clear{conversation, seq}});
}

void Device::hide(const std::string& conversation, std::uint64_t seq) {
  auto invoke = operation(Op::hide, Phase::invoke);
  invoke.conversation = conversation;
  invoke.seq = seq;
  invoke_own(std::move(invoke), {0, wire::Hide{conversation, seq}});
}

// All settings at once, so that it is known what they become.
void Device::configure(const std::string& conversation) {
  wire::Settings settings{conversation, {world_.chance(0.5) ? kFarOff : 0}, world_.chance(0.5), world_.chance(0.5)};
  wire::Configure wish{conversation, {settings.muted_until.ms != 0 ? kFarOff : 1}, settings.pinned, settings.archived};
  auto invoke = operation(Op::configure, Phase::invoke);
  invoke.conversation = conversation;
  invoke.settings = sim::shown(settings);
  invoke_own(std::move(invoke), {0, std::move(wish)});
}

void Device::do_own() {
  if (heads_.empty() || !ready_) return;
  const auto& [conversation, head] = *std::next(heads_.begin(), static_cast<long>(world_.random().below(heads_.size())));
  if (head == 0) return;
  switch (world_.between(0, 9)) {
    case 0:
      // A little of it: what is taken out cannot be looked at any more.
      return clear(conversation, head > 40 ? head - world_.between(30, 40) : world_.between(1, std::max<std::uint64_t>(head / 4, 1)));
    case 1:
    case 2:
      return hide(conversation, world_.chance(0.3) ? head : world_.between(1, head));
    case 3:
    case 4:
      return configure(conversation);
    case 5:
      command({0, wire::Type{conversation, world_.chance(0.2)}});
      return;
    default:
      return look(conversation);
  }
}

// ----------------------------------------------------------------------------------------------------------- other users

void Device::look(const std::string& conversation, bool final) {
  auto invoke = operation(Op::look, Phase::invoke);
  invoke.conversation = conversation;
  invoke.final = final;
  looked_at_.insert(conversation);
  invoke_own(std::move(invoke), {0, wire::Look{conversation}});
}

void Device::add_contact(const std::string& user, bool add) {
  Op what = add ? Op::add_contact : Op::remove_contact;
  wishes_[{user, false}] = what;
  wish(user, what);
}

void Device::block(const std::string& user, bool block) {
  Op what = block ? Op::block : Op::unblock;
  wishes_[{user, true}] = what;
  wish(user, what);
}

// Nobody is blocked for long while there is still life: there would be nothing to judge between the two.
void Device::unblock_if_due() {
  auto due = std::find_if(unblock_at_.begin(), unblock_at_.end(), [&](const auto& one) { return one.second <= world_.now(); });
  if (due == unblock_at_.end() || !ready_) return;
  std::string user = due->first;
  unblock_at_.erase(due);
  block(user, false);
}

void Device::wish(const std::string& user, Op what) {
  auto invoke = operation(what, Phase::invoke);
  invoke.user = user;
  wire::Command command;
  if (what == Op::add_contact) command.command = wire::AddContact{user};
  if (what == Op::remove_contact) command.command = wire::RemoveContact{user};
  if (what == Op::block || what == Op::unblock) command.command = wire::Block{user, what == Op::block};
  invoke_own(std::move(invoke), command);
  calls_.rbegin()->second.user = user;
}

// What was not answered may be half done: it is asked for again.
void Device::repeat_wishes() {
  for (const auto& [whom, what] : wishes_) {
    bool asked = std::any_of(calls_.begin(), calls_.end(),
                             [&, &whom = whom](const auto& call) { return std::pair(call.second.user, is_block(call.second.op)) == whom; });
    if (!asked) wish(whom.first, what);
  }
}

void Device::wish_over(const Call& call) {
  auto wish = wishes_.find({call.user, is_block(call.op)});
  if (wish != wishes_.end() && wish->second == call.op) wishes_.erase(wish);
}

void Device::list_contacts(std::string page, bool final) {
  auto invoke = operation(Op::contacts, Phase::invoke);
  invoke.next = !page.empty();
  invoke.final = final;
  auto limit = static_cast<std::uint32_t>(world_.between(1, 4));
  invoke_own(std::move(invoke), {0, wire::GetContacts{limit, std::move(page)}});
}

void Device::prefer() {
  auto invoke = operation(Op::prefer, Phase::invoke);
  wire::Prefer wish;
  if (world_.chance(0.5)) {
    wish.read_marks = world_.chance(0.6);
    invoke.reads = *wish.read_marks ? "shown" : "hidden";
  } else {
    wish.presence = world_.chance(0.5) ? "nobody" : "everyone";
    invoke.presence = wish.presence;
  }
  invoke_own(std::move(invoke), {0, wish});
}

void Device::do_social() {
  if (!ready_) return;
  const std::string& other = others_[world_.random().below(others_.size())];
  switch (world_.between(0, 10)) {
    case 0:
    case 1:
    case 2:
      return add_contact(other);
    case 3:
      return add_contact(other, false);
    case 4:
      return list_contacts("", false);
    case 10:
      unblock_at_[other] = world_.now() + world_.between(Duration(200ms), Duration(6s));
      return block(other);
    case 5:
      return world_.chance(0.3) ? prefer() : void();
    case 6: {
      auto invoke = operation(Op::presence, Phase::invoke);
      invoke.users.assign(others_.begin(), others_.end());
      return invoke_own(std::move(invoke), {0, wire::GetPresence{others_}});
    }
    case 7:
      command(world_.chance(0.5) ? wire::Command{0, wire::Viewport{others_}} : wire::Command{0, wire::SetStatus{"idle"}});
      return;
    default:
      return do_join();
  }
}

// Mostly into a group that they are not in, as far as is known here; more often by one of the first invites, which are used up or ended
// by then.
void Device::do_join() {
  bool any = world_.chance(0.1);
  std::vector<const Recorder::Link*> links;
  for (const auto& link : recorder_.invites) {
    auto known = groups_.find(link.group);
    if (any || known == groups_.end() || !known->second.members.contains(user_)) links.push_back(&link);
  }
  if (links.empty()) return;
  std::size_t some = world_.chance(0.5) ? std::min<std::size_t>(links.size(), 2) : links.size();
  auto invoke = operation(Op::join, Phase::invoke);
  const Recorder::Link& link = *links[world_.random().below(some)];
  invoke.code = link.code;
  invoke_own(std::move(invoke), {0, wire::Join{link.code}});
  Call& call = calls_.rbegin()->second;
  call.asked = world_.now();
  call.wall = world_.wall();
  call.expires = link.expires;
}

// At the server, all the time since it was asked.
bool Device::surely_past(const Call& call, WallTime end) const { return call.wall.ms >= end.ms && world_.turned_back() < call.asked; }

void Device::list_invites(const std::string& group) {
  std::uint64_t id = command({0, wire::GetInvites{group}});
  Call& call = calls_[id];
  call.unrecorded = true;
  call.conversation = group;
  call.asked = world_.now();
  call.wall = world_.wall();
  for (const auto& link : recorder_.invites) {
    if (link.ended) call.ended.insert(link.code);
  }
}

void Device::do_invite(const std::string& group) {
  const auto& all = recorder_.invites;
  if (world_.chance(0.3)) return list_invites(group);
  auto own = std::find_if(all.begin(), all.end(), [&](const auto& invite) { return invite.group == group; });
  if (own != all.end() && world_.chance(0.4)) {
    auto invoke = operation(Op::end_invite, Phase::invoke);
    invoke.conversation = group;
    invoke.code = own->code;
    invoke_own(std::move(invoke), {0, wire::RevokeInvite{group, own->code}});
    calls_.rbegin()->second.code = own->code;
    return;
  }
  auto seconds = static_cast<std::uint32_t>(world_.chance(0.4) ? world_.between(1, 6) : 0);
  auto uses = static_cast<std::uint32_t>(world_.between(0, 2));
  auto invoke = operation(Op::invite, Phase::invoke);
  invoke.conversation = group;
  invoke.limit = uses;
  invoke.approval = world_.chance(0.2);
  invoke_own(std::move(invoke), {0, wire::CreateInvite{group, seconds, uses, invoke.approval}});
}

// Nothing that counts is missing above `floor`.
bool Device::counts_whole(const std::string& conversation, std::uint64_t floor, std::uint64_t head) const {
  auto seqs = final_seqs_.find(conversation);
  if (seqs == final_seqs_.end()) return floor >= head;
  auto above = std::distance(seqs->second.upper_bound(floor), seqs->second.end());
  return floor >= head || static_cast<std::uint64_t>(above) == head - floor;
}

// --------------------------------------------------------------------------------------------------------------- answers

void Device::on(std::uint64_t re, wire::Receipts& receipts) {
  auto call = calls_.find(re);
  if (re != 0 && call == calls_.end()) return;
  auto shown = re == 0 ? operation(Op::marks, Phase::none) : operation(Op::look, Phase::ok, re);
  shown.conversation = receipts.conversation;
  for (const auto& mark : receipts.items) shown.marks.push_back({mark.user, mark.delivered, mark.read});
  recorder_.add(shown);
  if (re == 0) {
    if (!looked_at_.contains(receipts.conversation)) recorder_.violation(process_ + " is told marks of what it does not look at");
    return;
  }
  bool final = call->second.final;
  calls_.erase(call);
  if (final) final_done();
}

void Device::on(std::uint64_t re, wire::Contacts& contacts) {
  auto call = calls_.find(re);
  if (call == calls_.end()) return;
  bool final = call->second.final;
  calls_.erase(call);
  auto ok = operation(Op::contacts, Phase::ok, re);
  ok.more = !contacts.next.empty();
  for (const auto& contact : contacts.items) ok.contacts.push_back({contact.user, contact.state});
  recorder_.add(ok);
  if (ok.more) return list_contacts(contacts.next, final);
  if (final) final_done();
}

void Device::on(std::uint64_t re, wire::Presences& presences) {
  if (calls_.erase(re) == 0) return;
  auto ok = operation(Op::presence, Phase::ok, re);
  for (const auto& one : presences.items) {
    if (one.online || one.since.ms != 0) ok.users.push_back(one.user);
  }
  recorder_.add(ok);
}

void Device::on(std::uint64_t re, wire::Preferences&) {
  if (calls_.erase(re) != 0) recorder_.add(operation(Op::prefer, Phase::ok, re));
}

void Device::on(std::uint64_t re, wire::Invite& invite) {
  if (calls_.erase(re) == 0) return;
  auto ok = operation(Op::invite, Phase::ok, re);
  ok.code = invite.code;
  recorder_.add(ok);
  recorder_.invites.push_back({invite.conversation, invite.code, invite.expires});
}

// Not part of the history, but none of them may be at its end; and somebody who waits gets an answer.
void Device::on(std::uint64_t re, wire::Invites& invites) {
  auto found = calls_.find(re);
  if (found == calls_.end()) return;
  Call asked = std::move(found->second);
  calls_.erase(found);
  for (const auto& invite : invites.items) {
    if (surely_past(asked, invite.expires)) recorder_.violation(process_ + " is shown a link that has expired");
    if (asked.ended.contains(invite.code)) recorder_.violation(process_ + " is shown a link that was ended");
  }
  if (invites.waiting.empty() || winding_up_) return;
  const std::string& user = invites.waiting[world_.random().below(invites.waiting.size())];
  if (world_.chance(0.5)) return admit(asked.conversation, {user});
  command({0, wire::RefuseJoin{asked.conversation, user}});
}

void Device::on(std::uint64_t, wire::Typing& typing) {
  if (!looked_at_.contains(typing.conversation)) recorder_.violation(process_ + " hears writing in what it does not look at");
  if (typing.user == user_) recorder_.violation(process_ + " hears its own user writing");
}

}  // namespace kith::sim
