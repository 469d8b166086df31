// bench/load_client.h — A connection that measures: cheap enough that the server stays the slower side.
//
//   Which loop   The stage's. Owned by its workload. connect() once more is allowed after disconnect() or an end.
//   Reads        Frames by looking for the keys that it needs, in the form in which this server writes them: no general reader. What it
//                finds is compared with what must come, so a frame that is written differently shows as a failure.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "bench/stage.h"
#include "client/link.h"

namespace kith {

// The beginning of a frame: {"re":7,"sent":…}
struct FrameHead {
  std::uint64_t re = 0;
  std::string_view kind;
};
FrameHead read_head(std::string_view frame);

// The number behind the first `key` (as "\"seq\":"); nothing: there is none. `frame` is cut behind it.
std::optional<std::uint64_t> next_number(std::string_view& frame, std::string_view key);
// The text behind the first `key` (as "\"text\":\""), up to the next quote: for texts without escapes. Empty: there is none.
std::string_view text_after(std::string_view frame, std::string_view key);

class LoadClient : private LinkUser {
 public:
  LoadClient(Stage& stage, std::string user, std::string device);
  virtual ~LoadClient() = default;
  LoadClient(const LoadClient&) = delete;
  LoadClient& operator=(const LoadClient&) = delete;

  void connect();
  void disconnect() { link_.reset(); }
  void authenticate();  // By itself when it is connected, unless told otherwise.
  void wait_before_auth() { waits_ = true; }

  bool greeted() const { return greeted_; }  // `hello` came.
  bool synced() const { return synced_; }
  bool ended() const { return ended_; }
  const std::string& why() const { return why_; }
  Instant heard_at() const { return link_ ? link_->heard_at() : Instant{}; }
  const std::string& user() const { return user_; }

 protected:
  // Every frame but hello, ready, resync and synced.
  virtual void frame(const FrameHead& head, std::string_view text) = 0;
  void write(std::string_view command) { link_->send(command); }
  // Something that must not be: the connection ends, and the run fails.
  void fail(std::string why);
  Stage& stage() { return stage_; }

 private:
  void opened() override;
  void received(std::string_view frame) override;
  void closed(LinkEnd end) override;

  Stage& stage_;
  const std::string user_, device_;
  std::string cursor_;  // The newest; presented by the next connection.
  std::unique_ptr<Link> link_;
  std::string why_;
  bool waits_ = false, greeted_ = false, synced_ = false, ended_ = false;
};

// Connects them all, at most 150 on their way at a time, until each is synced. False: one failed, or it took longer than 120 s.
bool connect_all(Stage& stage, const std::vector<LoadClient*>& clients);

}  // namespace kith
