// What is stored may be damaged: decoding it must end in an entry, and in the same one for what encode() wrote.
#include <cstdint>
#include <cstdlib>

#include "conversation/entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  kith::LogRow row{{7}, {1}, 7, std::string(reinterpret_cast<const char*>(data), size)};
  kith::Entry entry = kith::decode(row);
  if (entry.seq != kith::Seq{7}) std::abort();
  if (entry.kind == kith::EntryKind::unknown) return 0;
  row.record = kith::encode(entry);
  kith::Entry again = kith::decode(row);
  if (again.kind != entry.kind || again.from != entry.from || again.client_id != entry.client_id || again.text() != entry.text() ||
      again.n != entry.n || again.time != entry.time || again.version != entry.version || again.details() != entry.details()) {
    std::abort();
  }
  return 0;
}
