#!/usr/bin/python3
"""Independent decisions about random experiments, for tests/analysis/test_decisions.c.

    /usr/bin/python3 tests/golden/decisions.py >tests/golden/decisions.txt

Written from the documentation, like analysis.py, whose figures it uses; three rules follow the program
and are no check of it: harm below the minimum counts by exact tests only, the permutation test under a
margin, the ids of reasons. It makes error rates by a walk of
the decision rule, the outcome of every test in three values, required sizes, advice and its reasons.
Debian packages: python3-mpmath. Lines of a case: "case", "plan" (JSON), "data" (a row of a table of
sums), "test" (metric, baseline, compared, outcome and figures), "advice" (treatment, advice, reasons).
"""
import json
import random
import sys
from fractions import Fraction

import mpmath as mp

import analysis
import shares
from student import normal_quantile, normal_upper, t_quantile, t_upper

SIZES = [4, 8, 20, 40, 100, 200, 400, 1000, 2000, 20000]
PASSED, FAILED, NOT_TESTED = "passed", "failed", "notTested"
DEFAULT_MINIMUM = {"units": 30, "events": 5}
CASES = 240


# ---- random plans and data ------------------------------------------------------------------------

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
    """(metric, group) -> (n, mean, variance) as fractions; a few are missing."""
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
    return (data, units) if all(units.values()) else random_data(plan, ids)


def decimal(x):
    """The decimal text of a fraction of powers of 2 and 5."""
    text = mp.nstr(analysis.q(x), 38, strip_zeros=True, min_fixed=-40, max_fixed=40)
    assert Fraction(text) == x, (text, x)
    return text[:-2] if text.endswith(".0") else text


# ---- error rates ----------------------------------------------------------------------------------

def has_margin(m):
    return "nonInferiorityMargin" in m or "nonInferiorityMarginAbs" in m


def leaves(rule):
    if isinstance(rule, str):
        return [rule]
    return [leaf for branch in rule[next(iter(rule))] for leaf in leaves(branch)]


def default_rule(metrics):
    success = [m["id"] for m in metrics if m["role"] == "success"]
    guards = [m["id"] for m in metrics if m["role"] == "guardrail"]
    return {"and": ([{"or": success}] if success else []) + guards}


class Rates:
    """alpha, power and deterioration alpha of every metric."""

    def __init__(self, plan, comparisons):
        self.plan, metrics = plan, plan["metrics"]
        self.rule = plan.get("decisionRule", default_rule(metrics))
        self.inside = set(leaves(self.rule))
        alpha, power = (mp.mpf(str(plan[k])) for k in ("alpha", "power"))
        how = plan.get("adjustment", "decision")
        c = 1 if how == "none" else comparisons
        self.alpha, self.power, self.harm = {}, {}, {}
        watched = [m for m in metrics if m["direction"] != "any" and m.get("deterioration") is not False]
        for m in watched:
            own = m.get("deterioration", plan.get("deterioration", {"alpha": plan["alpha"]}))
            self.harm[m["id"]] = mp.mpf(str(own["alpha"])) / c / (1 if how == "none" else len(watched))
        self.kind = {m["id"]: self.kind_of(m) for m in metrics}
        self.walk(self.rule, alpha / c, 1 - power)
        tested = [i for i, kind in self.kind.items() if kind != "harm"]
        for i in tested:
            if how == "none":
                self.alpha[i], self.power[i] = alpha, power
            elif how == "bonferroni":
                self.alpha[i] = alpha / c / len(tested)
        for i, kind in self.kind.items():
            if kind == "harm":
                self.alpha[i], self.power[i] = self.harm[i], None

    def kind_of(self, m):
        if m["role"] == "deterioration" or m["id"] not in self.inside:
            return "harm"
        if m["role"] == "success":
            return "superiority"
        return "nonInferiority" if has_margin(m) else "harm"

    def walk(self, rule, alpha, beta):
        if isinstance(rule, str):
            self.alpha[rule], self.power[rule] = alpha, 1 - beta
            return
        (kind, branches), = rule.items()
        powered = sum(any(self.kind[i] != "harm" for i in leaves(b)) for b in branches)
        for b in branches:
            if kind == "or":
                self.walk(b, alpha / len(branches), beta)
            else:
                self.walk(b, alpha, beta / max(powered, 1))


# ---- tests ----------------------------------------------------------------------------------------

class Test:
    """A metric's own test and its test for harm, of one comparison."""

    def __init__(self, plan, rates, m, c, t, data, weights, with_sizes):
        self.m, self.c, self.t = m, c, t
        self.kind, self.alpha = rates.kind[m["id"]], rates.alpha[m["id"]]
        self.harm_alpha, self.power = rates.harm.get(m["id"]), rates.power[m["id"]]
        self.p = self.harm_p = self.required = self.effect = None
        self.is_exact = self.harm = False
        self.planned = "minimumDetectableEffect" in m or "minimumDetectableEffectAbs" in m
        self.powered, self.no_size = None, False
        self.n = [data[m["id"], g][0] if (m["id"], g) in data else 0 for g in (c, t)]
        self.sign = -1 if m["direction"] == "decrease" else 1
        self.is_t = plan.get("test", "t") == "t"
        if min(self.n) > 0:
            self.make(plan, [data[m["id"], g] for g in (c, t)], weights, with_sizes)
        elif self.is_planned():
            self.powered, self.no_size = False, True
        self.wrong_way = self.p is not None and self.is_wrong_way(self.sign)
        self.significant = self.p is not None and self.p < self.alpha
        self.harm = self.harm_p is not None and self.harm_p < self.harm_alpha
        wanted = self.kind != "harm"
        self.outcome = NOT_TESTED if self.p is None else (
            PASSED if self.significant == wanted else FAILED)

    def in_units(self, name):
        if name in self.m:
            return mp.mpf(str(self.m[name])) * abs(self.base) if self.base != 0 else None
        return mp.mpf(str(self.m[name + "Abs"])) if name + "Abs" in self.m else None

    def is_planned(self):
        return self.kind == "nonInferiority" or (self.kind == "superiority" and self.planned)

    def make(self, plan, figures, weights, with_sizes):
        groups = [analysis.Summary(n, mean, variance * n / (n - 1) if self.m["type"] == "proportion"
                                   else variance, self.m["type"]) for n, mean, variance in figures]
        self.groups = groups
        self.got = analysis.compare(groups, 0, 1, "none")
        self.base = self.got["raw"][0]
        margin = self.in_units("nonInferiorityMargin")
        self.null = mp.mpf(0)
        if self.kind == "nonInferiority":
            self.null = None if margin is None else -self.sign * margin
        side = -self.sign if self.kind == "harm" else self.sign
        both = self.m["direction"] == "any"
        if self.null is not None:
            self.p = self.p_of(side, self.null, both)
        if self.harm_alpha is not None:
            self.harm_p = self.p_of(-self.sign, mp.mpf(0), False)
        if self.is_planned() or with_sizes:
            self.sizes(side, both, weights, with_sizes)

    def p_of(self, side, null, both):
        name = "both" if both else "upper" if side > 0 else "lower"
        units = [g.n for g in self.groups]
        d, se2 = self.got["raw"][1] - self.got["raw"][0], sum(self.got["raw_se2"])
        if self.m["type"] == "proportion":
            hits = [int(g.mean[0] * g.n) for g in self.groups]
            if shares.is_exact(units, hits):
                self.is_exact = null == 0
                if null == 0:
                    return shares.fisher(units, hits, name)[0]
                return normal_upper(side * shares.statistic(units, hits, null))
        if se2 == 0:
            if d == 0 or d == null:
                return None
            self.is_exact = True
            hits = [0, units[1]] if d > null else [units[0], 0]
            return shares.fisher(units, hits, name)[0]
        z = (d - null) / mp.sqrt(se2)
        z = abs(z) if both else side * z
        tail = t_upper(z, self.got["df"]) if self.is_t else normal_upper(z)
        return 2 * tail if both else tail

    def is_wrong_way(self, side):
        """Both bounds of the interval lie on the side that is not wanted."""
        if self.kind != "superiority" or self.m["direction"] == "any":
            return False
        units, tail = [g.n for g in self.groups], self.alpha
        d, se2 = self.got["raw"][1] - self.got["raw"][0], sum(self.got["raw_se2"])
        if self.m["type"] == "proportion":
            hits = [int(g.mean[0] * g.n) for g in self.groups]
            if shares.is_exact(units, hits):
                low, high = shares.bounds(units, hits, normal_quantile(tail))
                return high < 0 if side > 0 else low > 0
        if se2 == 0:
            return False
        z = t_quantile(tail, self.got["df"]) if self.is_t else normal_quantile(tail)
        return side * d + z * mp.sqrt(se2) < 0

    def sizes(self, side, both, weights, exactly):
        effect = self.in_units("minimumDetectableEffect")
        is_equality = self.kind != "nonInferiority"
        size = analysis.Size(self.m, self.groups, 0, 1, self.got, is_equality,
                             self.alpha / 2 if both else self.alpha,
                             self.power if self.power is not None else mp.mpf(str(plan_power(self))),
                             weights, side, self.is_t)
        has_variance = all(e > 0 for e in self.got["raw_se2"])
        if self.is_planned():
            distance = effect if is_equality else abs(self.null) if self.null is not None else None
            share = self.base + side * distance if distance is not None else None
            by_share = self.m["type"] == "proportion" and is_equality
            self.powered = False
            if distance is None or (by_share and not 0 < share < 1):
                self.no_size = True
            elif has_variance or by_share:
                self.find_required(size, distance, exactly)
            else:
                self.no_size = None  # degenerate: not compared
        if exactly and has_variance and self.null is not None:
            self.effect = size.effect() or "none"

    def find_required(self, size, distance, exactly):
        current = sum(self.n)
        if self.is_t and not exactly:
            size.is_t = False
            rough = size.required(distance)
            if not 0.8 * rough - 20 < current < 1.2 * rough + 20:
                self.powered = current >= rough
                return
            size.is_t = True
        self.required = size.required(distance)
        self.powered = current >= self.required


def plan_power(test):
    return test.plan_power


# ---- the decision ---------------------------------------------------------------------------------

def meet(states):
    return FAILED if FAILED in states else NOT_TESTED if NOT_TESTED in states else PASSED


def join(states):
    return PASSED if PASSED in states else NOT_TESTED if NOT_TESTED in states else FAILED


def is_win(test):
    return test.kind == "superiority" and test.outcome == PASSED and test.m["direction"] != "any"


def leaf_state(test):
    if test.kind == "superiority" and test.outcome == PASSED and not is_win(test):
        return FAILED
    return test.outcome


def state_of(rule, tests):
    if isinstance(rule, str):
        return leaf_state(tests[rule])
    (kind, branches), = rule.items()
    return (meet if kind == "and" else join)([state_of(b, tests) for b in branches])


def srm(plan, ids, units):
    """Whether sizes mismatch planned weights."""
    if "groups" not in plan:
        return False
    weights = [Fraction(str(g["weight"])) for g in plan["groups"]]
    expected = [sum(units.values()) * w / sum(weights) for w in weights]
    x2 = sum((units[g] - e) ** 2 / e for g, e in zip(ids, expected))
    p = mp.gammainc(mp.mpf(len(ids) - 1) / 2, analysis.q(x2) / 2, mp.inf, regularized=True)
    return p < mp.mpf("0.001")


def too_few(plan, rates, tests, units, c, t, data):
    least = dict(DEFAULT_MINIMUM, **plan.get("minimum", {}))
    reasons = []
    for g in (c, t):
        if units[g] < least["units"]:
            reasons.append("tooFewUnits")
            continue
        for m in plan["metrics"]:
            n, mean, _ = data.get((m["id"], g), (0, 0, 0))
            if n < least["units"]:
                reasons.append("tooFewValues:" + m["id"])
            elif m["type"] == "proportion" and min(mean * n, n - mean * n) < least["events"]:
                reasons.append("tooFewEvents:" + m["id"])
    for test in tests.values():
        if test.harm and not harm_stands(test, least):
            reasons.append("harmNotSure:" + test.m["id"])
    return reasons


def harm_stands(test, least):
    return test.harm and (min(test.n) >= least["units"] or test.is_exact)


def advise(plan, rates, tests, ids, units, c, t, data):
    least = dict(DEFAULT_MINIMUM, **plan.get("minimum", {}))
    reasons = ["sampleRatioMismatch"] if srm(plan, ids, units) else []
    for i, test in tests.items():
        if harm_stands(test, least):
            within = test.kind == "nonInferiority" and test.outcome == PASSED
            reasons.append(("worseWithinMargin:" if within else "worse:") + i)
    if reasons:
        return "ABORT", reasons
    untested = ["notTested:" + i for i, test in tests.items() if test.outcome == NOT_TESTED]
    few = too_few(plan, rates, tests, units, c, t, data)
    if few:
        return "UNSPECIFIED", few + untested
    state = state_of(rates.rule, tests)
    if state == PASSED and any(test.outcome == NOT_TESTED and
                               (test.m["role"] == "guardrail" or i not in rates.inside)
                               for i, test in tests.items()):
        state = NOT_TESTED
    wins = ["improved:" + i for i, test in tests.items() if is_win(test)]
    wins += ["changed:" + i for i, test in tests.items() if test.kind == "superiority" and
             test.outcome == PASSED and not is_win(test)]
    if state == PASSED:
        guards = [test for i, test in tests.items()
                  if test.m["role"] == "guardrail" and i in rates.inside]
        passed = guards and all(test.outcome == PASSED for test in guards)
        return "SHIP", wins + (["guardrailsPassed"] if passed else [])
    return "END", wins + untested + end_reasons(plan, tests, state)


def end_reasons(plan, tests, state):
    reasons = []
    enough = any(is_win(test) for test in tests.values()) and "decisionRule" not in plan
    for i, test in tests.items():
        if test.kind == "superiority" and test.outcome == FAILED and not enough:
            reasons.append("noImprovement:" + i)
        if test.kind == "nonInferiority" and test.outcome == FAILED:
            reasons.append("marginNotShown:" + i)
    if state == NOT_TESTED:
        return reasons
    success = [test for test in tests.values() if test.kind == "superiority"]
    waited = [test for test in success if test.planned] if success else [
        test for test in tests.values() if test.kind == "nonInferiority"]
    powered = bool(waited) and all(test.powered for test in waited)
    if powered:
        reasons.append("powered")
    open_tests = [i for i, test in tests.items() if test.kind != "harm" and test.outcome == FAILED
                  and not test.powered and not test.wrong_way]
    for i in open_tests:
        none = tests[i].is_planned() and tests[i].no_size
        reasons.append(("noRequiredSize:" if none else "inconclusive:") + i)
    if not open_tests and not powered and not any(test.wrong_way for test in tests.values()):
        reasons.append("inconclusive")
    return reasons


# ---- output ---------------------------------------------------------------------------------------

def pairs_of(plan, ids):
    how = plan["comparisons"]
    if "pairs" in how:
        return [(p["baseline"], p["compared"]) for p in how["pairs"]]
    if how.get("allPairs"):
        base = how.get("baseline")
        order = [base] + [g for g in ids if g != base] if base else ids
        return [(a, b) for i, a in enumerate(order) for b in order[i + 1:]]
    return [(how["baseline"], g) for g in ids if g != how["baseline"]]


def number(x):
    return "-" if x is None else x if isinstance(x, str) else mp.nstr(x, 25)


def one_case(index):
    plan, ids = random_plan()
    data, units = random_data(plan, ids)
    pairs = pairs_of(plan, ids)
    rates = Rates(plan, len(pairs))
    weights = {g["id"]: Fraction(str(g["weight"])) for g in plan.get("groups", [])}
    with_sizes = plan.get("test", "t") == "z" or index % 8 == 0
    print("case %d" % index)
    print("plan " + json.dumps(plan))
    print("data metric,group,n,mean,variance")
    for (i, g), (n, mean, variance) in data.items():
        print("data %s,%s,%d,%s,%s" % (i, g, n, decimal(mean), decimal(variance)))
    found = {}
    Test.plan_power = plan["power"]
    for c, t in pairs:
        pair_weights = [weights.get(g, Fraction(1)) for g in (c, t)]
        tests = {m["id"]: Test(plan, rates, m, c, t, data, pair_weights, with_sizes)
                 for m in plan["metrics"]}
        found[c, t] = tests
        for i, x in tests.items():
            print("test %s %s %s %s %s" % (i, c, t, x.outcome, " ".join(map(number, (
                x.alpha, x.power, x.p, x.harm_alpha, x.harm_p, x.required, x.effect)))))
    control = plan["comparisons"].get("baseline")
    for g in ids:
        if g == control or not any(g in pair for pair in pairs):
            continue
        if control is None:
            advice, reasons = "UNSPECIFIED", ["noControl"]
        elif (control, g) not in found:
            advice, reasons = "UNSPECIFIED", ["notCompared"]
            if srm(plan, ids, units):
                advice, reasons = "ABORT", ["sampleRatioMismatch"]
        else:
            advice, reasons = advise(plan, rates, found[control, g], ids, units, control, g, data)
        print("advice %s %s %s" % (g, advice, " ".join(sorted(reasons))))
    sys.stdout.flush()


def main():
    random.seed(20261129)
    print("# /usr/bin/python3 tests/golden/decisions.py; Python %s, mpmath %s" % (
        sys.version.split()[0], mp.__version__))
    for index in range(CASES):
        one_case(index)


if __name__ == "__main__":
    main()
