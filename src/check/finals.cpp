#include "check/finals.h"

#include <algorithm>

namespace kith::check {

void Finals::quiesced() {
  due_.clear();
  for (Id id = 1; id <= messages_.conversations(); ++id) due_.push_back(messages_.conversation(id).acked);
}

void Finals::add(const At& at) {
  Final& f = finals_.emplace_back();
  f.op = at.id;
  f.process = at.process;
  f.user = at.user;
  f.useq = at.operation.useq;
  for (const auto& item : at.operation.items) {
    Id conversation = ledger_.conversations.intern(item.conversation);
    f.items[conversation] = {item.head, item.read, item.title.empty() ? 0 : hash(item.title), item.cleared,
                             Inbox::settings_hash(item.settings)};
    inbox_.final_item(at, conversation, item);
    marks_.final_read(at.user, conversation, item.read, at.id);
  }
}

const Finals::Final* Finals::of_user(Id user) const {
  for (const Final& f : finals_) {
    if (f.user == user) return &f;
  }
  return nullptr;
}

void Finals::finish() {
  for (auto& [key, coverage] : reads_.coverage()) {
    coverage.tidy();
    covered_[coverage.conversation].push_back(&coverage);
  }
  for (auto& [conversation, all] : covered_) {
    std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->answer < b->answer; });
  }
  for (const Final& f : finals_) {
    judge_completeness(f);
    const Final* first = of_user(f.user);
    if (first != &f) judge_devices(*first, f);
    Seen head = inbox_.head(f.user);
    if (f.useq && *f.useq < head.seq) {
      ledger_.found(Invariant::I8, head.op, f.op,
                    "The device ended at useq " + std::to_string(*f.useq) + ", the inbox had come to " + std::to_string(head.seq) + ".");
    }
  }
  for (Id id = 1; id <= messages_.conversations(); ++id) {
    members_.is_group(id) ? judge_group(id) : judge_members(id);
    judge_delivery(id);
  }
}

// The final reads of a device hold each conversation whole, and no mark was lost.
void Finals::judge_completeness(const Final& f) {
  for (const auto& [conversation, item] : f.items) {
    judge_own(f, conversation, item);
    auto i = reads_.coverage().find(pair(f.process, conversation));
    if (i == reads_.coverage().end()) {
      if (item.head != 0) ledger_.broken(f.op, "no final read of " + std::string(ledger_.conversations[conversation]));
      continue;
    }
    std::uint64_t next = 1;
    for (const auto& [first, last] : i->second.runs) {
      judge_gap(f, i->second, next, first - 1);
      next = last + 1;
    }
    judge_gap(f, i->second, next, item.head);
  }
}

// What was confirmed of the user's own is there in the end.
void Finals::judge_own(const Final& f, Id conversation, const Item& item) {
  const UserConversation& own = inbox_.of(f.user, conversation);
  std::string where = std::string(ledger_.conversations[conversation]);
  auto judge = [&](Seen confirmed, std::uint64_t now, const char* what) {
    if (confirmed.op >= f.op || now >= confirmed.seq) return;
    ledger_.found(Invariant::I13, confirmed.op, f.op,
                  what + where + " ended at " + std::to_string(now) + ", but " + std::to_string(confirmed.seq) + " had been confirmed.");
  };
  judge(own.read_ok, item.read, "The read mark of ");
  judge(own.cleared_ok, item.cleared, "What was cleared of ");
  std::uint64_t settings = inbox_.settings_in_the_end(f.user, conversation);
  if (settings == 0 || settings == item.settings) return;
  ledger_.found(Invariant::I13, 0, f.op, "The settings of " + where + " ended otherwise than the last step of the inbox made them.");
}

void Finals::judge_gap(const Final& f, const Reads::Coverage& coverage, std::uint64_t first, std::uint64_t last) {
  Id conversation = coverage.conversation;
  while (first <= last && !members_.views(conversation, f.user, first, first, f.op)) ++first;
  if (first > last) return;
  std::string what = "The final reads of a device do not have number " + ledger_.number(conversation, first);
  const Number* n = messages_.conversation(conversation).numbers.find(first);
  if (n != nullptr && n->acked != 0 && n->acked < coverage.invoke) {
    ledger_.found(Invariant::I1, n->acked, f.op, what + ", which was acknowledged.");
    return;
  }
  if (n != nullptr && n->seen != 0 && n->seen < coverage.invoke) {
    ledger_.found(Invariant::I7, n->seen, f.op, what + ", which had been shown.");
    return;
  }
  for (const Reads::Coverage* other : covered_[conversation]) {
    if (other == &coverage || !other->has(first)) continue;
    ledger_.found(Invariant::I8, other->answer, f.op, what + ", those of another do.");
    return;
  }
  ledger_.found(Invariant::I5, 0, f.op, what + ".");
}

void Finals::judge_devices(const Final& one, const Final& other) {
  if (one.useq && other.useq && *one.useq != *other.useq) {
    ledger_.found(Invariant::I8, one.op, other.op,
                  "Two devices of " + std::string(ledger_.users[one.user]) + " ended at useq " + std::to_string(*one.useq) + " and " +
                      std::to_string(*other.useq) + ".");
  }
  for (const auto& [conversation, item] : one.items) {
    auto i = other.items.find(conversation);
    if (i == other.items.end()) continue;
    auto differ = [&](const char* what) {
      ledger_.found(Invariant::I8, one.op, other.op,
                    "Two devices of " + std::string(ledger_.users[one.user]) + " ended with different " + what + " in " +
                        std::string(ledger_.conversations[conversation]) + ".");
    };
    if (i->second.read != item.read) differ("read marks");
    if (i->second.cleared != item.cleared) differ("parts cleared");
    if (i->second.settings != item.settings) differ("settings");
  }
}

// All devices of all members have the conversation, up to the same head.
void Finals::judge_members(Id conversation) {
  const auto& members = messages_.conversation(conversation).members;
  auto head_of = [&](const Final& f) {
    auto i = f.items.find(conversation);
    return i == f.items.end() ? 0 : i->second.head;
  };
  const Final* one = nullptr;
  for (const Final& f : finals_) {
    if (std::find(members.begin(), members.end(), f.user) == members.end()) continue;
    if (one == nullptr) one = &f;
    if (head_of(f) == head_of(*one)) continue;
    ledger_.found(Invariant::I8, one->op, f.op,
                  "Two devices ended with heads " + std::to_string(head_of(*one)) + " and " + std::to_string(head_of(f)) + " of " +
                      std::string(ledger_.conversations[conversation]) + ".");
  }
}

// Whoever was ever in a group has it up to the last number that is for them.
void Finals::judge_group(Id conversation) {
  std::uint64_t head = messages_.conversation(conversation).head();
  for (const Final& f : finals_) {
    auto i = f.items.find(conversation);
    std::uint64_t has = i == f.items.end() ? 0 : i->second.head, due = members_.last_visible(conversation, f.user, head);
    if (i != f.items.end()) judge_title(f, conversation, i->second.title);
    if (has == due) continue;
    ledger_.found(Invariant::I8, messages_.conversation(conversation).seen.op, f.op,
                  "A device ended with head " + std::to_string(has) + " of " + std::string(ledger_.conversations[conversation]) +
                      ", the last number for its user is " + std::to_string(due) + ".");
  }
}

// A group is called what the last entry about it says; those who are gone are told nothing.
void Finals::judge_title(const Final& f, Id conversation, std::uint64_t title) {
  std::string what = "A group ended with another title than the entries of " + std::string(ledger_.conversations[conversation]) + " say.";
  if (!members_.is_present(conversation, f.user)) {
    if (title != 0) ledger_.found(Invariant::I10, 0, f.op, "Who left a group is told its title.");
    return;
  }
  if (!changes_.whole(conversation)) return;
  const auto& facts = changes_.facts(conversation);
  for (auto fact = facts.rbegin(); fact != facts.rend(); ++fact) {
    if (fact->second.what != What::created && fact->second.what != What::changed) continue;
    if (fact->second.shown != 0 && title != fact->second.text) ledger_.found(Invariant::I8, fact->second.op(), f.op, what);
    return;
  }
}

// What was acknowledged before `quiesced` was brought by the inbox of each member whose devices took part in the end.
void Finals::judge_delivery(Id conversation) {
  if (conversation > due_.size() || due_[conversation - 1].seq == 0) return;
  Seen due = due_[conversation - 1];
  bool is_group = members_.is_group(conversation);
  for (Id user : is_group ? members_.users(conversation) : messages_.conversation(conversation).members) {
    const Final* f = of_user(user);
    if (f == nullptr) continue;
    const UserConversation& u = inbox_.of(user, conversation);
    std::uint64_t reached = std::max(u.feed.seq, u.listed.seq), theirs = members_.last_visible(conversation, user, due.seq);
    if (reached >= theirs) continue;
    ledger_.found(Invariant::I14, due.op, f->op,
                  "Number " + ledger_.number(conversation, theirs) + " was acknowledged, but the inbox of " +
                      std::string(ledger_.users[user]) + " only told of " + std::to_string(reached) + ".");
  }
}

}  // namespace kith::check
