#include "check/changes.h"

#include <algorithm>
#include <array>

namespace kith::check {

namespace {

constexpr std::array<std::string_view, 8> kWhat{"", "created", "changed", "added", "joined", "removed", "left", "role"};

What what_of(std::string_view name) {
  auto found = std::find(kWhat.begin(), kWhat.end(), name);
  return found == kWhat.end() ? What::none : static_cast<What>(found - kWhat.begin());
}

std::uint64_t text_hash(std::string_view text) { return text.empty() ? 0 : hash(text); }

}  // namespace

std::uint64_t Made::reactions_hash() const {
  std::uint64_t sum = 0;  // Their order does not count.
  for (const auto& [reaction, op] : reactions) sum += mix(reaction.first, reaction.second);
  return sum;
}

Changes::Log& Changes::log(Id conversation) {
  while (logs_.size() < conversation) logs_.emplace_back();
  return logs_[conversation - 1];
}

const std::map<std::uint64_t, Fact>& Changes::facts(Id conversation) { return log(conversation).facts; }

const Made* Changes::made(Id conversation, std::uint64_t seq) {
  const Log& l = log(conversation);
  auto i = l.made.find(seq);
  return i == l.made.end() ? nullptr : &i->second;
}

bool Changes::knows(Id conversation, std::uint64_t first, std::uint64_t last) {
  const Blocks<Number>& numbers = messages_.conversation(conversation).numbers;
  const auto& known = log(conversation).facts;
  for (std::uint64_t seq = first; seq <= last; ++seq) {
    const Number* n = numbers.find(seq);
    if ((n == nullptr || n->message == 0) && known.find(seq) == known.end()) return false;
  }
  return true;
}

// Everything but texts, users and roles: what tells which attempts may have made an entry.
std::uint64_t Changes::key(const Fact& fact, Id conversation) const {
  std::uint64_t kind = static_cast<std::uint64_t>(fact.kind) << 8 | static_cast<std::uint64_t>(fact.what);
  bool unnamed = fact.what == What::created || fact.what == What::joined;  // Which group it will be is not known when it is asked for.
  return mix(mix(kind, pair(fact.from, unnamed ? 0 : conversation)), fact.target);
}

bool Changes::could_be(const Fact& asked, const Fact& told) const {
  if (asked.removed != told.removed || asked.role != told.role) return false;
  // A title that was not given stays as it is; who comes in is told it.
  bool says_title = told.what == What::changed || told.what == What::added || told.what == What::joined;
  // Where an edit was seen first its message may have been deleted, and its text with it; elsewhere it may be on its way still.
  bool has_text = told.text != 0 && (asked.text != 0 || !(says_title || told.kind == Kind::edited));
  if (has_text && asked.text != told.text) return false;
  return std::all_of(told.users.begin(), told.users.end(),
                     [&](Id user) { return std::find(asked.users.begin(), asked.users.end(), user) != asked.users.end(); });
}

std::uint32_t Changes::invoked(const At& at) {
  const Operation& o = at.operation;
  Attempt& a = attempts_.emplace_back();
  a.conversation = at.conversation;
  a.invoke = at.id;
  if (at.conversation != 0) a.acked_before = messages_.conversation(at.conversation).acked;
  Fact& f = a.fact;
  f.from = at.user;
  f.text = text_hash(o.text);
  f.removed = o.removed;
  if (o.op == Op::edit || o.op == Op::erase || o.op == Op::react) f.target = o.seq;
  for (std::string_view user : o.users) f.users.push_back(ledger_.users.intern(user));
  if (!o.role.empty()) f.role = roles_.intern(o.role);
  switch (o.op) {
    case Op::edit:
      f.kind = Kind::edited;
      break;
    case Op::erase:
      f.kind = Kind::deleted;
      break;
    case Op::react:
      f.kind = Kind::reacted;
      break;
    case Op::create_group:
      f.what = What::created;
      a.client_id = hash(o.client_id);
      break;
    case Op::add:
      f.what = What::added;
      break;
    case Op::join:
      f.what = What::joined;
      f.users = {at.user};
      a.code = hash(o.code);
      break;
    case Op::remove:
      f.what = f.users.size() == 1 && f.users.front() == at.user ? What::left : What::removed;
      break;
    case Op::leave:
      f.what = What::left;
      f.users = {at.user};
      break;
    case Op::role:
      f.what = What::role;
      break;
    default:
      f.what = What::changed;
  }
  if (f.kind == Kind::group && at.conversation != 0) log(at.conversation).is_group = true;
  auto number = static_cast<std::uint32_t>(attempts_.size());
  by_key_[key(f, at.conversation)].push_back(number);
  return number;
}

void Changes::outcome(const At& at, std::uint32_t number) {
  Attempt& a = attempts_[number - 1];
  a.outcome = at.id;
  a.phase = at.operation.phase;
  a.late = at.operation.late;
  if (a.phase != Phase::ok) return;
  if (a.fact.what == What::joined) {
    a.conversation = at.conversation;  // Which entry it became is not said.
    if (at.conversation != 0) log(at.conversation).is_group = true;
    return;
  }
  if (a.fact.what != What::created) return at.operation.seq == 0 ? void() : acknowledged(at, a, a.conversation, at.operation.seq);
  auto [i, is_new] = created_.try_emplace(mix(a.client_id, a.fact.from), Seen{at.conversation, at.id});
  if (!is_new && i->second.seq != at.conversation) {
    ledger_.found(Invariant::I3, i->second.op, at.id,
                  "One group was made twice, as " + std::string(ledger_.conversations[static_cast<Id>(i->second.seq)]) + " and " +
                      std::string(ledger_.conversations[at.conversation]) + ".");
  }
  a.conversation = at.conversation;
  acknowledged(at, a, at.conversation, 1);
}

void Changes::differ(Id conversation, std::uint64_t seq, OpId one, OpId other) {
  ledger_.found(Invariant::I4, one, other, "Number " + ledger_.number(conversation, seq) + " is two different entries.");
}

void Changes::acknowledged(const At& at, Attempt& attempt, Id conversation, std::uint64_t seq) {
  Log& l = log(conversation);
  const Fact& asked = attempt.fact;
  if (asked.kind == Kind::group) l.is_group = true;
  Number& n = messages_.conversation(conversation).numbers.at(seq);
  bool is_repeat = (n.acked != 0 && n.acked < attempt.invoke) || (n.seen != 0 && n.seen < attempt.invoke);
  if (!is_repeat && asked.what != What::created && attempt.acked_before.seq >= seq) {
    ledger_.found(Invariant::I6, attempt.acked_before.op, at.id,
                  "What became number " + ledger_.number(conversation, seq) + " was asked for after number " +
                      std::to_string(attempt.acked_before.seq) + " had been acknowledged.");
  }
  if (n.message != 0) differ(conversation, seq, n.first, at.id);
  if (n.changes == 0) n.changes = at.id;
  auto [i, is_new] = l.facts.try_emplace(seq, asked);
  Fact& f = i->second;
  // A deletion may be answered with the one that somebody else made before.
  if (is_new && asked.kind == Kind::deleted) f.from = 0;
  if (!is_new) {
    bool same = f.kind == asked.kind && f.target == asked.target && f.what == asked.what;
    bool same_user = f.from == 0 || asked.kind == Kind::deleted || f.from == asked.from;
    if (!same || !same_user || !could_be(asked, f)) differ(conversation, seq, f.op(), at.id);
  }
  if (f.acked == 0) f.acked = at.id;
  messages_.acknowledged(at, conversation, seq);
}

void Changes::shown(const At& at, Id conversation, const Entry& entry) {
  Log& l = log(conversation);
  Fact told;
  told.kind = entry.kind;
  told.what = what_of(entry.what);
  told.removed = entry.removed;
  told.from = ledger_.users.intern(entry.from);
  if (!entry.role.empty()) told.role = roles_.intern(entry.role);
  told.target = entry.target;
  told.text = text_hash(entry.text);
  for (std::string_view user : entry.users) told.users.push_back(ledger_.users.intern(user));
  if (entry.kind == Kind::group) l.is_group = true;
  Number& n = messages_.conversation(conversation).numbers.at(entry.seq);
  if (n.message != 0) differ(conversation, entry.seq, n.first, at.id);
  if (n.changes == 0) n.changes = at.id;
  messages_.seen(at, conversation, entry.seq, entry.time);
  auto [i, is_new] = l.facts.try_emplace(entry.seq, told);
  Fact& f = i->second;
  if (is_new) {
    f.shown = at.id;
    return;
  }
  bool same = f.kind == told.kind && f.target == told.target && f.what == told.what && f.removed == told.removed && f.role == told.role &&
              (f.from == 0 || f.from == told.from) && (f.text == 0 || told.text == 0 || f.text == told.text);
  if (f.shown != 0 && f.users != told.users) same = false;
  if (!same || !could_be(f, told)) differ(conversation, entry.seq, f.op(), at.id);
  if (f.text == 0) f.text = told.text;
  if (f.shown != 0) return;
  f.shown = at.id;
  f.from = told.from;
  f.users = told.users;
}

void Changes::invite_made(const At& at, Id conversation, std::uint64_t uses) {
  invites_.try_emplace(hash(at.operation.code), Invite{conversation, uses, at.id});
}

void Changes::invite_ended(const At& at, std::string_view code) {
  auto i = invites_.find(hash(code));
  if (i != invites_.end() && i->second.ended == 0) i->second.ended = at.id;
}

bool Changes::may_have_come(Id conversation, Id user, OpId since, OpId before) const {
  return std::any_of(attempts_.begin(), attempts_.end(), [&](const Attempt& a) {
    bool comes = a.fact.what == What::created || a.fact.what == What::added || a.fact.what == What::joined;
    bool there = a.conversation == 0 || a.conversation == conversation;
    bool over = a.phase == Phase::fail || (a.outcome != 0 && a.phase == Phase::ok && a.outcome < since);
    return comes && there && !over && a.invoke < before && std::find(a.fact.users.begin(), a.fact.users.end(), user) != a.fact.users.end();
  });
}

// ------------------------------------------------------------------------------------------------------------ at the end

void Changes::finish() {
  for (Id id = 1; id <= logs_.size(); ++id) {
    Log& l = log(id);
    while (knows(id, l.dense + 1, l.dense + 1)) ++l.dense;
    judge_asked(id);
    fold(id);
  }
  judge_twice();
  judge_invites();
}

// Whatever is shown was asked for by who is said to have done it, and had not failed.
void Changes::judge_asked(Id conversation) {
  for (const auto& [seq, fact] : log(conversation).facts) {
    if (fact.shown == 0) continue;
    OpId asked = 0, failed = 0;
    bool alive = false;
    for (std::uint32_t number : by_key_[key(fact, conversation)]) {
      const Attempt& a = attempts_[number - 1];
      if (a.invoke > fact.shown || !could_be(a.fact, fact)) continue;
      asked = a.invoke;
      if (a.phase != Phase::fail) alive = true;
      if (a.phase == Phase::fail) failed = a.outcome;
    }
    if (asked == 0) {
      ledger_.found(
          Invariant::I2, 0, fact.shown,
          "Number " + ledger_.number(conversation, seq) + " shows what " + std::string(ledger_.users[fact.from]) + " never asked for.");
    } else if (!alive) {
      ledger_.found(Invariant::I14, failed, fact.shown, "What had definitely failed is number " + ledger_.number(conversation, seq) + ".");
    }
  }
}

// No more entries than attempts that may have made one.
void Changes::judge_twice() {
  struct Count {
    std::size_t entries = 0;
    OpId last = 0;
  };
  std::unordered_map<std::uint64_t, Count> counts;
  for (Id id = 1; id <= logs_.size(); ++id) {
    for (const auto& [seq, fact] : log(id).facts) {
      if (fact.from == 0) continue;
      Count& count = counts[key(fact, id)];
      ++count.entries;
      count.last = std::max(count.last, fact.op());
    }
  }
  for (const auto& [k, count] : counts) {
    std::size_t possible = 0;
    OpId invoke = 0;
    for (std::uint32_t number : by_key_[k]) {
      const Attempt& a = attempts_[number - 1];
      if (a.phase == Phase::fail) continue;
      ++possible;
      invoke = a.invoke;
    }
    // None at all is I2's or I14's business.
    if (possible != 0 && count.entries > possible) {
      ledger_.found(Invariant::I3, invoke, count.last,
                    "What was asked for " + std::to_string(possible) + " times has " + std::to_string(count.entries) + " entries.");
    }
  }
}

// A link brings in as many as it is for, and nobody once it was ended. Only those count who can have come by no other one.
void Changes::judge_invites() {
  for (const auto& [code, invite] : invites_) {
    std::map<Id, bool> by;  // Who tried it: by it alone.
    for (const Attempt& a : attempts_) {
      if (a.fact.what == What::joined && a.code == code) by.try_emplace(a.fact.from, true);
    }
    for (const Attempt& a : attempts_) {
      bool other = a.fact.what == What::joined && a.code != code && a.phase != Phase::fail;
      if (other && by.contains(a.fact.from)) by[a.fact.from] = false;
    }
    const auto& facts = log(invite.conversation).facts;
    std::uint64_t came = 0;
    OpId last = 0;
    for (const auto& [seq, fact] : facts) {
      auto who = by.find(fact.from);
      if (fact.what != What::joined || fact.shown == 0 || who == by.end() || !who->second) continue;
      ++came;
      last = std::max(last, fact.shown);
    }
    judge_ended(code, invite, by);
    judge_expired(code, invite, by);
    if (invite.uses != 0 && came > invite.uses) {
      ledger_.found(Invariant::I3, invite.made, last,
                    "By an invite for " + std::to_string(invite.uses) + ", " + std::to_string(came) + " came.");
    }
  }
}

// Somebody is in who asked only when the link was at its end already.
void Changes::judge_ended(std::uint64_t code, const Invite& invite, const std::map<Id, bool>& by) {
  if (invite.ended == 0) return;
  for (const auto& [user, by_it_alone] : by) {
    if (!by_it_alone) continue;
    OpId first = 0;
    for (const Attempt& a : attempts_) {
      if (first == 0 && a.fact.what == What::joined && a.code == code && a.fact.from == user) first = a.invoke;
    }
    for (const auto& [seq, fact] : log(invite.conversation).facts) {
      if (fact.what != What::joined || fact.from != user || fact.shown == 0 || first < invite.ended) continue;
      ledger_.found(Invariant::I10, invite.ended, fact.shown,
                    std::string(ledger_.users[user]) + " came in by an invite that had been ended.");
    }
  }
}

// Every attempt that may have brought them in came too late.
void Changes::judge_expired(std::uint64_t code, const Invite& invite, const std::map<Id, bool>& by) {
  for (const auto& [user, by_it_alone] : by) {
    OpId late = 0;
    bool in_time = false;
    for (const Attempt& a : attempts_) {
      if (a.fact.what != What::joined || a.code != code || a.fact.from != user || a.phase == Phase::fail) continue;
      if (late == 0) late = a.invoke;
      in_time = in_time || !a.late;
    }
    if (!by_it_alone || in_time || late == 0) continue;
    for (const auto& [seq, fact] : log(invite.conversation).facts) {
      if (fact.what != What::joined || fact.from != user || fact.shown == 0) continue;
      ledger_.found(Invariant::I10, late, fact.shown, std::string(ledger_.users[user]) + " came in by an invite that had expired.");
    }
  }
}

void Changes::fold(Id conversation) {
  for (const auto& [seq, fact] : log(conversation).facts) {
    if (seq > log(conversation).dense) break;
    if (fact.kind != Kind::group) fold_one(conversation, seq, fact);
  }
}

void Changes::fold_one(Id conversation, std::uint64_t seq, const Fact& fact) {
  Id sender = messages_.sender(conversation, fact.target);
  std::string what = "Number " + ledger_.number(conversation, seq);
  if (sender == 0 || fact.target >= seq) {
    ledger_.found(Invariant::I2, 0, fact.op(),
                  what + " changes number " + std::to_string(fact.target) + ", which is no message before it.");
    return;
  }
  Made& made = log(conversation).made[fact.target];
  if (made.deleted != 0) {
    ledger_.found(Invariant::I11, made.deleted_by, fact.op(),
                  what + " changes a message that number " + std::to_string(made.deleted) + " had deleted.");
    return;
  }
  bool foreign = fact.from != 0 && fact.from != sender;
  switch (fact.kind) {
    case Kind::edited:
      if (foreign) ledger_.found(Invariant::I12, 0, fact.op(), what + " edits a message of somebody else.");
      made.edits.push_back(seq);
      made.text = fact.text;
      break;
    case Kind::deleted:
      if (foreign && !is_group(conversation)) ledger_.found(Invariant::I11, 0, fact.op(), what + " deletes a message of somebody else.");
      made.deleted = seq;
      made.deleted_by = fact.op();
      break;
    default: {
      std::pair reaction(fact.text, fact.from);
      auto there = made.reactions.find(reaction);
      if ((there == made.reactions.end()) == fact.removed) {
        ledger_.found(Invariant::I3, there == made.reactions.end() ? 0 : there->second, fact.op(),
                      what + (fact.removed ? " takes back a reaction that is not there." : " is a reaction that was there already."));
      }
      if (fact.removed) {
        made.reactions.erase(reaction);
      } else {
        made.reactions[reaction] = fact.op();
      }
    }
  }
}

}  // namespace kith::check
