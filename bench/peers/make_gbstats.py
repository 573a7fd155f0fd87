#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of GrowthBook's gbstats for the accuracy bench, as "id value" lines.

    PYTHONPATH=growthbook/packages/stats bench/peers/make_gbstats.py VERSION FOLDER >bench/peers/gbstats.txt

FOLDER holds the rows that build/release/bench/bench_accuracy_rows writes. gbstats begins from sums
and sums of squares, as the warehouse gives them: here they are NumPy's sums of doubles. What it does
not compute (tails and quantiles as such, Fieller's interval, sample sizes) has no line.
"""
import sys

import numpy as np
from gbstats.frequentist.tests import (FrequentistConfig, OneSidedTreatmentGreaterTTest,
                                       OneSidedTreatmentLesserTTest, TwoSidedTTest)
from gbstats.models.statistics import RegressionAdjustedStatistic, SampleMeanStatistic
from gbstats.utils import check_srm

from figures import rows_of, show, show_head, srm_rows, sums, welch_rows

TESTS = {"upper": OneSidedTreatmentGreaterTTest, "lower": OneSidedTreatmentLesserTTest,
         "both": TwoSidedTTest}
ABSOLUTE = {"difference_type": "absolute", "alpha": 0.05}


def asked(test, stats):
    """Difference, standard error and p; NaN where it refuses, which counts as no digits."""
    try:
        result = test([stats], FrequentistConfig(**ABSOLUTE)).compute_result()
    except ArithmeticError:
        return (np.nan,) * 3
    if result.errorMessage is not None:
        return (np.nan,) * 3
    return result.expected, result.uplift.stddev, result.pValue


def sample(y):
    return SampleMeanStatistic(n=len(y), sum=float(y.sum()), sum_squares=float((y * y).sum()))


def welch():
    for i, side, groups in welch_rows():
        group = tuple(SampleMeanStatistic(n=n, sum=y, sum_squares=yy) for n, y, yy in (sums(*g) for g in groups))
        show("welch:%d" % i, asked(TESTS.get(side, TwoSidedTTest), group)[2])


def from_data(folder):
    for case in rows_of("tests/golden/accuracy_data.csv"):
        data = np.loadtxt("%s/%s.csv" % (folder, case["case"]), delimiter=",", skiprows=1, ndmin=2)
        both = [data[data[:, 0] == g] for g in (0, 1)]
        if case["reduction"] == "none":
            stats = tuple(sample(g[:, 1]) for g in both)
        elif data.shape[1] == 3:  # one covariate; theta is found by the test
            stats = tuple(RegressionAdjustedStatistic(
                n=len(g), post_statistic=sample(g[:, 1]), pre_statistic=sample(g[:, 2]),
                post_pre_sum_of_products=float((g[:, 1] * g[:, 2]).sum()), theta=None) for g in both)
        else:
            continue
        out = dict(zip(("d", "se", "p"), asked(TwoSidedTTest, stats)))
        if case["reduction"] != "none":
            del out["p"]
        for name, value in out.items():
            show("data:%s:%s" % (case["case"], name), value)


def srm():
    for i, counts, weights in srm_rows():
        show("srm:%d" % i, check_srm(counts, weights))


show_head("gbstats")
welch()
from_data(sys.argv[2])
srm()
