// store/rocksdb_open.h — The settings with which a data directory is opened, and what each refusal is called.
#pragma once

#include <rocksdb/options.h>

#include <optional>
#include <string>

#include "store/rocksdb_store.h"

namespace kith {

// Without a listener: who writes adds it.
rocksdb::Options rocksdb_settings(const RocksOptions& options, rocksdb::Env* env);

// "locked: …", "corrupt: …" or "disk: …".
Failure refusal(const rocksdb::Status& status);

// Refuses a schema that is newer than this program, or none beside data. Writes it into an empty database.
std::optional<Failure> check_schema(rocksdb::DB& db, bool may_write);

}  // namespace kith
