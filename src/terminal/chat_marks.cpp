#include "terminal/chat_marks.h"

#include <algorithm>

namespace kith::terminal {

void ChatMarks::said(std::uint64_t seq) { last_ = std::max(last_, seq); }

void ChatMarks::heard(const wire::Receipts& receipts) {
  for (const wire::Marks& marks : receipts.items) {
    Progress& progress = others_[marks.user];
    progress.delivered = std::max(progress.delivered, marks.delivered);
    progress.read = std::max(progress.read, marks.read);
  }
}

std::string ChatMarks::news() {
  if (last_ == 0) return {};
  std::string delivered, read;
  const auto add = [](std::string& names, const std::string& name) { names += (names.empty() ? "" : ", ") + name; };
  for (auto& [user, progress] : others_) {
    if (progress.read >= last_ && progress.read_told < last_) {
      add(read, user);
      progress.read_told = progress.delivered_told = last_;
    } else if (!group_ && progress.delivered >= last_ && progress.delivered_told < last_) {
      add(delivered, user);
      progress.delivered_told = last_;
    }
  }
  const std::string number = "(#" + std::to_string(last_);
  std::string lines;
  if (!delivered.empty()) lines += number + " delivered to " + delivered + ")\n";
  if (!read.empty()) lines += number + " read by " + read + ")\n";
  return lines;
}

}  // namespace kith::terminal
