#!/usr/bin/python3
"""Oracle for tests/stats/horizon: group-sequential boundaries by MPFR at 120 bits, 36 digits.

    /usr/bin/python3 tests/golden/boundaries.py >tests/golden/boundaries.csv

Each line: sides,alpha,family,parameter,power,informations (blank between),z of each look,power by
look (at the drift),drift,expected information under the null,under the alternative. Power is "-"
where no drift was asked for, and the last four figures then too.

The density of the score B(t) on the continuation region is carried from look to look by composite
Gauss-Legendre quadrature (32 points on panels of three times the smaller of the two neighbouring
increments' deviations), nothing is scaled or tilted, and the critical value is found by Newton's
method on the logarithm of the exit probability. Spending is evaluated at 270 bits and subtracted.
The region is cut at 9.7 deviations below 0. Debian package: python3-gmpy2, the functions of MPFR.
"""
import bisect
import multiprocessing
import random
import sys

import gmpy2
from gmpy2 import erfc, exp, expm1, fsum, log, mpfr, sqrt

gmpy2.get_context().precision = 120
PI = gmpy2.const_pi()
POINTS = 32


def gauss_legendre(n):
    nodes = []
    for i in range(n):
        x = gmpy2.cos(PI * (i + mpfr("0.75")) / (n + mpfr("0.5")))
        for _ in range(12):
            p0, p1 = mpfr(1), x
            for k in range(2, n + 1):
                p0, p1 = p1, ((2 * k - 1) * x * p1 - (k - 1) * p0) / k
            slope = n * (x * p1 - p0) / (x * x - 1)
            x -= p1 / slope
        nodes.append((x, 2 / ((1 - x * x) * slope * slope)))
    return sorted(nodes)


RULE = gauss_legendre(POINTS)


def quantile_upper(p):
    """z with P(Z > z) = p."""
    z = sqrt(-2 * log(p)) if p < mpfr("0.1") else mpfr(1)
    small = mpfr(2) ** (16 - gmpy2.get_context().precision)
    for _ in range(60):
        q = erfc(z / sqrt(mpfr(2))) / 2
        step = (log(q) - log(p)) * q * sqrt(2 * gmpy2.const_pi()) * exp(z * z / 2)
        z += step
        if abs(step) < small * (1 + abs(z)):
            break
    return z


def spent(family, parameter, alpha, t):
    """Spending of one side at 270 bits."""
    t = min(t, mpfr(1))
    if t == 0:
        return mpfr(0)
    if family == "power":
        return alpha * t ** parameter
    if family == "obrienFleming":
        return erfc(quantile_upper(alpha / 2) / sqrt(2 * t))
    if family == "pocock":
        return alpha * log(1 + expm1(mpfr(1)) * t)
    if parameter == 0:
        return alpha * t
    return alpha * expm1(-parameter * t) / expm1(-parameter)


def increments(family, parameter, alpha, times):
    with gmpy2.local_context(precision=270):
        total = [spent(family, mpfr(parameter), alpha, mpfr(t)) for t in times]
        return [total[0]] + [b - a for a, b in zip(total, total[1:])]


def make_grid(low, high, width):
    panels = max(1, int(gmpy2.ceil((high - low) / width)))
    half = (high - low) / panels / 2
    nodes, weights = [], []
    for p in range(panels):
        middle = low + half * (2 * p + 1)
        for x, w in RULE:
            nodes.append(middle + half * x)
            weights.append(half * w)
    return nodes, weights


def density(b, nodes, mass, before, now):
    """Sub-density of the score at b, information now, from masses at the earlier nodes: those
    within 14 deviations of where the score was, given b."""
    s = sqrt(now - before)
    middle, reach = b * before / now, 14 * s * sqrt(before / now)
    low, high = bisect.bisect_left(nodes, middle - reach), bisect.bisect_right(nodes, middle + reach)
    c = -1 / (2 * s * s)
    return fsum([mass[j] * exp(c * (b - nodes[j]) ** 2) for j in range(low, high)]) / (
        s * sqrt(2 * PI))


def tail(b, nodes, mass, s):
    c = 1 / (s * sqrt(2))
    return fsum([m * erfc((b - u) * c) for u, m in zip(nodes, mass)]) / 2


class Walk:
    """The scores' masses on the grid of each look, and the critical values."""

    def __init__(self, sides, alpha, family, parameter, times):
        self.times = [mpfr(t) for t in times]
        self.sides = sides
        self.z, self.nodes, self.mass = [], [], []
        inc = increments(family, parameter, mpfr(alpha) / sides, times)
        for k, t in enumerate(self.times):
            if k == 0:
                self.z.append(quantile_upper(inc[0]))
            else:
                self.z.append(self.solve(k, inc[k]))
            if k + 1 < len(times):
                self.add_grid(k)

    def solve(self, k, p):
        s = sqrt(self.times[k] - self.times[k - 1])
        root = sqrt(self.times[k])
        nodes, mass = self.nodes[k - 1], self.mass[k - 1]
        # From the left, the log of the tail being concave, Newton's method overshoots once at most.
        b = self.z[k - 1] * sqrt(self.times[k - 1])
        for i in range(200):
            exits = tail(b, nodes, mass, s)
            slope = density(b, nodes, mass, self.times[k - 1], self.times[k])
            if slope == 0 or exits == 0:
                b = (b + self.nodes[k - 1][-1]) / 2
                continue
            step = exits * (log(exits) - log(p)) / slope
            step = max(min(step, 3 * s), -3 * s)
            b += step
            if abs(step) < mpfr("1e-28") * (root + abs(b)):
                return b / root
        raise ArithmeticError("no convergence")

    def add_grid(self, k):
        t, edge = self.times[k], self.z[k] * sqrt(self.times[k])
        before = sqrt(t - (self.times[k - 1] if k else 0))
        after = sqrt(self.times[k + 1] - t)
        low = -edge if self.sides == 2 else -mpfr("9.7") * sqrt(t)
        nodes, weights = make_grid(low, edge, 3 * min(before, after))
        earlier = () if k == 0 else (self.nodes[k - 1], self.mass[k - 1], self.times[k - 1], t)
        if k == 0:
            c = -1 / (2 * t)
            values = [exp(c * u * u) / sqrt(2 * PI * t) for u in nodes]
        elif self.sides == 2:
            half = len(nodes) // 2
            upper = [density(u, *earlier) for u in nodes[half:]]
            values = upper[::-1] + upper
        else:
            values = [density(u, *earlier) for u in nodes]
        self.nodes.append(nodes)
        self.mass.append([w * v for w, v in zip(weights, values)])

    def exits(self, theta, side=1):
        """Exit probabilities by look under drift theta, above (side 1) or below (-1)."""
        out = [erfc((self.z[0] - side * theta * sqrt(self.times[0])) / sqrt(2)) / 2]
        for k in range(1, len(self.times)):
            t0, dt = self.times[k - 1], self.times[k] - self.times[k - 1]
            b = self.z[k] * sqrt(self.times[k]) - side * theta * dt
            tilted = [m * exp(side * theta * u - theta * theta * t0 / 2)
                      for u, m in zip(self.nodes[k - 1], self.mass[k - 1])]
            out.append(tail(b, self.nodes[k - 1], tilted, sqrt(dt)))
        return out

    def drift(self, power):
        theta0, theta1 = mpfr(2), mpfr(3)
        f0 = sum(self.exits(theta0)) - power
        for _ in range(50):
            f1 = sum(self.exits(theta1)) - power
            if f1 == f0:
                break
            theta0, theta1, f0 = theta1, theta1 - f1 * (theta1 - theta0) / (f1 - f0), f1
            if abs(theta1 - theta0) < mpfr("1e-25"):
                break
        return theta1

    def expected(self, theta):
        stop = self.exits(theta)
        if self.sides == 2:
            stop = [a + b for a, b in zip(stop, self.exits(theta, -1))]
        last = self.times[-1]
        return last - sum((last - t) * p for t, p in zip(self.times, stop))


def text(x):
    """20 significant digits, or more before the decimal point."""
    exponent = int("{0:.19e}".format(x).split("e")[1])
    return "{0:.{1}f}".format(x, max(1, 19 - exponent)) if exponent >= -6 else "{0:.19e}".format(x)


def line(design):
    sides, alpha, family, parameter, power, times = design
    walk = Walk(sides, alpha, family, parameter, times)
    fields = [str(sides), alpha, family, parameter, power, " ".join(times),
              " ".join(text(z) for z in walk.z)]
    if power == "-":
        fields += ["-"] * 4
    else:
        theta = walk.drift(mpfr(power))
        fields += [" ".join(text(p) for p in walk.exits(theta)), text(theta),
                   text(walk.expected(mpfr(0))), text(walk.expected(theta))]
    print(".", end="", file=sys.stderr, flush=True)
    return ",".join(fields)


def equal(count):
    return [repr((i + 1) / count) for i in range(count)]


FAMILIES = [("power", "2"), ("power", "1"), ("power", "3"), ("power", "0.5"), ("obrienFleming", "0"),
            ("pocock", "0"), ("hwangShihDeCani", "-4"), ("hwangShihDeCani", "1"),
            ("hwangShihDeCani", "0"), ("hwangShihDeCani", "-8")]
ALPHAS = ["0.001", "0.005", "0.01", "0.025", "0.05", "0.1"]


def designs():
    random.seed(1983)
    out = []

    def add(times, alpha=None, family=None, sides=None, power="-"):
        family = family or random.choice(FAMILIES)
        out.append((sides or random.choice([1, 2]), alpha or random.choice(ALPHAS), family[0],
                    family[1], power, times))

    for count in (1, 2, 3, 4, 5):  # every family and side
        for family in FAMILIES:
            add(equal(count), family=family, sides=1 + len(out) % 2, power="0.8")
    for sides in (1, 2):  # published constants
        for family in FAMILIES[:1] + FAMILIES[4:6]:
            add(equal(5), alpha="0.05", family=family, sides=sides, power="0.9")
            add(equal(10), alpha="0.025", family=family, sides=sides, power="0.8")
    for _ in range(50):  # early first looks
        first = random.choice([0.01, 0.02, 0.05, 0.003])
        rest = sorted(random.uniform(first * 1.5, 0.98) for _ in range(random.randint(0, 3)))
        add([repr(round(t, 4)) for t in [first] + rest] + ["1"],
            power=random.choice(["-", "0.8"]))
    for _ in range(30):  # early all
        times, t = [], random.choice([0.001, 0.002, 0.005, 0.01])
        for _ in range(random.randint(2, 5)):
            times.append(repr(round(t, 5)))
            t *= random.uniform(1.3, 3)
        add(times)
    for _ in range(25):  # late
        times = sorted({round(random.uniform(0.8, 0.999), 3) for _ in range(random.randint(1, 4))})
        add([repr(t) for t in times] + ["1"], power=random.choice(["-", "0.9"]))
    for _ in range(60):  # random
        times = sorted({round(random.uniform(0.02, 0.99), 3) for _ in range(random.randint(1, 6))})
        add([repr(t) for t in times] + ["1"])
    for _ in range(40):  # pairs and triples .001 apart
        first = round(random.uniform(0.05, 0.9), 3)
        close = [repr(round(first + 0.001 * i, 3)) for i in range(random.randint(2, 3))]
        add((["0.04"] if random.random() < 0.3 else []) + close + ["1"])
    for _ in range(6):  # closer still
        first = round(random.uniform(0.2, 0.9), 3)
        add([repr(first), repr(round(first + 0.0001, 7)), "1"])
    for _ in range(20):  # beyond the plan: the last look has more information than planned
        times = sorted({round(random.uniform(0.1, 0.95), 2) for _ in range(random.randint(1, 3))})
        add([repr(t) for t in times] + [repr(round(random.uniform(1.01, 2), 2))])
    for _ in range(15):  # a large step from almost nothing
        add([repr(random.choice([1e-4, 1e-5, 2e-4])), repr(round(random.uniform(0.3, 0.9), 2)), "1"])
    for alpha in ("0.2", "0.4", "0.3"):  # levels beyond the usual
        for family in FAMILIES[:1] + FAMILIES[4:7]:
            add(equal(3), alpha=alpha, family=family)
    for parameter in ("20", "-30", "8", "-15", "100", "-200"):
        add(equal(3), family=("hwangShihDeCani", parameter))
    for parameter in ("0.1", "10", "30"):
        add(equal(4), family=("power", parameter))
    for count in (8, 12):
        for family in FAMILIES[:1] + FAMILIES[4:7]:
            add(equal(count), family=family)
    for sides in (1, 2):
        add(equal(20), family=FAMILIES[3 * sides - 3], sides=sides)
        add(equal(30), family=FAMILIES[6 - sides], sides=sides)
    return out


if __name__ == "__main__":
    print("# /usr/bin/python3 tests/golden/boundaries.py; Python %d.%d.%d, gmpy2 %s, %s" % (
        *sys.version_info[:3], gmpy2.version(), gmpy2.mpfr_version()))
    print("sides,alpha,family,parameter,power,informations,z,powers,drift,null,alternative")
    with multiprocessing.Pool(2) as pool:
        for row in pool.imap(line, designs()):
            print(row, flush=True)
