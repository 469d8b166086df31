#include "check/texts.h"

#include <algorithm>

namespace kith::check {

Texts::Message* Texts::find(Id conversation, std::uint64_t seq) {
  auto i = messages_by_place_.find({conversation, seq});
  return i == messages_by_place_.end() ? nullptr : &i->second;
}

Texts::Known* Texts::known(const At& at, Id conversation, std::uint64_t seq) {
  auto device = known_.find(pair(ledger_.process[at.process - 1].device, conversation));
  if (device == known_.end()) return nullptr;
  auto i = device->second.find(seq);
  return i == device->second.end() ? nullptr : &i->second;
}

Texts::Known& Texts::know(const At& at, Id conversation, std::uint64_t seq) {
  return known_[pair(ledger_.process[at.process - 1].device, conversation)][seq];
}

void Texts::delete_invoked(Id conversation, std::uint64_t seq, OpId op) {
  Message& m = messages_by_place_[{conversation, seq}];
  if (m.delete_invoked == 0) m.delete_invoked = op;
}

void Texts::deleted(const At& at, Id conversation, std::uint64_t seq) {
  Message& m = messages_by_place_[{conversation, seq}];
  if (m.deleted == 0) m.deleted = at.id;
  Known& k = know(at, conversation, seq);
  if (k.tombstone == 0) k.tombstone = at.id;
}

void Texts::edited(const At& at, Id conversation, std::uint64_t seq, std::uint64_t by) {
  if (by == 0) return;
  Message& m = messages_by_place_[{conversation, seq}];
  if (m.edits.empty() || by > m.edits.back().seq) m.edits.push_back({by, at.id});
}

void Texts::learn(const At& at, Id conversation, const Entry& entry) {
  if (entry.unknown || entry.withheld) return;
  bool tombstone = entry.kind == Kind::deleted || (entry.kind == Kind::message && entry.deleted != 0);
  std::uint64_t edit = entry.kind == Kind::edited ? entry.seq : entry.edits.empty() ? 0 : entry.edits.back();
  if (!tombstone && edit == 0) return;
  Known& k = know(at, conversation, entry.kind == Kind::message ? entry.seq : entry.target);
  if (tombstone && k.tombstone == 0) k.tombstone = at.id;
  if (edit != 0 && (k.edits.empty() || edit > k.edits.back().seq)) k.edits.push_back({edit, at.id});
}

void Texts::judge(const At& at, Id conversation, const Entry& entry, Read read) {
  if (entry.unknown) return;
  if (entry.kind == Kind::edited) {
    if (!entry.text.empty()) return judge_body(at, conversation, entry.target, read, "An edit");
    Message* m = find(conversation, entry.target);
    if (m == nullptr || m->delete_invoked == 0) {
      ledger_.found(Invariant::I1, 0, at.id,
                    "The edit at number " + ledger_.number(conversation, entry.seq) + " has no text, though nobody deleted the message.");
    }
    return;
  }
  if (entry.kind != Kind::message || entry.withheld) return;
  judge_message(at, conversation, entry, read);
  std::uint64_t reacted = reactions(at, conversation, entry);
  bool is_plain = entry.edits.empty() && entry.deleted == 0 && entry.reactions.empty();
  if (read.final && (!is_plain || find(conversation, entry.seq) != nullptr)) {
    finals_.push_back({conversation, entry.seq, at.id, entry.edits, entry.deleted, reacted});
  }
}

// The text of a message is shown, its own or that of an edit.
void Texts::judge_body(const At& at, Id conversation, std::uint64_t seq, Read read, std::string_view what) {
  std::string sentence = std::string(what) + " shows the text of number " + ledger_.number(conversation, seq);
  Message* m = find(conversation, seq);
  if (m != nullptr && m->deleted != 0 && m->deleted < read.since) {
    ledger_.found(Invariant::I11, m->deleted, at.id, sentence + ", whose deletion had been confirmed.");
  }
  Known* k = known(at, conversation, seq);
  // Of answers that travel by themselves the one that was asked for first may come last.
  if (k != nullptr && k->tombstone != 0 && (!read.alone || k->tombstone < read.since || k->tombstone == at.id)) {
    ledger_.found(Invariant::I11, k->tombstone, at.id, sentence + ", which the device had been shown as deleted.");
  }
}

void Texts::judge_message(const At& at, Id conversation, const Entry& entry, Read read) {
  if (entry.deleted != 0) {
    Message* m = find(conversation, entry.seq);
    if (m == nullptr || m->delete_invoked == 0) {
      ledger_.found(Invariant::I2, 0, at.id,
                    "Number " + ledger_.number(conversation, entry.seq) + " is shown as deleted, which nobody asked for.");
    }
    if (!entry.text.empty() || !entry.reactions.empty() || entry.details != 0 || !entry.mentions.empty()) {
      ledger_.found(Invariant::I11, 0, at.id, "Number " + ledger_.number(conversation, entry.seq) + " is deleted, and yet shown.");
    }
    return;
  }
  judge_body(at, conversation, entry.seq, read, "An entry");
  judge_version(at, conversation, entry, read);
}

void Texts::judge_version(const At& at, Id conversation, const Entry& entry, Read read) {
  std::uint64_t version = entry.edits.empty() ? 0 : entry.edits.back();
  std::string what = "Number " + ledger_.number(conversation, entry.seq) + " is shown as of ";
  what += version == 0 ? "before any edit" : "edit " + std::to_string(version);
  if (!std::is_sorted(entry.edits.begin(), entry.edits.end())) {
    ledger_.found(Invariant::I12, 0, at.id, "The edits of number " + ledger_.number(conversation, entry.seq) + " are out of order.");
  }
  // An event shows a message as of its own number at least; the edits come behind it.
  if (Message* m = at.operation.op == Op::event ? nullptr : find(conversation, entry.seq)) {
    Seen confirmed;
    for (const Seen& edit : m->edits) {
      if (edit.op < read.since) confirmed = edit;
    }
    if (confirmed.seq > version) {
      ledger_.found(Invariant::I12, confirmed.op, at.id, what + ", after edit " + std::to_string(confirmed.seq) + " had been confirmed.");
    }
  }
  if (Known* k = known(at, conversation, entry.seq)) {
    // An answer may have been on its way when the feed told of an edit; it must not contradict itself.
    bool is_answer = at.operation.phase == Phase::ok || read.alone;
    Seen before;
    for (const Seen& edit : k->edits) {
      if (!is_answer || edit.op < read.since || edit.op == at.id) before = edit;
    }
    if (before.seq > version) {
      ledger_.found(Invariant::I12, before.op, at.id, what + ", after the device had been shown edit " + std::to_string(before.seq) + ".");
    }
  }
  if (version == 0) return;
  auto& shown = shown_[{conversation, version}];
  std::uint64_t text = hash(entry.text);
  bool is_new = std::none_of(shown.begin(), shown.end(), [&](const Shown& s) { return s.text == text && s.target == entry.seq; });
  if (is_new) shown.push_back({entry.seq, text, at.id});
}

// Nobody is counted twice. Returns what stands for all of them.
std::uint64_t Texts::reactions(const At& at, Id conversation, const Entry& entry) {
  std::uint64_t sum = 0;
  for (const Reaction& reaction : entry.reactions) {
    std::vector<std::string_view> users = reaction.users;
    std::sort(users.begin(), users.end());
    if (std::adjacent_find(users.begin(), users.end()) != users.end()) {
      ledger_.found(Invariant::I3, 0, at.id, "Number " + ledger_.number(conversation, entry.seq) + " counts a reaction of one user twice.");
    }
    for (std::string_view user : users) sum += mix(hash(reaction.emoji), ledger_.users.intern(user));
  }
  return sum;
}

// ------------------------------------------------------------------------------------------------------------ at the end

void Texts::finish() {
  for (const auto& [place, all] : shown_) {
    const auto& facts = changes_.facts(place.first);
    auto fact = facts.find(place.second);
    for (const Shown& s : all) {
      std::string what = "Number " + ledger_.number(place.first, s.target) + " is shown as of edit " + std::to_string(place.second);
      if (fact == facts.end()) {
        if (changes_.knows(place.first, place.second, place.second)) {
          ledger_.found(Invariant::I12, 0, s.op, what + ", which is none.");
        }
      } else if (fact->second.kind != Kind::edited || fact->second.target != s.target) {
        ledger_.found(Invariant::I12, fact->second.op(), s.op, what + ", which is none of it.");
      } else if (fact->second.text != 0 && fact->second.text != s.text) {
        ledger_.found(Invariant::I12, fact->second.op(), s.op, what + ", which said something else.");
      }
    }
  }
  for (const Final& f : finals_) judge_final(f);
}

// In the end every message is what the entries after it make of it.
void Texts::judge_final(const Final& f) {
  if (!changes_.whole(f.conversation)) return;
  static const Made kNothing{};
  const Made* found = changes_.made(f.conversation, f.seq);
  const Made& made = found == nullptr ? kNothing : *found;
  std::string what = "Number " + ledger_.number(f.conversation, f.seq) + " ended ";
  if ((made.deleted != 0) != (f.deleted != 0) || (made.deleted != 0 && made.deleted != f.deleted)) {
    ledger_.found(Invariant::I11, made.deleted_by, f.op,
                  what + (f.deleted != 0 ? "deleted by number " + std::to_string(f.deleted) : std::string("with its text")) +
                      (made.deleted != 0 ? ", number " + std::to_string(made.deleted) + " deletes it." : ", nothing deletes it."));
  }
  if (made.deleted != 0 || f.deleted != 0) return;
  if (made.edits != f.edits) {
    ledger_.found(Invariant::I12, 0, f.op,
                  what + "with " + std::to_string(f.edits.size()) + " edits, or others than the " + std::to_string(made.edits.size()) +
                      " of its conversation.");
  }
  if (made.reactions_hash() != f.reactions) {
    ledger_.found(Invariant::I8, 0, f.op, what + "with other reactions than its conversation has for it.");
  }
}

}  // namespace kith::check
