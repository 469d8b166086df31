// server/http_api.h — The HTTP routes of a loop: /v1/auth/*, the commands under /v1, /v1/admin/*, and what operators ask for: /livez,
// /readyz, /metrics.
#pragma once

#include <functional>
#include <string>

#include "admin/admin.h"
#include "auth/http_auth.h"
#include "front/http.h"
#include "rest/rest.h"
#include "server/node.h"

namespace kith {

class HttpApi final : public HttpHandler {
 public:
  // `process_metrics`: lines about what the node does not know (connections, the engine), in the Prometheus text format.
  HttpApi(Node& node, std::size_t index, std::function<std::string()> process_metrics);

  void handle(HttpRequest request, Fn<void(HttpResponse)> reply) override;

  // From now on /readyz says no: the balancer should send new clients elsewhere.
  void drain() { draining_ = true; }

 private:
  // `address`: who asks, for what is said about its limit where the answer does not speak of a user's.
  Task<void> auth(AuthRequest request, std::string address, Fn<void(HttpResponse)> reply);
  Task<void> rest(Task<RestResponse> answering, std::string address, Fn<void(HttpResponse)> reply);
  void describe_limit(HttpResponse& response, std::string_view address) const;
  Task<void> admin(AdminRequest request, Fn<void(HttpResponse)> reply);
  Task<void> metrics(Fn<void(HttpResponse)> reply);

  Node& node_;
  const std::size_t index_;
  std::function<std::string()> process_metrics_;
  HttpAuth auth_;
  Rest rest_;
  Admin admin_;
  bool draining_ = false;
  Scope scope_;
};

}  // namespace kith
