// log/chain.h — Which epoch's row counts at a seq. Pure functions on Head::chain.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "store/store.h"

namespace kith {

// The epoch whose row at `seq` exists: that of the last link whose first seq is at most `seq`. Every other row there is a leftover of
// a writer that had lost the log.
inline std::optional<Epoch> epoch_at(const std::vector<Head::Link>& chain, Seq seq) {
  auto after = std::upper_bound(chain.begin(), chain.end(), seq, [](Seq s, const Head::Link& link) { return s < link.first; });
  if (after == chain.begin()) return std::nullopt;
  return std::prev(after)->epoch;
}

// The chain once `epoch` writes from `first` on. An epoch that never wrote a row is replaced, so the chain grows only with rows.
inline std::vector<Head::Link> extended(std::vector<Head::Link> chain, Epoch epoch, Seq first) {
  if (!chain.empty() && chain.back().first == first) chain.pop_back();
  chain.push_back({epoch, first});
  return chain;
}

}  // namespace kith
