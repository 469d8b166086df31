#include "terminal/verify.h"

#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "conversation/entry.h"
#include "conversation/pending_row.h"
#include "conversation/roster.h"
#include "inbox/pointer.h"
#include "log/chain.h"

namespace kith {

namespace {

constexpr std::size_t kProblemsKept = 1000;
constexpr std::uint64_t kGapMax = 1'000'000;

std::string number(std::uint64_t value) { return std::to_string(value); }
std::string number(Seq seq) { return std::to_string(seq.value); }

class Verifier {
 public:
  explicit Verifier(Inspector& store) : store_(store) {}

  Verification run() {
    std::vector<LogId> logs;
    readable(store_.each_log([&](const LogId& log) { logs.push_back(log); }), "the list of logs");
    found_.logs = logs.size();
    for (const LogId& log : logs) {
      if (log.table != LogTable::inboxes) check_conversation(log);
    }
    load_rows();
    for (const LogId& log : logs) {
      if (log.table == LogTable::inboxes) check_inbox(log);
    }
    check_views();
    check_fan_out();
    return std::move(found_);
  }

 private:
  struct Facts {
    ConversationId id;
    std::vector<std::uint64_t> counts;  // n of entry i + 1.
    std::set<std::uint64_t> erased;     // Deleted messages.
    std::vector<std::string> unapplied;
    Seq head() const { return {counts.size()}; }
  };

  void problem(std::string sentence) {
    ++found_.problem_count;
    if (found_.problems.size() < kProblemsKept) found_.problems.push_back(std::move(sentence));
  }

  void readable(const StoreResult<Ok>& result, const std::string& what) {
    if (!result) problem(what + ": cannot be read (" + name(result.error()) + ")");
  }

  // Visits the rows that exist, which are those on the chain; checks that none is missing.
  Seq walk(const LogId& log, const std::string& label, Fn<void(const LogRow&)> visit, Seq* checkpoint) {
    auto head = store_.head(log);
    if (!head) {
      problem(label + ": its head row cannot be read (" + name(head.error()) + ")");
      return {};
    }
    const auto& chain = head->chain;
    for (std::size_t i = 1; i < chain.size(); ++i) {
      if (chain[i].epoch <= chain[i - 1].epoch || chain[i].first <= chain[i - 1].first) problem(label + ": its chain does not ascend");
    }
    Seq next = head->first_kept;
    std::uint64_t rows = 0;
    auto read = store_.each_log_row(log, [&](const LogRow& row) {
      ++rows;
      if (row.seq < head->first_kept || epoch_at(chain, row.seq) != row.epoch) return;
      if (row.seq > next) problem(label + ": " + missing(next, row.seq - 1));
      if (row.version < row.seq.value) problem(label + ": row " + number(row.seq) + " has a version below its number");
      next = row.seq.next();
      visit(row);
    });
    readable(read, label);
    if (rows != 0 && chain.empty()) problem(label + ": has rows but no chain");
    const Seq last = next - 1;
    if (!chain.empty() && chain.back().first > next) problem(label + ": " + missing(next, chain.back().first - 1));
    if (head->checkpoint > last) problem(label + ": its checkpoint " + number(head->checkpoint) + " lies beyond its end " + number(last));
    if (checkpoint) *checkpoint = head->checkpoint;
    return last;
  }

  static std::string missing(Seq first, Seq last) {
    return first == last ? "row " + number(first) + " is missing" : "rows " + number(first) + " to " + number(last) + " are missing";
  }

  void check_conversation(const LogId& log) {
    auto id = ConversationId::from_key(log.key);
    if (!id) return problem("there is a log of messages whose key is no conversation");
    const std::string label = "conversation " + id->text();
    Facts& facts = conversations_[log.key];
    facts.id = *id;
    std::set<std::pair<UserId, ClientId>> client_ids;
    std::uint64_t n = 0;
    WallTime time;
    walk(
        log, label,
        [&](const LogRow& row) {
          ++found_.entries;
          const Entry entry = decode(row);
          const std::string which = label + ": entry " + number(row.seq);
          if (row.seq.value > facts.counts.size() + kGapMax) return;  // Told already; a damaged number must not cost the memory.
          facts.counts.resize(row.seq.value, n);
          if (entry.kind == EntryKind::unknown) return problem(which + " cannot be decoded");
          const std::uint64_t expected = n + (entry.kind == EntryKind::message ? 1 : 0);
          if (entry.n != expected) problem(which + " counts " + number(entry.n) + ", not " + number(expected));
          n = entry.n;
          facts.counts.back() = n;
          if (entry.time < time) problem(which + " is older than the one before it");
          time = entry.time;
          check_change(which, entry, facts);
          if (entry.kind == EntryKind::message && !client_ids.emplace(entry.from, entry.client_id).second)
            problem(which + " repeats the client id of an earlier one");
        },
        nullptr);
  }

  // An entry that changes a message has done so: unless a pending row leads a later start to it.
  void check_change(const std::string& which, const Entry& entry, Facts& facts) {
    if (entry.kind == EntryKind::message) {
      if (entry.deleted()) facts.erased.insert(entry.seq.value);
      if (entry.deleted() && !entry.text().empty()) problem(which + " is deleted and has a text");
      return;
    }
    if (entry.kind != EntryKind::edit && entry.kind != EntryKind::deletion && entry.kind != EntryKind::reaction) return;
    if (entry.target() == Seq{0} || entry.target() >= entry.seq) return problem(which + " is about no earlier entry");
    const bool erased = facts.erased.contains(entry.target().value);
    if (entry.kind == EntryKind::deletion && !erased) facts.unapplied.push_back(which + " left the text of what it deletes");
    if (entry.kind == EntryKind::edit && erased && !entry.text().empty()) facts.unapplied.push_back(which + " has a text that was deleted");
  }

  void load_rows() {
    readable(store_.each_row(RowTable::members,
                             [&](const std::string& partition, const Row& row) {
                               if (partition.ends_with("/marks")) return;  // Of others (conversation/marks.h): not in any log.
                               auto member = decode_member(row);
                               if (!member) return problem("a member row of " + conversation_name(partition) + " is damaged");
                               members_[partition].push_back(std::move(*member));
                             }),
             "the member rows");
    readable(store_.each_row(RowTable::pending,
                             [&](const std::string&, const Row& row) {
                               auto left = decode_pending(row);
                               if (!left) return problem("a pending row is damaged");
                               if (left->pending) pending_.insert(left->conversation.key());
                             }),
             "the pending rows");
    readable(store_.each_row(RowTable::user_conversations,
                             [&](const std::string& partition, const Row& row) {
                               ConversationState state;
                               auto id = ConversationId::from_key(row.key);
                               if (!id || !decode_state(row.value, state))
                                 return problem("a row of the list of " + partition + " is damaged");
                               state.conversation = *id;
                               rows_[{partition, row.key}] = {std::move(state), false};
                             }),
             "the lists of conversations");
  }

  void check_inbox(const LogId& log) {
    const std::string label = "inbox of " + log.key;
    if (!UserId::parse(log.key)) return problem(label + ": that is no user");
    std::map<std::string, ConversationState> states;
    Seq checkpoint;
    walk(
        log, label,
        [&](const LogRow& row) {
          ++found_.pointers;
          const Pointer pointer = decode_pointer(row);
          const std::string which = label + ": pointer " + number(row.seq);
          if (pointer.kind == PointerKind::unknown) return problem(which + " cannot be decoded");
          if (pointer.kind == PointerKind::contact) return;  // About no conversation.
          const std::string key = pointer.conversation.key();
          ConversationState& state = states[key];
          state.conversation = pointer.conversation;
          check_pointer(which, pointer, state, key);
          state.apply(pointer, row.seq);
          compare_row(log.key, key, state);
        },
        &checkpoint);
    for (auto& [key, state] : states) {
      auto row = rows_.find({log.key, key});
      const Useq contained = row == rows_.end() ? Useq{} : row->second.first.last;
      // A row follows its pointers within a second; the checkpoint says up to where it has.
      if (contained < state.last && state.last <= checkpoint) {
        problem(label + ": the checkpoint " + number(checkpoint) + " is beyond what the list says of " + state.conversation.text());
      }
      reached_[{log.key, key}] = state.reached;
    }
  }

  void check_pointer(const std::string& which, const Pointer& pointer, const ConversationState& before, const std::string& key) {
    auto found = conversations_.find(key);
    const std::string name = pointer.conversation.text();
    if (found == conversations_.end()) return problem(which + " leads to " + name + ", which is not there");
    const Facts& facts = found->second;
    if (pointer.to > facts.head())
      return problem(which + " leads to entry " + number(pointer.to) + " of " + name + ", beyond its head " + number(facts.head()));
    if (pointer.kind == PointerKind::settings) return;
    if (pointer.to == Seq{0}) return problem(which + " leads to no entry of " + name);
    if (pointer.kind != PointerKind::hidden && pointer.n != facts.counts[pointer.to.value - 1])
      problem(which + " has a count that is not that of entry " + number(pointer.to) + " of " + name);
    if (pointer.kind != PointerKind::advanced) return;
    if (pointer.from >= pointer.to) problem(which + " covers no entry of " + name);
    if (pointer.from != before.reached && !(pointer.joined > before.reached && pointer.from == pointer.joined - 1))
      problem(which + " follows entry " + number(pointer.from) + " of " + name + ", not " + number(before.reached));
    if (pointer.own > pointer.to) problem(which + " names an own message beyond its end");
    if (pointer.last > pointer.to) problem(which + " names a message beyond its end");
  }

  // A row of the list says what the inbox said at the moment of its `last`.
  void compare_row(const std::string& user, const std::string& key, const ConversationState& state) {
    auto found = rows_.find({user, key});
    if (found == rows_.end() || found->second.first.last != state.last) return;
    auto& [row, seen] = found->second;
    seen = true;
    row.delivered = state.delivered;  // Not in the log.
    ConversationState of_erased = state.blanked();
    of_erased.delivered = state.delivered;
    if (!(row == state) && !(row == of_erased))
      problem("the list of " + user + " does not say of " + state.conversation.text() + " what the inbox says");
  }

  void check_views() {
    for (const auto& [where, row] : rows_) {
      if (!row.second && row.first.last != Useq{0}) {
        problem("the list of " + where.first + " has " + conversation_name(where.second) + " from a pointer that is not there");
      }
    }
  }

  // What was acked has reached every member, unless a pending row still says that it has to.
  void check_fan_out() {
    for (const auto& [key, facts] : conversations_) {
      if (facts.head() == Seq{0}) continue;
      auto members = members_.find(key);
      if (members == members_.end()) {
        problem("conversation " + facts.id.text() + ": has no members");
        continue;
      }
      if (pending_.contains(key)) continue;
      for (const std::string& what : facts.unapplied) problem(what + ", and nothing is pending");
      for (const MemberRow& member : members->second) {
        auto reached = reached_.find({member.user.text(), key});
        const Seq mark = reached == reached_.end() ? Seq{0} : reached->second;
        const Seq end = member.stays.empty() ? Seq{0} : std::min(member.stays.back().last, facts.head());
        if (mark < end) {
          problem("conversation " + facts.id.text() + ": the inbox of " + member.user.text() + " has only " + number(mark) + " of " +
                  number(end) + " entries, and nothing is pending");
        }
      }
    }
  }

  static std::string conversation_name(const std::string& key) {
    auto id = ConversationId::from_key(key);
    return id ? id->text() : "a conversation without a name";
  }

  Inspector& store_;
  Verification found_;
  std::map<std::string, Facts> conversations_;                                              // By key.
  std::map<std::string, std::vector<MemberRow>> members_;                                   // By conversation.
  std::unordered_set<std::string> pending_;                                                 // Conversations.
  std::map<std::pair<std::string, std::string>, std::pair<ConversationState, bool>> rows_;  // By user and conversation; seen.
  std::map<std::pair<std::string, std::string>, Seq> reached_;                              // The same.
};

}  // namespace

std::string Verification::summary() const {
  return number(logs) + " logs, " + number(entries) + " entries, " + number(pointers) + " pointers, " + number(problem_count) + " problems";
}

Verification verify(Inspector& store) { return Verifier(store).run(); }

}  // namespace kith
