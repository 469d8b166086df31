#include "auth/http_auth.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include "auth/accounts_for_tests.h"

namespace kith {
namespace {

constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";

// The loop of the user is the loop of the request, but a turn away.
class OneLoopRouter : public AccountsRouter {
 public:
  explicit OneLoopRouter(AccountsWorld& world) : world_(world) {}

  Future<AuthResponse> on(UserId user, Fn<Task<AuthResponse>(Accounts&)> work) override {
    users.push_back(user.text());
    Promise<AuthResponse> promise;
    auto future = promise.future();
    world_.loop.post([this, work = std::move(work), promise = std::move(promise)]() mutable {
      world_.scope.start(work(*world_.accounts)).then([promise = std::move(promise)](AuthResponse response) mutable {
        promise.set(std::move(response));
      });
    });
    return future;
  }

  std::vector<std::string> users;

 private:
  AccountsWorld& world_;
};

class HttpAuthTest : public testing::Test {
 protected:
  HttpAuthTest() : admin_(make_admin_token(world_.random)), tokens_(make_reader()) {}

  TokenReader make_reader() {
    TokenKeys keys;
    keys.without_kid = Secret(kKey);
    return *TokenReader::make(std::move(keys), admin_.copy());
  }

  AuthResponse ask(std::string_view method, std::string_view path, std::string_view body = "", std::string_view token = "") {
    AuthRequest request;
    request.method = method;
    request.path = path;
    request.body = body;
    request.address = "192.0.2.1";
    if (!token.empty()) request.authorization = "Bearer " + std::string(token);
    auto response = world_.get(http_.handle(std::move(request)));
    check_shape(response);
    return response;
  }
  AuthResponse as_admin(std::string_view method, std::string_view path, std::string_view body = "") {
    return ask(method, path, body, admin_.reveal());
  }

  // Every body is one JSON object; every failure a whole problem object that agrees with its status.
  static void check_shape(const AuthResponse& response) {
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    ASSERT_EQ(parser.parse(response.body).get(object), simdjson::SUCCESS) << response.body;
    if (response.status < 400) return;
    std::string_view code, type, title, outcome;
    std::int64_t status = 0;
    ASSERT_EQ(object["code"].get(code), simdjson::SUCCESS);
    ASSERT_EQ(object["type"].get(type), simdjson::SUCCESS);
    ASSERT_EQ(object["title"].get(title), simdjson::SUCCESS);
    ASSERT_EQ(object["outcome"].get(outcome), simdjson::SUCCESS);
    ASSERT_EQ(object["status"].get(status), simdjson::SUCCESS);
    EXPECT_EQ(status, response.status);
    EXPECT_EQ(type, "about:kith/" + std::string(code));
    ASSERT_TRUE(code_by_name(code));
    EXPECT_EQ(info(*code_by_name(code)).status, response.status);
    EXPECT_EQ(title, info(*code_by_name(code)).title);
  }

  static std::string field(const AuthResponse& response, std::string_view name) {
    simdjson::dom::parser parser;
    std::string_view text;
    simdjson::padded_string copy(response.body);
    if (parser.parse(copy)[name].get(text) != simdjson::SUCCESS) return "";
    return std::string(text);
  }
  static std::string code(const AuthResponse& response) { return field(response, "code"); }

  AccountsWorld world_;
  Secret admin_;
  TokenReader tokens_;
  OneLoopRouter router_{world_};
  HttpAuth http_{world_.loop, tokens_, router_};
};

TEST_F(HttpAuthTest, TheLifeOfAnAccount) {
  auto made = ask("POST", "/v1/auth/signup", R"({"user":"alice","password":"the password","device":"phone"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(field(made, "user"), "alice");
  EXPECT_EQ(field(made, "device"), "phone");
  auto phone = field(made, "token");
  EXPECT_EQ(code(ask("POST", "/v1/auth/signup", R"({"user":"alice","password":"the password"})")), "name_taken");

  auto login = ask("POST", "/v1/auth/login", R"({"user":"alice","password":"the password"})");
  ASSERT_EQ(login.status, 200) << login.body;
  auto laptop = field(login, "token"), laptop_id = field(login, "device");
  EXPECT_FALSE(laptop_id.empty());

  auto devices = ask("GET", "/v1/auth/devices?x=y", "", phone);
  EXPECT_EQ(devices.status, 200);
  EXPECT_NE(devices.body.find(laptop_id), std::string::npos);
  EXPECT_NE(devices.body.find(R"("current":true)"), std::string::npos);

  EXPECT_EQ(code(ask("POST", "/v1/auth/password", R"({"old":"not this one","new":"a new password"})", phone)), "wrong_password");
  EXPECT_EQ(ask("POST", "/v1/auth/password", R"({"old":"the password","new":"a new password"})", phone).status, 200);
  EXPECT_EQ(code(ask("GET", "/v1/auth/devices", "", laptop)), "revoked");
  EXPECT_EQ(ask("DELETE", "/v1/auth/devices/" + laptop_id, "", phone).status, 200);
  EXPECT_EQ(ask("POST", "/v1/auth/logout", "", phone).status, 200);
  EXPECT_EQ(code(ask("POST", "/v1/auth/logout", "", phone)), "revoked");
  EXPECT_EQ(world_.revoked.back(), (AccountsWorld::Revocation{user_id("alice"), device_id("phone")}));
  for (const auto& user : router_.users) EXPECT_EQ(user, "alice");
}

TEST_F(HttpAuthTest, TheAdministratorsWay) {
  EXPECT_EQ(as_admin("POST", "/v1/auth/users", R"({"user":"bob+1@x"})").status, 201);
  EXPECT_EQ(code(as_admin("POST", "/v1/auth/users", R"({"user":"bob+1@x"})")), "name_taken");
  auto token = as_admin("POST", "/v1/auth/users/bob%2B1%40x/tokens", R"({"device":"phone"})");
  ASSERT_EQ(token.status, 201) << token.body;
  EXPECT_EQ(field(token, "user"), "bob+1@x");
  EXPECT_EQ(ask("GET", "/v1/auth/devices", "", field(token, "token")).status, 200);
  EXPECT_EQ(as_admin("POST", "/v1/auth/users/bob+1@x/tokens").status, 201);
  auto shown = as_admin("GET", "/v1/auth/users/bob+1@x");
  EXPECT_EQ(field(shown, "origin"), "admin");
  EXPECT_NE(shown.body.find(R"("hasPassword":false)"), std::string::npos);
  EXPECT_NE(shown.body.find(R"("device":"phone")"), std::string::npos);
  EXPECT_EQ(as_admin("DELETE", "/v1/auth/users/bob+1@x/devices/phone").status, 200);
  EXPECT_EQ(code(ask("GET", "/v1/auth/devices", "", field(token, "token"))), "revoked");
  EXPECT_EQ(as_admin("POST", "/v1/auth/users/bob+1@x/revoke").status, 200);
  EXPECT_EQ(world_.revoked.back(), (AccountsWorld::Revocation{user_id("bob+1@x"), std::nullopt}));
  for (std::string_view path : {"/v1/auth/users/nobody/revoke", "/v1/auth/users/nobody/tokens"}) {
    EXPECT_EQ(code(as_admin("POST", path)), "unknown_user");
  }
  EXPECT_EQ(code(as_admin("GET", "/v1/auth/users/nobody")), "unknown_user");
  EXPECT_EQ(code(as_admin("DELETE", "/v1/auth/users/nobody/devices/d")), "unknown_user");
  EXPECT_EQ(code(as_admin("GET", "/v1/auth/users/a%20b")), "invalid_argument");
  EXPECT_EQ(code(as_admin("GET", "/v1/auth/users/a%2")), "not_found");
}

// Every route, with every kind of token that it is not for.
TEST_F(HttpAuthTest, WhoMayAskWhat) {
  ASSERT_EQ(as_admin("POST", "/v1/auth/users", R"({"user":"alice","password":"the password"})").status, 201);
  auto device = field(as_admin("POST", "/v1/auth/users/alice/tokens", R"({"device":"phone"})"), "token");
  JwtClaims claims;
  claims.subject = "alice";
  claims.expires_s = world_.loop.wall().ms / 1000 + 100;
  auto application = mint_jwt(claims, Secret(kKey));
  const std::pair<const char*, const char*> admins[] = {{"POST", "/v1/auth/users"},
                                                        {"GET", "/v1/auth/users/alice"},
                                                        {"POST", "/v1/auth/users/alice/tokens"},
                                                        {"DELETE", "/v1/auth/users/alice/devices/phone"},
                                                        {"POST", "/v1/auth/users/alice/revoke"}};
  for (auto [method, path] : admins) {
    EXPECT_EQ(code(ask(method, path, R"({"user":"x"})")), "unauthenticated") << path;
    EXPECT_EQ(code(ask(method, path, R"({"user":"x"})", "ka_" + std::string(43, 'A'))), "unauthenticated") << path;
    EXPECT_EQ(code(ask(method, path, R"({"user":"x"})", device)), "forbidden") << path;
    EXPECT_EQ(code(ask(method, path, R"({"user":"x"})", application)), "forbidden") << path;
  }
  const std::pair<const char*, const char*> users[] = {
      {"POST", "/v1/auth/logout"}, {"GET", "/v1/auth/devices"}, {"DELETE", "/v1/auth/devices/phone"}, {"POST", "/v1/auth/password"}};
  for (auto [method, path] : users) {
    const char* body = R"({"old":"the password","new":"the new password"})";
    EXPECT_EQ(code(ask(method, path, body)), "unauthenticated") << path;
    EXPECT_EQ(code(ask(method, path, body, "garbage")), "unauthenticated") << path;
    std::string forged = device;
    forged[forged.size() - 5] = forged[forged.size() - 5] == 'x' ? 'y' : 'x';
    EXPECT_EQ(code(ask(method, path, body, forged)), "unauthenticated") << path;
    EXPECT_EQ(code(as_admin(method, path, body)), "forbidden") << path;
  }
  EXPECT_TRUE(world_.revoked.empty());
  EXPECT_EQ(ask("GET", "/v1/auth/devices", "", application).status, 200);
  EXPECT_EQ(code(ask("POST", "/v1/auth/logout", "", application)), "invalid_argument");
  AuthRequest basic;
  basic.method = "GET";
  basic.path = "/v1/auth/devices";
  basic.authorization = "Basic " + device;
  EXPECT_EQ(world_.get(http_.handle(std::move(basic))).status, 401);
}

TEST_F(HttpAuthTest, PathsAndMethods) {
  for (std::string_view path :
       {"/v1/auth", "/v1/auth/", "/v1/auth/x", "/v1/auth/login/", "/v1/auth//login", "/v1/authlogin", "/", "", "/v1/auth/users/a/b",
        "/v1/auth/users/a/devices", "/v1/auth/devices/a/b", "/v1/auth/../auth/login", "/V1/auth/login"}) {
    EXPECT_EQ(code(ask("POST", path)), "not_found") << path;
  }
  auto wrong = ask("GET", "/v1/auth/login");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.allow, "POST");
  EXPECT_EQ(ask("post", "/v1/auth/login").status, 405);
  EXPECT_EQ(ask("PUT", "/v1/auth/users/a").allow, "GET");
  EXPECT_TRUE(HttpAuth::is_ours("/v1/auth/anything"));
  EXPECT_FALSE(HttpAuth::is_ours("/v1/authority"));
}

TEST_F(HttpAuthTest, BodiesThatAreNotWhatTheyShouldBe) {
  struct Case {
    std::string body;
    std::string_view code;
  };
  const std::string deep = std::string(8000, '[') + std::string(8000, ']');
  const Case cases[] = {
      {"", "invalid_argument"},
      {"{}", "invalid_argument"},
      {"{", "malformed"},
      {"[]", "malformed"},
      {"null", "malformed"},
      {"\"user\"", "malformed"},
      {"{} {}", "malformed"},
      {std::string(1, '\0'), "malformed"},
      {"\xff\xfe{}", "malformed"},
      {deep, "malformed"},
      {R"({"user":"a","password":"the password","x":)" + deep.substr(4000, 8000) + "}", "malformed"},
      {R"({"user":1,"password":"the password"})", "invalid_argument"},
      {R"({"user":null,"password":"the password"})", "invalid_argument"},
      {R"({"user":["a"],"password":"the password"})", "invalid_argument"},
      {R"({"user":"a","password":12345678})", "invalid_argument"},
      {R"({"user":"a","password":{"$gt":""}})", "invalid_argument"},
      {R"({"user":"a"})", "invalid_argument"},
      {R"({"password":"the password"})", "invalid_argument"},
      {R"({"user":"","password":"the password"})", "invalid_argument"},
      {R"({"user":"a b","password":"the password"})", "invalid_argument"},
      {R"({"user":"a\u0000","password":"the password"})", "invalid_argument"},
      {R"({"user":")" + std::string(65, 'a') + R"(","password":"the password"})", "invalid_argument"},
      {R"({"user":"a","device":"x/y","password":"the password"})", "invalid_argument"},
      {R"({"user":"a","user":"b","password":"the password"})", "malformed"},
      {R"({"user":"a","password":"the password","x":"\ud800"})", "malformed"},
      {R"({"user":"a","password":")" + std::string(16 << 10, 'x') + R"("})", "too_large"},
      {R"({"user":"a","password":"short"})", "wrong_password"},
      {R"({"user":"a","password":"the password","more":{"x":[1,2.5,null,true]}})", "wrong_password"},
  };
  for (const auto& one : cases) EXPECT_EQ(code(ask("POST", "/v1/auth/login", one.body)), one.code) << one.body.substr(0, 80);
  EXPECT_FALSE(*world_.get(world_.accounts->exists(user_id("a"))));
}

TEST_F(HttpAuthTest, RefusedLoginsAreAlikeToTheByte) {
  ASSERT_EQ(as_admin("POST", "/v1/auth/users", R"({"user":"alice","password":"the password"})").status, 201);
  auto known = ask("POST", "/v1/auth/login", R"({"user":"alice","password":"wrong password"})");
  auto unknown = ask("POST", "/v1/auth/login", R"({"user":"nobody","password":"wrong password"})");
  EXPECT_EQ(known.status, 401);
  EXPECT_EQ(known.status, unknown.status);
  EXPECT_EQ(known.body, unknown.body);
}

TEST_F(HttpAuthTest, LimitsCarryTheTimeToWait) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask("POST", "/v1/auth/login", R"({"user":"a","password":"wrong password"})").status, 401);
  auto limited = ask("POST", "/v1/auth/login", R"({"user":"a","password":"wrong password"})");
  EXPECT_EQ(limited.status, 429);
  EXPECT_GT(limited.retry_after_ms, 0u);
  EXPECT_NE(limited.body.find(R"("retryAfterMs":)" + std::to_string(limited.retry_after_ms)), std::string::npos) << limited.body;
  EXPECT_NE(limited.body.find(R"("outcome":"retry")"), std::string::npos);
}

// Canaries: no answer but the one that hands it out repeats a secret.
TEST_F(HttpAuthTest, SecretsDoNotComeBack) {
  const std::string canary = "canary-7c1f-password";
  for (auto [path, body] : {std::pair<std::string, std::string>{"/v1/auth/login", R"({"user":"a","password":")" + canary + "\"}"},
                            {"/v1/auth/login", R"({"user":")" + canary + " \",\"password\":\"" + canary + "\"}"},
                            {"/v1/auth/signup", R"({"user":"a","password":")" + canary + "\"}"},
                            {"/v1/auth/signup", R"({"user":"a","password":")" + canary + "\"}"},
                            {"/v1/auth/login", R"({"user":"a","password":")" + canary}}) {
    EXPECT_EQ(ask("POST", path, body).body.find(canary), std::string::npos) << path;
  }
  EXPECT_EQ(ask("GET", "/v1/auth/devices", "", "kd_" + canary).body.find(canary), std::string::npos);
  EXPECT_EQ(ask("GET", "/v1/auth/devices", "", canary + "." + canary + "." + canary).body.find(canary), std::string::npos);
}

}  // namespace
}  // namespace kith
