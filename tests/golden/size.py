#!/usr/bin/python3
"""Oracle for tests/stats/size/test_size.c: mpmath at 50 digits.

    /usr/bin/python3 tests/golden/size.py >tests/golden/size.csv

Textbook formulas (see include/assay/size.h) as they are written down, with every input the decimal
that is printed. Normal quantiles by erfinv, roots by mpmath's findroot, the noncentral t by adaptive quadrature over
the chi distribution, smallest sizes by trying them one by one. Before it writes anything the script
compares a sample with statsmodels and scipy. Debian packages: python3-mpmath, python3-statsmodels,
python3-scipy.
"""
import functools
import math
import random
import sys
from fractions import Fraction

import mpmath as mp
import scipy.stats
import statsmodels
import statsmodels.stats.power as smp

mp.mp.dps = 50
random.seed(20261124)
rows = []
FIELDS = ("type", "test", "side", "method", "alpha", "power", "wc", "wt", "mean", "vc", "vt",
          "effect", "null", "factor")


def num(x):
    """A double as the decimal it prints as."""
    return mp.mpf(repr(float(x)))


@functools.lru_cache(None)
def q_upper(p):
    """z with P(Z > z) = p, by Newton on the logarithm from scipy's value."""
    z = mp.mpf(float(scipy.stats.norm.isf(float(p))))
    for _ in range(6):
        tail = mp.erfc(z / mp.sqrt(2)) / 2
        z += (tail - p) / mp.npdf(z)
    return z


def design(**kw):
    d = dict(type="mean", test="z", side="upper", method="unpooled", alpha=0.05, power=0.8, wc=1.0,
             wt=1.0, mean=0.0, vc=1.0, vt=1.0, effect=0.1, null=0.0, factor=1.0)
    d.update(kw)
    return d


def tail(d):
    return num(d["alpha"]) / (2 if d["side"] == "both" else 1)


def variances(d, effect):
    if d["type"] == "proportion":
        p, r = num(d["mean"]), num(d["mean"]) + effect
        vc, vt = p * (1 - p), r * (1 - r)
    else:
        vc, vt = num(d["vc"]), num(d["vt"])
    return num(d["factor"]) * vc, num(d["factor"]) * vt


def errors(d, effect, ic, it):
    """distance on the test's scale, standard error under the null, under the alternative"""
    vc, vt = variances(d, effect)
    dist = abs(effect - num(d["null"]))
    s1 = mp.sqrt(vc * ic + vt * it)
    s0 = s1
    p = num(d["mean"])
    if d["method"] == "pooled":
        nc, nt = 1 / ic, 1 / it
        bar = (nc * p + nt * (p + effect)) / (nc + nt)
        s0 = mp.sqrt(num(d["factor"]) * bar * (1 - bar) * (ic + it))
    if d["method"] == "arcsine":
        dist = abs(2 * mp.asin(mp.sqrt(p + effect)) - 2 * mp.asin(mp.sqrt(p + num(d["null"]))))
        s0 = s1 = mp.sqrt(num(d["factor"]) * (ic + it))
    return dist, s0, s1


def kappa(d):
    return num(d["wc"]) / num(d["wt"])


def ceil_ratio(d, nt):
    k = Fraction(repr(d["wc"])) / Fraction(repr(d["wt"]))
    return math.ceil(k * nt)


def chi_tail(t, df, delta):
    """P(T > t) for noncentral t: integral over s = sqrt(chi2/df)."""
    t, df, delta = mp.mpf(t), mp.mpf(df), mp.mpf(delta)
    log_c = mp.log(2) + df / 2 * mp.log(df / 2) - mp.loggamma(df / 2)

    def f(s):
        if s <= 0:
            return mp.mpf(0)
        w = mp.exp(log_c + (df - 1) * mp.log(s) - df * s * s / 2)
        return w * mp.erfc((t * s - delta) / mp.sqrt(2)) / 2

    sd = 1 / mp.sqrt(2 * df)
    lo, hi = max(mp.mpf(0), 1 - 14 * sd), 1 + 16 * sd
    points = [lo + (hi - lo) * k / 12 for k in range(13)]
    if lo == 0 and df < 4:
        points = [mp.mpf(0)] + [mp.mpf(2) ** -k for k in range(10, 0, -1)] + points[3:]
        points = sorted(set(points))
    return mp.quad(f, points)


def t_tail(t, df):
    """P(T > t) of a central t: incomplete beta function, the same integral for many degrees."""
    if df > 10 ** 4:
        return chi_tail(t, df, 0)
    return mp.betainc(df / 2, mp.mpf(1) / 2, 0, df / (df + t * t), regularized=True) / 2


@functools.lru_cache(None)
def t_quantile(p, df):
    t = mp.mpf(float(scipy.stats.t.isf(float(p), float(df))))
    for _ in range(2):
        dens = mp.exp(mp.loggamma((df + 1) / 2) - mp.loggamma(df / 2)
                      - mp.log(df * mp.pi) / 2 - (df + 1) / 2 * mp.log1p(t * t / df))
        t += (t_tail(t, df) - p) / dens
    return t


def t_power(d, nc, nt, effect=None):
    effect = num(d["effect"]) if effect is None else effect
    vc, vt = variances(d, effect)
    a, b = vc / nc, vt / nt
    df = (a + b) ** 2 / (a * a / (nc - 1) + b * b / (nt - 1))
    t = t_quantile(tail(d), df)
    return chi_tail(t, df, abs(effect - num(d["null"])) / mp.sqrt(a + b))


def z_power(d, nc, nt, effect=None):
    effect = num(d["effect"]) if effect is None else effect
    dist, s0, s1 = errors(d, effect, mp.mpf(1) / mp.mpf(nc), mp.mpf(1) / mp.mpf(nt))
    return mp.erfc((q_upper(tail(d)) * s0 - dist) / s1 / mp.sqrt(2)) / 2


def power_of(d, nc, nt, effect=None):
    with mp.workdps(28 if d["test"] == "t" else 50):
        return (t_power if d["test"] == "t" else z_power)(d, mp.mpf(nc), mp.mpf(nt), effect)


def z_size(d):
    dist, s0, s1 = errors(d, num(d["effect"]), 1 / kappa(d), mp.mpf(1))
    z = q_upper(tail(d)) * s0 + q_upper(1 - num(d["power"])) * s1
    if z <= 0:  # the null's standard error is the smaller: any number of units has the power
        return mp.mpf("0.5")
    return (z / dist) ** 2


def emit(kind, d, *values):
    fields = [d[f] if isinstance(d[f], str) else repr(float(d[f])) for f in FIELDS]
    out = [mp.nstr(v, 20, strip_zeros=False) if isinstance(v, mp.mpf) else str(v) for v in values]
    rows.append(",".join([kind] + fields + out))


def required(d):
    x = z_size(d)
    nt = max(1, int(mp.ceil(x)))
    assert abs(x - mp.nint(x)) > mp.mpf(10) ** -30, "a tie the oracle cannot decide"
    if d["test"] == "t":
        nt = max(2, nt - 2)

        def enough(n):
            return ceil_ratio(d, n) >= 2 and power_of(d, ceil_ratio(d, n), n) >= num(d["power"])

        while nt > 2 and enough(nt):
            nt -= 1
        while not enough(nt):
            nt += 1
        while nt < 40 and any(enough(n) for n in range(max(2, nt - 9), nt)):  # power need not be monotone
            nt -= 1
    nc = ceil_ratio(d, nt)
    emit("required", d, nc, nt, power_of(d, nc, nt))
    return nc, nt


def effect_for(d, nc, nt):
    """D > 0 with the wanted power, by bisection on the power itself."""
    sign = -1 if d["side"] == "lower" or (d["side"] == "both" and d["effect"] < d["null"]) else 1
    null = num(d["null"])
    if d["type"] == "proportion":
        low = max(mp.mpf(0), -(num(d["mean"]) + null) if sign > 0 else num(d["mean"]) + null - 1)
        high = 1 - num(d["mean"]) - null if sign > 0 else num(d["mean"]) + null
    else:
        low, high = mp.mpf(0), mp.sqrt(num(d["vc"]) / nc + num(d["vt"]) / nt) * 256
    target = num(d["power"])

    def gap(x):
        return power_of(d, nc, nt, null + sign * x) - target

    if gap(low + (high - low) * mp.mpf("1e-30")) > 0 or gap(high * (1 - mp.mpf("1e-25"))) < 0:
        emit("effect", d, nc, nt, "nan")
        return
    # Bisection to a good start, then the secant method until the steps are rounding errors.
    for _ in range(12 if d["test"] == "t" else 60):
        mid = (low + high) / 2
        if gap(mid) < 0:
            low = mid
        else:
            high = mid
    before, x = low, high
    gap_before, gap_x = gap(before), gap(x)
    while gap_x != gap_before and abs(x - before) > abs(x) * mp.mpf(10) ** -15:
        step = gap_x * (x - before) / (gap_x - gap_before)
        before, gap_before = x, gap_x
        x -= step
        gap_x = gap(x)
    if gap_x != gap_before:
        x -= gap_x * (x - before) / (gap_x - gap_before)
    assert low <= x <= high and abs(gap(x)) < mp.mpf(10) ** -20
    emit("effect", d, nc, nt, x)


def check_peers():
    n = z_size(design(side="both", effect=0.2, power=0.9))
    peer = smp.NormalIndPower().solve_power(0.2, alpha=0.05, power=0.9, alternative="two-sided")
    assert abs(float(n) / peer - 1) < 1e-6, (n, peer)
    d = design(test="t", side="upper", effect=0.5, alpha=0.05)
    peer = smp.TTestIndPower().power(0.5, 64, 0.05, 1, alternative="larger")
    assert abs(float(power_of(d, 64, 64)) / peer - 1) < 1e-9
    d = design(test="t", side="upper", effect=0.5, vc=4.0, vt=1.0)
    a, b = 4 / 30, 1 / 20
    df = (a + b) ** 2 / (a * a / 29 + b * b / 19)
    peer = scipy.stats.nct.sf(scipy.stats.t.isf(0.05, df), df, 0.5 / math.sqrt(a + b))
    assert abs(float(power_of(d, 30, 20)) / peer - 1) < 1e-8  # scipy's quantile errs 6e-10 here


def rnd(lo, hi, digits=3):
    return float("%.*g" % (digits, math.exp(random.uniform(math.log(lo), math.log(hi)))))


WEIGHTS = [(1, 1), (0.5, 0.5), (0.1, 0.3), (0.3, 0.1), (0.9, 0.1), (0.1, 0.9), (1, 3), (2, 3),
           (0.05, 0.95), (99, 1), (0.3333333333333333, 0.6666666666666666), (1e-3, 0.7)]
ALPHAS = [0.05, 0.025, 0.01, 0.0125, 0.1, 0.001, 1e-6, 0.2]
POWERS = [0.8, 0.9, 0.96, 0.95, 0.5, 0.99, 0.999999, 0.3]


def random_design(kind, test="z", method="unpooled"):
    side = random.choice(["upper", "lower", "both"])
    sign = {"upper": 1, "lower": -1, "both": random.choice([1, -1])}[side]
    wc, wt = random.choice(WEIGHTS)
    d = design(type=kind, test=test, side=side, method=method, alpha=random.choice(ALPHAS),
               power=random.choice(POWERS), wc=wc, wt=wt,
               factor=random.choice([1.0, 1.0, 0.7, 0.4321]))
    if kind == "proportion":
        d["mean"] = rnd(1e-4, 0.6)
        room = d["mean"] if sign < 0 else 1 - d["mean"]
        d["effect"] = sign * float("%.3g" % (min(room, d["mean"]) * random.uniform(0.01, 0.6)))
        d["vc"] = d["vt"] = 0.0
    else:
        d["mean"] = rnd(0.01, 1000)
        d["vc"] = rnd(1e-3, 1e4)
        d["vt"] = random.choice([d["vc"], rnd(1e-3, 1e4)])
        d["effect"] = sign * float("%.3g" % (math.sqrt(d["vc"]) * rnd(1e-4, 1)))
    if method != "pooled" and random.random() < 0.3:  # non-inferiority
        margin = abs(d["effect"])
        if not (method == "arcsine" and margin >= min(d["mean"], 1 - d["mean"])):
            d["null"] = -sign * margin
            d["effect"] = random.choice([0.0, sign * float("%.3g" % (margin / 10))])
    if d["power"] <= d["alpha"] * 1.2:
        d["power"] = 0.8
    return d


def near_integer(d, n):
    """Changes the effect so that the real size is as near to n as doubles allow."""
    x = z_size(d)
    for _ in range(60):
        e = num(d["effect"]) * mp.sqrt(x / n)
        d["effect"] = float(e)
        x = z_size(d)
    return d


def main():
    check_peers()
    # z: sizes, power, effect
    for kind, method, count in (("mean", "unpooled", 70), ("proportion", "unpooled", 50),
                                ("proportion", "pooled", 30), ("proportion", "arcsine", 30)):
        for _ in range(count):
            d = random_design(kind, method=method)
            required(d)
            nc, nt = int(rnd(2, 1e7)), int(rnd(2, 1e7))
            emit("power", d, nc, nt, power_of(d, nc, nt))
            effect_for(d, max(nc, 100), max(nt, 100))
    # sizes next to whole numbers, from both sides as it happens
    for n in [3, 10, 97, 1000, 123457, 10 ** 8 + 7, 10 ** 12 + 39, 3 * 10 ** 15]:
        for kind, method in (("mean", "unpooled"), ("proportion", "unpooled"),
                             ("proportion", "pooled"), ("proportion", "arcsine")):
            if kind == "proportion" and n < 90:
                continue
            for wc, wt in ((1, 1), (0.1, 0.3), (0.3, 0.1)):
                if n > 10 ** 15 and wc > wt:
                    continue
                d = design(type=kind, method=method, mean=0.3, wc=wc, wt=wt, effect=0.01, vc=2.5,
                           vt=2.5, alpha=random.choice(ALPHAS), power=random.choice(POWERS[:5]))
                required(near_integer(d, n))
    # z quantiles that all but cancel
    for alpha, power in ((0.05, 0.0500001), (0.3, 0.3000000001), (0.025, 0.02500000000001)):
        d = design(alpha=alpha, power=power, effect=1e-9)
        required(d)
        effect_for(d, 1000, 3000)
    # pooled, power close to alpha: the null's standard error differs from the alternative's
    for side in ("upper", "both"):
        for wc, wt in ((100, 1), (1, 100)):
            for excess in (1e-6, 1e-4, 0.01):
                for share in (0.257, 0.9):
                    alpha = 0.001
                    tail_alpha = alpha / 2 if side == "both" else alpha
                    required(design(type="proportion", method="pooled", side=side, alpha=alpha,
                                    power=tail_alpha + excess, wc=wc, wt=wt, mean=share,
                                    effect=0.00489))
    # t, power close to alpha: the effect hangs on their difference
    for alpha, excess, nc, nt in ((0.4, 1e-6, 2000, 14), (0.05, 1e-9, 30, 40), (0.01, 1e-4, 5, 9)):
        effect_for(design(test="t", alpha=alpha, power=alpha + excess, vc=9.85, vt=2.5), nc, nt)
    # deep tails, huge and tiny scales
    for alpha in (1e-300, 1e-100, 1e-20):
        d = design(alpha=alpha, power=0.9, effect=1e-3, vc=1e-5, vt=3e-5)
        required(d)
        emit("power", d, 90000, 80000, power_of(d, 90000, 80000))
        effect_for(d, 70000, 123)
    for scale in (1e-150, 1e-40, 1e60, 1e140):
        d = design(effect=0.01 * scale, vc=scale * scale * 1.7, vt=scale * scale * 0.3, power=0.9)
        required(d)
        emit("power", d, 5000, 5000, power_of(d, 5000, 5000))
    # t
    for i in range(45):
        d = random_design("mean" if i % 4 else "proportion", test="t")
        d["wc"], d["wt"] = random.choice([(1, 1), (1, 1), (0.1, 0.3), (0.3, 0.1), (0.9, 0.1)])
        scale = abs(d["effect"] - d["null"])
        if d["type"] == "mean":
            d["vc"] = float("%.3g" % (d["vc"] * (scale * scale / d["vc"]) * rnd(0.05, 300)))
            d["vt"] = random.choice([d["vc"], float("%.3g" % (d["vc"] * rnd(0.2, 5)))])
        d["alpha"] = random.choice([0.05, 0.025, 0.01, 0.001])
        d["power"] = random.choice([0.8, 0.9, 0.95, 0.99])
        nc, nt = required(d)
        nc, nt = max(3, int(nc * random.uniform(0.3, 1.5))), max(3, int(nt * random.uniform(0.3, 1.5)))
        emit("power", d, nc, nt, power_of(d, nc, nt))
        if i % 3 == 0:
            effect_for(d, nc, nt)
    # t at sizes that double arithmetic cannot tell apart
    for n in (10 ** 7, 10 ** 9 + 1, 10 ** 12 + 3):
        for wc, wt in ((1, 1), (0.3, 0.1)):
            required(near_integer(design(test="t", wc=wc, wt=wt, effect=0.01, vt=1.3), n))
    print("# /usr/bin/python3 tests/golden/size.py; Python %s, mpmath %s, scipy %s, statsmodels %s"
          % (sys.version.split()[0], mp.__version__, scipy.__version__, statsmodels.__version__))
    print(",".join(("kind",) + FIELDS + ("n_baseline", "n_compared", "value")))
    print("\n".join(rows))


main()
