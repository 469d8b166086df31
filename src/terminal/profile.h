// terminal/profile.h — What `kith` remembers: PROFILE/USER/DEVICE/ with `token`, `server`, `ca`, and what client/storage.h keeps there.
//
// Directories have mode 0700, files 0600. Ids are escaped, so that no user can be called "..".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "auth/secret.h"
#include "base/ids.h"
#include "base/result.h"

namespace kith::terminal {

struct Account {
  UserId user;
  DeviceId device;
  std::string directory;
  std::string server;  // Where it logged in,
  std::string ca;      // and the file that vouched for that server; "": the system did.
  Secret token;
};

class Profile {
 public:
  explicit Profile(std::string directory) : directory_(std::move(directory)) {}

  // The account that is meant: by `user` and `device`, which may be left out where there is only one. Fails with a sentence that says
  // what to do: not_found (nobody is logged in), invalid_argument (several are).
  Result<Account> find(std::optional<UserId> user, std::optional<DeviceId> device) const;

  // The only device of `user` here, if there is exactly one.
  std::optional<DeviceId> only_device(const UserId& user) const;

  Result<Ok> keep(const UserId& user, const DeviceId& device, const Secret& token, const std::string& server, const std::string& ca) const;
  Result<Ok> forget(const Account& account) const;

  std::vector<UserId> users() const;
  std::vector<DeviceId> devices(const UserId& user) const;

 private:
  std::string path_of(const UserId& user) const;
  std::string path_of(const UserId& user, const DeviceId& device) const;

  const std::string directory_;
};

std::string folder_name(std::string_view id);
std::optional<std::string> id_of_folder(std::string_view name);

}  // namespace kith::terminal
