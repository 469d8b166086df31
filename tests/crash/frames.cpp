// What a device does with the frames that it gets.
#include <charconv>

#include "sim/shown.h"
#include "tests/crash/device.h"

namespace kith::crash {

using check::Op;
using check::Phase;
using sim::shown;

void Device::received(std::string_view text) { take(text); }

void Device::take(std::string_view text) {
  auto frame = world_.reader.frame(text);
  if (!frame) return world_.recorder.violation(process_ + " cannot read a frame: " + std::string(text.substr(0, 200)));
  if (frame->re == 0) world_.recorder.last_push = world_.loop.now();
  std::visit(
      [&](auto& body) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(body)>, std::monostate>) on(frame->re, body);
      },
      frame->body);
}

template <class T>
void Device::on(std::uint64_t, T&) {
  world_.recorder.violation(process_ + " got a frame that it did not ask for");
}

void Device::on(std::uint64_t re, wire::Ready& ready) {
  auto ok = operation(Op::sync, Phase::ok, re);
  ok.useq = ready.useq;
  world_.recorder.add(ok);
  calls_.erase(re);
  ready_ = true;
  if (!group_id_.empty() && may_act_) make_group();
  resend();
}

void Device::on(std::uint64_t re, wire::Sent& sent) {
  if (calls_.erase(re) == 0) return world_.recorder.violation(process_ + " is answered twice");
  auto ok = operation(Op::send, Phase::ok, re);
  ok.conversation = sent.conversation;
  ok.seq = sent.seq;
  ok.time = sent.time.ms;
  ok.repeated = sent.repeated;
  world_.recorder.add(ok);
  know(sent.conversation, sent.seq);
  for (auto it = outbox_.begin(); it != outbox_.end(); ++it) {
    if (it->call != re) continue;
    if (!it->to.empty()) with_[it->to] = sent.conversation;
    acknowledged(sent.conversation, sent.seq);
    outbox_.erase(it);
    ++world_.recorder.acked;
    world_.recorder.last_ack = world_.loop.now();
    return;
  }
}

void Device::on(std::uint64_t re, wire::Error& error) {
  const auto call = calls_.find(re);
  if (call == calls_.end()) return world_.recorder.violation(process_ + " got an error: " + error.code + " " + error.detail);
  const bool is_final = call->second.final;
  const Op op = call->second.op;
  auto failed = operation(op, error.outcome == "unknown" ? Phase::info : Phase::fail, re);
  failed.code = error.code;
  world_.recorder.add(failed);
  calls_.erase(call);
  // Nobody writes to whom they block, nothing is too large, no id is used twice: whatever cannot be repeated is a mistake, but for changes
  // of a message that was deleted meanwhile.
  const bool changes = (op == Op::edit || op == Op::react) && error.code == "deleted";
  if (changes) return;
  if (is_final && error.outcome == "retry" && (op == Op::look || op == Op::contacts)) return final_done();
  if (is_final || error.outcome == "fail" || error.outcome == "stop") {
    world_.recorder.violation(process_ + " was refused: " + error.code + " " + error.detail);
  }
  for (Outgoing& outgoing : outbox_) {
    if (outgoing.call == re) outgoing.call = 0;
  }
  retry_ = world_.loop.after(std::max<Duration>(50ms, std::chrono::milliseconds(error.retry_after_ms)), [this] {
    retry_.cancel();
    if (ready_) resend();
  });
}

void Device::on(std::uint64_t re, wire::Done&) {
  const auto call = calls_.find(re);
  if (call == calls_.end()) return world_.recorder.violation(process_ + " is answered twice");
  auto ok = operation(call->second.op, Phase::ok, re);
  calls_.erase(call);
  world_.recorder.add(ok);
}

void Device::on(std::uint64_t re, wire::History& answer) {
  const auto call = calls_.find(re);
  if (call == calls_.end()) return world_.recorder.violation(process_ + " is answered twice");
  const bool is_final = call->second.final;
  calls_.erase(call);
  auto ok = operation(Op::history, Phase::ok, re);
  ok.conversation = answer.conversation;
  ok.head = answer.head;
  ok.more = answer.more;
  for (const auto& entry : answer.entries) {
    if (auto one = shown(entry)) ok.entries.push_back(std::move(*one));
  }
  ok.from = answer.from;
  ok.end = answer.to;
  const std::uint64_t first = answer.from != 0 ? answer.from : ok.entries.empty() ? 0 : ok.entries.front().seq;
  world_.recorder.add(ok);
  know(answer.conversation, answer.head);
  if (!is_final) return;
  if (answer.more && first > 1) return history(answer.conversation, first, std::nullopt, true);
  final_done();
}

void Device::final_done() {
  if (--final_reads_ == 0) finish();
}

void Device::on(std::uint64_t re, wire::Conversations& answer) {
  const auto call = calls_.find(re);
  if (call == calls_.end()) return world_.recorder.violation(process_ + " is answered twice");
  const bool is_final = call->second.final;
  calls_.erase(call);
  auto ok = operation(Op::list, Phase::ok, re);
  ok.more = !answer.next.empty();
  for (const auto& item : answer.items) {
    const std::string_view settings = item.settings ? shown(*item.settings) : std::string_view();
    check::Item line{item.conversation, item.head, item.read, {}, item.title, item.cleared, settings};
    if (item.last) {
      if (auto last = shown(*item.last)) line.entries.push_back(std::move(*last));
    }
    ok.items.push_back(std::move(line));
    know(item.conversation, item.head);
    if (!item.with.empty()) with_[item.with] = item.conversation;
    if (item.with.empty()) groups_.insert(item.conversation);
    if (is_final) items_[item.conversation] = {item.head, item.read, item.cleared, item.title, settings};
  }
  world_.recorder.add(ok);
  if (!answer.next.empty()) return list(answer.next);
  if (!is_final) return;
  final_reads_ = 2 * items_.size() + 1;
  list_contacts({}, true);
  for (const auto& [conversation, item] : items_) {
    history(conversation, 0, std::nullopt, true);
    look(conversation, true);
  }
}

void Device::on(std::uint64_t, wire::Event& event) {
  auto told = operation(Op::event, Phase::none);
  if (event.useq != 0) told.useq = event.useq;
  if (const auto brought = sim::brought(event)) {
    told.conversation = brought->conversation;
    told.entries.push_back(*shown(brought->entry));
    world_.recorder.add(told);
    know(brought->conversation, told.entries.front().seq);
    if (brought->conversation.starts_with('g')) groups_.insert(brought->conversation);
    const auto* message = std::get_if<wire::Message>(&brought->entry.kind);
    if (message && message->from != user_ && brought->conversation.starts_with('d')) with_[message->from] = brought->conversation;
  } else {
    sim::show_own(event, told);
    world_.recorder.add(told);
  }
  if (event.useq != 0) useq_ = event.useq;
}

void Device::on(std::uint64_t, wire::Page& page) {
  auto told = operation(Op::page, Phase::none);
  told.from = page.from;
  told.end = page.to;
  for (const auto& change : page.changes) {
    check::Change line = shown(change);
    for (const auto& entry : change.entries) {
      if (auto one = shown(entry)) line.entries.push_back(std::move(*one));
    }
    told.changes.push_back(std::move(line));
  }
  for (const auto& contact : page.contacts) told.contacts.push_back({contact.user, contact.state});
  world_.recorder.add(told);
  cursor_ = page.cursor;
  useq_ = page.to;
  for (const auto& change : page.changes) {
    if (change.to == 0) continue;
    know(change.conversation, change.to);
    if (!change.with.empty()) with_[change.with] = change.conversation;
    if (change.conversation.starts_with('g')) groups_.insert(change.conversation);
    const auto first = change.entries.empty() ? std::nullopt : shown(change.entries.front());
    if (!first || first->seq > change.from + 1) history(change.conversation, 0, change.from, false);
  }
}

void Device::on(std::uint64_t, wire::Resync& resync) {
  auto told = operation(Op::resync, Phase::none);
  told.code = resync.reason;
  world_.recorder.add(told);
  cursor_ = resync.cursor;
  // A cursor is opaque to real devices, which give it back without a useq; the history needs the number that it stands for.
  const auto number = std::string_view(cursor_).substr(cursor_.rfind('.') + 1);
  useq_ = 0;
  std::from_chars(number.data(), number.data() + number.size(), useq_);
  list("");
}

void Device::on(std::uint64_t, wire::Synced& synced) {
  auto told = operation(Op::synced, Phase::none);
  world_.recorder.add(told);
  cursor_ = synced.cursor;
  synced_ = true;
}

}  // namespace kith::crash
