// contacts/contacts.h — Who is a contact of whom, what users prefer others to see and to do, and which conversations strangers began.
//
//   Which loop   One object per loop, for the users whose slots live there. Store, inboxes and router outlive it.
//   Order        What one user does about one other happens in the order of the calls. What the other does meanwhile may come between.
//   Durable      add(), remove() and block() complete when both users' inboxes have it; prefer() when its row is written.
//   Consistent   Each user's home alone decides whether they added the other (ContactMarks::mine) and tells the other's home, which keeps a
//                copy (theirs). Adding tells first and decides then, so that a contact at one home is known at the other; removing decides
//                first, so that it holds at once. A block is written where it is judged before it is listed. What a crash cut off half way
//                is whole again after a repeat.
//   Cancelled    A caller may drop its task: what has begun goes on to its end here.
//   Fails        With what a client can be told; busy where too many changes of the same two wait.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/turns.h"
#include "inbox/inboxes.h"

namespace kith {

enum class Audience : std::uint8_t { everyone, contacts, nobody };  // On disk: append only.
std::string_view name(Audience audience);
std::optional<Audience> audience_by_name(std::string_view name);

struct Preferences {
  Audience presence = Audience::everyone;  // Who sees whether they are online.
  bool read_marks = true;                  // Others see what they read.
  Audience groups = Audience::everyone;    // Who may add them to groups: everyone or contacts.
  bool operator==(const Preferences&) const = default;
};
// Nothing: stays as it is.
struct PreferenceWish {
  std::optional<Audience> presence{};
  std::optional<bool> read_marks{};
  std::optional<Audience> groups{};
};

struct ContactPage {
  std::vector<ContactRow> contacts;  // Ascending by user.
  bool more = false;
};

// From one user's home to the other's.
struct ContactNews {
  bool added = false;  // `by` added the user …
  std::uint64_t version = 0;
  bool ends = false;  // … or ended all that was between the two.
};
struct ContactAnswer {
  std::optional<bool> added{};  // Whether the user added `by`; nothing: that is just being decided.
  std::uint64_t version = 0;
};

// Implemented by whoever knows which loop or node owns a user or a conversation (server/). Futures complete on the caller's loop; calls
// from one loop to another arrive in order.
class ContactRouter {
 public:
  virtual ~ContactRouter() = default;
  virtual Future<Result<bool>> exists(UserId user) = 0;
  // Has one of the two blocked the other?
  virtual Future<Result<bool>> blocked(ConversationId direct) = 0;
  virtual Future<Result<Ok>> block(ConversationId direct, UserId self, UserId other, bool blocked) = 0;
  // May the first user approach the other one, who is a stranger to them? `rate_limited`: not yet.
  virtual Future<Result<Ok>> first_contact(UserId user, UserId other) = 0;
  // It is durable who may see this user of this loop; called in the turn in which it became so, whoever still waits for that.
  virtual void preferences_changed(const UserId& user) = 0;
  // The same for a user who does not want to tell any more what they read.
  virtual void hide_read(const UserId& user) = 0;
  // Contacts::hear, at the home of `user`.
  virtual Future<Result<ContactAnswer>> tell_contact(UserId user, UserId by, ContactNews news) = 0;
};

struct ContactsOptions {
  bool requests = true;               // Conversations that strangers began are told apart.
  std::size_t contacts_max = 10'000;  // Of one user, with those who asked or were asked. Beyond: limit_reached.
};

class Contacts {
 public:
  Contacts(Loop& loop, Store& store, Inboxes& inboxes, ContactRouter& router, Epoch epoch, ContactsOptions options = {});
  ~Contacts();

  // Of `self` towards `other`.
  Task<Result<ContactState>> state(UserId self, UserId other);
  Task<Result<ContactPage>> list(UserId self, UserId after, std::size_t limit);

  // self_conversation, unknown_user, refused (one has blocked the other), limit_reached (of either), rate_limited (a stranger was asked).
  Task<Result<Ok>> add(UserId self, UserId other);
  Task<Result<Ok>> remove(UserId self, UserId other);
  // In the conversation of the two, where the block is judged; then it is listed. Whom one blocks is no contact any more: they see nothing
  // of what is for contacts.
  Task<Result<Ok>> block(UserId self, UserId other, bool blocked);
  // For who is erased: nothing of the other is listed here any more. A block itself stays.
  Task<Result<Ok>> forget(UserId self, UserId other);
  // The other's home tells what happened there.
  Task<Result<ContactAnswer>> hear(UserId self, UserId by, ContactNews news);

  Task<Result<Preferences>> preferences(UserId self);  // Mostly from memory.
  Task<Result<Preferences>> prefer(UserId self, PreferenceWish wish);

  // Has `self` added `other`? For who may write first.
  Task<Result<bool>> has_added(UserId self, UserId other);
  // May `other` add `self` to a group?
  Task<Result<bool>> may_add(UserId self, UserId other);
  // Did a stranger begin this conversation of `self`, so that it is shown, and told of, as their request?
  Task<Result<bool>> is_request(UserId self, ConversationState conversation);

 private:
  using Pair = std::pair<UserId, UserId>;
  static constexpr std::size_t kCachedMax = 16'384, kCountedAtOnce = 1000;

  Task<Result<Ok>> add_in_turn(UserId self, UserId other);
  Task<Result<Ok>> add_now(UserId self, UserId other);
  Task<Result<Ok>> remove_in_turn(UserId self, UserId other);
  Task<Result<Ok>> forget_in_turn(UserId self, UserId other);
  Task<Result<Ok>> block_in_turn(UserId self, UserId other, bool blocked);
  Task<Result<Ok>> block_now(UserId self, UserId other, bool blocked);
  Task<Result<Ok>> remove_now(UserId self, UserId other, std::optional<bool> blocks = {});
  Task<Result<Preferences>> prefer_in_turn(UserId self, PreferenceWish wish);
  Task<Result<Preferences>> prefer_now(UserId self, PreferenceWish wish);
  Task<Result<Ok>> check_other(UserId self, UserId other);
  Task<Result<Ok>> check_room(UserId self, UserId other);
  bool is_full(const UserId& self) const;
  Task<Result<ContactRow>> change(UserId self, UserId other, Fn<void(ContactMarks&)> change);
  std::uint64_t next_version();

  Loop& loop_;
  Store& store_;
  Inboxes& inboxes_;
  ContactRouter& router_;
  const Epoch epoch_;
  const ContactsOptions options_;
  std::uint64_t versions_ = 0;   // Given out so far.
  Turns<Pair> turns_;            // Preferences: of the pair with nobody.
  std::map<Pair, bool> adding_;  // Who told the other and has not decided yet; true: the other ended it meanwhile.
  std::uint64_t preferences_written_ = 0;
  std::unordered_map<UserId, Preferences> preferred_;  // As they are in the store.
  std::unordered_map<UserId, std::size_t> counts_;     // How many somebodies a user has.
  Scope scope_;                                        // Last: what runs in it uses all of the above.
};

}  // namespace kith
