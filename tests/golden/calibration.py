#!/usr/bin/python3
"""Predicted rates for the calibration bench (tests/slow_*.c) where no exact computation exists.

    /usr/bin/python3 tests/golden/calibration.py [SCENARIO...] >tests/golden/calibration.csv

A simulation of its own: NumPy's generators and seeds, samples as arrays, figures from the plain
formulas in doubles with divisors and degrees of freedom written out, nothing of assay. Rates are of
one-sided tests at 0.05 and of intervals of 90 %; a truth of "null" means that the test is of no
difference, so that "upper" is power.
"""
import sys

import numpy as np
from scipy import special

REPLICATES = 528000
ALPHA = 0.05
Z = special.ndtri(1 - ALPHA)


# --- what a unit is: arrays (replicates, units) of the value, then denominator or covariates ---

def normal(rng, shape):
    return [10 + rng.standard_normal(shape)]


def exponential(rng, shape):
    return [rng.standard_exponential(shape)]


def lognormal1(rng, shape):
    return [np.exp(rng.standard_normal(shape))]


def lognormal2(rng, shape):
    return [np.exp(2 * rng.standard_normal(shape))]


def zero_inflated(rng, shape):
    return [np.where(rng.random(shape) < 0.2, rng.standard_exponential(shape), 0.0)]


def ratio(rng, shape):
    weight = 1 + rng.standard_exponential(shape)
    return [0.5 * weight * rng.standard_exponential(shape), weight]


def ratio_covariate(rng, shape):
    weight, rate = 1 + rng.standard_exponential(shape), rng.standard_exponential(shape)
    return [0.5 * weight * rate, weight, rate + 0.5 * rng.standard_normal(shape)]


def normal_covariate(rng, shape):
    x = rng.standard_normal(shape)
    return [10 + 0.7 * x + np.sqrt(0.51) * rng.standard_normal(shape), 5 + x]


def normal_covariates(rng, shape):
    x = [rng.standard_normal(shape) for _ in range(3)]
    y = 10 + 0.5 * x[0] + 0.4 * x[1] + 0.3 * x[2] + np.sqrt(0.5) * rng.standard_normal(shape)
    return [y] + x


def lognormal_covariate(rng, shape):
    before = rng.standard_normal(shape)
    return [np.exp(0.7 * before + np.sqrt(0.51) * rng.standard_normal(shape)), np.exp(before)]


def share_covariate(rng, shape):
    x = rng.standard_normal(shape)
    return [(0.6 * x + 0.8 * rng.standard_normal(shape) > 1.2815515655446004) * 1.0, x]


MEAN = {normal: 10, exponential: 1, lognormal1: np.exp(0.5), lognormal2: np.exp(2.0),
        zero_inflated: 0.2, ratio: 0.5, ratio_covariate: 0.5, normal_covariate: 10,
        normal_covariates: 10, lognormal_covariate: np.exp(0.5), share_covariate: 0.1}

# name: draw, test, units of baseline and compared, lift, truth tested, variance reduction
SCENARIOS = {
    "exponential z 250:250": (exponential, "z", 250, 250, 0, "true", None),
    "exponential t 500:50": (exponential, "t", 500, 50, 0, "true", None),
    "exponential t 50:50 lift 20 %": (exponential, "t", 50, 50, 0.2, "true", None),
    "lognormal 1 z 250:250": (lognormal1, "z", 250, 250, 0, "true", None),
    "lognormal 1 t 500:50": (lognormal1, "t", 500, 50, 0, "true", None),
    "lognormal 2 z 250:250": (lognormal2, "z", 250, 250, 0, "true", None),
    "lognormal 2 t 1000:100": (lognormal2, "t", 1000, 100, 0, "true", None),
    "zero-inflated z 250:250": (zero_inflated, "z", 250, 250, 0, "true", None),
    "zero-inflated t 500:50": (zero_inflated, "t", 500, 50, 0, "true", None),
    "ratio z 250:250": (ratio, "z", 250, 250, 0, "true", None),
    "ratio t 500:50": (ratio, "t", 500, 50, 0, "true", None),
    "full normal t 60:60": (normal_covariate, "t", 60, 60, 0, "true", "full"),
    "pooled normal t 60:60": (normal_covariate, "t", 60, 60, 0, "true", "pooled"),
    "full normal t 300:30": (normal_covariate, "t", 300, 30, 0, "true", "full"),
    "pooled normal t 300:30": (normal_covariate, "t", 300, 30, 0, "true", "pooled"),
    "full 3 covariates t 60:60": (normal_covariates, "t", 60, 60, 0, "true", "full"),
    "pooled 3 covariates t 300:30": (normal_covariates, "t", 300, 30, 0, "true", "pooled"),
    "full lognormal 1 z 250:250": (lognormal_covariate, "z", 250, 250, 0, "true", "full"),
    "full lognormal 1 t 500:50": (lognormal_covariate, "t", 500, 50, 0, "true", "full"),
    "pooled lognormal 1 t 500:50": (lognormal_covariate, "t", 500, 50, 0, "true", "pooled"),
    "full proportion z 250:250": (share_covariate, "z", 250, 250, 0, "true", "full"),
    "full ratio z 250:250": (ratio_covariate, "z", 250, 250, 0, "true", "full"),
    "power exponential z": (exponential, "z", 378, 378, 0.2, "null", None),
    "power reduced t": (normal_covariate, "t", 73, 73, 0.03, "null", "full"),
    "power ratio z": (ratio, "z", 472, 472, 0.2, "null", None),
}
RATIOS = (ratio, ratio_covariate)


def centred(a):
    return a - a.mean(axis=1, keepdims=True)


class Group:
    """Value (of a ratio: linearised) and covariates, with what the estimators need of them."""

    def __init__(self, data, is_ratio, is_share):
        self.n = data[0].shape[1]
        self.mean = data[0].mean(axis=1)
        deviation = centred(data[0])
        rest = data[1:]
        if is_ratio:
            over = data[1].mean(axis=1)
            self.mean = self.mean / over
            deviation = (data[0] - self.mean[:, None] * data[1]) / over[:, None]
            rest = data[2:]
        self.sum2 = (deviation ** 2).sum(axis=1)
        self.m2 = self.sum2 / self.n
        self.m3 = (deviation ** 3).mean(axis=1)
        self.error2 = self.sum2 / (self.n - 1) / self.n
        if is_share:
            self.error2 = self.mean * (1 - self.mean) / self.n
        self.x_mean = [x.mean(axis=1) for x in rest]
        dx = [centred(x) for x in rest]
        self.xx = np.array([[(a * b).sum(axis=1) for b in dx] for a in dx])
        self.xy = np.array([(a * deviation).sum(axis=1) for a in dx])


def slopes_of(xx, xy):
    return np.linalg.solve(np.moveaxis(xx, -1, 0), np.moveaxis(xy, -1, 0)[..., None])[..., 0].T


def reduce_variance(c, t, how):
    """Adjusted means, their squared errors, their covariance, the difference's, residual df."""
    q = len(c.x_mean)
    if how == "pooled":
        b = [slopes_of(c.xx + t.xx, c.xy + t.xy)] * 2
    else:
        b = [slopes_of(g.xx, g.xy) for g in (c, t)]
    total = c.n + t.n
    grand = [(c.n * a + t.n * d) / total for a, d in zip(c.x_mean, t.x_mean)]
    away = [np.array([a - m for a, m in zip(g.x_mean, grand)]) for g in (c, t)]
    value, residual = [], []
    df = [g.n - 1 - (q if how == "full" else 0) for g in (c, t)]
    for g, slope, shift, f in zip((c, t), b, away, df):
        value.append(g.mean - (slope * shift).sum(axis=0))
        sum2 = g.sum2 - 2 * (slope * g.xy).sum(axis=0) + np.einsum("ir,ijr,jr->r", slope, g.xx, slope)
        residual.append(sum2 / f / g.n)
    if how == "pooled":
        return value, residual, 0.0, residual[0] + residual[1], residual, df
    spread = c.xx + t.xx + sum(g.n * np.einsum("ir,jr->ijr", s, s) for g, s in zip((c, t), away))
    spread = spread / (total - 1) / total

    def form(u, v):
        return np.einsum("ir,ijr,jr->r", u, spread, v)
    errors = [residual[g] + form(b[g], b[g]) for g in (0, 1)]
    apart = b[1] - b[0]
    return value, errors, form(b[0], b[1]), residual[0] + residual[1] + form(apart, apart), residual, df


def hall(statistic, a):
    return statistic + a / 6 + a * statistic ** 2 / 3 + a ** 2 * statistic ** 3 / 27


def pearson_tails(x, skew):
    """P(X > x), P(X < x): Pearson type III of mean 0, variance 1."""
    k = 4 / np.maximum(np.abs(skew), 1e-4) ** 2
    at = np.maximum(k + np.sqrt(k) * np.where(skew > 0, x, -x), 0)
    above, below = special.gammaincc(k, at), special.gammainc(k, at)
    return np.where(skew > 0, above, below), np.where(skew > 0, below, above)


def counts_of(c, t, test, rho, null, how):
    if how:
        value, error2, cov, both, residual, df = reduce_variance(c, t, how)
    else:
        value, error2, cov = [c.mean, t.mean], [c.error2, t.error2], 0.0
        both, residual, df = c.error2 + t.error2, error2, [c.n - 1, t.n - 1]
    q = Z
    if test == "t":
        q = special.stdtrit((residual[0] + residual[1]) ** 2 /
                            (residual[0] ** 2 / df[0] + residual[1] ** 2 / df[1]), 1 - ALPHA)
    base, compared = value
    statistic = (compared - base - null) / np.sqrt(both)
    truth = (compared - base - (rho - 1) * c.true_mean) / np.sqrt(both)
    fieller = (compared - rho * base) ** 2 <= q ** 2 * (
        error2[1] + rho ** 2 * error2[0] - 2 * rho * cov)
    delta = np.abs(compared / base - rho) <= q * np.sqrt(
        error2[1] / base ** 2 + compared ** 2 * error2[0] / base ** 4 - 2 * compared * cov / base ** 3)
    with np.errstate(invalid="ignore"):
        log = np.abs(np.log(compared / base / rho)) <= q * np.sqrt(
            error2[1] / compared ** 2 + error2[0] / base ** 2 - 2 * cov / (compared * base))
    # Hall's transformation and Pearson's type III curve, with the shape of all units.
    a, b = 1 / t.n, 1 / c.n
    m2, m3 = [(t.n * u + c.n * v) / (t.n + c.n) for u, v in ((t.m2, c.m2), (t.m3, c.m3))]
    with np.errstate(invalid="ignore", divide="ignore"):
        skew = m3 / m2 ** 1.5 * (a ** 2 - b ** 2) / (a + b) ** 1.5
        mended = hall(statistic, skew)
        pooled = (t.mean - c.mean - null) / np.sqrt(
            m2 * (t.n + c.n) / (t.n + c.n - 2) * (a + b))
        above, below = pearson_tails(pooled, skew)
    return [int(np.count_nonzero(x)) for x in (
        statistic > q, statistic < -q, np.abs(truth) <= q, fieller, delta, log, mended > q,
        mended < -q, above < special.ndtr(-q), below < special.ndtr(-q))]


def rates_of(name):
    draw, test, n_c, n_t, lift, truth, how = SCENARIOS[name]
    rng = np.random.Generator(np.random.SFC64([2026, 11, list(SCENARIOS).index(name)]))
    chunk = 250
    total = np.zeros(10)
    for _ in range(REPLICATES // chunk):
        groups = []
        for n, factor in ((n_c, 1.0), (n_t, 1.0 + lift)):
            data = draw(rng, (chunk, n))
            data[0] = data[0] * factor
            groups.append(Group(data, draw in RATIOS, draw is share_covariate))
            groups[-1].true_mean = MEAN[draw]
        null = lift * MEAN[draw] if truth == "true" else 0.0
        total += counts_of(*groups, test, 1.0 + lift, null, how)
    return total / REPLICATES


def main():
    print("# /usr/bin/python3 tests/golden/calibration.py; Python %s, NumPy %s" %
          (sys.version.split()[0], np.__version__))
    print("name,n_baseline,n_compared,replicates,upper,lower,covered,fieller,delta,log,hall_upper,"
          "hall_lower,pearson_upper,pearson_lower")
    for name in sys.argv[1:] or SCENARIOS:
        rates = ",".join("%.6f" % rate for rate in rates_of(name))
        print("%s,%d,%d,%d,%s" % (name, SCENARIOS[name][2], SCENARIOS[name][3], REPLICATES, rates),
              flush=True)


main()
