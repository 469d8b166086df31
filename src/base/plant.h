// base/plant.h — The bank of planted faults: mistakes that a messenger could have made, switched on at run time in one test-only build.
//
// They exist to test the tests: `./dev sim --planted` must find each of them. In every other build planted() is a constant false
// and the mistakes are not in the binary.
#pragma once

#include <string_view>

namespace kith {

enum class Plant : int {
  none = 0,
  no_sync,                // The store calls a write durable that a crash may lose.
  ack_before_durable,     // The sender is acked when its message is handed to the store.
  push_before_durable,    // A message is pushed before the inbox has it.
  no_pending_row,         // Nothing durable says that a conversation has a fan-out to finish.
  pending_cleared_early,  // The pending row is cleared before every inbox has reached the head.
  no_duplicate_check,     // A retried send is stored again.
  ids_forgotten,          // Retries are looked for in memory only: a restart forgets them.
  new_id_on_repeat,       // A batch with an unknown outcome is written again under new numbers.
  no_chain_extension,     // An epoch writes without saying so in the head row.
  mark_not_checked,       // An inbox takes hand-offs that do not follow its mark.
  cursor_past_page,       // A page moves the cursor further than its content.
  live_gap,               // A session that fell behind goes live without reading what it missed.
  cursor_without_store,   // A cursor of another store's lifetime is accepted.
  read_mark_back,         // A read mark may move down.
  unread_counts_own,      // One's own messages count as unread.
  time_goes_back,         // Entries carry the bare clock, which may step back.
  revoked_stays,          // Revoking a device leaves its open sessions alone.
  id_reuse_accepted,      // The same client id with another text gets the first answer.
  checkpoint_early,       // The checkpoint moves before the views are durable.
  removed_still_sees,     // A removed member goes on seeing the group.
  edit_after_delete,      // A deleted message can be edited.
  edits_kept,             // A deletion leaves the texts of the edits.
  body_in_caches,         // A deletion leaves the text in memory.
  row_not_rewritten,      // An edit or a deletion leaves the stored message as it was.
  judged_when_sent,       // What was allowed when it was asked for is allowed at its place in the log.
  rows_before_entry,      // The rows of members are written before the entry that they follow from.
  change_not_repeated,    // A crash between an edit or deletion and its row leaves the row as it was.
  joiner_from_beginning,  // Who comes into a group gets it from the beginning.
  ex_members_read_on,     // Who left a group reads its history up to the present head.
  removal_not_told,       // The last that a removed member gets is what came before the removal.
  anybody_edits,          // A message can be edited by others than its sender.
  reaction_twice,         // The same reaction of the same user is stored again.
  changes_counted,        // Edits, reactions and the like count as messages.
  unread_before_join,     // What was said before somebody came counts as unread.
  mark_shown_early,       // A mark is told to others, and called told, before it is durable.
  leaver_looks_on,        // Who left a group is told the marks of those who are in it.
  leaver_still_shown,     // Those who are in a group are told the marks of who left.
  unwanted_read_marks,    // Who wants no read marks is told those of others.
  hidden_read_told,       // Others are told what somebody read who does not want it.
  cleared_comes_back,     // A history shows what its reader cleared.
  hidden_in_pages,        // A page shows what its reader hid.
  clearing_goes_back,     // What was cleared may become less.
  settings_not_told,      // Settings change a second time without a step of the inbox.
  page_ends_on_filter,    // A history of which everything is hidden says that there is no more.
  pending_after_append,   // That there is a fan-out to finish is written when the entries are there.
  poll_passes_over,       // A poll answers that there is nothing when there is a page.
  text_in_flight,         // A page keeps a text that is deleted while the rest of it is read.
  contact_one_sided,      // Only who asks for a contact is told.
  invite_too_often,       // An invite brings in any number.
  invite_lives_on,        // An invite that was ended still brings in.
  block_unheeded,         // A message is accepted though one of the two has blocked the other.
  block_unlisted,         // A block holds, but is not shown to who made it.
  edit_drops_details,     // An edit leaves nothing of a message but its text.
  mentions_unstored,      // Whom a message mentions is told to those who are there, and forgotten.
  invite_outlives,        // An invite brings in people after it expired.
  count_,
};

std::string_view name(Plant);
Plant plant_by_name(std::string_view);

#ifdef KITH_PLANT
extern thread_local Plant planted_fault;  // Set once, by the simulator, before anything runs on this thread.
inline bool planted(Plant which) { return planted_fault == which; }
#else
constexpr bool planted(Plant) { return false; }
#endif

}  // namespace kith
