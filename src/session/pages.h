// session/pages.h — What a device missed, as pages: contiguous parts of its user's inbox, folded into one line a conversation.
#pragma once

#include "base/result.h"
#include "base/task.h"
#include "inbox/inbox.h"
#include "session/place.h"
#include "wire/wire.gen.h"

namespace kith {

// The page that follows `position`, with the entries inline that fit. `inbox` stays pinned meanwhile (log/residents.h).
Task<Result<wire::Page>> next_page(Place& place, Inbox& inbox, Useq position);

}  // namespace kith
