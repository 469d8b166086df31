#include "session/wishes.h"

namespace kith {

// Presence is the first to go: half of what a connection may have unsent is kept for messages.
Watcher& Wishes::watcher() {
  if (!watcher_) {
    watcher_ = std::make_unique<Watcher>(place_.watchers, user_, [this](const std::vector<PresenceItem>& items) {
      if (!frames_) return true;
      if (frames_->transport().unsent() > place_.options.unsent_max / 2) return false;
      frames_->write_presences(0, items);
      return true;
    });
  }
  return *watcher_;
}

}  // namespace kith
