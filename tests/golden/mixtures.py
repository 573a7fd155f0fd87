#!/usr/bin/python3
"""Oracle for tests/stats/horizon/test_mixture.c: always-valid boundaries by mpmath at 60 digits.

    /usr/bin/python3 tests/golden/mixtures.py >tests/golden/mixtures.csv

Each line: form,sides,alpha,parameter,units,standard error,statistic,weight,critical,half width,
p,log10 p. Inputs are doubles and stand for exactly what they are. Nothing is taken from the closed
forms of the program: each boundary is the root of the martingale that its source begins with.

size  Waudby-Smith et al. (2021): the weight x = N rho^2 is given by rho^2 = (-2 ln a + ln(1 - 2 ln a))/N*,
      a = alpha with two sides and 2 alpha with one
rho   Howard et al. (2021), normal mixture with parameter rho: x = N/rho
tau   mSPRT (Johari et al. 2022), prior normal(0, tau^2): x = (tau/standard error)^2

With the statistic z the score is s = z sqrt(x), of variance x. Two sides: the martingale is the
mean of exp(g s - g^2 x/2) over g normal(0, 1); for some lines quadrature confirms the value. One
side: the mean over |g| is 2 exp(y) Phi(sqrt(2 y))/sqrt(x + 1), y = z^2 x/(2 (x + 1)), and both
sources bound it below by 2 (exp(y) - 1)/sqrt(x + 1), which quadrature confirms, too. The boundary is
where the martingale or its bound is 1/alpha, the p-value is its inverse, at most 1.
Debian package: python3-mpmath.
"""
import random
import sys

import mpmath as mp

mp.mp.dps = 60


def weight(form, sides, alpha, parameter, units, error):
    if form == "rho":
        return units / parameter
    if form == "tau":
        return (parameter / error) ** 2
    a = alpha if sides == 2 else 2 * alpha
    return units * (-2 * mp.log(a) + mp.log(1 - 2 * mp.log(a))) / parameter


def log_martingale(sides, x, z):
    exponent = z * z * x / (2 * (x + 1))
    if sides == 2:
        return exponent - mp.log(x + 1) / 2
    if z <= 0:
        return -mp.inf
    return mp.log(2 * mp.expm1(exponent)) - mp.log(x + 1) / 2


def quadrature(x, z, low):
    """The mean of exp(g s - g^2 x/2) over g > low by the trapezoidal rule, s = z sqrt(x)."""
    s, h = z * mp.sqrt(x), mp.mpf(1) / 64 / mp.sqrt(1 + x)
    middle = s / (1 + x)
    nodes = [middle + k * h for k in range(-1100, 1101)]
    return h * mp.fsum(mp.exp(g * s - g * g * (x + 1) / 2) for g in nodes if g > low) / mp.sqrt(
        2 * mp.pi)


def confirm(x, z):
    with mp.workdps(40):
        assert abs(mp.log(quadrature(x, z, -mp.inf)) - log_martingale(2, x, z)) < 1e-30
        if z > 0:
            assert 2 * quadrature(x, z, 0) * (1 + mp.mpf(2) ** -5) > mp.exp(log_martingale(1, x, z))


def critical(sides, alpha, x):
    """The root by bisection: no formula of the boundary is used."""
    low, high, target = mp.mpf(0), mp.mpf(1), -mp.log(alpha)
    while log_martingale(sides, x, high) < target:
        low, high = high, 2 * high
    for _ in range(220):
        middle = (low + high) / 2
        if log_martingale(sides, x, middle) < target:
            low = middle
        else:
            high = middle
    return low


def text(x):
    return mp.nstr(x, 20, strip_zeros=False, min_fixed=-6, max_fixed=20)


def line(form, sides, alpha, parameter, units, error, z, check):
    values = [mp.mpf(v) for v in (alpha, parameter, units, error, z)]
    x = weight(form, sides, *values[:4])
    c = critical(sides, values[0], x)
    log_m = log_martingale(sides, x, values[4])
    if check:
        confirm(x, values[4])
    log_p = min(mp.mpf(0), -log_m)
    p = mp.exp(log_p) if log_p > -700 else mp.mpf(0)
    print(",".join([form, str(sides)] + [repr(float(v)) for v in (alpha, parameter, units, error, z)]
                   + [text(v) for v in (x, c, c * values[3], p, log_p / mp.log(10))]))


def main():
    random.seed(2021)
    print("# /usr/bin/python3 tests/golden/mixtures.py; Python %d.%d.%d, mpmath %s" % (
        *sys.version_info[:3], mp.__version__))
    print("form,sides,alpha,parameter,units,error,statistic,weight,critical,half width,p,log10 p")
    checks = 0
    for form in ("size", "rho", "tau"):
        for sides in (1, 2):
            for _ in range(100):
                alpha = random.choice([1e-6, 0.001, 0.005, 0.01, 0.0125, 0.025, 0.05, 0.1, 0.3])
                units = float(round(10 ** random.uniform(0.3, 10)))
                error = 10 ** random.uniform(-9, 9)
                ratio = 10 ** random.uniform(-6, 6)
                parameter = error * ratio ** 0.5 if form == "tau" else units / ratio
                z = random.choice([random.uniform(-4, 4), random.uniform(0, 8), random.uniform(0, 25),
                                   random.gauss(0, 1), 10 ** random.uniform(1, 5),
                                   10 ** random.uniform(-8, 0)])
                check = checks < 40 and ratio < 100 and abs(z) < 8
                checks += check
                line(form, sides, alpha, parameter, units, error, z, check)
    assert checks == 40


if __name__ == "__main__":
    main()
