// admin/work.h — What each request of the server-side API does: made of what it says, carried out at the home of a user.
//
// A maker fails before anything is done. `home` empty: wherever. The table of routes is in admin.cpp.
#pragma once

#include <string>
#include <vector>

#include "admin/admin.h"
#include "admin/body.h"
#include "base/uri.h"

namespace kith {

struct Call {
  std::vector<std::string> parts;  // What stands where the pattern of the route has its stars.
  Query query;
  Body body;
  std::string text;  // The body as it came.
  const AdminOptions& options;

  Result<UserId> user() const;  // The first part.
  Result<ConversationId> group() const;
  // A parameter of the query; "" when it is not there.
  std::string parameter(std::string_view name) const;
  // malformed when it is none.
  Result<std::uint64_t> number(std::string_view name, std::uint64_t otherwise) const;
};

struct Job {
  UserId home;
  std::string whom;  // For the audit log.
  Fn<Task<RestResponse>(AdminPlace&)> work;
};
using Maker = Result<Job> (*)(Call&);

// ---- users
Result<Job> list_users_job(Call& call);
Result<Job> provide_user_job(Call& call);
Result<Job> show_user_job(Call& call);
Result<Job> deactivate_job(Call& call);
Result<Job> reactivate_job(Call& call);
Result<Job> erase_job(Call& call);
Result<Job> export_job(Call& call);
Result<Job> make_token_job(Call& call);
Result<Job> end_device_job(Call& call);
Result<Job> end_devices_job(Call& call);
Result<Job> set_password_job(Call& call);
// ---- groups
Result<Job> create_group_job(Call& call);
Result<Job> show_group_job(Call& call);
Result<Job> list_members_job(Call& call);
Result<Job> add_members_job(Call& call);
Result<Job> set_member_job(Call& call);
Result<Job> remove_member_job(Call& call);
// ---- messages, and what was done
Result<Job> send_job(Call& call);
Result<Job> list_audit_job(Call& call);

// For more than one of them.
std::string json_of(std::string_view text);  // With quotes.
std::string next_link(const std::string& path, std::string_view name, const std::string& value, std::uint64_t limit);
RestResponse system_changed(const ConversationId& id, const Result<Change>& change);
ChangeRequest by_system(const AdminOptions& options, EntryKind kind, std::vector<UserId> users);

}  // namespace kith
