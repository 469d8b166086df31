// What a simulated device does with the frames that it gets.
#include "sim/device.h"
#include "sim/shown.h"

namespace kith::sim {

using check::Op;
using check::Phase;

void Device::frame(std::string_view text) { take(text); }

void Device::take(std::string_view text) {
  world_.note(text.substr(0, 48));
  auto frame = reader_.frame(text);
  if (!frame) {
    recorder_.violation(process_ + " cannot read a frame: " + std::string(text.substr(0, 200)));
    return;
  }
  std::visit(
      [&](auto& body) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(body)>, std::monostate>) on(frame->re, body);
      },
      frame->body);
}

void Device::know(const std::string& conversation, std::uint64_t head) {
  std::uint64_t& known = heads_[conversation];
  known = std::max(known, head);
  total_seen_ = std::max(total_seen_, head);
}

// As the checker wants it; views into `entry`. The device remembers what it says.
std::optional<check::Entry> Device::seen(const wire::Entry& entry, const std::string& conversation) {
  auto out = shown(entry);
  if (out) apply(*out, conversation);
  return out;
}

void Device::on(std::uint64_t re, wire::Ready& ready) {
  auto ok = operation(Op::sync, Phase::ok, re);
  ok.useq = ready.useq;
  recorder_.add(ok);
  calls_.erase(re);
  ready_ = true;
  backoff_ = 100ms;
  resend();
}

void Device::on(std::uint64_t re, wire::Sent& sent) {
  auto call = calls_.find(re);
  if (call == calls_.end()) return;  // The second answer to a frame that arrived twice.
  bool unrecorded = call->second.unrecorded;
  calls_.erase(call);
  if (!unrecorded) {
    auto ok = operation(Op::send, Phase::ok, re);
    ok.conversation = sent.conversation;
    ok.seq = sent.seq;
    ok.time = sent.time.ms;
    ok.repeated = sent.repeated;
    recorder_.add(ok);
  }
  know(sent.conversation, sent.seq);
  for (auto it = outbox_.begin(); it != outbox_.end(); ++it) {
    if (it->call != re) continue;
    if (it->spoiled) reused_.emplace_back(sent.conversation, sent.seq);
    if (!it->to.empty()) by_user_[it->to] = sent.conversation;
    // Sometimes the id is used again, for something else.
    bool reuse = !it->spoiled && options_.mischief && !winding_up_ && world_.chance(0.03);
    Outgoing again = *it;
    outbox_.erase(it);
    if (reuse) {
      if (options_.details > 0 && world_.chance(0.5)) {
        again.kind += "other";
      } else {
        again.text += " but different";
      }
      again.spoiled = true;
      again.to.clear();
      again.conversation = sent.conversation;
      again.call = command({0, as_command(again)});  // Not part of the history: only the answer matters.
      calls_[again.call] = {.op = Op::send, .unrecorded = true};
      outbox_.push_back(std::move(again));
    } else {
      ++recorder_.acked;
    }
    break;
  }
}

void Device::on(std::uint64_t re, wire::Error& error) {
  auto call = calls_.find(re);
  if (call == calls_.end()) return;
  if (!call->second.unrecorded) {
    auto failed = operation(call->second.op, error.outcome == "unknown" ? Phase::info : Phase::fail, re);
    failed.code = error.code;
    recorder_.add(failed);
  }
  if (error.outcome == "fail") wish_over(call->second);
  bool final = call->second.final, counts = call->second.op == Op::look || call->second.op == Op::contacts;
  calls_.erase(call);
  if (final && counts) {
    final_done();  // Who left a group is told no marks.
  } else if (final) {
    final_reads_ = -1;
  }
  for (auto it = outbox_.begin(); it != outbox_.end(); ++it) {
    if (it->call != re) continue;
    it->call = 0;
    if (it->spoiled || error.outcome == "fail") outbox_.erase(it);
    break;
  }
}

void Device::on(std::uint64_t re, wire::Done&) {
  auto call = calls_.find(re);
  if (call == calls_.end()) return;
  Op op = call->second.op;
  wish_over(call->second);
  for (auto& link : recorder_.invites) link.ended = link.ended || link.code == call->second.code;
  calls_.erase(call);
  recorder_.add(operation(op, Phase::ok, re));
}

void Device::on(std::uint64_t re, wire::History& history) {
  auto call = calls_.find(re);
  if (call == calls_.end()) return;
  Call asked = call->second;
  calls_.erase(call);
  auto ok = operation(Op::history, Phase::ok, re);
  ok.conversation = history.conversation;
  ok.head = history.head;
  ok.more = history.more;
  for (const auto& entry : history.entries) {
    if (auto entry_shown = seen(entry, history.conversation)) ok.entries.push_back(std::move(*entry_shown));
    if (asked.final && !ok.entries.empty()) final_seqs_[history.conversation].insert(ok.entries.back().seq);
  }
  ok.from = history.from;
  ok.end = history.to;
  std::uint64_t first = history.from != 0 ? history.from : ok.entries.empty() ? 0 : ok.entries.front().seq;
  recorder_.add(ok);
  know(history.conversation, history.head);
  if (!asked.final) return;
  if (history.more && first > 1) {
    do_history(history.conversation, first, std::nullopt, 200, true);
    return;
  }
  final_done();
}

// One of the final reads has its answer.
void Device::final_done() {
  if (--final_reads_ > 0) return;
  auto final = operation(Op::final, Phase::none);
  final.useq = useq_;
  for (const auto& [conversation, item] : final_items_) {
    final.items.push_back({conversation, item.head, item.read, {}, item.title, item.cleared, item.settings});
  }
  recorder_.add(final);
  check_unread();
  check_reused();
  finished_ = true;
}

void Device::on(std::uint64_t re, wire::Conversations& conversations) {
  auto call = calls_.find(re);
  if (call == calls_.end()) return;
  bool final = call->second.final, whole = call->second.whole;
  calls_.erase(call);
  auto ok = operation(Op::list, Phase::ok, re);
  ok.more = !conversations.next.empty();
  for (const auto& item : conversations.items) {
    std::string_view settings = item.settings ? sim::shown(*item.settings) : std::string_view();
    check::Item shown{item.conversation, item.head, item.read, {}, item.title, item.cleared, settings};
    if (item.last) {
      if (auto last = seen(*item.last, item.conversation)) shown.entries.push_back(std::move(*last));
    }
    ok.items.push_back(std::move(shown));
    know(item.conversation, item.head);
    if (!item.with.empty()) by_user_[item.with] = item.conversation;
    if (final) final_items_[item.conversation] = {item.head, item.read, item.unread, item.cleared, item.title, settings};
  }
  recorder_.add(ok);
  if (!conversations.next.empty() && (final || whole || world_.chance(0.7))) return do_list(conversations.next, whole);
  if (whole) owes_list_ = std::exchange(moved_, false);
  if (!final) return;
  final_reads_ = static_cast<int>(2 * final_items_.size()) + 1;
  list_contacts("", true);
  for (const auto& [conversation, item] : final_items_) {
    // A first page may be so small that all of it is hidden.
    do_history(conversation, 0, std::nullopt, world_.chance(0.3) ? 1 : 200, true);
    look(conversation, true);
  }
}

void Device::on(std::uint64_t, wire::Event& event) {
  auto shown = operation(Op::event, Phase::none);
  if (event.useq != 0) shown.useq = event.useq;
  if (auto told = brought(event)) {
    shown.conversation = told->conversation;
    shown.entries.push_back(*seen(told->entry, told->conversation));
    recorder_.add(shown);
    know(told->conversation, shown.entries.front().seq);
    auto* message = std::get_if<wire::Message>(&event.event);
    if (message && message->from != user_ && message->conversation.starts_with('d')) by_user_[message->from] = message->conversation;
  } else {
    show_own(event, shown);
    moved_ = true;
    recorder_.add(shown);
    if (shown.contact) contacts_[std::string(shown.contact->user)] = shown.contact->state;
  }
  if (event.useq != 0) {
    if (world_.chance(0.02)) old_positions_.emplace_back(cursor_, useq_);
    useq_ = event.useq;
  }
}

void Device::on(std::uint64_t, wire::Page& page) {
  auto shown = operation(Op::page, Phase::none);
  shown.from = page.from;
  shown.end = page.to;
  for (const auto& change : page.changes) {
    check::Change line = sim::shown(change);
    for (const auto& entry : change.entries) {
      if (auto e = seen(entry, change.conversation)) line.entries.push_back(std::move(*e));
    }
    if (change.to > 0) {
      know(change.conversation, change.to);
      if (!change.with.empty()) by_user_[change.with] = change.conversation;
      std::uint64_t first = line.entries.empty() ? change.to + 1 : line.entries.front().seq;
      if (first > change.from + 1 && world_.chance(0.7)) do_history(change.conversation, first, std::nullopt, 100, false);
    }
    if (change.to == 0) moved_ = true;
    shown.changes.push_back(std::move(line));
  }
  for (const auto& contact : page.contacts) {
    shown.contacts.push_back({contact.user, contact.state});
    contacts_[contact.user] = contact.state;
  }
  recorder_.add(shown);
  if (!cursor_.empty()) old_positions_.emplace_back(cursor_, useq_);
  cursor_ = page.cursor;
  useq_ = page.to;
}

void Device::on(std::uint64_t, wire::Resync& resync) {
  auto shown = operation(Op::resync, Phase::none);
  shown.code = resync.reason;
  recorder_.add(shown);
  cursor_ = resync.cursor;
  // A cursor is opaque to real devices, which give it back without a useq; the history needs the number that it stands for.
  useq_ = std::stoull(cursor_.substr(cursor_.rfind('.') + 1));
  owes_list_ = true;
  moved_ = true;  // A list that is being read may be older than this cursor: then it is read again.
  list_if_owed();
}

void Device::on(std::uint64_t, wire::Synced& synced) {
  recorder_.add(operation(Op::synced, Phase::none));
  cursor_ = synced.cursor;
  synced_ = true;
}

}  // namespace kith::sim
