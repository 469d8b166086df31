// rest/rest.h — Every command as an HTTP request under /v1, /v1/sync and /v1/events, without sockets: a request in, a status and a JSON
// body out, or a stream.
//
//   Which loop   One object per loop, or one for a loop's connections; it keeps no state between requests. The router brings each request
//                to the loop of its user, where the token is proven and the command carried out; answers come back to the caller's loop.
//   Order        None between requests: who needs one waits for the answer before.
//   Cancelled    By dropping the task: a command that has begun may still take effect, and a repeat gives its answer again.
//   Fails        With RFC 9457 problem objects: those of a WebSocket, with the status of the table of errors.
//   Limits       Those of the front and of a WebSocket frame. Tokens are taken from the Authorization header only, and go into no text.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "auth/token.h"
#include "base/fn.h"
#include "base/loop.h"
#include "base/result.h"
#include "base/task.h"
#include "rest/polls.h"
#include "rest/response.h"
#include "session/place.h"

namespace kith {

struct RestRequest {
  std::string method;
  std::string path;           // As it came, without the query.
  std::string query;          // Behind the question mark.
  std::string authorization;  // Value of the header, or empty.
  std::string idempotency_key;
  std::string prefer;
  std::string last_event_id;
  std::string body;
  std::string address;       // Numeric, of the other end.
  Fn<void()> admitted = {};  // Called when the token was good.
};

// Runs `work` where `user` lives, and brings its answer back to the calling loop.
class RestRouter {
 public:
  virtual ~RestRouter() = default;
  virtual Future<RestResponse> at_home(UserId user, Fn<Task<RestResponse>(Place&, Polls&)> work) = 0;
};

class Rest {
 public:
  // All outlive this object and its tasks.
  Rest(Loop& loop, const TokenReader& tokens, RestRouter& router) : loop_(loop), tokens_(tokens), router_(router) {}

  // True for the paths that handle() is for.
  static bool is_ours(std::string_view path) { return path.starts_with("/v1/"); }

  Task<RestResponse> handle(RestRequest request);

 private:
  Result<UserId> user_of(std::string_view token) const;
  Task<RestResponse> handle_command(RestRequest request);
  Task<RestResponse> handle_sync(RestRequest request);
  Task<RestResponse> handle_events(RestRequest request);
  Task<RestResponse> handle_confirm(RestRequest request);

  Loop& loop_;
  const TokenReader& tokens_;
  RestRouter& router_;
};

}  // namespace kith
