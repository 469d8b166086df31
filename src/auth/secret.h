// auth/secret.h — Secret: bytes that must not outlive their use, reach a log, or be compared byte by byte.
//
// A value that moves; copies are made with copy(), on purpose. Wiped when it ends. It has no stream operator and no conversion to text.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace kith {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view bytes);
  // Takes the bytes and wipes where they came from.
  static Secret from(std::string&& bytes);

  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  Secret copy() const { return Secret(reveal()); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // In a time that depends on the sizes only.
  bool equals(std::string_view bytes) const;

  // The bytes themselves; valid while this lives. Each caller is a place to look at in a review.
  std::string_view reveal() const { return {bytes_.get(), size_}; }

 private:
  void wipe();

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

}  // namespace kith
