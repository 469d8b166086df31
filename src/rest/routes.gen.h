// rest/routes.gen.h — The HTTP twins of the commands. Generated from wire/kith.proto by tools/generate.py; do not edit.
// clang-format off
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace kith {

enum class ParameterKind : std::uint8_t { none, text, number };

// A field of the command that stands in the path or in the query.
struct Parameter {
  std::string_view key;  // In JSON.
  ParameterKind kind = ParameterKind::none;
};

struct RouteLine {
  std::string_view method;
  std::string_view path;      // `*` is one part.
  std::string_view command;   // The member of Command.
  std::string_view reply;     // The body of the Frame that answers.
  std::uint16_t status;       // When it does.
  bool has_body;
  bool has_client_id;         // Takes Idempotency-Key.
  std::string_view constant;  // Members of the command that are always the same, with a comma behind.
  std::array<Parameter, 3> in_path;
  std::array<Parameter, 3> in_query;
};

inline constexpr std::array<RouteLine, 39> kRoutes = {{
    {"POST", "/v1/conversations/*/messages", "send", "sent", 201, true, true, "", {{{"conversation", ParameterKind::text}}}, {{}}},
    {"POST", "/v1/users/*/messages", "send", "sent", 201, true, true, "", {{{"to", ParameterKind::text}}}, {{}}},
    {"PUT", "/v1/users/*/conversation", "open", "opened", 200, false, false, "", {{{"with", ParameterKind::text}}}, {{}}},
    {"GET", "/v1/conversations/*/messages", "history", "history", 200, false, false, "", {{{"conversation", ParameterKind::text}}}, {{{"before", ParameterKind::number}, {"after", ParameterKind::number}, {"limit", ParameterKind::number}}}},
    {"GET", "/v1/conversations", "conversations", "conversations", 200, false, false, "", {{}}, {{{"limit", ParameterKind::number}, {"page", ParameterKind::text}}}},
    {"PUT", "/v1/conversations/*/read", "read", "done", 204, true, false, "", {{{"conversation", ParameterKind::text}}}, {{}}},
    {"PUT", "/v1/users/*/block", "block", "done", 204, false, false, "\"blocked\":true,", {{{"user", ParameterKind::text}}}, {{}}},
    {"DELETE", "/v1/users/*/block", "block", "done", 204, false, false, "\"blocked\":false,", {{{"user", ParameterKind::text}}}, {{}}},
    {"PATCH", "/v1/conversations/*/messages/*", "edit", "changed", 200, true, false, "", {{{"conversation", ParameterKind::text}, {"seq", ParameterKind::number}}}, {{}}},
    {"DELETE", "/v1/conversations/*/messages/*", "delete", "changed", 200, false, false, "", {{{"conversation", ParameterKind::text}, {"seq", ParameterKind::number}}}, {{}}},
    {"PUT", "/v1/conversations/*/messages/*/reactions/*", "react", "changed", 200, false, false, "\"remove\":false,", {{{"conversation", ParameterKind::text}, {"seq", ParameterKind::number}, {"emoji", ParameterKind::text}}}, {{}}},
    {"DELETE", "/v1/conversations/*/messages/*/reactions/*", "react", "changed", 200, false, false, "\"remove\":true,", {{{"conversation", ParameterKind::text}, {"seq", ParameterKind::number}, {"emoji", ParameterKind::text}}}, {{}}},
    {"POST", "/v1/groups", "createGroup", "group", 201, true, true, "", {{}}, {{}}},
    {"PATCH", "/v1/groups/*", "updateGroup", "changed", 200, true, false, "", {{{"conversation", ParameterKind::text}}}, {{}}},
    {"POST", "/v1/groups/*/members", "addMembers", "changed", 200, true, false, "", {{{"conversation", ParameterKind::text}}}, {{}}},
    {"DELETE", "/v1/groups/*/members/*", "removeMember", "changed", 200, false, false, "", {{{"conversation", ParameterKind::text}, {"user", ParameterKind::text}}}, {{}}},
    {"POST", "/v1/groups/*/leave", "leave", "changed", 200, false, false, "", {{{"conversation", ParameterKind::text}}}, {{}}},
    {"PUT", "/v1/groups/*/members/*/role", "setRole", "changed", 200, true, false, "", {{{"conversation", ParameterKind::text}, {"user", ParameterKind::text}}}, {{}}},
    {"GET", "/v1/groups/*", "group", "group", 200, false, false, "", {{{"conversation", ParameterKind::text}}}, {{}}},
    {"GET", "/v1/groups/*/members", "members", "members", 200, false, false, "", {{{"conversation", ParameterKind::text}}}, {{{"limit", ParameterKind::number}, {"page", ParameterKind::text}}}},
    {"PUT", "/v1/conversations/*/cleared", "clear", "done", 204, true, false, "", {{{"conversation", ParameterKind::text}}}, {{}}},
    {"PUT", "/v1/conversations/*/messages/*/hidden", "hide", "done", 204, false, false, "", {{{"conversation", ParameterKind::text}, {"seq", ParameterKind::number}}}, {{}}},
    {"PATCH", "/v1/conversations/*/settings", "configure", "done", 204, true, false, "", {{{"conversation", ParameterKind::text}}}, {{}}},
    {"GET", "/v1/conversations/*/receipts", "look", "receipts", 200, false, false, "", {{{"conversation", ParameterKind::text}}}, {{}}},
    {"PUT", "/v1/look", "look", "receipts", 200, true, false, "", {{}}, {{}}},
    {"POST", "/v1/conversations/*/typing", "typing", "done", 204, true, false, "", {{{"conversation", ParameterKind::text}}}, {{}}},
    {"PUT", "/v1/contacts/*", "addContact", "done", 204, false, false, "", {{{"user", ParameterKind::text}}}, {{}}},
    {"DELETE", "/v1/contacts/*", "removeContact", "done", 204, false, false, "", {{{"user", ParameterKind::text}}}, {{}}},
    {"GET", "/v1/contacts", "contacts", "contacts", 200, false, false, "", {{}}, {{{"limit", ParameterKind::number}, {"page", ParameterKind::text}}}},
    {"POST", "/v1/presence", "presence", "presences", 200, true, false, "", {{}}, {{}}},
    {"PUT", "/v1/viewport", "viewport", "presences", 200, true, false, "", {{}}, {{}}},
    {"PUT", "/v1/status", "status", "done", 204, true, false, "", {{}}, {{}}},
    {"GET", "/v1/preferences", "preferences", "preferences", 200, false, false, "", {{}}, {{}}},
    {"PATCH", "/v1/preferences", "prefer", "preferences", 200, true, false, "", {{}}, {{}}},
    {"POST", "/v1/groups/*/invites", "createInvite", "invite", 201, true, false, "", {{{"conversation", ParameterKind::text}}}, {{}}},
    {"DELETE", "/v1/groups/*/invites/*", "revokeInvite", "done", 204, false, false, "", {{{"conversation", ParameterKind::text}, {"code", ParameterKind::text}}}, {{}}},
    {"GET", "/v1/groups/*/invites", "invites", "invites", 200, false, false, "", {{{"conversation", ParameterKind::text}}}, {{}}},
    {"POST", "/v1/invites/*", "join", "group", 200, false, false, "", {{{"code", ParameterKind::text}}}, {{}}},
    {"DELETE", "/v1/groups/*/waiting/*", "refuseJoin", "done", 204, false, false, "", {{{"conversation", ParameterKind::text}, {"user", ParameterKind::text}}}, {{}}},
}};

}  // namespace kith
