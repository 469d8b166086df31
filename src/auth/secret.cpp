#include "auth/secret.h"

#include <sodium.h>

#include <cstring>
#include <utility>

namespace kith {

Secret::Secret(std::string_view bytes) : bytes_(bytes.empty() ? nullptr : new char[bytes.size()]), size_(bytes.size()) {
  if (size_ != 0) std::memcpy(bytes_.get(), bytes.data(), size_);
}

Secret Secret::from(std::string&& bytes) {
  Secret secret{std::string_view(bytes)};
  sodium_memzero(bytes.data(), bytes.size());
  bytes.clear();
  return secret;
}

Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Secret::~Secret() { wipe(); }

void Secret::wipe() {
  if (size_ != 0) sodium_memzero(bytes_.get(), size_);
}

bool Secret::equals(std::string_view bytes) const {
  return size_ == bytes.size() && size_ != 0 && sodium_memcmp(bytes_.get(), bytes.data(), size_) == 0;
}

}  // namespace kith
