#include "terminal/administrator.h"

#include "auth/admin_token.h"
#include "auth/json.h"
#include "terminal/show.h"

namespace kith::terminal {

Result<AsAdministrator> administrator(const Context& context) {
  const std::string path = context.line.get("admin-token-file", "data/admin.token");
  auto token = load_admin_token(path);
  if (!token && token.error().code == Code::not_found) {
    return Failure(Code::not_found, "there is no administrator's token at " + path + ": give --admin-token-file DATA/admin.token");
  }
  if (!token) return token.error();
  auto server = context.server();
  if (!server) return server.error();
  return AsAdministrator{std::move(*token), std::move(*server)};
}

Called call_about_user(Context& context, const char* method, const char* path, const std::string& rest, std::string body) {
  auto user = UserId::parse(context.argument(0));
  if (!user) return {tell(not_an_id(context.argument(0), "user")), {}};
  auto as = administrator(context);
  if (!as) return {tell(as.error()), {}};
  return call(as->server, method, path + percent_encoded(user->text()) + rest, as->token, std::move(body));
}

std::string object(std::initializer_list<Field> fields) {
  std::string out = "{";
  for (const Field& field : fields) {
    if (field.value.empty()) continue;
    if (out.size() > 1) out += ',';
    append_json_string(out, field.name);
    out += ':';
    append_json_string(out, field.value);
  }
  return out + '}';
}

Failure not_an_id(const std::string& text, const char* what) { return {Code::invalid_argument, text + " is not a " + what + " id"}; }

std::string text_of(const simdjson::dom::element& element, const char* name) {
  std::string_view text;
  return element[name].get(text) == simdjson::SUCCESS ? plain(text) : "";
}

// Absent: false.
bool flag_of(const simdjson::dom::element& element, const char* name) {
  bool value = false;
  return element[name].get(value) == simdjson::SUCCESS && value;
}

std::uint64_t number_of(const simdjson::dom::element& element, const char* name) {
  std::uint64_t value = 0;
  return element[name].get(value) == simdjson::SUCCESS ? value : 0;
}

int show_answer(const Context& context, const std::string& body, std::string (*shown)(const simdjson::dom::element&)) {
  if (context.line.has("json")) {
    print(body + '\n');
    return kFine;
  }
  simdjson::dom::parser parser;
  simdjson::dom::element answer;
  if (parser.parse(body).get(answer) != simdjson::SUCCESS) return tell({Code::internal, "the server's answer is not JSON"});
  print(shown(answer));
  return kFine;
}

}  // namespace kith::terminal
