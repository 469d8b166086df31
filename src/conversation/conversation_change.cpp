// What entries change beside themselves: the row of an edited or deleted message, of members, of the group. An entry is shown only when
// that is durable too, so that no reader, wherever it reads, sees the one without the other.
#include <algorithm>

#include "base/crash_point.h"
#include "base/plant.h"
#include "base/wait.h"
#include "conversation/conversation.h"
#include "store/retry.h"

namespace kith {

namespace {

bool about_message(EntryKind kind) { return kind == EntryKind::edit || kind == EntryKind::deletion || kind == EntryKind::reaction; }

Deed deed_of(EntryKind kind) {
  switch (kind) {
    case EntryKind::added:
      return Deed::add;
    case EntryKind::removed:
      return Deed::remove;
    default:
      return Deed::edit;
  }
}

}  // namespace

Task<Result<Change>> Conversation::change(ChangeRequest request) {
  auto waiting = std::make_unique<Waiting>();
  waiting->entry = std::make_shared<Entry>();
  waiting->entry->kind = request.kind;
  waiting->entry->from = request.from;
  waiting->entry->client_id = request.invite;
  waiting->entry->storage = std::move(request.text);
  waiting->entry->more = std::make_shared<Details>(std::move(request.details));
  waiting->effect = std::make_unique<Effect>();
  waiting->effect->wish = request.permissions;
  waiting->effect->system = request.system;
  if (!about_message(request.kind)) {
    waiting->effect->asked = waiting->entry->details();
    waiting->effect->title = waiting->entry->storage;
  }
  auto reply = waiting->effect->reply.future();
  last_activity_ = loop_.now();

  Seq target = waiting->entry->target();
  bool locked = about_message(request.kind);
  if (locked) {
    auto member = roster_.find(request.from);
    if (!member || target == Seq{0} || target > shown_ || !roster_.may_see(*member, target)) co_return Failure{Code::not_found};
    if (auto queue = targets_.find(target); queue != targets_.end() && queue->second.size() >= kWaitingMax)
      co_return Failure{Code::busy, "too many changes of this message wait", 100};
    co_await lock_target(target);
    auto found = co_await range(target, target);
    if (!found) {
      unlock_target(target);
      co_return found.error();
    }
    waiting->effect->target = found->front();
  }
  // Behind changes that have no place yet it is judged when it gets its own: what they leave is not known before.
  const bool behind = !locked && group_change_waits();
  Result<bool> allowed = true;
  if (!behind) allowed = judge(*waiting);
  if (allowed && *allowed && waiting_.size() >= kWaitingMax) allowed = Failure{Code::busy, "too much waits in this conversation", 100};
  if (allowed && *allowed) {
    auto room = waiting->effect->system ? Result<Ok>(Ok{}) : take_room();
    if (!room) allowed = room.error();
  }
  Result<Change> result = Change{};
  if (!allowed) {
    result = allowed.error();
  } else if (*allowed) {
    if (planted(Plant::rows_before_entry) && waiting->entry->kind == EntryKind::removed) {
      std::vector<Row> rows;
      for (const UserId& user : waiting->entry->details().users) {
        MemberRow row = roster_[*roster_.find(user)];
        row.stays.back().last = row.changed = log_.head().next();
        rows.push_back(encode(row));
      }
      co_await put_rows(RowTable::members, std::move(rows));
    }
    enqueue(std::move(waiting));
    result = co_await reply;
  } else {
    co_await until_shown();
    if (locked) result = Change{waiting->effect->target->deleted_by(), {}};
  }
  if (locked) unlock_target(target);
  co_return result;
}

// One change of a message at a time: each is judged by what the one before it left.
Task<void> Conversation::lock_target(Seq seq) {
  auto [place, fresh] = targets_.try_emplace(seq);
  if (fresh) co_return;
  place->second.emplace_back();
  auto turn = place->second.back().future();
  co_await turn;
}

void Conversation::unlock_target(Seq seq) {
  auto place = targets_.find(seq);
  if (place->second.empty()) {
    targets_.erase(place);
    return;
  }
  // Not from here: thousands of turns that end at once would stand on one stack.
  loop_.defer([next = std::move(place->second.front())]() mutable { next.set(Ok{}); });
  place->second.erase(place->second.begin());
}

// --------------------------------------------------------------------------------------------------------------- judging

Result<bool> Conversation::judge(Waiting& waiting) const {
  const Entry& entry = *waiting.entry;
  auto member = roster_.find_present(entry.from);
  if (entry.kind == EntryKind::left && !member && roster_.find(entry.from)) return false;
  bool comes = entry.kind == EntryKind::created || entry.kind == EntryKind::joined;
  const bool system = waiting.effect && waiting.effect->system;
  if (!comes && !member && !system) {
    // Who never was one hears what is said of a conversation that there is not, to the letter.
    return roster_.find(entry.from) ? Failure{Code::forbidden, "no member any more"} : Failure{Code::not_found};
  }
  if (!system && delivery_.closed(entry.from)) return Failure{Code::refused, "the user is deactivated"};
  Space space = store_.space();
  // Deleting makes room one day; everything else takes some now.
  if (space == Space::none || (space == Space::low && entry.kind != EntryKind::deletion)) return Failure{Code::storage_full, "", 10'000};
  if (about_message(entry.kind)) return judge_message_change(waiting, member);
  if (entry.kind != EntryKind::message) return judge_group_change(waiting, member);
  if (id_.is_direct() && roster_.any_blocked() && !planted(Plant::block_unheeded)) return Failure{Code::refused};
  if (id_.is_direct() && delivery_.closed(other(entry.from))) return Failure{Code::refused, "the user is deactivated"};
  if (!id_.is_direct() && !group_.permissions.allow(roster_[*member].role, Deed::send)) return Failure{Code::forbidden};
  if (Seq answered = entry.details().reply_to; answered > Seq{0}) {
    if (answered > shown_ || !roster_.may_see(*member, answered) || !answers_message(answered))
      return Failure{Code::invalid_argument, "replyTo"};
  }
  return true;
}

// As far as the cache knows; what lies before it was looked up (search_and_accept).
bool Conversation::answers_message(Seq seq) const {
  bool cached = !recent_.empty() && seq >= recent_.front()->seq && seq <= shown_;
  return !cached || recent_[seq - recent_.front()->seq]->kind == EntryKind::message;
}

Result<bool> Conversation::judge_message_change(const Waiting& waiting, std::optional<std::size_t> member) const {
  const Entry &entry = *waiting.entry, &target = *waiting.effect->target;
  if (target.kind != EntryKind::message) return Failure{Code::not_found, "this entry is not a message"};
  bool own = target.from == entry.from || (planted(Plant::anybody_edits) && entry.kind == EntryKind::edit);
  if (entry.kind == EntryKind::deletion) {
    bool moderates =
        waiting.effect->system || (member && !id_.is_direct() && group_.permissions.allow(roster_[*member].role, Deed::moderate));
    if (!own && !moderates) return Failure{Code::forbidden};
    if (target.deleted()) return false;
    if (!moderates && limits_ && too_late(target, limits_->options().delete_within, Limit::deleting)) return Failure{Code::too_late};
    return true;
  }
  if (target.deleted() && !planted(Plant::edit_after_delete)) return Failure{Code::deleted};
  if (roster_.any_blocked() && !waiting.effect->system) return Failure{Code::refused};
  if (entry.kind == EntryKind::edit) {
    if (!own) return Failure{Code::forbidden};
    if (target.text() == entry.text()) return false;
    if (entry.text().empty() && target.details().attachments.empty() && target.details().kind.empty())
      return Failure{Code::invalid_argument, "text"};
    if (target.details().edits.size() >= kEditsMax) return Failure{Code::limit_reached, "edits"};
    if (limits_ && too_late(target, limits_->options().edit_within, Limit::editing)) return Failure{Code::too_late};
    return true;
  }
  const auto& reactions = target.details().reactions;
  auto same = std::find_if(reactions.begin(), reactions.end(), [&](const Reaction& r) { return r.emoji == entry.text(); });
  bool there = same != reactions.end() && std::find(same->users.begin(), same->users.end(), entry.from) != same->users.end();
  if (there != entry.details().removed && !planted(Plant::reaction_twice)) return false;
  if (entry.details().removed) return true;
  std::size_t count = 0;
  for (const Reaction& reaction : reactions) count += reaction.users.size();
  if (count >= kReactionsMax || (same == reactions.end() && reactions.size() >= kEmojiMax))
    return Failure{Code::limit_reached, "reactions"};
  return true;
}

// By the time that the change would get here and now.
bool Conversation::too_late(const Entry& message, Duration within, Limit limit) const {
  if (within == 0ns || std::max(last_time_, loop_.wall()).ms - message.time.ms <= within / 1ms) return false;
  limits_->refusals().add(limit);
  return true;
}

bool Conversation::group_change_waits() const {
  return std::any_of(waiting_.begin(), waiting_.end(), [](const auto& waiting) {
    return waiting->effect && waiting->entry->kind != EntryKind::message && !about_message(waiting->entry->kind);
  });
}

UserId Conversation::heir_of(const UserId& leaving) const {
  auto member = roster_.find_present(leaving);
  auto heir = member && roster_[*member].role == Role::owner ? roster_.heir(*member) : std::nullopt;
  return heir ? roster_[*heir].user : UserId();
}

// Also takes out of the entry those whom it would not change.
Result<bool> Conversation::judge_group_change(Waiting& waiting, std::optional<std::size_t> member) const {
  if (id_.is_direct()) return Failure{Code::not_found, "not a group"};
  Entry& entry = *waiting.entry;
  auto details = std::make_shared<Details>(waiting.effect->asked);
  entry.storage = waiting.effect->title;
  if (entry.kind == EntryKind::created || entry.kind == EntryKind::added) {
    // They were there when that was asked.
    bool gone = std::any_of(details->users.begin(), details->users.end(), [&](const UserId& user) { return delivery_.closed(user); });
    if (gone) return Failure{Code::refused, "a user is deactivated"};
  }
  if (entry.kind == EntryKind::created) {
    if (roster_.size() > 0) return false;
    if (details->users.size() + 1 > options_.members_max) return Failure{Code::limit_reached, "members"};
    return true;
  }
  // A newcomer has heard of no earlier entry, so this one says what the group is called.
  if (entry.kind == EntryKind::added || entry.kind == EntryKind::joined) entry.storage = group_.title;
  if (entry.kind == EntryKind::joined) {
    if (member) return false;
    auto joins = judge_joining(entry.from, entry.client_id);
    if (!joins) return joins.error();
    return true;
  }
  if (entry.kind == EntryKind::left) {
    if (!member) return false;
    details->heir = heir_of(entry.from);
    entry.more = std::move(details);
    return true;
  }
  Role role = waiting.effect->system ? Role::owner : roster_[*member].role;
  bool allowed = entry.kind == EntryKind::role ? role >= Role::admin : group_.permissions.allow(role, deed_of(entry.kind));
  if (!allowed) return Failure{Code::forbidden};
  switch (entry.kind) {
    case EntryKind::added:
      if (roster_.present() == 0) return Failure{Code::not_found};
      std::erase_if(details->users, [&](const UserId& user) { return is_member(user); });
      if (roster_.present() + details->users.size() > options_.members_max) return Failure{Code::limit_reached, "members"};
      break;
    case EntryKind::removed:
    case EntryKind::role:
      for (const UserId& user : details->users) {
        auto about = roster_.find_present(user);
        if (!about) continue;
        // Nobody reaches up, or sideways; an owner does.
        bool above = role == Role::owner || roster_[*about].role < role;
        if (!above || (entry.kind == EntryKind::role && details->role > role)) return Failure{Code::forbidden};
        bool last_owner = roster_[*about].role == Role::owner && details->role != Role::owner && roster_.owners() == 1;
        if (entry.kind == EntryKind::role && last_owner) return Failure{Code::forbidden, "a group needs an owner"};
      }
      std::erase_if(details->users, [&](const UserId& user) {
        auto about = roster_.find_present(user);
        return !about || (entry.kind == EntryKind::role && roster_[*about].role == details->role);
      });
      if (entry.kind == EntryKind::removed && details->users.size() == 1) details->heir = heir_of(details->users.front());
      break;
    default: {  // Title and permissions: what was not given stays.
      Permissions permissions = with(group_.permissions, waiting.effect->wish);
      if (entry.text().empty()) entry.storage = group_.title;
      if (entry.text() == group_.title && permissions == group_.permissions) return false;
      // Who may do what is the owner's to say.
      if (permissions != group_.permissions && role != Role::owner) return Failure{Code::forbidden};
      details->permissions = permissions;
      entry.more = std::move(details);
      return true;
    }
  }
  bool any = !details->users.empty();
  entry.more = std::move(details);
  return any;
}

// -------------------------------------------------------------------------------------------------------------- applying

// In the order of the log, so that a row never goes back.
Task<void> Conversation::apply_changes() {
  for (;;) {
    auto next = std::find_if(unshown_.begin(), unshown_.end(), [](const auto& waiting) { return !waiting->whole(); });
    if (next == unshown_.end()) break;
    Waiting& waiting = **next;
    co_await apply(waiting);
    waiting.effect->applied = true;
    show();
  }
  applying_ = false;
}

Task<void> Conversation::apply(Waiting& waiting) {
  const Entry& entry = *waiting.entry;
  crash_point("change_durable");
  if (about_message(entry.kind)) {
    // The edits first: who finds the message deleted may take it that they are.
    if (entry.kind == EntryKind::deletion && !planted(Plant::edits_kept)) co_await erase_edits(waiting.effect->target, entry.seq);
    Entry changed = changed_by(*waiting.effect->target, entry);
    co_await rewrite(waiting.effect->target, std::move(changed));
    co_return;
  }
  Effect& effect = *waiting.effect;
  if (entry.kind == EntryKind::joined) co_await count_use(entry);
  if (effect.group_row) {
    std::vector<Row> rows{*effect.group_row};
    co_await put_rows(RowTable::groups, std::move(rows));
  }
  if (!effect.member_rows.empty()) co_await put_rows(RowTable::members, std::move(effect.member_rows));
}

// What the entry says about the group, from here on. The rows are those of this moment: a later entry may never become durable.
void Conversation::take_group_change(Waiting& waiting) {
  const Entry& entry = *waiting.entry;
  if (about_message(entry.kind)) return;
  ++rules_;
  for (std::size_t member : roster_.apply(entry)) {
    waiting.effect->member_rows.push_back(encode(roster_[member]));
    if (marks_ && !roster_[member].present()) marks_->forget(roster_[member].user);
  }
  while (members_.size() < roster_.size()) members_.emplace_back();
  InviteRow* link = entry.kind == EntryKind::joined ? invites_->find(entry.client_id) : nullptr;
  if (link) ++link->coming;
  bool about_group = entry.kind == EntryKind::created || entry.kind == EntryKind::changed;
  if (!about_group || group_.changed >= entry.seq) return;
  group_ = {std::string(entry.text()), entry.details().permissions.value_or(Permissions{}), entry.seq};
  waiting.effect->group_row = encode(group_);
}

Task<void> Conversation::erase_edits(EntryPtr message, Seq by) {
  for (const Revision& revision : message->details().edits) {
    auto found = co_await range(revision.seq, revision.seq);
    while (!found) {
      co_await wait(loop_, 100ms);
      found = co_await range(revision.seq, revision.seq);
    }
    EntryPtr edit = found->front();
    if (edit->version >= by) continue;
    Entry erased = erased_edit(*edit, by);
    co_await rewrite(edit, std::move(erased));
  }
}

// Until it is durable: the entry that asks for it is, and cannot be taken back.
Task<void> Conversation::put_rows(RowTable table, std::vector<Row> rows) {
  for (;;) {
    auto put = co_await until_definite(loop_, [&] { return store_.put(table, id_.key(), rows); });
    if (put) break;
    co_await wait(loop_, 100ms);
  }
  crash_point("change_applied");
}

Task<void> Conversation::rewrite(EntryPtr old, Entry changed) {
  if (!planted(Plant::row_not_rewritten)) {
    std::string record = encode(changed);
    for (;;) {
      auto done = co_await until_definite(
          loop_, [&] { return store_.rewrite(log_id(id_), changed.seq, changed.epoch, changed.version.value, record); });
      if (done) break;
      co_await wait(loop_, 100ms);
    }
  }
  crash_point("change_applied");
  auto fresh = std::make_shared<Entry>(std::move(changed));
  replaced_.emplace_back(old->seq, old);
  if (fresh->deleted() && !planted(Plant::body_in_caches)) erase_objects(*fresh);
  replace_cached(std::move(fresh));
  constexpr std::size_t kReplacedMax = 64;
  if (replaced_.size() > kReplacedMax) std::erase_if(replaced_, [](const auto& object) { return object.second.expired(); });
}

// Objects of a deleted message may be on their way to an inbox or a socket.
void Conversation::erase_objects(const Entry& deleted) {
  constexpr std::size_t kErasuresMax = 1024;  // More than can happen while one read is on its way.
  erasures_.emplace_front(deleted.seq, deleted.version);
  if (erasures_.size() > kErasuresMax) erasures_.pop_back();
  for (const auto& [seq, object] : replaced_) {
    if (auto entry = object.lock(); entry && seq == deleted.seq) entry->erase(deleted.version);
  }
  for (const Member& member : members_) {
    for (const EntryPtr& entry : member.handing) {
      if (entry->seq == deleted.seq) entry->erase(deleted.version);
    }
  }
}

void Conversation::replace_cached(EntryPtr changed) {
  auto sender = changed->kind == EntryKind::message ? roster_.find(changed->from) : std::nullopt;
  if (sender) {
    if (auto known = known_.find({changed->client_id, *sender}); known != known_.end()) known->second.changed = changed->rewritten();
  }
  bool cached = !recent_.empty() && changed->seq >= recent_.front()->seq && changed->seq <= shown_;
  if (!cached || (changed->deleted() && planted(Plant::body_in_caches))) return;
  EntryPtr& place = recent_[changed->seq - recent_.front()->seq];
  // What the cache held may be another object than the one that the change was made from.
  if (changed->deleted()) place->erase(changed->version);
  text_bytes_ += changed->weight();
  text_bytes_ -= place->weight();
  place = std::move(changed);
}

// After a crash: what entries above the checkpoint change may not have been written.
Task<Result<Ok>> Conversation::repeat_changes(std::vector<EntryPtr> changes) {
  for (const EntryPtr& change : changes) {
    Waiting waiting;
    waiting.entry = std::make_shared<Entry>(*change);
    waiting.effect = std::make_unique<Effect>();
    if (about_message(change->kind)) {
      if (planted(Plant::change_not_repeated)) continue;
      auto target = co_await range(change->target(), change->target());
      if (!target) co_return target.error();
      waiting.effect->target = target->front();
      if (waiting.effect->target->version >= change->seq) continue;
    } else {
      if (change->kind == EntryKind::joined) {
        auto loaded = co_await load_invites();
        if (!loaded) co_return loaded;
      }
      take_group_change(waiting);
    }
    co_await apply(waiting);
  }
  co_return Ok{};
}

}  // namespace kith
