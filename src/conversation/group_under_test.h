// conversation/group_under_test.h — For tests: a group of ann and ben on a disk that can crash, and inboxes that know what it is to join
// late.
#pragma once

#include <gtest/gtest.h>

#include "conversation/conversation_under_test.h"

namespace kith::test {

// Inboxes that know what it is to join late.
class GroupInboxes final : public Delivery {
 public:
  Future<Result<Seq>> hand_off(HandOff handoff) override {
    if (away.contains(handoff.member)) return Future<Result<Seq>>::ready(Failure{Code::unavailable});
    auto& inbox = taken[handoff.member];
    Seq mark = inbox.empty() ? Seq{0} : inbox.rbegin()->first;
    if (handoff.joined > mark && handoff.from == handoff.joined - 1) mark = handoff.from;
    for (const EntryPtr& entry : handoff.entries) {
      if (entry->seq != mark.next()) continue;
      inbox[entry->seq] = entry;
      mark = entry->seq;
    }
    return Future<Result<Seq>>::ready(inbox.empty() ? Seq{0} : inbox.rbegin()->first);
  }
  Future<Presence> presence(UserId, UserId) override { return Future<Presence>::ready(Presence{}); }
  Future<Result<bool>> exists(UserId) override { return Future<Result<bool>>::ready(true); }
  Future<Result<bool>> has_added(UserId, UserId) override { return Future<Result<bool>>::ready(true); }
  Future<Result<bool>> may_add(UserId, UserId) override { return Future<Result<bool>>::ready(true); }

  Future<Result<std::vector<bool>>> tell_read(std::vector<UserId> users) override {
    std::vector<bool> out;
    for (const UserId& user : users) out.push_back(!silent_readers.contains(user));
    return Future<Result<std::vector<bool>>>::ready(std::move(out));
  }
  bool closed(const UserId& who) const override { return closed_users.contains(who); }
  void signal(std::vector<UserId> to, std::shared_ptr<const Signal> signal) override { signals.emplace_back(std::move(to), *signal); }

  // The numbers that a member got, as spans: "1-3 7-9".
  std::string got(const UserId& user) {
    std::string out;
    Seq first, last;
    auto flush = [&] {
      if (first > Seq{0}) out += (out.empty() ? "" : " ") + std::to_string(first.value) + "-" + std::to_string(last.value);
    };
    for (const auto& [seq, entry] : taken[user]) {
      if (seq != last.next() || first == Seq{0}) {
        flush();
        first = seq;
      }
      last = seq;
    }
    flush();
    return out;
  }
  std::map<UserId, std::map<Seq, EntryPtr>> taken;
  std::vector<std::pair<std::vector<UserId>, Signal>> signals;
  std::set<UserId> silent_readers, closed_users, away;  // away: nothing reaches them.
};

struct Group {
  explicit Group(std::uint64_t seed = 5) : random(seed), disk(loop, random, {100us, 2ms}) {
    power_on();
    create();
  }
  void create() {
    ChangeRequest request{ann, EntryKind::created, "Team", {}, {}};
    request.details.users = {ben};
    request.details.permissions = Permissions{};
    KITH_ASSERT(open(true));
    KITH_ASSERT(change(std::move(request)));
  }
  void power_on() {
    store = std::make_unique<MemoryStore>(disk, loop);
    ++epoch;
  }
  void crash() {
    scope.cancel();
    disk.crash();
    talk.reset();
    store.reset();
    power_on();
  }
  bool open(bool make = false) {
    talk.reset();
    talk = std::make_unique<Conversation>(loop, *store, inboxes, id, epoch, nullptr, options);
    auto opened = value_of(loop, scope.start(talk->open({std::nullopt, make})));
    return opened && *opened;
  }
  Future<Result<Change>> changing(ChangeRequest request) { return scope.start(talk->change(std::move(request))); }
  Result<Change> change(ChangeRequest request) { return value_of(loop, changing(std::move(request))); }
  ChangeRequest about(const UserId& from, EntryKind kind, std::vector<UserId> users, Role role = Role::member) {
    ChangeRequest request{from, kind, {}, {}, {}};
    request.details.users = std::move(users);
    request.details.role = role;
    return request;
  }
  Result<Change> add(const UserId& from, std::vector<UserId> users) { return change(about(from, EntryKind::added, std::move(users))); }
  Result<Change> remove(const UserId& from, const UserId& user) { return change(about(from, EntryKind::removed, {user})); }
  Result<Change> leave(const UserId& user) { return change(about(user, EntryKind::left, {user})); }
  Result<Change> role(const UserId& from, const UserId& user, Role role) { return change(about(from, EntryKind::role, {user}, role)); }
  Future<Result<Receipt>> sending(const UserId& from) { return talk->send({from, client_id(++sends), Seq{0}, "text"}); }
  Result<Receipt> send(const UserId& from) { return value_of(loop, sending(from)); }
  // What a member reads of it all: "1-3 7-9".
  std::string read(const UserId& user, std::uint32_t limit = 200) {
    std::string out;
    auto page = value_of(loop, scope.start(talk->history(user, std::nullopt, Seq{0}, limit)));
    if (!page) return std::string(info(page.error().code).name);
    GroupInboxes as_spans;
    for (const EntryPtr& entry : page->entries) as_spans.taken[user][entry->seq] = entry;
    return as_spans.got(user);
  }
  Result<GroupView> view(const UserId& reader) { return value_of(loop, scope.start(talk->group(reader))); }
  Result<MemberList> list(const UserId& reader, const UserId& after, std::size_t limit) {
    return value_of(loop, scope.start(talk->members(reader, after, limit)));
  }
  // "ann:owner ben:member"
  std::string members() {
    std::string out;
    for (const UserId* reader : {&ann, &ben, &cat, &dan}) {
      auto list = this->list(*reader, {}, 100);
      if (!list) continue;
      for (const MemberRow& member : list->members)
        out += (out.empty() ? "" : " ") + member.user.text() + ":" + std::string(name(member.role));
      break;
    }
    return out;
  }

  ConversationOptions options;
  const UserId ann = user("ann"), ben = user("ben"), cat = user("cat"), dan = user("dan");
  const ConversationId id = ConversationId::group(ann, client_id(1));
  Epoch epoch;
  std::uint64_t sends = 0;
  ManualLoop loop;
  SeededRandom random;
  MemoryDisk disk;
  GroupInboxes inboxes;
  std::unique_ptr<MemoryStore> store;
  std::unique_ptr<Conversation> talk;
  Scope scope;
};

template <class T>
Code code_of(const Result<T>& result) {
  return result ? Code::ok : result.error().code;
}

}  // namespace kith::test
