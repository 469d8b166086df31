// admin/admin.h — The server-side API for the embedding application: the routes under /v1/admin, without sockets. docs/server-api.md is the
// contract.
//
//   Which loop   One object per loop, or one for a loop's connections. The router brings each request to the loop of its user, and each
//                record to the audit log; answers come back to the caller's loop.
//   Who          The administrator, with their own token, or a service of the application with a JWT (auth/token.h). Nobody else: 401, 403.
//   Order        None between requests.
//   Durable      What an answer tells, and the record of the call, before the answer is given.
//   Cancelled    By dropping the task: what has begun may still take effect; its record then stays "begun".
//   Fails        With RFC 9457 problem objects.
//   Limits       kAtOnce requests of one loop; beyond: busy. Each list a page, each body that of the front.
#pragma once

#include <string>

#include "admin/audit.h"
#include "admin/erasures.h"
#include "auth/accounts.h"
#include "auth/token.h"
#include "rest/response.h"
#include "rest/rest.h"
#include "session/place.h"

namespace kith {

struct AdminOptions {
  UserId system = *UserId::parse("system");  // In whose name the application speaks.
};

class AdminRouter;

// The home of a user, as the work of a request sees it.
struct AdminPlace {
  Place& place;
  Accounts& accounts;
  Erasures& erasures;
  AdminRouter& router;
  const TokenReader& tokens;
  const AdminOptions& options;
};

// Implemented by server/router.h. Futures complete on the caller's loop.
class AdminRouter : public ClosedRouter {
 public:
  // Runs `work` where `user` lives.
  virtual Future<RestResponse> administer(UserId user, Fn<Task<RestResponse>(AdminPlace&)> work) = 0;
  virtual Future<Result<std::uint64_t>> note(AuditRecord record) = 0;
  virtual Future<Result<AuditPage>> audited(std::uint64_t before, std::uint32_t limit) = 0;
};

struct AdminRequest {
  std::string method;
  std::string path;           // As it came, without the query.
  std::string query;          // Behind the question mark.
  std::string authorization;  // Value of the header, or empty.
  std::string body;
  std::string address;       // Numeric, of the other end.
  Fn<void()> admitted = {};  // Called when the token was good.
};

class Admin {
 public:
  static constexpr std::size_t kAtOnce = 64;

  // All outlive this object and its tasks.
  Admin(Loop& loop, const TokenReader& tokens, AdminRouter& router, const AdminOptions& options)
      : loop_(loop), tokens_(tokens), router_(router), options_(options) {}

  // True for the paths that handle() is for.
  static bool is_ours(std::string_view path) { return path == "/v1/admin" || path.starts_with("/v1/admin/"); }

  Task<RestResponse> handle(AdminRequest request);

  // For the routes of the administrator elsewhere (auth/http_auth.h): the record of a call before it begins, still without what
  // and whom; nothing when it comes from nobody who may.
  std::optional<AuditRecord> record(std::string_view authorization, std::string address) const;

 private:
  Loop& loop_;
  const TokenReader& tokens_;
  AdminRouter& router_;
  const AdminOptions& options_;
  std::size_t at_once_ = 0;
};

}  // namespace kith
