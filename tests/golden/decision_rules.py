"""Error rates, outcomes and advice of an experiment, for decisions.py: definitions alone, no figures.

What each function is derived from:

Rates        the decision rule divided as an intersection-union and union-intersection test.
outcomes     passed, failed, not tested; a test for harm passes when it finds nothing.
abort        planned sizes that mismatch, units in unplanned groups, harm. Harm below the minimum is
             harm by an exact test only: below the minimum no advice rests on figures (they are shown),
             but an exact test errs no more than its level at any number of units (0/400 against
             400/400 is harm, whatever the minimum asks), which an approximation does not promise.
             Of figures adjusted by a covariate that moved nothing is advice.
withhold     units of a group, values of a metric, effective units of a ratio and events of a share
             below the minimum.
ship         the rule in three values; what is not tested is not passed.
end          fixed horizon: always; sequential: powered, or, where no success metric has a planned
             effect, when the planned information is reached; that is waited for, too, by group
             sequences without plannedLooks, whose cost is known when all looks are made.
ids          names of reasons are a definition: a word for each sentence above, with its metric.
             Nothing could derive them; what they say and when is derived.
"""
import math
from fractions import Fraction

import mpmath as mp

PASSED, FAILED, NOT_TESTED = "passed", "failed", "notTested"
DEFAULT_MINIMUM = {"units": 30, "events": 5}


# ---- error rates ----------------------------------------------------------------------------------

def has_margin(m):
    return "nonInferiorityMargin" in m or "nonInferiorityMarginAbs" in m


def has_effect(m):
    return "minimumDetectableEffect" in m or "minimumDetectableEffectAbs" in m


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
        self.kind = {m["id"]: self.kind_of(m) for m in metrics}
        watched = [m for m in metrics if self.is_watched(m)]
        for m in watched:
            own = m.get("deterioration", plan.get("deterioration", {"alpha": plan["alpha"]}))
            self.harm[m["id"]] = mp.mpf(str(own["alpha"])) / c / (1 if how == "none" else len(watched))
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

    def is_watched(self, m):
        """Tested for harm: whatever has a wrong direction, and what is tested for nothing else."""
        if m.get("deterioration") is False:
            return False
        return m["direction"] != "any" or self.kind[m["id"]] == "harm"

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


# ---- the decision ---------------------------------------------------------------------------------

def meet(states):
    return FAILED if FAILED in states else NOT_TESTED if NOT_TESTED in states else PASSED


def join(states):
    return PASSED if PASSED in states else NOT_TESTED if NOT_TESTED in states else FAILED


def is_found(test):
    """A success metric is significant, on either side for one without a direction."""
    return test.kind == "superiority" and test.outcome == PASSED


def is_win(test):
    return is_found(test) and test.m["direction"] != "any" and not test.skewed and not test.uneven


def leaf_state(test):
    if is_found(test) and test.m["direction"] == "any":
        return FAILED  # it informs and never ships
    is_neutral = test.kind == "superiority" and test.m["direction"] == "any"
    return NOT_TESTED if test.skewed or (test.uneven and not is_neutral) else test.outcome


def state_of(rule, tests):
    if isinstance(rule, str):
        return leaf_state(tests[rule])
    (kind, branches), = rule.items()
    return (meet if kind == "and" else join)([state_of(b, tests) for b in branches])


def rule_state(rates, tests):
    state = state_of(rates.rule, tests)
    if state == PASSED and any(holds_back(rates, test) for test in tests.values()):
        return NOT_TESTED
    return state


def holds_back(rates, test):
    return test.outcome == NOT_TESTED and (
        test.m["role"] == "guardrail" or test.m["id"] not in rates.inside)


def size_reasons(units_unplanned, mismatch):
    return ["unplannedGroup"] * units_unplanned + ["sampleRatioMismatch"] * mismatch


def events(n, mean):
    return min(mean * n, n - mean * n)


def reasons_to_withhold(plan, rates, tests, units, c, t):
    least = dict(DEFAULT_MINIMUM, **plan.get("minimum", {}))
    reasons = []
    for side, g in enumerate((c, t)):
        if units[g] < least["units"]:
            reasons.append("tooFewUnits")
            continue
        for test in tests.values():
            n, mean = test.counts[side]
            if n < least["units"]:
                reasons.append("tooFewValues:" + test.m["id"])
            elif test.effective[side] < least["units"]:
                reasons.append("tooFewDenominators:" + test.m["id"])
            elif test.m["type"] == "proportion" and events(n, mean) < least["events"]:
                reasons.append("tooFewEvents:" + test.m["id"])
    state = rule_state(rates, tests)
    for i, test in tests.items():
        if test.moved:
            reasons.append("covariateMoved:" + i)
        elif state == NOT_TESTED and test.uneven:
            reasons.append("valuesMissing:" + i)
        elif test.harm and not test.harm_stands:
            reasons.append("harmNotSure:" + i)
        elif test.skewed and state == NOT_TESTED and i in rates.inside:
            reasons.append("skewed:" + i)
    return reasons


def advise(plan, rates, tests, units, c, t, mismatch):
    """Advice, its reasons and whether no later look is planned."""
    final = all(test.is_over for test in tests.values())
    goes_on = any(test.horizon["type"] != "fixed" for test in tests.values())
    reasons = list(mismatch)
    for i, test in tests.items():
        if test.harm_stands:
            within = test.kind == "nonInferiority" and test.outcome == PASSED
            reasons.append(("worseWithinMargin:" if within else "worse:") + i)
    if reasons:
        return "ABORT", reasons, final
    untested = ["notTested:" + i for i, test in tests.items() if test.outcome == NOT_TESTED]
    few = reasons_to_withhold(plan, rates, tests, units, c, t)
    if few:
        return "CONTINUE" if goes_on else "UNSPECIFIED", few + untested, final
    state = rule_state(rates, tests)
    wins = ["improved:" + i for i, test in tests.items() if is_win(test)]
    changes = ["changed:" + i for i, test in tests.items() if
               is_found(test) and test.m["direction"] == "any" and not test.skewed]
    skewed = [i for i, test in tests.items() if is_found(test) and test.skewed]
    if state == PASSED or is_enough(plan, tests):
        changes += ["changed:" + i for i in skewed if tests[i].m["direction"] == "any"]
    else:
        changes += ["skewed:" + i for i in skewed]
    wins += changes
    if state == PASSED:
        guards = [test for i, test in tests.items()
                  if test.m["role"] == "guardrail" and i in rates.inside]
        passed = guards and all(test.outcome == PASSED and not test.skewed and not test.uneven for test in guards)
        return "SHIP", wins + (["guardrailsPassed"] if passed else []), final
    reasons = wins + untested + not_shown(plan, tests)
    if goes_on and must_go_on(tests, final):
        return "CONTINUE", reasons + (["moreUnits:" + i for i in open_tests(tests)] or ["moreUnits"]), final
    return "END", reasons + end_reasons(tests, state), final


def is_enough(plan, tests):
    """One success is enough by the default rule: the others' failures then explain nothing."""
    return any(is_win(test) for test in tests.values()) and "decisionRule" not in plan


def not_shown(plan, tests):
    reasons = []
    for i, test in tests.items():
        if test.kind == "superiority" and not is_enough(plan, tests) and test.outcome == FAILED:
            reasons.append("noImprovement:" + i)
        if test.kind == "nonInferiority" and test.outcome == FAILED:
            reasons.append("marginNotShown:" + i)
    return reasons


def must_go_on(tests, final):
    planned = [test for test in tests.values() if test.kind == "superiority" and has_effect(test.m)]
    if planned:
        return not all(test.powered for test in planned) or any(
            test.horizon["type"] == "groupSequential" and "plannedLooks" not in test.horizon
            and not test.is_over for test in planned)
    return not final


def is_powered(tests):
    success = [test for test in tests.values() if test.kind == "superiority"]
    waited = [test for test in success if has_effect(test.m)] if success else [
        test for test in tests.values() if test.kind == "nonInferiority"]
    return bool(waited) and all(test.powered for test in waited)


def open_tests(tests):
    return [i for i, test in tests.items() if test.kind != "harm" and test.outcome == FAILED
            and not test.powered and not test.wrong_way]


def end_reasons(tests, state):
    if state == NOT_TESTED:
        return []
    powered, waiting = is_powered(tests), open_tests(tests)
    reasons = ["powered"] if powered else []
    for i in waiting:
        none = tests[i].is_planned() and tests[i].no_size
        reasons.append(("noRequiredSize:" if none else "inconclusive:") + i)
    if not waiting and not powered and not any(test.wrong_way for test in tests.values()):
        reasons.append("inconclusive")
    return reasons


# ---- sizes of groups, values that are missing -------------------------------------------------------

def chi2(counts, weights):
    """Statistic and p of counts against weights."""
    total, weight = sum(counts), sum(weights)
    expected = [Fraction(total) * w / weight for w in weights]
    x2 = sum((o - e) ** 2 / e for o, e in zip(counts, expected))
    x2 = mp.mpf(x2.numerator) / x2.denominator
    return x2, mp.gammainc(mp.mpf(len(counts) - 1) / 2, x2 / 2, mp.inf, regularized=True)


def sequential(counts, weights, concentration=10000):
    """Log of the Bayes factor of Dirichlet(concentration w) against w itself, and 1 over it."""
    with mp.workdps(70):
        n, k = sum(counts), mp.mpf(concentration)
        shares = [mp.mpf(Fraction(w, sum(weights)).numerator) / Fraction(w, sum(weights)).denominator
                  for w in map(Fraction, weights)]
        factor = mp.loggamma(k) - mp.loggamma(k + n)
        for o, s in zip(counts, shares):
            factor += mp.loggamma(k * s + o) - mp.loggamma(k * s) - o * mp.log(s)
        return +factor, min(mp.mpf(1), mp.exp(-factor))


def tail(n, w, k, step):
    """Of a binomial: at least k (step 1), or at most k (step -1)."""
    return mp.fsum(mp.binomial(n, i) * w ** i * (1 - w) ** (n - i)
                   for i in (range(k, n + 1) if step > 0 else range(k, -1, -1)))


def deciding(counts, weights, p):
    """p, or where fewer than 5 units of a group are expected the least exact p of a group times the groups."""
    n, total = sum(counts), sum(map(Fraction, weights))
    shares = [(o, Fraction(w) / total) for o, w in zip(counts, weights) if Fraction(w) > 0]
    if n == 0 or len(shares) < 2 or min(n * w for _, w in shares) >= 5:
        return p
    found = []
    for o, w in shares:
        mirror = 2 * n * w - o
        low, high = sorted((o, mirror))
        low, high = math.floor(low), math.ceil(high)
        far = high - low > 1
        share = mp.mpf(w.numerator) / w.denominator
        found.append(tail(n, share, low, -1) + tail(n, share, high, 1) if far else mp.mpf(1))
    return min(mp.mpf(1), min(found) * (1 if len(shares) == 2 else len(shares)))


def srm(is_sequential, looks, weights):
    """Statistic, p and the p that decides, of the last look's counts; a sequential test's p is the least so far."""
    if not is_sequential:
        statistic, p = chi2(looks[-1], weights)
        return statistic, p, deciding(looks[-1], weights, p)
    found = [sequential(counts, weights) for counts in looks]
    least = min(p for _, p in found)
    return found[-1][0], least, least


def missing(is_sequential, with_value, units):
    """
    The units with a value, or those without where they are fewer, against all units of each group.
    That is the test of sizes with units for weights; None where every unit has a value, or none.
    """
    lacking = [u - n for u, n in zip(units, with_value)]
    if sum(lacking) == 0 or sum(with_value) == 0:
        return None
    counts = lacking if sum(lacking) < sum(with_value) else with_value
    return srm(is_sequential, [counts], [Fraction(u) for u in units])
