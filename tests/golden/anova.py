# SPDX-License-Identifier: GPL-3.0-or-later
"""F, its upper tail and the tail's decimal logarithm for NIST's analysis of variance sets: F in
rational arithmetic, the tail with mpmath at 60 digits.

    /usr/bin/python3 tests/golden/anova.py >tests/golden/anova.csv     (from the repository's top)
"""
import csv
import sys
from fractions import Fraction

import mpmath as mp

mp.mp.dps = 60
SETS = ["SiRstv", "AtmWtAg"] + ["SmLs%02d" % i for i in range(1, 10)]


def analysis(name):
    with open("data/nist/%s.csv" % name) as lines:
        rows = list(csv.reader(lines))[1:]
    groups = {}
    for label, value in rows:
        groups.setdefault(label, []).append(Fraction(value))
    means = {label: sum(values) / len(values) for label, values in groups.items()}
    grand = sum(sum(values) for values in groups.values()) / len(rows)
    between = sum(len(v) * (means[g] - grand) ** 2 for g, v in groups.items())
    within = sum((x - means[g]) ** 2 for g, v in groups.items() for x in v)
    df1, df2 = len(groups) - 1, len(rows) - len(groups)
    return between / df1 / (within / df2), df1, df2


def upper_tail(f, df1, df2):
    """I_x(df2/2, df1/2) at x = df2 / (df2 + df1 f); a finite sum when df1 is even."""
    x = df2 / (df2 + df1 * f)
    half = mp.mpf(df2) / 2
    if df1 % 2 == 0:
        terms = (mp.rf(half, i) / mp.factorial(i) * (1 - x) ** i for i in range(df1 // 2))
        return x**half * mp.fsum(terms)
    return mp.betainc(half, mp.mpf(df1) / 2, 0, x, regularized=True)


print("# /usr/bin/python3 tests/golden/anova.py; Python %s, mpmath %s"
      % (sys.version.split()[0], mp.__version__))
print("set,f,p,log10_p")
for name in SETS:
    exact, df1, df2 = analysis(name)
    f = mp.mpf(exact.numerator) / exact.denominator
    p = upper_tail(f, df1, df2)
    print("%s,%s,%s,%s" % (name, mp.nstr(f, 20), mp.nstr(p, 20), mp.nstr(mp.log10(p), 20)))
