// check/inbox.h — The feeds of devices: each one by itself, and all of a user against each other.
//
// Judges I5 (a feed has no gap and never goes back), I9 (cursor), I13 (what users mark, clear, hide and set for themselves) and the inbox
// half of I4 (one truth per useq).
#pragma once

#include <optional>
#include <vector>

#include "check/members.h"
#include "check/views.h"

namespace kith::check {

// What the devices of a user together know of one of the user's conversations.
struct UserConversation {
  Seen feed;        // Highest number that events and pages spoke of.
  Seen listed;      // Highest head in a list page before `quiesced`.
  Seen mark;        // Highest own read mark shown by events and pages.
  Seen read_ok;     // Highest read that was answered with ok.
  Seen cleared;     // As `mark`, of what was cleared.
  Seen cleared_ok;  // As `read_ok`.
};

class Inbox {
 public:
  Inbox(Ledger& ledger, Messages& messages, Members& members) : ledger_(ledger), messages_(messages), members_(members) {}

  // Calls by which users change something for themselves: read, clear, hide, configure.
  static bool is_own(Op op) { return op == Op::read || op == Op::clear || op == Op::hide || op == Op::configure; }

  void sync(const At& at);
  void ready(const At& at);
  void page(const At& at);
  void event(const At& at);
  void resync(const At& at);
  void synced(const At& at);
  // The answer to a list read that was asked for by `invoke`; `first`: of its first page.
  void listed(const At& at, OpId invoke, bool first);
  // Returns the number of the attempt, for own_outcome().
  std::uint32_t own_invoked(const At& at);
  void own_outcome(const At& at, std::uint32_t attempt);
  // From here on a list proves no delivery: it may be one of the final reads.
  void quiesced() { is_quiesced_ = true; }
  void final_item(const At& at, Id conversation, const Item& item);
  // The read mark of this user was shown to somebody.
  void mark_of(Id user, Id conversation, std::uint64_t seq, OpId op) { own_shown(Op::read, user, conversation, seq, op); }
  // That none were made, and that they are what they are without any ("-"), is the same.
  static std::uint64_t settings_hash(std::string_view settings) { return hash(settings == "-" ? std::string_view() : settings); }
  // The step that set the settings last, if every step since is known; its hash, 0: none is known.
  std::uint64_t settings_in_the_end(Id user, Id conversation);

  // Highest useq that any device of the user was told of.
  Seen head(Id user) { return inbox(user).head; }
  const UserConversation& of(Id user, Id conversation) { return conversations_[pair(user, conversation)]; }
  void finish();

 private:
  enum class Kind : std::uint8_t { entries, read, cleared, hidden, settings, contact, other };
  static constexpr std::size_t kKinds = 6;  // But for others.
  // One step of an inbox, as an event showed it first.
  struct Step {
    OpId op = 0;
    Id conversation = 0;  // Of a contact: the user.
    Kind kind = Kind::entries;
    std::uint64_t first = 0;  // 0: its beginning was not seen.
    std::uint64_t last = 0;   // Or the mark; of settings and contacts a hash.
  };
  struct PageChange {
    Id conversation;  // Or the user.
    bool is_contact;
    std::uint64_t from, to, read, cleared, settings;  // `settings`: a hash; of a contact its state.
    std::vector<std::uint64_t> hidden;
    std::uint64_t key() const { return pair(is_contact, conversation); }
  };
  struct Page {
    OpId op;
    std::uint64_t from, to;
    std::vector<PageChange> changes;  // By key().
  };
  struct UserInbox {
    Blocks<Step> steps;  // By useq.
    Seen head;
    std::vector<Page> pages;
    std::vector<Id> conversations;
  };
  // The feed of one process on its present connection.
  struct Feed {
    std::optional<std::uint64_t> position;  // Unknown after resync, until the next page or step.
    OpId moved = 0;                         // Who set it.
    bool is_fresh = false;                  // Nothing came yet on this connection.
    bool must_resync = false;
    bool is_synced = false;
    Cursor cursor = Cursor::none;
    OpId sync = 0;
    Seen floor;  // What a device of the user had been told before the sync was invoked.
    std::uint32_t epoch = 1;
    // Messages of a step whose last event has not come yet.
    Id run_conversation = 0;
    std::uint64_t run_first = 0;
    std::uint64_t run_last = 0;
    OpId run_op = 0;
  };
  // How far a feed has told of one conversation. Void unless `epoch` is the feed's.
  struct Told {
    std::uint32_t epoch = 0;
    std::uint64_t seq = 0;  // 0: unknown.
    std::uint64_t mark = 0;
    std::uint64_t cleared = 0;
    OpId op = 0;
    OpId mark_op = 0;
    OpId cleared_op = 0;
  };
  struct OwnAttempt {
    Op what;
    Id user, conversation;
    std::uint64_t value;  // A number; of settings a hash.
    OpId invoke;
    bool failed = false;
  };
  struct OwnShown {
    Op what;
    Id user, conversation;
    std::uint64_t value;
    OpId op;
    auto operator<=>(const OwnShown&) const = default;
  };
  struct OfConversation;

  UserInbox& inbox(Id user);
  Feed& feed(Id process);
  Told& told(const At& at, Id conversation);
  UserConversation& user_conversation(Id user, Id conversation);
  void answered(const At& at, Feed& feed);
  bool move(const At& at, std::uint64_t from, std::uint64_t to);
  void message_event(const At& at);
  void own_event(const At& at);
  void step(const At& at, std::uint64_t useq, const Step& shown);
  void end_run(const At& at, std::string_view what);
  void change(const At& at, const Change& change, bool contiguous);
  void mark_in_feed(const At& at, Id conversation, std::uint64_t seq);
  void cleared_in_feed(const At& at, Id conversation, std::uint64_t seq);
  void own_shown(Op what, Id user, Id conversation, std::uint64_t value, OpId op);
  void judge_own();
  void judge_own(const OwnShown& shown, const OwnAttempt* attempt);
  bool all_known(const UserInbox& inbox, std::uint64_t after, std::uint64_t upto) const;
  void judge_inbox(Id user, const UserInbox& inbox);
  void judge_page(Id user, const UserInbox& inbox, const Page& page, const PairMap<OfConversation>& of);
  void judge_change(Id user, const Page& page, const PageChange& change, const OfConversation& of);
  void judge_own_change(const UserInbox& inbox, const Page& page, const PageChange& change, const OfConversation& of);
  void judge_entries(const At& at, Id conversation, const Change& change);

  Ledger& ledger_;
  Messages& messages_;
  Members& members_;
  std::deque<UserInbox> inboxes_;
  std::deque<Feed> feeds_;
  PairMap<Told> told_;                       // Process and conversation.
  PairMap<UserConversation> conversations_;  // User and conversation.
  std::vector<OwnAttempt> attempts_;
  std::vector<OwnShown> shown_;
  bool is_quiesced_ = false;
};

}  // namespace kith::check
