// server/lifetime.h — What a store remembers of its own life: its id, and how often it was started.
#pragma once

#include <vector>

#include "auth/user_list.h"
#include "base/loop.h"
#include "store/store.h"

namespace kith {

struct Lifetime {
  StoreId store;
  Epoch epoch;           // Of this start; durable before it is used.
  Epoch recovered_from;  // The first epoch whose pending rows were not all looked at.
  std::vector<ClosedUser> closed{};
};

// Begins a new epoch. Call once per start, before anything else uses the store.
Task<StoreResult<Lifetime>> begin_lifetime(Loop& loop, Store& store);

// From now on only pending rows of `epoch` and later need to be looked at.
Task<void> note_recovered(Loop& loop, Store& store, Epoch epoch);

}  // namespace kith
