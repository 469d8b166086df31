// The commands that change what was sent, and those of groups.
#include <algorithm>

#include "limits/sizes.h"
#include "session/commands.h"

namespace kith {

namespace {

constexpr std::size_t kTitleMax = 256, kEmojiMax = 32;

Failure invalid(std::string field) { return {Code::invalid_argument, std::move(field)}; }

Result<std::vector<UserId>> users_of(const std::vector<std::string>& names) {
  if (names.size() > kUsersMax) return Failure{Code::limit_reached, "users"};
  std::vector<UserId> out;
  for (const std::string& name : names) {
    auto user = UserId::parse(name);
    if (!user) return Failure{Code::unknown_user, name.substr(0, 64)};
    if (std::find(out.begin(), out.end(), *user) == out.end()) out.push_back(std::move(*user));
  }
  return out;
}

Result<PermissionWish> wish_of(const wire::Permissions& given) {
  const std::pair<const std::string&, Deed> fields[] = {{given.send, Deed::send},
                                                        {given.add, Deed::add},
                                                        {given.remove, Deed::remove},
                                                        {given.edit, Deed::edit},
                                                        {given.moderate, Deed::moderate}};
  PermissionWish wish;
  for (const auto& [text, deed] : fields) {
    if (text.empty()) continue;
    auto role = role_by_name(text);
    if (!role) return invalid("permissions");
    wish[static_cast<std::size_t>(deed)] = *role;
  }
  return wish;
}

}  // namespace

bool printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

void Commands::start_change(std::uint64_t re, const std::string& conversation, ChangeRequest request) {
  auto id = ConversationId::parse(conversation);
  if (!id) {
    behind_ = false;
    return frames_.write_failure(re, Code::not_found);
  }
  ++in_progress_;
  scope_.spawn(do_change(re, *id, std::move(request)));
}

Task<void> Commands::do_change(std::uint64_t re, ConversationId id, ChangeRequest request) {
  bool holds_up = request.kind == EntryKind::added;
  auto change = co_await place_.backend.change(id, std::move(request));
  ended();
  if (!change) {
    frames_.write_failure(re, change.error());
    if (holds_up) go_on();
    co_return;
  }
  frames_.write({re, wire::Changed{id.text(), change->seq.value, change->time}});
  if (holds_up) go_on();
}

// ------------------------------------------------------------------------------------------------------------- messages

void Commands::carry_out(std::uint64_t re, wire::Edit& edit) {
  if (edit.text.size() > place_.options.text_bytes_max) return frames_.write_failure(re, {Code::too_large, "text"});
  ChangeRequest request{user_, EntryKind::edit, std::move(edit.text), {}};
  request.details.target = {edit.seq};
  start_change(re, edit.conversation, std::move(request));
}

void Commands::carry_out(std::uint64_t re, wire::Delete& erase) {
  ChangeRequest request{user_, EntryKind::deletion, {}, {}};
  request.details.target = {erase.seq};
  start_change(re, erase.conversation, std::move(request));
}

void Commands::carry_out(std::uint64_t re, wire::React& react) {
  if (react.emoji.empty() || react.emoji.size() > kEmojiMax || !printable(react.emoji)) return frames_.write_failure(re, invalid("emoji"));
  ChangeRequest request{user_, EntryKind::reaction, std::move(react.emoji), {}};
  request.details.target = {react.seq};
  request.details.removed = react.remove;
  start_change(re, react.conversation, std::move(request));
}

// --------------------------------------------------------------------------------------------------------------- groups

void Commands::carry_out(std::uint64_t re, wire::CreateGroup& create) {
  auto client_id = ClientId::parse(create.client_id);
  if (!client_id) return frames_.write_failure(re, invalid("clientId"));
  if (create.title.empty() || create.title.size() > kTitleMax || !printable(create.title))
    return frames_.write_failure(re, invalid("title"));
  auto members = users_of(create.members);
  if (!members) return frames_.write_failure(re, members.error());
  std::erase(*members, user_);
  auto wish = wish_of(create.permissions.value_or(wire::Permissions{}));
  if (!wish) return frames_.write_failure(re, wish.error());
  ChangeRequest request{user_, EntryKind::created, std::move(create.title), {}};
  request.details.users = std::move(*members);
  request.details.permissions = with(Permissions{}, *wish);
  ++in_progress_;
  behind_ = true;
  scope_.spawn(do_create_group(re, ConversationId::group(user_, *client_id), std::move(request)));
}

Task<void> Commands::do_create_group(std::uint64_t re, ConversationId id, ChangeRequest request) {
  auto group = co_await place_.backend.create_group(id, std::move(request));
  write_group(re, id, group);
  go_on();
}

void Commands::write_group(std::uint64_t re, const ConversationId& id, const Result<GroupView>& group) {
  ended();
  if (!group) return frames_.write_failure(re, group.error());
  wire::Group out{id.text(), {}, {}, 0, {}, group->head.value};
  if (group->role) {
    out.title = group->title;
    out.permissions = to_wire(group->permissions);
    out.members = group->members;
    out.role = name(*group->role);
  }
  if (group->waiting) out.title = group->title;
  out.waiting = group->waiting;
  frames_.write({re, std::move(out)});
}

void Commands::carry_out(std::uint64_t re, wire::UpdateGroup& update) {
  if (update.title.size() > kTitleMax || !printable(update.title)) return frames_.write_failure(re, invalid("title"));
  auto wish = wish_of(update.permissions.value_or(wire::Permissions{}));
  if (!wish) return frames_.write_failure(re, wish.error());
  ChangeRequest request{user_, EntryKind::changed, std::move(update.title), {}};
  request.permissions = *wish;
  start_change(re, update.conversation, std::move(request));
}

void Commands::carry_out(std::uint64_t re, wire::AddMembers& add) {
  auto users = users_of(add.users);
  if (!users) return frames_.write_failure(re, users.error());
  if (users->empty()) return frames_.write_failure(re, invalid("users"));
  ChangeRequest request{user_, EntryKind::added, {}, {}};
  request.details.users = std::move(*users);
  behind_ = true;
  start_change(re, add.conversation, std::move(request));
}

void Commands::carry_out(std::uint64_t re, wire::RemoveMember& remove) {
  auto user = UserId::parse(remove.user);
  if (!user) return frames_.write_failure(re, Code::unknown_user);
  ChangeRequest request{user_, *user == user_ ? EntryKind::left : EntryKind::removed, {}, {}};
  request.details.users = {std::move(*user)};
  start_change(re, remove.conversation, std::move(request));
}

void Commands::carry_out(std::uint64_t re, wire::Leave& leave) {
  ChangeRequest request{user_, EntryKind::left, {}, {}};
  request.details.users = {user_};
  start_change(re, leave.conversation, std::move(request));
}

void Commands::carry_out(std::uint64_t re, wire::SetRole& set) {
  auto user = UserId::parse(set.user);
  if (!user) return frames_.write_failure(re, Code::unknown_user);
  auto role = role_by_name(set.role);
  if (!role) return frames_.write_failure(re, invalid("role"));
  ChangeRequest request{user_, EntryKind::role, {}, {}};
  request.details.users = {std::move(*user)};
  request.details.role = *role;
  start_change(re, set.conversation, std::move(request));
}

void Commands::carry_out(std::uint64_t re, wire::GetGroup& get) {
  auto id = ConversationId::parse(get.conversation);
  if (!id) return frames_.write_failure(re, Code::not_found);
  ++in_progress_;
  scope_.spawn(do_group(re, *id));
}

Task<void> Commands::do_group(std::uint64_t re, ConversationId id) {
  auto group = co_await place_.backend.group(id, user_);
  write_group(re, id, group);
}

void Commands::carry_out(std::uint64_t re, wire::GetMembers& get) {
  auto id = ConversationId::parse(get.conversation);
  if (!id) return frames_.write_failure(re, Code::not_found);
  std::optional<UserId> after = UserId();
  if (!get.page.empty()) after = UserId::parse(get.page);
  if (!after) return frames_.write_failure(re, invalid("page"));
  std::uint32_t limit = kMembersPage.rows(get.limit);
  ++in_progress_;
  scope_.spawn(do_members(re, *id, limit, std::move(*after)));
}

Task<void> Commands::do_members(std::uint64_t re, ConversationId id, std::uint32_t limit, UserId after) {
  auto list = co_await place_.backend.members(id, user_, std::move(after), limit);
  ended();
  if (!list) {
    frames_.write_failure(re, list.error());
    co_return;
  }
  wire::Members out{id.text(), {}, {}};
  for (const MemberRow& member : list->members)
    out.items.push_back({member.user.text(), std::string(name(member.role)), member.stays.back().first.value});
  if (list->more) out.next = out.items.back().user;
  frames_.write({re, std::move(out)});
}

}  // namespace kith
