"""Random plans and data for decisions.py: first of one look, means and shares; then of all kinds.

Rows are exact decimals. Those of the second kind are sums: of y, of a denominator w = c y + e, and of
covariates x = a y + b e with chosen means, whose products are then decimals too.
"""
import random
from fractions import Fraction

import mpmath as mp

import analysis
from decision_rules import has_margin

SIZES = [4, 8, 20, 40, 100, 200, 400, 1000, 2000, 20000]


class Data:
    """Cumulative sums of every metric and group, at each look."""

    def __init__(self, plan, ids, times):
        self.ids, self.times, self.look_count = ids, times, len(times)
        self.weights = {g["id"]: Fraction(str(g["weight"])) for g in plan.get("groups", [])}
        self.srm_alpha = mp.mpf(str(plan.get("srm", {}).get("alpha", "0.001")))
        self.cells = [{} for _ in times]  # (metric, group): n, means, centred sums
        self.units = [{} for _ in times]
        self.rows = []
        self.extra = None  # a group with units that the plan does not have

    def groups(self, m, k, ids=None):
        """Of a metric at a look; what a look does not have is as it was before."""
        out = {}
        for g in ids or self.ids:
            found = [self.cells[j][m["id"], g] for j in range(k + 1) if (m["id"], g) in self.cells[j]]
            out[g] = analysis.Summary(found[-1][0], list(found[-1][1]), found[-1][2], m["type"]
                                      ) if found else None
        return out


# ---- one look, means and shares ---------------------------------------------------------------------

def random_metric(i):
    m = {"id": "m%d" % i, "role": random.choice(["success"] * 5 + ["guardrail"] * 4 +
                                                ["deterioration"])}
    m["type"] = random.choice(["mean", "mean", "proportion"])
    m["direction"] = random.choice(["increase", "increase", "decrease"])
    if m["role"] == "success" and random.random() < 0.12:
        m["direction"] = "any"
    if m["role"] == "success" and random.random() < 0.7:
        key = random.choice(["minimumDetectableEffect", "minimumDetectableEffectAbs"])
        m[key] = random.choice([0.02, 0.05, 0.2, 0.75])
    if m["role"] == "guardrail" and random.random() < 0.7:
        key = random.choice(["nonInferiorityMargin", "nonInferiorityMarginAbs"])
        m[key] = random.choice([0.02, 0.05, 0.1])
    if m["direction"] != "any" and random.random() < 0.2:
        m["deterioration"] = {"alpha": random.choice([0.01, 0.1, 0.2])}
        if (m["role"] == "success" or has_margin(m)) and random.random() < 0.4:
            m["deterioration"] = False
    return m


def random_rule(ids):
    if len(ids) == 1:
        return ids[0]
    cut = random.randrange(1, len(ids))
    if random.random() < 0.4:
        return {random.choice(["and", "or"]): list(ids)}
    return {random.choice(["and", "or"]): [random_rule(ids[:cut]), random_rule(ids[cut:])]}


def random_plan():
    ids = ["a", "b", "c", "d"][:random.choice([2, 2, 2, 3, 4])]
    plan = {"alpha": random.choice([0.05, 0.05, 0.1]), "power": random.choice([0.8, 0.9])}
    if random.random() < 0.8:
        plan["groups"] = [{"id": g, "weight": random.choice([1, 1, 1, 2])} for g in ids]
    form = random.random()
    plan["comparisons"] = {"baseline": "a"}
    if form < 0.15:
        plan["comparisons"] = {"allPairs": True, "baseline": random.choice(ids)}
    elif form < 0.22:
        plan["comparisons"] = {"allPairs": True}
    elif form < 0.32 and len(ids) > 2:
        plan["comparisons"] = {"baseline": "a", "pairs": [
            {"baseline": "a", "compared": "b"}, {"baseline": "b", "compared": "c"}]}
    metrics = [random_metric(i) for i in range(random.choice([1, 2, 2, 3, 4, 5]))]
    if all(m["role"] == "deterioration" for m in metrics):
        metrics[0].update(role="success")
    plan["metrics"] = metrics
    for key, values in (("adjustment", ["decision", "bonferroni", "none"]), ("test", ["t", "z", "z"])):
        if random.random() < 0.6:
            plan[key] = random.choice(values)
    if random.random() < 0.2:
        plan["minimum"] = {"units": random.choice([2, 100]), "events": random.choice([0, 25])}
    if random.random() < 0.15:
        plan["deterioration"] = {"alpha": random.choice([0.01, 0.1])}
    in_tree = [m["id"] for m in metrics if m["role"] != "deterioration"]
    if random.random() < 0.4 and not any(m["direction"] == "any" for m in metrics):
        random.shuffle(in_tree)
        keep = in_tree[:random.randrange(1, len(in_tree) + 1)]
        left_out = [m for m in metrics if m["id"] not in keep]
        if not any(m.get("deterioration") is False for m in left_out):
            plan["decisionRule"] = random_rule(keep)
            if isinstance(plan["decisionRule"], str):
                plan["decisionRule"] = {"and": [plan["decisionRule"]]}
    return plan, ids


def random_data(plan, ids):
    """A few are missing."""
    weights = {g["id"]: g["weight"] for g in plan.get("groups", [])}
    base = random.choice(SIZES)
    skew = random.random() < 0.07
    data, gone = {}, random.random() < 0.15
    for m in plan["metrics"]:
        level = Fraction(random.choice([10, 10, -4, 100]))
        share = Fraction(random.choice(["0.5", "0.1", "0.25", "0.9", "0", "0.05"]))
        sd = Fraction(random.choice([1, 2, 5])) if random.random() < 0.93 else Fraction(0)
        for g in ids:
            n = base * weights.get(g, 1)
            if skew and g == ids[-1]:
                n *= 4
            shift = random.choice([0, 0, 0, 1, -1, 4, -4, 30])
            if m["type"] == "mean":
                step = Fraction(int(1000 * shift * (float(sd) or 1) / n ** 0.5), 1000)
                data[m["id"], g] = (n, level + step, sd * sd)
            else:
                hits = int(n * share) + int(shift * (float(n * share * (1 - share))) ** 0.5)
                p = Fraction(min(n, max(0, hits)), n)
                data[m["id"], g] = (n, p, p * (1 - p))
    if gone:
        del data[plan["metrics"][-1]["id"], random.choice(ids)]
    units = {g: max([v[0] for (_, h), v in data.items() if h == g], default=0) for g in ids}
    return as_data(plan, ids, data, units) if all(units.values()) else random_data(plan, ids)


def as_data(plan, ids, figures, units):
    data = Data(plan, ids, [None])
    data.units[0] = units
    data.rows.append("metric,group,n,mean,variance")
    for (i, g), (n, mean, variance) in figures.items():
        share = next(m for m in plan["metrics"] if m["id"] == i)["type"] == "proportion"
        data.cells[0][i, g] = (n, [mean], [[variance * (n if share else n - 1)]])
        data.rows.append("%s,%s,%d,%s,%s" % (i, g, n, decimal(mean), decimal(variance)))
    return data


def decimal(x):
    """The decimal text of a fraction of powers of 2 and 5."""
    text = mp.nstr(analysis.q(x), 38, strip_zeros=True, min_fixed=-40, max_fixed=40)
    assert Fraction(text) == x, (text, x)
    return text[:-2] if text.endswith(".0") else text

# ---- all kinds ----------------------------------------------------------------------------------------

def maybe(chance):
    return random.random() < chance


def any_metric(i):
    m = random_metric(i)
    m["type"] = random.choice(["mean", "mean", "proportion", "ratio"])
    if m["type"] == "ratio":
        m["denominator"] = "w%d" % i
    if maybe(0.45):
        m["covariates"] = ["x%d%s" % (i, c) for c in "ab"[:random.choice([1, 1, 2])]]
        m["varianceReduction"] = random.choice(["full", "full", "pooled", "none"])
    if m["role"] == "guardrail" and has_margin(m) and maybe(0.15):
        m["minimumDetectableEffectAbs"] = 0.01
    if m["role"] == "deterioration" and maybe(0.2):
        m["direction"] = "any"
    return m


def any_horizon(all_units):
    if maybe(0.5):
        horizon = {"type": "groupSequential",
                   "expectedSampleSize": int(all_units * random.choice([0.8, 1, 1, 1.25, 2, 4]))}
        if maybe(0.6):
            horizon["spending"] = random.choice([
                {"family": "obrienFleming"}, {"family": "pocock"}, {"family": "power", "parameter": 3},
                {"family": "hwangShihDeCani"}, {"family": "hwangShihDeCani", "parameter": 1}])
        if maybe(0.4):
            horizon["plannedLooks"] = random.choice([2, 3, 4])
        return horizon
    horizon = {"type": "alwaysValid"}
    if maybe(0.5):
        horizon["optimalSampleSize"] = int(all_units * random.choice([0.5, 1, 2]))
    elif maybe(0.2):
        horizon["tau"] = random.choice([0.05, 0.5])
    return horizon


FRACTIONS = ["1/4", "2/5", "1/2", "3/4", "4/5", "9/10"]


def any_plan():
    """A plan, its groups, the units of each at each look, and the looks' times."""
    plan, ids = random_plan()
    plan["metrics"] = [any_metric(i) for i in range(random.choice([1, 2, 2, 3, 4]))]
    if all(m["role"] == "deterioration" for m in plan["metrics"]):
        plan["metrics"][0].update(role="success")
    plan.pop("decisionRule", None)
    rule_of(plan)
    base = random.choice([40, 100, 200, 400, 400, 1000, 2000, 2000, 20000])
    weights = {g["id"]: g["weight"] for g in plan.get("groups", [])}
    total = base * sum(weights.get(g, 1) for g in ids)
    looks = sorted(random.sample(FRACTIONS, random.choice([1, 2, 2, 3])), key=Fraction) + ["1"]
    form = random.random()
    if form < 0.25:
        looks = ["1"]
    elif form < 0.4:
        plan["granularity"] = "day"
    else:
        plan["horizon"] = any_horizon(total)
        for m in plan["metrics"]:
            if maybe(0.12):
                m["horizon"] = random.choice([any_horizon(total), {"type": "fixed"}])
    times = [None] if len(looks) == 1 else ["2026-03-%02d" % (2 + k) for k in range(len(looks))]
    units = [{g: int(base * weights.get(g, 1) * Fraction(f)) for g in ids} for f in looks]
    if maybe(0.1):
        for u in units:
            u[ids[-1]] = int(u[ids[-1]] * 5 / 4)  # sizes that mismatch where units are many
    return plan, ids, units, times


def rule_of(plan):
    in_tree = [m["id"] for m in plan["metrics"] if m["role"] != "deterioration"]
    if maybe(0.6) or any(m["direction"] == "any" for m in plan["metrics"]):
        return
    random.shuffle(in_tree)
    keep = in_tree[:random.randrange(1, len(in_tree) + 1)]
    if any(m.get("deterioration") is False for m in plan["metrics"] if m["id"] not in keep):
        return
    rule = random_rule(keep)
    plan["decisionRule"] = {"and": [rule]} if isinstance(rule, str) else rule


def places(x, digits):
    return Fraction(round(x * 10 ** digits), 10 ** digits)


def covariates_of(m):
    return [] if m.get("varianceReduction") == "none" else m.get("covariates", [])


class Source:
    """Where a metric's values come from: levels and spreads, alike in all groups but for shifts."""

    def __init__(self, m, ids, last):
        self.m, self.q = m, len(covariates_of(m))
        self.level = Fraction(random.choice([10, 10, -4, 100]))
        if m["type"] == "proportion":
            self.level = Fraction(random.choice(["0.5", "0.1", "0.25", "0.9", "0.02", "0.3"]))
        self.sd = Fraction(random.choice([1, 2, 5])) if maybe(0.95) else Fraction(0)
        self.kept = {g: Fraction(1) for g in ids}
        if maybe(0.3):
            self.kept = {g: Fraction(9, 10) for g in ids}
            if maybe(0.5):
                self.kept[random.choice(ids)] = random.choice([Fraction(3, 4), Fraction(1)])
        scale = float(self.sd) or 1.0
        if m["type"] == "proportion":
            scale = float(self.level * (1 - self.level)) ** 0.5
        self.scale, self.shift, self.off = scale, {}, {}
        for g in ids:
            self.shift[g] = random.choice([0, 0, 0, 1, -1, 3, -3, 6]) * scale / last[g] ** 0.5
            self.off[g] = [random.choice([6, -6]) if maybe(0.03) else 0 for _ in range(self.q)]
        self.slopes = [random.choice([Fraction(1, 2), Fraction(2), Fraction(-1), Fraction(0)])
                       for _ in range(self.q)]
        self.constant = self.q == 2 and maybe(0.1)
        self.collinear = self.q == 2 and maybe(0.1)

    def value(self, g, n, before):
        """Mean and sum of squares about it; a share's successes do not fall."""
        centre = float(self.level) + self.shift[g] + random.gauss(0, 0.5) * self.scale / n ** 0.5
        if self.m["type"] != "proportion":
            return places(centre, 3), self.sd ** 2 * (n - 1)
        seen, hits = before or (0, 0)
        hits = min(hits + n - seen, max(hits, round(centre * n)))
        hits = max(0, min(n, hits))
        return Fraction(hits, n), Fraction(hits * (n - hits), n)

    def sums(self, g, n, before):
        """Means and centred sums of y, w and x."""
        mean, square = self.value(g, n, before)
        means, loads, own = [mean], [[Fraction(1)]], [square]

        def add(target, slope, sd, spread):
            e = places(target + random.gauss(0, 0.3) * spread / n ** 0.5 - float(slope * mean), 4)
            if self.m["type"] == "proportion":
                e = places(float(target) + random.gauss(0, 0.3) * spread / n ** 0.5
                           - float(slope * self.level), 4)
            means.append(slope * mean + e)
            loads.append([slope] + [Fraction(0)] * (len(own) - 1) + [Fraction(1)])
            own.append(sd ** 2 * (n - 1))
        if self.m["type"] == "ratio":
            add(5, Fraction(1, 4), Fraction(1), 1.0)
        for i, slope in enumerate(self.slopes):
            spread = (float(slope) ** 2 * self.scale ** 2 + 1) ** 0.5
            add(3 + self.off[g][i] * spread / n ** 0.5, slope, Fraction(1), spread)
        if self.constant:
            means[-1], loads[-1], own[-1] = Fraction(3), [Fraction(0)], Fraction(0)
        size = len(own)
        loads = [row + [Fraction(0)] * (size - len(row)) for row in loads]
        if self.collinear:
            loads[-1], means[-1] = [2 * v for v in loads[-2]], 2 * means[-2] + 1
        s = [[sum(loads[i][k] * loads[j][k] * own[k] for k in range(size)) for j in range(size)]
             for i in range(size)]
        return means, s


def columns_of(m):
    """Of the sums, in the order of means; and of products of each pair."""
    names = [""] + (["denominator_"] if m["type"] == "ratio" else []) + [
        "covariate%d_" % (i + 1) for i in range(len(covariates_of(m)))]
    pairs = {}
    for i, a in enumerate(names):
        for j, b in enumerate(names[:i]):
            first, second = (a, b) if b in ("", "denominator_") else (b, a)
            pairs[j, i] = first + second + "sum_products"
    return [n + "sum" for n in names], [n + "sum_squares" for n in names], pairs


def any_data(plan, ids, units, times):
    data = Data(plan, ids, times)
    data.units = units
    sources = [Source(m, ids, units[-1]) for m in plan["metrics"]]
    late = random.choice(ids[1:]) if len(times) > 1 and maybe(0.12) else None  # begins at look 2
    idle = random.choice(ids) if len(times) > 2 and maybe(0.12) else None  # nothing new at look 2
    columns = ["metric", "group", "time", "n"]
    for m in plan["metrics"]:
        sums, squares, pairs = columns_of(m)
        columns += [c for c in sums + squares + list(pairs.values()) if c not in columns]
    data.rows.append(",".join(columns))
    for k, time in enumerate(times):
        for g in ids:
            if (g == late and k == 0) or (g == idle and k == 1):
                units[k][g] = 0 if k == 0 else units[0][g]
                continue
            data.rows.append(",".join(["@units", g, time or "", str(units[k][g])] +
                                      [""] * (len(columns) - 4)))
            for m, source in zip(plan["metrics"], sources):
                add_cell(data, m, source, g, k, columns)
    return data


def add_cell(data, m, source, g, k, columns):
    n = int(data.units[k][g] * source.kept[g])
    earlier = [c[m["id"], g] for c in data.cells[:k] if (m["id"], g) in c]
    before = (earlier[-1][0], int(earlier[-1][0] * earlier[-1][1][0])) if earlier else None
    means, s = source.sums(g, n, before)
    data.cells[k][m["id"], g] = (n, means, s)
    sums, squares, pairs = columns_of(m)
    cells = {"metric": m["id"], "group": g, "time": data.times[k] or "", "n": str(n)}
    for i, mean in enumerate(means):
        cells[sums[i]] = decimal(mean * n)
        cells[squares[i]] = decimal(s[i][i] + n * mean * mean)
    for (i, j), name in pairs.items():
        cells[name] = decimal(s[i][j] + n * means[i] * means[j])
    data.rows.append(",".join(cells.get(c, "") for c in columns))
