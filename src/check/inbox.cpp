#include "check/inbox.h"

#include <algorithm>

namespace kith::check {

namespace {

// As on the wire, 0 is absent.
std::optional<std::uint64_t> step_of(const At& at) {
  auto useq = at.operation.useq;
  return useq && *useq != 0 ? useq : std::nullopt;
}

}  // namespace

Inbox::UserInbox& Inbox::inbox(Id user) {
  while (inboxes_.size() < user) inboxes_.emplace_back();
  return inboxes_[user - 1];
}

Inbox::Feed& Inbox::feed(Id process) {
  while (feeds_.size() < process) feeds_.emplace_back();
  return feeds_[process - 1];
}

Inbox::Told& Inbox::told(const At& at, Id conversation) {
  Told& t = told_[pair(at.process, conversation)];
  std::uint32_t epoch = feed(at.process).epoch;
  if (t.epoch != epoch) t = {epoch};
  return t;
}

UserConversation& Inbox::user_conversation(Id user, Id conversation) {
  auto [i, is_new] = conversations_.try_emplace(pair(user, conversation));
  if (is_new) inbox(user).conversations.push_back(conversation);
  return i->second;
}

void Inbox::sync(const At& at) {
  const Operation& o = at.operation;
  Feed& f = feed(at.process);
  bool goes_on = o.cursor == Cursor::own && f.position && o.useq && *f.position == *o.useq;
  if (!goes_on) ++f.epoch;
  f.position.reset();
  if (o.cursor == Cursor::own) f.position = o.useq.value_or(0);
  f.moved = f.sync = at.id;
  f.is_fresh = true;
  f.must_resync = o.cursor != Cursor::own;
  f.is_synced = false;
  f.cursor = o.cursor;
  f.floor = inbox(at.user).head;
  f.run_conversation = 0;
}

void Inbox::ready(const At& at) {
  const Feed& f = feed(at.process);
  std::uint64_t head = at.operation.useq.value_or(0);
  if (at.operation.useq && head < f.floor.seq) {
    ledger_.found(Invariant::I9, f.floor.op, at.id,
                  "The head of the inbox is said to be " + std::to_string(head) + " after it was " + std::to_string(f.floor.seq) + ".");
  }
  inbox(at.user).head.raise(head, at.id);
}

void Inbox::resync(const At& at) {
  Feed& f = feed(at.process);
  if (f.cursor == Cursor::own && at.operation.code != "rebuilt") {
    ledger_.found(Invariant::I9, f.sync, at.id, "A cursor of this store is answered by resync (" + std::string(at.operation.code) + ").");
  }
  f.must_resync = false;
  f.position.reset();
  ++f.epoch;
  f.run_conversation = 0;
}

// Whatever comes in a feed: a cursor that cannot be used must have been answered by resync.
void Inbox::answered(const At& at, Feed& f) {
  if (!f.must_resync) return;
  f.must_resync = false;
  ledger_.found(Invariant::I9, f.sync, at.id,
                "A " + std::string(f.cursor == Cursor::none ? "missing" : name(f.cursor)) + " cursor is not answered by resync.");
}

void Inbox::synced(const At& at) {
  Feed& f = feed(at.process);
  answered(at, f);
  if (f.position && *f.position < f.floor.seq) {
    ledger_.found(Invariant::I9, f.floor.op, at.id,
                  "Synced at useq " + std::to_string(*f.position) + ", but a device of the user had been told of " +
                      std::to_string(f.floor.seq) + " before.");
  }
  f.is_synced = true;
}

// The feed shows (from, to]. False: it does not go on from where the feed stood, so nothing is known of its conversations any more.
bool Inbox::move(const At& at, std::uint64_t from, std::uint64_t to) {
  Feed& f = feed(at.process);
  bool contiguous = !f.position || *f.position == from;
  if (!contiguous) {
    ledger_.found(f.is_fresh ? Invariant::I9 : Invariant::I5, f.moved, at.id,
                  "The feed stood at useq " + std::to_string(*f.position) + " and goes on after " + std::to_string(from) + ".");
    ++f.epoch;
    f.run_conversation = 0;
  } else if (!f.position && f.is_synced && from < f.floor.seq) {
    ledger_.found(Invariant::I9, f.floor.op, at.id,
                  "After resync and synced the feed goes on after useq " + std::to_string(from) +
                      ", but a device of the user had been told of " + std::to_string(f.floor.seq) + " before.");
  }
  f.position = to;
  f.moved = at.id;
  f.is_fresh = false;
  inbox(at.user).head.raise(to, at.id);
  return contiguous;
}

void Inbox::event(const At& at) {
  answered(at, feed(at.process));
  at.operation.entries.empty() ? own_event(at) : message_event(at);
}

void Inbox::message_event(const At& at) {
  Feed& f = feed(at.process);
  std::uint64_t seq = at.operation.entries.front().seq;
  auto useq = step_of(at);
  bool contiguous = !useq || move(at, *useq - 1, *useq);
  Told& t = told(at, at.conversation);
  if (f.run_conversation != at.conversation) end_run(at, "another conversation");
  bool in_run = f.run_conversation != 0;
  std::uint64_t before = in_run ? f.run_last : t.seq;
  if (contiguous && before != 0 && seq != before + 1) {
    OpId earlier = in_run ? f.run_op : t.op;
    std::string what = "The feed had told of " + ledger_.number(at.conversation, before) + " and goes on with " + std::to_string(seq) + ".";
    if (in_run || seq <= before) {
      ledger_.found(Invariant::I5, earlier, at.id, what);
    } else {
      members_.gap(at.user, at.conversation, before + 1, seq - 1, Invariant::I5, earlier, at.id, std::move(what));
    }
  }
  if (!in_run) f.run_first = seq;
  f.run_conversation = at.conversation;
  f.run_last = seq;
  f.run_op = at.id;
  user_conversation(at.user, at.conversation).feed.raise(seq, at.id);
  if (!useq) return;
  step(at, *useq, {at.id, at.conversation, Kind::entries, contiguous ? f.run_first : 0, seq});
  t.seq = seq;
  t.op = at.id;
  f.run_conversation = 0;
}

void Inbox::end_run(const At& at, std::string_view what) {
  Feed& f = feed(at.process);
  if (f.run_conversation == 0) return;
  ledger_.found(
      Invariant::I5, f.run_op, at.id,
      "A step with number " + ledger_.number(f.run_conversation, f.run_last) + " was never ended: " + std::string(what) + " comes.");
  f.run_conversation = 0;
}

// A step that is about the user alone.
void Inbox::own_event(const At& at) {
  const Operation& o = at.operation;
  Step shown{at.id, at.conversation, Kind::other, 0, 0};
  if (o.mark != 0) shown.kind = Kind::read, shown.last = o.mark;
  if (o.cleared != 0) shown.kind = Kind::cleared, shown.last = o.cleared;
  if (o.hidden != 0) shown.kind = Kind::hidden, shown.last = o.hidden;
  if (!o.settings.empty()) shown.kind = Kind::settings, shown.last = settings_hash(o.settings);
  if (o.contact)
    shown.kind = Kind::contact, shown.conversation = ledger_.users.intern(o.contact->user), shown.last = hash(o.contact->state);
  end_run(at, shown.kind == Kind::read ? "a read mark" : "something of the user's own");
  if (auto useq = step_of(at)) {
    move(at, *useq - 1, *useq);
    step(at, *useq, shown);
  }
  if (shown.kind == Kind::read) mark_in_feed(at, at.conversation, o.mark);
  if (shown.kind == Kind::cleared) cleared_in_feed(at, at.conversation, o.cleared);
  if (shown.kind == Kind::hidden) own_shown(Op::hide, at.user, at.conversation, o.hidden, at.id);
  if (shown.kind == Kind::settings) own_shown(Op::configure, at.user, at.conversation, shown.last, at.id);
}

void Inbox::step(const At& at, std::uint64_t useq, const Step& shown) {
  Step& s = inbox(at.user).steps.at(useq);
  if (s.op == 0) {
    s = shown;
    return;
  }
  bool begins_alike = s.first == 0 || shown.first == 0 || s.first == shown.first;
  if (s.conversation != shown.conversation || s.kind != shown.kind || s.last != shown.last || !begins_alike) {
    ledger_.found(
        Invariant::I4, s.op, at.id,
        "Step " + std::to_string(useq) + " of the inbox of " + std::string(ledger_.users[at.user]) + " was shown with two contents.");
  }
  if (s.first == 0) s.first = shown.first;
}

void Inbox::page(const At& at) {
  const Operation& o = at.operation;
  Feed& f = feed(at.process);
  answered(at, f);
  f.run_conversation = 0;  // A step that was cut comes again, in a page.
  if (o.end < o.from) {
    ledger_.found(Invariant::I5, f.moved, at.id, "A page ends before it begins.");
    return;
  }
  bool contiguous = move(at, o.from, o.end);
  Page kept{at.id, o.from, o.end, {}};
  for (const Change& c : o.changes) {
    change(at, c, contiguous);
    std::uint64_t settings = c.settings.empty() ? 0 : settings_hash(c.settings);
    kept.changes.push_back({ledger_.conversations.intern(c.conversation), false, c.from, c.to, c.read, c.cleared, settings, c.hidden});
  }
  for (const Contact& contact : o.contacts) {
    kept.changes.push_back({ledger_.users.intern(contact.user), true, 0, 0, 0, 0, hash(contact.state), {}});
  }
  std::sort(kept.changes.begin(), kept.changes.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
  inbox(at.user).pages.push_back(std::move(kept));
}

void Inbox::change(const At& at, const Change& c, bool contiguous) {
  Id conversation = ledger_.conversations.intern(c.conversation);
  Told& t = told(at, conversation);
  if (c.to < c.from) {
    ledger_.found(Invariant::I5, t.op, at.id, "A change of " + std::string(c.conversation) + " ends before it begins.");
    return;
  }
  if (contiguous && t.seq != 0 && c.to > c.from && c.from != t.seq) {
    std::string what =
        "The feed had told of " + ledger_.number(conversation, t.seq) + " and a page goes on after " + std::to_string(c.from) + ".";
    if (c.from < t.seq) {
      ledger_.found(Invariant::I5, t.op, at.id, what);
    } else {
      members_.gap(at.user, conversation, t.seq + 1, c.from, Invariant::I5, t.op, at.id, std::move(what));
    }
  }
  judge_entries(at, conversation, c);
  if (c.to > c.from) {
    t.seq = c.to;
    t.op = at.id;
    user_conversation(at.user, conversation).feed.raise(c.to, at.id);
    messages_.conversation(conversation).add_member(at.user);
  }
  if (c.read != 0) mark_in_feed(at, conversation, c.read);
  if (c.cleared != 0) cleared_in_feed(at, conversation, c.cleared);
  for (std::uint64_t seq : c.hidden) own_shown(Op::hide, at.user, conversation, seq, at.id);
  if (!c.settings.empty()) own_shown(Op::configure, at.user, conversation, settings_hash(c.settings), at.id);
}

// The entries of a page are the newest of what it tells of, without a hole but where the user was no member, or what they took out.
void Inbox::judge_entries(const At& at, Id conversation, const Change& c) {
  OpId earlier = told(at, conversation).op;
  std::string what =
      "The entries of a change of " + std::string(c.conversation) + " are not the newest up to " + std::to_string(c.to) + ".";
  std::uint64_t last = 0;
  for (const Entry& entry : c.entries) {
    if (entry.seq <= std::max(last, c.from) || entry.seq > c.to) return ledger_.found(Invariant::I5, earlier, at.id, what);
    if (last != 0) members_.gap(at.user, conversation, last + 1, entry.seq - 1, Invariant::I5, earlier, at.id, what, true);
    last = entry.seq;
  }
  if (last != 0) members_.gap(at.user, conversation, last + 1, c.to, Invariant::I5, earlier, at.id, what, true);
}

void Inbox::mark_in_feed(const At& at, Id conversation, std::uint64_t seq) {
  Told& t = told(at, conversation);
  if (seq < t.mark) {
    ledger_.found(Invariant::I13, t.mark_op, at.id,
                  "The own read mark of " + std::string(ledger_.conversations[conversation]) + " goes back from " + std::to_string(t.mark) +
                      " to " + std::to_string(seq) + ".");
  }
  t.mark = seq;
  t.mark_op = at.id;
  user_conversation(at.user, conversation).mark.raise(seq, at.id);
  own_shown(Op::read, at.user, conversation, seq, at.id);
}

void Inbox::cleared_in_feed(const At& at, Id conversation, std::uint64_t seq) {
  Told& t = told(at, conversation);
  if (seq < t.cleared) {
    ledger_.found(Invariant::I13, t.cleared_op, at.id,
                  "What was cleared of " + std::string(ledger_.conversations[conversation]) + " goes back from " +
                      std::to_string(t.cleared) + " to " + std::to_string(seq) + ".");
  }
  t.cleared = seq;
  t.cleared_op = at.id;
  user_conversation(at.user, conversation).cleared.raise(seq, at.id);
  own_shown(Op::clear, at.user, conversation, seq, at.id);
}

void Inbox::own_shown(Op what, Id user, Id conversation, std::uint64_t value, OpId op) {
  if (value == 0) return;
  OwnShown shown{what, user, conversation, value, op};
  if (!shown_.empty()) {
    OwnShown last = shown_.back();
    last.op = op;
    if (last == shown) return;
  }
  shown_.push_back(shown);
}

void Inbox::final_item(const At& at, Id conversation, const Item& item) {
  own_shown(Op::read, at.user, conversation, item.read, at.id);
  own_shown(Op::clear, at.user, conversation, item.cleared, at.id);
}

void Inbox::listed(const At& at, OpId invoke, bool first) {
  std::vector<Id> shown;
  for (const Item& item : at.operation.items) {
    Id conversation = ledger_.conversations.intern(item.conversation);
    shown.push_back(conversation);
    UserConversation& u = user_conversation(at.user, conversation);
    if (u.feed.op < invoke && item.head < u.feed.seq) {
      ledger_.found(Invariant::I9, u.feed.op, at.id,
                    "The list shows " + std::string(item.conversation) + " up to " + std::to_string(item.head) + ", a feed had told of " +
                        std::to_string(u.feed.seq) + " before.");
    }
    if (u.mark.op < invoke && item.read < u.mark.seq) {
      ledger_.found(Invariant::I13, u.mark.op, at.id,
                    "The list shows the read mark of " + std::string(item.conversation) + " at " + std::to_string(item.read) +
                        ", a feed had shown " + std::to_string(u.mark.seq) + " before.");
    }
    if (u.cleared.op < invoke && item.cleared < u.cleared.seq) {
      ledger_.found(Invariant::I13, u.cleared.op, at.id,
                    "The list shows " + std::string(item.conversation) + " as cleared up to " + std::to_string(item.cleared) +
                        ", a feed had shown " + std::to_string(u.cleared.seq) + " before.");
    }
    if (!is_quiesced_) u.listed.raise(item.head, at.id);
    final_item(at, conversation, item);
    if (!item.settings.empty()) own_shown(Op::configure, at.user, conversation, settings_hash(item.settings), at.id);
  }
  if (!first || at.operation.more) return;
  std::sort(shown.begin(), shown.end());
  for (Id conversation : inbox(at.user).conversations) {
    const UserConversation& u = user_conversation(at.user, conversation);
    if (u.feed.seq == 0 || u.feed.op >= invoke || std::binary_search(shown.begin(), shown.end(), conversation)) continue;
    ledger_.found(Invariant::I9, u.feed.op, at.id,
                  "The list is complete without " + std::string(ledger_.conversations[conversation]) + ", which a feed had shown before.");
  }
}

std::uint32_t Inbox::own_invoked(const At& at) {
  const Operation& o = at.operation;
  attempts_.push_back({o.op, at.user, at.conversation, o.op == Op::configure ? settings_hash(o.settings) : o.seq, at.id});
  return static_cast<std::uint32_t>(attempts_.size());
}

void Inbox::own_outcome(const At& at, std::uint32_t attempt) {
  OwnAttempt& a = attempts_[attempt - 1];
  if (at.operation.phase == Phase::fail) a.failed = true;
  if (at.operation.phase != Phase::ok) return;
  UserConversation& u = user_conversation(at.user, a.conversation);
  if (a.what == Op::read) u.read_ok.raise(a.value, at.id);
  if (a.what == Op::clear) u.cleared_ok.raise(a.value, at.id);
}

}  // namespace kith::check
