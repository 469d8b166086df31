#include "tests/crash/poller.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "client/http.h"

namespace kith::crash {

struct Poller::Shared {
  struct Job {
    RestRequest request;
    Answer answer;
  };
  Loop* loop;  // Null when the Poller has ended.
  const ServerAddress server;
  const std::string token;
  std::mutex mutex;
  std::condition_variable more;
  std::deque<Job> lanes[2];
};

Poller::Poller(Loop& loop, ServerAddress server, std::string token)
    : shared_(new Shared{&loop, std::move(server), std::move(token), {}, {}, {}}) {
  for (int lane : {0, 1}) std::thread([shared = shared_, lane] { work(shared, lane); }).detach();
}

Poller::~Poller() {
  std::lock_guard lock(shared_->mutex);
  shared_->loop = nullptr;
  for (auto& lane : shared_->lanes) lane.clear();
  shared_->more.notify_all();
}

void Poller::push(int lane, RestRequest request, Answer answer) {
  std::lock_guard lock(shared_->mutex);
  shared_->lanes[lane].push_back({std::move(request), std::move(answer)});
  shared_->more.notify_all();
}

void Poller::work(const std::shared_ptr<Shared>& shared, int lane) {
  std::unique_lock lock(shared->mutex);
  while (true) {
    shared->more.wait(lock, [&] { return !shared->loop || !shared->lanes[lane].empty(); });
    if (!shared->loop) return;
    Shared::Job job = std::move(shared->lanes[lane].front());
    shared->lanes[lane].pop_front();
    lock.unlock();
    RestRequest& asked = job.request;
    std::string path = asked.query.empty() ? asked.path : asked.path + '?' + asked.query;
    auto answer = http_call(shared->server, {asked.method, std::move(path), shared->token, asked.body});
    lock.lock();
    if (!shared->loop) return;
    std::optional<RestResponse> response;
    if (answer) response = RestResponse{answer->status, std::move(answer->body), {}};
    // The Poller may end before the loop comes to it.
    shared->loop->post([shared, tell = std::move(job.answer), response = std::move(response)]() mutable {
      if (shared->loop) tell(std::move(response));
    });
  }
}

}  // namespace kith::crash
