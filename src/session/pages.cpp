#include "session/pages.h"

#include <algorithm>

#include "base/plant.h"
#include "base/wait.h"
#include "session/frames.h"

namespace kith {

namespace {

constexpr std::uint32_t kPagePointers = 500;     // Inbox steps folded into one page.
constexpr std::size_t kPageChanges = 100;        // Conversations of one page.
constexpr std::uint32_t kPageEntries = 200;      // Entries inline in one page, of all conversations together …
constexpr std::uint32_t kFarBehindEntries = 20;  // … and of one that has more new ones than fit.
constexpr std::size_t kPageBytes = 128 << 10;    // Texts inline in one page.

Task<Result<Ok>> inline_entries(Place& place, Inbox& inbox, wire::Page& page) {
  std::uint32_t left = kPageEntries;
  std::size_t bytes = kPageBytes;
  // Their texts are copied when nothing is waited for any more: what is deleted until then must not be in the page.
  std::vector<std::vector<EntryPtr>> found;
  std::vector<Seq> horizons;  // Up to where changes of messages are the user's to see.
  for (wire::Change& change : page.changes) {
    found.emplace_back();
    horizons.push_back(kStillHere);
    auto id = *ConversationId::parse(change.conversation);
    auto view = co_await inbox.view(id);
    if (!view) co_return view.error();
    change.with = view->with.text();
    horizons.back() = view->present() ? kStillHere : view->left;
    std::uint64_t fresh = change.to - change.from;
    auto limit = static_cast<std::uint32_t>(fresh <= left ? fresh : std::min(left, kFarBehindEntries));
    if (limit == 0) continue;
    auto newest = co_await place.backend.newest(id, inbox.user(), {change.from}, {change.to}, limit, bytes);
    if (!newest) co_return newest.error();
    left -= static_cast<std::uint32_t>(newest->size());
    if (!planted(Plant::hidden_in_pages)) std::erase_if(*newest, [&](const EntryPtr& entry) { return !view->shows(entry->seq); });
    for (const EntryPtr& entry : *newest) bytes -= std::min(bytes, entry->shown_weight());
    found.back() = std::move(*newest);
    if (!planted(Plant::text_in_flight)) continue;
    for (const EntryPtr& entry : found.back()) change.entries.push_back(to_wire(id, *entry));
    found.back().clear();
    co_await wait(place.loop, 300ms);  // The rest is read slowly.
  }
  // What a conversation no longer has at hand was read for this page alone, and a deletion since does not reach it.
  std::vector<EntryId> shown;
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto id = *ConversationId::parse(page.changes[i].conversation);
    for (const EntryPtr& entry : found[i]) shown.push_back({id, entry->seq});
  }
  if (shown.empty()) co_return Ok{};
  auto deleted = co_await place.backend.deleted_lately(std::move(shown));
  std::size_t at = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto id = *ConversationId::parse(page.changes[i].conversation);
    for (EntryPtr& entry : found[i]) {
      if (Seq by = deleted[at++]; by > entry->version) {
        auto erased = std::make_shared<Entry>(*entry);
        erased->erase(by);
        entry = as_seen_up_to(horizons[i], std::move(erased));
      }
      page.changes[i].entries.push_back(to_wire(id, *entry));
    }
  }
  co_return Ok{};
}

void fold(wire::Change& change, const Pointer& pointer) {
  switch (pointer.kind) {
    case PointerKind::read:
      change.read = std::max(change.read, pointer.to.value);
      break;
    case PointerKind::cleared:
      change.cleared = std::max(change.cleared, pointer.to.value);
      break;
    case PointerKind::hidden:
      change.hidden.push_back({pointer.conversation.text(), pointer.to.value});
      break;
    case PointerKind::settings:
      change.settings = to_wire(pointer.conversation, pointer.settings);
      break;
    default:
      if (change.to == 0) change.from = pointer.from.value;
      change.to = pointer.to.value;
  }
}

void fold(std::vector<wire::Contact>& contacts, wire::Contact contact) {
  auto same = std::find_if(contacts.begin(), contacts.end(), [&](const wire::Contact& c) { return c.user == contact.user; });
  if (same == contacts.end()) {
    contacts.push_back(std::move(contact));
  } else {
    same->state = std::move(contact.state);
  }
}

}  // namespace

Task<Result<wire::Page>> next_page(Place& place, Inbox& inbox, Useq position) {
  auto pointers = co_await inbox.pointers(position, kPagePointers);
  if (!pointers) co_return pointers.error();
  wire::Page page;
  page.from = page.to = position.value;
  for (const Pointer& pointer : *pointers) {
    if (pointer.kind == PointerKind::contact) {
      fold(page.contacts, to_wire(pointer.with, pointer.contact));
    } else if (pointer.kind != PointerKind::unknown) {
      std::string conversation = pointer.conversation.text();
      auto change =
          std::find_if(page.changes.begin(), page.changes.end(), [&](const wire::Change& c) { return c.conversation == conversation; });
      if (change == page.changes.end()) {
        if (page.changes.size() == kPageChanges) break;
        change = page.changes.insert(change, wire::Change{.conversation = std::move(conversation)});
      }
      fold(*change, pointer);
    }
    ++page.to;
  }
  auto filled = co_await inline_entries(place, inbox, page);
  if (!filled) co_return filled.error();
  if (planted(Plant::cursor_past_page) && Useq{page.to} < inbox.head()) ++page.to;
  page.cursor = Cursor{place.store_id, inbox.rebuild(), {page.to}}.text();
  co_return page;
}

}  // namespace kith
