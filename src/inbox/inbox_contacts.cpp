// Contacts are steps of the inbox like all else that its user's devices must know; their rows are written behind.
#include "base/plant.h"
#include "inbox/inbox.h"
#include "store/retry.h"

namespace kith {

Task<Result<ContactRow>> Inbox::contact(UserId other) {
  RowKey key{RowTable::contacts, user_.text(), other.text()};
  auto held = contacts_.find(other);
  if (held != contacts_.end()) co_return held->second.row;
  Reading reading(*this);
  auto value = co_await store_.get(std::move(key));
  if (!value) co_return to_failure(value.error());
  held = contacts_.find(other);  // What is in memory is never older.
  if (held != contacts_.end()) co_return held->second.row;
  if (!*value) co_return ContactRow{other, {}, {}};
  auto row = decode_contact({other.text(), std::move(**value)});
  if (!row) co_return Failure{Code::internal, "a contact row is damaged"};
  co_return std::move(*row);
}

Task<Result<Inbox::Acquaintance*>> Inbox::load_contact(UserId other) {
  auto row = co_await contact(other);
  if (!row) co_return row.error();
  auto [held, fresh] = contacts_.try_emplace(std::move(other));
  if (fresh) {
    held->second.queued = row->marks;
    held->second.row = std::move(*row);
  }
  co_return &held->second;
}

Task<Result<ContactRow>> Inbox::change_contact(UserId other, Fn<void(ContactMarks&)> change) {
  auto loaded = co_await load_contact(other);
  if (!loaded) co_return loaded.error();
  Acquaintance& contact = **loaded;
  ContactMarks marks = contact.queued;
  change(marks);
  if (marks != contact.queued) {
    contact.queued = marks;
    ++contact.notes;
    enqueue({{.kind = PointerKind::contact, .conversation = ConversationId::direct(user_, other), .with = other, .contact = marks}, {}});
    hurry();
  }
  while (contact.notes > 0) {
    contact.waiters.emplace_back();
    auto durable = contact.waiters.back().future();
    co_await durable;
  }
  co_return contact.row;
}

void Inbox::take_contact(Outgoing& outgoing, Useq useq, std::vector<Promise<Ok>>& waiters) {
  Acquaintance& contact = contacts_.at(outgoing.pointer.with);
  contact.row = {outgoing.pointer.with, outgoing.pointer.contact, useq};
  --contact.notes;
  touch(contact);
  if (!planted(Plant::push_before_durable)) observer_.advanced(user_, {useq, outgoing.pointer, outgoing.entries});
  std::move(contact.waiters.begin(), contact.waiters.end(), std::back_inserter(waiters));
  contact.waiters.clear();
}

void Inbox::touch(Acquaintance& contact) {
  if (!contact.dirty) ++dirty_;
  contact.dirty = true;
  flush_later();
}

Task<Result<std::vector<ContactRow>>> Inbox::contacts(UserId after, std::size_t limit) {
  constexpr std::uint32_t kScanRows = 1024;
  Reading reading(*this);
  std::map<UserId, ContactRow> found;
  auto take = [&found](const ContactRow& row) {
    if (row.state() == ContactState::none) {
      found.erase(row.other);
    } else {
      found[row.other] = row;
    }
  };
  for (bool more = true; more && found.size() < limit;) {
    std::string from = after.empty() ? std::string() : after.text() + '\0';
    auto scan = co_await store_.scan(RowTable::contacts, user_.text(), std::move(from), kScanRows);
    if (!scan) co_return to_failure(scan.error());
    more = scan->more;
    UserId last = after;
    for (const Row& row : scan->rows) {
      auto contact = decode_contact(row);
      if (!contact) continue;  // One damaged row must not hide the others.
      last = contact->other;
      take(*contact);
    }
    // What is in memory is never older than the rows.
    for (auto held = contacts_.upper_bound(after); held != contacts_.end() && (!more || held->first <= last); ++held)
      take(held->second.row);
    if (more && last == after) co_return Failure{Code::internal, "contact rows are damaged"};
    after = last;
  }
  std::vector<ContactRow> out;
  for (auto& [other, row] : found) {
    if (out.size() == limit) break;
    out.push_back(std::move(row));
  }
  co_return out;
}

}  // namespace kith
