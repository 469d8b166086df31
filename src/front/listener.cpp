#include "front/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "front/admission.h"
#include "front/deck.h"
#include "front/native_socket.h"

namespace kith {

namespace {

using boost::asio::ip::tcp;
using Acceptor = boost::asio::basic_socket_acceptor<tcp, boost::asio::io_context::executor_type>;

constexpr int kBacklog = 4096;
constexpr int kAcceptsPerTurn = 64;
constexpr Duration kPause = 100ms;

std::string text_of(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text.data(), text.size());
  } else if (address.ss_family == AF_INET6) {
    const in6_addr& six = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    // ::ffff:a.b.c.d is a.b.c.d, or one client would have two addresses.
    if (IN6_IS_ADDR_V4MAPPED(&six)) {
      ::inet_ntop(AF_INET, &six.s6_addr[12], text.data(), text.size());
    } else {
      ::inet_ntop(AF_INET6, &six, text.data(), text.size());
    }
  }
  return text.data();
}

// Errors of accept that speak of the one connection, which is gone already.
bool transient(int error) {
  switch (error) {
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case EPERM:
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
      return true;
    default:
      return false;
  }
}

}  // namespace

struct Listener::Impl {
  Impl(FrontConfig c, const std::vector<Berth>& berths) : config(std::move(c)), admission(std::make_shared<Admission>(config)) {
    KITH_ASSERT(!berths.empty());
    for (const Berth& berth : berths) decks.push_back(std::make_unique<Deck>(berth.loop, berth.http, berth.peers, config));
    for (const auto& deck : decks) deck->meet(decks);
    acceptor.emplace(decks.front()->loop().context());
  }

  AsioLoop& loop() { return decks.front()->loop(); }

  void wait() {
    acceptor->async_wait(Acceptor::wait_read, [this](const boost::system::error_code& error) {
      if (!error) accept();
    });
  }

  void accept() {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      sockaddr_storage address{};
      socklen_t size = sizeof address;
      const int socket = ::accept4(acceptor->native_handle(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (socket >= 0) {
        deal(socket, text_of(address));
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        break;
      } else if (!transient(errno)) {
        // No descriptors or no memory: the connection stays in the queue, and asking again at once would spin.
        pause = loop().after(kPause, [this] { wait(); });
        return;
      }
    }
    wait();
  }

  void deal(int number, const std::string& address) {
    const int on = 1;
    ::setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    NativeSocket socket(number);
    Ticket ticket;
    if (auto admitted = admission->admit(address)) ticket = std::move(*admitted);
    Deck& deck = *decks[next++ % decks.size()];
    if (&deck == decks.front().get()) return deck.accept(socket.release(), std::move(ticket));
    deck.loop().post([&deck, arrival = std::make_unique<Arrival>(Arrival{std::move(socket), std::move(ticket)})] {
      deck.accept(arrival->socket.release(), std::move(arrival->ticket));
    });
  }

  struct Arrival {
    NativeSocket socket;
    Ticket ticket;
  };

  const FrontConfig config;
  const std::shared_ptr<Admission> admission;
  std::vector<std::unique_ptr<Deck>> decks;
  std::optional<Acceptor> acceptor;
  Timer pause;
  std::size_t next = 0;
};

Listener::Listener(FrontConfig config, const std::vector<Berth>& berths) : impl_(std::make_unique<Impl>(std::move(config), berths)) {}
Listener::~Listener() = default;

Result<std::uint16_t> Listener::listen() {
  boost::system::error_code error;
  const auto failed = [&] { return Failure(Code::unavailable, impl_->config.address + ": " + error.message()); };
  const auto address = boost::asio::ip::make_address(impl_->config.address, error);
  if (error) return failed();
  const tcp::endpoint endpoint(address, impl_->config.port);
  Acceptor& acceptor = *impl_->acceptor;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(Acceptor::reuse_address(true), error);
  if (!error) acceptor.non_blocking(true, error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(kBacklog, error);
  const auto local = error ? tcp::endpoint() : acceptor.local_endpoint(error);
  if (error) {
    const Failure failure = failed();
    acceptor.close(error);
    return failure;
  }
  impl_->loop().post([impl = impl_.get()] { impl->wait(); });
  return local.port();
}

void Listener::stop_accepting() {
  impl_->loop().post([impl = impl_.get()] {
    impl->pause.cancel();
    boost::system::error_code ignored;
    impl->acceptor->close(ignored);
  });
  for (const auto& deck : impl_->decks) deck->loop().post([deck = deck.get()] { deck->drain(); });
}

void Listener::cut_all() {
  for (const auto& deck : impl_->decks) deck->loop().post([deck = deck.get()] { deck->cut_all(); });
}

std::size_t Listener::count() const { return impl_->admission->count(); }
std::size_t Listener::unauthenticated() const { return impl_->admission->unauthenticated(); }

}  // namespace kith
