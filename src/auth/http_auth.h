// auth/http_auth.h — The routes under /v1/auth, without sockets: a request in, a status and a JSON body out.
//
//   Which loop   One object per loop, or one for a loop's connections; it keeps no state between requests. The router brings each
//                operation to the loop of the user that it concerns; answers come back to the caller's loop.
//   Cancelled    By dropping the task: changes that have begun go on (auth/accounts.h).
//   Fails        With RFC 9457 problem objects; see docs/protocol.md for the routes.
//   Limits       Bodies up to kAuthBodyBytesMax: one JSON object whose known fields are strings; unknown fields are ignored.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "auth/token.h"
#include "base/fn.h"
#include "base/ids.h"
#include "base/loop.h"
#include "base/result.h"
#include "base/task.h"

namespace kith {

class Accounts;

inline constexpr std::size_t kAuthBodyBytesMax = 16 << 10;

struct AuthRequest {
  std::string method;
  std::string path;           // As it came; what follows a '?' is ignored.
  std::string authorization;  // Value of the header, or empty.
  std::string body;           // Wiped after use.
  std::string address;        // Numeric, of the other end.
};

struct AuthResponse {
  int status = 200;
  std::string body;                  // JSON; a problem object (application/problem+json) when status >= 400.
  std::uint32_t retry_after_ms = 0;  // For Retry-After, when not 0.
  std::string allow = {};            // For Allow, with 405.
};

// The problem object of a failure, as HTTP answers carry it.
AuthResponse auth_problem(const Failure& failure);

// Runs `work` where the accounts of `user` live, and brings its answer back to the calling loop. If that loop cannot take it: a problem.
class AccountsRouter {
 public:
  virtual ~AccountsRouter() = default;
  virtual Future<AuthResponse> on(UserId user, Fn<Task<AuthResponse>(Accounts&)> work) = 0;
};

class HttpAuth {
 public:
  // All outlive this object and its tasks.
  HttpAuth(Loop& loop, const TokenReader& tokens, AccountsRouter& router) : loop_(loop), tokens_(tokens), router_(router) {}

  // True for the paths that handle() is for.
  static bool is_ours(std::string_view path);

  // What an administrator's request is about to do; nothing for those of users and for what is no request.
  struct Deed {
    std::string what;  // As "user.create".
    std::string whom;
    bool changes = true;
  };
  static std::optional<Deed> deed(const AuthRequest& request);

  Task<AuthResponse> handle(AuthRequest request);

 private:
  Loop& loop_;
  const TokenReader& tokens_;
  AccountsRouter& router_;
};

}  // namespace kith
