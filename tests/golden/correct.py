#!/usr/bin/python3
"""Oracle for tests/stats/test_correct.c: adjusted p-values at 60 digits, checked against R's p.adjust.

    /usr/bin/python3 tests/golden/correct.py >tests/golden/correct.csv

Each line: method,family number,log10 p,adjusted log10 p. The definitions are applied in mpmath to
10^(log10 p), so that no p underflows. Families whose p-values all fit a double go through R too and
must agree to 1e-12. Debian packages: python3-mpmath, r-base-core.
"""
import random
import subprocess
import sys

import mpmath as mp

mp.mp.dps = 60
random.seed(7)
METHODS = {"holm": "holm", "hochberg": "hochberg", "BH": "benjaminiHochberg",
           "BY": "benjaminiYekutieli"}


def adjust(method, p):
    """The definitions: an adjusted p is the least level at which the procedure rejects."""
    n = len(p)
    order = sorted(range(n), key=lambda i: p[i])
    out = [None] * n
    for rank, i in enumerate(order, 1):
        if method == "holm":
            terms = [(n - k + 1) * p[order[k - 1]] for k in range(1, rank + 1)]
            value = max(terms)
        else:
            scale = {"hochberg": lambda k: n - k + 1,
                     "BH": lambda k: mp.mpf(n) / k,
                     "BY": lambda k: mp.mpf(n) / k * sum(mp.mpf(1) / j for j in range(1, n + 1))}
            value = min(scale[method](k) * p[order[k - 1]] for k in range(rank, n + 1))
        out[i] = min(value, mp.mpf(1))
    return out


def in_r(method, p):
    code = "cat(sprintf('%%.17g', p.adjust(c(%s), '%s')))" % (
        ",".join("%.17g" % float(v) for v in p), method)
    text = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=True)
    return [mp.mpf(v) for v in text.stdout.split()]


def families():
    yield [-1.3]
    yield [0.0, 0.0]
    yield [-2.0, -2.0, -2.0, -0.1]
    yield [-1.0, -2.0, -3.0, -4.0, -5.0]
    for size in (2, 3, 7, 12, 30):
        yield [-random.expovariate(0.7) for _ in range(size)]
        yield [round(-random.expovariate(0.5), 1) for _ in range(size)]  # ties
        yield [-random.uniform(0, 5000) for _ in range(size)]
        yield [-random.uniform(4999, 5000) for _ in range(size)]


rows = []
for number, family in enumerate(families()):
    p = [mp.mpf(10) ** mp.mpf(repr(x)) for x in family]
    for method, name in METHODS.items():
        out = adjust(method, p)
        if min(family) > -250:
            for mine, theirs in zip(out, in_r(method, p)):
                assert abs(mine / theirs - 1) < 1e-12, (method, family)
        for x, q in zip(family, out):
            rows.append("%s,%d,%r,%s" % (name, number, x, mp.nstr(mp.log10(q), 20)))
version = subprocess.run(["Rscript", "-e", "cat(R.version.string)"], capture_output=True, text=True)
print("# /usr/bin/python3 tests/golden/correct.py; Python %s, mpmath %s, %s"
      % (sys.version.split()[0], mp.__version__, version.stdout))
print("method,family,log10_p,adjusted_log10_p")
print("\n".join(rows))
