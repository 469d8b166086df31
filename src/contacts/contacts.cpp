#include "contacts/contacts.h"

#include <array>

#include "base/bytes.h"
#include "base/crash_point.h"
#include "base/plant.h"
#include "store/retry.h"

namespace kith {

namespace {

constexpr std::uint8_t kForm = 1;
constexpr char kPreferencesKey[] = "preferences";  // In RowTable::users, beside the account.
constexpr std::array<std::string_view, 3> kAudiences{"everyone", "contacts", "nobody"};

Row encode(const Preferences& preferences) {
  Row row{kPreferencesKey, {}};
  ByteWriter writer(row.value);
  writer.u8(kForm);
  writer.u8(static_cast<std::uint8_t>(preferences.presence));
  writer.u8(preferences.read_marks ? 1 : 0);
  writer.u8(static_cast<std::uint8_t>(preferences.groups));
  return row;
}

std::optional<Preferences> decode_preferences(std::string_view value) {
  ByteReader reader(value);
  auto form = reader.u8(), presence = reader.u8(), read_marks = reader.u8(), groups = reader.u8();
  if (form != kForm || !reader.done() || presence >= kAudiences.size() || groups >= kAudiences.size()) return std::nullopt;
  return Preferences{static_cast<Audience>(presence), read_marks != 0, static_cast<Audience>(groups)};
}

// What fails when somebody may have heard of the change already: a repeat makes it whole.
Failure half_done(const Failure& failure) {
  return info(failure.code).outcome == Outcome::retry ? Failure{Code::outcome_unknown} : failure;
}

Failure no_room(const UserId& user) { return {Code::limit_reached, "contacts of " + user.text()}; }

}  // namespace

std::string_view name(Audience audience) { return kAudiences[static_cast<std::size_t>(audience)]; }

std::optional<Audience> audience_by_name(std::string_view name) {
  for (std::size_t i = 0; i < kAudiences.size(); ++i) {
    if (kAudiences[i] == name) return static_cast<Audience>(i);
  }
  return std::nullopt;
}

Contacts::Contacts(Loop& loop, Store& store, Inboxes& inboxes, ContactRouter& router, Epoch epoch, ContactsOptions options)
    : loop_(loop), store_(store), inboxes_(inboxes), router_(router), epoch_(epoch), options_(options) {}

Contacts::~Contacts() {
  turns_.close();
  scope_.cancel();
}

// ------------------------------------------------------------------------------------------------------------- reading

Task<Result<ContactState>> Contacts::state(UserId self, UserId other) {
  auto inbox = co_await inboxes_.acquire(std::move(self));
  if (!inbox) co_return inbox.error();
  auto row = co_await (*inbox)->contact(std::move(other));
  if (!row) co_return row.error();
  co_return row->state();
}

Task<Result<ContactPage>> Contacts::list(UserId self, UserId after, std::size_t limit) {
  auto inbox = co_await inboxes_.acquire(std::move(self));
  if (!inbox) co_return inbox.error();
  auto rows = co_await (*inbox)->contacts(std::move(after), limit + 1);
  if (!rows) co_return rows.error();
  ContactPage page{std::move(*rows), false};
  page.more = page.contacts.size() > limit;
  if (page.more) page.contacts.pop_back();
  co_return page;
}

Task<Result<bool>> Contacts::has_added(UserId self, UserId other) {
  auto between = co_await state(std::move(self), std::move(other));
  if (!between) co_return between.error();
  co_return *between == ContactState::asked || *between == ContactState::contact;
}

Task<Result<bool>> Contacts::may_add(UserId self, UserId other) {
  auto wanted = co_await preferences(self);
  if (!wanted) co_return wanted.error();
  if (wanted->groups == Audience::everyone) co_return true;
  auto added = co_await has_added(std::move(self), std::move(other));
  co_return added;
}

Task<Result<bool>> Contacts::is_request(UserId self, ConversationState conversation) {
  bool stranger = options_.requests && conversation.conversation.is_direct() && !conversation.with.empty() && conversation.own == Seq{0};
  if (!stranger) co_return false;
  auto added = co_await has_added(std::move(self), std::move(conversation.with));
  if (!added) co_return added.error();
  co_return !*added;
}

// ------------------------------------------------------------------------------------------------------------ changing

// Higher than every one before, also across starts.
std::uint64_t Contacts::next_version() { return epoch_.value << 32 | ++versions_; }

Task<Result<Ok>> Contacts::check_other(UserId self, UserId other) {
  if (self == other) co_return Failure{Code::self_conversation};
  if (store_.space() != Space::enough) co_return Failure{Code::storage_full, "", 10'000};
  auto exists = co_await router_.exists(other);
  if (!exists) co_return exists.error();
  if (!*exists) co_return Failure{Code::unknown_user, other.text()};
  co_return Ok{};
}

// Room for one more, unless the other is counted already.
Task<Result<Ok>> Contacts::check_room(UserId self, UserId other) {
  auto between = co_await state(self, std::move(other));
  if (!between) co_return between.error();
  if (*between != ContactState::none) co_return Ok{};
  if (!counts_.contains(self)) {
    std::size_t count = 0;
    UserId after;
    for (bool more = true; more;) {  // Blocks find room also beyond the limit.
      auto page = co_await list(self, after, kCountedAtOnce);
      if (!page) co_return page.error();
      count += page->contacts.size();
      more = page->more;
      if (more) after = page->contacts.back().other;
    }
    if (counts_.size() >= kCachedMax) counts_.clear();
    counts_.try_emplace(self, count);  // Who counted at the same time and was done before has kept count since.
  }
  if (is_full(self)) co_return no_room(self);
  co_return Ok{};
}

bool Contacts::is_full(const UserId& self) const {
  auto count = counts_.find(self);
  return count != counts_.end() && count->second >= options_.contacts_max;
}

Task<Result<ContactRow>> Contacts::change(UserId self, UserId other, Fn<void(ContactMarks&)> change) {
  auto inbox = co_await inboxes_.acquire(self);
  if (!inbox) co_return inbox.error();
  Fn<void(ContactMarks&)> counted = [this, self, change = std::move(change)](ContactMarks& marks) mutable {
    bool before = marks.state() != ContactState::none;
    change(marks);
    bool after = marks.state() != ContactState::none;
    auto count = counts_.find(self);
    if (count == counts_.end() || before == after) return;
    if (after) {
      ++count->second;
    } else if (count->second > 0) {  // What changes while many rows are being counted may be counted wrongly, by one.
      --count->second;
    }
  };
  auto row = co_await (*inbox)->change_contact(std::move(other), std::move(counted));
  co_return row;
}

Task<Result<Ok>> Contacts::add(UserId self, UserId other) {
  auto done = scope_.start(add_in_turn(std::move(self), std::move(other)));
  auto result = co_await done;
  co_return result;
}

Task<Result<Ok>> Contacts::add_in_turn(UserId self, UserId other) {
  Pair pair{self, other};
  auto turn = co_await turns_.take(pair);
  if (!turn) co_return turn.error();
  auto good = co_await check_other(self, other);
  if (!good) co_return good;
  adding_[pair] = false;
  auto result = co_await add_now(std::move(self), std::move(other));
  adding_.erase(pair);
  co_return result;
}

Task<Result<Ok>> Contacts::add_now(UserId self, UserId other) {
  auto blocked = co_await router_.blocked(ConversationId::direct(self, other));
  if (!blocked) co_return blocked.error();
  if (*blocked) co_return Failure{Code::refused};
  auto room = co_await check_room(self, other);
  if (!room) co_return room;
  auto inbox = co_await inboxes_.acquire(self);
  if (!inbox) co_return inbox.error();
  auto row = co_await (*inbox)->contact(other);
  if (!row) co_return row.error();

  if (!row->marks.mine && !row->marks.theirs) {
    auto may = co_await router_.first_contact(self, other);
    if (!may) co_return may;
  }
  // What was decided before is said again as it was: what is known there changes nothing, what a crash cut off is healed.
  std::uint64_t version = row->marks.mine ? row->marks.mine_version : next_version();
  ContactNews news{true, version, false};
  Result<ContactAnswer> answer = ContactAnswer{};
  if (!planted(Plant::contact_one_sided)) answer = co_await router_.tell_contact(other, self, news);
  if (!answer) co_return half_done(answer.error());
  crash_point("contact_told");
  bool ended = false, full = false;
  Fn<void(ContactMarks&)> decide = [this, &ended, &full, pair = Pair{self, other}, version, told = *answer](ContactMarks& marks) {
    ended = adding_.at(pair);
    full = marks.state() == ContactState::none && is_full(pair.first);  // Asked again: others may have been added meanwhile.
    if (ended || full) return;
    marks.decide(true, version);
    marks.blocks = false;  // As was just asked: an unblock was cut off half way.
    if (told.added) marks.hear(*told.added, told.version);
  };
  auto changed = co_await change(self, other, std::move(decide));
  if (!changed) co_return half_done(changed.error());
  if (ended || full) {
    // If the other has ended it since, then here too; there it may have been heard in the other order.
    ContactNews taken_back{false, next_version(), false};
    auto heard = co_await router_.tell_contact(other, self, taken_back);
    if (!heard) co_return half_done(heard.error());
  }
  if (full) co_return no_room(self);
  co_return Ok{};
}

Task<Result<Ok>> Contacts::remove(UserId self, UserId other) {
  auto done = scope_.start(remove_in_turn(std::move(self), std::move(other)));
  auto result = co_await done;
  co_return result;
}

Task<Result<Ok>> Contacts::remove_in_turn(UserId self, UserId other) {
  Pair pair{self, other};
  auto turn = co_await turns_.take(pair);
  if (!turn) co_return turn.error();
  // Who is deactivated or erased can still be removed.
  auto between = co_await state(self, other);
  if (!between) co_return between.error();
  if (*between == ContactState::none) {
    auto good = co_await check_other(self, other);
    if (!good && good.error().code == Code::refused) co_return Ok{};  // Deactivated, and nothing left to end: perhaps a repeat.
    if (!good) co_return good;
  }
  auto result = co_await remove_now(std::move(self), std::move(other));
  co_return result;
}

Task<Result<Ok>> Contacts::forget(UserId self, UserId other) {
  auto done = scope_.start(forget_in_turn(std::move(self), std::move(other)));
  auto result = co_await done;
  co_return result;
}

Task<Result<Ok>> Contacts::forget_in_turn(UserId self, UserId other) {
  Pair pair{self, other};
  auto turn = co_await turns_.take(pair);
  if (!turn) co_return turn.error();
  auto result = co_await remove_now(std::move(self), std::move(other), false);
  co_return result;
}

Task<Result<Ok>> Contacts::block(UserId self, UserId other, bool blocked) {
  auto done = scope_.start(block_in_turn(std::move(self), std::move(other), blocked));
  auto result = co_await done;
  co_return result;
}

Task<Result<Ok>> Contacts::block_in_turn(UserId self, UserId other, bool blocked) {
  Pair pair{self, other};
  auto turn = co_await turns_.take(pair);
  if (!turn) co_return turn.error();
  auto result = co_await block_now(std::move(self), std::move(other), blocked);
  co_return result;
}

Task<Result<Ok>> Contacts::block_now(UserId self, UserId other, bool blocked) {
  if (!blocked) {
    auto between = co_await state(self, other);
    if (!between) co_return between.error();
    // That they are no contacts may not have reached the other's home yet. While the block stands nobody adds anybody; where it does
    // not any more, and only the list says so still, the other may have.
    Result<bool> stands = false;
    if (*between == ContactState::blocked) stands = co_await router_.blocked(ConversationId::direct(self, other));
    if (!stands) co_return stands.error();
    Result<Ok> ended = Ok{};
    if (*stands) ended = co_await remove_now(self, other);
    if (!ended) co_return ended;
  }
  auto done = co_await router_.block(ConversationId::direct(self, other), self, other, blocked);
  if (!done) co_return done;
  crash_point("block_written");
  // Whoever the other is by now, and whether there is room or not: the block holds, is listed, and leaves nothing between the two.
  if (blocked) {
    done = co_await remove_now(std::move(self), std::move(other), !planted(Plant::block_unlisted));
  } else {
    Fn<void(ContactMarks&)> unlist = [](ContactMarks& marks) { marks.blocks = false; };
    auto changed = co_await change(std::move(self), std::move(other), std::move(unlist));
    if (!changed) done = changed.error();
  }
  if (!done) co_return half_done(done.error());
  co_return done;
}

Task<Result<Ok>> Contacts::remove_now(UserId self, UserId other, std::optional<bool> blocks) {
  std::uint64_t version = next_version();
  Fn<void(ContactMarks&)> end = [version, blocks](ContactMarks& marks) {
    marks.decide(false, version);
    marks.theirs = false;  // In one step; the other's home says so in a moment, and with which version.
    marks.blocks = blocks.value_or(marks.blocks);
  };
  auto ended = co_await change(self, other, std::move(end));
  if (!ended) co_return ended.error();
  crash_point("contact_ended");
  ContactNews news{false, version, true};
  auto answer = co_await router_.tell_contact(other, self, news);
  if (!answer) co_return half_done(answer.error());
  Fn<void(ContactMarks&)> hear = [told = *answer](ContactMarks& marks) {
    if (told.added) marks.hear(*told.added, told.version);
  };
  auto heard = co_await change(self, other, std::move(hear));
  if (!heard) co_return half_done(heard.error());
  co_return Ok{};
}

// Takes no turn: whoever has it here may be waiting for the other's home.
Task<Result<ContactAnswer>> Contacts::hear(UserId self, UserId by, ContactNews news) {
  if (news.added) {
    auto room = co_await check_room(self, by);
    if (!room) co_return room.error();
  }
  ContactAnswer answer;
  bool full = false;
  Fn<void(ContactMarks&)> take = [this, &answer, &full, pair = Pair{self, by}, news](ContactMarks& marks) {
    full = news.added && marks.state() == ContactState::none && is_full(pair.first);
    if (full) return;
    marks.hear(news.added, news.version);
    auto adding = adding_.find(pair);
    if (news.ends) {
      if (adding != adding_.end()) adding->second = true;
      marks.decide(false, next_version());
    } else if (adding != adding_.end()) {
      return;
    }
    answer.added = marks.mine;
    answer.version = marks.mine ? marks.mine_version : next_version();
  };
  auto changed = co_await change(self, std::move(by), std::move(take));
  if (!changed) co_return changed.error();
  if (full) co_return no_room(self);
  co_return answer;
}

// --------------------------------------------------------------------------------------------------------- preferences

Task<Result<Preferences>> Contacts::preferences(UserId self) {
  for (;;) {
    auto cached = preferred_.find(self);
    if (cached != preferred_.end()) co_return cached->second;
    std::uint64_t written = preferences_written_;
    RowKey key{RowTable::users, self.text(), kPreferencesKey};
    auto value = co_await store_.get(std::move(key));
    if (!value) co_return to_failure(value.error());
    auto read = *value ? decode_preferences(**value) : Preferences{};
    if (!read) co_return Failure{Code::internal, "a preferences row is damaged"};
    if (written != preferences_written_) continue;  // What somebody wrote meanwhile is newer than what was read.
    if (preferred_.size() >= kCachedMax) preferred_.clear();
    co_return preferred_.insert_or_assign(std::move(self), *read).first->second;
  }
}

Task<Result<Preferences>> Contacts::prefer(UserId self, PreferenceWish wish) {
  auto done = scope_.start(prefer_in_turn(std::move(self), wish));
  auto result = co_await done;
  co_return result;
}

Task<Result<Preferences>> Contacts::prefer_in_turn(UserId self, PreferenceWish wish) {
  Pair pair{self, UserId()};
  auto turn = co_await turns_.take(pair);
  if (!turn) co_return turn.error();
  auto result = co_await prefer_now(std::move(self), wish);
  co_return result;
}

Task<Result<Preferences>> Contacts::prefer_now(UserId self, PreferenceWish wish) {
  auto before = co_await preferences(self);
  if (!before) co_return before;
  Preferences after{wish.presence.value_or(before->presence), wish.read_marks.value_or(before->read_marks),
                    wish.groups.value_or(before->groups)};
  if (after == *before) co_return after;
  if (store_.space() == Space::none) co_return Failure{Code::storage_full, "", 10'000};
  std::vector<Row> rows{encode(after)};
  auto put = co_await until_definite(loop_, [&] { return store_.put(RowTable::users, self.text(), rows); });
  if (!put) co_return to_failure(put.error());
  ++preferences_written_;
  if (preferred_.size() >= kCachedMax) preferred_.clear();
  preferred_.insert_or_assign(self, after);
  if (after.presence != before->presence) router_.preferences_changed(self);
  if (before->read_marks && !after.read_marks) router_.hide_read(self);
  co_return after;
}

}  // namespace kith
