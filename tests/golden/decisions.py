#!/usr/bin/python3
"""Independent decisions about random experiments, for tests/analysis/test_decisions.c.

    /usr/bin/python3 tests/golden/decisions.py >tests/golden/decisions.txt

Written from the documentation: decision_plans.py makes plans and data, decision_tests.py the figures of
every test at every look, decision_rules.py error rates, outcomes, advice and its reasons; figures are
those of analysis.py and boundaries.py. Debian packages: python3-mpmath python3-gmpy2.
The first 240 experiments have one look, means and shares; the others ratios, covariates, missing values,
horizons and looks; the last 22 have units in a group that is not planned. Lines of a case:

    case, plan (JSON), data (a row of a table of sums)
    test     metric, baseline, compared, outcome, alpha, power, p, alpha and p of harm, required, effect
    figures  metric, baseline, compared; then name and value
    look     metric, baseline, compared, number; then of the own test and of that for harm: critical value,
             p, whether significant at this look, alpha spent
    balance  metric, baseline, compared, number of the covariate, difference, p
    srm      statistic, p
    missing  metric, statistic, p
    advice   treatment, advice, reasons
    final    treatment, yes or no
"""
import json
import multiprocessing
import random
import sys

import gmpy2
import mpmath as mp

import analysis
import decision_plans as plans
import decision_rules as rules
from decision_tests import Test

CASES, MORE, UNPLANNED = 240, 130, 22


def pairs_of(plan, ids):
    how = plan["comparisons"]
    if "pairs" in how:
        return [(p["baseline"], p["compared"]) for p in how["pairs"]]
    if how.get("allPairs"):
        base = how.get("baseline")
        order = [base] + [g for g in ids if g != base] if base else ids
        return [(a, b) for i, a in enumerate(order) for b in order[i + 1:]]
    return [(how["baseline"], g) for g in ids if g != how["baseline"]]


def number(x, digits=18):
    if x is None or isinstance(x, str):
        return x or "-"
    return mp.nstr(x, digits)


def says(x):
    return "yes" if x else "no"


def figures_of(test):
    """Of the last look: estimates, interval, relative figures."""
    last, pair, f = test.role.looks[-1], test.pair, {}
    if not pair.exists or last.p is None:
        return f
    interval = last.bounds()
    est, se2 = pair.got["est"], pair.got["se2"]
    for i, name in enumerate(("baseline", "compared")):
        f[name + "Estimate"], f[name + "Unadjusted"] = est[i], pair.got["raw"][i]
        f[name + "StandardError"] = mp.sqrt(se2[i])
    f["estimate"], f["standardError"] = pair.d, pair.se
    if interval is not None and pair.uses_counts:
        f["critical"], f["lower"], f["upper"] = last.critical, *interval
    elif interval is not None:
        null = test.null()
        if pair.base != 0:
            analysis.normal(f, est, se2, pair.got["cov"], pair.d, pair.se, (pair.d - null) / pair.se,
                            last.critical, pair.df if pair.is_t else None)
    if pair.got["rate"] is not None:
        f["rate"] = pair.got["rate"] if abs(pair.got["rate"]) > 1e-30 else mp.mpf(0)
        for which, slopes in zip(("baseline", "compared"), pair.got["slopes"]):
            for i, b in zip(pair.covariates, slopes):
                f["%sSlope%d" % (which, i + 1)] = b
    return f


def more_lines(out, name, test, with_figures):
    f = figures_of(test) if with_figures else {}
    if f:
        out.append("figures %s %s" % (name, " ".join(
            "%s %s" % (k, number(v, 17)) for k, v in f.items())))
    for i, (d, p) in enumerate(getattr(test, "balance", [])):
        if p is not None:
            out.append("balance %s %d %s %s" % (name, i, number(d, 17), number(p, 17)))
    shown = {f.number: f for f in test.role.looks}
    watched = {f.number: f for f in test.watch.looks} if test.watch else {}
    if len(shown) < 2 and len(watched) < 2:
        return
    numbers = sorted(shown) if test.horizon["type"] != "fixed" else sorted(shown)[-1:]
    for k in numbers:
        cells = []
        for found in (shown[k], watched.get(k)):
            cells += ["-"] * 4 if found is None else [
                number(found.critical, 17), number(found.p, 17), says(found.significant),
                number(found.spent, 17)]
        out.append("look %s %d %s" % (name, k, " ".join(cells)))


def advice_lines(out, plan, data, rates, found):
    units = data.units[-1]
    is_sequential = plan.get("horizon", {"type": "fixed"})["type"] != "fixed"
    weights = [data.weights.get(g, plans.Fraction(1)) for g in data.ids]
    statistic, p, decides = rules.srm(is_sequential, [[u[g] for g in data.ids] for u in data.units], weights)
    mismatch = rules.size_reasons(data.extra is not None, decides < data.srm_alpha and "groups" in plan)
    out.append("srm %s %s" % (number(statistic, 17), number(p, 17)))
    for m in plan["metrics"]:
        everyone = data.ids + ([data.extra] if data.extra else [])
        groups = data.groups(m, data.look_count - 1, everyone)
        got = rules.missing(is_sequential, [groups[g].n if groups[g] else 0 for g in everyone],
                            [units[g] for g in everyone])
        if got is not None:
            out.append("missing %s %s %s" % (m["id"], number(got[0], 17), number(got[1], 17)))
        for (c, t), tests in found.items():
            pair = rules.missing(is_sequential, [groups[g].n if groups[g] else 0 for g in (c, t)],
                                 [units[c], units[t]])
            test = tests[m["id"]]
            test.uneven = m["id"] in rates.inside and test.outcome != rules.NOT_TESTED and all(
                x is not None and x[2] < data.srm_alpha for x in (got, pair))
    control = plan["comparisons"].get("baseline")
    over = all(m.get("horizon", plan.get("horizon", {"type": "fixed"}))["type"] == "fixed"
               for m in plan["metrics"])
    for g in data.ids:
        if g == control or not any(g in pair for pair in pairs_of(plan, data.ids)):
            continue
        final = over
        if control is None:
            advice, reasons = "UNSPECIFIED", ["noControl"]
        elif (control, g) not in found:
            advice = "UNSPECIFIED" if over else "CONTINUE"
            reasons = ["notCompared"]
            if mismatch:
                advice, reasons = "ABORT", mismatch
        else:
            advice, reasons, final = rules.advise(plan, rates, found[control, g], units, control, g,
                                                  mismatch)
        out.append("advice %s %s %s" % (g, advice, " ".join(sorted(reasons))))
        out.append("final %s %s" % (g, says(final)))


def one_case(job):
    index, plan, data = job
    pairs = pairs_of(plan, data.ids)
    rates = rules.Rates(plan, len(pairs))
    with_sizes = plan.get("test", "t") == "z" or index % 8 == 0
    out = ["case %d" % index, "plan " + json.dumps(plan, separators=(",", ":"))] + ["data " + row for row in data.rows]
    found = {}
    for c, t in pairs:
        found[c, t] = {m["id"]: Test(plan, rates, m, c, t, data, with_sizes) for m in plan["metrics"]}
        for i, x in found[c, t].items():
            name = "%s %s %s" % (i, c, t)
            looks = x.role.looks
            out.append("test %s %s %s" % (name, x.outcome, " ".join(map(number, (
                x.alpha, x.power, looks[-1].p if looks else None, x.harm_alpha,
                x.watch.looks[-1].p if x.watch and x.watch.looks else None, x.required, x.effect)))))
            if index >= CASES or index % 6 == 0:
                more_lines(out, name, x, (index + len(found)) % 3 == 0)
    advice_lines(out, plan, data, rates, found)
    return "\n".join(out)


def jobs():
    random.seed(20261129)
    for index in range(CASES):
        plan, ids = plans.random_plan()
        yield index, plan, plans.random_data(plan, ids)
    random.seed(20261130)
    for index in range(CASES, CASES + MORE):
        plan, ids, units, times = plans.any_plan()
        yield index, plan, plans.any_data(plan, ids, units, times)
    random.seed(20261201)
    for index in range(CASES + MORE, CASES + MORE + UNPLANNED):
        plan, ids = plans.random_plan()
        while "groups" not in plan:
            plan, ids = plans.random_plan()
        data = plans.random_data(plan, ids + ["zz"])
        data.ids, data.extra = ids, "zz"
        yield index, plan, data


def main():
    print("# /usr/bin/python3 tests/golden/decisions.py; Python %s, mpmath %s, gmpy2 %s" % (
        sys.version.split()[0], mp.__version__, gmpy2.version()))
    only = [int(a) for a in sys.argv[1:]]
    work = [job for job in jobs() if not only or job[0] in only]
    with multiprocessing.Pool(2) as pool:
        for text in pool.imap(one_case, work):
            print(text, flush=True)


if __name__ == "__main__":
    main()
