// wire/json_walk.h — Walks one JSON document for json_read.gen.cpp. Inside this folder only: it brings the JSON library with it.
//
// Each call reads one value and returns whether to go on; after the first false, failure() says why and the walk is over. The library's
// on-demand mode checks only what is looked at, so everything is looked at: what is ignored is walked through by skip().
#pragma once

#include <simdjson.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "wire/read_result.h"

namespace kith::wire {

class JsonWalk {
 public:
  using Value = simdjson::ondemand::value;
  using Object = simdjson::ondemand::object;

  explicit JsonWalk(std::uint32_t max_keys) : keys_left_(max_keys) {}

  const Failure& failure() const { return failure_; }
  const std::string& first_unknown() const { return first_unknown_; }

  // A whole message: calls read_fields(*this, object, out), which json_read.gen.cpp has for each.
  template <class T>
  bool message(Object object, T& out) {
    if (depth_ == kMaxDepth) return fail("deeper than 32");
    ++depth_;
    if (!read_fields(*this, object, out)) return false;
    --depth_;
    return true;
  }

  // Calls use(key, value) for each member of an object.
  template <class Use>
  bool each(Object object, Use use) {
    for (auto next : object) {
      simdjson::ondemand::field field;
      std::string_view name;
      if (std::move(next).get(field) || !key(field, name)) return broken();
      if (keys_left_-- == 0) return fail("too many keys");
      if (!use(name, field.value())) return false;
    }
    return true;
  }

  // Reads the field `name`; null leaves the default.
  template <class T>
  bool field(Value value, std::string_view name, T& out) {
    enter(name);
    out = T{};
    if (is_null(value)) {
      if (!skip(value)) return false;
    } else if (!read(value, out)) {
      return false;
    }
    --path_size_;
    return true;
  }

  // Reads a member of a oneof that is a message.
  template <class Kind, class Variant>
  bool member(Value value, std::string_view name, Variant& out) {
    return member_with<Kind>(value, name, out, [](Kind& kind) -> Kind& { return kind; });
  }
  // The same, for a string in a struct of its own.
  template <class Kind, class Variant>
  bool text_member(Value value, std::string_view name, Variant& out) {
    return member_with<Kind>(value, name, out, [](Kind& kind) -> std::string& { return kind.value; });
  }

  // A field that this version does not know: checked, then forgotten.
  bool unknown(Value value, std::string_view name);

  bool fail(std::string_view what, Code code = Code::malformed);

 private:
  template <class Kind, class Variant, class Into>
  bool member_with(Value value, std::string_view name, Variant& out, Into into) {
    enter(name);
    if (is_null(value)) {
      if (!skip(value)) return false;
      if (std::holds_alternative<Kind>(out)) out = std::monostate{};
    } else {
      if (out.index() != 0 && !std::holds_alternative<Kind>(out)) return fail("stands beside another one of its kind");
      if (!read(value, into(out.template emplace<Kind>()))) return false;
    }
    --path_size_;
    return true;
  }

  bool read(Value value, std::string& out);
  bool read(Value value, bool& out);
  bool read(Value value, std::uint64_t& out);
  bool read(Value value, std::uint32_t& out);
  bool read(Value value, WallTime& out);
  template <class T>
  bool read(Value value, std::optional<T>& out) {
    return read(value, out.emplace());
  }
  template <class T>
  bool read(Value value, std::vector<T>& out) {
    simdjson::ondemand::array array;
    if (first(value) != '[') return fail("not an array");
    if (depth_ == kMaxDepth) return fail("deeper than 32");
    ++depth_;
    if (value.get_array().get(array)) return broken();
    for (auto next : array) {
      Value element;
      if (std::move(next).get(element)) return broken();
      if (keys_left_-- == 0) return fail("too many elements");
      if (!read(element, out.emplace_back())) return false;
    }
    --depth_;
    return true;
  }
  template <class T>
  bool read(Value value, T& out) {
    Object object;
    if (first(value) != '{') return fail("not an object");
    if (value.get_object().get(object)) return broken();
    return message(object, out);
  }

  static bool key(simdjson::ondemand::field& field, std::string_view& out);
  // What kind of value it is shows in its first character.
  static char first(Value value) { return *value.raw_json_token().data(); }
  static bool is_null(Value value) { return first(value) == 'n'; }
  bool text(Value value, std::string_view& out);
  bool skip(Value value);
  void enter(std::string_view name) {
    if (path_size_ < path_.size()) path_[path_size_] = name;
    ++path_size_;
  }
  bool broken() { return fail("not valid JSON"); }

  Failure failure_{Code::malformed};
  std::string first_unknown_;
  std::uint32_t keys_left_;
  std::size_t depth_ = 0;
  // Names of the fields around the present value, as far as there is room, for failure().
  std::array<std::string_view, 8> path_;
  std::size_t path_size_ = 0;
};

}  // namespace kith::wire
