// conversation/marks.h — Where the members of a conversation are, as others may know it, and who looks at it right now.
//
//   Which loop   That of the conversation, which owns it.
//   Durable      raise() completes when the row is; nobody is told of a mark before, and no mark ever goes back.
//   Live         Those who look are told of what moved at most twice a second, all of it in one signal; a signal may be lost. Whether
//                others may know what somebody read is asked in the moment of telling.
//   Rows         RowTable::members, in a partition beside that of the members: user → read, delivered. Read when first asked for.
//   Fails        load() and raise() with the failure of the store.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "conversation/delivery.h"
#include "store/store.h"

namespace kith {

class Marks {
 public:
  static constexpr Duration kLookFor = 10min;  // A look that is not repeated ends.
  static constexpr Duration kTellEvery = 500ms;
  static constexpr Duration kTypingEvery = 2s;  // Of one member; what comes more often is dropped.

  Marks(Loop& loop, Store& store, Delivery& delivery, ConversationId id);

  Task<Result<Ok>> load();
  // Takes what is above the mark that is known of the user.
  Task<Result<Ok>> raise(UserId user, Mark mark);
  // Of those of `users` who have a mark: what is durable, as others may know it.
  Task<Result<std::vector<MemberMark>>> shown(std::vector<UserId> users);

  void look(const UserId& user);
  // Who is gone hears nothing more.
  void forget(const UserId& user);
  bool watched() const;
  bool idle() const { return scope_.empty(); }
  // Tells those who look that somebody writes.
  void typing(const UserId& user, bool stopped);

  std::size_t bytes() const { return (marks_.size() + lookers_.size()) * 96; }

 private:
  struct State {
    Mark durable, wanted;
    bool writing = false;
    std::vector<Promise<Result<Ok>>> waiters;
    Instant typed;
  };

  Task<void> write(UserId user);
  void tell_later(const UserId& user);
  Task<void> tell();
  std::vector<UserId> lookers();

  Loop& loop_;
  Store& store_;
  Delivery& delivery_;
  const ConversationId id_;
  std::unordered_map<UserId, State> marks_;
  std::map<UserId, Instant> lookers_;  // Until when.
  std::vector<UserId> moved_;          // And not told of yet.
  bool loaded_ = false;
  Instant told_;
  Timer tell_;
  Scope scope_;
};

}  // namespace kith
