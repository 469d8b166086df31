#!/usr/bin/python3
"""Writes everything that follows from the table of errors and from the schema of the protocol.

  src/base/errors.toml  ->  src/base/errors.gen.h
  src/wire/kith.proto   ->  src/wire/wire.gen.h, wire.gen.cpp, fields.gen.h, json_read.gen.h, json_read.gen.cpp,
                            proto_read.gen.h, proto_codec.gen.cpp
                            src/rest/routes.gen.h, docs/openapi.json, docs/asyncapi.json
  both                  ->  the generated parts of docs/protocol.md

Usage: generate.py          writes what changed
       generate.py --check  writes nothing; exits 1 and names the files that are not what it would write
"""

import dataclasses
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib

from google.protobuf import descriptor_pb2

from describe import asyncapi, openapi
from http_routes import Wrong, read_routes, routes_header, routes_section, split_comment

ROOT = pathlib.Path(__file__).resolve().parent.parent
ERRORS = ROOT / "src/base/errors.toml"
SCHEMA = ROOT / "src/wire/kith.proto"
WIRE = ROOT / "src/wire"
PROTOCOL_PAGE = ROOT / "docs/protocol.md"
OUTCOMES = ("fail", "retry", "unknown", "stop")


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# --------------------------------------------------------------------------------------------------------------- errors


def read_errors(text):
    table = [("ok", {"title": "Done.", "status": 200, "outcome": "fail", "close": 1000})]
    closes = {1000: "ok"}
    for name, row in tomllib.loads(text).items():
        extra = set(row) - {"title", "status", "outcome", "close"}
        missing = {"title", "status", "outcome"} - set(row)
        if extra or missing:
            raise Wrong(f"errors.toml: [{name}]: unknown {sorted(extra)}, missing {sorted(missing)}")
        if row["outcome"] not in OUTCOMES:
            raise Wrong(f"errors.toml: [{name}]: outcome {row['outcome']!r} is none of {OUTCOMES}")
        close = row.get("close", 0)
        if close and not 4000 <= close <= 4999:
            raise Wrong(f"errors.toml: [{name}]: close {close} is not in 4000-4999")
        if close and close in closes:
            raise Wrong(f"errors.toml: [{name}]: close {close} belongs to {closes[close]}")
        closes[close] = name
        table.append((name, {**row, "close": close}))
    return table


def errors_header(table):
    out = """// base/errors.gen.h — The table of errors. Generated from base/errors.toml by tools/generate.py; do not edit.
// clang-format off
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kith {

enum class Code : std::uint16_t {
"""
    for name, row in table:
        out += f"  {name},{' ' * max(1, 24 - len(name))}// {row['title']}\n"
    out += """};

// What the one who asked should do.
enum class Outcome : std::uint8_t {
  fail,     // Not done, and never will be.
  retry,    // Not done: repeat later.
  unknown,  // May have been done: repeat the same.
  stop,     // Do not repeat, do not reconnect.
};

struct CodeInfo {
  std::string_view name;
  std::string_view title;
  std::uint16_t status;  // Of the HTTP answer.
  Outcome outcome;
  std::uint16_t close;  // WebSocket close code; 0: does not end a connection.
};

"""
    out += f"inline constexpr std::array<CodeInfo, {len(table)}> kCodes = {{{{\n"
    for name, row in table:
        out += f"    {{{quoted(name)}, {quoted(row['title'])}, {row['status']}, Outcome::{row['outcome']}, {row['close']}}},\n"
    out += """}};

constexpr const CodeInfo& info(Code code) { return kCodes[static_cast<std::size_t>(code)]; }

constexpr std::optional<Code> code_by_name(std::string_view name) {
  for (std::size_t i = 0; i < kCodes.size(); ++i) {
    if (kCodes[i].name == name) return static_cast<Code>(i);
  }
  return std::nullopt;
}

// The code that ended a connection; nothing for a close code of somebody else.
constexpr std::optional<Code> code_by_close(std::uint16_t close) {
  for (std::size_t i = 0; close != 0 && i < kCodes.size(); ++i) {
    if (kCodes[i].close == close) return static_cast<Code>(i);
  }
  return std::nullopt;
}

// The name that errors carry as `outcome`.
constexpr std::string_view outcome_name(Outcome outcome) {
  constexpr std::array<std::string_view, 4> kNames = {"fail", "retry", "unknown", "stop"};
  return kNames[static_cast<std::size_t>(outcome)];
}

}  // namespace kith
"""
    return out


# --------------------------------------------------------------------------------------------------------------- schema

# What the schema may use, with the type in C++, the type in JSON and the wire type of protobuf. More is added when it is needed.
KINDS = {
    descriptor_pb2.FieldDescriptorProto.TYPE_STRING: ("std::string", "string", 2),
    descriptor_pb2.FieldDescriptorProto.TYPE_BOOL: ("bool", "boolean", 0),
    descriptor_pb2.FieldDescriptorProto.TYPE_UINT64: ("std::uint64_t", "number", 0),
    descriptor_pb2.FieldDescriptorProto.TYPE_UINT32: ("std::uint32_t", "number", 0),
}
TIMESTAMP = 'syntax = "proto3"; package google.protobuf; message Timestamp { int64 seconds = 1; int32 nanos = 2; }\n'
KEYWORDS = set("""and auto bool break case catch char class const continue default delete do double else enum explicit export extern
false float for friend goto if inline int long namespace new not operator or private protected public register return short signed
sizeof static struct switch template this throw true try typedef union unsigned using virtual void volatile while xor""".split())


@dataclasses.dataclass
class Field:
    name: str  # As in the schema, and in C++.
    key: str  # In JSON.
    number: int
    type: str  # In C++, without what is around it.
    json_type: str
    wire_type: int
    message: bool  # Of this schema.
    repeated: bool
    optional: bool
    oneof: str  # The oneof that it belongs to, or "".
    comment: str
    kind: str = ""  # In a oneof: the alternative of the variant.

    @property
    def member_type(self):
        if self.repeated:
            return f"std::vector<{self.type}>"
        return f"std::optional<{self.type}>" if self.optional or self.message else self.type


@dataclasses.dataclass
class Message:
    name: str
    group: str
    comment: str
    fields: list
    http: list  # Lines of the comment about its twins.

    def members(self):
        """Fields in the order of their numbers, a oneof as one list of its fields."""
        result = []
        for field in self.fields:
            if field.oneof and result and isinstance(result[-1], list) and result[-1][0].oneof == field.oneof:
                result[-1].append(field)
            else:
                result.append([field] if field.oneof else field)
        names = [m[0].oneof for m in result if isinstance(m, list)]
        if len(names) != len(set(names)):
            raise Wrong(f"kith.proto: {self.name}: the numbers of a oneof are not side by side")
        return result


def camel(name):
    return "".join(part[0].upper() + part[1:] for part in name.split("_"))


def compile_schema():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "google/protobuf").mkdir(parents=True)
        (folder / "google/protobuf/timestamp.proto").write_text(TIMESTAMP)
        command = ["protoc", f"-I{WIRE}", f"-I{folder}", "--include_source_info", f"--descriptor_set_out={folder}/set", SCHEMA.name]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise Wrong(f"protoc: {done.stderr.strip()}")
        files = descriptor_pb2.FileDescriptorSet.FromString((folder / "set").read_bytes()).file
        return next(file for file in files if file.name == SCHEMA.name)


def read_field(owner, proto, comment):
    where = f"kith.proto: {owner.name}.{proto.name}"
    repeated = proto.label == proto.LABEL_REPEATED
    message = False
    if proto.type == proto.TYPE_MESSAGE:
        if proto.type_name == ".google.protobuf.Timestamp":
            type_, json_type, wire_type = "WallTime", "time", 2
        else:
            type_ = json_type = proto.type_name.rpartition(".")[2]
            wire_type, message = 2, True
    elif proto.type in KINDS:
        type_, json_type, wire_type = KINDS[proto.type]
    else:
        raise Wrong(f"{where}: tools/generate.py does not know this type yet")
    if repeated and not (message or type_ == "std::string"):
        raise Wrong(f"{where}: tools/generate.py does not know packed numbers yet")
    if proto.proto3_optional and type_ == "WallTime":
        raise Wrong(f"{where}: the absent time is 0")
    if proto.name in KEYWORDS:
        raise Wrong(f"{where}: a word of C++")
    oneof = owner.oneof_decl[proto.oneof_index].name if proto.HasField("oneof_index") and not proto.proto3_optional else ""
    if oneof and not message and type_ != "std::string":
        raise Wrong(f"{where}: tools/generate.py knows messages and strings in a oneof only")
    return Field(proto.name, proto.json_name, proto.number, type_, json_type, wire_type, message, repeated, proto.proto3_optional, oneof,
                 comment)


def read_schema(file):
    leading, detached = {}, {}
    for location in file.source_code_info.location:
        leading[tuple(location.path)] = "\n".join(line.strip() for line in location.leading_comments.strip().splitlines())
        detached[tuple(location.path)] = location.leading_detached_comments
    messages, group = [], "frames"
    for i, proto in enumerate(file.message_type):
        if proto.nested_type or proto.enum_type:
            raise Wrong(f"kith.proto: {proto.name}: tools/generate.py does not know nested types yet")
        for comment in detached.get((4, i), []):
            section = re.fullmatch(r"\s*-{10,} (\w+)\s*", comment)
            group = section[1] if section else group
        fields = [read_field(proto, field, leading.get((4, i, 2, n), "")) for n, field in enumerate(proto.field)]
        fields.sort(key=lambda field: field.number)
        for field in fields:
            if field.oneof:
                field.kind = field.type if field.message else f"{proto.name}::{camel(field.name)}"
        comment, http = split_comment(leading.get((4, i), ""))
        messages.append(Message(proto.name, group, comment, fields, http))
    return messages


def in_order(messages):
    """Each message after those that it holds."""
    by_name, done, result = {m.name: m for m in messages}, {}, []

    def visit(message):
        if done.get(message.name) == "now":
            raise Wrong(f"kith.proto: {message.name} holds itself; readers are limited in depth by the schema")
        if message.name in done:
            return
        done[message.name] = "now"
        for field in message.fields:
            if field.message:
                visit(by_name[field.type])
        done[message.name] = "yes"
        result.append(message)

    for message in messages:
        visit(message)
    return result


def first_sentence(comment):
    return re.split(r"(?<=[.!?])\s", " ".join(comment.split()), maxsplit=1)[0]


# ----------------------------------------------------------------------------------------------------------------- C++

NOTICE = "// Generated from wire/kith.proto by tools/generate.py; do not edit.\n// clang-format off\n"


def wire_header(messages):
    out = f"""// wire/wire.gen.h — The messages of the protocol as plain structs, and how they are written.
{NOTICE}//
// Values without behaviour. A time of 0 is absent. write_json() and write_proto() append; texts must be valid UTF-8. Reading: see
// wire/json_reader.h and wire/proto_codec.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"

namespace kith::wire {{
"""
    for message in messages:
        out += f"\n// {first_sentence(message.comment)}\n" if message.comment else "\n"
        out += f"struct {message.name} {{\n"
        for field in message.fields:
            if field.oneof and not field.message:
                out += f"  struct {camel(field.name)} {{\n    std::string value;\n"
                out += f"    bool operator==(const {camel(field.name)}&) const = default;\n  }};\n"
        for member in message.members():
            if isinstance(member, list):
                kinds = ", ".join(f.kind.removeprefix(message.name + "::") for f in member)
                out += f"  std::variant<std::monostate, {kinds}> {member[0].oneof};\n"
                continue
            if member.comment:
                out += f"  // {first_sentence(member.comment)}\n"
            initial = {"bool": " = false", "std::uint64_t": " = 0", "std::uint32_t": " = 0"}.get(member.member_type, "")
            out += f"  {member.member_type} {member.name}{initial};\n"
        out += f"\n  bool operator==(const {message.name}&) const = default;\n}};\n"
    out += "\n"
    for message in messages:
        out += f"void write_json(const {message.name}& message, std::string& out);\n"
    out += "\n"
    for message in messages:
        out += f"void write_proto(const {message.name}& message, std::string& out);\n"
    return out + "\n}  // namespace kith::wire\n"


def fields_header(messages):
    out = f"// wire/fields.gen.h — Calls a function with each member of a message, in the order of the struct.\n{NOTICE}#pragma once\n\n"
    out += '#include "wire/wire.gen.h"\n\nnamespace kith::wire {\n'
    for message in messages:
        if not message.fields:
            out += f"\ntemplate <class Use>\nvoid for_each_field({message.name}&, Use&&) {{}}\n"
            continue
        names = [m[0].oneof if isinstance(m, list) else m.name for m in message.members()]
        out += f"\ntemplate <class Use>\nvoid for_each_field({message.name}& message, Use&& use) {{\n"
        out += "".join(f"  use(message.{name});\n" for name in names) + "}\n"
    return out + "\n}  // namespace kith::wire\n"


WRITERS = {"std::string": "text", "bool": "flag", "std::uint64_t": "number", "std::uint32_t": "number", "WallTime": "time"}


def present(field):
    """The condition under which a field is written."""
    value = f"message.{field.name}"
    if field.optional or field.message and not field.repeated:
        return value
    if field.repeated or field.type == "std::string":
        return f"!{value}.empty()"
    return {"bool": value, "WallTime": f"{value}.ms != 0"}.get(field.type, f"{value} != 0")


def parameters(message):
    """The parameters of a writer, the first one unnamed where nothing uses it."""
    return f"(const {message.name}& message, std::string& out)" if message.fields else f"(const {message.name}&, std::string& out)"


def json_value(field, value):
    key = quoted(f'"{field.key}":' + ('"' if field.wire_type == 2 and not field.message else ""))
    if field.message:
        return f"out.append({key});\n    write_json({value}, out);\n    out.push_back(',');"
    return f"json_{WRITERS[field.type]}(out, {key}, {value});"


def write_member(member, value_of):
    """One `if` that writes a field, or one for each kind of a oneof; value_of(field, expression) gives the statements."""
    if isinstance(member, list):
        out = ""
        for field in member:
            value = "*kind" if field.message else "kind->value"
            out += f"  if (const auto* kind = std::get_if<{field.kind}>(&message.{field.oneof})) {{\n    {value_of(field, value)}\n  }}\n"
        return out
    value = f"*message.{member.name}" if member.optional or member.message else f"message.{member.name}"
    return f"  if ({present(member)}) {{\n    {value_of(member, value)}\n  }}\n"


def json_repeated(field):
    element = "write_json(element, out);" if field.message else 'json_text(out, "\\"", element);'
    comma = "\n      out.push_back(',');" if field.message else ""
    return f"""  if ({present(field)}) {{
    out.append({quoted(f'"{field.key}":[')});
    for (const auto& element : message.{field.name}) {{
      {element}{comma}
    }}
    json_close(out, ']');
    out.push_back(',');
  }}
"""


def json_writer(messages):
    out = f'{NOTICE}#include "wire/wire.gen.h"\n\n#include "wire/json_writer.h"\n\nnamespace kith::wire {{\n'
    for message in messages:
        out += f"\nvoid write_json{parameters(message)} {{\n  json_open(out);\n"
        for member in message.members():
            repeated = not isinstance(member, list) and member.repeated
            out += json_repeated(member) if repeated else write_member(member, json_value)
        out += "  json_close(out);\n}\n"
    return out + "\n}  // namespace kith::wire\n"


def json_reader_header(messages):
    out = f"// wire/json_read.gen.h — Reads the members of an object into a message: see json_walk.h.\n{NOTICE}#pragma once\n\n"
    out += '#include "wire/json_walk.h"\n#include "wire/wire.gen.h"\n\nnamespace kith::wire {\n\n'
    for message in messages:
        out += f"bool read_fields(JsonWalk& walk, JsonWalk::Object object, {message.name}& out);\n"
    return out + "\n}  // namespace kith::wire\n"


def json_reader(messages):
    out = f'{NOTICE}#include "wire/json_read.gen.h"\n\nnamespace kith::wire {{\n'
    for message in messages:
        unused, capture = ("", "&") if message.fields else ("&", "&walk")
        out += f"\nbool read_fields(JsonWalk& walk, JsonWalk::Object object, {message.name}&{'' if unused else ' out'}) {{\n"
        out += f"  return walk.each(object, [{capture}](std::string_view key, JsonWalk::Value value) {{\n"
        for field in message.fields:
            names = f"key == {quoted(field.key)}" + (f" || key == {quoted(field.name)}" if field.key != field.name else "")
            if field.oneof:
                call = f"{'member' if field.message else 'text_member'}<{field.kind}>(value, {quoted(field.key)}, out.{field.oneof})"
            else:
                call = f"field(value, {quoted(field.key)}, out.{field.name})"
            out += f"    if ({names}) return walk.{call};\n"
        out += "    return walk.unknown(value, key);\n  });\n}\n"
    return out + "\n}  // namespace kith::wire\n"


def proto_value(field, value):
    if field.message:
        return f"const auto begin = proto_open(out, {field.number});\n    write_proto({value}, out);\n    proto_close(out, begin);"
    return f"proto_{WRITERS[field.type]}(out, {field.number}, {value});"


def proto_repeated(field):
    if not field.message:
        return f"  for (const auto& element : message.{field.name}) proto_text(out, {field.number}, element);\n"
    value = proto_value(field, "element")
    return f"  for (const auto& element : message.{field.name}) {{\n    {value}\n  }}\n"


def proto_reader_header(messages):
    out = f"// wire/proto_read.gen.h — Reads the fields of a message: see proto_walk.h.\n{NOTICE}#pragma once\n\n"
    out += '#include "wire/proto_walk.h"\n#include "wire/wire.gen.h"\n\nnamespace kith::wire {\n\n'
    for message in messages:
        out += f"bool read_fields(ProtoWalk& walk, std::string_view bytes, {message.name}& out);\n"
    return out + "\n}  // namespace kith::wire\n"


def proto_codec(messages):
    out = f'{NOTICE}#include "wire/proto_read.gen.h"\n#include "wire/proto_writer.h"\n\nnamespace kith::wire {{\n'
    for message in messages:
        unused = "" if message.fields else "[[maybe_unused]] "
        out += f"\nvoid write_proto({unused}const {message.name}& message, {unused}std::string& out) {{\n"
        for member in message.members():
            repeated = not isinstance(member, list) and member.repeated
            out += proto_repeated(member) if repeated else write_member(member, proto_value)
        out += "}\n"
        out += f"\nbool read_fields(ProtoWalk& walk, std::string_view bytes, {unused}{message.name}& out) {{\n"
        out += f"  return walk.each(bytes, [{'&' if message.fields else '&walk'}](const ProtoWalk::Field& field) {{\n"
        for field in message.fields:
            name = quoted(field.key)
            if field.oneof:
                call = f"{'member' if field.message else 'text_member'}<{field.kind}>(field, {name}, out.{field.oneof})"
            else:
                call = f"field(field, {name}, out.{field.name})"
            out += f"    if (field.is({field.number}, {field.wire_type})) return walk.{call};\n"
        out += "    return walk.unknown(field);\n  });\n}\n"
    return out + "\n}  // namespace kith::wire\n"


# ---------------------------------------------------------------------------------------------------------------- docs


def one_line(comment):
    return " ".join(comment.split()).replace("|", "\\|")


def errors_page(table):
    out = "| code | HTTP | close | outcome | meaning |\n|---|---|---|---|---|\n"
    for name, row in table:
        if name != "ok":
            out += f"| `{name}` | {row['status']} | {row['close'] or ''} | {row['outcome']} | {one_line(row['title'])} |\n"
    return out


def reference_page(messages):
    out, group = "", ""
    targets = {field.type: field.key for m in messages if m.group == "frames" for field in m.fields if field.message}
    for message in messages:
        if message.group != group:
            group = message.group
            out += f"### {group.capitalize()}\n\n"
        out += f"#### `{targets.get(message.name, message.name)}`\n\n" if group not in ("frames", "objects") else f"#### {message.name}\n\n"
        out += f"{message.comment}\n\n" if message.comment else ""
        out += routes_section(message)
        if not message.fields:
            out += "No fields: `{}`.\n\n"
            continue
        out += "| field | JSON | no. | |\n|---|---|---|---|\n"
        for field in message.fields:
            type_ = f"array of {field.json_type}" if field.repeated else field.json_type
            about = ([f"One of `{field.oneof}`."] if field.oneof else []) + ([one_line(field.comment)] if field.comment else [])
            if field.optional:
                about.append("0 and absent are different.")
            out += f"| `{field.key}` | {type_} | {field.number} | {' '.join(about)} |\n"
        out += "\n"
    return out.rstrip("\n") + "\n"


def protocol_page(text, parts):
    """The page with its generated parts put in anew."""
    for name, part in parts.items():
        begin, end = f"<!-- generated: {name} -->", "<!-- end -->"
        if text.count(begin) > 1:
            raise Wrong(f"docs/protocol.md: {begin} stands there twice")
        if begin not in text:
            continue
        before, after = text.split(begin)
        if end not in after:
            raise Wrong(f"docs/protocol.md: {begin} has no {end}")
        text = f"{before}{begin}\n{part}{end}{after.partition(end)[2]}"
    return text


def outputs():
    """What every generated file has to hold: path -> text."""
    table = read_errors(ERRORS.read_text())
    schema = read_schema(compile_schema())
    messages = in_order(schema)
    routes = read_routes(schema)
    most = max(len(route.fields(where)) for route in routes for where in ("path", "query"))
    result = {
        ROOT / "src/base/errors.gen.h": errors_header(table),
        WIRE / "wire.gen.h": wire_header(messages),
        WIRE / "fields.gen.h": fields_header(messages),
        WIRE / "wire.gen.cpp": json_writer(messages),
        WIRE / "json_read.gen.h": json_reader_header(messages),
        WIRE / "json_read.gen.cpp": json_reader(messages),
        WIRE / "proto_read.gen.h": proto_reader_header(messages),
        WIRE / "proto_codec.gen.cpp": proto_codec(messages),
        ROOT / "src/rest/routes.gen.h": routes_header(routes, most),
        ROOT / "docs/openapi.json": openapi(schema, routes, "1"),
        ROOT / "docs/asyncapi.json": asyncapi(schema, "1"),
    }
    if PROTOCOL_PAGE.exists():
        parts = {"errors": errors_page(table), "reference": reference_page(schema)}
        result[PROTOCOL_PAGE] = protocol_page(PROTOCOL_PAGE.read_text(), parts)
    return result


def main(arguments):
    if arguments not in ([], ["--check"]):
        sys.exit(__doc__)
    try:
        wanted = outputs()
    except Wrong as wrong:
        sys.exit(f"generate.py: {wrong}")
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    for path in stale:
        if arguments:
            print(f"{path.relative_to(ROOT)}: not what tools/generate.py writes; run it")
        else:
            path.write_text(wanted[path])
            print(f"wrote {path.relative_to(ROOT)}")
    return 1 if arguments and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
