// check/texts.h — What a message says over time: edits and deletions, by who was shown what and when.
//
// Judges I11 (deleted stays deleted) and I12 (edits). A read begins with its call; what a feed shows, with the `sync` of its connection.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "check/changes.h"

namespace kith::check {

class Texts {
 public:
  Texts(Ledger& ledger, Messages& messages, Changes& changes) : ledger_(ledger), messages_(messages), changes_(changes) {}

  void delete_invoked(Id conversation, std::uint64_t seq, OpId op);
  void deleted(const At& at, Id conversation, std::uint64_t seq);
  void edited(const At& at, Id conversation, std::uint64_t seq, std::uint64_t by);
  // What a device knows from now on; before judge() for all entries of one operation: an answer must not contradict itself.
  void learn(const At& at, Id conversation, const Entry& entry);
  struct Read {
    OpId since;  // The operation that began it.
    bool final;  // It is one of the final reads.
    bool alone;  // Nothing orders it against what else the device hears.
  };
  void judge(const At& at, Id conversation, const Entry& entry, Read read);
  void finish();

 private:
  // What was asked for and confirmed, by anybody.
  struct Message {
    OpId delete_invoked = 0;
    OpId deleted = 0;
    std::vector<Seen> edits;  // Confirmed, ascending.
  };
  // What one device was shown.
  struct Known {
    OpId tombstone = 0;
    std::vector<Seen> edits;  // Ascending.
  };
  struct Shown {
    std::uint64_t target;
    std::uint64_t text;
    OpId op;
  };
  struct Final {
    Id conversation;
    std::uint64_t seq;
    OpId op;
    std::vector<std::uint64_t> edits;
    std::uint64_t deleted, reactions;
  };

  Message* find(Id conversation, std::uint64_t seq);
  Known* known(const At& at, Id conversation, std::uint64_t seq);
  Known& know(const At& at, Id conversation, std::uint64_t seq);
  void judge_body(const At& at, Id conversation, std::uint64_t seq, Read read, std::string_view what);
  void judge_message(const At& at, Id conversation, const Entry& entry, Read read);
  void judge_version(const At& at, Id conversation, const Entry& entry, Read read);
  std::uint64_t reactions(const At& at, Id conversation, const Entry& entry);
  void judge_final(const Final& final);

  Ledger& ledger_;
  Messages& messages_;
  Changes& changes_;
  std::map<std::pair<Id, std::uint64_t>, Message> messages_by_place_;
  PairMap<std::unordered_map<std::uint64_t, Known>> known_;           // Device and conversation.
  std::map<std::pair<Id, std::uint64_t>, std::vector<Shown>> shown_;  // By the edit: as what it was shown in its message.
  std::vector<Final> finals_;
};

}  // namespace kith::check
