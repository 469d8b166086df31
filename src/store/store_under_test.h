// store/store_under_test.h — What the contract suite needs of an engine: a store on a loop that the test drives.
//
// A new engine adds one maker to all_engines() in store_contract_test.cpp.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/manual_loop.h"
#include "store/inspect.h"
#include "store/store.h"

namespace kith {

class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual ManualLoop& loop() = 0;
  virtual Store& store() = 0;

  // Stops the store properly and starts it again.
  virtual void reopen() = 0;

  // Stops the store and looks inside; until reopen().
  virtual std::unique_ptr<Inspector> stop_and_inspect() = 0;

  // Drives the loop until the value is there.
  template <class T>
  T await(Future<T> future) {
    auto value = std::make_shared<std::optional<T>>();
    std::move(future).then([value](T v) { value->emplace(std::move(v)); });
    KITH_ASSERT(loop().run_until([&] { return value->has_value(); }));
    return std::move(**value);
  }
};

struct Engine {
  std::string name;
  std::function<std::unique_ptr<StoreUnderTest>()> make;
};

// A directory that goes away with its owner.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline ScratchDirectory::ScratchDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "kith-store-XXXXXX").string();
  KITH_ASSERT(mkdtemp(name.data()) != nullptr);
  path_ = name;
}
inline ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

inline LogId log_of(std::string key, LogTable table = LogTable::direct_messages) { return {table, std::move(key)}; }

inline Append batch_of(LogId log, std::uint64_t epoch, std::uint64_t first, std::vector<std::string> records) {
  return {std::move(log), Epoch{epoch}, Seq{first}, std::move(records), std::nullopt};
}

inline Head head_of(std::uint64_t revision, std::vector<Head::Link> chain = {}) {
  Head head;
  head.revision = revision;
  head.chain = std::move(chain);
  return head;
}

}  // namespace kith
