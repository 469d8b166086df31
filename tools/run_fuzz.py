#!/usr/bin/python3
"""Runs the fuzz targets of a finished build, two side by side. Called by ./dev fuzz.

Seeds are src/*/corpus/<target>/ in the tree (with or without the target's _fuzz); what a run adds to them stays in
build/fuzz/corpus/<target>/. What breaks a target is kept in build/fuzz/findings/ and can be repeated by giving that file to the program.
The last line is `T targets, F findings`.
"""

import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "fuzz"
LIMITS = ["-timeout=10", "-rss_limit_mb=2048", "-max_len=65536"]


def corpus_of(name):
    folder = BUILD / "corpus" / name
    folder.mkdir(parents=True, exist_ok=True)
    for each in (name, name.removesuffix("_fuzz")):
        for seed in ROOT.glob(f"src/*/corpus/{each}/*"):
            shutil.copy(seed, folder / seed.name)
    return folder


def fuzz(program, seconds):
    """→ (findings, one line about it, output)"""
    findings = BUILD / "findings"
    findings.mkdir(exist_ok=True)
    before = set(findings.glob(f"{program.name}-*"))
    command = [str(program), *LIMITS, f"-max_total_time={seconds}", f"-artifact_prefix={findings}/{program.name}-", "-print_final_stats=1",
               str(corpus_of(program.name))]
    env = {**os.environ, "ASAN_OPTIONS": "allow_addr2line=1", "UBSAN_OPTIONS": "print_stacktrace=1:allow_addr2line=1"}
    try:
        done = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=seconds + 120)
        code, output = done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as error:
        code, output = 1, (error.stdout or b"").decode(errors="replace") + "\nstill running after its time"
    runs = re.search(r"stat::number_of_executed_units:\s*(\d+)", output)
    cover = re.findall(r"\bcov: (\d+)", output)
    found = sorted(set(findings.glob(f"{program.name}-*")) - before)
    line = f"{program.name}: {runs[1] if runs else 0} runs, coverage {cover[-1] if cover else 0}"
    if code == 0 and not runs:
        return 1, line + ", but it ran nothing", output
    if code != 0:
        kept = ", ".join(str(path.relative_to(ROOT)) for path in found) or "no input kept"
        return 1, f"{line}, FOUND ({kept})", output
    return 0, line, output


def main():
    parser = argparse.ArgumentParser(prog="./dev fuzz")
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--seconds", type=int, default=300, help="for each target")
    options = parser.parse_intermixed_args()
    programs = {path.name: path for path in sorted((BUILD / "fuzz").glob("*")) if path.is_file() and os.access(path, os.X_OK)}
    for name in options.targets:
        if name not in programs:
            parser.error(f"no target '{name}': {' '.join(programs)}")
    chosen = [programs[name] for name in options.targets] or list(programs.values())
    if not chosen:
        parser.error("there are no fuzz targets")
    total = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for findings, line, output in pool.map(lambda program: fuzz(program, options.seconds), chosen):
            total += findings
            print(line, flush=True)
            if findings:
                print("\n".join(output.splitlines()[-100:]), flush=True)
    print(f"{len(chosen)} targets, {total} findings")
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
