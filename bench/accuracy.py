#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of SciPy or statsmodels for the accuracy bench, as "id value" lines.

    bench/accuracy.py scipy|statsmodels FOLDER

FOLDER holds the rows of the cases that are computed from data (bench/bench_accuracy_rows.c).

statsmodels takes its distributions from SciPy; its own are the figures of samples.
"""
import csv
import sys
import warnings

import numpy as np
from scipy import linalg, stats

warnings.simplefilter("ignore")
UNIVARIATE = ["PiDigits", "Lottery", "Lew", "Mavro", "Michelso", "NumAcc1", "NumAcc2", "NumAcc3",
              "NumAcc4"]
ANOVA = ["SiRstv", "SmLs01", "SmLs02", "SmLs03", "AtmWtAg", "SmLs04", "SmLs05", "SmLs06", "SmLs07",
         "SmLs08", "SmLs09"]
FUNCTIONS = {
    "normal_upper": (stats.norm.sf, stats.norm.logsf),
    "t_upper": (stats.t.sf, stats.t.logsf),
    "chi2_upper": (stats.chi2.sf, stats.chi2.logsf),
    "chi2_lower": (stats.chi2.cdf, stats.chi2.logcdf),
    "f_upper": (stats.f.sf, stats.f.logsf),
    "f_lower": (stats.f.cdf, stats.f.logcdf),
    "nct_upper": (stats.nct.sf, None),
    "nct_lower": (stats.nct.cdf, None),
    "qnormal_upper": (stats.norm.isf, None),
    "qt_upper": (stats.t.isf, None),
    "qchi2_upper": (stats.chi2.isf, None),
    "qchi2_lower": (stats.chi2.ppf, None),
    "qf_upper": (stats.f.isf, None),
    "qf_lower": (stats.f.ppf, None),
}


def rows_of(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def show(name, value):
    print(name, "%.17g" % value)


def distributions():
    rows = rows_of("tests/golden/dist.csv")
    for name, (tail, log_tail) in FUNCTIONS.items():
        # A noncentrality of 1e6 ends SciPy's process: an exception of Boost that nobody catches.
        chosen = [i for i, row in enumerate(rows)
                  if row["function"] == name and row["area"] != "large-delta"]
        arguments = [np.array([float.fromhex(rows[i][key]) for i in chosen])
                     for key in "abc" if rows[chosen[0]][key]]
        for i, value in zip(chosen, tail(*arguments)):
            show("dist:%d" % i, value)
        if log_tail:
            for i, value in zip(chosen, log_tail(*arguments)):
                show("dist:%d:log" % i, value)


def welch():
    sides = {"upper": "greater", "lower": "less"}
    for i, row in enumerate(rows_of("tests/golden/compare.csv")):
        if (row["type"], row["test"]) != ("mean", "t") or float.fromhex(row["null"]) != 0.0:
            continue
        group = [(float.fromhex(row["mean_" + g]), float.fromhex(row["variance_" + g]) ** 0.5,
                  int(row["n_" + g])) for g in "tc"]
        side = sides.get(row["side"], "two-sided")
        show("welch:%d" % i, stats.ttest_ind_from_stats(*group[0], *group[1], equal_var=False,
                                                        alternative=side).pvalue)


def samples(mean_sd, f_of):
    for name in UNIVARIATE:
        y = np.array([float(row["y"]) for row in rows_of("data/nist/%s.csv" % name)])
        mean, deviation = mean_sd(y)
        show("nist:%s:mean" % name, mean)
        show("nist:%s:sd" % name, deviation)
    for name in ANOVA:
        groups = {}
        for row in rows_of("data/nist/%s.csv" % name):
            groups.setdefault(row["group"], []).append(float(row["y"]))
        show("nist:%s:F" % name, f_of([np.array(group) for group in groups.values()]))


def fieller(c, t, vc, vt, df):
    """The textbook formula; neither package has such an interval."""
    q = stats.t.isf(0.025, df)
    a = c * c - q * q * vc
    root = np.sqrt(t * t * c * c - a * (t * t - q * q * vt))
    return (t * c - root) / a - 1, (t * c + root) / a - 1


def from_data(folder, test, regression):
    """test(t, c) is difference, standard error, p, df; regression(x, y) slopes, residual variance."""
    for case in rows_of("tests/golden/accuracy_data.csv"):
        data = np.loadtxt("%s/%s.csv" % (folder, case["case"]), delimiter=",", skiprows=1, ndmin=2)
        both = [data[data[:, 0] == g] for g in (0, 1)]
        c, t = (g[:, 1] for g in both)
        out = {}
        if case["reduction"] == "none":
            out["d"], out["se"], out["p"], df = test(t, c)
            out["low"], out["high"] = fieller(c.mean(), t.mean(), c.var(ddof=1) / len(c),
                                              t.var(ddof=1) / len(t), df)
        else:
            x = data[:, 2:]
            fits = [regression(g[:, 2:], g[:, 1]) for g in both]
            value = [g[:, 1].mean() - f[0] @ (g[:, 2:].mean(axis=0) - x.mean(axis=0))
                     for f, g in zip(fits, both)]
            apart = fits[1][0] - fits[0][0]
            spread = np.atleast_2d(np.cov(x.T))
            out["d"] = value[1] - value[0]
            out["se"] = np.sqrt(sum(f[1] / len(g) for f, g in zip(fits, both)) +
                                apart @ spread @ apart / len(x))
        for name, value in out.items():
            show("data:%s:%s" % (case["case"], name), value)


def scipy_test(t, c):
    result = stats.ttest_ind(t, c, equal_var=False)
    e = [np.var(g, ddof=1) / len(g) for g in (t, c)]
    df = sum(e) ** 2 / (e[0] ** 2 / (len(t) - 1) + e[1] ** 2 / (len(c) - 1))
    return t.mean() - c.mean(), np.sqrt(sum(e)), result.pvalue, df


def scipy_regression(x, y):
    design = np.column_stack([np.ones(len(y)), x])
    slopes = linalg.lstsq(design, y)[0]
    return slopes[1:], ((y - design @ slopes) ** 2).sum() / (len(y) - design.shape[1])


def srm():
    for i, row in enumerate(rows_of("tests/golden/srm.csv")):
        if row["method"] == "chi2":
            counts, weights = (np.array([float(v) for v in row[key].split()])
                               for key in ("counts", "weights"))
            counts, weights = counts[weights > 0], weights[weights > 0]
            expected = counts.sum() * weights / weights.sum()
            try:
                show("srm:%d" % i, stats.chisquare(counts, expected).pvalue)
            except ValueError:  # it compares the sums of both
                show("srm:%d" % i, float("nan"))


def sizes():
    """Solvers of statsmodels.stats.power and proportion, one-sided, at a positive effect."""
    from statsmodels.stats import power, proportion
    for i, row in enumerate(rows_of("tests/golden/size.csv")):
        value = {key: float(text) for key, text in row.items()
                 if key not in ("kind", "type", "test", "side", "method")}
        if row["side"] == "both" or row["kind"] == "effect":
            continue
        larger = {"alpha": value["alpha"], "alternative": "larger"}
        ratio, weights = value["n_baseline"] / value["n_compared"], value["wc"] / value["wt"]
        share = row["type"] == "proportion"
        if share and (row["test"] != "z" or value["null"] != 0 or value["factor"] != 1):
            continue
        if share and row["method"] == "pooled":
            side = dict(larger, alternative="larger" if row["side"] == "upper" else "smaller")
            ask = (value["effect"], value["mean"])
            need = lambda: proportion.samplesize_proportions_2indep_onetail(
                *ask, value["power"], ratio=weights, **side)
            attain = lambda: proportion.power_proportions_2indep(
                *ask, value["n_compared"], ratio=ratio, return_results=False, **side)
        elif (share and row["method"] == "arcsine") or (not share and row["vc"] == row["vt"]):
            if row["test"] == "t" and ratio != 1:
                continue
            solver = power.TTestIndPower() if row["test"] == "t" else power.NormalIndPower()
            if share:
                effect = abs(proportion.proportion_effectsize(value["mean"] + value["effect"],
                                                              value["mean"]))
            else:
                effect = abs(value["effect"] - value["null"]) / (value["factor"] * value["vc"]) ** 0.5
            need = lambda: solver.solve_power(effect, power=value["power"], ratio=weights, **larger)
            attain = lambda: solver.power(effect, value["n_compared"], ratio=ratio, **larger)
        else:
            continue
        for name, question in (("n", need), ("power", attain)):
            if name == "power" or row["kind"] == "required":
                try:
                    answer = float(np.ravel(question())[0])
                    show("size:%d:%s" % (i, name), np.ceil(answer) if name == "n" else answer)
                except Exception:  # what it cannot answer counts as no digits
                    show("size:%d:%s" % (i, name), float("nan"))


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "scipy":
        distributions()
        welch()
        samples(lambda y: (np.mean(y), np.std(y, ddof=1)),
                lambda groups: stats.f_oneway(*groups).statistic)
        from_data(sys.argv[2], scipy_test, scipy_regression)
        srm()
    elif len(sys.argv) == 3 and sys.argv[1] == "statsmodels":
        import statsmodels.api as sm
        from statsmodels.stats.oneway import anova_oneway
        from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

        def described(y):
            summary = DescrStatsW(y)
            return summary.mean, summary.std_ddof(1)

        def compared(t, c):
            means = CompareMeans(DescrStatsW(t), DescrStatsW(c))
            _, p, df = means.ttest_ind(usevar="unequal")
            return t.mean() - c.mean(), means.std_meandiff_separatevar, p, df

        def regression(x, y):
            fit = sm.OLS(y, sm.add_constant(x, has_constant="add")).fit()
            return fit.params[1:], fit.mse_resid
        samples(described, lambda groups: anova_oneway(groups, use_var="equal").statistic)
        from_data(sys.argv[2], compared, regression)
        sizes()
    else:
        sys.exit("usage: accuracy.py scipy|statsmodels FOLDER")


main()
