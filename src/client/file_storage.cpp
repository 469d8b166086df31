#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "client/storage.h"
#include "wire/json_reader.h"
#include "wire/wire.gen.h"

namespace kith {

namespace {

class File {
 public:
  explicit File(int number) : number_(number) {}
  ~File() {
    if (number_ >= 0) ::close(number_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  bool valid() const { return number_ >= 0; }
  int get() const { return number_; }

 private:
  int number_;
};

Failure failed(const std::string& what, const std::string& path) {
  const Code code = errno == ENOSPC || errno == EDQUOT ? Code::storage_full : Code::internal;
  return {code, what + ' ' + path + ": " + std::strerror(errno)};
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(file, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

std::string directory_of(const std::string& path) {
  auto slash = path.rfind('/');
  return slash == path.npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

Result<Ok> make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return failed("cannot make", path);
  return Ok{};
}

Failure damaged(const std::string& path) { return {Code::internal, path + " is damaged"}; }

Result<std::vector<std::string>> numbered_files(const std::string& directory) {
  DIR* open = ::opendir(directory.c_str());
  if (!open) return failed("cannot read", directory);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(open)) {
    std::string name = entry->d_name;
    if (std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; })) names.push_back(std::move(name));
  }
  ::closedir(open);
  std::sort(names.begin(), names.end());
  return names;
}

// The command that will be sent, with its number as id.
std::string text_of(const OutgoingMessage& message) {
  std::string text;
  wire::write_json(wire::Command{message.number, command_of(message)}, text);
  text += '\n';
  return text;
}

std::optional<OutgoingMessage> message_of(wire::JsonReader& reader, std::string_view text) {
  auto command = reader.command(text, 1 << 20);
  auto* send = command ? std::get_if<wire::Send>(&command->command) : nullptr;
  auto client_id = send ? ClientId::parse(send->client_id) : std::nullopt;
  if (!client_id || command->id == 0) return std::nullopt;
  OutgoingMessage message{command->id, *client_id, true, {}, {}, send->base_seq};
  message.content = {std::move(send->text),        send->reply_to,        std::move(send->mentions),
                     std::move(send->attachments), std::move(send->kind), std::move(send->data)};
  if (auto* to = std::get_if<wire::Send::To>(&send->target)) {
    message.target = std::move(to->value);
  } else if (auto* in = std::get_if<wire::Send::Conversation>(&send->target)) {
    message.to_user = false;
    message.target = std::move(in->value);
  } else {
    return std::nullopt;
  }
  return message;
}

}  // namespace

Result<Ok> replace_file(const std::string& path, std::string_view content) {
  const std::string beside = path + ".new", directory = directory_of(path);
  {
    File file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file.valid()) return failed("cannot write", beside);
    if (!write_all(file.get(), content) || ::fsync(file.get()) != 0) return failed("cannot write", beside);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return failed("cannot replace", path);
  File folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid() || ::fsync(folder.get()) != 0) return failed("cannot write", directory);
  return Ok{};
}

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid() && errno == ENOENT) return Failure(Code::not_found, path);
  if (!file.valid()) return failed("cannot read", path);
  std::string content;
  char buffer[4096];
  for (;;) {
    const ssize_t size = ::read(file.get(), buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return failed("cannot read", path);
    if (size == 0) return content;
    content.append(buffer, static_cast<std::size_t>(size));
    if (content.size() > bytes_max) return Failure(Code::too_large, path + " is larger than it can be");
  }
}

FileStorage::~FileStorage() {
  if (lock_ >= 0) ::close(lock_);
}

std::string FileStorage::path_of(const OutgoingMessage& message) const {
  char name[24];
  std::snprintf(name, sizeof name, "%020llu", static_cast<unsigned long long>(message.number));
  return directory_ + "/outbox/" + name;
}

Result<DeviceStorage::State> FileStorage::load() {
  for (const auto& path : {directory_, directory_ + "/outbox"}) {
    auto made = make_directory(path);
    if (!made) return made.error();
  }
  if (lock_ < 0) {
    const std::string path = directory_ + "/lock";
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return failed("cannot open", path);
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
      ::close(file);
      return Failure(Code::busy, "another process uses the device in " + directory_);
    }
    lock_ = file;
  }
  wire::JsonReader reader;
  State state;
  auto position = read_file(directory_ + "/position");
  if (position) {
    auto command = reader.command(*position);
    auto* auth = command ? std::get_if<wire::Auth>(&command->command) : nullptr;
    if (!auth) return damaged(directory_ + "/position");
    state.position = {auth->cursor, auth->useq};
  } else if (position.error().code != Code::not_found) {
    return position.error();
  }
  auto names = numbered_files(directory_ + "/outbox");
  if (!names) return names.error();
  for (const auto& name : *names) {
    const std::string path = directory_ + "/outbox/" + name;
    auto text = read_file(path);
    if (!text) return text.error();
    auto message = message_of(reader, *text);
    if (!message) return damaged(path);
    state.outbox.push_back(std::move(*message));
  }
  return state;
}

Result<Ok> FileStorage::save(const Position& position) {
  std::string text;
  wire::write_json(wire::Command{0, wire::Auth{{}, {}, position.cursor, position.useq}}, text);
  text += '\n';
  return replace_file(directory_ + "/position", text);
}

Result<Ok> FileStorage::put(const OutgoingMessage& message) { return replace_file(path_of(message), text_of(message)); }

Result<Ok> FileStorage::remove(const OutgoingMessage& message) {
  const std::string path = path_of(message);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed("cannot remove", path);
  return Ok{};
}

}  // namespace kith
