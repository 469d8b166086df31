#include "client/http.h"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <charconv>

#include "base/hex.h"
#include "client/tls_client.h"

namespace kith {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

constexpr std::uint64_t kBodyMax = 1 << 20;

Failure unreachable(const ServerAddress& server, const std::string& why) { return {Code::unavailable, server.authority() + ": " + why}; }
Failure unreachable(const ServerAddress& server, const error_code& error) {
  return unreachable(server, error == beast::error::timeout ? "no answer in time" : error.message());
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

// Over a stream that is connected, in plain or by TLS.
template <class Stream>
Result<HttpAnswer> exchange(asio::io_context& context, Stream& stream, const ServerAddress& server, HttpCall call) {
  const auto request = request_of(server, std::move(call));
  error_code error = finish(context, [&](auto done) { http::async_write(stream, request, std::move(done)); });
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

// Takes the place of the plain stream, whose deadline goes on.
Result<HttpAnswer> exchange_over_tls(asio::io_context& context, beast::tcp_stream plain, const ServerAddress& server, HttpCall call) {
  auto tls = TlsClient::make(server.authorities);
  if (!tls) return tls.error();
  SSL_CTX_up_ref((*tls)->context());
  asio::ssl::context trusted((*tls)->context());
  asio::ssl::stream<beast::tcp_stream> stream(std::move(plain), trusted);
  SSL* ssl = stream.native_handle();
  if (!TlsClient::prepare(ssl, server.host)) return unreachable(server, "that is no host name");
  const error_code error = finish(context, [&](auto done) { stream.async_handshake(asio::ssl::stream_base::client, std::move(done)); });
  if (const long verified = SSL_get_verify_result(ssl); error && verified != X509_V_OK) {
    return unreachable(server, std::string("the certificate is not trusted: ") + X509_verify_cert_error_string(verified));
  }
  if (error) return unreachable(server, error);
  return exchange(context, stream, server, std::move(call));
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
  if (server.tls) return exchange_over_tls(context, std::move(stream), server, std::move(call));
  return exchange(context, stream, server, std::move(call));
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
