// front/test_client.h — For tests: a server of echoing peers on real loops, and a client that writes and reads bytes with a deadline.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "front/listener.h"
#include "front/test_certificate.h"
#include "front/tls_server.h"
#include "front/websocket.h"

namespace kith::test {

// Whether servers and clients speak TLS where nothing is said about it. True in front_over_tls_test.
extern bool over_tls;

// A listener's certificate, one for the whole process.
const Certificate& certificate();

// A blocking socket. Every read has a deadline of 10 s, after which it reports the end. Over TLS: by the first write or read, with
// any certificate.
class Client {
 public:
  explicit Client(std::uint16_t port, int receive_buffer = 0, bool tls = over_tls);
  ~Client();
  Client(Client&& other) noexcept;
  Client& operator=(Client&&) = delete;

  void write(std::string_view bytes);
  void frame(websocket::Opcode opcode, std::string_view payload, bool final = true);
  void text(std::string_view payload) { frame(websocket::Opcode::text, payload); }
  void finish_writing();

  // Up to and with the empty line; "" at the end.
  std::string header();
  std::string exactly(std::size_t size);
  std::string rest();  // Until the other end closes.

  // Upgrades, and returns the header of the answer.
  std::string open(std::string_view extra = {}, std::string_view path = "/v1/ws");

  struct Received {
    int opcode = -1;  // -1: the connection ended.
    std::string payload;
    int code() const;
    std::string reason() const { return payload.size() > 2 ? payload.substr(2) : ""; }
  };
  Received receive();
  bool ended();  // Nothing but the end comes.

  int socket() const { return socket_; }
  SSL* ssl() const;
  bool heard_close_notify() const;  // Over TLS: whether the end was a proper one.

 private:
  struct Tls;

  bool more();
  long read_some(char* into, std::size_t size);

  int socket_;
  std::unique_ptr<Tls> tls_;
  std::string input_;
};

// What the peers of a TestServer saw, from all loops.
struct Seen {
  std::atomic<int> accepted{0}, received{0}, drained{0}, closed{0}, destroyed{0}, made{0};
};

class EchoPeer;

// Loops in threads, a listener, echoing peers and a small HTTP handler.
//   Frames   "close": close(Code::ok); "replaced": close(Code::replaced); "move N": hand_over to loop N, and answer "moved N" from there;
//            "flood N": N frames of 1000 bytes; "unsent": the number; anything else comes back.
//   Paths    "/echo" the body; "/later" the body in a later turn; "/never" drops the reply; "/held" answers when the next /echo comes;
//            "/stream?N WORD" goes on, on loop N: "first"; with the word "end" it ends, with "flood" after 8,000,000 bytes more.
class TestServer final : public HttpHandler, public PeerFactory {
 public:
  explicit TestServer(FrontConfig config = {}, std::size_t loops = 1, bool tls = over_tls);
  ~TestServer() override;

  std::uint16_t port() const { return port_; }
  Listener& listener() { return *listener_; }
  Seen& seen() { return seen_; }
  const TlsServer& tls() const { return *tls_; }
  Client client(int receive_buffer = 0) { return Client(port_, receive_buffer, tls_ != nullptr); }

  void handle(HttpRequest request, Fn<void(HttpResponse)> reply) override;
  std::unique_ptr<Peer> accept(Transport& transport, Encoding encoding) override;

 private:
  Seen seen_;
  std::shared_ptr<TlsServer> tls_;
  std::vector<std::unique_ptr<AsioLoop>> loops_;
  std::unique_ptr<Listener> listener_;
  std::vector<std::unique_ptr<LoopThread>> threads_;
  std::uint16_t port_ = 0;
  Fn<void(HttpResponse)> held_;
};

// Waits up to 10 s of real time.
bool eventually(const std::function<bool()>& condition);

}  // namespace kith::test
