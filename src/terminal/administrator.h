// terminal/administrator.h — What commands over HTTP share: calls as the administrator, bodies, and answers for people and for scripts.
#pragma once

#include <simdjson.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include "terminal/context.h"

namespace kith::terminal {

struct AsAdministrator {
  Secret token;
  ServerAddress server;
};
// By --admin-token-file.
Result<AsAdministrator> administrator(const Context& context);

// Calls `METHOD PATH<user>REST` as the administrator; the user is the first argument.
Called call_about_user(Context& context, const char* method, const char* path, const std::string& rest, std::string body);

struct Field {
  std::string_view name, value;
};
// A JSON object; fields without a value are left out.
std::string object(std::initializer_list<Field> fields);
Failure not_an_id(const std::string& text, const char* what);

// A field of an answer, fit for a terminal; "" when it is not there.
std::string text_of(const simdjson::dom::element& element, const char* name);
bool flag_of(const simdjson::dom::element& element, const char* name);
std::uint64_t number_of(const simdjson::dom::element& element, const char* name);

// Prints the answer for scripts as it came, for people by `shown`.
int show_answer(const Context& context, const std::string& body, std::string (*shown)(const simdjson::dom::element&));

}  // namespace kith::terminal
