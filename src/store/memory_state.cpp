#include "store/memory_state.h"

#include "store/checks.h"

namespace kith {

namespace {

void put_cells(MemoryState& state, const Append& batch) {
  auto& cells = state.logs[batch.log];
  Seq seq = batch.first;
  for (const auto& record : batch.records) {
    auto [cell, is_new] = cells.try_emplace({seq, batch.epoch}, MemoryState::Cell{seq.value, record});
    if (!is_new && cell->second.version == seq.value && cell->second.record != record) ++state.numbers_reused;
    ++seq;
  }
}

void put_rewrite(MemoryState& state, const MemoryRewrite& rewrite) {
  auto log = state.logs.find(rewrite.log);
  if (log == state.logs.end()) return;
  auto cell = log->second.find({rewrite.seq, rewrite.epoch});
  if (cell == log->second.end() || cell->second.version >= rewrite.version) return;
  cell->second = {rewrite.version, rewrite.record};
}

void put_rows(MemoryState& state, const MemoryPut& put, std::uint64_t stamp) {
  auto& partition = state.rows[{put.table, put.partition}];
  for (const auto& row : put.rows) {
    auto& value = partition[row.key];
    if (value.stamp <= stamp) value = {stamp, row.value};
  }
}

template <class Map>
void copy_entry(Map& to, const Map& from, const typename Map::key_type& key) {
  auto found = from.find(key);
  if (found == from.end()) {
    to.erase(key);
  } else {
    to.insert_or_assign(key, found->second);
  }
}

template <class Map>
const typename Map::mapped_type& entry(const Map& map, const typename Map::key_type& key) {
  static const typename Map::mapped_type kNothing;
  auto found = map.find(key);
  return found == map.end() ? kNothing : found->second;
}

template <class... F>
struct Cases : F... {
  using F::operator()...;
};
template <class... F>
Cases(F...) -> Cases<F...>;

}  // namespace

StoreResult<Ok> MemoryState::decide_head(const LogId& log, const Head& head) const {
  const Head& present = entry(heads, log);
  if (present.revision + 1 == head.revision || present == head) return Ok{};
  return StoreError::conflict;
}

StoreResult<Ok> MemoryState::apply(const MemoryWrite& write, std::uint64_t stamp) {
  if (auto* batch = std::get_if<Append>(&write); batch && batch->head) {
    if (auto decided = decide_head(batch->log, *batch->head); !decided) return decided;
  }
  if (auto* set = std::get_if<MemorySetHead>(&write)) {
    if (auto decided = decide_head(set->log, set->head); !decided) return decided;
  }
  settle(write, stamp);
  return Ok{};
}

void MemoryState::settle(const MemoryWrite& write, std::uint64_t stamp) {
  auto put_head = [this](const LogId& log, const Head& head) {
    auto& present = heads[log];
    if (present.revision < head.revision) present = head;
  };
  std::visit(
      Cases{[&](const Append& batch) {
              put_cells(*this, batch);
              if (batch.head) put_head(batch.log, *batch.head);
            },
            [&](const MemoryRewrite& rewrite) { put_rewrite(*this, rewrite); },
            [&](const MemorySetHead& set) { put_head(set.log, set.head); }, [&](const MemoryPut& put) { put_rows(*this, put, stamp); }},
      write);
}

void MemoryState::restore(const MemoryWrite& write, const MemoryState& other) {
  auto restore_cell = [&](const LogId& log, Seq seq, Epoch epoch) { copy_entry(logs[log], entry(other.logs, log), {seq, epoch}); };
  std::visit(Cases{[&](const Append& batch) {
                     for (std::size_t i = 0; i < batch.records.size(); ++i) restore_cell(batch.log, batch.first + i, batch.epoch);
                     if (batch.head) copy_entry(heads, other.heads, batch.log);
                   },
                   [&](const MemoryRewrite& rewrite) { restore_cell(rewrite.log, rewrite.seq, rewrite.epoch); },
                   [&](const MemorySetHead& set) { copy_entry(heads, other.heads, set.log); },
                   [&](const MemoryPut& put) {
                     std::pair key{put.table, put.partition};
                     for (const auto& row : put.rows) copy_entry(rows[key], entry(other.rows, key), row.key);
                   }},
             write);
}

Store::Rows MemoryState::read(const LogId& log, Seq low, Seq high, Direction direction, std::uint32_t limit) const {
  Page page(limit);
  if (low > high) return page.finish();
  const auto& cells = entry(logs, log);
  auto first = cells.lower_bound({low, Epoch{0}});
  auto last = cells.upper_bound({high, Epoch{~std::uint64_t{0}}});
  auto take = [&](const LogCells::value_type& cell) {
    return page.take({cell.first.first, cell.first.second, cell.second.version, cell.second.record});
  };
  if (direction == Direction::up) {
    while (first != last && take(*first)) ++first;
  } else {
    while (last != first && take(*std::prev(last))) --last;
  }
  return page.finish();
}

std::optional<LogRow> MemoryState::read_row(const LogPlace& place) const {
  const auto& cells = entry(logs, place.log);
  auto cell = cells.find({place.seq, place.epoch});
  if (cell == cells.end()) return std::nullopt;
  return LogRow{place.seq, place.epoch, cell->second.version, cell->second.record};
}

Head MemoryState::head(const LogId& log) const { return entry(heads, log); }

std::optional<std::string> MemoryState::get(const RowKey& key) const {
  const auto& partition = entry(rows, {key.table, key.partition});
  auto found = partition.find(key.key);
  if (found == partition.end()) return std::nullopt;
  return found->second.value;
}

Store::Scan MemoryState::scan(RowTable table, const std::string& partition, const std::string& from, std::uint32_t limit) const {
  Store::Scan out;
  std::size_t bytes = 0;
  const auto& values = entry(rows, {table, partition});
  for (auto row = values.lower_bound(from); row != values.end(); ++row) {
    if (out.rows.size() >= limit || bytes >= kReadBytesMax) {
      out.more = true;
      break;
    }
    bytes += row->first.size() + row->second.value.size();
    out.rows.push_back({row->first, row->second.value});
  }
  return out;
}

const LogId* touched_log(const MemoryWrite& write) {
  return std::visit(Cases{[](const Append& batch) { return &batch.log; }, [](const MemoryRewrite& rewrite) { return &rewrite.log; },
                          [](const MemorySetHead& set) { return &set.log; }, [](const MemoryPut&) -> const LogId* { return nullptr; }},
                    write);
}

}  // namespace kith
