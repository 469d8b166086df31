// wire/proto_walk.h — Walks one message in proto3 binary for proto_codec.gen.cpp. Inside this folder only.
//
// Each call reads one field and returns whether to go on; after the first false, failure() says why and the walk is over.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "wire/read_result.h"

namespace kith::wire {

class ProtoWalk {
 public:
  struct Field {
    std::uint32_t number = 0;
    int wire_type = 0;
    std::uint64_t value = 0;  // Wire type 0.
    std::string_view bytes;   // Wire type 2.

    bool is(std::uint32_t wanted, int type) const { return number == wanted && wire_type == type; }
  };

  explicit ProtoWalk(std::uint32_t max_fields) : fields_left_(max_fields) {}

  const Failure& failure() const { return failure_; }
  std::uint32_t first_unknown() const { return first_unknown_; }

  // A whole message: calls read_fields(*this, bytes, out), which proto_codec.gen.cpp has for each.
  template <class T>
  bool message(std::string_view bytes, T& out) {
    if (depth_ == kMaxDepth) return fail("deeper than 32");
    ++depth_;
    if (!read_fields(*this, bytes, out)) return false;
    --depth_;
    return true;
  }

  // Calls use(field) for each field of a message.
  template <class Use>
  bool each(std::string_view bytes, Use use) {
    while (!bytes.empty()) {
      Field field;
      if (fields_left_-- == 0) return fail("too many fields");
      if (!next(bytes, field)) return fail("not valid protobuf");
      if (!use(field)) return false;
    }
    return true;
  }

  template <class T>
  bool field(const Field& field, std::string_view name, T& out) {
    path_[path_size_++] = name;
    if (!read(field, out)) return false;
    --path_size_;
    return true;
  }

  // Reads a member of a oneof that is a message.
  template <class Kind, class Variant>
  bool member(const Field& field, std::string_view name, Variant& out) {
    return member_with<Kind>(field, name, out, [](Kind& kind) -> Kind& { return kind; });
  }
  // The same, for a string in a struct of its own.
  template <class Kind, class Variant>
  bool text_member(const Field& field, std::string_view name, Variant& out) {
    return member_with<Kind>(field, name, out, [](Kind& kind) -> std::string& { return kind.value; });
  }

  // A field that this version does not know, or with another wire type; next() has checked it.
  bool unknown(const Field& field);

  bool fail(std::string_view what, Code code = Code::malformed);

 private:
  template <class Kind, class Variant, class Into>
  bool member_with(const Field& field, std::string_view name, Variant& out, Into into) {
    path_[path_size_++] = name;
    if (out.index() == 0) out.template emplace<Kind>();
    auto* kind = std::get_if<Kind>(&out);
    if (!kind) return fail("stands beside another one of its kind");
    if (!read(field, into(*kind))) return false;
    --path_size_;
    return true;
  }

  bool read(const Field& field, std::string& out);
  bool read(const Field& field, bool& out);
  bool read(const Field& field, std::uint64_t& out);
  bool read(const Field& field, std::uint32_t& out);
  bool read(const Field& field, WallTime& out);
  template <class T>
  bool read(const Field& field, std::optional<T>& out) {
    return read(field, out ? *out : out.emplace());  // A repeated message is merged, as protobuf has it.
  }
  template <class T>
  bool read(const Field& field, std::vector<T>& out) {
    return read(field, out.emplace_back());
  }
  template <class T>
  bool read(const Field& field, T& out) {
    return message(field.bytes, out);
  }

  // Takes the next field off `bytes`. False: what stands there is none.
  bool next(std::string_view& bytes, Field& field);
  bool skip_group(std::string_view& bytes, std::uint32_t number);

  Failure failure_{Code::malformed};
  std::uint32_t fields_left_;
  std::uint32_t first_unknown_ = 0;
  std::size_t depth_ = 0;
  std::array<std::string_view, kMaxDepth + 2> path_;  // Names of the fields around the present one, for failure().
  std::size_t path_size_ = 0;
};

}  // namespace kith::wire
