#include "front/http_parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/optional/optional.hpp>
#include <utility>

namespace kith {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::beast::iequals;
using boost::system::error_code;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

// A body that grows with the bytes that came. Beast's string_body reserves what the client declares.
struct GrowingBody {
  using value_type = std::string;

  class reader {
   public:
    template <bool IsRequest, class Fields>
    reader(http::header<IsRequest, Fields>&, value_type& body) : body_(body) {}
    void init(const boost::optional<std::uint64_t>&, error_code& error) { error = {}; }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, error_code& error) {
      error = {};
      std::size_t size = 0;
      for (auto it = asio::buffer_sequence_begin(buffers); it != asio::buffer_sequence_end(buffers); ++it) {
        const asio::const_buffer part = *it;
        body_.append(static_cast<const char*>(part.data()), part.size());
        size += part.size();
      }
      return size;
    }
    void finish(error_code& error) { error = {}; }

   private:
    value_type& body_;
  };
};

}  // namespace

struct HttpParser::Beast {
  http::request_parser<GrowingBody> parser;
};

HttpParser::HttpParser() = default;
HttpParser::~HttpParser() = default;

std::size_t HttpParser::body_bytes() const { return beast_ ? beast_->parser.get().body().size() : 0; }

void HttpParser::fail(const Failure& failure, int status) {
  state_ = State::failed;
  error_ = problem(failure, status);
}

std::size_t HttpParser::feed(std::string_view bytes) {
  std::size_t taken = 0;
  if (state_ == State::header) taken = feed_header(bytes);
  if (state_ == State::body) taken += feed_body(bytes.substr(taken));
  return taken;
}

// The whole header is gathered before Beast sees it, so that its fields are counted before they are allocated.
std::size_t HttpParser::feed_header(std::string_view bytes) {
  std::size_t taken = 0;
  if (header_.size() < 2) {
    // RFC 9112 2.2: an empty line before a request is overlooked.
    while (taken < bytes.size() && header_.size() < 2) {
      header_ += bytes[taken++];
      if (header_ == "\r\n") header_.clear();
    }
  }
  const std::size_t before = header_.size();
  const std::size_t room = kHeaderBytesMax + 1 - std::min(before, kHeaderBytesMax + 1);
  header_.append(bytes.substr(taken, room));
  const std::size_t end = header_.find("\r\n\r\n", before < 3 ? 0 : before - 3);
  if (end == std::string::npos) {
    if (header_.size() <= kHeaderBytesMax) return taken + header_.size() - before;
    fail({Code::too_large, "The request's header is too large."}, 431);
    return bytes.size();
  }
  header_.resize(end + 4);
  read_header();
  return taken + header_.size() - before;
}

void HttpParser::read_header() {
  if (static_cast<std::size_t>(std::count(header_.begin(), header_.end(), '\n')) > kHeaderFieldsMax + 2) {
    return fail({Code::too_large, "The request has too many header fields."}, 431);
  }
  beast_ = std::make_unique<Beast>();
  auto& parser = beast_->parser;
  parser.header_limit(static_cast<std::uint32_t>(kHeaderBytesMax + 1));
  parser.body_limit(kBodyBytesMax);
  parser.eager(true);
  error_code error;
  const std::size_t used = parser.put(asio::const_buffer(header_.data(), header_.size()), error);
  if (error == http::error::body_limit) return fail({Code::too_large, "The request's body is too large."}, 413);
  if (error && error != http::error::need_more) return fail({Code::malformed, "Not a request: " + error.message() + "."}, 400);
  if (!parser.is_header_done() || used != header_.size()) return fail({Code::malformed, "Not a request."}, 400);
  if (!check_header()) return;
  state_ = parser.is_done() ? State::done : State::body;
}

bool HttpParser::check_header() {
  const auto& message = beast_->parser.get();
  const auto only_one = [&message](http::field name) { return message.count(name) <= 1; };
  if (message.count(http::field::transfer_encoding)) {
    // Two ways to say where a request ends are one too many: that is how requests are smuggled past a proxy.
    fail({Code::malformed, "Content-Length is required."}, 411);
  } else if (message.version() != 11 && message.version() != 10) {
    fail({Code::malformed, "HTTP/1.1, please."}, 505);
  } else if (!only_one(http::field::host) || !only_one(http::field::authorization) || !only_one(http::field::origin) ||
             message.count("Idempotency-Key") > 1 || message.count("Last-Event-ID") > 1 || !only_one(http::field::sec_websocket_key) ||
             !only_one(http::field::sec_websocket_version)) {
    fail({Code::malformed, "A header field is there twice."}, 400);
  } else if (message.version() == 11 && message.count(http::field::host) == 0) {
    fail({Code::malformed, "Host is required."}, 400);
  }
  expects_continue_ = iequals(message[http::field::expect], "100-continue");
  return state_ != State::failed;
}

std::size_t HttpParser::feed_body(std::string_view bytes) {
  if (bytes.empty()) return 0;
  auto& parser = beast_->parser;
  error_code error;
  const std::size_t used = parser.put(asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error && error != http::error::need_more) {
    fail({Code::malformed, "Not a request: " + error.message() + "."}, 400);
  } else if (parser.is_done()) {
    state_ = State::done;
  }
  return used;
}

ParsedRequest HttpParser::take() {
  KITH_ASSERT(state_ == State::done);
  auto message = beast_->parser.release();
  ParsedRequest parsed;
  HttpRequest& request = parsed.request;
  parsed.head = message.method() == http::verb::head;
  request.method = parsed.head ? "GET" : std::string(view(message.method_string()));
  std::string_view target = view(message.target());
  if (!target.starts_with('/')) {
    // RFC 9112 3.2.2: the absolute form; who it names is not our concern.
    const std::size_t scheme = target.find("://");
    const std::size_t path = scheme == std::string_view::npos ? scheme : target.find('/', scheme + 3);
    if (path != std::string_view::npos) target = target.substr(path);
  }
  const std::size_t question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  request.authorization = view(message[http::field::authorization]);
  request.origin = view(message[http::field::origin]);
  if (request.origin.empty() && message.find(http::field::origin) != message.end()) request.origin = "null";
  request.content_type = view(message[http::field::content_type]);
  request.idempotency_key = view(message["Idempotency-Key"]);
  request.last_event_id = view(message["Last-Event-ID"]);
  const auto [preference, end] = message.equal_range(http::field::prefer);
  for (auto it = preference; it != end; ++it) request.prefer.append(request.prefer.empty() ? "" : ",").append(view(it->value()));
  parsed.host = view(message[http::field::host]);
  parsed.keep_alive = message.keep_alive();
  parsed.chunks = message.version() == 11;
  parsed.websocket_key = view(message[http::field::sec_websocket_key]);
  parsed.websocket_version = view(message[http::field::sec_websocket_version]);
  const auto [first, last] = message.equal_range(http::field::sec_websocket_protocol);
  for (auto it = first; it != last; ++it) {
    if (!parsed.websocket_protocols.empty()) parsed.websocket_protocols += ',';
    parsed.websocket_protocols += view(it->value());
  }
  parsed.upgrade = message.version() == 11 && http::token_list(message[http::field::connection]).exists("upgrade") &&
                   http::token_list(message[http::field::upgrade]).exists("websocket") && message.body().empty();
  request.body = std::move(message.body());
  return parsed;
}

}  // namespace kith
