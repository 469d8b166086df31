#include "terminal/profile.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/hex.h"
#include "client/http.h"
#include "client/storage.h"

namespace kith::terminal {

namespace fs = std::filesystem;

namespace {

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  return text;
}

template <class Id>
std::vector<Id> ids_in(const std::string& directory, const char* needed) {
  std::vector<Id> found;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    auto text = id_of_folder(at->path().filename().string());
    auto id = text ? Id::parse(*text) : std::nullopt;
    if (id && (!needed || fs::exists(at->path() / needed, error))) found.push_back(std::move(*id));
  }
  std::sort(found.begin(), found.end());
  return found;
}

template <class Id>
std::string listed(const std::vector<Id>& ids) {
  std::string out;
  for (const Id& id : ids) out += (out.empty() ? "" : ", ") + id.text();
  return out;
}

Result<Ok> make_private(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  fs::create_directory(path, error);
  if (!error) fs::permissions(path, fs::perms::owner_all, error);
  if (error) return Failure(Code::internal, "cannot make " + path.string() + ": " + error.message());
  return Ok{};
}

}  // namespace

std::string folder_name(std::string_view id) {
  std::string name = percent_encoded(id);
  if (name.starts_with('.')) name.replace(0, 1, "%2e");
  return name;
}

std::optional<std::string> id_of_folder(std::string_view name) {
  std::string id;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '%') {
      id += name[i];
      continue;
    }
    auto value = i + 2 < name.size() ? parse_hex(name.substr(i + 1, 2)) : std::nullopt;
    if (!value) return std::nullopt;
    id += static_cast<char>(*value);
    i += 2;
  }
  if (folder_name(id) != name) return std::nullopt;
  return id;
}

std::string Profile::path_of(const UserId& user) const { return directory_ + '/' + folder_name(user.text()); }
std::string Profile::path_of(const UserId& user, const DeviceId& device) const { return path_of(user) + '/' + folder_name(device.text()); }

std::vector<DeviceId> Profile::devices(const UserId& user) const { return ids_in<DeviceId>(path_of(user), "token"); }

std::vector<UserId> Profile::users() const {
  auto all = ids_in<UserId>(directory_, nullptr);
  std::erase_if(all, [&](const UserId& user) { return devices(user).empty(); });
  return all;
}

std::optional<DeviceId> Profile::only_device(const UserId& user) const {
  auto all = devices(user);
  if (all.size() != 1) return std::nullopt;
  return std::move(all[0]);
}

Result<Account> Profile::find(std::optional<UserId> user, std::optional<DeviceId> device) const {
  if (!user) {
    auto all = users();
    if (all.empty()) return Failure(Code::not_found, "nobody is logged in here: kith login USER");
    if (all.size() > 1) return Failure(Code::invalid_argument, "several users are logged in (" + listed(all) + "): say which with --user");
    user = std::move(all[0]);
  }
  if (!device) {
    auto all = devices(*user);
    if (all.empty()) return Failure(Code::not_found, user->text() + " is not logged in here: kith login " + user->text());
    if (all.size() > 1) {
      return Failure(Code::invalid_argument, user->text() + " has several devices here (" + listed(all) + "): say which with --device");
    }
    device = std::move(all[0]);
  }
  Account account{*user, *device, path_of(*user, *device), {}, {}, {}};
  auto token = read_file(account.directory + "/token");
  if (!token && token.error().code == Code::not_found) {
    return Failure(Code::not_found, user->text() + " is not logged in here as device " + device->text());
  }
  if (!token) return token.error();
  account.token = Secret::from(trimmed(std::move(*token)));
  if (auto server = read_file(account.directory + "/server")) account.server = trimmed(std::move(*server));
  if (auto ca = read_file(account.directory + "/ca")) account.ca = trimmed(std::move(*ca));
  return account;
}

Result<Ok> Profile::keep(const UserId& user, const DeviceId& device, const Secret& token, const std::string& server,
                         const std::string& ca) const {
  const std::string directory = path_of(user, device);
  for (const auto& path : {directory_, path_of(user), directory}) {
    auto made = make_private(path);
    if (!made) return made;
  }
  auto kept = replace_file(directory + "/server", server + '\n');
  if (!kept) return kept;
  kept = replace_file(directory + "/ca", ca + '\n');
  if (!kept) return kept;
  return replace_file(directory + "/token", std::string(token.reveal()) + '\n');
}

Result<Ok> Profile::forget(const Account& account) const {
  std::error_code error;
  fs::remove_all(account.directory, error);
  if (error) return Failure(Code::internal, "cannot remove " + account.directory + ": " + error.message());
  fs::remove(path_of(account.user), error);  // If that was the last device.
  return Ok{};
}

}  // namespace kith::terminal
