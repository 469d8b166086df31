// check/reads.h — Answers to history reads: nothing that was acknowledged or shown before may be missing.
//
// Judges I1 (durable), the second half of I7 (what was seen stays readable) and I5 for answers (dense).
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "check/members.h"

namespace kith::check {

class Reads {
 public:
  // A read that was asked for, with what its conversation had come to by then.
  struct Asked {
    std::optional<std::uint64_t> before;
    std::optional<std::uint64_t> after;
    bool final = false;
    Id conversation = 0;
    OpId invoke = 0;
    Seen acked;
    Seen seen;
  };
  // What the final reads of one process got of one conversation.
  struct Coverage {
    Id process = 0;
    Id conversation = 0;
    OpId invoke = 0;                                            // The first of the reads.
    OpId answer = 0;                                            // The last of the answers.
    std::vector<std::pair<std::uint64_t, std::uint64_t>> runs;  // [first, last]

    bool has(std::uint64_t seq) const;
    // Sorts and joins the runs.
    void tidy();
  };

  Reads(Ledger& ledger, Messages& messages, Members& members) : ledger_(ledger), messages_(messages), members_(members) {}

  Asked ask(const At& at);
  // After the entries were given to Messages.
  void answer(const At& at, const Asked& asked);
  void finish();
  // Process and conversation → coverage.
  PairMap<Coverage>& coverage() { return coverage_; }

 private:
  // No number of [first, last] was in the answer. `dense`: a higher one was, or the answer says that nothing is missing below.
  struct Hole {
    OpId answer, invoke;
    Id user, conversation;
    std::uint64_t first, last;
    std::uint64_t known;  // What was acknowledged or shown when it was asked for.
    bool dense;
  };
  void hole(const At& at, const Asked& asked, std::uint64_t first, std::uint64_t last, bool dense);
  void judge(const Hole& hole);
  void cover(const At& at, const Asked& asked);

  Ledger& ledger_;
  Messages& messages_;
  Members& members_;
  std::vector<Hole> holes_;  // Judged in the end, when it is known who was a member when.
  PairMap<Coverage> coverage_;
};

}  // namespace kith::check
