#!/usr/bin/python3
"""Runs one bench of two builds alternately and prints the medians of the pairs' ratios as one JSON line. Called by ./dev bench --against.

A ratio above 1 means that the present tree has the higher figure. Both builds run in every pair, one right after the other, and which goes
first changes: a machine's speed drifts by more than the differences that are looked for, so figures of different pairs are not compared.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAIRS = 5


def numbers(value, name=""):
    """Flattens a result into {"e2e_ms.0": 1.2, …}; whatever is no number is left out."""
    if isinstance(value, bool):
        return {}
    if isinstance(value, (int, float)):
        return {name: value}
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {key: number for part, inner in items for key, number in numbers(inner, f"{name}.{part}" if name else str(part)).items()}


def ratios(ours, theirs):
    """Lists of flattened results, a pair at each place → {field: median of ours / theirs}; null where another is 0 and ours is not."""
    fields = [field for field in ours[0] if all(field in result for result in ours + theirs)]
    return {field: median_ratio([(a[field], b[field]) for a, b in zip(ours, theirs, strict=True)]) for field in fields}


def median_ratio(pairs):
    if any(b == 0 and a != 0 for a, b in pairs):
        return None
    return round(statistics.median(a / b if b else 1.0 for a, b in pairs), 3)


def measure(tree, commit, arguments):
    done = subprocess.run([str(tree / "build/release/bin/kith-bench"), *arguments], cwd=tree, env={**os.environ, "KITH_COMMIT": commit},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
    lines = done.stdout.decode().strip().splitlines()
    if done.returncode != 0 or not lines:
        sys.exit(f"kith-bench of {commit} failed with {done.returncode}: {lines[-1] if lines else 'no output'}")
    print(lines[-1], file=sys.stderr, flush=True)
    return numbers(json.loads(lines[-1]))


def main():
    other_tree, other, arguments = ROOT / sys.argv[1], sys.argv[2], sys.argv[3:]
    here = os.environ.get("KITH_COMMIT", "unknown")
    results = {here: [], other: []}
    if here == other:
        here = here + "-again"
        results[here] = []
    for pair in range(PAIRS):
        both = [(ROOT, here), (other_tree, other)]
        for tree, commit in both if pair % 2 else reversed(both):
            results[commit].append(measure(tree, commit, arguments))
    line = {"workload": arguments[0], "commit": here, "against": other, "pairs": PAIRS, "ratios": ratios(results[here], results[other])}
    print(json.dumps(line))
    return 0


if __name__ == "__main__":
    sys.exit(main())
