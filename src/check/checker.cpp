#include "check/checker.h"

#include <algorithm>

#include "check/contacts.h"
#include "check/finals.h"
#include "check/texts.h"

namespace kith::check {

namespace {

constexpr std::int64_t kRevokeNs = 5'000'000'000;

constexpr std::string_view kInvariantNames[kInvariants] = {
    "",
    "I1 durable",
    "I2 no invention",
    "I3 at most once",
    "I4 one truth per number",
    "I5 dense",
    "I6 real-time and session order",
    "I7 causal",
    "I8 convergence",
    "I9 cursor",
    "I10 membership",
    "I11 deleted stays deleted",
    "I12 edits",
    "I13 marks",
    "I14 truthful outcome",
    "I15 revocation",
};

}  // namespace

std::string_view name(Invariant invariant) { return kInvariantNames[static_cast<std::size_t>(invariant)]; }

// Gives each operation its numbers and hands it to those whom it concerns. I15 is judged here.
class Checker::Judges {
 public:
  explicit Judges(std::vector<std::string> files) : ledger_(std::move(files)) {}

  void add(const Operation& o);
  Report finish();

 private:
  // A call that has no outcome yet.
  struct Call {
    Op op = Op::mark;
    OpId invoke = 0;
    std::uint32_t attempt = 0;
    std::uint32_t view = 0;  // clear, hide: the attempt of Views
    bool first = false;      // list, contacts: the first page
    bool final = false;      // look, contacts
    bool alone = false;
    std::uint64_t uses = 0;  // invite
    std::string code;        // end_invite
    Reads::Asked asked;
    Id conversation = 0;
    Id to = 0;      // open
    Id device = 0;  // revoke
  };
  using Calls = std::unordered_map<std::uint64_t, Call>;

  static bool is_delivery(const Operation& o);
  Id device_of(const Operation& o) { return ledger_.devices.intern(std::string(o.user) + "/" + std::string(o.device)); }
  void start(const At& at);
  void judge_revocation(const At& at);
  void invoke(const At& at, Call& call);
  void outcome(At at, const Call& call);
  void revoked(const At& at, const Call& call);
  void observe(const At& at);
  void change_outcome(const At& at, const Call& call);
  void list(const At& at, const Call& call);
  void page(const At& at);
  // What one operation shows; `since`: what began it.
  struct Shown {
    Id conversation;
    const Entry* entry;
  };
  void show(const At& at, const std::vector<Shown>& all, OpId since, bool final, bool alone);

  Ledger ledger_;
  Messages messages_{ledger_};
  Changes changes_{ledger_, messages_};
  Views views_{ledger_};
  Members members_{ledger_, messages_, changes_, views_};
  Texts texts_{ledger_, messages_, changes_};
  Reads reads_{ledger_, messages_, members_};
  Inbox inbox_{ledger_, messages_, members_};
  Contacts contacts_{ledger_, messages_, changes_};
  Marks marks_{ledger_, messages_, changes_, members_, inbox_, contacts_};
  Finals finals_{ledger_, messages_, changes_, members_, reads_, inbox_, marks_};
  std::deque<Calls> calls_;  // By process - 1.
  std::int64_t last_t_ = 0;
};

void Checker::Judges::add(const Operation& o) {
  if (ledger_.is_broken()) return;
  Id process = o.op == Op::start ? ledger_.processes.intern(o.process) : ledger_.processes.find(o.process);
  Id conversation = o.conversation.empty() ? 0 : ledger_.conversations.intern(o.conversation);
  OpId id = ledger_.note(o, process, conversation);
  if (o.t < last_t_) return ledger_.broken(id, "time goes back");
  last_t_ = o.t;
  if (conversation != 0) messages_.conversation(conversation);
  At at{o, id, process, 0, conversation};
  if (o.op == Op::mark) {
    if (o.code != "quiesced") return;
    inbox_.quiesced();
    finals_.quiesced();
    return;
  }
  if (o.op == Op::start) return start(at);
  if (process == 0) return ledger_.broken(id, "the process was never started");
  at.user = ledger_.process[process - 1].user;
  judge_revocation(at);
  if (o.phase == Phase::none) return observe(at);
  Calls& calls = calls_[process - 1];
  if (o.phase == Phase::invoke) {
    auto [i, is_new] = calls.try_emplace(o.call);
    if (!is_new) return ledger_.broken(id, "the number of the call is in use");
    i->second.op = o.op;
    i->second.invoke = id;
    return invoke(at, i->second);
  }
  auto i = calls.find(o.call);
  if (i == calls.end() || i->second.op != o.op) return ledger_.broken(id, "the outcome of a call that was not invoked");
  outcome(at, i->second);
  calls.erase(i);
}

void Checker::Judges::start(const At& at) {
  if (at.process <= ledger_.process.size()) return ledger_.broken(at.id, "the process was started before");
  Process& p = ledger_.process.emplace_back();
  p.user = ledger_.users.intern(at.operation.user);
  p.device = device_of(at.operation);
  p.start = at.id;
  calls_.emplace_back();
}

bool Checker::Judges::is_delivery(const Operation& o) { return o.phase == Phase::ok || (o.phase == Phase::none && o.op != Op::final); }

void Checker::Judges::judge_revocation(const At& at) {
  const Process& p = ledger_.process[at.process - 1];
  if (p.revoke == 0 || at.operation.t <= p.revoked_from || !is_delivery(at.operation)) return;
  ledger_.found(Invariant::I15, p.revoke, at.id,
                "The device " + std::string(ledger_.devices[p.device]) + " still hears the server more than 5 s after it was revoked.");
}

void Checker::Judges::invoke(const At& at, Call& call) {
  const Operation& o = at.operation;
  call.conversation = at.conversation;
  call.final = o.final;
  call.alone = o.alone;
  if (o.op == Op::clear || o.op == Op::hide) call.view = views_.invoked(at);
  if (Inbox::is_own(o.op)) {
    call.attempt = inbox_.own_invoked(at);
    return;
  }
  if (Changes::is_change(o.op)) {
    call.attempt = changes_.invoked(at);
    if (o.op == Op::erase) texts_.delete_invoked(at.conversation, o.seq, at.id);
    return;
  }
  switch (o.op) {
    case Op::send:
      call.attempt = messages_.invoked(at);
      break;
    case Op::open:
      call.to = ledger_.users.intern(o.to);
      break;
    case Op::add_contact:
    case Op::remove_contact:
    case Op::block:
    case Op::unblock:
      call.attempt = contacts_.invoked(at);
      break;
    case Op::prefer:
      call.attempt = marks_.prefer_invoked(at);
      break;
    case Op::invite:
      call.uses = o.limit;
      break;
    case Op::end_invite:
      call.code = o.code;
      break;
    case Op::look:
    case Op::presence:
      break;
    case Op::revoke:
      call.device = device_of(o);
      break;
    case Op::history:
      call.asked = reads_.ask(at);
      break;
    case Op::list:
    case Op::contacts:
      call.first = !o.next;
      break;
    case Op::sync:
      ++ledger_.process[at.process - 1].connection;
      ledger_.process[at.process - 1].sync = at.id;
      ledger_.process[at.process - 1].alone = o.alone;
      inbox_.sync(at);
      break;
    default:
      ledger_.broken(at.id, "this operation has no phase");
  }
}

void Checker::Judges::outcome(At at, const Call& call) {
  const Operation& o = at.operation;
  if (at.conversation == 0) at.conversation = call.conversation;
  if (o.op == Op::send) return messages_.outcome(at, call.attempt);
  if (call.view != 0) views_.outcome(at, call.view);
  if (Inbox::is_own(o.op)) return inbox_.own_outcome(at, call.attempt);
  if (o.op >= Op::add_contact && o.op <= Op::unblock) return contacts_.outcome(at, call.attempt);
  if (o.op == Op::prefer) return marks_.prefer_outcome(at, call.attempt);
  if (Changes::is_change(o.op)) return change_outcome(at, call);
  if (o.phase != Phase::ok) return;
  switch (o.op) {
    case Op::open:
      messages_.opened(at.user, call.to, at.conversation, at.id);
      break;
    case Op::revoke:
      revoked(at, call);
      break;
    case Op::history: {
      std::vector<Shown> shown;
      for (const Entry& entry : o.entries) shown.push_back({call.conversation, &entry});
      show(at, shown, call.invoke, call.asked.final, call.alone);
      members_.sight(at.user, call.conversation, o.head, at.id);
      reads_.answer(at, call.asked);
    } break;
    case Op::list:
      list(at, call);
      break;
    case Op::sync:
      inbox_.ready(at);
      break;
    case Op::look:
      marks_.answered(at, call.conversation, call.invoke, call.final);
      break;
    case Op::contacts:
      contacts_.listed(at, call.invoke, call.first, call.final);
      break;
    case Op::presence:
      marks_.present(at, call.invoke);
      break;
    case Op::invite:
      changes_.invite_made(at, call.conversation, call.uses);
      break;
    case Op::end_invite:
      changes_.invite_ended(at, call.code);
      break;
    default:
      break;
  }
}

void Checker::Judges::change_outcome(const At& at, const Call& call) {
  changes_.outcome(at, call.attempt);
  const Operation& o = at.operation;
  if (o.phase != Phase::ok) return;
  Id conversation = changes_.conversation(call.attempt);
  if (o.op == Op::join && o.waiting) return;
  if (o.op == Op::create_group || o.op == Op::join) members_.sight(at.user, conversation, o.head, at.id);
  if (o.op == Op::erase) texts_.deleted(at, conversation, changes_.target(call.attempt));
  if (o.op == Op::edit) texts_.edited(at, conversation, changes_.target(call.attempt), o.seq);
}

void Checker::Judges::list(const At& at, const Call& call) {
  std::vector<Shown> shown;
  for (const Item& item : at.operation.items) {
    Id conversation = ledger_.conversations.intern(item.conversation);
    for (const Entry& entry : item.entries) shown.push_back({conversation, &entry});
    members_.sight(at.user, conversation, item.head, at.id);
  }
  show(at, shown, call.invoke, false, call.alone);
  inbox_.listed(at, call.invoke, call.first);
}

void Checker::Judges::page(const At& at) {
  std::vector<Shown> shown;
  for (const Change& change : at.operation.changes) {
    Id conversation = ledger_.conversations.intern(change.conversation);
    for (const Entry& entry : change.entries) shown.push_back({conversation, &entry});
    if (change.to > change.from) members_.sight(at.user, conversation, change.to, at.id);
  }
  const Process& p = ledger_.process[at.process - 1];
  show(at, shown, p.sync, false, p.alone);
  for (const Contact& contact : at.operation.contacts) contacts_.shown(at, contact);
  inbox_.page(at);
}

void Checker::Judges::show(const At& at, const std::vector<Shown>& all, OpId since, bool final, bool alone) {
  for (const auto& [conversation, entry] : all) {
    members_.sight(at.user, conversation, entry->seq, at.id);
    if (entry->withheld) members_.withheld(at.user, conversation, entry->seq, at.id, final);
    if (entry->kind == Kind::message || entry->unknown) {
      messages_.shown(at, conversation, *entry);
    } else {
      changes_.shown(at, conversation, *entry);
    }
    texts_.learn(at, conversation, *entry);
    // An event may bring what is new although it was taken out before it came.
    if (at.operation.op != Op::event) views_.shown(at, conversation, entry->seq, since);
  }
  for (const auto& [conversation, entry] : all) texts_.judge(at, conversation, *entry, {since, final, alone});
}

// A process that starts after the revoke was asked for may have a new token: it is not meant.
void Checker::Judges::revoked(const At& at, const Call& call) {
  for (Process& p : ledger_.process) {
    if (p.device != call.device || p.start > call.invoke || p.revoke != 0) continue;
    p.revoke = at.id;
    p.revoked_from = at.operation.t + kRevokeNs;
  }
}

void Checker::Judges::observe(const At& at) {
  const Operation& o = at.operation;
  switch (o.op) {
    case Op::event:
      if (!o.entries.empty()) show(at, {{at.conversation, &o.entries.front()}}, ledger_.process[at.process - 1].sync, false, false);
      if (o.contact) contacts_.shown(at, *o.contact);
      inbox_.event(at);
      break;
    case Op::marks:
      marks_.pushed(at);
      break;
    case Op::page:
      page(at);
      break;
    case Op::resync:
      inbox_.resync(at);
      break;
    case Op::synced:
      inbox_.synced(at);
      break;
    case Op::final:
      finals_.add(at);
      break;
    default:
      ledger_.broken(at.id, "the phase is missing");
  }
}

Report Checker::Judges::finish() {
  if (!ledger_.is_broken()) {
    messages_.finish();
    changes_.finish();
    members_.build();
    members_.finish();
    texts_.finish();
    reads_.finish();
    inbox_.finish();
    finals_.finish();
    contacts_.finish();
    marks_.finish();
  }
  return ledger_.report();
}

Checker::Checker(std::vector<std::string> files) : judges_(std::make_unique<Judges>(std::move(files))) {}
Checker::~Checker() = default;
void Checker::add(const Operation& operation) { judges_->add(operation); }
Report Checker::finish() { return judges_->finish(); }

std::string Report::text() const {
  if (!broken.empty()) return "the history is broken: " + broken + "\n";
  std::string out;
  std::uint64_t count = 0;
  for (const Violation& v : violations) {
    count += v.count;
    out += "violation of " + std::string(name(v.invariant)) + " (" + std::to_string(v.count) + " in all, the earliest):\n  " + v.sentence +
           "\n";
    if (!v.first.empty()) out += "    " + v.first + "\n";
    out += "    " + v.second + "\n";
  }
  return out + std::to_string(operations) + " operations, " + std::to_string(count) + " violations\n";
}

}  // namespace kith::check
