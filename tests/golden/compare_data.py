#!/usr/bin/python3
"""Oracle for tests/stats/test_compare_oracle.c: assay_moments_compare() against 60 digits.

    /usr/bin/python3 tests/golden/compare_data.py >tests/golden/compare_data.csv

The data are decimals that both sides draw from a seed (tests/support/compare_data.c has the same code), so that the
file holds seeds and results only. Everything up to square roots is rational arithmetic on the raw rows:
regressions solve their normal equations exactly and sum squared residuals row by row.
"""
import csv
import sys
from fractions import Fraction

import mpmath as mp

import compare_exact as exact

MASK = (1 << 64) - 1
# offset, spread of the common part, own noise of a covariate, noise of the value, power of ten
KINDS = {
    "money": (500000, 100000, 30000, 50000, -2),
    "offset": (10 ** 17, 100000, 30000, 50000, -5),      # 1e12 and thousandths
    "near": (10 ** 17, 10 ** 9, 0, 10 ** 4, -9),          # 1e8 +- 1, y = x + 1e-5 noise
    "ill": (0, 10 ** 12, 10 ** 6, 10 ** 3, -6),           # condition number 1e12 and more
    "tiny": (500000, 100000, 30000, 50000, -206),
    "huge": (500000, 100000, 30000, 50000, 145),
    "constant": (500000, 100000, 30000, 50000, -2),       # the last covariate is constant
    "collinear": (500000, 100000, 30000, 50000, -2),      # the last is 2 x_0 + 7
    "missing": (500000, 100000, 30000, 50000, -2),        # one covariate in four is missing
    "still": (500000, 100000, 30000, 50000, -2),          # the baseline's value is constant
    "parallel": (500000, 100000, 30000, 50000, -2),       # the compared group's is 1428.57 w
    "crossed": (500000, 100000, 30000, 50000, -2),        # x_0 constant in the compared group, the
}                                                         # last 2 x_0 + 7 in the baseline only


class Random:
    def __init__(self, state):
        self.state = state

    def next(self):
        """splitmix64"""
        self.state = (self.state + 0x9e3779b97f4a7c15) & MASK
        z = self.state
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9 & MASK
        z = (z ^ z >> 27) * 0x94d049bb133111eb & MASK
        return z ^ z >> 31

    def around(self, spread):
        return self.next() % (2 * spread + 1) - spread


def draw_row(random, kind, type_, q, group):
    offset, common, own, noise, exponent = KINDS[kind]
    ten = Fraction(10) ** exponent
    u = offset + random.around(common)
    x = [u + random.around(own) for _ in range(q)]
    y = u + random.around(noise) + group * (noise // 3)
    w = 1 + random.next() % 9
    missing = [random.next() % 4 == 0 and kind == "missing" for _ in range(q)]
    if kind == "constant":
        x[-1] = 42
    if kind == "collinear":
        x[-1] = 2 * x[0] + 7
    if kind == "still" and group == 0:
        y = offset
    if kind == "parallel" and group == 1:
        y = 142857 * w
    if kind == "crossed" and group == 0:
        x[-1] = 2 * x[0] + 7
    if kind == "crossed" and group == 1:
        x[0] = 42
    if type_ == "proportion":
        y = Fraction(1 if y > offset else 0) / ten
    return ([y * ten], [Fraction(w)] if type_ == "ratio" else [],
            [None if m else v * ten for v, m in zip(x, missing)])


def mean(values):
    return sum(values, Fraction(0)) / len(values)


def solve(a, b):
    """Gauss in rationals; a row without a pivot gives slope 0 and is told in the mask."""
    q, dropped = len(b), 0
    a = [row[:] + [v] for row, v in zip(a, b)]
    for j in range(q):
        if a[j][j] == 0:
            dropped |= 1 << j
            continue
        for i in range(q):
            if i != j:
                ratio = a[i][j] / a[j][j]
                a[i] = [v - ratio * u for v, u in zip(a[i], a[j])]
    return [Fraction(0) if dropped >> j & 1 else a[j][q] / a[j][j] for j in range(q)], dropped


class Group:
    def __init__(self, rows, type_):
        self.n = len(rows)
        y, w, self.x = [r[0][0] for r in rows], [r[1] for r in rows], [r[2] for r in rows]
        self.estimate = mean(y)
        self.values = y
        if type_ == "ratio":
            wbar = mean([v[0] for v in w])
            self.estimate = mean(y) / wbar
            self.values = [(a - self.estimate * b[0]) / wbar for a, b in zip(y, w)]
        centre = mean(self.values)
        self.e = [v - centre for v in self.values]
        self.ss = sum(v * v for v in self.e)
        self.m3 = sum(v ** 3 for v in self.e) / self.n
        share = type_ == "proportion"
        self.error2 = self.ss / self.n / (self.n if share else self.n - 1)

    def centre(self):
        self.xbar = [mean(column) for column in zip(*self.x)]
        self.cx = [[v - m for v, m in zip(row, self.xbar)] for row in self.x]
        q = range(len(self.xbar))
        self.sxx = [[sum(r[i] * r[j] for r in self.cx) for j in q] for i in q]
        self.sxy = [sum(r[i] * e for r, e in zip(self.cx, self.e)) for i in q]

    def residual_sum(self, slopes):
        return sum((e - sum(b * v for b, v in zip(slopes, r))) ** 2 for e, r in zip(self.e, self.cx))


def fill_missing(groups, q):
    for i in range(q):
        present = [r[i] for g in groups for r in g.x if r[i] is not None]
        for g in groups:
            for r in g.x:
                r[i] = mean(present) if r[i] is None else r[i]


def own_slopes(pair):
    """A covariate stays when neither group has it constant or collinear with those that stay."""
    q = range(len(pair[0].xbar))
    keep = []
    for j in q:
        tried = keep + [j]
        if all(solve([[g.sxx[i][k] for k in tried] for i in tried], [g.sxy[i] for i in tried])[1] == 0
               for g in pair):
            keep = tried
    slopes = []
    for g in pair:
        b, _ = solve([[g.sxx[i][k] for k in keep] for i in keep], [g.sxy[i] for i in keep])
        slopes.append([b[keep.index(i)] if i in keep else Fraction(0) for i in q])
    return slopes, sum(1 << i for i in q if i not in keep)


def adjust(groups, reduction, q):
    """value, residual error2 with its degrees of freedom, error2, covariance, slopes, dropped."""
    pair = groups[:2]
    fill_missing(groups, q)
    for g in groups:
        g.centre()
    if reduction == "full":
        slopes, dropped = own_slopes(pair)
    else:
        theta, dropped = solve([[sum(g.sxx[i][j] for g in groups) for j in range(q)] for i in range(q)],
                               [sum(g.sxy[i] for g in groups) for i in range(q)])
        slopes = [theta, theta]
    used = q - bin(dropped).count("1")
    everyone = [r for g in groups for r in g.x]
    big_n = len(everyone)
    xbar = [mean(column) for column in zip(*everyone)]
    value, welch, error2 = [], [], []
    for g, b in zip(pair, slopes):
        df = g.n - 1 - (used if reduction == "full" else 0)
        value.append(g.estimate - sum(v * (m - o) for v, m, o in zip(b, g.xbar, xbar)))
        welch.append((g.residual_sum(b) / df / g.n, df))
        error2.append(welch[-1][0])
    # b' S b / N is the sample variance of b'x over all units, divided by N.
    scores = [[sum(v * (x - o) for v, x, o in zip(b, r, xbar)) for r in everyone] for b in slopes]
    form = [[sum(s * t for s, t in zip(u, v)) / (big_n - 1) / big_n for v in scores] for u in scores]
    error2 = [error2[0] + form[0][0], error2[1] + form[1][1]]
    cov = form[0][1]
    return value, welch, error2, cov, slopes, dropped


def figures(kind, type_, reduction, q, sizes, seed, method):
    random = Random(seed)
    groups = [Group([draw_row(random, kind, type_, q, g) for _ in range(n)], type_)
              for g, n in enumerate(sizes)]
    raw = groups[:2]
    if raw[0].ss == 0 and raw[1].ss == 0 or (raw[0].ss == 0 or raw[1].ss == 0) and kind not in (
            "still", "parallel"):
        return None
    f = {"rate": None, "dropped": 0}
    value, error2, cov = [g.estimate for g in raw], [g.error2 for g in raw], Fraction(0)
    welch = [(g.error2, g.n - 1) for g in raw]
    if reduction != "none":
        value, welch, error2, cov, slopes, f["dropped"] = adjust(groups, reduction, q)
        f["rate"] = 1 - exact.real((error2[0] + error2[1] - 2 * cov) / (raw[0].error2 + raw[1].error2))
        f["slopes_c"], f["slopes_t"] = (";".join(exact.text(exact.real(b)) for b in s) for s in slopes)
    value, error2, cov = [exact.real(v) for v in value], [exact.real(v) for v in error2], exact.real(cov)
    welch = [(exact.real(e), df) for e, df in welch]
    f.update(exact.compare(value, error2, cov, welch, method))
    if not exact.well_conditioned(value, error2, cov, f):
        return None
    m3 = [exact.real(g.m3) for g in raw]
    raw2 = [exact.real(g.error2) for g in raw]
    f.update(exact.tails([m / g.n ** 2 for m, g in zip(m3, raw)], raw2, method))
    skew = [m / mp.sqrt(exact.real(g.ss / g.n)) ** 3 if g.ss else None for m, g in zip(m3, raw)]
    roots = [mp.sqrt(v) for v in raw2]
    f.update(estimate_c=value[0], estimate_t=value[1], se_c=mp.sqrt(error2[0]), se_t=mp.sqrt(error2[1]),
             raw_c=exact.real(raw[0].estimate), raw_t=exact.real(raw[1].estimate), raw_se_c=roots[0],
             raw_se_t=roots[1], skew_c=skew[0], skew_t=skew[1])
    return f


def plans():
    for kind in KINDS:
        for type_ in ("mean", "ratio", "proportion"):
            if type_ == "proportion" and kind in ("tiny", "huge", "near"):
                continue
            for reduction in ("none", "full", "pooled"):
                for q in {"near": (1,), "ill": (10,), "constant": (2,), "collinear": (3,), "crossed": (3,)}.get(kind, (1, 4)):
                    yield kind, type_, reduction, q


def main():
    print("# /usr/bin/python3 tests/golden/compare_data.py; Python %s, mpmath %s" % (
        sys.version.split()[0], mp.__version__))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow("area type reduction test side alpha null covariates sizes seed".split() + exact.COLUMNS)
    random = Random(20261124)
    for kind, type_, reduction, q in plans():
        done = 0
        while done < 2:
            sizes = [q + 4 + random.next() % 30 for _ in range(2 + random.next() % 2)]
            seed = random.next() >> 1
            method = {"test": "zt"[random.next() % 2],
                      "side": ["upper", "lower", "both"][random.next() % 3],
                      "alpha": [0.05, 0.01, 0.2][random.next() % 3], "null": 0.0}
            f = figures(kind, type_, reduction, q, sizes, seed, method)
            if f is None:
                continue
            done += 1
            out.writerow([kind, type_, reduction, method["test"], method["side"],
                          method["alpha"].hex(), method["null"].hex(), q,
                          ";".join(map(str, sizes)), seed] + exact.row(f))


if __name__ == "__main__":
    main()
