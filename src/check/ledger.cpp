#include "check/ledger.h"

#include <cstdio>
#include <cstring>
#include <utility>

namespace kith::check {

std::uint64_t hash(std::string_view text) {
  std::uint64_t h = text.size() + 0x243f6a8885a308d3ULL;
  while (text.size() >= 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data(), 8);
    h = mix(h, word);
    text.remove_prefix(8);
  }
  std::uint64_t word = 0;
  if (!text.empty()) std::memcpy(&word, text.data(), text.size());
  return mix(h, word);
}

Id Names::intern(std::string_view name) {
  auto i = ids_.find(name);
  if (i != ids_.end()) return i->second;
  names_.emplace_back(name);
  Id id = static_cast<Id>(names_.size());
  ids_.emplace(names_.back(), id);
  return id;
}

Id Names::find(std::string_view name) const {
  auto i = ids_.find(name);
  return i == ids_.end() ? 0 : i->second;
}

OpId Ledger::note(const Operation& o, Id by, Id conversation) {
  Note note{};
  note.t = o.t;
  note.seq = o.op == Op::page ? o.from : o.op == Op::history || o.op == Op::final ? o.entries.size() + o.items.size() : o.seq;
  if (o.op == Op::event) note.seq = o.entries.empty() ? o.mark : o.entries.front().seq;
  if (o.op == Op::list) note.seq = o.items.size();
  note.useq = o.op == Op::page ? o.end : o.useq.value_or(0);
  note.has_useq = o.useq.has_value();
  note.line = o.line;
  note.file = o.file;
  note.process = by;
  note.conversation = conversation;
  if (!o.to.empty()) note.user = users.intern(o.to);
  note.op = o.op;
  note.phase = o.phase;
  notes_.push_back(note);
  return operations();
}

void Ledger::found(Invariant invariant, OpId one, OpId other, const std::string& sentence) {
  Found& f = found_[static_cast<std::size_t>(invariant)];
  if (one > other) std::swap(one, other);
  ++f.count;
  if (f.count == 1 || std::pair(other, one) < std::pair(f.second, f.first)) {
    f.first = one;
    f.second = other;
    f.sentence = sentence;
  }
}

void Ledger::broken(OpId id, std::string_view why) {
  if (!broken_.empty()) return;
  broken_ = describe(id) + ": " + std::string(why);
}

std::string Ledger::number(Id conversation, std::uint64_t seq) const {
  return std::to_string(seq) + " of " + std::string(conversations[conversation]);
}

std::string Ledger::place(const Note& note, OpId id) const {
  if (note.line == 0) return "operation " + std::to_string(id);
  std::string where = "line " + std::to_string(note.line);
  return files_.size() > 1 && note.file < files_.size() ? files_[note.file] + " " + where : where;
}

std::string Ledger::describe(OpId id) const {
  if (id == 0) return {};
  const Note& note = notes_[id - 1];
  char t[40];
  std::snprintf(t, sizeof t, "%.6f s", static_cast<double>(note.t) / 1e9);
  std::string out = place(note, id) + ", " + t;
  if (note.process != 0) {
    out += ", " + std::string(processes[note.process]);
    if (note.process <= process.size()) out += " (" + std::string(devices[process[note.process - 1].device]) + ")";
  }
  out += ": " + std::string(name(note.op));
  if (note.phase != Phase::none) out += " " + std::string(name(note.phase));
  if (note.user != 0) out += " to " + std::string(users[note.user]);
  if (note.conversation != 0) out += " " + std::string(conversations[note.conversation]);
  if (note.op == Op::page) return out + " (" + std::to_string(note.seq) + ", " + std::to_string(note.useq) + "]";
  bool counts = note.op == Op::history || note.op == Op::list || note.op == Op::final;
  if (counts && note.phase != Phase::invoke) {
    out += " with " + std::to_string(note.seq) + (note.op == Op::history ? " entries" : " conversations");
  } else if (note.seq != 0) {
    out += " seq " + std::to_string(note.seq);
  }
  if (note.has_useq) out += " useq " + std::to_string(note.useq);
  return out;
}

Report Ledger::report() const {
  Report report;
  report.operations = notes_.size();
  report.broken = broken_;
  for (std::size_t i = 1; i < kInvariants; ++i) {
    const Found& f = found_[i];
    if (f.count == 0) continue;
    report.violations.push_back({static_cast<Invariant>(i), f.sentence, describe(f.first), describe(f.second), f.count});
  }
  return report;
}

}  // namespace kith::check
