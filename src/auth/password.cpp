#include "auth/password.h"

#include <sodium.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace kith {

namespace {

constexpr std::uint32_t kRetryAfterMs = 1000;  // About what a full queue takes.

Result<std::string> hash_now(const HashCost& cost, const Secret& password) {
  char out[crypto_pwhash_STRBYTES];
  auto text = password.reveal();
  if (crypto_pwhash_str_alg(out, text.data() ? text.data() : "", text.size(), cost.passes, cost.memory_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return Failure(Code::internal, "no memory to hash a password");
  }
  return std::string(out);
}

bool verify_now(const std::string& stored, const Secret& password) {
  auto text = password.reveal();
  return crypto_pwhash_str_verify(stored.c_str(), text.data() ? text.data() : "", text.size()) == 0;
}

}  // namespace

// The threads and what waits for them. Jobs own promises of loops: they go back there before they end.
class HasherPool::Work {
 public:
  struct Job {
    Loop* loop;
    Fn<Fn<void()>()> run;             // On a thread of the pool; returns what the loop is to do.
    Fn<Fn<void()>(Failure)> give_up;  // The same, when there will be no run.
  };

  explicit Work(HasherPoolOptions options) : options_(options) {
    for (std::size_t i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { serve(); });
  }

  ~Work() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
    for (auto& job : jobs_) finish(job, job.give_up(Failure(Code::going_away, "the server is stopping", kRetryAfterMs)));
  }

  const HashCost& cost() const { return options_.cost; }

  // False, and `job` untouched, when the queue is full.
  bool offer(Job& job) {
    {
      std::lock_guard lock(mutex_);
      if (jobs_.size() >= options_.queue) return false;
      jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
    return true;
  }

 private:
  // What this thread holds of the job ends before its loop hears of it: a promise must not end here.
  static void finish(Job& job, Fn<void()> last) {
    job.run.reset();
    job.give_up.reset();
    job.loop->post(std::move(last));
  }

  void serve() {
    for (;;) {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (stopping_) return;
      Job job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      finish(job, job.run());
    }
  }

  HasherPoolOptions options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

class HasherPool::OfLoop : public PasswordHasher {
 public:
  OfLoop(Work& work, Loop& loop) : work_(work), loop_(loop) {}

  Future<Result<std::string>> hash(Secret password) override {
    return submit<std::string>([cost = work_.cost(), password = std::move(password)] { return hash_now(cost, password); });
  }

  Future<Result<bool>> verify(std::string stored, Secret password) override {
    return submit<bool>(
        [stored = std::move(stored), password = std::move(password)]() -> Result<bool> { return verify_now(stored, password); });
  }

  std::string stranger() const override {
    // Any salt and any hash will do: nobody knows a password for them.
    return "$argon2id$v=19$m=" + std::to_string(work_.cost().memory_bytes / 1024) + ",t=" + std::to_string(work_.cost().passes) +
           ",p=1$a2l0aHN0cmFuZ2Vyc2FsdA$a2l0aC1zdHJhbmdlci1oYXMtbm8tcGFzc3dvcmQtMDA";
  }

 private:
  template <class T, class Compute>
  Future<Result<T>> submit(Compute compute) {
    // The promise is moved through the pool's thread and touched on the loop only; run and give_up share it, one of them uses it.
    struct Shared {
      Compute compute;
      Promise<Result<T>> promise;
    };
    auto shared = std::make_shared<Shared>(Shared{std::move(compute), {}});
    auto future = shared->promise.future();
    Work::Job job{
        &loop_,
        [shared]() -> Fn<void()> { return [shared, result = shared->compute()]() mutable { shared->promise.set(std::move(result)); }; },
        [shared](Failure failure) -> Fn<void()> {
          return [shared, failure = std::move(failure)]() mutable { shared->promise.set(std::move(failure)); };
        }};
    shared.reset();
    if (!work_.offer(job)) {
      job.give_up(Failure(Code::busy, "too many passwords are being checked", kRetryAfterMs))();
    }
    return future;
  }

  Work& work_;
  Loop& loop_;
};

HasherPool::HasherPool(HasherPoolOptions options) {
  KITH_ASSERT(sodium_init() >= 0 && options.threads > 0);
  work_ = std::make_unique<Work>(options);
}

HasherPool::~HasherPool() = default;

std::unique_ptr<PasswordHasher> HasherPool::on(Loop& loop) { return std::make_unique<OfLoop>(*work_, loop); }

}  // namespace kith
