#include "client/http.h"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <charconv>

#include "base/hex.h"

namespace kith {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

constexpr std::uint64_t kBodyMax = 1 << 20;

Failure unreachable(const ServerAddress& server, const error_code& error) {
  const bool late = error == beast::error::timeout;
  return {Code::unavailable, server.authority() + ": " + (late ? "no answer in time" : error.message())};
}

http::request<http::string_body> request_of(const ServerAddress& server, HttpCall call) {
  http::request<http::string_body> request;
  request.method_string(call.method);
  request.target(call.path);
  request.version(11);
  request.set(http::field::host, server.authority());
  request.set(http::field::connection, "close");
  if (!call.bearer.empty()) request.set(http::field::authorization, "Bearer " + call.bearer);
  if (!call.body.empty()) request.set(http::field::content_type, "application/json");
  request.body() = std::move(call.body);
  request.prepare_payload();
  return request;
}

// Runs one asynchronous step to its end, so that the stream's deadline holds.
template <class Start>
error_code finish(asio::io_context& context, Start start) {
  error_code result = asio::error::would_block;
  start([&result](const error_code& error, auto&&...) { result = error; });
  context.restart();
  context.run();
  return result;
}

}  // namespace

Result<HttpAnswer> http_call(const ServerAddress& server, HttpCall call, Duration within) {
  asio::io_context context{1};
  error_code error;
  asio::ip::tcp::resolver resolver(context);
  const auto endpoints = resolver.resolve(server.host, std::to_string(server.port), error);
  if (error) return unreachable(server, error);

  beast::tcp_stream stream(context);
  stream.expires_after(within);
  error = finish(context, [&](auto done) { stream.async_connect(endpoints, std::move(done)); });
  if (error) return unreachable(server, error);
  const auto request = request_of(server, std::move(call));
  error = finish(context, [&](auto done) { http::async_write(stream, request, std::move(done)); });
  if (error) return unreachable(server, error);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kBodyMax);
  error = finish(context, [&](auto done) { http::async_read(stream, buffer, parser, std::move(done)); });
  if (error) return unreachable(server, error);

  auto& response = parser.get();
  HttpAnswer answer{static_cast<int>(response.result_int()), std::move(response.body())};
  const auto retry = response[http::field::retry_after];
  std::uint32_t seconds = 0;
  std::from_chars(retry.data(), retry.data() + retry.size(), seconds);
  answer.retry_after_ms = std::min(seconds, 3600u) * 1000;
  return answer;
}

std::string percent_encoded(std::string_view segment) {
  std::string out;
  for (char c : segment) {
    const bool plain =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      append_hex(out, static_cast<unsigned char>(c), 2);
    }
  }
  return out;
}

}  // namespace kith
