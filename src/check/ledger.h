// check/ledger.h — What every judge shares: names as numbers, a note of each operation, and the violations found.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "check/checker.h"
#include "check/history.h"

namespace kith::check {

using OpId = std::uint32_t;  // Number of an operation, from 1, in the order of the history; 0: none.
using Id = std::uint32_t;    // Number of a name, from 1; 0: none.

// A position in a conversation or inbox, and the operation that showed it.
struct Seen {
  std::uint64_t seq = 0;
  OpId op = 0;

  void raise(std::uint64_t to, OpId by) {
    if (to > seq) *this = {to, by};
  }
};

inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = (a ^ (b * 0x9e3779b97f4a7c15ULL)) * 0xff51afd7ed558ccdULL;
  x = (x ^ (x >> 32)) * 0xc4ceb9fe1a85ec53ULL;
  return x ^ (x >> 29);
}
std::uint64_t hash(std::string_view text);

inline std::uint64_t pair(Id a, Id b) { return std::uint64_t{a} << 32 | b; }

struct PairHash {
  std::size_t operator()(std::uint64_t key) const { return mix(key, 1); }
};
template <class V>
using PairMap = std::unordered_map<std::uint64_t, V, PairHash>;

// Names to numbers and back.
class Names {
 public:
  Id intern(std::string_view name);
  Id find(std::string_view name) const;
  std::string_view operator[](Id id) const { return id == 0 ? std::string_view("?") : names_[id - 1]; }
  std::size_t size() const { return names_.size(); }

 private:
  struct Hash {
    std::size_t operator()(std::string_view name) const { return hash(name); }
  };
  std::deque<std::string> names_;
  std::unordered_map<std::string_view, Id, Hash> ids_;
};

// A vector by a dense 64-bit number that stays small when a number is absurd. A value-initialised T means "absent".
template <class T>
class Blocks {
 public:
  static constexpr std::uint64_t kBlock = 64;
  using Block = std::array<T, kBlock>;

  T& at(std::uint64_t number) {
    if (number / kBlock != last_number_ || last_ == nullptr) {
      auto& block = blocks_[number / kBlock];
      if (!block) block = std::make_unique<Block>();
      last_ = block.get();
      last_number_ = number / kBlock;
    }
    return (*last_)[number % kBlock];
  }
  const T* find(std::uint64_t number) const {
    auto i = blocks_.find(number / kBlock);
    return i == blocks_.end() ? nullptr : &(*i->second)[number % kBlock];
  }
  // In ascending order, absent ones too.
  template <class F>
  void for_each(F each) const {
    for (const auto& [number, block] : blocks_) {
      for (std::uint64_t i = 0; i < kBlock; ++i) each(number * kBlock + i, (*block)[i]);
    }
  }

 private:
  std::map<std::uint64_t, std::unique_ptr<Block>> blocks_;
  Block* last_ = nullptr;
  std::uint64_t last_number_ = 0;
};

struct Process {
  Id user = 0;
  Id device = 0;  // Of Ledger::devices: user and device together.
  OpId start = 0;
  std::uint32_t connection = 0;
  OpId sync = 0;       // The invoke that began the present connection.
  bool alone = false;  // It is one poll.
  OpId revoke = 0;     // The ok of the revoke of its device; 0: none.
  std::int64_t revoked_from = 0;
};

class Ledger {
 public:
  explicit Ledger(std::vector<std::string> files) : files_(std::move(files)) {}

  Names users, devices, processes, conversations;
  std::deque<Process> process;  // By process id - 1.

  // Keeps a note of the operation and gives it its number.
  OpId note(const Operation& operation, Id by, Id conversation);
  std::int64_t time(OpId id) const { return notes_[id - 1].t; }
  OpId operations() const { return static_cast<OpId>(notes_.size()); }

  // One operation may be 0. Of all violations of an invariant the one that was complete first is kept.
  void found(Invariant invariant, OpId one, OpId other, const std::string& sentence);
  // The history cannot be judged.
  void broken(OpId id, std::string_view why);
  bool is_broken() const { return !broken_.empty(); }
  Report report() const;

  std::string number(Id conversation, std::uint64_t seq) const;  // "3 of d_ab"

 private:
  struct Note {
    std::int64_t t;
    std::uint64_t seq;   // Or: begin of a page, number of entries of an answer.
    std::uint64_t useq;  // Or: end of a page.
    std::uint32_t line;
    std::uint32_t file;
    Id process;
    Id conversation;
    Id user;  // The other user of a send.
    Op op;
    Phase phase;
    bool has_useq;
  };
  struct Found {
    std::uint64_t count = 0;
    OpId first = 0;
    OpId second = 0;
    std::string sentence;
  };

  std::string place(const Note& note, OpId id) const;
  std::string describe(OpId id) const;

  std::vector<std::string> files_;
  std::deque<Note> notes_;
  std::array<Found, kInvariants> found_;
  std::string broken_;
};

// One operation with its names as numbers.
struct At {
  const Operation& operation;
  OpId id = 0;
  Id process = 0;
  Id user = 0;
  Id conversation = 0;
};

}  // namespace kith::check
