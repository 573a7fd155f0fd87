#!/usr/bin/python3
"""Oracle for tests/stats/test_exact_test.c: Fisher's and the score test of two shares.

    /usr/bin/python3 tests/golden/exact_test.py >tests/golden/exact_test.csv

Sums of hypergeometric probabilities from their ratios at 80 digits, roots of the score's cubic,
bounds by bisection at 40 digits (shares.py). Debian packages: python3-mpmath.
"""
import random
import sys

import mpmath as mp

import shares
from student import normal_quantile, normal_upper

mp.mp.dps = 40
random.seed(20261128)
FIELDS = ("p", "log10P", "statistic", "lower", "upper", "relativeLower", "relativeUpper",
          "significant")


def cases():
    fixed = [((5, 5), (0, 2)), ((20, 20), (0, 4)), ((400, 400), (0, 400)), ((400, 400), (400, 0)),
             ((400, 400), (0, 0)), ((30, 40), (0, 0)), ((30, 40), (30, 40)), ((2, 2), (0, 2)),
             ((1, 1), (0, 1)), ((10 ** 6, 10 ** 6), (3, 9)), ((10 ** 9, 10 ** 9), (0, 7)),
             ((10 ** 9, 10 ** 3), (12, 2)), ((1000, 10 ** 7), (1, 15000)), ((50, 500), (50, 455)),
             ((100, 100), (5, 5)), ((60, 60), (7, 9)), ((10 ** 12, 10 ** 12), (4, 6))]
    for units, hits in fixed:
        yield units, hits
    for _ in range(40):
        units = [random.choice([3, 8, 15, 40, 120, 400, 2500]) + random.randrange(3)
                 for _ in range(2)]
        share = random.choice([0.01, 0.05, 0.3, 0.9])
        hits = [min(n, max(0, round(random.gauss(n * share, (n * share * (1 - share)) ** .5 * 2))))
                for n in units]
        if shares.is_exact(units, hits):
            yield units, hits


print("# /usr/bin/python3 tests/golden/exact_test.py; Python %s, mpmath %s" % (
    sys.version.split()[0], mp.__version__))
print("n_c,x_c,n_t,x_t,side,alpha,null," + ",".join(FIELDS))
for index, (units, hits) in enumerate(cases()):
    for side in ("upper", "lower", "both"):
        alpha = ("0.05", "0.0125", "0.001")[index % 3]
        for null in ("0", "-0.02" if side == "upper" else "0.02"):
            if null != "0" and (index + len(side)) % 2:
                continue
            critical = normal_quantile(mp.mpf(alpha) / (2 if side == "both" else 1))
            f = shares.compare(list(units), list(hits), side, mp.mpf(alpha), mp.mpf(null), critical,
                               normal_upper)
            cells = [mp.nstr(f[k], 22) if k in f and k != "significant" else
                     str(int(f[k])) if k in f else "" for k in FIELDS]
            print(",".join([str(units[0]), str(hits[0]), str(units[1]), str(hits[1]), side, alpha,
                            null] + cells), flush=True)
