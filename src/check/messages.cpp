#include "check/messages.h"

#include <algorithm>
#include <cstring>

namespace kith::check {

void Conversation::add_member(Id user) {
  if (user != 0 && std::find(members.begin(), members.end(), user) == members.end()) members.push_back(user);
}

Conversation& Messages::conversation(Id id) {
  while (conversations_.size() < id) conversations_.emplace_back();
  return conversations_[id - 1];
}

Messages::ClientId Messages::parse(std::string_view text) {
  std::uint64_t words[2] = {0, 0};
  std::size_t digits = 0;
  bool hex = true;
  for (char c : text) {
    if (c == '-') continue;
    int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (value < 0 || digits == 32) {
      hex = false;
      break;
    }
    words[digits / 16] = words[digits / 16] << 4 | static_cast<std::uint64_t>(value);
    ++digits;
  }
  if (hex && digits == 32) return {words[0], words[1]};
  return {hash(text), mix(hash(text), text.size() + 77)};
}

std::uint32_t Messages::find(Id user, std::string_view client_id, std::string_view text) {
  auto [i, is_new] = by_key_.try_emplace(Key{user, parse(client_id)}, static_cast<std::uint32_t>(messages_.size() + 1));
  std::uint64_t text_hash = hash(text);
  std::uint32_t last = 0;
  if (!is_new) {
    for (std::uint32_t index = i->second; index != 0; index = message(index).next) {
      if (message(index).text == text_hash) return index;
      last = index;
    }
  }
  Message& made = messages_.emplace_back();
  auto index = static_cast<std::uint32_t>(messages_.size());
  made.user = user;
  made.text = text_hash;
  made.head = i->second;
  if (last != 0) message(last).next = index;
  return index;
}

OpId Messages::first_invoke(const Message& head) const {
  OpId first = head.invoked;
  for (std::uint32_t index = head.next; index != 0; index = messages_[index - 1].next) {
    OpId invoked = messages_[index - 1].invoked;
    if (invoked != 0 && (first == 0 || invoked < first)) first = invoked;
  }
  return first;
}

// The payload of a message that has another text by now: the one that has its number already, or the one that was sent.
std::uint32_t Messages::find_changed(Id user, std::string_view client_id, std::uint32_t placed) {
  auto i = by_key_.find(Key{user, parse(client_id)});
  if (i == by_key_.end()) return find(user, client_id, {});
  if (placed != 0 && message(placed).head == i->second) return placed;
  for (std::uint32_t index = i->second; index != 0; index = message(index).next) {
    if (message(index).invoked != 0) return index;
  }
  return i->second;
}

void Messages::learn_direct(Id user, Id other, Id id, OpId op) {
  Conversation& c = conversation(id);
  c.is_direct = true;
  c.one = user;
  c.other = other;
  c.add_member(user);
  c.add_member(other);
  auto [i, is_new] = direct_.try_emplace(pair(std::min(user, other), std::max(user, other)), Seen{id, op});
  if (!is_new && i->second.seq != id) {
    ledger_.found(Invariant::I4, i->second.op, op,
                  "The direct conversation of " + std::string(ledger_.users[user]) + " and " + std::string(ledger_.users[other]) +
                      " has two ids, " + std::string(ledger_.conversations[static_cast<Id>(i->second.seq)]) + " and " +
                      std::string(ledger_.conversations[id]) + ".");
  }
}

std::uint32_t Messages::invoked(const At& at) {
  const Operation& o = at.operation;
  std::uint32_t index = find(at.user, o.client_id, o.text);
  Message& m = message(index);
  Id to = o.to.empty() ? 0 : ledger_.users.intern(o.to);
  Id target = at.conversation;
  if (to != 0) {
    auto i = direct_.find(pair(std::min(at.user, to), std::max(at.user, to)));
    if (i != direct_.end()) target = static_cast<Id>(i->second.seq);
    m.to = to;
  }
  if (m.conversation == 0) m.conversation = target;
  if (m.invoked == 0) {
    m.invoked = at.id;
    m.details = o.details;
    for (std::string_view user : o.mentions) mentions_[index].asked.push_back(ledger_.users.intern(user));
    if (target != 0) {
      m.acked_before = conversation(target).acked;
      m.seen_before = conversation(target).seen;
    }
  }
  if (m.details != o.details) ledger_.broken(at.id, "a repeat has other details than the first attempt");
  ++m.attempts;
  attempts_.push_back({index, at.process, o.alone ? 0 : ledger_.process[at.process - 1].connection, at.id});
  return static_cast<std::uint32_t>(attempts_.size());
}

void Messages::outcome(const At& at, std::uint32_t number) {
  Attempt& attempt = attempts_[number - 1];
  attempt.outcome = at.id;
  attempt.phase = at.operation.phase;
  attempt.repeated = at.operation.repeated;
  Message& m = message(attempt.message);
  if (attempt.phase == Phase::fail) m.failed = at.id;
  if (attempt.phase != Phase::ok || !is_asked_for(at, attempt.message, at.conversation)) return;
  std::uint64_t seq = at.operation.seq;
  Conversation& c = conversation(at.conversation);
  put(at, attempt.message, at.conversation, seq);
  stamp(at, at.conversation, seq, at.operation.time, 0);
  Number& n = c.numbers.at(seq);
  if (n.unknown != 0) {
    ledger_.found(Invariant::I1, n.unknown, at.id,
                  "Number " + ledger_.number(at.conversation, seq) + " was acknowledged, but shown as unknown.");
  }
  acknowledged(at, at.conversation, seq);
}

void Messages::acknowledged(const At& at, Id id, std::uint64_t seq) {
  Conversation& c = conversation(id);
  c.add_member(at.user);
  Number& n = c.numbers.at(seq);
  if (n.acked == 0) n.acked = at.id;
  c.acked.raise(seq, at.id);
}

void Messages::seen(const At& at, Id id, std::uint64_t seq, std::int64_t time) {
  Conversation& c = conversation(id);
  c.add_member(at.user);
  Number& n = c.numbers.at(seq);
  if (n.seen == 0) n.seen = at.id;
  c.seen.raise(seq, at.id);
  stamp(at, id, seq, time, 0);
}

void Messages::shown(const At& at, Id id, const Entry& entry) {
  Conversation& c = conversation(id);
  seen(at, id, entry.seq, entry.time);
  Number& n = c.numbers.at(entry.seq);
  if (entry.unknown) {
    if (n.unknown == 0) n.unknown = at.id;
    if (n.acked != 0) {
      ledger_.found(Invariant::I1, n.acked, at.id,
                    "Number " + ledger_.number(id, entry.seq) + " was acknowledged, but is shown as unknown.");
    }
    return;
  }
  Id from = ledger_.users.intern(entry.from);
  c.add_member(from);
  bool is_original = entry.edits.empty() && entry.deleted == 0 && (!entry.withheld || !entry.text.empty());
  std::uint32_t index = is_original ? find(from, entry.client_id, entry.text) : find_changed(from, entry.client_id, n.message);
  Message& m = message(index);
  if (m.seen == 0) m.seen = at.id;
  if (m.invoked == 0) {
    ledger_.found(Invariant::I2, message(m.head).invoked, at.id,
                  "Number " + ledger_.number(id, entry.seq) + " shows a message that " + std::string(ledger_.users[from]) +
                      " never sent (client id " + std::string(entry.client_id) + ").");
  }
  if (m.invoked != 0) judge_details(at, index, id, entry);
  if (is_asked_for(at, index, id)) put(at, index, id, entry.seq);
  stamp(at, id, entry.seq, entry.time, entry.n);
}

// What a message has besides its text is what its sender gave, whatever became of the text; of the mentions only some may be kept, always
// the same. That nothing is left of a deleted one is judged elsewhere (Texts).
void Messages::judge_details(const At& at, std::uint32_t index, Id id, const Entry& entry) {
  bool nothing = entry.text.empty() && entry.details == 0 && entry.mentions.empty();
  if (entry.deleted != 0 || (entry.withheld && nothing)) return;
  const Message& m = message(index);
  std::string number = "Number " + ledger_.number(id, entry.seq);
  if (entry.details != m.details) {
    ledger_.found(Invariant::I2, m.invoked, at.id, number + " is shown with other details than it was sent with.");
  }
  auto found = mentions_.find(index);
  if (found == mentions_.end() && entry.mentions.empty()) return;
  Mentions& mentions = found == mentions_.end() ? mentions_[index] : found->second;
  std::vector<Id> shown;
  for (std::string_view user : entry.mentions) shown.push_back(ledger_.users.intern(user));
  bool asked = std::all_of(shown.begin(), shown.end(),
                           [&](Id user) { return std::find(mentions.asked.begin(), mentions.asked.end(), user) != mentions.asked.end(); });
  if (!asked) ledger_.found(Invariant::I2, m.invoked, at.id, number + " mentions somebody whom its sender did not.");
  if (mentions.shown == 0) {
    mentions.kept = std::move(shown);
    mentions.shown = at.id;
  } else if (mentions.kept != shown) {
    ledger_.found(Invariant::I4, mentions.shown, at.id, number + " mentions two different lists of users.");
  }
}

// A message must be in the conversation that it was sent to.
bool Messages::is_asked_for(const At& at, std::uint32_t index, Id id) {
  Message& m = message(index);
  if (m.conversation == 0 && m.to != 0) learn_direct(m.user, m.to, id, at.id);
  if (m.conversation == 0) m.conversation = id;
  if (m.conversation == id) return true;
  ledger_.found(
      Invariant::I2, m.invoked, at.id,
      "A message for " + std::string(ledger_.conversations[m.conversation]) + " is in " + std::string(ledger_.conversations[id]) + ".");
  return false;
}

// The message has this number: the same as ever, and above all that came before it was sent.
void Messages::put(const At& at, std::uint32_t index, Id id, std::uint64_t seq) {
  Message& m = message(index);
  Message& head = message(m.head);
  if (head.placed == 0) {
    head.place = seq;
    head.placed_in = id;
    head.placed = at.id;
    if (m.acked_before.seq >= seq && m.invoked != 0) {
      ledger_.found(Invariant::I6, m.acked_before.op, at.id,
                    "The message of number " + ledger_.number(id, seq) + " was sent after number " + std::to_string(m.acked_before.seq) +
                        " had been acknowledged.");
    } else if (m.seen_before.seq >= seq && m.invoked != 0) {
      ledger_.found(Invariant::I7, m.seen_before.op, at.id,
                    "The message of number " + ledger_.number(id, seq) + " was sent after number " + std::to_string(m.seen_before.seq) +
                        " had been seen.");
    }
  } else if (head.placed_in != id || head.place != seq) {
    ledger_.found(Invariant::I3, head.placed, at.id,
                  "One message of " + std::string(ledger_.users[m.user]) + " has two numbers, " +
                      ledger_.number(head.placed_in, head.place) + " and " + ledger_.number(id, seq) + ".");
  }
  Number& n = conversation(id).numbers.at(seq);
  if (n.changes != 0) ledger_.found(Invariant::I4, n.changes, at.id, "Number " + ledger_.number(id, seq) + " is two different entries.");
  if (n.message == 0) {
    n.message = index;
    n.first = at.id;
    return;
  }
  // Another text under the same client id is I2's business unless both were really sent.
  bool same_id = message(n.message).head == m.head;
  if (n.message != index && (!same_id || (m.invoked != 0 && message(n.message).invoked != 0))) {
    ledger_.found(Invariant::I4, n.first, at.id, "Number " + ledger_.number(id, seq) + " is two different messages.");
  }
}

void Messages::stamp(const At& at, Id id, std::uint64_t seq, std::int64_t time, std::uint64_t n) {
  Number& number = conversation(id).numbers.at(seq);
  if (time != 0 && number.timed == 0) {
    number.time = time;
    number.timed = at.id;
  } else if (time != 0 && number.time != time) {
    ledger_.found(Invariant::I4, number.timed, at.id, "Number " + ledger_.number(id, seq) + " has two times.");
  }
  if (n != 0 && number.counted == 0) {
    number.n = n;
    number.counted = at.id;
  } else if (n != 0 && number.n != n) {
    ledger_.found(Invariant::I4, number.counted, at.id, "Number " + ledger_.number(id, seq) + " has two values of n.");
  }
}

Id Messages::sender(Id id, std::uint64_t seq) {
  const Number* n = conversation(id).numbers.find(seq);
  return n == nullptr || n->message == 0 ? 0 : message(n->message).user;
}

// Sends on one connection to one conversation keep their order. Only an attempt that surely made the message counts: its answer says so,
// or there was no other.
void Messages::judge_attempts() {
  struct Last {
    std::uint64_t seq = 0;
    OpId invoke = 0;
    std::uint32_t connection = 0;
  };
  PairMap<Last> last;
  for (const Attempt& attempt : attempts_) {
    Message& m = message(attempt.message);
    if (attempt.phase != Phase::fail && m.live == 0) m.live = attempt.invoke;
    const Message& head = message(m.head);
    bool made_it = attempt.phase == Phase::ok ? !attempt.repeated : attempt.phase == Phase::info && m.attempts == 1 && m.seen != 0;
    if (!made_it || head.placed == 0 || attempt.connection == 0) continue;
    Last& before = last[pair(attempt.process, head.placed_in)];
    if (before.connection != attempt.connection) before = {};
    if (before.seq >= head.place) {
      ledger_.found(Invariant::I6, before.invoke, attempt.invoke,
                    "Sent later on the same connection, yet number " + ledger_.number(head.placed_in, head.place) + " against " +
                        std::to_string(before.seq) + ".");
    }
    before = {head.place, attempt.invoke, attempt.connection};
  }
}

void Messages::judge_failures() {
  for (const Message& m : messages_) {
    if (m.seen == 0 || m.failed == 0 || m.seen < m.invoked) continue;
    if (m.live != 0 && m.live < m.seen) continue;
    const Message& head = message(m.head);
    ledger_.found(Invariant::I14, m.failed, m.seen,
                  "A message that had definitely failed was shown as number " + ledger_.number(head.placed_in, head.place) + ".");
  }
}

void Messages::judge_times_and_counts(Id id) {
  std::uint64_t timed_seq = 0, counted_seq = 0;
  std::uint64_t messages = 0, expected = 1;
  bool whole = true;  // Since `counted` it is known of every number whether it is a message.
  Number timed, counted;
  conversation(id).numbers.for_each([&](std::uint64_t seq, const Number& n) {
    if (n.message == 0 && n.changes == 0 && n.timed == 0) return;
    whole = whole && seq == expected;
    expected = seq + 1;
    if (n.message != 0) ++messages;
    if (n.timed != 0) {
      if (timed_seq != 0 && n.time < timed.time) {
        ledger_.found(Invariant::I6, timed.timed, n.timed,
                      "The time of number " + ledger_.number(id, seq) + " is before that of " + std::to_string(timed_seq) + ".");
      }
      timed_seq = seq;
      timed = n;
    }
    if (n.counted == 0) return;
    // Every message counts, and nothing else.
    std::uint64_t least = whole ? messages : 1, most = whole ? messages : seq - counted_seq;
    if (n.n < counted.n + least || n.n > counted.n + most) {
      ledger_.found(Invariant::I6, counted.counted, n.counted,
                    "n is " + std::to_string(n.n) + " at number " + ledger_.number(id, seq) + " and " + std::to_string(counted.n) + " at " +
                        std::to_string(counted_seq) + ".");
    }
    counted_seq = seq;
    counted = n;
    messages = 0;
    whole = true;
  });
}

void Messages::finish() {
  judge_attempts();
  judge_failures();
  for (Id id = 1; id <= conversations_.size(); ++id) judge_times_and_counts(id);
}

}  // namespace kith::check
