#!/usr/bin/python3
"""Oracle for tests/stats/horizon: futility bounds by beta spending, with numpy and scipy.

    /usr/bin/python3 tests/golden/futility.py >tests/golden/futility.csv

Each line: alpha,family,parameter,beta,family,parameter of futility,planned looks,informations,
z of each look,futility bound of each look,drift. Equal planned looks settle the drift; the looks of
the line are others where informations say so.

The density of the score under a drift is carried forward from look to look on 600 Gauss-Legendre
points between the two bounds; bounds and the drift are found by Brent's method.
Doubles: about 1e-11 in z.
"""
import sys

import numpy as np
import scipy
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

NODES, WEIGHTS = np.polynomial.legendre.leggauss(600)


def spent(family, parameter, total, t):
    if family == "power":
        return total * t ** parameter
    if family == "obrienFleming":
        return 2 * ndtr(ndtri(total / 2) / np.sqrt(t))
    if family == "pocock":
        return total * np.log1p((np.e - 1) * t)
    if parameter == 0:
        return total * t
    return total * np.expm1(-parameter * t) / np.expm1(-parameter)


class Density:
    """Sub-density of the score at a look, on the points between its bounds."""

    def __init__(self, drift):
        self.drift, self.t, self.u, self.mass = drift, 0.0, np.zeros(1), np.ones(1)

    def above(self, t, edge):
        s = np.sqrt(t - self.t)
        return np.sum(self.mass * ndtr((self.u + self.drift * (t - self.t) - edge) / s))

    def below(self, t, edge):
        s = np.sqrt(t - self.t)
        return np.sum(self.mass * ndtr((edge - self.u - self.drift * (t - self.t)) / s))

    def step(self, t, low, high):
        s, middle, half = np.sqrt(t - self.t), (low + high) / 2, (high - low) / 2
        u = middle + half * NODES
        away = (u[:, None] - self.u[None, :] - self.drift * (t - self.t)) / s
        f = np.exp(-0.5 * away * away) @ self.mass / (s * np.sqrt(2 * np.pi))
        self.t, self.u, self.mass = t, u, f * half * WEIGHTS


def solve(function, target, low, high):
    return brentq(lambda x: np.log(function(x)) - np.log(target), low, high, xtol=1e-14, rtol=1e-14)


def edges(alpha, family, parameter, times):
    density, before, out = Density(0.0), 0.0, []
    for k, t in enumerate(times):
        now = spent(family, parameter, alpha, min(t, 1.0)) if k + 1 < len(times) else alpha
        root = np.sqrt(t)
        edge = solve(lambda e: density.above(t, e), now - before, -2 * root, 12 * root)
        out.append(edge)
        density.step(t, -9 * root, edge)
        before = now
    return out


def bounds(beta, family, parameter, times, upper, drift):
    """The bounds before the last look, and the probability that is left below its edge."""
    density, before, out = Density(drift), 0.0, []
    for t, edge in zip(times[:-1], upper[:-1]):
        now = spent(family, parameter, beta, t)
        root = np.sqrt(t)
        if density.below(t, edge) <= now - before:  # the bounds meet: the drift is too large
            return out, 0.0
        bound = solve(lambda e: density.below(t, e), now - before, drift * t - 12 * root,
                      drift * t + 6 * root)
        out.append(bound)
        density.step(t, bound, edge)
        before = now
    return out, density.below(times[-1], upper[-1])


def drift_of(design):
    alpha, family, parameter, beta, lower, lower_parameter, looks = design
    times = [(k + 1) / looks for k in range(looks)]
    upper = edges(alpha, family, parameter, times)
    left = beta - (spent(lower, lower_parameter, beta, times[-2]) if looks > 1 else 0.0)
    return brentq(lambda d: bounds(beta, lower, lower_parameter, times, upper, d)[1] - left, 1.0,
                  6.5, xtol=1e-14, rtol=1e-14)


def main():
    print("# python3 tests/golden/futility.py; Python %d.%d.%d, numpy %s, scipy %s" % (
        *sys.version_info[:3], np.__version__, scipy.__version__))
    print("alpha,family,parameter,beta,lower,lower_parameter,looks,informations,z,futility,drift")
    cases = [((0.025, "hwangShihDeCani", -4, 0.1, "hwangShihDeCani", -2, k), None)
             for k in (1, 2, 3, 5, 10)]
    for lower in (("power", 2), ("obrienFleming", 0), ("pocock", 0), ("hwangShihDeCani", 1)):
        for upper in (("power", 3), ("obrienFleming", 0), ("pocock", 0)):
            cases.append(((0.05, *upper, 0.2, *lower, 4), None))
    unequal = [0.3, 0.45, 0.8, 1.0]
    cases += [((0.01, "power", 2, 0.05, "power", 3, 6), unequal),
              ((0.025, "obrienFleming", 0, 0.1, "obrienFleming", 0, 5), [0.5, 0.75, 1.0]),
              ((0.05, "pocock", 0, 0.3, "hwangShihDeCani", -6, 3), [0.1, 0.2, 0.9, 1.0])]
    for design, times in cases:
        alpha, family, parameter, beta, lower, lower_parameter, looks = design
        drift = drift_of(design)
        times = times or [(k + 1) / looks for k in range(looks)]
        upper = edges(alpha, family, parameter, times)
        low = bounds(beta, lower, lower_parameter, times, upper, drift)[0] + [upper[-1]]
        roots = np.sqrt(times)
        print(",".join([str(x) for x in design] + [" ".join(repr(float(t)) for t in times)] +
                       [" ".join("%.15g" % (x / r) for x, r in zip(list_, roots))
                        for list_ in (upper, low)] + ["%.15g" % drift]))


main()
