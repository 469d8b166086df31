"""Reads docs/protocol.md: the tables of fields, limits and errors, and the examples. What a server says is checked against them."""

import re
from pathlib import Path

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class Field:
    def __init__(self, kind, number, alternative):
        self.many = kind.startswith("array of ")
        self.kind = kind.removeprefix("array of ")
        self.number, self.alternative = number, alternative


class Object:
    """One table of the reference."""

    def __init__(self, name):
        self.name, self.fields = name, {}

    def problems(self, value, where="", defaults=True):
        """What `value` has that the reference does not allow. `defaults`: fields that have their default must be absent."""
        if not isinstance(value, dict):
            yield f"{where or self.name} is no object: {value!r}"
            return
        for name, found in value.items():
            place = f"{where}.{name}" if where else name
            field = self.fields.get(name)
            if field is None:
                yield f"{place}: {self.name} has no such field"
                continue
            if field.many and not (isinstance(found, list) and (found or not defaults)):
                yield f"{place}: must be an array with elements: {found!r}"
                continue
            for element in found if field.many else [found]:
                yield from wrong(field.kind, element, place, defaults and not field.many)
        chosen = [name for name in value if name in self.fields and self.fields[name].alternative]
        if len(chosen) > 1 and len({self.fields[name].alternative for name in chosen}) == 1:
            yield f"{where or self.name}: two of one choice: {chosen}"


def wrong(kind, value, place, defaults):
    if isinstance(kind, Object):
        yield from kind.problems(value, place, defaults)
        return
    fits = {
        "number": isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63,
        "string": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "time": isinstance(value, str) and bool(TIME.fullmatch(value)),
    }[kind]
    if not fits:
        yield f"{place}: {value!r} is no {kind}"
    elif defaults and kind != "time" and not value:
        yield f"{place}: {value!r} is the default and must be absent"


def reference():
    """→ {section: {heading: Object}}, with each field's kind resolved to the Object that it names."""
    sections, section, current = {}, None, None
    for line in TEXT.split("<!-- generated: reference -->")[1].split("<!-- end -->")[0].splitlines():
        if line.startswith("### "):
            section = sections.setdefault(line[4:], {})
        elif line.startswith("#### "):
            name = line[5:].strip("`")
            current = section.setdefault(name, Object(name))
        elif row := re.match(r"\| `(\w+)` \| ([^|]+) \| (\d+) \|(.*)\|$", line):
            alternative = re.match(r" One of `(\w+)`\.", row[4])
            current.fields[row[1]] = Field(row[2].strip(), int(row[3]), alternative and alternative[1])
    frames, commands = sections["Frames"], sections["Commands"]
    types = {name: found for part in sections.values() for name, found in part.items() if name[0].isupper()}
    for name, field in frames["Command"].fields.items():
        field.kind = field.kind if name == "id" else commands[name]
    bodies = {**sections["Replies"], **sections["Pushes"]}
    for name, field in frames["Frame"].fields.items():
        if name != "re":
            types.setdefault(field.kind, bodies[name])  # Some are parts of others too.
            field.kind = bodies[name]
    for part in sections.values():
        for found in part.values():
            for field in found.fields.values():
                if isinstance(field.kind, str) and field.kind[0].isupper():
                    field.kind = types[field.kind]
    return sections


SECTIONS = reference()
COMMAND, FRAME = SECTIONS["Frames"]["Command"], SECTIONS["Frames"]["Frame"]


def errors():
    """→ {code: (HTTP status, close code or None, outcome, title)}"""
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d*) \| (\w+) \| (.+) \|$", TEXT, re.M)
    return {code: (int(status), int(close) if close else None, outcome, title) for code, status, close, outcome, title in rows}


ERRORS = errors()
CLOSE_NAMES = {int(code): name for code, name in re.findall(r"^\| (4\d\d\d) \| `(\w+)` \|", TEXT, re.M)}


def error_problems(error, status=None):
    """What is wrong with an error object; `status` is that of the HTTP status line, which may be more exact than the code's own."""
    yield from SECTIONS["Replies"]["error"].problems(error, "error")
    code = error.get("code")
    if code not in ERRORS:
        yield f"error.code {code!r} is not in the table of errors"
        return
    own, _, outcome, title = ERRORS[code]
    expected = {"type": f"about:kith/{code}", "title": title, "status": status or own, "outcome": outcome}
    for name, value in expected.items():
        if error.get(name) != value:
            yield f"error.{name} is {error.get(name)!r}, not {value!r}"
    if outcome != "retry" and "retryAfterMs" in error:
        yield f"retryAfterMs with outcome {outcome!r}"


def frame_problems(frame):
    """What is wrong with a frame of the server."""
    yield from FRAME.problems(frame)
    if len([name for name in frame if name != "re"]) != 1:
        yield f"a frame has exactly one body: {sorted(frame)}"
    if "error" in frame:
        yield from error_problems(frame["error"])


def once(pairs):
    """An object in which no key comes twice."""
    found = dict(pairs)
    assert len(found) == len(pairs), f"a key comes twice: {pairs}"
    return found


# ---- twins of commands over HTTP ------------------------------------------------------------------------------------------


class Twin:
    def __init__(self, method, path, fixed, status, reply):
        self.method, self.path, self.fixed, self.status, self.reply = method, path, fixed, status, reply
        self.parts = [part for part in re.split(r"(\{\w+\})", path) if part]
        self.named = [part[1:-1] for part in self.parts if part[0] == "{"]


def twins():
    """→ {command: [Twin]}"""
    found, name = {}, None
    for line in TEXT.split("### Commands\n\n#### ")[1].split("### Replies")[0].splitlines():
        if heading := re.match(r"(?:#### )?`(\w+)`$", line):
            name = heading[1]
        elif line.startswith("HTTP: "):
            rows = re.findall(r"`(\w+) (\S+)`(?:, with (\w+) (true|false))? → (\d+)(?: with the object of `(\w+)`)?", line)
            assert len(rows) == line.count("→"), line
            found[name] = [Twin(method, path, {field: value == "true"} if field else {}, int(status), reply)
                           for method, path, field, value, status, reply in rows]
    return found


TWINS = twins()


# ---- examples -----------------------------------------------------------------------------------------------------------


def spelled_out(example):
    """An example of the page as JSON: `…` outside of strings stands for something that was left out."""
    parts = re.split(r'("(?:[^"\\]|\\.)*")', example)
    for place in range(0, len(parts), 2):
        part = re.sub(r":\s*…", ":null", parts[place])
        part = re.sub(r",\s*…(?=\s*[,}\]])", "", part)
        parts[place] = part.replace("…", "")
    return "".join(parts)


def examples():
    """→ [(line number, "C" | "S" | None, JSON text)]: the lines of sessions, objects in blocks, and objects in running text."""
    found, block, who, began, text = [], False, None, 0, ""

    def ended():
        if text:
            found.append((began, who, text))

    for number, line in enumerate(TEXT.splitlines(), 1):
        if line.startswith("```"):
            ended()
            block, text = not block, ""
        elif block:
            head = re.match(r"(?:([CS])\s+)?(\{.*)", line)
            if head:
                ended()
                who, began, text = head[1], number, head[2]
            elif text and line.startswith("  ") or text and text.count("{") > text.count("}"):
                text += line.strip()
            else:
                ended()
                text = ""
        elif not line.startswith("|"):
            found += [(number, None, inline) for inline in re.findall(r"`(\{\"\w+\":.*?\})`", line)]
    return found
