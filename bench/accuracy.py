#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of SciPy or statsmodels for the accuracy bench, as "id value" lines.

    bench/accuracy.py scipy|statsmodels

statsmodels takes its distributions from SciPy; its own are the figures of samples.
"""
import csv
import sys
import warnings

import numpy as np
from scipy import stats

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


def main():
    if sys.argv[1:] == ["scipy"]:
        distributions()
        welch()
        samples(lambda y: (np.mean(y), np.std(y, ddof=1)),
                lambda groups: stats.f_oneway(*groups).statistic)
    elif sys.argv[1:] == ["statsmodels"]:
        from statsmodels.stats.oneway import anova_oneway
        from statsmodels.stats.weightstats import DescrStatsW

        def described(y):
            summary = DescrStatsW(y)
            return summary.mean, summary.std_ddof(1)
        samples(described, lambda groups: anova_oneway(groups, use_var="equal").statistic)
    else:
        sys.exit("usage: accuracy.py scipy|statsmodels")


main()
