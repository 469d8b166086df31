#!/usr/bin/python3
"""Runs the groups of tests of a finished build and counts test cases. Called by ./dev test, asan and tsan.

The last line is `N passed, M failed[, K skipped]`; the exit code is 0 only if none failed. A program that crashes, hangs or says
nothing counts as a failure, and so does a group without a single test case: silence never passes. Nothing is skipped but by --without.

A group G consists of the programs in build/<preset>/tests/G and of the script tests/G/run, if they exist. GoogleTest programs report
in JSON; everything else ends with a line `N passed, M failed[, K skipped]`. The groups sim and crash have built-in steps besides,
whose last lines are those of the programs themselves. Scripts find the programs in $KITH_BUILD/bin.
"""

import argparse
import concurrent.futures
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GROUPS = ["tidy", "unit", "sim", "crash", "blackbox"]
SANITIZED = {"asan": ["unit", "sim", "crash"], "tsan": ["unit", "crash"]}
TIME_LIMIT_S = 600  # For one program. Continuous integration has to end.
PLANTED_LIMIT_S = 1800  # A search: how long it takes is luck.
SIDE_BY_SIDE = min(2, os.cpu_count() or 1)
OUTPUT_LINES_SHOWN = 200

COUNTS = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")
REPORT = re.compile(r"(ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|FATAL: ThreadSanitizer|runtime error:)")


class Step:
    """One program to run. `judge` turns its exit code, output and JSON file into a Result."""

    def __init__(self, group, name, command, judge, env=None, limit_s=None):
        self.group, self.name, self.command, self.judge, self.env, self.limit_s = group, name, command, judge, env or {}, limit_s


class Result:
    def __init__(self, passed=0, failed=0, skipped=0, notes=()):
        self.passed, self.failed, self.skipped, self.notes = passed, failed, skipped, list(notes)
        self.reports = 0

    def add(self, other):
        self.passed, self.failed, self.skipped = self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        self.reports += other.reports


# ---- what programs say ------------------------------------------------------------------------------------------------


def last_line(output):
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def judge_counts(code, output, _):
    """A last line `N passed, M failed[, K skipped]`."""
    match = COUNTS.match(last_line(output))
    if not match:
        return Result(failed=1, notes=["its last line is not `N passed, M failed`"])
    result = Result(int(match[1]), int(match[2]), int(match[3] or 0))
    if code != 0 and result.failed == 0:
        result.failed, result.notes = 1, [f"it counts no failure but exits with {code}"]
    return result


def failed_cases_only(output):
    """What GoogleTest printed, without the cases that passed."""
    kept, case = [], []
    for line in output.splitlines():
        if line.startswith("[ RUN      ]"):
            case = [line]
        elif line.startswith("[       OK ]"):
            case = []
        elif line.startswith("[  FAILED  ]") and case:
            kept += [*case, line]
            case = []
        elif case:
            case.append(line)
    return "\n".join(kept + case)


def judge_gtest(code, output, report):
    """GoogleTest's JSON; if the program died before writing it, what it printed so far and one failure."""
    try:
        suites = json.loads(report)["testsuites"]
    except (ValueError, KeyError):
        passed = len(re.findall(r"^\[       OK \]", output, re.M))
        running = re.findall(r"^\[ RUN      \] (\S+)", output, re.M)
        return Result(passed, 1, notes=[f"it ended with {code} before its report" + (f", in {running[-1]}" if running else "")])
    result = Result()
    for suite in suites:
        for case in suite["testsuite"]:
            name = f"{suite['name']}.{case['name']}"
            if case.get("failures"):
                result.failed += 1
                result.notes.append(f"failed: {name}")
            elif case["status"] == "NOTRUN" or case["result"] in ("SKIPPED", "SUPPRESSED"):
                result.skipped += 1
                result.notes.append(f"skips itself: {name}")
            else:
                result.passed += 1
    if code != 0 and result.failed == 0:
        result.failed += 1
        result.notes.append(f"no case failed but it exits with {code}")
    return result


def judge_last_line(pattern, count=None):
    """The last line matches `pattern` as a whole and the exit code is 0: as many cases as group `count` says, or one."""

    def judge(code, output, _):
        match = re.fullmatch(pattern, last_line(output))
        if match and code == 0:
            return Result(passed=int(match[count]) if count else 1)
        return Result(failed=1, notes=[f"exit code {code}, last line: {last_line(output) or '(none)'}"])

    return judge


# ---- what there is to run ---------------------------------------------------------------------------------------------


def built_in(group, build, sanitizer):
    if group == "tidy":
        return [
            Step(group, "check", ["/usr/bin/python3", "tools/check.py"], judge_counts),
            Step(group, "check_test", ["/usr/bin/python3", "tools/check_test.py"], judge_counts),
            Step(group, "run_tests_test", ["/usr/bin/python3", "tools/run_tests_test.py"], judge_counts),
        ]
    if group == "sim":
        seeds = "30" if sanitizer else "300"
        clean = judge_last_line(r"seeds " + seeds + r", simulated \S+ h, faults \d+, 0 violations")
        steps = [Step(group, f"{seeds} seeds", [f"{build}/bin/kith-sim", "--seeds", seeds], clean)]
        if not sanitizer:
            found = judge_last_line(r"([1-9]\d+) of \1 planted faults found", count=1)
            steps.append(Step(group, "planted", ["build/planted/bin/kith-sim", "--planted"], found, limit_s=PLANTED_LIMIT_S))
        return steps
    if group == "crash":
        kills = "5" if sanitizer else "20"
        clean = judge_last_line(r"kills " + kills + r", acked [1-9]\d*, lost 0, duplicated 0, resurrected 0")
        return [Step(group, f"{kills} kills", [f"{build}/bin/kith-crash", "--kills", kills], clean)]
    return []


def steps_of(group, build, sanitizer):
    env = {"KITH_BUILD": str(ROOT / build)}
    steps = built_in(group, build, sanitizer)
    folder = ROOT / build / "tests" / group
    for program in sorted(folder.glob("*")) if folder.is_dir() else []:
        if program.is_file() and os.access(program, os.X_OK):
            judge = judge_gtest if group == "unit" else judge_counts
            steps.append(Step(group, program.name, [str(program)], judge, env))
    script = ROOT / "tests" / group / "run"
    if script.is_file():
        steps.append(Step(group, "run", [str(script)], judge_counts, env))
    return steps


# ---- running ----------------------------------------------------------------------------------------------------------

children = set()
children_lock = threading.Lock()


def end_group(process, number):
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass


def run(step, report_path, env):
    """→ (Result, output, seconds). Each program leads a process group of its own, so that what it leaves behind ends with it."""
    command = list(step.command)
    if step.judge is judge_gtest:
        report_path.unlink(missing_ok=True)
        command.append(f"--gtest_output=json:{report_path}")
    began = time.monotonic()
    try:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env, **step.env}, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    except OSError as error:
        return Result(failed=1, notes=[f"cannot start: {error}"]), "", 0.0
    with children_lock:
        children.add(process)
    late = threading.Event()

    def expire():
        late.set()
        end_group(process, signal.SIGKILL)

    limit_s = step.limit_s or TIME_LIMIT_S
    timer = threading.Timer(limit_s, expire)
    timer.start()
    output = process.stdout.read().decode(errors="replace")
    code = process.wait()
    timer.cancel()
    with children_lock:
        children.discard(process)
    seconds = time.monotonic() - began
    if late.is_set():
        return Result(failed=1, notes=[f"still running after {limit_s} s"]), output, seconds
    end_group(process, signal.SIGKILL)
    report = report_path.read_text(errors="replace") if report_path.is_file() else ""
    return step.judge(code, output, report), output, seconds


def show(step, result, output, seconds):
    counts = f"{result.passed} passed, {result.failed} failed" + (f", {result.skipped} skipped" if result.skipped else "")
    print(f"{step.group:9} {step.name:32} {counts}  ({seconds:.1f} s)")
    for note in result.notes:
        print(f"          {note}")
    if result.failed:
        lines = (failed_cases_only(output) if step.judge is judge_gtest else output).splitlines()
        if len(lines) > OUTPUT_LINES_SHOWN:
            print(f"          | … {len(lines) - OUTPUT_LINES_SHOWN} lines before …")
        for line in lines[-OUTPUT_LINES_SHOWN:]:
            print(f"          | {line}")
    sys.stdout.flush()


def run_group(group, steps, build, env, without):
    """Runs the steps; GoogleTest programs two side by side, all others alone, as they use all cores or measure time."""
    total = Result()
    chosen = []
    for step in steps:
        if step.name in without:
            print(f"{group:9} {step.name:32} skipped by --without")
            total.skipped += 1
        else:
            chosen.append(step)
    reports = ROOT / build / "tests" / "reports"
    reports.mkdir(parents=True, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(SIDE_BY_SIDE if group == "unit" else 1) as pool:
        running = {pool.submit(run, step, reports / f"{group}-{step.name}.json", env): step for step in chosen}
        for done in concurrent.futures.as_completed(running):
            result, output, seconds = done.result()
            show(running[done], result, output, seconds)
            result.reports = len(REPORT.findall(output))  # GCC's UndefinedBehaviorSanitizer writes here, whatever log_path says.
            total.add(result)
    if total.passed + total.failed == 0 and not (chosen == [] and total.skipped):
        print(f"{group:9} has no test case: that is a failure")
        total.failed += 1
    return total


# ---- sanitizers -------------------------------------------------------------------------------------------------------


def sanitizer_environment(sanitizer, folder):
    """Every process, also one that a test starts and whose output nobody sees, leaves its reports in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("report.*"):
        old.unlink()
    common = f"halt_on_error=1:log_path={folder}/report"
    return {
        "ASAN_OPTIONS": f"{common}:detect_stack_use_after_return=1:strict_string_checks=1",
        "UBSAN_OPTIONS": f"{common}:print_stacktrace=1",
        # Debian's RocksDB is not instrumented: what happens inside it cannot be judged.
        "TSAN_OPTIONS": f"{common}:second_deadlock_stack=1:ignore_noninstrumented_modules=1",
    }


def count_reports(folder):
    reports = 0
    for path in sorted(folder.glob("report.*")):
        text = path.read_text(errors="replace")
        reports += max(1, len(REPORT.findall(text)))
        print(f"---- {path.relative_to(ROOT)}\n{text}")
    return reports


# ---- main -------------------------------------------------------------------------------------------------------------


def arguments():
    parser = argparse.ArgumentParser(prog="./dev test", usage="./dev test [GROUP…] [--without NAME]…")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=" ".join(GROUPS))
    parser.add_argument("--without", action="append", default=[], metavar="NAME", help="a group or a program that is not run")
    parser.add_argument("--sanitize", choices=sorted(SANITIZED), help=argparse.SUPPRESS)
    parser.add_argument("--plan", action="store_true", help="only print the groups that would run")
    options = parser.parse_intermixed_args()
    for group in options.groups:
        if group not in GROUPS:
            parser.error(f"no group '{group}': {' '.join(GROUPS)}")
    if not options.groups:
        options.groups = SANITIZED.get(options.sanitize, GROUPS)
    return parser, options


def main():
    parser, options = arguments()
    if options.plan:
        print(*[group for group in options.groups if group not in options.without])
        return 0
    build = f"build/{options.sanitize or 'release'}"
    plan = {group: steps_of(group, build, options.sanitize) for group in dict.fromkeys(options.groups)}
    names = set(plan) | {step.name for steps in plan.values() for step in steps}
    for name in options.without:
        if name not in names:
            parser.error(f"--without {name}: no such group or program among those chosen")

    folder = ROOT / build / "reports"
    env = sanitizer_environment(options.sanitize, folder) if options.sanitize else {}

    def interrupted(number, _):
        with children_lock:
            for process in children:
                end_group(process, signal.SIGKILL)
        os._exit(128 + number)

    signal.signal(signal.SIGINT, interrupted)
    signal.signal(signal.SIGTERM, interrupted)

    total = Result()
    for group, steps in plan.items():
        if group in options.without:
            print(f"{group:9} skipped by --without")
            total.skipped += 1
            continue
        total.add(run_group(group, steps, build, env, options.without))
    if total.passed == 0:
        total.failed = max(1, total.failed)
    reports = count_reports(folder) + total.reports if options.sanitize else 0
    print(f"{total.passed} passed, {total.failed} failed" + (f", {total.skipped} skipped" if total.skipped else ""))
    if options.sanitize:
        print(f"{reports} reports")
    return 1 if total.failed or reports else 0


if __name__ == "__main__":
    sys.exit(main())
