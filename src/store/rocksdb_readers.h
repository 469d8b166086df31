// store/rocksdb_readers.h — The threads for reads that must wait for the disk.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/fn.h"

namespace kith {

class ReaderPool {
 public:
  explicit ReaderPool(int threads);
  ~ReaderPool() { stop(); }

  void run(Fn<void()> job);

  // Waits for the jobs that run; those that wait are dropped.
  void stop();

 private:
  void work();

  std::mutex mutex_;  // Guards what is below.
  std::condition_variable wake_;
  std::deque<Fn<void()>> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace kith
