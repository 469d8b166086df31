#include "admin/body.h"

#include <simdjson.h>

#include <algorithm>

namespace kith {

namespace {

constexpr std::size_t kDepthMax = 16;

Failure invalid(std::string_view name) { return {Code::invalid_argument, std::string(name)}; }

}  // namespace

Result<Body> Body::parse(std::string_view json) {
  Body body;
  if (json.find_first_not_of(" \t\r\n") == json.npos) return body;
  simdjson::padded_string copy(json);
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  bool good = parser.allocate(copy.size(), kDepthMax) == simdjson::SUCCESS && parser.parse(copy).get(object) == simdjson::SUCCESS;
  if (!good) return Failure{Code::malformed, "the body is not one JSON object"};
  for (auto [key, element] : object) {
    Value value = Other{};
    std::string_view text;
    std::uint64_t number = 0;
    bool flag = false;
    simdjson::dom::array array;
    if (element.is_null()) {
      body.fields_.erase(std::string(key));
      continue;
    }
    if (element.get(text) == simdjson::SUCCESS) {
      value = std::string(text);
    } else if (element.get(number) == simdjson::SUCCESS) {
      value = number;
    } else if (element.get(flag) == simdjson::SUCCESS) {
      value = flag;
    } else if (element.get(array) == simdjson::SUCCESS) {
      std::vector<std::string> texts;
      bool all = true;
      for (auto one : array) {
        all = all && one.get(text) == simdjson::SUCCESS;
        if (all) texts.emplace_back(text);
      }
      if (all) value = std::move(texts);
    }
    body.fields_.insert_or_assign(std::string(key), std::move(value));
  }
  return body;
}

template <class T>
Result<std::optional<T>> Body::get(std::string_view name) const {
  auto place = fields_.find(name);
  if (place == fields_.end()) return std::optional<T>();
  const T* value = std::get_if<T>(&place->second);
  if (!value) return invalid(name);
  return std::optional<T>(*value);
}

Result<std::optional<std::string>> Body::text(std::string_view name) const { return get<std::string>(name); }
Result<std::optional<std::uint64_t>> Body::number(std::string_view name) const { return get<std::uint64_t>(name); }

Result<std::optional<bool>> Body::flag(std::string_view name) const { return get<bool>(name); }

Result<std::vector<UserId>> Body::users(std::string_view name, std::size_t most) const {
  auto texts = get<std::vector<std::string>>(name);
  if (!texts) return texts.error();
  std::vector<UserId> out;
  if (!*texts) return out;
  if ((*texts)->size() > most) return Failure{Code::limit_reached, std::string(name)};
  for (const std::string& text : **texts) {
    auto user = UserId::parse(text);
    if (!user) return Failure{Code::unknown_user, text.substr(0, 64)};
    if (std::find(out.begin(), out.end(), *user) == out.end()) out.push_back(std::move(*user));
  }
  return out;
}

Result<UserId> Body::user(std::string_view name) const {
  auto given = text(name);
  if (!given) return given.error();
  auto user = *given ? UserId::parse(**given) : std::nullopt;
  if (!user) return invalid(name);
  return std::move(*user);
}

Result<std::optional<DeviceId>> Body::device(std::string_view name) const {
  auto given = text(name);
  if (!given) return given.error();
  if (!*given) return std::optional<DeviceId>();
  auto device = DeviceId::parse(**given);
  if (!device) return invalid(name);
  return device;
}

}  // namespace kith
