#include "front/deck.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "front/http_connection.h"
#include "front/stream_connection.h"
#include "front/tls_server.h"
#include "front/websocket_connection.h"

namespace kith {

namespace {

constexpr std::size_t kRefusalsMax = 256;
constexpr std::size_t kBuffersKept = 64;
constexpr std::size_t kBufferBytesKept = 16 * 1024;

}  // namespace

Deck::Deck(AsioLoop& loop, HttpHandler& http, PeerFactory& peers, const FrontConfig& config)
    : loop_(loop),
      http_(http),
      peers_(peers),
      config_(config),
      read_buffer_(std::make_unique_for_overwrite<char[]>(kReadBytes)),
      start_(loop.now()) {}

Deck::~Deck() {
  to_flush_.clear();
  for_each([](Connection& connection) {
    connection.deck_ = nullptr;
    connection.ended_ = true;
    connection.tls_.reset();
    boost::system::error_code ignored;
    connection.socket_.close(ignored);
    connection.abandoned();
    connection.unlink();
    intrusive_ptr_release(&connection);
  });
}

Socket Deck::adopt(int native_socket) {
  Socket socket(loop_.context());
  boost::system::error_code error;
  socket.assign(boost::asio::ip::tcp::v4(), native_socket, error);
  if (error) ::close(native_socket);
  return socket;
}

void Deck::accept(int native_socket, Ticket ticket) {
  if (!ticket && refusals >= kRefusalsMax) {
    ::close(native_socket);
    return;
  }
  Socket socket = adopt(native_socket);
  if (!socket.is_open()) return;
  std::unique_ptr<TlsStream> tls;
  if (config_.tls && !(tls = config_.tls->accept(native_socket))) return;
  Ref<HttpConnection> connection(new HttpConnection(*this, std::move(socket), std::move(ticket), std::move(tls)));
  add(connection);
  connection->start();
}

void Deck::board(std::unique_ptr<Passage> passage) {
  Socket socket = passage->socket.valid() ? adopt(passage->socket.release()) : Socket(loop_.context());
  if (!socket.is_open()) passage->tls.reset();
  Ref<WebSocketConnection> connection(
      new WebSocketConnection(*this, std::move(socket), std::move(passage->ticket), std::move(passage->tls), passage->encoding));
  add(connection);
  connection->arrive(std::move(*passage));
}

void Deck::board(std::unique_ptr<StreamPassage> passage) {
  Socket socket = passage->socket.valid() ? adopt(passage->socket.release()) : Socket(loop_.context());
  if (!socket.is_open()) passage->tls.reset();
  Ref<StreamConnection> connection(
      new StreamConnection(*this, std::move(socket), std::move(passage->ticket), std::move(passage->tls), passage->chunked));
  add(connection);
  connection->arrive(std::move(*passage));
}

void Deck::drain() {
  draining_ = true;
  for_each([](Connection& connection) { connection.drain(); });
}

void Deck::cut_all() {
  for_each([](Connection& connection) { connection.end(); });
}

void Deck::for_each(Fn<void(Connection&)> act) {
  for (Slot& slot : wheel_) {
    for (auto it = slot.begin(); it != slot.end();) act(*it++);
  }
}

Tick Deck::ticks(Duration duration) const {
  return static_cast<Tick>((duration.count() + config_.tick.count() - 1) / config_.tick.count());
}

void Deck::add(Ref<Connection> connection) {
  ++count_;
  start_clock();
  place(*connection, now_ + 1);
  intrusive_ptr_add_ref(connection.get());
}

void Deck::forget(Connection& connection) {
  if (!connection.is_linked()) return;
  connection.unlink();
  if (--count_ == 0) clock_.cancel();
  intrusive_ptr_release(&connection);
}

void Deck::place(Connection& connection, Tick at) {
  const Tick slot = std::clamp<Tick>(at, now_ + 1, now_ + kSlots - 1);
  connection.check_at_ = slot;
  wheel_[slot % kSlots].push_back(connection);
}

void Deck::check_by(Connection& connection, Tick at) {
  if (!connection.is_linked() || connection.check_at_ <= at) return;
  connection.unlink();
  place(connection, at);
}

void Deck::start_clock() {
  if (clock_) return;
  // While it stood, nothing was in the wheel: it may be set.
  now_ = static_cast<Tick>((loop_.now() - start_) / config_.tick);
  clock_ = loop_.after(config_.tick, [this] { turn_clock(); });
}

void Deck::turn_clock() {
  const auto now = static_cast<Tick>((loop_.now() - start_) / config_.tick);
  // After a long pause of the process every slot is due once; what is looked at is put behind `now`.
  const Tick first = now - now_ > kSlots ? now - kSlots + 1 : now_ + 1;
  now_ = now;
  Slot due;
  for (Tick tick = first; tick <= now; ++tick) due.splice(due.end(), wheel_[tick % kSlots]);
  while (!due.empty()) {
    Connection& connection = due.front();
    due.pop_front();
    place(connection, connection.check(now));
  }
  clock_ = loop_.after(config_.tick, [this] { turn_clock(); });
}

void Deck::flush_later(Ref<SendingConnection> connection) {
  if (to_flush_.empty()) loop_.defer([this] { flush_all(); });
  to_flush_.push_back(std::move(connection));
}

void Deck::flush_all() {
  flushing_.swap(to_flush_);
  for (auto& connection : flushing_) connection->flush();
  flushing_.clear();
}

std::string Deck::take_buffer() {
  if (buffers_.empty()) return {};
  std::string buffer = std::move(buffers_.back());
  buffers_.pop_back();
  return buffer;
}

void Deck::give_buffer(std::string buffer) {
  if (buffers_.size() >= kBuffersKept || buffer.capacity() > kBufferBytesKept) return;
  buffer.clear();
  buffers_.push_back(std::move(buffer));
}

}  // namespace kith
