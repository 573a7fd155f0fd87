#!/usr/bin/python3
"""Oracle for tests/stats/test_compare_oracle.c: assay_summaries_compare() against 60 digits.

    /usr/bin/python3 tests/golden/compare.py >tests/golden/compare.csv

Inputs are exact doubles (hex). See compare_exact.py for the formulas.
"""
import csv
import random
import sys
from fractions import Fraction

import mpmath as mp

import compare_exact as exact

random.seed(20261124)
AREAS = {}


def area(function):
    AREAS[function.__name__] = function
    return function


def log_uniform(low, high):
    return 10 ** random.uniform(low, high)


def group(mean, sd, low=0.5, high=5):
    return [max(2, int(log_uniform(low, high))), mean, sd * sd, random.choice([0.0, random.gauss(0, 3)])]


@area
def ordinary():
    mean, sd = random.uniform(1, 100), log_uniform(-1, 2)
    return group(mean, sd), group(mean + random.gauss(0, 0.2) * sd, sd * random.uniform(0.5, 2))


@area
def offset():
    sd = log_uniform(-3, 1)
    return group(1e12 + random.random(), sd), group(1e12 + random.gauss(0, 0.3) * sd, sd)


@area
def tiny():
    scale = log_uniform(-153, -140)
    return (group(scale * random.uniform(1, 9), scale), group(scale * random.uniform(1, 9), scale))


@area
def huge():
    scale = log_uniform(140, 150)
    return (group(scale * random.uniform(-9, 9), scale), group(scale * random.uniform(1, 9), scale))


@area
def effect():
    mean, sd = random.uniform(1, 10), log_uniform(-12, -7)
    return group(mean, sd), group(mean * (1 + 1e-9 * random.uniform(-2, 2)), sd)


@area
def size():
    mean, sd = random.uniform(-5, 5), log_uniform(-1, 1)
    c, t = group(mean, sd, 6, 12), group(mean + random.gauss(0, 1e-3), sd, 6, 12)
    if random.random() < 0.5:
        random.choice([c, t])[0] = 2
    return c, t


@area
def constant():
    c, t = ordinary()
    random.choice([c, t])[2] = 0.0
    return c, t


@area
def deep():
    c, t = ordinary()
    c[0], t[0] = int(log_uniform(2, 6)), int(log_uniform(2, 6))
    t[1] = c[1] + random.choice([-1, 1]) * log_uniform(1, 3.5) * (c[2] / c[0] + t[2] / t[0]) ** 0.5
    return c, t


@area
def near_one():
    c, t = ordinary()
    t[1] = c[1] + random.gauss(0, 1) * log_uniform(-9, -1) * (c[2] / c[0] + t[2] / t[0]) ** 0.5
    return c, t


@area
def unbounded():
    sd = log_uniform(0, 2)
    c, t = group(random.gauss(0, 1) * sd, sd, 0.4, 1), group(random.gauss(0, 2) * sd, sd, 0.4, 2)
    return c, t


@area
def proportion():
    rate = random.choice([random.random(), log_uniform(-6, -1)])
    other = min(1.0, rate * random.uniform(0.8, 1.25))
    return [int(log_uniform(1, 9)), rate, 0.0, 0.0], [int(log_uniform(1, 9)), other, 0.0, 0.0]


@area
def subnormal():
    """Variances below the least normal double."""
    sd = log_uniform(-160, -155)
    return tuple([random.randint(2, 50), sd * random.uniform(-3, 3), sd * log_uniform(-1, 0) * sd, 0.0]
                 for _ in range(2))


@area
def apart():
    """Variances of such a ratio that Welch's df is all but that of one group."""
    c, t = ordinary()
    c[2] = t[2] * log_uniform(8, 40) ** random.choice([-1, 1])
    return c, t


@area
def far():
    """p near the end of the doubles: there the rounding of df counts as well."""
    c, t = ordinary()
    c[0], t[0] = int(log_uniform(0.5, 3.5)) + 1, int(log_uniform(0.5, 3.5)) + 1
    error = (c[2] / c[0] + t[2] / t[0]) ** 0.5
    least = min(c[0], t[0]) - 1
    t[1] = c[1] + random.choice([-1, 1]) * error * (
        log_uniform(120, 145) if least < 3 else 10 ** (random.uniform(200, 260) / (least + 8)))
    return c, t


def figures(name, c, t, method):
    share = name == "proportion"
    value, error2, third, skew = [], [], [], []
    for n, mean, variance, skewness in (c, t):
        m, v = Fraction(mean), Fraction(variance)
        v = m * (1 - m) if share else v
        m2 = v if share else v * (n - 1) / n
        s2 = exact.real(m2)
        m3 = exact.real(v * (1 - 2 * m)) if share else mp.mpf(skewness) * mp.sqrt(s2) ** 3
        value.append(exact.real(m))
        error2.append(exact.real(v / n))
        third.append(m3 / n ** 2)
        skew.append(m3 / mp.sqrt(s2) ** 3 if s2 > 0 else None)
    welch = [(e, g[0] - 1) for e, g in zip(error2, (c, t))]
    f = exact.compare(value, error2, mp.mpf(0), welch, method)
    if not exact.well_conditioned(value, error2, mp.mpf(0), f):
        return None
    f.update(exact.tails(third, error2, method))
    f.update(estimate_c=value[0], estimate_t=value[1], raw_c=value[0], raw_t=value[1],
             se_c=mp.sqrt(error2[0]), se_t=mp.sqrt(error2[1]), raw_se_c=mp.sqrt(error2[0]),
             raw_se_t=mp.sqrt(error2[1]), skew_c=skew[0], skew_t=skew[1], dropped=0)
    return f


def main():
    print("# /usr/bin/python3 tests/golden/compare.py; Python %s, mpmath %s" % (
        sys.version.split()[0], mp.__version__))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow("area type test side alpha null n_c mean_c variance_c in_skew_c n_t mean_t variance_t "
                 "in_skew_t".split() + exact.COLUMNS)
    for name, draw in AREAS.items():
        done = 0
        while done < 36:
            c, t = draw()
            spread = (c[2] / c[0] + t[2] / t[0]) ** 0.5
            null = random.choice([0.0, 0.0, random.gauss(0, 2) * spread])
            method = {"test": random.choice("zt"), "side": random.choice(["upper", "lower", "both"]),
                      "alpha": random.choice([0.05, 0.025, 0.01, 0.2, 1e-5]), "null": null}
            f = figures(name, c, t, method)
            if f is None:
                continue
            done += 1
            numbers = [method["alpha"], method["null"]]
            out.writerow([name, "proportion" if name == "proportion" else "mean", method["test"],
                          method["side"]] + [v.hex() for v in numbers]
                         + [g[0] if i == 0 else float(g[i]).hex() for g in (c, t) for i in range(4)]
                         + exact.row(f))


main()
