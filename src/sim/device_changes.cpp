// What a simulated device does besides plain messages: it edits, deletes and reacts, and lives in groups.
#include <algorithm>

#include "base/hex.h"
#include "sim/device.h"

namespace kith::sim {

using check::Op;
using check::Operation;
using check::Phase;

namespace {
constexpr const char* kEmoji[] = {"+1", "heart", "laugh"};
constexpr const char* kRoles[] = {"admin", "member", "guest", "owner"};
}  // namespace

// A call that changes something: written down, and sent; an impatient device sends it twice.
void Device::change(Operation invoke, const wire::Command& what) {
  int times = options_.mischief && world_.chance(0.05) ? 2 : 1;
  for (; times > 0; --times) {
    invoke.phase = Phase::invoke;
    invoke.process = process_;
    invoke.call = next_call_;
    invoke.alone = polling_;
    recorder_.add(invoke);
    std::uint64_t call = command(what);
    calls_[call] = {.op = invoke.op, .conversation = std::string(invoke.conversation), .target = invoke.seq};
  }
}

// ------------------------------------------------------------------------------------------------------------- messages

void Device::edit(const std::string& conversation, std::uint64_t seq, const std::string& text) {
  Operation invoke;
  invoke.op = Op::edit;
  invoke.conversation = conversation;
  invoke.seq = seq;
  invoke.text = text;
  change(std::move(invoke), {0, wire::Edit{conversation, seq, text}});
}

void Device::erase(const std::string& conversation, std::uint64_t seq) {
  Operation invoke;
  invoke.op = Op::erase;
  invoke.conversation = conversation;
  invoke.seq = seq;
  change(std::move(invoke), {0, wire::Delete{conversation, seq}});
}

void Device::react(const std::string& conversation, std::uint64_t seq, const std::string& emoji, bool remove) {
  Operation invoke;
  invoke.op = Op::react;
  invoke.conversation = conversation;
  invoke.seq = seq;
  invoke.text = emoji;
  invoke.removed = remove;
  change(std::move(invoke), {0, wire::React{conversation, seq, emoji, remove}});
}

// One of the newer messages that it knows, its own rather than another's.
void Device::change_something() {
  if (texts_.empty() || !ready_) return;
  auto conversation = std::next(texts_.begin(), static_cast<long>(world_.random().below(texts_.size())));
  auto& messages = conversation->second;
  if (messages.empty()) return;
  auto message = messages.end();
  for (int tries = 0; tries < 4; ++tries) {
    auto back = static_cast<long>(world_.random().below(std::min<std::size_t>(messages.size(), world_.chance(0.2) ? 200 : 8)));
    message = std::prev(messages.end(), back + 1);
    if (message->second.from == user_) break;
  }
  const auto& [seq, text] = *message;
  std::uint64_t dice = world_.between(0, 9);
  if (dice < 5) {
    bool same = world_.chance(0.1) && !text.text.empty();
    edit(conversation->first, seq, same ? text.text : user_ + " means " + std::to_string(world_.random().next()));
  } else if (dice < 7) {
    erase(conversation->first, seq);
  } else {
    react(conversation->first, seq, kEmoji[world_.between(0, 2)], world_.chance(0.3));
  }
}

// Any of the newer messages of a conversation, deleted or not; 0: none is known. Now and then an entry that is none.
std::uint64_t Device::one_to_answer(const std::string& conversation) {
  auto known = texts_.find(conversation);
  if (known == texts_.end() || known->second.empty()) return 0;
  const auto& messages = known->second;
  if (world_.chance(0.03)) return world_.between(1, messages.rbegin()->first + 1);
  auto back = static_cast<long>(world_.random().below(std::min<std::size_t>(messages.size(), world_.chance(0.2) ? 200 : 20)));
  return std::prev(messages.end(), back + 1)->first;
}

// What a message has besides its text, or instead of one.
void Device::dress(Outgoing& outgoing) {
  const std::string name = std::to_string(world_.random().below(1000));
  do {
    switch (world_.between(0, 3)) {
      case 0: {
        auto with = by_user_.find(outgoing.to);
        outgoing.reply_to = one_to_answer(with == by_user_.end() ? outgoing.conversation : with->second);
        break;
      }
      case 1:
        outgoing.mentions.clear();
        for (const std::string& user : others_) {
          if (world_.chance(0.5)) outgoing.mentions.push_back(user);
        }
        break;
      case 2:
        outgoing.attachments = {{"https://files.example/" + name, name + " \"x\".png", "image/png", world_.between(0, 1 << 20)}};
        break;
      default:
        outgoing.kind = "com.example.poll";
        if (world_.chance(0.8)) outgoing.data = "{\"question\": \"" + name + "\", \"of\":[1, 2.50]}";
    }
  } while (world_.chance(0.3));
  bool may_be_silent = !outgoing.attachments.empty() || !outgoing.kind.empty();
  if (may_be_silent && world_.chance(0.2)) outgoing.text.clear();
}

std::string Device::text(const std::string& conversation, std::uint64_t seq) { return texts_[conversation][seq].text; }

// What is kept of what was shown. A deletion drops the text, whatever comes after it.
void Device::apply(const check::Entry& entry, const std::string& conversation) {
  if (entry.unknown) return;
  switch (entry.kind) {
    case check::Kind::message: {
      seen_[conversation][entry.seq] = entry.from;
      Text& text = texts_[conversation][entry.seq];
      text.from = entry.from;
      text.deleted = text.deleted || entry.deleted != 0;
      std::uint64_t version = entry.edits.empty() ? 0 : entry.edits.back();
      if (text.deleted) {
        text.text.clear();
      } else if (version >= text.version) {
        text.version = version;
        text.text = entry.text;
      }
      break;
    }
    case check::Kind::edited:
    case check::Kind::deleted: {
      auto message = texts_[conversation].find(entry.target);
      if (message == texts_[conversation].end()) break;
      Text& text = message->second;
      if (entry.kind == check::Kind::deleted) {
        text.deleted = true;
        text.text.clear();
      } else if (!text.deleted && entry.seq > text.version) {
        text.version = entry.seq;
        text.text = entry.text;
      }
      break;
    }
    case check::Kind::group:
      apply_group(entry, conversation);
      break;
    default:
      break;
  }
}

// --------------------------------------------------------------------------------------------------------------- groups

void Device::apply_group(const check::Entry& entry, const std::string& conversation) {
  Group& group = groups_[conversation];
  bool me = std::find(entry.users.begin(), entry.users.end(), user_) != entry.users.end();
  bool comes = entry.what == "created" || entry.what == "added" || entry.what == "joined";
  bool goes = entry.what == "removed" || entry.what == "left";
  if (comes && (me || (entry.what == "created" && entry.from == user_))) group.joined = std::max(group.joined, entry.seq);
  if (entry.seq <= group.known) return;
  group.known = entry.seq;
  if (entry.what == "created") group.members.insert(std::string(entry.from));
  for (std::string_view user : entry.users) {
    if (comes) group.members.insert(std::string(user));
    if (goes) group.members.erase(std::string(user));
  }
  if (entry.what == "created" && entry.from == user_) group.own = true;
}

void Device::create_group(const NewGroup& group) {
  Operation invoke;
  invoke.op = Op::create_group;
  invoke.client_id = group.client_id;
  invoke.text = group.title;
  invoke.users.assign(group.members.begin(), group.members.end());
  change(std::move(invoke), {0, wire::CreateGroup{group.client_id, group.title, group.members, std::nullopt}});
}

void Device::make_group() {
  std::vector<std::string> members;
  for (const std::string& user : others_) {
    if (members.size() < 7 && world_.chance(0.7)) members.push_back(user);
  }
  if (members.empty()) members.push_back(others_.front());
  make_group(user_ + "'s " + std::to_string(world_.random().next()), std::move(members));
}

void Device::make_group(std::string title, std::vector<std::string> members) {
  NewGroup group{{}, std::move(title), std::move(members)};
  std::uint8_t id[16];
  world_.random().fill(id, sizeof id);
  append_hex(group.client_id, id);
  create_group(group);
  made_.push_back(std::move(group));
}

void Device::admit(const std::string& group, std::vector<std::string> users) {
  Operation invoke;
  invoke.op = Op::add;
  invoke.conversation = group;
  invoke.users.assign(users.begin(), users.end());
  change(std::move(invoke), {0, wire::AddMembers{group, users}});
}

void Device::expel(const std::string& group, const std::string& user) {
  Operation invoke;
  invoke.op = Op::remove;
  invoke.conversation = group;
  invoke.users = {user};
  change(std::move(invoke), {0, wire::RemoveMember{group, user}});
}

void Device::leave(const std::string& group) {
  Operation invoke;
  invoke.op = Op::leave;
  invoke.conversation = group;
  change(std::move(invoke), {0, wire::Leave{group}});
}

void Device::do_group() {
  if (!ready_) return;
  if (made_.empty() || (made_.size() < 3 && world_.chance(0.1))) return make_group();
  if (groups_.empty() || world_.chance(0.05)) return create_group(made_[world_.random().below(made_.size())]);
  const auto& [id, group] = *std::next(groups_.begin(), static_cast<long>(world_.random().below(groups_.size())));
  const std::string& user = others_[world_.random().below(others_.size())];
  Operation invoke;
  invoke.conversation = id;
  switch (world_.between(0, 11)) {
    case 10:
    case 11:
      return do_invite(id);
    case 0:
    case 1:
    case 2:
      return admit(id, world_.chance(0.3) ? others_ : std::vector<std::string>{user});
    case 3:
    case 4:
      return expel(id, world_.chance(0.1) ? user_ : user);
    case 5:
      return world_.chance(0.5) ? leave(id) : void();
    case 6:
    case 7: {
      const char* role = kRoles[world_.between(0, 3)];
      invoke.op = Op::role;
      invoke.users = {user};
      invoke.role = role;
      return change(std::move(invoke), {0, wire::SetRole{id, user, role}});
    }
    case 8: {
      if (world_.chance(0.4)) return change_permissions(id);
      std::string title = user_ + " calls it " + std::to_string(world_.random().next());
      invoke.op = Op::update_group;
      invoke.text = title;
      return change(std::move(invoke), {0, wire::UpdateGroup{id, title, std::nullopt}});
    }
    default:
      // Not part of the history: that the server answers is enough.
      command(world_.chance(0.5) ? wire::Command{0, wire::GetMembers{id, 2, {}}} : wire::Command{0, wire::GetGroup{id}});
  }
}

// Half of the time back to what is usual: a group in which nobody may do anything shows little.
void Device::change_permissions(const std::string& group) {
  wire::Permissions wish{"guest", "member", "admin", "admin", "admin"};
  std::string* const all[] = {&wish.send, &wish.add, &wish.remove, &wish.edit, &wish.moderate};
  if (world_.chance(0.5)) *all[world_.between(0, 4)] = kRoles[world_.between(0, 2)];
  Operation invoke;
  invoke.op = Op::update_group;
  invoke.conversation = group;
  change(std::move(invoke), {0, wire::UpdateGroup{group, {}, std::move(wish)}});
}

std::string Device::new_text() { return user_ + ":" + std::to_string(world_.random().next()); }

void Device::say_in(const std::string& conversation, std::string text) {
  Outgoing outgoing;
  outgoing.conversation = conversation;
  outgoing.text = std::move(text);
  bool window_only = options_.mischief && world_.chance(0.05);
  if (!window_only) outgoing.base = heads_[conversation];
  post(std::move(outgoing));
}

void Device::send_to_group() {
  if (groups_.empty()) return send_new();
  const auto& [id, group] = *std::next(groups_.begin(), static_cast<long>(world_.random().below(groups_.size())));
  for (std::uint64_t i = world_.chance(0.1) ? world_.between(2, 20) : 1; i > 0; --i) say_in(id, new_text());
}

void Device::flood(const std::string& group, std::uint64_t count) {
  if (!ready_ || revoked_ || winding_up_ || !groups_.contains(group)) return;
  for (; count > 0; --count) say_in(group, new_text());
}

std::optional<std::pair<std::string, std::string>> Device::one_to_expel() {
  if (!ready_ || revoked_ || winding_up_) return std::nullopt;
  for (const auto& [id, group] : groups_) {
    if (!group.own || group.members.size() < 2 || !group.members.contains(user_)) continue;
    auto member = std::next(group.members.begin(), static_cast<long>(world_.random().below(group.members.size())));
    if (*member != user_) return std::pair(id, *member);
  }
  return std::nullopt;
}

// --------------------------------------------------------------------------------------------------------------- answers

void Device::on(std::uint64_t re, wire::Changed& changed) {
  auto call = calls_.find(re);
  if (call == calls_.end()) return;
  Call asked = std::move(call->second);
  calls_.erase(call);
  auto ok = operation(asked.op, Phase::ok, re);
  ok.conversation = changed.conversation;
  ok.seq = changed.seq;
  ok.time = changed.time.ms;
  recorder_.add(ok);
  if (asked.op != Op::erase) return;
  auto message = texts_[asked.conversation].find(asked.target);
  if (message == texts_[asked.conversation].end()) return;
  message->second.deleted = true;
  message->second.text.clear();
}

void Device::on(std::uint64_t re, wire::Group& group) {
  auto call = calls_.find(re);
  if (call == calls_.end()) return;
  auto ok = operation(call->second.op, Phase::ok, re);
  ok.late = ok.op == Op::join && surely_past(call->second, call->second.expires);
  calls_.erase(call);
  ok.conversation = group.conversation;
  ok.head = group.head;
  ok.waiting = group.waiting;
  recorder_.add(ok);
}

}  // namespace kith::sim
