// Groups, as the system: its entries are from AdminOptions::system, which needs to be no member.
#include <algorithm>

#include "admin/perform.h"
#include "admin/work.h"
#include "limits/sizes.h"
#include "session/frames.h"
#include "store/retry.h"

namespace kith {

namespace {

constexpr std::uint64_t kListDefault = 50, kListMax = 200;
constexpr std::uint32_t kScanRows = 1024;

// In the owner's name: the group is theirs.
Task<RestResponse> create(AdminPlace& at, UserId owner, std::string command) {
  auto receives = co_await at.accounts.receives(owner);
  if (!receives) co_return rest_problem(receives.error());
  if (!*receives) co_return rest_problem({Code::unknown_user, owner.text()});
  auto response = co_await perform(at.place, std::move(owner), std::move(command), "group", 201);
  if (response.status == 201) {
    auto frame = at.place.reader.frame("{\"group\":" + response.body + '}');
    if (frame) response.headers.emplace_back("Location", "/v1/admin/groups/" + std::get<wire::Group>(frame->body).conversation);
  }
  co_return response;
}

// Some member of the group, through whose eyes the system looks.
Task<Result<UserId>> some_member(AdminPlace& at, ConversationId id) {
  std::string next;
  for (bool more = true; more;) {
    auto rows = co_await at.place.store.scan(RowTable::members, id.key(), next, kScanRows);
    if (!rows) co_return to_failure(rows.error());
    more = rows->more;
    for (const Row& row : rows->rows) {
      next = row.key + '\0';
      auto member = decode_member(row);
      if (member && member->present()) co_return std::move(member->user);
    }
  }
  co_return Failure{Code::not_found, "there is no such group, or nobody is in it"};
}

Task<RestResponse> show(AdminPlace& at, ConversationId id) {
  auto member = co_await some_member(at, id);
  if (!member) co_return rest_problem(member.error());
  auto group = co_await at.place.backend.group(id, *member);
  if (!group) co_return rest_problem(group.error());
  wire::Group out{id.text(), group->title, to_wire(group->permissions), group->members, {}, group->head.value};
  std::string body;
  wire::write_json(out, body);
  co_return answered(200, std::move(body));
}

Task<RestResponse> list(AdminPlace& at, ConversationId id, UserId after, std::uint32_t limit) {
  auto member = co_await some_member(at, id);
  if (!member) co_return rest_problem(member.error());
  auto page = co_await at.place.backend.members(id, *member, std::move(after), limit);
  if (!page) co_return rest_problem(page.error());
  wire::Members out{id.text(), {}, {}};
  for (const MemberRow& row : page->members)
    out.items.push_back({row.user.text(), std::string(name(row.role)), row.stays.back().first.value});
  RestResponse response = answered(200, {});
  if (page->more) {
    out.next = out.items.back().user;
    response.headers.emplace_back("Link", next_link("/v1/admin/groups/" + id.text() + "/members", "after", out.next, limit));
  }
  wire::write_json(out, response.body);
  co_return response;
}

Task<RestResponse> change(AdminPlace& at, ConversationId id, ChangeRequest request) {
  auto changed = co_await at.place.backend.change(id, std::move(request));
  co_return system_changed(id, changed);
}

// A role for a member; who is none becomes one.
Task<RestResponse> set(AdminPlace& at, ConversationId id, UserId user, Role role) {
  std::vector<UserId> users{user};
  auto added = co_await at.place.backend.change(id, by_system(at.options, EntryKind::added, users));
  if (!added) co_return rest_problem(added.error());
  auto request = by_system(at.options, EntryKind::role, std::move(users));
  request.details.role = role;
  auto changed = co_await at.place.backend.change(id, std::move(request));
  if (changed && changed->seq == Seq{0}) changed = added;
  co_return system_changed(id, changed);
}

Result<Job> change_job(const ConversationId& id, ChangeRequest request) {
  return Job{{}, id.text(), [id, request = std::move(request)](AdminPlace& at) mutable { return change(at, id, std::move(request)); }};
}

}  // namespace

RestResponse system_changed(const ConversationId& id, const Result<Change>& change) {
  if (!change) return rest_problem(change.error());
  std::string body;
  wire::write_json(wire::Changed{id.text(), change->seq.value, change->time}, body);
  return answered(200, std::move(body));
}

ChangeRequest by_system(const AdminOptions& options, EntryKind kind, std::vector<UserId> users) {
  ChangeRequest request;
  request.from = options.system;
  request.kind = kind;
  request.details.users = std::move(users);
  request.system = true;
  return request;
}

Result<Job> create_group_job(Call& call) {
  auto owner = call.body.user("owner");
  if (!owner) return owner.error();
  std::string command = "{\"createGroup\":" + call.text + '}';
  return Job{*owner, owner->text(), [owner = *owner, command = std::move(command)](AdminPlace& at) mutable {
               return create(at, std::move(owner), std::move(command));
             }};
}

Result<Job> show_group_job(Call& call) {
  auto id = call.group();
  if (!id) return id.error();
  return Job{{}, id->text(), [id = *id](AdminPlace& at) { return show(at, id); }};
}

Result<Job> list_members_job(Call& call) {
  auto id = call.group();
  if (!id) return id.error();
  auto limit = call.number("limit", kListDefault);
  if (!limit) return limit.error();
  std::optional<UserId> after = UserId();
  if (const std::string text = call.parameter("after"); !text.empty()) after = UserId::parse(text);
  if (!after) return Failure{Code::invalid_argument, "after"};
  const auto most = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(*limit, 1, kListMax));
  return Job{{}, id->text(), [id = *id, after = *after, most](AdminPlace& at) { return list(at, id, after, most); }};
}

Result<Job> add_members_job(Call& call) {
  auto id = call.group();
  if (!id) return id.error();
  auto users = call.body.users("users", kUsersMax);
  if (!users) return users.error();
  if (users->empty()) return Failure{Code::invalid_argument, "users"};
  return change_job(*id, by_system(call.options, EntryKind::added, std::move(*users)));
}

Result<Job> set_member_job(Call& call) {
  auto id = call.group();
  if (!id) return id.error();
  auto user = UserId::parse(call.parts[1]);
  if (!user) return Failure{Code::unknown_user, "the path names no user id"};
  auto text = call.body.text("role");
  if (!text) return text.error();
  auto role = *text ? role_by_name(**text) : std::nullopt;
  if (!role) return Failure{Code::invalid_argument, "role"};
  return Job{{}, id->text(), [id = *id, user = *user, role = *role](AdminPlace& at) { return set(at, id, user, role); }};
}

Result<Job> remove_member_job(Call& call) {
  auto id = call.group();
  if (!id) return id.error();
  auto user = UserId::parse(call.parts[1]);
  if (!user) return Failure{Code::unknown_user, "the path names no user id"};
  return change_job(*id, by_system(call.options, EntryKind::removed, {std::move(*user)}));
}

}  // namespace kith
