#!/usr/bin/python3
"""Shows that the runner of tests cannot be passed by silence: programs that fail, lie, crash or hang are counted as failures."""

import contextlib
import io
import json
import sys
import tempfile
from pathlib import Path

import run_tests


def gtest(*cases):
    """GoogleTest's JSON for cases given as (name, "passed" | "failed" | "skipped" | "disabled")."""
    rows = []
    for name, outcome in cases:
        row = {"name": name, "status": "NOTRUN" if outcome == "disabled" else "RUN",
               "result": {"skipped": "SKIPPED", "disabled": "SUPPRESSED"}.get(outcome, "COMPLETED")}
        if outcome == "failed":
            row["failures"] = [{"failure": "no"}]
        rows.append(row)
    return json.dumps({"testsuites": [{"name": "Suite", "testsuite": rows}]})


SEEDS = run_tests.judge_last_line(r"seeds 300, simulated \S+ h, faults \d+, 0 violations")
PLANTED = run_tests.judge_last_line(r"([1-9]\d+) of \1 planted faults found", count=1)

# judge, exit code, output, JSON → passed, failed, skipped
JUDGED = [
    (run_tests.judge_counts, 0, "hello\n3 passed, 0 failed\n", "", (3, 0, 0)),
    (run_tests.judge_counts, 1, "3 passed, 2 failed, 1 skipped\n", "", (3, 2, 1)),
    (run_tests.judge_counts, 1, "3 passed, 0 failed\n", "", (3, 1, 0)),
    (run_tests.judge_counts, 0, "3 passed, 0 failed\nand then some\n", "", (0, 1, 0)),
    (run_tests.judge_counts, 0, "", "", (0, 1, 0)),
    (run_tests.judge_gtest, 0, "", gtest(("a", "passed"), ("b", "passed")), (2, 0, 0)),
    (run_tests.judge_gtest, 1, "", gtest(("a", "passed"), ("b", "failed"), ("c", "skipped"), ("d", "disabled")), (1, 1, 2)),
    (run_tests.judge_gtest, 1, "", gtest(("a", "passed")), (1, 1, 0)),
    (run_tests.judge_gtest, -6, "[       OK ] S.a\n[ RUN      ] S.b\n", "", (1, 1, 0)),
    (run_tests.judge_gtest, 0, "", "", (0, 1, 0)),
    (SEEDS, 0, "seeds 300, simulated 5.0 h, faults 7, 0 violations\n", "", (1, 0, 0)),
    (SEEDS, 0, "seeds 300, simulated 5.0 h, faults 7, 1 violations\n", "", (0, 1, 0)),
    (SEEDS, 0, "seeds 299, simulated 5.0 h, faults 7, 0 violations\n", "", (0, 1, 0)),
    (SEEDS, 1, "seeds 300, simulated 5.0 h, faults 7, 0 violations\n", "", (0, 1, 0)),
    (PLANTED, 0, "20 of 20 planted faults found\n", "", (20, 0, 0)),
    (PLANTED, 0, "19 of 20 planted faults found\n", "", (0, 1, 0)),
    (PLANTED, 0, "0 of 0 planted faults found\n", "", (0, 1, 0)),
]

# the script tests/blackbox/run, arguments → exit code, last line, a word of the output
RUN = [
    ("echo 2 passed, 0 failed", ["blackbox"], 0, "2 passed, 0 failed", "2 passed"),
    ("echo what went wrong; echo 2 passed, 1 failed; exit 1", ["blackbox"], 1, "2 passed, 1 failed", "| what went wrong"),
    ("kill -SEGV $$", ["blackbox"], 1, "0 passed, 1 failed", "its last line is not"),
    ("sleep 60", ["blackbox"], 1, "0 passed, 1 failed", "still running after"),
    ("(sleep 60; echo left behind) & echo 1 passed, 0 failed", ["blackbox"], 1, "0 passed, 1 failed", "still running after"),
    ("echo 0 passed, 0 failed", ["blackbox"], 1, "0 passed, 1 failed", "no test case"),
    ("echo 2 passed, 0 failed", ["unit"], 1, "0 passed, 1 failed", "no test case"),
    ("echo 2 passed, 0 failed", ["unit", "blackbox", "--without", "unit"], 0, "2 passed, 0 failed, 1 skipped", "skipped by --without"),
    ("echo 2 passed, 0 failed", ["blackbox", "--without", "blackbox"], 1, "0 passed, 1 failed, 1 skipped", "skipped by --without"),
    ("echo 2 passed, 0 failed", ["blackbox", "--without", "nothing"], 2, "", ""),
    ("echo 2 passed, 0 failed", ["nothing"], 2, "", ""),
    ("echo 2 passed, 0 failed; test \"$(cat)\" = ''", ["blackbox"], 0, "2 passed, 0 failed", ""),
    ("echo x.cpp:1:2: runtime error: overflow; echo 2 passed, 0 failed", ["blackbox", "--sanitize", "asan"], 1, "1 reports", "2 passed"),
    ("echo 'WARNING: ThreadSanitizer: data race' > build/tsan/reports/report.7; echo 2 passed, 0 failed",
     ["blackbox", "--sanitize", "tsan"], 1, "1 reports", "2 passed"),
]


def run(script, arguments):
    """→ (exit code, output) of the runner on a tree that has only this script."""
    with tempfile.TemporaryDirectory(prefix="kith-tests-") as folder:
        path = Path(folder) / "tests/blackbox/run"
        path.parent.mkdir(parents=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        run_tests.ROOT, run_tests.TIME_LIMIT_S = Path(folder), 2
        sys.argv = ["run_tests.py", *arguments]
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
            try:
                code = run_tests.main()
            except SystemExit as end:
                code = end.code
        return code, output.getvalue()


def main():
    passed, failed = 0, 0

    def expect(name, right, got):
        nonlocal passed, failed
        passed, failed = passed + right, failed + (not right)
        if not right:
            print(f"FAILED {name}: got {got}")

    for judge, code, output, report, wanted in JUDGED:
        result = judge(code, output, report)
        got = (result.passed, result.failed, result.skipped)
        expect(f"{judge.__name__} of exit {code}, {output!r}", got == wanted, got)
    for script, arguments, wanted_code, wanted_line, word in RUN:
        code, output = run(script, arguments)
        right = code == wanted_code and run_tests.last_line(output) == wanted_line and word in output
        expect(f"{' '.join(arguments)} with `{script}`", right, (code, output))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
