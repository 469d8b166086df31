#include "bench/poll_client.h"

#include <array>
#include <boost/asio/write.hpp>
#include <utility>

#include "bench/load_client.h"

namespace kith {

namespace {

constexpr unsigned kWaitS = 25;

// One for all: what a read leaves there is used before the next.
std::array<char, 64 << 10> buffer;

}  // namespace

PollClient::PollClient(Stage& stage, const std::string& user) : stage_(stage), user_(user), token_(stage.token(user, "bench")) {}

void PollClient::start() { connect(); }

void PollClient::stop() {
  stopped_ = true;
  socket_.reset();
}

void PollClient::fail(std::string why) {
  if (why_.empty()) why_ = user_ + ": " + std::move(why);
  stop();
}

void PollClient::connect() {
  input_.clear();
  socket_.emplace(stage_.loop().context());
  const boost::asio::ip::tcp::endpoint server(boost::asio::ip::address_v4::loopback(), stage_.server().port());
  socket_->async_connect(server, [this](const boost::system::error_code& error) {
    if (stopped_) return;
    if (error) return fail("cannot connect: " + error.message());
    socket_->set_option(boost::asio::ip::tcp::no_delay(true));
    ask();
  });
}

void PollClient::ask() {
  std::string request = "GET /v1/sync?wait=" + std::to_string(kWaitS);
  if (!cursor_.empty()) request += "&cursor=" + cursor_;
  request += " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + token_ + "\r\n\r\n";
  boost::system::error_code error;
  boost::asio::write(*socket_, boost::asio::buffer(request), error);  // Into an empty buffer of the kernel.
  if (error) return fail("cannot write: " + error.message());
  ++polls_;
  asked_ = true;
  read();
}

void PollClient::read() {
  socket_->async_wait(Socket::wait_read, [this](const boost::system::error_code& waited) {
    if (stopped_) return;
    boost::system::error_code error = waited;
    std::size_t size = 0;
    if (!error) size = socket_->read_some(boost::asio::buffer(buffer), error);
    if (error) return fail("the connection ended: " + error.message());
    input_.append(buffer.data(), size);
    take();
  });
}

void PollClient::take() {
  const auto end = input_.find("\r\n\r\n");
  if (end == input_.npos) return read();
  std::string_view header = std::string_view(input_).substr(0, end), length = header;
  const auto size = next_number(length, "Content-Length: ").value_or(0);
  if (input_.size() < end + 4 + size) return read();
  std::string_view line = header;
  const auto status = next_number(line, "HTTP/1.1 ").value_or(0);
  const bool last = header.find("Connection: close") != header.npos;
  asked_ = false;
  answered(static_cast<int>(status), std::string_view(input_).substr(end + 4, size));
  if (stopped_) return;
  std::string().swap(input_);
  return last ? connect() : ask();
}

void PollClient::answered(int status, std::string_view body) {
  if (status == 204) return;
  const bool resync = body.starts_with("{\"resync\":");
  if (status != 200 || (resync ? placed_ : !body.starts_with("{\"page\":"))) {
    return fail("unexpected " + std::to_string(status) + " " + std::string(body.substr(0, 500)));
  }
  cursor_ = text_after(body, "\"cursor\":\"");
  placed_ = true;
  if (!resync) page(body);
}

}  // namespace kith
