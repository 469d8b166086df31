// conversation/conversation.h — One conversation while it is in memory: members, the log with its dense seq, exactly-once sends,
// fan-out to the members' inboxes. A direct conversation is a group of two.
//
//   Which loop   That of its slot, on the node that owns it. Owned by Conversations.
//   Order        Sends of one user take effect in the order of the calls. Everybody sees one order: seq.
//   Durable      A send's future completes when the entry is durable; hand-offs to inboxes begin at the same moment.
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
#include "log/log.h"

namespace kith {

struct SendRequest {
  UserId from;
  ClientId client_id;
  std::optional<Seq> base;  // The head that the client knew at its first attempt.
  std::string text;
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
};

// A position with its count: what a mark holds.
struct Point {
  Seq seq;
  std::uint64_t n = 0;
};

class Conversation final : private Log::Owner {
 public:
  static constexpr std::size_t kRecentEntries = 64;       // The cache of recent messages, at least; bodies.
  static constexpr std::size_t kWindowIds = 1000;         // Recent client ids, without bodies.
  static constexpr std::uint64_t kScanRowsMax = 100'000;  // Beyond: outcome unknown.
  static constexpr std::size_t kWaitingMax = 1000;        // Sends waiting for their batch; beyond: busy.

  Conversation(Loop& loop, Store& store, Delivery& delivery, ConversationId id, Epoch epoch);
  ~Conversation() override;

  // Loads members, log and cache. `create`: makes a direct conversation of these two when there is none. False: there is none.
  Task<Result<bool>> open(std::optional<std::pair<UserId, UserId>> create);

  Future<Result<Receipt>> send(SendRequest request);
  Task<Result<HistoryPage>> history(UserId reader, std::optional<Seq> before, std::optional<Seq> after, std::uint32_t limit);

  // The newest entries of (from, to] that fit both limits, ascending.
  Task<Result<std::vector<EntryPtr>>> newest(UserId reader, Seq from, Seq to, std::uint32_t limit, std::size_t bytes);

  // The count at `seq`, for a mark. invalid_argument above the head.
  Task<Result<Point>> point(UserId reader, Seq seq);

  Task<Result<Ok>> block(UserId member, bool blocked);

  // Brings every member's inbox up to the head; `done` when it has. For recovery after a crash.
  Task<void> finish_fan_out();

  // See log/residents.h; the caller of anything that waits keeps it pinned there. Evictable only with the pending row cleared.
  bool evictable() const;
  // Clears the pending row if all inboxes have reached the head.
  Task<void> settle();
  std::size_t bytes() const;

  const ConversationId& id() const { return id_; }
  Seq head() const { return log_.head(); }
  bool is_member(const UserId& user) const { return index_of(user).has_value(); }
  const UserId& other(const UserId& user) const;  // Of a direct conversation.

 private:
  struct Member {
    UserId user;
    bool blocked = false;        // This member has blocked the other one.
    std::optional<Seq> reached;  // Mark that the inbox answered; empty until it has.
    bool delivering = false;
    Presence presence;
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
  };
  struct Waiting {  // A send on its way to durability, with everybody who asked for it.
    Attempt attempt;
    std::uint64_t content = 0;
    std::string text;
    std::vector<std::pair<Promise<Result<Receipt>>, bool>> replies;  // And whether it gave no base.
    std::shared_ptr<Entry> entry;                                    // From fill() on.
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

  std::optional<std::size_t> index_of(const UserId& user) const;
  Task<Result<bool>> load_members(std::optional<std::pair<UserId, UserId>> create);
  Task<Result<Ok>> load_recent();
  void remember(const Entry& entry, std::uint64_t content);
  void keep(EntryPtr entry);
  void accept(Arrival arrival);
  Task<void> search_and_accept(Arrival arrival);
  Task<Result<std::optional<Known>>> search(std::size_t sender, ClientId id, Seq low, Seq high);
  bool answer_repeat(Arrival& arrival);
  void answer_known(Arrival& arrival, const Known& known);
  void enqueue(Arrival arrival);
  Receipt receipt(std::size_t reader, Seq seq, WallTime time) const;
  Task<Result<std::vector<EntryPtr>>> range(Seq low, Seq high);
  Task<void> write_pending(bool pending);
  void arm();
  void watch_quiet(Duration delay);
  Task<void> deliver(std::size_t member);
  void start_delivery();
  bool all_reached() const;
  Task<void> ask_presence(std::size_t member);

  Loop& loop_;
  Store& store_;
  Delivery& delivery_;
  const ConversationId id_;
  Log log_;
  std::vector<Member> members_;
  std::deque<EntryPtr> recent_;                            // The newest entries, dense up to the head.
  std::unordered_map<Attempt, Known, AttemptHash> known_;  // Of the entries from known_from_ to the head.
  std::deque<std::optional<Attempt>> known_order_;
  Seq known_from_{1};
  std::deque<std::unique_ptr<Waiting>> waiting_;  // Not yet in a batch.
  std::deque<std::unique_ptr<Waiting>> in_flight_;
  std::unordered_map<Attempt, Waiting*, AttemptHash> under_way_;  // Those in either queue.
  std::map<std::size_t, std::deque<Arrival>> behind_search_;      // Sends of one member that wait for an earlier one's search.
  std::uint64_t n_ = 0;                                           // Count at the last numbered entry.
  WallTime last_time_;
  Seq opened_at_;       // Head when it was opened.
  bool armed_ = false;  // The pending row is durable: appends may go out.
  bool pending_busy_ = false, blocking_ = false;
  Instant last_activity_;
  Timer quiet_;
  std::size_t text_bytes_ = 0;  // Of recent_.
  std::vector<Promise<Ok>> fan_out_waiters_;
  Scope scope_;
};

}  // namespace kith
