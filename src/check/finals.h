// check/finals.h — What all devices hold in the end, after `quiesced`.
//
// Judges I8 (convergence), I5 for the whole (the numbers are exactly 1..head), the delivery half of I14, and that I1 and I13 hold at last.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "check/marks.h"
#include "check/reads.h"

namespace kith::check {

class Finals {
 public:
  Finals(Ledger& ledger, Messages& messages, Changes& changes, Members& members, Reads& reads, Inbox& inbox, Marks& marks)
      : ledger_(ledger), messages_(messages), changes_(changes), members_(members), reads_(reads), inbox_(inbox), marks_(marks) {}

  void quiesced();
  void add(const At& at);
  void finish();

 private:
  struct Item {
    std::uint64_t head = 0;
    std::uint64_t read = 0;
    std::uint64_t title = 0;  // A hash; 0: none.
    std::uint64_t cleared = 0;
    std::uint64_t settings = 0;  // A hash.
  };
  struct Final {
    OpId op = 0;
    Id process = 0;
    Id user = 0;
    std::optional<std::uint64_t> useq;
    std::map<Id, Item> items;  // By conversation.
  };

  const Final* of_user(Id user) const;
  void judge_completeness(const Final& final);
  void judge_own(const Final& final, Id conversation, const Item& item);
  void judge_gap(const Final& final, const Reads::Coverage& coverage, std::uint64_t first, std::uint64_t last);
  void judge_devices(const Final& one, const Final& other);
  void judge_members(Id conversation);
  void judge_group(Id conversation);
  void judge_title(const Final& final, Id conversation, std::uint64_t title);
  void judge_delivery(Id conversation);

  Ledger& ledger_;
  Messages& messages_;
  Changes& changes_;
  Members& members_;
  Reads& reads_;
  Inbox& inbox_;
  Marks& marks_;
  std::vector<Final> finals_;
  std::vector<Seen> due_;                                      // By conversation - 1: the highest acknowledged number at `quiesced`.
  std::map<Id, std::vector<const Reads::Coverage*>> covered_;  // By conversation.
};

}  // namespace kith::check
