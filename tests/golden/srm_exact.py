#!/usr/bin/python3
"""Oracle for tests/stats/test_srm_exact.c: binomial tails as sums of their terms, by mpmath at 60 digits.

    /usr/bin/python3 tests/golden/srm_exact.py >tests/golden/srm_exact.csv

Each line: counts (blank between),weights,p,log10 p,group that p is of,|O - E| of that group,groups beyond
0.001 over their number (0 and 1). Of each group with a weight: the probability of a count at least as far from
n w as the one found, which is told by fractions; the least of them times the groups (two: once). Weights
are the decimals printed. Tails of fewer than 2,000 units are checked against scipy.
Debian packages: python3-mpmath, python3-scipy.
"""
import math
import random
import sys
from fractions import Fraction

import mpmath as mp
import scipy
import scipy.stats

mp.mp.dps = 60
random.seed(7)
ALPHA = Fraction(1, 1000)


def real(x):
    return mp.mpf(x.numerator) / x.denominator


def tail(n, w, k, step):
    """P(k) + P(k + step) + ...: k is on the falling side of the mode, or what is left is one minus it."""
    if k < 0 or k > n:
        return mp.mpf(0)
    odds = real(w / (1 - w))
    term = mp.exp(
        mp.loggamma(n + 1)
        - mp.loggamma(k + 1)
        - mp.loggamma(n - k + 1)
        + k * mp.log(real(w))
        + (n - k) * mp.log1p(-real(w))
    )
    total, k = term, k
    while 0 <= k + step <= n:
        term *= odds * (n - k) / (k + 1) if step > 0 else k / (odds * (n - k + 1))
        k += step
        total += term
        if term < total * mp.mpf(10) ** -50:
            break
    return total


def as_far(n, w, found):
    expected = n * w
    if found == expected:
        return mp.mpf(1)
    mirror = 2 * expected - found
    low, high = (math.floor(mirror), found) if found > expected else (found, math.ceil(mirror))
    if high - low <= 1:
        return mp.mpf(1)
    p = tail(n, w, low, -1) + tail(n, w, high, 1)
    if n < 2000:
        rough = scipy.stats.binom.cdf(low, n, float(w)) + scipy.stats.binom.sf(high - 1, n, float(w))
        assert abs(rough / p - 1) < 1e-9 or p < 1e-290, (n, w, found, rough, p)
    return p


def case(counts, weights):
    w = [Fraction(repr(float(x))) for x in weights]
    n = sum(counts)
    shares = [x / sum(w) for x in w]
    assert any(0 < n * s < 5 for s in shares), (counts, weights)
    positive = sum(s > 0 for s in shares)
    ps = {g: as_far(n, s, counts[g]) for g, s in enumerate(shares) if s > 0}
    least = min(ps, key=lambda g: ps[g])
    p = min(mp.mpf(1), ps[least] * (1 if positive == 2 else positive))
    flags = ["1" if g in ps and ps[g] < real(ALPHA) / positive else "0" for g in range(len(counts))]
    # ties of groups in p, as of two groups, are of the group that is farther off
    off = max(abs(counts[g] - n * shares[g]) for g in ps if ps[g] == ps[least])
    print(
        "%s,%s,%s,%s,%s,%s"
        % (
            " ".join(map(str, counts)),
            " ".join(repr(float(x)) for x in weights),
            mp.nstr(p, 20) if p > mp.mpf(10) ** -307 else "0",
            mp.nstr(mp.log10(p), 20),
            mp.nstr(real(off), 6),
            " ".join(flags),
        )
    )


def two(e, w, found):
    """Two groups, the first with share w, about e units of it expected."""
    n = max(found + 1, round(e / w))
    if n * w < 5:
        case([found, n - found], [w, 1 - w if w in (0.5, 0.25, 0.125) else float(Fraction(1) - Fraction(repr(w)))])


print(
    "# /usr/bin/python3 tests/golden/srm_exact.py; Python %s, mpmath %s, scipy %s"
    % (sys.version.split()[0], mp.__version__, scipy.__version__)
)
print("counts,weights,p,log10_p,off,groups")
for n in range(1, 10):
    for found in range(n + 1):
        case([found, n - found], [1, 1])
for found in range(0, 13):
    case([found, 12 - found], [1, 3])
    case([found, 15 - found // 2, 15 - found + found // 2], [0.1, 0.3, 0.3])
for w in (0.4, 0.1, 0.02, 0.001, 1e-5, 1e-9, 1e-14):
    for e in (0.003, 0.1, 1.0, 3.5, 4.99):
        for found in (0, 1, 2, 4, 7, 13, 40):
            two(e, w, found)
for _ in range(120):
    k = random.randrange(3, 13)
    weights = [random.choice([1, 1, 0.5, 0.01, 0.003]) for _ in range(k)]
    if random.random() < 0.2:
        weights[random.randrange(k)] = 0.0
    total = sum(Fraction(repr(float(x))) for x in weights)
    small = min(x for x in weights if x)
    n = max(1, int(random.uniform(0.1, 4.9) * float(total) / small))
    counts = [0] * k
    off = random.choice([0.0, 0.0, 0.1, 0.5])
    for g, x in enumerate(weights):
        mean = n * float(Fraction(repr(float(x))) / total)
        counts[g] = max(0, round(random.gauss(mean, math.sqrt(mean) + off * mean))) if x else 0
    if 0 < sum(counts) * small / float(total) < 5 and sum(counts) > 0:
        case(counts, weights)
# far out, and where groups are large
case([1000, 3000, 0], [1, 1, 0.001])
case([100000, 300000, 2], [1, 1, 0.00001])
case([10000000, 10020000, 9], [1, 1, 0.0000004])
case([5000000000, 5000300000, 1], [0.5, 0.5, 1e-10])
case([300, 1], [0.001, 0.999])
case([17, 0, 0, 0], [1, 1, 1, 1])
