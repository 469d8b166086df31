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
  at.operation.entries.empty() ? read_event(at) : message_event(at);
}

void Inbox::message_event(const At& at) {
  Feed& f = feed(at.process);
  std::uint64_t seq = at.operation.entries.front().seq;
  auto useq = step_of(at);
  bool contiguous = !useq || move(at, *useq - 1, *useq);
  Told& t = told(at, at.conversation);
  bool in_run = f.run_conversation != 0;
  if (in_run && f.run_conversation != at.conversation) {
    ledger_.found(Invariant::I5, f.run_op, at.id,
                  "A step with number " + ledger_.number(f.run_conversation, f.run_last) + " was never ended: another conversation comes.");
    f.run_conversation = 0;
    in_run = false;
  }
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
  step(at, *useq, false, contiguous ? f.run_first : 0, seq);
  t.seq = seq;
  t.op = at.id;
  f.run_conversation = 0;
}

void Inbox::read_event(const At& at) {
  Feed& f = feed(at.process);
  if (f.run_conversation != 0) {
    ledger_.found(Invariant::I5, f.run_op, at.id,
                  "A step with number " + ledger_.number(f.run_conversation, f.run_last) + " was never ended: a read mark comes.");
    f.run_conversation = 0;
  }
  auto useq = step_of(at);
  if (useq) {
    move(at, *useq - 1, *useq);
    step(at, *useq, true, 0, at.operation.mark);
  }
  mark_in_feed(at, at.conversation, at.operation.mark);
}

void Inbox::step(const At& at, std::uint64_t useq, bool is_read, std::uint64_t first, std::uint64_t last) {
  Step& s = inbox(at.user).steps.at(useq);
  if (s.op == 0) {
    s = {at.id, at.conversation, is_read, first, last};
    return;
  }
  bool begins_alike = s.first == 0 || first == 0 || s.first == first;
  if (s.conversation != at.conversation || s.is_read != is_read || s.last != last || !begins_alike) {
    ledger_.found(
        Invariant::I4, s.op, at.id,
        "Step " + std::to_string(useq) + " of the inbox of " + std::string(ledger_.users[at.user]) + " was shown with two contents.");
  }
  if (s.first == 0) s.first = first;
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
    kept.changes.push_back({ledger_.conversations.intern(c.conversation), c.from, c.to, c.read});
  }
  std::sort(kept.changes.begin(), kept.changes.end(), [](const auto& a, const auto& b) { return a.conversation < b.conversation; });
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
}

// The entries of a page are the newest of what it tells of, without a hole but where the user was no member.
void Inbox::judge_entries(const At& at, Id conversation, const Change& c) {
  OpId earlier = told(at, conversation).op;
  std::string what =
      "The entries of a change of " + std::string(c.conversation) + " are not the newest up to " + std::to_string(c.to) + ".";
  std::uint64_t last = 0;
  for (const Entry& entry : c.entries) {
    if (entry.seq <= std::max(last, c.from) || entry.seq > c.to) return ledger_.found(Invariant::I5, earlier, at.id, what);
    if (last != 0) members_.gap(at.user, conversation, last + 1, entry.seq - 1, Invariant::I5, earlier, at.id, what);
    last = entry.seq;
  }
  if (last != 0) members_.gap(at.user, conversation, last + 1, c.to, Invariant::I5, earlier, at.id, what);
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
  mark_shown(at, conversation, seq);
}

void Inbox::mark_shown(const At& at, Id conversation, std::uint64_t seq) {
  if (seq == 0) return;
  if (!marks_.empty() && marks_.back().user == at.user && marks_.back().conversation == conversation && marks_.back().seq == seq) return;
  marks_.push_back({at.user, conversation, seq, at.id});
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
    if (!is_quiesced_) u.listed.raise(item.head, at.id);
    mark_shown(at, conversation, item.read);
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

std::uint32_t Inbox::read_invoked(const At& at) {
  reads_.push_back({at.user, at.conversation, at.operation.seq, at.id});
  return static_cast<std::uint32_t>(reads_.size());
}

void Inbox::read_outcome(const At& at, std::uint32_t attempt) {
  ReadAttempt& r = reads_[attempt - 1];
  if (at.operation.phase == Phase::fail) r.failed = true;
  if (at.operation.phase == Phase::ok) user_conversation(at.user, r.conversation).read_ok.raise(r.seq, at.id);
}

}  // namespace kith::check
