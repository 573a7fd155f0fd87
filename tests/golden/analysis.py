#!/usr/bin/python3
"""Independent analysis of a unit-level experiment, for golden files.

    tests/golden/analysis.py PLAN.json DATA.csv >tests/golden/NAME.csv

Every sum is an exact rational; everything after has 40 digits (mpmath). Written from the formulas
of the documentation alone: means, proportions, ratios, covariates (full and pooled), t and z tests, Fieller,
delta, log and scaled relative intervals, sample ratio mismatch, required sizes and powered effects.
Debian packages: python3-mpmath. Output: metric,comparison,slice_key,slice_value,field,value
"""
import csv
import json
import math
import hashlib
import re
import sys
from fractions import Fraction

import mpmath as mp

import shares
from student import (chi_tail, normal_quantile, normal_upper, t_quantile, t_upper, welch_df,
                     welch_power)

mp.mp.dps = 40
UNITS_MIN = 30  # in each group, of a slice that weighs in Cochran's Q


def q(x):
    return mp.mpf(x.numerator) / mp.mpf(x.denominator) if isinstance(x, Fraction) else mp.mpf(x)


def solve(a, b):
    return list(mp.lu_solve(mp.matrix(a), mp.matrix(b))) if b else []


class Sample:
    """Rows [y, (w,) x...] of one group as exact rationals."""

    def __init__(self, rows, kind, q_count):
        self.rows, self.n, self.kind, self.q = rows, len(rows), kind, q_count
        k = len(rows[0]) if rows else 0
        self.mean = [sum((r[i] for r in rows), Fraction(0)) / self.n for i in range(k)]
        self.s = [[Fraction(0)] * k for _ in range(k)]
        for i in range(k):
            for j in range(i + 1):
                total = sum((r[i] * r[j] for r in rows), Fraction(0))
                self.s[i][j] = self.s[j][i] = total - self.n * self.mean[i] * self.mean[j]
        first = 2 if kind == "ratio" else 1
        self.xs = list(range(first, k))

    def estimate(self):
        return self.mean[0] / self.mean[1] if self.kind == "ratio" else self.mean[0]

    def lin(self, i, j):
        """Centred sums of the (linearised) value (-1) and covariates."""
        if self.kind != "ratio":
            return self.s[max(i, 0)][max(j, 0)]
        r, w = self.estimate(), self.mean[1]
        if i == -1 and j == -1:
            return (self.s[0][0] - 2 * r * self.s[0][1] + r * r * self.s[1][1]) / (w * w)
        if i == -1:
            return (self.s[0][j] - r * self.s[1][j]) / w
        if j == -1:
            return self.lin(j, i)
        return self.s[i][j]

    def raw_error2(self):
        if self.kind == "proportion":
            p = self.mean[0]
            return p * (1 - p) / self.n
        return self.lin(-1, -1) / (self.n - 1) / self.n


class Summary(Sample):
    """A group of which n, means and sums of squares and products about them are known."""

    def __init__(self, n, mean, s, kind):
        self.rows, self.n, self.kind = [], n, kind
        self.mean, self.s = mean, s
        self.xs = list(range(2 if kind == "ratio" else 1, len(mean)))


def of_variance(n, mean, variance, kind):
    return Summary(n, [mean], [[variance * (n - 1)]], kind)


def all_units(groups):
    """Several groups as one."""
    groups = [g for g in groups if g.n > 0]
    n, size = sum(g.n for g in groups), range(len(groups[0].mean))
    mean = [sum(g.n * g.mean[i] for g in groups) / n for i in size]
    s = [[sum(g.s[i][j] + g.n * (g.mean[i] - mean[i]) * (g.mean[j] - mean[j]) for g in groups)
          for j in size] for i in size]
    return Summary(n, mean, s, "mean")


def compare(groups, c, t, reduction):
    """Estimates, SE^2 and their covariance, in mpmath."""
    base, comp = groups[c], groups[t]
    out = {"raw": [q(base.estimate()), q(comp.estimate())],
           "raw_se2": [q(base.raw_error2()), q(comp.raw_error2())]}
    if not base.xs or reduction == "none":
        out.update(est=out["raw"], se2=out["raw_se2"], cov=mp.mpf(0), rate=None, slopes=None,
                   df=welch_df(out["raw_se2"], [base.n - 1, comp.n - 1]))
        return out
    xs = base.xs
    total = all_units(groups)
    n_all = total.n
    xbar = [total.mean[i] for i in xs]
    est, res, dfs, slopes = [], [], [], []
    if reduction == "pooled":
        a = [[sum(g.s[i][j] for g in groups) for j in xs] for i in xs]
        b = [sum(g.lin(-1, i) for g in groups) for i in xs]
        theta = solve([[q(v) for v in r] for r in a], [q(v) for v in b])
    for g in (base, comp):
        if reduction == "full":
            beta = solve([[q(g.s[i][j]) for j in xs] for i in xs], [q(g.lin(-1, i)) for i in xs])
        else:
            beta = theta
        slopes.append(beta)
        est.append(q(g.estimate()) - sum(b * q(g.mean[i] - m) for b, i, m in zip(beta, xs, xbar)))
        rss = q(g.lin(-1, -1)) - 2 * sum(b * q(g.lin(-1, i)) for b, i in zip(beta, xs)) + sum(
            bi * bj * q(g.s[i][j]) for bi, i in zip(beta, xs) for bj, j in zip(beta, xs))
        divisor = g.n - 1 - len(xs) if reduction == "full" else g.n - 1
        res.append(rss / divisor / g.n)
        dfs.append(divisor)
    sxx = [[q(total.s[i][j]) / (n_all - 1) for j in xs] for i in xs]

    def form(u, v):
        return sum(u[i] * sxx[i][j] * v[j] for i in range(len(xs)) for j in range(len(xs))) / n_all
    se2 = [res[0] + form(slopes[0], slopes[0]), res[1] + form(slopes[1], slopes[1])]
    cov = form(slopes[0], slopes[1])
    rate = 1 - (se2[0] + se2[1] - 2 * cov) / (out["raw_se2"][0] + out["raw_se2"][1])
    out.update(est=est, se2=se2, cov=cov, rate=rate, slopes=slopes, df=welch_df(res, dfs),
               residual=res, method=reduction)
    return out


def fieller(c, t, vc, vt, cov, z):
    a = c * c - z * z * vc
    b = -2 * (c * t - z * z * cov)
    d = t * t - z * z * vt
    disc = b * b - 4 * a * d
    if a <= 0:
        return None
    roots = sorted([(-b - mp.sqrt(disc)) / (2 * a), (-b + mp.sqrt(disc)) / (2 * a)])
    return [roots[0] - 1, roots[1] - 1]


def read_plan(path):
    text = re.sub(r"^\s*//.*$", "", open(path).read(), flags=re.M)
    return json.loads(text)


def main():
    plan = read_plan(sys.argv[1])
    data = list(csv.DictReader(open(sys.argv[2], newline="")))
    summary = "n" in data[0]
    column = "group" if summary else plan["columns"]["group"]
    ids = [g["id"] for g in plan["groups"]]
    weights = [Fraction(str(g.get("weight", 1))) for g in plan["groups"]]
    baseline = ids.index(plan["comparisons"]["baseline"])
    metrics = plan["metrics"]
    alpha, power = mp.mpf(str(plan.get("alpha", 0.05))), mp.mpf(str(plan.get("power", 0.8)))
    deterioration = plan.get("deterioration", {"alpha": plan.get("alpha", 0.05)})
    det_alpha = mp.mpf(str(deterioration["alpha"])) if deterioration else None

    def has_margin(m):
        return "nonInferiorityMargin" in m or "nonInferiorityMarginAbs" in m

    def role(m):
        return m.get("role", "success")
    s_count = sum(role(m) == "success" for m in metrics)
    g_count = sum(role(m) == "guardrail" and has_margin(m) for m in metrics)
    c_count = len(ids) - 1
    monitored = sum(m.get("direction", "increase") != "any" for m in metrics)
    power_adj = 1 - (1 - power) / (g_count + min(s_count, 1))
    slices = [("", "", data)]
    for dimension in plan.get("dimensions", []):
        for value in sorted({r[dimension] for r in data}, key=lambda v: v.encode()):
            slices.append((dimension, value, [r for r in data if r[dimension] == value]))
    print("# /usr/bin/python3 tests/golden/analysis.py %s %s; Python %s, mpmath %s" % (
        sys.argv[1], sys.argv[2], sys.version.split()[0], mp.__version__))
    print("metric,comparison,slice_key,slice_value,field,value")
    out = csv.writer(sys.stdout, lineterminator="\n")
    found = {}
    for key, value, rows in slices:
        if summary:
            last = max(r["time"] for r in rows)
            rows = [r for r in rows if r["time"] == last]
            counts = [max(int(r["n"]) for r in rows if r["group"] == g) for g in ids]
        else:
            counts = [sum(r[column] == g for r in rows) for g in ids]
        expected = [q(sum(counts) * w / sum(weights)) for w in weights]
        x2 = sum((o - e) ** 2 / e for o, e in zip(counts, expected))
        df = len(ids) - 1
        p = mp.gammainc(mp.mpf(df) / 2, x2 / 2, mp.inf, regularized=True)
        for field, v in (("statistic", x2), ("p", p), ("log10P", mp.log10(p))):
            out.writerow(["@srm", "", key, value, field, mp.nstr(v, 25)])
        for m in metrics:
            kind = m.get("type", "mean")
            names = [m.get("value", m["id"])] + ([m["denominator"]] if kind == "ratio" else [])
            reduction = m.get("varianceReduction", "full")
            covariates = m.get("covariates", []) if reduction != "none" else []
            groups = [of_variance(int(r["n"]), Fraction(r["mean"]), Fraction(r["variance"]), kind)
                      for g in ids for r in rows if r[column] == g and r["metric"] == m["id"]
                      ] if summary else [Sample([[Fraction(r[n]) for n in names + covariates] for r in rows
                              if r[column] == g], kind, len(covariates)) for g in ids]
            for t in range(len(ids)):
                if t == baseline:
                    continue
                got = one(out, plan, m, key, value, groups, baseline, t, ids,
                          reduction if covariates else "none", alpha, det_alpha, power, power_adj,
                          s_count, c_count, monitored, weights, has_margin(m), role(m))
                found.setdefault((m["id"], key), []).append((got[0], value) + got[1:])
        sys.stdout.flush()
    for m in metrics:
        for key in plan.get("dimensions", []):
            slices_of(out, m, key, found[m["id"], key])


def normal(f, est, se2, cov, d, se, stat, z, df):
    """Bounds at z standard errors, and the relative figures."""
    f.update(statistic=stat, critical=z, lower=d - z * se, upper=d + z * se)
    if df is not None:
        f["df"] = df
    ec, et, vc, vt = est[0], est[1], se2[0], se2[1]
    f["relative"] = d / ec
    bounds = fieller(ec, et, vc, vt, cov, z)
    if bounds:
        f["fiellerLower"], f["fiellerUpper"] = bounds
    dse = mp.sqrt(vt / ec ** 2 + et ** 2 * vc / ec ** 4 - 2 * et * cov / ec ** 3)
    f["deltaStandardError"] = dse
    f["deltaLower"], f["deltaUpper"] = d / ec - z * dse, d / ec + z * dse
    if et / ec > 0:
        lse = mp.sqrt(vt / et ** 2 + vc / ec ** 2 - 2 * cov / (et * ec))
        f["logLower"] = mp.expm1(mp.log(et / ec) - z * lse)
        f["logUpper"] = mp.expm1(mp.log(et / ec) + z * lse)
    scaled = sorted([f["lower"] / ec, f["upper"] / ec])
    f["scaledLower"], f["scaledUpper"] = scaled


def one(out, plan, m, key, value, groups, c, t, ids, reduction, alpha, det_alpha, power, power_adj,
        s_count, c_count, monitored, weights, margin, role):
    kind = m.get("type", "mean")
    if kind == "proportion" and shares.is_exact(
            [groups[c].n, groups[t].n], [int(g.mean[0] * g.n) for g in (groups[c], groups[t])],
            reduction != "none"):
        reduction = "none"
    got = compare(groups, c, t, reduction)
    est, se2, cov = got["est"], got["se2"], got["cov"]
    direction = m.get("direction", "increase")
    sign = -1 if direction == "decrease" else 1
    harm = role == "deterioration" or (role == "guardrail" and not margin)
    a_det = det_alpha / (c_count * monitored) if det_alpha is not None else None
    a = alpha / (c_count * s_count) if role == "success" else a_det if harm else alpha / c_count
    raw_c = got["raw"][0]

    def units(name):
        if name in m:
            return mp.mpf(str(m[name])) * abs(raw_c)
        return mp.mpf(str(m[name + "Abs"])) if name + "Abs" in m else None
    effect, delta = units("minimumDetectableEffect"), units("nonInferiorityMargin")
    null = -sign * delta if role == "guardrail" and margin else mp.mpf(0)
    d = est[1] - est[0]
    se = mp.sqrt(se2[0] + se2[1] - 2 * cov)
    two = direction == "any"
    is_t = plan.get("test", "t") == "t"
    df = got["df"]

    def upper(x):
        return t_upper(x, df) if is_t else normal_upper(x)

    def quantile(tail):
        return t_quantile(tail, df) if is_t else normal_quantile(tail)
    z = quantile(a / 2 if two else a) if se > 0 else None
    stat = (d - null) / se if se > 0 else None
    side = -sign if harm else sign

    def log_p(x):
        tail = upper(x)
        return (mp.log1p(-upper(-x)) if tail > 0.5 else mp.log(tail)) / mp.log(10)
    f = {"baselineEstimate": est[0], "comparedEstimate": est[1],
         "baselineUnadjusted": got["raw"][0], "comparedUnadjusted": got["raw"][1],
         "baselineStandardError": mp.sqrt(se2[0]), "comparedStandardError": mp.sqrt(se2[1]),
         "alpha": a, "estimate": d, "standardError": se}
    tested = {}
    if kind == "proportion":
        units = [groups[c].n, groups[t].n]
        hits = [int(g.mean[0] * g.n) for g in (groups[c], groups[t])]
        if shares.is_exact(units, hits, got["rate"] is not None):
            name = "both" if two else "upper" if side > 0 else "lower"
            z = normal_quantile(a / 2 if two else a)
            tested = shares.compare(units, hits, name, a, null, z, normal_upper)
            tested.pop("significant")
            for name, field in (("relativeLower", "fiellerLower"), ("relativeUpper", "fiellerUpper")):
                if name in tested:
                    tested[field] = tested.pop(name)
            f.update(tested)
            if a_det is not None and not two:
                f["deteriorationP"] = shares.fisher(units, hits, "lower" if sign > 0 else "upper")[0]
                f["deteriorationCritical"] = normal_quantile(a_det)
    if not tested:
        normal(f, est, se2, cov, d, se, stat, z, df if is_t else None)
        f["p"] = 2 * upper(abs(stat)) if two else upper(side * stat)
        f["log10P"] = mp.log10(f["p"]) if two else log_p(side * stat)
        if a_det is not None and direction != "any":
            f["deteriorationP"] = upper(-sign * d / se)
            f["deteriorationCritical"] = quantile(a_det)
    elif est[0] != 0:
        f["relative"] = d / est[0]
    if got["rate"] is not None:
        f["rate"] = got["rate"]
        for which, slopes in zip(("baseline", "compared"), got["slopes"]):
            for i, b in enumerate(slopes):
                f["%sSlope%d" % (which, i + 1)] = b
    size = Size(m, groups, c, t, got, role == "success" or harm, a / 2 if two else a,
                power if harm else power_adj, weights, side, is_t)
    if not harm:
        distance = effect if role == "success" else abs((sign * effect if effect else 0) - null)
        if distance is not None:
            f["required"] = size.required(distance)
    if key == "":
        effect = size.effect()
        if effect is not None:
            f["poweredEffect"] = effect
    safe = [re.sub("[^a-z0-9]+", "-", ids[g].lower()).strip("-") for g in (c, t)]
    comparison = "-vs-".join(safe)
    if safe != [ids[c], ids[t]]:  # names that are not safe as they stand
        names = ids[c] + "\0" + ids[t]
        comparison += "-" + hashlib.sha256(names.encode()).hexdigest()[:8]
    if key == "":
        f.update(balance(groups[c], groups[t]))
    for name, v in f.items():
        out.writerow([m["id"], comparison, key, value, name, mp.nstr(v, 25)])
    return comparison, d, se, f["p"], min(groups[c].n, groups[t].n)


def balance(base, comp):
    """Welch's two-sided test of each covariate."""
    f = {}
    for i in base.xs:
        parts = [q(g.s[i][i]) / (g.n - 1) / g.n for g in (base, comp)]
        t = abs(q(comp.mean[i] - base.mean[i])) / mp.sqrt(sum(parts))
        name = "balance%d" % (i - base.xs[0] + 1)
        f[name + "Difference"] = q(comp.mean[i] - base.mean[i])
        f[name + "P"] = 2 * t_upper(t, welch_df(parts, [base.n - 1, comp.n - 1]))
    return f


def cochran(differences):
    """Of differences and their standard errors; nothing of fewer than two."""
    if len(differences) < 2:
        return {}
    weights = [1 / se ** 2 for _, se in differences]
    mean = sum(w * d for w, (d, _) in zip(weights, differences)) / sum(weights)
    q2 = sum(w * (d - mean) ** 2 for w, (d, _) in zip(weights, differences))
    df = mp.mpf(len(differences) - 1)
    return {"cochranQ": q2, "cochranDf": df,
            "cochranP": mp.gammainc(df / 2, q2 / 2, mp.inf, regularized=True)}


def slices_of(out, m, key, found):
    """
    Cochran's Q over the values of a dimension with 30 units in both groups: the variance of fewer is
    too uncertain for a weight. Holm's p-values over all values. found: comparison, value, d, se, p, n.
    """
    for comparison in sorted({f[0] for f in found}):
        own = [f for f in found if f[0] == comparison]
        weighty = [(d, se) for _, _, d, se, _, n in own if se > 0 and n >= UNITS_MIN]
        for field, v in cochran(weighty).items():
            out.writerow([m["id"], comparison, key, "", field, mp.nstr(v, 25)])
        least = mp.mpf(0)
        for i, (_, value, _, _, p, _) in enumerate(sorted(own, key=lambda f: f[4])):
            least = min(mp.mpf(1), max(least, (len(own) - i) * p))
            out.writerow([m["id"], comparison, key, value, "sliceP", mp.nstr(least, 25)])


class Size:
    """Required sizes, and the effect found at the present ones; sizes of a share from its alternative."""

    def __init__(self, m, groups, c, t, got, is_equality, tail, power, weights, side, is_t):
        self.kappa = weights[c] / weights[t]
        self.n_c, self.n_t = groups[c].n, groups[t].n
        factor = 1 - got["rate"] if got["rate"] is not None else mp.mpf(1)
        self.v_c = got["raw_se2"][0] * self.n_c * factor
        self.v_t = got["raw_se2"][1] * self.n_t * factor
        self.is_share = m.get("type") == "proportion" and is_equality
        self.p_c, self.factor, self.side = got["raw"][0], factor, side
        self.tail, self.power, self.is_t = tail, power, is_t
        self.reach = normal_quantile(tail) + normal_quantile(1 - power)

    def compared_variance(self, distance):
        if not self.is_share:
            return self.v_t
        p = self.p_c + self.side * distance
        return p * (1 - p) * self.factor

    def inflate(self, by):
        """Variances count as so many times larger, as repeated looks make sizes."""
        self.v_c, self.v_t, self.factor = self.v_c * by, self.v_t * by, self.factor * by

    def baseline_size(self, n):
        return math.ceil(self.kappa * n)

    def required(self, distance):
        v_t = self.compared_variance(distance)
        n = int(mp.ceil(self.reach ** 2 * (self.v_c / q(self.kappa) + v_t) / distance ** 2))
        if self.is_t:
            def suffices(n):
                if min(n, self.baseline_size(n)) < 2:
                    return False
                return welch_power(self.tail, self.v_c, v_t, self.baseline_size(n), n,
                                   distance) >= self.power
            while not suffices(n):
                n += 1
            while suffices(n - 1):
                n -= 1
        return n + self.baseline_size(n)

    def effect(self):
        def gap(x):
            v_t = self.compared_variance(x)
            if self.is_t:
                power = welch_power(self.tail, self.v_c, v_t, self.n_c, self.n_t, x)
                return mp.log((1 - power) / (1 - self.power))
            return x - self.reach * mp.sqrt(self.v_c / self.n_c + v_t / self.n_t)
        start = self.reach * mp.sqrt(self.v_c / self.n_c + self.v_t / self.n_t)
        x = mp.re(mp.findroot(gap, (start, start * mp.mpf("1.0001")), tol=1e-40))
        if self.is_share and not 0 < self.p_c + self.side * x < 1:
            return None  # no share differs by so much
        return x


if __name__ == "__main__":
    main()
