// session/wishes.h — What one connection wants to be told live beside its user's inbox: who moves and writes in the conversation that it
// shows, and who is online.
//
//   Which loop   That of the user. Owned by the commands of the connection; a request over HTTP of the same device, whose command it is
//                that says what its stream is to be told, shares it until it is answered.
//   Cancelled    By cut(): the connection is gone, or takes nothing any more.
#pragma once

#include <memory>
#include <optional>

#include "session/frames.h"

namespace kith {

class Wishes {
 public:
  // `place` outlives it; `frames`, which get what is told, until cut().
  Wishes(Place& place, Frames& frames, UserId user) : place_(place), frames_(&frames), user_(std::move(user)) {}

  void cut() { frames_ = nullptr; }
  // Made when first asked for. The same one from then on.
  Watcher& watcher();

  // The conversation whose marks and typing are to be told live, and whether what others read is.
  std::optional<ConversationId> looking;
  bool shows_read = false;

 private:
  Place& place_;
  Frames* frames_;
  const UserId user_;
  std::unique_ptr<Watcher> watcher_;
};

}  // namespace kith
