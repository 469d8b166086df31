#!/usr/bin/python3
"""The tidy test: what can be checked about the tree without running Kith. `./dev check`; part of `./dev test`.

Each rule is one test case. A failure names file and line and says what to do instead. The tables below are the rules' whole knowledge of
this tree; a new exception goes there, with its reason. check_test.py shows for every rule that it can fail.
"""

import concurrent.futures
import fnmatch
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import admin_routes

LINE_COLUMNS = 140
FILE_LINES = 600

# Which folders of src a folder may include. The way of a message goes up this table; nothing points down it.
BASE = {"base"}
STORED = BASE | {"wire", "store"}
LOGGED = STORED | {"log"}
CORE = LOGGED | {"limits", "conversation", "inbox", "contacts", "auth", "presence", "session"}
SERVER = CORE | {"rest", "admin", "front", "server"}
MAY_INCLUDE = {
    "base": set(),
    "wire": BASE,
    "limits": BASE | {"wire"},
    "store": BASE,
    "check": set(),  # Judges the server, so it shares nothing with it.
    "log": STORED,
    "auth": STORED | {"limits"},
    "conversation": LOGGED | {"limits"},
    "presence": LOGGED | {"limits", "conversation", "inbox", "contacts"},
    "inbox": LOGGED | {"limits", "conversation"},  # Implements the Delivery that conversation declares.
    "contacts": LOGGED | {"limits", "conversation", "inbox"},
    "session": CORE,
    "rest": CORE,
    "admin": CORE | {"rest"},  # Commands in the name of users, answered as the REST routes answer them.
    "front": CORE,
    "server": SERVER,
    "sim": SERVER | {"check", "client"},
    "client": {"base", "wire", "session", "front"},
    # `kith verify` reads stopped data with the decoders of those who wrote it; the administrator's token is auth's.
    "terminal": CORE | {"front", "client"},
    "bench": SERVER | {"client", "check"},
    "tests": SERVER | {"client", "check", "sim", "bench"},  # bench: the crash loop starts servers and loads them as the benches do.
}
# A client is no server: it may use only what both ends of a connection share.
ONLY_THESE = {
    ("client", "front"): ["front/websocket*", "front/frame*", "front/asio*", "front/tls_stream*"],
    ("client", "session"): ["session/transport.h"],
    ("terminal", "session"): ["session/transport.h"],
    ("terminal", "front"): ["front/asio*"],
}

# Libraries that only some folders may know (besides tests, which may know all).
LIBRARIES = {
    "rocksdb/": {"store"},
    # auth: tokens; admin: bodies; check: its own history format; front: UTF-8 of text frames; terminal: answers of /v1/auth.
    "simdjson": {"wire", "auth", "check", "front", "terminal", "admin"},
}

# Files that only tests use; they may start threads and look at clocks, and know every library.
TESTS = ["tests/*", "*_test.cpp", "*_fuzz.cpp", "src/*/test_*", "*_for_tests.*", "*_under_test.*"]

# What code must not do by itself, since the simulator could not turn it: pattern, what to do instead, and who may.
SEAMS = {
    "clocks": (
        r"\b(?:steady_clock|system_clock|high_resolution_clock|utc_clock)\s*::\s*now\b"
        r"|\b(?:gettimeofday|clock_gettime|timespec_get|ftime)\s*\("
        r"|(?<![\w.>])time\s*\(\s*(?:NULL|nullptr|0|&\w+)\s*\)",
        "take the time from Loop::now() or Loop::wall()",
        {
            "src/front/asio_*": "the real loop",
            "src/store/rocksdb_*": "the engine asks for free space now and then, on its own thread",
            "src/base/manual_loop.cpp": "bounds tests in real time; those who are tested do not see it",
            "src/terminal/*": "a program for people; its server is elsewhere",
            "src/sim/*main.cpp": "reports how long the seeds took",
            "bench/*": "measures real time",
        },
    ),
    "random numbers": (
        r"\b(?:random_device|mt19937(?:_64)?|default_random_engine|minstd_rand0?|ranlux\w+)\b"
        r"|(?<![\w.>])s?rand(?:_r)?\s*\(|\b(?:drand48|lrand48|getrandom|getentropy|arc4random\w*)\s*\("
        r"|\brandombytes_\w+\s*\(|\bRAND_(?:priv_)?bytes\s*\(",
        "take random numbers from Loop::random()",
        {
            "src/front/asio_*": "the real loop's Random",
            "src/wire/wire_random.h": "random messages for tests and fuzz targets",
            "bench/*": "its load need not repeat",
        },
    ),
    "threads": (
        r"\bstd::(?:jthread|thread(?!::id)|async)\b|\bpthread_create\s*\(|\bsleep_(?:for|until)\s*\("
        r"|(?<![\w.>])(?:sleep|usleep|nanosleep|clock_nanosleep)\s*\(",
        "stay on the loop: Loop::after() waits, Loop::post() hands over",
        {
            "src/front/asio_*": "the real loops run on threads",
            "src/server/*": "the composition root starts one thread per loop",
            "src/store/rocksdb_*": "the engine's committer and readers",
            "src/auth/password.*": "argon2id is too slow for a loop",
            "src/sim/*main.cpp": "runs seeds on all cores; a seed stays in one thread",
            "src/terminal/*": "reads the keyboard",
            "bench/*": "generates load",
        },
    ),
}

# Files that are longer than FILE_LINES, and why that is better than two files.
LONG_FILES = {
    "src/wire/kith.proto": "the one schema: what a client may say is to be read in one place",
    "src/check/checker_test.cpp": "nearly all of it histories, two bad ones and a good one for each invariant",
    "src/client/device_test.cpp": "one scripted server, and the stories that it plays",
    "src/store/store_contract_test.cpp": "one suite: a test for each sentence of store.h",
}

# Files whose data reads better on one line than broken.
WIDE_FILES = {
    "src/check/*_test.cpp": "histories, one operation a line",
    "src/wire/proto_test.cpp": "frames as they come",
}

# Where a constant named k…Max is something that people may meet: docs/limits.md must name it.
LIMITS_IN = ["src/auth/*.h", "src/conversation/*.h", "src/front/*.h", "src/inbox/*.h", "src/limits/sizes.h", "src/rest/*.h",
             "src/session/commands*.cpp"]

TODO_KINDS = {"bug", "limit", "speed", "test", "cluster"}

PKG_CONFIG = ["libsodium", "libxxhash", "simdjson"]


class Problem:
    def __init__(self, path, line, text):
        self.path, self.line, self.text = path, line, text

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}"


class Tree:
    """The files of a tree that git knows or would add, by path relative to the root."""

    def __init__(self, root):
        self.root = Path(root)
        self.files = sorted(self.from_git() or self.from_disk())
        self.texts = {}

    def from_git(self):
        if not (self.root / ".git").exists():
            return []
        done = subprocess.run(["git", "-c", f"safe.directory={self.root}", "ls-files", "-coz", "--exclude-standard"], cwd=self.root,
                              stdout=subprocess.PIPE, check=False)
        return [name for name in done.stdout.decode().split("\0") if name and (self.root / name).is_file()]

    def from_disk(self):
        found = []
        for folder, folders, names in os.walk(self.root):
            folders[:] = [name for name in folders if name not in (".git", "build", "data", "__pycache__", ".cache")]
            found += [str((Path(folder) / name).relative_to(self.root)) for name in names]
        return found

    def named(self, *patterns):
        return [name for name in self.files if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]

    def cpp(self, generated=False):
        inside = self.named("src/*.h", "src/*.cpp", "bench/*.h", "bench/*.cpp", "tests/*.h", "tests/*.cpp")
        return [name for name in inside if generated or ".gen." not in name]

    def code(self):
        return self.cpp() + self.named("*.py", "*.proto", "*.toml", "*.cmake", "*CMakeLists.txt", "dev", ".ci/run", "tests/*/run")

    def text(self, name):
        if name not in self.texts:
            self.texts[name] = (self.root / name).read_text(encoding="utf-8", errors="replace")
        return self.texts[name]

    def lines(self, name):
        return enumerate(self.text(name).split("\n"), 1)


RULES = {}


def rule(name):
    def add(function):
        RULES[name] = function
        return function

    return add


def matches(name, patterns):
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def without_comments_and_strings(text):
    """C++ with comments and the inside of literals blanked out; lines and columns stay."""
    pattern = r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])\'(?:\\.|[^\'\\\n])+\''
    return re.sub(pattern, lambda match: re.sub(r"[^\n]", " ", match[0]), text, flags=re.S)


# ---- C++ --------------------------------------------------------------------------------------------------------------


@rule("format")
def check_format(tree):
    names = tree.cpp()
    for at in range(0, len(names), 50):
        done = subprocess.run(["clang-format-14", "--dry-run", "-ferror-limit=0", *names[at:at + 50]], cwd=tree.root,
                              stderr=subprocess.PIPE, check=False)
        seen = {}
        for name, line in re.findall(r"^([^\s:]+):(\d+):\d+: \w+: code should be clang-formatted", done.stderr.decode(), re.M):
            seen.setdefault(name, set()).add(int(line))
        for name, lines in seen.items():
            yield Problem(name, min(lines), f"is not formatted, in {len(lines)} lines; run ./dev format")
        if done.returncode != 0 and not seen:
            yield Problem(".clang-format", 1, f"clang-format-14 failed: {done.stderr.decode().strip()[:200]}")


def own_includes(tree, name):
    """→ [(line, text between the quotes)]"""
    return [(number, match[1]) for number, line in tree.lines(name) for match in [re.match(r'\s*#\s*include\s+"([^"]+)"', line)] if match]


def first_include(tree, name):
    return next((number for number, line in tree.lines(name) if re.match(r"\s*#\s*include\b", line)), 0)


def resolve(tree, name, included):
    """An include is written from src/, or from the root for tests and bench."""
    for candidate in (f"src/{included}", included):
        if candidate in tree.files:
            return candidate
    return None


def closure(tree, name, known):
    """All files of the tree that `name` includes, itself too."""
    seen, waiting = set(), [name]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        if one not in known:
            known[one] = [found for _, text in own_includes(tree, one) if (found := resolve(tree, one, text))]
        waiting += known[one]
    return sorted(seen)


@rule("headers compile alone")
def check_headers(tree):
    flags = subprocess.run(["pkg-config", "--cflags", *PKG_CONFIG], stdout=subprocess.PIPE, check=False).stdout.decode().split()
    command = ["g++", "-std=c++20", "-fsyntax-only", "-x", "c++", "-Isrc", "-I.", *flags, "-"]
    version = subprocess.run(["g++", "--version"], stdout=subprocess.PIPE, check=False).stdout
    cache_file = tree.root / "build/tidy/headers.json"
    try:
        passed = set(json.loads(cache_file.read_text()))
    except (OSError, ValueError):
        passed = set()
    # A header that its own .cpp includes first is shown to compile alone by every build.
    built = {includes[0][1] for name in tree.cpp(generated=True) if name.endswith(".cpp") and not name.endswith("_fuzz.cpp")
             for includes in [own_includes(tree, name)] if includes and first_include(tree, name) == includes[0][0]}
    keys, known = {}, {}
    for name in [name for name in tree.cpp(generated=True) if name.endswith(".h") and name.removeprefix("src/") not in built]:
        hashed = hashlib.sha256(version + repr(command).encode())
        for part in closure(tree, name, known):
            hashed.update(f"\0{part}\0{tree.text(part)}".encode())
        keys[name] = hashed.hexdigest()

    def compile_alone(name):
        done = subprocess.run(command, cwd=tree.root, input=f'#include "{name}"\n'.encode(), stderr=subprocess.PIPE, check=False)
        return name, done.returncode, done.stderr.decode(errors="replace")

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, code, output in pool.map(compile_alone, [name for name, key in keys.items() if key not in passed]):
            if code == 0:
                passed.add(keys[name])
                continue
            error = re.search(r"^(\S+?):(\d+):\d+: (?:fatal )?error: (.*)$", output, re.M)
            where, what = ((error[1], error[2]), error[3]) if error else ((name, 1), output[:200])
            yield Problem(*where, f"{name} does not compile by itself ({what}); include what it uses")
    cache_file.parent.mkdir(parents=True, exist_ok=True)
    cache_file.write_text(json.dumps(sorted(passed & set(keys.values()))))


def folder_of(name):
    parts = name.split("/")
    return parts[1] if parts[0] == "src" else parts[0]


@rule("direction of includes")
def check_includes(tree):
    for name in tree.cpp(generated=True):
        folder = folder_of(name)
        if folder not in MAY_INCLUDE:
            yield Problem(name, 1, f"folder {folder} has no row in MAY_INCLUDE of tools/check.py; say what it may include")
            continue
        for line, text in own_includes(tree, name):
            found = resolve(tree, name, text)
            if found is None:
                yield Problem(name, line, f'"{text}" is no file of src; write the path from src, and <…> for libraries')
                continue
            target = folder_of(found)
            if target == folder:
                continue
            if target not in MAY_INCLUDE[folder]:
                yield Problem(name, line, f"{folder} must not include {target}; declare an interface in {folder} that {target} implements")
            elif not matches(text, ONLY_THESE.get((folder, target), ["*"])) and not matches(name, TESTS):
                yield Problem(name, line, f"{folder} may use of {target} only {', '.join(ONLY_THESE[folder, target])}")
        for library, folders in LIBRARIES.items():
            if folder in folders or matches(name, TESTS):
                continue
            for line, text in tree.lines(name):
                if re.match(rf"\s*#\s*include\s+<{library}", text):
                    yield Problem(name, line, f"only {', '.join(sorted(folders))} knows {library.rstrip('/')}; go through its interface")


def seam_rule(kind):
    pattern, instead, allowed = SEAMS[kind]

    def check(tree):
        for name in tree.cpp(generated=True):
            if matches(name, TESTS) or matches(name, allowed):
                continue
            for number, line in enumerate(without_comments_and_strings(tree.text(name)).split("\n"), 1):
                match = re.search(pattern, line)
                if match:
                    yield Problem(name, number, f"`{match[0].strip()}` is outside the seams; {instead}")

    return check


for seam in SEAMS:
    RULES[f"no {seam} outside the seams"] = seam_rule(seam)


@rule("no dead files")
def check_dead(tree):
    for name in [name for name in tree.cpp(generated=True) if name.endswith(".cpp")]:
        path = Path(name)
        lists = [f"{folder}/CMakeLists.txt" for folder in list(path.parents)[:-1]]
        stem = re.compile(rf"(?<![\w.-]){re.escape(path.name)}(?![\w.-])")
        if not any(each in tree.files and stem.search(tree.text(each)) for each in lists):
            yield Problem(name, 1, f"is in no CMakeLists.txt; name it in {path.parent}/CMakeLists.txt or remove it")


@rule("generated files are up to date")
def check_generated(tree):
    if "tools/generate.py" not in tree.files:
        yield Problem("tools/generate.py", 1, "is missing: it writes all *.gen.* files")
        return
    done = subprocess.run(["/usr/bin/python3", "tools/generate.py", "--check"], cwd=tree.root, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        yield Problem("tools/generate.py", 1, f"run tools/generate.py; it says: {done.stdout.decode(errors='replace').strip()[-400:]}")


@rule("server-side routes are described")
def check_admin_routes(tree):
    code, page = admin_routes.TABLE, "docs/server-api.md"
    for name in [name for name in (code, page) if name not in tree.files]:
        yield Problem(name, 1, "is missing: it has the routes of the server-side API")
        return
    for line, text in admin_routes.differences(tree.text(code), tree.text(page)):
        yield Problem(code, line, text)


# ---- text -------------------------------------------------------------------------------------------------------------


@rule("size of files")
def check_size(tree):
    for name in tree.code():
        count = tree.text(name).count("\n")
        if count > FILE_LINES and name not in LONG_FILES:
            yield Problem(name, FILE_LINES + 1, f"has {count} lines, over {FILE_LINES}; find the second thing in it, and its name")
        if count <= FILE_LINES and name in LONG_FILES:
            yield Problem(name, 1, f"has {count} lines by now; take it out of LONG_FILES")


@rule("width of lines")
def check_width(tree):
    for name in tree.code():
        if matches(name, WIDE_FILES):
            continue
        for number, line in tree.lines(name):
            if len(line) > LINE_COLUMNS:
                yield Problem(name, number, f"has {len(line)} columns, over {LINE_COLUMNS}; break it")


@rule("white space")
def check_space(tree):
    for name in tree.cpp(generated=True) + [name for name in tree.code() if name not in tree.cpp()] + tree.named("*.md", "*.txt", "*.json"):
        text = tree.text(name)
        for number, line in tree.lines(name):
            if line != line.rstrip():
                yield Problem(name, number, "ends in white space; remove it")
            if "\t" in line and not name.endswith((".json", ".txt")):
                yield Problem(name, number, "has a tab; use spaces, or \\t in a literal")
        if text and not text.endswith("\n"):
            yield Problem(name, text.count("\n") + 1, "has no line end at its end; add one")


@rule("kinds of TODO")
def check_todo(tree):
    for name in [name for name in tree.code() if not name.startswith("tools/check")]:
        for number, line in tree.lines(name):
            for match in re.finditer(r"\b(TODO|FIXME|XXX|HACK)\b(?:\((\w+)\): \S)?", line):
                if match[1] != "TODO" or match[2] not in TODO_KINDS:
                    yield Problem(name, number, f"write TODO(kind): what is missing; kind is one of {', '.join(sorted(TODO_KINDS))}")


# ---- documents --------------------------------------------------------------------------------------------------------


def prose_and_code(tree, name):
    """→ [(line number, text, inside a fence?)]"""
    result, fence = [], None
    for number, line in tree.lines(name):
        mark = re.match(r"\s*(```+|~~~+)", line)
        if mark and fence is None:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and line.strip() == mark[1]:
            fence = None
        else:
            result.append((number, line, fence is not None))
    return result


def headings(tree, name):
    return [(number, match[1], match[2]) for number, line, fenced in prose_and_code(tree, name) if not fenced
            for match in [re.match(r"(#{1,6}) (.+)$", line)] if match]


def anchors(tree, name):
    found = set(re.findall(r'<a (?:id|name)="([^"]+)"', tree.text(name)))
    for _, _, title in headings(tree, name):
        slug = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).strip().lower()).replace(" ", "-")
        again = 0
        while (unique := f"{slug}-{again}" if again else slug) in found:
            again += 1
        found.add(unique)
    return found


@rule("one title per document")
def check_titles(tree):
    for name in tree.named("*.md"):
        titles = [number for number, level, _ in headings(tree, name) if level == "#"]
        first = next((number for number, line in tree.lines(name) if line.strip()), 1)
        if not titles:
            yield Problem(name, first, "has no title; begin with a line `# Title`")
        elif titles[0] != first:
            yield Problem(name, titles[0], "the title is not the first line; move it up")
        for number in titles[1:]:
            yield Problem(name, number, "is a second title; use ## for parts")


@rule("links resolve")
def check_links(tree):
    folders = {str(parent) for name in tree.files for parent in Path(name).parents}
    for name in tree.named("*.md"):
        for number, line, fenced in prose_and_code(tree, name):
            if fenced:
                continue
            for target in re.findall(r"\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)", re.sub(r"`[^`]*`", "", line)):
                if re.match(r"[a-z][a-z0-9+.-]*:", target):
                    continue
                path, _, anchor = target.partition("#")
                found = os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name
                if found not in tree.files and found not in folders:
                    yield Problem(name, number, f"links to {target}, which is not in the tree; correct the path")
                elif anchor and found.endswith(".md") and anchor not in anchors(tree, found):
                    yield Problem(name, number, f"links to {target}, but {found} has no such heading")


@rule("commands in documents exist")
def check_commands(tree):
    of_dev = set(re.findall(r"^command_(\w+)\(\)", tree.text("dev"), re.M)) if "dev" in tree.files else set()
    of_kith = "".join(tree.text(name) for name in tree.named("src/terminal/*.cpp", "src/terminal/*.h"))
    targets = "".join(tree.text(name) for name in tree.named("*CMakeLists.txt"))
    for name in tree.named("*.md"):
        for number, line, fenced in prose_and_code(tree, name):
            pieces = [re.sub(r"^\s*[$#] ", "", line).strip()] if fenced else re.findall(r"`([^`]+)`", line)
            for piece in pieces:
                for word in re.findall(r"\./dev +([a-z][\w-]*)", piece):
                    if word not in of_dev:
                        yield Problem(name, number, f"`./dev {word}` does not exist; see ./dev help")
                path = re.match(r"\./([\w./-]+)", piece)
                if path and not path[1].startswith(("data", "build")) and path[1].rstrip("/") not in tree.files and not any(
                        each.startswith(path[1].rstrip("/") + "/") for each in tree.files):
                    yield Problem(name, number, f"`./{path[1]}` is not in the tree; correct the path")
                for program, word in re.findall(r"(?:^|\s)(?:\./)?build/\w+/bin/([\w-]+)(?: +([a-z][\w-]*))?", piece):
                    if not re.search(rf"[\s(]{re.escape(program)}[\s)]", targets):
                        yield Problem(name, number, f"no program {program} is built; see the CMakeLists.txt files")
                    elif program == "kith" and word and f'"{word}"' not in of_kith:
                        yield Problem(name, number, f"`kith {word}` does not exist; see src/terminal")


SPANS = {"us": 10**3, "ms": 10**6, "s": 10**9, "min": 60 * 10**9, "h": 3600 * 10**9}
RATE = r"([\d,]+)/(s|min|h), ([\d,]+) at once"


def said_limit(text):
    """A default as docs/limits.md writes it → what value_limit makes of the same in C++; None: neither."""
    if rate := re.fullmatch(RATE, text):
        many, span, burst = rate.groups()
        return int(burst.replace(",", "")), SPANS[span] // int(many.replace(",", ""))
    if text == "for ever":
        return "0 s"
    number = re.fullmatch(r"([\d,]+)(?: (KiB|s|min|h))?", text)
    if not number:
        return None
    value, unit = int(number[1].replace(",", "")), number[2]
    return f"{value * SPANS[unit]} ns" if unit in SPANS else value * (1024 if unit else 1)


def value_limit(text):
    text = text.replace("'", "").strip()
    if rate := re.fullmatch(r"\{(\d+), (\d+)(us|ms|s|min|h)\}", text):
        return int(rate[1]), int(rate[2]) * SPANS[rate[3]]
    if time := re.fullmatch(r"(\d+)(us|ms|s|min|h)", text):
        return f"{int(time[1]) * SPANS[time[2]]} ns"
    if text == "{}":
        return "0 s"
    number = re.fullmatch(r"(\d+)(?: (<<|\*) (\d+))?", text)
    if not number:
        return None
    first, second = int(number[1]), int(number[3] or 0)
    return first << second if number[2] == "<<" else first * second if number[2] else first


@rule("limits are documented as they are")
def check_limits(tree):
    page = "docs/limits.md"
    if page not in tree.files:
        yield Problem(page, 1, "is missing: it lists every limit")
        return
    told = "src/server/config.cpp"
    options = set(re.findall(r'^ *\{"([\w-]+)", ', tree.text(told), re.M)) if told in tree.files else set()
    named = set()
    for number, line in tree.lines(page):
        row = re.fullmatch(r"\| (.+?) \| (.+?) \| ?(.*?) ?\| (.+) \| `([\w./]+)` `(\w+)` \|", line)
        if not row:
            if re.search(r"\| `src/", line):
                yield Problem(page, number, "is no row: limit, default, option, beyond it, `file` `name`")
            continue
        what, default, option, _, name, constant = row.groups()
        named.add((name, constant))
        found = re.search(rf"\b{constant}\s*(?:= ([^,;{{}}]+)|(\{{[^}}]*\}}))", tree.text(name)) if name in tree.files else None
        if not found:
            yield Problem(page, number, f"{name} gives {constant} no value; correct the last column")
        elif said_limit(default) is None or said_limit(default) != value_limit(found[1] or found[2]):
            yield Problem(page, number, f"{what}: {default}, but {name} has {found[1] or found[2]}")
        if option and option.strip("`-") not in options:
            yield Problem(page, number, f"kithd has no option {option}")
    for name in tree.named(*LIMITS_IN):
        for number, line in tree.lines(name):
            for constant in re.findall(r"\b(k[A-Z]\w*Max)\b *=", line) if "constexpr" in line else ():
                if (name, constant) not in named:
                    yield Problem(name, number, f"{constant} is a limit that {page} does not list; add a row")


# ---- main -------------------------------------------------------------------------------------------------------------


def main():
    tree = Tree(Path(__file__).resolve().parent.parent)
    passed = failed = 0
    for name, check in RULES.items():
        problems = list(check(tree))
        for problem in problems:
            print(problem)
        print(f"{'FAILED' if problems else 'ok':6} {name}" + (f": {len(problems)}" if problems else ""), flush=True)
        passed, failed = passed + (not problems), failed + bool(problems)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
