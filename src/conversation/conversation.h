// conversation/conversation.h — One conversation while it is in memory: members, the log with its dense seq, exactly-once sends,
// changes of what was sent, fan-out to the members' inboxes. A direct conversation is a group of two.
//
//   Which loop   That of its slot, on the node that owns it. Owned by Conversations.
//   Order        Sends of one user take effect in the order of the calls. Everybody sees one order: seq.
//   Durable      A send's future completes when the entry is shown: durable, and with it all that it changes elsewhere (the row of an
//                edited or deleted message, of a member, of the group). Hand-offs to inboxes begin at the same moment. Entries are
//                shown in the order of the log.
//   After a crash the pending row (slot, epoch, conversation), durable before the first append, leads back to unfinished fan-outs.
//   Fails        With a Failure from the table of errors. A future that never completes means that the process ended.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "conversation/delivery.h"
#include "conversation/entry.h"
#include "conversation/group.h"
#include "conversation/invites.h"
#include "conversation/marks.h"
#include "conversation/roster.h"
#include "limits/limits.h"
#include "log/log.h"

namespace kith {

// Who may write to somebody who has not added them as a contact, and with whom there is no message yet.
enum class FirstContact : std::uint8_t {
  requests,  // Everybody; the list tells such a conversation from others.
  open,      // Everybody.
  contacts,  // Nobody: refused.
};

struct ConversationOptions {
  FirstContact first_contact = FirstContact::requests;
  std::size_t members_max = 10'000;  // Of a group; beyond: limit_reached.
};

struct SendRequest {
  UserId from;
  ClientId client_id;
  std::optional<Seq> base;  // The head that the client knew at its first attempt.
  std::string text;
  Details details{};  // What was sent besides the text.
};

// What a member asks to be changed, in the form of the entry that it would become: an edit, a deletion or reaction of the message
// details.target, or a change of the group.
struct ChangeRequest {
  UserId from;
  EntryKind kind = EntryKind::edit;
  std::string text;
  Details details{};
  PermissionWish permissions{};  // Of a group.
  ClientId invite{};             // By which one joins.
  bool system = false;           // By the embedding application: `from` needs no right, and need be no member.
};
struct Change {
  Seq seq;  // 0: there was nothing to change.
  WallTime time;
};

// A group as one user sees it.
struct GroupView {
  std::string title;
  Permissions permissions;
  std::uint32_t members = 0;
  std::optional<Role> role;  // Nothing: no member any more.
  Seq head;                  // The newest entry that this user may see.
  bool waiting = false;      // Not in yet: somebody must let them in.
};
struct InviteWish {
  std::uint32_t expires_s = 0, uses = 0;  // uses 0: any number.
  bool approval = false;
};
struct InviteList {
  std::vector<InviteRow> links;  // Those that are good.
  std::vector<UserId> waiting;
};
struct MemberList {
  std::vector<MemberRow> members;  // Ascending by user.
  bool more = false;
};

// Where the others of a conversation are.
struct Receipts {
  std::vector<MemberMark> marks;
  UserId other;       // Of a direct conversation, unless one of the two has blocked the other …
  Presence presence;  // … with whether they can be reached.
};

struct Receipt {
  ConversationId conversation;
  Seq seq;
  WallTime time;
  bool repeated = false;     // The answer to the first attempt.
  bool window_only = false;  // No base: only the last kWindowIds entries were searched.
  UserId other;              // For a direct conversation, with what was known of them at this moment.
  Presence presence;
};

struct HistoryPage {
  std::vector<EntryPtr> entries;  // Ascending.
  Seq head;
  bool more = false;
  Seq from, to;  // What it is about, when not all of that is in it; 0: what it holds.
};

// A position with its count: what a mark holds.
struct Point {
  Seq seq;
  std::uint64_t n = 0;
};

class Conversation final : private Log::Owner {
 public:
  static constexpr std::size_t kRecentEntries = 64;                   // The cache of recent messages, at least; bodies.
  static constexpr std::size_t kWindowIds = 1000;                     // Recent client ids, without bodies.
  static constexpr std::uint64_t kScanRowsMax = 100'000;              // Beyond: outcome unknown.
  static constexpr std::size_t kWaitingMax = 1000;                    // Sends waiting for their batch; beyond: busy.
  static constexpr std::size_t kEditsMax = 100;                       // Of one message; beyond: limit_reached.
  static constexpr std::size_t kEmojiMax = 20, kReactionsMax = 1000;  // Of one message; beyond: limit_reached.
  static constexpr std::size_t kFullMembersMax = 250;                 // Of a group with marks and typing.

  // Without `limits` it takes any number of entries, and changes at any time.
  Conversation(Loop& loop, Store& store, Delivery& delivery, ConversationId id, Epoch epoch, Limits* limits = nullptr,
               ConversationOptions options = {});
  ~Conversation() override;

  // What to do when there is none yet.
  struct Create {
    std::optional<std::pair<UserId, UserId>> direct;  // Make a direct conversation of these two …
    bool group = false;                               // … or be ready for the entry that creates a group.
  };
  // Loads members, log and cache, and makes durable what entries changed before a crash. False: there is none.
  Task<Result<bool>> open(Create create);

  Future<Result<Receipt>> send(SendRequest request);
  Task<Result<Change>> change(ChangeRequest request);

  // Links: for whoever may add members …
  Task<Result<InviteRow>> create_invite(UserId by, InviteWish wish);
  Task<Result<Ok>> revoke_invite(UserId by, ClientId secret);
  Task<Result<InviteList>> invites(UserId by);
  Task<Result<Ok>> refuse_join(UserId by, UserId user);
  // … and for whoever has one. not_found when it is not good (any more), forbidden for who was removed since it was made.
  Task<Result<GroupView>> join(UserId user, ClientId secret);
  Task<Result<bool>> is_waiting(UserId user);

  Task<Result<GroupView>> group(UserId reader);
  // Those who are members now, after `after`.
  Task<Result<MemberList>> members(UserId reader, UserId after, std::size_t limit);
  Task<Result<HistoryPage>> history(UserId reader, std::optional<Seq> before, std::optional<Seq> after, std::uint32_t limit);

  // The newest entries of (from, to] that fit both limits, ascending.
  Task<Result<std::vector<EntryPtr>>> newest(UserId reader, Seq from, Seq to, std::uint32_t limit, std::size_t bytes);

  // The count at `seq`, for a mark. invalid_argument above the head.
  Task<Result<Point>> point(UserId reader, Seq seq);

  // The deletion of an entry, if it happened lately; 0: not so.
  Seq deleted_lately(Seq seq) const;

  Task<Result<Ok>> block(UserId member, bool blocked);

  // What a member's inbox tells of them. not_found: no member any more.
  Task<Result<Ok>> mark(UserId member, Mark mark);
  // The marks of the others; from now on what moves is signalled to this member, see Marks.
  Task<Result<Receipts>> look(UserId member);
  Result<Ok> typing(const UserId& member, bool stopped);

  // Brings every member's inbox up to the head; `done` when it has. For recovery after a crash.
  Task<void> finish_fan_out();

  // See log/residents.h; the caller of anything that waits keeps it pinned there. Evictable only with the pending row cleared.
  bool evictable() const;
  // Clears the pending row if all inboxes have reached the head.
  Task<void> settle();
  std::size_t bytes() const;

  const ConversationId& id() const { return id_; }
  Seq head() const { return shown_; }
  bool is_member(const UserId& user) const { return roster_.find_present(user).has_value(); }
  bool may_add(const UserId& user) const {
    auto member = roster_.find_present(user);
    return member && !id_.is_direct() && group_.permissions.allow(roster_[*member].role, Deed::add);
  }
  bool any_blocked() const { return roster_.any_blocked(); }
  const UserId& other(const UserId& user) const;  // Of a direct conversation.

 private:
  struct Member {                // Beside the row in roster_, at the same index.
    std::optional<Seq> reached;  // Mark that the inbox answered; empty until it has.
    bool delivering = false;
    std::optional<Presence> presence;  // As it was at `asked`, for the only other member; nothing: not known any more, or yet.
    Instant asked;
    int asking = 0;
    std::vector<EntryPtr> handing;  // On their way to the inbox, and not in the cache.
  };
  struct Attempt {  // Identifies one message for ever.
    ClientId client_id;
    std::size_t sender;
    auto operator<=>(const Attempt&) const = default;
  };
  struct AttemptHash {
    std::size_t operator()(const Attempt& a) const { return std::hash<ClientId>()(a.client_id) + a.sender; }
  };
  struct Known {  // What is remembered of a recent entry, to answer a repeat.
    Seq seq;
    WallTime time;
    std::uint64_t content;
    bool changed = false;  // By an edit or a deletion: any content is taken for the same.
  };
  struct Effect {  // What an entry that is no message changes beside itself.
    Promise<Result<Change>> reply;
    EntryPtr target;  // The message that it changes, as it is before.
    PermissionWish wish{};
    Details asked{};  // Of a group: each judgement begins with what was asked for.
    std::string title;
    bool system = false;
    std::vector<Row> member_rows;  // As it leaves them.
    std::optional<Row> group_row;
    bool applied = false;
  };
  struct Waiting {  // An entry on its way to be shown, with everybody who asked for it.
    std::shared_ptr<Entry> entry;
    std::optional<Attempt> attempt;  // Of a message …
    std::uint64_t content = 0;
    std::vector<std::pair<Promise<Result<Receipt>>, bool>> replies;  // … and whether it gave no base.
    std::uint64_t judged = 0;                                        // By which rules_.
    std::unique_ptr<Effect> effect;                                  // Of everything else.
    bool whole() const { return !effect || effect->applied; }
  };
  struct Arrival {
    SendRequest request;
    std::size_t sender;
    Promise<Result<Receipt>> reply;
  };

  // Log::Owner
  void fill(Log::Batch& batch) override;
  bool waiting() const override { return !waiting_.empty() && armed_; }
  void durable(Seq first, Seq last) override;
  void lost() override;

  Task<Result<bool>> load_members(Create create);
  void add_member(MemberRow row);
  Task<Result<Ok>> load_recent();
  Task<Result<Ok>> repeat_changes(std::vector<EntryPtr> changes);
  void remember(const Entry& entry, std::uint64_t content);
  void keep(EntryPtr entry);
  void accept(Arrival arrival);
  bool must_search(const Arrival& arrival) const;
  bool group_change_waits() const;
  Seq search_from(const Arrival& arrival) const;
  Task<void> search_and_accept(Arrival arrival);
  Task<Result<std::optional<Known>>> search(std::size_t sender, ClientId id, Seq low, Seq high);
  bool answer_repeat(Arrival& arrival);
  void answer_known(Arrival& arrival, const Known& known);
  bool same_content(const SendRequest& request, std::uint64_t content, bool changed) const;
  void enqueue(Arrival arrival);
  void enqueue(std::unique_ptr<Waiting> waiting);
  void refuse(Waiting& waiting, const Failure& failure);
  void show();
  Task<void> until_shown();
  Task<void> answer_no_change(std::unique_ptr<Effect> effect);
  void answer(Waiting& waiting);

  // May this be appended now? False: there is nothing to change. Asked early, and again when it gets its place.
  Result<bool> judge(Waiting& waiting) const;
  Result<bool> judge_message_change(const Waiting& waiting, std::optional<std::size_t> member) const;
  Result<bool> judge_group_change(Waiting& waiting, std::optional<std::size_t> member) const;
  UserId heir_of(const UserId& leaving) const;  // Nobody, unless they are the last owner.
  // May one more entry come? Then it is counted.
  Result<Ok> take_room();
  bool too_late(const Entry& message, Duration within, Limit limit) const;
  Result<Ok> judge_joining(const UserId& user, const ClientId& secret) const;
  bool answers_message(Seq seq) const;
  Task<Result<Ok>> check_host(UserId user);
  Result<Ok> judge_host(const UserId& user) const;
  Task<Result<Ok>> lock_invites_as_host(const UserId& user);
  Task<Result<GroupView>> wait_to_join(UserId user, ClientId secret);
  Task<Result<Ok>> load_invites();
  Task<void> lock_invites();
  void unlock_invites();
  Task<Result<Ok>> put_invites(std::vector<Row> rows);
  Task<void> count_use(const Entry& joined);
  Task<void> lock_target(Seq seq);
  void unlock_target(Seq seq);
  Task<void> apply_changes();
  void take_group_change(Waiting& waiting);
  Task<void> apply(Waiting& waiting);
  Task<void> erase_edits(EntryPtr message, Seq by);
  Task<void> rewrite(EntryPtr old, Entry changed);
  Task<void> put_rows(RowTable table, std::vector<Row> rows);
  void erase_objects(const Entry& deleted);
  void replace_cached(EntryPtr changed);
  Receipt receipt(std::size_t reader, Seq seq, WallTime time) const;
  Task<Result<std::vector<EntryPtr>>> range(Seq low, Seq high);
  Task<Result<std::vector<EntryPtr>>> seen(std::size_t member, std::vector<Span> spans);
  Task<void> write_pending(bool pending);
  void arm();
  void watch_quiet(Duration delay);
  Seq goal(std::size_t member) const;
  HandOff next_hand_off(std::size_t member) const;
  Task<void> deliver(std::size_t member);
  void start_delivery();
  void end_delivery();
  Task<void> move_checkpoint();
  bool all_reached() const;
  Task<void> ask_presence(std::size_t member, std::size_t viewer);
  bool waits_for_presence(const Waiting& waiting) const;
  Task<void> answer_soon();
  void answer_held(bool all);
  bool has_marks() const { return roster_.present() <= kFullMembersMax; }
  Marks& marks();

  Loop& loop_;
  Store& store_;
  Delivery& delivery_;
  const ConversationId id_;
  Limits* const limits_;
  const ConversationOptions options_;
  Bucket room_;  // Of LimitOptions::conversation.
  Log log_;
  Roster roster_;  // As of the last entry that got its place.
  GroupRow group_;
  std::uint64_t rules_ = 1;  // Grows when members, permissions or blocks change: what was judged before is judged again.
  std::vector<Member> members_;
  Seq placed_;  // The last number that was given: what members and permissions follow from.
  std::vector<std::pair<Seq, Promise<Ok>>> until_shown_;
  Seq shown_;                                              // Everything up to here is durable with all that it changes.
  std::deque<EntryPtr> recent_;                            // The newest entries, dense up to shown_.
  std::unordered_map<Attempt, Known, AttemptHash> known_;  // Of the entries from known_from_ to the head.
  std::deque<std::optional<Attempt>> known_order_;
  Seq known_from_{1};
  std::deque<std::unique_ptr<Waiting>> waiting_;  // Not yet in a batch.
  std::deque<std::unique_ptr<Waiting>> in_flight_;
  std::deque<std::unique_ptr<Waiting>> unshown_;                     // Durable, from shown_ + 1 on.
  std::vector<std::unique_ptr<Waiting>> unanswered_;                 // Shown; their answers wait for the other's presence.
  std::map<Seq, std::vector<Promise<Ok>>> targets_;                  // Messages that are being changed, and who waits to change them next.
  std::optional<Seq> delivered_to_;                                  // What was shown when delivery was last started.
  std::size_t delivering_ = 0;                                       // deliver()s at work, and start_delivery.
  std::deque<std::pair<Seq, std::weak_ptr<const Entry>>> replaced_;  // Objects of changed messages that somebody may still hold.
  std::deque<std::pair<Seq, Seq>> erasures_;                         // The latest deletions: what, and by which entry.
  bool applying_ = false;                                            // apply_changes is at work.
  std::unordered_map<Attempt, Waiting*, AttemptHash> under_way_;     // Those in either queue.
  std::map<std::size_t, std::deque<Arrival>> behind_search_;         // Sends of one member that wait for an earlier one's search.
  std::unique_ptr<Invites> invites_;                                 // Loaded when somebody first asks.
  bool invites_locked_ = false;
  std::deque<Promise<Ok>> invite_turns_;
  std::uint64_t n_ = 0;  // Count at the last numbered entry.
  WallTime last_time_;
  Seq opened_at_;       // Head when it was opened.
  bool armed_ = false;  // The pending row is durable: appends may go out.
  bool pending_busy_ = false, blocking_ = false;
  Instant last_activity_;
  Timer quiet_;
  std::size_t text_bytes_ = 0;  // Of recent_.
  std::vector<Promise<Ok>> fan_out_waiters_;
  std::unique_ptr<Marks> marks_;  // Once somebody asked.
  Scope scope_;
};

}  // namespace kith
