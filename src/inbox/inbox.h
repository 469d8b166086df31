// inbox/inbox.h — One user's own log: the exact order of what this user sees, the same on all devices.
//
//   Which loop   That of the user's slot. Owned by Inboxes.
//   Order        useq, dense. Pointers of one conversation merge into a range only while they wait to be appended; with no session of
//                the user they wait up to kHold for that.
//   Durable      hand_off() and read() complete when their pointer is durable; then, in the same turn, sessions hear of it.
//   Views        The row of each conversation follows within a second (write-behind), and what its conversation knows of this user's marks;
//                the checkpoint says how far.
//   Fails        With a Failure; nothing was promised then, and the caller repeats.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/loop.h"
#include "conversation/conversation.h"
#include "conversation/delivery.h"
#include "inbox/pointer.h"
#include "log/log.h"

namespace kith {

// One durable step of an inbox, on its way to the sessions.
struct InboxStep {
  Useq useq;
  const Pointer& pointer;
  const std::vector<EntryPtr>& entries;  // Of (pointer.from, pointer.to], all of them.
};

// Who wants to know. Implemented by the session directory.
class InboxObserver {
 public:
  virtual ~InboxObserver() = default;
  virtual bool present(const UserId& user) const = 0;  // Has the user a session here?
  virtual void advanced(const UserId& user, const InboxStep& step) = 0;
};

// Tells a conversation where one of its members is. Implemented by whoever knows where conversations live.
class MarkKeeper {
 public:
  virtual ~MarkKeeper() = default;
  // Completes when the mark is durable there. not_found: the user is no member any more.
  virtual Future<Result<Ok>> mark(ConversationId conversation, UserId member, Mark mark) = 0;
};

class Inbox final : private Log::Owner {
 public:
  static constexpr std::size_t kHiddenMax = 1000;  // Entries of one conversation.

  Inbox(Loop& loop, Store& store, UserId user, Epoch epoch, InboxObserver& observer, MarkKeeper& keeper);
  ~Inbox() override;

  Task<Result<bool>> open();  // Always true: every user has an inbox.

  // Takes what follows its mark; completes with the mark.
  Task<Result<Seq>> hand_off(HandOff handoff);

  // Moves the user's own read mark up to `point`; a lower one changes nothing.
  Task<Result<Ok>> read(ConversationId conversation, Point point);

  // Takes everything up to `point`, or one entry, out of the user's view. limit_reached beyond kHiddenMax. What is out already, or on its
  // way to be, is no further step.
  Task<Result<Ok>> clear(ConversationId conversation, Point point);
  Task<Result<Ok>> hide(ConversationId conversation, Seq seq);
  // `change` gets the settings as they are on their way to be. not_found if nothing of the conversation is here or on its way.
  Task<Result<Ok>> configure(ConversationId conversation, Fn<void(Settings&)> change);

  // One of the user's devices has everything up to `useq`: others come to know that it was delivered.
  void confirmed(Useq useq);
  // Leaves in the row of each conversation only how far the inbox has come: for a user who is erased, and does nothing here any more.
  Task<Result<Ok>> blank();

  // Pointers after `after`, oldest first, at most `limit`. Numbered after + 1, after + 2, ….
  Task<Result<std::vector<Pointer>>> pointers(Useq after, std::uint32_t limit);

  // A conversation as the user sees it; with `reached` 0 when the inbox has not got it.
  Task<Result<ConversationState>> view(ConversationId conversation);

  // Every conversation of the user, in no order.
  Task<Result<std::vector<ConversationState>>> conversations();

  // What another user is to this one (see contact_row.h); one who never was anything too.
  Task<Result<ContactRow>> contact(UserId other);
  // `change` gets it as it is on its way to be; completes with it when it is durable. One step, or none if nothing changed.
  Task<Result<ContactRow>> change_contact(UserId other, Fn<void(ContactMarks&)> change);
  // Those after `after` who are something, by user id; at most `limit`.
  Task<Result<std::vector<ContactRow>>> contacts(UserId after, std::size_t limit);

  Useq head() const { return log_.head(); }
  std::uint32_t rebuild() const { return log_.rebuild(); }
  const UserId& user() const { return user_; }
  // A session came: nothing waits for company any more.
  void hurry();
  // Completes when all that was handed off so far is durable: whoever asks after an ack must find what was acked.
  Task<void> arrivals();

  // See log/residents.h; the caller of anything that waits keeps it pinned there.
  bool evictable() const;
  Task<void> settle();
  // Settles until nothing is on its way, for a second at most: for who must see what was handed off to somebody absent.
  Task<void> catch_up();
  std::size_t bytes() const;

 private:
  struct Outgoing {
    Pointer pointer;
    std::vector<EntryPtr> entries;
    std::optional<Promise<Ok>> done{};
  };
  struct State {
    ConversationState row;
    // As they will be once everything on its way is durable: what comes next is judged by these.
    Seq queued;
    Seq read_queued, cleared_queued;
    std::vector<Seq> hidden_queued;
    Settings settings_queued;
    Mark told;                         // What the conversation knows.
    std::pair<Useq, Seq> undelivered;  // A step that was not confirmed yet, of a conversation in which more has come since.
    std::size_t notes = 0;             // On their way.
    Outgoing* merging = nullptr;       // Still waiting, so it may grow.
    bool dirty = false;
    std::vector<Promise<Ok>> waiters;  // For the next pointer of this conversation to be durable.
    // None of the user's own changes is on its way.
    void settle_own() {
      read_queued = row.read;
      cleared_queued = row.cleared;
      hidden_queued = row.hidden;
      settings_queued = row.settings;
    }
    // Nothing is.
    void settle() {
      queued = row.reached;
      settle_own();
    }
    bool busy() const {
      return dirty || !waiters.empty() || merging != nullptr || queued != row.reached || read_queued != row.read || notes != 0;
    }
  };

  struct Acquaintance {  // A contact whose row may be behind.
    ContactRow row;
    ContactMarks queued;    // Once everything on its way is durable.
    std::size_t notes = 0;  // On their way.
    bool dirty = false;
    std::vector<Promise<Ok>> waiters;
  };

  // While one lives nothing in memory is forgotten: a row that is being read may be older than what was at hand and is not any more.
  class Reading {
   public:
    explicit Reading(Inbox& inbox) : inbox_(inbox) { ++inbox_.reading_; }
    ~Reading() { --inbox_.reading_; }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

   private:
    Inbox& inbox_;
  };

  // Log::Owner
  void fill(Log::Batch& batch) override;
  bool waiting() const override { return !waiting_.empty() && !holding_; }
  void durable(Seq first, Seq last) override;
  void lost() override;

  Task<Result<State*>> load(ConversationId conversation);
  State& adopt(ConversationState row);
  Outgoing& enqueue(Outgoing outgoing);
  Task<void> until_durable(State& state);
  Task<Result<Ok>> note(State& state, Pointer pointer);
  Task<Result<Acquaintance*>> load_contact(UserId other);
  void take_contact(Outgoing& outgoing, Useq useq, std::vector<Promise<Ok>>& waiters);
  void touch(State& state);
  void touch(Acquaintance& contact);
  void flush_later();
  Task<void> put_until_done(RowTable table, std::vector<Row> rows);
  Task<void> write_behind();
  Task<Result<Ok>> tell_marks(std::vector<std::pair<ConversationId, Mark>> marks);
  void forget_quiet_states();

  Loop& loop_;
  Store& store_;
  InboxObserver& observer_;
  MarkKeeper& keeper_;
  const UserId user_;
  Log log_;
  std::unordered_map<ConversationId, State> states_;
  std::map<UserId, Acquaintance> contacts_;
  std::list<Outgoing> waiting_, in_flight_;                    // Lists: an idle inbox must cost little, and places stay where they are.
  std::vector<std::pair<std::size_t, Promise<Ok>>> arrivals_;  // Who waits for so many more of these to be durable.
  bool holding_ = false;                                       // Waiting for company.
  bool writing_ = false;                                       // write_behind is at work.
  std::size_t dirty_ = 0;
  std::size_t reading_ = 0;  // Reads of rows under way.
  Timer hold_, flush_;
  Scope scope_;
};

}  // namespace kith
