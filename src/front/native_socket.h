// front/native_socket.h — Owns a socket on its way between loops, when no Asio object does. Internal to front/.
#pragma once

#include <unistd.h>

#include <utility>

namespace kith {

class NativeSocket {
 public:
  NativeSocket() = default;
  explicit NativeSocket(int number) : number_(number) {}
  NativeSocket(NativeSocket&& other) noexcept : number_(other.release()) {}
  NativeSocket& operator=(NativeSocket&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~NativeSocket() {
    if (number_ >= 0) ::close(number_);
  }

  bool valid() const { return number_ >= 0; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

}  // namespace kith
