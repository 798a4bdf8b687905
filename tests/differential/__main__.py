"""``PYTHONPATH=tests python -m differential --examples 20000 --seed 0``: how far both agree, and where not."""

from __future__ import annotations

import argparse
from collections import Counter

from judge import Judge

from differential.compare import examples
from differential.reduce import cause, reduced

parser = argparse.ArgumentParser("differential", description=__doc__)
parser.add_argument("--examples", type=int, default=2000, help="how many functions (default: 2000)")
parser.add_argument("--seed", type=int, default=0, help="the same seed makes the same functions (default: 0)")
parser.add_argument("--reduce", action="store_true", help="make the first function of each cause smaller")
arguments = parser.parse_args()

judge = Judge(timeout=5.0)
kinds: Counter[str] = Counter()
causes: Counter[tuple[object, ...]] = Counter()
first = 0
for comparison in examples(arguments.seed, arguments.examples, judge):
    kinds[comparison.kind] += 1
    first += comparison.same_first
    if comparison.agree and comparison.kind not in ("no verdict", "not Python"):
        continue
    if not arguments.reduce:
        print(comparison, end="\n\n", flush=True)
    elif not comparison.agree:
        why = cause(comparison)
        causes[why] += 1
        if causes[why] == 1:
            print(reduced(comparison, judge), end="\n\n", flush=True)
judge.close()
for why, count in causes.most_common():
    print(count, *why)
agreed = kinds["accepted"] + kinds["rejected"]
asked = arguments.examples - kinds["no verdict"] - kinds["not Python"]
print(f"{arguments.examples} functions, seed {arguments.seed}: of {asked} with a verdict {agreed / asked:.2%} agree")
print(f"  both accept {kinds['accepted']}, both reject {kinds['rejected']} (our first line is the compiler's: {first})")
print(f"  missed {kinds['missed']}, false alarms {kinds['false alarm']}, other line {kinds['other line']}", end=", ")
print(f"no verdict {kinds['no verdict']}, not Python {kinds['not Python']}")
