// What a device does besides plain messages: it edits and deletes its own, reacts, and writes to groups.
#include "base/hex.h"
#include "tests/crash/device.h"

namespace kith::crash {

using check::Op;
using check::Phase;

namespace {
constexpr std::size_t kMine = 50;
}

void Device::acknowledged(const std::string& conversation, std::uint64_t seq) {
  mine_.emplace_back(conversation, seq);
  if (mine_.size() > kMine) mine_.pop_front();
}

// Asked for again on every connection until it is made: the same client id, the same group.
void Device::make_group() {
  auto create = operation(Op::create_group, Phase::invoke);
  create.client_id = group_id_;
  create.text = group_title_;
  create.users.assign(group_members_.begin(), group_members_.end());
  const std::uint64_t call = invoke(create, {0, wire::CreateGroup{group_id_, group_title_, group_members_, std::nullopt}});
  calls_[call] = {.op = Op::create_group};
}

void Device::owns_group(std::vector<std::string> members) {
  append_hex(group_id_, world_.dice(), 16);
  append_hex(group_id_, world_.dice(), 16);
  group_title_ = "those around " + user_;
  group_members_ = std::move(members);
}

void Device::change_something() {
  if (!ready_ || mine_.empty()) return;
  const auto [conversation, seq] = mine_[world_.below(mine_.size())];
  const std::uint64_t dice = world_.below(10);
  if (dice < 5) {
    const std::string text = process_ + " corrects " + std::to_string(++written_);
    auto edit = operation(Op::edit, Phase::invoke);
    edit.conversation = conversation;
    edit.seq = seq;
    edit.text = text;
    const std::uint64_t call = invoke(edit, {0, wire::Edit{conversation, seq, text}});
    calls_[call] = {.op = Op::edit};
  } else if (dice < 8) {
    auto erase = operation(Op::erase, Phase::invoke);
    erase.conversation = conversation;
    erase.seq = seq;
    const std::uint64_t call = invoke(erase, {0, wire::Delete{conversation, seq}});
    calls_[call] = {.op = Op::erase};
  } else {
    auto react = operation(Op::react, Phase::invoke);
    react.conversation = conversation;
    react.seq = seq;
    react.text = "+1";
    react.removed = dice == 9;
    const std::uint64_t call = invoke(react, {0, wire::React{conversation, seq, "+1", dice == 9}});
    calls_[call] = {.op = Op::react};
  }
}

void Device::on(std::uint64_t re, wire::Changed& changed) {
  const auto call = calls_.find(re);
  if (call == calls_.end()) return world_.recorder.violation(process_ + " is answered twice");
  auto ok = operation(call->second.op, Phase::ok, re);
  calls_.erase(call);
  ok.conversation = changed.conversation;
  ok.seq = changed.seq;
  ok.time = changed.time.ms;
  world_.recorder.add(ok);
  if (changed.seq == 0) return;
  ++world_.recorder.changed;
  know(changed.conversation, changed.seq);
}

void Device::on(std::uint64_t re, wire::Group& group) {
  if (calls_.erase(re) == 0) return world_.recorder.violation(process_ + " is answered twice");
  auto ok = operation(Op::create_group, Phase::ok, re);
  ok.conversation = group.conversation;
  ok.head = group.head;
  world_.recorder.add(ok);
  group_id_.clear();
}

}  // namespace kith::crash
