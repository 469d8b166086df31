// bench/scratch.h — A directory for one run, on a disk: removed with all that is in it, unless keep() was called. And the key in it with
// which the run makes tokens for its users, as an embedding application would.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/secret.h"
#include "base/loop.h"

namespace kith {

class Scratch {
 public:
  // In TMPDIR, /var/tmp or here: the first that is writable and not in memory. Nothing if there is none.
  static std::optional<Scratch> make(Random& random);
  Scratch(Scratch&& other) noexcept;
  Scratch& operator=(Scratch&& other) noexcept;
  ~Scratch();

  const std::string& path() const { return path_; }
  void keep() { keep_ = true; }

  std::string key_file() const { return path_ + "/jwt.key"; }
  // Valid for a day.
  std::string token(std::string_view user, std::string_view device, WallTime now) const;

 private:
  Scratch(std::string path, Secret key) : path_(std::move(path)), key_(std::move(key)) {}

  std::string path_;
  Secret key_;
  bool keep_ = false;
};

}  // namespace kith
