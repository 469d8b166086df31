// bench/poll_client.h — A device that polls (GET /v1/sync): one connection, one poll after the other, each presenting the cursor of the
// last.
//
//   Which loop   The stage's. Owned by its workload.
//   Reads        As a LoadClient does: by looking for what must be there. Anything else is a failure.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "bench/stage.h"

namespace kith {

class PollClient {
 public:
  PollClient(Stage& stage, const std::string& user);
  virtual ~PollClient() = default;
  PollClient(const PollClient&) = delete;
  PollClient& operator=(const PollClient&) = delete;

  // Polls until it is told to stop.
  void start();
  void stop();

  bool waits() const { return asked_ && placed_; }  // It has a place, and a poll is on its way or waits.
  bool ended() const { return !why_.empty(); }
  const std::string& why() const { return why_; }
  std::uint64_t polls() const { return polls_; }

 protected:
  // The frame of an answer with a page.
  virtual void page(std::string_view frame) = 0;
  void fail(std::string why);
  Stage& stage() { return stage_; }

 private:
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

  void connect();
  void ask();
  void read();
  void take();
  void answered(int status, std::string_view body);

  Stage& stage_;
  const std::string user_, token_;
  std::optional<Socket> socket_;
  std::string cursor_, input_, why_;
  std::uint64_t polls_ = 0;
  bool asked_ = false, placed_ = false, stopped_ = false;
};

}  // namespace kith
