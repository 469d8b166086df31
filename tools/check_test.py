#!/usr/bin/python3
"""Shows that the tidy test can fail: each rule passes on a small good tree and finds what is bad in a copy of it."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import admin_routes
import check

HEADER = "// base/time.h — Time.\n#pragma once\n\nnamespace kith {\n\nstruct Instant {\n  long ns = 0;\n};\n\n}  // namespace kith\n"
BODY = '#include "base/time.h"\n\nnamespace kith {\n\nlong ns(Instant at) { return at.ns; }\n\n}  // namespace kith\n'

# As the tree has them: a line of the code for each route.
ROUTES = [f'    {{"{method}", "{path}", "{action}", true, job}},' for method, path, action in (route.key for route in admin_routes.ROUTES)]
ROUTES_PAGE = "# API\n" + "".join(f"\n`{route.method} /v1/admin{re.sub('{(.+?)}', lambda name: name[1].upper(), route.path)}`\n"
                                 for route in admin_routes.ROUTES)


def routes_code(lines):
    return "\n".join(lines) + "\n"


GOOD = {
    ".clang-format": "BasedOnStyle: Google\nColumnLimit: 140\n",
    "dev": "#!/usr/bin/env bash\ncommand_test() {\n  true\n}\n",
    "tools/generate.py": "import sys\nsys.exit(0)\n",
    "src/admin/admin.cpp": "// clang-format off\n" + routes_code(ROUTES),
    "src/admin/CMakeLists.txt": "kith_library(admin SOURCES admin.cpp)\n",
    "docs/server-api.md": ROUTES_PAGE,
    "src/base/CMakeLists.txt": "kith_library(base SOURCES time.cpp)\n",
    "src/base/time.h": HEADER,
    "src/base/time.cpp": BODY,
    "src/log/CMakeLists.txt": "kith_library(log SOURCES log.cpp)\n",
    "src/log/log.cpp": '#include "base/time.h"\n',
    "src/front/http.h": HEADER,
    "src/front/http.cpp": '#include "front/http.h"\nconst Rate rate{20, 5ms};\n',
    "src/front/CMakeLists.txt": "kith_library(front SOURCES http.cpp)\n",
    "src/terminal/CMakeLists.txt": "add_executable(kith main.cpp)\n",
    "src/terminal/main.cpp": 'int main(int, char** words) { return words[1][0] == "chat"[0]; }\n',
    "src/front/limit.h": HEADER + "inline constexpr int kRequestsMax = 64 << 10, kBytesMax = 1'000;\n",
    "src/server/config.cpp": 'Option options[] = {\n    {"rate", "N/s", 0},\n};\n',
    "src/server/CMakeLists.txt": "kith_library(server SOURCES config.cpp)\n",
    "docs/limits.md": "# Limits\n\n| limit | default | option | beyond it | in the code |\n|---|---|---|---|---|\n"
                      "| requests | 64 KiB | | `busy` | `src/front/limit.h` `kRequestsMax` |\n"
                      "| bytes | 1,000 | | `busy` | `src/front/limit.h` `kBytesMax` |\n"
                      "| all | 200/s, 20 at once | `--rate` | `busy` | `src/front/http.cpp` `rate` |\n",
    "README.md": "# Kith\n\nRun `./dev test`. See [how](docs/how.md#the-way).\n\n"
                 "```\n$ ./dev test\n$ build/release/bin/kith chat bob\n```\n",
    "docs/how.md": "# How\n\n## The way\n\n[back](../README.md), [elsewhere](https://example.org/x)\n",
}

LONG = "x" * 141
LIMITS = GOOD["docs/limits.md"]

# rule, file, its bad content (None: taken away), line of the failure, words of the failure
BAD = [
    ("format", "src/base/time.cpp", BODY.replace("{ return", "{return"), 5, "./dev format"),
    ("headers compile alone", "src/base/span.h", HEADER.replace("long ns", "std::string ns"), 7, "include what it uses"),
    ("headers compile alone", "src/base/span.h", HEADER + '#include "base/gone.h"\n', 11, "include what it uses"),
    ("direction of includes", "src/client/x.cpp", '#include "front/http.h"\n', 1, "may use of front only"),
    ("direction of includes", "src/base/time.cpp", '#include "log/log.h"\n', 1, "is no file of src"),
    ("direction of includes", "src/base/time.cpp", '#include "base/time.h"\n#include "log/log.cpp"\n', 2, "must not include log"),
    ("direction of includes", "src/gossip/x.h", "#pragma once\n", 1, "no row in MAY_INCLUDE"),
    ("direction of includes", "src/log/log.cpp", "#include <rocksdb/db.h>\n", 1, "only store knows rocksdb"),
    ("no clocks outside the seams", "src/log/log.cpp", "\nauto a = std::chrono::steady_clock::now();\n", 2, "Loop::now()"),
    ("no clocks outside the seams", "src/log/log.cpp", "long a = time(nullptr);\n", 1, "Loop::wall()"),
    ("no clocks outside the seams", "src/log/log.cpp", "int a = clock_gettime(CLOCK_REALTIME, &t);\n", 1, "Loop::now()"),
    ("no random numbers outside the seams", "src/log/log.cpp", "std::random_device device;\n", 1, "Loop::random()"),
    ("no random numbers outside the seams", "src/log/log.cpp", "int a = rand();\n", 1, "Loop::random()"),
    ("no random numbers outside the seams", "src/log/log.cpp", "void f(char* a) { randombytes_buf(a, 8); }\n", 1, "Loop::random()"),
    ("no threads outside the seams", "src/log/log.cpp", "std::thread thread;\n", 1, "Loop::post()"),
    ("no threads outside the seams", "src/log/log.cpp", "void f() { std::this_thread::sleep_for(1s); }\n", 1, "Loop::after()"),
    ("no dead files", "src/base/forgotten.cpp", "\n", 1, "name it in src/base/CMakeLists.txt"),
    ("no dead files", "src/log/CMakeLists.txt", "kith_library(log SOURCES old_log.cpp)\n", 1, "name it in"),
    ("generated files are up to date", "tools/generate.py", 'import sys\nsys.exit("src/wire/wire.gen.h")\n', 1, "src/wire/wire.gen.h"),
    ("generated files are up to date", "tools/generate.py", None, 1, "is missing"),
    ("server-side routes are described", "src/admin/admin.cpp", routes_code([*ROUTES, ROUTES[0].replace("/users", "/guests")]),
     len(ROUTES) + 1, "GET /v1/admin/guests (users.list) is not in tools/admin_routes.py"),
    ("server-side routes are described", "src/admin/admin.cpp", routes_code(ROUTES[:-1]), 1,
     "(audit.list) is in tools/admin_routes.py, but not"),
    ("server-side routes are described", "src/admin/admin.cpp", routes_code([ROUTES[0].replace("users.list", "users.look"), *ROUTES[1:]]),
     1, "(users.look) is not in tools/admin_routes.py"),
    ("server-side routes are described", "docs/server-api.md", ROUTES_PAGE.replace("`GET /v1/admin/audit`", ""), len(ROUTES) + 1,
     "GET /v1/admin/audit is not in docs/server-api.md"),
    ("server-side routes are described", "docs/server-api.md", ROUTES_PAGE + "\n`GET /v1/admin/guests`\n", 1, "docs/server-api.md has GET"),
    ("server-side routes are described", "docs/server-api.md", None, 1, "is missing"),
    ("size of files", "src/base/time.cpp", "\n" * 601, 601, "over 600"),
    ("width of lines", "src/base/time.cpp", f"\n// {LONG}\n", 2, "over 140"),
    ("white space", "src/base/time.cpp", "int a; \n", 1, "remove it"),
    ("white space", "docs/how.md", "# How\n\na\t\n", 3, "remove it"),
    ("white space", "src/base/time.cpp", "\tint a;\n", 1, "use spaces"),
    ("white space", "src/base/time.cpp", "int a;", 1, "no line end"),
    ("kinds of TODO", "src/base/time.cpp", "\n// TODO: later\n", 2, "TODO(kind)"),
    ("kinds of TODO", "src/base/time.cpp", "// TODO(someone): later\n", 1, "TODO(kind)"),
    ("kinds of TODO", "src/base/time.cpp", "// FIXME(bug): later\n", 1, "TODO(kind)"),
    ("one title per document", "docs/how.md", "Text\n", 1, "has no title"),
    ("one title per document", "docs/how.md", "# How\n\n# Why\n", 3, "second title"),
    ("one title per document", "docs/how.md", "Text\n\n# How\n", 3, "not the first line"),
    ("links resolve", "docs/how.md", "# How\n\n## The way\n[back](README.md)\n", 4, "correct the path"),
    ("links resolve", "docs/how.md", "# How\n", 3, "no such heading"),
    ("limits are documented as they are", "docs/limits.md", LIMITS.replace("64 KiB", "63 KiB"), 5, "but src/front/limit.h has 64 << 10"),
    ("limits are documented as they are", "docs/limits.md", LIMITS.replace("200/s", "100/s"), 7, "{20, 5ms}"),
    ("limits are documented as they are", "docs/limits.md", LIMITS.replace("20 at once", "some"), 7, "{20, 5ms}"),
    ("limits are documented as they are", "docs/limits.md", LIMITS.replace("`kBytesMax`", "`kBitsMax`"), 6, "gives kBitsMax no value"),
    ("limits are documented as they are", "docs/limits.md", LIMITS.replace("| `busy` |", "|", 1), 5, "is no row"),
    ("limits are documented as they are", "docs/limits.md", LIMITS.replace("--rate", "--rates"), 7, "no option"),
    ("limits are documented as they are", "docs/limits.md", None, 1, "is missing"),
    ("limits are documented as they are", "src/front/http.h", HEADER + "constexpr int kFieldsMax = 64;\n", 11, "does not list"),
    ("commands in documents exist", "README.md", "# Kith\n\nRun `./dev tests`.\n", 3, "see ./dev help"),
    ("commands in documents exist", "README.md", "# Kith\n```\n./configure\n```\n", 3, "is not in the tree"),
    ("commands in documents exist", "README.md", "# Kith\n```\nbuild/release/bin/kithx\n```\n", 3, "no program kithx"),
    ("commands in documents exist", "README.md", "# Kith\n```\nbuild/release/bin/kith whisper bob\n```\n", 3, "kith whisper"),
]

# What looks bad and is not.
FINE = [
    ("no clocks outside the seams", "src/log/log.cpp", "// steady_clock::now() would be wrong here\nconst char* a = \"time(0)\";\n"),
    ("no clocks outside the seams", "src/log/log_test.cpp", "auto a = std::chrono::steady_clock::now();\n"),
    ("no clocks outside the seams", "src/log/log.cpp", "auto a = loop.now();\nlong b = entry.time(0);\nint c = 1'000'000;\n"),
    ("no random numbers outside the seams", "src/log/log.cpp", "auto a = loop.random().next();\nint operand(int);\n"),
    ("no threads outside the seams", "src/log/log.cpp", "std::thread::id owner;\n"),
    ("format", "src/base/x.gen.h", "int   a  ;\n"),
    ("kinds of TODO", "src/base/time.cpp", "// TODO(limit): more than one\n"),
    ("one title per document", "docs/how.md", "# How\n\n## The way\n```\n# no title\n```\n"),
    ("links resolve", "docs/how.md", "# How\n\n## The way\n`[no](link)`\n\n```\n[no](link)\n```\n"),
]


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def problems_of(rule, files):
    with tempfile.TemporaryDirectory(prefix="kith-check-") as folder:
        write(Path(folder), files)
        return list(check.RULES[rule](check.Tree(folder)))


def with_file(name, text):
    files = {**GOOD, name: text}
    return {key: value for key, value in files.items() if value is not None}


def checks_git():
    """In a clone, what git ignores is no part of the tree; what is not added yet is."""
    with tempfile.TemporaryDirectory(prefix="kith-check-") as folder:
        write(Path(folder), {"a.md": "# A\n", "out/b.md": "bad\n", ".gitignore": "out/\n"})
        subprocess.run(["git", "init", "-q", folder], check=True)
        return check.Tree(folder).files == [".gitignore", "a.md"]


def main():
    passed, failures = 0, []

    def expect(name, right, got):
        nonlocal passed
        if right:
            passed += 1
        else:
            failures.append(name)
            print(f"FAILED {name}: got {[str(problem) for problem in got]}")

    for rule in check.RULES:
        problems = problems_of(rule, GOOD)
        expect(f"{rule}: passes on the good tree", not problems, problems)
        expect(f"{rule}: has a bad tree", any(bad[0] == rule for bad in BAD), [])
    for rule, name, text, line, words in BAD:
        problems = problems_of(rule, with_file(name, text))
        hit = [problem for problem in problems if int(problem.line) == line and words in problem.text]
        label = re.sub(r"\s+", " ", text or "(none)")[:40]
        expect(f"{rule}: {name} `{label}`", len(hit) == 1, problems)
    for rule, name, text in FINE:
        problems = problems_of(rule, with_file(name, text))
        expect(f"{rule}: lets {name} pass", not problems, problems)
    expect("the tree is what git knows", checks_git(), [])
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
