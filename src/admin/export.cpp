// All that concerns a user, as lines of JSON. A page at a time, so that neither end holds more: each says where the next begins.
#include <algorithm>
#include <charconv>

#include "admin/perform.h"
#include "admin/work.h"
#include "auth/json.h"
#include "contacts/contacts.h"
#include "session/frames.h"
#include "wire/error.h"
#include "wire/json_writer.h"

namespace kith {

namespace {

constexpr std::size_t kPageBytes = 256 << 10;  // A page ends with the line that passes this.
constexpr std::uint32_t kEntries = 200;
constexpr std::size_t kContactsPage = 200;

// Where a page begins: at the account, in the contacts ("c.USER"), or in a conversation behind an entry ("m.CONVERSATION.SEQ").
struct ExportPlace {
  enum class Part { account, contacts, messages } part = Part::account;
  UserId contact;               // Behind this one.
  ConversationId conversation;  // Of those that are left, the first.
  std::optional<Seq> after{};   // Nothing: the conversation has not been begun.

  static std::optional<ExportPlace> parse(std::string_view text) {
    ExportPlace place;
    if (text.empty()) return place;
    auto rest = text.substr(std::min<std::size_t>(2, text.size()));
    if (text.starts_with("c.")) {
      auto contact = UserId::parse(rest);
      if (!contact) return std::nullopt;
      place.part = Part::contacts;
      place.contact = std::move(*contact);
      return place;
    }
    auto dot = rest.find('.');
    auto id = ConversationId::parse(rest.substr(0, dot));
    if (!text.starts_with("m.") || dot == rest.npos || !id) return std::nullopt;
    Seq seq;
    auto [end, error] = std::from_chars(rest.data() + dot + 1, rest.data() + rest.size(), seq.value);
    if (error != std::errc() || end != rest.data() + rest.size()) return std::nullopt;
    place.part = Part::messages;
    place.conversation = *id;
    place.after = seq;
    return place;
  }
};

struct Exported {
  std::string lines;
  std::string next;  // Empty: this was all.
  bool full() const { return lines.size() >= kPageBytes; }
  void line(std::string_view kind, std::string_view object) { lines.append("{\"").append(kind).append("\":").append(object).append("}\n"); }
};

Task<Result<Ok>> export_account(AdminPlace& at, UserId user, Exported& out) {
  auto account = co_await at.accounts.account(user);
  if (!account) co_return account.error();
  std::string object = R"({"user":)" + json_of(user.text()) + R"(,"created":)" + json_of(time_text(account->created));
  object += R"(,"origin":)" + json_of(name(account->origin)) + R"(,"hasPassword":)" + (account->has_password ? "true" : "false");
  object += std::string(R"(,"deactivated":)") + (account->deactivated ? "true" : "false") + '}';
  out.line("account", object);
  auto devices = co_await at.accounts.devices(user);
  if (!devices) co_return devices.error();
  for (const DeviceInfo& device : *devices) {
    object = R"({"device":)" + json_of(device.device.text()) + R"(,"created":)" + json_of(time_text(device.created));
    object += R"(,"lastSeen":)" + json_of(time_text(device.last_seen)) + '}';
    out.line("device", object);
  }
  auto preferences = co_await at.place.contacts.preferences(user);
  if (!preferences) co_return preferences.error();
  wire::Preferences shown{std::string(name(preferences->presence)), preferences->read_marks, std::string(name(preferences->groups))};
  object.clear();
  wire::write_json(shown, object);
  out.line("preferences", object);
  co_return Ok{};
}

Task<Result<Ok>> export_contacts(AdminPlace& at, UserId user, UserId after, Exported& out) {
  for (bool more = true; more;) {
    auto page = co_await at.place.contacts.list(user, after, kContactsPage);
    if (!page) co_return page.error();
    for (const ContactRow& contact : page->contacts) {
      std::string object;
      wire::write_json(wire::Contact{contact.other.text(), std::string(name(contact.state()))}, object);
      out.line("contact", object);
      after = contact.other;
    }
    more = page->more;
    if (more && out.full()) {
      out.next = "c." + after.text();
      break;
    }
  }
  co_return Ok{};
}

std::string summary(const ConversationState& state) {
  std::string out = R"({"conversation":)" + json_of(state.conversation.text());
  if (!state.with.empty()) out += R"(,"with":)" + json_of(state.with.text());
  out += R"(,"read":)" + std::to_string(state.read.value) + R"(,"cleared":)" + std::to_string(state.cleared.value);
  if (state.settings != Settings{}) {
    out += R"(,"settings":)";
    wire::write_json(to_wire(state.conversation, state.settings), out);
  }
  return out + '}';
}

// What the conversation lets this user see, from `after` on. What they took out of their own view is theirs still.
Task<Result<Ok>> export_messages(AdminPlace& at, UserId user, ConversationState state, Seq after, Exported& out) {
  for (bool more = true; more;) {
    auto page = co_await at.place.backend.history(state.conversation, user, std::nullopt, after, kEntries);
    if (!page && page.error().code == Code::not_found) break;
    if (!page) co_return page.error();
    more = page->more && !page->entries.empty();
    for (std::size_t i = 0; i < page->entries.size(); ++i) {
      const EntryPtr& entry = page->entries[i];
      std::string object;
      wire::write_json(to_wire(state.conversation, *entry), object);
      out.line("entry", object);
      after = entry->seq;
      if (out.full() && (more || i + 1 < page->entries.size())) {
        out.next = "m." + state.conversation.text() + '.' + std::to_string(after.value);
        co_return Ok{};
      }
    }
  }
  co_return Ok{};
}

Task<Result<Ok>> export_conversations(AdminPlace& at, UserId user, ExportPlace from, Exported& out) {
  auto inbox = co_await at.place.inboxes.acquire(user);
  if (!inbox) co_return inbox.error();
  if (!from.after) co_await (*inbox)->catch_up();
  auto all = co_await (*inbox)->conversations();
  if (!all) co_return all.error();
  std::erase_if(*all, [&](const ConversationState& state) { return from.after && state.conversation < from.conversation; });
  std::sort(all->begin(), all->end(), [](const auto& a, const auto& b) { return a.conversation < b.conversation; });
  for (const ConversationState& state : *all) {
    const bool begun = from.after && state.conversation == from.conversation && *from.after > Seq{0};
    if (!begun && out.full()) {
      out.next = "m." + state.conversation.text() + ".0";
      co_return Ok{};
    }
    if (!begun) out.line("conversation", summary(state));
    Seq after = from.after.value_or(Seq{0});
    if (!begun) after = Seq{0};
    auto done = co_await export_messages(at, user, state, after, out);
    if (!done || !out.next.empty()) co_return done;
  }
  co_return Ok{};
}

Task<RestResponse> export_page(AdminPlace& at, UserId user, ExportPlace from) {
  Exported out;
  Result<Ok> done = Ok{};
  auto account = co_await at.accounts.account(user);
  if (!account) co_return rest_problem(account.error());
  if (account->erasure != Erasure::none) co_return rest_problem({Code::unknown_user, "the user is erased"});
  if (from.part == ExportPlace::Part::account) done = co_await export_account(at, user, out);
  if (done && from.part != ExportPlace::Part::messages) done = co_await export_contacts(at, user, from.contact, out);
  if (done && out.next.empty()) done = co_await export_conversations(at, user, from, out);
  if (!done) co_return rest_problem(done.error());
  // Every page tells what follows it, so that one which was cut off is not taken for the whole.
  out.line(out.next.empty() ? "end" : "next", out.next.empty() ? "{}" : json_of(out.next));
  auto response = answered(200, std::move(out.lines));
  response.headers.emplace_back("Content-Type", "application/jsonl");
  if (!out.next.empty()) {
    response.headers.emplace_back("Link", next_link("/v1/admin/users/" + uri_encoded(user.text()) + "/export", "page", out.next, 0));
  }
  co_return response;
}

}  // namespace

Result<Job> export_job(Call& call) {
  auto user = call.user();
  if (!user) return user.error();
  auto from = ExportPlace::parse(call.parameter("page"));
  if (!from) return Failure{Code::invalid_argument, "page"};
  return Job{*user, user->text(), [user = *user, from = std::move(*from)](AdminPlace& at) { return export_page(at, user, from); }};
}

}  // namespace kith
