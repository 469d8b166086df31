// admin/body.h — The fields of a request's JSON body. Values; no loop.
//
// The whole text is checked: it is one JSON object of valid UTF-8, and may be made part of another text. Unknown fields are ignored, null
// is absent, of equal keys the last one counts.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/result.h"

namespace kith {

class Body {
 public:
  // An empty text is an object without fields. malformed: no object, or nested deeper than 16.
  static Result<Body> parse(std::string_view json);

  // Each fails with invalid_argument, and the field's name, when the field has another form; nothing: it is not there.
  Result<std::optional<std::string>> text(std::string_view name) const;
  Result<std::optional<std::uint64_t>> number(std::string_view name) const;
  Result<std::optional<bool>> flag(std::string_view name) const;
  // limit_reached beyond `most`; unknown_user for what is no user id; each once.
  Result<std::vector<UserId>> users(std::string_view name, std::size_t most) const;

  // invalid_argument too when it is not there.
  Result<UserId> user(std::string_view name) const;
  Result<std::optional<DeviceId>> device(std::string_view name) const;

 private:
  struct Other {};  // A form that no field has.
  using Value = std::variant<Other, std::string, std::uint64_t, bool, std::vector<std::string>>;

  template <class T>
  Result<std::optional<T>> get(std::string_view name) const;

  std::map<std::string, Value, std::less<>> fields_;
};

}  // namespace kith
