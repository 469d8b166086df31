"""The HTTP twins of the commands: reads them from the comments of the schema, and writes the table src/rest/routes.gen.h.

A line of a command's comment is `HTTP: METHOD PATH [FIELD=true|false]… -> STATUS REPLY`; see src/wire/kith.proto.
"""

import dataclasses
import re

LINE = re.compile(r"HTTP: (GET|PUT|POST|PATCH|DELETE) (/v1(?:/[a-z]+|/\{\w+\})+)((?: \w+=(?:true|false))*) -> (200|201|204) (\w+)")
KINDS = {"std::string": "text", "std::uint64_t": "number", "std::uint32_t": "number"}


class Wrong(Exception):
    """The input cannot be turned into anything: told in one line."""


@dataclasses.dataclass
class Route:
    command: object  # Field of Command.
    message: object  # What it holds.
    method: str
    path: str
    constants: dict  # Field -> true or false.
    status: int
    reply: str  # The body of the Frame.

    def fields(self, where):
        """The fields that stand in "path", "query" or "body", in the order of the path or of the schema."""
        in_path = re.findall(r"\{(\w+)\}", self.path)
        by_name = {field.name: field for field in self.message.fields}
        if where == "path":
            return [by_name[name] for name in in_path]
        taken = set(in_path) | set(self.constants)
        # Of a oneof only one may be given: when the path holds one, the others are none of this route's.
        taken |= {f.name for f in self.message.fields for name in in_path if f.oneof and f.oneof == by_name[name].oneof}
        here = "query" if self.method in ("GET", "DELETE") else "body"
        return [f for f in self.message.fields if f.name not in taken] if where == here else []


def split_comment(comment):
    """-> (the comment without its lines about HTTP, those lines)."""
    lines = comment.splitlines()
    return "\n".join(line for line in lines if not line.startswith("HTTP:")), [line for line in lines if line.startswith("HTTP:")]


def read_routes(messages):
    """The routes of all commands, those with fewer variable parts first where two could match."""
    by_name = {message.name: message for message in messages}
    replies = {field.key for field in by_name["Frame"].fields if field.oneof}
    routes = []
    for command in by_name["Command"].fields:
        if not command.oneof:
            continue
        message = by_name[command.type]
        for line in message.http:
            match = LINE.fullmatch(line)
            if not match:
                raise Wrong(f"kith.proto: {message.name}: not a line about HTTP: {line}")
            method, path, constants, status, reply = match.groups()
            constants = dict(word.split("=") for word in constants.split())
            unknown = set(re.findall(r"\{(\w+)\}", path)) | set(constants)
            unknown -= {field.name for field in message.fields if not field.message and not field.repeated}
            if unknown or reply not in replies or f"Reply: `{reply}`" not in message.comment:
                raise Wrong(f"kith.proto: {message.name}: {line}: unknown {sorted(unknown)}, or not the reply that the comment names")
            routes.append(Route(command, message, method, path, constants, int(status), reply))
    seen = set()
    for route in routes:
        key = (route.method, re.sub(r"\{\w+\}", "*", route.path))
        if key in seen:
            raise Wrong(f"kith.proto: {route.method} {route.path} stands there twice")
        seen.add(key)
    return routes


def text(value):
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def parameters(fields):
    for field in fields:
        if field.type not in KINDS or field.repeated:
            raise Wrong(f"kith.proto: {field.name} cannot stand in a path or a query")
    return "{{" + ", ".join(f"{{{text(field.key)}, ParameterKind::{KINDS[field.type]}}}" for field in fields) + "}}"


def routes_header(routes, most):
    out = f"""// rest/routes.gen.h — The HTTP twins of the commands. Generated from wire/kith.proto by tools/generate.py; do not edit.
// clang-format off
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace kith {{

enum class ParameterKind : std::uint8_t {{ none, text, number }};

// A field of the command that stands in the path or in the query.
struct Parameter {{
  std::string_view key;  // In JSON.
  ParameterKind kind = ParameterKind::none;
}};

struct RouteLine {{
  std::string_view method;
  std::string_view path;      // `*` is one part.
  std::string_view command;   // The member of Command.
  std::string_view reply;     // The body of the Frame that answers.
  std::uint16_t status;       // When it does.
  bool has_body;
  bool has_client_id;         // Takes Idempotency-Key.
  std::string_view constant;  // Members of the command that are always the same, with a comma behind.
  std::array<Parameter, {most}> in_path;
  std::array<Parameter, {most}> in_query;
}};

inline constexpr std::array<RouteLine, {len(routes)}> kRoutes = {{{{
"""
    for route in routes:
        keys = {field.name: field.key for field in route.message.fields}
        constant = "".join(f'"{keys[name]}":{value},' for name, value in route.constants.items())
        body = route.fields("body")
        words = [text(route.method), text(re.sub(r"\{\w+\}", "*", route.path)), text(route.command.key), text(route.reply),
                 str(route.status), "true" if body else "false", "true" if any(f.name == "client_id" for f in body) else "false",
                 text(constant), parameters(route.fields("path")), parameters(route.fields("query"))]
        out += "    {" + ", ".join(words) + "},\n"
    return out + "}};\n\n}  // namespace kith\n"


def routes_section(message):
    """The twins as they stand on the protocol page."""
    lines = []
    for line in message.http:
        method, path, constants, status, reply = LINE.fullmatch(line).groups()
        always = f", with {constants.strip().replace('=', ' ')}" if constants else ""
        lines.append(f"`{method} {path}`{always} → {status}" + ("" if status == "204" else f" with the object of `{reply}`"))
    return "HTTP: " + "; ".join(lines) + ".\n\n" if lines else ""
