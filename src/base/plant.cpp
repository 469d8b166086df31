#include "base/plant.h"

#include <array>

namespace kith {

namespace {
constexpr std::array<std::string_view, static_cast<std::size_t>(Plant::count_)> kNames{"none",
                                                                                       "no_sync",
                                                                                       "ack_before_durable",
                                                                                       "push_before_durable",
                                                                                       "no_pending_row",
                                                                                       "pending_cleared_early",
                                                                                       "no_duplicate_check",
                                                                                       "ids_forgotten",
                                                                                       "new_id_on_repeat",
                                                                                       "no_chain_extension",
                                                                                       "mark_not_checked",
                                                                                       "cursor_past_page",
                                                                                       "live_gap",
                                                                                       "cursor_without_store",
                                                                                       "read_mark_back",
                                                                                       "unread_counts_own",
                                                                                       "time_goes_back",
                                                                                       "revoked_stays",
                                                                                       "id_reuse_accepted",
                                                                                       "checkpoint_early",
                                                                                       "removed_still_sees",
                                                                                       "edit_after_delete",
                                                                                       "edits_kept",
                                                                                       "body_in_caches",
                                                                                       "row_not_rewritten",
                                                                                       "judged_when_sent",
                                                                                       "rows_before_entry",
                                                                                       "change_not_repeated",
                                                                                       "joiner_from_beginning",
                                                                                       "ex_members_read_on",
                                                                                       "removal_not_told",
                                                                                       "anybody_edits",
                                                                                       "reaction_twice",
                                                                                       "changes_counted",
                                                                                       "unread_before_join",
                                                                                       "mark_shown_early",
                                                                                       "leaver_looks_on",
                                                                                       "leaver_still_shown",
                                                                                       "unwanted_read_marks",
                                                                                       "hidden_read_told",
                                                                                       "cleared_comes_back",
                                                                                       "hidden_in_pages",
                                                                                       "clearing_goes_back",
                                                                                       "settings_not_told",
                                                                                       "page_ends_on_filter",
                                                                                       "pending_after_append",
                                                                                       "poll_passes_over",
                                                                                       "text_in_flight",
                                                                                       "contact_one_sided",
                                                                                       "invite_too_often",
                                                                                       "invite_lives_on",
                                                                                       "block_unheeded",
                                                                                       "block_unlisted",
                                                                                       "edit_drops_details",
                                                                                       "mentions_unstored",
                                                                                       "invite_outlives"};
}

#ifdef KITH_PLANT
thread_local Plant planted_fault = Plant::none;
#endif

std::string_view name(Plant plant) { return kNames[static_cast<std::size_t>(plant)]; }

Plant plant_by_name(std::string_view text) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == text) return static_cast<Plant>(i);
  }
  return Plant::none;
}

}  // namespace kith
