#!/usr/bin/python3
"""Oracle for tests/stats/dist/test_dist.c: mpmath at 60 digits.

    /usr/bin/python3 tests/golden/dist.py >tests/golden/dist.csv

Each line: function,area,arguments (exact doubles, as hex),value,log of value. Quantile lines give the
quantile. Independent of the code under test: incomplete gamma and beta functions and quadrature.
Debian packages: python3-mpmath.
"""
import random
import sys

import mpmath as mp

mp.mp.dps = 60
random.seed(20261124)


def gamma_tail(a, u, upper):
    """Regularised incomplete gamma; the smaller tail by continued fraction or series at 60 digits."""
    a, u = mp.mpf(a), mp.mpf(u)
    log_front = a * mp.log(u) - u - mp.loggamma(a)
    if u < a + 1:
        term = total = 1 / a
        k = 0
        while abs(term) > total * mp.mpf(10) ** -58:
            k += 1
            term *= u / (a + k)
            total += term
        lower = mp.exp(log_front) * total
        return 1 - lower if upper else lower
    tiny = mp.mpf(10) ** -200
    b = u + 1 - a
    c, d = 1 / tiny, 1 / b
    h = d
    for i in range(1, 200000):
        an = -i * (i - a)
        b += 2
        d = 1 / (an * d + b)
        c = b + an / c
        h *= d * c
        if abs(d * c - 1) < mp.mpf(10) ** -57:
            break
    up = mp.exp(log_front) * h
    return up if upper else 1 - up


def beta_lower(a, b, x, w):
    """I_x(a, b), w = 1 - x, by the continued fraction on the side where it converges."""
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_lower(b, a, w, x)
    front = mp.exp(a * mp.log(x) + b * mp.log(w) + mp.loggamma(a + b) - mp.loggamma(a)
                   - mp.loggamma(b)) / a
    tiny = mp.mpf(10) ** -200
    c, d = mp.mpf(1), 1 - (a + b) * x / (a + 1)
    d = 1 / d
    h = d
    for m in range(1, 400000):
        an = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / (1 + an * d)
        c = 1 + an / c
        h *= d * c
        an = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / (1 + an * d)
        c = 1 + an / c
        h *= d * c
        if abs(d * c - 1) < mp.mpf(10) ** -57:
            break
    return front * h


def normal(z):
    return mp.erfc(mp.mpf(z) / mp.sqrt(2)) / 2


def student(t, df):
    """Upper tail. For large df by quadrature, since the continued fraction would crawl."""
    t, v = mp.mpf(t), mp.mpf(df)
    if t < 0:
        return 1 - student(-t, df)
    if v < 20000:
        return beta_lower(v / 2, mp.mpf(1) / 2, v / (v + t * t), t * t / (v + t * t)) / 2
    log_peak = mp.loggamma((v + 1) / 2) - mp.loggamma(v / 2) - mp.log(v * mp.pi) / 2

    def relative(s):
        return mp.exp(-(v + 1) / 2 * mp.log1p(((t + s) ** 2 - t * t) / (v + t * t)))
    unit = 1 / (t + 1)
    points = [0] + [unit * k for k in (1, 2, 4, 8, 14, 22, 32, 48, 70, 100, 160)]
    integral = mp.quad(relative, points)
    return mp.exp(log_peak - (v + 1) / 2 * mp.log1p(t * t / v)) * integral


def fisher(f, d1, d2, upper):
    f, a, b = mp.mpf(f), mp.mpf(d1) / 2, mp.mpf(d2) / 2
    x, w = a * f / (a * f + b), b / (a * f + b)
    return beta_lower(b, a, w, x) if upper else beta_lower(a, b, x, w)


def nct(t, df, delta, upper):
    t, v, d = mp.mpf(t), mp.mpf(df), mp.mpf(delta)
    log_k = mp.log(2) + v / 2 * mp.log(v / 2) - mp.loggamma(v / 2) - v / 2

    def f(y):
        z = t * mp.exp(y) - d
        return (mp.exp(log_k - v / 2 * (mp.expm1(2 * y) - 2 * y)) * normal(z if upper else -z)
                / unit)
    # The quadrature's goal is absolute: the integrand must be of the size of 1.
    unit = max(normal((t * mp.exp(y) - d) * (1 if upper else -1)) * mp.exp(
        -v / 2 * (mp.expm1(2 * y) - 2 * y))
        for y in mp.linspace(-20 / mp.sqrt(2 * v), 20 / mp.sqrt(2 * v), 81))
    s = 1 / mp.sqrt(2 * v)
    low = -60 * s if v > 100 else -max(mp.mpf(12), 140 / v)
    high = 60 * s if v > 100 else mp.mpf(4)
    return unit * mp.quad(f, mp.linspace(low, high, 61))


def emit(name, area, args, value):
    if value <= 0:
        return
    log = mp.log(value) if not name.startswith("q") else mp.mpf(0)
    print(",".join([name, area] + [float(a).hex() for a in args] + [""] * (3 - len(args)) +
                   [mp.nstr(value, 25), mp.nstr(log, 25)]))


def log_uniform(low, high):
    return float(mp.mpf(10) ** random.uniform(low, high))


def df_any():
    return random.choice([1.0, 2.0, 3.0, float(random.randint(4, 200)), log_uniform(0, 2),
                          log_uniform(2, 4), log_uniform(4.5, 9), log_uniform(9, 15)])


def main():
    print("# /usr/bin/python3 tests/golden/dist.py; Python %s, mpmath %s" % (
        sys.version.split()[0], mp.__version__))
    print("function,area,a,b,c,value,log")
    for _ in range(120):
        z = random.uniform(-3, 3)
        emit("normal_upper", "center", [z], normal(z))
        z = random.uniform(3, 37)
        emit("normal_upper", "tail", [z], normal(z))
        z = log_uniform(1.6, 6)
        emit("normal_upper", "beyond", [z], normal(z))
    for _ in range(300):
        df = df_any()
        t = random.uniform(-3, 6)
        area = "large" if df > 1e4 else "small"
        emit("t_upper", area + "-center", [t, df], student(t, df))
        t = log_uniform(0.5, 1.5)
        emit("t_upper", area + "-tail", [t, df], student(t, df))
    for _ in range(250):
        df = random.choice([1.0, 2.0, 3.0, float(random.randint(4, 300)), log_uniform(0, 2.5),
                            log_uniform(2.5, 5)])
        x = df * log_uniform(-1, 1) if df < 100 else df + random.uniform(-6, 12) * (2 * df) ** .5
        x = max(x, 1e-3)
        emit("chi2_upper", "center", [x, df], gamma_tail(mp.mpf(df) / 2, mp.mpf(x) / 2, True))
        emit("chi2_lower", "center", [x, df], gamma_tail(mp.mpf(df) / 2, mp.mpf(x) / 2, False))
        x = df + log_uniform(1.5, 3.1)
        emit("chi2_upper", "tail", [x, df], gamma_tail(mp.mpf(df) / 2, mp.mpf(x) / 2, True))
        x = log_uniform(4, 6.5)
        if df < 1000:
            emit("chi2_upper", "beyond", [x, df], gamma_tail(mp.mpf(df) / 2, mp.mpf(x) / 2, True))
    for _ in range(120):
        d1, d2 = float(random.randint(1, 50)), log_uniform(0.3, 4)
        f = log_uniform(-1, 1.5)
        emit("f_upper", "center", [f, d1, d2], fisher(f, d1, d2, True))
        emit("f_lower", "center", [f, d1, d2], fisher(f, d1, d2, False))
    for _ in range(60):
        df = random.choice([log_uniform(0.3, 2), log_uniform(2, 5), log_uniform(5, 15)])
        delta = random.choice([0.0, random.uniform(0, 6), random.uniform(0, 20)])
        t = random.uniform(-1, 8)
        emit("nct_upper", "any", [t, df, delta], nct(t, df, delta, True))
        emit("nct_lower", "any", [t, df, delta], nct(t, df, delta, False))
    for _ in range(150):
        p = random.choice([random.uniform(0.01, 0.49), log_uniform(-10, -2)])
        far = log_uniform(-290, -11)
        for area, tail in (("usual", p), ("far", far)):
            z = mp.findroot(lambda x: mp.log(normal(x)) - mp.log(mp.mpf(tail)),
                            mp.sqrt(2) * mp.erfinv(1 - 2 * mp.mpf(tail)) if tail > 1e-50
                            else mp.sqrt(-2 * mp.log(mp.mpf(tail))) - 0.1)
            emit("qnormal_upper", area, [tail], z)
            df = random.choice([1.0, 2.0, log_uniform(0, 2), log_uniform(2, 4.2), log_uniform(5, 15)])
            if area == "far" and df > 1e4:
                df = 1e4 * random.random() + 1
            start = start_t(tail, df, z)
            root = mp.findroot(lambda x: mp.log(student(mp.sqrt(df) * mp.sinh(x), df))
                               - mp.log(mp.mpf(tail)), mp.asinh(start / mp.sqrt(df)), tol=1e-40)
            emit("qt_upper", area, [tail, df], mp.sqrt(df) * mp.sinh(root))
            k = float(random.randint(1, 60))
            start = k * (1 - 2 / (9 * mp.mpf(k)) + z * mp.sqrt(2 / (9 * mp.mpf(k)))) ** 3
            root = mp.findroot(lambda x: mp.log(gamma_tail(mp.mpf(k) / 2, x / 2, True))
                               - mp.log(mp.mpf(tail)), start, tol=1e-40)
            emit("qchi2_upper", area, [tail, k], root)


def start_t(p, df, z):
    """A start by bisection in asinh(t/sqrt(df)), in plain doubles on the log tail."""
    low, high = mp.mpf(0), mp.asinh(z / mp.sqrt(df)) + 1 - mp.log(mp.mpf(p)) / df
    for _ in range(40):
        mid = (low + high) / 2
        if student(mp.sqrt(df) * mp.sinh(mid), df) > p:
            low = mid
        else:
            high = mid
    return mp.sqrt(df) * mp.sinh((low + high) / 2)


def decay(drop, start):
    """Integral over s > 0 of exp(-drop(s)), drop convex and increasing."""
    end = mp.mpf(start)
    while drop(end) < 150:
        end *= 2
    while drop(end / 2) > 150:
        end /= 2
    return mp.quad(lambda s: mp.exp(-drop(s)), mp.linspace(0, end, 13))


def gamma_both(x, df):
    """(lower, upper, density of log X) of chi-square by quadrature of the density of log X."""
    a, u = mp.mpf(df) / 2, mp.mpf(x) / 2
    density = mp.exp(a * mp.log(u) - u - mp.loggamma(a))
    start = 1 / (mp.sqrt(a) + abs(u - a))
    if u >= a:
        upper = density * decay(lambda s: -a * s + u * mp.expm1(s), start)
        return 1 - upper, upper, density
    lower = density * decay(lambda s: a * s + u * mp.expm1(-s), start)
    return lower, 1 - lower, density


def fisher_both(f, d1, d2):
    """The same of F."""
    a, b = mp.mpf(d1) / 2, mp.mpf(d2) / 2
    w = a * mp.mpf(f) / b
    x = w / (1 + w)
    density = mp.exp(a * mp.log(x) - b * mp.log1p(w) + mp.loggamma(a + b) - mp.loggamma(a)
                     - mp.loggamma(b))
    slope = a - (a + b) * x
    start = 1 / (mp.sqrt((a + b) * x * (1 - x)) + abs(slope))
    if slope <= 0:
        upper = density * decay(lambda s: -a * s + (a + b) * mp.log1p(x * mp.expm1(s)), start)
        return 1 - upper, upper, density
    lower = density * decay(lambda s: a * s + (a + b) * mp.log1p(x * mp.expm1(-s)), start)
    return lower, 1 - lower, density


def invert(both, p, upper, log_start):
    """Newton on the log tail, concave in log x, from a start as far out as needed."""
    p, y = mp.mpf(p), mp.mpf(log_start)
    for _ in range(100):
        tails = both(mp.exp(y))
        tail = tails[1] if upper else tails[0]
        step = mp.log(tail / p) * tail / tails[2] * (1 if upper else -1)
        y += step
        if abs(step) < mp.mpf(10) ** -32:
            return mp.exp(y)
    raise ArithmeticError("no convergence")


def normal_score(p):
    start = mp.sqrt(-2 * mp.log(mp.mpf(p))) - 0.5
    return mp.findroot(lambda z: mp.log(normal(z) / mp.mpf(p)), start)


def nct_peak(t, df, delta, upper):
    """Noncentral t over s itself, from the integrand's peak: for df near 1, large delta."""
    t, v, d, sign = mp.mpf(t), mp.mpf(df), mp.mpf(delta), 1 if upper else -1

    def log_integrand(s):
        return (v - 1) * mp.log(s) - v * s * s / 2 + mp.log(normal(sign * (t * s - d)))
    low, high = mp.mpf(10) ** -9, mp.mpf(3)
    while log_integrand(high) > log_integrand(high * mp.mpf("0.999")):
        high *= 2
    while high - low > high * mp.mpf(10) ** -12:
        a, b = low + (high - low) * mp.mpf("0.382"), low + (high - low) * mp.mpf("0.618")
        low, high = (a, high) if log_integrand(a) < log_integrand(b) else (low, b)
    peak = (low + high) / 2
    top = log_integrand(peak)

    def edge(direction):
        step = 1 / mp.sqrt(2 * v + t * t)
        while peak + direction * step > 0 and top - log_integrand(peak + direction * step) < 110:
            step *= mp.mpf("1.5")
        return min(step, peak) if direction < 0 else step
    left, right, turn = edge(-1), edge(1), d / t - peak
    points = [-left / 2 ** k for k in range(7)] + [0] + [right / 2 ** k for k in range(7)]
    points += [turn + mp.mpf(j) / t for j in (-8, -4, -2, -1, 0, 1, 2, 4, 8)]
    points = sorted({mp.mpf(h) for h in points if -left <= h <= right})

    def relative(h):
        return mp.exp(log_integrand(peak + h) - top) if peak + h > 0 else mp.mpf(0)
    integral = mp.quad(relative, points)
    return mp.exp(top + mp.log(2) + v / 2 * mp.log(v / 2) - mp.loggamma(v / 2)) * integral


def emit_both(name, area, args, tails):
    for side, tail, other in (("_lower", tails[0], tails[1]), ("_upper", tails[1], tails[0])):
        if other > mp.mpf(10) ** -25:  # nearer to 1, the oracle's own log has too few digits
            emit(name + side, area, args, tail)


def more():
    """Where the first set is thin: df to 1e15, two very different df, quantiles of every kind."""
    random.seed(20261124)
    for _ in range(100):
        df = log_uniform(5, 15)
        x = df + random.choice([random.uniform(-8, 8), random.uniform(-35, 37)]) * (2 * df) ** .5
        emit_both("chi2", "large", [x, df], gamma_both(x, df))
        d1, d2 = log_uniform(0, 3), log_uniform(3, 15)
        if random.random() < 0.5:
            d1, d2 = d2, d1
        f = float(mp.exp(random.uniform(-8, 8) * mp.sqrt(2 / mp.mpf(d1) + 2 / mp.mpf(d2))))
        emit_both("f", "unequal", [f, d1, d2], fisher_both(f, d1, d2))
        d1, d2 = log_uniform(3, 15), log_uniform(3, 15)
        f = float(mp.exp(random.uniform(-8, 8) * mp.sqrt(2 / mp.mpf(d1) + 2 / mp.mpf(d2))))
        emit_both("f", "large", [f, d1, d2], fisher_both(f, d1, d2))
    for i in range(80):
        area = ("usual", "far")[i % 2]
        p = random.choice([random.uniform(0.01, 0.5), log_uniform(-10, -2)])
        p = log_uniform(-290, -10) if area == "far" else p
        d1 = random.choice([1.0, 2.0, log_uniform(0, 2), log_uniform(2, 15)])
        d2 = random.choice([1.0, 3.0, log_uniform(0, 2), log_uniform(2, 15)])
        z, log_p = normal_score(p), mp.log(mp.mpf(p))
        for side, sign, rate in (("_upper", 1, d2 / 2), ("_lower", -1, d1 / 2)):
            start = max(z * mp.sqrt(2 / mp.mpf(d1) + 2 / mp.mpf(d2)), -log_p / rate)
            if start < 500:
                emit("qf" + side, area, [p, d1, d2],
                     invert(lambda x: fisher_both(x, d1, d2), p, sign > 0, sign * start))
        start = max(z * mp.sqrt(2 / mp.mpf(d1)), -2 * log_p / d1)
        if start < 500:
            emit("qchi2_lower", area, [p, d1],
                 invert(lambda x: gamma_both(x, d1), p, False, mp.log(mp.mpf(d1)) - start))
        p, df = random.choice([random.uniform(0.25, 0.5), 0.5 - log_uniform(-9, -1)]), df_any()
        root = mp.findroot(lambda t: student(t, df) - mp.mpf(p), (0.5 - mp.mpf(p)) * 2.5, tol=1e-90)
        emit("qt_upper", "center", [p, df], root)
        df = random.choice([1.0, 2.0, log_uniform(0, 1), log_uniform(1, 3)])
        delta = random.uniform(20, 40)
        t = max(delta + random.uniform(-8, 8), 1.0) * random.choice([1.0, 0.5, 2.0])
        emit("nct_upper", "steep", [t, df, delta], nct_peak(t, df, delta, True))
        emit("nct_lower", "steep", [t, df, delta], nct_peak(t, df, delta, False))


def near(value, width):
    """Within width of value, relative: half of the time so close that rounding decides the side."""
    if random.random() < 0.5:
        return value * (1 + random.uniform(-1, 1) * 1e-15)
    return value * (1 + random.uniform(-width, width))


def both_sides_of_switches():
    """Where the library goes from one method to another, and where a method is at its worst."""
    random.seed(20261126)
    for _ in range(60):
        for z in (near(1.0, 0.1), near(3 * float(mp.pi), 0.1), near(1400 ** .5, 0.02),
                  log_uniform(-12, 0)):
            emit("normal_upper", "switch", [z], normal(z))
    for _ in range(100):  # t: df 10; t = 1 below it; the end of the strip above it
        df, t = near(10.0, 0.1), log_uniform(-2, 3) * random.choice([1, 1, -1])
        emit("t_upper", "switch", [t, df], student(t, df))
        df, t = random.choice([1.0, 2.0, random.uniform(1, 10)]), near(1.0, 0.2)
        emit("t_upper", "switch", [t, df], student(t, df))
        df = random.choice([log_uniform(1, 4), log_uniform(4.4, 15)])
        t = near(9.42 * (df / (df - 1)) ** .5, 0.3)
        emit("t_upper", "switch", [t, df], student(t, df))
        df, t = random.uniform(1, 1.9), near(1e150, 0.1) * random.choice([1, 1e-20, 1e4])
        emit("t_upper", "switch", [t, df], student(t, df))
    for _ in range(100):  # chi-square: df 100; the mode; df from 1 to 20
        df = near(100.0, 0.1)
        x = max(df * float(mp.exp(random.uniform(-7, 4) * (2 / df) ** .5)), 1e-3)
        emit_both("chi2", "switch", [x, df], gamma_both(x, df))
        df = log_uniform(0, 6)
        x = near(df, min(1, (2 / df) ** .5))
        emit_both("chi2", "switch", [x, df], gamma_both(x, df))
        df = random.uniform(1, 20)
        x = df * log_uniform(-2, 1.2)
        emit_both("chi2", "switch", [x, df], gamma_both(x, df))
    for _ in range(100):  # F: an own df of 100; the mode; two df from 1 to 20
        d1, d2 = near(100.0, 0.1), random.choice([1.0, random.uniform(1, 3), log_uniform(0, 8)])
        if random.random() < 0.5:
            d1, d2 = d2, d1
        f = float(mp.exp(random.uniform(-5, 5) * (2 / d1 + 2 / d2) ** .5))
        emit_both("f", "switch", [f, d1, d2], fisher_both(f, d1, d2))
        d1, d2, f = log_uniform(0, 5), log_uniform(0, 5), near(1.0, 0.2)
        emit_both("f", "switch", [f, d1, d2], fisher_both(f, d1, d2))
        d1, d2, f = random.uniform(1, 20), random.uniform(1, 20), log_uniform(-3, 3)
        emit_both("f", "switch", [f, d1, d2], fisher_both(f, d1, d2))
    for _ in range(25):  # quantiles: p = 1/4 for normal and t; between mode and median
        p = near(0.25, 0.2)
        emit("qnormal_upper", "switch", [p], mp.sqrt(2) * mp.erfinv(1 - 2 * mp.mpf(p)))
        df = df_any()
        root = mp.findroot(lambda t: student(t, df) - mp.mpf(p), start_t(p, df, normal_score(p)),
                           tol=1e-90)
        emit("qt_upper", "switch", [p, df], root)
        d1, d2 = log_uniform(0, 4), log_uniform(0, 4)
        for sign, side in ((1, "_upper"), (-1, "_lower")):
            p = 0.5 - log_uniform(-3, -0.5)
            emit("qchi2" + side, "switch", [p, d1],
                 invert(lambda x: gamma_both(x, d1), p, sign > 0, mp.log(mp.mpf(d1))))
            emit("qf" + side, "switch", [p, d1, d2],
                 invert(lambda x: fisher_both(x, d1, d2), p, sign > 0, mp.mpf(0)))


def switches_of_nct():
    """Noncentral t: df 50; few df, with a large delta; the far power of t."""
    random.seed(20261127)
    for _ in range(30):
        df, delta = near(50.0, 0.1), random.uniform(-6, 20)
        t = delta + random.uniform(-3, 6)
        emit_nct("switch", abs(t), df, delta)
        df = random.choice([1.0, random.uniform(1, 4), log_uniform(0, 2)])
        delta = log_uniform(1, 2)
        emit_nct("switch", delta * log_uniform(-0.5, 1), df, delta)
    for _ in range(20):
        df, delta = random.uniform(1, 5), random.uniform(-5, 20)
        t = near(1e30, 0.1) * random.choice([1, 1e-15, 1e9])
        emit("nct_upper", "switch", [t, df, delta], nct_far(t, df, delta))


def large_deltas():
    for df, delta, ratio in ((1.0, 1e4, 0.7), (1.0, 1e6, 0.5), (1.3, 1e5, 2.0), (3.0, 1e6, 0.9),
                             (8.0, 1e4, 0.4), (60.0, 1e5, 0.8), (1e4, 1e6, 1.0003),
                             (1e9, 1e6, 1.00001), (2.0, 1e6, 30.0), (1.7, 1e3, 0.03),
                             (20.0, 1e4, 5.0), (5e3, 1e5, 0.7)):
        emit_nct("large-delta", delta * ratio, df, delta)


def nct_far(t, df, delta):
    """Upper tail where S counts only near 0: t^-df times the moment of S^(df-1), to O(1/t^2)."""
    v, d = mp.mpf(df), mp.mpf(delta)
    moment = mp.quad(lambda u: u ** (v - 1) * normal(u - d), [0, 1, max(d, 2), max(d, 2) + 20])
    log_k = mp.log(2) + v / 2 * mp.log(v / 2) - mp.loggamma(v / 2)
    return mp.exp(log_k - v * mp.log(mp.mpf(t))) * moment


def emit_nct(area, t, df, delta):
    with mp.workdps(30):  # an hour less
        emit("nct_upper", area, [t, df, delta], nct_peak(t, df, delta, True))
        emit("nct_lower", area, [t, df, delta], nct_peak(t, df, delta, False))


if __name__ == "__main__":
    main()
    more()
    both_sides_of_switches()
    switches_of_nct()
    large_deltas()
