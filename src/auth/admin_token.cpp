#include "auth/admin_token.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "auth/token.h"

namespace kith {

namespace {

constexpr std::size_t kFileBytesMax = 256;

class File {
 public:
  explicit File(int number) : number_(number) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

Failure failed(const std::string& path, const std::string& why) { return Failure(Code::internal, path + ": " + why); }
Failure failed(const std::string& path) { return failed(path, std::strerror(errno)); }

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// Whole or not at all: written beside, synced, then renamed.
Result<Ok> write_file(const std::string& path, const Secret& token) {
  std::string beside = path + ".new";
  if (::unlink(beside.c_str()) != 0 && errno != ENOENT) return failed(beside);
  {
    File file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file || ::fchmod(file.number(), 0600) != 0) return failed(beside);
    if (!write_all(file.number(), token.reveal()) || !write_all(file.number(), "\n") || ::fsync(file.number()) != 0) return failed(beside);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return failed(path);
  std::string folder = std::filesystem::path(path).parent_path().string();
  File directory(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || ::fsync(directory.number()) != 0) return failed(folder);
  return Ok{};
}

}  // namespace

Result<Secret> load_admin_token(const std::string& path) {
  File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) {
    if (errno == ENOENT) return Failure(Code::not_found, path + ": there is no such file");
    return failed(path);
  }
  struct stat about;
  if (::fstat(file.number(), &about) != 0) return failed(path);
  if ((about.st_mode & 077) != 0) return failed(path, "others may read it; set its mode to 0600, or remove it to get a new token");
  std::string text(kFileBytesMax, '\0');
  ssize_t size = ::read(file.number(), text.data(), text.size());
  if (size < 0) return failed(path);
  text.resize(static_cast<std::size_t>(size));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  if (!is_admin_token(text)) return failed(path, "it does not hold an administrator's token; remove it to get a new one");
  return Secret::from(std::move(text));
}

Result<Secret> load_or_make_admin_token(const std::string& path, Random& random) {
  auto there = load_admin_token(path);
  if (there || there.error().code != Code::not_found) return there;
  Secret token = make_admin_token(random);
  auto written = write_file(path, token);
  if (!written) return written.error();
  return token;
}

}  // namespace kith
