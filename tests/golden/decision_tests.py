"""A metric's test and its test for harm in one comparison, look by look, for decisions.py.

Exact tests: shares with few counts, by shares.py; constant groups that differ. Of the latter, take the
null from the compared values: then all units have one distribution, every way to deal the two values
out is as likely, and the one at hand is the most extreme. Its p is 1 / C(n_c + n_t, n_t), also under
a margin; on the other side it is 1. Values that are all equal after that tell nothing.

Horizons: fixed (the last look, once); groupSequential, boundaries by boundaries.py; alwaysValid, the
normal mixture. Under a horizon a test counts as a normal one of the same p: Student's t and exact
tests are compared with the boundary's nominal level.
"""
from fractions import Fraction

import mpmath as mp

import analysis
import boundaries
import shares
from analysis import q
from decision_rules import FAILED, NOT_TESTED, PASSED, DEFAULT_MINIMUM, has_effect
from student import gamma_upper, normal_quantile, normal_upper, t_quantile, t_upper

WALKS = {}


def text(x):
    return mp.nstr(x, 36, min_fixed=-5, max_fixed=40)


def walk_of(sides, alpha, spending, times):
    key = (sides, text(alpha), spending, tuple(text(t) for t in times))
    if key not in WALKS:
        WALKS[key] = boundaries.Walk(sides, key[1], spending[0], spending[1], key[3])
    return WALKS[key]


def spending_of(horizon):
    spending = horizon.get("spending", {"family": "power"})
    default = {"power": "2", "hwangShihDeCani": "-4"}.get(spending["family"], "0")
    return spending["family"], str(spending.get("parameter", default))


def inflation_of(horizon, alpha, power, both, made):
    """What the maximum of equally spaced looks is, to a single look's; without a planned number, of
    the looks that were made once all alpha is spent."""
    looks = horizon.get("plannedLooks")
    tail = alpha / 2 if both else alpha
    if horizon["type"] != "groupSequential" or power <= tail:
        return mp.mpf(1)
    times = [mp.mpf(k + 1) / looks for k in range(looks)] if looks else made
    if len(times) < 2:
        return mp.mpf(1)
    walk = walk_of(2 if both else 1, alpha, spending_of(horizon), times)
    if not hasattr(walk, "drifts"):
        walk.drifts = {}
    if power not in walk.drifts:
        walk.drifts[power] = mp.mpf(str(walk.drift(boundaries.mpfr(text(power)))))
    once = normal_quantile(tail) + normal_quantile(1 - power)
    return (walk.drifts[power] / once) ** 2 * times[-1]


def score(p):
    """The normal quantile of an upper tail; one of a half or more is no evidence."""
    return normal_quantile(p) if p < 0.5 else -mp.inf


# ---- two groups at a look ---------------------------------------------------------------------------

def is_singular(matrix):
    """Of fractions, by elimination."""
    a = [list(row) for row in matrix]
    for i in range(len(a)):
        if a[i][i] == 0:
            return True
        for j in range(i + 1, len(a)):
            a[j] = [x - a[j][i] / a[i][i] * y for x, y in zip(a[j], a[i])]
    return False


def kept_covariates(pair, groups, reduction):
    """Those that no earlier one explains, in both groups or in all groups' common sums."""
    systems = [[[sum(g.s[i][j] for g in groups) for j in pair[0].xs] for i in pair[0].xs]
               ] if reduction == "pooled" else [[[g.s[i][j] for j in g.xs] for i in g.xs] for g in pair]
    kept = []
    for i in range(len(pair[0].xs)):
        if not any(is_singular([[s[a][b] for b in kept + [i]] for a in kept + [i]]) for s in systems):
            kept.append(i)
    return kept


def effective_units(group, kind):
    """All units; of a ratio (sum of w)^2 / sum of w^2 (Kish 1965)."""
    if kind != "ratio":
        return group.n
    total = group.n * group.mean[1]
    return total ** 2 / (group.s[1][1] + total * group.mean[1]) if total else 0


class Pair:
    """The figures of two groups at a look, and tests of their difference."""

    def __init__(self, m, groups, c, t, is_t):
        self.kind, self.is_t = m["type"], is_t
        self.pair = [groups[c], groups[t]]
        self.n = [g.n if g else 0 for g in self.pair]
        self.exists = min(self.n) > 0
        self.uses_counts = False
        self.covariates = []
        self.effective = [effective_units(g, self.kind) if g and g.n else 0 for g in self.pair]
        if not self.exists:
            return
        there = [g for g in groups.values() if g and g.n > 0]
        reduction = m.get("varianceReduction", "full")
        xs = self.pair[0].xs
        reduced = bool(xs) and reduction != "none" and min(self.n) > 1
        if self.kind == "proportion":
            self.hits = [int(g.mean[0] * g.n) for g in self.pair]
            self.uses_counts = shares.is_exact(self.n, self.hits, reduced)
        self.margins = {}
        raw_varies = any(g.raw_error2() != 0 for g in self.pair) if min(self.n) > 1 else False
        if reduced and not self.uses_counts and raw_varies:
            kept = kept_covariates(self.pair, there, reduction)
            if kept and min(self.n) > len(kept) + 1:
                self.covariates = kept
        for g in there:
            g.xs = [xs[i] for i in self.covariates]
        self.got = analysis.compare(there, there.index(self.pair[0]), there.index(self.pair[1]),
                                    reduction if self.covariates else "none")
        for g in there:
            g.xs = xs
        self.base = self.got["raw"][0]
        self.d = self.got["est"][1] - self.got["est"][0]
        self.se = mp.sqrt(sum(self.got["se2"]) - 2 * self.got["cov"])
        self.df = self.got["df"]

    def tail(self, z):
        return t_upper(z, self.df) if self.is_t else normal_upper(z)

    def quantile(self, p):
        return t_quantile(p, self.df) if self.is_t else normal_quantile(p)

    def p(self, side, null):
        """The p of a side: 1, -1 or 0 for both; None where there is no test. And whether it is exact."""
        if not self.exists or null is None:
            return None, False
        name = {1: "upper", -1: "lower", 0: "both"}[side]
        if self.uses_counts and null == 0:
            return shares.fisher(self.n, self.hits, name)[0], True
        if self.uses_counts:
            return normal_upper(side * shares.statistic(self.n, self.hits, null)), False
        if self.se == 0:
            return self.constant_p(side, null), True
        if min(self.n) < 2 and self.kind != "proportion":
            return None, False
        z = (self.d - null) / self.se
        return (2 * self.tail(abs(z)) if side == 0 else self.tail(side * z)), False

    def constant_p(self, side, null):
        moved = self.d - null
        if self.d == 0 or moved == 0 or min(self.n) < 2:
            return None
        (n_c, n_t), ways = self.n, mp.binomial(sum(self.n), self.n[1])
        if side == 0:
            return (2 if n_c == n_t else 1) / ways
        return 1 / ways if side * moved > 0 else mp.mpf(1)

    def bounds(self, null, side, tail, p):
        """Of the interval at the nominal level of a tail; None without one."""
        if self.uses_counts:
            got = shares.bounds(self.n, self.hits, normal_quantile(tail))
            name = {1: "upper", -1: "lower", 0: "both"}[side]
            significant = p < (2 * tail if side == 0 else tail)
            return shares.agree(got, null, self.d, name, significant)
        if self.se == 0:
            return None
        half = self.quantile(tail) * self.se
        return [self.d - half, self.d + half]

    def is_spoilt_by_skewness(self, side, null, tail):
        """
        The side that is significant has a tail heavier than its level by more than a fifth, by
        Edgeworth's first term with the shape of all units, and Pearson's curve does not confirm it. The
        shape is known of shares only: sums do not say that of other values.
        """
        if self.kind != "proportion" or self.uses_counts or self.se == 0:
            return False
        p = [q(g.mean[0]) for g in self.pair]
        n = [mp.mpf(k) for k in self.n]
        if min(n) < 3:
            return False
        m2 = sum(k * r * (1 - r) for k, r in zip(n, p)) / sum(n)
        m3 = sum(k * r * (1 - r) * (1 - 2 * r) for k, r in zip(n, p)) / sum(n)
        a = m3 / m2 ** 1.5 * (1 / n[1] ** 2 - 1 / n[0] ** 2) / (1 / n[1] + 1 / n[0]) ** 1.5
        towards = 1 if self.d > null else -1
        z = normal_quantile(tail)
        shift = a * (2 * z * z + 1) / 6 * mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi)
        if not -towards * shift > tail / 5:
            return False
        return not towards * pearson(self.pooled_statistic(null), a) > self.quantile(tail)

    def pooled_statistic(self, null):
        """Student's: as if the residuals of both groups had one variance."""
        used = len(self.covariates) if self.got["slopes"] and self.got["method"] == "full" else 0
        dfs = [n - 1 - used for n in self.n]
        residual = self.got.get("residual", self.got["raw_se2"])
        squares = sum(e * n * f for e, n, f in zip(residual, self.n, dfs))
        shared = self.se ** 2 - sum(residual)
        return (self.d - null) / mp.sqrt(
            squares / sum(dfs) * sum(mp.mpf(1) / n for n in self.n) + shared)


def pearson(t, a):
    """The normal score of t on Pearson's type III curve of skewness a."""
    if abs(a) < mp.mpf("1e-7"):
        return t
    sign = 1 if a > 0 else -1
    t, a = sign * t, sign * a
    half, point = 4 / a ** 2, 2 / a * (2 / a + t)
    if point <= 0:
        return -sign * mp.inf
    upper = gamma_upper(half, point)
    return sign * (normal_quantile(upper) if upper < 0.5 else -normal_quantile(1 - upper))


# ---- a horizon ------------------------------------------------------------------------------------

class Found:
    """What a test says at a look."""

    def __init__(self, number, p, exact, critical, significant, sure, skewed):
        self.number, self.p, self.exact, self.critical = number, p, exact, critical
        self.significant, self.sure, self.skewed = significant, sure, skewed
        self.spent = self.bounds = None


class Tracker:
    """One test at a level, from look to look."""

    def __init__(self, horizon, alpha, side, share, units, least):
        self.horizon, self.alpha, self.side, self.least = horizon, alpha, side, least
        self.kind, self.sides = horizon["type"], 2 if side == 0 else 1
        self.looks, self.best, self.size, self.share = [], mp.mpf(1), None, share
        if self.kind == "groupSequential":
            self.plan_group_sequence(units)

    def plan_group_sequence(self, units):
        """Boundaries for all looks with new units, up to the first that has all that were planned."""
        most = q(Fraction(str(self.horizon["expectedSampleSize"])) * self.share)
        self.information = [mp.mpf(n) / most for n in units]
        times = []
        for t in self.information:
            if t > 0 and (not times or (t > times[-1] and times[-1] < 1)):
                times.append(t)
        self.z = [mp.mpf(str(z)) for z in
                  walk_of(self.sides, self.alpha, spending_of(self.horizon), times).z]
        self.times = times

    def mixture_size(self, units, required):
        if self.size is None:
            wanted = self.horizon.get("optimalSampleSize")
            self.size = (q(Fraction(str(wanted)) * self.share) if wanted else
                         mp.mpf(required) if required else 10 * mp.mpf(units))
        return self.size

    def weight(self, units, se, required):
        """N rho^2 of the mixture."""
        if "tau" in self.horizon:
            return (mp.mpf(str(self.horizon["tau"])) / se) ** 2
        a = self.alpha if self.sides == 2 else 2 * self.alpha
        rho2 = (-2 * mp.log(a) + mp.log(1 - 2 * mp.log(a))) / self.mixture_size(units, required)
        return units * rho2

    def boundary(self, k, units, x):
        """z, and the alpha that is spent with this look."""
        if self.kind == "fixed":
            return normal_quantile(self.alpha / self.sides), self.alpha
        if self.kind == "groupSequential":
            at = max(i for i, t in enumerate(self.times) if t <= self.information[k])
            with boundaries.gmpy2.local_context(precision=270):
                family, parameter = spending_of(self.horizon)
                spent = self.sides * boundaries.spent(
                    family, boundaries.mpfr(parameter), boundaries.mpfr(text(self.alpha)) / self.sides,
                    boundaries.mpfr(text(self.times[at])))
            return self.z[at], mp.mpf(str(spent))
        log = (mp.log1p(mp.sqrt(x + 1) / (2 * self.alpha)) if self.sides == 1 else
               mp.log(mp.sqrt(x + 1) / self.alpha))
        return mp.sqrt(2 * (x + 1) / x * log), self.alpha

    def look(self, k, units, pair, null, required):
        x = self.weight(units, pair.se if pair.exists else None, required) \
            if self.kind == "alwaysValid" else None
        z, spent = self.boundary(k, units, x)
        tail = normal_upper(z)
        p, exact = pair.p(self.side, null)
        significant = p is not None and p < self.sides * tail
        few = min(pair.effective) < self.least["units"] and not exact
        skewed = significant and pair.is_spoilt_by_skewness(self.side, null, tail)
        counts = not (significant and (few or skewed))
        if self.kind == "alwaysValid" and p is not None:
            p = min(self.best, mixture_p(score(p / self.sides), self.sides, x))
            if counts:
                self.best = p
        critical = None
        if pair.exists and (pair.uses_counts or pair.se > 0):
            critical = z if pair.uses_counts else pair.quantile(tail)
        found = Found(k, p, exact, critical, significant, significant and counts, skewed)
        found.spent = spent
        if pair.exists and null is not None and p is not None:
            found.bounds = (lambda: pair.bounds(null, self.side, tail, pair.p(self.side, null)[0]))
        self.looks.append(found)

    def keeps(self):
        return self.kind != "fixed"

    def significant(self):
        """At any look, where that counted; else at the last one. None: not tested."""
        if self.keeps() and any(f.sure for f in self.looks):
            return True
        return self.looks[-1].significant if self.looks[-1].p is not None else None

    def sure(self):
        looks = self.looks if self.keeps() else self.looks[-1:]
        return any(f.sure for f in looks)

    def is_over(self):
        if self.kind == "groupSequential":
            return bool(self.looks) and self.information[self.looks[-1].number] >= 1
        return self.kind == "fixed"


def mixture_p(z, sides, x):
    """The level at which the boundary of weight x is z."""
    if not z > 0:
        return mp.mpf(1)
    y = z * z * x / (2 * (x + 1))
    p = mp.sqrt(x + 1) * mp.exp(-y) if sides == 2 else mp.sqrt(x + 1) / (2 * mp.expm1(y))
    return min(mp.mpf(1), p)


# ---- a test of a metric -----------------------------------------------------------------------------

class Test:
    """A metric's own test and its test for harm, of one comparison."""

    def __init__(self, plan, rates, m, c, t, data, with_sizes):
        self.m, self.c, self.t, self.plan = m, c, t, plan
        self.kind, self.alpha = rates.kind[m["id"]], rates.alpha[m["id"]]
        self.harm_alpha, self.power = rates.harm.get(m["id"]), rates.power[m["id"]]
        self.required = self.effect = None
        self.powered, self.no_size = None, False
        self.sign = -1 if m["direction"] == "decrease" else 1
        self.both = m["direction"] == "any"
        self.side = 0 if self.both else -self.sign if self.kind == "harm" else self.sign
        self.harm_side = 0 if self.both else -self.sign
        self.is_t = plan.get("test", "t") == "t"
        self.horizon = m.get("horizon", plan.get("horizon", {"type": "fixed"}))
        self.weights = [data.weights.get(g, Fraction(1)) for g in (c, t)]
        self.with_sizes, self.least = with_sizes, dict(DEFAULT_MINIMUM, **plan.get("minimum", {}))
        self.follow(data)
        self.conclude(data)

    def open(self, data):
        units = [sum(data.units[k][g] for g in (self.c, self.t))
                 if min(data.units[k][g] for g in (self.c, self.t)) > 0 else 0
                 for k in range(data.look_count)]
        share = sum(self.weights) / sum(data.weights.get(g, Fraction(1)) for g in data.ids)
        watch = self.horizon
        if watch["type"] == "fixed" and data.look_count > 1:
            watch = {"type": "alwaysValid"}
        own = watch if self.kind == "harm" else self.horizon
        self.role = Tracker(own, self.alpha, self.side, share, units, self.least)
        self.watch = None
        if self.kind == "harm":
            self.watch = self.role
        elif self.harm_alpha is not None:
            self.watch = Tracker(watch, self.harm_alpha, self.harm_side, share, units, self.least)
        return units

    def follow(self, data):
        units, last = self.open(data), data.look_count - 1
        self.pair = None
        for k in range(data.look_count):
            trackers = [x for x in (self.role, self.watch) if x is not None]
            due = [x for i, x in enumerate(trackers) if x not in trackers[:i] and
                   (k == last or x.keeps())]
            if units[k] == 0 or not due:
                continue
            self.units_now = units[k]
            self.pair = Pair(self.m, data.groups(self.m, k), self.c, self.t, self.is_t)
            self.base = self.pair.base if self.pair.exists else None
            needs_size = any(x.kind == "alwaysValid" and x.size is None and
                             not {"optimalSampleSize", "tau"} & set(x.horizon) for x in due)
            varies = self.pair.exists and any(e > 0 for e in self.pair.got["raw_se2"])
            required = self.size(exactly=True, once=True)[0] if needs_size and varies else None
            for tracker in due:
                null = self.null() if tracker is self.role else mp.mpf(0)
                tracker.look(k, units[k], self.pair, null, required)

    def conclude(self, data):
        self.is_over = all(m.get("horizon", self.plan.get("horizon", {"type": "fixed"}))["type"] ==
                           "fixed" for m in self.plan["metrics"])
        self.harm = self.harm_stands = self.skewed = self.wrong_way = False
        self.moved = self.uneven = False
        self.counts = [(self.pair.n[i], self.pair.pair[i].mean[0] if self.pair.n[i] else 0)
                       for i in range(2)] if self.pair else [(0, 0), (0, 0)]
        self.effective = self.pair.effective if self.pair else [0, 0]
        self.outcome = NOT_TESTED
        if self.is_planned():
            self.powered, self.no_size = False, True
        if not self.role.looks:
            return
        self.is_over = self.own_horizon_is_over()
        significant = self.role.significant()
        wanted = self.kind != "harm"
        if significant is not None:
            self.outcome = PASSED if significant == wanted else FAILED
        self.balance = self.balance_of()
        self.moved = any(p is not None and p < data.srm_alpha and i in self.pair.covariates
                         for i, (_, p) in enumerate(self.balance))
        if self.watch is not None:
            self.harm = bool(self.watch.significant())
            self.harm_stands = self.harm and self.watch.sure() and not self.moved
        self.skewed = bool(wanted and significant and not self.role.sure() and
                           self.role.looks[-1].skewed)
        self.wrong_way = self.is_wrong_way(significant)
        if self.pair.exists:
            self.power_of()

    def own_horizon_is_over(self):
        if self.horizon["type"] == "fixed":
            return True
        return self.role.is_over()

    def is_wrong_way(self, significant):
        """Not significant, and both bounds lie on the side that is not wanted."""
        last = self.role.looks[-1]
        if self.kind != "superiority" or self.both or significant is not False or not last.bounds:
            return False
        interval = last.bounds()
        if interval is None:
            return False
        return interval[1] < 0 if self.side > 0 else interval[0] > 0

    def balance_of(self):
        """Welch's t of each covariate: difference and p."""
        out = []
        if not self.pair.exists or min(self.pair.n) < 2:
            return out
        a, b = self.pair.pair
        for i in a.xs:
            parts = [q(g.s[i][i]) / (g.n - 1) / g.n for g in (a, b)]
            d = q(b.mean[i] - a.mean[i])
            if sum(parts) == 0:
                out.append((d, constants(d, a.n, b.n)))
            else:
                df = analysis.welch_df(parts, [a.n - 1, b.n - 1])
                out.append((d, 2 * t_upper(abs(d) / mp.sqrt(sum(parts)), df)))
        return out

    # ---- sizes --------------------------------------------------------------------------------------

    def in_units(self, name):
        if name in self.m:
            return mp.mpf(str(self.m[name])) * abs(self.base) if self.base else None
        return mp.mpf(str(self.m[name + "Abs"])) if name + "Abs" in self.m else None

    def null(self):
        if self.kind != "nonInferiority":
            return mp.mpf(0)
        margin = self.in_units("nonInferiorityMargin")
        return None if margin is None else -self.sign * margin

    def is_planned(self):
        return self.kind == "nonInferiority" or (self.kind == "superiority" and has_effect(self.m))

    def power_wanted(self):
        """Of a test for harm the whole decision's."""
        return self.power if self.power is not None else mp.mpf(str(self.plan["power"]))

    def sizes(self, n=None):
        """n: units with a value at which an always-valid boundary is looked at; None: one look."""
        inflation = mp.mpf(1)
        if n and self.role.kind == "alwaysValid":
            inflation = self.waiting(mp.mpf(n) / sum(self.pair.n))
        else:
            made = self.role.times if self.role.kind == "groupSequential" and self.role.is_over() else []
            inflation = inflation_of(self.horizon, self.alpha, self.power_wanted(), self.both, made)
        size = analysis.Size(self.m, self.pair.pair, 0, 1, self.pair.got,
                             self.kind != "nonInferiority", self.alpha / 2 if self.both else self.alpha,
                             self.power_wanted(), self.weights, self.side or self.sign, self.is_t)
        size.inflate(inflation)
        return size

    def waiting(self, times):
        """Units at so many times the present ones over those of one look, with the same power."""
        se = self.pair.se / mp.sqrt(times) if self.pair.se > 0 else None
        if "tau" in self.horizon and se is None:
            return mp.mpf(1)
        units = mp.mpf(self.units_now) * times
        z = self.role.boundary(None, units, self.role.weight(units, se, None))[0]
        beyond = normal_quantile(1 - self.power_wanted())
        return ((z + beyond) / (normal_quantile(self.alpha / self.role.sides) + beyond)) ** 2

    def distance(self):
        """Between the alternative and the null; None where a share of a zero baseline is planned."""
        effect = self.in_units("minimumDetectableEffect")
        if has_effect(self.m) and effect is None:
            return None
        if self.kind != "nonInferiority":
            return effect
        null = self.null()
        return None if null is None else abs(self.sign * (effect or 0) - null)

    def size(self, exactly, once=False):
        """The required size (None: none), whether none exists, and whether the present one does."""
        if not self.is_planned() or not self.pair.exists:
            return None, self.is_planned(), False
        size, distance, by_share = self.sizes(), self.distance(), (
            self.m["type"] == "proportion" and self.kind != "nonInferiority")
        varies = any(e > 0 for e in self.pair.got["raw_se2"])
        share = self.base + (self.side or self.sign) * distance if distance is not None else None
        if distance is None or (by_share and not 0 < share < 1):
            return None, True, False
        if not varies and not by_share:
            return None, False, True  # without variance any units are enough
        current = sum(self.pair.n)
        if self.is_t and not exactly:
            size.is_t = False
            rough = size.required(distance)
            if self.role.kind == "alwaysValid" and not once:
                rough = self.least_enough(rough, rough, distance, False)
            if not 0.8 * rough - 20 < current < 1.2 * rough + 20:
                return None, False, current >= rough
            size.is_t = True
        required = size.required(distance)
        if self.role.kind == "alwaysValid" and not once:
            if not exactly:  # the power rises with the units
                return None, False, current >= required and self.is_enough(current, distance, self.is_t)
            size.is_t = False
            start = size.required(distance)
            start = self.least_enough(start, start, distance, False)
            required = self.least_enough(required, start, distance, self.is_t)
        return required, False, current >= required

    def is_enough(self, n, distance, is_t):
        """Whether so many units have the power by the boundary that they are held against."""
        size = self.sizes(n)
        size.is_t = is_t
        return size.required(distance) <= n

    def least_enough(self, least, start, distance, is_t):
        """The least such number from least on, looked for from start on."""
        def is_enough(n):
            return self.is_enough(n, distance, is_t)
        low, high, step = least - 1, max(start, least), 1
        if is_enough(high):
            while high - step > low and is_enough(high - step):
                high, step = high - step, 2 * step
            low = max(low, high - step)
        else:
            while not is_enough(high):
                low, high, step = high, high + step, 2 * step
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if is_enough(middle) else (middle, high)
        return high

    def power_of(self):
        if self.is_planned():
            self.required, self.no_size, self.powered = self.size(self.with_sizes)
        if self.with_sizes and self.null() is not None and all(
                e > 0 for e in self.pair.got["raw_se2"]):
            self.effect = self.sizes(sum(self.pair.n)).effect() or "none"


def constants(d, n_c, n_t):
    """Two constants that differ: the one arrangement, on both sides."""
    if d == 0:
        return None
    return (2 if n_c == n_t else 1) / mp.binomial(n_c + n_t, n_t)
