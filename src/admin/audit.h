// admin/audit.h — What was done over the server-side API: one record a call, in order, kept for good.
//
//   Which loop   One object of a server is used, that of its first loop (server/router.h).
//   Order        Numbers grow with every call, from 1; after a failure one may be missing.
//   Durable      When note() completes. A call that changes something is noted before it begins, with the outcome "begun", and once more,
//                whole, when its outcome is known: a crash between leaves "begun", which says that it is not known what became of it.
//   Kept         In RowTable::meta, kRows rows a partition. A record is completed once; none is taken away. No token is ever part of one.
//   Fails        storage_full, unavailable: nothing was noted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "base/time.h"
#include "store/store.h"

namespace kith {

struct AuditRecord {
  std::uint64_t number = 0;  // 0: it gets one.
  WallTime time;
  std::string who;      // "administrator", or "service:NAME".
  std::string address;  // Where the call came from.
  std::string what;     // As "user.erase".
  std::string whom;     // A user or a conversation; empty: nobody in particular.
  std::string outcome;  // "begun", "ok", or the name of a Code.
  bool operator==(const AuditRecord&) const = default;
};
std::string encode(const AuditRecord& record);  // Without its number, which is the key.
std::optional<AuditRecord> decode_audit(const std::string& value);
// Of an answer: "ok", or the code of its problem object.
std::string audit_outcome(int status, const std::string& body);

struct AuditPage {
  std::vector<AuditRecord> records;  // Newest first.
  bool more = false;
};

class AuditLog {
 public:
  static constexpr std::uint64_t kRows = 1024;  // Of one partition.
  static constexpr std::uint32_t kPageMax = 200;

  AuditLog(Loop& loop, Store& store) : loop_(loop), store_(store) {}

  // The number of the record.
  Task<Result<std::uint64_t>> note(AuditRecord record);
  // Those with a number below `before`; 0: the newest.
  Task<Result<AuditPage>> page(std::uint64_t before, std::uint32_t limit);

 private:
  Task<Result<Ok>> open();
  Task<Result<bool>> any_in(std::uint64_t part);

  Loop& loop_;
  Store& store_;
  std::uint64_t next_ = 0;  // 0: not known yet.
};

}  // namespace kith
