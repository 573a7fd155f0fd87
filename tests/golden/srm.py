#!/usr/bin/python3
"""Oracle for tests/stats/test_srm.c: mpmath at 60 digits.

    /usr/bin/python3 tests/golden/srm.py >tests/golden/srm.csv

Each line: method,concentration,counts (blank between),weights,statistic,p,log10 p,residuals. The
chi-square tail is an incomplete gamma function by continued fraction or series, the Bayes factor the
ratio of two Dirichlet-multinomial likelihoods by loggamma; small cases are checked against scipy and
against the product of one-step predictive probabilities. Weights are the decimals printed.
Debian packages: python3-mpmath, python3-scipy.
"""
import math
import random
import sys
from fractions import Fraction

import mpmath as mp
import scipy.stats

mp.mp.dps = 60
random.seed(99)
rows = []


def log_gamma_upper(a, x):
    """log of the regularised upper incomplete gamma function."""
    a, x = mp.mpf(a), mp.mpf(x)
    if x == 0:
        return mp.mpf(0)
    if x < a + 30:
        term = total = 1 / a
        k = 0
        with mp.workdps(120):
            while term > total * mp.mpf(10) ** -110:
                k += 1
                term *= x / (a + k)
                total += term
            lower = mp.exp(a * mp.log(x) - x - mp.loggamma(a)) * total
            return mp.log1p(-lower)
    tiny = mp.mpf(10) ** -300
    b = x + 1 - a
    c, d = 1 / tiny, 1 / b
    h = d
    for i in range(1, 100000):
        an = -i * (i - a)
        b += 2
        d = 1 / (an * d + b)
        c = b + an / c
        h *= d * c
        if abs(d * c - 1) < mp.mpf(10) ** -58:
            break
    return a * mp.log(x) - x - mp.loggamma(a) + mp.log(h)


def shares(weights):
    w = [Fraction(repr(float(x))) for x in weights]
    total = sum(w)
    return [mp.mpf((x / total).numerator) / (x / total).denominator for x in w]


def chi2(counts, weights):
    w, n = shares(weights), sum(counts)
    stat = sum((o - n * s) ** 2 / (n * s) for o, s in zip(counts, w))
    return stat, log_gamma_upper(mp.mpf(len(w) - 1) / 2, stat / 2)


def bayes(counts, weights, concentration):
    with mp.workdps(90):
        w, n = shares(weights), sum(counts)
        k = mp.mpf(repr(float(concentration)))
        log_b = mp.loggamma(k) - mp.loggamma(k + n)
        for o, s in zip(counts, w):
            log_b += mp.loggamma(k * s + o) - mp.loggamma(k * s) - o * mp.log(s)
        return log_b, min(mp.mpf(0), -log_b)


def predictive(counts, weights, k):
    """The same Bayes factor as a product over units that arrive one by one."""
    w, seen, total, factor = shares(weights), [0] * len(counts), 0, mp.mpf(1)
    for i, o in enumerate(counts):
        for _ in range(o):
            factor *= (k * w[i] + seen[i]) / (k + total) / w[i]
            seen[i] += 1
            total += 1
    return mp.log(factor)


def emit(method, counts, weights, concentration=10000.0):
    if method == "chi2":
        stat, log_p = chi2(counts, weights)
        if log_p > -50:
            peer = scipy.stats.chi2.sf(float(stat), len(counts) - 1)
            assert abs(float(mp.exp(log_p)) / peer - 1) < 1e-9
    else:
        stat, log_p = bayes(counts, weights, concentration)
        if sum(counts) < 3000:
            assert abs(stat - predictive(counts, weights, mp.mpf(concentration))) < mp.mpf(10) ** -40
    n, w = sum(counts), shares(weights)
    residuals = [(o - n * s) / mp.sqrt(n * s * (1 - s)) for o, s in zip(counts, w)]
    p = mp.exp(log_p)
    rows.append(",".join([method, repr(float(concentration)), " ".join(map(str, counts)),
                          " ".join(repr(float(x)) for x in weights), mp.nstr(stat, 20),
                          mp.nstr(p, 20) if p > mp.mpf(10) ** -307 else "0",
                          mp.nstr(log_p / mp.log(10), 20),
                          " ".join(mp.nstr(r, 20) for r in residuals)]))


WEIGHTS = [(1, 1), (0.5, 0.5), (0.1, 0.9), (1, 1, 1), (0.1, 0.2, 0.7), (1, 2, 3, 4), (0.05, 0.95),
           (1, 1, 1, 1, 1, 1, 1, 1), (3, 0.3, 0.03), (1e-3, 1, 1), tuple([1] * 41), tuple([2] * 100)]


def draw(weights, n, sigmas):
    """Counts about sigmas standard errors off in the first group."""
    w = [float(s) for s in shares(weights)]
    counts = [max(0, round(n * s + random.gauss(0, 1) * math.sqrt(n * s))) for s in w]
    counts[0] = max(0, round(n * w[0] + sigmas * math.sqrt(n * w[0] * (1 - w[0]))))
    return counts


for weights in WEIGHTS:
    for n in (200, 5000, 10 ** 6, 5 * 10 ** 8, 10 ** 12):
        for sigmas in (0, 1.5, -3.7, 12, -37):
            if len(weights) > 8 and (n < 5000 or sigmas in (1.5, 12)):
                continue
            counts = draw(weights, n, sigmas)
            if sum(counts) == 0:
                continue
            emit("chi2", counts, weights)
            emit("sequential", counts, weights, random.choice([10000.0, 10000.0, 1.0, 100.0, 1e6]))
for exponent in (300, 306, 1000, 10 ** 4, 10 ** 5, 10 ** 6, 10 ** 7):
    for weights in ((1, 1), (1, 2, 3), (1, 1, 1, 1)):
        n = 10 ** 10
        sigmas = math.sqrt(2 * exponent * math.log(10))
        counts = draw(weights, n, -sigmas if sigmas < 5e4 else sigmas)
        emit("chi2", counts, weights)
        emit("sequential", counts, weights)
emit("chi2", [1508, 1648], (1, 1))
emit("sequential", [1508, 1648], (1, 1))
emit("chi2", [5 * 10 ** 8, 5 * 10 ** 8], (1, 1))
emit("sequential", [5 * 10 ** 8, 5 * 10 ** 8], (1, 1))
# counts just as planned by weights that are no binary numbers: the statistic is exactly 0
for weights in ((0.001, 0.0001), (0.1, 0.2, 0.7), (1e-8, 0.3)):
    w = [Fraction(repr(x)) for x in weights]
    lot = math.lcm(*(x.denominator for x in w))
    emit("chi2", [int(x * lot * 1234567) for x in w], weights)
# counts up to 2^63, and 1000 groups
emit("chi2", [2 ** 62 + 2 ** 33, 2 ** 62 - 2 ** 33], (1, 1))
emit("sequential", [2 ** 62 + 2 ** 33, 2 ** 62 - 2 ** 33], (1, 1))
emit("chi2", [2 ** 63, 2 ** 63 - 1], (1, 1))
emit("chi2", [10 ** 5 + random.randrange(2000) for _ in range(1000)], [1] * 1000)
emit("sequential", [10 ** 5 + random.randrange(2000) for _ in range(1000)], [1] * 1000)
# log Bayes factors at 1e10 units and more, from about as planned to clearly off
for n in (10 ** 10, 3 * 10 ** 10, 10 ** 12):
    for weights in ((1, 1), (0.1, 0.9), (1, 2, 3), (0.001, 1, 1), (1, 1, 1, 1, 1, 1, 1, 1)):
        for sigmas in (0, 0.3, -2, 4.4, -30, 200):
            emit("sequential", draw(weights, n, sigmas), weights,
                 random.choice([10000.0, 10000.0, 1.0, 0.5, 1e6, 1e9]))
print("# /usr/bin/python3 tests/golden/srm.py; Python %s, mpmath %s, scipy %s"
      % (sys.version.split()[0], mp.__version__, scipy.__version__))
print("method,concentration,counts,weights,statistic,p,log10_p,residuals")
print("\n".join(rows))
