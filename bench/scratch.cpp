#include "bench/scratch.h"

#include <linux/magic.h>
#include <stdlib.h>
#include <sys/vfs.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "auth/token.h"
#include "base/hex.h"

namespace kith {

namespace {

// The figures are those of a disk: a sync in memory costs nothing.
std::optional<std::string> make_directory() {
  const char* wanted = getenv("TMPDIR");
  for (const char* parent : {wanted ? wanted : "/var/tmp", "/var/tmp", "."}) {
    struct statfs about;
    if (statfs(parent, &about) != 0 || about.f_type == TMPFS_MAGIC || about.f_type == RAMFS_MAGIC) continue;
    std::string path = std::string(parent) + "/kith-XXXXXX";
    if (mkdtemp(path.data())) return path;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Scratch> Scratch::make(Random& random) {
  auto path = make_directory();
  if (!path) return std::nullopt;
  std::uint8_t bytes[32];
  random.fill(bytes, sizeof bytes);
  std::string key;
  append_hex(key, bytes);
  Scratch scratch(std::move(*path), Secret(key));
  if (!(std::ofstream(scratch.key_file()) << key << '\n')) return std::nullopt;
  return scratch;
}

Scratch::Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, {})), key_(std::move(other.key_)), keep_(other.keep_) {}

Scratch& Scratch::operator=(Scratch&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(key_, other.key_);
  std::swap(keep_, other.keep_);
  return *this;
}

Scratch::~Scratch() {
  std::error_code ignored;
  if (!path_.empty() && !keep_) std::filesystem::remove_all(path_, ignored);
}

std::string Scratch::token(std::string_view user, std::string_view device, WallTime now) const {
  JwtClaims claims;
  claims.subject = user;
  claims.device = device;
  claims.expires_s = now.ms / 1000 + 24 * 3600;
  return mint_jwt(claims, key_);
}

}  // namespace kith
