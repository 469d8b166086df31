// Groups: making them, who is in them, and who may do what.
#include <algorithm>
#include <utility>

#include "front/asio_loop.h"
#include "terminal/conversation_name.h"
#include "terminal/show.h"

namespace kith::terminal {

namespace {

// Repeats what may have been done, under the same id: a group is not made twice.
class Founder final : public Online {
 public:
  using Online::Online;

  void begin(std::string title, std::vector<std::string> members, bool json) {
    json_ = json;
    ClientId id;
    loop().random().fill(id.bits.data(), id.bits.size());
    command_ = {id.text(), std::move(title), std::move(members), {}};
    make();
  }

 private:
  void make() {
    again_.cancel();
    device().create_group(command_, [this](Result<wire::Group> group) {
      if (finished()) return;
      const bool repeat = !group && info(group.error().code).outcome == Outcome::unknown && group.error().code != Code::internal;
      if (repeat) {
        again_ = loop().after(1s, [this] { make(); });
        return;
      }
      if (!group) return finish_with(group.error());
      print(json_ ? json_line(*group) : group_lines(*group));
      finish(kFine);
    });
  }

  wire::CreateGroup command_;
  Timer again_;
  bool json_ = false;
};

// Pages of the members until all are there.
void show_members(Online& online, const std::string& conversation, std::string page, std::uint64_t left, bool json) {
  const auto want = static_cast<std::uint32_t>(std::min<std::uint64_t>(left, 200));
  online.device().members({conversation, want, std::move(page)}, [&online, conversation, left, json](Result<wire::Members> list) {
    if (online.finished()) return;
    if (!list) return online.finish_with(list.error());
    for (const auto& member : list->items) print(json ? json_line(member) : member.user + ' ' + member.role + '\n');
    const std::uint64_t rest = left - std::min<std::uint64_t>(left, list->items.size());
    if (list->next.empty() || rest == 0) return online.finish(kFine);
    show_members(online, conversation, std::move(list->next), rest, json);
  });
}

int change_group(Context& context, std::function<Device::LogChange(const std::string& conversation)> change) {
  return with_conversation(context, Among::groups, [&](Online& online, const std::string& conversation) {
    online.device().change(change(conversation), when_changed(online, context.line.has("json")));
  });
}

// What may be permitted, in the words of the command line.
std::string wire::Permissions::*permission(std::string_view act) {
  if (act == "send") return &wire::Permissions::send;
  if (act == "add") return &wire::Permissions::add;
  if (act == "remove") return &wire::Permissions::remove;
  if (act == "rename") return &wire::Permissions::edit;
  if (act == "delete") return &wire::Permissions::moderate;
  return nullptr;
}

}  // namespace

int create_group(Context& context) {
  auto ready = get_ready(context);
  if (ready.status != kFine) return ready.status;
  std::vector<std::string> members(context.line.arguments.begin() + 1, context.line.arguments.end());
  Founder founder(context, std::move(ready.account), ready.server, Online::Kind::question);
  founder.begin(context.argument(0), std::move(members), context.line.has("json"));
  return founder.run();
}

int add_members(Context& context) {
  return change_group(context, [&](const std::string& conversation) {
    return wire::AddMembers{conversation, {context.line.arguments.begin() + 1, context.line.arguments.end()}};
  });
}

int remove_member(Context& context) {
  return change_group(context, [&](const std::string& conversation) { return wire::RemoveMember{conversation, context.argument(1)}; });
}

int leave_group(Context& context) {
  return change_group(context, [](const std::string& conversation) { return wire::Leave{conversation}; });
}

int set_role(Context& context) {
  return change_group(context, [&](const std::string& conversation) {
    return wire::SetRole{conversation, context.argument(1), context.argument(2)};
  });
}

int rename_group(Context& context) {
  return change_group(context, [&](const std::string& conversation) {
    return wire::UpdateGroup{conversation, context.line.words_from(1), {}};
  });
}

int permit(Context& context) {
  auto field = permission(context.argument(1));
  if (!field) return tell({Code::invalid_argument, "ACT is one of send, add, remove, rename, delete"});
  return change_group(context, [&](const std::string& conversation) {
    wire::UpdateGroup command{conversation, {}, wire::Permissions{}};
    (*command.permissions).*field = context.argument(2);
    return command;
  });
}

int show_group(Context& context) {
  return with_conversation(context, Among::groups, [&](Online& online, const std::string& conversation) {
    online.device().group(conversation, [&](Result<wire::Group> group) {
      if (online.finished()) return;
      if (!group) return online.finish_with(group.error());
      print(context.line.has("json") ? json_line(*group) : group_lines(*group));
      online.finish(kFine);
    });
  });
}

int list_members(Context& context) {
  auto limit = number(context.line, "limit", 1'000'000, 1, 1'000'000);
  if (!limit) return tell(limit.error());
  return with_conversation(context, Among::groups, [&](Online& online, const std::string& conversation) {
    show_members(online, conversation, {}, *limit, context.line.has("json"));
  });
}

}  // namespace kith::terminal
