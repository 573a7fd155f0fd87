#!/usr/bin/python3
"""Cases of the accuracy bench that are computed from raw data, with 60 digits.

    /usr/bin/python3 tests/golden/accuracy_data.py >tests/golden/accuracy_data.csv

Two groups each, data as in compare_data.py (bench/bench_accuracy_rows.c draws the same from the seed).
With reduction none: Welch's two-sided t test and Fieller's 95 % interval; full: own slopes by group.
"""
import csv
import sys

import mpmath as mp

import compare_data as data
import compare_exact as exact

PLANS = [("money", 0, "none", 20), ("offset", 0, "none", 20), ("near", 0, "none", 20),
         ("tiny", 0, "none", 20), ("huge", 0, "none", 20), ("money", 4, "full", 10),
         ("offset", 4, "full", 10), ("near", 1, "full", 10), ("ill", 2, "full", 10),
         ("ill", 10, "full", 10)]
COLUMNS = "difference se p fieller_lower fieller_upper".split()


def main():
    print("# /usr/bin/python3 tests/golden/accuracy_data.py; Python %s, mpmath %s" % (
        sys.version.split()[0], mp.__version__))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow("case kind covariates reduction n_c n_t seed".split() + COLUMNS)
    random = data.Random(20261126)
    case = 0
    for kind, q, reduction, count in PLANS:
        done = 0
        while done < count:
            sizes = [q + 5 + random.next() % 40 for _ in range(2)]
            seed = random.next() >> 1
            method = {"test": "t", "side": "both", "alpha": 0.05, "null": 0.0}
            f = data.figures(kind, "mean", reduction, q, sizes, seed, method)
            if f is None or f["fieller_kind"] != 1:
                continue
            out.writerow([case, kind, q, reduction] + sizes + [seed] +
                         [exact.text(f[name]) for name in COLUMNS])
            done += 1
            case += 1


main()
