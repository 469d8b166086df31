// Contacts, what one prefers, and links into groups.
#include <algorithm>
#include <utility>

#include "terminal/conversation_name.h"
#include "terminal/show.h"

namespace kith::terminal {

namespace {

// Asks one thing and prints the answer.
template <class T, class Ask>
int ask(Context& context, std::string (*lines)(const T&), Ask put) {
  auto ready = get_ready(context);
  if (ready.status != kFine) return ready.status;
  Online online(context, std::move(ready.account), ready.server, Online::Kind::question);
  const bool json = context.line.has("json");
  put(online.device(), [&online, json, lines](Result<T> answer) {
    if (online.finished()) return;
    if (!answer) return online.finish_with(answer.error());
    print(json ? json_line(*answer) : lines(*answer));
    online.finish(kFine);
  });
  return online.run();
}

int do_contact(Context& context, Device::DoneCommand command) {
  auto ready = get_ready(context);
  if (ready.status != kFine) return ready.status;
  Online online(context, std::move(ready.account), ready.server, Online::Kind::question);
  online.device().carry_out(std::move(command), when_done(online));
  return online.run();
}

std::string said_of(const wire::Contact& contact) {
  if (contact.state == "asked") return contact.user + " (you asked)\n";
  if (contact.state == "asks") return contact.user + " (asks you)\n";
  if (contact.state == "blocked") return contact.user + " (you block them)\n";
  return contact.user + '\n';
}

// Pages of the contacts until all are there.
void show_contacts(Online& online, std::string page, std::uint64_t left, bool json) {
  const auto want = static_cast<std::uint32_t>(std::min<std::uint64_t>(left, 200));
  online.device().contacts({want, std::move(page)}, [&online, left, json](Result<wire::Contacts> list) {
    if (online.finished()) return;
    if (!list) return online.finish_with(list.error());
    for (const auto& contact : list->items) print(json ? json_line(contact) : said_of(contact));
    const std::uint64_t rest = left - std::min<std::uint64_t>(left, list->items.size());
    if (list->next.empty() || rest == 0) return online.finish(kFine);
    show_contacts(online, std::move(list->next), rest, json);
  });
}

std::string preference_lines(const wire::Preferences& preferences) {
  return "presence " + preferences.presence + "\nread-marks " + (preferences.read_marks ? "yes" : "no") + "\ngroups " + preferences.groups +
         '\n';
}

std::string invite_line(const wire::Invite& invite) {
  std::string out = invite.code + "  until " + date(invite.expires);
  if (invite.uses != 0) out += ", for " + std::to_string(invite.uses);
  if (invite.approval) out += ", who comes waits";
  return out + ", by " + invite.by + '\n';
}

std::string invite_lines(const wire::Invites& invites) {
  std::string out;
  for (const auto& invite : invites.items) out += invite_line(invite);
  for (const auto& user : invites.waiting) out += user + " waits\n";
  return out;
}

std::string joined_lines(const wire::Group& group) {
  if (group.waiting) return plain(group.title) + ": somebody there must let you in\n";
  return group_lines(group);
}

}  // namespace

int add_contact(Context& context) { return do_contact(context, wire::AddContact{context.argument(0)}); }
int remove_contact(Context& context) { return do_contact(context, wire::RemoveContact{context.argument(0)}); }

int list_contacts(Context& context) {
  auto limit = number(context.line, "limit", 1'000'000, 1, 1'000'000);
  if (!limit) return tell(limit.error());
  auto ready = get_ready(context);
  if (ready.status != kFine) return ready.status;
  Online online(context, std::move(ready.account), ready.server, Online::Kind::question);
  show_contacts(online, {}, *limit, context.line.has("json"));
  return online.run();
}

int prefer(Context& context) {
  const auto& words = context.line.arguments;
  wire::Prefer wish;
  if (words.size() == 1) return tell({Code::invalid_argument, "prefs WHAT VALUE, or prefs alone"});
  if (words.size() == 2) {
    if (words[0] == "presence") {
      wish.presence = words[1];
    } else if (words[0] == "groups") {
      wish.groups = words[1];
    } else if (words[0] == "read-marks" && (words[1] == "yes" || words[1] == "no")) {
      wish.read_marks = words[1] == "yes";
    } else {
      return tell({Code::invalid_argument, "WHAT is presence, groups, or read-marks (yes or no)"});
    }
  }
  return ask<wire::Preferences>(context, preference_lines, [&](Device& device, Device::Answer<wire::Preferences> answer) {
    device.prefer(std::move(wish), std::move(answer));
  });
}

int create_invite(Context& context) {
  auto hours = number(context.line, "hours", 168, 1, 8760);
  if (!hours) return tell(hours.error());
  auto uses = number(context.line, "uses", 0, 1, 1'000'000);
  if (!uses) return tell(uses.error());
  return with_conversation(context, Among::groups, [&](Online& online, const std::string& conversation) {
    wire::CreateInvite command{conversation, static_cast<std::uint32_t>(*hours * 3600), static_cast<std::uint32_t>(*uses),
                               context.line.has("approval")};
    online.device().create_invite(std::move(command), [&online, json = context.line.has("json")](Result<wire::Invite> invite) {
      if (online.finished()) return;
      if (!invite) return online.finish_with(invite.error());
      print(json ? json_line(*invite) : invite->code + '\n');
      online.finish(kFine);
    });
  });
}

int list_invites(Context& context) {
  return with_conversation(context, Among::groups, [&](Online& online, const std::string& conversation) {
    online.device().invites(conversation, [&online, json = context.line.has("json")](Result<wire::Invites> invites) {
      if (online.finished()) return;
      if (!invites) return online.finish_with(invites.error());
      print(json ? json_line(*invites) : invite_lines(*invites));
      online.finish(kFine);
    });
  });
}

int revoke_invite(Context& context) {
  return with_conversation(context, Among::groups, [&](Online& online, const std::string& conversation) {
    online.device().carry_out(wire::RevokeInvite{conversation, context.argument(1)}, when_done(online));
  });
}

int refuse_join(Context& context) {
  return with_conversation(context, Among::groups, [&](Online& online, const std::string& conversation) {
    online.device().carry_out(wire::RefuseJoin{conversation, context.argument(1)}, when_done(online));
  });
}

int join_group(Context& context) {
  return ask<wire::Group>(context, joined_lines,
                          [&](Device& device, Device::Answer<wire::Group> answer) { device.join(context.argument(0), std::move(answer)); });
}

}  // namespace kith::terminal
