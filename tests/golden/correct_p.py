#!/usr/bin/python3
"""Oracle for tests/stats/test_correct.c: adjusted p-values in exact rational arithmetic.

    /usr/bin/python3 tests/golden/correct_p.py >tests/golden/correct_p.csv

Each line: method,family number,p,log10 p,adjusted p. The doubles p are taken as they are; their
logarithms are rounded to double, as a test gives them. The families reach down to 1e-307, and the
p of some differ by parts of 1e-14, less than their logarithms show. Debian packages:
python3-mpmath.
"""
import random
import sys
from fractions import Fraction

import mpmath as mp

mp.mp.dps = 40
random.seed(11)


def holm(p):
    return [max((len(p) - k) * p[k] for k in range(r + 1)) for r in range(len(p))]


def step_up(p, factor):
    return [min(factor(k + 1) * p[k] for k in range(r, len(p))) for r in range(len(p))]


def adjust(method, p):
    n = len(p)
    if method == "holm":
        return holm(p)
    if method == "hochberg":
        return step_up(p, lambda rank: n - rank + 1)
    price = sum(Fraction(1, i) for i in range(1, n + 1)) if method == "benjaminiYekutieli" else 1
    return step_up(p, lambda rank: Fraction(n, rank) * price)


def families():
    yield [0.05]
    yield [0.3, 0.01, 1.0, 0.02]
    for size in (2, 5, 17, 40, 60):
        for deepest in (3, 30, 140, 200, 307):
            yield [10 ** -random.uniform(0, deepest) for _ in range(size)]
        for at in (1e-131, 1e-200, 1e-306):
            yield [at * (1 + random.uniform(0, 3e-14)) for _ in range(size)]
            yield [at * random.uniform(1, 3) for _ in range(size)]


print("# /usr/bin/python3 tests/golden/correct_p.py; Python %s, mpmath %s"
      % (sys.version.split()[0], mp.__version__))
print("method,family,p,log10_p,adjusted_p")
for number, family in enumerate(families()):
    order = sorted(range(len(family)), key=lambda i: family[i])
    exact = [Fraction(family[i]) for i in order]
    for method in ("holm", "hochberg", "benjaminiHochberg", "benjaminiYekutieli"):
        adjusted = dict(zip(order, adjust(method, exact)))
        for i, p in enumerate(family):
            q = min(adjusted[i], Fraction(1))
            print("%s,%d,%r,%r,%s" % (method, number, p, float(mp.log10(mp.mpf(p))),
                                      mp.nstr(mp.mpf(q.numerator) / q.denominator, 20)))
