// terminal/chat_marks.h — How far others got with what this user said last in a conversation, told when it changes.
//
// Which loop: any; no I/O. Only the newest message counts: what is read up to it is read before it. In a group only reading is told.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "wire/wire.gen.h"

namespace kith::terminal {

class ChatMarks {
 public:
  void in_group(bool group) { group_ = group; }
  void said(std::uint64_t seq);  // By this user.
  void heard(const wire::Receipts& receipts);
  std::string news();  // (#42 read by bob, carol), once for each; empty when there are none.

 private:
  struct Progress {
    std::uint64_t delivered = 0, read = 0;
    std::uint64_t delivered_told = 0, read_told = 0;  // The message of which it was told.
  };

  std::map<std::string, Progress> others_;
  std::uint64_t last_ = 0;
  bool group_ = false;
};

}  // namespace kith::terminal
