// Contacts, and what a user wants others to see.
#include "contacts/contacts.h"
#include "limits/sizes.h"
#include "session/commands.h"

namespace kith {

namespace {

Failure invalid(std::string field) { return {Code::invalid_argument, std::move(field)}; }

Result<PreferenceWish> wish_of(const wire::Prefer& prefer) {
  PreferenceWish wish;
  if (!prefer.presence.empty() && !(wish.presence = audience_by_name(prefer.presence))) return invalid("presence");
  if (!prefer.groups.empty() && !(wish.groups = audience_by_name(prefer.groups))) return invalid("groups");
  if (wish.groups == Audience::nobody) return invalid("groups");
  wish.read_marks = prefer.read_marks;
  return wish;
}

}  // namespace

void Commands::carry_out(std::uint64_t re, wire::AddContact& add) {
  auto other = UserId::parse(add.user);
  if (!other) return frames_.write_failure(re, Code::unknown_user);
  ++in_progress_;
  scope_.spawn(do_contact(re, std::move(*other), true));
}

void Commands::carry_out(std::uint64_t re, wire::RemoveContact& remove) {
  auto other = UserId::parse(remove.user);
  if (!other) return frames_.write_failure(re, Code::unknown_user);
  ++in_progress_;
  scope_.spawn(do_contact(re, std::move(*other), false));
}

Task<void> Commands::do_contact(std::uint64_t re, UserId other, bool add) {
  auto task = add ? place_.contacts.add(user_, std::move(other)) : place_.contacts.remove(user_, std::move(other));
  auto done = co_await task;
  finish(re, done);
}

void Commands::carry_out(std::uint64_t re, wire::GetContacts& get) {
  std::optional<UserId> after = UserId();
  if (!get.page.empty()) after = UserId::parse(get.page);
  if (!after) return frames_.write_failure(re, invalid("page"));
  std::uint32_t limit = kContactsPage.rows(get.limit);
  ++in_progress_;
  scope_.spawn(do_contacts(re, std::move(*after), limit));
}

Task<void> Commands::do_contacts(std::uint64_t re, UserId after, std::uint32_t limit) {
  auto page = co_await place_.contacts.list(user_, std::move(after), limit);
  ended();
  if (!page) {
    frames_.write_failure(re, page.error());
    co_return;
  }
  wire::Contacts out;
  for (const ContactRow& row : page->contacts) out.items.push_back(to_wire(row.other, row.marks));
  if (page->more) out.next = out.items.back().user;
  frames_.write({re, std::move(out)});
}

void Commands::carry_out(std::uint64_t re, wire::GetPreferences&) {
  ++in_progress_;
  scope_.spawn(do_prefer(re, {}));
}

void Commands::carry_out(std::uint64_t re, wire::Prefer& prefer) {
  auto wish = wish_of(prefer);
  if (!wish) return frames_.write_failure(re, wish.error());
  ++in_progress_;
  scope_.spawn(do_prefer(re, *wish));
}

// A wish for nothing is a question.
Task<void> Commands::do_prefer(std::uint64_t re, PreferenceWish wish) {
  auto preferences = co_await place_.contacts.prefer(user_, wish);
  ended();
  if (!preferences) {
    frames_.write_failure(re, preferences.error());
    co_return;
  }
  frames_.write(
      {re, wire::Preferences{std::string(name(preferences->presence)), preferences->read_marks, std::string(name(preferences->groups))}});
}

}  // namespace kith
